"""The generated entry: what it accepts, what it gives, and that everything else reaches the fallback
unharmed.
"""

from __future__ import annotations

import gc
import inspect
import pickle
import struct
import sys
import tracemalloc
import weakref
from typing import Any

import numpy as np
import pytest

from runtime.native_ir import COPY_SLOTS, DOUBLED, FAIL_BELOW_ZERO, SCALE_INTO, STRIDED_SUM, native
from wengert import errors
from wengert.diag import Span
from wengert.emit.llvm.native import Site
from wengert.ir.types import BOOL, C64, C128, F32, F64, I32, I64, U8, Array, Scalar, array
from wengert.runtime import capi
from wengert.runtime.call import make_callable_class
from wengert.runtime.signature import Leaf, Node, Origin, Param, Result, Signature, Static

REFUSED = object()


def refuse(*args: Any, **keywords: Any) -> Any:
    return REFUSED


def identity(t: Scalar, origin: Origin, result: Origin) -> Any:
    signature = Signature("same", (Param(t, origin),), (Result(t, result),))
    return native(COPY_SLOTS.format(bytes=16 if t.is_complex else 8), signature, fallback=refuse).entry


def test_small_integers() -> None:
    """Code for Python integers relies on 32 bits, so that products fit."""
    small = identity(I64, "python", "python")
    for n in (0, -(2**31), 2**31 - 1):
        assert small(n) == n
    for n in (2**31, -(2**31) - 1, 2**63 - 1, 2**64):
        assert small(n) is REFUSED


def test_layout_is_known() -> None:
    assert capi.layout_is_known()


@pytest.mark.parametrize(
    ("t", "python", "numpy", "wrong"),
    [
        (F64, -1.5, np.float64(2.5), [1, True, "x", np.float32(1), np.zeros(()), None]),
        (I64, -(2**63), np.int64(-7), [1.0, True, 2**63, np.int32(1), None]),
        (BOOL, True, np.True_, [1, 0, np.int8(1), None]),
        (C128, 1 - 2j, np.complex128(3j), [1.0, np.complex64(1), None]),
        (F32, None, np.float32(0.1), [0.1, np.float64(1), None]),
        (I32, None, np.int32(-5), [5, np.int64(5)]),
        (U8, None, np.uint8(200), [200, np.int8(2)]),
        (C64, None, np.complex64(1 - 2j), [1j, np.complex128(1)]),
    ],
)
def test_numbers(t: Scalar, python: Any, numpy: Any, wrong: list[Any]) -> None:
    both = identity(t, "any", "numpy")
    only_numpy = identity(t, "numpy", "numpy")
    got = both(numpy)
    assert type(got) is type(numpy)
    assert got == numpy
    assert only_numpy(numpy) == numpy
    if python is not None:
        only_python = identity(t, "big" if t == I64 else "python", "python")
        for value in (python, type(python)(0)):
            assert only_python(value) == value
            assert type(only_python(value)) is type(python)
            assert both(value) == value
            assert only_numpy(value) is REFUSED
        assert only_python(numpy) is REFUSED
    for value in wrong:
        assert both(value) is REFUSED
    assert both() is REFUSED
    assert both(numpy, numpy) is REFUSED
    assert both(numpy, key=1) is REFUSED


def test_without_known_layout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(capi, "layout_is_known", lambda: False)
    vector = array(F64, 1)
    f = native(DOUBLED, Signature("doubled", (Param(vector),), (Result(vector),)))
    np.testing.assert_array_equal(f.entry(np.arange(3.0)), [0, 2, 4])
    for t, value in (
        (F64, 1.5),
        (I64, -3),
        (BOOL, True),
        (C128, 1 - 2j),
        (F32, np.float32(0.1)),
        (C64, np.complex64(1j)),
    ):
        text = COPY_SLOTS.format(bytes=16 if t.is_complex else 8)
        got = native(text, Signature("same", (Param(t),), (Result(t),))).entry(value)
        assert got == value
        assert type(got) is type(value)


