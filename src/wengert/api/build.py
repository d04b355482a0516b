"""Everything that a first call needs and a restored one does not: capture, transforms, lowering, compilation.

    function, arguments -> capture -> optimise -> transform, optimise (for each step) -> lower -> compile

`pipeline` loads this room when it finds no compiled function.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, cast

from ..capture import capture, pytree
from ..emit.llvm import lower
from ..emit.llvm.native import CALL, Options
from ..errors import error_for
from ..runtime import cache as caching
from ..runtime.assemble import make, signature_of
from ..runtime.signature import Leaf, Node, Origin, Tree
from ..transform import passes
from ..transform.assume import assume
from ..transform.expand import expand
from ..transform.inline import inline
from ..transform.passes import optimise
from ..transform.settle import settle
from .binding import Call
from .compiled import Compiled, Fallback, Shape
from .stage import Stage, captured_stage
from .step import Step
from .steps import applied
from .wrapper import misfit


def base_stage(fun: Callable[..., Any], call: Call, by_value: bool = True) -> Stage:
    """The stage of a function itself.  Raises `CaptureError` with every offence found."""
    captured = capture(fun, call.args, call.keywords, by_value)
    stage = captured_stage(captured)
    return stage.with_module(optimise(inline(expand(stage.module))))


def stage_of(
    fun: Callable[..., Any], steps: Sequence[Step], name: str, call: Call, by_value: bool = True
) -> Stage:
    """The module for some arguments, after all transforms."""
    return transformed(narrowed(base_stage(fun, call, by_value), steps), steps, name)


def narrowed(base: Stage, steps: Sequence[Step]) -> Stage:
    """``base`` with the assumption that arrays which meet have one shape.

    A call that finds it wrong is made again, so it must not have changed anything by then.
    """
    if base.mutated and all(step.mode in ("jit", "batch") for step in steps):
        return base
    return base.with_module(optimise(assume(base.module)))


def transformed(stage: Stage, steps: Sequence[Step], name: str) -> Stage:
    """The stage after all transforms."""
    if stage.unseen and all(step.mode in ("jit", "batch") for step in steps):
        raise error_for(stage.unseen[0])
    for step in steps:
        stage = applied(step, stage, name)
    return stage.with_module(settle(stage.module))


def build(
    base: Stage,
    steps: Sequence[Step],
    name: str,
    fallback: Fallback,
    wide: bool,
    front: Callable[[Stage], tuple[str | None, dict[str, Any] | None]] = lambda _: (None, None),
    may_stand_alone: bool = True,
) -> Compiled:
    """Compile a function and its transforms; ``wide`` code assumes nothing about shapes.

    ``front`` gives the key and the facts under which the code is kept for the next process.
    """
    stage = transformed(base if wide else narrowed(base, steps), steps, name)
    key, facts = front(stage)
    made = compile_stage(stage, name, fallback, front=key, facts=facts, may_stand_alone=may_stand_alone)
    if not wide:
        made.wider = lambda: build(base, steps, name, None, wide=True)
    return made


def native_tree(tree: pytree.Tree, number: Callable[[int], int]) -> Tree | None:
    """The tree as the entry knows it, or None when it has parts that only Python can take apart."""
    if isinstance(tree, pytree.Leaf):
        return None if tree.kind.startswith("list") else Leaf(number(tree.index))
    if isinstance(tree, pytree.Static) or tree.cls not in (tuple, list, dict):
        return None
    children = [native_tree(c, number) for c in tree.children]
    if any(c is None for c in children) or not all(type(k) is str for k in tree.keys):
        return None
    kind = cast(Any, tree.kind)
    return Node(kind, tuple(cast("list[Tree]", children)), tree.keys if kind == "dict" else ())


def compile_stage(
    stage: Stage,
    name: str,
    fallback: Fallback,
    options: Options | None = None,
    front: str | None = None,
    facts: dict[str, Any] | None = None,
    may_stand_alone: bool = True,
) -> Compiled:
    """Lower, compile and load a stage; under ``front`` with ``facts`` it is kept for the next process.

    The first specialisation of a function may stand alone, see `Compiled`.
    """
    native = lower(passes.native(stage.module), options)
    params = [native_tree(t, stage.param_of) for t in stage.inputs.trees]
    count = stage.leaf_count()
    arguments: tuple[Tree, ...] = ()
    inputs: pytree.InTree | None = stage.inputs
    if all(t is not None for t in params):
        inputs = None
        hidden = (Leaf(stage.param_of(count + k)) for k in range(len(stage.hidden)))
        arguments = (*cast("list[Tree]", params), *hidden)
    numbers = [leaf.index for leaf in pytree.leaves(stage.output)]
    assert len(set(numbers)) == len(numbers), "a result can be handed over once"
    output = native_tree(stage.output, lambda k: k)
    flat = Node("tuple", tuple(Leaf(k) for k in range(len(native.results))))
    kinds = {leaf.index: leaf.kind for leaf in pytree.leaves(stage.output)}
    signature = signature_of(
        native,
        name,
        origins=_origins(stage),
        written=[stage.param_of(k) for k in stage.mutated],
        alone=[stage.param_of(k) for k in stage.alone],
        result_origins=["numpy" if kinds.get(k) == "numpy" else "python" for k in range(len(native.results))],
        arguments=arguments,
        output=flat if output is None else output,
    )
    alone = fallback is not None and may_stand_alone and not stage.hidden and not stage.guards
    plain = inputs is None and output is not None
    function = make(
        native,
        signature,
        cache=caching.default(),
        front=front if plain and facts is not None and CALL not in native.symbols else None,
        extra={**(facts or {}), "supply": list(stage.supply)},
        fallback=misfit,
    )
    shape = Shape(inputs, stage.output if output is None else None, stage.supply)
    return Compiled(function, shape, stage.hidden, stage.guards, fallback, alone, stage, native)


def _origins(stage: Stage) -> list[Origin]:
    """For each parameter, which scalars fit."""
    kinds = {leaf.index: leaf.kind for leaf in stage.inputs.leaves()}
    count = stage.leaf_count()
    for k, h in enumerate(stage.hidden):
        kinds[count + k] = "big" if h.big else "python" if h.python else "numpy"
    names: dict[str, Origin] = {"python": "python", "big": "big", "numpy": "numpy"}
    return [names.get(kinds[s], "any") for s in stage.supply]
