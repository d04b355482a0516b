"""Gradients of programs and of optimised programs agree, optimised themselves or not, and record no more."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from analysis import test_final
from analysis.small import lower
from transform.programs import CASES
from wengert.algebra.evaluate import count_ops, evaluate
from wengert.ir.core import Func, Module, module
from wengert.ir.types import I64, Array, differentiable
from wengert.ir.verify import verify
from wengert.transform.passes import optimise, size
from wengert.transform.vjp import Plan, vjp

CLASSICS = [
    test_final.lu_kij,
    test_final.lu_ijk,
    test_final.lu_jki,
    test_final.polybench_lu,
    test_final.lu_slices,
    test_final.lu_row_updates,
    test_final.cholesky,
    test_final.forward,
    test_final.backward,
    test_final.gauss_seidel,
    test_final.fibonacci,
    test_final.unordered,
    test_final.while_sweep,
    test_final.local,
]
FREE = {"lu_kij", "lu_ijk", "lu_jki", "polybench_lu", "gauss_seidel", "fibonacci"}
"""Their gradients need no record."""

PROGRAMS = [*CLASSICS, *(f for f, _ in CASES)]


def active(func: Func) -> tuple[int, ...]:
    return tuple(k for k, p in enumerate(func.params) if differentiable(p.type))


def gradient(m: Module) -> Module:
    of = active(m.main)
    arrays = tuple(k for k in of if isinstance(m.main.params[k].type, Array))
    out = vjp(m, Plan(of, of, final=arrays, copied=arrays))
    return out.with_func(replace(out.main, result_names=()))


def arguments(func: Func, size: int) -> list[Any]:
    rng = np.random.default_rng(size)
    out: list[Any] = []
    for p in func.params:
        if isinstance(p.type, Array):
            a = rng.random((size,) * p.type.rank)
            out.append(a + 4 * np.eye(size) if p.type.rank == 2 else a + 1)
        else:
            out.append((size if p.hint in "NT" else 1) if p.type == I64 else float(rng.random()))
    return out


def seeds(m: Module, args: list[Any]) -> list[Any]:
    """Cotangents: of numbers, then of the final contents of arrays."""
    rng = np.random.default_rng(0)
    shapes = [a.shape for a in args if isinstance(a, np.ndarray)]
    rest = m.main.params[len(args) :]
    arrays = sum(isinstance(p.type, Array) for p in rest)
    return (
        [rng.random(shapes.pop(0)) if isinstance(p.type, Array) else 1.5 for p in rest]
        if arrays
        else [1.5] * len(rest)
    )


def outcome(m: Module, args: list[Any]) -> Any:
    try:
        return evaluate(m, copy.deepcopy(args))
    except (IndexError, ValueError) as e:
        return type(e).__name__


def alike(a: Any, b: Any) -> bool:
    if isinstance(a, str) or isinstance(b, str):
        return a == b
    return all(np.allclose(x, y, rtol=1e-11, atol=1e-11, equal_nan=True) for x, y in zip(a, b, strict=True))


@pytest.mark.parametrize("f", [f for f in PROGRAMS if active(lower(f))], ids=lambda f: f.__name__)
def test_gradients(f: Callable[..., Any]) -> None:
    plain = module(lower(f))
    lean = optimise(plain)
    reference, better = gradient(plain), gradient(lean)
    args = arguments(plain.main, 5)
    args += seeds(reference, args)
    expected = outcome(reference, args)
    for m in (reference, better):
        for level in (1, 2):
            made = optimise(m, level)
            verify(made)
            assert size(made) <= size(m)
            assert alike(expected, outcome(made, args))
    if not isinstance(expected, str):
        recorded = count_ops(optimise(better), copy.deepcopy(args)).recorded
        assert recorded <= count_ops(reference, copy.deepcopy(args)).recorded
        assert recorded == 0 or f.__name__ not in FREE
