"""One capture: what all functions of a module share, from hidden inputs to the offences that were found."""

from __future__ import annotations

import ast
import builtins
import dataclasses
import enum
import sys
from collections.abc import Sequence
from types import FunctionType, ModuleType
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from ..diag.diagnostic import Diagnostic
from ..diag.span import Span
from ..errors import error_for
from ..ir.build import Builder
from ..ir.core import Func, Value
from ..ir.types import Array, Scalar, Type
from .frames import Frame
from .pytree import BY_VALUE, WHOLE_NUMBERS, Leaf, Tree, leaves, list_leaf
from .signature import instance_fields, is_big, is_library, is_long, leaf_type, supported_leaf
from .source import Source
from .state import Guard, Hidden, Place, cell_place, global_place, is_equal, is_like, is_same, is_typed
from .values import AV, Arr, Const, Content, DictC, ListC, Num, ObjC, Ref, Struct, Tup

if TYPE_CHECKING:
    from .lower import Lowering
    from .units import Special

TRUSTED = ("numpy", "math", "cmath", "builtins", "scipy", "operator", "functools", "wengert")


UNROLLED = 256
"""How many trips loops of a known number of trips may have together to be unrolled."""


class Restart(Exception):
    """Something was found that should have been known before: begin again, now that it is noted."""


