"""The verifier: each rule has a program that breaks it."""

import pytest

from wengert.ir.core import Block, Func, Op, Value, module
from wengert.ir.text import parse_module
from wengert.ir.types import BOOL, F64, I64
from wengert.ir.verify import InvalidIR, verify
from wengert.ir.walk import (
    blocks,
    clone_block,
    clone_func,
    free_values,
    map_ops,
    ops,
    substitute,
    uses,
)
from wengert.prims.check import verify_module

from .test_text import DOT, REGIONS

HEAD = """\
func @f(%x: f64, %a: f64[n], %s: f64[n;S], %k: i64, %c: bool, %r: rec<f64>) -> () {
%BODY%
  yield
}
func @g(%x: f64) -> (f64) {
  yield %x
}
func @w(%a: f64[n], %x: f64) -> () {
  assign(%a, %x)
  yield
}
func @q(%a: f64[n]) -> (i64) {
  %n = dim(%a) {axis=0} : i64
  yield %n
}
"""

BAD = {
    "%y = frobnicate(%x) : f64": "no operation frobnicate",
    "%y = add(%x, %k) : f64": "one dtype",
    "%y = add(%x) : f64": "takes 2 operands",
    "%y = add(%x, %x) : i64": "results are .f64. where .i64.",
    "%y = add(%x, %a) : f64": "results are",
    "%y = exp(%k) : i64": "does not take i64",
    "%y = and(%k, %k) : i64": "does not take i64",
    "%y = ipow(%x) {n=2.5} : f64": "constant integer",
    "%y = ipow(%k) {n=-1} : i64": "not an integer",
    "%y = cast(%x) : i64": "cast",
    "%y = select(%k, %x, %x) : f64": "bool condition",
    "%y = const {value=1} : f64": "not a number of type f64",
    "%y = const {value=True} : i64": "not a number of type i64",
    "%y = load(%a) : f64": "takes 2 operands",
    "%y = load(%a, %x) : f64": "i64 indices",
    "store(%a, %k, %k)": "store of i64",
    "%y = dim(%a) {axis=1} : i64": "dim of axis",
    "%y = view(%a, %k) {spec='i:'} : f64": "view",
    "%y = view(%a, %k, %k, %k) {spec='s'} : f64[n]": "results are .f64.n;S.",
    "%y = reshape(%s, %k) {axes='n'} : f64[n]": "contiguous",
    "%y = broadcast(%a) {axes=''} : f64[]": "fewer axes",
    "%y = transpose(%a) {perm=(1,)} : f64[n;S]": "transpose",
    "%y = sum(%a) {axes=(1,)} : f64": "axes",
    "%y = sum(%a) : f64[n]": "results are",
    "%y = matmul(%a, %x) : f64": "takes an array",
    "%y = alloc(%k) {dtype=f64, axes='nn', fill='zero'} : f64[n,n]": "takes 2 operands",
    "assign(%a, %k)": "assign of i64",
    "rec_set(%r, %k, %k)": "i64 into rec<f64>",
    "check(%c) {exc='Nonsense', message=''}": "check",
    "%y = call(%k) {func='g'} : f64": "arguments are",
    "%y = call(%x) {func='h'} : f64": "@h is not in the module",
    "%y = call(%s) {func='q'} : i64": "arguments are",
    "if(%k) {\n yield\n} else {\n yield\n}": "one bool",
    "if(%c) {\n yield\n}": "2 regions",
    "%y = if(%c) : f64 {\n yield %x\n} else {\n yield %k\n}": "a region yields",
    "%t = for(%k, %k, %x) : i64 {\n (%i: i64):\n yield\n}": "i64 lo, hi and step",
    "%t = for(%k, %k, %k) : i64 {\n yield\n}": "parameters of a region",
    "%t = for(%k, %k, %k) {stop=True} : i64 {\n (%i: i64):\n yield\n}": "a region yields",
    "%t, %z = for(%k, %k, %k, %x) : i64, i64 {\n (%i: i64, %v: i64):\n yield %v\n}": "initial values",
    "%t = while : i64 {\n yield %k\n} do {\n yield\n}": "a region yields",
    "%t = while : i64 {\n store(%a, %k, %x)\n yield %c\n} do {\n yield\n}": "condition of a while writes",
    "%t = while : i64 {\n %v = view(%a) {spec=':'} : f64[n]\n vacc(%v, %x)\n yield %c\n} do {\n yield\n}": (
        "writes"
    ),
    "%t = while : i64 {\n call(%a, %x) {func='w'}\n yield %c\n} do {\n yield\n}": "writes",
    "if(%c) {\n %y = neg(%x) : f64\n yield\n} else {\n yield\n}\n%z = neg(%y) : f64": "not defined",
}

