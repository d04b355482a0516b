"""The one table between our scalar types and NumPy's dtypes."""

from __future__ import annotations

from typing import Any

import numpy as np

from .types import Scalar

NUMPY: dict[str, np.dtype[Any]] = {
    "f64": np.dtype(np.float64),
    "f32": np.dtype(np.float32),
    "i64": np.dtype(np.int64),
    "i32": np.dtype(np.int32),
    "u8": np.dtype(np.uint8),
    "bool": np.dtype(np.bool_),
    "c128": np.dtype(np.complex128),
    "c64": np.dtype(np.complex64),
}
"""The NumPy dtype of each scalar type."""

BY_DTYPE: dict[np.dtype[Any], Scalar] = {dtype: Scalar(name) for name, dtype in NUMPY.items()}
"""The scalar type of each dtype that has one."""
