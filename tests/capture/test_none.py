"""``None`` where a number is needed: CPython raises when it gets there, and so does compiled code."""

import copy
import warnings

import numpy as np
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


def quiet(x):
    text = "x is %g" % x  # noqa: UP031
    if x > 3:
        raise ValueError(text)
    if x > 2:
        warnings.warn(f"{x} is large: " + text)
    return x * x


def scalar_or_array(x):
    try:
        x[x < 0] = 0.0
    except TypeError:
        if x < 0:
            x = 0.0 * x
    try:
        return x.squeeze()[()]
    except AttributeError:
        return 2.0 * x


class Scale:
    def __init__(self, factor):
        self.factor = factor


def copies(x, scale):
    other = copy.copy(scale)
    other.factor = other.factor * x
    rows = [[x, 2.0], [x * x]]
    more = copy.deepcopy(rows)
    more[0][0] = 7.0
    return other.factor * rows[0][0] + more[0][0] * more[1][0] + scale.factor


def all_or_nothing(x):
    y = np.asarray(x) * 1.0
    return y[y > 1].sum() + y[np.isfinite(y)][0]


def test_messages_that_show_numbers():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        check_grads(quiet, (2.5,))
    with pytest.raises(ValueError, match="x is"):
        wengert.jit(quiet)(4.0)


@pytest.mark.parametrize("x", [2.0, -2.0, np.float64(2.0), np.array([1.0, 2.0])])
def test_scalars_and_arrays_told_apart_by_exceptions(x):
    check_grads(scalar_or_array, (x,))


@pytest.mark.parametrize("x", [0.5, 2.0])
def test_a_numpy_number_takes_a_boolean_as_index(x):
    check_grads(all_or_nothing, (x,))


def test_copies_are_apart():
    check_grads(copies, (1.5, Scale(2.0)))
