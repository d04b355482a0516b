"""Algebras whose values are objects of Python, one for each element: expressions, strings.

An array of them is a NumPy array of objects, in which views and writes work as in any other.  A subclass says
what an elementwise primitive makes of objects (`element`), and how a constant looks (`literal`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..ir.types import BOOL, F64, Scalar
from ..prims.families import numpy_dtype
from ..prims.primitive import Primitive
from .base import Algebra, Traced, is_array, shape_of
from .parts import STRUCTURE, fold


class Objects(Traced):
    """One object, or an array of them: ``value``."""

    __slots__ = ("_dtype", "value")

    def __init__(self, algebra: Elements, value: Any, dtype: Scalar = F64) -> None:
        self.algebra = algebra
        self.value = value
        self._dtype = dtype

    @property
    def shape(self) -> tuple[int, ...]:
        return self.value.shape if isinstance(self.value, np.ndarray) else ()

    @property
    def dtype(self) -> np.dtype[Any]:
        return numpy_dtype(self._dtype)

    @property
    def contiguous(self) -> bool:
        return bool(self.value.flags.c_contiguous) if isinstance(self.value, np.ndarray) else True

    def __repr__(self) -> str:
        return str(self.value)


class Elements(Algebra):
    """What is common to algebras of objects."""

    def element(self, prim: Primitive, xs: Sequence[Any], attrs: Mapping[str, Any]) -> Any:
        """The object for one element of an elementwise result."""
        raise NotImplementedError

    def literal(self, x: Any) -> Any:
        """The object for a number."""
        raise NotImplementedError

    def named(self, name: str) -> Any:
        """The object for a variable."""
        raise NotImplementedError

    def variable(self, x: Any, shape: Sequence[int] = ()) -> Objects:
        """A variable of this name; with a shape, an array of variables ``name[0]``, ``name[1]``, ..."""
        if isinstance(x, Objects):
            return x
        if not isinstance(x, str):
            return Objects(self, self._objects(x))
        if not shape:
            return Objects(self, self.named(x))
        out = np.empty(tuple(shape), object)
        for at in np.ndindex(*shape):
            out[at] = self.named(f"{x}[{', '.join(map(str, at))}]")
        return Objects(self, out)

    def given(self, x: Any) -> Any:
        return self.variable(x) if isinstance(x, str) else x

    def lift(self, x: Any) -> Any:
        if isinstance(x, Objects) or not (is_array(x) or isinstance(x, list)):
            return x
        x = np.asarray(x)
        return Objects(self, self._objects(x)) if x.dtype.kind in "fc" else x

    def _objects(self, x: Any) -> Any:
        if isinstance(x, Objects):
            return x.value
        if not is_array(x):
            return self.literal(x)
        out = np.empty(shape_of(x), object)
        for at in np.ndindex(out.shape):
            out[at] = self.literal(x[at])
        return out

    def known(self, x: Any) -> bool | None:
        return None if isinstance(x, Objects) else bool(x)

    def apply(self, prim: Primitive, args: Sequence[Any], attrs: Mapping[str, Any]) -> Any:
        name = prim.name
        if name == "alloc":
            out = prim(*args, **attrs)
            return self.lift(out) if out.dtype.kind in "fc" else out
        if not any(isinstance(a, Objects) for a in args):
            return prim(*args, **attrs)
        if self.name in prim.rules:
            return prim.rules[self.name](self, *args, **attrs)
        if name == "dim":
            return np.int64(args[0].shape[attrs["axis"]])
        if name in STRUCTURE or name in ("accum", "vacc", "scatter"):
            return self._structure(prim, args, attrs)
        if name in ("isnan", "isinf", "isfinite"):  # symbols stand for numbers
            return np.full(shape_of(args[0]), name == "isfinite")[()]
        dtype = BOOL if name in _TRUTHS else F64
        xs = [self._objects(a) for a in args]
        if name in _FOLDS:
            op = self._binary(_FOLDS[name])
            empty = self.literal({"sum": 0.0, "prod": 1.0}.get(name, 0.0))
            return Objects(self, fold(op, xs[0], attrs.get("axes"), bool(attrs.get("keepdims")), empty))
        if name == "matmul":
            return Objects(self, self._product(*xs))
        if prim.kind != "elementwise":
            return self.no_rule(prim) if prim.composite is None else prim.composite(*args, **attrs)
        f = np.frompyfunc(lambda *es: self.element(prim, es, attrs), len(xs), 1)
        return Objects(self, f(*xs), dtype)

    def _binary(self, name: str) -> Any:
        from ..prims.primitive import REGISTRY

        return lambda a, b: self.element(REGISTRY[name], (a, b), {})

    def _product(self, a: Any, b: Any) -> Any:
        mul, add = self._binary("mul"), self._binary("add")
        k = a.shape[-1]
        a2, b2 = a.reshape(-1, k), b.reshape(k, -1)
        out = np.empty((a2.shape[0], b2.shape[1]), object)
        for i, j in np.ndindex(out.shape):
            out[i, j] = fold(add, np.frompyfunc(mul, 2, 1)(a2[i], b2[:, j]), None, False, self.literal(0.0))
        shape = a.shape[:-1] + b.shape[1:]
        return out.reshape(shape) if shape else out[0, 0]

    def _added(self, target: Any, v: Any) -> None:
        """``target += v``, summed over the axes that ``target`` lacks or has with length one."""
        add = self._binary("add")
        lead = v.ndim - target.ndim
        gone = [k for k, n in enumerate(v.shape) if k < lead or (target.shape[k - lead] == 1 and n != 1)]
        if gone:
            v = fold(add, v, gone, True, self.literal(0.0)).reshape(
                [1 if k in gone else n for k, n in enumerate(v.shape)][max(lead, 0) :]
            )
        target[...] = np.frompyfunc(add, 2, 1)(target, v)

    def _structure(self, prim: Primitive, args: Sequence[Any], attrs: Mapping[str, Any]) -> Any:
        x, rest = args[0], list(args[1:])
        if prim.writes and not isinstance(x, Objects):
            self.no_rule(prim, " into an array of plain numbers")
        if prim.name in ("store", "assign"):
            prim(x.value, *rest[:-1], self._objects(rest[-1]), **attrs)
        elif prim.name == "accum":
            at = tuple(int(i) for i in rest[:-1])
            x.value[at] = self._binary("add")(x.value[at], self._objects(rest[-1]))
        elif prim.name == "vacc":
            self._added(x.value, np.asarray(self._objects(rest[-1]), object))
        elif prim.writes:  # scatter
            v = self._objects(rest[-1])
            for at in np.ndindex(rest[0].shape):
                row = x.value[rest[0][at] :][:1]
                self._added(row, np.asarray(v[at], object)[None])
        elif not isinstance(x, Objects):
            return prim(*args, **attrs)
        else:
            return Objects(self, prim(x.value, *rest, **attrs))
        return None


_TRUTHS = frozenset(
    ("lt", "le", "gt", "ge", "eq", "ne", "and", "or", "not", "xor", "isnan", "isinf", "isfinite")
)
_FOLDS = {"sum": "add", "prod": "mul", "amax": "maximum", "amin": "minimum", "any": "or", "all": "and"}
