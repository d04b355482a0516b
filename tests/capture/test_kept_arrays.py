"""Lists of varying length keep copies of arrays."""

from __future__ import annotations

import numpy as np
import pytest

import wengert
from wengert.errors import CaptureError


def test_what_is_written_in_a_later_trip_than_it_was_appended():
    """An array that grows in place would be all the items of the list."""

    def summed(x, n):
        s = np.zeros(3)
        kept = []
        for i in range(len(x) + n):
            s += x[0] * (i + 1.0)
            kept.append(s)
        return np.sum(kept[0])

    def first_made(x, n):
        s = x[:2]
        kept = []
        for i in range(len(x) + n):
            if i == 0:
                s = x[:2] * 2.0
            else:
                s += x[2]
            kept.append(s)
        return np.sum(kept[0])

    def copied(x, n):
        s = np.zeros(3)
        kept = []
        for i in range(len(x) + n):
            s += x * (i + 1.0)
            kept.append(s.copy())
            fresh = np.zeros(3)
            fresh += s
            kept.append(fresh)
        return np.sum(kept[0]) + np.sum(kept[-1])

    x = np.array([0.1, 0.2, 0.3])
    for f in (summed, first_made):
        with pytest.raises(CaptureError, match="a list, which keeps a copy"):
            wengert.jit(f)(x, 2)
    assert wengert.jit(copied)(x, 2) == pytest.approx(copied(x, 2), rel=1e-14)
