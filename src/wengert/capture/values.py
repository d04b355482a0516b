"""Abstract values: what capture knows about each Python value while it lowers a function.

A value is a constant Python object for as long as possible, and becomes a value of the IR only where it has
to.  All of them are immutable; Python objects that can change (lists, dicts, instances) are a `Ref` into a
compile-time heap.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from ..ir.core import Value
from ..ir.types import Array, Scalar

if TYPE_CHECKING:
    from .frames import Frame
    from .source import Source


@dataclass(frozen=True, eq=False, slots=True)
class Const:
    """A Python object that is known now: a number, a string, ``None``, a function, a module, a dtype."""

    value: Any


@dataclass(frozen=True, eq=False, slots=True)
class Num:
    """A number of the IR.  ``py``: of Python, whose division raises, or of NumPy.  ``low``: a lower bound
    that is known of an integer.  ``known``: the hidden input that it is, which may be made a constant.
    ``big``: an integer of Python that may be so large that arithmetic with it has to be checked for
    overflow.
    """

    value: Value
    py: bool = True
    low: int | None = None
    known: Any = None
    big: bool = False

    @property
    def dtype(self) -> Scalar:
        assert isinstance(self.value.type, Scalar)
        return self.value.type


@dataclass(frozen=True, eq=False, slots=True)
class Arr:
    """An array of the IR."""

    value: Value

    @property
    def type(self) -> Array:
        assert isinstance(self.value.type, Array)
        return self.value.type

    @property
    def dtype(self) -> Scalar:
        return self.type.dtype

    @property
    def rank(self) -> int:
        return self.type.rank


@dataclass(frozen=True, eq=False, slots=True)
class Tup:
    """A tuple, or an instance of the named tuple ``cls``."""

    items: tuple[AV, ...]
    cls: type | None = None


@dataclass(frozen=True, eq=False, slots=True)
class Struct:
    """An instance that cannot change: of a frozen dataclass."""

    cls: type
    names: tuple[str, ...]
    items: tuple[AV, ...]


@dataclass(frozen=True, eq=False, slots=True)
class Ref:
    """A list, a dict or an instance: the key of its content in the heap."""

    key: int


@dataclass(frozen=True, eq=False, slots=True)
class Row(Ref):
    """A list that is an item of another one, whose length is known at run time: ``key`` is of the outer list,
    ``at`` are the positions in it and in the lists between.
    """

    at: tuple[Num, ...]
    base: Held | None = None


@dataclass(frozen=True, eq=False, slots=True)
class Held(Ref):
    """A list that is known by its memory: one of several, see `held`."""

    content: GrowC


@dataclass(frozen=True, eq=False, slots=True)
class Closure:
    """A function whose definition was lowered: its tree, and the frame that its free names live in."""

    source: Source
    frame: Frame
    defaults: tuple[AV, ...]
    kwdefaults: tuple[tuple[str, AV], ...]


@dataclass(frozen=True, eq=False, slots=True)
class Method:
    """An attribute that is called with ``self`` first.  ``func`` is a function, or the name of a method of an
    array or of a container."""

    self: AV
    func: Any


@dataclass(frozen=True, eq=False, slots=True)
class RangeV:
    """A ``range``."""

    lo: AV
    hi: AV
    step: AV


@dataclass(frozen=True, eq=False, slots=True)
class Iter:
    """A lazy ``enumerate``, ``zip`` or ``reversed``."""

    kind: str
    parts: tuple[AV, ...]
    start: AV | None = None


@dataclass(frozen=True, eq=False, slots=True)
class SliceV:
    """A ``slice``."""

    lo: AV
    hi: AV
    step: AV


@dataclass(frozen=True, eq=False, slots=True)
class GenV:
    """A generator expression that nobody has run yet, with its first iterable."""

    node: ast.GeneratorExp
    iterable: AV


@dataclass(frozen=True, eq=False, slots=True)
class Maybe:
    """A variable that has a value only where ``defined`` holds."""

    defined: Value
    value: AV


@dataclass(frozen=True, eq=False, slots=True)
class Choice:
    """One of several values that have no form in common; ``index`` tells at run time which."""

    index: Value
    options: tuple[AV, ...]


@dataclass(frozen=True, eq=False, slots=True)
class Lost:
    """A variable whose value is not known here; ``why`` is for who reads it."""

    why: str


@dataclass(frozen=True, eq=False, slots=True)
class Text:
    """A string that shows numbers of the run: good for messages only.  ``text`` has words in their place."""

    text: str


@dataclass(frozen=True, eq=False, slots=True)
class Unknown:
    """Stands where an offence was found, so that the rest of the function is still read."""


@dataclass(frozen=True, eq=False, slots=True)
class Derived:
    """A derivative of a function, not yet called.

    ``args`` are arguments that it has already, ``names`` says which.
    """

    mode: str
    fun: AV
    wrt: Any = 0
    has_aux: bool = False
    names: Any = None
    args: tuple[AV, ...] = ()


@dataclass(frozen=True, eq=False, slots=True)
class AtPoint:
    """What `vjp` (``kind`` is ``"pullback"``) or `linearize` (``"push"``) gives: a function that is linear.

    ``parts`` are the numbers and arrays that it keeps.
    """

    kind: str
    subject: Any
    parts: tuple[AV, ...]


AV: TypeAlias = (
    Const
    | Num
    | Arr
    | Tup
    | Struct
    | Ref
    | Closure
    | Method
    | Derived
    | AtPoint
    | RangeV
    | Iter
    | SliceV
    | GenV
    | Maybe
    | Choice
    | Lost
    | Text
    | Unknown
)


@dataclass(frozen=True, eq=False, slots=True)
class ListC:
    """The content of a list."""

    items: tuple[AV, ...]


@dataclass(frozen=True, eq=False, slots=True)
class GrowC:
    """The content of a list whose length is known at run time only: for each leaf of an item a buffer, which
    may be longer than the list unless it is ``full``.  ``item`` is the form of an item.
    """

    item: Any
    buffers: tuple[Arr, ...]
    length: Num
    full: bool = False


@dataclass(frozen=True, eq=False, slots=True)
class MovedC:
    """The content of a list that became an item of a list of lists: it is found there, see `Row`."""

    key: int
    at: tuple[Num, ...]


@dataclass(frozen=True, eq=False, slots=True)
class DictC:
    """The content of a dict, whose keys are constants.  ``kind`` is the name of its class; a set has keys
    only.  ``factory`` makes what a missing key gives.
    """

    keys: tuple[Any, ...]
    items: tuple[AV, ...]
    kind: str = "dict"
    factory: Any = None


@dataclass(frozen=True, eq=False, slots=True)
class ObjC:
    """The attributes of an instance."""

    cls: type
    keys: tuple[str, ...]
    items: tuple[AV, ...]


@dataclass(frozen=True, eq=False, slots=True)
class GenC:
    """A generator: the function (a `Target`) and its arguments.  ``state``: ``new``, ``done``, or ``left``
    when whoever ran it stopped before its end.
    """

    target: Any
    names: tuple[str, ...]
    items: tuple[AV, ...]
    state: str = "new"


Known: TypeAlias = ListC | GrowC | DictC | ObjC | GenC
Content: TypeAlias = Known | MovedC

NONE, TRUE, FALSE = Const(None), Const(True), Const(False)


def same_object(a: Any, b: Any) -> bool:
    """Whether two constants cannot be told apart."""
    if a is b:
        return True
    if type(a) is not type(b):
        return False
    if isinstance(a, (float, complex)):
        return repr(a) == repr(b)
    if isinstance(a, (int, str, bytes, bool)):
        return a == b
    if isinstance(a, tuple):
        return len(a) == len(b) and all(map(same_object, a, b))
    if hasattr(a, "dtype") and hasattr(a, "tobytes") and getattr(a, "ndim", 1) == 0:
        return bool(a.dtype == b.dtype and a.tobytes() == b.tobytes())
    return False


def same(a: Any, b: Any) -> bool:
    """Whether two abstract values are the same value."""
    if a is b:
        return True
    if type(a) is not type(b):
        return False
    match a:
        case Const():
            return same_object(a.value, b.value)
        case Num():
            return a.value is b.value and a.py == b.py
        case Arr():
            return a.value is b.value
        case Tup():
            return a.cls is b.cls and same_all(a.items, b.items)
        case Struct():
            return a.cls is b.cls and same_all(a.items, b.items)
        case Held():
            return same(a.content, b.content)
        case Row() | MovedC():
            bases = getattr(a, "base", None), getattr(b, "base", None)
            return a.key == b.key and same_all(a.at, b.at) and (bases[0] is bases[1] or same(*bases))
        case Ref():
            return a.key == b.key
        case Closure():
            return a.source.node is b.source.node and a.frame is b.frame and same_all(a.defaults, b.defaults)
        case Method():
            return a.func == b.func and same(a.self, b.self)
        case Derived():
            kinds = (a.mode, a.wrt, a.has_aux, a.names) == (b.mode, b.wrt, b.has_aux, b.names)
            return kinds and same(a.fun, b.fun) and same_all(a.args, b.args)
        case AtPoint():
            return a.kind == b.kind and a.subject[0].name == b.subject[0].name and same_all(a.parts, b.parts)
        case RangeV() | SliceV():
            return same_all((a.lo, a.hi, a.step), (b.lo, b.hi, b.step))
        case Iter():
            return a.kind == b.kind and same_all(a.parts, b.parts) and same(a.start, b.start)
        case Choice():
            return a.index is b.index and same_all(a.options, b.options)
        case GrowC():
            return a.full == b.full and same_all((*a.buffers, a.length), (*b.buffers, b.length))
        case Maybe():
            return a.defined is b.defined and same(a.value, b.value)
        case ListC():
            return same_all(a.items, b.items)
        case DictC():
            alike = (a.keys, a.kind) == (b.keys, b.kind) and same(a.factory, b.factory)
            return alike and same_all(a.items, b.items)
        case ObjC():
            return a.cls is b.cls and a.keys == b.keys and same_all(a.items, b.items)
        case GenV():
            return a.node is b.node and same(a.iterable, b.iterable)
        case GenC():
            kinds = (a.target.instance, a.state) == (b.target.instance, b.state)
            return kinds and same_all(a.items, b.items)
        case Lost():
            return a.why == b.why
        case Text():
            return a.text == b.text
        case Unknown():
            return True
        case _:
            return False


def same_all(a: tuple[Any, ...], b: tuple[Any, ...]) -> bool:
    """`same` of all, and as many."""
    return len(a) == len(b) and all(map(same, a, b))
