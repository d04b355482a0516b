"""The exceptions Wengert raises. Each is also the built-in exception that a Python user expects.

```
WengertError(Exception)
├── CaptureError       also NotImplementedError   the function cannot be read into our form
│   └── SourceError    also OSError               its source is missing, or is not what runs
├── TypesError         also TypeError             dtypes or structure do not fit
├── ShapeError         also ValueError            shapes do not fit
│   ├── DimensionsError                           those of two operands differ
│   ├── ReducedDimensionsError                    one is no reduction of the other
│   ├── LengthError                               the numbers of elements differ
│   └── EmptyError                                nothing where something is needed
├── UseError           also TypeError             the library is called in a way it does not offer
│   ├── WrtError       also ValueError            `wrt` names nothing
│   ├── ShadowError    also ValueError            a shadow does not fit what it belongs to
│   ├── MissingIdError       also KeyError        a value is not on this tape
│   ├── MissingGradientError also KeyError        a value has no gradient
│   └── MissingNodeError     also KeyError        the tape was freed there
├── RuleError          also NotImplementedError   an operation has no rule for this mode
├── UndecidedError     also TypeError             control flow needs what the algebra cannot tell
├── EmitError          also RuntimeError          our bug
├── IndexOutOfBounds   also IndexError            ┐
├── DivisionError      also ZeroDivisionError     │
├── OverflowError_     also OverflowError         │ raised by compiled code,
├── RecursionLimit     also RecursionError        │ where Python would raise
├── MemoryLimit        also MemoryError           │
└── UnboundError       also UnboundLocalError     ┘
DependenceWarning(UserWarning)                    the result does not depend on `wrt`
TracingWarning(UserWarning)                       the compiler refused the function, which is traced
```

Exceptions that the user's own code raises pass through as they are.
"""

import warnings
from collections.abc import Iterable

from .diag import Diagnostic


class WengertError(Exception):
    """Base of all our errors. `diagnostics` holds every offence found; `str()` shows them all.

    >>> str(UseError(Diagnostic("U0601", "`loss` takes 2 arguments, 3 were given"))).splitlines()[0]
    'error[U0601]: `loss` takes 2 arguments, 3 were given'
    """

    diagnostics: tuple[Diagnostic, ...]

    def __init__(self, *diagnostics: Diagnostic) -> None:
        super().__init__(*diagnostics)
        self.diagnostics = diagnostics

    def __str__(self) -> str:
        from .diag.render import render_all

        return render_all(self.diagnostics)


class CaptureError(WengertError, NotImplementedError):
    """The function uses something that capture does not translate."""


class SourceError(CaptureError, OSError):
    """The source of the function is missing, or is not the source of the code that runs."""


class TypesError(WengertError, TypeError):
    """A dtype, or the structure of a value, does not fit."""


class ShapeError(WengertError, ValueError):
    """Shapes do not fit."""


class DimensionsError(ShapeError):
    """The shapes of two operands differ."""


class ReducedDimensionsError(ShapeError):
    """A shape is not what a reduction of another gives, or what repetition of it gives."""


class LengthError(ShapeError):
    """The numbers of elements differ."""


class EmptyError(ShapeError):
    """There is nothing, where at least one element or operand is needed."""


class UseError(WengertError, TypeError):
    """The library is called in a way it does not offer."""


class WrtError(UseError, ValueError):
    """`wrt` names no argument of the function."""


class ShadowError(UseError, ValueError):
    """A shadow is not writable, overlaps what it belongs to, or has another structure, shape or dtype."""


class MissingIdError(UseError, KeyError):
    """A value belongs to another tape, or to none."""

    __str__ = WengertError.__str__


class MissingGradientError(UseError, KeyError):
    """The result does not depend on the value, so there is no gradient."""

    __str__ = WengertError.__str__


class MissingNodeError(UseError, KeyError):
    """The tape was freed by `evaluate_gradients_once`."""

    __str__ = WengertError.__str__


class RuleError(WengertError, NotImplementedError):
    """An operation has no rule for the mode asked for."""


class UndecidedError(WengertError, TypeError):
    """An algebra was asked whether a condition holds, how long a loop runs or where an element is, and
    cannot tell."""


class EmitError(WengertError, RuntimeError):
    """Native code could not be made. This is a bug in Wengert."""

    def __str__(self) -> str:
        return (
            super().__str__()
            + "\n\nThis is a bug in Wengert, not in your code: please report it with this text."
        )


class IndexOutOfBounds(WengertError, IndexError):
    """An index is outside its array."""


class DivisionError(WengertError, ZeroDivisionError):
    """A Python number was divided by zero."""


class OverflowError_(WengertError, OverflowError):
    """A Python number became too large for its machine type."""


class RecursionLimit(WengertError, RecursionError):
    """Calls nest too deep, while compiling or while running."""


class MemoryLimit(WengertError, MemoryError):
    """The values kept for the reverse sweep exceed the memory budget."""


class UnboundError(WengertError, UnboundLocalError):
    """A local variable was read before it had a value."""


class DependenceWarning(UserWarning):
    """The result does not depend on what it is differentiated by."""


class TracingWarning(UserWarning):
    """The compiler does not know a construct of the function, which runs on the tracing engine instead."""


def error_for(diagnostics: Diagnostic | Iterable[Diagnostic]) -> WengertError:
    """The exception for some diagnostics: the class the catalogue names for the first error among them.

    A code that is missing from the catalogue is a slip of ours and gives a plain `WengertError`.

    >>> type(error_for(Diagnostic("U0602", "`loss` has no argument `v`"))).__name__
    'WrtError'
    """
    from .diag.catalog import CATALOG

    found = (diagnostics,) if isinstance(diagnostics, Diagnostic) else tuple(diagnostics)
    errors = [diagnostic for diagnostic in found if diagnostic.severity == "error"]
    assert errors, "warnings alone are for `warn`"
    entry = CATALOG.get(errors[0].code)
    kind = WengertError if entry is None else globals()[entry.raises]
    assert issubclass(kind, WengertError), errors[0].code
    return kind(*found)


def warn(diagnostic: Diagnostic, stacklevel: int = 2) -> None:
    """Issue a diagnostic as the warning the catalogue names; `stacklevel` counts as in `warnings.warn`."""
    from .diag.catalog import CATALOG

    entry = CATALOG.get(diagnostic.code)
    kind = DependenceWarning if entry is None else globals()[entry.raises]
    warnings.warn(diagnostic.render(), kind, stacklevel=stacklevel + 1)
