"""Operands of arithmetic: what is a number, the type that several have in common, conversion to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..ir.core import Value
from ..ir.types import Scalar
from .dtypes import is_python_number, promote, scalar_of_constant
from .values import AV, Arr, Const, GrowC, Num, Ref, Tup

if TYPE_CHECKING:
    from .lower import Lowering


def is_number(av: AV) -> bool:
    """A scalar."""
    return isinstance(av, Num) or (isinstance(av, Const) and scalar_of_constant(av.value) is not None)


def is_python(av: AV) -> bool:
    """A number of Python itself."""
    return av.py if isinstance(av, Num) else isinstance(av, Const) and is_python_number(av.value)


def dtype(av: AV) -> Scalar:
    """The element type of a number or an array."""
    if isinstance(av, (Num, Arr)):
        return av.dtype
    assert isinstance(av, Const)
    found = scalar_of_constant(av.value)
    assert found is not None
    return found


def numeric(lw: Lowering, av: AV) -> AV:
    """An operand of arithmetic: a number or an array, with zero-dimensional arrays read."""
    if isinstance(av, Arr):
        return Num(lw.emit("load", av.value), py=False) if av.rank == 0 else av
    if is_number(av):
        return av
    if isinstance(av, Ref) and isinstance(content := lw.content(av), GrowC):
        from .lists import as_array

        return as_array(lw, content)
    if isinstance(av, Const) and type(av.value) is tuple:
        av = Tup(tuple(Const(x) for x in av.value))
    if isinstance(av, (Tup, Ref)):
        from .numpy_api.creation import array_from

        made = array_from(lw, av)
        if made is not None:
            return made
    lw.poison(av)
    lw.refuse("C0104", f"a number or an array is needed here, not {lw.describe(av)}")


def common(lw: Lowering, *avs: AV) -> Scalar:
    """The dtype that an operation of these computes in."""
    strong = tuple(dtype(a) for a in avs if isinstance(a, Arr) or not is_python(a))
    weak = tuple(dtype(a) for a in avs if not isinstance(a, Arr) and is_python(a))
    found = promote(strong, weak)
    if found is None:
        lw.refuse("T0201", f"the dtypes {', '.join(str(dtype(a)) for a in avs)} have no common dtype here")
    return found


def operand(lw: Lowering, av: AV, to: Scalar) -> Value:
    """A number or an array as a value of the dtype ``to``."""
    return lw.cast(av.value, to) if isinstance(av, Arr) else lw.number(av, to)


def result(lw: Lowering, v: Value, *avs: AV, low: int | None = None) -> AV:
    """What an operation on ``avs`` gave: an array, or a number of Python if all operands were."""
    if not hasattr(v.type, "axes"):
        return Num(v, all(is_python(a) for a in avs), low)
    return Arr(v)


def elementwise(lw: Lowering, name: str, *avs: AV, to: Scalar | None = None, low: int | None = None) -> AV:
    """An elementwise operation in the common dtype."""
    xs = [numeric(lw, a) for a in avs]
    t = to or common(lw, *xs)
    return result(lw, lw.emit(name, *(operand(lw, x, t) for x in xs)), *xs, low=low)
