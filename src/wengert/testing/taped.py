"""The tracing engine as a witness: the slope of a program along a direction, by a sweep of its tape."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..algebra.graph import Var
from ..api.structures import leaves as floats
from ..api.tracing import on_tape, traced
from ..capture.tracing import Tape


def slope(
    f: Callable[..., Any],
    args: tuple[Any, ...],
    leaves: Callable[[Any], Sequence[Any]],
    weights: Sequence[Any],
    direction: Sequence[Any],
) -> tuple[float, float]:
    """``sum_k <weights[k], d leaves(f(args))[k] along direction>`` and the sum of what cancels in it;
    ``args`` are the caller's to lose.

    Raises what the engine raises, `RuleError` for what it does not know.
    """
    tape = Tape()
    bound, _ = on_tape(tape, f, args, {})
    mine = floats(list(bound.arguments.values()))
    out = traced(tape, f, bound.args, bound.kwargs)
    total = size = 0.0
    for leaf, weight in zip(leaves(out), weights, strict=True):
        if not isinstance(leaf, Var):
            continue  # it does not depend on anything
        found = tape.evaluate_gradients(leaf, weight)
        for v, d in zip(mine, direction, strict=True):
            bar = found.get(v)
            if bar is not None:
                parts = np.asarray(bar, float) * np.asarray(d, float)
                total += float(np.sum(parts))
                size += float(np.sum(abs(parts)))
    return total, size
