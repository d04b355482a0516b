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
    "T0210": Entry(
        "shapes of operands differ",
        "DimensionsError",
        "The named operations of a tape combine arrays of one and the same shape. Operators broadcast, as\n"
        "in NumPy, and refuse what does not.",
        "g = Graph1()\ng.add(g.variable(np.ones(2)), g.variable(np.ones(3)))",
        "g.add(a, g.constant_as(s, (3,)))   # say how a number is repeated",
    ),
    "T0211": Entry(
        "not a reduced shape",
        "ReducedDimensionsError",
        "`sum_as`, `max_as`, `tile_as` and their like take a shape in which each axis is either kept or one\n"
        "element long.",
        "g.sum_as(g.variable(np.ones((2, 3))), (2, 2))",
        "g.sum_as(a, (2, 1))",
    ),
    "T0212": Entry(
        "numbers of elements differ",
        "LengthError",
        "Another shape for the same elements must have as many of them.",
        "g.moddims(g.variable(np.ones(6)), (4, 2))",
        "g.moddims(a, (3, 2))",
    ),
    "T0213": Entry(
        "nothing where something is needed",
        "EmptyError",
        "An extremum, or a sum of operands, of nothing at all has no value.",
        "g.add_all([])",
        "g.zeros(())   # if that is what an empty sum means here",
    ),
}
