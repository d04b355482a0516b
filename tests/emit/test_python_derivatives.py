"""Derivatives print too: emitted Python of first and second order gives the interpreter's numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from analysis.small import lower
from emit.python_harness import as_module, check
from emit.python_programs import PROGRAMS
from transform import differentiable
from wengert.emit.python import compile_source, source
from wengert.ir.core import Module, module
from wengert.ir.types import Array, Scalar, dtype_of
from wengert.transform.passes import optimise
from wengert.transform.vjp import Plan, vjp


def derivative(m: Module) -> Module:
    active = tuple(k for k, p in enumerate(m.main.params) if dtype_of(p.type).is_float)
    return optimise(vjp(m, Plan(active, active)))


def arguments(m: Module, size: int) -> list[Any]:
    rng = np.random.default_rng(size)
    out: list[Any] = []
    for p in m.main.params:
        if isinstance(p.type, Array):
            square = np.eye(size) * 3 if p.type.rank == 2 else 0.0
            out.append(rng.standard_normal((size,) * p.type.rank) + square)
        else:
            assert isinstance(p.type, Scalar)
            out.append(3 if p.type.is_int else 0.7)
    return out


@pytest.mark.parametrize("f", [f for f, _ in differentiable.PROGRAMS], ids=lambda f: f.__name__)
def test_first_and_second_order(f: Callable[..., Any]) -> None:
    first = derivative(module(lower(f)))
    check(first, *arguments(first, 4), rtol=1e-9)
    second = derivative(first)
    check(second, *arguments(second, 3), rtol=1e-8)


def test_recursion() -> None:
    check(derivative(as_module(PROGRAMS["tree"][0])), 1.3, 3, 0.7)


def test_header_and_traceback() -> None:
    text = source(as_module(PROGRAMS["guarded"][0]), header="What the caller says.")
    run = compile_source(text, "guarded")
    assert run.__doc__ == "What the caller says."
    with pytest.raises(IndexError, match="index 9 is out of bounds for axis 0 with size 2") as info:
        run(np.ones(2), 9, 1.0)
    assert "raise IndexError" in str(info.traceback[-1].statement)


def test_helpers_only_where_needed() -> None:
    assert "def " in source(as_module(PROGRAMS["broadcasting"][0]), "").split("def broadcasting")[0]
    assert source(as_module(PROGRAMS["dot"][0])).startswith("def dot(x, y):")
