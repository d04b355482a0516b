"""`wengert.batch` inside captured code: a loop over examples, whose results are stacked.

The function is captured once for an example.  Where the sizes of its results can be told from those of the
arguments, memory for all of them is made first; otherwise the first example goes before the loop.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np

from ..algebra.operation import Operation
from ..errors import UseError
from ..ir.core import Value
from ..ir.types import I64, Array, Scalar, Type
from ..prims.memory import EXAMPLES, RESULTS
from .axes import Axes, normal, of_arguments, of_leaf, of_parts
from .dependence import dependents
from .derive_subject import Given, opened, span_of, special_at
from .dtypes import scalar_of_constant
from .forms import (
    FArr,
    FNode,
    FNum,
    Form,
    FSame,
    describe,
    form_of,
    leaf_types,
    leaves_of,
    parts_of,
    rebuild,
    with_parts,
)
from .hoisting import Hoist
from .lower import Dead, Lowering
from .numpy_api.creation import filled
from .units import Special, flat, operands, unflat
from .values import (
    AV,
    Arr,
    Choice,
    Const,
    Derived,
    DictC,
    ListC,
    Num,
    ObjC,
    Struct,
    Tup,
)


@dataclass(frozen=True, eq=False, slots=True)
class Batched:
    """An argument: ``leaves`` with the axis of each that examples have a part of; ``form`` of an example."""

    leaves: list[Value]
    axes: list[int | None]
    form: Form

    def at(self, lw: Lowering, k: Value) -> Any:
        """Example ``k``."""
        found = [picked(lw, v, a, k) for v, a in zip(self.leaves, self.axes, strict=True)]
        return rebuild(self.form, iter(found))


def batched(lw: Lowering, f: Derived, at: Given, node: ast.AST | None) -> AV:
    """A call of what `wengert.batch` gave."""
    try:
        return _batched(lw, f, at, node)
    except UseError as e:  # of `axes`, which knows no place
        d = e.diagnostics[0]
        lw.refuse(d.code, d.message, node, d.helps[0] if d.helps else "")


def _batched(lw: Lowering, f: Derived, at: Given, node: ast.AST | None) -> AV:
    axes, fun = cast(Axes, f.names), opened(f.fun)
    args = [
        _argument(lw, flat(lw, v), a, n)
        for v, a, n in zip(at.values, _spread(axes, at), at.names, strict=True)
    ]
    if node is not None:
        lw.at(node)
    elif lw.b.span is None:
        lw.b.span = span_of(fun)
    count = _count(lw, args, at.names)
    rule = _rule_of(fun)
    if rule is not None:
        return _by_rule(lw, rule, at, axes, node)
    special = special_at(lw, fun, at, [a.form for a in args])
    if special.result is None:
        raise Dead
    return _Stack(lw, special, fun, args, count).stacked(axes.made)


def _rule_of(fun: AV) -> Any:
    """The rule for many examples, of an operation of the user's."""
    operation = fun.value if isinstance(fun, Const) else None
    return operation.record.batch if isinstance(operation, Operation) else None


def _by_rule(lw: Lowering, rule: Any, at: Given, axes: Axes, node: ast.AST | None) -> AV:
    """The result by a rule, which puts the examples first."""
    from .calls import call

    own = [
        None if a is None else normal(a, v.rank if isinstance(v, Arr) else 0, f"`{n}`", "in_axes")
        for a, v, n in zip(of_arguments(axes, at.count), at.values, at.names, strict=True)
    ]
    out = call(lw, Const(rule), [Const(tuple(own)), *at.values], {}, node)
    if not isinstance(axes.made, int):
        lw.refuse("U0601", "`out_axes` is one axis for an operation that has a rule for batches", node)
    return (
        out if axes.made == 0 else call(lw, Const(np.moveaxis), [out, Const(0), Const(axes.made)], {}, node)
    )


