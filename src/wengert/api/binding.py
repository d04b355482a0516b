"""Calls: arguments given by position and by name, brought into the order of the function's parameters."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any, cast

import numpy as np
from numpy.lib.stride_tricks import as_strided

from ..capture.signature import parameters_of
from ..diag import Diagnostic
from ..errors import error_for

POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


class Call:
    """One call.  ``args`` and ``keywords`` as given; ``names`` and ``values`` of the parameters that got a
    value (``*args`` is one of them); ``vectors`` come after the function's own arguments.  ``plain``: all
    by position.
    """

    __slots__ = ("args", "keywords", "names", "plain", "values", "vectors")

    def __init__(
        self,
        args: tuple[Any, ...],
        keywords: dict[str, Any],
        names: tuple[str, ...],
        values: tuple[Any, ...],
        vectors: tuple[Any, ...],
        plain: bool,
    ) -> None:
        self.args = args
        self.keywords = keywords
        self.names = names
        self.values = values
        self.vectors = vectors
        self.plain = plain


class Binder:
    """Binds calls of one function that takes ``extra`` vectors after its own arguments."""

    def __init__(self, fun: Callable[..., Any], name: str, extra: int) -> None:
        self.name = name
        self.extra = extra
        self._signature: inspect.Signature | None = None
        self._names: tuple[str, ...] = ()
        self._needed = 0
        self._variadic = True
        try:
            self._signature = parameters_of(fun)
        except (TypeError, ValueError):
            return
        parameters = list(self._signature.parameters.values())
        self._variadic = any(p.kind not in POSITIONAL for p in parameters)
        self._names = tuple(p.name for p in parameters)
        self._needed = sum(p.default is p.empty for p in parameters)

    def bind(self, args: Sequence[Any], keywords: dict[str, Any]) -> Call:
        """The call.  Raises `UseError` (U0601) when the arguments do not fit."""
        count = len(args) - self.extra
        if count < 0:
            raise error_for(Diagnostic("U0601", f"`{self.name}` takes a vector after its own arguments"))
        own, vectors = tuple(args[:count]), tuple(args[count:])
        if not keywords and not self._variadic and self._needed <= count <= len(self._names):
            return Call(own, {}, self._names[:count], own, vectors, True)
        if self._signature is None:
            names = tuple(f"argument {k + 1}" for k in range(count))
            return Call(own, keywords, names, own, vectors, False)
        try:
            bound = self._signature.bind(*own, **keywords)
        except TypeError as wrong:
            helps = (f"its parameters are {self._signature}",)
            raise error_for(Diagnostic("U0601", f"`{self.name}`: {wrong}", helps=helps)) from None
        given = bound.arguments
        return Call(own, keywords, tuple(given), tuple(given.values()), vectors, False)


def hollow(x: Any) -> Any:
    """An argument of the same type, with arrays that have the shape and layout but not the content."""
    if type(x) is np.ndarray:
        return as_strided(np.zeros(1, x.dtype), x.shape, x.strides)
    if type(x) is dict:
        return {key: hollow(item) for key, item in cast("dict[Any, Any]", x).items()}
    return type(x)(map(hollow, x)) if type(x) in (tuple, list) else x
