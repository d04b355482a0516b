"""What leaves a loop, and what stays."""

from __future__ import annotations

from analysis.small import lower
from transform import programs
from wengert.ir.parse import parse_func
from wengert.ir.text import print_func
from wengert.transform.licm import licm
from wengert.transform.simplify import simplify


def test_before_and_after() -> None:
    before = parse_func("""
    func @f(%x: f64[n], %a: f64, %b: f64, %lo: i64, %hi: i64, %one: i64) -> () {
      %n = for(%lo, %hi, %one) : i64 {
        (%i: i64):
        %c = mul(%a, %b) : f64
        store(%x, %i, %c)
        yield
      }
      yield
    }
    """)
    after = parse_func("""
    func @f(%x: f64[n], %a: f64, %b: f64, %lo: i64, %hi: i64, %one: i64) -> () {
      %c = mul(%a, %b) : f64
      %n = for(%lo, %hi, %one) : i64 {
        (%i: i64):
        store(%x, %i, %c)
        yield
      }
      yield
    }
    """)
    assert print_func(licm(before)) == print_func(after)


def test_what_may_raise_stays() -> None:
    func = licm(lower(programs.zero_trip_invariants))
    assert [op.name for op in func.body.ops if op.name in ("load", "sin")] == ["sin"]


def test_loads_leave_when_proved_before_the_loop() -> None:
    def mean(x, N):
        n = len(x)
        s = 0.0
        if n > 2:
            for i in range(N):
                s += x[2]
            for i in range(3, n):
                for j in range(N):
                    s += x[i]
        return s

    func = licm(simplify(lower(mean)))
    (branch,) = (op for op in func.body.ops if op.name == "if")
    first, second = (op for op in branch.regions[0].ops if op.name == "for")
    assert [op.name for op in branch.regions[0].ops].count("load") == 1
    assert [op.name for op in first.regions[0].ops] == ["add"]
    assert [op.name for op in second.regions[0].ops] == ["load", "for"]


def test_loads_of_written_arrays_stay() -> None:
    func = licm(simplify(lower(programs.same_location_loop)))
    assert all(op.name != "load" for op in func.body.ops)


def test_invariants_leave_two_loops() -> None:
    func = licm(lower(programs.invariants))
    assert {"sin", "mul"} <= {op.name for op in func.body.ops}
