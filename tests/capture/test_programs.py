"""Every program gives what CPython gives, and leaves its arguments as CPython does."""

from __future__ import annotations

import pytest

from .oracle import both, same
from .programs import PROGRAMS

IDS = [f"{f.__name__}-{k}" for k, (f, _) in enumerate(PROGRAMS)]


@pytest.mark.parametrize(("f", "args"), PROGRAMS, ids=IDS)
def test_program(f, args):
    expected, got = both(f, args)
    same(expected, got)
