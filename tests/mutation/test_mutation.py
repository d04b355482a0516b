"""Do the checks notice when the compiler is wrong?  Rules and decisions are perturbed one at a time.

A few mutants in every run of the tests; all of them with ``-m slow``, with the survivors printed (``-s``).
"""

from __future__ import annotations

import ast
import random
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from itertools import islice
from typing import Any

import numpy as np
import pytest

from prims import test_rules
from wengert.api.build import stage_of
from wengert.api.pipeline import Program as Pipeline
from wengert.api.step import Step
from wengert.ir.text import print_module
from wengert.ir.walk import ops
from wengert.testing.programs import Program, random_program
from wengert.testing.witness import Effort, check_function, load

from .decisions import POINTS, mutated
from .rules import Mutant, mutants

FIRST = Effort(second=False)
SECOND = Effort(second=True, third=True)


MOST = 60
"""How many programs there are to notice a mutant by."""

TRIED = 12
"""How many of them decisions are turned in."""

_found: list[tuple[Program, Any, tuple[Any, ...]]] = []


def program(k: int) -> tuple[Program, Any, tuple[Any, ...]]:
    """Program number ``k`` of those that are right, whose every value matters, with arguments that reach
    most of them."""
    seed = _found[-1][0].seed if _found else 100
    while len(_found) <= k:
        seed += 1
        made = random_program(seed)
        if made.single or dict(made.sizes)["n"] < 3 or "everything returned" not in made.used:
            continue
        if not 12 <= made.text.count("\n") <= 40:
            continue
        f = load(made.text, f"program {seed}")
        args = variants(made)[0]
        if everything_runs(made, f) and check_function(f, args, SECOND, seed).kind == "ok":
            _found.append((made, f, args))
    return _found[k]


def variants(made: Program) -> list[tuple[Any, ...]]:
    """Arguments of the same types that take different paths."""
    found: list[tuple[Any, ...]] = []
    for k, count in enumerate((3, 1, 2, 3, 0, 3, 2, 3)):
        args = replace(made, seed=made.seed + k).arguments()
        found.append((*args[:7], count, *args[8:]))
    return found


def everything_runs(made: Program, f: Any) -> bool:
    """Whether some of the arguments reach each statement: what never runs cannot be noticed."""
    lines = {n.lineno for n in ast.walk(ast.parse(made.text)) if isinstance(n, ast.stmt)}
    lines -= {n.lineno for n in ast.walk(ast.parse(made.text)) if isinstance(n, ast.FunctionDef)}

    def trace(frame: Any, event: str, arg: Any) -> Any:
        if frame.f_code.co_filename == f.__code__.co_filename:
            lines.discard(frame.f_lineno)
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        with np.errstate(all="ignore"):
            for args in variants(made):
                f(*args)
    finally:
        sys.settrace(before)
    return not lines


def texts(f: Any, args: tuple[Any, ...]) -> str:
    """What the compiler makes of a function and of its derivatives."""
    call = Pipeline(f, ()).bind(args)
    return "\n".join(
        print_module(stage_of(f, steps, "f", call).module) for steps in ((Step("jvp"),), (Step("vjp"),))
    )


# rules


def noticed(mutant: Mutant) -> str | None:
    """By what a mutant of a rule is noticed."""
    with mutant.applied():
        for name, contract in _contracts(mutant.operation):
            try:
                with np.errstate(all="ignore"):
                    contract()
            except Exception:
                return name
    for k in _containing(mutant.operation):
        made, f, args = program(k)
        with mutant.applied():
            if check_function(f, args, SECOND, made.seed).kind == "wrong":
                return f"program {made.seed}"
    return None


def _contracts(operation: str) -> Iterator[tuple[str, Callable[[], None]]]:
    if operation in test_rules.SMOOTH:
        yield "contract", lambda: test_rules.test_value_and_derivative(operation)
    if operation == "ipow":
        yield "contract", lambda: test_rules.test_ipow(3)
    if operation == "select":
        yield "contract", test_rules.test_select_does_not_mix_branches
    if operation == "mulz":
        yield "contract", test_rules.test_strong_zero_is_bilinear


@cache
def _operations(k: int, *steps: Step) -> frozenset[str]:
    """The operations of a program, or of a derivative of it."""
    _, f, args = program(k)
    module = stage_of(f, steps, "f", Pipeline(f, ()).bind(args)).module
    return frozenset(op.name for func in module.funcs.values() for op in ops(func.body))


def _containing(operation: str) -> Iterator[int]:
    """Programs that contain an operation, or else their gradients: second derivatives need its rule."""
    first = (k for k in range(MOST) if operation in _operations(k))
    yield from islice(first, 12)
    yield from islice((k for k in range(MOST) if operation in _operations(k, Step("vjp"))), 8)


RULES = {m.name: m for m in mutants()}
SAMPLE = ["sin: partial 0 scaled", "sum: reverse scaled", "load: adjoint dropped", "store: adjoint dropped"]


@pytest.mark.parametrize("name", SAMPLE)
def test_a_few_rules(name):
    assert noticed(RULES[name]), name


@pytest.mark.slow
def test_every_rule():
    survivors = [name for name, m in RULES.items() if noticed(m) is None]
    print(f"\n{len(RULES) - len(survivors)} of {len(RULES)} rule mutants noticed")
    print("\n".join(survivors))
    assert len(survivors) <= 0.05 * len(RULES)


# decisions


def outcomes(point: str, tries: int, which: range) -> Counter[str]:
    """What becomes of mutants of a point, ``tries`` for each program: noticed, without effect, or survived.

    Without effect: the compiler makes the same of the program.
    """
    total: Counter[str] = Counter()
    for k in which:
        found: Counter[str] = Counter()
        made, f, args = program(k)
        rng = random.Random(made.seed)
        with mutated(point, None) as counted:
            plain = texts(f, args)
        numbers = rng.sample(range(counted.count), min(3 * tries, counted.count))
        for number in numbers:
            what = fate(point, number, made, f, args, plain)
            found[what] += 1
            if sum(found.values()) - found["without effect"] >= tries:
                break
        total += found
    return total


def fate(point: str, number: int, made: Program, f: Any, args: tuple[Any, ...], plain: str) -> str:
    with mutated(point, number):
        try:
            changed = texts(f, args)
        except Exception:
            return "noticed"
        if changed == plain:
            return "without effect"
    for k, others in enumerate(variants(made)):
        with mutated(point, number):
            if check_function(f, others, SECOND, k).kind == "wrong":
                return "noticed"
    return f"survived: {point} {number} of program {made.seed}"


def test_a_few_decisions():
    found = outcomes("activity: active", 2, range(2))
    assert found["noticed"] >= 1, found


@pytest.mark.slow
def test_every_decision():
    """Survivors are looked at one by one.

    Those seen so far are no mistakes for the program at hand: what varies is multiplied by zeros, the slices
    that might overlap do not, memory is overwritten with what it held, a branch inside an expression is
    never chosen, or an array is whole although its uses are in several blocks.
    """
    total: Counter[str] = Counter()
    for point in POINTS:
        found = outcomes(point, 2, range(TRIED))
        print(f"\n{point}: {found['noticed']} noticed, {found['without effect']} without effect", flush=True)
        print("\n".join(name for name in found if name.startswith("survived")), flush=True)
        total += found
    survived = sum(n for name, n in total.items() if name.startswith("survived"))
    print(f"{total['noticed']} of {total['noticed'] + survived} decision mutants noticed")
    assert survived <= 0.15 * (total["noticed"] + survived)
