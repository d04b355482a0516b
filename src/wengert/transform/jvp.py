"""Forward mode: `Func -> Func`, the function that also pushes tangents through.

Every active value gets a tangent beside it, every reference of an active class a tangent buffer of the same
shape; a view's tangent is the same view of the tangent buffer, so aliasing and mutation need no thought.
The primal part is unchanged::

    func @f(%x: f64) -> (f64) {            func @f.jvp(%x: f64, %dx: f64) -> (f64, f64) {
      %y = mul(%x, %x) : f64         =>      %y = mul(%x, %x) : f64
      yield %y                               %t = mul(%dx, %x) : f64  ...  %dy = add(%t, %u) : f64
    }                                        yield %y, %dy
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from ..analysis.activity import Activity
from ..analysis.alias import Aliases
from ..ir.core import VIEWS, Func, Module, Op, Value, suggest
from ..ir.types import I64, Array, Rec, Type, differentiable, dtype_of, is_ref
from ..ir.walk import clone_func, ops
from ..prims.primitive import REGISTRY, Primitive
from . import rules
from .custom import prepared
from .dce import reachable
from .log import told
from .terms import Term, zeros_like
from .tree import Body, Emitter, Node

_log = logging.getLogger(__name__)


def jvp(module: Module, active: Sequence[int], sweep: type[Sweep] | None = None) -> Module:
    """Forward mode of the entry function.

    ``active`` lists positions of parameters that have a tangent.  The new entry takes the parameters, then
    the tangents of the active ones in order; it returns the results, then a tangent for each differentiable
    result.
    """
    module = prepared(module, "jvp")
    job = Forward(module, sweep or Sweep)
    name = job.request(module.entry, tuple(sorted(active)))
    while job.pending:
        job.run_one()
    out = Module(name, module.funcs)
    for func in job.done.values():
        out = out.with_func(clone_func(func))
    return told(_log, module, reachable(out))


class Forward:
    """The forward forms of the functions of a module, one for each set of active parameters that is asked
    for.
    """

    def __init__(self, module: Module, sweep: type[Sweep]) -> None:
        self.module = module
        self.sweep = sweep
        self.done: dict[str, Func] = {}
        self.pending: list[tuple[str, tuple[int, ...], str]] = []
        self._asked: dict[tuple[str, tuple[int, ...]], str] = {}

    def request(self, name: str, active: tuple[int, ...]) -> str:
        key = (name, active)
        if key not in self._asked:
            mask = "" if name == self.module.entry else "." + "".join(map(str, active))
            self._asked[key] = f"{name}.jvp{mask}"
            self.pending.append((name, active, self._asked[key]))
        return self._asked[key]

    def run_one(self) -> None:
        name, active, new = self.pending.pop()
        self.done[new] = self.sweep(self, self.module.funcs[name], active).run(new)


class Sweep:
    """Forward mode of one function.  `lanes.Lanes` takes eight directions at a time."""

    def __init__(self, job: Forward, func: Func, active: tuple[int, ...]) -> None:
        self.job = job
        self.func = func
        self.params = active
        self.aliases = Aliases(func)
        self.active = Activity(func, self.aliases, active)
        self.tangent: dict[Value, Value] = {}
        self.primal: set[Value] = set()

    def run(self, name: str) -> Func:
        func = self.func
        body = Body(None, func.params)
        self.primal = {r for op in ops(func.body) for r in op.results} | set(func.params)
        em = Emitter(body)
        for k in self.params:
            self.seed(func.params[k], em)
        for k, p in enumerate(func.params):  # an inactive parameter may share the class of an active one
            if k not in self.params and self.active(p):
                self.tangent[p] = self.zeros(em, p, f"d{p.hint}")
        self._block(func.body.ops, em)
        body.yields = [*func.results, *(self.handed(em, r) for r in func.results if differentiable(r.type))]
        names = list(rules.result_names(func))
        names += [f"d{n}" for n, r in zip(names, func.results, strict=True) if differentiable(r.type)]
        return Func(name, body.freeze(), tuple(names), func.span)

    # tangents

    def wide(self, t: Type) -> Type:
        """The type of the tangent of a value of type ``t``."""
        return t

    def zeros(self, em: Emitter, v: Value, hint: str = "") -> Value:
        """A tangent of zeros for ``v``."""
        return zeros_like(em, v, hint, dtype_of(self.wide(v.type)))

    def seed(self, p: Value, em: Emitter) -> None:
        """A parameter for the tangent of a parameter."""
        em.body.params.append(self.twin(p))

    def handed(self, em: Emitter, v: Value) -> Value:
        """The tangent of a result."""
        return self.dense(em, v)

    def twin(self, v: Value) -> Value:
        """A new value, the tangent of ``v``."""
        self.tangent[v] = Value(self.wide(v.type), f"d{v.hint}" if v.hint else "")
        return self.tangent[v]

    def dense(self, em: Emitter, v: Value) -> Value:
        """The tangent of ``v``, zeros where it has none."""
        return self.tangent[v] if v in self.tangent else self.zeros(em, v)

    def _block(self, ops: Sequence[Op], em: Emitter) -> None:
        for op in ops:
            em.span = op.span
            self._op(op, em)

    def _op(self, op: Op, em: Emitter) -> None:
        if op.regions:
            self._control(op, em)
            return
        if op.name == "call":
            self._call(op, em)
            return
        em.put(Node(op.name, op.operands, op.results, op.attrs, (), op.span))
        if op.name == "custom":
            self._custom(op, em)
            return
        handler = _MEMORY.get(op.name)
        if handler is not None:
            handler(self, op, em)
        elif op.name in VIEWS:
            if self.active(op.result):
                self.copy_op(op, em, [self.tangent[op.operands[0]], *op.operands[1:]])
        elif op.results and self.active(op.results[0]):
            self.tangent[op.result] = d = self._own(op, self._pure(op, em), em)
            if op.result.hint and d not in self.primal:
                suggest(d, f"d{op.result.hint}")

    def copy_op(self, op: Op, em: Emitter, operands: Sequence[Value]) -> Value:
        attrs = {**op.attrs, "safe": True} if op.name in ("load", "store", "accum", "view") else op.attrs
        hints = [f"d{r.hint}" if r.hint else "" for r in op.results]
        node = em.node(op.name, operands, [self.wide(r.type) for r in op.results], attrs, hints=hints)
        for r, t in zip(op.results, node.results, strict=True):
            self.tangent[r] = t
        return node.results[0] if node.results else op.operands[0]

    # structure

    def _control(self, op: Op, em: Emitter) -> None:
        lead = 0 if op.name == "if" else 1  # the trip count
        carried = op.results[lead:]
        doubled = [k for k, r in enumerate(carried) if self.active(r)]
        node = Node(op.name, op.operands, op.results, op.attrs, (), op.span)
        if op.name != "if":
            inits = op.operands[len(op.operands) - len(carried) :]
            node.operands += [self.dense(em, inits[k]) for k in doubled]
        for number, block in enumerate(op.regions):
            body = Body(em.body, block.params)
            body.owner = node
            first = len(block.params) - len(carried)
            if op.name != "if":
                body.params += [self.twin(block.params[first + k]) for k in doubled]
            inner = Emitter(body)
            self._block(block.ops, inner)
            body.yields = list(block.yields)
            if not (op.name == "while" and number == 0):
                first = len(block.yields) - len(carried)
                body.yields += [self.dense(inner, block.yields[first + k]) for k in doubled]
            node.regions.append(body)
        node.results += [self.twin(carried[k]) for k in doubled]
        em.put(node)

    def _call(self, op: Op, em: Emitter) -> None:
        active = tuple(k for k, v in enumerate(op.operands) if self.active(v))
        if not active:
            em.put(Node(op.name, op.operands, op.results, op.attrs, (), op.span))
            return
        name = self.job.request(op.attrs["func"], active)
        operands = [*op.operands, *(self.dense(em, op.operands[k]) for k in active)]
        results = [*op.results, *(self.twin(r) for r in op.results if differentiable(r.type))]
        em.put(Node("call", operands, results, {**op.attrs, "func": name}, (), op.span))

    def _custom(self, op: Op, em: Emitter) -> None:
        """A function with a rule of its own."""
        if not self.active(op.result):
            return
        self.custom_rule(op)
        leaves = op.operands[: op.attrs["leaves"]]
        tangents = [self.dense(em, leaves[k]) for k in op.attrs["wrt"]]
        tangents = [_contiguous(em, d) for d in tangents]
        operands = [*leaves, *tangents, op.result]
        node = em.node("custom", operands, [op.result.type], {"func": op.attrs["jvp"]})
        self.tangent[op.result] = node.result

    def custom_rule(self, op: Op) -> None:
        """Called before a user's rule is."""

    # pure operations

    def _own(self, op: Op, d: Value, em: Emitter) -> Value:
        """``d``, or a copy when it is the tangent of an operand (as in ``1.0 + x``) and either may change."""
        operand = next((v for v in op.operands if self.tangent.get(v) is d), None)
        if operand is None or not isinstance(d.type, Array):
            return d
        aliases, cls = self.aliases, self.aliases.cls
        stays = aliases.is_value_array(op.result) and not aliases.escapes_block(cls(op.result))
        if stays and not aliases.writes(cls(operand)):
            return d
        return em.node("copy", [d], [Array(d.type.dtype, d.type.axes)]).result

    def _pure(self, op: Op, em: Emitter) -> Value:
        prim = REGISTRY[op.name]
        dxs = [self.tangent.get(v) for v in op.operands]
        if all(d is None for d in dxs):
            return self.zeros(em, op.result)
        if op.name in rules.FORWARD:
            return self.by_rule(op, em, dxs)
        if prim.partials is not None:
            return self._by_partials(prim, op, em, dxs)
        if prim.jvp is None:
            raise rules.no_rule(op, "forward")
        ds = [
            Term(em, d if d is not None else self.zeros(em, v)) if differentiable(v.type) else None
            for d, v in zip(dxs, op.operands, strict=True)
        ]
        out = self.pushed(prim, op, em, ds)
        return rules.expanded(em, out, op.result, dtype=dtype_of(self.wide(op.result.type)))

    def pushed(self, prim: Primitive, op: Op, em: Emitter, ds: Sequence[Term | None]) -> Any:
        """The tangent that the primitive's own rule gives."""
        assert prim.jvp is not None
        return prim.jvp([Term(em, v) for v in op.operands], ds, Term(em, op.result), **rules.plain_attrs(op))

    def by_rule(self, op: Op, em: Emitter, dxs: Sequence[Value | None]) -> Value:
        """The tangent of an operation with a rule of `rules.FORWARD`."""
        return rules.FORWARD[op.name](em, op, dxs)

    def weight(self, em: Emitter, p: Any) -> Any:
        """A partial derivative as what a tangent is multiplied by."""
        return p

    def _by_partials(self, prim: Primitive, op: Op, em: Emitter, dxs: Sequence[Value | None]) -> Value:
        em.same = bool(op.attrs.get("same"))
        total = self._weighted(prim, op, em, dxs)
        em.same = False
        return total

    def _weighted(self, prim: Primitive, op: Op, em: Emitter, dxs: Sequence[Value | None]) -> Value:
        xs = [Term(em, v) for v in op.operands]
        total: Any = None
        assert prim.partials is not None
        missing, spread = False, False
        for v, dx, partial in zip(op.operands, dxs, prim.partials, strict=True):
            missing |= dx is None and is_ref(v.type)
            spread |= dx is not None and callable(partial)
            if dx is None or (isinstance(partial, (int, float)) and partial == 0):
                continue
            if partial is None:
                raise rules.no_rule(op, "forward")
            p = partial(Term(em, op.result), *xs, **rules.plain_attrs(op)) if callable(partial) else partial
            p = self.weight(em, p)
            strong = callable(partial) and rules.risky(op)
            part: Any = REGISTRY["mulz"](Term(em, dx), p) if strong else Term(em, dx) * p
            total = part if total is None else total + part
        if total is None:
            return self.zeros(em, op.result)
        dtype = dtype_of(self.wide(op.result.type))
        return rules.expanded(em, total, op.result, spread or not missing or em.same, dtype)


