"""Attributes: of modules and classes, arrays and numbers, instances and containers."""

from __future__ import annotations

import ast
import difflib
import enum
import functools
import sys
from dataclasses import dataclass, replace
from types import FunctionType, MemberDescriptorType, ModuleType
from typing import Any, NoReturn

import numpy as np

from ..algebra.custom import Inactive
from ..ir.dtypes import NUMPY
from . import mappings
from .dtypes import scalar_of_constant
from .lower import Lowering, Refusal
from .members import Member, bound
from .session import TRUSTED
from .signature import is_library
from .state import Place
from .values import AV, Arr, Const, DictC, GenC, GrowC, ListC, Method, Num, ObjC, Ref, Struct, Tup

_LIST_METHODS = frozenset(
    ["append", "extend", "pop", "insert", "copy", "index", "count", "reverse", "sort", "remove", "clear"]
)
_CONSTANT_OWNERS = (str, bytes, np.dtype, np.finfo, np.iinfo, range, slice)


def attribute(lw: Lowering, av: AV, name: str, node: ast.AST | None = None) -> AV:
    """``av.name``."""
    lw.poison(av)
    found = _attribute(lw, av, name)
    if found is None:
        owner = av.value if isinstance(av, Const) else np.ndarray if isinstance(av, Arr) else None
        late = (lw.arms or lw.tries) and isinstance(av, (Const, Num))
        if late and not has_attribute(lw, av, name):
            lw.fail("C0105", "AttributeError", f"{lw.describe(av)} has no attribute `{name}`")
        if owner is not None and not hasattr(owner, name):
            _refuse_absent(lw, av, owner, name, node)
        lw.refuse("C0105", f"`.{name}` of {lw.describe(av)} is not supported", node)
    return found


def has_attribute(lw: Lowering, av: AV, name: str) -> bool:
    """``hasattr(av, name)``."""
    match av:
        case Const():
            return hasattr(av.value, name)
        case Arr():
            return hasattr(np.ndarray, name)
        case Num():
            return hasattr({"i": int, "b": bool, "c": complex}.get(av.dtype.name[0], float), name) or (
                not av.py and hasattr(np.generic, name)
            )
        case _:
            arms, tries = lw.arms, lw.tries
            lw.arms, lw.tries = 0, []
            try:
                with lw.region():
                    attribute(lw, av, name)
            except Refusal:
                return False
            finally:
                lw.arms, lw.tries = arms, tries
            return True


def _refuse_absent(lw: Lowering, av: AV, owner: Any, name: str, node: ast.AST | None) -> NoReturn:
    """Refuse an attribute that CPython would not find either."""
    close = difflib.get_close_matches(name, dir(owner), 1)
    what = f"`{owner.__name__}`" if isinstance(owner, ModuleType) else lw.describe(av)
    hint = f"did you mean `.{close[0]}`?" if close else ""
    lw.refuse("C0105", f"{what} has no attribute `{name}`", node, hint)


def _attribute(lw: Lowering, av: AV, name: str) -> AV | None:
    match av:
        case Arr():
            return array_attribute(lw, av, name)
        case Num():
            return _number_attribute(lw, av, name)
        case Const():
            return _constant_attribute(lw, av, name)
        case Ref():
            content = lw.content(av)
            if isinstance(content, (ListC, GrowC)):
                return Method(av, name) if name in _LIST_METHODS else None
            if isinstance(content, DictC):
                return Method(av, name) if name in mappings.methods_of(content) else None
            if isinstance(content, GenC):
                return None
            if name in content.keys:
                return content.items[content.keys.index(name)]
            outside = lw.session.attribute(lw, av, name)
            return outside if outside is not None else _class_attribute(lw, av, content.cls, name)
        case Struct() | Tup():
            field = lw.field(av, name)
            if field is not None:
                return field
            if isinstance(av, Tup) and av.cls is not None and name in ("_replace", "_asdict"):
                return Method(av, name)
            return None if av.cls is None else _class_attribute(lw, av, av.cls, name)
        case Method() if isinstance(av.func, Super):
            return _class_attribute(lw, av.self, _class_of(lw, av.self), name, av.func.cls)
        case _:
            return None


@dataclass(frozen=True, slots=True)
class Super:
    """What ``super()`` looks behind: the class of the method that it is called in."""

    cls: type


def super_of(lw: Lowering) -> AV:
    """``super()`` in the method that is being lowered."""
    cell = lw.frame.cell("__class__")
    cls = lw.session.methods.get(id(lw.frame.source.node)) or (cell.cell_contents if cell else None)
    args = getattr(lw.frame.source.node, "args", None)
    if cls is None or args is None or not args.args:
        lw.refuse("C0104", "`super()` is understood in a method only")
    return Method(lw.read(args.args[0].arg, lw.frame.source.node), Super(cls))


