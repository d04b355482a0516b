"""Calls: Python functions are inlined (recursive ones called), everything else is looked up by object."""

from __future__ import annotations

import ast
import contextlib
import dataclasses
import functools
import inspect
import types
from collections.abc import Callable, Sequence
from types import FunctionType
from typing import Any

import numpy as np

from ..algebra.custom import Inactive, rules_of
from ..algebra.operation import Operation
from ..diag.diagnostic import Diagnostic
from .branches import spread
from .forms import leaves_of
from .inlining import Target, bind, run_python, target_of_closure, target_of_function
from .lower import Dead, Lowering
from .members import Member, is_plain
from .state import Place
from .values import (
    AV,
    AtPoint,
    Choice,
    Closure,
    Const,
    Derived,
    DictC,
    ListC,
    Method,
    Num,
    ObjC,
    Ref,
    Struct,
    Text,
    Tup,
)


def prepare_arguments(lw: Lowering, node: ast.Call, f: AV | None = None) -> tuple[list[AV], dict[str, AV]]:
    """The arguments of a call (of ``f``), stars unpacked."""
    from .expressions import elements, expression

    starred = any(isinstance(n, ast.Starred) for n in node.args)
    args = list(elements(lw, node.args, _room(f, node.keywords) if starred else None))
    kwargs: dict[str, AV] = {}
    for k in node.keywords:
        av = expression(lw, k.value)
        if k.arg is not None:
            kwargs[k.arg] = av
            continue
        kwargs.update(_named(lw, av, k.value))
    return args, kwargs


def _room(f: AV | None, keywords: list[ast.keyword]) -> int | None:
    """How many positional arguments a function or a class takes, when only one number is possible."""
    given = {k.arg for k in keywords}
    if None in given:
        return None
    if isinstance(f, Closure):
        a = f.source.node.args
        if a.vararg or a.kwarg or a.defaults:
            return None
        return sum(p.arg not in given for p in (*a.posonlyargs, *a.args))
    value: Any = f.func if isinstance(f, Method) else f.value if isinstance(f, Const) else None
    if not isinstance(value, (FunctionType, type)):
        return None
    try:
        parameters = list(inspect.signature(value).parameters.values())[isinstance(f, Method) :]
    except (TypeError, ValueError):
        return None
    left = [p for p in parameters if p.name not in given and p.kind is not p.KEYWORD_ONLY]
    fixed = all(p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD) and p.default is p.empty for p in left)
    return len(left) if fixed else None


def _named(lw: Lowering, av: AV, node: ast.expr) -> dict[str, AV]:
    """The arguments that ``**av`` gives; one of several dicts has to have the same keys as the others."""
    each = av.options if isinstance(av, Choice) else (av,)
    contents = [lw.content(o) if isinstance(o, Ref) else None for o in each]
    first = contents[0]
    if not isinstance(first, DictC):
        lw.refuse("C0101", "`**` takes a dict", node)
    if any(not isinstance(c, DictC) or c.keys != first.keys for c in contents):
        lw.refuse("C0101", "`**` takes a dict whose keys are known", node)

    def item(one: AV, k: int) -> AV:
        content = lw.content(one) if isinstance(one, Ref) else None
        assert isinstance(content, DictC)
        return content.items[k]

    return {str(key): spread(lw, (av,), lambda xs, k=k: item(xs[0], k)) for k, key in enumerate(first.keys)}


def call(lw: Lowering, f: AV, args: list[AV], kwargs: dict[str, AV], node: ast.AST | None) -> AV:
    """``f(*args, **kwargs)``."""
    lw.poison(f, *args, *kwargs.values())
    match f:
        case Const():
            return call_object(lw, f.value, args, kwargs, node)
        case Closure():
            return call_python(lw, target_of_closure(f), args, kwargs, node)
        case Method():
            if isinstance(f.func, str):
                from .methods import call_method

                return call_method(lw, f.self, f.func, args, kwargs)
            if isinstance(f.func, Closure):
                return call(lw, f.func, [f.self, *args], kwargs, node)
            return call_object(lw, f.func, [f.self, *args], kwargs, node)
        case Derived():
            from .derive import call_derived

            return call_derived(lw, f, args, kwargs, node)
        case AtPoint():
            from .derive_at import call_at_point

            return call_at_point(lw, f, args, node)
        case Ref() | Struct():
            from .attributes import class_method

            method = class_method(lw, f, "__call__")
            if method is not None:
                return call(lw, method, args, kwargs, node)
        case _:
            pass
    if isinstance(f, Num):
        lw.fail("C0104", "TypeError", f"{lw.describe(f)} cannot be called here", node)
    lw.refuse("C0104", f"{lw.describe(f)} cannot be called here", node)


