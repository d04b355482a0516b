"""Options that NumPy takes: one that is not computed with is refused, unless it has its default."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import wengert as wg
from wengert.capture.numpy_api.composite import NEUTRAL, composite

X = np.array([[0.5, -1.0, 2.0], [1.5, 0.25, -0.75]])

REFUSED = [
    lambda x: np.nansum(x, dtype=np.float32),
    lambda x: np.median(x, axis=0, out=np.zeros(3)),
    lambda x: np.nan_to_num(x, copy=False),
    lambda x: np.meshgrid(x[0], x[1], copy=False),
    lambda x: np.unique(x, axis=0),
    lambda x: np.put(x, [9], 1.0, mode="clip"),
    lambda x: np.fft.fft(x, out=np.zeros((2, 3), complex)),
    lambda x: np.polyfit(x[0], x[1], 1, cov=True),
]
TAKEN = [
    lambda x: np.nansum(x, dtype=None),
    lambda x: np.median(x, None, None, False),
    lambda x: np.sort(x, kind="stable"),
    lambda x: np.fft.fft2(x, None),
]


@pytest.mark.parametrize("f", REFUSED)
def test_refused(f: Any) -> None:
    with pytest.raises(wg.WengertError, match=r"C0104.*the option `.*` of `.*` is not supported"):
        wg.jit(f)(X.copy())


@pytest.mark.parametrize("f", TAKEN)
def test_taken(f: Any) -> None:
    np.testing.assert_allclose(wg.jit(f)(X), f(X), rtol=1e-12)


def test_what_is_not_read_is_found_in_any_position() -> None:
    def scaled(a: Any, factor: Any = 2.0, /, unread: Any = 0, *, check_finite: Any = True) -> Any:
        return a * factor

    assert "check_finite" in NEUTRAL
    assert composite(scaled).__closure__ is not None
    from wengert.capture.numpy_api import composite as room

    assert room._ignored(scaled) == {"unread": 0}
