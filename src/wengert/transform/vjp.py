"""Reverse mode: `Func -> Func`, one forward sweep that is the function itself and one reverse sweep that undoes it.

Emit first, plan after.  The reverse sweep is emitted with direct references to the values of the forward sweep, wherever
they are; dead code goes; then `transform/records` makes each value that is out of scope available where it is read, by
recomputing or by recording it.  No rule declares what it reads.  Memory is differentiated through shadows (`transform/shadows`),
so views, aliases and mutation are right by construction::

    func @f(%x: f64) -> (f64) {            func @f.vjp(%x: f64, %y_bar: f64) -> (f64, f64) {
      %y = mul(%x, %x) : f64         =>      %y = mul(%x, %x) : f64
      yield %y                               %x_bar = ... : f64
    }                                        yield %y, %x_bar
"""

from __future__ import annotations

from dataclasses import dataclass

from ..ir.core import Func, Module, Value
from ..ir.types import Array, Scalar, differentiable, dtype_of
from .adjoint import Adjoint
from .prune import prune
from .records import Records
from .shadows import Sweep
from .terms import zeros_like
from .tree import Emitter, Node


@dataclass(frozen=True, slots=True)
class Plan:
    """What to differentiate.

    ``active``: positions of the parameters that vary.  ``wrt``: those whose cotangent is returned.  ``one``: the only
    differentiable result is a scalar and its cotangent is 1; otherwise each differentiable result has a cotangent
    parameter.  ``final``: positions of overwritten array parameters whose final content has a cotangent parameter.
    ``primal``: return the results too.  ``copied``: array parameters that are copied first because the function
    overwrites them.
    """

    active: tuple[int, ...]
    wrt: tuple[int, ...]
    one: bool = False
    final: tuple[int, ...] = ()
    primal: bool = True
    copied: tuple[int, ...] = ()
    suffix: str = "vjp"


def vjp(module: Module, plan: Plan) -> Module:
    """Reverse mode of the entry function, see `Plan`.

    The new entry takes the parameters, the cotangents of the differentiable results (unless ``plan.one``) and those of
    the final contents of ``plan.final``; it returns the results (if ``plan.primal``), then the cotangents of ``plan.wrt``.
    """
    func = module.main
    restored: frozenset[int] = frozenset()
    while True:
        sweep = Sweep(func, plan.active, restored)
        out, again = _attempt(func, plan, sweep)
        if not again - restored:
            return Module(out.name, module.funcs).with_func(out)
        restored = restored | again


def _attempt(func: Func, plan: Plan, sweep: Sweep) -> tuple[Func, frozenset[int]]:
    """The derivative under the present regimes, with the alias classes for which restoring is better."""
    top = sweep.top
    params = list(func.params)
    head = Emitter(top, at=0)
    for k in plan.copied:
        given = Value(params[k].type, params[k].hint)
        head.put(Node("copy", [given], [params[k]]))
        params[k] = given
    seeds: list[Value] = []
    shadows: dict[int, Value] = {}
    finals: dict[int, Value] = {k: Value(params[k].type, f"{params[k].hint}_bar") for k in plan.final}
    for k, p in enumerate(func.params):
        if isinstance(p.type, Array) and sweep.active(p):
            hint = f"{p.hint}_bar"
            if k in finals:
                shadows[k] = head.node("copy", [finals[k]], [Array(p.type.dtype, p.type.axes)], hints=(hint,)).result
            else:
                shadows[k] = zeros_like(head, p, hint)
            sweep.give(p, shadows[k])
    sweep.pair()
    adjoint = Adjoint(sweep)
    turn = adjoint.em
    results = [sweep.at_turn(turn, r) for r in func.results]
    for k, r in enumerate(func.results):
        if not differentiable(r.type):
            continue
        if plan.one:
            seed = turn.const(1.0, dtype_of(r.type))
        else:
            name = func.result_names[k] if k < len(func.result_names) else "y"
            seed = Value(r.type, f"{name}_bar")
            seeds.append(seed)
        adjoint.seed(r, seed)
    adjoint.run()
    cotangents: list[Value] = []
    for k in plan.wrt:
        p = func.params[k]
        if k in shadows:
            cotangents.append(shadows[k])
        else:
            found = adjoint.scope.local.get(p) if isinstance(p.type, Scalar) else None
            cotangents.append(found if found is not None else zeros_like(adjoint.em, p))
    top.ops += sweep.back.ops
    top.params = [*params, *seeds, *finals.values()]
    top.yields = [*(results if plan.primal else []), *cotangents]
    prune(top)
    again = sweep.better_restored()
    if again:
        return func, again
    Records(sweep, adjoint.pairs).run()
    prune(top)
    names = [*(func.result_names if plan.primal else ()), *(f"{func.params[k].hint}_bar" for k in plan.wrt)]
    return Func(f"{func.name}.{plan.suffix}", top.freeze(), tuple(names), func.span), frozenset()