def call_object(lw: Lowering, f: Any, args: list[AV], kwargs: dict[str, AV], node: ast.AST | None) -> AV:
    """A call of an object from outside."""
    from .api import HANDLERS

    derivative = getattr(f, "__wengert_derive__", None)
    if isinstance(derivative, dict):
        from .derive import call_derived, derived_of

        return call_derived(lw, derived_of(derivative), args, kwargs, node)
    if hasattr(f, "__wengert_transform__"):
        from .derive import transform

        return transform(lw, f, args, kwargs, node)
    rules = rules_of(f)
    if rules is not None and rules.operation is None:
        from .custom import call_custom

        return call_custom(lw, rules, args, kwargs, node)
    if isinstance(f, Inactive):
        from .wengert_api import stopped

        return stopped(lw, call_object(lw, f.fun, args, kwargs, node))
    operation = _operation(f if rules is None else rules.operation)
    if operation is not None and not kwargs:
        from .wengert_api import call_operation

        return call_operation(lw, operation, args, node)
    handler = HANDLERS.get(f) if _hashable(f) else None
    if handler is None and str(getattr(f, "__module__", "")).startswith(_ROOMS):
        from .scipy_api import imported

        handler = imported().get(f) if _hashable(f) else None
        if handler is None:
            from .interpolators import call_of

            handler = call_of(f)
    if handler is not None and _OPTIONS & kwargs.keys() and _is_ufunc(f):
        from .numpy_api.ufuncs import call_ufunc

        return call_ufunc(lw, f, handler, args, kwargs)
    owner = getattr(f, "__self__", None)
    if _is_ufunc(owner):
        from .numpy_api.ufuncs import method_of

        handler = method_of(lw, owner, str(f.__name__))
    if type(f) is np.vectorize:
        from .composites import layout

        place = Place(("vectorize", id(f)), "the function of np.vectorize", lambda: f.pyfunc)
        inner = lw.session.lift(lw, place, f.pyfunc)
        return call_python(lw, target_of_function(layout.vectorized), [inner, *args], kwargs, node)
    if handler is not None:
        return handled(lw, f, handler, args, kwargs, node)
    if isinstance(f, FunctionType) and f.__code__ is _MANAGER:
        f = inspect.unwrap(f)
    if isinstance(f, FunctionType):
        folded = _folded(lw, f, args, kwargs)
        if folded is not None:
            return folded
        return call_python(lw, target_of_function(f), args, kwargs, node)
    kind = type(f).__name__
    if kind == "_lru_cache_wrapper":
        return call_object(lw, f.__wrapped__, args, kwargs, node)
    if str(getattr(f, "__module__", "")).startswith("numba.") or str(type(f).__module__).startswith("numba."):
        from .numba_api import meant

        found = meant(f)
        if found is not f:
            return call_object(lw, found, args, kwargs, node)
    if isinstance(f, types.MethodType):
        owner = lw.session.lift(lw, Place(("self", id(f.__self__)), "self", lambda: f.__self__), f.__self__)
        return call_object(lw, f.__func__, [owner, *args], kwargs, node)
    if isinstance(f, functools.partial):
        place = Place(("partial", id(f)), "partial", lambda: f)
        bound = [
            lw.session.lift(lw, Place((*place.key, k), f"partial[{k}]", lambda k=k: f.args[k]), x)
            for k, x in enumerate(f.args)
        ]
        named = {
            k: lw.session.lift(lw, Place((*place.key, k), f"partial[{k}]", lambda k=k: f.keywords[k]), x)
            for k, x in f.keywords.items()
        }
        return call_object(lw, f.func, [*bound, *args], {**named, **kwargs}, node)
    if f is super and not args and not kwargs:
        from .attributes import super_of

        return super_of(lw)
    if isinstance(f, type):
        made = construct(lw, f, args, kwargs, node)
        if made is not None:
            return made
    if isinstance(owner, str) and getattr(f, "__name__", "") == "format":
        shown = ", ".join(map(lw.describe, (*args, *kwargs.values())))
        varies = not all(isinstance(x, Const) for x in (*args, *kwargs.values()))
        if varies:
            return Text(f"{owner} of {shown}")
    folded = _folded(lw, f, args, kwargs)
    if folded is not None:
        return folded
    if not callable(f):
        lw.fail("C0104", "TypeError", f"{lw.describe(Const(f))} cannot be called", node)
    lw.refuse("C0104", f"`{_name_of(f)}` is not supported", node)


