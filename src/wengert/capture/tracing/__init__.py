"""The second engine: the function itself runs, on values of a tape.

Any Python works, an operation at a time, slowly.  Where a value of the tape would become a plain number, and
its derivative be lost, the run is refused (R0404).  The function and those of the user's that it calls see
other names: ``np.zeros`` makes memory of the tape, ``math.sin`` and ``float`` keep values on it (`names`).
"""

from .names import World
from .tape import DualTape, Tape

__all__ = ["DualTape", "Tape", "World"]
