"""Writes ``docs/numpy.md``: the functions of NumPy, SciPy and Python that are known, from the tables.

Run it after a change to the tables of ``capture``: ``python tools/functions.py``.
"""

from __future__ import annotations

import builtins
import cmath
import functools
import itertools
import math
import operator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import scipy.integrate
import scipy.interpolate
import scipy.linalg
import scipy.optimize
import scipy.signal
import scipy.special
import scipy.stats

from wengert.capture.api import HANDLERS
from wengert.capture.composites.stats import DISTRIBUTIONS
from wengert.capture.numpy_api import ARRAY_METHODS
from wengert.capture.scipy_api import imported

PAGE = Path(__file__).parents[1] / "docs" / "numpy.md"
MODULES: tuple[ModuleType, ...] = (
    np, np.linalg, np.fft, scipy.special, scipy.linalg, scipy.integrate, scipy.interpolate,
    scipy.optimize, scipy.signal, math, cmath,
    operator, functools, itertools, builtins,
)  # fmt: skip

REFUSED = ("print", "eval", "exec", "compile", "id")
"""Built-in functions that are in the tables so that they are refused with help."""

OPTIONS = """\
An option that is not computed with (`out=` of `np.median`, `dtype=` of `np.nansum`) is refused unless
it has its default. Where NumPy decides by values what shape a result has, so does compiled code
(`np.unique`, `np.nonzero`, `a[mask]`); where it decides by sizes how many axes a result has, it is
refused (`np.cross` of vectors of length two).

`np.linalg.eig`, `eigvals`, `np.roots` and `np.poly` of a matrix give complex numbers, also where NumPy gives
real ones because all happen to be real. Derivatives of eigenvectors keep their length of one and the largest
entry real; they raise where eigenvalues are repeated, and those of eigenvalues where the matrix is defective.

`ufunc.reduce`, `accumulate`, `outer` and `at`, with `out=`, `where=` and `dtype=`, work for universal
functions, and so do `np.r_`, `np.c_`, `np.mgrid`, `np.ogrid`, `np.s_`, `np.ix_`, `np.newaxis` and the
constants. Functions that are written in Python, in your program or in a library, need not be listed:
they are read and compiled."""


def supported(f: Any) -> bool:
    """Whether a call of it is known."""
    try:
        return f in HANDLERS or f in imported()
    except TypeError:
        return False


def names(module: ModuleType) -> list[str]:
    """The public names of a module that may be called."""
    skip = REFUSED if module is builtins else ()
    return [
        n
        for n in dir(module)
        if not n.startswith("_") and n not in skip and not isinstance(getattr(module, n, None), ModuleType)
        and supported(getattr(module, n, None))
    ]  # fmt: skip


def lines() -> dict[str, list[str]]:
    """What there is, by module; the methods of arrays too."""
    found = {m.__name__: names(m) for m in MODULES}
    found["scipy.stats"] = [f"{d}.{f}" for d, functions in DISTRIBUTIONS.items() for f in functions]
    found["numpy.ndarray"] = sorted(ARRAY_METHODS)
    return found


def page() -> str:
    """The page."""
    out = [
        "# Functions of NumPy, SciPy and Python",
        "",
        "What compiled code knows, in forward and reverse mode. `tools/functions.py` writes this page from",
        "the tables of the compiler, and a test keeps it true. What is missing is refused by name (`C0104`).",
        "",
        OPTIONS,
    ]
    for module, found in lines().items():
        out += ["", f"## `{module}`", "", " ".join(f"`{n}`" for n in found)]
    return "\n".join(out) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page())
