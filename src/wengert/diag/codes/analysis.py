"""A: what the analyses find."""

from ..entry import Entry

ENTRIES = {
    "A0301": Entry(
        "written arguments overlap",
        "UseError",
        "Two arguments share memory and the function writes to it. Then no argument has a derivative of its\n"
        "own: to vary one is to vary the other. Overlapping arguments that are only read are accepted.",
        "def f(a, b):\n    a[0] = 2 * b[0]\n    return a.sum()\n\nwengert.grad(f)(x, x)",
        "wengert.grad(f)(x, x.copy())              # vary the first alone\n"
        "wengert.grad(lambda x: f(x, x.copy()))(x)  # vary both as one",
    ),
    "A0302": Entry(
        "the result does not depend on what it is differentiated by",
        "DependenceWarning",
        "The derivative is zero whatever the argument. This is often a sign of a lost dependence: a cast to\n"
        "an integer, a comparison, `stop_gradient`, or a misspelt name.",
        "def f(x):\n    return float(int(x)) ** 2",
        "def f(x):\n    return x ** 2",
    ),
    "A0303": Entry(
        "the function is traced, not compiled",
        "TracingWarning",
        "With `engine='auto'`, a function that the compiler refuses runs as it is, an operation at a time,\n"
        "on values that remember where they come from. That is right, and slow.",
        'def f(x):\n    print(x)\n    return x * x\n\nwengert.grad(f, engine="auto")(2.0)',
        "def f(x):\n    return x * x",
    ),
}
