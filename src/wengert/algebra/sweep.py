"""The reverse sweep over a tape.

Cotangents of numbers are values.  Those of arrays are *shadows*: buffers like the memory they belong to, in
which a view has the same view.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from ..prims.families import scalar_of
from ..prims.primitive import REGISTRY, Primitive
from .base import Algebra, axes_of, inexact, is_array, shape_of
from .where import refuse

if TYPE_CHECKING:
    from .graph import Graph, Node, Var

_MISSING = object()


class Gradients:
    """The cotangents of one sweep, by value: ``grads[a]``; ``a in grads``; ``grads.get(a)``."""

    def __init__(self, graph: Graph, found: dict[int, Any], asked: str) -> None:
        self._graph = graph
        self._found = found
        self._asked = asked

    def __getitem__(self, v: Any) -> Any:
        """The gradient by ``v``.  `MissingIdError` for a value of no or another tape,
        `MissingGradientError` where there is none."""
        self._check(v)
        found = self._found.get(v.gid, _MISSING)
        if found is _MISSING:
            if v.root is not v:
                refuse("U0612", f"`{self._asked}`: the value is a view, and has no gradient of its own",
                       "take a copy, `v.copy()`, and compute with that")  # fmt: skip
            refuse(
                "U0612", f"`{self._asked}`: the result does not depend on this value", "use `grads.get(v)`"
            )
        return found

    def get(self, v: Any, default: Any = None) -> Any:
        """The gradient, or ``default`` where there is none."""
        self._check(v)
        return self._found.get(v.gid, default)

    def __contains__(self, v: Any) -> bool:
        self._check(v)
        return v.gid in self._found

    def __iter__(self) -> Iterator[int]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)

    def _check(self, v: Any) -> None:
        if getattr(v, "algebra", None) is not self._graph:
            refuse("U0611", f"`{self._asked}`: the value is not on this tape")


class Kept:
    """An operand whose memory was overwritten later: where its cotangent goes, and what was in it."""

    __slots__ = ("content", "var")

    def __init__(self, var: Any, content: Any) -> None:
        self.var = var
        self.content = content


_NONE: Mapping[str, Any] = {}


def _whole(entry: tuple[Any, ...]) -> Node:
    """The node that a tuple stands for."""
    from .graph import Node

    quick, a, b, y = entry
    return Node(quick.prim, (a,) if b is None else (a, b), _NONE, y, None)


def _is_view(node: Node) -> bool:
    y = node.y.var if isinstance(node.y, Kept) else node.y
    return y.root is not y


class Sweep:
    """One sweep.  ``on_tape``: the rules run on the tape's own values, and leave nodes."""

    def __init__(self, graph: Graph, out: Var, direction: Any, free: bool = False, on_tape: bool = False):
        self.graph = graph
        self.out = out
        self.free = free
        self.on_tape = on_tape
        self.asked = "compute_gradients" if on_tape else "evaluate_gradients"
        self.algebra: Algebra | None = graph if on_tape else graph.base
        self.bars: dict[int, Any] = {}
        self.shadows: dict[int, Any] = {}
        self.found: dict[int, Any] = {}
        self.direction = self._fitted(direction)

    def _fitted(self, direction: Any) -> Any:
        """The direction, of the shape and dtype of the result; one number stands for all elements."""
        shape = shape_of(self.out.value)
        if shape_of(direction) not in ((), shape):
            refuse("T0210", f"`{self.asked}`: a direction of shape {shape_of(direction)} for {shape}")
        if isinstance(direction, (bool, int, float, np.generic, np.ndarray)):
            dtype = self.out.dtype
            whole = np.asarray(direction).astype(dtype, copy=False)
            return whole if whole.ndim else whole.item()
        return direction

    def run(self) -> Gradients:
        """All cotangents."""
        out, graph = self.out, self.graph
        if is_array(out.value):
            self._call("assign", self.shadow(out), self.direction)
        else:
            self.bars[out.gid] = self.direction
        with np.errstate(all="ignore"):
            self._visit()
        if self.on_tape:
            self.found = {k: g if self._varies(g) else graph.constant(g) for k, g in self.found.items()}
        return Gradients(graph, self.found, self.asked)

    def _visit(self) -> None:
        nodes, bars, shadows, found = self.graph.nodes, self.bars, self.shadows, self.found
        quick, free = self.graph.plain and not self.on_tape, self.free
        for gid in range(self.out.last, -1, -1):
            g = bars.pop(gid, _MISSING)
            if g is not _MISSING:
                node = nodes.get(gid, _MISSING)
                if node is _MISSING:
                    self._freed()
                found[gid] = g
                if type(node) is tuple:
                    if not (quick and type(g) is float and self._fast(node, g)):
                        self._rule(_whole(node), g)
                elif node is not None:
                    self._node(node, g)
            elif shadows:
                self._of_memory(gid, nodes.get(gid, _MISSING))
            if free:
                nodes.pop(gid, None)

    def _freed(self) -> NoReturn:
        refuse("U0613", f"`{self.asked}` on a tape that `evaluate_gradients_once` has freed")

    def _of_memory(self, gid: int, node: Any) -> None:
        """Where there is no cotangent of a number: an array, a view or a write."""
        if gid in self.shadows:
            if node is _MISSING:
                self._freed()
            if node is None or not _is_view(node):
                self.found[gid] = self.shadows[gid]
            if node is not None and not _is_view(node):
                self._node(node, self.shadows[gid])
        elif type(node) is not tuple and node is not None and node is not _MISSING and node.y is None:
            self._write(node)

    def _fast(self, node: Any, g: float) -> bool:
        """The rule on plain numbers; False where Python would raise."""
        quick, a, b, y = node
        bars = self.bars
        try:
            if b is None:
                part = quick.back(g, y.value, a.value)[0]
            elif type(b) is float:
                part = quick.back(g, y.value, a.value, b)[0]
            else:
                part, other = quick.back(g, y.value, a.value, b.value)
                gid = b.gid
                old = bars.get(gid)
                bars[gid] = other if old is None else old + other
        except (ArithmeticError, ValueError):
            return False
        gid = a.gid
        old = bars.get(gid)
        bars[gid] = part if old is None else old + part
        return True

    # rules

    def _node(self, node: Node, g: Any) -> None:
        name = node.prim.name
        target = node.args[0] if node.args else None
        if name == "load":
            self._call("accum", self.shadow(target), *map(self._plain, node.args[1:]), g)
        elif name == "take":
            self._call("scatter", self.shadow(target), self._plain(node.args[1]), g)
        else:
            self._rule(node, g)

    def _rule(self, node: Node, g: Any) -> None:
        prim = node.prim
        xs = [self._content(a) for a in node.args]
        y = self._content(node.y)
        if prim.partials is not None:
            for a, partial in zip(node.args, prim.partials, strict=True):
                if not self._varies(a) or (isinstance(partial, (int, float)) and partial == 0):
                    continue
                if partial is None:
                    self.graph.no_rule(prim, " in reverse")
                self.add(a, self._times(g, partial(y, *xs, **node.attrs) if callable(partial) else partial))
            return
        vjp = prim.vjp or self._no_rule(prim, node)
        for a, part in zip(node.args, vjp(g, y, *xs, **node.attrs), strict=True):
            if part is not None and self._varies(a):
                self.add(a, part)

    def _no_rule(self, prim: Primitive, node: Node) -> NoReturn:
        refuse(
            "R0401",
            f"`{prim.name}` has no reverse-mode derivative",
            "give it a `vjp`, or a `jvp` that is linear in the tangents",
            span=node.span,
        )

    def _times(self, g: Any, p: Any) -> Any:
        if isinstance(p, (int, float)) and p in (1, -1):
            return g if p == 1 else -g
        return REGISTRY["mulz"](g, p)

    def _write(self, node: Node) -> None:
        """The adjoint of a write: what was overwritten gets nothing, what was written gets it all."""
        target, *index, v = node.args
        if target.root.gid not in self.shadows:
            return
        shadow, name = self.shadow(target), node.prim.name
        index = [self._plain(i) for i in index]
        if name in ("store", "accum"):
            g = self._call("load", shadow, *index)
        elif name == "scatter":
            g = self._call("take", shadow, *index)
        else:
            g = self._call("copy", shadow)
        if name == "store":
            self._call("store", shadow, *index, self._zero(shadow))
        elif name == "assign":
            self._call("assign", shadow, self._zero(shadow))
        if self._varies(v):
            self.add(v, g)

    # cotangents

    def add(self, a: Any, part: Any) -> None:
        """Add to the cotangent of an operand, summed or repeated to its shape."""
        v = a.var if isinstance(a, Kept) else a
        if is_array(v.value):
            self._call("vacc", self.shadow(v), self._like(part, v))
            return
        if shape_of(part):
            part = self._call("sum", part, axes=None, keepdims=False)
        part = self._like(part, v)
        if type(part) is np.float64 and type(v.value) is float:
            part = float(part)
        self.bars[v.gid] = self.bars[v.gid] + part if v.gid in self.bars else part

    def _like(self, part: Any, v: Any) -> Any:
        """Of the dtype of ``v``: single precision stays what it is."""
        if isinstance(part, (int, float)) or scalar_of(part) == scalar_of(v.value):
            return part
        return REGISTRY["cast"](part, to=scalar_of(v.value)) if inexact(v.value) else part

    def shadow(self, v: Any) -> Any:
        """The shadow of an array: zeros when it is first asked for, a view for a view."""
        v = v.var if isinstance(v, Kept) else v
        found = self.shadows.get(v.gid)
        if found is None:
            if v.root is v:
                shape = shape_of(v.value)
                dims = [np.int64(n) for n in shape]
                dtype = scalar_of(v.value)
                found = self._call("alloc", *dims, dtype=dtype, axes=axes_of(shape), fill="zero")
            else:
                node = self.graph.nodes[v.gid]
                assert node is not None
                base = self.shadow(node.args[0])
                found = self._call(node.prim.name, base, *map(self._plain, node.args[1:]), **node.attrs)
            self.shadows[v.gid] = found
        return found

    def _zero(self, shadow: Any) -> Any:
        return (scalar_of(shadow).is_inexact and 0.0) or 0

    def _varies(self, a: Any) -> bool:
        return isinstance(a, Kept) or getattr(a, "algebra", None) is self.graph

    def _content(self, a: Any) -> Any:
        """What a rule reads of an operand: a value below, or the tape's own."""
        a = a.content if isinstance(a, Kept) else a
        if getattr(a, "algebra", None) is not self.graph:
            return a
        if self.on_tape:
            return a
        value = a.value
        return np.float64(value) if type(value) is float else value

    def _plain(self, a: Any) -> Any:
        return a.value if getattr(a, "algebra", None) is self.graph else a

    def _call(self, name: str, *args: Any, **attrs: Any) -> Any:
        prim = REGISTRY[name]
        return prim(*args, **attrs) if self.algebra is None else self.algebra.apply(prim, args, attrs)


__all__ = ["Gradients", "Kept", "Sweep"]
