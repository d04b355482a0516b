"""The interpreter on small programs."""

from typing import Any

import numpy as np
import pytest

from wengert.algebra.evaluate import count_ops, evaluate
from wengert.ir.text import parse_module
from wengert.prims.check import verify_module


def run(text: str, *args: Any) -> Any:
    """The results of a verified module; the only one when there is one."""
    module = parse_module(text)
    verify_module(module)
    out = evaluate(module, args)
    return out[0] if len(out) == 1 else out


DOT = """
func @dot(%x: f64[n], %y: f64[n]) -> (f64) {
  %n = dim(%x) {axis=0} : i64
  %zero = const {value=0.0} : f64
  %lo = const {value=0} : i64
  %one = const {value=1} : i64
  %trips, %s = for(%lo, %n, %one, %zero) : i64, f64 {
    (%i: i64, %s.1: f64):
    %a = load(%x, %i) : f64
    %b = load(%y, %i) : f64
    %p = mul(%a, %b) : f64
    %s.2 = add(%s.1, %p) : f64
    yield %s.2
  }
  yield %s
}
"""


def test_dot() -> None:
    x, y = np.array([1.0, 2.0, 3.0]), np.array([4.0, 5.0, 6.0])
    assert run(DOT, x, y) == 32
    assert run(DOT, np.zeros(0), np.zeros(0)) == 0
    with pytest.raises(IndexError, match="index 2 is out of bounds for axis 0 with size 2") as e:
        run(DOT, x, y[:2])
    assert "load(%" in e.value.__notes__[0]


def test_arguments_are_not_converted() -> None:
    x = np.array([1.0, 2.0, 3.0])
    for bad in (x.astype(np.float32), x.astype(int), x[:, None], np.zeros(6)[::2]):
        with pytest.raises(TypeError, match=r"where f64\[n\] is expected"):
            run(DOT, bad, x)
    with pytest.raises(TypeError, match="takes 2 arguments"):
        run(DOT, x)


SEARCH = """
func @search(%x: f64[n;S], %key: f64, %step: i64) -> (i64, i64) {
  %n = dim(%x) {axis=0} : i64
  %lo = const {value=0} : i64
  %minus = const {value=-1} : i64
  %trips, %at = for(%lo, %n, %step, %minus) {stop=True} : i64, i64 {
    (%i: i64, %at.1: i64):
    %v = load(%x, %i) : f64
    %hit = eq(%v, %key) : bool
    %at.2 = select(%hit, %i, %at.1) : i64
    yield %hit, %at.2
  }
  yield %trips, %at
}
"""


def test_stop_and_trips() -> None:
    x = np.arange(10.0)
    assert run(SEARCH, x, 4.0, 1) == (5, 4)
    assert run(SEARCH, x, 4.0, 2) == (3, 4)
    assert run(SEARCH, x, 99.0, 3) == (4, -1)
    assert run(SEARCH, x[::-1], 9.0, 1) == (1, 0)


def test_while_counts_and_wraps() -> None:
    text = """
func @collatz(%n: i64) -> (i64, i64) {
  %zero = const {value=0} : i64
  %one = const {value=1} : i64
  %two = const {value=2} : i64
  %three = const {value=3} : i64
  %trips, %m = while(%n) : i64, i64 {
    (%m.1: i64):
    %more = gt(%m.1, %one) : bool
    yield %more
  } do {
    (%m.2: i64):
    %bit = mod(%m.2, %two) : i64
    %odd = eq(%bit, %one) : bool
    %next = if(%odd) : i64 {
      %t = mul(%m.2, %three) : i64
      %t.1 = add(%t, %one) : i64
      yield %t.1
    } else {
      %h = floordiv(%m.2, %two) : i64
      yield %h
    }
    yield %next
  }
  yield %trips, %m
}
"""
    assert run(text, 27) == (111, 1)
    assert run(text, 2**62 + 1) == (1, 3 * (2**62 + 1) + 1 - 2**64)  # overflows, so the loop ends
    assert run(text, 0) == (0, 0)


def test_recursion() -> None:
    text = """
func @fib(%n: i64) -> (i64) {
  %one = const {value=1} : i64
  %small = le(%n, %one) : bool
  %r = if(%small) : i64 {
    yield %n
  } else {
    %two = const {value=2} : i64
    %a = sub(%n, %one) : i64
    %b = sub(%n, %two) : i64
    %fa = call(%a) {func='fib'} : i64
    %fb = call(%b) {func='fib'} : i64
    %s = add(%fa, %fb) : i64
    yield %s
  }
  yield %r
}
"""
    assert run(text, 12) == 144
    assert count_ops(parse_module(text), [5]).ops["call"] == 14


def test_memory_is_shared_by_views_and_callers() -> None:
    text = """
func @f(%a: f64[n,n], %i: i64, %v: f64) -> (f64) {
  %n = dim(%a) {axis=1} : i64
  %row = view(%a, %i) {spec='i:'} : f64[n]
  %one = const {value=1} : i64
  %minus = const {value=-1} : i64
  %last = sub(%n, %one) : i64
  %back = view(%row, %last, %n, %minus) {spec='s'} : f64[n;S]
  %zero = const {value=0} : i64
  store(%back, %zero, %v)
  accum(%back, %zero, %v)
  %t = transpose(%a) {perm=(1, 0)} : f64[n,n;S]
  %d = diagonal(%t) : f64[n;S]
  vacc(%d, %v)
  %flat = reshape(%row, %n) {axes='n'} : f64[n]
  %got = load(%flat, %last) : f64
  yield %got
}
"""
    a = np.zeros((3, 3))
    assert run(text, a, 1, 2.5) == 5
    assert a.tolist() == [[2.5, 0, 0], [0, 2.5, 5], [0, 0, 2.5]]
    b = np.zeros((3, 3))
    with pytest.raises(IndexError):
        run(text, b, 3, 1.0)
    assert not b.any()


