"""Types are made once: equal ones are one object, however they come about."""

from __future__ import annotations

import copy
import pickle
from concurrent.futures import ThreadPoolExecutor

import pytest

from wengert.ir.types import F32, F64, Array, Rec, Scalar, parse_type


def made() -> list[Scalar | Array | Rec]:
    return [Scalar("f64"), Array(F64, "n1"), Array(F64, "nn", "S"), Rec(F32), Rec(Array(F32, "n"))]


@pytest.mark.parametrize("t", made(), ids=str)
def test_equal_types_are_one_object(t: Scalar | Array | Rec) -> None:
    assert any(t is other for other in made())
    assert parse_type(str(t)) is t
    assert copy.copy(t) is t
    assert copy.deepcopy([t])[0] is t
    assert pickle.loads(pickle.dumps(t)) is t
    with pytest.raises(AttributeError):
        t.layout = "S"  # type: ignore[union-attr, misc]


def test_different_types_differ() -> None:
    assert len({*made(), Array(F32, "n1"), Array(F64, "1n"), Rec(F64), F32}) == len(made()) + 4


def test_threads_make_one_object() -> None:
    with ThreadPoolExecutor(8) as pool:
        for k in range(50):
            found = list(pool.map(lambda _, k=k: Array(F64, "n" * (k + 7)), range(16)))
            assert all(t is found[0] for t in found)
