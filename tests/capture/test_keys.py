"""Keys of a dict, lengths of a list and globals that are settled at run time only."""

import pytest

import wengert
from wengert.testing import check_grads

FACTORS = {(True, True): {"a": 2.0}, (True, False): {"a": 3.0}, (False, True): {"a": 5.0}}
SIZES = {0.5: 1.25, 1.0: 2.5, 2: 7.0}
half = None
last = 0.0


def by_pair(x, hot, wet):
    return x * FACTORS[(hot, wet)]["a"]


def by_number(x, size):
    if size in SIZES:
        return x * SIZES[size]
    return x * SIZES.get(2 * size, -1.0)


def filled(x, n):
    xs = [0] * n
    for i in range(n):
        xs[i] = x * i
    return sum(xs)


def grown_integers(x, n):
    xs = []
    for _ in range(n):
        xs.append(0)
    xs[0] = 0.5 * x
    return xs[0]


def lazily(x):
    global half
    if half is None:
        from math import sqrt as half
    return half(x)


def keeps(x):
    global last
    if x > 1:
        last = x
    return x


def may_keep(x, mode="read"):
    if mode == "write":
        keeps(x)
    return x * last


@pytest.mark.parametrize("hot", [True, False])
def test_a_pair_of_flags(hot):
    check_grads(by_pair, (1.5, hot, True))


@pytest.mark.parametrize("size", [0.5, 1.0, 2.0, 0.25, 4.0])
def test_a_number_as_a_key(size):
    check_grads(by_number, (1.5, size), wrt=0)


def test_a_key_that_is_absent():
    for call in (by_pair, wengert.jit(by_pair)):
        with pytest.raises(KeyError):
            call(1.0, False, False)


def test_integers_become_floats_when_a_float_is_stored():
    for f in (filled, grown_integers):
        assert wengert.jit(f)(1.5, 4) == f(1.5, 4)
        check_grads(f, (1.5, 4))
    assert wengert.jit(filled)(1.5, -2) == 0


def test_an_import_may_bind_a_global():
    check_grads(lazily, (2.0,))
    lazily(2.0)
    check_grads(lazily, (2.0,))


def test_a_global_is_not_rebound():
    with pytest.raises(wengert.WengertError, match="C0109"):
        wengert.grad(keeps)(2.0)
    check_grads(may_keep, (2.0,))


TABLE = [0.5 * k for k in range(30)]
STEPS = tuple(range(40))


def from_tables(xs, n):
    total = 0.0
    for i in range(n - 1):
        total += xs[i] * xs[i + 1] * TABLE[i % 30] + STEPS[i % 40]
    return total


def set_anywhere(x, k):
    ys = [x, 2 * x, x * x, 4.0, 3.0, x**3, 7.0 * x, 8.0, 9.0, x]
    ys[k] = x * x
    return ys[k - 1] * ys[0]


def chosen_among_few(x, k):
    return (x, x * x, 2 * x, 3.0, x**3)[k]


def test_long_lists_of_numbers_are_tables():
    xs = [1.0 + 0.1 * k for k in range(20)]
    check_grads(from_tables, (xs, 20), wrt=0)
    assert len(wengert.grad(from_tables)(xs, 20)) == 20
    with pytest.raises(IndexError):
        wengert.jit(from_tables)(xs, 21)


@pytest.mark.parametrize("k", range(-1, 4))
def test_items_set_and_chosen_at_run_time(k):
    check_grads(set_anywhere, (1.5, k))
    check_grads(chosen_among_few, (1.5, k))


POWERS = {True: {"rate": 2.0, "shift": 0.5}, False: {"rate": 3.0, "shift": 0.25}}


def scaled(x, rate=1.0, shift=0.0):
    return rate * x * x + shift


def by_named(x, hot):
    return scaled(x, **POWERS[hot])


def popped(x, n, k):
    xs = []
    for i in range(n):
        xs.append(x * i * i)
    first = xs.pop(0)
    other = xs.pop(k)
    total = 0.0
    for i in range(len(xs)):
        total += (i + 1) * xs[i]
    return total + 10.0 * other + first + xs.pop()


def on_one_path(x):
    if x > 1:
        return x * x
    if x > 0:
        return 3.0 * x


@pytest.mark.parametrize("hot", [True, False])
def test_one_of_several_dicts_as_arguments(hot):
    check_grads(by_named, (1.5, hot))


@pytest.mark.parametrize("k", [0, 2, -1, -2])
def test_pop_from_anywhere(k):
    check_grads(popped, (1.5, 7, k))
    with pytest.raises(IndexError):
        wengert.jit(popped)(1.5, 3, 4)


def test_nothing_on_some_paths():
    check_grads(on_one_path, (1.5,))
    check_grads(on_one_path, (0.5,))
    with pytest.raises(NotImplementedError, match="returns None here"):
        wengert.jit(on_one_path)(-1.0)
