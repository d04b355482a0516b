"""CPython against the interpreter of the IR."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np

from wengert.algebra.evaluate import evaluate
from wengert.capture import Captured, capture, flatten, unflatten
from wengert.capture.capturing import bound_arguments
from wengert.prims.check import verify_module


def run(captured: Captured, args: tuple[Any, ...], f: Any) -> Any:
    """The result of the captured function, by the interpreter; arguments are mutated as by the function."""
    _, values, _ = bound_arguments(f, args, {})
    leaves = [*flatten(values, captured.in_tree), *(h.read() for h in captured.hidden)]
    before = [copy.deepcopy(x) for x in leaves]
    results = evaluate(captured.module, leaves)
    for k, (x, old) in enumerate(zip(leaves, before, strict=True)):
        if isinstance(x, np.ndarray) and not np.array_equal(x, old, equal_nan=True):
            assert k in captured.mutated, f"parameter {k} was written and is not in {captured.mutated}"
    return unflatten(captured.out_tree, list(results))


def both(f: Any, args: tuple[Any, ...]) -> tuple[Any, Any]:
    """(CPython's result and final arguments, ours)."""
    mine, theirs = copy.deepcopy(args), copy.deepcopy(args)
    with np.errstate(all="ignore"):
        expected = f(*theirs)
    captured = capture(f, args)
    verify_module(captured.module)
    assert all(g.check() for g in captured.guards)
    got = run(captured, mine, f)
    return (expected, theirs), (got, mine)


def same(a: Any, b: Any, path: str = "result") -> None:
    """Assert that two results are alike, in structure, kind and value."""
    if isinstance(a, np.ndarray):
        assert isinstance(b, np.ndarray), (path, a, b)
        assert a.dtype == b.dtype, (path, a.dtype, b.dtype)
        assert a.shape == b.shape, (path, a.shape, b.shape)
        np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-14, err_msg=path)
    elif isinstance(a, (tuple, list)):
        assert type(a) is type(b), (path, a, b)
        assert len(a) == len(b), (path, a, b)
        for k, (x, y) in enumerate(zip(a, b, strict=True)):
            same(x, y, f"{path}[{k}]")
    elif isinstance(a, dict):
        assert list(a) == list(b), path
        for k in a:
            same(a[k], b[k], f"{path}[{k!r}]")
    elif hasattr(a, "__dataclass_fields__"):
        assert type(a) is type(b), path
        for k in a.__dataclass_fields__:
            same(getattr(a, k), getattr(b, k), f"{path}.{k}")
    elif isinstance(a, (bool, int, float, complex, np.generic)):
        # a number that is Python's on one path and NumPy's on another is NumPy's
        assert isinstance(b, type(a)), (path, type(a), type(b))
        np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-14, err_msg=path)
    else:
        assert a == b, (path, a, b)
