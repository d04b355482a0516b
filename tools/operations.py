"""Writes ``docs/operations.md``: which operation has a meaning in which algebra, found by asking.

Run it after a change to the primitives or to the algebras: ``python tools/operations.py``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from wengert.algebra import (
    Check,
    Cost,
    Dual,
    Eval,
    Graph,
    Interval,
    Sparsity,
    Strings,
    Symbolic,
    Taylor,
)
from wengert.errors import RuleError, UndecidedError
from wengert.ir.types import F32
from wengert.prims import REGISTRY

PAGE = Path(__file__).parents[1] / "docs" / "operations.md"
ALGEBRAS = (Eval, Check, Graph, Dual, Taylor, Interval, Sparsity, Cost, Symbolic, Strings)

V, W, M = np.array([0.5, 0.25, 0.75]), np.array([0.3, 0.6, 0.4]), np.array([[0.5, 0.25], [0.75, 0.3]])
I = np.int64

OPERANDS: dict[str, tuple[tuple[Any, ...], dict[str, Any]]] = {
    "ipow": ((V,), {"n": 3}),
    "select": ((np.array([True, False, True]), V, W), {}),
    "cast": ((V,), {"to": F32}),
    "acosh": ((V + 1.0,), {}),
    "imag": ((V + 1j,), {}),
    "conj": ((V + 1j,), {}),
    "sum": ((M,), {"axes": (0,), "keepdims": False}),
    "prod": ((M,), {"axes": (0,), "keepdims": False}),
    "amax": ((M,), {"axes": (0,), "keepdims": False}),
    "amin": ((M,), {"axes": (0,), "keepdims": False}),
    "argmax": ((V,), {}),
    "argmin": ((V,), {}),
    "matmul": ((M, M), {}),
    "copy": ((V,), {}),
    "load": ((V, I(1)), {}),
    "take": ((V, np.array([2, 0])), {}),
    "view": ((M, I(1)), {"spec": "i:"}),
    "transpose": ((M,), {"perm": (1, 0)}),
    "reshape": ((M, I(4)), {"axes": "n"}),
    "broadcast": ((V, I(2), I(3)), {"axes": "nn"}),
    "diagonal": ((M,), {}),
    "store": ((V, I(1), 2.0), {}),
    "accum": ((V, I(1), 2.0), {}),
    "assign": ((V, W), {}),
    "vacc": ((V, W), {}),
    "scatter": ((V, np.array([2, 0]), V[:2]), {}),
}
"""Operands of what is not simply elementwise on floats."""

DATA = ("shl", "shr", "bitand", "bitor", "bitxor", "invert", "and", "or", "xor", "not", "any", "all", "wrap")
"""Of integers and booleans only, which are data in every algebra: computed as they are."""

STRUCTURE = ("const", "undef", "alloc", "dim", "check", "if", "for", "while", "call", "derive", "custom",
             "rec_new", "rec_grow", "rec_set", "rec_get", "rec_len", "pack", "unpack")  # fmt: skip
"""What every algebra runs in the same way: control flow, sizes, allocation, records.  (And the two of native
forward mode in eight directions, which no algebra meets.)"""

NATIVE = ("pack", "unpack")
"""What transforms make for native code alone: views of arrays as lanes."""

WORDS: dict[tuple[str, str], str] = {
    ("argmax", "Symbolic"): "which symbol is the largest is not known",
    ("argmin", "Symbolic"): "which symbol is the smallest is not known",
    ("argmax", "Strings"): "which expression is the largest is not known",
    ("argmin", "Strings"): "which expression is the smallest is not known",
    ("copysign", "Symbolic"): "SymPy has no signed zero",
    ("rint", "Symbolic"): "SymPy does not round halves to even",
}
"""Why a meaning is missing."""


BY_PARAMETER = ("jv", "yv", "iv", "kv", "ive", "kve", "gammainc", "gammaincc", "betainc", "hyp1f1", "hyp2f1")
"""Functions with an order or parameters, which are constants: only the argument is differentiated by."""


def reason(name: str, algebra: str) -> str:
    """Why there is no meaning, or nothing."""
    if (name, algebra) in WORDS:
        return WORDS[name, algebra]
    if name in ("real", "imag", "conj", "complex") and algebra == "Interval":
        return "intervals are of real numbers"
    special = (
        Path(REGISTRY[name].partials[0].__code__.co_filename).stem == "special" if _ruled(name) else True
    )
    if special and algebra == "Interval":
        return "no bound on the error of the routine behind it is known"
    return "NO REASON GIVEN"


def _home(name: str) -> str:
    return Path(REGISTRY[name].partials[0].__code__.co_filename).stem


def _ruled(name: str) -> bool:
    rules = REGISTRY[name].partials
    return rules is not None and callable(rules[0])


def operands(name: str) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Operands that the operation takes."""
    if name in OPERANDS:
        return OPERANDS[name]
    count = len(REGISTRY[name].reads)
    if name in BY_PARAMETER:
        return (*(2.0, 3.0, 4.0)[: count - 1], V), {}
    return ((V, W)[:count] if count <= 2 else (V,) * count), {}


def asked() -> list[str]:
    """The operations of the table."""
    return [n for n, p in REGISTRY.items() if n not in (*DATA, *STRUCTURE, *NATIVE) and p.kind != "foreign"]


def _lifted(algebra: Any, make: Any, x: Any) -> Any:
    if not (isinstance(x, np.ndarray) and x.dtype.kind in "fc"):
        return x
    if isinstance(algebra, Interval):
        return algebra.between(x, x + 0.01)
    return algebra.variable("x", x.shape) if isinstance(algebra, (Symbolic, Strings)) else make(x)


def meaning(name: str, algebra: Any) -> bool:
    """Whether the operation runs, and in reverse mode goes back."""
    xs, attrs = operands(name)
    make = algebra.lift if isinstance(algebra, (Eval, Check)) else algebra.variable
    try:
        lifted = [_lifted(algebra, make, x) for x in xs]
        y = algebra.apply(REGISTRY[name], lifted, attrs)
        if isinstance(algebra, Graph) and hasattr(y, "gid"):
            algebra.evaluate_gradients(y)
    except (RuleError, UndecidedError, TypeError):
        return False
    return True


def table() -> str:
    """The page."""
    names = [a.__name__ for a in ALGEBRAS]
    lines = [
        "# Operations and algebras",
        "",
        "Which operation has a meaning in which algebra. `tools/operations.py` writes this page: it asks",
        "each algebra for each operation, and a test keeps it true; a hole has its reason below.",
        "",
        f"| operation | {' | '.join(names)} |",
        f"|---|{'---|' * len(names)}",
    ]
    holes: list[tuple[str, str]] = []
    for name in asked():
        cells: list[str] = []
        for algebra in ALGEBRAS:
            has = meaning(name, algebra())
            cells.append("yes" if has else "no")
            if not has:
                holes.append((name, algebra.__name__))
        lines.append(f"| `{name}` | {' | '.join(cells)} |")
    lines += ["", "Integers and booleans are data, computed as they are in every algebra: "]
    lines[-1] += ", ".join(f"`{n}`" for n in DATA) + "."
    lines += ["", "The order or the parameters of these are constants, the argument is what varies: "]
    lines[-1] += ", ".join(f"`{n}`" for n in BY_PARAMETER) + "."
    lines += [
        "",
        "Every algebra runs control flow, sizes, allocation, checks and records in the same way.",
        "",
    ]
    lines += ["## Why there is none", ""]
    lines += [f"* `{n}` in {a}: {reason(n, a)}." for n, a in holes]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(table())
