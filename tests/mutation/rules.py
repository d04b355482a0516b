"""Mutants of rules: a derivative scaled, of the other sign, or dropped."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import wengert.transform.vjp  # noqa: F401  (fills the tables)
from wengert.ir.types import Array, dtype_of
from wengert.prims import REGISTRY
from wengert.transform import rules
from wengert.transform.reverse.adjoint import ADJOINTS, ARRAY_ADJOINTS
from wengert.transform.terms import Term, zeros_like

WAYS: dict[str, Callable[[Any], Any]] = {
    "scaled": lambda x: 1.001 * x,
    "negated": lambda x: -x,
    "dropped": lambda x: 0.0 * x,
}


@dataclass(frozen=True)
class Mutant:
    """``operation`` is what a program must contain to notice; ``apply`` gives table, key and entry."""

    name: str
    operation: str
    apply: Callable[[], tuple[dict[str, Any], str, Any]]

    @contextmanager
    def applied(self) -> Iterator[None]:
        """The compiler with the mutant."""
        table, key, entry = self.apply()
        original = table[key]
        table[key] = entry
        try:
            yield
        finally:
            table[key] = original


def _changed(rule: Any, way: str) -> Any:
    change = WAYS[way]
    if not callable(rule):
        return change(rule)
    return lambda y, *xs, **attrs: change(rule(y, *xs, **attrs))


def _of_primitives() -> Iterator[Mutant]:
    for name, prim in sorted(REGISTRY.items()):
        for k, partial in enumerate(prim.partials or ()):
            if partial is None or (not callable(partial) and partial == 0):
                continue
            for way in WAYS:
                parts = list(prim.partials or ())
                parts[k] = _changed(partial, way)
                made = replace(prim, partials=tuple(parts))
                yield Mutant(f"{name}: partial {k} {way}", name, lambda n=name, m=made: (REGISTRY, n, m))
        for mode in ("jvp", "vjp"):
            rule = getattr(prim, mode)
            # those of other kinds are for the algebras; what is compiled has tables of its own, below
            if rule is not None and prim.kind == "elementwise":
                for way in WAYS:
                    made = replace(prim, **{mode: _whole(rule, way)})
                    yield Mutant(f"{name}: {mode} {way}", name, lambda n=name, m=made: (REGISTRY, n, m))


def _whole(rule: Any, way: str) -> Any:
    def changed(*args: Any, **attrs: Any) -> Any:
        out = rule(*args, **attrs)
        if isinstance(out, (list, tuple)):
            return [None if x is None else WAYS[way](x) for x in out]
        return WAYS[way](out)

    return changed


def _of_arrays() -> Iterator[Mutant]:
    """Reductions, products and copies, forward and reverse."""
    for name, rule in rules.FORWARD.items():
        for way in WAYS:

            def forward(em: Any, op: Any, dxs: Any, rule: Any = rule, way: str = way) -> Any:
                out = rule(em, op, dxs)
                if way == "dropped":
                    return zeros_like(em, out)
                return WAYS[way](Term(em, out)).value

            yield Mutant(f"{name}: forward {way}", name, lambda n=name, f=forward: (rules.FORWARD, n, f))
    for name, rule in ARRAY_ADJOINTS.items():
        for way in WAYS:

            def reverse(a: Any, node: Any, g: Any, rule: Any = rule, way: str = way) -> None:
                if way != "dropped":
                    t = g.type
                    if isinstance(t, Array) and t.layout != "C":
                        g = a.em.node("copy", [g], [Array(dtype_of(t), t.axes)]).result
                    rule(a, node, WAYS[way](Term(a.em, g)).value)

            yield Mutant(f"{name}: reverse {way}", name, lambda n=name, f=reverse: (ARRAY_ADJOINTS, n, f))


def _of_memory() -> Iterator[Mutant]:
    for name in ADJOINTS:
        yield Mutant(f"{name}: adjoint dropped", name, lambda n=name: (ADJOINTS, n, lambda a, node: None))


def mutants() -> list[Mutant]:
    """All of them."""
    return [*_of_primitives(), *_of_arrays(), *_of_memory()]
