"""The exception tree: what each class also is, and that errors travel between processes."""

import inspect
import pickle
import warnings

import pytest

from wengert import errors
from wengert.diag import CATALOG, Diagnostic, Span

EXPECTED = {
    "CaptureError": NotImplementedError,
    "SourceError": OSError,
    "TypesError": TypeError,
    "ShapeError": ValueError,
    "DimensionsError": ValueError,
    "ReducedDimensionsError": ValueError,
    "LengthError": ValueError,
    "EmptyError": ValueError,
    "UseError": TypeError,
    "ShadowError": ValueError,
    "MissingIdError": KeyError,
    "MissingGradientError": KeyError,
    "MissingNodeError": KeyError,
    "UndecidedError": TypeError,
    "WrtError": ValueError,
    "RuleError": NotImplementedError,
    "EmitError": RuntimeError,
    "IndexOutOfBounds": IndexError,
    "DivisionError": ZeroDivisionError,
    "OverflowError_": OverflowError,
    "RecursionLimit": RecursionError,
    "MemoryLimit": MemoryError,
    "UnboundError": UnboundLocalError,
}
DIAGNOSTIC = Diagnostic("C0101", "unsupported `del`", Span("m.py", 1, 0, 1, 3), helps=("slice instead",))


@pytest.mark.parametrize("name", EXPECTED)
def test_is_the_built_in_that_is_expected(name: str) -> None:
    kind = getattr(errors, name)
    assert issubclass(kind, errors.WengertError)
    assert issubclass(kind, EXPECTED[name])
    assert f"{name} " in (errors.__doc__ or "")


@pytest.mark.parametrize("name", EXPECTED)
def test_carries_its_diagnostics_through_pickle(name: str) -> None:
    error = getattr(errors, name)(DIAGNOSTIC, DIAGNOSTIC)
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error)
    assert again.diagnostics == error.diagnostics == (DIAGNOSTIC, DIAGNOSTIC)
    assert str(again) == str(error)
    assert str(error).count("unsupported `del`") == 2


def test_the_tree_is_complete() -> None:
    ours = {
        name
        for name, kind in inspect.getmembers(errors, inspect.isclass)
        if issubclass(kind, errors.WengertError)
    }
    assert ours == {*EXPECTED, "WengertError"}


@pytest.mark.parametrize(
    "code", [code for code, entry in CATALOG.items() if not entry.raises.endswith("Warning")]
)
def test_error_for_picks_the_class_of_the_catalogue(code: str) -> None:
    assert type(errors.error_for(Diagnostic(code, "m"))).__name__ == CATALOG[code].raises


def test_error_for_takes_the_first_error_and_keeps_all() -> None:
    note = Diagnostic("A0302", "no dependence", severity="warning")
    first, second = Diagnostic("T0202", "integer"), Diagnostic("C0101", "syntax")
    error = errors.error_for([note, first, second])
    assert type(error) is errors.TypesError
    assert error.diagnostics == (note, first, second)


def test_error_for_a_code_outside_the_catalogue() -> None:
    assert type(errors.error_for(Diagnostic("X9999", "m"))) is errors.WengertError


def test_emit_error_says_it_is_ours() -> None:
    assert "bug in Wengert" in str(errors.EmitError(Diagnostic("E0501", "no lowering")))


def test_warn_points_at_its_caller() -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        errors.warn(Diagnostic("A0302", "no dependence", severity="warning"), stacklevel=1)
    assert caught[0].category is errors.DependenceWarning
    assert caught[0].filename == __file__
    assert str(caught[0].message).startswith("warning[A0302]: no dependence")
