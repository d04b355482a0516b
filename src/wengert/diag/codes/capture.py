"""C: what capture refuses."""

from ..entry import Entry

ENTRIES = {
    "C0101": Entry(
        "unsupported syntax",
        "CaptureError",
        "The function uses a construct that capture does not translate. Wengert refuses rather than guess\n"
        "at what the construct means for the derivative.",
        "def f(x):\n    del x[0]\n    return sum(x)",
        "def f(x):\n    return sum(x[1:])",
    ),
    "C0102": Entry(
        "source not available",
        "SourceError",
        "Capture reads the source of the function, and there is none to read: it was made by `exec`, typed\n"
        "at the plain interactive prompt, or is compiled. Notebook cells and IPython input are fine.",
        "exec('def f(x): return x * x')\nwengert.grad(f)(3.0)",
        "put the function in a module or a notebook cell; for a compiled function, give its derivative\n"
        "with `wengert.derivative(of=f)`",
    ),
    "C0103": Entry(
        "source does not match the running code",
        "SourceError",
        "The source text compiles to other bytecode than the function that runs. Usually the file was\n"
        "edited after it was imported. A derivative of the text would be a derivative of something else.",
        "import model\n# ... edit model.py and save ...\nwengert.grad(model.loss)(w)",
        "importlib.reload(model)     # or restart Python",
    ),
    "C0104": Entry(
        "unsupported function call",
        "CaptureError",
        "The called function is neither Python that can be read nor an operation with a rule.",
        "def f(x):\n    return some_library.compiled(x)",
        "@wengert.derivative(of=some_library.compiled)\ndef compiled_derivative(x): ...\n\n"
        "or mark it: wengert.no_derivative(some_library.compiled)",
    ),
    "C0105": Entry(
        "unsupported attribute or method",
        "CaptureError",
        "The attribute or method exists in Python or NumPy but is not translated.",
        "def f(x):\n    return x.tobytes()",
        "use an operation listed in docs/coverage.md, or move the call out of the differentiated function",
    ),
    "C0106": Entry(
        "unsupported argument type",
        "CaptureError",
        "An argument is of a type that has no numeric meaning here. Numbers, NumPy arrays and scalars, and\n"
        "tuples, lists, dicts, dataclasses, named tuples and plain objects of these are accepted.",
        "wengert.grad(f)(pandas.Series([1.0, 2.0]))",
        "wengert.grad(f)(series.to_numpy())",
    ),
    "C0107": Entry(
        "code that is not known until run time",
        "CaptureError",
        "`eval`, `exec` and `compile` run code that capture cannot read.",
        "def loss(w, expr):\n    return eval(expr)",
        "def loss(w, function):\n    return function(w)      # pass the function itself",
    ),
    "C0108": Entry(
        "name not defined",
        "CaptureError",
        "A name is read that has no value there: it is nowhere defined, or it is local to the function and\n"
        "no path to this line assigns it.",
        "def f(x):\n    y += x\n    return y",
        "def f(x):\n    y = 0.0\n    y += x\n    return y",
    ),
    "C0109": Entry(
        "write to a global or nonlocal name",
        "CaptureError",
        "`global` and `nonlocal` rebind a name that outlives the call, so the function would have a result\n"
        "that it does not return, and its derivative would be lost.",
        "def f(x):\n    global calls\n    calls += 1\n    return x * x",
        "def f(x, calls):\n    return x * x, calls + 1",
    ),
    "C0110": Entry(
        "generator or coroutine",
        "CaptureError",
        "`await` and `async` suspend and resume, and the result of a generator is no number. A generator\n"
        "that is consumed by a loop, a sum or a list is supported: its body is compiled there, so it\n"
        "may be consumed once, from its start, and `yield` may not stand in a `try` or a `with`.",
        "def f(x):\n    for v in x:\n        yield v * v",
        "def f(x):\n    return [v * v for v in x]",
    ),
    "C0111": Entry(
        "type changes between branches or loop trips",
        "CaptureError",
        "A variable has one type on one path and another on the next, and both reach the same line. Native\n"
        "code needs one type there. Integers that become floats are converted and are not refused.",
        "w = None\nfor v in x:\n    w = v if w is None else w + v",
        "w = x[0]\nfor v in x[1:]:\n    w = w + v",
    ),
    "C0112": Entry(
        "unsupported value captured from a global or closure",
        "CaptureError",
        "The function reads a global or an enclosing variable whose value has no numeric meaning here, such\n"
        "as an open file, a lock or a data frame.",
        "frame = pandas.read_csv('data.csv')\ndef loss(w):\n    return w * frame['x'].sum()",
        "x = frame['x'].to_numpy()\ndef loss(w):\n    return w * x.sum()",
    ),
}
