"""Where in a buffer a view lies: indices into the root array as linear forms of indices into the view.

For ``%v = view(%a, %i, %lo, %len, %one) {spec='is'}`` element ``k`` of ``%v`` is element ``(i, lo + k)`` of
``%a``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..ir.core import Op, Value
from ..ir.types import Array
from .affine import Linear, Symbol
from .ranges import Ranges


@dataclass(frozen=True, slots=True)
class Along:
    """The symbol for an index along axis ``axis`` of the view at hand."""

    axis: int


@dataclass(frozen=True, slots=True)
class Unknown:
    """The symbol for an index that is no linear form."""

    source: Op
    axis: int


@dataclass(frozen=True, slots=True)
class Place:
    """Elements of ``root``: one index for each of its axes."""

    root: Value
    index: tuple[Linear, ...]


class Regions:
    """The places of the references of one function."""

    def __init__(self, ranges: Ranges) -> None:
        self.ranges = ranges
        self._places: dict[Value, Place] = {}

    def place(self, v: Value) -> Place:
        """``v`` in terms of the array it is a view of; itself when that is not known."""
        if v not in self._places:
            chain: list[Op] = []
            base = v
            while base not in self._places and (op := self._view_of(base)) is not None:
                chain.append(op)
                base = op.operands[0]
            place = self._places.setdefault(base, _whole(base))
            for op in reversed(chain):
                steps = self._steps(op)
                place = Place(place.root, tuple(substitute(form, steps) for form in place.index))
                self._places[op.result] = place
        return self._places[v]

    def element(self, v: Value, indices: Sequence[Value]) -> Place:
        """The element of ``v`` at ``indices``."""
        place = self.place(v)
        values: dict[Symbol, Linear] = {Along(k): self.ranges.linear(i) for k, i in enumerate(indices)}
        return Place(place.root, tuple(substitute(form, values) for form in place.index))

    def bounds(self, v: Value) -> list[Linear]:
        """Forms that are >= 0 for the indices into ``v``."""
        out: list[Linear] = []
        for k, size in enumerate(self.ranges.sizes(v)):
            index = Linear.symbol(Along(k))
            out += [index, size - index - 1]
        return out

    def _view_of(self, v: Value) -> Op | None:
        op = self.ranges.sites.definition(v)
        return op if op is not None and op.name in ("view", "transpose", "diagonal") else None

    def _steps(self, op: Op) -> dict[Symbol, Linear]:
        """For each axis of the base its index, in terms of the indices into the view."""
        source = op.operands[0]
        assert isinstance(source.type, Array)
        if op.name == "diagonal":
            return {Along(k): Linear.symbol(Along(0)) for k in (0, 1)}
        if op.name == "transpose":
            return {Along(axis): Linear.symbol(Along(k)) for k, axis in enumerate(op.attrs["perm"])}
        out: dict[Symbol, Linear] = {}
        axis, new, at = 0, 0, 1
        for letter in op.attrs["spec"]:
            along = Linear.symbol(Along(new))
            if letter == "i":
                out[Along(axis)] = self.ranges.linear(op.operands[at])
            elif letter == ":":
                out[Along(axis)] = along
            elif letter == "-":
                out[Along(axis)] = Linear.number(0)
            elif letter == "s":
                start, step = self.ranges.linear(op.operands[at]), self.ranges.linear(op.operands[at + 2])
                known = step.is_constant
                out[Along(axis)] = (
                    start + along * step.constant if known else Linear.symbol(Unknown(op, axis))
                )
            at += {"i": 1, "s": 3}.get(letter, 0)
            axis += letter != "+"
            new += letter in "s:+"
        return out


def _whole(v: Value) -> Place:
    assert isinstance(v.type, Array), v
    return Place(v, tuple(Linear.symbol(Along(k)) for k in range(v.type.rank)))


def substitute(form: Linear, values: dict[Symbol, Linear]) -> Linear:
    """``form`` with symbols replaced by forms, all at once."""
    out = Linear.number(form.constant)
    for s, c in form.terms.items():
        out = out + values.get(s, Linear.symbol(s)) * c
    return out
