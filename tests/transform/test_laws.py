"""Every law holds, bit for bit, on awkward numbers."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pytest

from transform.oracle import run
from wengert.ir.build import Builder
from wengert.ir.core import Func, Value
from wengert.ir.types import BOOL, F64, I64, Scalar
from wengert.transform.laws import LAWS, Call, Law, Pattern

FLOATS = (0.0, -0.0, 1.0, -2.5, 1e308, -5e-324, math.inf, -math.inf, math.nan)
INTEGERS = (0, 1, -1, 7, 2**62, -(2**63), 2**63 - 1)
CONDITIONS = {"and", "or", "not", "xor", "lt", "le", "gt", "ge", "eq", "ne"}
ORDERS = {"lt", "le", "gt", "ge", "eq", "ne"}

EVERY = [law for laws in LAWS.values() for law in laws]


def types_of(law: Law) -> list[Scalar]:
    kinds = {"any": [F64, I64], "int": [I64], "bool": [BOOL], "adjoint": [F64, I64]}[law.domain]
    return [t for t in kinds if t != I64 or law.left.name != "div"]


def samples(law: Law, t: Scalar) -> tuple[Any, ...]:
    """Adjoints may forget the sign of zero, and that zero times infinity is no number."""
    ordinary = (1.0, -2.5, 1e-300)
    return {BOOL: (True, False), I64: INTEGERS, F64: ordinary if law.domain == "adjoint" else FLOATS}[t]


def variables(p: Pattern, t: Scalar, found: dict[str, Scalar]) -> dict[str, Scalar]:
    """The type of each variable: conditions are bools, the rest ``t``."""
    if isinstance(p, str):
        found.setdefault(p, t)
    elif isinstance(p, Call):
        for k, a in enumerate(p.args):
            below = a.name if isinstance(a, Call) else ""
            truth = (p.name == "select" and k == 0) or (
                p.name in ("not", "and", "or") and below not in ORDERS
            )
            variables(a, BOOL if truth else t, found)
    return found


def build(b: Builder, p: Pattern, env: dict[str, Value], t: Scalar) -> Value:
    if isinstance(p, str):
        return env[p]
    if not isinstance(p, Call):
        kind = BOOL if isinstance(p, bool) else t
        return b.emit(
            "const",
            (),
            {"value": bool(p) if kind.is_bool else int(p) if kind.is_int else float(p)},
            types=(kind,),
        )[0]
    args = [build(b, a, env, t) for a in p.args]
    result = BOOL if p.name in CONDITIONS else args[-1].type
    return b.emit(p.name, args, types=(result,))[0]


def bits(x: Any) -> Any:
    x = np.asarray(x)
    return "nan" if x.dtype.kind == "f" and np.isnan(x) else x.tobytes()


@pytest.mark.parametrize("law", EVERY, ids=str)
def test_law(law: Law) -> None:
    for t in types_of(law):
        names = variables(law.left, t, {})
        params = {n: Value(s, n) for n, s in names.items()}
        b = Builder()
        left = build(b, law.left, params, t)
        right = build(b, law.right, params, left.type if isinstance(left.type, Scalar) else t)
        func = Func("law", b.block(tuple(params.values()), (left, right)))
        for values in itertools.product(*(samples(law, s) for s in names.values())):
            x, y = run(func, *values)
            alike = x == y if law.domain == "adjoint" else bits(x) == bits(y)
            assert alike, (str(law), values, x, y)


def test_floats_keep_their_zeros() -> None:
    """Tempting, and wrong for some number."""
    texts = {law.text for law in EVERY if law.domain == "any"}
    assert not texts & {
        "add(x, 0) -> x",
        "mul(x, 0) -> 0",
        "sub(x, x) -> 0",
        "sub(0, x) -> neg(x)",
        "div(x, x) -> 1",
    }
