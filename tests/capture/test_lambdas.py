"""A lambda is found in its file by the places of its instructions, whatever its body and its neighbours."""

from __future__ import annotations

import pytest

import wengert


def nested(a):
    return lambda x: (lambda z: x * z if z > a else x) if x > 1.0 else (lambda z: z)


LAMBDAS = [
    (lambda x: x * x if x > 1.0 else 3.0 * x, 6.0),
    (lambda x: (2.0 * x if x > 9.0 else 5.0 * x) if x > 1.0 else x, 5.0),
    (lambda x, y=lambda: 4.0: x * y() if x > 1.0 else x, 4.0),
    (lambda x: (lambda z: z * x)(x), 6.0), (lambda x: x * 1.0, 1.0), (lambda x: 7.0 * x, 7.0),
    (nested(1.0)(3.0), 3.0),
    (nested(5.0)(2.0), 0.0),
    (
        lambda x: (
            x * x * x
            if x > 1.0
            else x
        ),
        27.0,
    ),
]  # fmt: skip


@pytest.mark.parametrize(("f", "slope"), LAMBDAS)
@pytest.mark.filterwarnings("ignore::wengert.DependenceWarning")
def test_the_lambda_is_found(f, slope) -> None:
    assert wengert.grad(f)(3.0) == slope