def test_free_threaded_builds_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "_is_gil_enabled", lambda: False, raising=False)
    with pytest.raises(ImportError, match="lock enabled"):
        capi.refuse_free_threading()


def test_float_bits_survive() -> None:
    same = identity(F64, "any", "python")
    for value in (-0.0, float("inf"), 5e-324):
        assert struct.pack("d", same(value)) == struct.pack("d", value)
    assert np.isnan(same(float("nan")))


@pytest.mark.parametrize("n", [0, 1, 3, 120, 121, 5000])
def test_array_in_and_out(n: int) -> None:
    vector = array(F64, 1)
    f = native(
        DOUBLED, Signature("doubled", (Param(vector),), (Result(vector),), release_gil=True), fallback=refuse
    )
    x = np.arange(float(n))
    y = f.entry(x)
    assert type(y) is np.ndarray
    assert y.dtype is np.dtype(float)
    assert y.flags.writeable
    assert y.flags.c_contiguous
    np.testing.assert_array_equal(y, 2 * x)
    y += 1
    np.testing.assert_array_equal(f.call(x), 2 * x)


def test_results_outlive_the_code() -> None:
    vector = array(F64, 1)
    f = native(DOUBLED, Signature("doubled", (Param(vector),), (Result(vector),)))
    y = f.entry(np.arange(1000.0))
    part = y[10:20]
    watch = weakref.ref(f)
    del f, y
    gc.collect()
    assert watch() is None
    np.testing.assert_array_equal(part, 2.0 * np.arange(10, 20))


def test_arrays_that_do_not_fit() -> None:
    vector = array(F64, 1)
    f = native(DOUBLED, Signature("doubled", (Param(vector),), (Result(vector),)), fallback=refuse).entry
    good = np.arange(8.0)
    swapped = good.astype(">f8")
    shifted = np.frombuffer(bytearray(65), np.uint8)[1:].view(np.float64)

    class Sub(np.ndarray):
        pass

    for bad in (
        good[::2],
        good.reshape(2, 4),
        good.astype("f4"),
        swapped,
        shifted,
        good.view(Sub),
        list(good),
        good[0],
        None,
    ):
        assert f(bad) is REFUSED
    readonly = good.copy()
    readonly.flags.writeable = False
    assert f(readonly) is not REFUSED
    assert f(good[::-1]) is REFUSED
    unpickled = pickle.loads(pickle.dumps(good))
    assert unpickled.dtype is not good.dtype
    np.testing.assert_array_equal(f(unpickled), 2 * good)


def test_tolerant_call_converts_what_keeps_its_value() -> None:
    vector = array(F64, 1)
    f = native(DOUBLED, Signature("doubled", (Param(vector),), (Result(vector),))).entry
    good = np.arange(8.0)
    shifted = np.frombuffer(bytearray(65), np.uint8)[1:].view(np.float64)
    shifted[:] = good

    class Sub(np.ndarray):
        pass

    for odd in (good[::-1], good.astype(">f8"), shifted, good.view(Sub), pickle.loads(pickle.dumps(good))):
        np.testing.assert_array_equal(f(odd), 2 * np.asarray(odd))
    for bad, message in (
        (good.astype("f4"), "float64, got one of float32"),
        (good.reshape(2, 4), "1 axes"),
        (3.0, "expected an array"),
        (np.ma.masked_array(good), "plain array"),
    ):
        with pytest.raises(TypeError, match=message):
            f(bad)
    with pytest.raises(TypeError, match="1 positional"):
        f()
    with pytest.raises(TypeError, match="keyword"):
        f(x=good)


def test_strides() -> None:
    f = native(
        STRIDED_SUM, Signature("total", (Param(Array(F64, "n", "S")),), (Result(F64),)), fallback=refuse
    ).entry
    x = np.arange(12.0).reshape(3, 4)
    for view in (x[0], x[:, 1], x[::-1, 2], np.broadcast_to(2.0, 5), x[1, 4:]):
        assert f(view) == view.sum()
    record = np.zeros(4, np.dtype([("a", "f8"), ("b", "i4")]))["a"]
    assert f(record) is REFUSED


