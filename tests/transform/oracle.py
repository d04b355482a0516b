"""A plain interpreter of the IR, written apart from the product's, that checks every index."""

from __future__ import annotations

import builtins
from collections.abc import Sequence
from typing import Any

import numpy as np

from wengert.ir.core import Block, Func, Op, Value
from wengert.ir.types import Array, Rec, dtype_of

_DTYPES = {"f64": "float64", "f32": "float32", "i64": "int64", "i32": "int32", "u8": "uint8", "bool": "bool"}
_NUMPY = {
    "add": np.add,
    "sub": np.subtract,
    "mul": np.multiply,
    "div": np.divide,
    "neg": np.negative,
    "abs": np.abs,
    "sqrt": np.sqrt,
    "exp": np.exp,
    "sin": np.sin,
    "maximum": np.maximum,
    "minimum": np.minimum,
    "lt": np.less,
    "le": np.less_equal,
    "gt": np.greater,
    "ge": np.greater_equal,
    "eq": np.equal,
    "ne": np.not_equal,
    "and": np.logical_and,
    "or": np.logical_or,
    "xor": np.logical_xor,
    "not": np.logical_not,
    "bitand": np.bitwise_and,
    "bitor": np.bitwise_or,
    "bitxor": np.bitwise_xor,
    "select": np.where,
    "pymax": lambda a, b: b if b > a else a,
    "pymin": lambda a, b: b if b < a else a,
    "mulz": lambda g, p: np.where(g == 0, 0 * g, g * p),
    "floordiv": lambda a, b: np.floor_divide(a, b) if b else a * 0,
    "mod": lambda a, b: np.mod(a, b) if b else a * 0,
    "wrap": lambda i, n: i + n if i < 0 else i,
    "copy": np.copy,
    "matmul": np.matmul,
    "shl": np.left_shift,
}


Trace = list[tuple[Op, str, frozenset[int]]]
"""What was accessed, in order: the op, `read` or `write`, and the addresses."""

_traces: list[Trace] = []


def traced(func: Func, *args: Any) -> Trace:
    """The accesses of ``func`` up to its end or its exception."""
    trace: Trace = []
    _traces.append(trace)
    try:
        run(func, *args)
    except (IndexError, ValueError):
        pass
    finally:
        _traces.pop()
    return trace


def _note(op: Op, x: list[Any]) -> None:
    """Enter what ``op`` accesses into the trace; whole arrays count with all their elements."""
    first = x[0]
    if op.name in ("load", "store", "accum"):
        index = x[1:] if op.name == "load" else x[1:-1]
        if any(not 0 <= i < n for i, n in zip(index, first.shape, strict=True)):
            return  # raises in a moment
        offset = sum(int(i) * s for i, s in zip(index, first.strides, strict=True))
        place = frozenset({first.__array_interface__["data"][0] + offset})
        _traces[-1].append((op, "read" if op.name == "load" else "write", place))
        return
    for v in x[1:] if op.name == "assign" else x:
        if isinstance(v, np.ndarray):
            _traces[-1].append((op, "read", _addresses(v)))
    if op.name == "assign":
        _traces[-1].append((op, "write", _addresses(first)))


def _addresses(a: Any) -> frozenset[int]:
    base = a.__array_interface__["data"][0]
    offsets = (sum(i * s for i, s in zip(index, a.strides, strict=True)) for index in np.ndindex(a.shape))
    return frozenset(base + o for o in offsets)


def run(func: Func, *args: Any) -> list[Any]:
    """The results of ``func``; arrays in ``args`` are changed in place."""
    env: dict[Value, Any] = {}
    for p, a in zip(func.params, args, strict=True):
        env[p] = a if isinstance(p.type, (Array, Rec)) else _scalar(p, a)
    with np.errstate(all="ignore"):
        return _block(func.body, env)


def _scalar(v: Value, a: Any) -> Any:
    return np.dtype(_DTYPES[str(v.type)]).type(a)


def _block(block: Block, env: dict[Value, Any]) -> list[Any]:
    for op in block.ops:
        values = [env[v] for v in op.operands]
        for r, x in zip(op.results, _op(op, values, env), strict=True):
            env[r] = x
    return [env[v] for v in block.yields]


