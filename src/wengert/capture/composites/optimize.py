"""Roots and minima, as `scipy.optimize` finds them, differentiated as the functions that they are implicitly.

The iteration has no derivative.  Where it stopped, three steps of Newton are taken that only derivatives see:
each doubles the order to which they are those of the root, so they are right to the seventh.
"""

# Captured, not run: what depends on ranks is decided when compiling, which a type checker does not see.
# pyright: basic, reportGeneralTypeIssues=false, reportCallIssue=false, reportArgumentType=false
# pyright: reportOperatorIssue=false, reportAttributeAccessIssue=false, reportOptionalOperand=false
# pyright: reportIndexIssue=false, reportReturnType=false, reportPossiblyUnboundVariable=false
# pyright: reportOptionalMemberAccess=false, reportOptionalSubscript=false, reportOptionalIterable=false
from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ...algebra.stop import stop_gradient
from .derivatives import jacobian, jvp

_STEPS = 3


class RootResults(NamedTuple):
    """What `scipy.optimize.root_scalar` gives."""

    root: Any
    iterations: Any
    converged: Any


class OptimizeResult(NamedTuple):
    """What `scipy.optimize.root` and `minimize_scalar` give."""

    x: Any
    fun: Any
    nit: Any
    success: Any


def _root_of(f, x):
    """The root that ``x`` is, as a function of what ``f`` reads."""
    x = stop_gradient(x)
    y = x
    for _ in range(_STEPS):
        value, slope = jvp(f, (y,), (1.0,))
        if slope == 0.0:
            raise ZeroDivisionError("the function has slope zero at its root, which has no derivative")
        y = y - value / slope
    return x + (y - stop_gradient(y))


def _brent(f, a, b, xtol, rtol, maxiter):
    before, x = a * 1.0, b * 1.0
    f_before, f_x = f(before), f(x)
    if f_before == 0.0:
        return before, 0
    if f_x == 0.0:
        return x, 0
    if (f_before > 0.0) == (f_x > 0.0):
        raise ValueError("f(a) and f(b) must have different signs")
    other, f_other = before, f_before
    step_before = x - before
    step = step_before
    for trip in range(maxiter):
        if f_before != 0.0 and f_x != 0.0 and (f_before > 0.0) != (f_x > 0.0):
            other, f_other = before, f_before
            step_before = x - before
            step = step_before
        if abs(f_other) < abs(f_x):
            before, x, other = x, other, x
            f_before, f_x, f_other = f_x, f_other, f_x
        delta = (xtol + rtol * abs(x)) / 2.0
        half = (other - x) / 2.0
        if f_x == 0.0 or abs(half) < delta:
            return x, trip + 1
        if abs(step_before) > delta and abs(f_x) < abs(f_before):
            if before == other:
                tried = -f_x * (x - before) / (f_x - f_before)
            else:
                p = (f_before - f_x) / (before - x)
                q = (f_other - f_x) / (other - x)
                tried = -f_x * (f_other * q - f_before * p) / (q * p * (f_other - f_before))
            if 2.0 * abs(tried) < min(abs(step_before), 3.0 * abs(half) - delta):
                step_before, step = step, tried
            else:
                step_before, step = half, half
        else:
            step_before, step = half, half
        before, f_before = x, f_x
        if abs(step) > delta:
            x = x + step
        else:
            x = x + (delta if half > 0.0 else -delta)
        f_x = f(x)
    raise RuntimeError("Failed to converge")


def brentq(
    f, a, b, args=(), xtol=2e-12, rtol=8.881784197001252e-16, maxiter=100, full_output=False, disp=True
):
    if full_output:
        raise NotImplementedError("full_output=True is not supported: call root_scalar")
    x, _ = _brent(lambda t: f(t, *args), a, b, xtol, rtol, maxiter)
    return _root_of(lambda t: f(t, *args), x)


