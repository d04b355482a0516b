"""Compiled functions for the next process, found by bytecode alone: no capture, no transform, no lowering.

The key is the code of the function, the transforms and the signature of the arguments.  What else the code
depends on (callees, constants, types of globals) is stored with it as facts, each with a place that can be
found again, and compared before the code is believed.  A function that depends on something that cannot be
described so is captured in every process.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from types import BuiltinFunctionType, CellType, FunctionType, ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np

from ..capture.marks import constant_parameters
from ..capture.signature import is_big, leaf_type, supported_leaf
from ..capture.state import Hidden, Place, cell_place, default_place, global_place
from ..ir.types import parse_type
from ..runtime import cache as caching
from ..runtime import fingerprint
from ..runtime.restore import restore
from .compiled import Compiled, Fallback, Shape
from .rebind import below, guard_of
from .step import Step
from .wrapper import misfit

if TYPE_CHECKING:
    from .stage import Stage

_PLAIN = (bool, int, float, complex, tuple, list, dict)


class _Unknown(Exception):
    """Something that has no description."""


def key_of(fun: Any, steps: Sequence[Step], signature: Any, wide: bool = False) -> str | None:
    """The key on disk, or None when the arguments or the function cannot be told from bytecode."""
    if not isinstance(fun, FunctionType) or any(s.mode in ("jvp", "vjp") for s in steps):
        return None
    try:
        chain = [(s.mode, s.wrt, s.has_aux, s.outputs) for s in steps]
        return fingerprint.key(
            "front", fun.__code__, sorted(constant_parameters(fun)), chain, _plain_signature(signature), wide
        )
    except (TypeError, _Unknown):
        return None


def _plain_signature(key: Any) -> Any:
    """The signature of arguments with types by name; only types of Python and NumPy have names that last."""
    if isinstance(key, tuple):
        if len(key) == 2 and key[0] == "is" and not (key[1] is None or type(key[1]) is str):
            raise _Unknown
        return tuple(_plain_signature(k) for k in key)
    if isinstance(key, type):
        if key in _PLAIN or issubclass(key, np.generic):
            return f"{key.__module__}.{key.__name__}"
        raise _Unknown
    return key


# describing


def describe(fun: Any, stage: Stage) -> dict[str, Any] | None:
    """Hidden inputs and facts as JSON, or None."""
    if any(h.leaf is not None for h in stage.hidden):
        return None
    try:
        return {
            "hidden": [[_root(h.place, fun), str(h.type), h.python, h.big] for h in stage.hidden],
            "facts": [[g.kind, _root(g.place, fun), _fact(g)] for g in stage.guards],
        }
    except (TypeError, _Unknown):
        return None


def _cells(fun: FunctionType) -> tuple[CellType, ...]:
    return fun.__closure__ or ()


def _root(place: Place, fun: FunctionType) -> list[Any]:
    """A place as ``[kind, module or None, name or number, path...]``."""
    kind, owner, *rest = place.key
    if not all(type(step) in (str, int) for step in rest):
        raise _Unknown
    if kind == "global":
        name = next(
            (n for n, m in list(sys.modules.items()) if id(getattr(m, "__dict__", None)) == owner), None
        )
        if owner == id(fun.__globals__):
            name = ""
        if name is None:
            raise _Unknown
        return ["global", name, *rest]
    if kind == "cell":
        for k, cell in enumerate(_cells(fun)):
            if id(cell) == owner:
                return ["cell", None, k, *rest]
    if kind == "default" and owner == id(fun):
        return ["default", None, *rest]
    raise _Unknown


def _fact(guard: Any) -> Any:
    value = guard.value
    if guard.kind == "equal":
        return fingerprint.of(value)
    if guard.kind == "like":
        return _structure(value)
    if guard.kind == "typed":
        return _type(guard.place.read())
    return identity(value)


def _structure(value: Any) -> list[Any]:
    if type(value) not in (tuple, list, dict):
        raise _Unknown
    keys = fingerprint.of(list(value)) if isinstance(value, dict) else ""
    return [type(value).__name__, len(value), keys]


def _type(value: Any) -> str:
    if not supported_leaf(value):
        raise _Unknown
    big = " big" * is_big(value)
    return f"{type(value).__module__}.{type(value).__name__} {leaf_type(value)}{big}"


def identity(value: Any) -> str:
    """What stands for an object in another process: its name if it belongs to a library, its code if it is
    a function.
    """
    if isinstance(value, ModuleType):
        return f"module {value.__name__}"
    if isinstance(value, FunctionType):
        return f"code {fingerprint.of(value.__code__)} {sorted(constant_parameters(value))}"
    if isinstance(value, (BuiltinFunctionType, np.ufunc, type)):
        module = getattr(value, "__module__", None) or "numpy"
        if module.partition(".")[0] in ("numpy", "scipy", "math", "cmath", "builtins", "operator"):
            return f"library {module}.{value.__name__}"
    raise _Unknown


# finding again


def restored(name: str, fun: FunctionType, fallback: Fallback, may_stand_alone: bool) -> Compiled | None:
    """The compiled function under a key, when all facts hold for ``fun``."""
    store = caching.default()
    entry = store.lookup(name)
    if entry is None:
        return None
    facts = entry.meta["extra"]
    try:
        hidden = [Hidden(_place(root, fun), parse_type(t), *more) for root, t, *more in facts["hidden"]]
        guards = [_guard(kind, _place(root, fun), fact) for kind, root, fact in facts["facts"]]
    except Exception:
        return None
    alone = fallback is not None and may_stand_alone and not hidden and not guards
    function, _ = restore(entry, fallback=misfit)
    shape = Shape(None, None, tuple(facts["supply"]))
    return Compiled(function, shape, hidden, guards, fallback, alone)


def _place(root: list[Any], fun: FunctionType) -> Place:
    kind, module, first, *rest = root
    if kind == "global":
        names = fun.__globals__ if module == "" else sys.modules[module].__dict__
        return below(global_place(names, first), rest)
    if kind == "cell":
        return below(cell_place(_cells(fun)[first], fun.__code__.co_freevars[first]), rest)
    return below(default_place(fun, str(first), first), rest)


def _guard(kind: str, place: Place, fact: Any) -> Any:
    """The guard, when what stands at the place agrees with the fact."""
    now = place.read()
    agrees = {
        "equal": lambda: fingerprint.of(now) == fact,
        "like": lambda: _structure(now) == fact,
        "typed": lambda: _type(now) == fact,
        "same": lambda: identity(now) == fact,
    }[kind]
    if not agrees():
        raise _Unknown
    if kind == "typed":
        return guard_of(kind, place, lambda later: supported_leaf(later) and _type(later) == fact)
    return guard_of(kind, place, now)