def _contiguous(em: Emitter, v: Value) -> Value:
    """``v``, or a copy when it may have any strides."""
    t = v.type
    if not isinstance(t, Array) or t.layout == "C":
        return v
    return em.node("copy", [v], [Array(t.dtype, t.axes)]).result


def _alloc(sweep: Sweep, op: Op, em: Emitter) -> None:
    if sweep.active(op.result):
        hint = f"d{op.result.hint}" if op.result.hint else ""
        t = sweep.wide(op.result.type)
        attrs = {**op.attrs, "dtype": dtype_of(t), "fill": "zero"}
        node = em.node(op.name, op.operands, (t,), attrs, hints=(hint,))
        sweep.tangent[op.result] = node.result


def _load(sweep: Sweep, op: Op, em: Emitter) -> None:
    if sweep.active(op.result):
        sweep.copy_op(op, em, [sweep.tangent[op.operands[0]], *op.operands[1:]])


def _write(sweep: Sweep, op: Op, em: Emitter) -> None:
    """``store`` and ``assign`` overwrite, so an inactive value clears the tangent; sums of nothing add
    nothing.
    """
    target, value = op.operands[0], op.operands[-1]
    if not sweep.active(target):
        return
    dv = sweep.tangent.get(value)
    if dv is None:
        if op.name in ("accum", "vacc"):
            return
        dv = em.const(0.0, dtype_of(sweep.wide(target.type)))
    attrs = {**op.attrs, "safe": True} if op.name in ("store", "accum") else op.attrs
    em.node(op.name, [sweep.tangent[target], *op.operands[1:-1], dv], (), attrs)


