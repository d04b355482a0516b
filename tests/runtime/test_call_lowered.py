"""Entries around code from the real emitter, through the cache and back."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import wengert
from wengert import errors
from wengert.emit.llvm import Native, lower
from wengert.ir.build import Builder
from wengert.ir.core import Func, Value, module
from wengert.ir.types import F64, I64, SCALARS, Array, Type, array
from wengert.runtime import capi, fingerprint, symbols
from wengert.runtime.assemble import make, signature_of
from wengert.runtime.cache import Cache
from wengert.runtime.restore import restore

VECTOR = array(F64, 1)


def lowered(params: list[Type], body: Any) -> Native:
    """Lower the function that ``body(builder, *params)`` builds; it gives the results."""
    b = Builder()
    values = [Value(t) for t in params]
    results = body(b, *values)
    return lower(module(Func("f", b.block(values, results))))


def one(b: Builder, name: str, *operands: Value, type: Type, **attrs: Any) -> Value:
    (result,) = b.emit(name, operands, attrs, types=(type,))
    return result


def wave(b: Builder, x: Value, y: Value) -> list[Value]:
    s = one(b, "sin", x, type=VECTOR)
    p = one(b, "mul", s, y, type=VECTOR)
    return [p, one(b, "sum", p, type=F64, axes=(0,), keepdims=False), s]


@pytest.mark.parametrize("n", [0, 1, 3, 1000])
def test_arrays(n: int) -> None:
    native = lowered([VECTOR, Array(F64, "n", "S")], wave)
    f = make(native, signature_of(native, "wave"), cache=Cache(None))
    x, y = np.linspace(0, 1, n), np.arange(2.0 * n)[::-2]
    for call in (f.entry, f.call):
        p, total, s = call(x, y)
        np.testing.assert_allclose(p, np.sin(x) * y, rtol=1e-15)
        np.testing.assert_allclose(total, (np.sin(x) * y).sum(), rtol=1e-13)
        np.testing.assert_allclose(s, np.sin(x), rtol=1e-15)
        assert not np.shares_memory(p, s)


def test_one_array_twice_and_an_argument_returned() -> None:
    def body(b: Builder, x: Value) -> list[Value]:
        s = one(b, "neg", x, type=VECTOR)
        return [s, s, x]

    native = lowered([VECTOR], body)
    f = make(native, signature_of(native, "twice"), cache=Cache(None))
    for n in (3, 5000):
        x = np.arange(float(n))
        for _ in range(50):
            first, second, third = f.entry(x)
            del first
            np.testing.assert_array_equal(second, -x)
            np.testing.assert_array_equal(third, x)
            assert not np.shares_memory(third, x)


@pytest.mark.parametrize("name", list(SCALARS))
def test_every_type_and_layout(name: str) -> None:
    t = SCALARS[name]
    dtype = capi.dtype_of_scalar(name)
    full = np.arange(4 * 5 * 6).reshape(4, 5, 6)
    full = (full % 2 if name == "bool" else full).astype(dtype)
    for rank in range(4):
        x = np.array(full[(1,) * (3 - rank)])
        for layout, samples in (
            ("C", [x, x[:0] if rank else x]),
            ("S", [x, x.T, x[::-2] if rank else x, np.broadcast_to(x, (2, *x.shape))[1, ...]]),
        ):
            source, target = Array(t, "n" * rank, layout), array(t, rank)
            native = lowered([source, t], lambda b, a, s, target=target: [one(b, "copy", a, type=target), s])
            f = make(native, signature_of(native, "copy"), cache=Cache(None), fallback=refuse)
            for sample in samples:
                scalar = full[1, 2, 3]
                y, back = f.entry(sample, scalar)
                assert (y.dtype, y.shape) == (dtype, sample.shape)
                np.testing.assert_array_equal(y, sample)
                assert back == scalar
                np.testing.assert_array_equal(f.call(sample, scalar)[0], sample)


def refuse(*args: Any) -> Any:
    raise AssertionError(args)


def test_memory_comes_back() -> None:
    native = lowered([VECTOR, VECTOR], wave)
    f = make(native, signature_of(native, "wave"), cache=Cache(None)).entry
    x = np.zeros(100_000)
    f(x, x)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in range(300):
        f(x, x)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 50_000  # of 480,000 kB


def test_large_results_go_back_to_the_pool() -> None:
    """Fresh pages from the system cost more than most loops over them."""
    native = lowered([VECTOR], lambda b, x: [one(b, "exp", x, type=VECTOR)])
    f = make(native, signature_of(native, "exp"), cache=Cache(None)).entry
    y = f(np.zeros(200_000))
    start, end = y.ctypes.data - 1024, y.ctypes.data + y.nbytes
    assert not any(start <= p < end for p in symbols.pool[:16] if p)
    del y
    assert any(start <= p < end for p in symbols.pool[:16] if p)


def test_the_pool_forgets_what_nobody_asks_for() -> None:
    native = lowered([VECTOR], lambda b, x: [one(b, "exp", x, type=VECTOR)])
    f = make(native, signature_of(native, "exp"), cache=Cache(None)).entry
    others = [f(np.zeros(40_000 + k)) for k in range(20)]
    del others
    x = np.zeros(1_000_000)
    for _ in range(17):
        several = [f(x) for _ in range(6)]
        kept = {y.ctypes.data for y in several}
        del several
    assert {f(x).ctypes.data for _ in range(3)} <= kept
    assert sum(any(p <= k < p + x.nbytes for k in kept) for p in symbols.pool[:16] if p) == 6


def test_index_error() -> None:
    native = lowered([VECTOR, I64], lambda b, x, i: [one(b, "load", x, i, type=F64)])
    f = make(native, signature_of(native, "get"), cache=Cache(None))
    assert f.entry(np.arange(3.0), 2) == 2.0
    with pytest.raises(errors.IndexOutOfBounds, match="3"):
        f.entry(np.arange(3.0), 3)


def test_restored_from_the_front_key(tmp_path: Path) -> None:
    native = lowered([VECTOR, VECTOR], wave)
    front = fingerprint.key("front", wave.__code__, "reverse")
    cache = Cache(tmp_path / "c")
    make(native, signature_of(native, "wave"), cache=cache, front=front, extra={"wrt": [0]})
    entry = Cache(tmp_path / "c").lookup(front)
    assert entry is not None
    f, extra = restore(entry)
    assert extra == {"wrt": [0]}
    assert f.entry(np.zeros(2), np.ones(2))[1] == 0.0
    program = f"""
