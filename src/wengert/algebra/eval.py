"""`Eval`: the lowest algebra, which computes with NumPy.  Its values are NumPy's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..prims.primitive import Primitive
from .base import Algebra


class Eval(Algebra):
    """Values.

    >>> Eval().mul(2.0, 3.0)
    np.float64(6.0)
    """

    name = "Eval"

    def lift(self, x: Any) -> Any:
        return np.array(x, copy=True) if isinstance(x, (list, np.ndarray)) else x

    def apply(self, prim: Primitive, args: Sequence[Any], attrs: Mapping[str, Any]) -> Any:
        return prim(*args, **attrs)
