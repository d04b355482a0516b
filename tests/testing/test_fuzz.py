"""Random programs: a few in every run of the tests, many with ``-m fuzz``; and the tools they need."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace

import numpy as np
import pytest

from wengert.testing import oracle
from wengert.testing.differences import ridders
from wengert.testing.dual import Dual, margin
from wengert.testing.fuzz import effort_for, run
from wengert.testing.programs import random_program
from wengert.testing.shrink import shrink
from wengert.testing.witness import Effort, check, check_function, load


@pytest.mark.parametrize("seed", range(8))
def test_a_few(seed, monkeypatch):
    monkeypatch.setenv("WENGERT_VERIFY", "1")
    outcome = check(random_program(seed), effort_for(seed))
    assert outcome.kind != "wrong", outcome


@pytest.mark.fuzz
def test_many(monkeypatch):
    monkeypatch.setenv("WENGERT_VERIFY", "1")
    report = run(range(1000, 3000), out=False)
    assert not report.wrong, report.wrong
    assert report.outcomes["refused"] < 0.05 * 2000, report.reasons


def test_programs_are_reproducible_and_various():
    assert random_program(5) == random_program(5)
    used = frozenset().union(*(random_program(k).used for k in range(200)))
    assert {"while", "break", "return early", "closure", "recursion", "mask", "2-D", "size 0"} <= used


def test_the_oracle_agrees_with_differences():
    """The dual numbers, by which all else is judged, against the function itself."""
    checked = 0
    for seed in range(40):
        program = random_program(seed)
        if program.single:
            continue
        f, args = load(program.text, "program"), program.arguments()
        rng = np.random.default_rng(seed)
        d = oracle.map_leaves(lambda x: rng.standard_normal(np.shape(x)) if oracle.is_float(x) else x, args)

        def curve(t, f=f, args=args, d=d):
            moved = oracle.map_leaves(
                lambda x, v: x + t * v if oracle.is_float(x) else np.copy(x)[()], args, d
            )
            return np.array([float(np.sum(x)) for x in oracle.leaves(f(*moved))])

        with margin() as seen, np.errstate(all="ignore"):
            lifted = oracle.lifted_function(f)(*oracle.lift(args, d))
        if seen.nearest < 0.01:
            continue
        want = np.array([float(np.sum(oracle.part(x, "slope"))) for x in oracle.leaves(lifted)])
        slope = ridders(curve)
        near = abs(slope.value - want) <= 1e-6 * (1 + abs(want)) + 10 * slope.error
        assert np.all(near | slope.kink), (seed, slope.value, want)
        checked += 1
    assert checked > 20


def test_dual_numbers_of_dual_numbers():
    x = Dual(Dual(0.7, 1.0), Dual(1.0, 0.0))
    y = (x * x).sin() / (x.exp() + 1.0)
    h = 1e-4

    def f(t):
        return np.sin(t * t) / (np.exp(t) + 1)

    assert y.slope.slope == pytest.approx((f(0.7 + h) - 2 * f(0.7) + f(0.7 - h)) / h**2, rel=1e-6)


def test_a_wrong_derivative_is_noticed(monkeypatch):
    """The check has teeth: a rule that is off by a little is found, in each mode."""
    from wengert.prims import REGISTRY

    def wave(x):
        return np.sum(np.sin(x) * x)

    args = (np.array([0.3, -0.8, 1.1]),)
    assert check_function(wave, args).kind == "ok"
    sin = REGISTRY["sin"]
    wrong = replace(sin, partials=(lambda y, x: 1.0001 * REGISTRY["cos"](x),))
    monkeypatch.setitem(REGISTRY, "sin", wrong)
    assert check_function(wave, args, Effort(second=False)).kind == "wrong"


@dataclass(frozen=True)
class Text:
    text: str


@dataclass(frozen=True)
class Found:
    kind: str
    what: str = "it"


def test_shrinking_keeps_what_fails():
    lines = [
        "def f(x):",
        " y = x + 1",
        " for i in range(3):",
        "  if i > 1:",
        "   y = y * (x / i) + 2",
        " return y",
    ]
    text = "\n".join(lines) + "\n"

    def check(program):
        nodes = list(ast.walk(ast.parse(program.text)))
        return Found("wrong" if any(isinstance(n, ast.Div) for n in nodes) else "ok")

    small = shrink(Text(text), check, Found("wrong"))
    assert "/" in small.text
    assert "for" not in small.text
    assert len(small.text) < 40