def test_results_of_array_operations_are_contiguous() -> None:
    text = """
func @f(%a: f64[n,n;S]) -> (f64[n,n], f64[n]) {
  %b = exp(%a) : f64[n,n]
  %c = sum(%b) {axes=(0,)} : f64[n]
  yield %b, %c
}
"""
    a = np.asfortranarray(np.arange(6.0).reshape(2, 3))
    b, c = run(text, a)
    assert b.flags.c_contiguous
    assert np.array_equal(b, np.exp(a))
    assert np.allclose(c, np.exp(a).sum(0))


def test_rank_zero_arrays_stay_arrays() -> None:
    text = """
func @f(%a: f64[]) -> (f64[]) {
  %b = add(%a, %a) : f64[]
  store(%a, %c)
  yield %b
}
""".replace("func @f(%a: f64[])", "func @f(%a: f64[], %c: f64)")
    a = np.array(2.0)
    b = run(text, a, 9.0)
    assert isinstance(b, np.ndarray)
    assert (b, a) == (4, 9)


def test_uninitialised_memory_is_poisoned() -> None:
    text = """
func @f(%n: i64) -> (f64[n], f64[n]) {
  %a = alloc(%n) {dtype=f64, axes='n', fill='none'} : f64[n]
  %b = alloc(%n) {dtype=f64, axes='n', fill='zero'} : f64[n]
  yield %a, %b
}
"""
    a, b = run(text, 3)
    assert np.isnan(a).all()
    assert not b.any()
    with pytest.raises(ValueError, match="negative"):
        run(text, -1)


def test_check_speaks_python() -> None:
    text = """
func @f(%x: f64, %n: i64) -> () {
  %zero = const {value=0} : i64
  %ok = gt(%n, %zero) : bool
  check(%ok, %n, %x) {exc='ZeroDivisionError', message='n={} x={:.1f}'}
  yield
}
"""
    assert run(text, 1.0, 1) == ()
    with pytest.raises(ZeroDivisionError) as e:
        run(text, 1.5, -2)
    assert str(e.value) == "n=-2 x=1.5"


def test_false_promises_are_caught() -> None:
    text = """
func @f(%x: f64[n], %i: i64) -> (f64) {
  %v = load(%x, %i) {safe=True} : f64
  yield %v
}
"""
    assert run(text, np.ones(2), 1) == 1
    with pytest.raises(AssertionError, match="proved safe"):
        run(text, np.ones(2), 2)


def test_undef_is_zero_bits() -> None:
    text = """
func @f() -> (f64, bool, f64[n,n], i64) {
  %a = undef : f64
  %b = undef : bool
  %c = undef : f64[n,n]
  %r = undef : rec<f64>
  %n = rec_len(%r) : i64
  yield %a, %b, %c, %n
}
"""
    a, b, c, n = run(text)
    assert (a, b, c.shape, n) == (0, False, (0, 0), 0)


RECORDS = """
func @f(%x: f64[n]) -> (f64, i64, f64) {
  %n = dim(%x) {axis=0} : i64
  %zero = const {value=0} : i64
  %one = const {value=1} : i64
  %tape = rec_new {item=f64} : rec<f64>
  %refs = rec_new {item=f64[n]} : rec<f64[n]>
  %t = for(%zero, %n, %one) : i64 {
    (%i: i64):
    %k = rec_grow(%tape, %one) : i64
    %k.1 = rec_grow(%refs, %one) : i64
    %v = load(%x, %i) : f64
    %w = mul(%v, %v) : f64
    rec_set(%tape, %k, %w)
    %c = copy(%x) : f64[n]
    rec_set(%refs, %k.1, %c)
    yield
  }
  %saved = alloc(%n) {dtype=f64, axes='n', fill='none', record=True} : f64[n]
  assign(%saved, %x)
  %y = rec_get(%tape, %one) : f64
  %ref = rec_get(%refs, %zero) : f64[n]
  %z = load(%ref, %one) : f64
  %len = rec_len(%tape) : i64
  yield %y, %len, %z
}
"""


def test_records_and_what_they_cost() -> None:
    x = np.array([1.0, 3.0, 4.0])
    assert run(RECORDS, x) == (9, 3, 3)
    counts = count_ops(parse_module(RECORDS), [x])
    assert counts.ops["mul"] == 3
    assert counts.recorded == 3 * 8 + 3 * 24 + 24


def test_recording_a_buffer_of_the_caller_is_free() -> None:
    text = """
func @f(%x: f64[n]) -> () {
  %one = const {value=1} : i64
  %refs = rec_new {item=f64[n]} : rec<f64[n]>
  %k = rec_grow(%refs, %one) : i64
  rec_set(%refs, %k, %x)
  yield
}
"""
    assert count_ops(parse_module(text), [np.ones(4)]).recorded == 0


def test_wrong_types_inside_are_bugs() -> None:
    module = parse_module("func @f(%x: f64) -> (f32) {\n %y = exp(%x) : f32\n yield %y\n}")
    with pytest.raises(AssertionError, match="declared"):
        evaluate(module, [1.0])
