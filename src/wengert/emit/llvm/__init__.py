"""Native code: `lower` turns a module into LLVM text (see ``docs/design/native.md``)."""

from .module import lower
from .native import Native, Options, Site

__all__ = ["Native", "Options", "Site", "lower"]
