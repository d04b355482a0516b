"""`Symbolic`: expressions of SymPy, so that a program prints as mathematics.  Extra ``symbolic``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..prims.primitive import Primitive
from .elements import Elements, Objects
from .formulas import FORMULAS

_SAME = {
    "exp": "exp", "log": "log", "sqrt": "sqrt", "cbrt": "cbrt", "sin": "sin", "cos": "cos", "tan": "tan",
    "asin": "asin", "acos": "acos", "atan": "atan", "atan2": "atan2", "sinh": "sinh", "cosh": "cosh",
    "tanh": "tanh", "asinh": "asinh", "acosh": "acosh", "atanh": "atanh", "floor": "floor", "ceil": "ceiling",
    "erf": "erf", "erfc": "erfc", "lgamma": "loggamma", "tgamma": "gamma", "digamma": "digamma",
    "trigamma": "trigamma", "abs": "Abs", "sign": "sign", "maximum": "Max", "minimum": "Min", "fmax": "Max",
    "fmin": "Min", "pymax": "Max", "pymin": "Min", "lt": "StrictLessThan", "le": "LessThan",
    "gt": "StrictGreaterThan", "ge": "GreaterThan", "eq": "Equality", "ne": "Unequality", "and": "And",
    "erfinv": "erfinv", "erfcinv": "erfcinv", "erfi": "erfi", "ellipk": "elliptic_k", "ellipe": "elliptic_e",
    "expi": "Ei", "beta": "beta", "binom": "binomial", "imag": "im", "conj": "conjugate", "jv": "besselj",
    "yv": "bessely", "iv": "besseli", "kv": "besselk", "or": "Or", "not": "Not", "xor": "Xor", "mod": "Mod",
}  # fmt: skip


class Symbolic(Elements):
    """Expressions.

    >>> s = Symbolic()
    >>> x = s.variable("x")
    >>> s.mul(x, s.exp(x))
    x*exp(x)
    """

    name = "Symbolic"

    def __init__(self) -> None:
        import sympy

        self._sympy: Any = sympy

    def named(self, name: str) -> Any:
        return self._sympy.Symbol(name, real=True)

    def given(self, x: Any) -> Any:
        """Names become symbols; expressions of SymPy are taken as they are."""
        if isinstance(x, self._sympy.Basic):
            return Objects(self, x)
        return super().given(x)

    def literal(self, x: Any) -> Any:
        if isinstance(x, self._sympy.Basic):
            return x
        if isinstance(x, (complex, np.complexfloating)):
            return self.literal(x.real) + self._sympy.I * self.literal(x.imag)
        if isinstance(x, bool):
            return self._sympy.true if x else self._sympy.false
        value = float(x)
        return self._sympy.Integer(int(value)) if value.is_integer() else self._sympy.Float(value)

    def known(self, x: Any) -> bool | None:
        if isinstance(x, Objects):
            return {self._sympy.true: True, self._sympy.false: False}.get(x.value)
        return bool(x)

    def element(self, prim: Primitive, xs: Sequence[Any], attrs: Mapping[str, Any]) -> Any:
        sp, name = self._sympy, prim.name
        match name:
            case "add" | "sub" | "mul" | "mulz" | "div":
                a, b = xs
                return {"add": a + b, "sub": a - b}.get(name, a / b if name == "div" else a * b)
            case "neg":
                return -xs[0]
            case "pow":
                return xs[0] ** xs[1]
            case "ipow":
                return xs[0] ** attrs["n"]
            case "select":
                return sp.Piecewise((xs[1], xs[0]), (xs[2], True))
            case "cast" | "stop" | "real":
                return xs[0]
            case _:
                if name in FORMULAS:
                    return FORMULAS[name](sp, *xs)
                if name not in _SAME:
                    self.no_rule(prim)
                return getattr(sp, _SAME[name])(*xs)

    def result(self, x: Any) -> Any:
        """The expression, or the array of expressions."""
        return x.value if isinstance(x, Objects) else x

    def latex(self, x: Any) -> str:
        """LaTeX of a value."""
        value = self.result(x)
        return self._sympy.latex(self._sympy.Array(value.tolist()) if hasattr(value, "tolist") else value)
