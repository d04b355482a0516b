"""Exceptions and `match`."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

SQUARE = np.array([[2.0, 0.5], [0.3, 1.0]])
PAIR = np.array([0.3, 0.4])


def quotient(a, b):
    try:
        r = a / b
    except ZeroDivisionError:
        r = a * 2.0
    return r * r


def default_kept(a):
    x = 1.5
    try:
        x = math.sqrt(a)
    except ValueError:
        pass
    return x * a


def returns_from_try(a, b):
    try:
        return math.log(a) / b
    except (ValueError, ZeroDivisionError):
        return a * a


def continue_in_handler(xs):
    s = 0.0
    for x in xs:
        try:
            s += math.log(x)
        except ValueError:
            s -= x
            continue
        s *= 1.1
    return s


def loop_inside_try(xs):
    n = 0
    s = 0.0
    try:
        for x in xs:
            s = math.sqrt(x) + 1.0
            n += 1
    except ValueError:
        s = -2.0 * xs[0]
    return s


def several_handlers(a, b, k):
    try:
        if k > 2:
            raise KeyError("no")
        r = a / b
        if r > 10:
            raise OverflowError
    except ZeroDivisionError:
        r = 3 * a
    except KeyError:
        r = 4 * a
    except Exception:
        r = 5 * a
    else:
        r = r + b
    return r


def with_finally(a):
    try:
        r = 1.0 / a
    except ZeroDivisionError:
        r = a + 3.0
    finally:
        a = a * 2
    return r * a


class OutOfModel(ValueError):
    pass


def own_exception(a):
    if a < 0:
        raise OutOfModel(f"bad {a:.2f}")
    return a * a


def nested_try(a, b):
    try:
        try:
            r = a / b
        except ValueError:
            r = 1.0
    except ZeroDivisionError:
        r = b + a
    return r


def helper(a, b):
    if b == 0:
        raise OutOfModel("zero")
    return a / b


def callee_raises(a, b):
    try:
        return helper(a, b)
    except OutOfModel:
        return a + b


def index_error(x, i):
    try:
        v = x[i]
    except IndexError:
        v = 0.0
    return v * x[0]


def condition_raises(a):
    k = 0
    try:
        while math.sqrt(a - k * 1.0) > 0.5:
            k += 1
    except ValueError:
        return a * 3.0
    return a * k


def match_numbers(k, a):
    match k:
        case 0:
            return a
        case 1 | 2:
            r = a * a
        case _ if k > 10:
            r = a * 3
        case _:
            r = a * 4
    return r + 1


def match_options(m, p):
    match m:
        case "a":
            return p[0]
        case "b":
            pass
    match p:
        case (x, y):
            return x * y
        case [x, *r]:
            return x


TABLE = {"a": 1.0}


def missing_key(name, x):
    try:
        k = TABLE[name]
    except KeyError:
        k = 7.0
    return k * x


def singular_matrix(a, b):
    """What a function of the library raises, that has rules of its own."""
    try:
        x = np.linalg.inv(a) @ b
    except np.linalg.LinAlgError:
        x = 2.0 * b
    return np.sum(x * x)


def any_exception(a, b):
    try:
        x = np.linalg.solve(a, b)
    except:  # noqa: E722
        x = b / a[0, 0]
    return x[0] * x[1]


def shapes_differ(x, y):
    try:
        s = np.sum((x + y) ** 2)
    except ValueError:
        s = np.sum(x) * np.sum(y)
    return s


def rows_and_sizes(a, x):
    """A row that is not there, and a product whose sizes differ."""
    try:
        r = a[2] @ x
    except (IndexError, ValueError):
        r = x[0] ** 2
    return r


def guarded(a, b):
    if b == 0.0:
        raise ZeroDivisionError("no quotient")
    return a / b


def called_in_a_loop(a, b):
    t = 0.0
    for k in range(4):
        try:
            t += guarded(a, b - k)
        except ZeroDivisionError:
            t -= a * a
    return t


def attribute_of_an_array(x):
    """As functions do that also take other containers."""
    try:
        x.name = "x"
        y = 2.0 * x
    except AttributeError:
        y = 3.0 * x
    return np.sum(y * y)


CASES: list[tuple[str, Any, tuple[Any, ...]]] = [
    ("try", quotient, (1.0, 2.0)),
    ("try", quotient, (1.0, 0)),
    ("try", default_kept, (2.0,)),
    ("try", default_kept, (-2.0,)),
    ("try", returns_from_try, (2.0, 3.0)),
    ("try", returns_from_try, (-2.0, 3.0)),
    ("try", returns_from_try, (2.0, 0)),
    ("try", continue_in_handler, (np.array([1.0, -2.0, 3.0]),)),
    ("try", loop_inside_try, (np.array([1.0, 2.0, 3.0]),)),
    ("try", loop_inside_try, (np.array([1.0, -2.0, 3.0]),)),
    ("try", several_handlers, (1.0, 2.0, 1)),
    ("try", several_handlers, (1.0, 0, 1)),
    ("try", several_handlers, (1.0, 2.0, 3)),
    ("try", several_handlers, (100.0, 2.0, 1)),
    ("try", with_finally, (2.0,)),
    ("try", own_exception, (2.0,)),
    ("try", nested_try, (1.0, 2.0)),
    ("try", nested_try, (1.0, 0)),
    ("try", callee_raises, (1.0, 2.0)),
    ("try", callee_raises, (1.0, 0)),
    ("try", index_error, (np.arange(3.0) + 1, 1)),
    ("try", index_error, (np.arange(3.0) + 1, 7)),
    ("try", condition_raises, (4.3,)),
    ("try", singular_matrix, (SQUARE, PAIR)),
    ("try", singular_matrix, (np.ones((2, 3)), PAIR)),
    ("try", any_exception, (SQUARE, PAIR)),
    ("try", shapes_differ, (PAIR, PAIR)),
    ("try", shapes_differ, (PAIR, np.ones(3))),
    ("try", rows_and_sizes, (np.ones((3, 2)), PAIR)),
    ("try", rows_and_sizes, (SQUARE, PAIR)),
    ("try", rows_and_sizes, (np.ones((4, 4)), PAIR)),
    ("try", called_in_a_loop, (0.3, 2.5)),
    ("try", called_in_a_loop, (0.3, 2)),
    ("try", attribute_of_an_array, (PAIR,)),
    ("match", match_numbers, (0, 2.0)),
    ("match", match_numbers, (2, 2.0)),
    ("match", match_numbers, (20, 2.0)),
    ("match", match_numbers, (7, 2.0)),
    ("match", match_options, ("a", (1.0, 2.0))),
    ("match", match_options, ("b", (1.0, 2.0))),
    ("match", match_options, ("b", [1.0, 2.0, 3.0])),
    ("try", missing_key, ("a", 2.0)),
    ("try", missing_key, ("b", 2.0)),
]
