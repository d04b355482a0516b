"""A stage made callable: native code, with as little Python around it as the arguments allow.

A function of floats, arrays, tuples, lists and dicts that reads nothing from outside is the native entry
itself.  Instances of classes are taken apart in Python first, and hidden inputs are read.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, cast

from ..capture import pytree
from ..capture.pytree import flatten, unflatten
from ..capture.state import Guard, Hidden
from ..emit.llvm import lower
from ..emit.llvm.native import Native, Options
from ..runtime import cache as caching
from ..runtime.assemble import make, signature_of
from ..runtime.call import NativeFunction
from ..runtime.signature import Leaf, Node, Origin, Tree
from .stage import Stage
from .wrapper import Misfit, misfit, wrapped

Fallback = Callable[..., Any] | None


@dataclass(frozen=True, eq=False, slots=True)
class Shape:
    """How Python values map to the native function: all that is needed beside its code.

    ``inputs``: the structure of the arguments when Python takes them apart, None when the entry does.
    ``output``: likewise for the result.
    """

    inputs: pytree.InTree | None
    output: pytree.Tree | None
    supply: tuple[int, ...]


class Compiled:
    """One specialisation.

    ``direct`` is the fastest way to call it for arguments of its types; it turns to ``fallback`` for all
    others.  It is the native entry itself when it stands ``alone`` (its own fallback is a dispatcher, and
    not `misfit`), and None when Python has to take arguments apart.  ``stage`` and ``native`` are what it
    was made of, for those who want to look; a function from the disk cache has neither.
    """

    def __init__(
        self,
        function: NativeFunction,
        shape: Shape,
        hidden: Sequence[Hidden],
        guards: Sequence[Guard],
        fallback: Fallback,
        alone: bool,
        stage: Stage | None = None,
        native: Native | None = None,
    ) -> None:
        self.function = function
        self.shape = shape
        self.hidden = tuple(hidden)
        self.guards = tuple(guards)
        self.stage = stage
        self.native = native
        self._reads = tuple(h.read for h in hidden)
        self._tests = tuple(g.check for g in guards)
        self.direct: Callable[..., Any] | None = None
        self._alone = alone
        if fallback is not None and shape.inputs is None and shape.output is None:
            self.direct = (
                function.entry if alone else wrapped(function.entry, self.guards, self.hidden, fallback)
            )

    def bound(self, hidden: Sequence[Hidden], guards: Sequence[Guard], fallback: Fallback) -> Compiled:
        """The same code for another function with the same code: it reads from elsewhere."""
        return Compiled(
            self.function, self.shape, hidden, guards, fallback, self._alone, self.stage, self.native
        )

    def valid(self) -> bool:
        """Whether all that the code was specialised on still holds."""
        return all(test() for test in self._tests)

    def __call__(self, *args: Any) -> Any:
        """Call with arguments of this signature; the guards hold."""
        return self.run(args, self.read_hidden())

    def read_hidden(self) -> list[Any]:
        """The hidden inputs as they are now."""
        return [read() for read in self._reads]

    def run(self, args: Sequence[Any], hidden: Sequence[Any]) -> Any:
        """The result for arguments of this signature and these hidden inputs."""
        shape = self.shape
        values: Sequence[Any] = (*args, *hidden)
        if shape.inputs is not None:
            leaves = [*flatten(args, shape.inputs), *hidden]
            values = [leaves[k] for k in shape.supply]
        results = self._run(values)
        return results if shape.output is None else unflatten(shape.output, results)

    def _run(self, values: Sequence[Any]) -> Any:
        """The entry if it takes the arguments, otherwise the tolerant call."""
        if not self._alone:
            try:
                return self.function.entry(*values)
            except Misfit:
                pass
        return self.function.call(*values)


def native_tree(tree: pytree.Tree, number: Callable[[int], int]) -> Tree | None:
    """The tree as the entry knows it, or None when it has parts that only Python can take apart."""
    if isinstance(tree, pytree.Leaf):
        return Leaf(number(tree.index))
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
    first: bool = True,
) -> Compiled:
    """Lower, compile and load a stage; under ``front`` with ``facts`` it is kept for the next process.

    The ``first`` specialisation of a function may stand alone.
    """
    native = lower(stage.module, options)
    params = [native_tree(t, stage.param_of) for t in stage.inputs.trees]
    count = stage.leaf_count()
    arguments: tuple[Tree, ...] = ()
    inputs: pytree.InTree | None = stage.inputs
    if all(t is not None for t in params):
        inputs = None
        hidden = (Leaf(stage.param_of(count + k)) for k in range(len(stage.hidden)))
        arguments = (*cast("list[Tree]", params), *hidden)
    output = native_tree(stage.output, lambda k: k)
    flat = Node("tuple", tuple(Leaf(k) for k in range(len(native.results))))
    kinds = {leaf.index: leaf.kind for leaf in pytree.leaves(stage.output)}
    signature = signature_of(
        native,
        name,
        origins=_origins(stage),
        written=[stage.param_of(k) for k in stage.mutated],
        result_origins=["numpy" if kinds.get(k) == "numpy" else "python" for k in range(len(native.results))],
        arguments=arguments,
        output=flat if output is None else output,
    )
    alone = fallback is not None and first and not stage.hidden and not stage.guards
    plain = inputs is None and output is not None
    function = make(
        native,
        signature,
        cache=caching.default(),
        front=front if plain and facts is not None else None,
        extra={**(facts or {}), "supply": list(stage.supply)},
        fallback=fallback if alone else misfit,
    )
    shape = Shape(inputs, stage.output if output is None else None, stage.supply)
    return Compiled(function, shape, stage.hidden, stage.guards, fallback, alone, stage, native)


def _origins(stage: Stage) -> list[Origin]:
    """For each parameter, which scalars fit."""
    kinds = {leaf.index: leaf.kind for leaf in stage.inputs.leaves()}
    count = stage.leaf_count()
    for k, h in enumerate(stage.hidden):
        kinds[count + k] = "python" if h.python else "numpy"
    names: dict[str, Origin] = {"python": "python", "numpy": "numpy"}
    return [names.get(kinds[s], "any") for s in stage.supply]
