"""What is true: a constant, or a bool of the IR."""

from __future__ import annotations

from .lower import Lowering, Refusal
from .values import AV, Arr, Choice, Const, DictC, GrowC, ListC, Num, Ref, Tup, Unknown


def _of_object(lw: Lowering, av: AV) -> Const | Num:
    """The truth of an instance, which its class may define."""
    from .attributes import special

    for name in ("__bool__", "__len__"):
        found = special(lw, av, name)
        if found is not None:
            return lw.truth(found)
    return Const(True)


def truth_of(lw: Lowering, av: AV) -> Const | Num:
    """``bool(x)``."""
    match av:
        case Const():
            try:
                return Const(bool(av.value))
            except Exception:
                lw.refuse("C0101", f"{lw.describe(av)} is neither true nor false")
        case Num():
            if av.dtype.is_bool:
                return Num(av.value)
            return Num(lw.emit("ne", av.value, lw.const(0, av.dtype)))
        case Arr() if av.rank == 0:
            return lw.truth(Num(lw.emit("load", av.value), py=False))
        case Arr() if all(a == "1" for a in av.type.axes):
            return lw.truth(Num(lw.emit("load", av.value, *([lw.int(0)] * av.rank)), py=False))
        case Arr():
            lw.refuse(
                "T0201", "the truth of an array is ambiguous", hint="use `np.any(...)` or `np.all(...)`"
            )
        case Tup() if av.cls is None:
            return Const(bool(av.items))
        case Ref():
            content = lw.content(av)
            if isinstance(content, GrowC):
                return Num(lw.emit("gt", content.length.value, lw.int(0)))
            if isinstance(content, (ListC, DictC)):
                return Const(bool(content.items))
            return _of_object(lw, av)
        case Choice():
            from .branches import spread

            found = spread(lw, (av,), lambda xs: lw.truth(xs[0]))
            assert isinstance(found, (Const, Num))
            return found
        case Unknown():
            raise Refusal
        case _:
            return Const(True)
