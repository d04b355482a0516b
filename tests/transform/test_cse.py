"""What is computed once, and what must be computed again."""

from __future__ import annotations

from analysis.small import lower
from analysis.test_final import lu_kij
from transform import programs
from transform.count import names
from wengert.ir.parse import parse_func
from wengert.ir.walk import ops
from wengert.transform.cse import cse
from wengert.transform.dce import dce


def test_forwarding() -> None:
    func = dce(cse(lower(programs.forwarding)))
    top = [op.name for op in func.body.ops]
    assert top.count("load") == 1  # x[I] after the loop; the loop does not write x[I + 1]
    assert names(func)["load"] == 2
    assert names(cse(lower(programs.two_arrays)))["load"] == 0


def test_elements_that_a_loop_does_not_write_stay_known() -> None:
    """`a[i, k]` in the inner loop of LU is what was stored before it."""
    func = cse(lower(lu_kij))
    (inner,) = (
        op for op in ops(func.body) if op.name == "for" and all(not o.regions for o in op.regions[0].ops)
    )
    assert [op.name for op in inner.regions[0].ops] == ["load", "load", "mul", "sub", "store"]


def test_branches_and_loops_forget_what_they_write() -> None:
    func = cse(lower(programs.branches_write))
    assert [op.name for op in func.body.ops if op.name == "load"] == ["load"]
    func = cse(lower(programs.same_location_loop))
    assert names(func)["load"] == 1
    func = cse(lower(programs.loads_in_loops))
    assert names(func)["load"] == 2


def test_pure_operations_are_scoped() -> None:
    func = cse(
        parse_func("""
    func @f(%c: bool, %x: f64) -> (f64) {
      %r = if(%c) : f64 {
        %a = sin(%x) : f64
        yield %a
      } else {
        %b = sin(%x) : f64
        yield %b
      }
      %s = sin(%x) : f64
      %t = sin(%x) : f64
      %u = mul(%s, %r) : f64
      %v = mul(%r, %t) : f64
      %w = add(%u, %v) : f64
      yield %w
    }
    """)
    )
    assert names(func) == {"if": 1, "sin": 3, "mul": 1, "add": 1}


def test_strict_arithmetic_never_comes_from_fast() -> None:
    text = """
    func @f(%x: f64, %y: f64) -> (f64, f64) {{
      %a = mul(%x, %y){first} : f64
      %b = mul(%x, %y){second} : f64
      yield %a, %b
    }}
    """
    fast = " {adjoint=True, fast='contract'}"
    assert names(cse(parse_func(text.format(first=fast, second=""))))["mul"] == 2
    assert names(cse(parse_func(text.format(first="", second=fast))))["mul"] == 1


def test_arrays_merge_only_as_values() -> None:
    text = """
    func @f(%x: f64[n], %v: f64) -> (f64) {{
      %k = const {{value=0}} : i64
      %a = exp(%x) : f64[n]
      %b = exp(%x) : f64[n]
      {write}
      %s = load(%a, %k) : f64
      %t = load(%b, %k) : f64
      %r = add(%s, %t) : f64
      yield %r
    }}
    """
    assert names(cse(parse_func(text.format(write=""))))["exp"] == 1
    assert names(cse(parse_func(text.format(write="store(%a, %k, %v)"))))["exp"] == 2
    between = "\n".join(["store(%x, %k, %v)", "%c = exp(%x) : f64[n]", "%u = load(%c, %k) : f64"])
    assert names(cse(parse_func(text.format(write=between))))["exp"] == 2


def test_a_check_is_made_once() -> None:
    func = cse(
        parse_func("""
    func @f(%ok: bool) -> () {
      check(%ok) {exc='ValueError', message='no'}
      check(%ok) {exc='ValueError', message='no'}
      check(%ok) {exc='TypeError', message='no'}
      yield
    }
    """)
    )
    assert sum(1 for _ in ops(func.body)) == 2
