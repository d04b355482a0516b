"""Do the checks notice when the compiler is wrong?  Rules and decisions are perturbed one at a time.

A few mutants in every run of the tests; all of them with ``-m slow``, with the survivors printed (``-s``).
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
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


@cache
def programs(count: int = 60) -> list[tuple[Program, Any, tuple[Any, ...]]]:
    """Programs that are right, whose every value matters, with arguments that reach most of them."""
    found: list[tuple[Program, Any, tuple[Any, ...]]] = []
    seed = 100
    while len(found) < count:
        seed += 1
        program = random_program(seed)
        if program.single or dict(program.sizes)["n"] < 3 or "everything returned" not in program.used:
            continue
        f = load(program.text, f"program {seed}")
        args = list(program.arguments())
        args[7] = 3
        if check_function(f, tuple(args), SECOND, seed).kind == "ok":
            found.append((program, f, tuple(args)))
    return found


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
            program, f, args = programs()[k]
            if check_function(f, args, SECOND, program.seed).kind == "wrong":
                return f"program {program.seed}"
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
def _operations(*steps: Step) -> list[frozenset[str]]:
    """The operations of each program, or of a derivative of it."""
    found: list[frozenset[str]] = []
    for _, f, args in programs():
        module = stage_of(f, steps, "f", Pipeline(f, ()).bind(args)).module
        found.append(frozenset(op.name for func in module.funcs.values() for op in ops(func.body)))
    return found


def _containing(operation: str) -> list[int]:
    """Programs that contain an operation, or else their gradients: second derivatives need its rule."""
    first = [k for k, names in enumerate(_operations()) if operation in names]
    more = [k for k, names in enumerate(_operations(Step("vjp"))) if operation in names and k not in first]
    return [*first[:12], *more[:6]]


RULES = {m.name: m for m in mutants()}
SAMPLE = ["mul: partial 0 negated", "sin: partial 0 scaled", "sum: reverse scaled", "matmul: forward dropped",
          "load: adjoint dropped", "store: adjoint dropped"]  # fmt: skip


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
    found: Counter[str] = Counter()
    for k in which:
        program, f, args = programs()[k]
        rng = random.Random(program.seed)
        with mutated(point, None) as counted:
            plain = texts(f, args)
        for number in rng.sample(range(counted.count), min(tries, counted.count)):
            found[fate(point, number, program, f, args, plain)] += 1
    return found


def fate(point: str, number: int, program: Program, f: Any, args: tuple[Any, ...], plain: str) -> str:
    with mutated(point, number):
        try:
            changed = texts(f, args)
        except Exception:
            return "noticed"
        if changed == plain:
            return "without effect"
    for k, count in enumerate((3, 1, 2)):
        others = replace(program, seed=program.seed + k).arguments()
        with mutated(point, number):
            if check_function(f, (*others[:7], count, *others[8:]), SECOND, k).kind == "wrong":
                return "noticed"
    return f"survived: {point} {number} of program {program.seed}"


@pytest.mark.parametrize("point", ["activity: active", "record: frozen"])
def test_a_few_decisions(point):
    found = outcomes(point, 2, range(3))
    assert found["noticed"] >= 1, found


@pytest.mark.slow
def test_every_decision():
    total: Counter[str] = Counter()
    for point in POINTS:
        found = outcomes(point, 8, range(40))
        print(f"\n{point}: {found['noticed']} noticed, {found['without effect']} without effect")
        print("\n".join(name for name in found if name.startswith("survived")))
        total += found
    survived = sum(n for name, n in total.items() if name.startswith("survived"))
    print(f"{total['noticed']} of {total['noticed'] + survived} decision mutants noticed")
    assert survived <= 0.05 * (total["noticed"] + survived)
