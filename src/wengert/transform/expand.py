"""Derivatives inside captured code: each ``derive`` op becomes a call of a function made by forward or
reverse mode.

Innermost first, so that a derivative of a function that itself takes derivatives is taken of their
expansion::

    %g = derive(%x) {mode="grad", func="f", wrt=(0,)} : f64      =>      %g = call(%x) {func="f.vjp"} : f64

Modes: ``grad`` gives the cotangents of ``wrt`` for a cotangent 1 of the first result, ``value_and_grad`` the
results before them; ``vjp`` takes the cotangents of the differentiable results as more operands; ``jvp``
takes tangents of ``wrt`` and gives the results, then their tangents.  All leave the memory of their operands
as it was, and give new memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType

from ..analysis.alias import Aliases
from ..ir.core import Func, Module, Op, Value
from ..ir.types import Array, Type, differentiable
from ..ir.walk import clone_func, map_ops, ops
from .inline import inline
from .jvp import jvp
from .vjp import Plan, vjp


def expand(module: Module) -> Module:
    """``module`` without ``derive`` ops."""
    while True:
        name = next((n for n, f in module.funcs.items() if _ready(module, f)), None)
        if name is None:
            return module
        module = _expand_in(module, name)


def _ready(module: Module, func: Func) -> bool:
    """Whether the function has ``derive`` ops, and what they differentiate has none."""
    found = [op for op in ops(func.body) if op.name == "derive"]
    return bool(found) and not any(_derives(module, op.attrs["func"], set()) for op in found)


def _derives(module: Module, name: str, seen: set[str]) -> bool:
    seen.add(name)
    for op in ops(module.funcs[name].body):
        if op.name == "derive":
            return True
        if op.name == "call" and op.attrs["func"] not in seen and _derives(module, op.attrs["func"], seen):
            return True
    return False


def _expand_in(module: Module, name: str) -> Module:
    made: dict[tuple[str, str, tuple[int, ...]], str] = {}
    funcs = dict(module.funcs)

    def change(op: Op) -> tuple[Op, ...]:
        if op.name != "derive":
            return (op,)
        key = (op.attrs["mode"], op.attrs["func"], tuple(op.attrs["wrt"]))
        if key not in made:
            new = _derivative(module, *key)
            mark = f"{len(funcs)}"
            names = {n: n if n in module.funcs else f"{n}.{mark}" for n in new.funcs}
            for n, f in new.funcs.items():
                if n not in module.funcs:
                    funcs[names[n]] = _renamed(f, names)
            made[key] = names[new.entry]
        return tuple(_call(module, made[key], op))

    old = funcs[name]
    body = map_ops(old.body, change)
    funcs[name] = Func(name, body, old.result_names, old.span)
    return Module(module.entry, MappingProxyType(funcs))


def _call(module: Module, name: str, op: Op) -> Iterator[Op]:
    """The call; forward mode works on copies of what the function overwrites, and gives copies of what may
    be memory of the operands.
    """
    attrs = MappingProxyType({"func": name})
    if op.attrs["mode"] != "jvp":
        yield Op("call", op.operands, op.results, attrs, (), op.span)
        return
    callee = module.funcs[op.attrs["func"]]
    count = len(callee.params)
    twin = {k: count + n for n, k in enumerate(op.attrs["wrt"])}
    operands, results = list(op.operands), list(op.results)
    for k in overwritten(callee):
        for place in (k, twin.get(k)):
            if place is not None:
                operands[place] = _fresh(operands[place].type)
                yield Op("copy", (op.operands[place],), (operands[place],), MappingProxyType({}), (), op.span)
    shared = [isinstance(r.type, Array) for r in results]
    types = [r.type for r in callee.results]
    types += [t for t in types if differentiable(t)]
    results = [Value(t, r.hint) if s else r for r, t, s in zip(results, types, shared, strict=True)]
    yield Op("call", tuple(operands), tuple(results), attrs, (), op.span)
    for given, own, s in zip(results, op.results, shared, strict=True):
        if s:
            yield Op("copy", (given,), (own,), MappingProxyType({}), (), op.span)


def _fresh(t: Type) -> Value:
    assert isinstance(t, Array)
    return Value(Array(t.dtype, t.axes))


def _renamed(func: Func, names: dict[str, str]) -> Func:
    def change(op: Op) -> tuple[Op, ...]:
        if op.name != "call":
            return (op,)
        attrs = MappingProxyType({**op.attrs, "func": names.get(op.attrs["func"], op.attrs["func"])})
        return (Op(op.name, op.operands, op.results, attrs, op.regions, op.span),)

    return clone_func(Func(names[func.name], map_ops(func.body, change), func.result_names, func.span))


def _derivative(module: Module, mode: str, name: str, wrt: tuple[int, ...]) -> Module:
    inner = inline(Module(name, module.funcs))
    if mode == "jvp":
        return jvp(inner, wrt)
    one, primal = mode != "vjp", mode == "value_and_grad"
    return vjp(inner, Plan(wrt, wrt, one=one, primal=primal, copied=overwritten(inner.main)))


def overwritten(func: Func) -> tuple[int, ...]:
    """The positions of array parameters that the function may write, through whatever alias."""
    aliases = Aliases(func)
    return tuple(
        k for k, p in enumerate(func.params) if isinstance(p.type, Array) and aliases.writes(aliases.cls(p))
    )
