"""Functions that are called out of line, split into a forward and a reverse half.

The forward half does what the function does and keeps, in a *frame*, what the reverse half will read; it
returns the number of the frame.  Frames live in records that belong to the outermost caller and are passed
along every call, so recursion needs no stack of its own and a pullback may read them as often as it likes::

    aug(params, shadows of references, records) -> results, shadows of results, frame
    rev(frame, shadows of references, cotangents of scalar results, records) -> those of scalar parameters
"""

from __future__ import annotations

from ...ir.core import Func, Module, Value
from ...ir.types import Array, Rec, Scalar, differentiable, is_ref
from ..terms import zeros_like
from ..tree import Body
from .adjoint import Adjoint
from .prune import prune
from .records import Records
from .shadows import Sweep


class Halves:
    """The split functions of one derivative, made on demand."""

    def __init__(self, module: Module) -> None:
        self.module = module
        self.records: list[tuple[Scalar | Array, str]] = []
        self._wanted: list[str] = []
        self._made: list[_Split] = []

    def names(self, name: str) -> tuple[str, str]:
        """The names of the two halves of a function."""
        if name not in self._wanted:
            self._wanted.append(name)
        return f"{name}.aug", f"{name}.rev"

    def finish(self) -> dict[str, Func]:
        """All halves that were asked for, by name."""
        done = 0
        while done < len(self._wanted):
            name = self._wanted[done]
            self._made.append(_Split(self, self.module.funcs[name]))
            done += 1
        out: dict[str, Func] = {}
        for split in self._made:
            for func in split.freeze():
                out[func.name] = func
        return out

    def new_record(self, item: Scalar | Array, hint: str) -> int:
        """The number of a new record of frames."""
        self.records.append((item, hint))
        return len(self.records) - 1

    def pass_records(self, body: Body, records: list[Value]) -> None:
        """Give ``records`` to every call of a half in ``body``."""
        halves = {n for name in self._wanted for n in self.names(name)}
        for node in body.nodes():
            if node.name == "call" and node.attrs["func"] in halves:
                node.operands += records


class _Split:
    """The two halves of one function."""

    def __init__(self, halves: Halves, func: Func) -> None:
        self.halves = halves
        self.func = func
        active = tuple(k for k, p in enumerate(func.params) if differentiable(p.type))
        self.sweep = sweep = Sweep(func, active, split=halves.names, is_open=True)
        self.records: dict[int, Value] = {}
        shadows = {
            p: Value(p.type, f"{p.hint}_bar") for p in func.params if is_ref(p.type) and sweep.active(p)
        }
        for p, shadow in shadows.items():
            sweep.give(p, shadow)
            sweep.home[shadow] = sweep.top
        sweep.pair()
        adjoint = Adjoint(sweep)
        self.bars: list[Value] = []
        for r in func.results:
            if isinstance(r.type, Scalar) and differentiable(r.type):
                self.bars.append(Value(r.type, f"{r.hint or 'y'}_bar"))
                adjoint.seed(r, self.bars[-1])
        adjoint.run()
        self.shadows = list(shadows.values())
        twins = [sweep.twin[r] for r in func.results if is_ref(r.type) and sweep.active(r)]
        cotangents: list[Value] = []
        for p in func.params:
            if isinstance(p.type, Scalar) and differentiable(p.type):
                found = adjoint.scope.local.get(p)
                cotangents.append(found if found is not None else zeros_like(adjoint.em, p))
        top, back = sweep.top, sweep.back
        top.params = [*func.params, *self.shadows]
        top.yields = [*func.results, *twins]
        back.yields = cotangents
        self.slot = Value(Scalar("i64"), "frame")
        prune(back)
        records = Records(sweep, adjoint.pairs, self._new_record, back)
        records.run()
        number = records.frame(self.slot, {*self.shadows, *self.bars})
        top.yields.append(number)
        prune(top)
        prune(back)

    def _new_record(self, item: Scalar | Array, hint: str) -> Value:
        k = self.halves.new_record(item, hint)
        self.records[k] = Value(Rec(item), hint)
        return self.records[k]

    def freeze(self) -> tuple[Func, Func]:
        func, top, back = self.func, self.sweep.top, self.sweep.back
        recs = [self.records.get(k) or Value(Rec(i), h) for k, (i, h) in enumerate(self.halves.records)]
        self.halves.pass_records(top, recs)
        self.halves.pass_records(back, recs)
        top.params += recs
        back.params = [self.slot, *self.shadows, *self.bars, *recs]
        aug, rev = self.halves.names(func.name)
        names = tuple(
            f"{p.hint}_bar" for p in func.params if isinstance(p.type, Scalar) and differentiable(p.type)
        )
        return Func(aug, top.freeze(), (), func.span), Func(rev, back.freeze(), names, func.span)
