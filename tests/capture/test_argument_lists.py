"""A derivative leaves a list that the function makes longer as it was; `jit` would have to hand it back."""

from __future__ import annotations

import pytest

import wengert as wg

from . import argument_lists as lists

START = [0.3, 1.2, 3.0]
CASES = [
    (lists.appends, ()),
    (lists.pops, ()),
    (lists.extends, ()),
    (lists.replaces, ()),
    (lists.orders, ()),
    (lists.keeps_two, (3,)),
    (lists.clears, ()),
]


@pytest.mark.parametrize(("f", "more"), CASES, ids=[f.__name__ for f, _ in CASES])
def test_gradient(f, more):
    xs = list(START)
    value, found = wg.value_and_grad(f)(xs, *more)
    assert xs == START
    assert value == pytest.approx(f(list(START), *more))
    for k, slope in enumerate(found):
        ends = [list(START), list(START)]
        ends[0][k] += 1e-6
        ends[1][k] -= 1e-6
        assert slope == pytest.approx((f(ends[0], *more) - f(ends[1], *more)) / 2e-6, rel=1e-6, abs=1e-7)


def test_jit_refuses():
    with pytest.raises(wg.errors.CaptureError, match="changes `xs`"):
        wg.jit(lists.appends)(list(START))


def test_one_list_in_two_places():
    xs = list(START)
    with pytest.raises(wg.WengertError, match="A0301"):
        wg.grad(lists.both, wrt="ys")(xs, xs)
