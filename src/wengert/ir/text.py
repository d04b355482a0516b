"""The text of the IR: printing.  What is printed parses back (`wengert.ir.parse`) to the same text."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from .core import Block, Func, Module, Op, Value
from .names import Names
from .parse import parse_func, parse_module
from .types import NAMED, Array, Rec, Scalar

__all__ = ["parse_func", "parse_module", "print_attr", "print_func", "print_module", "print_op"]

_BETWEEN = {"if": "} else {", "while": "} do {"}


def print_module(module: Module) -> str:
    """The functions, the entry first."""
    others = [f for name, f in module.funcs.items() if name != module.entry]
    return "\n".join(print_func(f) for f in (module.main, *others))


def print_func(func: Func, names: Names | None = None) -> str:
    """One function.  Pass ``names`` to learn what its values are called.

    >>> from wengert.ir.types import F64
    >>> x = Value(F64, "x")
    >>> y = Value(F64)
    >>> print(print_func(Func("double", Block((x,), (Op("add", (x, x), (y,)),), (y,)))), end="")
    func @double(%x: f64) -> (f64) {
      %0 = add(%x, %x) : f64
      yield %0
    }
    """
    names = names or Names()
    params = ", ".join(_typed(names, p) for p in func.params)
    results = [str(v.type) for v in func.results]
    if func.result_names and len(func.result_names) == len(results):
        results = [f"{_label(n)}: {t}" for n, t in zip(func.result_names, results, strict=True)]
    lines = [f"func @{func.name}({params}) -> ({', '.join(results)}) {{"]
    _body(func.body, names, "  ", lines)
    return "\n".join([*lines, "}", ""])


def print_op(op: Op, names: Names | None = None) -> str:
    """One operation, without its regions: for messages."""
    names = names or Names()
    return _head(op, names) + (" {...}" if op.regions else "")


def print_attr(value: Any) -> str:
    """An attribute as text: Python's literals, and types by name."""
    if isinstance(value, (Scalar, Array, Rec)):
        return str(value)
    if isinstance(value, bool) or value is None or isinstance(value, (int, str)):
        return repr(value)
    if isinstance(value, float):
        return repr(value) if math.isfinite(value) else str(value)
    if isinstance(value, complex):
        return f"complex({print_attr(value.real)}, {print_attr(value.imag)})"
    if isinstance(value, tuple):
        return f"({', '.join(map(print_attr, value))}{',' if len(value) == 1 else ''})"
    if isinstance(value, list):
        return f"[{', '.join(map(print_attr, value))}]"
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{print_attr(k)}: {print_attr(v)}' for k, v in value.items())}}}"
    if hasattr(value, "item"):
        return print_attr(value.item())
    return f"<{value!r}>"


def _label(name: str) -> str:
    return name if name.isidentifier() and name not in NAMED else repr(name)


def _typed(names: Names, v: Value) -> str:
    return f"%{names.of(v)}: {v.type}"


def _list(names: Names, values: Iterable[Value]) -> str:
    return ", ".join(f"%{names.of(v)}" for v in values)


def _head(op: Op, names: Names) -> str:
    left = f"{_list(names, op.results)} = " if op.results else ""
    attrs = ", ".join(f"{k}={print_attr(v)}" for k, v in op.attrs.items())
    types = f" : {', '.join(str(r.type) for r in op.results)}" if op.results else ""
    operands = f"({_list(names, op.operands)})" if op.operands else ""
    return f"{left}{op.name}{operands}{f' {{{attrs}}}' if attrs else ''}{types}"


def _body(block: Block, names: Names, pad: str, lines: list[str]) -> None:
    for op in block.ops:
        head = _head(op, names)
        if not op.regions:
            lines.append(pad + head)
            continue
        lines.append(f"{pad}{head} {{")
        for k, region in enumerate(op.regions):
            if k:
                lines.append(pad + _BETWEEN.get(op.name, "} {"))
            if region.params:
                lines.append(f"{pad}  ({', '.join(_typed(names, p) for p in region.params)}):")
            _body(region, names, pad + "  ", lines)
        lines.append(pad + "}")
    lines.append(f"{pad}yield {_list(names, block.yields)}".rstrip())
