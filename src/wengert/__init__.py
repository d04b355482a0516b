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

from typing import TYPE_CHECKING, Any

from . import errors
from .api.grad import grad, hvp, jit, value_and_grad
from .api.jacobian import hessian, jacobian
from .api.products import jvp, linearize, vjp
from .api.show import explain, show
from .errors import DependenceWarning, WengertError

if TYPE_CHECKING:
    from .algebra.stop import stop_gradient
    from .api.under import check, cost, interval, sparsity, symbolic, under

_LATER = {
    "check": "api.under",
    "cost": "api.under",
    "interval": "api.under",
    "sparsity": "api.under",
    "stop_gradient": "algebra.stop",
    "symbolic": "api.under",
    "under": "api.under",
}
"""Names whose rooms are imported when they are first used."""


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    found = getattr(import_module(f".{_LATER[name]}", __name__), name)
    globals()[name] = found
    return found


__all__ = [
    "DependenceWarning",
    "WengertError",
    "check",
    "cost",
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
    "show",
    "sparsity",
    "stop_gradient",
    "symbolic",
    "under",
    "value_and_grad",
    "vjp",
]
