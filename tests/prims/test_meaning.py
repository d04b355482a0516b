"""Types and values: what is inferred is what is computed, and corners are as documented."""

from typing import Any

import numpy as np
import pytest

from wengert.ir.types import BOOL, C128, F32, F64, I32, I64, SCALARS, U8, Array, Scalar, array
from wengert.prims import REGISTRY, InferError
from wengert.prims.families import numpy_dtype

NAMES = """
const undef add sub mul neg abs sign div pow mulz floordiv mod shl shr bitand bitor bitxor invert ipow exp
exp2 expm1 log log2 log10 log1p sqrt cbrt sin cos tan asin acos atan atan2 sinh cosh tanh asinh acosh atanh
hypot floor ceil trunc rint fmod copysign erf erfc lgamma tgamma digamma trigamma maximum minimum fmax fmin
pymax pymin lt le gt ge eq ne isnan isinf isfinite and or not xor select cast alloc copy dim load store
accum wrap assign vacc view transpose reshape broadcast diagonal sum prod amax amin any all argmax argmin
matmul if for while call check derive rec_new rec_grow rec_set rec_get rec_len
""".split()

ELEMENTWISE = [n for n, q in REGISTRY.items() if q.kind == "elementwise" and n not in ("cast", "select")]


def test_every_operation_of_the_contract_is_here() -> None:
    assert set(NAMES) <= set(REGISTRY)


def infer(name: str, *types: Any, **attrs: Any) -> Any:
    (t,) = REGISTRY[name].infer(types, attrs)
    return t


@pytest.mark.parametrize("name", ELEMENTWISE)
@pytest.mark.parametrize("dtype", SCALARS.values(), ids=str)
def test_inferred_is_computed(name: str, dtype: Scalar) -> None:
    prim = REGISTRY[name]
    attrs = {"n": 3} if name == "ipow" else {}
    count = len(prim.reads)
    try:
        scalar = infer(name, *[dtype] * count, **attrs)
    except InferError:
        return
    one = np.ones(3, numpy_dtype(dtype))
    assert prim(*[one] * count, **attrs).dtype == numpy_dtype(scalar)
    assert prim(*[one[0]] * count, **attrs).dtype == numpy_dtype(scalar)
    assert infer(name, *[array(dtype, 1)] * count, **attrs) == array(scalar, 1)


def test_broadcast() -> None:
    a, b = Array(F64, "n1", "S"), Array(F64, "1")
    assert infer("add", a, b) == Array(F64, "n1")
    assert infer("add", a, Array(F64, "n")) == Array(F64, "nn")
    assert infer("add", a, F64) == Array(F64, "n1")
    assert infer("lt", b, b) == Array(BOOL, "1")
    assert infer("select", Array(BOOL, "n"), F32, F32) == Array(F32, "n")


@pytest.mark.parametrize(
    ("spec", "unit", "layout"),
    [
        (":::", False, "C"),
        ("i::", False, "C"),
        ("ii:", False, "C"),
        ("iii", False, "C"),
        ("s::", True, "C"),
        ("is:", True, "C"),
        ("+i:+:", False, "C"),
        ("s::", False, "S"),
        (":i:", False, "S"),
        ("::i", False, "S"),
        (":s:", True, "S"),
        ("is:", False, "S"),
        ("ss:", True, "S"),
    ],
)
def test_layout_of_views_is_true(spec: str, unit: bool, layout: str) -> None:
    args = [x for c in spec for x in {"i": [1], "s": [1, 2, 1 if unit else 2]}.get(c, [])]
    t = infer("view", array(F64, 3), *[I64] * len(args), spec=spec, unit=unit)
    assert t.layout == layout
    real = REGISTRY["view"](np.zeros((4, 4, 4)), *map(np.int64, args), spec=spec, unit=unit)
    assert real.ndim == t.rank
    if layout == "C":
        assert real.flags.c_contiguous


@pytest.mark.parametrize(
    ("start", "length", "step"),
    [(0, 5, 1), (4, 5, -1), (4, 3, -2), (3, 1, -7), (5, 0, 1), (-1, 0, -1), (1, 2, 3), (2, 4, 0)],
)
def test_slices(start: int, length: int, step: int) -> None:
    a = np.arange(5.0)
    v = REGISTRY["view"](a, start, length, step, spec="s")
    assert v.tolist() == [start + k * step for k in range(length)]
    assert length == 0 or np.shares_memory(a, v)


