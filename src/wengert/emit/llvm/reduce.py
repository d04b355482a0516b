"""Reductions inside loop nests: pairwise over chunks, so that sums are accurate and the loops vectorise.

A chunk of at most `CHUNK` elements is summed with ``reassoc`` (LLVM keeps several lanes), and the chunks are
added pairwise by a binary counter (`wg_push`). Everywhere else the order of additions is the one written
down.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ...ir.core import Value
from ...ir.types import Array, Scalar, dtype_of
from .control import count_loop
from .function import FunctionEmitter
from .group import REDUCTIONS, Step
from .memory import clear, fresh
from .scalar import elementwise
from .values import ArrayVal, Complex, Num, constant, real, reg

CHUNK = 1024
#: 2**48 chunks are more than fit in memory.
LEVELS = 48


@dataclass(slots=True, eq=False)
class Accumulator:
    """Where a reduction gathers.

    ``out`` (with ``strides`` in the iteration space) when the result is an array, otherwise ``states``: the
    pairwise counters of a float sum (one, or two of a complex sum), or a single variable.
    """

    step: Step
    kind: str
    dtype: Scalar
    out: ArrayVal | None
    strides: tuple[str, ...]
    states: tuple[str, ...] = ()
    result: Value | None = None

    @property
    def partial(self) -> bool:
        """Gathers into an array."""
        return self.out is not None

    @property
    def pairwise(self) -> bool:
        """A sum of inexact numbers to a scalar."""
        return self.out is None and self.kind == "sum" and self.dtype.is_inexact and self.dtype.lanes == 1

    @staticmethod
    def base(a: ArrayVal) -> str:
        """Pointer to the first element of the result."""
        return a.data

    def identity(self) -> Num:
        """The neutral element."""
        return _identity(self.kind, self.dtype)

    def combine(self, e: FunctionEmitter, x: Num, y: Num, inside: bool = False) -> Num:
        """One more element.  ``inside`` a chunk, sums and products may be reordered."""
        op, t = REDUCTIONS[self.kind], self.dtype
        if inside and op in ("add", "mul") and t.is_inexact:
            ty, f = reg(real(t)), "fadd" if op == "add" else "fmul"
            if not isinstance(x, Complex):
                return e.c.ins(f"{f} reassoc {ty} {x}, {y}")
            if op == "add":
                assert isinstance(y, Complex)
                return Complex(*(e.c.ins(f"fadd reassoc {ty} {p}, {q}") for p, q in zip(x, y, strict=True)))
        return elementwise(op, e.c, (x, y), t, t, {})

    def update(self, e: FunctionEmitter, where: str, x: Num) -> None:
        """Gather ``x`` in memory."""
        tail = e.scope(self.out.root) if self.out else ""
        old = e.c.load(where, self.dtype, tail)
        e.c.store(where, self.combine(e, old, x), self.dtype, tail)

    def absorb(self, e: FunctionEmitter, x: Num, where: str) -> None:
        """Take the result of a chunk."""
        if self.out is not None:
            self.update(e, where, x)
        elif self.pairwise:
            ty = reg(real(self.dtype))
            e.unit.support.setdefault(f"wg_push_{ty}")
            for state, p in zip(self.states, x if isinstance(x, Complex) else (x,), strict=True):
                e.c.do(f"call void @wg_push_{ty}(ptr {state}, {ty} {p})")
        else:
            self.update(e, self.states[0], x)

    def close(self, e: FunctionEmitter) -> None:
        """Define the result."""
        if self.result is None:
            return
        if self.out is not None:
            e.env[self.result] = self.out
        elif self.pairwise:
            ty = reg(real(self.dtype))
            e.unit.support.setdefault(f"wg_total_{ty}")
            sums = [e.c.ins(f"call {ty} @wg_total_{ty}(ptr {s})") for s in self.states]
            e.env[self.result] = Complex(*sums) if self.dtype.is_complex else sums[0]
        else:
            e.env[self.result] = e.c.load(self.states[0], self.dtype)


def _identity(kind: str, t: Scalar) -> Num:
    if kind in ("amax", "amin"):
        low = kind == "amax"
        if t.is_float:
            return constant(float("-inf") if low else float("inf"), t)
        if t.is_bool or t.name == "u8":
            return constant(0 if low else (1 if t.is_bool else 255), t)
        bits = 8 * t.itemsize
        return constant(-(1 << (bits - 1)) if low else (1 << (bits - 1)) - 1, t)
    return constant({"sum": 0, "any": 0, "prod": 1, "all": 1}[kind], t)


def start(e: FunctionEmitter, step: Step, sizes: Sequence[str]) -> Accumulator:
    """Prepare the result of a reduction over an iteration space of ``sizes``."""
    op = step.op
    result = op.results[0]
    t = dtype_of(result.type)
    if op.name in ("amax", "amin"):
        for k in step.axes:
            some = e.c.ins(f"icmp ne i64 {sizes[k]}, 0")
            word = "maximum" if op.name == "amax" else "minimum"
            message = f"zero-size array to reduction operation {word} which has no identity"
            e.check(some, "ValueError", message, op)
    if isinstance(result.type, Scalar):
        return Accumulator(step, op.name, t, None, (), _states(e, op.name, t), result)
    assert isinstance(result.type, Array)
    kept = [k for k in range(len(sizes)) if k not in step.axes]
    shape = [("1" if k in step.axes else n) for k, n in enumerate(sizes)]
    if not op.attrs.get("keepdims"):
        shape = [sizes[k] for k in kept]
    out = fresh(e, result.type, shape, result, op)
    places = list(range(len(sizes))) if op.attrs.get("keepdims") else kept
    strides = ["0"] * len(sizes)
    for k, s in zip(places, out.strides, strict=True):
        if k not in step.axes and sizes[k] != "1":
            strides[k] = s
    fill(e, out, _identity(op.name, t))
    return Accumulator(step, op.name, t, out, tuple(strides), (), result)


def into(step: Step, target: ArrayVal, strides: tuple[str, ...]) -> Accumulator:
    """A ``vacc`` whose target stands still in the inner loop: a sum that ends in its memory."""
    return Accumulator(step, "sum", target.type.dtype, target, strides)


def fill(e: FunctionEmitter, a: ArrayVal, x: Num) -> None:
    """Set every element of a C array."""
    t = a.type.dtype
    if x == constant(0, t):
        clear(e, a)
        return

    def body(i: str, _: list[str]) -> list[str]:
        from .values import mem

        p = e.c.ins(f"getelementptr inbounds {mem(t)}, ptr {a.data}, i64 {i}")
        e.c.store(p, x, t, e.scope(a.root))
        return []

    count_loop(e.c, e.count(a.sizes), body)


def _states(e: FunctionEmitter, kind: str, t: Scalar) -> tuple[str, ...]:
    if kind == "sum" and t.is_inexact and t.lanes == 1:
        ty = reg(real(t))
        states = tuple(e.c.alloca(f"{{i64, [{LEVELS} x {ty}]}}") for _ in range(2 if t.is_complex else 1))
        for s in states:
            e.c.do(f"store i64 0, ptr {s}, align 8")
        return states
    state = e.c.alloca(f"[{t.itemsize} x i8]", 16)
    e.c.store(state, _identity(kind, t), t)
    return (state,)


def chunks(
    e: FunctionEmitter,
    n: str,
    accumulators: Sequence[Accumulator],
    element: Callable[[str, Sequence[Num]], list[Num]],
    outs: Sequence[str],
) -> None:
    """Run ``element`` for 0..n-1 in chunks; each accumulator absorbs the result of each chunk."""
    c = e.c

    def chunk(lo: str, hi: str) -> None:
        carried: list[tuple[str, str]] = []
        for acc in accumulators:
            ty = reg(real(acc.dtype))
            x = acc.identity()
            carried += [(ty, p) for p in (x if isinstance(x, Complex) else (x,))]
        final = count_loop(
            c, hi, lambda i, names: _flat(element(i, _pack(accumulators, names))), carried, start=lo
        )
        for acc, x, where in zip(accumulators, _pack(accumulators, final), outs, strict=True):
            acc.absorb(e, x, where)

    if n.isdigit() and int(n) <= CHUNK:
        chunk("0", n)
        return
    e.unit.intrinsic("i64 @llvm.smin.i64(i64, i64)")
    shift = CHUNK.bit_length() - 1
    trips = c.ins(f"lshr i64 {c.ins(f'add i64 {n}, {CHUNK - 1}')}, {shift}")

    def each(k: str, _: list[str]) -> list[str]:
        lo = c.ins(f"shl nuw nsw i64 {k}, {shift}")
        end = c.ins(f"add nuw nsw i64 {lo}, {CHUNK}")
        chunk(lo, c.ins(f"call i64 @llvm.smin.i64(i64 {end}, i64 {n})"))
        return []

    count_loop(c, trips, each)


def _flat(values: Sequence[Num]) -> list[str]:
    return [p for x in values for p in (x if isinstance(x, Complex) else (x,))]


def _pack(accumulators: Sequence[Accumulator], names: Sequence[str]) -> list[Num]:
    out: list[Num] = []
    it = iter(names)
    for acc in accumulators:
        out.append(Complex(next(it), next(it)) if acc.dtype.is_complex else next(it))
    return out


__all__ = ["Accumulator", "chunks", "fill", "into", "start"]
