"""`NativeFunction`: loaded code as a Python callable.

``entry`` is a built-in function whose C body is the generated `wg_entry`, so that a call goes through no
Python code at all.  Arguments it does not accept reach `call`, which takes the same function by a slower
road: it converts what can be converted without changing the meaning, and explains the rest.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ..diag import Diagnostic
from ..errors import error_for
from . import capi
from .load import LoadedCode
from .support import process_table
from .text import ENTRY, TABLE

if TYPE_CHECKING:
    from ..emit.llvm.native import Site
    from .signature import Signature


_FASTCALL_KEYWORDS = 0x0080 | 0x0002


_main = ctypes.CFUNCTYPE(ctypes.c_int32, *[ctypes.c_void_p] * 3)


class _MethodDef(ctypes.Structure):
    _fields_ = (
        ("ml_name", ctypes.c_char_p),
        ("ml_meth", ctypes.c_void_p),
        ("ml_flags", ctypes.c_int),
        ("ml_doc", ctypes.c_char_p),
    )


OWN = ("fallback", "error")
"""The function's own part of a table begins with these two callables."""


class Outgrown(Exception):
    """The code was compiled with an assumption that does not hold for these arguments."""


class _Owner:
    """``self`` of the built-in function: owns the code and every object whose address is in the table.

    So the code is unloaded when nobody can be inside it: a running call holds the function, the function its
    ``self``.
    """

    __slots__ = ("__weakref__", "code", "definition", "objects", "table")

    def __init__(
        self, code: LoadedCode, definition: _MethodDef, objects: list[object], table: ctypes.Array[Any]
    ) -> None:
        self.code = code
        self.definition = definition
        self.objects = objects
        self.table = table

    def __repr__(self) -> str:
        return "<native code>"


_new_builtin = ctypes.PYFUNCTYPE(ctypes.py_object, ctypes.c_void_p, ctypes.py_object, ctypes.py_object)(
    ("PyCFunction_NewEx", ctypes.pythonapi)
)


class Head:
    """What making an entry needs to know of a signature: ``own`` are the names of the function's own part of
    the table (`entry.own_names`).
    """

    __slots__ = ("doc", "name", "own")

    def __init__(self, name: str, doc: str, own: Sequence[str]) -> None:
        self.name = name
        self.doc = doc
        self.own = own


def head_of(signature: Signature) -> Head:
    """The head of a signature."""
    from .entry import own_names

    return Head(signature.name, signature.doc, own_names(signature))


def make_entry(
    head: Head,
    code: LoadedCode,
    fallback: Callable[..., Any],
    error: Callable[[bytes], object],
    statics: Sequence[object] = (),
    module: str = "wengert",
) -> Callable[..., Any]:
    """The built-in function for loaded code that holds an `entry.entry_ir`.

    ``fallback`` gets the arguments that do not fit, ``error`` makes the exception of a failed check from the
    first seven words of the context, or answers with ``fallback`` to have that called.  ``statics`` are the
    objects of `signature.Static`.
    """
    own: dict[str, object] = {"fallback": fallback, "error": error}
    own.update({f"static.{i}": obj for i, obj in enumerate(statics)})
    own.update({n: sys.intern(n.removeprefix("key.")) for n in head.own if n.startswith("key.")})
    words = [*process_table(), *(id(own[name]) for name in head.own)]
    table = (ctypes.c_void_p * len(words)).from_address(code.address(TABLE))
    table[:] = words
    definition = _MethodDef(
        head.name.encode(),
        code.address(ENTRY),
        _FASTCALL_KEYWORDS,
        head.doc.encode() if head.doc else None,
    )
    owner = _Owner(code, definition, list(own.values()), table)
    return _new_builtin(ctypes.addressof(definition), owner, module)


def set_fallback(entry: Callable[..., Any], fallback: Callable[..., Any]) -> None:
    """Let an entry turn to another function.  The old one stays alive: another thread may be about to call
    it.
    """
    owner = getattr(entry, "__self__", None)
    if isinstance(owner, _Owner):
        owner.objects.append(fallback)
        owner.table[len(capi.NAMES) + OWN.index("fallback")] = id(fallback)