import numpy as np
from wengert.runtime import compile
from wengert.runtime.cache import Cache
from wengert.runtime.restore import restore
from wengert.runtime.restore import restore
compile.optimised = None  # nothing may be compiled
f, _ = restore(Cache({str(tmp_path / "c")!r}).lookup({front!r}))
print(f.entry(np.ones(2), np.ones(2))[1] == 2 * np.sin(1.0))
"""
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=env)
    assert (run.stdout, run.stderr) == ("True\n", "")


def test_second_make_does_not_compile(monkeypatch: pytest.MonkeyPatch) -> None:
    from wengert.runtime import compile

    native = lowered([VECTOR, VECTOR], wave)
    cache = Cache(None)
    make(native, signature_of(native, "wave"), cache=cache)
    monkeypatch.setattr(compile, "compile_text", None)
    make(native, signature_of(native, "wave"), cache=cache)


def test_blocks_that_are_used_again_are_nobody_elses() -> None:
    """Arrays that a loop makes anew take turns; those that left the call keep what is in them."""

    def grow(x: Any, n: int) -> Any:
        older = x
        for _ in range(n):
            x, older = x + older, x * 1.0
        return x, older

    f = wengert.jit(grow)
    kept = [(k, f(np.full(5 + k % 3, 1.0 + k), 1 + k % 7)) for k in range(60)]
    for k, found in kept:
        for a, b in zip(found, grow(np.full(5 + k % 3, 1.0 + k), 1 + k % 7), strict=True):
            np.testing.assert_array_equal(a, b)
    arrays = [a for _, found in kept for a in found]
    places = {a.ctypes.data for a in arrays}
    assert len(places) == len(arrays)
