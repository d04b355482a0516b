"""`check_rule`: the rules of a user's function or operation, against differences and against each other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..algebra.custom import rules_of
from ..algebra.operation import Operation
from ..diag import Diagnostic
from ..errors import error_for
from .check import Report, check_grads


def check_rule(f: Callable[..., Any], args: Sequence[Any], *, order: int = 1, **options: Any) -> Report:
    """Check the derivative that `derivative`, `transpose` or `primitive` gave to ``f``, at ``args``.

    The function itself is called for differences; forward mode is held against these, and reverse mode
    against forward mode, so that two rules given for one function are checked against each other.  ``order``
    and other options are those of `check_grads`; ``wrt`` is what the rule was given for.

    >>> import math, wengert
    >>> def cube_root(x):
    ...     return math.exp(math.log(x) / 3.0)
    >>> @wengert.derivative(of=cube_root)
    ... def rule(y_bar, y, x):
    ...     return y_bar / (3.0 * y * y)
    >>> report = check_rule(cube_root, (2.0,))
    >>> len(report.rows) > 0
    True
    """
    rules = rules_of(f)
    if rules is None and not isinstance(f, Operation):
        name = getattr(f, "__name__", repr(f))
        helps = ("give it one with `@wengert.derivative(of=...)`, or use `check_grads`",)
        raise error_for(Diagnostic("U0601", f"`{name}` has no rule of its own", helps=helps))
    if rules is not None and rules.wrt is not None and "wrt" not in options:
        options["wrt"] = rules.wrt
    if rules is not None and rules.operation is None:
        return check_grads(f, args, order, **options)
    operation = f if rules is None else rules.operation
    assert isinstance(operation, Operation)
    return check_grads(_called(operation, len(args)), args, order, **options)


def _called(operation: Operation, count: int) -> Callable[..., Any]:
    """A Python function that calls the operation."""
    made: list[Callable[..., Any]] = [
        lambda a: operation(a),
        lambda a, b: operation(a, b),
        lambda a, b, c: operation(a, b, c),
        lambda a, b, c, d: operation(a, b, c, d),
    ]
    if count > len(made):
        text = f"`check_rule` takes up to {len(made)} arguments, not {count}"
        raise error_for(Diagnostic("U0601", text))
    return made[count - 1]


__all__ = ["check_rule"]
