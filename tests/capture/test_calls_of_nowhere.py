"""Functions that belong to no module, as those made by ``exec`` in a bare namespace."""

from __future__ import annotations

import linecache
from typing import Any

import wengert

TEXT = """
def helper(x, scale=2.0):
    return scale * x * x

def f(x):
    return helper(x) + helper(x, scale=3.0)
"""


def test_a_helper_without_a_module() -> None:
    name = "<nowhere>"
    linecache.cache[name] = (len(TEXT), None, TEXT.splitlines(True), name)
    space: dict[str, Any] = {}
    exec(compile(TEXT, name, "exec"), space)
    space["helper"].__module__ = None
    assert wengert.grad(space["f"])(3.0) == 30.0
