"""From a function and arguments to native code: found if it can be, otherwise made by `build`.

A `Program` is a function with a chain of transforms.  It keeps what it compiled by the signature of the
arguments, and finds what another program with the same code compiled before: a lambda in a loop is compiled
once.  What another process compiled is found on disk (`front`), and then none of the rooms of the compiler
is even imported.
"""

from __future__ import annotations

import functools
from collections import OrderedDict
from collections.abc import Callable, Sequence
from types import CodeType, FunctionType, MethodType
from typing import TYPE_CHECKING, Any, TypeVar, cast

from ..capture.marks import constant_parameters
from ..capture.signature import signature_of
from ..errors import WengertError
from ..ir.types import NoLanes
from ..runtime.locks import Lock
from . import front, rebind
from .binding import Binder, Call, hollow
from .compiled import Compiled, Fallback
from .counters import counted
from .step import Step

if TYPE_CHECKING:
    from .stage import Stage

_KEEP = 512
"""Specialisations that programs with the same code share."""

_memory: OrderedDict[Any, list[tuple[Callable[..., Any], Compiled]]] = OrderedDict()
_programs: OrderedDict[Any, Program] = OrderedDict()
_lock = Lock()


class Program:
    """A function and the transforms to take of it, innermost first."""

    def __init__(self, fun: Callable[..., Any], steps: tuple[Step, ...]) -> None:
        self.fun = fun
        self.steps = steps
        self.name = display_name(fun)
        self.last: Compiled | None = None
        self._restored_for: Call | None = None
        self._table: dict[Any, list[Compiled]] = {}
        self._refused: dict[Any, NoLanes] = {}
        self._compiling = Lock()
        self._binder: Binder | None = None
        self._by_name = hasattr(type(fun), "__wengert_inner__")  # arguments by name mean something else

    def bind(self, args: Sequence[Any], keywords: dict[str, Any] | None = None) -> Call:
        """A call of the transformed function.  `UseError` (U0601) when the arguments do not fit."""
        if self._binder is None:
            self._binder = Binder(self.fun, self.name, sum(step.extra for step in self.steps))
        return self._binder.bind(args, keywords or {})

    def stage(self, call: Call, by_value: bool = True) -> Stage:
        """The module for some arguments, after all transforms; never for their very integers unless
        ``by_value``.
        """
        from .build import stage_of

        return stage_of(self.fun, self.steps, self.name, call, by_value)

    def last_stage(self) -> Stage | None:
        """The stage of the last specialisation, made again if its code came from the disk; None before the
        first call.
        """
        if self.last is None or self.last.stage is not None:
            return self.last and self.last.stage
        assert self._restored_for is not None
        return self.stage(self._restored_for)

    def find(self, call: Call, fallback: Fallback = None) -> Compiled:
        """The specialisation for some arguments, compiled when there is none.

        Vectors after the function's own arguments are of the types that the stage gives them.
        ``fallback``, when given, is called by the ``direct`` entry for arguments of other types.
        """
        key: Any = (call.names, signature_of(call.values))
        if self._by_name:
            key = (*key, tuple(call.keywords))
        for found in self._table.get(key, ()):
            if found.valid() and found.fits(call.values):
                self.last = found
                counted("hits", self.name)
                return found
        fallback = fallback if call.plain else None
        if key in self._refused:
            raise self._refused[key]
        with self._compiling:
            variants = self._table.setdefault(key, [])
            wide = any(v.function.outgrown for v in variants)
            made = self._from_memory(key, call, fallback, wide)
            how = "compiled" if made is None else "shared"
            if made is None:
                made = self._restored(key, call, fallback, wide)
                how = "compiled" if made is None else "disk"
            if made is not None and made.stage is None:
                args = tuple(map(hollow, call.args))
                self._restored_for = Call(args, {}, call.names, args, (), True)
            if made is None:
                try:
                    made = self._compile(key, call, fallback, wide)
                except NoLanes as e:
                    self._refused[key] = e
                    raise
            variants[:] = [made, *variants[: 63 if made.by_value else 7]]
        self.last = made
        counted(how, self.name)
        return made

    def _compile(self, key: Any, call: Call, fallback: Fallback, wide: bool) -> Compiled:
        from .build import base_stage, build

        name = front.key_of(self.fun, self.steps, key, wide)

        def facts(stage: Stage) -> tuple[str | None, dict[str, Any] | None]:
            return name, front.describe(self.fun, stage) if name is not None else None

        base = base_stage(self.fun, call)
        made = build(base, self.steps, self.name, fallback, wide, facts, self._may_stand_alone())
        code = _code_of(self.fun)
        if code is not None:
            with _lock:
                place = (code, self.steps, key, wide)
                entries = _memory.setdefault(place, [])
                entries[:] = [(self.fun, made), *entries[:3]]
                _memory.move_to_end(place)
                while len(_memory) > _KEEP:
                    _memory.popitem(last=False)
        return made

    def _may_stand_alone(self) -> bool:
        """Whether an entry may turn to the dispatcher of *any* program with this code: nothing else was
        compiled yet, and functions with this code cannot differ in what they read.
        """
        return not any(self._table.values()) and rebind.bare(self.fun)

    def _from_memory(self, key: Any, call: Call, fallback: Fallback, wide: bool) -> Compiled | None:
        code = _code_of(self.fun)
        if code is None:
            return None
        with _lock:
            entries = list(_memory.get((code, self.steps, key, wide), ()))
        for other, made in entries:
            moved = rebind.moved(other, self.fun, made.hidden, made.guards)
            if moved is None or (made.alone and not self._may_stand_alone()):
                continue
            bound = made.bound(*moved, fallback)
            if bound.valid() and bound.fits(call.values):
                return bound
        return None

    def _restored(self, key: Any, call: Call, fallback: Fallback, wide: bool) -> Compiled | None:
        name = front.key_of(self.fun, self.steps, key, wide) if fallback is not None else None
        if name is None:
            return None
        made = front.restored(name, self.fun, fallback, self._may_stand_alone())
        return made if made is not None and made.fits(call.values) else None


def program_of(fun: Any, steps: tuple[Step, ...]) -> Program:
    """The program for a function, the same one while it is in use."""
    key = (_identity(fun), steps)
    with _lock:
        found = _programs.pop(key, None)
        if found is None:
            found = Program(fun, steps)
        _programs[key] = found
        while len(_programs) > _KEEP:
            _programs.popitem(last=False)
    return found


def _identity(fun: Any) -> Any:
    """Equal for one and the same function; a method is made anew each time it is looked up."""
    return (id(fun.__self__), fun.__func__) if isinstance(fun, MethodType) else id(fun)


def _code_of(fun: Any) -> tuple[CodeType, Any] | None:
    """What functions have in common that are compiled alike."""
    inner, chain = rebind.core(fun)
    return (inner.__code__, (chain, constant_parameters(inner))) if isinstance(inner, FunctionType) else None


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


F = TypeVar("F", bound=Callable[..., Any])


def outermost(f: F) -> F:
    """A function that users call: the frames of the library stay out of tracebacks."""

    @functools.wraps(f)
    def call(*args: Any, **keywords: Any) -> Any:
        try:
            return f(*args, **keywords)
        except WengertError as error:
            raise quiet(error) from None
        except Exception as error:
            error.__traceback__ = None
            raise

    return cast(F, call)
