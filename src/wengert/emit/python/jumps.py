"""Ways out of loops, as they are written by hand.

The IR has no jumps: a loop that may end early carries a flag, and what a branch would have skipped stands
in the other branch.  Python has ``break`` and ``return``::

    flag = x[i] < 0.0
    if not flag:                           if x[i] < 0.0:
        total += x[i]**2          =>           break
    if flag:                               total += x[i]**2
        break

Each rewriting is of one body and is repeated until none applies; what has become dead is swept away after.
"""

from __future__ import annotations

import ast

from . import syntax
from .liveness import assigned, is_pure, read, sweep

Body = list[ast.stmt]


def jumps(function: ast.FunctionDef, numbers: frozenset[str]) -> None:
    """Rewrite the loops of a function in place; ``numbers`` are its variables that hold numbers."""
    while _body(function.body, function) or _returns(function) or _otherwise(function.body, function):
        pass
    while sweep(function, numbers) or _body(function.body, function):
        pass


def _body(body: Body, function: ast.FunctionDef) -> bool:
    for s in body:
        if isinstance(s, (ast.For, ast.While)) and (_count_first(s.body) or _endless(s, function)):
            return True
        if isinstance(s, (ast.For, ast.While)) and _thread(s.body):
            return True
        for inner in _bodies(s):
            if _body(inner, function):
                return True
    return any(
        rule(body, k, function)
        for k in range(len(body))
        for rule in (_test_in_place, _conditional, _spread, _named_last)
    )


def _bodies(s: ast.stmt) -> list[Body]:
    if isinstance(s, (ast.For, ast.While, ast.If)):
        return [s.body, s.orelse]
    return []


def _is_break(s: ast.stmt) -> bool:
    """Whether ``s`` is ``if test: break``."""
    return isinstance(s, ast.If) and not s.orelse and len(s.body) == 1 and isinstance(s.body[0], ast.Break)


def _count_first(body: Body) -> bool:
    """Trips are counted at the start of a body, for nothing in it reads the count."""
    for k in range(1, len(body)):
        s, last = body[k], body[-1]
        if (
            _is_count(s)
            and _is_break(last)
            and not assigned(s) & {n for o in body if o is not s for n in read(o) | assigned(o)}
        ):
            body.insert(0, body.pop(k))
            return True
    return False


def _is_count(s: ast.stmt) -> bool:
    """Whether ``s`` counts trips, which no statement of the loop reads."""
    if not isinstance(s, ast.AugAssign) or not isinstance(s.target, ast.Name):
        return False
    return s.target.id.startswith("trips") and isinstance(s.value, ast.Constant) and isinstance(s.op, ast.Add)


def _endless(loop: ast.For | ast.While, function: ast.FunctionDef) -> bool:
    """``while not flag`` where the last thing in the body sets the flag."""
    if not isinstance(loop, ast.While) or not isinstance(loop.test, ast.UnaryOp) or not loop.body:
        return False
    flag = loop.test.operand
    if len(loop.body) > 1 and _is_count(loop.body[-1]):
        loop.body[-2:] = loop.body[:-3:-1]
    last = loop.body[-1]
    if not isinstance(loop.test.op, ast.Not) or not isinstance(flag, ast.Name):
        return False
    if (
        not isinstance(last, ast.Assign)
        or not syntax.same(last.targets[0], flag)
        or _count(function, flag.id) != 1
    ):
        return False
    loop.test = ast.Constant(True)
    loop.body[-1] = ast.If(last.value, [ast.Break()], [])
    return True


def _thread(body: Body) -> bool:
    """``if c: a`` or ``if c: a else: b``, and then ``if c: break``: the way out moves into the branch."""
    if len(body) < 2 or not _is_break(body[-1]):
        return False
    end, before = body[-1], body[-2]
    assert isinstance(end, ast.If)
    if not isinstance(before, ast.If) or assigned(before) & syntax.reads(end.test):
        return False
    if any(isinstance(n, ast.Subscript) for n in ast.walk(end.test)) and any(
        isinstance(n, (ast.Subscript, ast.Call)) for s in (*before.body, *before.orelse) for n in ast.walk(s)
    ):
        return False  # memory may have two names
    if syntax.same(before.test, end.test):
        then, rest = before.body, before.orelse
    elif syntax.same(before.test, syntax.inverse(end.test, False)):
        then, rest = before.orelse, before.body
    else:
        return False
    body[-2:] = [ast.If(end.test, [*then, ast.Break()], []), *rest]
    return True


