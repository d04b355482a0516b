"""What lowering produces: LLVM text, and everything Python must remember beside the object code."""

from __future__ import annotations

from dataclasses import dataclass

from ...diag.span import Span
from ...ir.types import Type


@dataclass(frozen=True, slots=True)
class Options:
    """Choices of code generation.  They belong in the key of every cache of compiled code."""

    bounds: bool = True
    max_depth: int = 4000
    safepoints: bool = True
    versioning: bool = True


@dataclass(frozen=True, slots=True)
class Site:
    """One place that can fail.

    Eexception ``exc`` with ``message.format(*operands)``; operands are decoded by ``dtypes``.
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