def _operation(f: Any) -> Operation | None:
    return f if isinstance(f, Operation) else None


def _is_ufunc(f: object) -> bool:
    return isinstance(f, np.ufunc)


def _hashable(f: Any) -> bool:
    try:
        hash(f)
    except TypeError:
        return False
    return True


def _name_of(f: Any) -> str:
    name = getattr(f, "__qualname__", None) or getattr(f, "__name__", None) or type(f).__name__
    module = getattr(f, "__module__", None)
    return f"{module}.{name}" if module and module != "builtins" else str(name)


_ROOMS = tuple(f"scipy.{n}" for n in ("linalg", "integrate", "interpolate", "optimize", "signal", "stats"))
_OPTIONS = {"where", "dtype", "casting", "order", "subok"}
_MANAGER = contextlib.contextmanager(lambda: iter(())).__code__  # pyright: ignore
_PURE = (str, bytes, int, float, bool, complex, tuple)


def _folded(lw: Lowering, f: Any, args: list[AV], kwargs: dict[str, AV]) -> AV | None:
    """A call of a method of a constant, or of a special function that is not known, with constants."""
    owner = getattr(f, "__self__", None)
    method = isinstance(owner, _PURE) and isinstance(f, types.BuiltinMethodType)
    if not method and not str(getattr(f, "__module__", "")).startswith("scipy.special"):
        return None
    if method:
        args = [_constant(lw, a) for a in args]
    if not all(isinstance(a, Const) for a in (*args, *kwargs.values())):
        return None
    try:
        found = f(
            *(a.value for a in args if isinstance(a, Const)),
            **{k: a.value for k, a in kwargs.items() if isinstance(a, Const)},
        )
    except Exception as e:
        lw.refuse("T0201", str(e))
    if isinstance(found, np.ndarray):
        return lw.session.lift(lw, Place(("folded", id(found)), "a constant array", lambda: found), found)
    return Const(found)


def _constant(lw: Lowering, av: AV) -> AV:
    """A list or a tuple of constants as one."""
    from .generators import listed

    av = listed(lw, av)
    items = lw.items(av) if isinstance(av, (Ref, Tup)) else None
    known = [i.value for i in items or () if isinstance(i, Const)]
    return av if items is None or len(known) < len(items) else Const(known)


def handled(
    lw: Lowering,
    f: Any,
    handler: Callable[..., AV],
    args: list[AV],
    kwargs: dict[str, AV],
    node: ast.AST | None,
) -> AV:
    """A call of an operation: its arguments are bound to the parameters of the handler."""
    signature = _signature(handler)
    try:
        signature.bind(lw, *args, **kwargs)
    except TypeError as e:
        lw.refuse(
            "C0104", f"this form of `{f if isinstance(f, str) else _name_of(f)}` is not supported: {e}", node
        )
    args = [_run_generator(lw, handler, a) for a in args]
    names = list(kwargs)

    def one(xs: Sequence[AV]) -> AV:
        named = dict(zip(names, xs[len(args) :], strict=True))
        if not all(isinstance(x, Const) for x in xs):
            return handler(lw, *xs[: len(args)], **named)
        try:
            return handler(lw, *xs[: len(args)], **named)  # of constants: it may run the function itself
        except (ArithmeticError, TypeError, ValueError, LookupError, AttributeError) as e:
            lw.fail("C0104", type(e).__name__, f"this call raises {type(e).__name__}: {e}", node)

    return spread(lw, (*args, *kwargs.values()), one)  # each may be one of several values


def _run_generator(lw: Lowering, handler: Callable[..., AV], av: AV) -> AV:
    from .generators import listed

    return av if getattr(handler, "lazy", False) else listed(lw, av)


@functools.cache
def _signature(handler: Callable[..., AV]) -> inspect.Signature:
    return inspect.signature(handler)


def call_python(
    lw: Lowering, target: Target, args: list[AV], kwargs: dict[str, AV], node: ast.AST | None
) -> AV:
    """A call of a Python function."""
    return run_python(lw, target, bind(lw, target, args, kwargs, node), node)


