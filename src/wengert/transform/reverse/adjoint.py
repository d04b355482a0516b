"""The reverse sweep: one adjoint for each op, last op first.

Cotangents of scalars (and of ``ssa`` arrays) are values, kept by scope.  A loop's reverse carries the
cotangents of what the loop carries, and one accumulator for each outer scalar that its body reads; zero
trips then give the identity for free.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from ...analysis.affine import Linear
from ...ir.core import VIEWS, Op, Value, suggest
from ...ir.types import Array, Scalar, Type, dtype_of
from ...prims.primitive import REGISTRY, Primitive
from .. import rules
from ..terms import Term, zeros_like
from ..tree import Body, Emitter, Node
from .shadows import Sweep

SELECTIVE = frozenset(["select", "maximum", "minimum", "fmax", "fmin", "pymax", "pymin"])
"""Operations that give exact zeros as cotangents of what was not chosen."""

_TESTS = frozenset(["lt", "le", "gt", "ge", "eq", "ne", "isinf", "isnan", "isfinite", "argmin", "argmax"])
_OVERFLOWING = frozenset(["exp", "exp2", "expm1", "sinh", "cosh"])


SILENT = frozenset(["rec_new", "rec_grow", "rec_len", "alloc", "const", "undef", "dim", "check"])
"""Operations through which no cotangent flows."""

Sizes = tuple[Linear, ...]


class Scope:
    """The cotangents known in one reverse body."""

    def __init__(self, forward: Body, body: Body, kind: str, parent: Scope | None = None) -> None:
        self.forward = forward
        self.body = body
        self.kind = kind
        self.parent = parent
        self.local: dict[Value, Value] = {}
        self.imported: dict[Value, Value] = {}

    def get(self, v: Value, home: Body) -> Value | None:
        """The cotangent of ``v`` so far; inside a loop an accumulator is carried for a value from outside."""
        if v in self.local:
            return self.local[v]
        if home is self.forward or self.parent is None:
            return None
        if self.kind == "loop":
            p = Value(v.type, f"{v.hint}_bar" if v.hint else "")
            self.body.params.append(p)
            self.imported[v] = self.local[v] = p
            return p
        found = self.parent.get(v, home)
        if found is not None:
            self.local[v] = self.imported[v] = found
        return found


class Adjoint:
    """Emits the reverse sweep of a forward sweep."""

    def __init__(self, sweep: Sweep) -> None:
        self.sweep = sweep
        self.em = Emitter(sweep.back)
        self.scope = Scope(sweep.top, sweep.back, "top")
        self.pairs: list[tuple[Body, Body, Node, Node]] = []
        self.selective = _is_selective(sweep.sites.ops)
        self._sizes: dict[Value, Sizes] = {}

    def seed(self, r: Value, seed: Value) -> None:
        """Add the cotangent of a result."""
        if self.sweep.active(r):
            self.add(r, Term(self.em, seed), fresh=False)

    def run(self) -> None:
        """Emit the adjoint of the whole function."""
        self.body(self.sweep.top)

    # cotangents

    def add(self, v: Value, term: Any, fresh: bool = True) -> None:
        """Add ``term`` to the cotangent of ``v``, summed or repeated to its shape.

        ``fresh`` says that an array term is nobody else's memory.
        """
        if not self.sweep.active(v):
            return
        value = term.value if isinstance(term, Term) else self.em.const(float(term), dtype_of(v.type))
        if isinstance(v.type, Scalar):
            self._add_scalar(v, value)
        elif self.sweep.kind(v) == "ssa":
            self._add_ssa(v, value, fresh)
        elif any(op.name == "broadcast" for op in self._made_by_views(v)):
            self._add_spread(v, value)
        else:
            self._accumulate(self.sweep.shadow(v, self.em), v, value)

    def _made_by_views(self, v: Value) -> list[Op]:
        """The views that ``v`` is, the last first."""
        out: list[Op] = []
        op = self.sweep.sites.definition(v)
        while op is not None and op.name in VIEWS:
            out.append(op)
            op = self.sweep.sites.definition(op.operands[0])
        return out

    def _add_spread(self, v: Value, value: Value) -> None:
        """Elements that are one in memory have a cotangent each, in a buffer; then these are summed."""
        views = self._made_by_views(v)
        at = next(k for k, op in enumerate(views) if op.name == "broadcast")
        whole = buffer = zeros_like(self.em, views[at].result)
        for op in reversed(views[:at]):
            types = REGISTRY[op.name].infer([buffer.type, *(u.type for u in op.operands[1:])], op.attrs)
            buffer = self.em.node(op.name, [buffer, *op.operands[1:]], types, op.attrs).result
        self._accumulate(buffer, v, value)
        alike, self.em.same = self.em.same, False  # what comes in had the shape of v: this has not
        self.add(views[at].operands[0], Term(self.em, whole))
        self.em.same = alike

    def _add_scalar(self, v: Value, value: Value) -> None:
        if isinstance(value.type, Array):
            axes = tuple(range(value.type.rank))
            attrs = {"axes": axes, "keepdims": False, "adjoint": True}
            value = self.em.node("sum", [value], [value.type.dtype], attrs).result
        old = self.scope.get(v, self.sweep.home[v])
        total = Term(self.em, value) if old is None else Term(self.em, old) + Term(self.em, value)
        self.scope.local[v] = total.value

    def _add_ssa(self, v: Value, value: Value, fresh: bool) -> None:
        old = self.scope.local.get(v)
        if value.type != v.type or not self._same_shape(value, v):
            buffer = zeros_like(self.em, v)
            self._accumulate(buffer, v, value)
            value = buffer
        elif old is None and not fresh:
            value = self.em.node("copy", [value], [v.type]).result
        self.scope.local[v] = value if old is None else (Term(self.em, old) + Term(self.em, value)).value

    def _accumulate(self, target: Value, v: Value, value: Value) -> None:
        """Add to an array of the shape of ``v``."""
        same = self.em.same or self._same_shape(value, v)
        self.em.node(
            "vacc", [target, value], (), {"adjoint": True, "same": True} if same else {"adjoint": True}
        )

    def _same_shape(self, value: Value, v: Value) -> bool:
        sizes = self._sizes.get(value)
        return _like(value.type, v.type) and sizes is not None and sizes == self._sizes_of(v)

    def note_shape(self, value: Value, like: Value) -> None:
        """Remember that the array ``value`` of the reverse sweep has the shape of the primal ``like``."""
        sizes = self._sizes_of(like)
        if sizes is not None:
            self._sizes[value] = sizes

    def _sizes_of(self, v: Value) -> Sizes | None:
        try:
            return self.sweep.final.ranges.sizes(v)
        except (KeyError, AssertionError):
            return None

    def take(self, y: Value) -> Value | None:
        """The cotangent of a result, ``None`` when nothing was added to it."""
        if not self.sweep.active(y):
            return None
        if isinstance(y.type, Scalar) or self.sweep.kind(y) == "ssa":
            g = self.scope.local.pop(y, None)
            self.name(g, y)
            return g
        return self.sweep.shadow(y, self.em) if self.sweep.touched(y) else None

    def name(self, g: Value | None, y: Value) -> None:
        """Call a cotangent after what it is the cotangent of, unless it is a value of the function."""
        if g is not None and y.hint and g not in self.sweep.home:
            suggest(g, f"{y.hint}_bar")

    # bodies

    def body(self, forward: Body) -> None:
        for node in reversed(list(forward.ops)):
            if node in self.sweep.op_of:
                self.em.span = node.span
                self._node(node)

    def _node(self, node: Node) -> None:
        handler = ADJOINTS.get(node.name)
        if handler is not None:
            handler(self, node)
        elif node.name not in VIEWS and node.name not in SILENT:
            self._pure(node)

    def _pure(self, node: Node) -> None:
        y = node.result
        g = self.take(y)
        if g is None or not any(self.sweep.active(v) for v in node.operands):
            return
        if node.name in ARRAY_ADJOINTS:
            ARRAY_ADJOINTS[node.name](self, node, g)
            return
        prim = REGISTRY[node.name]
        self.em.same = prim.kind == "elementwise" and (bool(node.attrs.get("same")) or self._alike(node))
        self._by_rule(node, prim, g)
        self.em.same = False

    def _by_rule(self, node: Node, prim: Primitive, g: Value) -> None:
        attrs = rules.plain_attrs(node)
        terms = _Operands(self, node)
        if prim.partials is not None:
            if prim.name == "mul" and node.operands[0] is node.operands[1]:
                self._by_partial(
                    node, node.operands[0], (2.0 * Term(self.em, g)).value, prim.partials[0], terms, attrs
                )
                return
            for v, partial in zip(node.operands, prim.partials, strict=True):
                if not self.sweep.active(v) or (isinstance(partial, (int, float)) and partial == 0):
                    continue
                if partial is None:
                    raise rules.no_rule(node, "reverse")
                self._by_partial(node, v, g, partial, terms, attrs)
            return
        if prim.vjp is None:
            raise rules.no_rule(node, "reverse")
        parts = prim.vjp(Term(self.em, g), terms.y(), *terms.xs(), **attrs)
        for v, part in zip(node.operands, parts, strict=True):
            if part is not None and self.sweep.active(v):
                if prim.kind == "foreign":  # whose result has a shape of its own
                    self.add(v, part, fresh=False)
                else:
                    self.add_part(node, v, part, g)

    def _by_partial(
        self, node: Node, v: Value, g: Value, partial: Any, terms: _Operands, attrs: dict[str, Any]
    ) -> None:
        p = partial(terms.y(), *terms.xs(), **attrs) if callable(partial) else partial
        strong = callable(partial) and (self.selective or rules.risky(node))
        part: Any = REGISTRY["mulz"](Term(self.em, g), p) if strong else Term(self.em, g) * p
        self.add_part(node, v, part, g)

    def add_part(self, node: Node, v: Value, part: Any, g: Value) -> None:
        """Add a contribution of the shape of the result of ``node``; note whether that is the shape of
        ``v`` too.
        """
        fresh = True
        if isinstance(part, Term) and isinstance(v.type, Array):
            fresh = part.value is not g or self.sweep.kind(node.result) == "ssa"
            if self._shapes_equal(node, v):
                self.note_shape(part.value, v)
            elif isinstance(node.result.type, Array) and REGISTRY[node.name].kind == "elementwise":
                self.note_shape(part.value, node.result)
        self.add(v, part, fresh)

    def _alike(self, node: Node) -> bool:
        """Whether all arrays that an elementwise op meets, and its result, have the same shape."""
        return all(self._shapes_equal(node, v) for v in node.operands if isinstance(v.type, Array))

    def _shapes_equal(self, node: Node, v: Value) -> bool:
        """Whether the result of an op surely has the shape of its operand ``v``."""
        y = node.result
        if not _like(v.type, y.type):
            return False
        if node.attrs.get("same"):
            return True
        arrays = [u for u in node.operands if isinstance(u.type, Array)]
        if all(u is v for u in arrays):
            return True
        sizes = self._sizes_of(v)
        return sizes is not None and all(self._sizes_of(u) == sizes for u in arrays)


def _like(a: Type, b: Type) -> bool:
    """Of one type up to layout."""
    return a == b or (
        isinstance(a, Array) and isinstance(b, Array) and a.axes == b.axes and a.dtype == b.dtype
    )


class _Operands:
    """The operands and result of a node as terms, with contents copied where they are overwritten later."""

    def __init__(self, adjoint: Adjoint, node: Node) -> None:
        self.adjoint = adjoint
        self.node = node
        self._xs: list[Term] | None = None

    def xs(self) -> list[Term]:
        if self._xs is None:
            a = self.adjoint
            self._xs = [Term(a.em, a.sweep.content(v, self.node)) for v in self.node.operands]
        return self._xs

    def y(self) -> Term:
        a = self.adjoint
        return Term(a.em, a.sweep.content(self.node.result, self.node))


ADJOINTS: dict[str, Callable[[Adjoint, Node], None]] = {}
"""The adjoints of control flow and memory, by operation; `control` and `memory` fill it."""

ARRAY_ADJOINTS: dict[str, Callable[[Adjoint, Node, Value], None]] = {}
"""Those of pure operations that are not elementwise, given the cotangent of the result; `arrays` fills it."""


def _is_selective(ops: Iterable[Op | Node]) -> bool:
    """Whether what is infinite may be left out by a choice: its cotangent is zero then, and stays so.

    A program that tests floats may choose by a mask, or branch, and leave out where an exponential is too
    large for floats.
    """
    tests = overflows = False
    for op in ops:
        if op.name in SELECTIVE and dtype_of(op.result.type).is_inexact:
            return True
        tests = tests or (op.name in _TESTS and dtype_of(op.operands[0].type).is_inexact)
        overflows = overflows or op.name in _OVERFLOWING
    return tests and overflows