def _spread(axes: Axes, at: Given) -> list[Any]:
    """The axes of each value of ``at``: of those given by position; others are shared."""
    found: list[Any] = [None] * len(at.values)
    own = of_arguments(axes, at.count)
    first = len(at.places) - at.star
    for k, a in zip(at.places[:first], own, strict=False):
        found[k] = a
    if at.star:
        found[at.places[-1]] = own[first:]
    return found


# arguments


def _argument(lw: Lowering, av: Any, axes: Any, name: str) -> Batched:
    leaves = leaves_of(av)
    found = list(_axes_of(lw, av, axes, f"`{name}`"))
    types: list[Type] = []
    with lw.region():
        for v, a in zip(leaves, found, strict=True):
            types.append(picked(lw, v, a, lw.int(0)).type)
    left = iter(zip(types, found, strict=True))
    return Batched(leaves, found, _example(form_of(av), left))


def _example(form: Form, types: Any) -> Form:
    """The form of an example.  Facts that would only multiply specialisations are dropped."""
    if isinstance(form, (FNum, FArr)):
        t, axis = next(types)
        if isinstance(t, Array):
            return FArr(t)
        if isinstance(form, FNum) and axis is None:
            return FNum(t, form.py, big=form.big)
        return FNum(t, False)
    if isinstance(form, FNode):
        return FNode(form.value, tuple(_example(p, types) for p in form.parts))
    for _ in leaf_types(form):
        next(types)
    return form


def _axes_of(lw: Lowering, av: Any, axes: Any, what: str) -> list[int | None]:
    """The axis of each leaf."""
    if axes is None:
        return [None] * len(leaves_of(av))
    parts = parts_of(Tup(tuple(map(Const, av.value)))) if _is_tuple(av) else parts_of(av)
    if isinstance(av, Arr):
        return [normal(cast(int, of_leaf(axes, what, "in_axes")), av.rank, what, "in_axes")]
    if isinstance(av, (Tup, ListC, DictC, ObjC, Struct)) or _is_tuple(av):
        assert parts is not None
        keys = av.keys if isinstance(av, (DictC, ObjC)) else av.names if isinstance(av, Struct) else None
        own = of_parts(axes, keys, len(parts), what, "in_axes")
        names = keys if keys is not None else range(len(parts))
        found: list[int | None] = []
        for name, part, a in zip(names, parts, own, strict=True):
            found += _axes_of(lw, part, a, f"`{what[1:-1]}[{name!r}]`")
        return found
    if isinstance(av, Num) or (isinstance(av, Const) and scalar_of_constant(av.value) is not None):
        normal(cast(int, of_leaf(axes, what, "in_axes")), 0, what, "in_axes")
    if isinstance(av, Const):
        return []
    kind = "one of several values" if isinstance(av, Choice) else lw.describe(av)
    lw.refuse("U0601", f"`in_axes` asks for an axis of {what}, which is {kind}", hint="pass an array")


def _is_tuple(av: Any) -> bool:
    return isinstance(av, Const) and type(av.value) is tuple


def picked(lw: Lowering, v: Value, axis: int | None, k: Value) -> Value:
    """Part ``k`` of an array along an axis, as memory of the array itself."""
    if axis is None:
        return v
    assert isinstance(v.type, Array)
    if v.type.rank == 1:
        return lw.emit("load", v, k)
    return lw.emit("view", v, k, spec=":" * axis + "i" + ":" * (v.type.rank - 1 - axis))


def _count(lw: Lowering, args: Sequence[Batched], names: Sequence[str]) -> Value:
    """How many examples there are."""
    found = [
        (n, v, a) for n, x in zip(names, args, strict=True) for v, a in zip(x.leaves, x.axes, strict=True)
        if a is not None
    ]  # fmt: skip
    if not found:
        lw.refuse("U0601", "`batch` needs an argument that has an axis for the examples")
    first, v, axis = found[0]
    count = lw.emit("dim", v, axis=axis)
    for name, w, a in found[1:]:
        n = lw.emit("dim", w, axis=a)
        text = f"{EXAMPLES}`{first}` has {{0}} along axis {axis}, and `{name}` has {{1}} along axis {a}"
        lw.check(lw.emit("eq", count, n), "ValueError", text, count, n)
    return count