def _newton(f, x0, fprime, x1, tol, rtol, maxiter):
    x = x0 * 1.0
    if fprime is not None:
        for trip in range(maxiter):
            value = f(x)
            if value == 0.0:
                return x, trip
            slope = fprime(x)
            if slope == 0.0:
                raise RuntimeError("Derivative was zero.")
            new = x - value / slope
            if abs(new - x) <= tol + rtol * abs(x):
                return new, trip + 1
            x = new
        raise RuntimeError("Failed to converge")
    if x1 is None:
        new = x * (1.0 + 1e-4)
        new = new + (1e-4 if new >= 0.0 else -1e-4)
    else:
        new = x1 * 1.0
    f_x, f_new = f(x), f(new)
    if abs(f_new) < abs(f_x):
        x, new, f_x, f_new = new, x, f_new, f_x
    for trip in range(maxiter):
        if f_new == f_x:
            if new != x:
                raise RuntimeError("Tolerance reached: the secant is level")
            return (new + x) / 2.0, trip + 1
        if abs(f_new) > abs(f_x):
            p = (-f_x / f_new * new + x) / (1.0 - f_x / f_new)
        else:
            p = (-f_new / f_x * x + new) / (1.0 - f_new / f_x)
        if abs(p - new) <= tol + rtol * abs(new):
            return p, trip + 1
        x, f_x = new, f_new
        new = p
        f_new = f(new)
    raise RuntimeError("Failed to converge")


def newton(
    func, x0, fprime=None, args=(), tol=1.48e-08, maxiter=50, fprime2=None, x1=None, rtol=0.0,
    full_output=False, disp=True,
):  # fmt: skip
    if full_output or np.ndim(x0) > 0:
        raise NotImplementedError("newton of arrays, or with full_output=True, is not supported")
    slope = None if fprime is None else lambda t: fprime(t, *args)
    x, _ = _newton(lambda t: func(t, *args), x0, slope, x1, tol, rtol, maxiter)
    return _root_of(lambda t: func(t, *args), x)


def root_scalar(
    f, args=(), method=None, bracket=None, fprime=None, fprime2=None, x0=None, x1=None, xtol=None, rtol=None,
    maxiter=None, options=None,
):  # fmt: skip
    given = args if isinstance(args, tuple) else (args,)
    if bracket is not None and method not in ("newton", "secant", "halley"):
        x, trips = _brent(
            lambda t: f(t, *given),
            bracket[0],
            bracket[1],
            2e-12 if xtol is None else xtol,
            8.881784197001252e-16 if rtol is None else rtol,
            100 if maxiter is None else maxiter,
        )
    else:
        if fprime is True:
            raise NotImplementedError("fprime=True is not supported: return the value alone")
        slope = None if fprime is None or method == "secant" else lambda t: fprime(t, *given)
        x, trips = _newton(
            lambda t: f(t, *given),
            x0,
            slope,
            x1,
            1.48e-08 if xtol is None else xtol,
            0.0 if rtol is None else rtol,
            50 if maxiter is None else maxiter,
        )
    return RootResults(_root_of(lambda t: f(t, *given), x), trips, True)


def _system(f, x0, xtol, maxiter):
    """Newton's method; a step that makes the residual larger is halved."""
    x = x0 + 0.0
    y = f(x)
    size = np.sqrt(np.sum(y * y))
    for trip in range(maxiter):
        if size == 0.0:
            return x, trip
        step = np.linalg.solve(jacobian(f)(x), y)
        scale = 1.0
        new = x - step
        value = f(new)
        after = np.sqrt(np.sum(value * value))
        for _ in range(30):
            if after < size or np.sum(np.abs(scale * step)) <= xtol * np.sum(np.abs(x)):
                break
            scale = scale * 0.5
            new = x - scale * step
            value = f(new)
            after = np.sqrt(np.sum(value * value))
        done = np.sqrt(np.sum((new - x) ** 2)) <= xtol * np.sqrt(np.sum(x * x))
        x = new
        y = value
        size = after
        if done:
            return x, trip + 1
    raise RuntimeError("the iteration is not making good progress")


def _root_of_system(f, x):
    x = stop_gradient(x)
    y = x
    for _ in range(_STEPS):
        y = y - np.linalg.solve(jacobian(f)(y), f(y))
    return x + (y - stop_gradient(y))


def _solved(fun, x0, args, xtol, maxfev):
    x0 = np.atleast_1d(np.asarray(x0) * 1.0)

    def f(x):
        return np.atleast_1d(np.asarray(fun(x, *args)) * 1.0)

    x, trips = _system(f, x0, xtol, 200 if maxfev == 0 else maxfev)
    return _root_of_system(f, x), trips


def fsolve(
    func, x0, args=(), fprime=None, full_output=False, col_deriv=False, xtol=1.49012e-08, maxfev=0, band=None,
    epsfcn=None, factor=100, diag=None,
):  # fmt: skip
    if full_output:
        raise NotImplementedError("full_output=True is not supported: call scipy.optimize.root")
    return _solved(func, x0, args if isinstance(args, tuple) else (args,), xtol, maxfev)[0]


