"""Comprehensions and generator expressions."""

from __future__ import annotations

import ast
from collections.abc import Callable, Generator
from contextlib import contextmanager

from ..ir.types import Scalar
from .branches import arm, join_arms
from .lower import Lowering
from .scope import assigned_in
from .values import AV, Const, DictC, GenV, ListC, Num

_EMPTY: frozenset[str] = frozenset()


def _loop(
    lw: Lowering, node: ast.ListComp | ast.DictComp | ast.GeneratorExp, emit: Callable[[], None], carried: str
) -> None:
    """Run the loops of a comprehension; ``carried`` is the variable that ``emit`` assigns, if any."""
    with _targets(lw, node):
        _generators(lw, node.generators, emit, frozenset({carried}) if carried else _EMPTY, id(node))


@contextmanager
def _targets(lw: Lowering, node: ast.ListComp | ast.DictComp | ast.GeneratorExp) -> Generator[None]:
    """The targets of a comprehension are names of its own."""
    targets = sorted(assigned_in([g.target for g in node.generators]))
    saved = {n: lw.frame.vars.get(n) for n in targets}
    depth = len(lw.frame.temps)
    lw.frame.temps += targets
    try:
        yield
    finally:
        del lw.frame.temps[depth:]
        for n, av in saved.items():
            if av is None:
                lw.frame.vars.pop(n, None)
            else:
                lw.frame.vars[n] = av


def _generators(
    lw: Lowering,
    generators: list[ast.comprehension],
    emit: Callable[[], None],
    names: frozenset[str],
    key: int,
) -> None:
    from .assignment import assign_to
    from .expressions import expression
    from .iteration import iterate

    first, rest = generators[0], generators[1:]

    def trip(av: AV) -> None:
        assign_to(lw, first.target, av)
        _filtered(lw, first.ifs, lambda: _generators(lw, rest, emit, names, key + 1) if rest else emit())

    iterate(lw, expression(lw, first.iter), names, names, key, trip)


def _filtered(lw: Lowering, tests: list[ast.expr], body: Callable[[], None]) -> None:
    from .expressions import truth

    if not tests:
        body()
        return
    test = truth(lw, tests[0])
    if isinstance(test, Const):
        if test.value:
            _filtered(lw, tests[1:], body)
        return
    join_arms(lw, test.value, arm(lw, lambda: _filtered(lw, tests[1:], body)), arm(lw, lambda: None), None)


def comprehend(lw: Lowering, node: ast.ListComp | ast.DictComp) -> AV:
    """A list or a dict of known structure; a list of unknown length stays lazy, for who can take that."""
    from .expressions import expression

    if isinstance(node, ast.ListComp):
        lazy = GenV(ast.copy_location(ast.GeneratorExp(node.elt, node.generators), node))
        if not is_fixed(lw, lazy):
            return lazy
        return collected(lw, lazy)
    keys: dict[object, AV] = {}

    def emit() -> None:
        keys[lw.static(expression(lw, node.key), "a key of a dict")] = expression(lw, node.value)

    _loop(lw, node, emit, "")
    return lw.new_object(DictC(tuple(keys), tuple(keys.values())))


def is_fixed(lw: Lowering, gen: GenV) -> bool:
    """Whether the loops of a generator are unrolled (only the first one is looked at)."""
    from .expressions import expression
    from .iteration import sequence

    with lw.region():
        return sequence(lw, expression(lw, gen.node.generators[0].iter)).fixed


def collected(lw: Lowering, gen: GenV) -> AV:
    """The items of a generator as a list; refused where their number varies."""
    from .expressions import expression

    if not is_fixed(lw, gen):
        lw.refuse(
            "C0101", "a list whose length varies is not supported", gen.node, "allocate an array and fill it"
        )
    items: list[AV] = []
    block = lw.b

    def emit() -> None:
        if lw.b is not block:
            lw.refuse("C0101", "a list whose length varies is not supported", gen.node)
        items.append(expression(lw, gen.node.elt))

    _loop(lw, gen.node, emit, "")
    return lw.new_object(ListC(tuple(items)))


def fold(lw: Lowering, gen: GenV, start: AV, step: Callable[[AV, AV], AV]) -> AV:
    """``acc = start; for x in gen: acc = step(acc, x)``."""
    from .expressions import expression

    name = f"%acc{len(lw.frame.temps)}"
    lw.frame.vars[name] = start

    def emit() -> None:
        lw.frame.vars[name] = step(lw.frame.vars[name], expression(lw, gen.node.elt))

    _loop(lw, gen.node, emit, name)
    return lw.frame.vars.pop(name)


def positioned(lw: Lowering, gen: GenV, to: Scalar | None) -> AV:
    """An array of as many items as the one loop of ``gen`` has trips."""
    from .expressions import expression
    from .iteration import iterate, sequence
    from .numpy_api.creation import allocate
    from .operators import dtype, is_number, operand
    from .values import Arr, Iter

    first = gen.node.generators[0]
    iterable = expression(lw, first.iter)
    seq = sequence(lw, iterable)
    kinds: list[AV] = []

    def item(av: AV, then: Callable[[AV], None]) -> None:
        from .assignment import assign_to

        assign_to(lw, first.target, av)
        then(expression(lw, gen.node.elt))

    with _targets(lw, gen.node):
        with lw.region():
            vars_before, heap_before, key = dict(lw.frame.vars), dict(lw.heap), lw.next_key
            item(seq.at(Num(lw.int(0), low=0)), kinds.append)
            lw.frame.vars, lw.heap, lw.next_key = vars_before, heap_before, key
        (kind,) = kinds
        if not is_number(kind):
            lw.refuse(
                "C0104", "an array of arrays is not supported here", gen.node, "allocate it and fill its rows"
            )
        t = to or dtype(kind)
        out = allocate(lw, [seq.length], t, "none")

        def trip(av: AV) -> None:
            pair = lw.items(av)
            assert pair is not None
            k = lw.index(pair[0])
            item(pair[1], lambda x: lw.effect("store", out.value, k, operand(lw, x, t)))

        iterate(lw, Iter("enumerate", (iterable,), Const(0)), _EMPTY, _EMPTY, id(gen.node), trip)
    assert isinstance(out, Arr)
    return out


__all__ = ["Num", "collected", "comprehend", "fold", "is_fixed", "positioned"]
