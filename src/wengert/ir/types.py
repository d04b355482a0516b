"""The types of the IR: scalars, arrays (references to memory) and growable records.

Sizes of arrays are run-time values and never part of a type.  What is part of it: the element type, the rank,
for each axis whether it is *one* element long or *many* (broadcasting is decided on this), and whether the
memory is known to be C-contiguous.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Scalar:
    """A number in a register: ``f64 f32 i64 i32 u8 bool c128 c64``."""

    name: str

    def __str__(self) -> str:
        return self.name

    @property
    def is_float(self) -> bool:
        """True for real floating types, the ones that carry derivatives."""
        return self.name in ("f64", "f32")

    @property
    def is_complex(self) -> bool:
        return self.name in ("c128", "c64")

    @property
    def is_inexact(self) -> bool:
        return self.name in ("f64", "f32", "c128", "c64")

    @property
    def is_int(self) -> bool:
        return self.name in ("i64", "i32", "u8")

    @property
    def is_bool(self) -> bool:
        return self.name == "bool"

    @property
    def itemsize(self) -> int:
        return {"f64": 8, "f32": 4, "i64": 8, "i32": 4, "u8": 1, "bool": 1, "c128": 16, "c64": 8}[self.name]


@dataclass(frozen=True, slots=True)
class Array:
    """A reference to a buffer or to a view of one, as in NumPy.

    ``axes`` has one letter per axis: ``n`` (many: any run-time length, 0 and 1 included) or ``1`` (exactly
    one). ``layout`` is ``C`` (C-contiguous for certain) or ``S`` (any strides, zero and negative included).
    """

    dtype: Scalar
    axes: str
    layout: str = "C"

    @property
    def rank(self) -> int:
        return len(self.axes)

    def __str__(self) -> str:
        return f"{self.dtype}[{','.join(self.axes)}{'' if self.layout == 'C' else ';S'}]"


@dataclass(frozen=True, slots=True)
class Rec:
    """A growable record (a list that only grows): what the forward sweep keeps for the reverse sweep.

    ``item`` is a `Scalar`, or an `Array` (a record of references, which keeps the buffers alive).
    """

    item: Scalar | Array

    def __str__(self) -> str:
        return f"rec<{self.item}>"


Type: TypeAlias = Scalar | Array | Rec

F64, F32 = Scalar("f64"), Scalar("f32")
I64, I32, U8 = Scalar("i64"), Scalar("i32"), Scalar("u8")
BOOL = Scalar("bool")
C128, C64 = Scalar("c128"), Scalar("c64")
SCALARS = {t.name: t for t in (F64, F32, I64, I32, U8, BOOL, C128, C64)}


def array(dtype: Scalar, rank: int, layout: str = "C") -> Array:
    """An array type whose axes are all *many*."""
    return Array(dtype, "n" * rank, layout)


def dtype_of(t: Type) -> Scalar:
    """The element type of an array, the type itself of a scalar."""
    if isinstance(t, Scalar):
        return t
    return t.dtype if isinstance(t, Array) else dtype_of(t.item)


def is_ref(t: Type) -> bool:
    """True for values that refer to memory (arrays and records)."""
    return not isinstance(t, Scalar)


def differentiable(t: Type) -> bool:
    """True when values of this type can carry a derivative."""
    return dtype_of(t).is_inexact


def parse_type(text: str) -> Type:
    """The inverse of ``str``; raises ``ValueError`` on anything else."""
    text = text.strip()
    if text in SCALARS:
        return SCALARS[text]
    if text.startswith("rec<") and text.endswith(">"):
        item = parse_type(text[4:-1])
        if isinstance(item, Rec):
            raise ValueError(f"not a type: {text!r}")
        return Rec(item)
    if text.endswith("]") and "[" in text:
        name, inside = text[:-1].split("[", 1)
        axes, _, layout = inside.partition(";")
        letters = axes.replace(",", "").replace(" ", "")
        if name in SCALARS and set(letters) <= {"n", "1"} and layout in ("", "S"):
            return Array(SCALARS[name], letters, layout or "C")
    raise ValueError(f"not a type: {text!r}")
