"""`autodiff`: derivatives with an activity for each argument and shadows that the caller supplies."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .activities import (
    Active,
    Activity,
    Const,
    Dual,
    DualOnly,
    Dualv,
    Duplicated,
    DuplicatedOnly,
    check_annotation,
    check_kind,
    check_shadows,
    leaves,
    refuse,
)
from .pipeline import display_name
from .products import compiled_for, jvp, vjp
from .step import RETURN, Step

Fun = Callable[..., Any]
_MODES = ("forward", "reverse", "split")


def autodiff(fun: Fun, mode: str, *activities: Any, ret: Any = None, width: int = 1) -> Any:
    """The derivative of ``fun`` with an activity for each argument, in place.

    ``mode="forward"``: arguments are `Const`, `Dual`, `DualOnly` or `Dualv`; with ``ret=Dual`` (the default)
    the result is ``(y, dy)``, with ``DualOnly`` it is ``dy``, with ``Const`` it is ``y``.  ``width``
    directions are packed in `Dualv`, and ``dy`` then has them along a new first axis.

    ``mode="reverse"``: arguments are `Const`, `Active`, `Duplicated` or `DuplicatedOnly`; ``ret=Active``
    (default; ``Active(2.0)`` seeds 2) differentiates the result, ``ret=Const`` only what the function writes.
    The result is ``(y, derivatives of the Active arguments)``; shadows of `Duplicated` arguments are added
    to.

    ``mode="split"``: ``(y, tape)``; ``tape(seed)`` does what reverse mode would do, any number of times,
    until ``tape.free()``.

    With activities given as classes the result is a function, that takes a primal and its shadow one after
    the other.  What ``fun`` overwrites is overwritten.  Raises `ShadowError` for a shadow that does not fit.

    >>> import numpy as np, wengert
    >>> def f(x, s):
    ...     return s * np.sum(x * x)
    >>> x, x_bar = np.array([1.0, 2.0]), np.zeros(2)
    >>> wengert.autodiff(f, "reverse", wengert.Duplicated(x, x_bar), wengert.Active(3.0))
    (np.float64(15.0), (5.0,))
    >>> x_bar
    array([ 6., 12.])
    """
    if mode not in _MODES:
        refuse(f"`mode` is one of {', '.join(map(repr, _MODES))}, not {mode!r}")
    names = _names(fun, len(activities))
    for name, a in zip(names, activities, strict=True):
        check_kind(a, name, reverse=mode != "forward")
    ret = (Dual if mode == "forward" else Active) if ret is None else ret
    if any(isinstance(a, type) for a in activities):
        return _decorated(fun, mode, names, activities, ret, width)
    check_shadows(names, activities)
    if mode == "forward":
        return _forward(fun, activities, ret, width)
    y, tape = _split(fun, names, activities, ret)
    if mode == "split":
        return y, tape
    found = tape(ret.value if isinstance(ret, Active) else 1.0)
    return (None if isinstance(ret, type) and issubclass(ret, DuplicatedOnly) else y), found


def _names(fun: Fun, count: int) -> list[str]:
    try:
        parameters = list(inspect.signature(fun).parameters)
    except (TypeError, ValueError):
        parameters = []
    return [*parameters, *(f"argument {k + 1}" for k in range(len(parameters), count))][:count]


def _decorated(
    fun: Fun, mode: str, names: Sequence[str], activities: Sequence[Any], ret: Any, width: int
) -> Fun:
    """The function for activities that are known before the values."""
    kinds = [a if isinstance(a, type) else type(a) for a in activities]
    annotations = getattr(fun, "__annotations__", {})
    for name, kind in zip(names, kinds, strict=True):
        check_annotation(kind, name, annotations.get(name))
    needed = sum(2 if kind.shadowed else 1 for kind in kinds)

    @functools.wraps(fun)
    def call(*values: Any) -> Any:
        if len(values) != needed:
            refuse(f"`{display_name(fun)}` takes {needed} values for these activities, not {len(values)}")
        left = iter(values)
        made = [kind(next(left), next(left)) if kind.shadowed else kind(next(left)) for kind in kinds]
        return autodiff(fun, mode, *made, ret=ret, width=width)

    return call


# forward


@functools.lru_cache(maxsize=256)
def _with_arguments(fun: Fun) -> Fun:
    """``fun`` that also returns what its arguments are at the end."""

    def call(*args: Any) -> Any:
        return fun(*args), args

    return call


def _forward(fun: Fun, activities: Sequence[Activity], ret: Any, width: int) -> Any:
    packed = [a for a in activities if isinstance(a, Dualv)]
    for a in packed:
        for path, _, s in leaves(a.value, a.shadow, "the argument"):
            if np.shape(s)[0] != width:
                refuse(f"{path} packs {np.shape(s)[0]} tangents, and `width` is {width}", code="U0614")
    values = [a.value for a in activities]
    written = _written(fun, values)
    if packed and written:
        refuse("`Dualv` of a function that overwrites its arguments", "take one direction at a time")
    directions: list[Any] = []
    y: Any = None
    for k in range(width if packed else 1):
        tangents = [_direction(a, k) for a in activities]
        (y, finals), (dy, dfinals) = jvp(_with_arguments(fun), values, tangents)
        directions.append(dy)
        for name, j in written.items():
            _overwrite(values[j], finals[j])
            if activities[j].shadowed:
                _overwrite(activities[j].shadow, dfinals[j])
            elif dfinals[j] is not None and np.any(dfinals[j]):
                refuse(f"`{name}` is Const, and the function writes to it what varies", "say `Dual`")
    dy = _stacked(directions) if packed else directions[0]
    kind = ret if isinstance(ret, type) else type(ret)
    if issubclass(kind, Const):
        return y
    return dy if issubclass(kind, DualOnly) else (y, dy)


def _direction(a: Activity, k: int) -> Any:
    if not a.shadowed:
        return None
    return _item(a.shadow, k) if isinstance(a, Dualv) else a.shadow


def _item(shadow: Any, k: int) -> Any:
    if isinstance(shadow, (list, tuple)):
        return type(shadow)(_item(s, k) for s in shadow)
    if isinstance(shadow, dict):
        return {key: _item(s, k) for key, s in shadow.items()}
    return shadow[k]


def _stacked(directions: Sequence[Any]) -> Any:
    first = directions[0]
    if isinstance(first, tuple):
        return tuple(_stacked([d[k] for d in directions]) for k in range(len(first)))
    return np.stack(directions)


def _written(fun: Fun, values: Sequence[Any]) -> dict[str, int]:
    """The arguments that the function overwrites: arrays, by name, with their positions."""
    stage = compiled_for(fun, Step("jit"), values).stage
    if stage is None:
        from .build import base_stage
        from .pipeline import Program

        stage = base_stage(fun, Program(fun, ()).bind(values))
    found: dict[str, int] = {}
    for k, (name, tree) in enumerate(zip(stage.inputs.names, stage.inputs.trees, strict=False)):
        if any(leaf.index in stage.mutated for leaf in _leaves_of(tree)):
            if not isinstance(values[k], np.ndarray):
                refuse(f"`{name}` is a structure with arrays that the function overwrites",
                       "pass the arrays as arguments of their own")  # fmt: skip
            found[name] = k
    return found


def _leaves_of(tree: Any) -> Any:
    from ..capture.pytree import leaves as tree_leaves

    return tree_leaves(tree)


def _overwrite(memory: Any, content: Any) -> None:
    memory[...] = 0 if content is None else content


# reverse


class Tape:
    """The reverse half of a split derivative: it owns what it reads, and may be used again until freed."""

    def __init__(
        self, pullback: Fun, activities: Sequence[Activity], written: dict[str, int], returns: bool
    ) -> None:
        self._pullback: Fun | None = pullback
        self._activities = activities
        self._written = written
        self._returns = returns

    def __call__(self, seed: Any = 1.0) -> tuple[Any, ...]:
        """Add to the shadows; the derivatives of the Active arguments."""
        if self._pullback is None:
            refuse("the tape was freed", "split again", code="U0613")
        given = [seed] if self._returns else []
        given += [np.array(self._activities[k].shadow) if self._activities[k].shadowed else None
                  for k in self._written.values()]  # fmt: skip
        bars = self._pullback(given[0] if len(given) == 1 else tuple(given))
        out: list[Any] = []
        for k, (a, bar) in enumerate(zip(self._activities, bars, strict=True)):
            if isinstance(a, Active):
                out.append(0.0 if bar is None else bar)
            elif isinstance(a, Duplicated):
                if k in self._written.values():
                    _overwrite(a.shadow, bar)
                else:
                    _add(a.shadow, bar)
        return tuple(out)

    def free(self) -> None:
        """Give back what is kept."""
        self._pullback = None


def _split(fun: Fun, names: Sequence[str], activities: Sequence[Activity], ret: Any) -> tuple[Any, Tape]:
    values = [a.value for a in activities]
    written = _written(fun, values)
    kind = ret if isinstance(ret, type) else type(ret)
    returns = not issubclass(kind, Const)
    if not returns and not written:
        refuse("with `ret=Const` there is nothing to differentiate: the function writes to no argument")
    y, pullback = vjp(fun, *values, outputs=(*((RETURN,) if returns else ()), *written))
    parts = list(y) if len(written) + returns > 1 else [y]
    result = parts.pop(0) if returns else None
    for k, final in zip(written.values(), parts, strict=True):
        _overwrite(values[k], final)
    return result, Tape(pullback, activities, written, returns)


def _add(shadow: Any, bar: Any) -> None:
    """Add to every array of a shadow."""
    if bar is None:
        return
    for _, s, b in leaves(shadow, bar, "the shadow"):
        if b is not None and isinstance(s, np.ndarray):
            s += b


__all__ = [
    "Active",
    "Const",
    "Dual",
    "DualOnly",
    "Dualv",
    "Duplicated",
    "DuplicatedOnly",
    "Tape",
    "autodiff",
]
