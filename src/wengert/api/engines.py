"""Which engine runs a transform: the compiler, the tape, or the tape where the compiler refuses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..errors import CaptureError
from .derivative import Derivative
from .step import Engine, engine_of


def engine_for(fun: Any, engine: str) -> Engine:
    """The engine that was asked for, or else that of the derivative that is transformed further."""
    asked = engine_of(engine)
    return fun.engine if asked == "native" and isinstance(fun, Derivative) else asked


def either(
    engine: Engine, name: str, args: Any, native: Callable[[], Any], traced: Callable[[Any], Any]
) -> Any:
    """By the compiler, or by ``traced(room)`` with the room of the tracing engine, which is imported when it
    is needed.  Values of a tape are traced, whatever was asked for.
    """
    if engine != "trace":
        try:
            return native()
        except CaptureError as error:
            from .tracing import carries, warn

            if not carries(args):
                if engine == "native":
                    raise
                warn(error, name)
    from . import tracing

    return traced(tracing)
