"""Adjoint stores that nobody sees."""

from __future__ import annotations

import pytest

from transform.count import names
from wengert.ir.parse import parse_func
from wengert.transform.overwrite import overwrite

TEXT = """
func @f(%x: f64[n], %w: f64, %i: i64, %j: i64) -> () {{
  %zero = const {{value=0.0}} : f64
  %one = const {{value=1}} : i64
  %k = add(%i, %one) : i64
  %g = load(%x, %i) {{adjoint=True}} : f64
  store(%x, %i, %zero){mark}
  %h = mul(%g, %w) {{adjoint=True}} : f64
  {between}
  accum(%x, %i, %h){mark}
  store(%x, %j, %h){mark}
  yield
}}
"""


@pytest.mark.parametrize(
    ("between", "stays"),
    [
        ("", False),
        ("accum(%x, %k, %h) {adjoint=True}", False),
        ("accum(%x, %j, %h) {adjoint=True}", True),
        ("%r = load(%x, %k) {adjoint=True} : f64", False),
        ("%r = load(%x, %j) {adjoint=True} : f64", True),
        ("%r = sum(%x) {axes=(0,), keepdims=False} : f64", True),
    ],
)
def test_overwritten(between: str, stays: bool) -> None:
    func = parse_func(TEXT.format(mark=" {adjoint=True}", between=between))
    after = names(overwrite(func))
    assert names(func)["store"] == 2
    assert after["store"] == 2
    assert after["accum"] == names(func)["accum"] - (0 if stays else 1)


def test_primal_stores_stay() -> None:
    func = parse_func(TEXT.format(mark="", between=""))
    assert overwrite(func) is func
