"""The names that a traced function sees.

Its globals are a dictionary that gives, for some values, others in their place: modules with functions that
know the tape, functions of the user's that see such names themselves.  Nothing is patched: other threads, and
the function itself when it is called as usual, see what they always saw.
"""

from __future__ import annotations

import builtins
import dis
import math
import sys
from collections.abc import Callable
from functools import cache, partial, wraps
from types import CellType, CodeType, FunctionType, MethodType, ModuleType
from typing import Any

import numpy as np

from ...algebra.base import Traced, shape_of
from ...algebra.graph import Graph
from ...algebra.numpy_api import FUNCTIONS
from ...algebra.where import refuse
from ...ir.types import F64
from ...prims.primitive import REGISTRY
from ..composites import NUMPY
from .memory import ALWAYS, MAKERS, plain_kinds, traced

_STANDARD = frozenset(sys.stdlib_module_names)
_LIBRARIES = frozenset({"numpy", "scipy"})


class World:
    """What names mean while a function runs on ``tape``."""

    def __init__(self, tape: Graph) -> None:
        self.tape = tape
        self._functions: dict[Any, Any] = {}
        self._modules: dict[str, Module] = {}

    def function(self, f: Any) -> Any:
        """``f`` with these names, for functions written in Python."""
        if isinstance(f, MethodType):
            return MethodType(self.function(f.__func__), f.__self__)
        if isinstance(f, partial):
            return partial(self.function(f.func), *f.args, **f.keywords)
        if not isinstance(f, FunctionType) or _foreign(f):
            return f
        found = self._functions.get(f)
        if found is None:
            if _binds_globals(f.__code__):
                refuse("R0403", f"`{f.__name__}` assigns to a global name, which is not traced", "return it")
            cells = tuple(map(self._cell, f.__closure__ or ()))
            names: dict[str, Any] = Names(self, f.__globals__)
            found = FunctionType(f.__code__, names, f.__name__, None, cells)
            if f.__defaults__:
                found.__defaults__ = tuple(map(self.meaning, f.__defaults__))
            if f.__kwdefaults__:
                found.__kwdefaults__ = {k: self.meaning(v) for k, v in f.__kwdefaults__.items()}
            self._functions[f] = self._functions[found] = found
        return found

    def _cell(self, cell: CellType) -> CellType:
        """The cell itself, which the function may write, unless what is in it has another meaning here."""
        try:
            value = cell.cell_contents
        except ValueError:
            return cell
        other = self.meaning(value)
        return cell if other is value else CellType(other)

    def meaning(self, value: Any) -> Any:
        """What stands for ``value`` here."""
        kind = type(value)
        if kind is ModuleType:
            return self._module(value)
        if not callable(value):
            return value
        try:
            if value in BUILTINS:
                return BUILTINS[value]
            if value in MAKERS or value in NUMPY or value in FUNCTIONS:
                return self._of_numpy(value)
        except TypeError:  # not hashable
            return value
        if getattr(math, getattr(value, "__name__", ""), None) is value:
            return _of_math(value)
        return self.function(value)

    def _module(self, module: ModuleType) -> Any:
        root = module.__name__.partition(".")[0]
        if root in _STANDARD - {"math"}:
            return module
        found = self._modules.get(module.__name__)
        if found is None:
            found = self._modules[module.__name__] = Module(self, module)
        return found

    def _of_numpy(self, real: Any) -> Any:
        """A function of NumPy: as it is on plain values, in Python on those of the tape."""
        maker = MAKERS.get(real)
        meaning: Any = self.function(NUMPY[real]) if real in NUMPY else FUNCTIONS.get(real, real)
        joins = real in (np.concatenate, np.stack)

        @wraps(real)
        def call(*args: Any, **keywords: Any) -> Any:
            on_tape = traced((*args, *keywords.values()))
            if maker is not None and (real in ALWAYS or not on_tape):
                return maker(self.tape, *args, **keywords)
            if not on_tape:
                return real(
                    *plain_kinds(args), **dict(zip(keywords, plain_kinds(keywords.values()), strict=True))
                )
            if meaning is FUNCTIONS.get(real) and not joins:
                args = tuple(
                    ALWAYS[np.array](self.tape, a) if type(a) is list and traced(a) else a for a in args
                )
            return meaning(*args, **keywords)

        return call

    def _stacked(self, x: Any) -> Any:
        return ALWAYS[np.array](self.tape, x) if type(x) in (list, tuple) and traced(x) else x


