"""After the last derivative: what only derivatives look at becomes what it computes.

%y = stop(%x) : f64                                      =>      %x
%y = custom(%x) {func="f", vjp="f.rule"} : f64           =>      %y = call(%x) {func="f"} : f64

Functions with rules that are long and called at several places (a factorisation and the solutions of its
derivative) are compiled once; the others are put in place.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from types import MappingProxyType

from ..ir.core import Func, Module, Op, Value
from ..ir.types import Array
from ..ir.walk import map_ops, ops, substitute
from .dce import reachable
from .inline import inline
from .passes import count, optimise

_SHORT, _LONG = 20, 60
"""So many operations are rather repeated than called; so many are called even from one place, for the time
that a machine needs for a function grows faster than the function.
"""

_MARKERS = frozenset(("stop", "custom"))


def settle(module: Module) -> Module:
    """``module`` without markers; the same object when it has none."""
    if not any(op.name in _MARKERS for f in module.funcs.values() for op in ops(f.body)):
        return module
    funcs = MappingProxyType({name: _settled(f) for name, f in module.funcs.items()})
    settled = reachable(Module(module.entry, funcs))
    return optimise(inline(settled, _shared(module, settled)))


def _shared(module: Module, settled: Module) -> set[str]:
    """The functions with rules that are called at several places and are not short."""
    ruled = {op.attrs["func"] for f in module.funcs.values() for op in ops(f.body) if op.name == "custom"}
    calls = [op.attrs["func"] for f in settled.funcs.values() for op in ops(f.body) if op.name == "call"]
    sites = Counter(calls)
    return {
        n for n in ruled if sites[n] and count(settled.funcs[n].body) > (_SHORT if sites[n] > 1 else _LONG)
    }


def _settled(func: Func) -> Func:
    same: dict[Value, Value] = {}

    def change(op: Op) -> Iterator[Op]:
        if op.name == "custom":
            attrs = MappingProxyType({"func": op.attrs["func"]})
            yield Op("call", op.operands, op.results, attrs, (), op.span)
        elif op.name != "stop":
            yield op
        elif isinstance(op.result.type, Array):
            yield Op("copy", op.operands, op.results, MappingProxyType({}), (), op.span)
        else:
            same[op.result] = same.get(op.operands[0], op.operands[0])

    body = map_ops(func.body, change)
    return Func(func.name, substitute(body, same) if same else body, func.result_names, func.span)
