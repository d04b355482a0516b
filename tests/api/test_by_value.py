"""Code for the very integers that were given, where their types alone do not do."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

import wengert
import wengert.algebra
from wengert.errors import CaptureError


def parameters(theta, order=2):
    if order == 2:
        return 1.0 - theta**2, (1.0 - theta) ** 2
    if order == 3:
        return 1.0 - theta**3, 1.5 * (1.0 - theta**2) * (1.0 - theta), 0.5 * (1.0 - theta) ** 3
    raise ValueError(f"bad order: {order}")


def test_a_default_decides_the_structure_of_the_result():
    f = wengert.jit(parameters)
    for args in ((0.3,), (0.3, 2), (0.3, 3), (0.4, 2), (0.4, 3), (0.4,)):
        assert f(*args) == pytest.approx(parameters(*args), rel=1e-15)
    with pytest.raises(ValueError, match="bad order"):
        f(0.3, 4)


def test_a_flag_decides_the_structure_of_the_result():
    def f(x, both):
        return (x * x, x + 1.0) if both else x * x

    g = wengert.jit(f)
    assert [g(2.0, True), g(2.0, False), g(3.0, True), g(np.float64(3.0), False)] == [
        (4.0, 3.0),
        4.0,
        (9.0, 4.0),
        9.0,
    ]


def test_gradients_in_turn():
    def f(x, n):
        powers = {1: (x, x * x), 2: (x,)}[n]
        return float(np.sum(np.array(list(powers))))

    g = wengert.grad(f)
    assert [g(2.0, 1), g(2.0, 2), g(3.0, 1), g(3.0, 2)] == [5.0, 1.0, 7.0, 1.0]
    assert g(2.0, 1) == 5.0


@dataclass
class Beam:
    load: float
    parts: int


def test_fields_of_instances():
    def f(beam):
        return [beam.load] if beam.parts == 1 else [beam.load, beam.load * beam.parts]

    g = wengert.jit(f)
    assert [g(Beam(2.0, 1)), g(Beam(2.0, 3)), g(Beam(3.0, 4)), g(Beam(5.0, 1))] == [
        [2.0],
        [2.0, 6.0],
        [3.0, 12.0],
        [5.0],
    ]


ORDER = 1


def of_a_global(x):
    return (x, x * x) if ORDER == 1 else x * 3.0


def test_globals(monkeypatch):
    f = wengert.jit(of_a_global)
    assert f(2.0) == (2.0, 4.0)
    monkeypatch.setitem(globals(), "ORDER", 2)
    assert f(2.0) == 6.0


def test_values_matter_only_where_they_must():
    def f(x, n):
        return x * n

    g = wengert.jit(f)
    before = wengert.cache_info()
    g(2.0, 1)
    g(2.0, 2)
    g(2.0, 3)
    after = wengert.cache_info()
    made = sum(getattr(after, k) - getattr(before, k) for k in ("compiled", "disk", "shared"))
    assert made == 1


def test_what_no_value_helps_is_refused_as_before():
    def f(x, n):
        return eval("x") * n

    with pytest.raises(CaptureError) as e:
        wengert.jit(f)(2.0, 3)
    assert "known" in str(e.value)


def test_algebras_are_not_given_code_for_another_value():
    """Stages of an algebra are kept by types, and its values may stand for integers."""
    run = wengert.under(wengert.algebra.Eval)(parameters)
    for order in (2, 3):
        with pytest.raises(CaptureError):
            run(0.3, order)


def test_cotangents_of_integers_are_none():
    _, pullback = wengert.vjp(parameters, 0.3, 2)
    assert pullback((1.0, 1.0)) == (-2.0, None)
