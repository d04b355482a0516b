"""R: operations that have no rule for the mode asked for."""

from ..entry import Entry

ENTRIES = {
    "R0401": Entry(
        "no derivative rule",
        "RuleError",
        "The operation can be run, but it has no derivative in this mode: none is known, none exists, or\n"
        "none has been written. docs/coverage.md lists what each operation has.",
        "def f(x):\n    return np.unique(x).sum()",
        "give the derivative with `wengert.derivative(of=...)`, or cut the chain with\n"
        "`wengert.stop_gradient(x)` where it is meant to be constant",
    ),
}
