"""Functions of this package inside captured code."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..algebra.stop import stop_gradient
from .forms import parts_of, with_parts
from .lower import Lowering
from .values import AV, Arr, Num


def _stop(lw: Lowering, x: AV, /) -> AV:
    """Every float in ``x`` as a constant."""
    if isinstance(x, Num):
        return Num(lw.emit("stop", x.value), x.py) if x.dtype.is_inexact else x
    if isinstance(x, Arr):
        return Arr(lw.emit("stop", x.value)) if x.dtype.is_inexact else x
    parts = parts_of(x)
    return x if not parts else with_parts(x, tuple(_stop(lw, p) for p in parts))


WENGERT: dict[Any, Callable[..., AV]] = {stop_gradient: _stop}
