"""The topics of the corpus, and the lines of the coverage specification that they answer."""

from __future__ import annotations

from importlib import import_module
from typing import Any

NAMES = """
    arrays closures complexes distributions engineering everyday exceptions generators inside iterators lists
    mappings nested objects rebound recursion resizing sets stacks standard
"""

TOPICS: list[Any] = [import_module(f"{__package__}.{name}") for name in NAMES.split()]

LINES = {
    "try": "`try/except` around arithmetic, `raise` of one's own classes, `finally`",
    "order": "`sort argsort searchsorted median quantile histogram bincount unique`",
    "fft": "FFTs",
    "linear": "`@ dot einsum tensordot kron cross`, `np.linalg`, `scipy.linalg`",
    "scipy": "`scipy.special`, quadrature of `scipy.integrate`",
    "complex": "complex numbers: parts, conjugates, magnitudes, angles",
    "math": "`math` and `cmath`",
    "reductions": "reductions with `axis`, `keepdims`, `where`, `initial`; cumulative sums; differences",
    "allocation": "allocation and grids",
    "ufuncs": "`out=`, `where=`, `dtype=`, `ufunc.outer/reduce/accumulate/at`",
    "indexing": "masks, integer arrays, `ix_`, `take`, `choose`, `select`, `piecewise`",
    "shape": "shapes: `tile repeat roll flip pad split stack insert delete`",
    "elementwise": "universal functions",
    "list": "lists grown with `append`, `pop`, comprehensions of any length",
    "either": "strings as options, `None` defaults, a function or a list of several",
    "standard": "`operator`, `functools`, `itertools`; decorators inside functions; constant sets",
    "stats": "densities of `scipy.stats`",
    "recursion": "functions that call themselves, directly and through others, in loops",
    "programs": "whole programs in plain Python, NumPy and SciPy",
    "call": "stars, keywords, defaults",
    "generator": "generator functions and expressions that are consumed in the function",
    "iterators": "`iter`, `next`, `itertools` over sequences of any length, `zip` of unequal ones",
    "inside": "classes, records and functions defined inside; enumerations; abstract bases",
    "mappings": "dicts, `defaultdict`, `Counter`, sets of constants",
    "resizing": "lists that change at any place, queues, heaps, columns, extrema by key",
    "match": "`match` over numbers, strings and sequences",
}