class Session:
    """The state of one capture.

    ``recursive`` are the functions that have to be called out of line, ``wanted`` the forms of lists by the
    places that make them: both grow between attempts.
    """

    def __init__(self, recursive: set[Any], wanted: dict[Any, str] | None = None) -> None:
        self.recursive = recursive
        self.wanted = {} if wanted is None else wanted
        self.born: dict[int, Any] = {}
        self.pools: set[int] = set()
        self.changed: set[int] = set()
        self.held: set[int] = set()
        self.frozen: dict[int, Ref | None] = {}
        self.tables_of: dict[int, Arr] = {}
        self.lists_of: dict[int, tuple[Place, Ref]] = {}
        self.within: Any = None
        self.loops: list[tuple[int, int]] = []
        self.suspects: set[Any] = set()
        self.diagnostics: list[Diagnostic] = []
        self.calls: list[Span | None] = []
        self.hidden: dict[tuple[Any, ...], tuple[Hidden, Value]] = {}
        self.guards: dict[tuple[Any, ...], Guard] = {}
        self.lifted: dict[tuple[Any, ...], AV] = {}
        self.originals: dict[int, Content] = {}
        self.places: dict[int, Place] = {}
        self.lists: dict[tuple[Any, ...], int] = {}
        self.funcs: dict[str, Func] = {}
        self.specials: dict[Any, list[Special]] = {}
        self.building: list[Special] = []
        self.loop_forms: dict[int, list[tuple[Any, Any]]] = {}
        self.fenced: set[int] = set()
        self.arguments: dict[int, int] = {}
        self.classes: dict[int, list[type]] = {}
        self.methods: dict[int, type] = {}
        self.nested: dict[int, Source] = {}
        self.entry = ""
        self.active: list[Any] = []
        self.names: dict[int, str] = {}
        self.ambiguous: dict[Value, Span | None] = {}
        self.held_parameters: dict[Value, str] = {}
        self.parts: dict[Value, Value] = {}
        self.stored: dict[Value, Value] = {}
        self.prologue = Builder()
        self.tables: dict[Any, tuple[Value, bool] | None] = {}

    def want(self, site: Any, mode: str) -> None:
        """Begin again: lists made at ``site`` need another form.  Nothing happens when that was tried."""
        if site is None:
            return
        site = ("float", site) if mode == "float" else site
        if self.wanted.get(site) in (mode, "table"):
            return
        self.wanted[site] = mode
        raise Restart

    # offences

    def record(self, diagnostic: Diagnostic) -> None:
        """Keep an offence, once for each place."""
        self.suspect()
        if not any(d.code == diagnostic.code and d.span == diagnostic.span for d in self.diagnostics):
            self.diagnostics.append(diagnostic)

    def suspect(self) -> None:
        """Note the loops around that could be unrolled, if this offence has to do with them."""
        trips = 1
        for key, count in reversed(self.loops):
            trips *= max(count, 1)
            if trips > UNROLLED:
                break
            self.suspects.add(("unroll", key))

    def whole_numbers(self, trees: Sequence[Tree]) -> set[str]:
        """What to want for integers to be constants, if there are any."""
        types = [leaf.type for tree in trees for leaf in leaves(tree)] + [
            h.type for h, _ in self.hidden.values()
        ]
        return {BY_VALUE} if any(isinstance(t, Scalar) and (t.is_int or t.is_bool) for t in types) else set()

    def report(self, lw: Lowering, code: str, message: str, hint: str = "") -> None:
        """Keep an offence at the place that is being lowered, and go on."""
        self.record(Diagnostic(code, message, lw.span, helps=(hint,) if hint else ()))

    def finish(self) -> None:
        """Raise what was found."""
        if self.diagnostics:
            raise error_for(self.diagnostics)

    # names and values from outside

    def free(self, lw: Lowering, frame: Frame, name: str, node: ast.AST) -> AV:
        """A name that no captured function assigns."""
        cell = frame.cell(name)
        if cell is not None:
            try:
                value = cell.cell_contents
            except ValueError:
                lw.refuse("C0108", f"`{name}` has no value yet", node)
            return self.lift(lw, cell_place(cell, name), value)
        if name in frame.globals:
            return self.lift(lw, global_place(frame.globals, name), frame.globals[name])
        if hasattr(builtins, name):
            return Const(getattr(builtins, name))
        lw.refuse("C0108", f"`{name}` is not defined", node)

    def lift(self, lw: Lowering, place: Place, value: Any) -> AV:
        """A value from outside as an abstract value."""
        return lw.unit.import_hidden(place.key, self.raw(lw, place, value))

    def raw(self, lw: Lowering, place: Place, value: Any) -> AV:
        """The same, in terms of the inputs of the entry function."""
        av = self.lifted.get(place.key)
        if av is None:
            av = self._lift(lw, place, value)
            self.lifted[place.key] = av
        return av

    def _lift(self, lw: Lowering, place: Place, value: Any) -> AV:
        if isinstance(value, enum.Enum):
            self.guards[place.key] = is_same(place, value)
            return Const(value)
        if isinstance(value, (bool, np.bool_, str, bytes)) or value is None:
            self.guards[place.key] = is_equal(place, value)
            return Const(value)
        if isinstance(value, WHOLE_NUMBERS) and BY_VALUE in self.wanted:
            self.guards[place.key] = is_equal(place, value)
            return Const(value)
        if isinstance(value, (int, float, complex, np.generic, np.ndarray)):
            if not supported_leaf(value):
                lw.refuse("C0112", f"`{place.text}` is a {kind(value)}, which has no numeric meaning here")
            return self.input(place, value)
        if isinstance(value, (tuple, list, dict)) and type(value).__module__ != "collections":
            return self._container(lw, place, value)
        if (
            isinstance(value, (type, FunctionType, ModuleType, np.dtype, np.ufunc))
            or opaque(value)
            or is_library(value)
        ):
            self.guards[place.key] = is_same(place, value)
            return Const(value)
        fields = instance_fields(value)
        if fields is not None:
            self.guards[place.key] = is_same(place, value)
            if dataclasses.is_dataclass(value) and type(value).__dataclass_params__.frozen:  # pyright: ignore
                items = tuple(self.raw(lw, place.attr(n), getattr(value, n)) for n in fields)
                return Struct(type(value), fields, items)
            return self._object(place, ObjC(type(value), (), ()))
        self.guards[place.key] = is_same(place, value)
        return Const(value)

    def outer(self, lw: Lowering, place: Place, value: list[Any], leaf: Leaf) -> Ref:
        """A list of numbers from outside that is one input."""
        from .given import outer_list

        v = Value(leaf.type, place.text if place.text.isidentifier() else "hidden")
        self.hidden[place.key] = Hidden(place, leaf.type, leaf.kind == "list_python", False, leaf), v

        def test(now: Any) -> bool:
            found = list_leaf(now, "", 0) if type(now) is list else None
            return found is not None and (found.type, found.kind) == (leaf.type, leaf.kind)

        self.guards[place.key] = is_typed(place, value, test)
        return outer_list(lw, v, leaf.kind == "list_python", place.text, place.key)

    def input(self, place: Place, value: Any) -> AV:
        """A hidden input."""
        t: Type = leaf_type(value)
        python = type(value) in (int, float, complex, bool)
        v = Value(
            t, place.text.rsplit(".", 1)[-1] if place.text.isidentifier() or "." in place.text else "hidden"
        )
        big = is_big(value)
        self.hidden[place.key] = Hidden(place, t, python, big), v

        def test(now: Any) -> bool:
            same_type = supported_leaf(now) and type(now) is type(value) and leaf_type(now) == t
            return same_type and (big or not is_big(now))

        self.guards[place.key] = is_typed(place, value, test)
        if isinstance(t, Array):
            return Arr(v)
        assert isinstance(t, Scalar)
        return Num(v, python, known=place if t.is_int else None, big=big)

    def _container(self, lw: Lowering, place: Place, value: Any) -> AV:
        self.guards[place.key] = is_like(place, value)
        if isinstance(value, tuple):
            items = tuple(self.raw(lw, place.item(k), x) for k, x in enumerate(value))
            cls = type(value)
            return Tup(items, None if cls is tuple else cls)
        if isinstance(value, list):
            return self._list(lw, place, cast("list[Any]", value))
        return self._object(
            place, DictC(tuple(value), tuple(self.raw(lw, place.item(k), x) for k, x in value.items()))
        )

    def _list(self, lw: Lowering, place: Place, value: list[Any]) -> Ref:
        """A list; the same one wherever it is found."""
        known = self.lists_of.get(id(value))
        if known is not None:
            for p in (known[0], place):
                self.guards[p.key] = is_same(p, value)
            return known[1]
        outermost = self.within is None
        leaf = list_leaf(value, place.text, 0)
        root = place.key if outermost else self.within
        if leaf is not None and outermost and (root in self.wanted or is_long(value)):
            ref = self.outer(lw, place, value, leaf)
        else:
            if leaf is not None:
                self.within = root
            try:
                items = tuple(self.raw(lw, place.item(k), x) for k, x in enumerate(value))
            finally:
                self.within = None if outermost else self.within
            ref = self.original(ListC(items), place.text, root)
            self.places[ref.key] = place
        self.lists_of[id(value)] = place, ref
        return ref

    def _object(self, place: Place, content: Content) -> Ref:
        ref = self.original(content, place.text)
        self.places[ref.key] = place
        return ref

    def original(self, content: Content, name: str, root: Any = None) -> Ref:
        """A list, a dict or an instance that exists outside, which belongs to the list at ``root``."""
        key = -1 - len(self.originals)
        self.originals[key] = content
        self.names[key] = name
        self.born[key] = root
        return Ref(key)

    def attribute(self, lw: Lowering, ref: Ref, name: str) -> AV | None:
        """An attribute of an instance from outside that nobody assigned: read when asked for."""
        place = self.places.get(ref.key)
        if place is None:
            return None
        value = place.read()
        if name not in (instance_fields(value) or ()):
            return None
        return self.lift(lw, place.attr(name), getattr(value, name))

    def member(self, lw: Lowering, module: Any, name: str) -> AV | None:
        """An attribute of a module, or of a library of C."""
        if not hasattr(module, name):
            return None
        value = getattr(module, name)
        if is_library(module):
            return Const(value)
        if module.__name__.partition(".")[0] in TRUSTED or module.__name__ in sys.stdlib_module_names:
            return Const(value)
        return self.lift(lw, global_place(module.__dict__, name), value)

    def freeze(self, place: Place) -> Any:
        """Make a hidden integer a constant of this specialisation."""
        value = place.read()
        self.guards[("equal", *place.key)] = is_equal(place, value)
        return value


def opaque(value: Any) -> bool:
    """Whether an object is known only by what calling it does: no instance of a class of the user's."""
    if not callable(value):
        return False
    own = type(value).__module__.partition(".")[0] not in TRUSTED
    compiled = type(value).__module__.startswith(("numba.", "ctypes", "_cffi_backend"))
    return not own or compiled or instance_fields(value) is None


def kind(value: Any) -> str:
    """A value in words."""
    if isinstance(value, np.ma.MaskedArray):
        return "masked array"
    if isinstance(value, np.ndarray):
        return f"array of {value.dtype}"
    return type(value).__name__
