"""Whole matrices of derivatives: `jacobian` and `hessian`, built from products with unit vectors."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Literal

import numpy as np

from ..capture.pytree import InTree, Leaf, Static, Tree, flatten, leaves
from ..diag import Diagnostic
from ..errors import error_for
from ..ir.types import F64X8, NoLanes
from .engines import either, engine_for
from .fit import assemble, fit, owned, refuse_overlap
from .marked import marked
from .pipeline import display_name, outermost
from .products import collect, compiled_for, gather, vjp
from .step import Engine, Step, Wrt, engine_of, normalise
from .wrt import differentiable_leaves, select

LANES = F64X8.lanes

Mode = Literal["auto", "forward", "reverse"]


class Matrix:
    """What `jacobian` and `hessian` return: call it like the function."""

    def __init__(
        self, fun: Callable[..., Any], wrt: Wrt, mode: Mode, kind: str, engine: Engine = "native"
    ) -> None:
        if not callable(fun):
            raise error_for(Diagnostic("U0601", f"expected a function, got {type(fun).__name__}"))
        self.fun = fun
        self.wrt: Wrt = wrt
        self.mode: Mode = mode
        self.kind = kind
        self.engine: Engine = engine_for(fun, engine)
        self.__wengert_derive__ = {"mode": kind, "fun": fun, "wrt": wrt}
        self.__name__ = display_name(fun)
        self.__doc__ = getattr(fun, "__doc__", None)
        self.__wrapped__ = fun

    @outermost
    def __call__(self, *args: Any, **keywords: Any) -> Any:
        """The matrix at these arguments."""
        if keywords:
            text = f"pass the arguments of the {self.kind} by position"
            raise error_for(Diagnostic("U0601", text))
        return either(
            self.engine,
            self.__name__,
            args,
            lambda: self._native(args),
            lambda room: self._traced(room, args),
        )

    def _traced(self, room: Any, args: tuple[Any, ...]) -> Any:
        fun = room.plain_function(self.fun)
        if self.kind == "hessian":
            return room.hessian(fun, self.wrt, args)
        return room.jacobian(fun, self.wrt, args, self.mode)

    def _native(self, args: tuple[Any, ...]) -> Any:
        if self.kind == "hessian":
            return _hessian(self.fun, self.wrt, args)
        return _jacobian(self.fun, self.wrt, self.mode, args)

    def __reduce__(self) -> Any:
        return Matrix, (self.fun, self.wrt, self.mode, self.kind, self.engine)

    def __repr__(self) -> str:
        return f"<{self.kind} of {self.__name__}>"


@marked
def jacobian(fun: Callable[..., Any], wrt: Any = 0, mode: Mode = "auto", *, engine: str = "native") -> Matrix:
    """All derivatives of the result by the arguments that ``wrt`` names.

    For a result of shape ``s`` and an argument of shape ``t`` an array of shape ``s + t``; where the result
    or the arguments are structures, the structure of the result with the structure of the arguments in each
    leaf. ``mode``: ``"forward"`` costs one sweep for each input number, ``"reverse"`` one for each output
    number, ``"auto"`` takes the smaller.  Raises what `grad` raises, but for the result, which may be
    anything.

    >>> import numpy as np, wengert
    >>> wengert.jacobian(lambda x: x * x)(np.array([1.0, 2.0]))
    array([[2., 0.],
           [0., 4.]])
    """
    if mode not in ("auto", "forward", "reverse"):
        raise error_for(Diagnostic("U0601", f"`mode` is 'auto', 'forward' or 'reverse', not {mode!r}"))
    return Matrix(fun, normalise(wrt), mode, "jacobian", engine_of(engine))


@marked
def hessian(fun: Callable[..., Any], wrt: Any = 0, *, engine: str = "native") -> Matrix:
    """The second derivatives of a function that returns one real number: forward mode over the gradient.

    For an argument of shape ``t`` an array of shape ``t + t``; for structures, the structure of the
    arguments with the same structure in each leaf.  Raises what `grad` raises.

    >>> import numpy as np, wengert
    >>> wengert.hessian(lambda x: x[0] ** 2 * x[1])(np.array([3.0, 5.0]))
    array([[10.,  6.],
           [ 6.,  0.]])
    """
    return Matrix(fun, normalise(wrt), "forward", "hessian", engine_of(engine))


def _units(chosen: list[Leaf], values: dict[int, Any]) -> Iterator[tuple[int, int, dict[int, Any]]]:
    """Unit vectors over some leaves, one number at a time: leaf, position, and the value of each leaf."""
    zeros = {leaf.index: np.zeros(np.shape(values[leaf.index])) for leaf in chosen}
    for leaf in chosen:
        for k in range(np.size(values[leaf.index])):
            unit = zeros[leaf.index].copy()
            unit.reshape(-1)[k] = 1.0
            yield leaf.index, k, {**zeros, leaf.index: unit}


def _place(tree: Tree, values: dict[int, Any]) -> Any:
    """A structure with these values in its leaves, and None elsewhere."""
    if isinstance(tree, Leaf):
        return values.get(tree.index)
    if isinstance(tree, Static):
        return None
    return assemble(tree, [_place(c, values) for c in tree.children])


def _arguments(inputs: InTree, args: tuple[Any, ...]) -> dict[int, Any]:
    return {leaf.index: v for leaf, v in zip(inputs.leaves(), flatten(args, inputs), strict=True)}


class _Push:
    """A transform whose last argument is a vector for what ``wrt`` names, at a point; or ``LANES`` vectors,
    along a last axis.
    """

    def __init__(
        self, fun: Callable[..., Any], step: Step, args: tuple[Any, ...], what: str, lanes: bool = False
    ) -> None:
        self.width = LANES if lanes else 1
        self.made = compiled_for(fun, step, args)
        assert self.made.stage is not None
        self.stage = self.made.stage
        self.vector = self.stage.inputs.trees[-1]
        inputs = self.stage.inputs.without_last()
        self.args = inputs.grouped(args)
        self.values = _arguments(inputs, self.args)
        self.run = self.made.partial(self.args)
        self.tree = select(inputs, step.wrt, display_name(fun))
        found = differentiable_leaves(self.tree, what)
        self.chosen = list({leaf.index: leaf for leaf in found}.values())
        self.shapes = {
            slot.index: _shape(self.values[leaf.index], lanes)
            for slot, leaf in zip(leaves(self.vector), _in_order(self.tree, self.chosen), strict=True)
        }

    def __call__(self, vector: dict[int, Any]) -> Any:
        """The result for a vector, given as the values of its leaves."""
        return self.run(fit(self.vector, _place(self.tree, vector), self.shapes))


def _shape(value: Any, lanes: bool) -> tuple[int, ...]:
    return (*(np.shape(value) or (1,)), LANES) if lanes else np.shape(value)


def _pushes(
    fun: Callable[..., Any], mode: str, wrt: Wrt, args: tuple[Any, ...], what: str
) -> tuple[_Push, Iterator[tuple[list[tuple[int, int]], dict[int, Any]]]]:
    """A transform, and what to give it for a unit vector along each number of ``wrt``: for each vector its
    leaf and position there, and the values of all leaves.

    Eight vectors at a time where the function allows it.
    """
    try:
        push = _Push(fun, Step(f"{mode}s", wrt), args, what, lanes=True)
        return push, _packed(push.chosen, push.values)
    except NoLanes:
        pass
    push = _Push(fun, Step(mode, wrt), args, what)
    return push, (([(leaf, k)], unit) for leaf, k, unit in _units(push.chosen, push.values))


def _packed(
    chosen: list[Leaf], values: dict[int, Any]
) -> Iterator[tuple[list[tuple[int, int]], dict[int, Any]]]:
    """Unit vectors, eight along a last axis."""
    places = [(leaf.index, k) for leaf in chosen for k in range(np.size(values[leaf.index]))]
    for at in range(0, len(places), LANES):
        some = places[at : at + LANES]
        vectors = {leaf.index: np.zeros(_shape(values[leaf.index], True)) for leaf in chosen}
        for lane, (leaf, k) in enumerate(some):
            vectors[leaf].reshape(-1, LANES)[k, lane] = 1.0
        yield some, vectors


def _hessian(fun: Callable[..., Any], wrt: Wrt, args: tuple[Any, ...]) -> Any:
    push, vectors = _pushes(fun, "hvp", wrt, args, "Hessian")
    blocks = _blocks(push.chosen, push.chosen, push.values, push.values)
    count = len(push.stage.module.main.results)
    for places, vector in vectors:
        flat: list[Any] = [None] * count
        collect(push.stage.output, push(vector), flat)
        for row, result in zip(_in_order(push.tree, push.chosen), leaves(push.stage.output), strict=True):
            _put(blocks, row.index, places, push, flat[result.index])
    return _assembled(push.tree, push.tree, blocks)


def _in_order(tree: Tree, chosen: list[Leaf]) -> list[Leaf]:
    """The leaves of a structure that are chosen, as often as they stand in it."""
    mine = {leaf.index for leaf in chosen}
    return [leaf for leaf in leaves(tree) if leaf.index in mine]


def _blocks(
    rows: list[Leaf], columns: list[Leaf], outputs: dict[int, Any], inputs: dict[int, Any]
) -> dict[tuple[int, int], np.ndarray[Any, Any]]:
    """An array of zeros for each pair of an output and an input."""
    return {
        (r.index, c.index): np.zeros(
            (*np.shape(outputs[r.index]), *np.shape(inputs[c.index])),
            np.result_type(np.asarray(outputs[r.index]).dtype, np.asarray(inputs[c.index]).dtype),
        )
        for r in rows
        for c in columns
    }


def _assembled(out: Tree, tree: Tree, blocks: dict[tuple[int, int], Any]) -> Any:
    """The structure of the result with the structure of the arguments in each leaf; single numbers are
    numbers.
    """
    if isinstance(out, Leaf):
        found = {c: b if b.ndim else b[()].item() for (r, c), b in blocks.items() if r == out.index}
        return _place(tree, found) if found else None
    if isinstance(out, Static):
        return None
    return assemble(out, [_assembled(c, tree, blocks) for c in out.children])


def _jacobian(fun: Callable[..., Any], wrt: Wrt, mode: Mode, args: tuple[Any, ...]) -> Any:
    forward = compiled_for(fun, Step("jit"), args)
    stage = forward.stage
    assert stage is not None
    tree = select(stage.inputs, wrt, display_name(fun))
    chosen = list({leaf.index: leaf for leaf in differentiable_leaves(tree, "Jacobian")}.values())
    refuse_overlap(stage, stage.inputs.grouped(args), forward.read_hidden())
    values = _arguments(stage.inputs, stage.inputs.grouped(args))
    flat: list[Any] = [None] * len(stage.module.main.results)
    given = owned(args) if stage.mutated else args
    collect(stage.output, forward(*stage.inputs.grouped(given)), flat)
    results = {k: v for k, v in enumerate(flat) if v is not None}
    rows = [leaf for leaf in leaves(stage.output) if np.asarray(results[leaf.index]).dtype.kind in "fc"]
    if not rows:
        raise error_for(
            Diagnostic("T0203", f"`{display_name(fun)}` returns no real numbers to differentiate")
        )
    blocks = _blocks(rows, chosen, results, values)
    wide = sum(np.size(values[c.index]) for c in chosen)
    tall = sum(np.size(results[r.index]) for r in rows)
    if mode == "forward" or (mode == "auto" and wide <= tall):
        _columns(fun, wrt, args, rows, stage.output, blocks)
    else:
        _rows(fun, args, stage.inputs, chosen, rows, results, stage.output, blocks)
    return _assembled(stage.output, tree, blocks)


def _columns(fun: Any, wrt: Wrt, args: Any, rows: Any, output: Tree, blocks: Any) -> None:
    push, vectors = _pushes(fun, "column", wrt, args, "Jacobian")
    for places, vector in vectors:
        flat: dict[int, Any] = {}
        gather(output, push(vector), flat)
        for row in rows:
            _put(blocks, row.index, places, push, flat[row.index])


def _put(
    blocks: dict[tuple[int, int], Any],
    row: int,
    places: list[tuple[int, int]],
    push: _Push,
    found: Any,
) -> None:
    """Columns of a block: one, or several along the last axis of what was found."""
    columns = np.reshape(found, (-1, push.width))
    at = 0
    while at < len(places):
        leaf, first = places[at]
        end = at + 1
        while end < len(places) and places[end][0] == leaf:  # the numbers of one leaf follow each other
            end += 1
        block = blocks[row, leaf].reshape(-1, np.size(push.values[leaf]))
        block[:, first : first + end - at] = columns[:, at:end]
        at = end


def _rows(
    fun: Any, args: Any, inputs: InTree, chosen: Any, rows: Any, results: Any, output: Tree, blocks: Any
) -> None:
    _, pullback = vjp(fun, *args)
    for leaf, k, unit in _units(rows, results):
        bars = pullback(_place(output, unit))
        flat: dict[int, Any] = {}
        for tree, bar in zip(inputs.positional, bars, strict=True):
            gather(tree, bar, flat)
        for column in chosen:
            blocks[leaf, column.index].reshape(unit[leaf].size, -1)[k] = np.ravel(flat[column.index])
