"""Operations of the user's: the same record as ours, so every mode and algebra that has a rule takes them.

A rule is written once, over whatever the algebra's values are.  One that needs plain arrays (it calls a
library) is called with plain arrays where there are none: compiled code calls back into Python for it, as it
does for the operation itself.  A rule that is missing is derived from the other: reverse mode is the
transpose of forward mode.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import numpy as np

from ..diag import Diagnostic
from ..errors import RuleError, error_for
from ..ir.dtypes import BY_DTYPE, NUMPY
from ..ir.types import Array, Scalar, Type, dtype_of
from ..prims.primitive import REGISTRY, Carrier, InferError, Primitive, Rule, register
from .base import Algebra, Spec, Traced, inexact, is_array, shape_of


def elementwise_result(*xs: Spec) -> Spec:
    """The result of an elementwise operation: shapes broadcast, dtypes promote."""
    return Spec(np.broadcast_shapes(*[x.shape for x in xs]), np.result_type(*[x.dtype for x in xs]))


class Operation:
    """An operation of the user's; see `primitive`."""

    def __init__(self, record: Primitive) -> None:
        self.record = record
        self.__name__ = record.name
        self.__doc__ = record.doc
        self.used = False

    def __call__(self, *args: Any) -> Any:
        """The result, in the algebra of the operands."""
        return self.record(*[np.asarray(a) if isinstance(a, list) else a for a in args])

    def __repr__(self) -> str:
        return f"<operation {self.__name__}>"

    def _set(self, **fields: Any) -> None:
        if self.used:
            text = f"`{self.__name__}` is compiled into functions already, and gets another rule"
            raise error_for(Diagnostic("U0601", text, helps=("give all rules before the first use",)))
        self.record = REGISTRY[self.record.name] = replace(self.record, **fields)

    def partials(self, *rules: Any) -> Operation:
        """For each operand of an elementwise operation its partial derivative: a number, or
        ``rule(y, *xs)``."""
        name = self.record.name
        opaque = [
            r if not callable(r) else _robust(r, f"{name}.partial{k}", _like_result)
            for k, r in enumerate(rules)
        ]
        self._set(partials=tuple(opaque))
        return self

    def jvp(self, rule: Rule) -> Rule:
        """Forward mode: ``rule(xs, dxs, y)`` gives the tangent of ``y``; absent tangents are ``None``."""
        own = _flat_jvp(rule, self.record.name)
        derived = {} if self.record.vjp is not None else {"vjp": _transposed(own, self.record.name)}
        self._set(jvp=own, **derived)
        return rule

    def vjp(self, rule: Rule) -> Rule:
        """Reverse mode: ``rule(y_bar, y, *xs)`` gives a cotangent for each operand, or ``None``."""
        own = _each_vjp(rule, self.record.name)
        derived = {} if self.record.jvp is not None else {"jvp": _twice_transposed(own, self.record.name)}
        self._set(vjp=own, **derived)
        return rule

    def batch(self, rule: Rule) -> Rule:
        """The operation for many examples at once: ``rule(axes, *xs)``, with the axis of each operand along
        which the examples are, or ``None``; they are along the first axis of the result.  Used where the
        operation itself is batched; otherwise it is called for each example."""
        self._set(batch=rule)
        return rule

    def rule(self, algebra: type[Algebra] | str) -> Callable[[Rule], Rule]:
        """The meaning in another algebra: ``rule(algebra, *xs)``."""
        name = algebra if isinstance(algebra, str) else algebra.name

        def attach(rule: Rule) -> Rule:
            self._set(rules=MappingProxyType({**self.record.rules, name: rule}))
            return rule

        return attach


