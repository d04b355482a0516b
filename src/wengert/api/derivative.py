"""`Derivative`: what `grad`, `jit` and the others return.

An object that calls like a function.  After the first call with some types, calling the object *is* calling
the native entry: its class gets the built-in function as ``__call__`` (`runtime.call.make_callable_class`).
Arguments of other types come back through ``_dispatch``, which compiles for them.
"""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType
from typing import TYPE_CHECKING, Any, cast

from ..capture.signature import signature_of
from ..diag import Diagnostic
from ..errors import WengertError, error_for
from ..runtime.call import Outgrown, make_callable_class
from .pipeline import Program, display_name, quiet
from .step import Engine, Step

if TYPE_CHECKING:
    from .compiled import Compiled
    from .inspect import Lowered, Source

_WORDS = {
    "grad": "gradient",
    "value_and_grad": "value and gradient",
    "jit": "compiled form",
    "hvp": "Hessian product",
    "batch": "batched form",
}


class Derivative:
    """A function made from ``fun`` by the transform ``mode``, compiled when it is first called.

    Attributes: ``fun`` and ``wrt`` as given; ``source``, the generated code as Python.  Instances pickle (by
    ``fun``, so that must pickle), and may be transformed again.

    >>> import wengert
    >>> def square(x):
    ...     return x * x
    >>> g = wengert.grad(square)
    >>> g(3.0), wengert.grad(g)(3.0)
    (6.0, 2.0)
    >>> g
    <gradient of square>
    """

    def __init__(self, fun: Callable[..., Any], step: Step, engine: Engine = "native") -> None:
        if not callable(fun):
            text = f"expected a function, got {type(fun).__name__}"
            helps = (f"write `{step.mode}(f)(x)`, not `{step.mode}(f(x))`",)
            raise error_for(Diagnostic("U0601", text, helps=helps))
        self.fun = fun
        self.step = step
        inherits = engine == "native" and isinstance(fun, Derivative)
        self.engine: Engine = fun.engine if inherits and isinstance(fun, Derivative) else engine
        self._traced: set[Any] = set()
        self.mode = step.mode
        self.wrt = step.wrt
        inner, before = (fun.program.fun, fun.program.steps) if isinstance(fun, Derivative) else (fun, ())
        self.program = Program(inner, (*before, step))
        mode = "jit" if step.mode == "batch" else step.mode
        self.__wengert_derive__ = {"mode": mode, "fun": fun, "wrt": step.wrt, "has_aux": step.has_aux}
        self._direct: Compiled | None = None
        self.__name__ = display_name(fun)
        self.__qualname__ = getattr(fun, "__qualname__", self.__name__)
        self.__module__ = getattr(fun, "__module__", None) or __name__
        self.__doc__ = getattr(fun, "__doc__", None)
        self.__wrapped__ = fun

    def __call__(self, *args: Any, **keywords: Any) -> Any:
        """Call it; the types of the arguments decide which specialisation runs."""
        return self._dispatch(*args, **keywords)

    def _dispatch(self, *args: Any, **keywords: Any) -> Any:
        if self.engine != "native":
            return self._on_either_engine(args, keywords)
        return self._compiled(args, keywords)

    def _on_either_engine(self, args: Any, keywords: Any) -> Any:
        """Compiled if that can be, and otherwise traced."""
        try:
            if self._is_compiled(args, keywords):
                return self._compiled(args, keywords)
            from .tracing import run

            return run(self.program.fun, self.program.steps, args, keywords)
        except WengertError as error:
            raise quiet(error) from None

    def _is_compiled(self, args: Any, keywords: Any) -> bool:
        """Whether the compiler takes the function for these arguments; says so when it does not."""
        from .tracing import refused, warn

        if self.engine == "trace":
            return False
        call = self.program.bind(args, keywords)
        key = (call.names, signature_of(call.values))
        if key in self._traced:
            return False
        try:
            self.program.find(call)
        except WengertError as error:
            if not refused(error):
                raise
            if not self._traced:
                warn(error, self.__name__)
            self._traced.add(key)
            return False
        return True

    def _compiled(self, args: Any, keywords: Any) -> Any:
        try:
            call = self.program.bind(args, keywords)
            compiled = self.program.find(call, self._dispatch)
        except WengertError as error:
            if not self._of_a_tape(args, keywords):
                raise quiet(error) from None
            return self._traced_call(args, keywords)
        try:
            result = compiled(*call.values, *call.vectors)
        except Outgrown:
            return self._dispatch(*args, **keywords)
        except Exception as error:  # of the user's code: without the frames of the library
            error.__traceback__ = None
            raise
        if compiled.direct is not None and (self._direct is None or self._direct.function.outgrown):
            compiled.settle()
            self._direct = compiled
            direct = compiled.direct  # a Python function would be given `self`
            direct = staticmethod(direct) if isinstance(direct, FunctionType) else direct
            self.__class__ = make_callable_class(Derivative, cast(Any, direct))
        return result

    def _of_a_tape(self, args: Any, keywords: Any) -> bool:
        """Whether there are values of an algebra, which are no arguments of compiled code."""
        from .tracing import carries

        return carries((args, keywords))

    def _traced_call(self, args: Any, keywords: Any) -> Any:
        from .tracing import run

        try:
            return run(self.program.fun, self.program.steps, args, keywords)
        except WengertError as error:
            raise quiet(error) from None

    def __wengert_inner__(self) -> tuple[Any, Any]:
        return self.program.steps, self.program.fun

    def __reduce__(self) -> Any:
        return _rebuild, (self.fun, self.step, self.engine)

    def __repr__(self) -> str:
        return f"<{_WORDS.get(self.mode, self.mode)} of {self.__name__}>"

    @property
    def source(self) -> Source:
        """The code of the last specialisation as Python that runs.  `UseError` before the first call.

        >>> import wengert
        >>> g = wengert.grad(lambda x: x * x)
        >>> _ = g(3.0)
        >>> "return" in g.source
        True
        """
        from .inspect import source_of

        stage = self.program.last_stage()
        if stage is None:
            text = f"the code depends on the types of the arguments, and this {self.mode} was never called"
            helps = ("call it, or use `wengert.show(g, *args)`",)
            raise error_for(Diagnostic("U0601", text, helps=helps))
        return source_of(stage, repr(self)[1:-1])

    def explain(self, *args: Any, **keywords: Any) -> Source:
        """What was made for these arguments and why: inputs, guards, what is recorded, operation counts."""
        from .inspect import explain_stage

        call = self.program.bind(args, keywords)
        return explain_stage(self.program.stage(call), repr(self)[1:-1], (*call.values, *call.vectors))

    def lower(self, *args: Any, **keywords: Any) -> Lowered:
        """The forms that the code goes through for these arguments: ``ir``, ``llvm``, ``python``."""
        from .inspect import lowered

        call = self.program.bind(args, keywords)
        return lowered(self.program.stage(call), repr(self)[1:-1])


def _rebuild(fun: Callable[..., Any], step: Step, engine: Engine = "native") -> Derivative:
    return Derivative(fun, step, engine)
