"""From a function and arguments to native code: the one place that knows every room.

    function, arguments -> capture -> optimise -> transform, optimise (for each step) -> lower -> compile

A `Program` is a function with a chain of transforms.  It keeps what it compiled by the signature of the
arguments, and finds what another program with the same code compiled before: a lambda in a loop is compiled
once.
"""

from __future__ import annotations

import inspect
from collections import OrderedDict
from collections.abc import Callable, Sequence
from types import CodeType, FunctionType
from typing import Any

from ..capture import capture
from ..capture.pytree import signature_of
from ..diag import Diagnostic
from ..errors import WengertError, error_for
from ..runtime.locks import Lock
from ..transform.expand import expand
from ..transform.inline import inline
from ..transform.passes import optimise
from . import front, rebind
from .compiled import Compiled, compile_stage
from .stage import Stage, captured_stage
from .steps import Step

_KEEP = 512
"""Specialisations that programs with the same code share."""

_memory: OrderedDict[Any, list[tuple[Callable[..., Any], Compiled]]] = OrderedDict()
_lock = Lock()


def base_stage(fun: Callable[..., Any], args: Sequence[Any]) -> Stage:
    """The stage of a function itself.  Raises `CaptureError` with every offence found."""
    captured = capture(fun, tuple(args), {})
    stage = captured_stage(captured)
    return stage.with_module(optimise(inline(expand(stage.module))))


class Program:
    """A function and the transforms to take of it, innermost first."""

    def __init__(self, fun: Callable[..., Any], steps: tuple[Step, ...]) -> None:
        self.fun = fun
        self.steps = steps
        self.name = display_name(fun)
        self.last: Compiled | None = None
        self._table: dict[Any, list[Compiled]] = {}
        self._compiling = Lock()
        self._parameters: inspect.Signature | None = None

    def stage(self, args: Sequence[Any]) -> Stage:
        """The module for some arguments, after all transforms."""
        extra = sum(step.extra for step in self.steps)
        own = args[: len(args) - extra] if extra else args
        stage = base_stage(self.fun, own)
        for step in self.steps:
            stage = step.apply(stage, self.name)
        return stage

    def find(self, args: Sequence[Any], fallback: Callable[..., Any]) -> Compiled:
        """The specialisation for some arguments, compiled when there is none."""
        key = signature_of(args)
        for found in self._table.get(key, ()):
            if found.valid():
                self.last = found
                return found
        with self._compiling:
            made = self._from_memory(key, fallback) or self._restored(key, fallback)
            if made is None:
                made = self._compile(key, args, fallback)
            variants = self._table.setdefault(key, [])
            variants[:] = [made, *variants[:7]]
        self.last = made
        return made

    def _compile(self, key: Any, args: Sequence[Any], fallback: Callable[..., Any]) -> Compiled:
        stage = self.stage(args)
        name = front.key_of(self.fun, self.steps, key)
        facts = front.describe(self.fun, stage) if name is not None else None
        made = compile_stage(stage, self.name, fallback, front=name, facts=facts)
        code = _code_of(self.fun)
        if code is not None:
            with _lock:
                entries = _memory.setdefault((code, self.steps, key), [])
                entries[:] = [(self.fun, made), *entries[:3]]
                _memory.move_to_end((code, self.steps, key))
                while len(_memory) > _KEEP:
                    _memory.popitem(last=False)
        return made

    def _from_memory(self, key: Any, fallback: Callable[..., Any]) -> Compiled | None:
        code = _code_of(self.fun)
        if code is None:
            return None
        with _lock:
            entries = list(_memory.get((code, self.steps, key), ()))
        for other, made in entries:
            moved = rebind.moved(other, self.fun, made.hidden, made.guards)
            if moved is None:
                continue
            bound = made.bound(*moved, fallback)
            if bound.valid():
                return bound
        return None

    def _restored(self, key: Any, fallback: Callable[..., Any]) -> Compiled | None:
        name = front.key_of(self.fun, self.steps, key)
        return None if name is None else front.restored(name, self.fun, fallback)

    def bind(self, args: Sequence[Any], keywords: dict[str, Any]) -> tuple[Any, ...]:
        """All arguments by position.  `UseError` (U0601) when they do not fit the function."""
        extra = sum(step.extra for step in self.steps)
        own, rest = (args[: len(args) - extra], args[len(args) - extra :]) if extra else (args, ())
        if len(args) < extra:
            raise error_for(Diagnostic("U0601", f"`{self.name}` takes {extra} more argument after its own: a vector"))
        parameters = self._signature()
        if parameters is None:
            if keywords:
                raise error_for(Diagnostic("U0601", f"`{self.name}` is called with positional arguments only"))
            return tuple(args)
        try:
            bound = parameters.bind(*own, **keywords)
        except TypeError as wrong:
            raise error_for(Diagnostic("U0601", f"`{self.name}`: {wrong}")) from None
        if bound.kwargs:
            names = ", ".join(f"`{n}`" for n in bound.kwargs)
            text = f"{names} can be given to `{self.name}` by name only, which its derivative does not take"
            helps = (f"wrap it: `lambda *a: {self.name}(*a, {next(iter(bound.kwargs))}=...)`",)
            raise error_for(Diagnostic("U0601", text, helps=helps))
        return (*bound.args, *rest)

    def _signature(self) -> inspect.Signature | None:
        if self._parameters is None:
            try:
                self._parameters = inspect.signature(self.fun, follow_wrapped=False)
            except (TypeError, ValueError):
                return None
        return self._parameters


def _code_of(fun: Any) -> CodeType | None:
    return fun.__code__ if isinstance(fun, FunctionType) else None


def display_name(fun: Any) -> str:
    """How messages call a function."""
    name = getattr(fun, "__name__", None)
    if isinstance(name, str):
        return name
    inner = getattr(fun, "func", None)  # functools.partial
    return display_name(inner) if inner is not None else type(fun).__name__


def quiet(error: WengertError) -> WengertError:
    """The error without the frames of the library."""
    error.__traceback__ = None
    error.__suppress_context__ = True
    return error
