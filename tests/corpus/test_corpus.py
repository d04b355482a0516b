"""The corpus by topic: each line of the coverage specification has functions, and each function is checked.

Values against CPython, native and as readable source; forward mode against complex step or differences, reverse
mode against forward.  A case is ``(line, function, arguments)`` with the line of the specification that it
belongs to; a module that lists it under ``INACTIVE`` has no derivative to check.
"""

from __future__ import annotations

import copy
import warnings
from typing import Any

import numpy as np
import pytest

import wengert as wg
from corpus.topics import LINES, TOPICS
from source_harness import alike, by_source
from wengert.testing import check_grads

Case = tuple[str, Any, tuple[Any, ...]]


def _params(cases: list[Case]) -> list[Any]:
    return [
        pytest.param(f, args, id=f"{f.__module__.rpartition('.')[2]}.{f.__name__}-{k}")
        for k, (_, f, args) in enumerate(cases)
    ]


ACTIVE = _params([c for topic in TOPICS for c in topic.CASES])
INACTIVE = _params([c for topic in TOPICS for c in getattr(topic, "INACTIVE", [])])


@pytest.mark.parametrize(("f", "args"), ACTIVE + INACTIVE)
def test_value(f: Any, args: tuple[Any, ...]) -> None:
    """`jit` gives what CPython gives, overwrites what it overwrites; so does its source."""
    theirs, mine = copy.deepcopy(args), copy.deepcopy(args)
    with np.errstate(all="ignore"):
        expected = f(*theirs)
    alike(expected, wg.jit(f)(*mine))
    alike(theirs, mine)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        alike(expected, by_source(wg.jit(f), copy.deepcopy(args)))


@pytest.mark.parametrize(("f", "args"), ACTIVE)
def test_derivatives(f: Any, args: tuple[Any, ...]) -> None:
    """Forward against complex step or differences, reverse against forward; the arguments stay as they were."""
    given = copy.deepcopy(args)
    report = check_grads(f, given, order=1)
    assert not report.kinks
    alike(args, given)


def test_each_line_of_the_specification_has_a_case() -> None:
    found = {line for topic in TOPICS for line, *_ in (*topic.CASES, *getattr(topic, "INACTIVE", []))}
    assert found <= set(LINES), f"no such line: {sorted(found - set(LINES))}"
    assert set(LINES) <= found, f"nothing tests {sorted(set(LINES) - found)}"
