"""What lowering produces: LLVM text, and everything Python must remember beside the object code."""

from __future__ import annotations

import os
from dataclasses import dataclass

from ...diag.span import Span
from ...ir.types import Type


@dataclass(frozen=True, slots=True)
class Options:
    """Choices of code generation.  They belong in the key of every cache of compiled code.

    ``poison`` fills memory that is not initialised, or no longer in use, with not-a-numbers.
    """

    bounds: bool = True
    poison: bool = False
    max_depth: int = 4000
    safepoints: bool = True
    versioning: bool = True

    @staticmethod
    def default() -> Options:
        """What the environment asks for: ``WENGERT_POISON=1`` poisons."""
        return Options(poison=os.environ.get("WENGERT_POISON") == "1")


ASSUMED = "assumed"
"""The exception of a check of what was assumed in compiling: the code is too narrow, nothing is wrong."""


OUT_OF_BOUNDS = "index {0} is out of bounds for axis "
"""How the message of an index check begins; a negative index has had the size, ``{1}``, added."""

CALL, TAKE = "wg_python_call", "wg_python_take"
"""The externals through which compiled code calls back into Python."""

RAISED = "python"
"""The exception of a site whose exception Python keeps."""


@dataclass(frozen=True, slots=True)
class Site:
    """One place that can fail.

    Exception ``exc`` with ``message.format(*operands)``; operands are decoded by ``dtypes``.
    """

    exc: str
    message: str
    dtypes: tuple[str, ...] = ()
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Native:
    """A lowered module.  Site number ``k`` of the compiled code is ``sites[k - 1]``."""

    llvm_ir: str
    sites: tuple[Site, ...]
    params: tuple[Type, ...]
    results: tuple[Type, ...]
    symbols: tuple[str, ...]
    options: Options = Options()
