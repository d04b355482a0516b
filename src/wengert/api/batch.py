"""`batch`: a function of one example as a function of many."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..algebra.base import Traced, shape_of
from ..algebra.operation import Operation
from ..capture.axes import Axes, checked, normal, of_arguments, of_leaf, of_parts
from ..capture.marks import constant_parameters
from ..capture.signature import parameters_of
from ..capture.tracing.classes import attributes_of
from ..diag import Diagnostic
from ..errors import error_for
from ..prims.memory import EXAMPLES, RESULTS
from .binding import POSITIONAL
from .derivative import Derivative
from .engines import engine_for
from .marked import marked
from .pipeline import display_name
from .step import Step
from .structures import rebuilt

Fun = Callable[..., Any]


@marked
def batch(fun: Fun, in_axes: Any = 0, out_axes: Any = 0, *, engine: str = "native") -> Derivative:
    """The function of one example as a function of many: a loop over the examples whose results are stacked.

    ``in_axes`` says along which axis each argument holds the examples: a position, ``None`` for an argument
    that all examples share, or a tuple with an entry for each argument.  An entry for a tuple, a list, a dict
    or an instance holds for all arrays in it, or has the same structure (for an instance: a dict by
    attribute).  ``out_axes`` says likewise where the examples are in the result; ``None`` is for a result
    that is the same for all.  Arguments given by name are shared.  All but the last is as in `jax.vmap`.

    Composes with all other transforms, in any order.  Raises `UseError` for axes that do not fit, and
    `ShapeError` where arguments hold different numbers of examples.

    >>> import numpy as np, wengert
    >>> rows, v = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([1.0, 10.0])
    >>> wengert.batch(np.dot, in_axes=(0, None))(rows, v)
    array([21., 43.])
    >>> wengert.batch(wengert.grad(lambda x: x @ x))(rows)
    array([[2., 4.],
           [6., 8.]])
    """
    return Derivative(Examples(fun, checked(in_axes, out_axes)), Step("batch"), engine_for(fun, engine))


class Examples:
    """What `batch` compiles, and what it is to the tracing engine: the loop, in Python."""

    def __init__(self, fun: Fun, axes: Axes) -> None:
        if not callable(fun):
            text = f"expected a function, got {type(fun).__name__}"
            raise error_for(Diagnostic("U0601", text, helps=("write `batch(f)(x)`, not `batch(f(x))`",)))
        self.fun = fun
        self.axes = axes
        self.__wengert_held__ = constant_parameters(fun)
        self.__wengert_derive__ = {"mode": "batch", "fun": fun, "axes": axes}
        self.__name__ = display_name(fun)
        self.__qualname__ = getattr(fun, "__qualname__", self.__name__)
        self.__doc__ = getattr(fun, "__doc__", None)
        try:
            self.__signature__ = parameters_of(fun)
        except (TypeError, ValueError):
            self.__signature__ = inspect.Signature(
                [inspect.Parameter("args", inspect.Parameter.VAR_POSITIONAL)]
            )

    def __wengert_seen__(self, meaning: Callable[[Any], Any]) -> Examples:
        """The same of the function as it is seen on a tape."""
        return Examples(meaning(self.fun), self.axes)

    def __wengert_inner__(self) -> tuple[Any, Fun]:
        return ("batch", repr(self.axes)), self.fun

    def __reduce__(self) -> Any:
        return Examples, (self.fun, self.axes)

    def _name(self, k: int) -> str:
        parameters = [p.name for p in self.__signature__.parameters.values() if p.kind in POSITIONAL]
        return parameters[k] if k < len(parameters) else f"argument {k + 1}"

    def _by_rule(self, rule: Fun, args: Sequence[Any], own: Sequence[Any]) -> Any:
        """The result of an operation by its rule for batches."""
        if not isinstance(self.axes.made, int):
            text = "`out_axes` is one axis for an operation that has a rule for batches"
            raise error_for(Diagnostic("U0601", text))
        axes = tuple(a if a is None else a % len(shape_of(x)) for a, x in zip(own, args, strict=True))
        out = rule(axes, *args)
        return out if self.axes.made == 0 else np.moveaxis(out, 0, self.axes.made)

    def __call__(self, *args: Any, **keywords: Any) -> Any:
        """The results of all examples."""
        own = of_arguments(self.axes, len(args))
        found: list[tuple[str, int, int]] = []
        for k, (x, a) in enumerate(zip(args, own, strict=True)):
            _measure(x, a, self._name(k), found)
        count = _count(found)
        rule = self.fun.record.batch if isinstance(self.fun, Operation) else None
        if rule is not None:
            return self._by_rule(rule, args, own)

        def one(k: int) -> Any:
            return self.fun(*(_example(x, a, k) for x, a in zip(args, own, strict=True)), **keywords)

        results = [one(k) for k in range(count)]
        if not results:
            text = "there is no example, and the shapes of the results cannot be told without one"
            raise error_for(Diagnostic("T0201", text))
        return _stacked(results, self.axes.made, "the result")


def _count(found: list[tuple[str, int, int]]) -> int:
    """How many examples there are."""
    if not found:
        raise error_for(Diagnostic("U0601", "`batch` needs an argument that has an axis for the examples"))
    first, axis, count = found[0]
    for name, a, n in found[1:]:
        if n != count:
            text = f"{EXAMPLES}`{first}` has {count} along axis {axis}, and `{name}` has {n} along axis {a}"
            raise error_for(Diagnostic("T0201", text))
    return count


def _parts(x: Any) -> tuple[list[Any], tuple[Any, ...] | None] | None:
    """The parts of a container, and their names where they have any."""
    if type(x) is dict:
        return list(x.values()), tuple(x)
    if isinstance(x, (tuple, list)):
        return list(x), None
    names = attributes_of(x)
    return None if names is None else ([getattr(x, n) for n in names], tuple(names))


def _measure(x: Any, axes: Any, what: str, found: list[tuple[str, int, int]]) -> None:
    """Note each array with its axis for the examples, and how many there are."""
    if axes is None:
        return
    inside = _parts(x)
    if inside is not None:
        parts, keys = inside
        names = range(len(parts)) if keys is None else keys
        for name, part, a in zip(
            names, parts, of_parts(axes, keys, len(parts), f"`{what}`", "in_axes"), strict=True
        ):
            _measure(part, a, f"{what}[{name!r}]", found)
    elif isinstance(x, (np.ndarray, np.generic, Traced, bool, int, float, complex)):
        shape = shape_of(x)
        axis = of_leaf(axes, f"`{what}`", "in_axes")
        assert axis is not None
        at = normal(axis, len(shape), f"`{what}`", "in_axes")
        found.append((what, at, shape[at]))


def _example(x: Any, axes: Any, k: int) -> Any:
    if axes is None:
        return x
    inside = _parts(x)
    if inside is not None:
        parts, keys = inside
        own = iter(of_parts(axes, keys, len(parts), "", "in_axes"))
        return rebuilt(x, lambda part: _example(part, next(own), k))
    if not isinstance(x, (np.ndarray, Traced)):
        return x
    return x[(slice(None),) * (axes % len(shape_of(x))) + (k,)]


def _stacked(results: list[Any], axes: Any, what: str) -> Any:
    first = results[0]
    inside = _parts(first)
    if inside is not None:
        parts, keys = inside
        own = iter(of_parts(axes, keys, len(parts), what, "out_axes"))
        columns = iter(zip(*(_parts(r)[0] for r in results), strict=True))  # type: ignore[index]
        return rebuilt(first, lambda _: _stacked(list(next(columns)), next(own), what))
    if not isinstance(first, (np.ndarray, np.generic, Traced, bool, int, float, complex)):
        if all(r is first or r == first for r in results):
            return first
        text = f"the function that is batched returns {type(first).__name__}, which is not stacked"
        raise error_for(Diagnostic("C0105", text))
    axes = of_leaf(axes, what, "out_axes")
    if axes is None:
        _refuse_varying(results)
        return first
    if len({shape_of(r) for r in results}) > 1:
        raise error_for(Diagnostic("T0201", f"{RESULTS}have different shapes"))
    return np.stack(results, normal(axes, len(shape_of(first)) + 1, what, "out_axes"))


def _refuse_varying(results: list[Any]) -> None:
    same = all(
        r is results[0] or (not isinstance(r, Traced) and np.array_equal(r, results[0], equal_nan=True))
        for r in results
    )
    if not same:
        text = "`out_axes` is None for a result that differs between the examples"
        raise error_for(Diagnostic("U0601", text))