def _class_of(lw: Lowering, av: AV) -> type:
    content = lw.content(av) if isinstance(av, Ref) else av
    cls = av.value if isinstance(av, Const) else getattr(content, "cls", None)
    if not isinstance(cls, type):
        lw.refuse("C0104", f"`super()` of {lw.describe(av)} is not supported")
    return cls


def _constant_attribute(lw: Lowering, av: Const, name: str) -> AV | None:
    value = av.value
    if isinstance(value, ModuleType) or is_library(value):
        return lw.session.member(lw, value, name)
    if isinstance(value, type):
        room = value.__module__.partition(".")[0]
        if room in TRUSTED or room in sys.stdlib_module_names:
            return Const(getattr(value, name)) if hasattr(value, name) else None
        return _class_attribute(lw, None, value, name)
    if isinstance(value, enum.Enum):
        return _enum_attribute(lw, value, name)
    if scalar_of_constant(value) is not None:
        if name in ("real", "imag", "dtype", "size", "ndim", "shape") and hasattr(value, name):
            return Const(getattr(value, name))
        return Method(av, name) if hasattr(value, name) else None
    if isinstance(value, tuple) and name in getattr(value, "_fields", ()):
        return Const(getattr(value, name))
    if isinstance(value, _CONSTANT_OWNERS) or type(value).__module__.partition(".")[0] in TRUSTED:
        return Const(getattr(value, name)) if hasattr(value, name) else None
    return None


def _enum_attribute(lw: Lowering, value: enum.Enum, name: str) -> AV | None:
    """An attribute of a member of an `Enum`: its name, its value, or what its class has."""
    if name in ("name", "value", "_value_", "_name_"):
        place = Place(("enum", id(value), name), f"{value}.{name}", lambda: getattr(value, name))
        return lw.session.lift(lw, place, getattr(value, name))
    return _class_attribute(lw, Const(value), type(value), name)


def _class_attribute(
    lw: Lowering, self: AV | None, cls: type, name: str, behind: type | None = None
) -> AV | None:
    """A method, a property or a constant of a class; for ``super()`` of those ``behind`` one of its bases."""
    from .calls import call
    from .composites.standard import nothing

    order = cls.__mro__ if behind is None else cls.__mro__[cls.__mro__.index(behind) + 1 :]
    for base in order:
        if name in base.__dict__:
            break
    else:
        return None
    if base is object and name == "__init__":
        return Method(self, nothing) if self is not None else None
    raw = base.__dict__[name]
    if isinstance(raw, Member):
        return bound(lw, self, cls, raw)
    if isinstance(raw, Inactive):
        return _inactive(self, cls, raw)
    if isinstance(raw, staticmethod):
        return _member(lw, base, name, raw.__func__)
    if isinstance(raw, classmethod):
        return Method(Const(cls), raw.__func__)
    if self is None:
        return _member(lw, base, name, raw)
    if isinstance(raw, property):
        return call(lw, Const(raw.fget), [self], {}, None)
    if isinstance(raw, FunctionType):
        return Method(self, raw)
    if isinstance(raw, functools.cached_property):
        return _cached(lw, self, name, call(lw, Const(raw.func), [self], {}, None))
    return None if hasattr(type(raw), "__get__") else _member(lw, base, name, raw)


def _inactive(self: AV | None, cls: type, raw: Inactive) -> AV:
    """A method through which no derivative goes."""
    fun = raw.fun
    if isinstance(fun, (staticmethod, classmethod)):
        raw = Inactive(fun.__func__)
    if isinstance(fun, classmethod):
        return Method(Const(cls), raw)
    return Const(raw) if self is None or isinstance(fun, staticmethod) else Method(self, raw)


def _cached(lw: Lowering, self: AV, name: str, value: AV) -> AV:
    """A property that the instance keeps."""
    content = lw.content(self) if isinstance(self, Ref) else None
    if isinstance(self, Ref) and isinstance(content, ObjC) and self.key > 0:
        items = (*content.items, value)
        lw.heap[self.key] = replace(content, keys=(*content.keys, name), items=items)
    return value


def _member(lw: Lowering, base: type, name: str, value: Any) -> AV:
    if isinstance(value, FunctionType):
        return Const(value)
    return lw.session.lift(
        lw, Place(("class", id(base), name), f"{base.__name__}.{name}", lambda: getattr(base, name)), value
    )


