"""Readable Python from the IR: what a careful numerical analyst might have written by hand.

`source` prints a module of the IR as a module of Python that needs NumPy (and SciPy for special functions)
and gives the same numbers; `compile_source` makes a function of it.  The road, in order:

* `prepare`, `seeds`: rewritings of the IR for the reader (loops that count down, cotangents that do not
  start from zeros);
* `tree`: what is needed; `inline`: what is printed where it is used; `variables`: which values share a name;
* `expressions`, `subscripts`, `bounds`, `statements`: syntax trees, with `syntax`, `linear`, `shapes` and
  `facts` to help; `module`: text.

Where Python and the IR differ, Python wins: integers do not wrap around, an index that the IR would refuse
because it is negative counts from the end, integer division by zero and `int(nan)` raise, a read whose value
nobody needs is not printed although it might have raised, and zeros may differ in sign.
"""

from __future__ import annotations

from .execute import compile_source
from .module import source

__all__ = ["compile_source", "source"]
