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
    "R0402": Entry(
        "control flow that the algebra cannot decide",
        "UndecidedError",
        "A branch, a loop or an index depends on a value of which the algebra knows too little: an interval\n"
        "that holds both answers, a symbol, a shape without content.",
        "wengert.under(Interval())(lambda x: x if x > 0 else -x)(Interval().between(-1.0, 1.0))",
        "write the choice with `np.where` or `abs`, which every algebra understands, or give narrower input",
    ),
    "R0403": Entry(
        "no meaning in this algebra",
        "RuleError",
        "The operation has no meaning in this algebra, or none has been written.",
        "wengert.interval(lambda x: math.lgamma(x))(1.0)",
        "choose another algebra, or give the algebra a meaning for the operation",
    ),
    "R0404": Entry(
        "a number is needed",
        "RuleError",
        "Something outside NumPy's functions asked a value of an algebra for its number: `float(x)`, a\n"
        "function of C, or a store into an ordinary array. The number alone would lose what it carries.",
        "y = np.zeros(3)\ny[0] = g.variable(1.0)",
        "y = np.zeros_like(x)   # memory of the algebra, like `x`",
    ),
}
