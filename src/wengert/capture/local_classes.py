"""Classes that are defined inside a function: a class of Python whose members are abstract values.

The class is made when its statement is lowered, and is the same for each trip of a loop whose members are the
same.  So instances, inheritance, `super` and ``@dataclass`` need nothing of their own.
"""

from __future__ import annotations

import ast
import collections
import dataclasses
import functools
import types
from typing import Any, NamedTuple, cast

from .expressions import closure, expression
from .lower import Lowering
from .members import Member, is_local, is_plain
from .source import mangled
from .values import AV, Closure, Const, same


def define(lw: Lowering, node: ast.ClassDef) -> Const:
    """A ``class`` statement."""
    if node.keywords or getattr(node, "type_params", None):
        lw.refuse("C0101", "this form of a class inside a function is not supported", node)
    bases = tuple(lw.static(expression(lw, b), "a base of a class") for b in node.bases)
    if bases == (NamedTuple,):
        return _record(lw, node)
    if not all(isinstance(b, type) for b in bases):
        lw.refuse("C0101", "a base of a class inside a function has to be a class", node)
    members = _members(lw, node)
    plain = all(map(is_plain, bases))
    if not plain or any(issubclass(b, tuple) for b in bases):
        return _of_constants(lw, node, bases, members)
    cls = _same_class(lw, node, bases, members)
    for m in members.values():
        for f in (m.av, m.setter):
            if isinstance(f, Closure):
                lw.session.methods[id(f.source.node)] = cls
    return Const(cls)


def _same_class(lw: Lowering, node: ast.ClassDef, bases: tuple[Any, ...], members: dict[str, Member]) -> type:
    """A new class, or the one that this statement made before of the same members."""
    known = lw.session.classes.setdefault(id(node), [])
    for cls in known:
        own: dict[str, Member] = cls.__dict__["__wengert_members__"]
        alike = cls.__bases__ == (bases or (object,)) and own.keys() == members.keys()
        if alike and all(own[n].kind == m.kind and same(own[n].av, m.av) for n, m in members.items()):
            return cls
    annotations = dict.fromkeys(_annotated(node), object)
    values = {n: m.av.value if _is_field(m.av) else m for n, m in members.items()}  # pyright: ignore
    module = lw.frame.globals.get("__name__")
    facts = {"__annotations__": annotations, "__module__": module, "__wengert_local__": True}
    namespace: dict[str, Any] = {**values, **facts}
    namespace["__wengert_members__"] = members
    made = type(node.name, bases, namespace)
    known.append(made)
    return made


def _annotated(node: ast.ClassDef) -> list[str]:
    """The names with annotations."""
    lines = [s for s in node.body if isinstance(s, ast.AnnAssign)]
    return [s.target.id for s in lines if isinstance(s.target, ast.Name)]


def _is_field(av: AV) -> bool:
    return isinstance(av, Const) and isinstance(av.value, dataclasses.Field)


def _members(lw: Lowering, node: ast.ClassDef) -> dict[str, Member]:
    """The body of a class; its names are seen by the lines below, not by the methods."""
    out: dict[str, Member] = {}
    before = dict(lw.frame.vars)
    depth = len(lw.frame.temps)

    mangle = functools.partial(mangled, node.name)

    def put(name: str, member: Member) -> None:
        out[name] = member
        lw.frame.temps.append(name)
        lw.frame.vars[name] = member.av

    try:
        for s in node.body:
            match s:
                case ast.FunctionDef():
                    put(mangle(s.name), _method(lw, s, out, node.name))
                case ast.Assign(targets=[ast.Name(id=name)]):
                    put(name, Member(expression(lw, s.value)))
                case ast.AnnAssign(target=ast.Name(id=name)):
                    if s.value is not None:
                        put(name, Member(expression(lw, s.value)))
                case ast.Pass() | ast.Expr(value=ast.Constant()):
                    pass
                case _:
                    lw.refuse("C0101", "this statement in a class inside a function is not supported", s)
    finally:
        del lw.frame.temps[depth:]
        for name in out:
            lw.frame.vars.pop(name, None)
            if name in before:
                lw.frame.vars[name] = before[name]
    return out


