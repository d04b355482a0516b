"""`np.einsum`: the subscripts are read when compiling, the work is done by products of matrices."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..attributes import size_of
from ..lower import Lowering
from ..operands import common, numeric, operand
from ..operators import binary
from ..values import AV, NONE, Arr, Const, Num
from .creation import numeric_array
from .linear import matmul
from .reductions import reduce
from .shapes import reshape, transpose

_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class _Term:
    """An array and the letters of its axes; without axes a number."""

    value: AV
    letters: str


def einsum(lw: Lowering, subscripts: AV, *operands: AV, optimize: AV = NONE, out: AV = NONE) -> AV:
    """``np.einsum`` with subscripts in a string."""
    text = lw.static(subscripts, "the subscripts of `np.einsum`")
    if not isinstance(text, str):
        lw.refuse("C0104", "`np.einsum` takes its subscripts as a string here")
    arrays = [numeric(lw, v) for v in operands]
    inputs, output = _parsed(lw, text.replace(" ", ""), arrays)
    terms = [_diagonal(lw, _Term(a, t)) for a, t in zip(arrays, inputs, strict=True)]
    while len(terms) > 1:
        a, b, *rest = terms
        wanted = set(output).union(*(t.letters for t in rest))
        terms = [
            _contracted(
                lw, _without(lw, a, wanted | set(b.letters)), _without(lw, b, wanted | set(a.letters)), wanted
            ),
            *rest,
        ]
    last = _without(lw, terms[0], set(output))
    result = _ordered(lw, last, output)
    if isinstance(result, Arr) and isinstance(terms[0].value, Arr) and result.value is operands_value(arrays):
        result = Arr(lw.emit("copy", result.value))
    from .elementwise import into

    return into(lw, out, result)


def operands_value(arrays: Sequence[AV]) -> Any:
    """The memory of a single operand: the result is never the operand itself."""
    return arrays[0].value if len(arrays) == 1 and isinstance(arrays[0], Arr) else None


def _parsed(lw: Lowering, text: str, arrays: Sequence[AV]) -> tuple[list[str], str]:
    left, arrow, output = text.partition("->")
    inputs = left.split(",")
    if len(inputs) != len(arrays):
        lw.refuse("T0201", f"`{text}` names {len(inputs)} arrays, {len(arrays)} were given")
    free = [c for c in _LETTERS if c not in text]
    ranks = [a.rank if isinstance(a, Arr) else 0 for a in arrays]
    widest = max((r - len(t) + 3 for t, r in zip(inputs, ranks, strict=True) if "..." in t), default=0)
    dots = "".join(free[:widest])
    full: list[str] = []
    for t, r in zip(inputs, ranks, strict=True):
        if "..." in t:
            n = r - len(t) + 3
            t = t.replace("...", dots[len(dots) - n :])
        if len(t) != r:
            lw.refuse("T0201", f"`{t}` does not fit an array with {r} axes")
        full.append(t)
    if not arrow:
        counts = Counter("".join(full))
        output = dots + "".join(sorted(c for c, n in counts.items() if n == 1 and c not in dots))
    return full, output.replace("...", dots)


def _diagonal(lw: Lowering, t: _Term) -> _Term:
    """Repeated letters name one axis."""
    letters, value = t.letters, t.value
    while len(set(letters)) < len(letters):
        c = next(c for c in letters if letters.count(c) > 1)
        i = letters.index(c)
        j = letters.index(c, i + 1)
        assert isinstance(value, Arr)
        if value.rank == 2:
            value = Arr(lw.emit("diagonal", value.value))
        else:
            from ..calls import call_prelude_of
            from ..composites import diagonals

            value = call_prelude_of(lw, diagonals.diagonal, value, Const(0), Const(i), Const(j))
        letters = letters.replace(c, "") + c
    return _Term(value, letters)


def _without(lw: Lowering, t: _Term, wanted: set[str]) -> _Term:
    """Axes that nobody asks for summed."""
    gone = tuple(k for k, c in enumerate(t.letters) if c not in wanted)
    if not gone:
        return t
    value = reduce(lw, "sum", t.value, Const(gone), Const(False))
    return _Term(value, "".join(c for c in t.letters if c in wanted))


def _ordered(lw: Lowering, t: _Term, letters: str) -> AV:
    if not isinstance(t.value, Arr):
        return t.value if isinstance(t.value, Num) else Num(lw.number(t.value), False)
    if t.letters == letters:
        return t.value
    return transpose(lw, t.value, Const(tuple(t.letters.index(c) for c in letters)))


def _contracted(lw: Lowering, a: _Term, b: _Term, wanted: set[str]) -> _Term:
    shared = [c for c in a.letters if c in b.letters]
    batch = [c for c in shared if c in wanted]
    summed = [c for c in shared if c not in wanted]
    left = [c for c in a.letters if c not in shared]
    right = [c for c in b.letters if c not in shared]
    if not summed:
        letters = "".join(batch + left + right)
        return _Term(binary(lw, ast.Mult, _spread(lw, a, letters), _spread(lw, b, letters)), letters)
    assert isinstance(a.value, Arr)
    assert isinstance(b.value, Arr)
    sizes = {c: size_of(lw, a.value, k) for k, c in enumerate(a.letters)}
    sizes |= {c: size_of(lw, b.value, k) for k, c in enumerate(b.letters)}
    t = common(lw, a.value, b.value)
    x = _grouped(lw, a, [batch, left, summed], sizes)
    y = _grouped(lw, b, [batch, summed, right], sizes)
    product = matmul(lw, Arr(operand(lw, x, t)), Arr(operand(lw, y, t)))
    letters = "".join(batch + left + right)
    if not letters:
        assert isinstance(product, Arr)
        zero = lw.int(0)
        return _Term(Num(lw.emit("load", product.value, zero, zero), False), "")
    return _Term(reshape(lw, product, *(sizes[c] for c in letters)), letters)


def _spread(lw: Lowering, t: _Term, letters: str) -> AV:
    """The axes of a term in order, with axes of length one where it lacks a letter."""
    if not isinstance(t.value, Arr):
        return t.value
    value = numeric_array(lw, _ordered(lw, t, "".join(c for c in letters if c in t.letters)))
    spec = "".join(":" if c in t.letters else "+" for c in letters)
    return Arr(lw.emit("view", value.value, spec=spec)) if "+" in spec else value


def _grouped(lw: Lowering, t: _Term, groups: Sequence[list[str]], sizes: dict[str, AV]) -> Arr:
    """The axes of each group as one; without a batch two axes are left."""
    value = numeric_array(lw, _ordered(lw, t, "".join(c for g in groups for c in g)))
    kept = groups if groups[0] else groups[1:]
    dims: list[AV] = []
    for group in kept:
        n: AV = Const(1)
        for c in group:
            n = binary(lw, ast.Mult, n, sizes[c])
        dims.append(n)
    if all(len(g) == 1 for g in kept):
        return value
    return numeric_array(lw, reshape(lw, value, *dims))


FUNCTIONS: dict[Any, Any] = {np.einsum: einsum}
