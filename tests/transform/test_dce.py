"""What dead code elimination takes away, and what it must leave."""

from __future__ import annotations

from analysis.small import lower
from transform import programs
from transform.count import names
from wengert.ir.core import module
from wengert.ir.parse import parse_func
from wengert.ir.text import print_func
from wengert.ir.walk import ops
from wengert.transform.dce import dce


def test_a_value_that_only_feeds_itself_is_dead() -> None:
    after = dce(lower(programs.dead_cycle))
    (loop,) = (op for op in ops(after.body) if op.name == "for")
    assert len(loop.results) == 2
    assert names(after)["mul"] == 0


def test_before_and_after() -> None:
    before = parse_func("""
    func @f(%x: f64, %hi: i64) -> (f64) {
      %lo = const {value=0} : i64
      %one = const {value=1} : i64
      %zero = const {value=0.0} : f64
      %n, %s.1, %t.1 = for(%lo, %hi, %one, %zero, %zero) : i64, f64, f64 {
        (%i: i64, %s: f64, %t: f64):
        %s.2 = add(%s, %x) : f64
        %t.2 = mul(%t, %x) : f64
        yield %s.2, %t.2
      }
      yield %s.1
    }
    """)
    after = parse_func("""
    func @f(%x: f64, %hi: i64) -> (f64) {
      %lo = const {value=0} : i64
      %one = const {value=1} : i64
      %zero = const {value=0.0} : f64
      %n, %s.1 = for(%lo, %hi, %one, %zero) : i64, f64 {
        (%i: i64, %s: f64):
        %s.2 = add(%s, %x) : f64
        yield %s.2
      }
      yield %s.1
    }
    """)
    assert print_func(dce(before)) == print_func(after)


def test_results_of_branches() -> None:
    after = dce(lower(programs.dead_branch))
    (branch,) = (op for op in ops(after.body) if op.name == "if")
    assert len(branch.results) == 1
    assert names(after)["sin"] == 0
    assert names(after)["exp"] == 1


def test_stores_that_nobody_reads() -> None:
    before = parse_func("""
    func @f(%x: f64[n], %v: f64) -> (f64) {
      %n = dim(%x) {axis=0} : i64
      %k = const {value=0} : i64
      %y = alloc(%n) {dtype=f64, axes='n', fill='zero', safe=True} : f64[n]
      store(%y, %k, %v) {safe=True}
      accum(%y, %k, %v) {safe=True}
      store(%x, %k, %v)
      yield %v
    }
    """)
    assert names(dce(before)) == {"const": 1, "store": 1}


def test_stores_through_views_and_joins_are_seen() -> None:
    before = parse_func("""
    func @f(%c: bool, %n: i64, %v: f64) -> (f64) {
      %k = const {value=0} : i64
      %y = alloc(%n) {dtype=f64, axes='n', fill='zero'} : f64[n]
      %z = alloc(%n) {dtype=f64, axes='n', fill='zero'} : f64[n]
      %w = if(%c) : f64[n] {
        yield %y
      } else {
        yield %z
      }
      store(%w, %k, %v) {safe=True}
      %r = load(%z, %k) {safe=True} : f64
      yield %r
    }
    """)
    assert dce(before) is before


def test_exceptions_stay() -> None:
    func = lower(programs.dead_load)
    assert names(dce(func))["load"] == 1
    func = parse_func("""
    func @f(%x: f64[n], %y: f64[n], %ok: bool) -> (i64) {
      %z = add(%x, %y) : f64[n]
      %w = add(%x, %y) {safe=True} : f64[n]
      check(%ok) {exc='ValueError', message='no'}
      %k = const {value=0} : i64
      yield %k
    }
    """)
    assert names(dce(func)) == {"add": 1, "check": 1, "const": 1}


def test_records_that_nobody_opens() -> None:
    text = """
    func @f(%x: f64[n], %v: f64) -> (f64) {{
      %r = rec_new {{item=f64}} : rec<f64>
      %one = const {{value=1}} : i64
      %base = rec_grow(%r, %one) : i64
      rec_set(%r, %base, %v)
      {opened}
      yield %{result}
    }}
    """
    dead = parse_func(text.format(opened="", result="v"))
    live = parse_func(text.format(opened="%w = rec_get(%r, %base) : f64", result="w"))
    assert names(dce(dead)) == {}
    assert dce(live) is live


def test_what_a_record_holds_is_seen_through_it() -> None:
    func = parse_func("""
    func @f(%r: rec<f64[n]>, %n: i64, %v: f64) -> () {
      %zero = const {value=0} : i64
      %one = const {value=1} : i64
      %y = alloc(%n) {dtype=f64, axes='n', fill='zero'} : f64[n]
      %base = rec_grow(%r, %one) : i64
      rec_set(%r, %base, %y)
      store(%y, %zero, %v) {safe=True}
      yield
    }
    """)
    assert dce(func) is func


def test_functions_that_nobody_calls() -> None:
    f = parse_func("""
    func @f(%x: f64) -> (f64) {
      yield %x
    }
    """)
    g = parse_func("""
    func @g(%x: f64) -> (f64) {
      %y = call(%x) {func='f'} : f64
      yield %y
    }
    """)
    assert set(dce(module(f, g)).funcs) == {"f"}
    assert set(dce(module(g, f)).funcs) == {"f", "g"}
