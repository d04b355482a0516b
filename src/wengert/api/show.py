"""`show` and `explain`: what is made of a function, without calling it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .derivative import Derivative
from .step import Step

if TYPE_CHECKING:
    from .inspect import Source


def show(f: Callable[..., Any], *args: Any, **keywords: Any) -> Source:
    """The code that Wengert makes of ``f`` for these arguments, as Python that a person can read, and run.

    ``f`` is a function, or a derivative such as ``grad(f)``.  Raises what calling it would raise while
    compiling.

    >>> import wengert
    >>> code = wengert.show(wengert.grad(lambda x: x * x), 3.0)
    >>> "return" in code
    True
    """
    made = f if isinstance(f, Derivative) else Derivative(f, Step("jit"))
    return made.lower(*args, **keywords).python


def explain(f: Callable[..., Any], *args: Any, **keywords: Any) -> Source:
    """What Wengert makes of ``f`` for these arguments, in words: inputs, assumptions, records, size.

    >>> import wengert
    >>> print(wengert.explain(wengert.grad(lambda x: x * x), 3.0))  # doctest: +ELLIPSIS
    the gradient of <lambda>
      takes x: f64
      gives f64
      records nothing
      is ...
    """
    made = f if isinstance(f, Derivative) else Derivative(f, Step("jit"))
    return made.explain(*args, **keywords)
