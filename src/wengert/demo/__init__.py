"""`wengert demo`: a predator-prey model, written as one would anyway, and calibrated to old counts."""

from .command import main

__all__ = ["main"]
