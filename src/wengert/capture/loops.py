"""Loops: which variables are carried is guessed from the text, of which type by trying.

The body is lowered with the forms that the variables have before the loop; where it leaves another form
behind, the two are joined and the body is lowered again, until nothing changes.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from typing import Any

from ..ir.build import Builder
from ..ir.core import Value
from ..ir.types import BOOL, I64
from .branches import arm, choose, join_arms, unless
from .carried import OUTPUTS, Carried
from .forms import (
    FMaybe,
    FMissing,
    leaves_of,
)
from .lower import Dead, Lowering, Refusal, Step
from .values import AV, FALSE, TRUE, Choice, Const, Num, RangeV

_FEW = 8  # what is assumed of the trips of a loop that may be unrolled
_MOST = 64
Body = Callable[[Sequence[ast.stmt]], None]


def stop_of(lw: Lowering, variables: dict[str, AV], names: Sequence[str] = ("%ret", "%brk")) -> Value | None:
    """A bool: whether the trip ends the loop; ``None`` if it never does."""
    found: Value | None = None
    for n in names:
        av = variables.get(n)
        if av is not None:
            v = lw.number(av, BOOL)
            found = v if found is None else lw.emit("or", found, v)
    return found


def carried_names(lw: Lowering, s: ast.For | ast.While) -> tuple[frozenset[str], frozenset[str]]:
    """The names to carry round a loop, and those that are live at the start of a trip."""
    from .generators import carried

    frame, scope = lw.frame, lw.frame.scope
    live = scope.head[s] | scope.after[s] | scope.captured
    if lw.exit_live:
        live = live | lw.exit_live
    return (scope.assigned[s] & live & scope.locals) | carried(frame, s), frame.head(s)


@contextmanager
def _noted(lw: Lowering, key: int, trips: int | None) -> Generator[None]:
    """While a loop is lowered: how often it runs is known to the session, and so is that it was refused."""
    if trips is not None:
        lw.session.loops.append((key, trips))
    try:
        yield
    except Refusal:
        lw.session.suspect()
        raise
    finally:
        if trips is not None:
            lw.session.loops.pop()


def _trips(r: RangeV) -> int | None:
    """How many trips there are, where that is known now."""
    bounds = [x.value if isinstance(x, Const) else None for x in (r.lo, r.hi, r.step)]
    return None if None in bounds else len(range(*bounds))  # pyright: ignore


def counted(
    lw: Lowering,
    r: RangeV,
    names: frozenset[str],
    head: frozenset[str],
    key: int,
    body: Callable[[AV], None],
) -> None:
    """``for i in range(lo, hi, step): body(i)``."""
    with _noted(lw, key, _trips(r)):
        lo, hi, step = lw.index(r.lo), lw.index(r.hi), lw.index(r.step)
        if not isinstance(r.step, Const):
            ok = lw.emit("ne", step, lw.int(0))
            lw.check(ok, "ValueError", "range() arg 3 must not be zero")
        low = _lowest(lw, r)
        carried = Carried(lw, names, head, key)
        index = Value(I64)

        def one() -> None:
            body(Num(index, low=low))

        done = carried.settle(one)
        leaving = [n for n in ("%ret", "%brk") if n in done.vars]

        def first() -> list[Value]:
            if not leaving:
                return []
            stop = stop_of(lw, done.vars)
            return [stop if stop is not None else lw.number(FALSE)]

        yields = carried.close(done, first)
        attrs = {"stop": True} if leaving else {}
        block = lw.block(done.b, (index, *done.params), yields)
        inits = carried.initial()
        hints = ["trips", *(p.hint for p in done.params)]
        results = lw.b.emit(
            "for", (lo, hi, step, *inits), attrs, (block,), types=(I64, *carried.types()), hints=hints
        )
        _after(lw, carried, results, bool(_trips(r)))


def _after(lw: Lowering, carried: Carried, results: Sequence[Value], certain: bool) -> None:
    needs = not certain and any(
        isinstance(f, FMaybe) and not f.flag and not n.startswith("%") for n, f in carried.names.items()
    )
    ran: Value | bool = lw.emit("gt", results[0], lw.int(0)) if needs else True
    carried.leave(results[1:], ran)


def _lowest(lw: Lowering, r: RangeV) -> int | None:
    if isinstance(r.step, Const) and r.step.value > 0:
        return lw.low(r.lo)
    if isinstance(r.step, Const):
        end = lw.low(r.hi)
        return None if end is None else end + 1
    low = lw.low(r.step)
    return lw.low(r.lo) if low is not None and low >= 0 else None


def for_loop(lw: Lowering, s: ast.For, run: Body) -> None:
    """A ``for`` statement."""
    from .assignment import assign_to
    from .expressions import expression
    from .iteration import iterate

    iterable = expression(lw, s.iter)
    lw.at(s)
    names, head = carried_names(lw, s)
    live = head | lw.frame.after(s)

    def trip(av: AV) -> None:
        outer = lw.live_out, lw.exit_live
        lw.live_out = lw.exit_live = live
        try:
            assign_to(lw, s.target, av)
            run(s.body)
        finally:
            lw.live_out, lw.exit_live = outer
        lw.frame.vars.pop("%cont", None)

    leaves = _leaves(s.body, ast.Break), _leaves(s.body, ast.Return)
    over(lw, iterable, lambda av: iterate(lw, av, names, head, id(s), trip, leaves), live)
    _or_else(lw, s, run)


def _leaves(body: Sequence[ast.stmt], kind: type[ast.stmt]) -> bool:
    """Whether there is such a statement (that of a loop inside counts too, which does no harm)."""
    return any(isinstance(n, kind) for s in body for n in ast.walk(s))


def over(lw: Lowering, av: AV, run: Callable[[AV], None], live: frozenset[str]) -> None:
    """``run`` of what may be one of several values: a branch for each."""
    if not isinstance(av, Choice):
        run(av)
        return
    index, options = av.index, av.options

    def at(k: int) -> None:
        if k == len(options) - 1:
            run(options[k])
            return
        test = lw.emit("eq", index, lw.int(k))
        join_arms(lw, test, arm(lw, lambda: run(options[k])), arm(lw, lambda: at(k + 1)), live)

    at(0)


def _or_else(lw: Lowering, s: ast.For | ast.While, run: Body) -> None:
    """The ``else`` of a loop, and the end of its flags."""
    broke = lw.frame.vars.pop("%brk", None)
    if not s.orelse:
        return
    if broke is None or (isinstance(broke, Const) and not broke.value):
        run(s.orelse)
    elif isinstance(broke, Num):
        gone = lw.pending()
        if gone is not None:
            unless(lw, gone, lambda: _unless_broken(lw, broke.value, s, run))
        else:
            _unless_broken(lw, broke.value, s, run)


def _unless_broken(lw: Lowering, broke: Value, s: ast.For | ast.While, run: Body) -> None:
    join_arms(lw, broke, arm(lw, lambda: None), arm(lw, lambda: run(s.orelse)), lw.frame.after(s))


def while_loop(lw: Lowering, s: ast.While, run: Body) -> None:
    """A ``while`` statement."""
    from .expressions import truth

    names, head = carried_names(lw, s)

    def body() -> None:
        outer = lw.live_out, lw.exit_live
        lw.live_out = lw.exit_live = head | lw.frame.after(s)
        try:
            run(s.body)
        finally:
            lw.live_out, lw.exit_live = outer
        lw.frame.vars.pop("%cont", None)

    if ("unroll", id(s)) in lw.session.wanted:
        _unrolled(lw, s, run)
        return
    first = _constant_test(lw, s)
    if first is False:
        if s.orelse:
            run(s.orelse)
        return
    rotated = _needs_rotation(s.test)
    with _noted(lw, id(s), _FEW if first is None and not rotated and _is_known(lw, s) else None):
        if rotated:
            _rotated(lw, s, names, head, body)
        else:
            plain_while(lw, names, head, id(s), lambda: truth(lw, s.test), body)
    endless = first is True and not rotated
    if endless:
        flags = [n for n in ("%ret", "%brk") if n in lw.frame.vars]
        if not flags:
            raise Dead
        if flags == ["%ret"]:
            lw.frame.vars["%ret"] = TRUE
            return
    _or_else(lw, s, run)


def _is_known(lw: Lowering, s: ast.While) -> bool:
    """Whether the first test is known now, so that those of other trips may be as well."""
    from .expressions import truth

    with lw.region():
        variables, heap, key = dict(lw.frame.vars), dict(lw.heap), lw.next_key
        try:
            return isinstance(truth(lw, s.test), Const)
        except (Dead, Refusal):
            return False
        finally:
            lw.frame.vars, lw.heap, lw.next_key = variables, heap, key


def _unrolled(lw: Lowering, s: ast.While, run: Body) -> None:
    """A loop whose tests are all known now, trip by trip."""
    from .expressions import truth

    outer = lw.live_out, lw.exit_live
    lw.live_out = lw.exit_live = lw.frame.head(s) | lw.frame.after(s) | lw.exit_live | lw.live_out
    left = [_MOST]

    def again(rest: Sequence[Step]) -> bool:
        lw.at(s)
        test = truth(lw, s.test)
        if not isinstance(test, Const) or not left[0]:
            lw.refuse("C0111", "this loop has to be unrolled, and how often it runs is not known", s)
        if test.value:
            left[0] -= 1
            run(s.body)
            lw.frame.vars.pop("%cont", None)
            lw.run([again])
        return False

    try:
        lw.run([again])
    finally:
        lw.live_out, lw.exit_live = outer
    _or_else(lw, s, run)


def _constant_test(lw: Lowering, s: ast.While) -> bool | None:
    return bool(s.test.value) if isinstance(s.test, ast.Constant) else None


def _needs_rotation(test: ast.expr) -> bool:
    return any(isinstance(n, ast.NamedExpr) for n in ast.walk(test))


class _Rotate(Exception):
    """The condition has effects."""


def plain_while(
    lw: Lowering,
    names: frozenset[str],
    head: frozenset[str],
    key: int,
    test: Callable[[], Const | Num],
    body: Callable[[], None],
) -> None:
    """A loop whose condition is a region of its own, or is carried when it has effects."""
    carried = Carried(lw, names, head, key)
    try:
        done = carried.settle(body)
        condition = _condition(lw, carried, test)
    except _Rotate:
        _carried_test(lw, names, head, key + 1, test, body)
        return
    yields = carried.close(done)
    results = lw.b.emit(
        "while",
        carried.initial(),
        regions=(condition, lw.block(done.b, done.params, yields)),
        types=(I64, *carried.types()),
        hints=["trips", *(p.hint for p in done.params)],
    )
    _after(lw, carried, results, False)


def _condition(lw: Lowering, carried: Carried, test: Callable[[], Const | Num]) -> Any:
    found: list[Value] = []

    def body() -> None:
        stop = stop_of(lw, lw.frame.vars)
        for flag in OUTPUTS:
            lw.frame.vars.pop(flag, None)
        if stop is None:
            found.append(lw.number(test(), BOOL))
        else:
            av = choose(lw, Num(stop), lambda: FALSE, test)
            found.append(lw.number(av, BOOL))

    lw_vars = carried.before
    params = carried.params()
    outer, heap = lw.b, lw.heap
    lw.b = Builder(outer.span)
    variables, lw.heap = carried.enter(iter(params))
    lw.frame.vars = variables
    try:
        body()
        b = lw.b
        if _effects(b.ops):
            raise _Rotate
    except Dead:
        b = lw.b
        found = [lw.number(FALSE)]
    finally:
        lw.b, lw.frame.vars, lw.heap = outer, lw_vars, heap
    return lw.block(b, params, found)


def _effects(ops: Sequence[Any]) -> bool:
    from ..prims import REGISTRY

    for op in ops:
        if op.name == "call" or REGISTRY[op.name].writes:
            return True
        if any(_effects(r.ops) for r in op.regions):
            return True
    return False


def _carried_test(
    lw: Lowering,
    names: frozenset[str],
    head: frozenset[str],
    key: int,
    test: Callable[[], Const | Num],
    body: Callable[[], None],
) -> None:
    """The condition is evaluated before the loop and at the end of each trip, and carried as a bool."""
    lw.frame.vars["%test"] = Num(lw.number(test(), BOOL))

    def both() -> None:
        body()
        left = stop_of(lw, lw.frame.vars)
        flags = {k: v for k, v in lw.frame.vars.items() if k in OUTPUTS}
        for k in flags:
            del lw.frame.vars[k]
        if left is None:
            lw.frame.vars["%test"] = Num(lw.number(test(), BOOL))
        else:

            def again() -> None:
                lw.frame.vars["%test"] = Num(lw.number(test(), BOOL))

            def over() -> None:
                lw.frame.vars["%test"] = FALSE

            join_arms(lw, left, arm(lw, over), arm(lw, again), None)
        lw.frame.vars.update(flags)

    def carried_value() -> Const | Num:
        av = lw.frame.vars["%test"]
        assert isinstance(av, (Const, Num))
        return av

    plain_while(lw, names | {"%test"}, head | {"%test"}, key, carried_value, both)
    lw.frame.vars.pop("%test", None)


def _rotated(
    lw: Lowering, s: ast.While, names: frozenset[str], head: frozenset[str], body: Callable[[], None]
) -> None:
    from .expressions import truth

    _carried_test(lw, names, head, id(s) + 1, lambda: truth(lw, s.test), body)


__all__ = ["FMissing", "Refusal", "counted", "for_loop", "leaves_of", "while_loop"]
