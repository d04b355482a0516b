"""Arguments that share memory, on the tracing engine: each has memory of its own on the tape."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Any

import numpy as np

from ..algebra.graph import Graph, Var
from ..diag import Diagnostic
from ..errors import error_for


def refuse_written(tape: Graph, given: Sequence[Any], mine: Sequence[Var], name: str) -> None:
    """Refuse what ran if it wrote one of two arguments that overlap.

    ``given`` are numbers and arrays as the caller has them, ``mine`` what stood for them.  Raises `UseError`
    (A0301), as compiled code does.
    """
    arrays = [k for k, x in enumerate(given) if isinstance(x, np.ndarray)]
    pairs = [p for p in combinations(arrays, 2) if np.shares_memory(given[p[0]], given[p[1]])]
    if not pairs:
        return
    written = {
        id(node.args[0].root)
        for node in tape.nodes.values()
        if node is not None and node.prim.writes and isinstance(node.args[0], Var)
    }
    for i, j in pairs:
        if id(mine[i]) in written or id(mine[j]) in written:
            which = 1 + (i if id(mine[i]) in written else j)
            text = f"{name}(): values {i + 1} and {j + 1} share memory, and the function writes value {which}"
            raise error_for(Diagnostic("A0301", text, helps=("pass a copy",)))
