"""A stage: one module with the Python structure of what goes in and what comes out.

Capture gives the first stage; every transform takes a stage and gives the next.  So a derivative of a
derivative is the same thing as a derivative of a function, and only the last stage is lowered.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from ..capture.pytree import InTree, Leaf, Node, Static, Tree, leaves
from ..capture.state import Guard, Hidden
from ..diag.diagnostic import Diagnostic
from ..ir.core import Block, Func, Module, Op, Value
from ..ir.types import Array
from ..ir.walk import ops


@dataclass(frozen=True, eq=False, slots=True)
class Stage:
    """``supply`` tells for each parameter of the module where its value comes from: the number of a leaf of
    ``inputs``, or, counted after those, of a hidden input.  Leaves of ``output`` are numbers of results.
    ``mutated`` are the leaves that the module writes, ``alone`` those that the function itself writes: no
    other may share their memory.  ``unseen`` says what else the function changes, which is not handed back:
    only a derivative, which leaves its arguments as they were, may be taken then.
    """

    module: Module
    inputs: InTree
    output: Tree
    supply: tuple[int, ...]
    hidden: tuple[Hidden, ...] = ()
    guards: tuple[Guard, ...] = ()
    mutated: frozenset[int] = frozenset()
    alone: frozenset[int] = frozenset()
    unseen: tuple[Diagnostic, ...] = ()

    def param_of(self, leaf: int) -> int:
        """The parameter of the module that takes a leaf."""
        return self.supply.index(leaf)

    def leaf_count(self) -> int:
        """How many leaves the arguments have; hidden inputs are numbered after them."""
        return len(self.supply) - len(self.hidden)

    def with_module(self, module: Module) -> Stage:
        """The same with another module of the same parameters and results."""
        return replace(self, module=module)


def captured_stage(captured: Any) -> Stage:
    """The first stage, from what `wengert.capture.capture` gives."""
    count = len(captured.in_tree.leaves())
    return Stage(
        module=captured.module,
        inputs=captured.in_tree,
        output=captured.out_tree,
        supply=tuple(range(count + len(captured.hidden))),
        hidden=tuple(captured.hidden),
        guards=tuple(captured.guards),
        mutated=frozenset(captured.mutated),
        alone=frozenset(captured.mutated),
        unseen=captured.unseen,
    )


def renumber(tree: Tree, order: Sequence[int]) -> Tree:
    """The tree whose leaf ``k`` is numbered ``order[k]``, in the order of `leaves`."""
    left = iter(order)

    def visit(t: Tree) -> Tree:
        if isinstance(t, Leaf):
            return replace(t, index=next(left))
        return t if isinstance(t, Static) else replace(t, children=tuple(map(visit, t.children)))

    return visit(tree)


def shift(tree: Tree, by: int) -> Tree:
    """All leaves ``by`` places further on."""
    return renumber(tree, [leaf.index + by for leaf in leaves(tree)])


def contiguous(leaf: Leaf) -> Leaf:
    """The leaf as a result: fresh arrays are contiguous."""
    t = leaf.type
    return replace(leaf, type=Array(t.dtype, t.axes)) if isinstance(t, Array) else leaf


def tuple_of(*trees: Tree) -> Node:
    """A plain tuple of trees."""
    return Node("tuple", tuple, (), tuple(trees))


NOTHING = Static(None)
"""Stands for what has no derivative."""


def copied(module: Module, positions: Iterable[int]) -> Module:
    """The module whose entry works on copies of some array parameters::

    func @f(%x: f64[n]) { ... }    =>    func @f(%x.1: f64[n]) { %x = copy(%x.1) ... }
    """
    func = module.main
    chosen = sorted(positions)
    if not chosen:
        return module
    if any(
        op.name == "call" and op.attrs["func"] == func.name
        for f in module.funcs.values()
        for op in ops(f.body)
    ):
        func = _forwarding(func)
    params = list(func.params)
    head: list[Op] = []
    for k in chosen:
        old = params[k]
        params[k] = Value(old.type, old.hint)
        head += _copy(params[k], old)
    body = Block(tuple(params), (*head, *func.body.ops), func.results)
    made = Func(func.name, body, func.result_names, func.span)
    return Module(made.name, MappingProxyType({**module.funcs, made.name: made}))


def _copy(source: Value, target: Value) -> list[Op]:
    """``target = copy(source)``; a copy is contiguous, and a view of it stands where any strides may."""
    assert isinstance(source.type, Array)
    if source.type.layout == "C":
        return [Op("copy", (source,), (target,))]
    fresh = Value(Array(source.type.dtype, source.type.axes), source.hint)
    perm = MappingProxyType({"perm": tuple(range(source.type.rank))})
    return [Op("copy", (source,), (fresh,)), Op("transpose", (fresh,), (target,), perm)]


def _forwarding(func: Func) -> Func:
    """A function that calls ``func``, which others call too."""
    params = tuple(Value(p.type, p.hint) for p in func.params)
    results = tuple(Value(r.type, r.hint) for r in func.results)
    call = Op("call", params, results, MappingProxyType({"func": func.name}))
    return Func(f"{func.name}.copying", Block(params, (call,), results), func.result_names, func.span)
