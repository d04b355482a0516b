"""The transforms that give a function for a function: `grad`, `value_and_grad`, `jit`, `hvp`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .derivative import Derivative
from .marked import marked
from .step import Step, engine_of, normalise

Fun = Callable[..., Any]


@marked
def grad(fun: Fun, wrt: Any = 0, *, has_aux: bool = False, engine: str = "native") -> Derivative:
    """The gradient of a function that returns one real number.

    ``wrt`` says by which arguments: a position, a name, a path such as ``"params.w"``, or a tuple of these.
    The result has the structure, shapes and dtypes of the arguments named.  With ``has_aux`` the function
    returns ``(number, anything)`` and the derivative ``(gradient, anything)``.  Arguments are left as they
    were.  ``engine="auto"`` traces a function that the compiler refuses, with a `TracingWarning` that names
    the construct; ``"trace"`` always traces: any Python, an operation at a time.

    Raises, at the call: `WrtError` when ``wrt`` names nothing, `TypesError` when it names integers or the
    result is not one number, `CaptureError` when the function uses what cannot be compiled.  Warns
    (`DependenceWarning`) when the result does not depend on an argument.

    >>> import numpy as np, wengert
    >>> def loss(w, x, y):
    ...     r = x @ w - y
    ...     return r @ r
    >>> x = np.array([[1.0, 2.0], [3.0, 4.0]])
    >>> wengert.grad(loss)(np.zeros(2), x, np.array([1.0, 1.0]))
    array([ -8., -12.])
    """
    return Derivative(fun, Step("grad", normalise(wrt), has_aux), engine_of(engine))


@marked
def value_and_grad(fun: Fun, wrt: Any = 0, *, has_aux: bool = False, engine: str = "native") -> Derivative:
    """The value of a function and its gradient, ``(value, gradient)``; see `grad`.

    With ``has_aux``: ``((value, anything), gradient)``.

    >>> import wengert
    >>> wengert.value_and_grad(lambda x, y: x * y, wrt=("x", "y"))(2.0, 3.0)
    (6.0, (3.0, 2.0))
    """
    return Derivative(fun, Step("value_and_grad", normalise(wrt), has_aux), engine_of(engine))


@marked
def jit(fun: Fun, *, engine: str = "native") -> Derivative:
    """The function itself, compiled.  It overwrites what ``fun`` would overwrite.

    With ``engine="auto"``, a function that the compiler refuses is called as it is.

    >>> import wengert
    >>> @wengert.jit
    ... def power(x, n):
    ...     y = 1.0
    ...     for _ in range(n):
    ...         y *= x
    ...     return y
    >>> power(2.0, 10)
    1024.0
    """
    return Derivative(fun, Step("jit"), engine_of(engine))


@marked
def hvp(fun: Fun, wrt: Any = 0, *, engine: str = "native") -> Derivative:
    """The product of the Hessian with a vector: ``hvp(f)(*args, v)``, forward mode over the gradient.

    ``v`` has the structure and shapes of the arguments that ``wrt`` names, and so has the result.  The cost
    is a small multiple of that of the gradient, whatever the number of variables.

    >>> import wengert
    >>> wengert.hvp(lambda x: x**3)(2.0, 1.0)
    12.0
    """
    return Derivative(fun, Step("hvp", normalise(wrt)), engine_of(engine))
