"""The entry of the room: from a Python function and example arguments to a module of the IR."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import FunctionType, GetSetDescriptorType, MappingProxyType, MethodDescriptorType
from typing import Any

import numpy as np

from ..algebra.custom import rules_of
from ..diag.diagnostic import Diagnostic
from ..diag.span import Span
from ..errors import CaptureError, error_for
from ..ir.core import Block, Func, Module, Op, Value
from ..ir.types import BOOL, I64, Array, Scalar
from ..ir.verify import verify_calls
from . import lists
from .attributes import attribute
from .calls import call, call_object
from .forms import FHandle, FMissing, FNum, parts_of
from .given import element, give_back, outer_list
from .inlining import target_of_function
from .lower import Dead, Lowering, Refusal
from .marks import constant_parameters
from .members import is_local
from .operands import is_number
from .pytree import BY_VALUE, InTree, Leaf, Node, Static, Tree, constant, tree_of
from .rows import columns
from .session import Restart, Session
from .signature import parameters_of, signature_of
from .state import Guard, Hidden, Place
from .units import Unit
from .values import (
    AV,
    NONE,
    Arr,
    Choice,
    Const,
    DictC,
    GenC,
    GrowC,
    ListC,
    Maybe,
    Num,
    ObjC,
    Ref,
    Struct,
    Tup,
    same,
)
from .written import refuse_ambiguous, refuse_overlap, written_parameters


@dataclass(frozen=True, eq=False, slots=True)
class Captured:
    """A function as a module, with what is needed to call it.

    The parameters of the entry are the leaves of the arguments, then the hidden inputs.  ``mutated`` are the
    indices of the array parameters that the function may write.
    """

    module: Module
    in_tree: InTree
    out_tree: Tree
    hidden: tuple[Hidden, ...]
    mutated: tuple[int, ...]
    guards: tuple[Guard, ...]
    signature: tuple[Any, ...]
    unseen: tuple[Diagnostic, ...] = ()


def capture(
    f: Any, args: Sequence[Any], kwargs: Mapping[str, Any] | None = None, by_value: bool = True
) -> Captured:
    """Capture ``f`` for arguments like these: only their types and structure matter, and, where ``by_value``
    allows it, the values of integers if the types alone do not do.

    Raises `wengert.errors.CaptureError` (or another `WengertError`) with every offence that was found.

    """
    names, values, kinds = bound_arguments(f, args, dict(kwargs or {}))
    star = kinds.index(_VARIADIC) if _VARIADIC in kinds else None
    recursive: set[Any] = set()
    wanted: dict[Any, str] = {}
    first: CaptureError | None = None
    held = constant_parameters(f)
    while True:
        count = [0]
        trees = tuple(
            tree_of(x, n, count, lambda path: path in wanted) for n, x in zip(names, values, strict=True)
        )
        trees = tuple(constant(t) if n in held else t for n, t in zip(names, trees, strict=True))
        session = Session(recursive, wanted)
        try:
            return _attempt(f, InTree(names, trees, star), values, kinds, session)
        except Restart:
            continue
        except CaptureError as e:
            first = first or e
            new = session.suspects - wanted.keys()
            if by_value and not new:
                new = session.whole_numbers(trees) - wanted.keys()
            if not new:
                raise first from None
            kept = {k for k, mode in wanted.items() if mode == "unroll"} | new
            wanted.clear()  # a list need not be what it had to be in a loop
            wanted.update(dict.fromkeys(kept, "unroll"))


def capture_call(f: Any, args: Sequence[Tree], keywords: Mapping[str, Tree]) -> Captured:
    """Capture the call ``f(*args, **keywords)`` of a function of a library, or of a method or an attribute of
    arrays as their class has it.  What is `Static` in the arguments is known, numbers as well.
    """
    names = (*(f"argument {k + 1}" for k in range(len(args))), *keywords)
    kinds = (_POSITIONAL,) * len(args) + (inspect.Parameter.KEYWORD_ONLY,) * len(keywords)
    in_tree = InTree(names, (*args, *keywords.values()))
    recursive: set[Any] = set()
    wanted: dict[Any, str] = {}
    while True:
        try:
            return _attempt(f, in_tree, (), kinds, Session(recursive, wanted))
        except Restart:
            continue


def _name(f: Any) -> str:
    """How a callable is called in messages."""
    inner = getattr(f, "func", None)  # functools.partial
    return getattr(f, "__name__", None) or (type(f).__name__ if inner is None else _name(inner))


def bound_arguments(
    f: Any, args: Sequence[Any], kwargs: dict[str, Any]
) -> tuple[tuple[str, ...], list[Any], tuple[Any, ...]]:
    """The arguments that were given, by the names of their parameters, and how each is passed: by name
    if it was given so, or comes after one that was left to its default.
    """
    try:
        signature = parameters_of(f)
    except (TypeError, ValueError):
        names = (*(f"argument {k + 1}" for k in range(len(args))), *kwargs)
        kinds = (_POSITIONAL,) * len(args) + (inspect.Parameter.KEYWORD_ONLY,) * len(kwargs)
        return names, [*args, *kwargs.values()], kinds
    try:
        bound = signature.bind(*args, **kwargs)
    except TypeError as e:
        raise error_for(Diagnostic("U0601", f"`{_name(f)}`: {e}")) from None
    passed: list[Any] = []
    left_out = False
    for name, p in signature.parameters.items():
        if name in bound.arguments:
            named = (left_out or name in kwargs) and p.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD
            passed.append(inspect.Parameter.KEYWORD_ONLY if named else p.kind)
        left_out = left_out or name not in bound.arguments
    return tuple(bound.arguments), list(bound.arguments.values()), tuple(passed)


_POSITIONAL = inspect.Parameter.POSITIONAL_ONLY
_VARIADIC = inspect.Parameter.VAR_POSITIONAL


def _attempt(
    f: Any, in_tree: InTree, values: Sequence[Any], kinds: Sequence[Any], session: Session
) -> Captured:
    source = target_of_function(f).source if isinstance(f, FunctionType) else None
    name = _name(f)
    session.entry = name if name.isidentifier() else "main"
    unit = Unit(session.entry)
    lw = Lowering(session, unit)
    lw.b.span = None if source is None else source.span(source.node)
    arguments: list[AV] = []
    result: AV = NONE
    try:
        arguments += [_argument(lw, tree) for tree in in_tree.trees]
        result = _call(lw, f, in_tree.names, kinds, arguments)
    except Dead:
        pass
    except Refusal as e:
        if e.diagnostic is not None:
            session.record(e.diagnostic)
        assert session.diagnostics
    session.finish()
    unseen = _outside_is_unchanged(lw)
    leaves: list[Value] = []
    out_tree = _result(lw, result, leaves)
    give_back(lw)
    session.finish()
    module, hidden = _module(lw, leaves, None if source is None else source.span(source.node))
    refuse_ambiguous(module, session)
    refuse_overlap(module, session)
    mutated = tuple(sorted({*written_parameters(module), *unseen}))
    guards = tuple(session.guards.values())
    changes = tuple(unseen.values())
    return Captured(module, in_tree, out_tree, hidden, mutated, guards, signature_of(values), changes)


def _call(lw: Lowering, f: Any, names: Sequence[str], kinds: Sequence[Any], arguments: Sequence[AV]) -> AV:
    """Call the entry: a Python function, or any object that captured code could call."""
    args: list[AV] = []
    kwargs: dict[str, AV] = {}
    for name, kind, av in zip(names, kinds, arguments, strict=True):
        if kind is _VARIADIC:
            args += lw.items(av) or ()
        elif kind is inspect.Parameter.VAR_KEYWORD:
            content = lw.content(av) if isinstance(av, Ref) else None
            assert isinstance(content, DictC)
            kwargs.update(zip(map(str, content.keys), content.items, strict=True))
        elif kind is inspect.Parameter.KEYWORD_ONLY:
            kwargs[name] = av
        else:
            args.append(av)
    if isinstance(f, (MethodDescriptorType, GetSetDescriptorType)) and f.__objclass__ is np.ndarray:
        found = attribute(lw, args[0], f.__name__)
        return found if isinstance(f, GetSetDescriptorType) else call(lw, found, args[1:], kwargs, None)
    if rules_of(f) is not None or isinstance(f, FunctionType):
        return call_object(lw, f, args, kwargs, None)
    place = Place(("callable", id(f)), _name(f), lambda: f)
    return call(lw, lw.session.lift(lw, place, f), args, kwargs, None)


def _argument(lw: Lowering, tree: Tree, root: str | None = None) -> AV:
    """An argument as an abstract value; its leaves become parameters.

    ``root`` is the path of the outermost list around it that could be one leaf.
    """
    session = lw.session
    if isinstance(tree, Leaf):
        v = Value(tree.type, _hint(tree.path))
        lw.unit.params.append(v)
        if tree.kind.startswith("list"):
            ref = outer_list(lw, v, tree.kind == "list_python", tree.path, tree.path)
            session.arguments[ref.key] = tree.index
            return ref
        if isinstance(tree.type, Array):
            return Arr(v)
        return Num(v, tree.kind != "numpy", big=tree.kind == "big")
    if isinstance(tree, Static):
        return Const(tree.value)
    if tree.kind == "list" and root is None and _is_regular(tree):
        root = tree.path
    items = tuple(_argument(lw, c, root) for c in tree.children)
    if tree.kind == "tuple":
        return Tup(items, None if tree.cls is tuple else tree.cls)
    if tree.kind == "object":
        params = getattr(tree.cls, "__dataclass_params__", None)
        if params is not None and params.frozen:
            return Struct(tree.cls, tree.keys, items)
        return session.original(ObjC(tree.cls, tree.keys, items), tree.path)
    content = ListC(items) if tree.kind == "list" else DictC(tree.keys, items)
    return session.original(content, tree.path, tree.path if root is None else root)


def _is_regular(tree: Tree) -> bool:
    """Whether a list holds numbers of one kind, or lists of one length of these."""
    level: list[Tree] = [tree]
    while all(isinstance(t, Node) and t.kind == "list" for t in level):
        if len({len(t.children) for t in level if isinstance(t, Node)}) > 1:
            return False
        level = [c for t in level if isinstance(t, Node) for c in t.children]
        if not level:
            return False
    kinds = {(t.type.name, t.kind) for t in level if isinstance(t, Leaf) and isinstance(t.type, Scalar)}
    plain = all(isinstance(t, Leaf) and isinstance(t.type, Scalar) and t.kind != "big" for t in level)
    return plain and (len(kinds) == 1 or kinds == {("i64", "python"), ("f64", "python")})


def _hint(path: str) -> str:
    return "_".join("".join(c if c.isalnum() or c == "_" else " " for c in path).split())


def _outside_is_unchanged(lw: Lowering) -> dict[int, Diagnostic]:
    """Lists, dicts and instances from outside may not change: the caller would not see it.

    Lists of numbers that are arguments, by their leaves, may: derivatives leave the arguments as they were.
    """
    unseen: dict[int, Diagnostic] = {}
    for key, content in lw.heap.items():
        original = lw.session.originals.get(key)
        if original is not None and key not in lw.session.pools and not same(original, content):
            lw.want(Ref(key), "grid")
            text = lw.session.names.get(key, "an object")
            found = Diagnostic(
                "C0104",
                f"the function changes `{text}`, which exists outside it",
                lw.b.span,
                helps=("return the new value instead",),
            )
            if key in lw.session.arguments and isinstance(content, GrowC):
                unseen[lw.session.arguments[key]] = found
            else:
                lw.session.record(found)
    lw.session.finish()
    return unseen


def _result(lw: Lowering, av: AV, leaves: list[Value]) -> Tree:
    """The structure of a result; its leaves are appended."""
    match av:
        case Maybe():
            return _result(lw, av.value, leaves)
        case Choice() if (k := _only(lw, av)) is not None:
            others = [o for n, o in enumerate(av.options) if n != k]
            other = "a number" if any(map(is_number, others)) else "None"
            text = f"the function returns {other} here and a value elsewhere: compiled code returns that only"
            lw.check(lw.emit("eq", av.index, lw.int(k)), "NotImplementedError", text)
            return _result(lw, av.options[k], leaves)
        case Num():
            leaves.append(av.value)
            return Leaf(len(leaves) - 1, av.dtype, _number_kind(av))
        case Arr():
            leaves.append(av.value)
            return Leaf(len(leaves) - 1, av.type, "array")
        case Const():
            return Static(av.value)
        case Ref():
            content = lw.content(av)
            if isinstance(content, GrowC):
                if isinstance(content.item, FMissing):
                    return Node("list", list, (), ())
                if len(content.buffers) > 1:
                    lw.refuse(
                        "C0105", "a list of tuples of varying length is not returned", hint="return an array"
                    )
                by_handle = isinstance(content.item, FHandle)
                column = lists.as_array(lw, content) if by_handle else columns(lw, content)[0]
                leaves.append(column.value)
                item = element(lw, content)
                own = isinstance(item, FNum) and item.py
                return Leaf(len(leaves) - 1, column.type, "list_python" if own else "list")
            if isinstance(content, GenC):
                text = "a generator or coroutine cannot be differentiated"
                hint = ("return a list or a tuple instead",)
                lw.session.record(Diagnostic("C0110", text, lw.b.span, helps=hint))
                return Static(None)
            parts = tuple(_result(lw, p, leaves) for p in parts_of(content) or ())
            if isinstance(content, ListC):
                return Node("list", list, (), parts)
            if isinstance(content, DictC):
                if content.kind != "dict":
                    text = f"a {content.kind} is not returned: the result is a plain dict or a list"
                    lw.session.record(Diagnostic("C0105", text, lw.b.span))
                return Node("dict", dict, content.keys, parts)
            if is_local(content.cls):
                text = f"the function returns {lw.describe(av)}, whose class it defines"
                lw.session.record(Diagnostic("C0105", text, lw.b.span, helps=("define the class outside",)))
            return Node("object", content.cls, content.keys, parts)
        case Tup():
            parts = tuple(_result(lw, p, leaves) for p in av.items)
            return Node("tuple", av.cls or tuple, (), parts)
        case Struct():
            if is_local(av.cls):
                text = f"the function returns {lw.describe(av)}, whose class it defines"
                lw.session.record(Diagnostic("C0105", text, lw.b.span, helps=("define the class outside",)))
            return Node("object", av.cls, av.names, tuple(_result(lw, p, leaves) for p in av.items))
        case _:
            lw.session.record(
                Diagnostic("C0105", f"the function returns {lw.describe(av)}, which is no number", lw.b.span)
            )
            return Static(None)


def _only(lw: Lowering, av: Choice) -> int | None:
    """The number of the one option that is not ``None``; of numbers and one array, that of the array, unless
    the values of integers may tell which it is.
    """
    found = [k for k, o in enumerate(av.options) if not (isinstance(o, Const) and o.value is None)]
    arrays = [k for k in found if isinstance(av.options[k], Arr)]
    settled = BY_VALUE in lw.session.wanted or not any(p.type in (I64, BOOL) for p in lw.unit.params)
    if settled and len(arrays) == 1 and all(k in arrays or is_number(av.options[k]) for k in found):
        return arrays[0]
    return found[0] if len(found) == 1 else None


def _number_kind(av: Num) -> str:
    return "python" if av.py and av.dtype.name in ("f64", "i64", "bool", "c128") else "numpy"


def _module(lw: Lowering, leaves: list[Value], span: Span | None) -> tuple[Module, tuple[Hidden, ...]]:
    """The module, with the hidden inputs that are used."""
    session = lw.session
    used = set(leaves)
    ops = (*session.prologue.ops, *lw.b.ops)
    for op in _walk(ops):
        used.update(op.operands)
        for region in op.regions:
            used.update(region.yields)
    kept = [(h, v) for h, v in session.hidden.values() if v in used]
    body = Block((*lw.unit.params, *(v for _, v in kept)), ops, tuple(leaves))
    main = Func(session.entry, body, (), span)
    funcs = {main.name: main, **session.funcs}
    module = Module(main.name, MappingProxyType(funcs))
    verify_calls(module)
    return module, tuple(h for h, _ in kept)


def _walk(ops: Sequence[Op]) -> list[Op]:
    out: list[Op] = []
    todo = list(ops)
    while todo:
        op = todo.pop()
        out.append(op)
        for region in op.regions:
            todo.extend(region.ops)
    return out


__all__ = ["Captured", "capture", "written_parameters"]