# results


@dataclass(frozen=True, eq=False, slots=True)
class _Repeated:
    """A constant of the result that is repeated for all examples, in a form."""

    value: Const


class _Stack:
    """The loop, and the memory of the results.

    ``slots``: for each leaf of the result the axis for the examples, or None for one that all share.
    """

    def __init__(
        self, lw: Lowering, special: Special, fun: AV, args: Sequence[Batched], count: Value
    ) -> None:
        self.lw = lw
        self.special = special
        self.fun = fun
        self.args = args
        self.count = count
        self.types = leaf_types(cast(Form, special.result))
        self.slots: list[int | None] = []

    def stacked(self, out_axes: Any) -> AV:
        """The results of all examples, in the structure of one."""
        lw = self.lw
        form = self._planned(cast(Form, self.special.result), out_axes, "the result")
        shapes = None if None in self.slots else self._sizes()
        start = lw.int(0)
        first: tuple[Value, ...] = ()
        if shapes is None:
            text = "there is no example, and the shapes of the results cannot be told without one"
            lw.check(lw.emit("gt", self.count, start), "ValueError", text)
            first = self._run(start)
            shapes = [[lw.emit("dim", v, axis=k) for k in range(_rank(v.type))] for v in first]
        buffers = [
            first[k] if axis is None else self._buffer(t, shape, axis)
            for k, (t, shape, axis) in enumerate(zip(self.types, shapes, self.slots, strict=True))
        ]
        if first:
            self._refuse_varying()
            self._put(buffers, start, first)
            start = lw.int(1)
        if any(axis is not None for axis in self.slots):
            self._loop(buffers, start)
        return unflat(lw, self._filled(form, iter(buffers)))

    def _run(self, k: Value) -> tuple[Value, ...]:
        """The results of one example."""
        given = operands(self.lw, self.special, [self.fun, *(a.at(self.lw, k) for a in self.args)])
        return tuple(self.lw.b.emit("call", given, {"func": self.special.name}, types=self.types))

    def _loop(self, buffers: Sequence[Value], start: Value) -> None:
        lw, index = self.lw, Value(I64)
        with lw.region() as b:
            self._put(buffers, index, self._run(index))
        block = lw.block(b, (index,))
        lw.b.emit("for", (start, self.count, lw.int(1)), {}, (block,), types=(I64,), hints=["trips"])

    def _put(self, buffers: Sequence[Value], k: Value, found: Sequence[Value]) -> None:
        """The results of example ``k`` where they belong."""
        lw = self.lw
        for buffer, v, axis in zip(buffers, found, self.slots, strict=True):
            if axis is None:
                continue
            if not isinstance(v.type, Array):
                lw.effect("store", buffer, k, v)
                continue
            part = picked(lw, buffer, axis, k)
            for j in range(v.type.rank):
                n, m = lw.emit("dim", part, axis=j), lw.emit("dim", v, axis=j)
                text = f"{RESULTS}have different shapes"
                lw.check(lw.emit("eq", n, m), "ValueError", text)
            lw.effect("assign", part, v)

    def _buffer(self, t: Type, shape: Sequence[Value], axis: int) -> Value:
        """Memory for a leaf of all results."""
        dims = [*shape[:axis], self.count, *shape[axis:]]
        made = stacked_type(t, axis)
        return self.lw.emit("alloc", *dims, dtype=made.dtype, axes=made.axes, fill="none")

    def _sizes(self) -> list[list[Value]] | None:
        """The shapes of the leaves of a result, from those of the arguments; None where that does not do."""
        lw = self.lw
        func = lw.session.funcs[self.special.name]
        start, wholes = len(lw.b.ops), dict(zip(func.params, self._wholes(), strict=True))

        def known(v: Value) -> Value | None:
            whole = wholes.get(v)
            return whole[0] if whole is not None and whole[1] is None else None

        def dim(v: Value, axis: int) -> Value | None:
            whole = wholes.get(v)
            if whole is None:
                return None
            return lw.emit("dim", whole[0], axis=axis if whole[1] is None or axis < whole[1] else axis + 1)

        hoist = Hoist(lw, func.body.ops, known, dim, lw.session.funcs)
        found: list[list[Value]] = []
        for v in func.results:
            sizes = [hoist.size(v, k) for k in range(_rank(v.type))]
            if any(n is None for n in sizes):
                del lw.b.ops[start:]
                return None
            found.append([n for n in sizes if n is not None])
        return found

    def _wholes(self) -> list[tuple[Value, int | None] | None]:
        """For each parameter of the function the array that it is a part of, with the axis; or itself."""
        with self.lw.region() as b:
            given = operands(
                self.lw, self.special, [self.fun, *(a.at(self.lw, self.lw.int(0)) for a in self.args)]
            )
        made = {r for op in b.ops for r in op.results}
        found: list[tuple[Value, int | None] | None] = [None if v in made else (v, None) for v in given]
        at = len(leaf_types(form_of(self.fun)))
        for arg in self.args:
            for v, axis in zip(arg.leaves, arg.axes, strict=True):
                if axis is not None:
                    found[at] = v, axis
                at += 1
        return found

    def _refuse_varying(self) -> None:
        """A result that all examples share must not depend on what differs between them."""
        func = self.lw.session.funcs[self.special.name]
        differ = [w is None or w[1] is not None for w in self._wholes()]
        varying = dependents(func, [p for p, d in zip(func.params, differ, strict=True) if d])
        for axis, v in zip(self.slots, func.results, strict=True):
            if axis is None and v in varying:
                self.lw.refuse("U0601", "`out_axes` is None for a result that differs between the examples")

    def _planned(self, form: Form, axes: Any, what: str) -> Any:
        """The form of all results; notes where each leaf goes."""
        if isinstance(form, (FNum, FArr)):
            t = form.type if isinstance(form, FArr) else form.dtype
            axis = self._axis(axes, _rank(t), what)
            self.slots.append(axis)
            return form if axis is None else FArr(stacked_type(t, axis))
        if isinstance(form, FSame) and isinstance(form.value, Const):
            c = form.value
            if type(c.value) is tuple:
                parts = tuple(FSame(Const(x)) for x in c.value)
                return self._planned(FNode(Tup(tuple(p.value for p in parts)), parts), axes, what)
            if scalar_of_constant(c.value) is not None and self._axis(axes, 0, what) is not None:
                return _Repeated(c)
            return form
        if isinstance(form, FNode) and isinstance(form.value, (Tup, ListC, DictC, ObjC, Struct)):
            v = form.value
            keys = v.keys if isinstance(v, (DictC, ObjC)) else v.names if isinstance(v, Struct) else None
            own = of_parts(axes, keys, len(form.parts), what, "out_axes")
            parts = [self._planned(p, a, what) for p, a in zip(form.parts, own, strict=True)]
            return FNode(v, tuple(parts))
        self.lw.refuse(
            "C0105", f"the function that is batched returns {describe(form)}, which is not stacked"
        )

    def _axis(self, axes: Any, rank: int, what: str) -> int | None:
        axes = of_leaf(axes, what, "out_axes")
        return None if axes is None else normal(axes, rank + 1, what, "out_axes")

    def _filled(self, form: Any, leaves: Iterator[Value]) -> Any:
        """The value of the form that `_planned` gave."""
        if isinstance(form, FNode):
            return with_parts(form.value, tuple(self._filled(p, leaves) for p in form.parts))
        if isinstance(form, _Repeated):
            t = scalar_of_constant(form.value.value)
            assert t is not None
            return filled(self.lw, [Num(self.count, low=0)], t, form.value)
        return rebuild(form, leaves)


def stacked_type(t: Type, axis: int) -> Array:
    """The type of an array of these along an axis."""
    if isinstance(t, Array):
        return Array(t.dtype, t.axes[:axis] + "n" + t.axes[axis:])
    assert isinstance(t, Scalar)
    return Array(t, "n")


def _rank(t: Type) -> int:
    return t.rank if isinstance(t, Array) else 0
