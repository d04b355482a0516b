"""Transforms on the second engine: the function runs on a tape, or on dual numbers, once for each transform.

Used for ``engine="trace"``, for ``engine="auto"`` where capture refuses the function, and for transforms that
are called with values of a tape.  A derivative is an ordinary function of values again, so transforms nest:
the tape of the inner one holds values of the outer one's.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from typing import Any

import numpy as np

from ..algebra.base import Traced, shape_of
from ..algebra.graph import Var
from ..algebra.where import refusals
from ..capture.marks import constant_parameters
from ..capture.pytree import path_steps
from ..capture.tracing import DualTape, Tape, World
from ..capture.tracing.numbers import plain
from ..diag import Diagnostic
from ..errors import CaptureError, WengertError, error_for
from ..errors import warn as issue
from .columns import by_columns, count, places_of
from .derivative import Derivative
from .step import RETURN, Step, Wrt
from .steps import user_level
from .structures import algebra_of, chosen, leaves, mapped, owned, paired

Fun = Callable[..., Any]


def refused(error: WengertError) -> bool:
    """Whether the other engine may be asked: capture does not know a construct of the function."""
    return isinstance(error, CaptureError)


def warn(error: WengertError, name: str) -> None:
    """Say once which construct stopped the compiler."""
    first = error.diagnostics[0]
    text = f"`{name}` is traced, not compiled: {first.message}"
    issue(Diagnostic("A0303", text, first.span, severity="warning"), stacklevel=user_level())


def carries(args: Any) -> bool:
    """Whether there are values of an algebra among some arguments."""
    return algebra_of(args) is not None


def run(fun: Fun, steps: tuple[Step, ...], args: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
    """What the transforms give, the first of ``steps`` innermost."""
    return applied(fun, steps)(*args, **keywords)


def plain_function(fun: Fun) -> Fun:
    """A function, or a derivative of one as a function of values."""
    return applied(fun.program.fun, fun.program.steps) if isinstance(fun, Derivative) else fun


def kept(args: Sequence[Any]) -> tuple[Any, ...]:
    """The arguments with memory of their own."""
    return tuple(mapped(a, owned, _kept) for a in args)


def applied(fun: Fun, steps: Sequence[Step]) -> Fun:
    """The function after these transforms, for plain values and those of algebras."""
    for step in steps:
        fun = _TRANSFORMS[step.mode](fun, step)
    return fun


def _itself(fun: Fun, step: Step) -> Fun:
    def call(*args: Any, **keywords: Any) -> Any:
        algebra = _around((args, keywords))
        return fun(*args, **keywords) if algebra is None else traced(algebra, fun, args, keywords, own=False)

    return signed(call, fun)


def _gradient(fun: Fun, step: Step) -> Fun:
    def call(*args: Any, **keywords: Any) -> Any:
        tape = Tape(_around((args, keywords)))
        bound, given = on_tape(tape, fun, args, keywords)
        parts = _active(tape, fun, bound, step.wrt)
        out = traced(tape, fun, bound.args, bound.kwargs, given)
        aux = None
        if step.has_aux:
            out, aux = out
        if shape_of(out) or isinstance(out, (tuple, list, dict)):
            what = f"an array of shape {shape_of(out)}" if shape_of(out) else f"a {type(out).__name__}"
            raise error_for(Diagnostic("T0203", f"the result must be one number, not {what}"))
        grads = tape.evaluate_gradients(out, 1.0) if _mine(tape, out) else None
        bars = [mapped(p, lambda v: _bar(grads, v), lambda _: None) for p in parts]
        found = tuple(bars) if isinstance(step.wrt, tuple) else bars[0]
        aux = _below(tape, aux)
        if step.mode == "grad":
            return (found, aux) if step.has_aux else found
        value = _below(tape, out)
        value = value if isinstance(value, Traced) else float(value)
        return ((value, aux) if step.has_aux else value), found

    return signed(call, fun)


def signed(call: Fun, fun: Fun) -> Fun:
    """``call`` with the parameters of ``fun``."""
    setattr(call, "__signature__", inspect.signature(fun))  # noqa: B010
    setattr(call, "__wengert_held__", constant_parameters(fun))  # noqa: B010
    return call


def pull(fun: Fun, args: tuple[Any, ...], outputs: tuple[str, ...] = (RETURN,)) -> tuple[Any, Fun]:
    """`vjp`: the value, and the pullback, for which the tape is swept once for each leaf of the value."""
    tape = Tape(_around(args))
    bound, given = on_tape(tape, fun, args, {})
    result = traced(tape, fun, bound.args, bound.kwargs, given)
    finals = {RETURN: result, **bound.arguments}
    for name in outputs:
        if name not in finals:
            raise error_for(Diagnostic("U0602", f"`outputs` names no argument: {name!r}"))
    parts = tuple(finals[name] for name in outputs)
    out = parts[0] if len(parts) == 1 else parts

    def pullback(y_bar: Any) -> tuple[Any, ...]:
        """The cotangents of the arguments for the cotangent ``y_bar`` of the value."""
        sweeps: list[Any] = []

        def sweep(y: Any, bar: Any) -> None:
            if bar is not None and _mine(tape, y):
                sweeps.append(tape.evaluate_gradients(y, bar))

        paired(out, y_bar, sweep, lambda _: None, "y_bar")

        def total(v: Any) -> Any:
            found = [_bar(g, v) for g in sweeps if v in g]
            return sum(found[1:], found[0]) if found else _bar(None, v)

        held = places_of(fun, len(bound.args))
        return tuple(
            mapped(a, total, lambda _: None) if leaves(a) and k not in held else None
            for k, a in enumerate(bound.args)
        )

    return mapped(out, lambda v: owned(_below(tape, v))), pullback


def push(fun: Fun, args: Sequence[Any], tangents: Sequence[Any]) -> tuple[Any, Any]:
    """`jvp`: the value, and its derivative along ``tangents``."""
    dual = DualTape(_around((args, tangents)))

    def leaf(v: Any, dv: Any) -> Any:
        return dual.variable(owned(v), 0.0 if dv is None else owned(dv))

    held = places_of(fun, len(args))
    along = [
        paired(x, None if k in held else dx, leaf, _kept, f"tangents[{k}]")
        for k, (x, dx) in enumerate(zip(args, tangents, strict=True))
    ]
    y = traced(dual, fun, along, {}, list(zip(leaves(list(args)), leaves(along), strict=True)))
    return mapped(y, lambda v: dual.split(v)[0]), mapped(y, lambda v: dual.split(v)[1], lambda _: None)


def _hvp(fun: Fun, step: Step) -> Fun:
    """The pullback of the gradient: Hessians are symmetric."""
    gradient = _gradient(fun, Step("grad", step.wrt))

    def call(*given: Any) -> Any:
        *args, v = given
        bars = pull(gradient, tuple(args))[1](v)
        bound = inspect.signature(fun).bind(*args)
        bound = inspect.BoundArguments(
            bound.signature, type(bound.arguments)(zip(bound.arguments, bars, strict=True))
        )
        parts = chosen(bound, step.wrt)
        return tuple(parts) if isinstance(step.wrt, tuple) else parts[0]

    return call


def jacobian(fun: Fun, wrt: Wrt, args: tuple[Any, ...], mode: str = "reverse") -> Any:
    """All derivatives: a run with dual numbers for each number of the arguments, or a sweep for each of the
    result."""
    if mode == "forward":
        return by_columns(fun, wrt, args, lambda given, tangents: push(fun, given, tangents))
    tape = Tape(_around(args))
    bound, given = on_tape(tape, fun, args, {})
    parts = _active(tape, fun, bound, wrt)
    out = traced(tape, fun, bound.args, bound.kwargs, given)
    if not leaves(out):
        name = getattr(fun, "__name__", "the function")
        raise error_for(Diagnostic("T0203", f"`{name}` returns no real numbers to differentiate"))
    if mode == "auto" and count(parts) < count(out):
        return by_columns(fun, wrt, args, lambda given, tangents: push(fun, given, tangents))

    def rows(y: Any) -> Any:
        shape = shape_of(y)
        sweeps: list[Any] = []
        for k in range(int(np.prod(shape, dtype=int))):
            unit = np.zeros(shape)
            unit.reshape(-1)[k] = 1.0
            sweeps.append(tape.evaluate_gradients(y, unit if shape else 1.0) if _mine(tape, y) else None)

        def matrix(v: Any) -> Any:
            bars = [_bar(g, v) for g in sweeps]
            if not shape:
                return bars[0]
            if algebra_of(bars) is None:
                return np.reshape(np.asarray(bars), (*shape, *shape_of(v)))
            return np.reshape(np.stack(bars), (*shape, *shape_of(v)))

        blocks = tuple(mapped(p, matrix, lambda _: None) for p in parts)
        return blocks if isinstance(wrt, tuple) else blocks[0]

    return mapped(out, rows, lambda _: None)


def hessian(fun: Fun, wrt: Wrt, args: tuple[Any, ...]) -> Any:
    """The Jacobian of the gradient: a tape over a tape."""
    return jacobian(_gradient(fun, Step("grad", wrt)), wrt, args)


_TRANSFORMS: dict[str, Callable[[Fun, Step], Fun]] = {
    "jit": _itself,
    "batch": _itself,
    "grad": _gradient,
    "value_and_grad": _gradient,
    "hvp": _hvp,
}


# runs

_running: ContextVar[Any] = ContextVar("running", default=None)


def _around(args: Any) -> Any:
    """The algebra that a new one is nested in: that of the arguments, or of the run around this one, whose
    values the function may see without being given them."""
    inner, outer = algebra_of(args), _running.get()
    if inner is None or outer is None:
        return outer if inner is None else inner
    return inner if inner.level > outer.level else outer


def on_tape(
    tape: Tape, fun: Fun, args: Sequence[Any], keywords: dict[str, Any]
) -> tuple[inspect.BoundArguments, list[tuple[Any, Any]]]:
    """The arguments on the tape, in containers of their own; and each value with what it was given as."""
    bound = inspect.signature(fun).bind(*args, **keywords)
    given: list[tuple[Any, Any]] = []

    def leaf(x: Any) -> Any:
        v = tape.variable(owned(x))
        given.append((x, v))
        return v

    held = constant_parameters(fun)
    values = {
        name: mapped(x, lambda v: tape.lift(owned(v)), _kept) if name in held else mapped(x, leaf, _kept)
        for name, x in bound.arguments.items()
    }
    return inspect.BoundArguments(bound.signature, type(bound.arguments)(values)), given


def _kept(x: Any) -> Any:
    """What is no float; the function may write to a copy."""
    return x.copy() if isinstance(x, np.ndarray) else x


def _places(bound: inspect.BoundArguments) -> list[str]:
    """The parameter of each argument as it was passed."""
    names: list[str] = []
    for name, value in bound.arguments.items():
        star = bound.signature.parameters[name].kind is inspect.Parameter.VAR_POSITIONAL
        names += [name] * (len(value) if star else 1)
    return names


def _active(tape: Tape, fun: Fun, bound: inspect.BoundArguments, wrt: Wrt) -> list[Any]:
    parts = chosen(bound, wrt)
    held = constant_parameters(fun)
    names = _places(bound)
    for w in wrt if isinstance(wrt, tuple) else (wrt,):
        name = next(path_steps(w)) if isinstance(w, str) else names[w]
        if name in held:
            text = f"cannot differentiate with respect to `{name}`: it is marked with `no_derivative`"
            raise error_for(Diagnostic("T0202", text))
    if any(not any(_mine(tape, v) for v in leaves(part)) for part in parts):
        raise error_for(Diagnostic("T0202", "an argument that `wrt` names holds no real number"))
    return parts


def traced(
    algebra: Any, fun: Fun, args: Sequence[Any], keywords: dict[str, Any],
    given: Sequence[tuple[Any, Any]] = (),
    own: bool = True,
) -> Any:  # fmt: skip
    """The result of the function on the algebra.  What was refused stays refused, whoever caught it.

    Objects in the arguments are the run's ``own``, or the caller's.
    """
    token = _running.set(algebra)
    with refusals() as found:
        try:
            world = World(algebra)
            if own:
                args, keywords = (
                    list(map(world.dress, args)),
                    {k: world.dress(v) for k, v in keywords.items()},
                )
            out = world.meaning(fun)(*args, **keywords)
        except Exception:
            if found:
                raise found[0] from None
            raise
        finally:
            _running.reset(token)
    if found:
        raise found[0]
    _refuse_overlap(given)
    return out


def _refuse_overlap(given: Sequence[tuple[Any, Any]]) -> None:
    """Arguments that share memory with one that was written were taken apart: refused."""
    for x, v in given:
        if isinstance(x, np.ndarray) and _written(x, v):
            for y, w in given:
                if w is not v and isinstance(y, np.ndarray) and np.shares_memory(x, y):
                    text = "two arguments share memory, and the function writes one of them"
                    raise error_for(Diagnostic("A0301", text, helps=("pass a copy",)))


def _written(x: Any, v: Any) -> bool:
    return v.last > v.gid if isinstance(v, Var) else not np.array_equal(plain(v), x, equal_nan=True)


def _mine(tape: Any, x: Any) -> bool:
    return isinstance(x, Traced) and x.algebra is tape


def _below(tape: Any, x: Any) -> Any:
    """A structure with values of the algebra inside in place of those of the tape."""
    return mapped(x, lambda v: v.value if _mine(tape, v) else v, lambda v: v.value if _mine(tape, v) else v)


def _bar(grads: Any, v: Any) -> Any:
    """A cotangent, of the kind of what it belongs to."""
    found = None if grads is None else grads.get(v)
    if isinstance(found, Traced):
        return found
    shape = shape_of(v)
    if found is None:
        return np.zeros(shape, v.dtype) if shape else 0.0
    return np.array(found) if shape else float(found)
