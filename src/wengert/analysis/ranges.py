"""What is known about integers: intervals, linear forms in a few symbols, sizes of arrays, and proofs of
inequalities.

A symbol is an integer `Value` that is nothing simpler, or a pair ``(array, axis)`` for a size that is
nothing simpler.  Linear forms are exact: an addition that might overflow is a symbol of its own, never a sum
(unless ``unbounded``, which takes integers for Python's own and must not decide on safety).  Sizes are
below 2**48.

``ranges.prove(load, ranges.size(a, 0) - ranges.linear(i) - 1)`` asks whether ``i < len(a)`` where the load
stands.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from ..ir.core import Block, Func, Op, Value
from ..ir.types import I64, Array, Scalar
from .affine import Linear, Symbol, infeasible
from .carried import steady
from .sites import Sites
from .sizes import result_sizes

Interval = tuple[int, int]

LARGEST_SIZE = 2**48
_FULL: Interval = (-(2**63), 2**63 - 1)
_BY_TYPE: dict[str, Interval] = {"i64": _FULL, "i32": (-(2**31), 2**31 - 1), "u8": (0, 255), "bool": (0, 1)}
_MAX_TERMS = 8
_NEGATED = {"lt": "ge", "ge": "lt", "gt": "le", "le": "gt", "eq": "ne", "ne": "eq"}
MINIMA = frozenset({"minimum", "fmin", "pymin"})
MAXIMA = frozenset({"maximum", "fmax", "pymax"})
_COUNTS = frozenset({"rec_len", "rec_grow"})


class Ranges:
    """Facts about the integers of one function; computed once, in the order of the text."""

    def __init__(self, func: Func, sites: Sites | None = None, unbounded: bool = False) -> None:
        self.sites = sites or Sites(func)
        self.unbounded = unbounded
        self._interval: dict[Value, Interval] = {}
        self._linear: dict[Value, Linear] = {}
        self._sizes: dict[Value, tuple[Linear, ...]] = {}
        self._facts: dict[Symbol, list[Linear]] = {}
        self._inside: dict[Block, list[Linear]] = {}
        self._proved: dict[tuple[Block, Linear], bool] = {}
        for p in func.params:
            self._opaque(p)
        for op in self.sites.ops:
            self._visit(op)

    # asking

    def interval(self, v: Value) -> Interval:
        """Bounds of an integer, both included."""
        return self._interval[v] if v in self._interval else _BY_TYPE.get(str(v.type), _FULL)

    def linear(self, v: Value) -> Linear:
        """An i64 value as a linear form."""
        return self._linear[v] if v in self._linear else Linear.symbol(v)

    def size(self, array: Value, axis: int) -> Linear:
        """The size of an axis as a linear form."""
        return self.sizes(array)[axis]

    def sizes(self, array: Value) -> tuple[Linear, ...]:
        """The sizes of all axes."""
        return self._sizes[array] if array in self._sizes else self._unknown_sizes(array)

    def facts(self, s: Symbol) -> list[Linear]:
        """Forms that are >= 0 wherever the symbol is defined."""
        if s in self._facts:
            return self._facts[s]
        form = Linear.symbol(s)
        low, high = self._bounds(s)
        return [*([form - low] if low > _FULL[0] else []), *([-form + high] if high < _FULL[1] else [])]

    def _bounds(self, s: Symbol) -> Interval:
        if isinstance(s, Value):
            return self._interval.get(s, _FULL)
        return (0, LARGEST_SIZE) if isinstance(s, tuple) else _FULL

    def context(self, op: Op) -> list[Linear]:
        """Forms that are >= 0 where ``op`` stands, because of the loops and conditions around it."""
        out: list[Linear] = []
        for step in self.sites.path(op):
            out += self._inside.get(step.block, ())
        return out

    def prove(self, op: Op, form: Linear, given: Sequence[Linear] = ()) -> bool:
        """Whether ``form >= 0`` whenever ``op`` executes and the forms of ``given`` are >= 0."""
        if form.is_constant and form.constant >= 0:
            return True
        if self._lower_bound(form) >= 0:
            return True
        if given:
            return infeasible(self.close([*self.context(op), *given, -form - 1]))
        key = (self.sites.path(op)[-1].block, form)
        if key not in self._proved:
            self._proved[key] = infeasible(self.close([*self.context(op), -form - 1]))
        return self._proved[key]

    def close(self, system: Sequence[Linear], about: Sequence[Linear] = ()) -> list[Linear]:
        """``system`` with the facts about every symbol in it and in ``about``, and about the symbols of
        these."""
        seen: set[Symbol] = set()
        out = list(system)
        for form in chain(about, out):  # grows while we look at it
            for s in form.terms:
                if s not in seen:
                    seen.add(s)
                    out.extend(self.facts(s))
        return out

    def holds(self, cond: Value, truth: bool, depth: int = 8) -> list[Linear]:
        """Forms that are >= 0 when the bool ``cond`` is ``truth``."""
        op = self.sites.definition(cond)
        if op is None or depth == 0:
            return []
        if op.name == "not":
            return self.holds(op.operands[0], not truth, depth - 1)
        if op.name == ("and" if truth else "or") and isinstance(op.result.type, Scalar):
            return [f for v in op.operands for f in self.holds(v, truth, depth - 1)]
        if op.name not in _NEGATED or any(v.type != I64 for v in op.operands):
            return []
        a, b = (self.linear(v) for v in op.operands)
        name = op.name if truth else _NEGATED[op.name]
        return {
            "lt": [b - a - 1],
            "le": [b - a],
            "gt": [a - b - 1],
            "ge": [a - b],
            "eq": [a - b, b - a],
            "ne": [],
        }[name]

    # building

    def _lower_bound(self, form: Linear) -> int:
        low = form.constant
        for s, c in form.terms.items():
            a, b = self._bounds(s)
            low += c * (a if c > 0 else b)
        return low

    def _unknown_sizes(self, array: Value) -> tuple[Linear, ...]:
        assert isinstance(array.type, Array), array
        axes = enumerate(array.type.axes)
        return tuple(Linear.number(1) if letter == "1" else Linear.symbol((array, k)) for k, letter in axes)

    def _opaque(self, v: Value, interval: Interval | None = None, facts: Sequence[Linear] = ()) -> None:
        if isinstance(v.type, Array):
            self._sizes[v] = self._unknown_sizes(v)
        elif str(v.type) in _BY_TYPE:
            self._interval[v] = interval or _BY_TYPE[str(v.type)]
            self._linear[v] = Linear.symbol(v)
            if facts:
                self._facts[v] = [*self.facts(v), *facts]

    def _set(self, v: Value, form: Linear, interval: Interval) -> None:
        """``v`` is ``form``, unless that might overflow or is too long to be of use."""
        fits = interval[0] >= _FULL[0] and interval[1] <= _FULL[1]
        if not fits:
            interval = _FULL
        if not (fits or self.unbounded):
            self._opaque(v)
        elif len(form.terms) > _MAX_TERMS:
            self._opaque(v, interval)
        else:
            self._interval[v] = (form.constant, form.constant) if form.is_constant else interval
            self._linear[v] = form

    def _visit(self, op: Op) -> None:
        for region in op.regions:
            for p in region.params:
                self._opaque(p)
        if op.name == "for":
            self._visit_for(op)
        elif op.name == "if":
            for region, truth in zip(op.regions, (True, False), strict=True):
                self._inside[region] = self.holds(op.operands[0], truth)
        for r in op.results:
            if isinstance(r.type, Array):
                self._sizes[r] = result_sizes(op, self) or self._unknown_sizes(r)
            elif r.type == I64 and not op.regions and all(not isinstance(v.type, Array) for v in op.operands):
                self._visit_integer(op, r)
            elif op.name == "dim":
                form = self.size(op.operands[0], op.attrs["axis"])
                self._set(r, form, (0, LARGEST_SIZE))
            else:
                count = op.name in ("for", "while") and r is op.results[0]
                self._opaque(r, (0, _FULL[1]) if count else None)
        if op.name in ("for", "while"):
            for start, names in steady(op, self.sites, self.sizes, self.linear):
                self._sizes.update(dict.fromkeys(names, self.sizes(start)))

    def _visit_for(self, op: Op) -> None:
        body, (lo, hi, step) = op.regions[0], op.operands[:3]
        i = body.params[0]
        (a, b), (c, d) = self.interval(lo), self.interval(hi)
        form = Linear.symbol(i)
        low, high = self.linear(lo), self.linear(hi)
        if self.interval(step)[0] > 0:
            bounds, facts = (a, d - 1), [form - low, high - form - 1]
        elif self.interval(step)[1] < 0:
            bounds, facts = (c + 1, b), [form - high - 1, low - form]
        else:
            bounds, facts = (min(a, c + 1), max(b, d - 1)), []
        self._opaque(i, (bounds[0], max(bounds)), facts)
        self._inside[body] = facts

    def _visit_integer(self, op: Op, r: Value) -> None:
        name, args = op.name, op.operands
        if name == "const":
            n = int(op.attrs["value"])
            self._set(r, Linear.number(n), (n, n))
            return
        if name in _COUNTS or not args:
            self._opaque(r, (0, _FULL[1]) if name in _COUNTS else (0, 0) if name == "undef" else None)
            return
        (a, b), x = self.interval(args[0]), self.linear(args[0])
        if name == "cast":
            exact = str(args[0].type) in _BY_TYPE
            self._set(r, x, (a, b)) if exact else self._opaque(r)
        elif name == "neg":
            self._set(r, -x, (-b, -a))
        elif name == "abs":
            self._opaque(r, (max(a, -b, 0), max(-a, b)) if a > _FULL[0] else None)
        elif len(args) == 2:
            self._visit_binary(op, r, x, self.linear(args[1]), (a, b), self.interval(args[1]))
        elif name == "select":
            (c, d), (e, f) = self.interval(args[1]), self.interval(args[2])
            self._opaque(r, (min(c, e), max(d, f)))
        else:
            self._opaque(r)

    def _visit_binary(self, op: Op, r: Value, x: Linear, y: Linear, xs: Interval, ys: Interval) -> None:
        (a, b), (c, d) = xs, ys
        form = Linear.symbol(r)
        match op.name:
            case "add":
                self._set(r, x + y, (a + c, b + d))
            case "sub":
                self._set(r, x - y, (a - d, b - c))
            case "mul":
                corners = (a * c, a * d, b * c, b * d)
                bounds = (min(corners), max(corners))
                if x.is_constant or y.is_constant:
                    self._set(r, y * x.constant if x.is_constant else x * y.constant, bounds)
                else:
                    self._opaque(r, bounds if bounds[0] >= _FULL[0] and bounds[1] <= _FULL[1] else None)
            case name if name in MINIMA or name in MAXIMA:
                self._visit_extremum(op, r, x, y, xs, ys)
            case "wrap":
                self._visit_wrap(op, r, x, y, xs, ys)
            case "mod" if c >= 0:
                upper = [y - form - 1] if self.prove(op, y - 1) else []
                self._opaque(r, (0, max(d - 1, 0)), upper)
            case "floordiv" if y.is_constant and y.constant > 0:
                k = y.constant
                self._opaque(r, (a // k, b // k), [x - form * k, form * k + (k - 1) - x])
            case "floordiv" if a >= 0 and c >= 0:
                self._opaque(r, (0, b))
            case "bitand" if a >= 0 or c >= 0:
                self._opaque(r, (0, min(e for e in (b if a >= 0 else d, d if c >= 0 else b))))
            case _:
                self._opaque(r)

    def _visit_extremum(self, op: Op, r: Value, x: Linear, y: Linear, xs: Interval, ys: Interval) -> None:
        lower = op.name in MINIMA
        if self.prove(op, y - x if lower else x - y):
            self._set(r, x, xs)
        elif self.prove(op, x - y if lower else y - x):
            self._set(r, y, ys)
        else:
            form, pick = Linear.symbol(r), min if lower else max
            facts = [x - form, y - form] if lower else [form - x, form - y]
            self._opaque(r, (pick(xs[0], ys[0]), pick(xs[1], ys[1])), facts)

    def _visit_wrap(self, op: Op, r: Value, x: Linear, y: Linear, xs: Interval, ys: Interval) -> None:
        if self.prove(op, x):
            self._set(r, x, (max(xs[0], 0), max(xs[1], 0)))
        elif self.prove(op, -x - 1):
            self._set(r, x + y, (xs[0] + ys[0], min(xs[1], -1) + ys[1]))
        else:
            self._opaque(r, (min(xs[0] + ys[0], 0), max(xs[1], ys[1] - 1)) if ys[0] >= 0 else None)
