"""Where the operations of a function stand, and which may execute after which.

Within one run of a function, B may execute after A when B stands later in a block that holds both (itself
or in regions nested in it), or when some loop encloses both.  The two branches of one ``if`` exclude each
other.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..ir.core import Block, Func, Op, Value
from .effects import LOOPS


@dataclass(frozen=True, eq=False, slots=True)
class Step:
    """One step on the way from the body of a function to an op: op number ``index`` of ``block``, which is
    region number ``region`` of ``owner`` (``None``: the body)."""

    block: Block
    index: int
    owner: Op | None
    region: int


Path = tuple[Step, ...]


class Sites:
    """The paths of all operations and the definitions of all values of one function.

    >>> sites = Sites(func)                                                       # doctest: +SKIP
    >>> sites.may_follow(store, load)      # may the load execute after the store?  # doctest: +SKIP
    """

    def __init__(self, func: Func) -> None:
        self.func = func
        self.ops: list[Op] = []
        self._paths: dict[Op, Path] = {}
        self._definition: dict[Value, Op] = {}
        self._param: dict[Value, tuple[Op | None, int, int]] = {}
        self._walk(func.body, (), None, 0)

    def _walk(self, block: Block, outer: Path, owner: Op | None, region: int) -> None:
        for k, p in enumerate(block.params):
            self._param[p] = (owner, region, k)
        for index, op in enumerate(block.ops):
            path = (*outer, Step(block, index, owner, region))
            self._paths[op] = path
            self.ops.append(op)
            for r in op.results:
                self._definition[r] = op
            for k, inner in enumerate(op.regions):
                self._walk(inner, path, op, k)

    def path(self, op: Op) -> Path:
        """The steps from the body of the function down to ``op``."""
        return self._paths[op]

    def definition(self, value: Value) -> Op | None:
        """The op that defines ``value``; ``None`` for the parameter of a block."""
        return self._definition.get(value)

    def param_of(self, value: Value) -> tuple[Op | None, int, int] | None:
        """(owner op or ``None`` for the body, region number, position) when ``value`` is the parameter of a
        block."""
        return self._param.get(value)

    def loops(self, op: Op) -> tuple[Op, ...]:
        """The loops around ``op``, outermost first."""
        return tuple(s.owner for s in self._paths[op] if s.owner is not None and s.owner.name in LOOPS)

    def encloses(self, outer: Op, op: Op) -> bool:
        """Whether ``op`` stands in a region of ``outer``."""
        return any(s.owner is outer for s in self._paths[op])

    def is_defined_outside(self, value: Value, loop: Op) -> bool:
        """Whether ``value`` is the same in every trip of ``loop`` because it is defined outside."""
        where = self._definition.get(value)
        if where is not None:
            return where is not loop and not self.encloses(loop, where)
        owner = self._param[value][0]
        return owner is None or (owner is not loop and not self.encloses(loop, owner))

    def comes_first(self, a: Op, b: Op) -> bool:
        """Whether, in one pass through the innermost block that holds both, ``a`` executes before ``b``."""
        for x, y in zip(self._paths[a], self._paths[b], strict=False):
            if x.block is not y.block:
                return x.owner is not None and x.owner.name == "while" and x.region < y.region
            if x.index != y.index:
                return x.index < y.index
        return False

    def common_loops(self, a: Op, b: Op) -> tuple[Op, ...]:
        """The loops around both, outermost first."""
        shared: list[Op] = []
        for x, y in zip(self._paths[a], self._paths[b], strict=False):
            if x.owner is not None and x.owner is y.owner and x.owner.name in LOOPS:
                shared.append(x.owner)
            if x.block is not y.block or x.index != y.index:
                break
        return tuple(shared)

    def may_follow(self, a: Op, b: Op) -> bool:
        """Whether some execution of ``b`` may come after some execution of ``a`` within one run of the
        function."""
        return bool(self.common_loops(a, b)) or self.comes_first(a, b)
