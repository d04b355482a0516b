"""After the last derivative: what only derivatives look at becomes what it computes.

%y = stop(%x) : f64                                      =>      %x
%y = custom(%x) {func="f", vjp="f.rule"} : f64           =>      %y = call(%x) {func="f"} : f64
"""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType

from ..ir.core import Func, Module, Op, Value
from ..ir.types import Array
from ..ir.walk import map_ops, ops, substitute
from .inline import inline
from .passes import optimise

_MARKERS = frozenset(("stop", "custom"))


def settle(module: Module) -> Module:
    """``module`` without markers; the same object when it has none."""
    if not any(op.name in _MARKERS for f in module.funcs.values() for op in ops(f.body)):
        return module
    funcs = MappingProxyType({name: _settled(f) for name, f in module.funcs.items()})
    return optimise(inline(Module(module.entry, funcs)))


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
