"""From the disk cache to a callable: no capture, no LLVM, and nothing is decoded before a call needs it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from .cache import Entry
from .call import Head, NativeFunction
from .load import load

if TYPE_CHECKING:
    from ..emit.llvm.native import Site
    from .signature import Signature


def restore(
    entry: Entry, *, statics: Sequence[object] = (), fallback: Callable[..., Any] | None = None
) -> tuple[NativeFunction, dict[str, Any]]:
    """The function that `assemble.make` stored under a front key, and the ``extra`` that came with it."""
    meta = entry.meta

    def signature() -> Signature:
        from .signature import Signature

        return Signature.from_json(meta["signature"])

    def sites() -> list[Site]:
        from .errors_at import site_from_json

        return [site_from_json(site) for site in meta["sites"]]

    code = load(entry.blob, meta["symbols"])
    return NativeFunction(Head(*meta["head"]), signature, sites, code, statics, fallback), meta["extra"]
