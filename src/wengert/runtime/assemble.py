"""From lowered code to a callable, through the cache.

`make` compiles code together with its call entry, unless the cache has the object for exactly this text.
With a ``front`` key (`fingerprint.key` of the user's bytecode, the argument types and the transform)
everything needed to rebuild the callable is stored under it as well: a second process calls
`restore.restore` and never captures.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..emit.llvm.native import CALL, Native
from ..ir.types import Array, Scalar, Type
from . import cache as caching
from . import compile, fingerprint
from .cache import Cache, cached_object
from .call import NativeFunction, head_of
from .entry import entry_ir
from .errors_at import site_to_json
from .load import load
from .signature import Origin, Param, Result, Signature, Tree


def signature_of(
    native: Native,
    name: str,
    *,
    origins: Sequence[Origin] = (),
    written: Sequence[int] = (),
    alone: Sequence[int] = (),
    result_origins: Sequence[Origin] = (),
    arguments: tuple[Tree, ...] = (),
    output: Tree | None = None,
    doc: str = "",
) -> Signature:
    """The signature of lowered code: its types, with what lowering does not know.

    The GIL is released when there are arrays or loops, and Ctrl-C is watched when the code has safepoints.
    """
    arrays = any(isinstance(t, Array) for t in (*native.params, *native.results))
    interruptible = any(site.exc == "KeyboardInterrupt" for site in native.sites)
    return Signature(
        name=name,
        params=tuple(
            Param(_leaf(t), origins[i] if origins else "any", i in written, i in alone)
            for i, t in enumerate(native.params)
        ),
        results=tuple(
            Result(_leaf(t), result_origins[i] if result_origins else "python")
            for i, t in enumerate(native.results)
        ),
        arguments=arguments,
        output=output,
        release_gil=arrays or interruptible or "llvm.loop" in native.llvm_ir,
        interruptible=interruptible,
        doc=doc,
    )


def _leaf(t: Type) -> Scalar | Array:
    assert isinstance(t, Scalar | Array), t
    return t


def make(
    native: Native,
    signature: Signature,
    *,
    cache: Cache | None = None,
    front: str | None = None,
    extra: dict[str, Any] | None = None,
    statics: Sequence[object] = (),
    fallback: Callable[..., Any] | None = None,
    timings: compile.Timings | None = None,
) -> NativeFunction:
    """Compile (or find) and load.  ``extra`` is JSON that `restore` gives back with the function."""
    store = caching.default() if cache is None else cache
    text = native.llvm_ir + entry_ir(signature)
    blob = cached_object(
        text, store, lambda ir: compile.compile_text(ir, fingerprint.optimisation(), timings)
    )
    if front is not None and CALL not in native.symbols:  # call sites have numbers in this process only
        head = head_of(signature)
        meta: dict[str, Any] = {
            "head": [head.name, head.doc, list(head.own)],
            "signature": signature.to_json(),
            "sites": [site_to_json(site) for site in native.sites],
            "symbols": list(native.symbols),
            "extra": extra or {},
        }
        store.store(front, meta, blob)
    return NativeFunction.of(signature, load(blob, native.symbols), native.sites, statics, fallback)
