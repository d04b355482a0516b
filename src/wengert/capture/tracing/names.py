"""The names that a traced function sees.

Its globals are a dictionary that gives, for some values, others in their place: modules with functions that
know the tape, functions of the user's that see such names themselves.  Nothing is patched: other threads, and
the function itself when it is called as usual, see what they always saw.
"""

from __future__ import annotations

import builtins
import copy
import dis
import inspect
import math
from functools import cache, partial, wraps
from types import BuiltinFunctionType, CellType, CodeType, FunctionType, MethodType, ModuleType
from typing import Any

import numpy as np

from ...algebra import library
from ...algebra.base import Algebra, Traced
from ...algebra.custom import Inactive, rules_of
from ...algebra.numpy_api import FUNCTIONS, known
from ...algebra.stop import stop_gradient
from ...algebra.where import refuse, trial
from ...errors import RuleError
from ..composites import NUMPY
from ..composites.layout import vectorized
from ..marks import constant_parameters
from ..signature import is_library
from .classes import LIBRARIES, STANDARD, attributes_of, dressed, is_seen, subclass
from .joins import Joined
from .memory import ALWAYS, MAKERS, plain_kinds, traced
from .numbers import BUILTINS, of_math

_COMPOSITES = ("wengert.capture.composites", "wengert.capture.prelude", "wengert.demo")
"""Rooms whose functions are written like the user's."""


class World:
    """What names mean while a function runs on ``tape``."""

    def __init__(self, tape: Algebra) -> None:
        self.tape = tape
        self._functions: dict[Any, Any] = {}
        self._classes: dict[type, type] = {}
        self._views: dict[int, tuple[Any, Any]] = {}
        self._modules: dict[str, Module] = {}

    def function(self, f: Any) -> Any:
        """``f`` with these names, for functions written in Python."""
        if isinstance(f, MethodType):
            return MethodType(self.function(f.__func__), self.meaning(f.__self__))
        if isinstance(f, partial):
            return partial(self.function(f.func), *f.args, **f.keywords)
        if not isinstance(f, FunctionType) or _foreign(f):
            return f
        found = self._functions.get(f)
        if found is None:
            if _binds_globals(f.__code__):
                refuse("R0403", f"`{f.__name__}` assigns to a global name, which is not traced", "return it")
            free = zip(f.__code__.co_freevars, f.__closure__ or (), strict=True)
            cells = tuple(c if name == "__class__" else self._cell(c) for name, c in free)
            names = Names(self, real_globals(f))
            if _marks_inside(f.__code__):
                text = f"`{f.__name__}` marks parameters of a function inside it, which is not traced"
                refuse("R0403", text, "use `wengert.no_derivative(x)` there")
            for name in _class_names(f.__code__) & names.meant.keys():
                dict.__setitem__(names, name, names[name])
            found = FunctionType(f.__code__, names, f.__name__, None, cells)
            if f.__defaults__:
                found.__defaults__ = tuple(map(self.meaning, f.__defaults__))
            if f.__kwdefaults__:
                found.__kwdefaults__ = {k: self.meaning(v) for k, v in f.__kwdefaults__.items()}
            held = constant_parameters(f)
            self._functions[f] = self._functions[found] = found = _holding(found, held) if held else found
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
        if kind is Module or kind is Known:  # of the World around this one
            return self.meaning(value.meant)
        if kind is np.vectorize:
            return self._vectorized(value.pyfunc)
        if value is np.vectorize:
            return self._vectorized
        if hasattr(kind, "__wengert_seen__"):
            return value.__wengert_seen__(self.meaning)
        if kind is Inactive:
            return Inactive(self.meaning(value.fun))
        rules = rules_of(value)
        if rules is not None:
            return self._ruled(value) if rules.operation is None else rules.operation
        if is_library(value):
            return Module(self, value)
        if isinstance(value, type) and is_seen(value):
            return self.cls(value)
        if is_seen(kind):
            return self._view(value)
        if value is np.r_ or value is np.c_:
            return Joined(value, self.meaning)
        if kind is Joined:
            return self.meaning(value.meant)
        if not callable(value):
            return value
        if hasattr(value, "__wengert_transform__"):
            return partial(value, engine="trace")
        try:
            if value in BUILTINS:
                return BUILTINS[value]
            if value in MAKERS or value in NUMPY or value in FUNCTIONS or _of_library(value):
                return Known(self, value)
        except TypeError:  # not hashable
            return value
        if getattr(math, getattr(value, "__name__", ""), None) is value:
            return of_math(value)
        return self.function(value)

    def _ruled(self, f: Any) -> Any:
        """A function with a derivative of its own: the rule is what counts, not the body."""

        @wraps(f)
        def call(*args: Any, **keywords: Any) -> Any:
            if not traced((*args, *keywords.values())):
                return f(*args, **keywords)
            found = library.run(self.tape, f, args, keywords)
            if found is NotImplemented:
                text = f"the compiler refuses the derivative that `{f.__name__}` was given"
                refuse("R0403", text, f"see why with `wengert.jit({f.__name__})`")
            return found

        return call

    def cls(self, cls: type) -> type:
        """A class of the user's, with methods that see these names."""
        found = self._classes.get(cls)
        if found is None:
            self._classes[cls] = cls  # what its methods close over
            found = self._classes[cls] = subclass(cls, self.function, self._attribute)
        return found

    def _view(self, x: Any) -> Any:
        found = self._views.get(id(x))
        if found is None:
            found = self._views[id(x)] = (x, dressed(x, self.cls(type(x))))
        return found[1]

    def dress(self, x: Any) -> Any:
        """An argument, in containers of its own, whose objects are seen as from here."""
        if type(x) in (list, tuple, dict):
            parts = list(x.values()) if isinstance(x, dict) else list(x)
            seen = list(map(self.dress, parts))
            if all(a is b for a, b in zip(parts, seen, strict=True)):
                return x
            return dict(zip(x, seen, strict=True)) if isinstance(x, dict) else type(x)(seen)
        if not is_seen(type(x)) or not hasattr(x, "__dict__"):
            return x
        return self._view(x)

    def _attribute(self, x: Any) -> Any:
        """What an attribute of an object is from here; lists and dicts may change, and are what they are."""
        return self.dress(x) if type(x) is tuple or is_seen(type(x)) else x

    def _vectorized(self, f: Any, **options: Any) -> Any:
        """``np.vectorize(f)``: element by element where there are values of the tape."""
        real, ours = np.vectorize(f, **options), self.function(f)

        @wraps(f)
        def call(*args: Any) -> Any:
            if not traced(args):
                return real(*args)
            if options:
                refuse("R0403", "options of `np.vectorize` are not traced", "write a loop")
            return self.function(vectorized)(ours, *args)

        return call

    def _module(self, module: ModuleType) -> Any:
        root = module.__name__.partition(".")[0]
        if root in STANDARD - {"math"}:
            return module
        found = self._modules.get(module.__name__)
        if found is None:
            found = self._modules[module.__name__] = Module(self, module)
        return found