class NativeFunction:
    """A compiled function: ``entry(*args)`` is the fast call, ``call(*args)`` the tolerant one.

    ``fallback`` (default: `call`) is what ``entry`` turns to when its arguments do not fit; an API object
    puts its own dispatch there, to compile for the new types.  ``outgrown`` tells that an assumption of the
    code did not hold; ``call`` raises `Outgrown` then.  ``signature`` and ``sites`` are
    asked for only when a tolerant call or an error needs them: a function from the disk need not decode them.
    """

    def __init__(
        self,
        head: Head,
        signature: Callable[[], Signature],
        sites: Callable[[], Sequence[Site]],
        code: LoadedCode,
        statics: Sequence[object] = (),
        fallback: Callable[..., Any] | None = None,
    ) -> None:
        self.name = head.name
        self.statics = tuple(statics)
        self._find_signature = signature
        self._find_sites = sites
        self._code = code
        self._main = _main(code.address("wg_main"))
        self.outgrown = False
        self._fallback = chosen = self.call if fallback is None else fallback
        self.entry: Callable[..., Any]
        if capi.layout_is_known():
            self.entry = make_entry(head, code, chosen, self._error, statics)
        else:
            self.entry = self.call

    @classmethod
    def of(
        cls,
        signature: Signature,
        code: LoadedCode,
        sites: Sequence[Site] = (),
        statics: Sequence[object] = (),
        fallback: Callable[..., Any] | None = None,
    ) -> NativeFunction:
        """The function of a signature, of code for it, and of the sites where it can fail."""
        return cls(head_of(signature), lambda: signature, lambda: sites, code, statics, fallback)

    @cached_property
    def signature(self) -> Signature:
        """What goes in and comes out."""
        return self._find_signature()

    def set_fallback(self, fallback: Callable[..., Any]) -> None:
        """From now on ``entry`` turns to this."""
        self._fallback = fallback
        set_fallback(self.entry, fallback)

    def call(self, *args: Any, **keywords: Any) -> Any:
        """Call through Python: same result as ``entry``, for every argument whose meaning is clear.

        Raises a `UseError` about an argument that does not fit.
        """
        from . import marshal

        if keywords:
            names = ", ".join(f"`{name}`" for name in keywords)
            text = f"{self.name}() takes no keyword arguments here, got {names}"
            raise error_for(Diagnostic("U0601", text))
        frame = marshal.pack(self.signature, args, self.statics)
        status = self._main(frame.context_address, frame.in_address, frame.out_address)
        frame.write_back()
        if status != 0:
            context = bytes(frame.context)
            from .errors_at import exception_at, is_assumption

            sites = self._find_sites()
            if is_assumption(sites, context, status):
                self.outgrown = True
                raise Outgrown
            raise exception_at(sites, context, status).with_traceback(None)
        return marshal.unpack(self.signature, frame)

    def _error(self, context: bytes) -> object:
        from .errors_at import exception_at, is_assumption

        sites = self._find_sites()
        if is_assumption(sites, context, None):
            self.outgrown = True
            return self._fallback
        return exception_at(sites, context)


def make_callable_class(
    base: type, builtin: Callable[..., Any], extra: Mapping[str, Any] | None = None
) -> type:
    """A subclass of ``base`` for one object, whose ``__call__`` is ``builtin`` itself.

    Calling an instance looks ``__call__`` up in its class; a built-in function is no descriptor, so it is
    called with the arguments alone, at nearly the price of calling it directly.  Assign ``obj.__class__``, or
    instantiate.  The class keeps the name of ``base``, for it is a detail of one object: ``base`` should say
    in ``__reduce__`` how to pickle and copy without it.
    """
    body: dict[str, Any] = {"__slots__": (), "__module__": base.__module__, "__qualname__": base.__qualname__}
    body.update(extra or {})
    body["__call__"] = builtin
    return type(base.__name__, (base,), body)
