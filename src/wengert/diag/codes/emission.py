"""E: the making of native code, and what compiled code raises while it runs."""

from ..entry import Entry

ENTRIES = {
    "E0501": Entry(
        "internal failure while making native code",
        "EmitError",
        "This is a bug in Wengert and not in your code. The message carries the form that failed.",
        "any function",
        "please report it with the whole message",
    ),
    "E0502": Entry(
        "recursion or inlining goes too deep",
        "RecursionLimit",
        "Calls are copied into their callers up to a budget. A recursion that does not end at compile time\n"
        "for the given types, or a very deep tree of helpers, passes it.",
        "def f(x, n):\n    return f(x, n)",
        "give the recursion a base case that is reached, or write it as a loop",
    ),
    "E0510": Entry(
        "index out of bounds",
        "IndexOutOfBounds",
        "An index is outside its array, as in NumPy. The label shows the index and the size.",
        "def f(x):\n    return x[len(x)]",
        "def f(x):\n    return x[len(x) - 1]",
    ),
    "E0511": Entry(
        "division by zero",
        "DivisionError",
        "Python numbers raise on division by zero, and so does compiled code. NumPy scalars and arrays give\n"
        "`inf` or `nan` instead, and so does compiled code.",
        "def f(x):\n    return 1.0 / x\n\nwengert.grad(f)(0.0)",
        "test for zero first, or pass `np.float64(0.0)` where `inf` is meant",
    ),
    "E0512": Entry(
        "number too large",
        "OverflowError_",
        "A Python integer grew beyond 64 bits, or a `math` function overflowed. Python integers have no\n"
        "bound; compiled ones have, and raise instead of wrapping round. NumPy integers wrap, as in NumPy.",
        "def f(x):\n    return x * 2**64",
        "def f(x):\n    return x * 2.0**64",
    ),
    "E0513": Entry(
        "recursion limit while running",
        "RecursionLimit",
        "A compiled function called itself more often than the limit that protects the stack allows.",
        "def f(x, n):\n    return x if n == 0 else f(x, n - 1)\n\nwengert.grad(f)(1.0, 10**7)",
        "write the recursion as a loop",
    ),
    "E0514": Entry(
        "memory budget exceeded",
        "MemoryLimit",
        "Reverse mode keeps values of the forward sweep. They would take more memory than the budget\n"
        "allows; the error is raised before the machine starts to swap.",
        "a loop of 10**9 trips with a nonlinear body",
        "wrap the body of the loop in `wengert.checkpoint`, or use forward mode (`wengert.jvp`)",
    ),
    "E0515": Entry(
        "local variable read before it has a value",
        "UnboundError",
        "The path that was taken does not assign the variable, as in Python.",
        "def f(x):\n    if x > 0:\n        y = x\n    return y\n\nwengert.grad(f)(-1.0)",
        "def f(x):\n    y = 0.0\n    if x > 0:\n        y = x\n    return y",
    ),
}
