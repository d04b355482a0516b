"""U: how the library is called."""

from ..entry import Entry

ENTRIES = {
    "U0601": Entry(
        "wrong number or structure of arguments",
        "UseError",
        "The arguments do not fit the signature of the function, or a tangent or cotangent has another\n"
        "structure than the value it belongs to.",
        "wengert.jvp(f, (x, y), (dx,))",
        "wengert.jvp(f, (x, y), (dx, dy))     # a tangent for every argument",
    ),
    "U0602": Entry(
        "unknown `wrt`",
        "WrtError",
        "`wrt` names an argument that the function does not have, or a path that the argument does not have.",
        "def loss(params, x): ...\nwengert.grad(loss, wrt='params.v')",
        "wengert.grad(loss, wrt='params.w')   # a position, a name, a path, or a tuple of these",
    ),
    "U0603": Entry(
        "dtype, rank or layout of an argument",
        "UseError",
        "Compiled code takes real and complex floats, integers and booleans of the usual widths, in arrays\n"
        "of any strides up to rank 32. Object, string and date arrays have no numeric meaning here.",
        "wengert.grad(f)(np.array([1.0, 'a'], dtype=object))",
        "wengert.grad(f)(np.asarray(values, dtype=float))",
    ),
    "U0604": Entry(
        "read-only array is written",
        "UseError",
        "The function writes to an argument whose `writeable` flag is off.",
        "x.flags.writeable = False\nwengert.jit(scale_in_place)(x)",
        "wengert.jit(scale_in_place)(x.copy())",
    ),
    "U0605": Entry(
        "masked array",
        "UseError",
        "`np.ma` arrays carry a mask that compiled code would ignore, which would give a wrong answer.",
        "wengert.grad(f)(np.ma.masked_invalid(x))",
        "wengert.grad(lambda x: f(np.where(mask, 0.0, x)))(x.filled(0.0))",
    ),
    "U0611": Entry(
        "value of another tape",
        "MissingIdError",
        "Gradients are asked of a tape for values that were made on it. This one was made on another tape,\n"
        "or is a plain number.",
        "g.evaluate_gradients(Graph1().variable(1.0), 1.0)",
        "x = g.variable(1.0)\ny = g.mul(x, x)\ng.evaluate_gradients(y, 1.0)",
    ),
    "U0612": Entry(
        "no gradient",
        "MissingGradientError",
        "The result does not depend on this value, or the value shares memory with another one, whose\n"
        "gradient was computed for both together.",
        "grads = g.evaluate_gradients(y, 1.0)\ngrads[unused]",
        "grads.get(unused)   # None when there is none; for a view: take a copy first",
    ),
    "U0613": Entry(
        "freed tape",
        "MissingNodeError",
        "`evaluate_gradients_once` frees the tape as it goes, so it can be used once.",
        "g.evaluate_gradients_once(y, 1.0)\ng.evaluate_gradients(y, 1.0)",
        "g.evaluate_gradients(y, 1.0)   # as often as needed, from any thread",
    ),
    "U0614": Entry(
        "shadow that does not fit",
        "ShadowError",
        "In-place derivatives read and write the caller's shadows. A shadow must be writable, have the\n"
        "structure, shape and dtype of what it belongs to, and share no memory with it or another shadow.",
        "x_bar = np.zeros(3, np.float32)\n"
        "wengert.autodiff(f, 'reverse', wengert.Duplicated(x, x_bar), ret=wengert.Active)",
        "x_bar = np.zeros_like(x)",
    ),
}