def class_method(lw: Lowering, av: AV, name: str) -> AV | None:
    """A special method that the class of an instance defines in Python."""
    content = lw.content(av) if isinstance(av, Ref) else av
    cls = getattr(content, "cls", None)
    if cls is None or not isinstance(content, (Struct, Tup, ObjC)):
        return None
    raw = next((b.__dict__[name] for b in cls.__mro__ if name in b.__dict__), None)
    if isinstance(raw, Member) and raw.kind == "function":
        return Method(av, raw.av)
    return Method(av, raw) if isinstance(raw, FunctionType) else None


def special(lw: Lowering, av: AV, name: str, *args: AV) -> AV | None:
    """What a special method that the class of an instance defines gives; None when there is none."""
    from .calls import call

    method = class_method(lw, av, name)
    return None if method is None else call(lw, method, list(args), {}, None)


def shape_of(lw: Lowering, a: Arr) -> AV:
    """The sizes of an array."""
    return Tup(tuple(size_of(lw, a, k) for k in range(a.rank))) if a.rank else Const(())


def size_of(lw: Lowering, a: Arr, axis: int) -> AV:
    """One size: a constant where it is one for certain."""
    if a.type.axes[axis] == "1":
        return Const(1)
    return Num(lw.emit("dim", a.value, axis=axis), low=0)


def total_size(lw: Lowering, a: Arr) -> AV:
    """The number of elements."""
    total: AV = Const(1)
    from .operators import binary

    for k in range(a.rank):
        total = binary(lw, ast.Mult, total, size_of(lw, a, k))
    return total


def array_attribute(lw: Lowering, a: Arr, name: str) -> AV | None:
    """An attribute or a method of an array."""
    from .numpy_api import ARRAY_METHODS
    from .numpy_api.elementwise import imaginary_part, real_part

    match name:
        case "shape":
            return shape_of(lw, a)
        case "ndim":
            return Const(a.rank)
        case "size":
            return total_size(lw, a)
        case "dtype":
            return Const(NUMPY[a.dtype.name])
        case "itemsize":
            return Const(a.dtype.itemsize)
        case "T":
            if a.rank < 2:
                return a
            return Arr(lw.emit("transpose", a.value, perm=tuple(reversed(range(a.rank)))))
        case "real":
            return real_part(lw, a)
        case "imag":
            return imaginary_part(lw, a)
        case "flat":
            return Method(a, "flat")
        case _:
            return Method(a, name) if name in ARRAY_METHODS else None


def _number_attribute(lw: Lowering, n: Num, name: str) -> AV | None:
    from .numpy_api.elementwise import imaginary_part, real_part

    match name:
        case "real":
            return real_part(lw, n)
        case "imag":
            return imaginary_part(lw, n)
        case "conjugate":
            return Method(n, name)
        case "is_integer" if n.py and n.dtype.is_float:
            return Method(n, name)
        case _ if n.py:
            return None
        case "dtype":
            return Const(NUMPY[n.dtype.name])
        case "shape":
            return Const(())
        case "ndim":
            return Const(0)
        case "size":
            return Const(1)
        case "T":
            return n
        case _:
            from .numpy_api import ARRAY_METHODS

            return Method(n, name) if name in ARRAY_METHODS or name == "item" else None


def set_attribute(lw: Lowering, base: AV, name: str, av: AV) -> None:
    """``base.name = av``."""
    lw.poison(base)
    if isinstance(base, Ref):
        content = lw.content(base)
        if isinstance(content, ObjC):
            lw.mutable(base)
            raw = next((b.__dict__[name] for b in content.cls.__mro__ if name in b.__dict__), None)
            if isinstance(raw, Member) and raw.setter is not None:
                from .calls import call

                call(lw, raw.setter, [base, av], {}, None)
                return
            if isinstance(raw, property) and isinstance(raw.fset, FunctionType):
                from .calls import call

                call(lw, Const(raw.fset), [base, av], {}, None)
                return
            slot = isinstance(raw, MemberDescriptorType)
            if not slot and hasattr(type(raw), "__set__"):
                lw.refuse("C0105", f"assigning to `.{name}` of {lw.describe(base)} is not supported")
            if name in content.keys:
                k = content.keys.index(name)
                items = (*content.items[:k], av, *content.items[k + 1 :])
                lw.heap[base.key] = replace(content, items=items)
            else:
                lw.heap[base.key] = replace(content, keys=(*content.keys, name), items=(*content.items, av))
            return
    text = f"assigning to `.{name}` of {lw.describe(base)} is not supported"
    if isinstance(base, (Arr, Num)) and not has_attribute(lw, base, name):
        lw.fail("C0105", "AttributeError", text)
    lw.refuse("C0105", text)
