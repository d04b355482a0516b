"""``np.r_[...]`` and ``np.c_[...]`` of values of a tape."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...algebra.base import shape_of
from ...algebra.where import refuse
from .memory import traced


class Joined:
    """What stands for ``np.r_`` or ``np.c_``; ``meaning`` is that of functions of NumPy here."""

    def __init__(self, real: Any, meaning: Any) -> None:
        self.meant = real
        self._meaning = meaning

    def __getattr__(self, name: str) -> Any:
        return getattr(self.meant, name)

    def __getitem__(self, key: Any) -> Any:
        parts = key if isinstance(key, tuple) else (key,)
        if not any(map(traced, parts)):
            return self._meaning(np.array)(self.meant[key])
        if any(isinstance(part, str) for part in parts):
            refuse("R0403", "a text in `np.r_` or `np.c_` is not traced", "use `np.concatenate`")
        columns = self.meant is np.c_
        pieces = [self._piece(part, columns) for part in parts]
        return self._meaning(np.concatenate)(pieces, axis=-1 if columns else 0)

    def _piece(self, part: Any, columns: bool) -> Any:
        if isinstance(part, slice):
            part = np.r_[part]
        elif isinstance(part, (list, tuple)):
            part = self._meaning(np.array)(part)
        elif not shape_of(part):
            part = self._meaning(np.array)([part])
        if columns and len(shape_of(part)) == 1:
            part = np.reshape(part, (-1, 1))
        return part