def test_axis_of_length_one() -> None:
    f = native(
        STRIDED_SUM, Signature("first", (Param(Array(F64, "1")),), (Result(F64),)), fallback=refuse
    ).entry
    assert f(np.ones(2)) is REFUSED
    assert f(np.ones(0)) is REFUSED


def test_written_arrays() -> None:
    vector = array(F64, 1)
    signature = Signature("scale", (Param(vector), Param(vector, written=True)), (), release_gil=True)
    f = native(SCALE_INTO, signature, fallback=refuse)
    x, y = np.arange(4.0), np.zeros(4)
    assert f.entry(x, y) == ()
    np.testing.assert_array_equal(y, 3 * x)
    whole = np.arange(8.0)
    assert f.entry(whole[:4], whole[4:]) == ()
    assert f.entry(whole[4:], whole[:4]) == ()
    for a, b in ((whole[:4], whole[3:7]), (whole[1:5], whole[:4]), (y, y)):
        assert f.entry(a, b) is REFUSED
        with pytest.raises(errors.UseError, match="share memory"):
            f.call(a, b)
    y.flags.writeable = False
    assert f.entry(x, y) is REFUSED
    with pytest.raises(errors.UseError, match="read-only"):
        f.call(x, y)
    # interleaved: the ranges overlap, the elements do not; worked on in copies and written back
    both = np.zeros((4, 2))
    both[:, 0] = x
    f.call(both[:, 0], both[:, 1])
    np.testing.assert_array_equal(both[:, 1], 3 * x)


def test_overlap_of_strided_arrays() -> None:
    view = Array(F64, "n", "S")
    text = COPY_SLOTS.format(bytes=0)
    f = native(text, Signature("touch", (Param(view), Param(view, written=True)), ()), fallback=refuse).entry
    x = np.zeros(10)
    assert f(x[:5], x[5:]) == ()
    assert f(x[4::-1], x[5:]) == ()
    assert f(x[4::-1], x[:4:-1]) == ()
    assert f(x[5::-1], x[5:]) is REFUSED
    assert f(x[::2], x[1::2]) is REFUSED


def test_trees() -> None:
    arguments = (
        Node("tuple", (Leaf(0), Node("list", (Leaf(1), Static(0))))),
        Node("dict", (Leaf(2), Leaf(3)), ("a", "b")),
        Static(1),
    )
    output = Node(
        "dict",
        (Node("list", (Leaf(3), Leaf(2))), Node("tuple", ()), Node("tuple", (Leaf(0), Leaf(1)))),
        ("b", "z", "a"),
    )
    params, results = (Param(F64),) * 4, (Result(F64),) * 4
    signature = Signature("tree", params, results, arguments, output)
    f = native(
        COPY_SLOTS.format(bytes=32),
        Signature.from_json(signature.to_json()),
        statics=("mode", None),
        fallback=refuse,
    )
    for call in (f.entry, f.call):
        got = call((1.0, [2.0, "mo" + "de"]), {"a": 3.0, "b": 4.0}, None)
        assert got == {"b": [4.0, 3.0], "z": (), "a": (1.0, 2.0)}
        assert list(got) == ["b", "z", "a"]
    good = ((1.0, [2.0, "mode"]), {"a": 3.0, "b": 4.0}, None)
    for i, bad in (
        (0, [1.0, [2.0, "mode"]]), (0, (1.0, (2.0, "mode"))), (0, (1.0, [2.0])), (0, (1.0, [2.0, "other"])),
        (1, {"b": 4.0, "a": 3.0}), (1, {"a": 3.0}), (1, {"a": 3.0, 1: 4.0}), (1, None), (2, False),
    ):  # fmt: skip
        args = [*good[:i], bad, *good[i + 1 :]]
        assert f.entry(*args) is REFUSED
        with pytest.raises(TypeError, match="argument"):
            f.call(*args)
    before = [sys.getrefcount(x) for x in good]
    for _ in range(100):
        f.entry(*good)
    assert [sys.getrefcount(x) for x in good] == before


