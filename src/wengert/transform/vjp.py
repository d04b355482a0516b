"""Reverse mode: `Func -> Func`, one forward sweep that is the function itself and one reverse sweep that
undoes it.

Emit first, plan after.  The reverse sweep is emitted with direct references to the values of the forward
sweep, wherever they are; dead code goes; then `transform/records` makes each value that is out of scope
available where it is read, by recomputing or by recording it.  No rule declares what it reads.  Memory is
differentiated through shadows (`transform/shadows`), so views, aliases and mutation are right by
construction::

    func @f(%x: f64) -> (f64) {            func @f.vjp(%x: f64, %y_bar: f64) -> (f64, f64) {
      %y = mul(%x, %x) : f64         =>      %y = mul(%x, %x) : f64
      yield %y                               %x_bar = ... : f64
    }                                        yield %y, %x_bar

Functions that are called out of line (recursion) are split into a forward and a reverse half, see
`transform/split`.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from ..ir.core import Func, Module, Value
from ..ir.types import I64, Array, Rec, Scalar, differentiable, dtype_of
from ..ir.walk import clone_func
from .custom import prepared
from .dce import reachable
from .log import told
from .reverse.adjoint import Adjoint
from .reverse.prune import prune
from .reverse.records import Records
from .reverse.shadows import Sweep
from .reverse.split import Halves
from .rules import result_names
from .terms import zeros_like
from .tree import Emitter, Node

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Plan:
    """What to differentiate.

    ``active``: positions of the parameters that vary.  ``wrt``: those whose cotangent is returned.
    ``one``: the first result is a scalar whose cotangent is 1, and no other result has one; otherwise each
    differentiable result has a cotangent parameter.  ``final``: positions of overwritten array parameters
    whose final content has a cotangent parameter. ``primal``: return the results too.  ``copied``: array
    parameters that are copied first because the function overwrites them.
    """

    active: tuple[int, ...]
    wrt: tuple[int, ...]
    one: bool = False
    final: tuple[int, ...] = ()
    primal: bool = True
    copied: tuple[int, ...] = ()


def vjp(module: Module, plan: Plan) -> Module:
    """Reverse mode of the entry function, see `Plan`.

    The new entry takes the parameters, the cotangents of the differentiable results (unless ``plan.one``)
    and those of the final contents of ``plan.final``; it returns the results (if ``plan.primal``), then the
    cotangents of ``plan.wrt``.
    """
    return told(_log, module, _vjp(prepared(module, "vjp"), plan))


def _vjp(module: Module, plan: Plan) -> Module:
    restored: frozenset[int] = frozenset()
    while True:
        halves = Halves(module)
        job = _Whole(module.main, plan, Sweep(module.main, plan.active, restored, split=halves.names), halves)
        job.emit()
        again = job.sweep.better_restored()
        if again <= restored:
            break
        restored |= again
    job.mend()
    others = halves.finish()
    entry = job.finish(halves.records)
    made = {name: clone_func(f) for name, f in {**others, entry.name: entry}.items()}
    return reachable(Module(entry.name, MappingProxyType({**module.funcs, **made})))


class _Whole:
    """The derivative of the entry: both sweeps in one body."""

    def __init__(self, func: Func, plan: Plan, sweep: Sweep, halves: Halves) -> None:
        self.func = func
        self.plan = plan
        self.sweep = sweep
        self.halves = halves
        self.adjoint = Adjoint(sweep)

    def emit(self) -> None:
        """Both sweeps, unmended."""
        func, plan, sweep, top = self.func, self.plan, self.sweep, self.sweep.top
        params = list(func.params)
        head = Emitter(top, at=0)
        for k in plan.copied:
            given = Value(params[k].type, params[k].hint)
            head.put(Node("copy", [given], [params[k]]))
            params[k] = given
        finals = {k: Value(params[k].type, f"{params[k].hint}_bar") for k in plan.final}
        shadows = self._shadows(head, finals)
        sweep.pair()
        results = [sweep.at_turn(self.adjoint.em, r) for r in func.results]
        seeds = self._seed()
        self.adjoint.run()
        cotangents = [shadows[k] if k in shadows else self._scalar_bar(func.params[k]) for k in plan.wrt]
        top.ops += sweep.back.ops
        top.params = [*params, *seeds, *finals.values()]
        top.yields = [*(results if plan.primal else []), *cotangents]
        prune(top)

    def _shadows(self, head: Emitter, finals: Mapping[int, Value]) -> dict[int, Value]:
        """The shadows of the active array parameters, at the start of the forward sweep."""
        shadows: dict[int, Value] = {}
        for k, p in enumerate(self.func.params):
            if isinstance(p.type, Scalar) or not self.sweep.active(p):
                continue
            hint = f"{p.hint}_bar"
            if k in finals:
                assert isinstance(p.type, Array)
                shadow = head.node(
                    "copy", [finals[k]], [Array(p.type.dtype, p.type.axes)], hints=(hint,)
                ).result
            elif isinstance(p.type, Rec):
                shadow = self._record_shadow(head, p, hint)
            else:
                shadow = zeros_like(head, p, hint)
            shadows[k] = shadow
            self.sweep.give(p, shadow)
        return shadows

    def _record_shadow(self, head: Emitter, p: Value, hint: str) -> Value:
        assert isinstance(p.type, Rec)
        made = head.node("rec_new", [], [p.type], {"item": p.type.item}, hints=(hint,)).result
        size = head.node("rec_len", [p], [I64]).result
        head.node("rec_grow", [made, size], [I64])
        return made

    def _seed(self) -> list[Value]:
        func, seeds = self.func, list[Value]()
        for k, r in enumerate(func.results):
            if not differentiable(r.type):
                continue
            if self.plan.one:
                if k:
                    break
                seed = self.adjoint.em.const(1.0, dtype_of(r.type))
            else:
                seed = Value(r.type, f"{result_names(func)[k]}_bar")
                seeds.append(seed)
            self.adjoint.seed(r, seed)
        return seeds

    def _scalar_bar(self, p: Value) -> Value:
        found = self.adjoint.scope.local.get(p) if isinstance(p.type, Scalar) else None
        self.adjoint.name(found, p)
        return found if found is not None else zeros_like(self.adjoint.em, p)

    def mend(self) -> None:
        """Make what the reverse sweep reads available."""
        Records(self.sweep, self.adjoint.pairs, self._new_record).run()
        prune(self.sweep.top)

    def _new_record(self, item: Scalar | Array, hint: str) -> Value:
        return (
            Emitter(self.sweep.top, at=0)
            .node("rec_new", [], [Rec(item)], {"item": item}, hints=(hint,))
            .result
        )

    def finish(self, records: list[tuple[Scalar | Array, str]]) -> Func:
        """The finished function; ``records`` are those of the split functions it calls."""
        made = [self._new_record(item, hint) for item, hint in records]
        self.halves.pass_records(self.sweep.top, made)
        func = self.func
        names = [
            *(result_names(func) if self.plan.primal else ()),
            *(f"{func.params[k].hint}_bar" for k in self.plan.wrt),
        ]
        return Func(f"{func.name}.vjp", self.sweep.top.freeze(), tuple(names), func.span)
