"""The mark by which capture knows the functions of the public interface, in code that is itself captured."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])


def marked(f: F) -> F:
    """``f``, which `wengert.capture.derive` evaluates where captured code calls it."""
    setattr(f, "__wengert_transform__", f.__name__)  # noqa: B010
    return f
