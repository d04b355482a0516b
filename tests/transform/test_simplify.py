"""What simplification finds, counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from analysis.small import lower
from analysis.test_final import lu_kij
from transform import programs
from transform.count import names
from wengert.ir.core import Func
from wengert.ir.parse import parse_func
from wengert.ir.text import print_func
from wengert.ir.walk import ops
from wengert.transform.accumulate import accumulate
from wengert.transform.cse import cse
from wengert.transform.dce import dce
from wengert.transform.simplify import simplify


def simple(f: Callable[..., Any] | str) -> Func:
    return dce(simplify(parse_func(f) if isinstance(f, str) else lower(f)))


def safe(func: Func) -> Counter[bool]:
    """How many accesses are proved in range, and how many are not."""
    return Counter(
        bool(op.attrs.get("safe")) for op in ops(func.body) if op.name in ("load", "store", "accum")
    )


def test_before_and_after() -> None:
    before = """
    func @f(%x: f64[n]) -> () {
      %zero = const {value=0} : i64
      %one = const {value=1} : i64
      %unit = const {value=1.0} : f64
      %n = dim(%x) {axis=0} : i64
      %trips = for(%zero, %n, %one) : i64 {
        (%i: i64):
        %k = wrap(%i, %n) : i64
        %a = load(%x, %k) : f64
        %b = mul(%a, %unit) : f64
        store(%x, %k, %b)
        yield
      }
      yield
    }
    """
    after = """
    func @f(%x: f64[n]) -> () {
      %zero = const {value=0} : i64
      %one = const {value=1} : i64
      %n = dim(%x) {axis=0} : i64
      %trips = for(%zero, %n, %one) : i64 {
        (%i: i64):
        %a = load(%x, %i) {safe=True} : f64
        store(%x, %i, %a) {safe=True}
        yield
      }
      yield
    }
    """
    assert print_func(simple(before)) == print_func(parse_func(after))


@pytest.mark.parametrize(
    ("f", "proved", "open_"),
    [
        (programs.wraps, 4, 0),
        (programs.clamps, 3, 0),
        (programs.strides, 5, 0),
        (programs.nested_conditions, 4, 0),
        (programs.out_of_range, 0, 2),
        (programs.overflow, 0, 1),
        (programs.dead_load, 0, 1),
    ],
)
def test_bounds(f: Callable[..., Any], proved: int, open_: int) -> None:
    found = safe(simple(f))
    assert (found[True], found[False]) == (proved, open_)


def test_wraps_go() -> None:
    assert names(simple(programs.wraps))["wrap"] == 0


def test_control_that_is_decided() -> None:
    assert names(simple(programs.one_trip))["for"] == 0
    assert names(simple(programs.constant_if)) == {"sin": 1}
    (loop,) = (op for op in ops(simple(programs.invariant_carried).body) if op.name == "for")
    assert len(loop.results) == 2
    assert names(simple(programs.while_loop))["while"] == 1


def test_sizes_come_from_what_made_the_array() -> None:
    func = simple("""
    func @f(%x: f64[n], %m: i64, %v: f64) -> (i64, i64, i64) {
      %a = alloc(%m) {dtype=f64, axes='n', fill='zero'} : f64[n]
      %m1 = dim(%a) {axis=0} : i64
      %y = mul(%x, %v) : f64[n]
      %z = exp(%y) : f64[n]
      %n1 = dim(%z) {axis=0} : i64
      %zero = const {value=0} : i64
      %one = const {value=1} : i64
      %w = view(%x, %one, %zero, %one) {spec='s'} : f64[n;S]
      %n2 = dim(%w) {axis=0} : i64
      yield %m1, %n1, %n2
    }
    """)
    assert names(func) == {"alloc": 1, "dim": 1, "const": 3, "view": 1} or names(func)["dim"] == 1
    assert func.results[0] is func.params[1]


def test_shapes_that_agree_cannot_raise() -> None:
    func = simple("""
    func @f(%x: f64[n], %y: f64[n]) -> () {
      %a = exp(%x) : f64[n]
      %b = mul(%a, %x) : f64[n]
      %c = mul(%a, %y) : f64[n]
      yield
    }
    """)
    assert names(func)["mul"] == 1


def test_adjoint_zeros() -> None:
    text = """
    func @f(%x: f64) -> (f64) {{
      %z = const {{value=0.0}} : f64
      %a = mul(%x, %z){attrs} : f64
      %b = add(%a, %x){attrs} : f64
      yield %b
    }}
    """
    assert names(simple(text.format(attrs=""))) == {"const": 1, "mul": 1, "add": 1}
    assert names(simple(text.format(attrs=" {adjoint=True}"))) == {}


def test_accumulations() -> None:
    assert names(accumulate(cse(lower(programs.accumulation))))["accum"] == 2
    assert names(accumulate(lower(programs.not_accumulation)))["accum"] == 0
    lu = names(accumulate(lower(lu_kij)))
    assert (lu["accum"], lu["sub"], lu["neg"]) == (1, 0, 1)
