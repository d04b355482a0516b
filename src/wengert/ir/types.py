"""The types of the IR: scalars, arrays (references to memory) and growable records.

Sizes of arrays are run-time values and never part of a type.  What is part of it: the element type, the rank,
for each axis whether it is *one* element long or *many* (broadcasting is decided on this), and whether the
memory is known to be C-contiguous.
"""

from __future__ import annotations

from typing import Any, NoReturn, TypeAlias, TypeVar

_made: dict[tuple[Any, ...], Any] = {}


class _Fixed:
    """Made once and never changed: types that are alike are one object, and comparing them costs nothing."""

    __slots__ = ()
    __match_args__: tuple[str, ...] = ()

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"{type(self).__name__} cannot be changed")

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), tuple(getattr(self, name) for name in self.__match_args__)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(repr(p) for p in self.__reduce__()[1])})"


F = TypeVar("F", bound=_Fixed)


def _only(cls: type[F], *parts: Any, **more: Any) -> F:
    """The one object of a class with these parts, made when it is first asked for."""
    new = object.__new__(cls)
    for name, value in (*zip(cls.__match_args__, parts, strict=True), *more.items()):
        object.__setattr__(new, name, value)
    return _made.setdefault((cls, *parts), new)  # at once, whatever other threads do


class Scalar(_Fixed):
    """A number in a register: ``f64 f32 i64 i32 u8 bool c128 c64``; or eight of them, ``f64x8``: the tangents
    of one number in eight directions.

    ``is_float`` tells real floating types, ``is_inexact`` all that carry derivatives.  ``lanes`` is how many
    numbers it is, and memory of such elements is a multiple of ``alignment``.
    """

    __slots__ = (
        "alignment", "is_bool", "is_complex", "is_float", "is_inexact", "is_int", "itemsize", "lanes", "name",
    )  # fmt: skip
    __match_args__ = ("name",)
    name: str
    is_float: bool
    is_complex: bool
    is_inexact: bool
    is_int: bool
    is_bool: bool
    itemsize: int
    alignment: int
    lanes: int

    def __new__(cls, name: str) -> Scalar:
        if (cls, name) in _made:
            return _made[cls, name]
        one, _, lanes = name.partition("x")
        size = 1 if name == "bool" else int(one[1:]) // 8
        return _only(
            cls,
            name,
            is_float=name[0] == "f",
            is_complex=name[0] == "c",
            is_inexact=name[0] in "fc",
            is_int=name[0] in "iu",
            is_bool=name == "bool",
            itemsize=size * int(lanes or 1),
            alignment=size,
            lanes=int(lanes or 1),
        )

    def __str__(self) -> str:
        return self.name


class Array(_Fixed):
    """A reference to a buffer or to a view of one, as in NumPy.

    ``axes`` has one letter per axis: ``n`` (many: any run-time length, 0 and 1 included) or ``1`` (exactly
    one). ``layout`` is ``C`` (C-contiguous for certain) or ``S`` (any strides, zero and negative included).
    """

    __slots__ = ("axes", "dtype", "layout", "rank")
    __match_args__ = ("dtype", "axes", "layout")
    dtype: Scalar
    axes: str
    layout: str
    rank: int

    def __new__(cls, dtype: Scalar, axes: str, layout: str = "C") -> Array:
        return _made.get((cls, dtype, axes, layout)) or _only(cls, dtype, axes, layout, rank=len(axes))

    def __str__(self) -> str:
        return f"{self.dtype}[{','.join(self.axes)}{'' if self.layout == 'C' else ';S'}]"


class Rec(_Fixed):
    """A growable record (a list that only grows): what the forward sweep keeps for the reverse sweep.

    ``item`` is a `Scalar`, or an `Array` (a record of references, which keeps the buffers alive).
    """

    __slots__ = __match_args__ = ("item",)
    item: Scalar | Array

    def __new__(cls, item: Scalar | Array) -> Rec:
        return _made.get((cls, item)) or _only(cls, item)

    def __str__(self) -> str:
        return f"rec<{self.item}>"


Type: TypeAlias = Scalar | Array | Rec

F64, F32 = Scalar("f64"), Scalar("f32")
I64, I32, U8 = Scalar("i64"), Scalar("i32"), Scalar("u8")
BOOL = Scalar("bool")
C128, C64 = Scalar("c128"), Scalar("c64")
F64X8 = Scalar("f64x8")
SCALARS = {t.name: t for t in (F64, F32, I64, I32, U8, BOOL, C128, C64)}

NAMED = {**SCALARS, F64X8.name: F64X8}
"""Every type of numbers by its name; those of ``SCALARS`` have a dtype."""


def array(dtype: Scalar, rank: int, layout: str = "C") -> Array:
    """An array type whose axes are all *many*."""
    return Array(dtype, "n" * rank, layout)


def dtype_of(t: Type) -> Scalar:
    """The element type of an array, the type itself of a scalar."""
    if isinstance(t, Scalar):
        return t
    return t.dtype if isinstance(t, Array) else dtype_of(t.item)


class NoLanes(Exception):
    """Something is done with one number at a time only."""


def in_lanes(t: Type) -> Type:
    """Numbers of type ``t`` in eight directions; integers stay what they are.  Raises `NoLanes`."""
    if isinstance(t, Array):
        return Array(_in_lanes(t.dtype), t.axes, t.layout)
    if isinstance(t, Rec):
        item = in_lanes(t.item)
        assert not isinstance(item, Rec)
        return Rec(item)
    return _in_lanes(t)


def _in_lanes(t: Scalar) -> Scalar:
    if t.is_inexact and t != F64:
        raise NoLanes(str(t))
    return F64X8 if t == F64 else t


def is_ref(t: Type) -> bool:
    """True for values that refer to memory (arrays and records)."""
    return not isinstance(t, Scalar)


def differentiable(t: Type) -> bool:
    """True when values of this type can carry a derivative."""
    return dtype_of(t).is_inexact


def parse_type(text: str) -> Type:
    """The inverse of ``str``; raises ``ValueError`` on anything else."""
    text = text.strip()
    if text in NAMED:
        return NAMED[text]
    if text.startswith("rec<") and text.endswith(">"):
        item = parse_type(text[4:-1])
        if isinstance(item, Rec):
            raise ValueError(f"not a type: {text!r}")
        return Rec(item)
    if text.endswith("]") and "[" in text:
        name, inside = text[:-1].split("[", 1)
        axes, _, layout = inside.partition(";")
        letters = axes.replace(",", "").replace(" ", "")
        if name in NAMED and set(letters) <= {"n", "1"} and layout in ("", "S"):
            return Array(NAMED[name], letters, layout or "C")
    raise ValueError(f"not a type: {text!r}")
