"""Native code: `lower` turns a module into LLVM text (see ``docs/design/native.md``).

The emitter is loaded when something is lowered; code from the disk cache needs `native` alone.
"""

from typing import TYPE_CHECKING, Any

from .native import Native, Options, Site

if TYPE_CHECKING:
    from .module import lower

__all__ = ["Native", "Options", "Site", "lower"]


def __getattr__(name: str) -> Any:
    if name != "lower":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from .module import lower

    return lower
