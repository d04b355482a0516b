"""Functions with rules of their own, before they are differentiated.

A rule that is missing is the transpose of the other one: with ``x_bar = R(y_bar)`` linear, its transpose
takes tangents to a tangent, and reverse mode by ``y_bar`` is what transposes it.  A rule that was used is an
ordinary function from then on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from types import MappingProxyType
from typing import Any

from ..ir.core import Block, Func, Module, Op, Value
from ..ir.walk import map_ops, ops
from .dce import reachable
from .inline import inline

_busy: ContextVar[frozenset[str]] = ContextVar("_busy", default=frozenset())


def prepared(module: Module, mode: str) -> Module:
    """``module`` in which every `custom` has a rule for ``mode`` (``jvp`` or ``vjp``), and no used rule is
    left.
    """
    module = reachable(module)
    found = [op for f in module.funcs.values() for op in ops(f.body) if op.name == "custom"]
    if not found:
        return module
    if any(_used(op) for op in found):
        return prepared(inline(_mapped(module, _called)), mode)
    made: dict[str, str] = {}
    for op in found:
        known = str(op.attrs.get("jvp" if mode == "vjp" else "vjp"))
        name = f"{known}.transposed"
        if mode not in op.attrs and name not in _busy.get():
            made[known] = name
            before = _busy.set(_busy.get() | {name})
            try:
                module = _add(module, name, op, forward=mode == "jvp")
            finally:
                _busy.reset(before)
    return _mapped(module, lambda op: _completed(op, mode, made)) if made else module


def _used(op: Op) -> bool:
    return "jvp" not in op.attrs and "vjp" not in op.attrs


def _mapped(module: Module, change: Any) -> Module:
    def one(f: Func) -> Func:
        return Func(f.name, map_ops(f.body, change), f.result_names, f.span)

    return Module(module.entry, MappingProxyType({name: one(f) for name, f in module.funcs.items()}))


def _called(op: Op) -> Sequence[Op]:
    if op.name != "custom" or not _used(op):
        return (op,)
    attrs = MappingProxyType({"func": op.attrs["func"]})
    return (Op("call", op.operands, op.results, attrs, (), op.span),)


def _completed(op: Op, mode: str, made: Mapping[str, str]) -> Sequence[Op]:
    known = str(op.attrs.get("jvp" if mode == "vjp" else "vjp"))
    if op.name != "custom" or mode in op.attrs or known not in made:
        return (op,)
    attrs = MappingProxyType({**op.attrs, mode: made[known]})
    return (Op("custom", op.operands, op.results, attrs, (), op.span),)


def _add(module: Module, name: str, op: Op, forward: bool) -> Module:
    """The missing rule of ``op``, by reverse mode through the other."""
    if name in module.funcs:
        return module
    from .vjp import Plan, vjp

    known = module.funcs[str(op.attrs["vjp" if forward else "jvp"])]
    leaves, wrt = int(op.attrs["leaves"]), tuple(op.attrs["wrt"])
    first = 0 if forward else leaves
    active = (0,) if forward else tuple(range(first, first + len(wrt)))
    job = vjp(inline(reachable(Module(known.name, module.funcs))), Plan(active, active, primal=False))
    made = job.main
    xs = known.params[2:] if forward else known.params[:leaves]
    new_xs = [Value(x.type, x.hint) for x in xs]
    if forward:  # (xs, dxs, y) -> dy; the value of y_bar does not matter, its shape does
        dxs = [Value(r.type, "dx") for r in known.results]
        y = Value(known.params[1].type, "y")
        params, operands = [*new_xs, *dxs, y], [y, y, *new_xs, *dxs]
    else:  # (y_bar, y, xs) -> x_bars; likewise for the tangents
        y_bar, y = Value(known.results[0].type, "y_bar"), Value(known.params[-1].type, "y")
        params = [y_bar, y, *new_xs]
        operands = [*new_xs, *(new_xs[k] for k in wrt), y, y_bar]
    results = tuple(Value(r.type, r.hint) for r in made.results)
    call = Op("call", tuple(operands), results, MappingProxyType({"func": made.name}), (), op.span)
    func = Func(name, Block(tuple(params), (call,), results), (), op.span)
    return Module(module.entry, MappingProxyType({**module.funcs, **job.funcs, name: func}))
