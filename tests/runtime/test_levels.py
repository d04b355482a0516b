"""``WENGERT_OPT``: how much LLVM optimises; the numbers stay the same."""

from __future__ import annotations

import numpy as np
import pytest

import wengert as wg
from wengert.runtime import fingerprint


def smooth(x, n):
    y = x.copy()
    for _ in range(n):
        y[1:-1] = 0.25 * y[:-2] + 0.5 * y[1:-1] + 0.25 * np.sin(y[2:])
    return np.sum(y * np.exp(-y))


def test_levels_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    x = np.linspace(0.1, 0.9, 37)
    found = []
    for level in "0123":
        monkeypatch.setenv("WENGERT_OPT", level)
        found.append(wg.value_and_grad(lambda x: smooth(x, 5))(x))
    for value, bar in found:
        np.testing.assert_allclose(value, smooth(x, 5), rtol=1e-14)
        np.testing.assert_allclose(bar, found[3][1], rtol=1e-13)
    step = 1e-30j
    slopes = [smooth(x + step * (np.arange(37) == k), 5).imag / 1e-30 for k in range(37)]
    np.testing.assert_allclose(found[0][1], slopes, rtol=1e-12)


def test_levels_have_keys_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    keys = set()
    for level in "0123":
        monkeypatch.setenv("WENGERT_OPT", level)
        keys.add(fingerprint.key("text", "the same"))
    assert len(keys) == 4
    monkeypatch.delenv("WENGERT_OPT")
    assert fingerprint.key("text", "the same") in keys


def test_other_levels_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WENGERT_OPT", "fast")
    with pytest.raises(ValueError, match="WENGERT_OPT is 0, 1, 2 or 3, not 'fast'"):
        wg.grad(lambda x: x * x)(2.0)
