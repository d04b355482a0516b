"""What was wrong once is right, in every mode, on every engine."""

from __future__ import annotations

import pytest

from wengert.testing.witness import Effort, check_function

from .found import FOUND

ALL = Effort(second=True, third=True, passes=True, native=2, source=True)
IDS = [f"{f.__name__}-{k}" for k, (f, _) in enumerate(FOUND)]


@pytest.mark.parametrize(("f", "args"), FOUND, ids=IDS)
def test_found(f, args, monkeypatch):
    monkeypatch.setenv("WENGERT_VERIFY", "1")
    outcome = check_function(f, args, ALL)
    assert outcome.kind == "ok", outcome
