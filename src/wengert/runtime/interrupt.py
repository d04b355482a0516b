"""Ctrl-C in compiled code.

Python's own handler only notes that a signal came; what follows runs between two bytecodes, of which compiled
code has none.  So a handler of ours stands in front of it: it sets a cell that loops of compiled code look
at, and passes the signal on.  A loop that finds the cell set leaves through a failed check, and the entry
lets Python raise.

That is done only while ``KeyboardInterrupt`` is what Python would raise.  A program that installs a handler
of its own replaces ours by that alone, and is then asked nothing: its handler runs when the compiled code has
returned.
"""

from __future__ import annotations

import ctypes
import signal
import threading
from collections.abc import Callable


class Handler:
    """Keeps the C function at address ``ours`` in front of Python's handler of SIGINT."""

    def __init__(self, ours: int) -> None:
        self.rearm_function: Callable[[], None] = self.rearm
        self._ours = ours
        prototype = ctypes.PYFUNCTYPE(ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)
        self._set = prototype(("PyOS_setsig", ctypes.pythonapi))
        self._get = ctypes.PYFUNCTYPE(ctypes.c_void_p, ctypes.c_int)(("PyOS_getsig", ctypes.pythonapi))
        self.python_handler = self._find_python_handler()

    def rearm(self) -> None:
        """Install ours, if ``KeyboardInterrupt`` is what Python would raise."""
        if not self.python_handler or threading.current_thread() is not threading.main_thread():
            return
        pythons = self._get(signal.SIGINT) == self.python_handler
        if pythons and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            self._set(signal.SIGINT, self._ours)

    def _find_python_handler(self) -> int:
        """The C function that CPython installs, the same for all signals; 0 when no signal has it now."""
        for number in (signal.SIGINT, *signal.valid_signals()):
            if callable(signal.getsignal(number)):
                found = self._get(number) or 0
                if found > 1:
                    return found
        return 0
