"""What newcomers get wrong is answered in words, and with what to type instead."""

from __future__ import annotations

import numpy as np
import pytest

import wengert
from wengert.testing import check_grads


def square(x):
    return x * x


def misspelt(x):
    return np.summ(x)


def misspelt_method(x):
    return x.summ()


def inner(x):
    return np.summ(x)


def outer(x):
    return 2 * inner(x)


@pytest.mark.parametrize(
    "call",
    [
        lambda: wengert.jvp(square, 2.0, 1.0),
        lambda: wengert.jvp(square, (2.0,), 1.0),
        lambda: check_grads(square, 2.0),
        lambda: check_grads(square, np.ones(2)),
    ],
)
def test_one_argument_without_a_tuple(call) -> None:
    with pytest.raises(wengert.errors.UseError, match=r"must be a tuple(?s:.)*write `\(x,\)`"):
        call()


def test_misspelt_names() -> None:
    with pytest.raises(
        wengert.errors.CaptureError, match=r"`numpy` has no attribute `summ`(?s:.)*mean `.sum`"
    ):
        wengert.grad(misspelt)(np.ones(2))
    with pytest.raises(wengert.errors.CaptureError, match=r"has no attribute `summ`(?s:.)*mean `.sum`"):
        wengert.grad(misspelt_method)(np.ones(2))


def test_labels_tell_the_function_from_its_callers() -> None:
    with pytest.raises(wengert.errors.CaptureError) as found:
        wengert.grad(outer)(np.ones(2))
    labels = [text for _, text in found.value.diagnostics[0].labels]
    assert labels == ["called from here", "in this function"]


def test_errors_of_the_program_are_not_chained_to_ours() -> None:
    with pytest.raises(ValueError, match="broadcast") as found:
        wengert.grad(lambda x, y: (x * y).sum())(np.ones(3), np.ones(2))
    assert found.value.__cause__ is None
    assert found.value.__context__ is None
