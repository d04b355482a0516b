"""Branches: two arms are lowered apart, and what they changed is joined.

An arm that ends in an exception yields nothing: the other one goes on after the ``if``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, cast

from ..ir.build import Builder
from ..ir.core import Op, Value
from ..ir.types import BOOL
from ..prims import REGISTRY
from .forms import (
    MISSING,
    FChoice,
    FHandle,
    FMaybe,
    FMissing,
    FNode,
    FNum,
    Form,
    FRow,
    FSame,
    Mismatch,
    form_of,
    leaf_types,
    leaves_of,
    parts_of,
    rebuild,
    same_form,
)
from .joining import join, option_of
from .lower import FLAGS, Dead, Lowering, Refusal
from .values import (
    AV,
    FALSE,
    TRUE,
    Arr,
    Choice,
    Const,
    Content,
    GrowC,
    Held,
    Maybe,
    MovedC,
    Num,
    Ref,
    Row,
    Unknown,
    same,
)

_FLAG_NAMES = frozenset(FLAGS)
_QUIET = frozenset({"%rv"})  # read only where a flag says that it was set


@dataclass(eq=False, slots=True)
class Arm:
    """One arm after lowering: its operations and what it made of the variables."""

    b: Builder
    vars: dict[str, AV]
    heap: dict[int, Content]
    dead: bool
    result: AV | None

    def left(self) -> bool:
        """Whether it ends by leaving the block."""
        return any(isinstance(f := self.vars.get(k), Const) and f.value is True for k in FLAGS)

    def flagged(self) -> bool:
        return "%brk" in self.vars or "%cont" in self.vars


def arm(lw: Lowering, body: Callable[[], AV | None]) -> Arm:
    """Lower one arm; the variables are afterwards as before."""
    before, heap = lw.frame.vars, lw.heap
    out = Arm(Builder(lw.b.span), dict(before), dict(heap), False, None)
    try:
        resume(lw, out, body)
    finally:
        lw.frame.vars, lw.heap = before, heap
    return out


def resume(lw: Lowering, out: Arm, body: Callable[[], AV | None]) -> None:
    """Lower more at the end of an arm."""
    before, heap, b = lw.frame.vars, lw.heap, lw.b
    lw.frame.vars, lw.heap, lw.b = out.vars, out.heap, out.b
    lw.arms += 1
    try:
        result = body()
        out.result = result if result is not None else out.result
    except Dead:
        out.dead = True
    finally:
        lw.arms -= 1
        out.vars, out.heap = lw.frame.vars, lw.heap
        lw.frame.vars, lw.heap, lw.b = before, heap, b


def unless(lw: Lowering, left: Value, body: Callable[[], None]) -> None:
    """``if not left: body``, where ``left`` tells whether an early exit was taken."""
    flags = [k for k in FLAGS if isinstance(lw.frame.vars.get(k), Num)]

    def stay() -> None:
        for k in flags:
            del lw.frame.vars[k]
        body()

    def gone() -> None:
        if len(flags) == 1:
            lw.frame.vars[flags[0]] = TRUE

    join_arms(lw, left, arm(lw, gone), arm(lw, stay), lw.live_out)


def choose(lw: Lowering, cond: AV, a: Callable[[], AV], b: Callable[[], AV]) -> AV:
    """``a() if cond else b()``."""
    test = lw.truth(cond)
    if isinstance(test, Const):
        return a() if test.value else b()
    result = join_arms(lw, test.value, arm(lw, a), arm(lw, b), None)
    assert result is not None
    return result


def join_arms(lw: Lowering, cond: Value, a: Arm, b: Arm, live: frozenset[str] | None) -> AV | None:
    """Emit the ``if`` and go on with what both arms agree on; variables outside ``live`` are forgotten."""
    if a.dead and b.dead:
        lw.b.emit("if", (cond,), regions=(lw.block(a.b), lw.block(b.b)))
        raise Dead
    if a.dead and _raises_only(a.b.ops):
        _splice(lw, a, b, cond, negate=True)
        return b.result
    if b.dead and _raises_only(b.b.ops):
        _splice(lw, b, a, cond, negate=False)
        return a.result
    if live is not None and (a.flagged() or b.flagged()):
        live = live | lw.exit_live
    joined = Join(lw, a, b)
    joined.variables(live)
    joined.objects()
    result = joined.value(a.result, b.result)
    joined.finish(cond)
    return result()


def _raises_only(ops: list[Op]) -> bool:
    """Whether an arm only computes a message and raises."""
    if not ops or ops[-1].name != "check":
        return False
    return all(op.name == "const" or (op.name in REGISTRY and REGISTRY[op.name].pure) for op in ops[:-1])


def _splice(lw: Lowering, dead: Arm, alive: Arm, cond: Value, negate: bool) -> None:
    """``if c: raise`` is a check, and what follows needs no branch."""
    check = dead.b.ops[-1]
    used = {v for op in dead.b.ops[:-1] for v in op.operands} | set(check.operands[1:])
    lw.b.ops.extend(op for op in dead.b.ops[:-1] if op.result in used)
    ok = lw.emit("not", cond) if negate else cond
    lw.b.emit("check", (ok, *check.operands[1:]), check.attrs, span=check.span)
    lw.b.ops.extend(alive.b.ops)
    lw.frame.vars, lw.heap = alive.vars, alive.heap


class Join:
    """What two arms yield, and what is made of it behind the ``if``."""

    def __init__(self, lw: Lowering, a: Arm, b: Arm) -> None:
        self.lw, self.a, self.b = lw, a, b
        self.forms: list[Form] = []
        self.pairs: list[tuple[Any, Any]] = []
        self.sinks: list[Callable[[Any], None]] = []
        self.inside = {r for op in chain(a.b.ops, b.b.ops) for r in op.results}
        self.vars: dict[str, AV] = {}
        self.heap: dict[int, Content] = {}
        self.keep: frozenset[str] | None = None

    def add(self, form: Form, x: Any, y: Any, sink: Callable[[Any], None]) -> None:
        self.forms.append(form)
        self.pairs.append((x, y))
        self.sinks.append(sink)

    def one(self, name: str, x: Any, y: Any, sink: Callable[[Any], None], flag: bool = True) -> None:
        """Join one thing; ``name`` is for the message."""
        if self.a.dead or self.b.dead:
            only = y if self.a.dead else x
            if only is None:
                return
            if not any(v in self.inside for v in leaves_of(only)):
                sink(only)
                return
            form = form_of(only)
            self.add(form, x, y, sink)
            return
        if x is not None and y is not None and same(x, y):
            if any(v in self.inside for v in leaves_of(x)):
                self.add(form_of(x), x, y, sink)
            else:
                sink(x)
            return
        if isinstance(x, Unknown) or isinstance(y, Unknown):
            sink(Unknown())
            return
        if isinstance(x, Ref) and isinstance(y, Ref):
            from .meeting import lists_meet, objects_meet

            form = lists_meet(self, x, y)
            if form is not None:
                self.add(form, x, y, sink)
                return
            merged = objects_meet(self, x, y, names=1 if name else 0)
            if merged is not None:
                sink(merged)
                return
        try:
            form = join(form_of(x), form_of(y), flag)
        except Mismatch as e:
            one, other = e.args
            text = f"`{name}` is {one} on one path and {other} on the other" if name else f"{one} or {other}"
            hint = "use the same type on both paths"
            if isinstance(x, Unknown):
                return
            self.lw.session.report(self.lw, "C0111", text, hint)
            sink(Unknown())
            return
        self.add(form, x, y, sink)

    def live(self, variables: dict[str, AV]) -> dict[str, AV]:
        """The variables that are read later."""
        keep = self.keep
        return {n: v for n, v in variables.items() if keep is None or n in keep or n.startswith("%")}

    def variables(self, live: frozenset[str] | None) -> None:
        keep = self.keep = None if live is None else live | self.lw.frame.kept
        for name in self.a.vars | self.b.vars:
            x, y = self.a.vars.get(name), self.b.vars.get(name)
            if name in _FLAG_NAMES:
                x = FALSE if x is None and not self.a.dead else x
                y = FALSE if y is None and not self.b.dead else y
            elif keep is not None and name not in keep and not name.startswith("%") and not same(x, y):
                continue

            def sink(av: Any, name: str = name) -> None:
                if name in _FLAG_NAMES and isinstance(av, Const) and av.value is False:
                    return
                if av is not None:
                    self.vars[name] = av

            self.one(name, x, y, sink, name not in _QUIET)

    def objects(self) -> None:
        for key in self.a.heap | self.b.heap:
            old = self.lw.session.originals.get(key)
            x, y = self.a.heap.get(key, old), self.b.heap.get(key, old)

            def sink(content: Any, key: int = key) -> None:
                if content is not None:
                    self.heap[key] = content

            self.one("an object", x, y, sink, False)

    def value(self, x: AV | None, y: AV | None) -> Callable[[], AV | None]:
        box: list[AV | None] = [None]
        if x is not None or y is not None:
            self.one("", x, y, lambda av: box.__setitem__(0, av))
        return lambda: box[0]

    def finish(self, cond: Value) -> None:
        lw = self.lw
        blocks = [self.close(self.a, 0), self.close(self.b, 1)]
        types = [t for f in self.forms for t in leaf_types(f)]
        hints = [_hint(v, w) for v, w in zip(blocks[0].yields, blocks[1].yields, strict=True)]
        if types or blocks[0].ops or blocks[1].ops:
            results = lw.b.emit("if", (cond,), regions=blocks, types=types, hints=hints)
        else:
            results = ()
        leaves = iter(results)
        for form, sink in zip(self.forms, self.sinks, strict=True):
            sink(rebuild(form, leaves))
        lw.frame.vars, lw.heap = self.vars, self.heap

    def close(self, arm: Arm, side: int) -> Any:
        lw = self.lw
        outer, lw.b = lw.b, arm.b
        heap, lw.heap = lw.heap, arm.heap
        try:
            yields = [
                v
                for form, pair in zip(self.forms, self.pairs, strict=True)
                for v in convert(lw, None if arm.dead else pair[side], form)
            ]
        finally:
            lw.b, lw.heap = outer, heap
        return lw.block(arm.b, (), yields)


def chosen(lw: Lowering, av: Any, form: FChoice) -> list[Value]:
    """The leaves of one of the options, which may be one of several itself."""
    if not isinstance(av, Choice):
        try:
            k = option_of(form, av)
        except Mismatch as e:
            lw.refuse(
                "C0111", f"{e.args[0]} where {e.args[1]} was before", hint="use one type from the start"
            )
        out = [lw.int(k)]
        for j, option in enumerate(form.options):
            out += convert(lw, av if j == k else None, option)
        return out
    types = leaf_types(form)
    if same_form(form_of(av), form):
        return leaves_of(av)

    def at(k: int) -> list[Value]:
        if k == len(av.options) - 1:
            return chosen(lw, av.options[k], form)
        test = lw.emit("eq", av.index, lw.int(k))
        blocks: list[Any] = []
        for body in (lambda: chosen(lw, av.options[k], form), lambda: at(k + 1)):
            with lw.region() as b:
                values = body()
            blocks.append(lw.block(b, (), values))
        return list(lw.b.emit("if", (test,), regions=blocks, types=types))

    return at(0)


def spread(lw: Lowering, avs: Sequence[AV], body: Callable[[Sequence[AV]], AV]) -> AV:
    """``body`` of values that may be one of several: a branch for each, joined again.

    An option that is ``None`` or a string where ``body`` takes neither raises at run time, as in Python.
    """
    k = next((k for k, av in enumerate(avs) if isinstance(av, Choice)), None)
    if k is None:
        return body(avs)
    av = avs[k]
    assert isinstance(av, Choice)

    def option(n: int) -> AV:
        one = av.options[n]
        try:
            return spread(lw, [*avs[:k], one, *avs[k + 1 :]], body)
        except Refusal as e:
            if e.diagnostic is None or not (isinstance(one, Const) and isinstance(one.value, str | None)):
                raise
            message = e.diagnostic.message.replace("{", "{{").replace("}", "}}")
            lw.check(lw.const(False, BOOL), "TypeError", message)
            raise Dead from None

    def at(n: int) -> AV:
        if n == len(av.options) - 1:
            return option(n)
        return choose(lw, Num(lw.emit("eq", av.index, lw.int(n))), lambda: option(n), lambda: at(n + 1))

    return at(0)


def _hint(a: Value, b: Value) -> str:
    return a.hint or b.hint


def convert(lw: Lowering, av: Any, form: Form) -> list[Value]:
    """The leaves of a value in a form that it fits; zeros for a missing value."""
    match form:
        case FSame() | FMissing():
            return []
        case FMaybe():
            head: list[Value] = []
            inner = av
            if form.flag:
                if isinstance(av, Maybe):
                    head, inner = [av.defined], av.value
                else:
                    head = [lw.const(av is not None, leaf_types(form)[0])]  # pyright: ignore[reportArgumentType]
            elif isinstance(av, Maybe):
                inner = av.value
            return [*head, *convert(lw, inner, form.part)]
        case _ if av is None:
            return [lw.undef(t) for t in leaf_types(form)]
        case FChoice():
            return chosen(lw, av, form)
        case FRow():
            from .rows import row_leaves

            return row_leaves(lw, av, form)
        case FHandle():
            return [av.at[0].value]
        case FNode() if isinstance(form.value, Held) and type(av) is not Held:
            from .held import held_leaves

            return held_leaves(lw, av, form)
        case FNode() if isinstance(form.value, GrowC):
            from .lists import convert_list

            return convert_list(lw, av, form)
        case FNum():
            return [lw.number(av, form.dtype)]
        case FNode():
            if isinstance(form.value, Row) and isinstance(moved := lw.heap.get(av.key), MovedC):
                av = Row(moved.key, moved.at)
            parts = parts_of(av)
            assert parts is not None
            return [v for p, f in zip(parts, form.parts, strict=True) for v in convert(lw, p, f)]
        case _:
            return [cast("Num | Arr", av).value]


__all__ = ["MISSING", "Arm", "arm", "choose", "convert", "join_arms", "resume", "spread", "unless"]
