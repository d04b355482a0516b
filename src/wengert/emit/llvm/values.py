"""How IR values look in LLVM.

Sscalars are SSA operands, complex numbers pairs of them, arrays bundles of SSA scalars.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from ...ir.types import Array, Rec, Scalar, Type

#: LLVM type of a scalar in a register, and in memory.
REGISTER = {
    "f64": "double", "f32": "float", "f64x8": "<8 x double>",
    "i64": "i64", "i32": "i32", "u8": "i8", "bool": "i1",
}  # fmt: skip
MEMORY = {**REGISTER, "bool": "i8", "c128": "{double, double}", "c64": "{float, float}"}
PART = {"c128": Scalar("f64"), "c64": Scalar("f32")}


class Complex(NamedTuple):
    """A complex number: two SSA operands."""

    re: str
    im: str


@dataclass(slots=True, eq=False)
class ArrayVal:
    """An array: SSA operands for data, the owning buffer (``null``: not ours), sizes, strides in elements.

    ``root`` names the buffer for alias analysis; ``None`` when it is not known. ``data`` is empty while the
    array is still pending in a fused loop.
    """

    type: Array
    data: str
    owner: str
    sizes: tuple[str, ...]
    strides: tuple[str, ...]
    root: int | None = None


@dataclass(slots=True, eq=False)
class RecVal:
    """A record.

    Ppointer to its header ``{ptr data, i64 length, i64 capacity}``; ``heap`` when it is reference-counted.
    """

    type: Rec
    header: str
    heap: bool
    root: int | None = None


Num: TypeAlias = str | Complex
Val: TypeAlias = str | Complex | ArrayVal | RecVal


def reg(t: Scalar) -> str:
    """LLVM type of a real scalar in a register."""
    return REGISTER[t.name]


def mem(t: Scalar) -> str:
    """LLVM type of an element in memory."""
    return MEMORY[t.name]


def real(t: Scalar) -> Scalar:
    """The type of the parts of a complex type; any other type itself."""
    return PART.get(t.name, t)


def float_text(x: float) -> str:
    """A float constant, exactly (LLVM writes both precisions with the bits of a double)."""
    return f"0x{struct.unpack('<Q', struct.pack('<d', x))[0]:016X}"


def constant(value: object, t: Scalar) -> Num:
    """A Python number as a constant of type ``t``."""
    if t.is_complex:
        z = complex(value)  # type: ignore[arg-type]
        part = real(t)
        return Complex(_real_constant(z.real, part), _real_constant(z.imag, part))
    return _real_constant(value, t)


def _real_constant(value: object, t: Scalar) -> str:
    if t.is_float:
        x = float(value)  # type: ignore[arg-type]
        if t.name == "f32":
            try:
                x = struct.unpack("<f", struct.pack("<f", x))[0]
            except OverflowError:
                x = float("inf") if x > 0 else float("-inf")
        return f"splat (double {float_text(x)})" if t.lanes > 1 else float_text(x)
    if t.is_bool:
        return "true" if value else "false"
    return str(int(value))  # type: ignore[call-overload]


def zero(t: Scalar) -> Num:
    """Zero of type ``t``."""
    return constant(0, t)


def parts(t: Type) -> tuple[str, ...]:
    """LLVM types of the components a value of type ``t`` is flattened to (block parameters, calls)."""
    if isinstance(t, Scalar):
        return (reg(real(t)),) * 2 if t.is_complex else (reg(t),)
    if isinstance(t, Rec):
        return ("ptr",)
    many = t.axes.count("n")
    return ("ptr", "ptr") + ("i64",) * (many + (t.rank if t.layout != "C" else 0))


def flatten(v: Val, t: Type) -> tuple[str, ...]:
    """The components of ``v`` as a value of type ``t``."""
    if isinstance(v, str):
        return (v,)
    if isinstance(v, Complex):
        return (v.re, v.im)
    if isinstance(v, RecVal):
        return (v.header,)
    assert isinstance(t, Array)
    sizes = tuple(n for n, letter in zip(v.sizes, t.axes, strict=True) if letter == "n")
    return (v.data, v.owner, *sizes, *(v.strides if t.layout != "C" else ()))
