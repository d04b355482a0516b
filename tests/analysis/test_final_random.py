"""Random loop nests, run and traced: what is called final is never written again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from analysis import test_final
from analysis.nests import compiled, source
from analysis.small import lower
from transform.oracle import traced
from wengert.analysis.final import Final
from wengert.ir.core import Func


def check(func: Func, args: list[Any], text: str) -> int:
    """How many of the executed reads are final, each of them compared with what was written later."""
    final = Final(func)
    trace = traced(func, *args)
    written: set[int] = set()
    count = 0
    for op, what, places in reversed(trace):
        if what == "write":
            if op.name != "assign" and final.is_final(op):
                assert not (places & written), (op, text)
            written |= places
        elif op.name == "load":
            if final.is_final(op):
                count += 1
                assert not (places & written), (op, text)
        else:
            for v in op.operands:
                if str(v.type).startswith("f64[") and final.is_final_region(op, v) and len(op.operands) == 1:
                    assert not (places & written), (op, text)
    return count


def test_random_nests() -> None:
    found = 0
    for seed in range(150):
        text = source(seed)
        func = compiled(text)
        rng = np.random.default_rng(seed)
        for n in (3, 6):
            found += check(func, [rng.random((7, 7)), rng.random(7), n, 1], text)
    assert found > 1000


@pytest.mark.fuzz
def test_many_random_nests() -> None:
    for seed in range(1000, 6000):
        text = source(seed)
        check(compiled(text), [np.ones((7, 7)), np.ones(7), 5, 2], text)


@pytest.mark.parametrize(
    "f",
    [
        test_final.lu_kij,
        test_final.lu_ijk,
        test_final.polybench_lu,
        test_final.lu_jki,
        test_final.cholesky,
        test_final.lu_slices,
        test_final.lu_row_updates,
    ],
)
def test_classics(f: Callable[..., Any]) -> None:
    func = lower(f)
    a = np.eye(6) * 8 + np.random.default_rng(0).random((6, 6))
    args = [a, 6][: f.__code__.co_argcount]
    assert check(func, args, f.__name__) > 0
