"""IR as text: what is printed parses back to the same text, and what is not IR is refused."""

import math

import pytest

from wengert.ir.core import Block, Func, Op, Value, module
from wengert.ir.names import Names
from wengert.ir.parse import ParseError
from wengert.ir.text import parse_func, parse_module, print_func, print_module
from wengert.ir.types import F64, Array, Rec
from wengert.prims.check import verify_module

DOT = """\
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

REGIONS = """\
func @main(%x: f64[n,1;S], %k: i64) -> (r: f64, 'tree[0].b': f64[n;S]) {
  %0 = const {value=0} : i64
  %c = lt(%k, %0) : bool
  %tape = rec_new {item=f64[n]} : rec<f64[n]>
  %y = if(%c) : f64 {
    %1 = const {value=-inf} : f64
    yield %1
  } else {
    %y.1 = load(%x, %0, %0) : f64
    yield %y.1
  }
  if(%c) {
    store(%x, %0, %0, %y) {safe=True}
    yield
  } else {
    yield
  }
  %trips, %s = while(%y) : i64, f64 {
    (%s.1: f64):
    %go = lt(%s.1, %y) : bool
    yield %go
  } do {
    (%s.2: f64):
    %s.3 = mul(%s.2, %s.2) : f64
    yield %s.3
  }
  check(%c, %k) {exc='ValueError', message='it\\'s {} "bad"\\n'}
  %r = call(%s) {func='leaf'} : f64
  %col = view(%x, %0) {spec=':i'} : f64[n;S]
  yield %r, %col
}

func @leaf(%x: f64) -> (f64) {
  yield %x
}
"""


@pytest.mark.parametrize("text", [DOT, REGIONS])
def test_round_trip(text: str) -> None:
    first = parse_module(text)
    assert print_module(first) == text
    verify_module(first)


def test_attributes_are_exact() -> None:
    attrs = {
        "a": ("x'y\"z\n{0}", 1, -3, True, None, (), (2,)),
        "b": [1e-300, -0.0, math.inf, -math.inf, 0.1 + 0.2, 1e22],
        "c": complex(0.0, -1.0),
        "d": {"k": [F64, Array(F64, "1n", "S"), Rec(F64), Array(F64, "")]},
        "e": 2**70,
    }
    y = Value(F64)
    f = Func("f", Block((), (Op("const", (), (y,), attrs),), (y,)))
    back = parse_func(print_func(f)).body.ops[0].attrs
    assert repr(dict(back)) == repr(attrs)
    nan = Func("f", Block((), (Op("const", (), (y,), {"value": math.nan}),), (y,)))
    assert math.isnan(parse_func(print_func(nan)).body.ops[0].attrs["value"])


def test_names_are_the_hints_made_unique() -> None:
    values = [Value(F64, h) for h in ("s", "s", "", "s", "", "a.b", "1x", "λ")]
    body = Block(tuple(values), (), ())
    text = print_func(Func("f", body))
    assert [w.split(":")[0] for w in text.split("%")[1:]] == "s s.1 0 s.2 1 a_b _1x λ".split()
    assert print_func(parse_func(text)) == text


def test_names_for_source_avoid_keywords() -> None:
    names = Names({"if", "t0"}, joint="_", bare="t")
    assert [names.fresh(h) for h in ("if", "", "a", "a", "a_1")] == ["if_1", "t1", "a", "a_1", "a_1_1"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no function"),
        ("func @f() -> () {\n  yield", "too early"),
        ("func @f() -> () {\n  yield %x\n}", "line 2: %x is not defined"),
        ("func @f(%x: f64) -> () {\n  %x = neg(%x) : f64\n  yield\n}", "%x is defined twice"),
        ("func @f(%x: f64) -> (i64) {\n  yield %x\n}", "results"),
        ("func @f(%x: f64) -> (f64) {\n  %y = neg(%x)\n  yield %x\n}", "1 results of 0 types"),
        ("func @f(%x: f65) -> (f64) {\n  yield %x\n}", "expected type"),
        ("func @f(%x: f64) -> (f64) {\n  %y = neg(%x) : f64 nonsense\n  yield %x\n}", "unexpected"),
        ("func @f(%x: f64) -> (f64) {\n  yield %x\n}\n" * 2, "twice"),
    ],
)
def test_refused(text: str, message: str) -> None:
    with pytest.raises(ParseError, match=message):
        parse_module(text)


def test_entry_is_first() -> None:
    a, b = (Func(n, Block((), (), ())) for n in "ab")
    m = module(b, a)
    assert parse_module(print_module(m)).entry == "b"
