"""What easily goes wrong is right, and raises where Python raises."""

from __future__ import annotations

import copy

import pytest

from wengert.capture import capture

from . import traps
from .oracle import both, run, same
from .programs import PROGRAMS

TRAPS = [(f, args) for f, args in PROGRAMS if f.__module__ == traps.__name__]


@pytest.mark.parametrize(("f", "args"), TRAPS, ids=[f.__name__ for f, _ in TRAPS])
def test_trap(f, args):
    expected, got = both(f, args)
    same(expected, got)


@pytest.mark.parametrize(("f", "args", "exc"), traps.RAISING, ids=[f.__name__ for f, _, _ in traps.RAISING])
def test_raises(f, args, exc):
    """The same exception with the same message; or `OverflowError` where Python has larger integers."""
    captured = capture(f, args)
    if exc is None:
        with pytest.raises(OverflowError):
            run(captured, copy.deepcopy(args), f)
        return
    with pytest.raises(exc) as theirs:
        f(*copy.deepcopy(args))
    with pytest.raises(exc) as ours:
        run(captured, copy.deepcopy(args), f)
    if exc in (AssertionError, ZeroDivisionError) or f is traps.raises:
        assert str(ours.value) == str(theirs.value)
