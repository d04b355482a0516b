"""`Graph`: a tape over any algebra, for derivatives in reverse.

Every operation on a variable leaves a `Node`; a reverse sweep visits the nodes from a result backwards and
applies the rules of their primitives in the algebra below (`evaluate_gradients`) or on the tape itself
(`compute_gradients`, whose results can be differentiated again).  Nothing in a node changes during a sweep,
so any number of threads may run sweeps over one tape at once.

Arrays are memory, as in the compiler: a write is a node too, a view has the same view of its base's
cotangent, and what a rule has to read is copied before it is overwritten.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..diag import Span
from ..prims.families import scalar_of
from ..prims.memory import as_given
from ..prims.primitive import Primitive
from .base import Algebra, Called, Holder, Traced, below, inexact, is_array, shape_of
from .quick import QUICK
from .sweep import Gradients, Kept, Sweep
from .where import refuse


class Memory:
    """What is known of the memory of an array: the nodes whose rules read it, whether it is seen through
    `np.broadcast_to`, and the number of the last write."""

    __slots__ = ("readers", "spread", "written")

    def __init__(self) -> None:
        self.readers: list[Node] | None = None
        self.spread = False
        self.written = -1


_EXACT = 2**53
"""Integers up to here are floats."""


def _operator(name: str) -> Any:
    """An operator: of plain numbers at once, of others by the algebra."""
    quick = QUICK[name]
    run = quick.run

    def apply(a: Var, b: Any) -> Any:
        x, y, graph = a.value, b, a.algebra
        if type(x) is float and graph.plain:
            if type(b) is Var and b.algebra is graph:
                y = b.value
            elif type(b) is int and -_EXACT <= b <= _EXACT:
                y = b = float(b)
            if type(y) is float:
                value = run(x, y)
                if value is not None:
                    gid = graph.new()
                    var = Var(graph, gid, value)
                    graph.nodes[gid] = (quick, a, b, var)
                    return var
        return quick.prim(a, b)

    return apply


class Var(Holder):
    """A value on a tape.  ``gid`` is its number there; ``origin`` is what it is a view of."""

    __slots__ = ("gid", "known", "origin", "value")

    def __init__(self, algebra: Graph, gid: int, value: Any, origin: Var | None = None) -> None:
        self.algebra = algebra
        self.gid = gid
        self.value = value
        self.origin = origin
        self.known: Memory | None = None

    @property
    def root(self) -> Var:
        """The array whose memory it is in; itself, if that is its own."""
        return self if self.origin is None else self.origin

    @property
    def memory(self) -> Memory:
        """What is known of its memory."""
        root = self.root
        if root.known is None:
            root.known = Memory()
        return root.known

    @property
    def last(self) -> int:
        """Where on the tape it became what it is now."""
        known = self.root.known
        return self.gid if known is None else max(self.gid, known.written)

    def __repr__(self) -> str:
        return f"<{self.gid}: {self.value!r}>"

    __add__ = _operator("add")
    __sub__ = _operator("sub")
    __mul__ = _operator("mul")
    __radd__, __rmul__ = __add__, __mul__
    __truediv__ = _operator("div")


class Node:
    """One operation: the primitive, its operands (`Var` or constants), and its result."""

    __slots__ = ("args", "attrs", "prim", "span", "y")

    def __init__(
        self, prim: Primitive, args: tuple[Any, ...], attrs: Mapping[str, Any], y: Any, span: Span | None
    ) -> None:
        self.prim = prim
        self.args = args
        self.attrs = attrs
        self.y = y
        self.span = span


def _read(memory: Memory, node: Node) -> None:
    """A rule reads the memory."""
    if memory.readers is None:
        memory.readers = []
    memory.readers.append(node)


class Graph(Algebra):
    """A tape over ``base``.

    >>> g = Graph()
    >>> a, b = g.variable(1.0), g.variable(2.0)
    >>> c = g.mul(a, b)
    >>> grads = g.evaluate_gradients(c, 1.0)
    >>> grads[a], grads[b]
    (2.0, 1.0)
    """

    def __init__(self, base: Algebra | None = None) -> None:
        self.base = base
        self.name = "Graph" if base is None else f"Graph({base.name})"
        self.nodes: dict[int, Any] = {}
        self.new = itertools.count().__next__
        self._freed = -1
        self.plain = base is None or base.name == "Eval"
        """Whether its values are those of NumPy.  Plain numbers go a faster way: in `nodes` they have a tuple
        of their `Quick`, operands and result, where others have a `Node`, and leaves ``None``."""

    # making values

    def variable(self, x: Any) -> Var:
        """A value that can be differentiated by: a number or an array, of floats or of integers."""
        return self._leaf(x, True)

    def lift(self, x: Any) -> Any:
        """A constant of the tape.  An array may be written later, so it is one of its values too."""
        if isinstance(x, Var) and x.algebra is self:
            return x
        return self._leaf(x, False) if isinstance(x, (list, np.ndarray)) or is_array(x) else self._base(x)

    def constant(self, x: Any) -> Var:
        """A value on the tape that is not differentiated by."""
        return self._leaf(x, False)

    def _base(self, x: Any) -> Any:
        return x if self.base is None else self.base.lift(x)

    def _leaf(self, x: Any, varies: bool) -> Var:
        if isinstance(x, (list, np.ndarray)):
            x = np.array(x, copy=True)
        elif isinstance(x, np.float64):
            x = float(x)
        value = self._base(x)
        gid = self.new()
        self.nodes[gid] = None
        return Var(self, gid, value)

    # operations

    def _unary(self, prim: Primitive, a: Any) -> Var | None:
        """A function of a plain number without more ado, or nothing."""
        quick = QUICK.get(prim.name)
        if quick is None or type(a) is not Var or type(a.value) is not float:
            return None
        value = quick.run(a.value)
        if value is None:
            return None
        gid = self.new()
        var = Var(self, gid, value)
        self.nodes[gid] = (quick, a, None, var)
        return var

    def apply(self, prim: Primitive, args: Sequence[Any], attrs: Mapping[str, Any]) -> Any:
        if self.plain and len(args) == 1 and not attrs:
            found = self._unary(prim, args[0])
            if found is not None:
                return found
        if prim.composite is not None and prim.vjp is None:
            return prim.composite(*args, **attrs)
        if prim.writes:
            self._write(prim, args, attrs)
            return None
        xs = [a.value if isinstance(a, Var) and a.algebra is self else a for a in args]
        if prim.raises or prim.kind == "elementwise":
            y = self._run(prim, xs, attrs)
        else:
            y = below(self, prim.name, *xs, **attrs)
        if prim.name == "alloc":
            return self._leaf(y, False) if scalar_of(y).is_inexact else y
        mine = [a for a in args if isinstance(a, Var) and a.algebra is self]
        if not mine or prim.name in ("dim", "wrap") or not self._flows(prim, args, y):
            return y
        if prim.name == "broadcast":  # one element of memory, many of the cotangent: not the view of a shadow
            mine[0].memory.spread = True
        elif prim.aliases is not None:
            return self._record(prim, args, attrs, y, mine[0].root)
        var = self._record(prim, args, attrs, float(y) if type(y) is np.float64 else y, None)
        if prim.linear != "jointly" and prim.name != "load":
            node = self.nodes[var.gid]
            for v in (*mine, var):
                if is_array(v.root.value):
                    _read(v.memory, node)
        return var

    def _run(self, prim: Primitive, xs: list[Any], attrs: Mapping[str, Any]) -> Any:
        """The value; NumPy's complaints about shapes are told with the operation and the line."""
        try:
            return below(self, prim.name, *xs, **attrs)
        except ValueError as e:
            shapes = ", ".join(str(shape_of(x)) for x in xs)
            if type(e) is not ValueError:
                raise
            refuse("T0210", f"`{prim.name}` of shapes {shapes}: {e}")

    def _flows(self, prim: Primitive, args: Sequence[Any], y: Any) -> bool:
        """Whether a cotangent can come back through the operation."""
        if prim.aliases is not None or prim.name in ("load", "take"):
            return isinstance(args[0], Var)
        if scalar_of(y).is_bool or prim.name in ("argmax", "argmin", "stop"):
            return False
        return prim.name != "cast" or inexact(y) == inexact(args[0])

    def _record(
        self, prim: Primitive, args: Sequence[Any], attrs: Mapping[str, Any], y: Any, root: Var | None
    ) -> Var:
        gid = self.new()
        var = Var(self, gid, y, root)
        self.nodes[gid] = Node(prim, tuple(map(self._owned, args)), attrs, var, self.span)
        return var

    def _owned(self, a: Any) -> Any:
        """An operand as a node keeps it: memory that is not of the tape may be overwritten by anyone."""
        if isinstance(a, np.ndarray):
            return a.copy()
        if isinstance(a, Traced) and a.algebra is not self and is_array(a):
            from ..prims.primitive import REGISTRY

            return REGISTRY["copy"](a)
        return a

    def _write(self, prim: Primitive, args: Sequence[Any], attrs: Mapping[str, Any]) -> None:
        target, v = args[0], args[-1]
        if not (isinstance(target, Var) and target.algebra is self):
            if isinstance(v, Var) and v.algebra is self and not scalar_of(v).is_bool:
                self.no_rule(prim, ": a value of the tape cannot be stored in an array of plain numbers")
            self._below(prim, args, attrs)  # positions and decisions
            return
        if target.memory.spread:
            self.no_rule(prim, ": the array is seen through `np.broadcast_to`")
        self._keep(target.root)
        self._below(prim, args, attrs)
        target.memory.written = gid = self.new()
        self.nodes[gid] = Node(prim, (*args[:-1], self._owned(v)), attrs, None, self.span)

    def _below(self, prim: Primitive, args: Sequence[Any], attrs: Mapping[str, Any]) -> None:
        below(self, prim.name, *[a.value if isinstance(a, Var) and a.algebra is self else a for a in args],
              **attrs)  # fmt: skip

    def _keep(self, root: Var) -> None:
        """Memory is about to be overwritten: rules that read it get a copy, which is on the tape too."""
        readers, root.memory.readers = root.memory.readers, None
        if not readers:
            return
        from ..prims.primitive import REGISTRY

        kept = self.apply(REGISTRY["copy"], (root,), {})
        for node in readers:
            node.args = tuple(self._replayed(a, root, kept) for a in node.args)
            node.y = self._replayed(node.y, root, kept)

    def _replayed(self, v: Any, root: Var, kept: Var) -> Any:
        """``v``, a view of ``root``, as the same view of the copy."""
        if not (isinstance(v, Var) and v.algebra is self and v.root is root):
            return v
        if v is root:
            return Kept(v, kept)
        node = self.nodes[v.gid]
        assert node is not None
        return Kept(
            v, self.apply(node.prim, (self._as_copy(node.args[0], root, kept), *node.args[1:]), node.attrs)
        )

    def _as_copy(self, v: Var, root: Var, kept: Var) -> Any:
        found = self._replayed(v, root, kept)
        return found.content if isinstance(found, Kept) else found

    # gradients

    def evaluate_gradients(self, out: Any, direction: Any = 1.0) -> Gradients:
        """The cotangents of all values that ``out`` depends on, for the cotangent ``direction`` of ``out``.

        May be called any number of times, from any threads at once.  The results are values of the algebra
        below.
        """
        return Sweep(self, self._node(out), direction).run()

    def evaluate_gradients_once(self, out: Any, direction: Any = 1.0) -> Gradients:
        """As `evaluate_gradients`; the tape up to ``out`` is freed on the way, so it works once."""
        var = self._node(out)
        grads = Sweep(self, var, direction, free=True).run()
        self._freed = max(self._freed, var.last)
        return grads

    def compute_gradients(self, out: Any, direction: Any = 1.0) -> Gradients:
        """As `evaluate_gradients`, but on the tape: the results are `Var` and can be differentiated again, to
        any order.
        """
        return Sweep(self, self._node(out), direction, on_tape=True).run()

    def _node(self, out: Any) -> Var:
        if not (isinstance(out, Var) and out.algebra is self):
            refuse("U0611", "`evaluate_gradients` of a value that is not on this tape")
        if out.gid <= self._freed:
            refuse("U0613", "`evaluate_gradients` on a tape that `evaluate_gradients_once` has freed")
        return out

    def custom(self, called: Called, args: Sequence[Any]) -> Any:
        """One node, with the reverse rule of the function (or the transpose of its forward rule)."""
        mine = [isinstance(a, Var) and a.algebra is self for a in args]
        if not any(mine[: called.leaves]):
            return NotImplemented
        xs = [a.value if own else a for a, own in zip(args, mine, strict=True)]
        (y,) = called.primal(self.base, xs)

        def run(*values: Any) -> Any:
            return called.primal(self if any(isinstance(v, Var) for v in values) else self.base, values)[0]

        prim = Primitive("custom", "foreign", as_given, run, vjp=self._rule(called), reads=(0,), fresh=True)
        var = self._record(prim, tuple(args), {}, float(y) if type(y) is np.float64 else y, None)
        node = self.nodes[var.gid]
        assert node is not None
        for v in (*(a for a, own in zip(args, mine, strict=True) if own), var):
            if is_array(v.root.value):
                _read(v.memory, node)
        return var

    def _rule(self, called: Called) -> Any:
        def rule(y_bar: Any, y: Any, *xs: Any) -> tuple[Any, ...]:
            leaves = xs[: called.leaves]
            values = (y_bar, y, *leaves)
            carriers = [v for v in values if isinstance(v, Traced)]
            algebra = max(carriers, key=lambda v: v.level).algebra if carriers else self.base
            parts: list[Any] = [None] * len(xs)
            if called.vjp is not None:
                found = called.vjp(algebra, [y_bar, y, *leaves])
            else:
                g = Graph(algebra)
                dxs = [g.variable(np.zeros(shape_of(leaves[k]))[()]) for k in called.wrt]
                (dy,) = called.jvp(g, [*leaves, *dxs, y])
                grads = g.evaluate_gradients(dy, y_bar)
                found = [grads.get(d) for d in dxs]
            for k, part in zip(called.wrt, found, strict=True):
                parts[k] = part
            return tuple(parts)

        return rule

    # decisions

    def known(self, x: Any) -> bool | None:
        x = x.value if isinstance(x, Var) and x.algebra is self else x
        return bool(x) if self.base is None else self.base.known(x)

    def integer(self, x: Any) -> int:
        x = x.value if isinstance(x, Var) and x.algebra is self else x
        if scalar_of(x).is_inexact:
            raise TypeError("an index must be an integer")
        return int(x) if self.base is None else self.base.integer(x)


def Graph1() -> Graph:
    """A tape of values: first derivatives, of which `compute_gradients` takes further ones."""
    return Graph()


def GraphN(order: int = 1) -> Graph:
    """A tape for derivatives of any order through `compute_gradients`; ``order`` tapes nested in each
    other.
    """
    out = Graph()
    for _ in range(order - 1):
        out = Graph(out)
    return out
