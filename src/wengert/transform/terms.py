"""The IR as an algebra: carriers whose arithmetic emits ops.

Rules written over `wengert.prims.primitive.Carrier` run here unchanged.  Numbers stay numbers until they
meet a value, and the exact laws of constants (``1*x``, ``0+x`` for the zero that stands for "no
contribution") are applied on the way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..ir.core import Value
from ..ir.types import BOOL, Array, Scalar, dtype_of
from ..prims.primitive import Carrier, Primitive
from .tree import Emitter

FLOAT_ARITHMETIC = frozenset(("add", "sub", "mul", "div", "neg", "mulz", "sum", "matmul"))


class Term(Carrier):
    """An IR value under construction.  ``strict`` terms are primal arithmetic, others may be contracted."""

    __slots__ = ("em", "strict", "value")

    def __init__(self, em: Emitter, value: Value, strict: bool = False) -> None:
        self.em = em
        self.value = value
        self.strict = strict

    def apply(self, prim: Primitive, args: Sequence[Any], attrs: Mapping[str, Any]) -> Any:
        folded = _fold(prim.name, args)
        if folded is not None:
            return folded
        operands = [_operand(self.em, a, args, k, prim) for k, a in enumerate(args)]
        types = prim.infer([v.type for v in operands], attrs)
        extra = dict(attrs)
        if not self.strict and prim.name in FLOAT_ARITHMETIC and dtype_of(types[0]).is_inexact:
            extra["adjoint"] = True
        if (
            self.em.same
            and prim.kind == "elementwise"
            and sum(isinstance(v.type, Array) for v in operands) > 1
        ):
            extra["same"] = True
        node = self.em.node(prim.name, operands, types, extra)
        out = tuple(Term(self.em, r, self.strict) for r in node.results)
        return out[0] if len(out) == 1 else out

    def attempt(self, run: Callable[[], Any]) -> Any:
        mark = self.em.mark()
        try:
            return run()
        except Exception:
            self.em.back_to(mark)
            return NotImplemented

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return self.value.type.rank if isinstance(self.value.type, Array) else 0

    @property
    def dtype(self) -> Scalar:
        return dtype_of(self.value.type)


def _fold(name: str, args: Sequence[Any]) -> Any:
    """``1*x``, ``-1*x``, ``x/1``: exact whatever ``x`` is.  ``None`` where no law applies."""
    if name in ("mul", "mulz"):
        for one, other in ((args[0], args[1]), (args[1], args[0])):
            if isinstance(one, (int, float)):
                if one == 1:
                    return other
                if one == -1:
                    return -other
    if name == "div" and isinstance(args[1], (int, float)) and args[1] == 1:
        return args[0]
    return None


def _operand(em: Emitter, arg: Any, args: Sequence[Any], position: int, prim: Primitive) -> Value:
    if isinstance(arg, Term):
        return arg.value
    if isinstance(arg, Value):
        return arg
    like = [a.dtype for a in args if isinstance(a, Term)]
    if prim.name == "select":
        like = [BOOL] if position == 0 else [a.dtype for a in args[1:] if isinstance(a, Term)] or like
    dtype = like[0]
    value = bool(arg) if dtype.is_bool else int(arg) if dtype.is_int else float(arg)
    return em.const(value, dtype)


def zeros_like(em: Emitter, value: Value, hint: str = "", dtype: Scalar | None = None) -> Value:
    """A zero cotangent (or tangent) for ``value``: a constant, or a fresh array of its shape."""
    t = value.type
    dtype = dtype or dtype_of(t)
    if isinstance(t, Array):
        dims = [em.node("dim", (value,), (_i64(),), {"axis": k}).result for k in range(t.rank)]
        attrs = {"dtype": dtype, "axes": t.axes, "fill": "zero"}
        return em.node("alloc", dims, (Array(dtype, t.axes),), attrs, hints=(hint,)).result
    return em.const(0j if dtype.is_complex else 0.0, dtype)


def _i64() -> Scalar:
    from ..ir.types import I64

    return I64
