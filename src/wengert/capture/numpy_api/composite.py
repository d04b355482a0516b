"""Handlers of composites: functions of NumPy and SciPy that are written in Python."""

from __future__ import annotations

import dis
import functools
import inspect
from collections.abc import Callable
from types import FunctionType
from typing import Any

from .. import composites
from ..lower import Lowering
from ..values import AV, Const, Num, Ref, Tup

Handler = Callable[..., AV]

#: Parameters that say what is done, not with which numbers: integers that are read from elsewhere are frozen.
STATIC = frozenset(
    [
        "axis",
        "axes",
        "axis1",
        "axis2",
        "axisa",
        "axisb",
        "axisc",
        "source",
        "destination",
        "keepdims",
        "ddof",
        "mode",
        "method",
        "kind",
        "endpoint",
        "indexing",
        "side",
        "norm",
        "full_matrices",
        "compute_uv",
        "UPLO",
        "lower",
        "trans",
        "dtype",
        "rowvar",
        "bias",
        "order",
        "deg",
        "m",
        "decimals",
        "increasing",
        "indices_or_sections",
        "ndim",
        "pad_width",
        "edge_order",
        "reps",
        "retstep",
        "sparse",
        "exact",
        "assume_a",
        "unit_diagonal",
    ]
)


#: Options that say how, and change no result: they need not be read.
NEUTRAL = frozenset(
    [
        "kind",
        "stable",
        "kth",
        "overwrite_input",
        "overwrite_a",
        "overwrite_b",
        "overwrite_ab",
        "check_finite",
        "subok",
        "device",
        "assume_unique",
    ]
)


@functools.cache
def composite(f: FunctionType) -> Handler:
    """A handler that lowers ``f``; what ``f`` does not read can only be given as it is by default."""
    code = f.__code__
    names = code.co_varnames[: code.co_argcount]
    ignored = _ignored(f)

    def handler(lw: Lowering, *args: AV, **kwargs: AV) -> AV:
        from ..calls import call_python
        from ..inlining import target_of_function

        if ignored:
            for n, a in (*zip(names, args, strict=False), *kwargs.items()):
                if n in ignored and not _same(a, ignored[n]):
                    lw.refuse("C0104", f"the option `{n}` of `{f.__name__}` is not supported")
        fixed = [_settled(lw, n, a) for n, a in zip(names, args, strict=False)]
        fixed += args[len(names) :]
        named = {n: _settled(lw, n, a) for n, a in kwargs.items()}
        return call_python(lw, target_of_function(f), fixed, named, None)

    return handler


def _ignored(f: FunctionType) -> dict[str, Any]:
    """The parameters that the text never names, with their defaults."""
    code = f.__code__
    count = code.co_argcount + code.co_kwonlyargcount
    read: set[str] = set()
    for i in dis.get_instructions(code):
        if i.opname == "STORE_FAST_LOAD_FAST":
            read.add(i.argval[1])
        elif i.opname.startswith(("LOAD_FAST", "LOAD_DEREF", "LOAD_CLOSURE")):
            read.update(i.argval if isinstance(i.argval, tuple) else (i.argval,))
    defaults = {p.name: p.default for p in inspect.signature(f).parameters.values()}
    return {n: defaults[n] for n in code.co_varnames[:count] if n not in read and n not in NEUTRAL}


def _same(a: AV, default: Any) -> bool:
    if not isinstance(a, Const):
        return False
    return a.value is default or (isinstance(a.value, (bool, int, float, str)) and a.value == default)


def _settled(lw: Lowering, name: str, av: AV) -> AV:
    if name not in STATIC:
        return av
    if isinstance(av, Num) and av.known is not None:
        return Const(lw.static(av, f"`{name}`"))
    if isinstance(av, Tup) and any(isinstance(i, Num) and i.known is not None for i in av.items):
        return Const(lw.static(av, f"`{name}`"))
    if isinstance(av, Ref):
        items = lw.items(av)
        if items is not None and all(isinstance(i, Const) for i in items):
            return Const(tuple(i.value for i in items if isinstance(i, Const)))
    return av


FUNCTIONS: dict[Any, Handler] = {f: composite(g) for f, g in composites.NUMPY.items()}  # pyright: ignore
METHODS: dict[str, Handler] = {n: composite(g) for n, g in composites.METHODS.items()}  # pyright: ignore