def primitive(
    fun: Callable[..., Any] | None = None,
    *,
    name: str | None = None,
    result: Callable[..., Any] | None = None,
    partials: Sequence[Any] | None = None,
    jvp: Rule | None = None,
    vjp: Rule | None = None,
    composite: Rule | None = None,
) -> Any:
    """Make a function of NumPy values an operation: opaque, with rules that you give.

    ``result(*specs)`` says shape and dtype of the result for those of the operands (each with ``.shape`` and
    ``.dtype``), as one of them, or a pair ``(shape, dtype)``; unless given, the operation is elementwise.
    Rules: ``partials`` of an elementwise operation, ``jvp(xs, dxs, y)``, ``vjp(y_bar, y, *xs)``; of the last
    two either is derived from the other. ``composite(*xs)`` is the same in terms of other operations, for
    algebras without a rule.  They can be attached later too, as decorators.

    >>> import wengert
    >>> @wengert.primitive
    ... def square(x):
    ...     return x * x
    >>> _ = square.partials(lambda y, x: 2 * x)
    >>> wengert.grad(lambda x: square(x))(3.0)
    6.0
    """
    if fun is None:
        return lambda f: primitive(
            f, name=name, result=result, partials=partials, jvp=jvp, vjp=vjp, composite=composite
        )
    found: str = name or str(getattr(fun, "__name__", type(fun).__name__)).strip("<>")
    unique, k = found, 1
    while unique in REGISTRY:
        k += 1
        unique = f"{found}.{k}"
    rule = _spec_rule(result or elementwise_result)
    record = Primitive(
        unique,
        "foreign",
        _infer(rule, found),
        _evaluate(fun),
        composite=composite,
        shape=rule,
        reads=tuple(range(16)),
        fresh=True,
        raises=True,
        doc=getattr(fun, "__doc__", None) or "",
    )
    out = Operation(register(record))
    if partials is not None:
        out.partials(*partials)
    if jvp is not None:
        out.jvp(jvp)
    if vjp is not None:
        out.vjp(vjp)
    return out


# records


def _spec_rule(result: Callable[..., Any]) -> Callable[..., Spec]:
    def rule(*specs: Spec) -> Spec:
        shape, dtype = result(*specs)
        return Spec(tuple(int(n) for n in shape), np.dtype(dtype))

    return rule


def _evaluate(fun: Callable[..., Any]) -> Callable[..., Any]:
    def evaluate(*xs: Any) -> Any:
        y = fun(*xs)
        return y if isinstance(y, np.generic) else np.asarray(y)[()]

    return evaluate


def _infer(rule: Callable[..., Spec], name: str) -> Callable[..., tuple[Type, ...]]:
    """Types from shapes: the rule is asked twice, for two lengths of every axis that has any."""

    def infer(types: Sequence[Type], attrs: Mapping[str, Any]) -> tuple[Type, ...]:
        found: list[Spec] = []
        for n in (6, 11):
            specs = [Spec(_sizes(t, n), np.dtype(NUMPY[dtype_of(t).name])) for t in types]
            try:
                found.append(rule(*specs))
            except Exception as e:
                raise InferError(f"{name} does not take {', '.join(map(str, types))}: {e}") from e
        first, second = found
        if first.dtype not in BY_DTYPE or len(first.shape) != len(second.shape):
            raise InferError(f"{name} gives {first.dtype} of shape {first.shape}")
        dtype = BY_DTYPE[first.dtype]
        axes = "".join("1" if m == k == 1 else "n" for m, k in zip(first.shape, second.shape, strict=True))
        return (Array(dtype, axes) if axes else dtype,)

    return infer


def _sizes(t: Type, n: int) -> tuple[int, ...]:
    return tuple(1 if letter == "1" else n for letter in t.axes) if isinstance(t, Array) else ()


# rules that need plain values

Result = Callable[[Sequence[Type]], Type]


def _like(k: int) -> Result:
    """The result is like operand ``k``, contiguous."""

    def infer(types: Sequence[Type]) -> Type:
        t = types[k]
        return Array(t.dtype, t.axes) if isinstance(t, Array) else t

    return infer


