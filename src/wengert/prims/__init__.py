"""What each operation means: one record per primitive, all in `REGISTRY`.  Importing this room fills it.

Every file is one family; `wengert.prims.families` holds what they share.
"""

from . import (
    arithmetic,
    check,
    compare,
    complexes,
    control,
    memory,
    products,
    records,
    reductions,
    special,
    transcendental,
    views,
)
from .primitive import REGISTRY, Carrier, InferError, Primitive, primitive

__all__ = [
    "REGISTRY",
    "Carrier",
    "InferError",
    "Primitive",
    "arithmetic",
    "check",
    "compare",
    "complexes",
    "control",
    "memory",
    "primitive",
    "products",
    "records",
    "reductions",
    "special",
    "transcendental",
    "views",
]
