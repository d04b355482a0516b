"""The state of capture while it walks a function: where operations go, what names mean, what was refused.

Statements, expressions, calls and operators are tables of functions over this class (`statements`,
`expressions`, `calls`, ...); what is here is what all of them share.
"""

from __future__ import annotations

import ast
import enum
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn, cast

from ..diag.diagnostic import Diagnostic
from ..diag.span import Span
from ..ir.build import Builder
from ..ir.core import Block, Value, suggest
from ..ir.types import BOOL, I64, Scalar, Type
from ..prims import REGISTRY
from ..prims.primitive import InferError
from .dtypes import scalar_of_constant
from .forms import MISSING, describe
from .frames import Frame
from .renaming import shown
from .values import (
    AV,
    Arr,
    Const,
    Content,
    DictC,
    GrowC,
    Held,
    Known,
    ListC,
    Lost,
    Maybe,
    MovedC,
    Num,
    Ref,
    Row,
    Struct,
    Tup,
    Unknown,
)

if TYPE_CHECKING:
    from .session import Session
    from .trying import Attempt
    from .units import Unit


class Refusal(Exception):
    """Something that capture does not translate; without a diagnostic when it follows from another one."""

    def __init__(self, diagnostic: Diagnostic | None = None) -> None:
        super().__init__(diagnostic)
        self.diagnostic = diagnostic


class Dead(Exception):
    """Control does not get past this point: an exception was raised, or recursion has no result yet."""


Step = Callable[[Sequence["Step"]], bool]  # a statement; returns whether it has run the rest as well

_UNBOUND = "cannot access local variable '{}' where it is not associated with a value"
FLAGS = ("%ret", "%brk", "%cont")