def test_references_do_not_leak() -> None:
    vector = array(F64, 1)
    output = Node("tuple", (Leaf(0), Leaf(1)))
    text = DOUBLED.replace(
        "store i64 %n, ptr %o2\n",
        "store i64 %n, ptr %o2\n  %o3 = getelementptr i64, ptr %out, i64 3\n  store i64 0, ptr %o3\n",
    )
    f = native(text, Signature("two", (Param(vector),), (Result(vector), Result(F64)), (), output)).entry
    for n in (3, 4000):
        x = np.arange(float(n))
        for _ in range(3):
            f(x)
        count = sys.getrefcount(x), sys.getrefcount(np.dtype(float))
        tracemalloc.start()
        for _ in range(300):
            f(x)
        size, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert (sys.getrefcount(x), sys.getrefcount(np.dtype(float))) == count
        assert size < 20_000


def failing(exc: str, span: Span | None = None) -> Any:
    sites = [Site(exc, "index {0} is not good ({1:g})", ("i64", "f64"), span)]
    return native(FAIL_BELOW_ZERO, Signature("check", (Param(I64),), (Result(I64),), release_gil=True), sites)


def test_failed_check() -> None:
    span = Span(__file__, 1, 3, 1, 6, "f")
    f = failing("IndexError", span)
    assert f.entry(3) == 3
    for call in (f.entry, f.call):
        with pytest.raises(errors.IndexOutOfBounds) as caught:
            call(-2)
        lines = str(caught.value).splitlines()
        assert lines[0] == "error[E0510]: index -2 is not good (2.5)"
        assert "test_call.py:1:4" in lines[1]
        assert "   ^^^" in lines[4]
    with pytest.raises(IndexError) as caught:
        f.entry(-2)
    assert caught.tb is not None
    assert caught.tb.tb_next is None  # no frame of ours
    assert f.entry(4) == 4


def test_raise_of_the_user() -> None:
    span = Span(__file__, 1, 3, 1, 6, "f")
    for exc in ("ValueError", "raise:ValueError"):
        with pytest.raises(ValueError, match="index -7") as caught:
            failing(exc, span).entry(-7)
        assert str(caught.value) == "index -7 is not good (2.5)"
        (note,) = caught.value.__notes__
        assert note.splitlines()[0].strip().startswith("-->")
        assert note.splitlines()[-1].endswith("^^^")
    with pytest.raises(ZeroDivisionError) as zero:
        failing("raise:ZeroDivisionError").entry(-1)
    assert type(zero.value) is ZeroDivisionError


def test_failure_that_nobody_described() -> None:
    unknown = native(FAIL_BELOW_ZERO, Signature("check", (Param(I64),), (Result(I64),)))
    for f in (unknown, failing("NoSuchError")):
        with pytest.raises(errors.EmitError, match="report"):
            f.entry(-1)


def test_callable_object() -> None:
    class Base:
        def __init__(self, n: int) -> None:
            self.n = n

    same = identity(F64, "any", "python")
    obj: Any = Base(3)
    obj.__class__ = make_callable_class(Base, same)
    assert obj(2.5) == 2.5
    assert obj.n == 3
    assert isinstance(obj, Base)
    assert type(obj).__name__ == "Base"


def test_signature_of_the_builtin() -> None:
    doc = "square(x, /)\n--\n\nThe square of x."
    f = native(COPY_SLOTS.format(bytes=8), Signature("square", (Param(F64),), (Result(F64),), doc=doc)).entry
    assert f.__name__ == "square"
    assert f.__doc__ == "The square of x."
    assert str(inspect.signature(f)) == "(x, /)"
