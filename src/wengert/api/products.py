"""Derivatives at a point: `jvp`, `vjp`, `linearize`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..capture.pytree import Leaf, Node, Tree, flatten, leaves, unflatten
from ..diag import Diagnostic
from ..errors import error_for
from .compiled import Compiled
from .derivative import Derivative
from .engines import either, engine_for
from .fit import as_tuple, fit, owned, refuse_overlap
from .marked import marked
from .outputs import finals_of
from .pipeline import display_name, outermost, program_of
from .step import RETURN, Step

Fun = Callable[..., Any]


def compiled_for(fun: Fun, step: Step, args: Sequence[Any]) -> Compiled:
    """The specialisation of a transform for arguments given by position, without vectors."""
    inner, before = (fun.program.fun, fun.program.steps) if isinstance(fun, Derivative) else (fun, ())
    program = program_of(inner, (*before, step))
    return program.find(program.bind((*args, *(None,) * step.extra)))


@marked
@outermost
def jvp(fun: Fun, args: Sequence[Any], tangents: Sequence[Any], *, engine: str = "native") -> tuple[Any, Any]:
    """``(y, dy)``: the value at ``args`` and its derivative along ``tangents`` (forward mode).

    A tangent has the structure and shapes of its argument; None or 0 stands for zero, and is what integers
    get. Raises `UseError` when structures differ, `ShapeError` when shapes do.

    >>> import wengert
    >>> wengert.jvp(lambda x, y: x * y, (2.0, 3.0), (1.0, 0.0))
    (6.0, 3.0)
    """
    args, tangents = as_tuple(args, "args"), as_tuple(tangents, "tangents")
    if len(args) != len(tangents):
        text = f"{len(args)} arguments and {len(tangents)} tangents"
        raise error_for(Diagnostic("U0601", text, helps=("pass a tangent for every argument; None is zero",)))
    return either(
        engine_for(fun, engine),
        display_name(fun),
        (args, tangents),
        lambda: _jvp(fun, args, tangents),
        lambda tracing: tracing.push(tracing.plain_function(fun), args, tangents),
    )


def _jvp(fun: Fun, args: tuple[Any, ...], tangents: tuple[Any, ...]) -> tuple[Any, Any]:
    made = compiled_for(fun, Step("jvp"), args)
    stage = made.stage
    assert stage is not None
    tree = stage.inputs.trees[-1]
    primal = stage.inputs.without_last()
    args, tangents = primal.grouped(args), primal.grouped(tangents)
    values = [v for v, leaf in zip(flatten(args, primal), primal.leaves(), strict=True) if leaf.varies]
    shapes = {leaf.index: np.shape(v) for leaf, v in zip(leaves(tree), values, strict=True)}
    fitted = fit(tree, tangents, shapes)
    return made(*args, fitted)


@marked
@outermost
def linearize(fun: Fun, *args: Any, engine: str = "native") -> tuple[Any, Callable[..., Any]]:
    """``(y, push)``: the value, and the function ``push(*tangents) -> dy`` at this point.

    ``push`` keeps copies of the arrays, so later changes to them do not matter.

    >>> import wengert
    >>> y, push = wengert.linearize(lambda x: x * x, 3.0)
    >>> y, push(1.0), push(2.0)
    (9.0, 6.0, 12.0)
    """

    def native() -> tuple[Any, Any, str]:
        point = owned(args)
        made = compiled_for(fun, Step("jit"), args)
        assert made.stage is not None
        refuse_overlap(made.stage, made.stage.inputs.grouped(args), made.read_hidden())
        return made(*made.stage.inputs.grouped(owned(point))), point, "native"

    def traced(tracing: Any) -> tuple[Any, Any, str]:
        point = tracing.kept(args)
        return tracing.plain_function(fun)(*tracing.kept(args)), point, "trace"

    y, point, how = either(engine_for(fun, engine), display_name(fun), args, native, traced)

    @outermost
    def push(*tangents: Any) -> Any:
        """The derivative along ``tangents``, one for each argument."""
        return jvp(fun, point, tangents, engine=how)[1]

    return y, push


@marked
@outermost
def vjp(
    fun: Fun, *args: Any, outputs: Sequence[str] = (RETURN,), engine: str = "native"
) -> tuple[Any, Callable[[Any], tuple[Any, ...]]]:
    """``(y, pullback)``: the value at ``args``, and the function that takes a cotangent of ``y`` back to
    the arguments.

    ``pullback(y_bar)`` gives a tuple with a cotangent for each argument (None where there is nothing to
    differentiate by).  It keeps copies of what it reads, so it may be called any number of times, from any
    thread, whatever becomes of the arguments.  ``outputs`` names what ``y`` consists of: ``"return"`` for
    the result, and names of arguments that the function overwrites for their final content; with more than
    one, ``y`` and ``y_bar`` are tuples.  The caller's arguments are left as they were.

    >>> import numpy as np, wengert
    >>> y, pullback = wengert.vjp(lambda x: 2.0 * x, np.ones(2))
    >>> pullback(np.array([1.0, 10.0]))
    (array([ 2., 20.]),)
    """
    names = (outputs,) if isinstance(outputs, str) else tuple(outputs)
    return either(
        engine_for(fun, engine),
        display_name(fun),
        args,
        lambda: _vjp(fun, args, names),
        lambda tracing: tracing.pull(tracing.plain_function(fun), args, names),
    )


def _vjp(
    fun: Fun, args: tuple[Any, ...], outputs: tuple[str, ...]
) -> tuple[Any, Callable[[Any], tuple[Any, ...]]]:
    point = owned(args)
    forward = compiled_for(fun, Step("jit"), args)
    reverse = compiled_for(fun, Step("vjp", outputs=outputs), args)
    assert forward.stage is not None
    refuse_overlap(forward.stage, forward.stage.inputs.grouped(args), forward.read_hidden())
    point = forward.stage.inputs.grouped(point)
    y, shapes = _value(fun, point, outputs, forward, reverse)
    hidden = _copies(reverse.read_hidden())
    assert reverse.stage is not None
    tree = reverse.stage.inputs.trees[-1]

    @outermost
    def pullback(y_bar: Any) -> tuple[Any, ...]:
        """The cotangents of the arguments for the cotangent ``y_bar`` of the value."""
        fitted = fit(tree, y_bar, shapes)
        return reverse.run((*point, fitted), hidden)

    return y, pullback


def _copies(values: Sequence[Any]) -> list[Any]:
    return [v.copy() if isinstance(v, np.ndarray) else v for v in values]


def _value(
    fun: Fun, point: tuple[Any, ...], outputs: tuple[str, ...], forward: Any, reverse: Any
) -> tuple[Any, Any]:
    """The value, and the shapes of its differentiable leaves by their number in the reverse stage."""
    stage, tree = forward.stage, reverse.stage.inputs.trees[-1]
    spare = owned(point)
    inputs = stage.inputs
    result = forward.run(spare, _copies(forward.read_hidden()))
    finals = flatten(spare, inputs)
    flat: list[Any] = [None] * len(stage.module.main.results)
    collect(stage.output, result, flat)
    trees = [stage.output if part == RETURN else finals_of(stage, "the function", part) for part in outputs]
    pools = [flat if part == RETURN else finals for part in outputs]
    parts = [
        result if part == RETURN else unflatten(t, finals) for part, t in zip(outputs, trees, strict=True)
    ]
    bars = [tree] if len(outputs) == 1 else tree.children
    shapes: dict[int, tuple[int, ...]] = {}
    for pool, own, bar in zip(pools, trees, bars, strict=True):
        pair_shapes(own, bar, pool, shapes)
    return (parts[0] if len(parts) == 1 else tuple(parts)), shapes


def collect(tree: Tree, value: Any, out: list[Any]) -> None:
    """Put each leaf of a value into its place in ``out``."""
    if isinstance(tree, Leaf):
        out[tree.index] = value
    elif isinstance(tree, Node):
        if tree.kind == "object":
            parts = [getattr(value, k) for k in tree.keys]
        else:
            parts = list(value.values()) if tree.kind == "dict" else list(value)
        for child, part in zip(tree.children, parts, strict=True):
            collect(child, part, out)


def gather(tree: Tree, value: Any, found: dict[int, Any]) -> None:
    """The leaves of a value that may be None in places."""
    if isinstance(tree, Leaf):
        found[tree.index] = value
    elif isinstance(tree, Node) and value is not None:
        if tree.kind == "object":
            parts = [getattr(value, k) for k in tree.keys]
        else:
            parts = list(value.values()) if tree.kind == "dict" else list(value)
        for child, part in zip(tree.children, parts, strict=True):
            gather(child, part, found)


def pair_shapes(own: Tree, bar: Tree, values: Sequence[Any], shapes: dict[int, tuple[int, ...]]) -> None:
    """Walk a value's tree and its cotangent's together, and note the shape of each leaf."""
    if isinstance(bar, Node):
        assert isinstance(own, Node)
        for a, b in zip(own.children, bar.children, strict=True):
            pair_shapes(a, b, values, shapes)
    elif isinstance(bar, Leaf):
        assert isinstance(own, Leaf)
        shapes[bar.index] = np.shape(values[own.index])
