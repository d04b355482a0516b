"""Emitted Python, run by CPython with the structures of the public API around it."""

from __future__ import annotations

from typing import Any

import numpy as np

from wengert.api.derivative import Derivative
from wengert.capture.pytree import flatten, unflatten
from wengert.emit.python import compile_source
from wengert.testing.point import children


def by_source(made: Derivative, args: tuple[Any, ...]) -> Any:
    """What the source of a derivative gives for these arguments."""
    call = made.program.bind(args)
    stage = made.program.stage(call)
    text = made.lower(*args).python
    leaves = [*flatten(stage.inputs.grouped(args), stage.inputs), *(h.read() for h in stage.hidden)]
    run = compile_source(text, stage.module.main.name.replace(".", "_"))
    with np.errstate(all="ignore"):
        found = run(*(leaves[k] for k in stage.supply))
    count = len(stage.module.main.results)
    return unflatten(stage.output, found if count > 1 else [found])


def alike(a: Any, b: Any, rtol: float = 1e-12, path: str = "result") -> None:
    """Assert that two values agree in structure and numbers."""
    parts = children(a)
    if parts is not None:
        others = children(b)
        assert others is not None, (path, a, b)
        assert [n for n, _ in parts] == [n for n, _ in others], path
        for (name, x), (_, y) in zip(parts, others, strict=True):
            alike(x, y, rtol, path + name)
    elif isinstance(a, np.ndarray):
        assert isinstance(b, np.ndarray), (path, a, b)
        assert (a.dtype, a.shape) == (b.dtype, b.shape), path
        np.testing.assert_allclose(a, b, rtol=rtol, atol=1e-14, err_msg=path)
    elif isinstance(a, (bool, int, float, complex, np.generic)):
        np.testing.assert_allclose(a, b, rtol=rtol, atol=1e-14, err_msg=path)
    else:
        assert a == b, (path, a, b)
