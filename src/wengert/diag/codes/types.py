"""T: dtypes, shapes and structure that do not fit."""

from ..entry import Entry

ENTRIES = {
    "T0201": Entry(
        "dtypes or shapes do not fit",
        "ShapeError",
        "The operands of an operation have shapes that do not broadcast, or dtypes it does not take. NumPy\n"
        "would raise here as well.",
        "np.ones(3) + np.ones(4)",
        "check the shapes in the labels; add an axis with `x[:, None]` where an outer sum is meant",
    ),
    "T0202": Entry(
        "derivative with respect to an integer",
        "TypesError",
        "An integer cannot be varied by a small amount, so there is no derivative with respect to it. NumPy\n"
        "arrays of integers look like numbers and often end up here by accident.",
        "wengert.grad(f)(np.array([1, 2, 3]))",
        "wengert.grad(f)(np.array([1.0, 2.0, 3.0]))",
    ),
    "T0203": Entry(
        "the result is not a scalar",
        "TypesError",
        "`grad` is defined for functions that return one real number; for others it is not clear which\n"
        "derivative is meant.",
        "wengert.grad(lambda x: x * x)(np.ones(3))",
        "wengert.jacobian(f)(x)              # all derivatives\n"
        "wengert.grad(lambda x: f(x).sum())(x)\n"
        "wengert.grad(f, has_aux=True)(x)    # where f returns (scalar, other things)",
    ),
}
