"""Puts the body of a called function in place of the call; functions that reach themselves stay out of
line.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from ..ir.core import Block, Func, Module, Op, Value
from ..ir.walk import clone_into, map_ops, ops, substitute


def inline(module: Module, stay: Collection[str] = ()) -> Module:
    """Every call of a function that does not call itself, however indirectly, is replaced by its body::

    %y = call(%x) {func="square"} : f64      =>      %y = mul(%x, %x) : f64

    The functions ``stay`` are called as they were.
    """
    recursive = {name for name in module.funcs if name in stay or _reaches(module, name, name)}
    done: dict[str, Func] = {}

    def finished(name: str) -> Func:
        if name not in done:
            func = module.funcs[name]
            done[name] = func  # a call back to a function under way is recursive and stays
            done[name] = Func(name, _body(func.body, finished, recursive), func.result_names, func.span)
        return done[name]

    return Module(module.entry, {name: finished(name) for name in module.funcs})


def splice(body: Block, operands: tuple[Value, ...]) -> tuple[tuple[Op, ...], tuple[Value, ...]]:
    """New ops that do what ``body`` does on ``operands``, and the values it yields."""
    known = dict(zip(body.params, operands, strict=True))
    copy = clone_into(body, known)
    return copy.ops, copy.yields


def _body(block: Block, func_of: Callable[[str], Func], recursive: set[str]) -> Block:
    renamed: dict[Value, Value] = {}

    def change(op: Op) -> Iterator[Op]:
        if op.name != "call" or op.attrs["func"] in recursive:
            yield op
            return
        made, yields = splice(func_of(op.attrs["func"]).body, op.operands)
        yield from made
        renamed.update(zip(op.results, yields, strict=True))

    out = map_ops(block, change)
    while any(v in renamed for v in renamed.values()):
        for k, v in renamed.items():
            renamed[k] = renamed.get(v, v)
    return substitute(out, renamed) if renamed else out


def _reaches(module: Module, name: str, target: str) -> bool:
    seen: set[str] = set()
    stack = [name]
    while stack:
        for op in ops(module.funcs[stack.pop()].body):
            callee = op.attrs.get("func") if op.name in ("call", "derive") else None
            if callee == target:
                return True
            if callee is not None and callee not in seen:
                seen.add(callee)
                stack.append(callee)
    return False