def root(fun, x0, args=(), method="hybr", jac=None, tol=None, callback=None, options=None):
    if jac is True:
        raise NotImplementedError("jac=True is not supported: return the value alone")
    given = args if isinstance(args, tuple) else (args,)
    x, trips = _solved(fun, x0, given, 1.49012e-08 if tol is None else tol, 0)
    return OptimizeResult(x, np.asarray(fun(x, *given)), trips, True)


def _bounded(f, a, b, xatol, maxiter):
    """Golden sections and parabolas (Brent), as `fminbound`."""
    root_eps = 1.4832396974191326e-08
    golden = 0.3819660112501051
    x = a + golden * (b - a)
    second, third = x, x
    f_x = f(x)
    f_second, f_third = f_x, f_x
    step, last = 0.0 * x, 0.0 * x
    middle = 0.5 * (a + b)
    tol = root_eps * abs(x) + xatol / 3.0
    for _ in range(maxiter):
        if abs(x - middle) <= 2.0 * tol - 0.5 * (b - a):
            return x
        use_golden = True
        if abs(last) > tol:
            r = (x - second) * (f_x - f_third)
            q = (x - third) * (f_x - f_second)
            p = (x - third) * q - (x - second) * r
            q = 2.0 * (q - r)
            if q > 0.0:
                p = -p
            q = abs(q)
            r = last
            last = step
            if abs(p) < abs(0.5 * q * r) and p > q * (a - x) and p < q * (b - x):
                step = p / q
                new = x + step
                if new - a < 2.0 * tol or b - new < 2.0 * tol:
                    step = tol if middle >= x else -tol
                use_golden = False
        if use_golden:
            last = a - x if x >= middle else b - x
            step = golden * last
        size = max(abs(step), tol)
        new = x + (size if step >= 0.0 else -size)
        f_new = f(new)
        if f_new <= f_x:
            if new >= x:
                a = x
            else:
                b = x
            third, f_third = second, f_second
            second, f_second = x, f_x
            x, f_x = new, f_new
        else:
            if new < x:
                a = new
            else:
                b = new
            if f_new <= f_second or second == x:
                third, f_third = second, f_second
                second, f_second = new, f_new
            elif f_new <= f_third or third in (x, second):
                third, f_third = new, f_new
        middle = 0.5 * (a + b)
        tol = root_eps * abs(x) + xatol / 3.0
    raise RuntimeError("Maximum number of function calls reached.")


def _bracketed(f, a, b):
    """Steps downhill until the function rises again: an interval with a minimum inside."""
    f_a, f_b = f(a), f(b)
    if f_a < f_b:
        a, b, f_a, f_b = b, a, f_b, f_a
    c = b + 1.618034 * (b - a)
    f_c = f(c)
    for _ in range(1000):
        if f_c >= f_b:
            return min(a, c), max(a, c)
        a, f_a = b, f_b
        b, f_b = c, f_c
        c = b + 1.618034 * (b - a)
        f_c = f(c)
    raise RuntimeError("no bracket of a minimum was found")


def _slope(f, x):
    return jvp(f, (x,), (1.0,))[1]


def minimize_scalar(fun, bracket=None, bounds=None, args=(), method=None, tol=None, options=None):
    given = args if isinstance(args, tuple) else (args,)

    def f(t):
        return fun(t, *given)

    if bounds is not None:
        lo, hi = bounds[0] * 1.0, bounds[1] * 1.0
        xatol = 1e-5 if tol is None else tol
        x = _bounded(f, lo, hi, xatol, 500)
        if x - lo <= 2.0 * xatol or hi - x <= 2.0 * xatol:
            raise NotImplementedError("the derivative of a minimum at a bound is not supported")
    else:
        if bracket is None:
            lo, hi = _bracketed(f, 0.0, 1.0)
        elif len(bracket) == 3:
            lo, hi = min(bracket[0], bracket[2]) * 1.0, max(bracket[0], bracket[2]) * 1.0
        else:
            lo, hi = _bracketed(f, bracket[0] * 1.0, bracket[1] * 1.0)
        x = _bounded(f, lo, hi, 1.48e-8 if tol is None else tol, 500)
    x = _root_of(lambda t: _slope(f, t), x)
    return OptimizeResult(x, f(x), 0, True)


OPTIMIZE = {
    "brentq": brentq,
    "brenth": brentq,
    "bisect": brentq,
    "ridder": brentq,
    "toms748": brentq,
    "newton": newton,
    "root_scalar": root_scalar,
    "fsolve": fsolve,
    "root": root,
    "minimize_scalar": minimize_scalar,
}
