"""``None`` where a number is needed: CPython raises when it gets there, and so does compiled code."""

import pytest

import wengert
from wengert.testing import check_grads


def late(x, factor=None):
    y = None
    if x > 1:
        y = x * x
    if x < 0:
        return factor * x
    return y - 1.0


def attribute(x, table=None):
    if x > 1:
        return x * table.scale
    return x * getattr(x, "scale", 3.0)


def called(x, derivative=True):
    if x > 1:
        return derivative(x)
    return x * x


def largest(x, low=None):
    if x > 1:
        return x * abs(low)
    return x * (1.0 if hasattr(x, "shape") else 2.0)


@pytest.mark.parametrize(
    ("f", "good", "bad"),
    [
        (late, 2.0, [0.5, -0.5]),
        (attribute, 0.5, [2.0]),
        (called, 0.5, [2.0]),
        (largest, 0.5, [2.0]),
    ],
)
def test_raises_only_where_it_is_reached(f, good, bad):
    check_grads(f, (good,))
    for x in bad:
        with pytest.raises(Exception) as want:  # noqa: PT011
            f(x)
        with pytest.raises(want.type):
            wengert.jit(f)(x)
        with pytest.raises(want.type):
            wengert.grad(f)(x)


def test_what_always_raises_is_refused():
    with pytest.raises(wengert.WengertError):
        wengert.grad(lambda x: x * None)(1.0)
