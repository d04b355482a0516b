"""The topics of the corpus, and the lines of the coverage specification that they answer."""

from __future__ import annotations

from typing import Any

from . import exceptions

TOPICS: list[Any] = [exceptions]

LINES = {
    "try": "`try/except` around arithmetic, `raise` of one's own classes, `finally`",
    "match": "`match` over numbers, strings and sequences",
}
