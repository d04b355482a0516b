"""Keys of a dict that are known at run time only: compared with each key that there is, in order."""

from __future__ import annotations

import ast
from collections.abc import Callable

from ..ir.core import Value
from ..ir.types import BOOL
from .branches import choose
from .lower import Dead, Lowering
from .values import AV, Const, DictC, Num, Ref, Tup

_MOST = 100


def is_static(lw: Lowering, key: AV) -> bool:
    """Whether a key is a constant, or may be made one."""
    if isinstance(key, Tup) and key.cls is None:
        return all(is_static(lw, k) for k in key.items)
    if isinstance(key, Num):
        return key.known is not None
    return not isinstance(key, (Tup, Ref))


def find(lw: Lowering, content: DictC, key: AV, absent: Callable[[], AV] | None = None) -> AV:
    """``d[key]``: what stands at the first key that is equal; ``absent()``, or a `KeyError`."""
    tests = _tests(lw, content, key)

    def at(k: int) -> AV:
        if k == len(tests):
            if absent is not None:
                return absent()
            lw.check(lw.const(False, BOOL), "KeyError", "the dict has no such key")
            raise Dead
        position, test = tests[k]
        if test is None:
            return content.items[position]
        return choose(lw, Num(test), lambda: content.items[position], lambda: at(k + 1))

    return at(0)


def among(lw: Lowering, content: DictC, key: AV) -> AV:
    """``key in d``."""
    total: Value | None = None
    for _, test in _tests(lw, content, key):
        if test is None:
            return Const(True)
        total = test if total is None else lw.emit("or", total, test)
    return Const(False) if total is None else Num(total)


def _tests(lw: Lowering, content: DictC, key: AV) -> list[tuple[int, Value | None]]:
    """The positions whose keys may be equal to ``key``, with what tells at run time; None: it is."""
    from .comparisons import compare

    if len(content.keys) > _MOST:
        lw.refuse("C0104", "a key of a large dict must be a constant", hint="write the key itself")
    out: list[tuple[int, Value | None]] = []
    for position, k in enumerate(content.keys):
        test = lw.truth(compare(lw, ast.Eq(), key, Const(k)))
        if isinstance(test, Const):
            if test.value:
                return [*out, (position, None)]
            continue
        out.append((position, test.value))
    return out
