"""Warnings and logging, which compiled code does not issue, and copies of objects."""

from __future__ import annotations

import copy
import logging
import warnings
from collections.abc import Callable
from typing import Any

from .forms import FHandle, parts_of, with_parts
from .lists import sliced
from .lower import Lowering
from .rows import gathered, pooled
from .values import AV, NONE, Arr, Choice, Const, GrowC, Ref, SliceV


def _nothing(lw: Lowering, *args: AV, **kwargs: AV) -> AV:
    return NONE


def _filter(lw: Lowering, action: AV, *args: AV, **kwargs: AV) -> AV:
    if lw.static(action, "the action") == "error":
        lw.refuse("C0104", "warnings that raise are not supported", hint="test the numbers instead")
    return NONE


def _copy(lw: Lowering, x: AV, /) -> AV:
    if isinstance(x, Ref) and isinstance(content := lw.content(x), GrowC):
        return sliced(lw, x, content, SliceV(NONE, NONE, NONE))
    if isinstance(x, Ref):
        return lw.new_object(lw.content(x))
    return Arr(lw.emit("copy", x.value)) if isinstance(x, Arr) else x


def _deepcopy(lw: Lowering, x: AV, /) -> AV:
    return _deep(lw, x, {})


def _deep(lw: Lowering, x: AV, memo: dict[int, Ref]) -> AV:
    if isinstance(x, Ref):
        if x.key not in memo:
            content: Any = lw.content(x)
            if isinstance(content, GrowC) and isinstance(content.item, FHandle):
                held: Any = lw.content(Ref(content.item.pool))
                memo[x.key] = lw.new_object(pooled(lw, gathered(lw, content), held.item))
                return memo[x.key]
            parts = parts_of(content) or ()
            memo[x.key] = lw.new_object(with_parts(content, tuple(_deep(lw, p, memo) for p in parts)))
        return memo[x.key]
    if isinstance(x, Arr):
        return Arr(lw.emit("copy", x.value))
    parts = None if isinstance(x, (Choice, Const)) else parts_of(x)
    return with_parts(x, tuple(_deep(lw, p, memo) for p in parts)) if parts else x


_LEVELS = ("debug", "info", "warning", "error", "critical", "exception", "log")
MESSAGES: dict[Any, Callable[..., AV]] = {
    warnings.warn: _nothing,
    warnings.simplefilter: _filter,
    warnings.filterwarnings: _filter,
    copy.copy: _copy,
    copy.deepcopy: _deepcopy,
    **{getattr(logging, name): _nothing for name in _LEVELS},
    **{getattr(logging.Logger, name): _nothing for name in _LEVELS},
}
