"""`NativeFunction`: loaded code as a Python callable.

``entry`` is a built-in function whose C body is the generated `wg_entry`, so that a call goes through no
Python code at all.  Arguments it does not accept reach `call`, which takes the same function by a slower
road: it converts what can be converted without changing the meaning, and explains the rest.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from ..diag import Diagnostic
from ..emit.llvm.native import Site
from ..errors import error_for
from . import capi, marshal
from .entry import ENTRY, own_names
from .errors_at import Outgrown, exception_at, is_assumption
from .signature import Signature
from .support import process_table
from .text import TABLE

_FASTCALL_KEYWORDS = 0x0080 | 0x0002


class LoadedCode(Protocol):
    """What loading an object file gives: addresses of symbols, valid while the object lives."""

    def address(self, symbol: str, /) -> int: ...


class _MethodDef(ctypes.Structure):
    _fields_ = (
        ("ml_name", ctypes.c_char_p),
        ("ml_meth", ctypes.c_void_p),
        ("ml_flags", ctypes.c_int),
        ("ml_doc", ctypes.c_char_p),
    )


class _Owner:
    """``self`` of the built-in function: owns the code and every object whose address is in the table.

    So the code is unloaded when nobody can be inside it: a running call holds the function, the function its
    ``self``.
    """

    __slots__ = ("__weakref__", "code", "definition", "objects")

    def __init__(self, code: LoadedCode, definition: _MethodDef, objects: tuple[object, ...]) -> None:
        self.code = code
        self.definition = definition
        self.objects = objects

    def __repr__(self) -> str:
        return "<native code>"


_new_builtin = ctypes.PYFUNCTYPE(ctypes.py_object, ctypes.c_void_p, ctypes.py_object, ctypes.py_object)(
    ("PyCFunction_NewEx", ctypes.pythonapi)
)


def make_entry(
    signature: Signature,
    code: LoadedCode,
    fallback: Callable[..., Any],
    error: Callable[[bytes], object],
    statics: Sequence[object] = (),
    module: str = "wengert",
) -> Callable[..., Any]:
    """The built-in function for loaded code that holds the `entry.entry_ir` of ``signature``.

    ``fallback`` gets the arguments that do not fit, ``error`` makes the exception of a failed check from the
    first seven words of the context, or answers with ``fallback`` to have that called.  ``statics`` are the
    objects of `signature.Static`.
    """
    own: dict[str, object] = {"fallback": fallback, "error": error}
    own.update({f"static.{i}": obj for i, obj in enumerate(statics)})
    names = own_names(signature)
    own.update({name: sys.intern(name.removeprefix("key.")) for name in names if name.startswith("key.")})
    words = [*process_table(), *(id(own[name]) for name in names)]
    (ctypes.c_void_p * len(words)).from_address(code.address(TABLE))[:] = words
    definition = _MethodDef(
        signature.name.encode(),
        code.address(ENTRY),
        _FASTCALL_KEYWORDS,
        signature.doc.encode() if signature.doc else None,
    )
    owner = _Owner(code, definition, tuple(own.values()))
    return _new_builtin(ctypes.addressof(definition), owner, module)


class NativeFunction:
    """A compiled function: ``entry(*args)`` is the fast call, ``call(*args)`` the tolerant one.

    ``fallback`` (default: `call`) is what ``entry`` turns to when its arguments do not fit; an API object
    puts its own dispatch there, to compile for the new types.  ``outgrown`` tells that an assumption of the
    code did not hold; ``call`` raises `Outgrown` then.
    """

    def __init__(
        self,
        signature: Signature,
        code: LoadedCode,
        sites: Sequence[Site] = (),
        statics: Sequence[object] = (),
        fallback: Callable[..., Any] | None = None,
    ) -> None:
        self.signature = signature
        self.sites = tuple(sites)
        self.statics = tuple(statics)
        self._code = code
        self._main = ctypes.CFUNCTYPE(ctypes.c_int32, *[ctypes.c_void_p] * 3)(code.address("wg_main"))
        self.outgrown = False
        self._fallback = chosen = self.call if fallback is None else fallback
        self.entry: Callable[..., Any]
        if capi.layout_is_known():
            self.entry = make_entry(signature, code, chosen, self._error, statics)
        else:
            self.entry = self.call

    def call(self, *args: Any, **keywords: Any) -> Any:
        """Call through Python: same result as ``entry``, for every argument whose meaning is clear.

        Raises a `UseError` about an argument that does not fit.
        """
        if keywords:
            names = ", ".join(f"`{name}`" for name in keywords)
            text = f"{self.signature.name}() takes no keyword arguments here, got {names}"
            raise error_for(Diagnostic("U0601", text))
        frame = marshal.pack(self.signature, args, self.statics)
        status = self._main(frame.context_address, frame.in_address, frame.out_address)
        frame.write_back()
        if status != 0:
            context = bytes(frame.context)
            if is_assumption(self.sites, context, status):
                self.outgrown = True
                raise Outgrown
            raise exception_at(self.sites, context, status).with_traceback(None)
        return marshal.unpack(self.signature, frame)

    def _error(self, context: bytes) -> object:
        if is_assumption(self.sites, context, None):
            self.outgrown = True
            return self._fallback
        return exception_at(self.sites, context)


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
