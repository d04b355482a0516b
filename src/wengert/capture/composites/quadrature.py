"""Integrals of functions: `scipy.integrate.quad`, by Gauss and Kronrod, halving the worst interval."""

# Captured, not run: what depends on ranks is decided when compiling, which a type checker does not see.
# pyright: basic, reportGeneralTypeIssues=false, reportCallIssue=false, reportArgumentType=false
# pyright: reportOperatorIssue=false, reportAttributeAccessIssue=false, reportOptionalOperand=false
# pyright: reportIndexIssue=false, reportReturnType=false, reportPossiblyUnboundVariable=false
# pyright: reportOptionalMemberAccess=false, reportOptionalSubscript=false, reportOptionalIterable=false
from __future__ import annotations

import numpy as np

# nodes of Kronrod's rule of 21 points (every other one is Gauss's of 10) from the outermost inwards, its
# weights, and Gauss's
_NODES = np.array([
    0.995657163025808080735527280689003, 0.973906528517171720077964012084452,
    0.930157491355708226001207180059508, 0.865063366688984510732096688423493,
    0.780817726586416897063717578345042, 0.679409568299024406234327365114874,
    0.562757134668604683339000099272694, 0.433395394129247190799265943165784,
    0.294392862701460198131126603103866, 0.14887433898163121088482600112972,
    0.0,
])  # fmt: skip
_KRONROD = np.array([
    0.011694638867371874278064396062192, 0.03255816230796472747881897245939,
    0.05475589657435199603138130024458, 0.07503967481091995276704314091619,
    0.093125454583697605535065465083366, 0.109387158802297641899210590325805,
    0.123491976262065851077958109585166, 0.134709217311473325928054001771707,
    0.142775938577060080797094273138717, 0.147739104901338491374841515972068,
    0.149445554002916905664936468389821,
])  # fmt: skip
_GAUSS = np.array([
    0.0, 0.066671344308688137593568809893332, 0.0, 0.149451349150580593145863396957658,
    0.0, 0.219086362515982043995534934228163, 0.0, 0.269266719309996355091226921569469,
    0.0, 0.295524224714752870173815619188769, 0.0,
])  # fmt: skip
_EPS = 2.220446049250313e-16


def _at(f, t, kind, origin):
    """The integrand over the line, or over half of it brought to (0, 1]."""
    if kind == 0:
        return f(t)
    x = (1.0 - t) / t
    if kind == 1:
        return f(origin + x) / (t * t)
    if kind == 2:
        return f(origin - x) / (t * t)
    return (f(x) + f(-x)) / (t * t)


def _piece(f, lo, hi, kind, origin):
    """The integral over one interval, and an estimate of its error."""
    middle = 0.5 * (lo + hi)
    half = 0.5 * (hi - lo)
    total, gauss, size = 0.0, 0.0, 0.0
    values = np.empty(21)
    for k in range(21):
        j = k if k < 11 else k - 11
        t = middle - half * _NODES[j] if k < 11 else middle + half * _NODES[j]
        y = _at(f, t, kind, origin) * 1.0
        values[k] = y
        total = total + _KRONROD[j] * y
        gauss = gauss + _GAUSS[j] * y
        size = size + _KRONROD[j] * abs(y)
    mean = 0.5 * total
    spread = 0.0
    for k in range(21):
        spread = spread + _KRONROD[k if k < 11 else k - 11] * abs(values[k] - mean)
    width = abs(half)
    spread = spread * width
    error = abs((total - gauss) * half)
    if spread != 0.0 and error != 0.0:
        error = spread * min(1.0, (200.0 * error / spread) ** 1.5)
    if size * width > 2.2250738585072014e-308 / (50.0 * _EPS):
        error = max(50.0 * _EPS * size * width, error)
    return total * half, error


def _adaptive(f, a, b, kind, origin, epsabs, epsrel, limit):
    lo, hi = np.empty(limit), np.empty(limit)
    values, errors = np.zeros(limit), np.zeros(limit)
    lo[0] = a
    hi[0] = b
    count = 1
    worst = 0
    for _ in range(limit):
        parts = 1 if count == 1 and errors[0] == 0.0 else 2
        if parts == 2:
            middle = 0.5 * (lo[worst] + hi[worst])
            lo[count] = middle
            hi[count] = hi[worst]
            hi[worst] = middle
            count += 1
        for part in range(parts):
            k = worst if part == 0 else count - 1
            value, error = _piece(f, lo[k], hi[k], kind, origin)
            values[k] = value
            errors[k] = error
        worst = 0
        for k in range(count):
            if errors[k] > errors[worst]:
                worst = k
        if errors[worst] == 0.0 or np.sum(errors[:count]) <= max(
            epsabs, epsrel * abs(np.sum(values[:count]))
        ):
            break
        if count == limit:
            break
    return np.sum(values[:count]), np.sum(errors[:count])


def quad(
    func, a, b, args=(), full_output=0, epsabs=1.49e-08, epsrel=1.49e-08, limit=50, points=None, weight=None,
    wvar=None, wopts=None, maxp1=50, limlst=50, complex_func=False,
):  # fmt: skip
    """``(integral, error)``."""
    if full_output:
        raise NotImplementedError("full_output of quad is not supported")
    given = args if isinstance(args, tuple) else (args,)
    if a > b:
        value, error = quad(func, b, a, given, 0, epsabs, epsrel, limit)
        return -value, error

    def f(t):
        return func(t, *given)

    kind = 0
    lo, hi, origin = a * 1.0, b * 1.0, 0.0
    if np.isinf(a) or np.isinf(b):
        kind = 3 if np.isinf(a) and np.isinf(b) else (1 if np.isinf(b) else 2)
        origin = lo if kind == 1 else (hi if kind == 2 else 0.0)
        lo, hi = 0.0, 1.0
    value, error = _adaptive(f, lo, hi, kind, origin, epsabs, epsrel, max(limit, 50))
    return float(value), float(error)
