"""``try``: what may raise in its body becomes a branch, so that the handlers are ordinary arms.

The body is lowered as it stands.  Then its operations are rewritten: behind each one that may raise what a
handler catches, the rest moves under ``if it did not`` (`catching`).  Variables that the body binds have in a
handler the value that they had before the ``try``; where that depends on the place that raised, reading them
is refused.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..ir.core import Op, Value
from ..prims.memory import exception_class
from .branches import Arm, arm, join_arms, resume
from .catching import Catcher
from .expressions import expression
from .forms import form_of, leaves_of, rebuild
from .frames import Frame
from .lower import Dead, Lowering, Step
from .scope import assigned_in
from .values import AV, Content, Lost, same


@dataclass(eq=False, slots=True)
class Attempt:
    """A ``try`` whose body is being lowered, with the variables and objects where something may raise."""

    frame: Frame
    classes: list[tuple[type[BaseException], ...]]
    snapshots: list[tuple[dict[str, AV], dict[int, Content]]] = field(
        default_factory=list[tuple[dict[str, AV], dict[int, Content]]]
    )
    raised: list[list[Op]] = field(default_factory=list[list[Op]])

    def note(self, lw: Lowering) -> None:
        """Something that may raise is emitted here."""
        self.snapshots.append((dict(self.frame.vars), dict(lw.heap)))

    def handler(self, exc: str) -> int | None:
        """The number of the handler that catches an exception of this name, from 1; ``None`` if none does."""
        cls = exception_class(exc)
        assert cls is not None, exc
        return next((k for k, found in enumerate(self.classes, 1) if issubclass(cls, found)), None)


def try_statement(
    lw: Lowering, s: ast.Try, rest: Sequence[Step], run: Callable[[Sequence[ast.stmt]], None]
) -> bool:
    """Lower a ``try``; whether the statements after it were lowered as well."""
    if s.finalbody:
        _finally(lw, s, run)
        return False
    return _guarded(lw, s, rest, run)


def _finally(lw: Lowering, s: ast.Try, run: Callable[[Sequence[ast.stmt]], None]) -> None:
    """``finally`` runs on every way out that is no exception; after one, nobody sees what it did."""
    inner = ast.copy_location(ast.Try(s.body, s.handlers, s.orelse, []), s)
    lw.frame.scope.after[inner] = lw.frame.after(s) | _loads(s.finalbody)
    if s.handlers:
        _guarded(lw, inner, (), run)
    else:
        run([*s.body, *s.orelse])
    left = {k: lw.frame.vars.pop(k) for k in ("%ret", "%rv", "%brk", "%cont") if k in lw.frame.vars}
    run(s.finalbody)
    if any(k in lw.frame.vars for k in ("%ret", "%brk", "%cont")):
        lw.refuse("C0101", "leaving a `finally` is not supported", s.finalbody[0])
    lw.frame.vars.update(left)


def _loads(body: Sequence[ast.stmt]) -> frozenset[str]:
    return frozenset(n.id for b in body for n in ast.walk(b) if isinstance(n, ast.Name))


def _classes(lw: Lowering, handler: ast.ExceptHandler) -> tuple[type[BaseException], ...]:
    if handler.type is None:
        return (BaseException,)
    found = lw.static(expression(lw, handler.type), "the class of an exception")
    classes = found if isinstance(found, tuple) else (found,)
    if not all(isinstance(c, type) and issubclass(c, BaseException) for c in classes):
        lw.refuse("T0201", "`except` takes classes of exceptions", handler.type)
    return classes


def _guarded(
    lw: Lowering, s: ast.Try, rest: Sequence[Step], run: Callable[[Sequence[ast.stmt]], None]
) -> bool:
    attempt = Attempt(lw.frame, [_classes(lw, h) for h in s.handlers])
    attempt.raised = [[] for _ in s.handlers]
    before, heap = dict(lw.frame.vars), dict(lw.heap)
    outer = lw.live_out
    after = lw.frame.after(s, outer)
    span = lw.b.span
    lw.tries.append(attempt)
    try:
        lw.live_out = after | _loads([*s.handlers, *s.orelse])  # pyright: ignore[reportArgumentType]
        tried = arm(lw, lambda: run(s.body))
    finally:
        lw.tries.pop()
        lw.live_out = outer
    catcher = Catcher(lw, attempt)
    outs, put = _outs(tried)
    ops, code, values = catcher.block(tried.b.ops, outs)
    lw.b.ops.extend(ops)
    lw.b.span = span
    names = assigned_in(s.body)
    caught = [
        _arm(lw, after, lambda h=h, k=k: _handle(lw, h, attempt, k, names, before, heap, run))
        for k, h in enumerate(s.handlers)
        if attempt.raised[k]
    ]
    numbers = [k + 1 for k in range(len(s.handlers)) if attempt.raised[k]]
    if not caught:
        lw.frame.vars, lw.heap = tried.vars, tried.heap
        if tried.dead:
            raise Dead
        run(s.orelse)
        return False
    failed: Arm = caught[-1]
    for one, number in zip(caught[-2::-1], numbers[-2::-1], strict=True):
        failed = _arm(lw, after, lambda a=one, b=failed, n=number: _either(lw, code, n, a, b, after))
    if tried.dead:
        lw.b.ops.extend(failed.b.ops)
        lw.frame.vars, lw.heap = failed.vars, failed.heap
        if failed.dead:
            raise Dead
        return False

    def fine() -> None:
        lw.frame.vars, lw.heap = put(values)
        run(s.orelse)

    normal = _arm(lw, after, fine)
    moved = False
    if rest and not failed.dead and not normal.dead and failed.left() != normal.left():
        resume(lw, normal if failed.left() else failed, lambda: lw.run(rest))
        moved = True
    lw.b.span = span
    test = lw.emit("ne", code, lw.int(0))
    join_arms(lw, test, failed, normal, outer if moved else after)
    return moved


def _arm(lw: Lowering, live: frozenset[str], body: Callable[[], None]) -> Arm:
    outer, lw.live_out = lw.live_out, live
    try:
        return arm(lw, body)
    finally:
        lw.live_out = outer


def _either(lw: Lowering, code: Value, number: int, a: Arm, b: Arm, live: frozenset[str]) -> None:
    join_arms(lw, lw.emit("eq", code, lw.int(number)), a, b, live)


def _handle(
    lw: Lowering,
    handler: ast.ExceptHandler,
    attempt: Attempt,
    k: int,
    names: frozenset[str],
    before: dict[str, AV],
    heap: dict[int, Content],
    run: Callable[[Sequence[ast.stmt]], None],
) -> None:
    """A handler, in the state that it starts from."""
    lw.at(handler)
    for name in names:
        old = before.get(name)
        if all(_unchanged(old, seen.get(name)) for seen, _ in attempt.snapshots):
            continue
        lw.frame.vars[name] = Lost(
            f"what `{name}` is here depends on where in the `try` something was raised"
        )
    for _, seen in attempt.snapshots:
        for key, content in seen.items():
            if key in heap and not same(heap[key], content):
                lw.refuse("C0101", "a list, dict or instance changes in a `try` before something is raised")
    if handler.name:
        lw.frame.vars[handler.name] = Lost("the exception itself is not known here")
    lw.caught.append(_again(attempt.raised[k]))
    try:
        run(handler.body)
    finally:
        lw.caught.pop()
    if handler.name:
        lw.frame.vars.pop(handler.name, None)


def _unchanged(old: AV | None, now: AV | None) -> bool:
    return old is now if old is None or now is None else same(old, now)


def _again(raised: Sequence[Op]) -> tuple[str, str] | None:
    """What ``raise`` alone raises: known when all places say the same."""
    found = {(str(op.attrs.get("exc")), str(op.attrs.get("message"))) for op in raised}
    if len(found) == 1 and all(op.name == "check" and len(op.operands) == 1 for op in raised):
        return found.pop()
    return None


def _outs(
    tried: Arm,
) -> tuple[list[Value], Callable[[Sequence[Value]], tuple[dict[str, AV], dict[int, Content]]]]:
    """The values of the body that its variables refer to, and the variables with others in their place."""
    inside = {r for op in tried.b.ops for r in op.results}
    used: dict[Value, None] = {}
    for av in (*tried.vars.values(), *tried.heap.values()):
        used.update(dict.fromkeys(v for v in leaves_of(av) if v in inside))  # pyright: ignore[reportArgumentType]
    outs = list(used)

    def put(values: Sequence[Value]) -> tuple[dict[str, AV], dict[int, Content]]:
        new = dict(zip(outs, values, strict=True))

        def moved(av: Any) -> Any:
            leaves = leaves_of(av)
            if not any(v in new for v in leaves):
                return av
            return rebuild(form_of(av), iter([new.get(v, v) for v in leaves]))

        return {k: moved(v) for k, v in tried.vars.items()}, {k: moved(v) for k, v in tried.heap.items()}

    return outs, put