def _test_in_place(body: Body, k: int, function: ast.FunctionDef) -> bool:
    """``flag = c`` and ``if flag`` right after it, when nobody else asks."""
    s = body[k]
    if k == 0 or not isinstance(s, ast.If):
        return False
    before, test = body[k - 1], s.test
    negated = isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not)
    flag = test.operand if isinstance(test, ast.UnaryOp) and negated else test
    if not isinstance(flag, ast.Name) or not isinstance(before, ast.Assign) or not is_pure(before.value):
        return False
    if not syntax.same(before.targets[0], flag) or _count(function, flag.id) != 1:
        return False
    if isinstance(before.value, ast.Constant):
        return False
    s.test = syntax.inverse(before.value, False) if negated else before.value
    del body[k - 1]
    return True


def _conditional(body: Body, k: int, function: ast.FunctionDef) -> bool:
    """``a += 0.0 if c else v`` and ``a = a if c else v`` as branches."""
    s = body[k]
    if not isinstance(s, (ast.AugAssign, ast.Assign)) or not isinstance(s.value, ast.IfExp):
        return False
    test, then, other = s.value.test, s.value.body, s.value.orelse
    if isinstance(s, ast.Assign):
        idle = [syntax.same(s.targets[0], e) for e in (then, other)]
    else:
        idle = [isinstance(s.op, (ast.Add, ast.Sub)) and _is_zero(e) for e in (then, other)]
    if idle[0] == idle[1]:
        return False
    value = other if idle[0] else then
    new: ast.stmt
    if isinstance(s, ast.Assign):
        new = syntax.bind(s.targets[0], value, True)
    else:
        new = syntax.augment(s.target, s.op, value)
    body[k] = ast.If(syntax.inverse(test, False) if idle[0] else test, [new], [])
    return True


def _is_zero(e: ast.expr) -> bool:
    return isinstance(e, ast.Constant) and e.value == 0 and isinstance(e.value, float)


def _spread(body: Body, k: int, function: ast.FunctionDef) -> bool:
    """What is added to after branches, of which some say that it is zero, is added to in the others."""
    s = body[k]
    if k == 0 or not isinstance(s, ast.AugAssign) or not isinstance(s.value, ast.Name):
        return False
    before, name = body[k - 1], s.value.id
    if (
        not isinstance(before, ast.If)
        or _count(function, name) != 1
        or not isinstance(s.op, (ast.Add, ast.Sub))
    ):
        return False
    ends = _ends(before, name)
    if ends is None or not any(_is_zero(_value(e[-1])) for e in ends):
        return False
    if assigned(before) & (syntax.reads(s.target) - {name}):
        return False
    for e in ends:
        value = _value(e[-1])
        e[-1:] = [] if _is_zero(value) else [syntax.augment(s.target, s.op, value)]
    body[k - 1 : k + 1] = _full(before)
    return True


def _named_last(body: Body, k: int, function: ast.FunctionDef) -> bool:
    """``a, b = v`` and ``return a, b`` right after it."""
    s = body[k]
    if k == 0 or not isinstance(s, ast.Return) or not isinstance(s.value, (ast.Name, ast.Tuple)):
        return False
    before = body[k - 1]
    if not isinstance(before, ast.Assign) or not syntax.same(before.targets[0], s.value):
        return False
    s.value = before.value
    del body[k - 1]
    return True


def _value(s: ast.stmt) -> ast.expr:
    assert isinstance(s, ast.Assign)
    return s.value


def _ends(s: ast.If, name: str) -> list[Body] | None:
    """The branches of ``s``, each of which ends by assigning to ``name``, and only there."""
    out: list[Body] = []
    for body in (s.body, s.orelse):
        if not body or any(name in assigned(o) for o in body[:-1]):
            return None
        last = body[-1]
        if isinstance(last, ast.If):
            inner = _ends(last, name)
            if inner is None:
                return None
            out += inner
        elif (
            isinstance(last, ast.Assign)
            and isinstance(last.targets[0], ast.Name)
            and last.targets[0].id == name
        ):
            out.append(body)
        else:
            return None
    return out