def _undef(sweep: Sweep, op: Op, em: Emitter) -> None:
    if sweep.active(op.result):
        sweep.copy_op(op, em, ())


def _rec_new(sweep: Sweep, op: Op, em: Emitter) -> None:
    if sweep.active(op.result):
        t = sweep.wide(op.result.type)
        assert isinstance(t, Rec)
        sweep.tangent[op.result] = em.node("rec_new", (), (t,), {**op.attrs, "item": t.item}).result


def _rec_grow(sweep: Sweep, op: Op, em: Emitter) -> None:
    if sweep.active(op.operands[0]):
        em.node("rec_grow", [sweep.tangent[op.operands[0]], op.operands[1]], (I64,), op.attrs)


def _rec_set(sweep: Sweep, op: Op, em: Emitter) -> None:
    rec, value = op.operands[0], op.operands[2]
    if sweep.active(rec):
        assert isinstance(rec.type, Rec)
        dense = sweep.dense(em, value)
        em.node("rec_set", [sweep.tangent[rec], op.operands[1], dense], (), op.attrs)


def _inactive(sweep: Sweep, op: Op, em: Emitter) -> None:
    """Nothing to push through."""


_MEMORY = {
    "alloc": _alloc,
    "load": _load,
    "rec_get": _load,
    "store": _write,
    "accum": _write,
    "assign": _write,
    "vacc": _write,
    "undef": _undef,
    "rec_new": _rec_new,
    "rec_grow": _rec_grow,
    "rec_set": _rec_set,
    "rec_len": _inactive,
    "const": _inactive,
    "dim": _inactive,
    "check": _inactive,
}
