"""Derivatives that the user gives: of functions, and of the meaning of calls.

A function with a derivative of its own is differentiated by that rule alone; what its body does is not looked
at.  The rule is compiled like the function, so it has derivatives itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from types import FunctionType
from typing import Any, get_type_hints

from ..diag import Diagnostic
from ..errors import error_for
from .operation import Operation, primitive
from .stop import stop_gradient

Fun = Callable[..., Any]


@dataclass(eq=False, slots=True)
class Rules:
    """The rules of one function.  ``linear``: ``vjp`` is a transpose, which is given no values of ``wrt``."""

    of: Any
    wrt: tuple[int | str, ...] | None = None
    jvp: Fun | None = None
    vjp: Fun | None = None
    linear: bool = False
    operation: Operation | None = None


_RULES: dict[int, Rules] = {}


def rules_of(f: Any) -> Rules | None:
    """The rules of a function, if it has any."""
    found = _RULES.get(id(f))
    return found if found is not None and found.of is f else None


def _rules(of: Any, wrt: Any) -> Rules:
    if not callable(of):
        text = f"`of` must be a function, not {type(of).__name__}"
        raise error_for(Diagnostic("U0601", text))
    found = rules_of(of)
    if found is None:
        found = _RULES[id(of)] = Rules(of)
    if wrt is not None:
        found.wrt = tuple(wrt) if isinstance(wrt, (tuple, list)) else (wrt,)
    return found


def derivative(
    *, of: Fun, wrt: Any = None, mode: str = "reverse", result: Fun | None = None
) -> Callable[[Fun], Fun]:
    """Give a function a derivative of your own, as a decorator of the rule.

    ``mode="reverse"``: ``rule(y_bar, y, *args)`` gives the cotangents of the arguments ``wrt`` (one, or a
    tuple); ``mode="forward"``: ``rule(args, dargs, y)`` gives the tangent of ``y``, where ``dargs`` is None
    at arguments that are not in ``wrt``.  Both may be given; a missing one is the transpose of the other.
    ``wrt`` (positions or names, all floating-point arguments by default) says by what the function is
    differentiated.

    Functions without Python source (of C, of NumPy and SciPy) are called back; ``result(*specs)`` then says
    shape and dtype of the result, see `primitive`.  Rules come before the function is first compiled.

    >>> import math, wengert
    >>> def length(x, y):
    ...     return math.sqrt(x * x + y * y)
    >>> @wengert.derivative(of=length)
    ... def rule(r_bar, r, x, y):
    ...     return (r_bar * x / r, r_bar * y / r) if r > 0.0 else (0.0, 0.0)
    >>> wengert.grad(length, wrt=(0, 1))(0.0, 0.0)
    (0.0, 0.0)
    """
    if mode not in ("reverse", "forward"):
        text = f"`mode` must be 'reverse' or 'forward', not {mode!r}"
        raise error_for(Diagnostic("U0601", text))

    def attach(rule: Fun) -> Fun:
        found = _rules(of, wrt)
        if mode == "reverse":
            found.vjp = rule
        else:
            found.jvp = rule
        if not isinstance(of, FunctionType):
            _foreign(found, rule, mode, result)
        return rule

    return attach


def _foreign(rules: Rules, rule: Fun, mode: str, result: Fun | None) -> None:
    """A function without source becomes an operation that is called back."""
    operation: Operation = rules.operation or primitive(rules.of, result=result)
    rules.operation = operation
    wrt = rules.wrt
    if mode == "forward":
        operation.jvp(rule)
        return

    def all_cotangents(y_bar: Any, y: Any, *xs: Any) -> Any:
        parts = rule(y_bar, y, *xs)
        parts = list(parts) if isinstance(parts, (tuple, list)) else [parts]
        if wrt is None:
            return parts
        out: list[Any] = [None] * len(xs)
        for k, part in zip(wrt, parts, strict=True):
            assert isinstance(k, int), "arguments of functions without source have positions only"
            out[k] = part
        return out

    operation.vjp(all_cotangents)


def transpose(*, of: Fun, wrt: Any = None) -> Callable[[Fun], Fun]:
    """Give the transpose of a function that is linear in ``wrt``: ``rule(y_bar, *other_arguments)``.

    >>> import numpy as np, wengert
    >>> def differences(x):
    ...     return x[1:] - x[:-1]
    >>> @wengert.transpose(of=differences)
    ... def rule(y_bar):
    ...     x_bar = np.zeros(len(y_bar) + 1)
    ...     x_bar[1:] += y_bar
    ...     x_bar[:-1] -= y_bar
    ...     return x_bar
    >>> wengert.grad(lambda x: np.sum(differences(x)))(np.ones(4))
    array([-1.,  0.,  0.,  1.])
    """

    def attach(rule: Fun) -> Fun:
        found = _rules(of, wrt)
        found.vjp = rule
        found.linear = True
        return rule

    return attach


class Inactive:
    """A function through which no derivative goes; see `no_derivative`."""

    def __init__(self, fun: Fun) -> None:
        self.fun = fun
        self.__name__ = getattr(fun, "__name__", type(fun).__name__)
        self.__doc__ = getattr(fun, "__doc__", None)

    def __call__(self, *args: Any, **keywords: Any) -> Any:
        """The result, as a constant."""
        return _stopped(self.fun(*args, **keywords))

    def __get__(self, owner: Any, kind: Any = None) -> Any:
        return self if owner is None else Inactive(self.fun.__get__(owner, kind))


def _stopped(x: Any) -> Any:
    if isinstance(x, (tuple, list)):
        return type(x)(_stopped(c) for c in x)
    return stop_gradient(x)


@cache
def constant_fields(cls: type) -> frozenset[str]:
    """The fields of a class whose annotation has `no_derivative` in it."""
    if not any("__annotations__" in base.__dict__ for base in cls.__mro__):
        return frozenset()
    try:
        hints = get_type_hints(cls, include_extras=True)
    except Exception:  # annotations may name what does not exist at run time
        hints = {}
    return frozenset(
        name for name, hint in hints.items() if no_derivative in getattr(hint, "__metadata__", ())
    )


def no_derivative(what: Any) -> Any:
    """Without derivative: a function (as a decorator, or around it at one call), a value, or a field of a
    class or a parameter of a function, annotated with it: ``scale: Annotated[float, wengert.no_derivative]``.

    >>> import wengert
    >>> @wengert.no_derivative
    ... def scale(x):
    ...     return 10.0 * x
    >>> wengert.grad(lambda x: scale(x) * x)(2.0)
    20.0
    """
    return Inactive(what) if callable(what) else _stopped(what)
