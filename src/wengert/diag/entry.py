"""One entry of the error catalogue."""

from dataclasses import dataclass

ROOMS = {"C": "capture", "T": "types", "A": "analysis", "R": "rules", "E": "emission and running", "U": "use"}


@dataclass(frozen=True, slots=True)
class Entry:
    """What `wengert explain CODE` prints, and which exception carries the code.

    `raises` names a class of `wengert.errors`; the ground imports nothing, so it is a name and not the class.
    `example` is code that meets the error; `fix` is the same code as it should be typed, or the steps to
    take.
    """

    title: str
    raises: str
    explanation: str
    example: str
    fix: str
