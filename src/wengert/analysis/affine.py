"""Integer linear forms, and a proof that a system of inequalities has no integer solution.

A `Linear` is ``constant + sum(coefficient * symbol)``; symbols are any hashable objects.  `infeasible`
eliminates symbols by Fourier and Motzkin over the rationals and tightens every row to integers (``2x - 1 >=
0`` becomes ``x - 1 >= 0``), so "no solution" is always right and "perhaps" may be wrong.

>>> x, y = Linear.symbol("x"), Linear.symbol("y")
>>> infeasible([x - y - 1, y - x])          # x > y and y >= x
True
>>> infeasible([x - y - 1, y])
False
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from math import gcd

Symbol = Hashable

MAX_ROWS = 600
"""A system that grows beyond this many rows is given up."""


class Linear:
    """An immutable integer linear form."""

    __slots__ = ("constant", "terms")

    def __init__(self, terms: Mapping[Symbol, int], constant: int = 0) -> None:
        self.terms: dict[Symbol, int] = {s: c for s, c in terms.items() if c}
        self.constant = constant

    @staticmethod
    def symbol(s: Symbol) -> Linear:
        """The form ``1 * s``."""
        return Linear({s: 1})

    @staticmethod
    def number(n: int) -> Linear:
        """The constant form."""
        return Linear({}, n)

    @property
    def is_constant(self) -> bool:
        return not self.terms

    def __add__(self, other: Linear | int) -> Linear:
        if isinstance(other, int):
            return Linear(self.terms, self.constant + other)
        terms = dict(self.terms)
        for s, c in other.terms.items():
            terms[s] = terms.get(s, 0) + c
        return Linear(terms, self.constant + other.constant)

    def __neg__(self) -> Linear:
        return self * -1

    def __sub__(self, other: Linear | int) -> Linear:
        return self + (-other)

    def __mul__(self, k: int) -> Linear:
        return Linear({s: c * k for s, c in self.terms.items()}, self.constant * k)

    def renamed(self, names: Mapping[Symbol, Symbol]) -> Linear:
        """The form with its symbols replaced where ``names`` says so."""
        return Linear({names.get(s, s): c for s, c in self.terms.items()}, self.constant)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Linear) and self.constant == other.constant and self.terms == other.terms

    def __hash__(self) -> int:
        return hash((self.constant, frozenset(self.terms.items())))

    def __repr__(self) -> str:
        return " + ".join([*(f"{c}*{s}" for s, c in self.terms.items()), str(self.constant)])


Row = tuple[frozenset[tuple[Symbol, int]], int]


def infeasible(rows: Iterable[Linear], equal: Iterable[Linear] = ()) -> bool:
    """True when no integers make every form of ``rows`` >= 0 and every form of ``equal`` == 0.

    False means that no proof was found.
    """
    system = list(rows)
    equations = list(equal)
    while equations:
        eq = equations.pop()
        divisor = gcd(*eq.terms.values()) if eq.terms else 0
        if divisor == 0:
            if eq.constant:
                return True
            continue
        if eq.constant % divisor:
            return True
        eq = Linear({s: c // divisor for s, c in eq.terms.items()}, eq.constant // divisor)
        unit = next((s for s, c in eq.terms.items() if abs(c) == 1), None)
        if unit is None:
            system += [eq, -eq]
            continue
        value = (
            Linear({s: c for s, c in eq.terms.items() if s is not unit and s != unit}, eq.constant)
            * -eq.terms[unit]
        )
        system = [_substitute(r, unit, value) for r in system]
        equations = [_substitute(r, unit, value) for r in equations]
    return _eliminate(system)


def _substitute(form: Linear, s: Symbol, value: Linear) -> Linear:
    k = form.terms.get(s)
    if k is None:
        return form
    return Linear({t: c for t, c in form.terms.items() if t != s}, form.constant) + value * k


def _tighten(form: Linear) -> Linear | None:
    """The same inequality with coprime coefficients and the constant rounded down; ``None`` if it always
    holds."""
    if not form.terms:
        return None if form.constant >= 0 else form
    divisor = gcd(*form.terms.values())
    if divisor == 1:
        return form
    return Linear({s: c // divisor for s, c in form.terms.items()}, form.constant // divisor)


def _eliminate(system: list[Linear]) -> bool:
    rows: dict[frozenset[tuple[Symbol, int]], Linear] = {}

    def keep(form: Linear) -> bool:
        """Add an inequality unless a stronger one with the same terms is there; True at a contradiction."""
        tight = _tighten(form)
        if tight is None:
            return False
        if not tight.terms:
            return True
        key = frozenset(tight.terms.items())
        old = rows.get(key)
        if old is None or tight.constant < old.constant:
            rows[key] = tight
            against = rows.get(frozenset((s, -c) for s, c in tight.terms.items()))
            return against is not None and against.constant + tight.constant < 0
        return False

    for form in system:
        if keep(form):
            return True
    while rows:
        counts: dict[Symbol, list[int]] = {}
        for r in rows.values():
            for s, c in r.terms.items():
                counts.setdefault(s, [0, 0])[c > 0] += 1
        target = min(counts, key=lambda s: counts[s][0] * counts[s][1] - sum(counts[s]))
        lower = [r for r in rows.values() if r.terms.get(target, 0) > 0]
        upper = [r for r in rows.values() if r.terms.get(target, 0) < 0]
        if len(rows) + len(lower) * len(upper) > MAX_ROWS:
            return False
        rows = {key: r for key, r in rows.items() if target not in r.terms}
        for a in lower:
            for b in upper:
                if keep(a * -b.terms[target] + b * a.terms[target]):
                    return True
    return False
