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

from . import errors
from .api.grad import grad, hvp, jit, value_and_grad
from .api.jacobian import hessian, jacobian
from .api.products import jvp, linearize, vjp
from .api.show import explain, show
from .errors import DependenceWarning, WengertError

__all__ = [
    "DependenceWarning",
    "WengertError",
    "errors",
    "explain",
    "grad",
    "hessian",
    "hvp",
    "jacobian",
    "jit",
    "jvp",
    "linearize",
    "show",
    "value_and_grad",
    "vjp",
]