class Known:
    """A function of a library seen from a `World`: as it is on plain values; on those of the tape by what the
    algebras have for it, by the program that the compiler has, or, if written in Python, as it is written.
    """

    def __init__(self, world: World, real: Any) -> None:
        self._world = world
        self.meant = real

    def __getattr__(self, name: str) -> Any:
        return self._world.meaning(getattr(self.meant, name))

    def __eq__(self, other: object) -> bool:
        return self.meant == (other.meant if isinstance(other, Known) else other)

    def __hash__(self) -> int:
        return hash(self.meant)

    def __call__(self, *args: Any, **keywords: Any) -> Any:
        real, tape = self.meant, self._world.tape
        maker = MAKERS.get(real)
        on_tape = traced((*args, *keywords.values()))
        if maker is not None and (real in ALWAYS or not on_tape):
            return maker(tape, *args, **keywords)
        if not on_tape:
            return real(
                *plain_kinds(args), **dict(zip(keywords, plain_kinds(keywords.values()), strict=True))
            )
        args = tuple(map(_real_of, args))
        keywords = {k: _real_of(v) for k, v in keywords.items()}
        if real in FUNCTIONS and real not in (np.concatenate, np.stack):
            args = tuple(
                ALWAYS[np.array](tape, a) if type(a) is list and (traced(a) or _of_floats(a)) else a
                for a in args
            )
        out = self._on_tape(args, keywords)
        tape.made_by(out, python=False)
        return out

    def _on_tape(self, args: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
        real = self.meant
        written = NUMPY.get(real) or (real if isinstance(real, FunctionType) else None)
        if written is None:
            return known(real, FUNCTIONS.get(real), args, keywords)
        try:
            with trial():
                return known(real, FUNCTIONS.get(real), args, keywords)
        except RuleError:
            return (written if written is real else self._world.function(written))(*args, **keywords)


def _of_floats(x: list[Any]) -> bool:
    return any(_of_floats(v) if isinstance(v, list) else isinstance(v, float) for v in x)


def _real_of(x: Any) -> Any:
    return x.meant if isinstance(x, Known) else getattr(x, "stands_for", x) if isinstance(x, type) else x


def _of_library(value: Any) -> bool:
    """Whether a callable is of NumPy or SciPy, and no class."""
    if isinstance(value, (type, FunctionType, MethodType)):
        return not isinstance(value, type) and _root(value) == "scipy"
    if _root(type(value)) == "scipy":  # a distribution
        return True
    if isinstance(value, (np.ufunc, BuiltinFunctionType)):
        owner = getattr(value, "__self__", None)
        return isinstance(value, np.ufunc) or isinstance(owner, np.ufunc) or _root(value) in LIBRARIES
    return _root(value) == "numpy" and hasattr(value, "__wrapped__")


def _root(value: Any) -> str:
    return str(getattr(value, "__module__", "")).partition(".")[0]


class Names(dict[str, Any]):
    """Globals seen from a `World`."""

    def __init__(self, world: World, real: dict[str, Any]) -> None:
        super().__init__(
            {"__builtins__": real.get("__builtins__", builtins), "__name__": real.get("__name__")}
        )
        self._world = world
        self.meant = real

    def __getitem__(self, name: str) -> Any:
        if name in self.meant:
            return self._world.meaning(self.meant[name])
        return (
            self._world.meaning(getattr(builtins, name))
            if hasattr(builtins, name)
            else super().__getitem__(name)
        )


def real_globals(f: FunctionType) -> dict[str, Any]:
    """The globals of a function, also if it was made where others are seen."""
    names = f.__globals__
    return names.meant if isinstance(names, Names) else names


class Module:
    """A module seen from a `World`."""

    def __init__(self, world: World, real: Any) -> None:
        self._world = world
        self.meant = real

    def __getattr__(self, name: str) -> Any:
        return self._world.meaning(getattr(self.meant, name))


@cache
def _binds_globals(code: CodeType) -> bool:
    """Whether a function, or one inside it, assigns to a global name: that does not ask the dictionary."""
    return any(i.opname in ("STORE_GLOBAL", "DELETE_GLOBAL") for i in dis.get_instructions(code)) or any(
        _binds_globals(c) for c in code.co_consts if isinstance(c, CodeType)
    )


def _holding(f: FunctionType, held: frozenset[str]) -> Any:
    """A function whose parameters ``held`` are constants."""
    signature = inspect.signature(f)

    @wraps(f)
    def call(*args: Any, **keywords: Any) -> Any:
        bound = signature.bind(*args, **keywords)
        for name in held & bound.arguments.keys():
            bound.arguments[name] = _constant(bound.arguments[name])
        return f(*bound.args, **bound.kwargs)

    return call


def _constant(x: Any) -> Any:
    """A value of which nothing varies, in memory of its own."""
    if isinstance(x, Traced):
        found = stop_gradient(x)
        return x.algebra.lift(found) if x.shape else found
    if type(x) in (list, tuple):
        return type(x)(map(_constant, x))
    if type(x) is dict:
        return {k: _constant(v) for k, v in x.items()}
    names = attributes_of(x)
    if names is None or not any(traced(getattr(x, n)) for n in names):
        return x
    out = copy.copy(x)
    for n in names:
        object.__setattr__(out, n, _constant(getattr(x, n)))
    return out


@cache
def _marks_inside(code: CodeType) -> bool:
    """Whether parameters of functions inside a function may be marked: nobody sees these made."""
    if not any(isinstance(c, CodeType) and c.co_argcount for c in code.co_consts):
        return False
    texts = [t for c in code.co_consts for t in (c if isinstance(c, tuple) else (c,)) if isinstance(t, str)]
    return "Annotated" in code.co_names or any("Annotated[" in t for t in texts)


@cache
def _class_names(code: CodeType) -> frozenset[str]:
    """The names that bodies of classes inside a function ask for: they do not ask the dictionary either."""
    inside = [c for c in code.co_consts if isinstance(c, CodeType)]
    found = {i.argval for c in inside for i in dis.get_instructions(c) if i.opname == "LOAD_NAME"}
    return frozenset(found).union(*map(_class_names, inside))


def _foreign(f: FunctionType) -> bool:
    """Of the standard library, or of a library whose functions know tapes by themselves."""
    root = (f.__module__ or "").partition(".")[0]
    if root == "wengert":
        return not f.__module__.startswith(_COMPOSITES)
    return root in STANDARD - {"__main__"} or root in LIBRARIES
