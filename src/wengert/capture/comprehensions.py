"""Comprehensions and generator expressions."""

from __future__ import annotations

import ast
from collections.abc import Callable, Generator
from contextlib import contextmanager

from ..ir.core import Value
from ..ir.types import Scalar
from .branches import arm, join_arms
from .iterables import consumes
from .lower import Lowering
from .scope import assigned_in
from .values import AV, Arr, Const, DictC, GenV, ListC, Num, Tup

_EMPTY: frozenset[str] = frozenset()
_SHORT = 16


def _loop(
    lw: Lowering,
    node: ast.ListComp | ast.DictComp | ast.GeneratorExp,
    iterable: AV,
    emit: Callable[[], None],
    carried: str,
    short: bool = False,
) -> None:
    """Run the loops of a comprehension.

    ``carried`` is the variable that ``emit`` assigns, if any; ``short``: short loops are unrolled.
    """
    with _targets(lw, node):
        names = frozenset({carried}) if carried else _EMPTY
        _generators(lw, node.generators, iterable, emit, names, id(node), short)


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
    iterable: AV,
    emit: Callable[[], None],
    names: frozenset[str],
    key: int,
    short: bool,
) -> None:
    from .assignment import assign_to
    from .expressions import expression
    from .iteration import iterate, sequence

    first, rest = generators[0], generators[1:]

    def trip(av: AV) -> None:
        assign_to(lw, first.target, av)
        _filtered(lw, first.ifs, inside)

    def inside() -> None:
        if rest:
            _generators(lw, rest, expression(lw, rest[0].iter), emit, names, key + 1, short)
        else:
            emit()

    if short and not consumes(lw, iterable):
        seq = sequence(lw, iterable)
        if isinstance(seq.length, Const) and seq.length.value <= _SHORT and not seq.ends:
            iterable = Tup(tuple(seq.at(Const(k)) for k in range(seq.length.value)))
    iterate(lw, iterable, names, names, key, trip)


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
        return collected(lw, generator_of(lw, node))
    keys: dict[object, AV] = {}

    def emit() -> None:
        keys[lw.static(expression(lw, node.key), "a key of a dict")] = expression(lw, node.value)

    _loop(lw, node, expression(lw, node.generators[0].iter), emit, "")
    return lw.new_object(DictC(tuple(keys), tuple(keys.values())))


def generator_of(lw: Lowering, node: ast.ListComp | ast.GeneratorExp) -> GenV:
    """A generator expression: its first iterable is evaluated now, the rest when it is run."""
    from .expressions import expression

    iterable = expression(lw, node.generators[0].iter)
    if isinstance(node, ast.ListComp):
        node = ast.copy_location(ast.GeneratorExp(node.elt, node.generators), node)
    return GenV(node, iterable)


def is_short(lw: Lowering, gen: GenV) -> bool:
    """Whether the first loop of a generator is unrolled, so that the structure of the list is known."""
    from .iteration import sequence

    if consumes(lw, gen.iterable):
        return False
    with lw.region():
        seq = sequence(lw, gen.iterable)
    if seq.ends:
        return False
    return seq.fixed or (isinstance(seq.length, Const) and seq.length.value <= _SHORT)


def is_fixed(lw: Lowering, gen: GenV) -> bool:
    """Whether the loops of a generator are unrolled (only the first one is looked at)."""
    from .iteration import sequence

    if consumes(lw, gen.iterable):
        return False
    with lw.region():
        return sequence(lw, gen.iterable).fixed


def collected(lw: Lowering, gen: GenV) -> AV:
    """The items of a generator as a list, whose length may vary."""
    from .expressions import expression
    from .lists import from_array
    from .methods import append_to
    from .operands import is_python

    short = is_short(lw, gen)
    if not short and len(gen.node.generators) == 1 and not gen.node.generators[0].ifs:
        made = positioned(lw, gen, None)
        if made is not None:
            array, kind = made
            return from_array(lw, array, is_python(kind))
        rows = _rows(lw, gen)
        if rows is not None:
            return rows
    lw.at(gen.node)
    out = lw.new_object(ListC(()))
    if not short:
        lw.shaped(out)
    _loop(lw, gen.node, gen.iterable, lambda: append_to(lw, out, expression(lw, gen.node.elt)), "", short)
    return lw.shaped(out)


def _rows(lw: Lowering, gen: GenV) -> AV | None:
    """A list of lists of one length, for a loop whose trips are known at run time."""
    from .expressions import expression
    from .iteration import iterate, sequence
    from .rows import comprehended
    from .values import Iter

    first = gen.node.generators[0]
    iterable = gen.iterable
    if consumes(lw, iterable):
        return None
    seq = sequence(lw, iterable)
    if seq.ends or seq.length is None:
        return None
    length = seq.length

    def item(av: AV) -> AV:
        from .assignment import assign_to

        assign_to(lw, first.target, av)
        return expression(lw, gen.node.elt)

    def repeat(put: Callable[[Value, AV], None]) -> None:
        def trip(av: AV) -> None:
            pair = lw.items(av)
            assert pair is not None
            k = lw.index(pair[0])
            put(k, item(pair[1]))

        iterate(lw, Iter("enumerate", (iterable,), Const(0)), _EMPTY, _EMPTY, id(gen.node), trip)

    with _targets(lw, gen.node):
        lw.at(gen.node)
        return comprehended(lw, length, lambda k: item(seq.at(k)), repeat)


def fold(lw: Lowering, gen: GenV, start: AV, step: Callable[[AV, AV], AV]) -> AV:
    """``acc = start; for x in gen: acc = step(acc, x)``."""
    from .expressions import expression

    name = f"%acc{len(lw.frame.temps)}"
    lw.frame.vars[name] = start

    def emit() -> None:
        lw.frame.vars[name] = step(lw.frame.vars[name], expression(lw, gen.node.elt))

    _loop(lw, gen.node, gen.iterable, emit, name)
    return lw.frame.vars.pop(name)


def positioned(lw: Lowering, gen: GenV, to: Scalar | None) -> tuple[Arr, AV] | None:
    """An array of as many items as the one loop of ``gen`` has trips, with what an item is like.

    ``None`` when items are no numbers.
    """
    from .expressions import expression
    from .iteration import iterate, sequence
    from .numpy_api.creation import allocate
    from .operands import dtype, is_number, operand
    from .values import Iter

    first = gen.node.generators[0]
    iterable = gen.iterable
    if consumes(lw, iterable):
        return None
    seq = sequence(lw, iterable)
    if seq.ends or seq.length is None:
        return None
    length = seq.length
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
            return None
        t = to or dtype(kind)
        out = allocate(lw, [length], t, "none")

        def trip(av: AV) -> None:
            pair = lw.items(av)
            assert pair is not None
            k = lw.index(pair[0])
            item(pair[1], lambda x: lw.effect("store", out.value, k, operand(lw, x, t)))

        iterate(lw, Iter("enumerate", (iterable,), Const(0)), _EMPTY, _EMPTY, id(gen.node), trip)
    return out, kind


__all__ = ["Num", "collected", "comprehend", "fold", "is_fixed", "positioned"]
