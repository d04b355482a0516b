"""Programs and their derivatives of first and second order: native code against the interpreter."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import pytest

from analysis.small import lower
from transform import differentiable, test_modes
from transform.programs import CASES
from transform.test_optimised_gradients import arguments
from wengert.algebra.evaluate import evaluate
from wengert.ir.core import Module, module
from wengert.ir.text import parse_module
from wengert.transform.jvp import jvp
from wengert.transform.passes import optimise
from wengert.transform.vjp import Plan, vjp

from .llvm_harness import Compiled

differentiable.__dict__.update(differentiable.NUMPY)


def copied(args: Sequence[Any]) -> list[Any]:
    return [np.array(a, copy=True) if isinstance(a, np.ndarray) else a for a in args]


def agree(m: Module, args: Sequence[Any]) -> None:
    """Same results, same effects on the arguments, or the same exception."""
    mine, theirs = copied(args), copied(args)
    code = Compiled(m)
    try:
        want = evaluate(m, theirs)
    except (IndexError, ValueError, ZeroDivisionError, OverflowError) as error:
        with pytest.raises(type(error)):
            code(*mine)
        return
    got = code(*mine)
    got = got if isinstance(got, tuple) else (got,)
    for g, w in zip((*got, *mine), (*want, *theirs), strict=True):
        assert np.shape(g) == np.shape(w)
        np.testing.assert_allclose(g, w, rtol=1e-8, atol=1e-9)


def derivatives(m: Module, args: Sequence[Any]) -> Iterator[tuple[Module, list[Any]]]:
    on = test_modes.active(m)
    v = test_modes.directions(tuple(args), on, 0)
    yield m, copied(args)
    yield optimise(jvp(m, on)), [*copied(args), *v]
    d = test_modes.gradient(m)
    yield d, copied(args)
    yield optimise(jvp(d, on)), [*copied(args), *v]
    yield optimise(vjp(d, Plan(on, on, primal=False))), [*copied(args), 0.0, *v]


@pytest.mark.parametrize(("f", "args"), differentiable.PROGRAMS, ids=lambda x: getattr(x, "__name__", ""))
def test_modes_of_programs(f: Callable[..., Any], args: Sequence[Any]) -> None:
    for m, point in derivatives(optimise(module(lower(f))), args):
        agree(m, point)


@pytest.mark.parametrize("case", CASES, ids=lambda c: c[0].__name__)
@pytest.mark.parametrize("optimised", [False, True])
def test_programs(case: Any, optimised: bool) -> None:
    m = module(lower(case[0]))
    agree(optimise(m) if optimised else m, arguments(m.main, 5))


@pytest.mark.parametrize(
    ("text", "args"),
    [(test_modes.TREE, (0.7, 4)), (test_modes.SWEEP, (np.linspace(0.5, 1.0, 6), 0.9))],
    ids=["tree", "sweep"],
)
def test_recursion(text: str, args: Sequence[Any]) -> None:
    for m, point in derivatives(parse_module(text), args):
        agree(m, point)