def _method(lw: Lowering, s: ast.FunctionDef, known: dict[str, Member], owner: str) -> Member:
    from .calls import call

    f: AV = closure(lw, s, owner)
    kind = "function"
    for d in reversed(s.decorator_list):
        if isinstance(d, ast.Attribute) and d.attr == "setter" and isinstance(d.value, ast.Name):
            of = known.get(d.value.id)
            if of is None or of.kind != "property":
                lw.refuse("C0101", "this decorator of a method is not supported", d)
            return Member(of.av, "property", f)
        decorator = expression(lw, d)
        word = decorator.value if isinstance(decorator, Const) else None
        if word is staticmethod or word is classmethod or word is property:
            kind = {staticmethod: "static", classmethod: "class", property: "property"}[word]
        else:
            f = call(lw, decorator, [f], {}, d)
    return Member(f, kind)


def _of_constants(
    lw: Lowering, node: ast.ClassDef, bases: tuple[Any, ...], members: dict[str, Member]
) -> Const:
    """A class whose members are constants: of an `Enum`, or an exception."""

    if any(m.kind != "value" for m in members.values()):
        lw.refuse("C0101", "methods of this class inside a function are not supported", node)
    values = {n: lw.static(m.av, "a member of this class") for n, m in members.items()}
    for known in lw.session.classes.setdefault(id(node), []):
        if known.__bases__ == bases:
            return Const(known)
    made = types.new_class(node.name, bases, exec_body=lambda namespace: namespace.update(values))
    lw.session.classes[id(node)].append(made)
    return Const(made)


def _record(lw: Lowering, node: ast.ClassDef) -> Const:
    """A class of named tuples."""
    members = _members(lw, node)
    names = _annotated(node)
    if not set(members) <= set(names):
        lw.refuse("C0101", "methods of this class inside a function are not supported", node)
    values = tuple(lw.static(m.av, "a default of this class") for m in members.values())
    return Const(record(node.name, tuple(names), values))


@functools.cache
def record(name: str, fields: tuple[str, ...], defaults: tuple[Any, ...]) -> type:
    """A class of named tuples, the same for the same fields."""
    return cast("Any", collections).namedtuple(name, fields, defaults=defaults)


def named(lw: Lowering, typename: AV, field_names: AV, *, defaults: AV = Const(())) -> AV:  # noqa: B008
    """``collections.namedtuple``."""
    names = lw.static(field_names, "the names of the fields")
    names = names.replace(",", " ").split() if isinstance(names, str) else names
    values = lw.static(defaults, "the defaults of the fields") or ()
    return Const(record(lw.static(typename, "the name of the class"), tuple(names), tuple(values)))


def field(lw: Lowering, **options: AV) -> AV:
    """``dataclasses.field``."""
    factory = options.get("default_factory")
    given: dict[str, Any] = {}
    for name, av in options.items():
        known = isinstance(av, Const)
        given[name] = av.value if known else Member(av) if av is factory or name == "default" else None
        if given[name] is None and not known:
            lw.refuse("C0104", f"`{name}` of a field must be a constant")
    return Const(dataclasses.field(**given))


def decorated(lw: Lowering, cls: AV | None = None, /, **options: AV) -> AV:
    """``@dataclass`` of such a class."""
    given = {k: lw.static(v, f"`{k}`") for k, v in options.items()}
    if cls is None:
        return Const(functools.partial(dataclasses.dataclass, **given))
    value = cls.value if isinstance(cls, Const) else None
    if not isinstance(value, type) or not is_local(value):
        lw.refuse("C0104", "`dataclass` of this class is not supported")
    if "__dataclass_fields__" in value.__dict__:
        return cls
    made: Any = dataclasses.dataclass(value, **given)
    return Const(made)
