"""Derivatives inside composites: what capture does in the place of calls of these functions."""

from __future__ import annotations

from typing import Any


def jvp(fun: Any, args: Any, tangents: Any) -> Any:
    """`wengert.jvp`, which this room may not import."""
    raise NotImplementedError("only compiled code takes derivatives inside of functions of SciPy")


def jacobian(fun: Any, wrt: Any = 0, mode: str = "auto") -> Any:
    """`wengert.jacobian`, likewise."""
    raise NotImplementedError("only compiled code takes derivatives inside of functions of SciPy")


jvp.__wengert_transform__ = "jvp"  # pyright: ignore[reportFunctionMemberAccess]
jacobian.__wengert_transform__ = "jacobian"  # pyright: ignore[reportFunctionMemberAccess]