def test_views_check() -> None:
    a = np.zeros((2, 3))
    for args, spec in [((2,), "i:"), ((-1,), "i:"), ((0, 3, 1), "s:"), ((1, 2, -2), ":s")]:
        with pytest.raises(IndexError, match="out of bounds"):
            REGISTRY["view"](a, *args, spec=spec)
    with pytest.raises(ValueError, match="cannot drop"):
        REGISTRY["view"](a, spec="-:")
    assert REGISTRY["view"](a, 1, 2, spec="ii").shape == ()
    v = REGISTRY["view"](a, 1, 2, spec="ii")
    v[...] = 7
    assert a[1, 2] == 7


@pytest.mark.parametrize(
    ("x", "to", "want"),
    [
        (np.inf, I64, 2**63 - 1),
        (-np.inf, I64, -(2**63)),
        (np.nan, I64, 0),
        (9.3e18, I64, 2**63 - 1),
        (-9.2e18, I64, -9200000000000000000),
        (-2.9, I64, -2),
        (-2147483648.7, I32, -(2**31)),
        (2147483647.9, I32, 2**31 - 1),
        (1e10, I32, 2**31 - 1),
        (300.0, U8, 255),
        (-0.9, U8, 0),
        (-1.0, U8, 0),
        (1 + 2j, F64, 1.0),
        (0.5j, BOOL, True),
        (0.1, BOOL, True),
        (2**40 + 5, I32, 5),
        (True, F64, 1.0),
        (2, C128, 2 + 0j),
    ],
)
def test_casts(x: Any, to: Scalar, want: Any) -> None:
    for value in (np.asarray(x)[()], np.array([x, x])):
        y = REGISTRY["cast"](value, to=to)
        assert y.dtype == numpy_dtype(to)
        assert np.all(y == want), y


def test_integers_are_total_and_wrap() -> None:
    low, zero, minus = np.int64(-(2**63)), np.int64(0), np.int64(-1)
    assert REGISTRY["floordiv"](low, zero) == REGISTRY["mod"](low, zero) == 0
    assert REGISTRY["floordiv"](low, minus) == low
    assert REGISTRY["sub"](low, np.int64(1)) == 2**63 - 1
    assert REGISTRY["shl"](np.int64(1), np.int64(64)) == REGISTRY["shl"](np.int64(1), minus) == 0
    assert REGISTRY["shr"](low, np.int64(99)) == -1
    assert REGISTRY["floordiv"](np.int64(-7), np.int64(2)) == -4
    assert REGISTRY["mod"](np.int64(-7), np.int64(2)) == 1


def test_floats_never_raise() -> None:
    one, zero, nan = np.float64(1), np.float64(0), np.float64("nan")
    assert REGISTRY["div"](one, zero) == np.inf
    assert np.isnan(REGISTRY["log"](-one))
    assert np.isnan(REGISTRY["maximum"](one, nan))
    assert np.isnan(REGISTRY["maximum"](nan, one))
    assert REGISTRY["fmax"](nan, one) == 1
    assert np.isnan(REGISTRY["pymax"](nan, one))
    assert REGISTRY["pymax"](one, nan) == 1


def test_vacc_sums_and_repeats() -> None:
    """Entry by entry: an index drops what an operand lacks and stays at 0 where it is one long."""

    def at(index: tuple[int, ...], shape: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(0 if n == 1 else i for i, n in zip(index[len(index) - len(shape) :], shape))

    vacc = REGISTRY["vacc"]
    for shape in [(2, 3), (1, 3), (3,), (2, 1), (1,), ()]:
        for other in [(2, 3), (1, 3), (3,), (2, 1), (1,), (), (4, 2, 3)]:
            a, b = np.zeros(shape), np.arange(1.0, 1 + np.prod(other, dtype=int)).reshape(other)
            vacc(a, b)
            want = np.zeros(shape)
            for index in np.ndindex(*np.broadcast_shapes(shape, other)):
                want[at(index, shape)] += b[at(index, other)]
            assert np.array_equal(a, want), (shape, other)
    with pytest.raises(ValueError, match="broadcast"):
        vacc(np.zeros(3), np.zeros(2))


def test_writes_that_overlap() -> None:
    a = np.arange(5.0)
    REGISTRY["assign"](a[1:], a[:-1])
    assert a.tolist() == [0, 0, 1, 2, 3]
    a = np.arange(5.0)
    REGISTRY["vacc"](a, a[::-1])
    assert a.tolist() == [4, 4, 4, 4, 4]
    a = np.ones((2, 2))
    REGISTRY["vacc"](a[:1], a)
    assert a.tolist() == [[3, 3], [1, 1]]
