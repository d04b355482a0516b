"""``raise`` and ``assert``, and the messages that they make of numbers of the run."""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Sequence

from ..ir.core import Value
from ..prims.memory import exception_class, local_exception
from .expressions import expression, truth
from .lower import Dead, Lowering, Step
from .values import Const, Num, Text


def assertion(lw: Lowering, s: ast.Assert, rest: Sequence[Step]) -> bool:
    test = truth(lw, s.test)
    if isinstance(test, Const) and test.value:
        return False
    message, values = ("", []) if s.msg is None else template(lw, s.msg)
    lw.at(s)
    lw.check(lw.number(test), "AssertionError", message, *values)
    if isinstance(test, Const):
        raise Dead
    return False


#: What Python itself raises in compiled code: a `raise` of the user's is marked to be told from it.
_LOCATED = ("IndexError", "ZeroDivisionError", "OverflowError", "RecursionError", "MemoryError")


def raising(lw: Lowering, s: ast.Raise, rest: Sequence[Step]) -> bool:
    if s.exc is None:
        again = lw.caught[-1] if lw.caught else None
        if again is None:
            lw.refuse("C0101", "`raise` without an exception is not supported here", s)
        lw.check(lw.number(Const(False)), *again)
        raise Dead
    made = s.exc if isinstance(s.exc, ast.Call) else None
    cls = expression(lw, made.func if made is not None else s.exc)
    if isinstance(cls, Const) and isinstance(cls.value, Exception):
        found = type(cls.value)
        text, values = str(cls.value).replace("{", "{{").replace("}", "}}"), list[Value]()
    elif isinstance(cls, Const) and isinstance(cls.value, type) and issubclass(cls.value, Exception):
        found = cls.value
        text, values = template(lw, made.args[0]) if made is not None and made.args else ("", list[Value]())
    else:
        lw.refuse("C0101", "only exceptions of a class that is known can be raised", s)
    lw.at(s)
    lw.check(lw.number(Const(False)), exception_name(found), text, *values)
    raise Dead


def exception_name(cls: type[BaseException]) -> str:
    """How a check names a class: so that it is found again in another process, if a module has it."""
    if getattr(builtins, cls.__name__, None) is cls:
        return f"raise:{cls.__name__}" if cls.__name__ in _LOCATED else cls.__name__
    name = f"{cls.__module__}:{cls.__qualname__}"
    if exception_class(name) is cls:
        return name
    return local_exception(cls)


_PERCENT = re.compile(r"%([-+ 0#]*\d*(?:\.\d+)?)([sdifgeEGr%])")


def _percent(lw: Lowering, node: ast.expr) -> tuple[str, list[Value]] | None:
    """``"... %f ..." % values`` as a template; ``None`` for anything else."""
    if not (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod)):
        return None
    left = expression(lw, node.left)
    if not (isinstance(left, Const) and isinstance(left.value, str)):
        return None
    right = expression(lw, node.right)
    items = iter((lw.items(right) if not isinstance(right, Num) else None) or (right,))
    values: list[Value] = []

    def one(m: re.Match[str]) -> str:
        if m[2] == "%":
            return "%"
        av = next(items, Const("?"))
        if isinstance(av, Num):
            values.append(av.value)
            spec = m[1].replace("-", "<") + (
                "" if m[2] in "sr" else "d" if m[2] in "di" and av.dtype.is_int else m[2]
            )
            return f"{{{len(values) - 1}:{'' if spec in ('d', 'i') else spec}}}"
        return (
            str(av.value if isinstance(av, Const) else f"<{lw.describe(av)}>")
            .replace("{", "{{")
            .replace("}", "}}")
        )

    text = left.value.replace("{", "{{").replace("}", "}}")
    return _PERCENT.sub(one, text), values


def template(lw: Lowering, node: ast.expr) -> tuple[str, list[Value]]:
    """A message as a `str.format` template, with the numbers that it shows."""
    if not isinstance(node, ast.JoinedStr):
        old = _percent(lw, node)
        if old is not None:
            return old
        av = expression(lw, node)
        if isinstance(av, Const):
            return str(av.value).replace("{", "{{").replace("}", "}}"), []
        if isinstance(av, Num):
            return "{0}", [av.value]
        if isinstance(av, Text):
            return av.text.replace("{", "{{").replace("}", "}}"), []
        return f"<{lw.describe(av)}>", []
    text, values = "", list[Value]()
    for part in node.values:
        if isinstance(part, ast.Constant):
            text += str(part.value).replace("{", "{{").replace("}", "}}")
        elif isinstance(part, ast.FormattedValue):
            av = expression(lw, part.value)
            spec = ast.unparse(part.format_spec)[2:-1] if part.format_spec is not None else ""
            if isinstance(av, Num) and "{" not in spec:
                text += f"{{{len(values)}{':' + spec if spec else ''}}}"
                values.append(av.value)
            elif isinstance(av, Const) and "{" not in spec:
                text += format(av.value, spec).replace("{", "{{").replace("}", "}}")
            else:
                text += f"<{lw.describe(av)}>"
    return text, values
