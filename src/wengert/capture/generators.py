"""Generators: the body is lowered where it is consumed, with what is done with a value at each ``yield``.

```
def squares(xs):          total = 0.0                total = 0.0
    for x in xs:          for s in squares(a):       for x in a:
        yield x * x           total += s                 s = x * x
                                                         total += s
```

Nothing is stored, effects come in Python's order, and a generator without an end may be left by ``break``.
The two bodies share their variables (the names of the generator are made different from all others), so
that a loop or a branch around a ``yield`` carries and joins what both assign.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace

from ..ir.types import BOOL
from .branches import choose
from .frames import Frame, Host
from .inlining import Target, target_of_closure
from .lower import Lowering
from .renaming import renamed
from .scope import Names
from .source import Source
from .values import (
    AV,
    FALSE,
    NONE,
    TRUE,
    Closure,
    Const,
    GenC,
    GenV,
    ListC,
    Maybe,
    Num,
    Ref,
    Unknown,
)

_DEPTH = 40
_NESTED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
_BODIES: dict[tuple[int, int], tuple[ast.FunctionDef, Source]] = {}
_EXPRESSIONS: dict[int, tuple[ast.GeneratorExp, ast.FunctionDef]] = {}


def yields(node: ast.AST) -> bool:
    """Whether a function or a statement has a ``yield`` of its own."""
    todo: list[ast.AST] = [node] if isinstance(node, ast.expr) else [*ast.iter_child_nodes(node)]
    while todo:
        n = todo.pop()
        if isinstance(n, (ast.Yield, ast.YieldFrom)):
            return True
        if not isinstance(n, _NESTED):
            todo += ast.iter_child_nodes(n)
    return False


def made(lw: Lowering, target: Target, variables: dict[str, AV]) -> Ref:
    """What a call of a generator function gives."""
    from .pausing import pausing

    return lw.new_object(pausing(GenC(target, tuple(variables), tuple(variables.values()))))


def settled(lw: Lowering, av: AV) -> AV:
    """A value that outlives the expression it stands in: a generator expression has its first iterable."""
    if not isinstance(av, GenV):
        return av
    function = _function(lw, av.node)
    lw.frame.gone |= set(lw.frame.temps)
    source = Source(function, lw.frame.source.file, "<genexpr>", owner=lw.frame.source.owner)
    return made(lw, target_of_closure(Closure(source, lw.frame, (), ())), {".0": av.iterable})


def _function(lw: Lowering, node: ast.GeneratorExp) -> ast.FunctionDef:
    """A generator expression as a function of its first iterable."""
    known = _EXPRESSIONS.get(id(node))
    if known is not None:
        return known[1]
    if any(isinstance(n, ast.NamedExpr) for n in ast.walk(node)):
        lw.refuse("C0110", "`:=` in a generator that is not consumed at once is not supported", node)
    body: ast.stmt = ast.Expr(ast.Yield(node.elt))
    for k, g in reversed([*enumerate(node.generators)]):
        for test in reversed(g.ifs):
            body = ast.If(test, [body], [])
        body = ast.For(g.target, g.iter if k else ast.Name(".0", ast.Load()), [body], [])
    args = ast.arguments([], [ast.arg(".0")], None, [], [], None, [])
    made = ast.FunctionDef("genexpr", args, [body], [], None)
    for n in ast.walk(made):
        if isinstance(n, (ast.stmt, ast.expr, ast.arg)) and not hasattr(n, "lineno"):
            ast.copy_location(n, node)
    _EXPRESSIONS[id(node)] = node, made
    return made


def generator(lw: Lowering, av: AV) -> GenC | None:
    """What a value is, if it is a generator."""
    content = lw.content(av) if isinstance(av, Ref) else None
    return content if isinstance(content, GenC) else None


def run(
    lw: Lowering,
    ref: Ref,
    names: Names,
    head: Names,
    take: Callable[[AV], None],
    breaks: bool = False,
    returns: bool = False,
) -> AV:
    """``for x in ref: take(x)``; what the generator returned.  ``take`` runs in the frame on top now."""
    content = generator(lw, ref)
    assert content is not None
    if content.state == "done":
        return NONE
    if content.state == "left":
        lw.refuse("C0110", "the rest of a generator that was left before its end is not supported")
    from .pausing import started_of

    started = started_of(content)
    if started is not None and not _is_false(started):
        from .calls import call_prelude_of
        from .composites import iterators

        rest = call_prelude_of(lw, iterators.rest, ref)
        assert isinstance(rest, Ref)
        return run(lw, rest, names, head, take, breaks, returns)
    outer = lw.frame
    level = 1 + len({f for f in lw.stack if f.host is not None})  # those that run now share variables
    if outer.host is not None:
        returns = returns or outer.host.breaks or outer.host.returns
    if level > _DEPTH:
        lw.refuse("C0110", "generators nest too deep")
    live = names | head | lw.live_out | lw.exit_live | outer.kept
    host = Host(outer, take, names, head, live, breaks, returns, level)
    lw.heap[ref.key] = replace(content, state="left")
    _lower(lw, content, host)
    value = _left(lw, host)
    broken = lw.frame.vars.pop(host.broken, FALSE)
    if not _is_false(broken):
        lw.frame.vars["%brk"] = broken
    if not (breaks or returns):
        lw.heap[ref.key] = replace(content, state="done")
    return value


def _lower(lw: Lowering, content: GenC, host: Host) -> None:
    """The body of a generator, in the place of the loop over it."""
    target: Target = content.target
    source = _body(lw, target.source, host.level)
    frame = Frame(source, target.globals, target.cells, target.parent, lw.unit, host=host)
    variables = host.frame.vars
    own = frame.scope.locals
    for arg, av in zip(_parameters(source.node), content.items, strict=False):
        variables[arg] = av
    variables[host.ended] = variables[host.broken] = FALSE
    before = lw.live_out, lw.exit_live, lw.b.span
    lw.live_out = lw.exit_live = host.live
    lw.stack.append(frame)
    lw.session.calls.append(lw.b.span)
    try:
        from .statements import statements

        for name in frame.scope.boxed & variables.keys():
            lw.bind(name, variables.pop(name))
        assert isinstance(source.node, ast.FunctionDef)
        statements(lw, source.node.body)
    finally:
        lw.stack.pop()
        lw.session.calls.pop()
        lw.live_out, lw.exit_live, lw.b.span = before
        for name in own:
            lw.frame.vars.pop(name, None)
            lw.frame.vars.pop("%box " + name, None)


def _parameters(node: ast.AST) -> list[str]:
    from .scope import all_args

    assert isinstance(node, ast.FunctionDef)
    return [a.arg for a in all_args(node.args)]


def _body(lw: Lowering, source: Source, level: int) -> Source:
    """The tree of a generator function, with names of its own at this level."""
    node = source.node
    assert isinstance(node, ast.FunctionDef)
    known = _BODIES.get((id(node), level))
    if known is not None and known[0] is node:
        return known[1]
    _check(lw, source, node)
    found = Source(renamed(node, str(level)), source.file, source.name, owner=source.owner)
    _BODIES[id(node), level] = node, found
    return found


def _check(lw: Lowering, source: Source, node: ast.FunctionDef) -> None:
    """Refuse a ``yield`` whose place is not understood."""
    good: set[int] = set()
    todo: list[tuple[ast.AST, bool]] = [(s, False) for s in node.body]
    while todo:
        n, guarded = todo.pop()
        if isinstance(n, ast.ClassDef):
            lw.b.span = source.span(n)
            lw.refuse("C0110", "a class inside a generator is not supported", hint="define it outside")
        if isinstance(n, _NESTED):
            continue
        if isinstance(n, (ast.Expr, ast.Assign)) and isinstance(n.value, (ast.Yield, ast.YieldFrom)):
            good.add(id(n.value))
        if isinstance(n, (ast.Yield, ast.YieldFrom)) and (guarded or id(n) not in good):
            lw.b.span = source.span(n)
            text = "a `yield` inside a `try` that catches" if guarded else "a `yield` inside an expression"
            lw.refuse("C0110", f"{text} is not supported", hint="return a list or a tuple instead")
        guarded = guarded or (isinstance(n, ast.Try) and bool(n.handlers))
        todo += [(c, guarded) for c in ast.iter_child_nodes(n)]


def take(lw: Lowering, node: ast.Yield) -> AV:
    """``yield value``: the consumer runs now."""
    from .expressions import expression

    if lw.frame.host is None:
        lw.refuse("C0110", "a generator or coroutine cannot be differentiated", node)
    _give(lw, NONE if node.value is None else expression(lw, node.value))
    return NONE


def take_from(lw: Lowering, node: ast.YieldFrom) -> AV:
    """``yield from iterable``: each of its values is one of this generator."""
    from .expressions import expression
    from .iterables import iterator_of
    from .iteration import iterate

    host = lw.frame.host
    if host is None:
        lw.refuse("C0110", "a generator or coroutine cannot be differentiated", node)
    iterable = iterator_of(lw, expression(lw, node.value))
    lw.at(node)
    names = host.carried | markers(lw.frame, node)
    if generator(lw, iterable) is not None:
        assert isinstance(iterable, Ref)
        return run(lw, iterable, names, host.head, lambda av: _give(lw, av))
    iterate(lw, iterable, names, host.head, id(node), lambda av: _give(lw, av))
    return NONE


def _give(lw: Lowering, av: AV) -> None:
    """Let the consumer have a value; where it leaves, the generator ends."""
    host = lw.frame.host
    assert host is not None
    outer = lw.live_out, lw.exit_live, lw.b.span
    lw.stack.append(host.frame)
    try:
        host.take(settled(lw, av))
    finally:
        lw.stack.pop()
        lw.live_out, lw.exit_live, lw.b.span = outer
    variables = lw.frame.vars
    broke = variables.pop("%brk", FALSE)
    if _is_false(broke):
        return
    variables[host.ended] = variables[host.broken] = broke
    left = variables.get("%ret", FALSE)
    variables["%ret"] = _or(lw, left, broke)


def ended(lw: Lowering, host: Host, value: AV) -> None:
    """``return value`` in a generator."""
    lw.frame.vars["%ret"] = lw.frame.vars[host.ended] = TRUE
    if not (isinstance(value, Const) and value.value is None):
        lw.frame.vars[host.value] = value


def _left(lw: Lowering, host: Host) -> AV:
    """Tell the end of the generator from a ``return`` of the consumer; what the generator returned."""
    variables = lw.frame.vars
    left, over = variables.pop("%ret", FALSE), variables.pop(host.ended, FALSE)
    value = variables.pop(host.value, NONE)
    if isinstance(value, Unknown):
        value = NONE
    if host.returns and not _is_false(left):
        if _is_false(over):
            variables["%ret"] = left
        elif isinstance(over, Num):
            gone = lw.emit("not", lw.number(over, BOOL))
            both = gone if isinstance(left, Const) else lw.emit("and", lw.number(left, BOOL), gone)
            variables["%ret"] = Num(both)
    if isinstance(value, Maybe):
        some = value
        return choose(lw, Num(some.defined), lambda: some.value, lambda: NONE)
    return value


def _is_false(av: AV) -> bool:
    return isinstance(av, Const) and not av.value


def _or(lw: Lowering, a: AV, b: AV) -> AV:
    for x, y in ((a, b), (b, a)):
        if isinstance(x, Const):
            return TRUE if x.value else y
    return Num(lw.emit("or", lw.number(a, BOOL), lw.number(b, BOOL)))


def markers(frame: Frame, s: ast.AST) -> Names:
    """The flags that a statement of a generator may set."""
    host = frame.host
    assert host is not None
    returns = [n for n in ast.walk(s) if isinstance(n, ast.Return)]
    out: set[str] = set()
    if host.breaks and yields(s):
        out |= {host.ended, host.broken}
    if returns:
        out.add(host.ended)
    if any(n.value is not None for n in returns):
        out.add(host.value)
    return frozenset(out)


def carried(frame: Frame, s: ast.AST) -> Names:
    """What a loop of a generator carries for its consumer."""
    host = frame.host
    if host is None:
        return frozenset()
    return markers(frame, s) | (host.carried if yields(s) else frozenset())


def listed(lw: Lowering, av: AV) -> AV:
    """A generator as a list of all its values; other values as they are."""
    if isinstance(av, GenV):
        from .comprehensions import collected

        return collected(lw, av)
    if generator(lw, av) is None:
        return av
    from .methods import append_to

    assert isinstance(av, Ref)
    out = lw.new_object(ListC(()))
    lw.shaped(out)
    run(lw, av, frozenset(), frozenset(), lambda x: append_to(lw, out, x))
    return lw.shaped(out)