class Names(dict[str, Any]):
    """Globals seen from a `World`."""

    def __init__(self, world: World, real: dict[str, Any]) -> None:
        super().__init__(
            {"__builtins__": real.get("__builtins__", builtins), "__name__": real.get("__name__")}
        )
        self._world = world
        self._real = real

    def __getitem__(self, name: str) -> Any:
        if name in self._real:
            return self._world.meaning(self._real[name])
        return (
            self._world.meaning(getattr(builtins, name))
            if hasattr(builtins, name)
            else super().__getitem__(name)
        )


class Module:
    """A module seen from a `World`."""

    def __init__(self, world: World, real: ModuleType) -> None:
        self._world = world
        self._real = real

    def __getattr__(self, name: str) -> Any:
        return self._world.meaning(getattr(self._real, name))


@cache
def _binds_globals(code: CodeType) -> bool:
    """Whether a function, or one inside it, assigns to a global name: that does not ask the dictionary."""
    return any(i.opname in ("STORE_GLOBAL", "DELETE_GLOBAL") for i in dis.get_instructions(code)) or any(
        _binds_globals(c) for c in code.co_consts if isinstance(c, CodeType)
    )


def _foreign(f: FunctionType) -> bool:
    """Of the standard library, or of a library whose functions know tapes by themselves."""
    root = (f.__module__ or "").partition(".")[0]
    return root in _STANDARD - {"__main__"} or root in _LIBRARIES


def plain(x: Any) -> Any:
    """A value without the tape."""
    while isinstance(x, Traced):
        x = x.value  # type: ignore[attr-defined]
    return x


# numbers


def _of_math(f: Callable[..., Any]) -> Callable[..., Any]:
    """A function of `math`, with the exceptions that it raises."""
    name = {"pow": "pow", "fabs": "abs", "gamma": "tgamma"}.get(f.__name__, f.__name__)

    @wraps(f)
    def call(*args: Any) -> Any:
        if not any(isinstance(a, Traced) for a in args):
            return f(*args)
        value = f(*map(plain, args))
        if isinstance(value, (bool, int)):
            return value
        if name in ("degrees", "radians"):
            return args[0] * (180.0 / math.pi if name == "degrees" else math.pi / 180.0)
        if name == "log" and len(args) == 2:
            return REGISTRY["log"](args[0]) / REGISTRY["log"](args[1])
        if name not in REGISTRY or REGISTRY[name].kind != "elementwise":
            refuse("R0403", f"`math.{f.__name__}` is not among the operations of the tape")
        return REGISTRY[name](*args)

    return call


def _number(x: Any) -> bool:
    return isinstance(x, Traced) and not shape_of(x)


class _Kind(type):
    """The type of the stand-ins for `float` and `int`: they are called and asked as these are."""

    stands_for: type

    def __call__(cls, *args: Any, **keywords: Any) -> Any:
        if len(args) == 1 and _number(args[0]):
            return cls.of(args[0])  # type: ignore[attr-defined]
        return cls.stands_for(*args, **keywords)

    def __instancecheck__(cls, x: Any) -> bool:
        return isinstance(x, cls.stands_for) or (_number(x) and isinstance(plain(x), cls.stands_for))

    def __subclasscheck__(cls, c: type) -> bool:
        return issubclass(c, cls.stands_for)

    def __eq__(cls, other: object) -> bool:
        return other is cls.stands_for or other is cls

    def __hash__(cls) -> int:
        return hash(cls.stands_for)


class Float(float, metaclass=_Kind):
    """`float`, which keeps numbers of the tape."""

    stands_for = float

    @staticmethod
    def of(x: Any) -> Any:
        return x if x.dtype == np.float64 else REGISTRY["cast"](x, to=F64)


class Int(int, metaclass=_Kind):
    """`int`: whole numbers have no derivative, as in compiled code."""

    stands_for = int

    @staticmethod
    def of(x: Any) -> int:
        return int(plain(x))


def _isinstance(x: Any, kinds: Any) -> bool:
    """`isinstance`: numbers of the tape are what they stand for, its arrays are arrays."""
    many = kinds if isinstance(kinds, tuple) else (kinds,)
    like = plain(x)
    return any(isinstance(like, k.stands_for if isinstance(k, _Kind) else k) for k in many)


BUILTINS: dict[Any, Any] = {float: Float, int: Int, isinstance: _isinstance}
"""Built-in names that mean something else on a tape."""
