"""Derivatives of the Python you already wrote, compiled to native code.

>>> import wengert
>>> def f(x):
...     y = x
...     for _ in range(3):
...         y = y * x
...     return y
>>> wengert.grad(f)(2.0)
32.0
"""

import os
from importlib import import_module
from typing import TYPE_CHECKING, Any

from . import errors
from .algebra.library import provide as _provide
from .api.grad import grad, hvp, jit, value_and_grad
from .errors import DependenceWarning, TracingWarning, WengertError

if TYPE_CHECKING:
    from .algebra.custom import derivative, no_derivative, transpose
    from .algebra.operation import primitive
    from .algebra.stop import stop_gradient
    from .api.autodiff import (
        Active,
        Const,
        Dual,
        DualOnly,
        Dualv,
        Duplicated,
        DuplicatedOnly,
        autodiff,
    )
    from .api.batch import batch
    from .api.counters import cache_info
    from .api.jacobian import hessian, jacobian
    from .api.products import jvp, linearize, vjp
    from .api.show import explain, show
    from .api.under import check, cost, interval, sparsity, symbolic, under

__all__ = [
    "Active",
    "Const",
    "DependenceWarning",
    "Dual",
    "DualOnly",
    "Dualv",
    "Duplicated",
    "DuplicatedOnly",
    "TracingWarning",
    "WengertError",
    "autodiff",
    "batch",
    "cache_info",
    "check",
    "cost",
    "derivative",
    "errors",
    "explain",
    "grad",
    "hessian",
    "hvp",
    "interval",
    "jacobian",
    "jit",
    "jvp",
    "linearize",
    "no_derivative",
    "primitive",
    "show",
    "sparsity",
    "stop_gradient",
    "symbolic",
    "transpose",
    "under",
    "value_and_grad",
    "vjp",
]

_LATER = {
    "api.autodiff": (
        "Active",
        "Const",
        "Dual",
        "DualOnly",
        "Dualv",
        "Duplicated",
        "DuplicatedOnly",
        "autodiff",
    ),
    "algebra.custom": ("derivative", "no_derivative", "transpose"),
    "algebra.operation": ("primitive",),
    "algebra.stop": ("stop_gradient",),
    "api.batch": ("batch",),
    "api.counters": ("cache_info",),
    "api.jacobian": ("hessian", "jacobian"),
    "api.products": ("jvp", "linearize", "vjp"),
    "api.show": ("explain", "show"),
    "api.under": ("check", "cost", "interval", "sparsity", "symbolic", "under"),
}
"""Rooms that are imported when one of their names is first used: starting must be quick."""

if "WENGERT_LOG" in os.environ:
    from .diag.log import configure

    configure(os.environ["WENGERT_LOG"])


_provide(f"{__name__}.capture.library")


def __getattr__(name: str) -> Any:
    for room, names in _LATER.items():
        if name in names:
            found = import_module(f".{room}", __name__)
            globals().update({n: getattr(found, n) for n in names})
            return getattr(found, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
