"""Derivatives on the second engine: the function runs once, on a tape, and the tape is swept.

Used for ``engine="trace"``, and for ``engine="auto"`` where capture refuses the function.
"""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

from ..algebra.base import Traced, shape_of
from ..algebra.graph import Var
from ..algebra.where import refusals
from ..capture.pytree import path_steps
from ..capture.tracing import Tape, World
from ..capture.tracing.numbers import plain
from ..diag import Diagnostic
from ..errors import CaptureError, WengertError, error_for
from ..errors import warn as issue
from .shared import refuse_written
from .step import Step, Wrt

Fun = Callable[..., Any]


def refused(error: WengertError) -> bool:
    """Whether the other engine may be asked: capture does not know a construct of the function."""
    return isinstance(error, CaptureError)


def warn(error: WengertError, name: str) -> None:
    """Say once which construct stopped the compiler."""
    first = error.diagnostics[0]
    text = f"`{name}` is traced, not compiled: {first.message}"
    issue(Diagnostic("A0303", text, first.span, severity="warning"), stacklevel=5)


def run(fun: Fun, steps: tuple[Step, ...], args: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
    """What the transforms give; `RuleError` (R0403) for those this engine does not have."""
    (step, *more) = steps
    if more or step.mode not in ("jit", "grad", "value_and_grad"):
        modes = " of ".join(s.mode for s in reversed(steps))
        text = f"the tracing engine has no {modes}: it has `grad` and `value_and_grad`"
        raise error_for(Diagnostic("R0403", text))
    return fun(*args, **keywords) if step.mode == "jit" else gradient(fun, step, args, keywords)


def gradient(fun: Fun, step: Step, args: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
    """`grad` or `value_and_grad` of ``fun`` at these arguments."""
    tape = Tape()
    bound = inspect.signature(fun).bind(*args, **keywords)
    values = {name: on_tape(tape, v) for name, v in bound.arguments.items()}
    call = inspect.BoundArguments(bound.signature, type(bound.arguments)(values))
    chosen = [_one(call, w) for w in _items(step.wrt)]
    for part in chosen:
        if not any(True for _ in variables(part)):
            raise error_for(Diagnostic("T0202", "an argument that `wrt` names holds no real number"))
    out = traced(tape, fun, call)
    refuse_written(tape, *_floats(bound.arguments, values), getattr(fun, "__name__", "function"))
    aux = None
    if step.has_aux:
        out, aux = out
    grads = None
    if shape_of(out):
        text = f"the result must be one number, not an array of shape {shape_of(out)}"
        raise error_for(Diagnostic("T0203", text))
    if isinstance(out, Var):
        grads = tape.evaluate_gradients(out, 1.0)

    def bar(v: Any) -> Any:
        found = None if grads is None else grads.get(v)
        zero = np.zeros(shape_of(v), v.dtype)
        if found is None:
            return zero if zero.ndim else 0.0
        return np.array(found) if zero.ndim else float(found)

    parts = [mapped(part, bar, lambda _: None) for part in chosen]
    bars = tuple(parts) if isinstance(step.wrt, tuple) else parts[0]
    if step.mode == "grad":
        return (bars, off_tape(aux)) if step.has_aux else bars
    value = float(off_tape(out))
    return ((value, off_tape(aux)) if step.has_aux else value), bars


def traced(tape: Tape, fun: Fun, call: inspect.BoundArguments) -> Any:
    """The result of the function on the tape.  What was refused stays refused, whoever caught it."""
    with refusals() as found:
        try:
            out = World(tape).meaning(fun)(*call.args, **call.kwargs)
        except Exception:
            if found:
                raise found[0] from None
            raise
    if found:
        raise found[0]
    return out


def _floats(given: dict[str, Any], on: dict[str, Any]) -> tuple[list[Any], list[Var]]:
    """Numbers and arrays of the arguments, as given and on the tape."""
    found: list[Any] = []
    mapped(tuple(given.values()), found.append, lambda v: v)
    return found, list(variables(tuple(on.values())))


def _items(wrt: Wrt) -> tuple[int | str, ...]:
    return wrt if isinstance(wrt, tuple) else (wrt,)


def _one(call: inspect.BoundArguments, wrt: int | str) -> Any:
    """The part of the arguments that ``wrt`` names."""
    if isinstance(wrt, int):
        if -len(call.args) <= wrt < len(call.args):
            return call.args[wrt]
    else:
        first, *steps = path_steps(wrt)
        if first in call.arguments:
            here = call.arguments[first]
            for step in steps:
                here = _part(here, step)
            return here
    names = ", ".join(f"`{n}`" for n in call.arguments)
    raise error_for(Diagnostic("U0602", f"`wrt={wrt!r}` names no argument: there are {names}"))


def _part(x: Any, step: str) -> Any:
    if isinstance(x, dict):
        return {str(k): v for k, v in x.items()}[step]
    return x[int(step)] if step.lstrip("-").isdigit() else getattr(x, step)


# structures


def on_tape(tape: Tape, x: Any) -> Any:
    """An argument with its floats on the tape, in containers of its own."""

    def leaf(v: Any) -> Any:
        return tape.variable(v)

    return mapped(x, leaf, lambda v: v)


def off_tape(x: Any) -> Any:
    """A result as plain values."""
    return mapped(x, plain, lambda v: v)


def variables(x: Any) -> Iterator[Var]:
    """The values of the tape in a structure."""
    found: list[Var] = []
    mapped(x, found.append, lambda v: v)
    return iter(found)


def _varies(x: Any) -> bool:
    if isinstance(x, (Traced, float, np.floating)):
        return True
    return isinstance(x, np.ndarray) and x.dtype.kind == "f"


def mapped(x: Any, leaf: Callable[[Any], Any], other: Callable[[Any], Any]) -> Any:
    """``x`` with ``leaf`` of its floats and ``other`` of what is no container, in new containers."""
    if _varies(x):
        return leaf(x)
    if isinstance(x, tuple):
        parts = [mapped(v, leaf, other) for v in x]
        return type(x)(*parts) if hasattr(x, "_fields") else tuple(parts)
    if type(x) is list:
        return [mapped(v, leaf, other) for v in x]
    if type(x) is dict:
        return {k: mapped(v, leaf, other) for k, v in x.items()}
    if is_dataclass(x) and not isinstance(x, type):
        out = copy.copy(x)
        for f in fields(x):
            object.__setattr__(out, f.name, mapped(getattr(x, f.name), leaf, other))
        return out
    return other(x)