def _op(op: Op, x: list[Any], env: dict[Value, Any]) -> Sequence[Any]:
    if _traces and op.name in ("load", "store", "accum", "assign", "matmul", "sum"):
        _note(op, x)
    match op.name:
        case "const":
            return [_scalar(op.result, op.attrs["value"])]
        case "undef":
            return [_scalar(op.result, 0)]
        case "if":
            return _block(op.regions[0 if x[0] else 1], env)
        case "for":
            return _for(op, x, env)
        case "while":
            n = 0
            while True:
                env.update(zip(op.regions[0].params, x, strict=True))
                if not _block(op.regions[0], env)[0]:
                    return [np.int64(n), *x]
                env.update(zip(op.regions[1].params, x, strict=True))
                x, n = _block(op.regions[1], env), n + 1
        case "check":
            if not x[0]:
                raise getattr(builtins, op.attrs["exc"])(op.attrs["message"].format(*x[1:]))
            return []
        case "dim":
            return [np.int64(x[0].shape[op.attrs["axis"]])]
        case "alloc":
            if min(x, default=0) < 0:
                raise ValueError("negative")
            fill = 0 if op.attrs["fill"] == "zero" else np.nan
            return [np.full([int(n) for n in x], fill, _DTYPES[dtype_of(op.result.type).name])]
        case "load":
            return [x[0][_at(op, x[0], x[1:])]]
        case "store":
            x[0][_at(op, x[0], x[1:-1])] = x[-1]
            return []
        case "accum":
            x[0][_at(op, x[0], x[1:-1])] += x[-1]
            return []
        case "assign":
            x[0][...] = np.copy(x[1])
            return []
        case "view":
            return [_view(op.attrs["spec"], x)]
        case "transpose":
            return [x[0].transpose(op.attrs["perm"])]
        case "sum":
            return [np.sum(x[0], axis=op.attrs["axes"], keepdims=op.attrs["keepdims"])]
        case "cast":
            return [_scalar(op.result, x[0])]
        case "ipow":
            return [x[0] ** op.attrs["n"]]
        case _:
            return [_NUMPY[op.name](*x)]


def _at(op: Op, a: Any, index: Sequence[Any]) -> tuple[int, ...]:
    if any(not 0 <= i < n for i, n in zip(index, a.shape, strict=True)):
        assert not op.attrs.get("safe"), f"{op} was wrongly marked safe"
        raise IndexError(f"{index} in {a.shape}")
    return tuple(int(i) for i in index)


def _view(spec: str, x: list[Any]) -> Any:
    at, index = 1, list[Any]()
    for letter in spec:
        if letter == "i":
            if not 0 <= x[at] < x[0].shape[sum(k is not None for k in index)]:
                raise IndexError(x[at])
            index.append(int(x[at]))
        elif letter == "s":
            start, length, step = (int(v) for v in x[at : at + 3])
            size = x[0].shape[sum(k is not None for k in index)]
            last = start + (length - 1) * step
            if length > 0 and not (0 <= start < size and 0 <= last < size):
                raise IndexError(f"{start}:{last} in {size}")
            end: int | None = last + (1 if step > 0 else -1)
            index.append(
                slice(start, end if end is not None and end >= 0 else None, step)
                if length > 0
                else slice(0, 0)
            )
        else:
            index.append({":": slice(None), "+": None, "-": 0}[letter])
        at += {"i": 1, "s": 3}.get(letter, 0)
    return x[0][tuple(index)]


def _for(op: Op, x: list[Any], env: dict[Value, Any]) -> Sequence[Any]:
    (lo, hi, step), carried, n = x[:3], x[3:], 0
    for i in range(int(lo), int(hi), int(step)):
        env.update(zip(op.regions[0].params, [np.int64(i), *carried], strict=True))
        carried, n = _block(op.regions[0], env), n + 1
        if op.attrs.get("stop"):
            stop, carried = carried[0], carried[1:]
            if stop:
                break
    return [np.int64(n), *carried]