def call_prelude(lw: Lowering, name: str, *args: AV) -> AV:
    """A composite that is written in Python."""
    from . import prelude

    f: FunctionType = getattr(prelude, name)
    return call_python(lw, target_of_function(f), list(args), {}, None)


def call_prelude_of(lw: Lowering, f: Callable[..., Any], *args: AV) -> AV:
    """A function of `composites`."""
    assert isinstance(f, FunctionType)
    return call_python(lw, target_of_function(f), list(args), {}, None)


def construct(
    lw: Lowering, cls: type, args: list[AV], kwargs: dict[str, AV], node: ast.AST | None
) -> AV | None:
    """An instance of a dataclass, a named tuple or a plain class."""
    if issubclass(cls, tuple) and hasattr(cls, "_fields"):
        names: tuple[str, ...] = cls._fields  # pyright: ignore
        defaults: dict[str, Any] = cls._field_defaults  # pyright: ignore
        values = dict(zip(names, args, strict=False)) | kwargs
        if set(values) - set(names) or len(args) > len(names):
            lw.refuse("U0601", f"`{cls.__name__}` does not take these arguments", node)
        for n in names:
            if n not in values:
                if n not in defaults:
                    lw.refuse("U0601", f"`{cls.__name__}` misses `{n}`", node)
                values[n] = Const(defaults[n])
        return Tup(tuple(values[n] for n in names), cls)
    if dataclasses.is_dataclass(cls) and (_is_generated(cls) or cls.__dataclass_params__.frozen):  # pyright: ignore
        return _dataclass(lw, cls, args, kwargs, node)
    if cls.__new__ is not object.__new__ or not is_plain(cls) or cls.__module__ == "builtins":
        return None
    self = lw.new_object(ObjC(cls, (), ()))
    init = next((b.__dict__["__init__"] for b in cls.__mro__ if "__init__" in b.__dict__), None)
    if isinstance(init, FunctionType):
        call_python(lw, target_of_function(init), [self, *args], kwargs, node)
    elif isinstance(init, Member):
        call(lw, init.av, [self, *args], kwargs, node)
    elif args or kwargs:
        lw.refuse("U0601", f"`{cls.__name__}` takes no arguments", node)
    return self


def _is_generated(cls: type) -> bool:
    """Whether `dataclasses` wrote the ``__init__`` of a class."""
    init = cls.__dict__.get("__init__")
    return isinstance(init, FunctionType) and init.__code__.co_filename == "<string>"


def _dataclass(lw: Lowering, cls: type, args: list[AV], kwargs: dict[str, AV], node: ast.AST | None) -> AV:
    frozen: bool = cls.__dataclass_params__.frozen  # pyright: ignore
    post = getattr(cls, "__post_init__", None)
    if not _is_generated(cls):
        lw.refuse("C0104", f"`{cls.__name__}` has an `__init__` that is not supported", node)
    fields = dataclasses.fields(cls)
    names = [f.name for f in fields if f.init]
    values = dict(zip(names, args, strict=False)) | kwargs
    if len(args) > len(names) or set(values) - set(names):
        lw.refuse("U0601", f"`{cls.__name__}` does not take these arguments", node)
    out: dict[str, AV] = {}
    for f in fields:
        if f.name in values:
            out[f.name] = values[f.name]
        elif isinstance(f.default, Member):
            out[f.name] = f.default.av
        elif isinstance(f.default_factory, Member):
            out[f.name] = call(lw, f.default_factory.av, [], {}, node)
        elif f.default is not dataclasses.MISSING:
            place = Place(("field", id(cls), f.name), f"{cls.__name__}.{f.name}", lambda f=f: f.default)
            out[f.name] = lw.session.lift(lw, place, f.default)
        elif f.default_factory is not dataclasses.MISSING:
            out[f.name] = call_object(lw, f.default_factory, [], {}, node)
        else:
            lw.refuse("U0601", f"`{cls.__name__}` misses `{f.name}`", node)
    if frozen:
        self: AV = Struct(cls, tuple(out), tuple(out.values()))
    else:
        self = lw.new_object(ObjC(cls, tuple(out), tuple(out.values())))
    if isinstance(post, FunctionType):
        call_python(lw, target_of_function(post), [self], {}, node)
    elif isinstance(post, Member):
        call(lw, post.av, [self], {}, node)
    return self


__all__ = ["Dead", "Diagnostic", "ListC", "call", "construct", "leaves_of", "np"]