_like_result = _like(0)


def opaque(name: str, run: Callable[..., Any], result: Result) -> Primitive:
    """A rule as an operation of its own, of which nothing is known but its result's type."""
    found = REGISTRY.get(name)
    if found is None or found.evaluate is not run:

        def infer(types: Sequence[Type], attrs: Mapping[str, Any]) -> tuple[Type, ...]:
            return (result(types),)

        found = Primitive(
            name, "foreign", infer, run, reads=tuple(range(40)), fresh=True, raises=True, doc="A rule."
        )
        REGISTRY[name] = found
    return found


def _building(args: Sequence[Any]) -> Carrier | None:
    """A carrier that builds a program: it has no shape that a rule of NumPy could ask for."""
    return next((a for a in args if isinstance(a, Carrier) and not isinstance(a, Traced)), None)


def _robust(rule: Rule, name: str, result: Result) -> Rule:
    """``rule``, or a call of it at run time where it cannot be run on what builds a program."""

    def plain(*args: Any) -> Any:
        out = np.asarray(rule(*args))
        return np.array(np.broadcast_to(out.astype(_dtype(args[0]), copy=False), np.shape(args[0])))[()]

    def run(*args: Any) -> Any:
        builder = _building(args)
        if builder is None:
            return rule(*args)
        found = builder.attempt(lambda: rule(*args))
        return opaque(name, plain, result)(*args) if found is NotImplemented else found

    return run


def _dtype(x: Any) -> Any:
    return x.dtype if hasattr(x, "dtype") else np.asarray(x).dtype


def _fitted(out: Any, like: Any) -> Any:
    """A plain result with the shape and dtype of what it belongs to."""
    wanted = np.asarray(like)
    out = np.asarray(0 if out is None else out).astype(wanted.dtype, copy=False)
    return np.array(np.broadcast_to(out, wanted.shape))[()]


def _flat_jvp(rule: Rule, name: str) -> Rule:
    """The forward rule, robust; at run time its operands are one after another."""

    def run(xs: Sequence[Any], dxs: Sequence[Any], y: Any) -> Any:
        builder = _building((*xs, y))
        if builder is None:
            return rule(xs, dxs, y)
        found = builder.attempt(lambda: rule(xs, dxs, y))
        if found is not NotImplemented:
            return found
        n, given = len(xs), [k for k, d in enumerate(dxs) if d is not None]

        def plain(y: Any, *rest: Any) -> Any:
            tangents: list[Any] = [None] * n
            for k, d in zip(given, rest[n:], strict=True):
                tangents[k] = d
            return _fitted(rule(rest[:n], tangents, y), y)

        label = f"{name}.jvp{''.join(map(str, given))}"
        return _named(label, plain, _like(0))(y, *xs, *[dxs[k] for k in given])

    return run


def _each_vjp(rule: Rule, name: str) -> Rule:
    """The reverse rule, robust; at run time it is called for one operand after another."""

    def run(y_bar: Any, y: Any, *xs: Any) -> Any:
        builder = _building((y_bar, y, *xs))
        if builder is None:
            return _tuple(rule(y_bar, y, *xs))
        found = builder.attempt(lambda: _tuple(rule(y_bar, y, *xs)))
        if found is not NotImplemented:
            return found
        parts: list[Any] = []
        for k, x in enumerate(xs):
            if not inexact(x):
                parts.append(None)
                continue

            def plain(y_bar: Any, y: Any, *xs: Any, k: int = k) -> Any:
                return _fitted(_tuple(rule(y_bar, y, *xs))[k], xs[k])

            parts.append(_named(f"{name}.vjp{k}", plain, _like(2 + k))(y_bar, y, *xs))
        return tuple(parts)

    return run


def _named(name: str, run: Callable[..., Any], result: Result) -> Primitive:
    """The opaque operation of this name, the same one whenever it is asked for."""
    found = REGISTRY.get(name)
    return opaque(name, run, result) if found is None else found


