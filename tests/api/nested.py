"""Functions that take derivatives themselves.  Under CPython they go through the public interface, step by
step; captured, the derivatives inside are expanded."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

import wengert as wg
from wengert import grad, hessian, hvp, jacobian, jvp, linearize, value_and_grad, vjp


def cube(x):
    return x**3


def wave(x, p=1.5, *, q=0.5):
    return np.sum(np.sin(p * x) * x) * q


def of_global(x):
    return x * grad(cube)(x)


def of_lambda(x):
    return grad(lambda y: y * y * x)(x * x)


def of_closure(x, n):
    def f(y):
        s = 0.0
        for k in range(n):
            s += y ** (k + 1) * x
        return s

    return grad(f)(2.0 * x) + f(x)


def of_derivative(x):
    return grad(grad(grad(cube)))(x) * x + grad(lambda y: grad(cube)(y) * y)(x)


slope = grad(cube)
compiled = wg.jit(cube)


def of_objects(x):
    return slope(x) + grad(slope)(x) + compiled(x) * grad(compiled)(x)


def _power(n):
    return lambda y: y**n


def of_two_closures_of_one_text(x):
    return grad(_power(2))(x) + 10.0 * grad(_power(3))(x)


def _scaled(c):
    def f(y):
        return c * y * y

    return f


def of_closures_over_numbers(x):
    return grad(_scaled(x))(3.0) * grad(_scaled(2.0 * x))(x)


def newton(x, trips):
    f = lambda y: y * y * y - x
    y = x
    for _ in range(trips):
        v, g = value_and_grad(f)(y)
        y = y - v / g
    return y


def newton_while(x):
    f = lambda y: y * y - x
    y = x
    while abs(f(y)) > 1e-10:
        y = y - f(y) / grad(f)(y)
    return y


def descent(w, x, y):
    def loss(w):
        r = x @ w - y
        return r @ r

    for _ in range(3):
        w = w - 0.1 * grad(loss)(w)
    return loss(w)


def keywords_and_defaults(x):
    return np.sum(grad(wave)(x) + grad(wave)(x, q=2.0) + grad(wave)(x, 0.7)) + grad(wave, wrt="p")(x, 0.3)


def in_several(x, y):
    a, b = grad(lambda u, v: np.sum(u * u * v), wrt=(0, "v"))(x, y)
    return np.sum(a * b * x)


def with_aux(x):
    f = lambda y: (np.sum(y**3), y * 2.0)
    g, aux = grad(f, has_aux=True)(x)
    (v, more), h = value_and_grad(f, has_aux=True)(x)
    return np.sum(g * aux) + v + np.sum(more * h)


def of_structure(params, x):
    def loss(params):
        h = np.tanh(params["w"] @ x + params["b"])
        return np.sum(h * h)

    g = grad(loss)(params)
    only = grad(loss, wrt="params.w")(params)
    return np.sum(g["w"] * params["w"]) + np.sum(g["b"] ** 2) + np.sum(only * only)


class Pair(NamedTuple):
    a: Any
    b: Any


@dataclass
class Model:
    w: Any
    c: float
    n: int

    def loss(self, x):
        return self.c * np.sum((self.w * x) ** self.n)


def of_named_tuple_and_dataclass(x, c):
    p = grad(lambda p: np.sum(p.a * p.a) * p.b)(Pair(x, c))
    m = grad(lambda m: m.loss(x))(Model(x * 2.0, c, 2))
    return np.sum(p.a) * p.b + np.sum(m.w) * m.c


def of_method(x, c):
    m = Model(x, c, 3)
    return np.sum(grad(m.loss)(x))


half = functools.partial(wave, q=0.25)


def of_partial(x):
    return np.sum(grad(half)(x))


def integers_stay_constant(a, n):
    f = lambda b, axes, k: np.sum(np.sum(b, axis=len(axes)) ** k)
    return np.sum(grad(f)(a, (0,), 3) * grad(f)(a, (), n))


def overwrites(x):
    y = x * 2.0

    def f(a):
        a[1:] = a[1:] * a[:-1]
        a *= a
        return np.sum(a)

    g = grad(f)(y)
    return np.sum(g * y)


def forward_overwrites(x):
    y = x * 2.0

    def f(a):
        a[0] = a[1] * a[2]
        return a

    z, dz = jvp(f, (y,), (x,))
    z[1] = 100.0
    dz[2] = 50.0
    return np.sum(y * x) + np.sum(z * dz)


def reads_what_changes(x):
    w = np.exp(x)
    f = lambda y: np.sum(w * y * y)
    a = grad(f)(x)
    w[0] = 3.0 * x[1]
    b = grad(f)(x)
    return np.sum(a * b)


def pullback_keeps(x):
    w = x * 1.0
    y = x * x
    _, back = vjp(lambda u: np.sum(w * u * u * u), y)
    y[:] = 7.0
    w[:] = -1.0
    (first,) = back(1.0)
    (second,) = back(x[0])
    return np.sum(first * second)


def pullback_of_structure(x, c):
    f = lambda u, k: {"loss": np.sum(u) * k, "parts": (u * k, u[0] * u[1])}
    y, back = vjp(f, x, c)
    u, k = back({"loss": None, "parts": (y["parts"][0], 2.0)})
    return np.sum(u * x) + k * y["loss"]


def pullback_in_loop(x):
    y, back = vjp(lambda u: np.sin(u) * u, x)
    s = 0.0
    for k in range(3):
        (u,) = back(y * (k + 1.0))
        s += np.sum(u * u)
    return s


def pullback_of_star(x, y):
    v, back = vjp(lambda *args: np.sum(args[0] * args[1]) * args[2], x, y, 2.0)
    a, b, c = back(v)
    return np.sum(a * b) * c


def positions_of_star(x, y):
    f = lambda *args, scale=2.0: np.sum(args[0] * args[1] ** 2) * scale
    a = grad(f, wrt=1)(x, y)
    b, c = grad(f, wrt=(-2, "scale"))(x, y, scale=3.0)
    return np.sum(a * b) * c


def tangents(x, y):
    v, dv = jvp(lambda a, b, n: np.sum(a * a * b) * n, (x, y, 3), (y, None, None))
    (p, q), (dp, dq) = jvp(lambda a: (a * a, np.sum(a)), (x,), (v * y,))
    return v * dv + np.sum(p * dp) * q * dq


def linearized(x):
    y, push = linearize(lambda a: a * np.cos(a), x)
    x = x * 2.0
    return np.sum(push(x) * push(y))


def products(x, v):
    f = lambda a: np.sum(a**4) + a[0] * a[1]
    return np.sum(hvp(f)(x, v) * v) + np.sum(
        hvp(lambda a, b: np.sum(a * b) ** 2, wrt=(0, 1))(x, v, (v, x))[1]
    )


def matrices(x):
    f = lambda a: np.sum(np.sin(a) * a[0])
    g = lambda a: np.outer(a, a * a)
    return np.sum(hessian(f)(x) @ x) + np.sum(jacobian(g)(x) * 0.5) + np.sum(jacobian(f)(x))


def matrix_of_numbers(x, y):
    f = lambda a, b: a * a * b + np.sin(b)
    (aa, ab), (ba, bb) = hessian(f, wrt=(0, 1))(x, y)
    j = jacobian(lambda a: np.array([a, a * a]))(x)
    return aa * bb - ab * ba + np.sum(j)


def of_recursion(x, n):
    def power(y, k):
        return 1.0 if k == 0 else y * power(y, k - 1)

    return grad(power)(x, n) * x


def in_branches(x):
    g = grad(cube)
    if x > 0.5:
        y = g(x)
    else:
        y = grad(lambda u: u * u)(x)
    return y * x


def passed_as_argument(x):
    def apply(g, y):
        return g(y) + g(2.0 * y)

    return apply(grad(cube), x) + apply(grad(lambda y: y * x), x)


SCALE = np.array([1.0, 2.0, 3.0])


def reads_globals(x):
    return np.sum(grad(lambda y: np.sum(SCALE * y * y))(x) * SCALE)


_r = np.random.default_rng(5)
_x, _y = _r.random(3) + 0.5, _r.random(3) + 0.5

NESTED: list[tuple[Any, tuple[Any, ...]]] = [
    (of_global, (1.3,)),
    (of_lambda, (1.3,)),
    (of_closure, (1.3, 3)),
    (of_derivative, (1.3,)),
    (of_objects, (1.3,)),
    (of_two_closures_of_one_text, (1.3,)),
    (of_closures_over_numbers, (1.3,)),
    (newton, (2.0, 4)),
    (newton_while, (2.0,)),
    (descent, (_r.random(2), _r.random((3, 2)), _r.random(3))),
    (keywords_and_defaults, (_x,)),
    (in_several, (_x, _y)),
    (with_aux, (_x,)),
    (of_structure, ({"w": _r.random((2, 3)), "b": _r.random(2)}, _x)),
    (of_named_tuple_and_dataclass, (_x, 1.7)),
    (of_method, (_x, 1.7)),
    (of_partial, (_x,)),
    (integers_stay_constant, (_r.random((2, 3)), 2)),
    (overwrites, (_x,)),
    (forward_overwrites, (_x,)),
    (reads_what_changes, (_x,)),
    (pullback_keeps, (_x,)),
    (pullback_of_structure, (_x, 1.7)),
    (pullback_in_loop, (_x,)),
    (pullback_of_star, (_x, _y)),
    (tangents, (_x, _y)),
    (positions_of_star, (_x, _y)),
    (linearized, (_x,)),
    (products, (_x, _y)),
    (matrices, (_x,)),
    (matrix_of_numbers, (1.3, 0.4)),
    (of_recursion, (1.3, 4)),
    (in_branches, (1.3,)),
    (in_branches, (0.7,)),
    (passed_as_argument, (1.3,)),
    (reads_globals, (_x,)),
]