class Lowering:
    """Lowers one function of the module, with everything that is inlined into it."""

    def __init__(self, session: Session, unit: Unit) -> None:
        self.session = session
        self.unit = unit
        self.b = Builder()
        self.heap: dict[int, Content] = {}
        self.next_key = 1
        self.stack: list[Frame] = []
        self.live_out: frozenset[str] = frozenset()
        self.exit_live: frozenset[str] = frozenset()
        self.tries: list[Attempt] = []
        self.caught: list[tuple[str, str] | None] = []
        self.arms = 0

    @property
    def frame(self) -> Frame:
        return self.stack[-1]

    # places

    def at(self, node: ast.AST) -> None:
        """Operations that follow belong to this node."""
        self.b.span = self.frame.source.span(node)

    @property
    def span(self) -> Span | None:
        return self.b.span

    def refuse(self, code: str, message: str, node: ast.AST | None = None, hint: str = "") -> NoReturn:
        """Refuse with the place of ``node``, or of what is being lowered."""
        span = self.frame.source.span(node) if node is not None and self.stack else self.b.span
        labels: list[tuple[Span, str]] = []
        for depth, call in reversed([*enumerate(self.session.calls)]):
            if call is not None and span is not None and call != span:
                labels.append((call, "called from here" if depth else "in this function"))
        raise Refusal(
            Diagnostic(code, message, span, labels=tuple(labels[:3]), helps=(hint,) if hint else ())
        )

    # operations

    def emit(self, name: str, *operands: Value, **attrs: Any) -> Value:
        """An operation with one result."""
        try:
            types = REGISTRY[name].infer([v.type for v in operands], attrs)
        except InferError as e:
            self.refuse("T0201", str(e))
        self.noted(REGISTRY[name].raises or len(operands) > 1)
        return self.b.emit(name, operands, attrs, types=types)[0]

    def noted(self, raises: bool = True) -> None:
        """Tell the `try` statements around that what comes next may raise."""
        if raises:
            for attempt in self.tries:
                attempt.note(self)

    def effect(self, name: str, *operands: Value, **attrs: Any) -> None:
        """An operation without results."""
        try:
            REGISTRY[name].infer([v.type for v in operands], attrs)
        except InferError as e:
            self.refuse("T0201", str(e))
        self.noted()
        self.b.emit(name, operands, attrs)

    def const(self, value: Any, dtype: Scalar) -> Value:
        """A constant of the IR."""
        if hasattr(value, "item"):
            value = value.item()
        if dtype.is_float:
            value = float(value)
        elif dtype.is_int:
            value = int(value)
        elif dtype.is_bool:
            value = bool(value)
        return self.b.emit("const", (), {"value": value}, types=(dtype,))[0]

    def int(self, value: int) -> Value:
        return self.const(value, I64)

    def undef(self, t: Type) -> Value:
        return self.b.emit("undef", types=(t,))[0]

    def check(self, ok: Value, exc: str, message: str, *operands: Value) -> None:
        """Raise ``exc`` unless ``ok``."""
        self.noted()
        self.b.emit("check", (ok, *operands), {"exc": exc, "message": message})

    def fail(self, code: str, exc: str, message: str, node: ast.AST | None = None) -> NoReturn:
        """Something that certainly raises when it is reached: an exception of the run where that may not be,
        or where a `try` catches it; otherwise a refusal.
        """
        if self.arms or any(attempt.handler(exc) for attempt in self.tries):
            self.check(self.const(False, BOOL), exc, message.replace("{", "{{").replace("}", "}}"))
            raise Dead
        self.refuse(code, message, node)

    @contextmanager
    def region(self) -> Generator[Builder]:
        """Operations inside go to a block of their own."""
        outer = self.b
        self.b = Builder(outer.span)
        try:
            yield self.b
        finally:
            self.b = outer

    def block(self, b: Builder, params: Sequence[Value] = (), yields: Sequence[Value] = ()) -> Block:
        return Block(tuple(params), tuple(b.ops), tuple(yields))

    # numbers

    def cast(self, v: Value, dtype: Scalar) -> Value:
        """A scalar or an array in another dtype."""
        from ..ir.types import dtype_of

        return v if dtype_of(v.type) == dtype else self.emit("cast", v, to=dtype)

    def number(self, av: AV, dtype: Scalar | None = None) -> Value:
        """A number as a value of the IR, cast to ``dtype``."""
        if isinstance(av, Const):
            own = scalar_of_constant(av.value)
            if own is not None:
                to = dtype or own
                if to != own and to.is_int and not own.is_bool and not own.is_int:
                    return self.cast(self.const(av.value, own), to)
                return self.const(complex(av.value) if to.is_complex else av.value, to)
        elif isinstance(av, Num):
            return self.cast(av.value, dtype) if dtype is not None else av.value
        elif isinstance(av, Arr) and av.rank == 0:
            v = self.emit("load", av.value)
            return self.cast(v, dtype) if dtype is not None else v
        self.poison(av)
        self.refuse("C0104", f"a number is needed here, not {self.describe(av)}")

    def index(self, av: AV) -> Value:
        """An integer that is an index, a size or a bound."""
        if isinstance(av, Const) and hasattr(av.value, "__index__"):
            return self.int(int(av.value.__index__()))
        if isinstance(av, Num) and (av.dtype.is_int or av.dtype.is_bool):
            return self.cast(av.value, I64)
        if isinstance(av, Arr) and av.rank == 0 and av.dtype.is_int:
            return self.cast(self.emit("load", av.value), I64)
        self.poison(av)
        self.refuse("C0104", f"an integer is needed here, not {self.describe(av)}")

    def low(self, av: AV) -> int | None:
        """What an integer certainly is at least."""
        if isinstance(av, Const) and hasattr(av.value, "__index__"):
            return int(av.value.__index__())
        return av.low if isinstance(av, Num) else None

    def static(self, av: AV, what: str) -> Any:
        """A constant; an integer that is read from a global or a default becomes one, with a guard."""
        if isinstance(av, Const):
            return av.value
        if isinstance(av, Tup) and av.cls is None:
            return tuple(self.static(i, what) for i in av.items)
        if isinstance(av, Ref):
            content = self.content(av)
            if isinstance(content, ListC):
                return [self.static(i, what) for i in content.items]
            if isinstance(content, DictC):
                return dict(zip(content.keys, (self.static(i, what) for i in content.items), strict=True))
        if isinstance(av, Num) and av.known is not None:
            return self.session.freeze(av.known)
        self.poison(av)
        self.refuse("C0104", f"{what} must be a constant", hint="write the number itself")

    def poison(self, *avs: Any) -> None:
        """Stop quietly where an operand stands for an offence that is already reported."""
        for av in avs:
            if isinstance(av, Unknown):
                raise Refusal
            if isinstance(av, Lost):
                self.refuse("C0101", av.why)

    def describe(self, av: AV) -> str:
        """A value in words."""
        return describe(self.content(av) if isinstance(av, Ref) else av)

    # names

    def read(self, name: str, node: ast.AST) -> AV:
        """The value of a variable."""
        owner = self.frame.owner(name)
        if owner is None:
            return self.session.free(self, self.frame, name, node)
        av = self._in_box(owner, name) if self._is_boxed(owner, name) else owner.vars.get(name)
        if av is None:
            self._unbound(name, node)
        if owner.unit is not self.unit:
            av = self.unit.import_var(owner, name, av)
        if isinstance(av, Maybe):
            self.check(av.defined, "UnboundLocalError", _UNBOUND.format(shown(name)))
            av = av.value
            if owner is self.frame:
                owner.vars[name] = av
        self.poison(av)
        return av

    def _unbound(self, name: str, node: ast.AST) -> NoReturn:
        """Read a variable without a value: in a branch, or where that is caught, an error of the run."""
        text = shown(name)
        if self.arms or any(attempt.handler("UnboundLocalError") for attempt in self.tries):
            self.check(self.const(False, BOOL), "UnboundLocalError", _UNBOUND.format(text))
            raise Dead
        self.refuse("C0108", f"`{text}` has no value here", node, f"assign `{text}` before this line")

    def bind(self, name: str, av: AV) -> None:
        """Assign to a variable, and let values without a name take it."""
        owner = self.frame.owner(name)
        if owner is not None and self._is_boxed(owner, name):
            self._box(owner, name, av)
        else:
            self.frame.vars[name] = av
        if isinstance(av, (Num, Arr)):
            suggest(av.value, shown(name))

    def _is_boxed(self, owner: Frame, name: str) -> bool:
        """Whether a function inside rebinds a variable (``nonlocal``), so that it lives in the heap."""
        return name in owner.scope.boxed and name not in owner.temps

    def _in_box(self, owner: Frame, name: str) -> AV | None:
        ref = owner.vars.get("%box " + name)
        if owner.unit is not self.unit:
            self.refuse("C0109", f"`nonlocal {name}` in a function that is called out of line")
        content = self.content(ref) if isinstance(ref, Ref) else None
        return content.items[0] if isinstance(content, DictC) else None

    def _box(self, owner: Frame, name: str, av: AV) -> None:
        ref = owner.vars.get("%box " + name)
        if owner.unit is not self.unit:
            self.refuse("C0109", f"`nonlocal {name}` in a function that is called out of line")
        if isinstance(ref, Ref):
            self.heap[ref.key] = DictC(("value",), (av,))
        elif owner is self.frame:
            owner.vars["%box " + name] = self.new_object(DictC(("value",), (av,)))
        else:
            self.refuse(
                "C0108", f"`{name}` has no value yet", hint=f"assign `{name}` in the outer function first"
            )

    def new_object(self, content: Content) -> Ref:
        """A new list, dict or instance."""
        key = self.next_key
        self.next_key += 1
        self.heap[key] = content
        self.session.born[key] = self.span
        session = self.session
        session.pools.discard(key)
        session.held.discard(key)
        session.frozen.pop(key, None)
        return Ref(key)

    def new_pool(self) -> int:
        """A list of lists that only grows."""
        key = self.new_object(GrowC(MISSING, (), Num(self.int(0), low=0), full=True)).key
        self.session.pools.add(key)
        return key

    def shaped(self, ref: Ref) -> Ref:
        """A new list, in the form that what is done with it later needs."""
        from .rows import born, with_floats

        mode = self.wanted(ref)
        if mode is not None:
            born(self, ref, mode)
        if ("float", self.session.born.get(ref.key)) in self.session.wanted:
            with_floats(self, ref)
        return ref

    def mutable(self, ref: Ref) -> None:
        """Refuse to change what has two names, one of which a loop or a branch gave to a copy."""
        if ref.key not in self.session.frozen:
            return
        original = self.session.frozen[ref.key]
        if original is not None:
            self.want(original, "grid")
        self.want(ref, "grid")
        self.refuse(
            "C0104",
            f"{self.describe(ref)} is changed that has two names, and a loop or branch binds one again",
            hint="change a copy",
        )

    def wanted(self, ref: Ref) -> str | None:
        """The form that lists made at this place need: ``grid``, ``table`` or any."""
        return self.session.wanted.get(self.session.born.get(ref.key))

    def want(self, ref: Ref, mode: str) -> None:
        """Begin again with the list in another form, unless that was done before."""
        self.session.want(self.session.born.get(ref.key), mode)

    def content(self, ref: Ref) -> Known:
        """What a list, a dict or an instance holds on this path."""
        found = self.heap.get(ref.key)
        if isinstance(ref, Held):
            return ref.content
        if isinstance(ref, Row) or isinstance(found, MovedC):
            from .rows import content_of

            return content_of(self, ref if isinstance(ref, Row) else cast("MovedC", found))
        if found is None:
            found = self.unit.import_content(ref.key, self.session.originals.get(ref.key))
        if isinstance(found, Unknown):
            raise Refusal
        return cast("Known", found)

    def items(self, av: AV) -> tuple[AV, ...] | None:
        """The elements of a sequence of known length, or ``None``."""
        from .mappings import keys_of

        if isinstance(av, Tup):
            return av.items
        if isinstance(av, Ref):
            content = self.content(av)
            if isinstance(content, ListC):
                return content.items
            if isinstance(content, DictC):
                return tuple(map(Const, keys_of(content)))
        if isinstance(av, Const) and isinstance(av.value, enum.EnumMeta):
            return tuple(Const(member) for member in av.value)
        if isinstance(av, Const) and isinstance(av.value, (tuple, list, str, range, dict, set)):
            long = isinstance(av.value, range) and len(av.value) > 16
            return None if long else tuple(Const(x) for x in av.value)
        return None

    def field(self, av: AV, name: str) -> AV | None:
        """An attribute that an instance itself has."""
        if isinstance(av, Struct) and name in av.names:
            return av.items[av.names.index(name)]
        if isinstance(av, Tup) and av.cls is not None:
            names: tuple[str, ...] = getattr(av.cls, "_fields", ())
            return av.items[names.index(name)] if name in names else None
        return None

    # control

    def exited(self) -> bool:
        """Whether this path has certainly left the block."""
        v = self.frame.vars
        return any(isinstance(f := v.get(k), Const) and f.value is True for k in FLAGS)

    def pending(self) -> Value | None:
        """A bool that tells at run time whether this path has left the block, if it may have."""
        found: Value | None = None
        for k in FLAGS:
            f = self.frame.vars.get(k)
            if isinstance(f, Num):
                found = f.value if found is None else self.emit("or", found, f.value)
        return found

    def run(self, steps: Sequence[Step]) -> None:
        """Run statements until one leaves the block; what may have been left goes under ``if not left``."""
        from .branches import unless

        for k, step in enumerate(steps):
            if self.exited():
                return
            left = self.pending()
            if left is not None:
                rest = steps[k:]
                unless(self, left, lambda rest=rest: self.run(rest))
                return
            if step(steps[k + 1 :]):
                return

    def truth(self, av: AV) -> Const | Num:
        """``bool(x)``: a constant, or a bool of the IR."""
        from .truths import truth_of

        return truth_of(self, av)
