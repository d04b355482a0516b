"""The parts of reverse mode; `wengert.transform.vjp` puts them together."""

from . import arrays, control, memory

__all__ = ["arrays", "control", "memory"]
