"""Random array programs with views, overlaps, loops and branches: native code against the interpreter.

This is what finds mistakes in fusing: an operation moved past a write, a temporary that lives too short.
"""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest

from wengert.algebra.evaluate import evaluate
from wengert.ir.core import Block, Value
from wengert.ir.types import F64, I64, Array, Type
from wengert.prims import REGISTRY

from .llvm_harness import Compiled
from .llvm_programs import Program, inner, program


class Random:
    """Writes random programs over matrices of one shape, and what views and reductions make of them."""

    def __init__(self, seed: int) -> None:
        self.r = random.Random(seed)

    def emit(self, p: Program, name: str, *xs: Value | float, **attrs: Any) -> Value:
        values = [p.value(x) for x in xs]
        types = REGISTRY[name].infer([v.type for v in values], attrs)
        out = p.b.emit(name, values, attrs, types=types)
        return out[0] if out else values[0]

    def scalar(self, p: Program, pool: dict[str, list[Value]]) -> Value:
        if self.r.random() < 0.3:
            return p.const(self.r.choice([0.5, -1.0, 0.25]))
        return self.r.choice(pool["f"])

    def ops(self, p: Program, pool: dict[str, list[Value]], count: int, depth: int) -> None:
        """``pool``: matrices ``m`` (``w`` writable), rows ``r`` (``rw``), columns ``c``, numbers ``f``."""
        pool = {k: v for k, v in pool.items()}
        for _ in range(count):
            self.one(p, pool, depth)

    def one(self, p: Program, pool: dict[str, list[Value]], depth: int) -> None:
        r = self.r
        anything = [*pool["m"], *pool["r"], *pool["c"]]
        kind = r.random()
        if kind < 0.35:
            a, b = r.choice(pool["m"]), r.choice([*anything, self.scalar(p, pool)])
            name = r.choice(["add", "sub", "maximum", "mul"])
            x = self.emit(p, name, a, b)
            if name == "mul":
                x = self.emit(p, "sin", x)
            pool["m"].append(x)
            if r.random() < 0.3:
                pool["w"].append(x)
        elif kind < 0.42:
            x = self.emit(p, r.choice(["sin", "tanh", "copy", "neg"]), r.choice(pool["m"]))
            pool["m"].append(x)
            pool["w"].append(x)
        elif kind < 0.55:
            target = r.choice(pool["w"])
            self.emit(p, "assign", target, r.choice([*anything, self.scalar(p, pool)]))
        elif kind < 0.68:
            target = r.choice([*pool["w"], *pool["rw"]])
            source = (
                self.emit(p, "mul", r.choice(pool["m"]), 0.125) if r.random() < 0.5 else r.choice(anything)
            )
            self.emit(p, "vacc", target, self.emit(p, "sin", source) if r.random() < 0.5 else source)
        elif kind < 0.76:
            t = self.emit(p, "transpose", r.choice(pool["m"]), perm=(1, 0))
            (pool["w"] if r.random() < 0.3 else pool["m"]).append(t)
        elif kind < 0.84:
            m = r.choice(pool["w"])
            n = p.size(m)
            back = p("sub", n, 1, t=I64)
            v = self.emit(p, "view", m, back, n, -1, spec="s:")
            pool["m"].append(v)
            pool["w"].append(v)
        elif kind < 0.92:
            axis = r.choice([None, 0, 1])
            s = self.emit(
                p,
                r.choice(["sum", "amax"]),
                r.choice(pool["m"]),
                axes=None if axis is None else (axis,),
                keepdims=axis == 1,
            )
            s = self.emit(p, "mul", s, 0.0625)
            pool["f" if axis is None else "r" if axis == 0 else "c"].append(s)
            if axis == 0:
                pool["rw"].append(s)
        elif kind < 0.96 or depth == 0:
            m = r.choice(pool["w"])
            self.emit(p, r.choice(["store", "accum"]), m, 1, 0, self.scalar(p, pool))
            pool["f"].append(self.emit(p, "load", r.choice(pool["m"]), 0, 1))
        elif kind < 0.98:
            a, b = r.choice(pool["m"]), r.choice(pool["m"])
            t = Array(F64, "nn", "C" if a.type == b.type and a.type.layout == "C" else "S")  # type: ignore[union-attr]

            def body(q: Program, i: Value, x: Value, y: Value) -> list[Value]:
                mine = {k: list(v) for k, v in pool.items()}
                mine["m"] += [x, y]
                self.ops(q, mine, 5, depth - 1)
                return [y, self.emit(q, "sin", mine["m"][-1]) if r.random() < 0.6 else mine["m"][-1]]

            types: tuple[Type, ...] = (t, t)
            region = inner(body, [Value(I64), *(Value(u) for u in types)])
            region = Block(region.params, region.ops, region.yields)
            operands = [p.const(0), p.const(3), p.const(1), a, b]
            if all(_fits(v.type, u) for v, u in zip((a, b, *region.yields), types * 2, strict=True)):
                out = p.b.emit("for", operands, {}, (region,), (I64, *types))
                pool["m"].append(r.choice(out[1:]))
        else:
            c = self.emit(p, "gt", self.scalar(p, pool), 0.1)
            t = Array(F64, "nn", "S")

            def arm(q: Program) -> list[Value]:
                mine = {k: list(v) for k, v in pool.items()}
                self.ops(q, mine, 4, depth - 1)
                return [mine["m"][-1]]

            arms = (inner(arm, []), inner(arm, []))
            if all(_fits(b.yields[0].type, t) for b in arms):
                pool["m"].append(p.b.emit("if", (c,), {}, arms, (t,))[0])


def _fits(have: Type, want: Type) -> bool:
    assert isinstance(have, Array)
    assert isinstance(want, Array)
    return have.axes == want.axes and (have.layout == "C" or want.layout == "S")


@pytest.mark.parametrize("seed", range(40))
def test_random_programs(seed: int) -> None:
    rng = Random(seed)
    M, R = Array(F64, "nn"), Array(F64, "n")

    def body(p: Program, a: Value, b: Value, row: Value) -> list[Value]:
        pool = {"m": [a, b], "w": [a, b], "r": [row], "rw": [row], "c": [], "f": [p.const(0.75)]}
        pool["c"].append(rng.emit(p, "sum", a, axes=(1,), keepdims=True))
        rng.ops(p, pool, 22, 2)
        return [*pool["m"][-3:], *pool["r"][-1:], *pool["f"][-1:]]

    module = program((M, M, R), body)
    data = np.random.default_rng(seed)
    for shape in ((4, 4), (1, 1)):
        args = [data.normal(size=shape), data.normal(size=shape), data.normal(size=shape[1])]
        mine, theirs = [x.copy() for x in args], [x.copy() for x in args]
        try:
            want = evaluate(module, theirs)
        except (ValueError, IndexError) as error:
            with pytest.raises(type(error)):
                Compiled(module)(*mine)
            continue
        want = [np.array(w) for w in want]
        got = Compiled(module)(*mine)
        for g, w in zip((*got, *mine), (*want, *theirs), strict=True):
            np.testing.assert_allclose(g, w, rtol=1e-9, atol=1e-9)
