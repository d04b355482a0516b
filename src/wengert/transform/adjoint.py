"""The reverse sweep: one adjoint for each op, last op first.

Cotangents of scalars (and of ``ssa`` arrays) are values, kept by scope.  A loop's reverse carries the cotangents of what the
loop carries, and one accumulator for each outer scalar that its body reads; zero trips then give the identity for free.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..analysis.effects import VIEWS
from ..ir.core import Value
from ..ir.types import I64, Array, Rec, Scalar, differentiable, dtype_of, is_ref
from ..prims.primitive import REGISTRY
from . import rules
from .shadows import Sweep
from .terms import Term, zeros_like
from .tree import Body, Emitter, Node

RISKY = frozenset(
    "div sqrt log log2 log10 log1p pow ipow asin acos acosh atanh hypot atan2 cbrt tan lgamma mulz".split()
)
"""Operations with partials that may be infinite or NaN where the value is finite: a zero cotangent stays zero."""

SELECTIVE = frozenset("select maximum minimum fmax fmin pymax pymin".split())
"""Operations that give exact zeros as cotangents of what was not chosen."""


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
        self.selective = any(op.name in SELECTIVE for op in sweep.sites.ops)
        self._known_shapes: dict[Value, Value] = {}

    def seed(self, r: Value, seed: Value) -> None:
        """Add the cotangent of a result."""
        if self.sweep.active(r):
            self.add(r, Term(self.em, seed), fresh=False)

    def run(self) -> None:
        """Emit the adjoint of the whole function."""
        self._body(self.sweep.top)

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
        else:
            self.em.node("vacc", [self.sweep.shadow(v, self.em), value], (), {"adjoint": True})

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
        if not self._same_shape(value, v):
            buffer = zeros_like(self.em, v)
            self.em.node("vacc", [buffer, value], (), {"adjoint": True})
            value = buffer
        elif old is None and not fresh:
            value = self.em.node("copy", [value], [v.type]).result
        self.scope.local[v] = value if old is None else (Term(self.em, old) + Term(self.em, value)).value

    def _same_shape(self, value: Value, v: Value) -> bool:
        return value.type == v.type and self._known_shapes.get(value) is v

    def take(self, y: Value) -> Value | None:
        """The cotangent of a result, ``None`` when nothing was added to it."""
        if not self.sweep.active(y):
            return None
        if isinstance(y.type, Scalar) or self.sweep.kind(y) == "ssa":
            return self.scope.local.pop(y, None)
        return self.sweep.shadow(y, self.em) if self.sweep.touched(y) else None

    # bodies

    def _body(self, forward: Body) -> None:
        for node in reversed(list(forward.ops)):
            if node in self.sweep.op_of:
                self.em.span = node.span
                self._node(node)

    def _node(self, node: Node) -> None:
        handler = HANDLERS.get(node.name)
        if handler is not None:
            handler(self, node)
        elif node.name not in VIEWS and node.results:
            self._pure(node)

    def _pure(self, node: Node) -> None:
        y = node.result
        g = self.take(y)
        if g is None or not any(self.sweep.active(v) for v in node.operands):
            return
        if node.name in BACKWARD:
            BACKWARD[node.name](self, node, g)
            return
        prim = REGISTRY[node.name]
        attrs = rules.plain_attrs(node)
        terms = _Operands(self, node)
        if prim.partials is not None:
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
                self._add_part(node, v, part, g)

    def _by_partial(self, node: Node, v: Value, g: Value, partial: Any, terms: _Operands, attrs: dict[str, Any]) -> None:
        p = partial(terms.y(), *terms.xs(), **attrs) if callable(partial) else partial
        strong = callable(partial) and (self.selective or node.name in RISKY)
        part: Any = REGISTRY["mulz"](Term(self.em, g), p) if strong else Term(self.em, g) * p
        self._add_part(node, v, part, g)

    def _add_part(self, node: Node, v: Value, part: Any, g: Value) -> None:
        """Add a contribution of the shape of the result of ``node``; note whether that is the shape of ``v`` too."""
        fresh = not (isinstance(part, Term) and part.value is g)
        if isinstance(v.type, Array) and isinstance(part, Term) and self._shapes_equal(node, v):
            self._known_shapes[part.value] = v
        self.add(v, part, fresh)

    def _shapes_equal(self, node: Node, v: Value) -> bool:
        """Whether the result of an elementwise op surely has the shape of its operand ``v``."""
        y = node.result
        if v.type != y.type and not (isinstance(v.type, Array) and isinstance(y.type, Array) and v.type.axes == y.type.axes):
            return False
        arrays = [u for u in node.operands if isinstance(u.type, Array)]
        if all(u is v for u in arrays):
            return True
        sizes = self.sweep.final.ranges.sizes
        try:
            return all(sizes(u) == sizes(v) for u in arrays)
        except (KeyError, AssertionError):
            return False


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


# control


def _if(a: Adjoint, node: Node) -> None:
    outer, outer_em = a.scope, a.em
    seeds = {r: a.take(r) for r in a.sweep.op_of[node].results if _carries_value(a, r)}
    scopes: list[Scope] = []
    for number, forward in enumerate(node.regions):
        body = Body(outer.body)
        a.sweep.mirror[forward] = body
        body.mirror = forward
        a.scope, a.em = Scope(forward, body, "if", outer), Emitter(body, span=node.span)
        op = a.sweep.op_of[node]
        for r, y in zip(op.results, op.regions[number].yields, strict=True):
            seed = seeds.get(r)
            if seed is not None:
                a.add(y, Term(a.em, seed), fresh=False)
        a._body(forward)
        scopes.append(a.scope)
    a.scope, a.em = outer, outer_em
    changed = list(
        dict.fromkeys(
            v for s in scopes for v, bar in s.local.items() if a.sweep.home[v] is not s.forward and s.imported.get(v) is not bar
        )
    )
    bodies = [s.body for s in scopes]
    if not changed and not any(b.ops for b in bodies):
        return
    reverse = Node("if", node.operands, [], node.attrs, bodies, node.span)
    reverse.mirror = node
    for v in changed:
        before = outer.get(v, a.sweep.home[v])
        if before is None:
            before = zeros_like(a.em, v)
        for s in scopes:
            s.body.yields.append(s.local.get(v, before))
        result = Value(v.type, f"{v.hint}_bar" if v.hint else "")
        reverse.results.append(result)
        outer.local[v] = result
    a.em.put(reverse)
    a.pairs += [(s.forward, s.body, node, reverse) for s in scopes]


def _carries_value(a: Adjoint, v: Value) -> bool:
    """Whether the cotangent of a joined value travels as a value (a paired reference has its shadow already)."""
    return a.sweep.active(v) and (isinstance(v.type, Scalar) or a.sweep.kind(v) != "paired")


def _loop(a: Adjoint, node: Node) -> None:
    op = a.sweep.op_of[node]
    outer, outer_em = a.scope, a.em
    forward, block = node.regions[-1], op.regions[-1]
    count = len(op.results) - 1
    inits = op.operands[len(op.operands) - count :]
    yields = block.yields[len(block.yields) - count :]
    params = block.params[len(block.params) - count :]
    carried = [k for k in range(count) if _carries_value(a, op.results[k + 1])]
    starts = [a.take(op.results[k + 1]) for k in carried]
    body = Body(outer.body)
    a.sweep.mirror[forward] = body
    body.mirror = forward
    a.scope, a.em = Scope(forward, body, "loop", outer), Emitter(body, span=node.span)
    index = Value(I64, op.regions[0].params[0].hint if node.name == "for" else "k")
    bars = [Value(_dense(params[k].type), f"{params[k].hint}_bar" if params[k].hint else "") for k in carried]
    body.params = [index, *bars]
    for k, bar in zip(carried, bars, strict=True):
        a.add(yields[k], Term(a.em, bar), fresh=False)
    a._body(forward)
    for k in carried:
        bar = a.take(params[k])
        body.yields.append(bar if bar is not None else zeros_like(a.em, params[k]))
    scope = a.scope
    body.yields += [scope.local[v] for v in scope.imported]
    a.scope, a.em = outer, outer_em
    if not (body.ops or carried):
        return
    operands = _reverse_range(a, node)
    for k, start in zip(carried, starts, strict=True):
        operands.append(start if start is not None else zeros_like(a.em, op.results[k + 1]))
    for v in scope.imported:
        before = outer.get(v, a.sweep.home[v])
        operands.append(before if before is not None else zeros_like(a.em, v))
    types = [I64, *(_dense(params[k].type) for k in carried), *(v.type for v in scope.imported)]
    hints = ["", *(f"{inits[k].hint}_bar" for k in carried), *(f"{v.hint}_bar" for v in scope.imported)]
    results = [Value(t, h if h != "_bar" else "") for t, h in zip(types, hints, strict=True)]
    reverse = Node("for", operands, results, {"stop": False}, [body], node.span)
    reverse.mirror = node
    a.em.put(reverse)
    a.pairs.append((forward, body, node, reverse))
    for v, r in zip(scope.imported, results[1 + len(carried) :], strict=True):
        outer.local[v] = r
    for k, r in zip(carried, results[1:], strict=False):
        a.add(inits[k], Term(a.em, r), fresh=True)


def _dense(t: Any) -> Any:
    return Array(t.dtype, t.axes) if isinstance(t, Array) else t


def unit_step(a: Sweep, node: Node) -> int:
    """1 or -1 when the counted loop ``node`` has that constant step and no early exit, else 0."""
    if node.name != "for" or node.attrs.get("stop"):
        return 0
    made = a.sites.definition(a.op_of[node].operands[2])
    value = made.attrs["value"] if made is not None and made.name == "const" else 0
    return value if value in (1, -1) else 0


def _reverse_range(a: Adjoint, node: Node) -> list[Value]:
    """Bounds and step of the reverse loop.

    Over the same induction variable backwards where the step is 1 or -1; otherwise over the trip number backwards.
    """
    em, sign = a.em, unit_step(a.sweep, node)
    one = em.const(1, I64)
    if sign:
        lo, hi = node.operands[:2]
        first = em.node("sub" if sign > 0 else "add", [hi, one], [I64]).result
        last = em.node("sub" if sign > 0 else "add", [lo, one], [I64]).result
        return [first, last, em.const(-sign, I64)]
    first = em.node("sub", [node.results[0], one], [I64]).result
    return [first, em.const(-1, I64), em.const(-1, I64)]


# memory


def _load(a: Adjoint, node: Node) -> None:
    g = a.take(node.result)
    if g is not None and a.sweep.active(node.operands[0]):
        shadow = a.sweep.shadow(node.operands[0], a.em)
        a.em.node("accum", [shadow, *node.operands[1:], g], (), {"safe": True, "adjoint": True})


def _store(a: Adjoint, node: Node) -> None:
    target, *indices, v = node.operands
    if a.sweep.active(target):
        shadow = a.sweep.shadow(target, a.em)
        if a.sweep.active(v):
            g = a.em.node("load", [shadow, *indices], [v.type], {"safe": True, "adjoint": True}).result
            if node.name == "store":
                a.em.node("store", [shadow, *indices, a.em.const(0.0, v.type)], (), {"safe": True, "adjoint": True})
            a.add(v, Term(a.em, g))
        elif node.name == "store":
            a.em.node("store", [shadow, *indices, a.em.const(0.0, v.type)], (), {"safe": True, "adjoint": True})
    _restore(a, node)


def _assign(a: Adjoint, node: Node) -> None:
    target, v = node.operands
    if a.sweep.active(target):
        shadow = a.sweep.shadow(target, a.em)
        held: Value | None = None
        if a.sweep.active(v):
            assert isinstance(shadow.type, Array)
            held = a.em.node("copy", [shadow], [Array(shadow.type.dtype, shadow.type.axes)], {"adjoint": True}).result
        a.em.node("assign", [shadow, a.em.const(0.0, dtype_of(target.type))], (), {"adjoint": True})
        if held is not None:
            a.add(v, Term(a.em, held))
    _restore(a, node)


def _vacc(a: Adjoint, node: Node) -> None:
    target, v = node.operands
    if a.sweep.active(target) and a.sweep.active(v):
        a.add(v, Term(a.em, a.sweep.shadow(target, a.em)), fresh=False)
    _restore(a, node)


def _restore(a: Adjoint, node: Node) -> None:
    """Put back what a write overwrote, when the class of the target is restored."""
    target = node.operands[0]
    if a.sweep.aliases.cls(target) not in a.sweep.restored:
        return
    body = a.sweep.home_of(node)
    before = Emitter(body, body.ops.index(node), node.span)
    if node.name in ("store", "accum"):
        indices = node.operands[1:-1]
        old = before.node("load", [target, *indices], [dtype_of(target.type)], hints=(f"{target.hint}_old",)).result
        a.em.node("store", [target, *indices, old], (), {"safe": True})
    else:
        assert isinstance(target.type, Array)
        kept = Array(target.type.dtype, target.type.axes)
        old = before.node("copy", [target], [kept], hints=(f"{target.hint}_old",)).result
        a.em.node("assign", [target, old])
    a.sweep.home[old] = body


def _rec_get(a: Adjoint, node: Node) -> None:
    rec, k = node.operands
    if is_ref(node.result.type):
        return
    g = a.take(node.result)
    if g is not None and a.sweep.active(rec):
        twin = a.sweep.shadow(rec, a.em)
        old = a.em.node("rec_get", [twin, k], [node.result.type]).result
        total = Term(a.em, old) + Term(a.em, g)
        a.em.node("rec_set", [twin, k, total.value])


def _rec_set(a: Adjoint, node: Node) -> None:
    rec, k, v = node.operands
    assert isinstance(rec.type, Rec)
    if isinstance(rec.type.item, Scalar) and a.sweep.active(rec) and a.sweep.active(v):
        g = a.em.node("rec_get", [a.sweep.shadow(rec, a.em), k], [v.type]).result
        a.add(v, Term(a.em, g))


def _nothing(a: Adjoint, node: Node) -> None:
    """No cotangent flows."""


def _call(a: Adjoint, node: Node) -> None:
    """The reverse half of a call: shadows and cotangents of results go in, cotangents of scalar arguments come out."""
    slot = a.sweep.slots.get(node)
    if slot is None:
        return
    op = a.sweep.op_of[node]
    assert a.sweep.split is not None
    operands = [slot, *(a.sweep.shadow(v, a.em) for v in op.operands if is_ref(v.type) and differentiable(v.type))]
    for r in op.results:
        if isinstance(r.type, Scalar) and differentiable(r.type):
            bar = a.take(r)
            operands.append(bar if bar is not None else zeros_like(a.em, r))
    scalars = [v for v in op.operands if isinstance(v.type, Scalar) and differentiable(v.type)]
    name = a.sweep.split(op.attrs["func"])[1]
    out = a.em.node("call", operands, [v.type for v in scalars], {"func": name})
    for v, bar in zip(scalars, out.results, strict=True):
        a.add(v, Term(a.em, bar))


# pure operations that are not elementwise


def _sum(a: Adjoint, node: Node, g: Value) -> None:
    kept = rules.like_reduced(a.em, g, node.operands[0], node.attrs)
    a.add(node.operands[0], Term(a.em, kept), fresh=False)


def _copy(a: Adjoint, node: Node, g: Value) -> None:
    a._add_part(node, node.operands[0], Term(a.em, g), g)


def _cast(a: Adjoint, node: Node, g: Value) -> None:
    x = node.operands[0]
    t = Array(dtype_of(x.type), g.type.axes) if isinstance(g.type, Array) else dtype_of(x.type)
    out = a.em.node("cast", [g], [t], {"to": dtype_of(x.type)}).result
    a._add_part(node, x, Term(a.em, out), g)


def _extremum(a: Adjoint, node: Node, g: Value) -> None:
    x = node.operands[0]
    content = a.sweep.content(x, node)
    seen = Node(node.name, [content], [a.sweep.content(node.result, node)], node.attrs)
    weights = Term(a.em, rules.extremal_weights(a.em, seen))
    kept = Term(a.em, rules.like_reduced(a.em, g, x, node.attrs))
    a.add(x, REGISTRY["mulz"](kept, weights))


def _matmul(a: Adjoint, node: Node, g: Value) -> None:
    x, y = node.operands
    assert isinstance(x.type, Array) and isinstance(y.type, Array)
    ranks = (x.type.rank, y.type.rank)
    if a.sweep.active(x):
        b = a.sweep.content(y, node)
        if ranks == (1, 1):
            a.add(x, Term(a.em, g) * Term(a.em, b))
        elif ranks == (2, 1):
            a.add(x, _outer(a.em, g, b))
        elif ranks == (1, 2):
            a.add(x, _product(a.em, b, g))
        else:
            a.add(x, _product(a.em, g, _transposed(a.em, b)))
    if a.sweep.active(y):
        b = a.sweep.content(x, node)
        if ranks == (1, 1):
            a.add(y, Term(a.em, g) * Term(a.em, b))
        elif ranks == (2, 1):
            a.add(y, _product(a.em, g, b))
        elif ranks == (1, 2):
            a.add(y, _outer(a.em, b, g))
        else:
            a.add(y, _product(a.em, _transposed(a.em, b), g))


def _product(em: Emitter, x: Value, y: Value) -> Term:
    types = REGISTRY["matmul"].infer([x.type, y.type], {})
    return Term(em, em.node("matmul", [x, y], types, {"adjoint": True}).result)


def _transposed(em: Emitter, x: Value) -> Value:
    attrs = {"perm": (1, 0)}
    return em.node("transpose", [x], REGISTRY["transpose"].infer([x.type], attrs), attrs).result


def _outer(em: Emitter, x: Value, y: Value) -> Any:
    def widened(v: Value, spec: str) -> Term:
        types = REGISTRY["view"].infer([v.type], {"spec": spec})
        return Term(em, em.node("view", [v], types, {"spec": spec}).result)

    return widened(x, ":+") * widened(y, "+:")


BACKWARD: dict[str, Callable[[Adjoint, Node, Value], None]] = {
    "sum": _sum,
    "copy": _copy,
    "cast": _cast,
    "matmul": _matmul,
    "amax": _extremum,
    "amin": _extremum,
}

HANDLERS: dict[str, Callable[[Adjoint, Node], None]] = {
    "if": _if,
    "for": _loop,
    "while": _loop,
    "call": _call,
    "load": _load,
    "store": _store,
    "accum": _store,
    "assign": _assign,
    "vacc": _vacc,
    "rec_get": _rec_get,
    "rec_set": _rec_set,
    "rec_new": _nothing,
    "rec_grow": _nothing,
    "rec_len": _nothing,
    "alloc": _nothing,
    "const": _nothing,
    "undef": _nothing,
    "dim": _nothing,
    "check": _nothing,
}
