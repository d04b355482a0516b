"""Derivatives in the order that machines like are the derivatives."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

from analysis.small import lower
from transform import differentiable as programs
from transform.test_modes import active as active_in
from transform.test_modes import copied, directions, flat, gradient
from wengert.algebra.evaluate import evaluate
from wengert.ir.core import module
from wengert.ir.verify import verify
from wengert.transform.jvp import jvp
from wengert.transform.passes import native, optimise

programs.__dict__.update(programs.NUMPY)


@pytest.mark.parametrize(("f", "args"), programs.PROGRAMS, ids=lambda x: getattr(x, "__name__", ""))
def test_native_order(f: Callable[..., Any], args: Sequence[Any]) -> None:
    m = optimise(module(lower(f)))
    on = active_in(m)
    d = gradient(m)
    hv = optimise(jvp(d, on))
    for stage, values in ((m, args), (d, args), (hv, [*args, *directions(tuple(args), on, 0)])):
        turned = native(stage)
        verify(turned)
        np.testing.assert_allclose(
            flat(evaluate(turned, copied(values))),
            flat(evaluate(stage, copied(values))),
            rtol=1e-12,
            atol=1e-12,
        )
