"""`under`: a function run under any algebra, as it was captured; and the algebras of daily use by name."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..algebra.base import Algebra, Traced
from ..algebra.run import Runner
from ..capture import capture
from ..capture.library import stand_in
from ..capture.pytree import flatten, rebuilt
from ..capture.signature import signature_of
from ..errors import WengertError
from ..ir.types import dtype_of
from ..transform.expand import expand
from ..transform.inline import inline
from .binding import Binder
from .derivative import Derivative
from .pipeline import display_name, quiet
from .stage import Stage, captured_stage

if TYPE_CHECKING:
    from ..algebra.cost import Costs

Fun = Callable[..., Any]


def under(algebra: Any) -> Callable[[Fun], Under]:
    """The transform that runs functions under ``algebra``, an `Algebra` or the class of one.

    Arguments are numbers and arrays, which are constants, or values that the algebra made.  Loops, branches,
    views and writes work; where the program needs to know what the algebra cannot tell, `UndecidedError`
    says so, with the line.  Arguments are left as they were.

    >>> import wengert
    >>> from wengert.algebra import Interval
    >>> i = Interval()
    >>> def f(x):
    ...     y = 1.0
    ...     for _ in range(3):
    ...         y = y * x
    ...     return y
    >>> y = wengert.under(i)(f)(i.between(1.0, 2.0))
    >>> 8.0 in y, 9.0 in y
    (True, False)
    """
    made = algebra() if isinstance(algebra, type) else algebra
    if not isinstance(made, Algebra):
        raise TypeError(f"`under` takes an algebra, not {type(made).__name__}")
    return lambda fun: Under(made, fun)


class Under:
    """A function under an algebra."""

    def __init__(self, algebra: Algebra, fun: Fun) -> None:
        self.algebra = algebra
        self.fun = fun
        self.__name__ = display_name(fun)
        self._stages: dict[Any, Stage] = {}
        self._binder: Binder | None = None

    def __repr__(self) -> str:
        return f"<{self.__name__} under {self.algebra.name}>"

    def __call__(self, *args: Any, **keywords: Any) -> Any:
        """The result, of values of the algebra (see `Algebra.result`)."""
        given = [_map(a, self.algebra.given) for a in args]
        named = {k: _map(a, self.algebra.given) for k, a in keywords.items()}
        try:
            stage = self.stage(given, named)
        except WengertError as error:
            raise quiet(error) from None
        if self._binder is None:
            self._binder = Binder(stage_function(self.fun), self.__name__, 0)
        values = self._binder.bind(given, named).values
        leaves = flatten(values, stage.inputs)
        lifted = [
            self.algebra.lift(x)
            if dtype_of(leaf.type).is_inexact or self.algebra.name == "Check"
            else (x.copy() if isinstance(x, np.ndarray) else x)
            for x, leaf in zip(leaves, stage.inputs.leaves(), strict=True)
        ]
        hidden = [self.algebra.lift(h.read()) for h in stage.hidden]
        supplied = [*lifted, *hidden]
        results = Runner(stage.module, self.algebra).run([supplied[k] for k in stage.supply])
        return rebuilt(stage.output, lambda leaf: self.algebra.result(results[leaf.index]))

    def stage(self, args: Sequence[Any], keywords: dict[str, Any]) -> Stage:
        """The module for arguments of these types; captured once for each."""
        plain = [_map(a, like) for a in args]
        named = {k: _map(a, like) for k, a in keywords.items()}
        key = (signature_of(plain), tuple(named), signature_of(list(named.values())))
        found = self._stages.get(key)
        if found is None or not all(g.check() for g in found.guards):
            found = self._captured(plain, named)
            self._stages[key] = found
        return found

    def _captured(self, args: Sequence[Any], named: dict[str, Any]) -> Stage:
        """For types only: a value of an algebra is no number to compile for."""
        if not isinstance(self.fun, Derivative):
            stage = captured_stage(capture(self.fun, args, named, by_value=False))
            return stage.with_module(inline(expand(stage.module)))
        program = self.fun.program
        return program.stage(program.bind(args, named), by_value=False)


def stage_function(fun: Fun) -> Fun:
    """The function whose parameters are called."""
    return fun.program.fun if isinstance(fun, Derivative) else fun


def like(x: Any) -> Any:
    """A value of NumPy with the type of a value of an algebra; others as they are."""
    return stand_in(x) if isinstance(x, Traced) else x


def _map(x: Any, f: Callable[[Any], Any]) -> Any:
    """``f`` of the parts of lists, tuples and dicts that are not taken as a whole."""
    y = f(x)
    if y is not x:
        return y
    if type(x) in (list, tuple):
        return type(x)(_map(c, f) for c in x)
    if type(x) is dict:
        return {k: _map(c, f) for k, c in x.items()}
    return x


# algebras of daily use


def check(fun: Fun) -> Callable[..., Any]:
    """The function on shapes alone: ``check(f)(*args)`` raises `ShapeError` where shapes do not fit, with the
    operation, the shapes and the line, and returns the shape and dtype of the result.  Nothing is computed.

    >>> import numpy as np, wengert
    >>> wengert.check(lambda a, b: a @ b)(np.ones((2, 3)), np.ones((3, 4)))
    <f64[2, 4]>
    """
    from ..algebra.check import Check

    algebra = Check()
    run = Under(algebra, fun)
    return lambda *args, **keywords: run(
        *[_map(a, algebra.lift) for a in args], **{k: _map(a, algebra.lift) for k, a in keywords.items()}
    )


def interval(fun: Fun) -> Under:
    """The function on intervals: arguments are pairs ``(lo, hi)`` of numbers or arrays, or constants.

    The result contains the value for every choice of arguments between the bounds, rounding included.

    >>> import wengert
    >>> y = wengert.interval(lambda x: x * x)((1.0, 2.0))
    >>> 1.0 in y and 4.0 in y
    True
    """
    from ..algebra.interval import Interval

    return Under(Interval(), fun)


def cost(fun: Fun) -> Callable[..., Costs]:
    """What a call does: ``cost(f)(*args)`` gives floating-point operations and bytes, in total and by line.

    >>> import numpy as np, wengert
    >>> wengert.cost(lambda a, b: a @ b)(np.ones((2, 3)), np.ones((3, 4))).flops
    40
    """

    def counted(*args: Any, **keywords: Any) -> Costs:
        from ..algebra.cost import Cost

        algebra = Cost()
        Under(algebra, fun)(*args, **keywords)
        return algebra.costs

    return counted


def sparsity(fun: Fun, wrt: int | str = 0) -> Callable[..., Any]:
    """Which elements of the result depend on which of argument ``wrt``, for the way that the program takes at
    these arguments: a matrix of bools, a row for each element of the result.

    >>> import numpy as np, wengert
    >>> wengert.sparsity(lambda x: x[1:] - x[:-1])(np.ones(3)).astype(int)
    array([[1, 1, 0],
           [0, 1, 1]])
    """

    def pattern(*args: Any, **keywords: Any) -> Any:
        from ..algebra.sparsity import Sparsity

        algebra = Sparsity()
        given = list(args)
        name = wrt if isinstance(wrt, str) else ""
        if isinstance(wrt, str) and wrt not in keywords:
            name, place = "", list(inspect.signature(fun).parameters).index(wrt)
        else:
            place = wrt if isinstance(wrt, int) else 0
        if name:
            keywords[name] = algebra.variable(keywords[name])
        else:
            given[place] = algebra.variable(given[place])
        return algebra.pattern(Under(algebra, fun)(*given, **keywords))

    return pattern


def symbolic(fun: Fun) -> Under:
    """The function on expressions of SymPy: arguments are names of variables, expressions or numbers.

    >>> import wengert
    >>> wengert.symbolic(lambda x, y: x * y + x)("x", "y")
    x*y + x
    """
    from ..algebra.symbolic import Symbolic

    return Under(Symbolic(), fun)