GOOD = [
    "%y = view(%a, %k, %k, %k) {spec='s', unit=True} : f64[n]",
    "%y = view(%a) {spec='+:'} : f64[1,n]",
    "%y = view(%a) {spec='+:'} : f64[n,n;S]",  # less may be declared than is known
    "%y = if(%c) : f64[n;S] {\n yield %a\n} else {\n yield %s\n}",
    "%y = add(%a, %x) {adjoint=True} : f64[n]",
    "%y = sum(%a) {axes=(-1,), keepdims=True} : f64[1]",
    "%t = while : i64 {\n %n = call(%a) {func='q'} : i64\n yield %c\n} do {\n yield\n}",
    "%t = while : i64 {\n %b = copy(%a) : f64[n]\n assign(%b, %x)\n yield %c\n} do {\n yield\n}",
]


@pytest.mark.parametrize("line", BAD)
def test_refused(line: str) -> None:
    with pytest.raises(InvalidIR, match=BAD[line]):
        verify_module(parse_module(HEAD.replace("%BODY%", line)))


@pytest.mark.parametrize("line", GOOD)
def test_accepted(line: str) -> None:
    verify_module(parse_module(HEAD.replace("%BODY%", line)))


def test_structure() -> None:
    x, y = Value(F64, "x"), Value(F64, "y")
    op = Op("neg", (x,), (y,))
    for body, message in [
        (Block((x,), (op, op), (y,)), "defined twice"),
        (Block((x, x), (), ()), "defined twice"),
        (Block((), (op,), (y,)), "used where it is not defined"),
        (Block((x,), (), (y,)), "yielded where it is not defined"),
        (Block((x,), (Op("neg", (x,), (y,), regions=(Block(),)),), ()), "no regions"),
        (Block((x,), (Op("neg", (y,), (y,)),), ()), "used where"),
    ]:
        with pytest.raises(InvalidIR, match=message):
            verify(module(Func("f", body)))
    c, e = Value(BOOL, "c"), Block()
    with pytest.raises(InvalidIR, match="two places"):
        verify(module(Func("f", Block((c,), (Op("if", (c,), regions=(e, e)),), ()))))
    f = Func("f", Block((x,), (op,), (y,)))
    with pytest.raises(InvalidIR, match="defined twice"):
        verify(module(f, Func("g", f.body)))


def test_the_message_has_the_text() -> None:
    with pytest.raises(InvalidIR, match=r"func @f[\s\S]*frobnicate"):
        verify_module(parse_module(HEAD.replace("%BODY%", "%y = frobnicate(%x) : f64")))


def test_walks() -> None:
    f = parse_module(DOT).main
    assert [op.name for op in ops(f.body)] == "dim const const const for load load mul add".split()
    inner = f.body.ops[-1].regions[0]
    assert free_values(inner) == f.params
    assert free_values(f.body) == ()
    assert list(blocks(f.body)) == [f.body, inner]
    x, y = f.params
    assert [u.name for u in uses(f.body)[x] if isinstance(u, Op)] == ["dim", "load"]
    assert uses(f.body)[inner.yields[0]] == [inner]

    both = substitute(f.body, {y: x})
    assert y not in uses(both)
    assert both.ops[0] is f.body.ops[0]
    assert substitute(f.body, {inner.params[0]: inner.params[0]}) is f.body
    assert [op.name for op in ops(map_ops(f.body, lambda op: () if op.name == "mul" else (op,)))].count(
        "mul"
    ) == 0


def test_clones_share_nothing_they_define() -> None:
    m = parse_module(REGIONS)
    twin = clone_func(m.main, "twin")
    verify_module(m.with_func(twin))
    x, two = Value(F64, "x"), Value(I64)
    leaf = m.funcs["leaf"].body
    assert clone_block(leaf, {leaf.params[0]: x}).yields == (x,)
    assert two not in free_values(twin.body)