def _tuple(parts: Any) -> tuple[Any, ...]:
    return tuple(parts) if isinstance(parts, (tuple, list)) else (parts,)


# transposition


def _base(*xs: Any) -> Algebra | None:
    found = [x for x in xs if isinstance(x, Traced)]
    return max(found, key=lambda x: x.level).algebra if found else None


def _zero(x: Any) -> Any:
    return np.zeros(shape_of(x), _dtype(x)) if shape_of(x) or is_array(x) else _dtype(x).type(0).item()


def _transposed(jvp: Rule, name: str) -> Rule:
    """Reverse mode from forward mode: the sweep of a tape through the tangents, in which all is linear."""

    def swept(y_bar: Any, y: Any, *xs: Any) -> tuple[Any, ...]:
        from .graph import Graph

        g = Graph(_base(y_bar, y, *xs))
        dxs = [g.variable(_zero(x)) if inexact(x) else None for x in xs]
        dy = jvp(xs, dxs, y)
        grads = None if dy is None else g.evaluate_gradients(dy, y_bar)
        return tuple(None if d is None or grads is None else grads.get(d) for d in dxs)

    def probed(y_bar: Any, y: Any, *xs: Any) -> tuple[Any, ...]:
        parts: list[Any] = []
        for k, x in enumerate(xs):
            basis = [[u if j == k else None for j in range(len(xs))] for u in _basis(x)] if inexact(x) else []
            found = [np.sum(np.asarray(y_bar) * jvp(xs, dxs, y)) for dxs in basis]
            parts.append(np.reshape(np.array(found, _dtype(x)), np.shape(x)) if inexact(x) else None)
        return tuple(parts)

    return _each_vjp(_first_that_works(swept, probed), name)


def _twice_transposed(vjp: Rule, name: str) -> Rule:
    """Forward mode from reverse mode: the transpose of the transpose."""

    def swept(xs: Sequence[Any], dxs: Sequence[Any], y: Any) -> Any:
        from .graph import Graph

        g = Graph(_base(y, *xs, *dxs))
        u = g.variable(_zero(y))
        total = _paired(vjp(u, y, *xs), dxs)
        return None if total is None else g.evaluate_gradients(total).get(u)

    def probed(xs: Sequence[Any], dxs: Sequence[Any], y: Any) -> Any:
        found = [_paired(vjp(u, y, *xs), dxs) for u in _basis(y)]
        return np.reshape(np.array([0 if f is None else f for f in found], _dtype(y)), np.shape(y))[()]

    return _flat_jvp(_first_that_works(swept, probed), name)


def _paired(x_bars: Sequence[Any], dxs: Sequence[Any]) -> Any:
    """The sum of all products."""
    total: Any = None
    for x_bar, dx in zip(x_bars, dxs, strict=True):
        if x_bar is not None and dx is not None:
            part = np.sum(x_bar * dx) if shape_of(x_bar) or shape_of(dx) else x_bar * dx
            total = part if total is None else total + part
    return total


def _basis(x: Any) -> list[Any]:
    """The arrays with a single 1."""
    out: list[Any] = []
    for at in np.ndindex(np.shape(x)):
        unit = np.zeros(np.shape(x), _dtype(x))
        unit[at] = 1
        out.append(unit[()])
    return out


def _first_that_works(swept: Rule, probed: Rule) -> Rule:
    """By a sweep; a rule that only takes plain arrays is called once for each element instead."""

    def run(*args: Any) -> Any:
        try:
            return swept(*args)
        except (RuleError, TypeError, ValueError, AttributeError):
            flat = [x for a in args for x in (a if isinstance(a, (tuple, list)) else (a,))]
            if any(isinstance(x, Carrier) for x in flat):
                raise
            return probed(*args)

    return run


__all__ = ["Operation", "Scalar", "Spec", "primitive"]