def _full(s: ast.If) -> Body:
    """``s`` without branches in which nothing is done."""
    for body in (s.body, s.orelse):
        body[:] = [o for part in body for o in (_full(part) if isinstance(part, ast.If) else [part])]
    if not s.body and not s.orelse:
        return []
    if not s.body:
        inner = s.orelse[0]
        if len(s.orelse) == 1 and isinstance(inner, ast.If) and not inner.orelse:
            test = syntax.inverse(inner.test, False)
            either = syntax.logical("or", s.test, test)
            return [ast.If(syntax.inverse(either, False), inner.body, [])]
        return [ast.If(syntax.inverse(s.test, False), s.orelse, [])]
    return [s]


def _returns(function: ast.FunctionDef) -> bool:
    """A loop at the end that is left in one place, by a flag that says so after it: ``return`` in its
    place.
    """
    if len(function.body) < 2 or not isinstance(function.body[-1], ast.Return):
        return False
    end, loop = function.body[-1], function.body[-2]
    if not isinstance(end.value, ast.IfExp) or not isinstance(end.value.test, ast.Name):
        return False
    flag = end.value.test.id
    if not isinstance(loop, (ast.For, ast.While)) or not loop.body or loop.orelse:
        return False
    out = _only_way_out(loop, flag)
    if out is None or not _starts_false(function.body[:-2], flag):
        return False
    out[-1] = ast.Return(end.value.body)
    end.value = end.value.orelse
    return True


def _otherwise(body: Body, function: ast.FunctionDef) -> bool:
    """``if flag: a else: b`` after a loop that was left when the flag was set: ``a`` before the ``break``,
    ``b`` in the ``else`` of the loop.
    """
    for k, loop in enumerate(body):
        if not isinstance(loop, (ast.For, ast.While)):
            continue
        if _otherwise(loop.body, function):
            return True
        end = body[k + 1] if k + 1 < len(body) else None
        if not isinstance(end, ast.If) or not isinstance(end.test, ast.Name) or loop.orelse or not loop.body:
            continue
        flag = end.test.id
        out = _only_way_out(loop, flag)
        if out is None or not _starts_false(body[:k], flag) or _count(function, flag) != 2:
            continue
        out[-1:] = [*end.body, ast.Break()]
        loop.orelse = end.orelse
        del body[k + 1]
        return True
    return False


def _only_way_out(loop: ast.For | ast.While, flag: str) -> Body | None:
    """The branch at the top of a loop's body that ends with its only ``break`` and is taken when ``flag``,
    set right before it, is true.
    """
    if isinstance(loop, ast.While) and not (isinstance(loop.test, ast.Constant) and loop.test.value):
        return None
    breaks = sum(isinstance(n, ast.Break) for s in loop.body for n in ast.walk(s))
    for k, s in enumerate(loop.body):
        if not isinstance(s, ast.If) or not isinstance(s.test, ast.Name) or s.test.id != flag:
            continue
        left = bool(s.body) and isinstance(s.body[-1], ast.Break)
        others = [o for o in (*loop.body[:k], *loop.body[k + 1 :], *s.body) if flag in assigned(o)]
        if left and breaks == 1 and len(others) == 1 and others[0] in loop.body[:k]:
            return s.body
    return None


def _starts_false(before: Body, flag: str) -> bool:
    """Whether a flag is set once among some statements, to False."""
    values = [
        s.value
        for s in before
        if isinstance(s, ast.Assign) and isinstance(s.targets[0], ast.Name) and s.targets[0].id == flag
    ]
    return len(values) == 1 and isinstance(values[0], ast.Constant) and values[0].value is False


def _count(function: ast.FunctionDef, name: str) -> int:
    """How often a variable is read."""
    return sum(
        isinstance(n, ast.Name) and n.id == name and not isinstance(n.ctx, ast.Store)
        for n in ast.walk(function)
    ) + sum(
        isinstance(n, ast.AugAssign) and isinstance(n.target, ast.Name) and n.target.id == name
        for n in ast.walk(function)
    )
