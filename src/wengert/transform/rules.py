"""What forward and reverse mode share: rules of the few pure operations that are not elementwise, and
shapes of tangents.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..diag.diagnostic import Diagnostic
from ..errors import RuleError
from ..ir.core import Func, Op, Value
from ..ir.types import I64, Array, Scalar, dtype_of
from ..prims.primitive import REGISTRY
from .terms import Term, zeros_like
from .tree import Emitter, Node

MARKS = frozenset({"adjoint", "fast", "safe", "same", "assumed", "comment", "record", "sizes"})
"""Attributes that say something about an op but are no parameters of its meaning."""


_ROOTS_AND_LOGS = ["div", "pow", "sqrt", "cbrt", "hypot", "log", "log2", "log10", "log1p", "lgamma"]
_ANGLES = ["asin", "acos", "atan2", "acosh", "atanh", "tan"]
RISKY = frozenset([*_ROOTS_AND_LOGS, *_ANGLES, "mulz"])


def risky(op: Op | Node) -> bool:
    """Whether the partials of an operation may be infinite or NaN where the operands are ordinary numbers.

    There a tangent or a cotangent of zero stays zero.
    """
    return op.name in RISKY or (op.name == "ipow" and op.attrs["n"] < 1)


def plain_attrs(op: Op | Node) -> dict[str, Any]:
    """The attributes that are parameters of the operation."""
    return {k: v for k, v in op.attrs.items() if k not in MARKS}


def no_rule(op: Op | Node, mode: str) -> RuleError:
    """The error for an operation without a derivative in ``mode``."""
    text = f"`{op.name}` has no {mode}-mode derivative"
    helps = ("write the operation in terms of others", "or give it a derivative of your own")
    return RuleError(Diagnostic(code="R0401", message=text, span=op.span, helps=helps))


def expanded(em: Emitter, term: Any, like: Value, sure: bool = True, dtype: Scalar | None = None) -> Value:
    """``term`` as a value of the type (of elements ``dtype``) and shape of ``like``, repeated along axes that
    it lacks.

    ``sure`` says that a term of the type of ``like`` has its shape too (an axis of unknown length may be
    one long).
    """
    t, dtype = like.type, dtype or dtype_of(like.type)
    if not isinstance(term, Term):
        return _filled(em, em.const(float(term), dtype), like, dtype)
    if isinstance(t, Scalar):
        return term.value
    if sure and isinstance(t, Array) and term.value.type == Array(dtype, t.axes, t.layout):
        return term.value
    return _filled(em, term.value, like, dtype)


def _filled(em: Emitter, value: Value, like: Value, dtype: Scalar) -> Value:
    if not isinstance(like.type, Array):
        return value
    out = zeros_like(em, like, dtype=dtype)
    em.node("assign", [out, value])
    return out


def like_reduced(em: Emitter, value: Value, source: Value, attrs: Mapping[str, Any]) -> Value:
    """The result of a reduction of ``source`` with the reduced axes put back as axes of length one."""
    if not isinstance(value.type, Array) or attrs.get("keepdims"):
        return value
    rank = len(source.type.axes) if isinstance(source.type, Array) else 0
    axes = attrs.get("axes")
    gone = set(range(rank)) if axes is None else {k % rank for k in axes}
    spec = "".join("+" if k in gone else ":" for k in range(rank))
    types = REGISTRY["view"].infer([value.type], {"spec": spec})
    return em.node("view", [value], types, {"spec": spec}).result


def _sum(em: Emitter, op: Op, dxs: Sequence[Value | None]) -> Value:
    assert dxs[0] is not None
    return em.node("sum", [dxs[0]], [op.result.type], {**op.attrs, "adjoint": True}).result


def _copy(em: Emitter, op: Op, dxs: Sequence[Value | None]) -> Value:
    assert dxs[0] is not None
    return em.node("copy", [dxs[0]], [op.result.type]).result


def _cast(em: Emitter, op: Op, dxs: Sequence[Value | None]) -> Value:
    assert dxs[0] is not None
    return em.node("cast", [dxs[0]], [op.result.type], op.attrs).result


def _matmul(em: Emitter, op: Op, dxs: Sequence[Value | None]) -> Value:
    a, b = op.operands
    total: Any = None
    for x, y in ((dxs[0], b), (a, dxs[1])):
        if x is not None and y is not None:
            part = Term(em, em.node("matmul", [x, y], [op.result.type], {"adjoint": True}).result)
            total = part if total is None else total + part
    return total.value


def extremal_weights(em: Emitter, op: Op | Node) -> Value:
    """For ``amax`` and ``amin``: 1/k at each of the k elements that attain the extremum, 0 elsewhere."""
    x, y = op.operands[0], op.results[0]
    kept = Term(em, like_reduced(em, y, x, op.attrs))
    hit = REGISTRY["cast"](REGISTRY["eq"](Term(em, x), kept), to=dtype_of(x.type))
    count = em.node("sum", [hit.value], [y.type], plain_attrs(op)).result
    return (hit / Term(em, like_reduced(em, count, x, op.attrs))).value


def _extremum(em: Emitter, op: Op, dxs: Sequence[Value | None]) -> Value:
    assert dxs[0] is not None
    weighted = Term(em, dxs[0]) * Term(em, extremal_weights(em, op))
    return em.node("sum", [weighted.value], [op.result.type], op.attrs).result


FORWARD: dict[str, Callable[[Emitter, Op, Sequence[Value | None]], Value]] = {
    "sum": _sum,
    "copy": _copy,
    "cast": _cast,
    "matmul": _matmul,
    "amax": _extremum,
    "amin": _extremum,
}


def dims_of(em: Emitter, value: Value) -> list[Value]:
    """The sizes of an array, as i64 values."""
    assert isinstance(value.type, Array)
    return [em.node("dim", [value], [I64], {"axis": k}).result for k in range(value.type.rank)]


def result_names(func: Func) -> tuple[str, ...]:
    """The names of the results, made up where the function has none."""
    if len(func.result_names) == len(func.results):
        return func.result_names
    return ("y",) if len(func.results) == 1 else tuple(f"y{k}" for k in range(len(func.results)))
