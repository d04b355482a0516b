"""Functions of one element at a time that are made of others, of NumPy and of `scipy.special`."""

# Captured, not run: what depends on ranks is decided when compiling, which a type checker does not see.
# pyright: basic, reportGeneralTypeIssues=false, reportCallIssue=false, reportArgumentType=false
# pyright: reportOperatorIssue=false, reportAttributeAccessIssue=false, reportOptionalOperand=false
# pyright: reportIndexIssue=false, reportReturnType=false, reportPossiblyUnboundVariable=false
# pyright: reportOptionalMemberAccess=false, reportOptionalSubscript=false, reportOptionalIterable=false
from __future__ import annotations

import numpy as np


def logaddexp2(x1, x2):
    return (
        np.logaddexp(np.asarray(x1) * 0.6931471805599453, np.asarray(x2) * 0.6931471805599453)
        / 0.6931471805599453
    )


def float_power(x1, x2):
    return np.power(np.asarray(x1) * 1.0, x2)


def modf(x):
    x = np.asarray(x) * 1.0
    whole = np.trunc(x)
    return x - whole, whole


def divmod_(x1, x2):
    return np.floor_divide(x1, x2), np.remainder(x1, x2)


def signbit(x):
    return np.copysign(1.0, x) < 0.0


def ldexp(x1, x2):
    return x1 * np.exp2(np.asarray(x2) * 1.0)


def around(a, decimals=0, out=None):
    a = np.asarray(a)
    if decimals == 0:
        r = np.rint(a)
    elif decimals > 0:
        r = np.rint(a * 10.0**decimals) / 10.0**decimals
    else:
        r = np.rint(a / 10.0 ** (-decimals)) * 10.0 ** (-decimals)
    if out is not None:
        out[...] = r
        return out
    return r


def iscomplex(x):
    return np.imag(x) != 0


def isreal(x):
    return np.imag(x) == 0


def isposinf(x):
    return np.logical_and(np.isinf(x), np.asarray(x) > 0)


def isneginf(x):
    return np.logical_and(np.isinf(x), np.asarray(x) < 0)


def isclose(a, b, rtol=1.0e-5, atol=1.0e-8, equal_nan=False):
    a = np.asarray(a)
    b = np.asarray(b)
    near = np.logical_and(np.abs(a - b) <= atol + rtol * np.abs(b), np.isfinite(b))
    near = np.logical_or(near, a == b)
    return np.logical_or(near, np.logical_and(np.isnan(a), np.isnan(b))) if equal_nan else near


def allclose(a, b, rtol=1.0e-5, atol=1.0e-8, equal_nan=False):
    return bool(np.all(isclose(a, b, rtol, atol, equal_nan)))


def array_equal(a1, a2, equal_nan=False):
    a1 = np.asarray(a1)
    a2 = np.asarray(a2)
    if a1.ndim != a2.ndim:
        return False
    for k in tuple(range(a1.ndim)):
        if a1.shape[k] != a2.shape[k]:
            return False
    return bool(np.all(a1 == a2))


def nan_to_num(x, copy=True, nan=0.0, posinf=None, neginf=None):
    x = np.asarray(x)
    largest = np.finfo(x.dtype).max
    y = np.where(np.isnan(x), nan, x)
    y = np.where(isposinf(x), largest if posinf is None else posinf, y)
    return np.where(isneginf(x), -largest if neginf is None else neginf, y)


def unwrap(p, discont=None, axis=-1, *, period=6.283185307179586):
    p = np.moveaxis(np.asarray(p), axis, 0)
    out = p.copy()
    limit = period / 2.0 if discont is None else discont
    shift = p[0] * 0.0
    for k in range(1, p.shape[0]):
        d = p[k] - p[k - 1]
        m = np.mod(d + period / 2.0, period) - period / 2.0
        m = np.where(np.logical_and(m == -period / 2.0, d > 0), period / 2.0, m)
        shift = shift + np.where(np.abs(d) < limit, 0.0, m - d)
        out[k] = p[k] + shift
    return np.moveaxis(out, 0, axis)


def real_if_close(a, tol=100):
    return a


def xlogy(x, y):
    zero = np.logical_and(np.asarray(x) == 0, np.logical_not(np.isnan(y)))
    return np.where(zero, 0.0, x * np.log(np.where(zero, 1.0, y)))


def xlog1py(x, y):
    zero = np.logical_and(np.asarray(x) == 0, np.logical_not(np.isnan(y)))
    return np.where(zero, 0.0, x * np.log1p(np.where(zero, 0.0, y)))


def entr(x):
    x = np.asarray(x)
    return np.where(x > 0, -x * np.log(np.where(x > 0, x, 1.0)), np.where(x == 0, 0.0, -np.inf))


def rel_entr(x, y):
    both = np.logical_and(np.asarray(x) > 0, np.asarray(y) > 0)
    value = x * np.log(np.where(both, x, 1.0) / np.where(both, y, 1.0))
    return np.where(
        both, value, np.where(np.logical_and(np.asarray(x) == 0, np.asarray(y) >= 0), 0.0, np.inf)
    )


def kl_div(x, y):
    return rel_entr(x, y) - x + y


def huber(delta, r):
    size = np.abs(r)
    return np.where(size <= delta, 0.5 * r * r, delta * (size - 0.5 * delta))


def pseudo_huber(delta, r):
    u = r / delta
    return delta * delta * (np.sqrt(1.0 + u * u) - 1.0)


def log_expit(x):
    x = np.asarray(x)
    return np.where(
        x < 0, x - np.log1p(np.exp(np.where(x < 0, x, 0.0))), -np.log1p(np.exp(np.where(x < 0, 0.0, -x)))
    )


def boxcox(x, lmbda):
    return np.log(x) if lmbda == 0 else np.expm1(lmbda * np.log(x)) / lmbda


def zeta(x, q=1.0):
    """Hurwitz's, by the Euler-Maclaurin formula."""
    x = np.asarray(x) * 1.0
    q = np.asarray(q) * 1.0
    total = 0.0 * x * q
    for k in range(12):
        total = total + (q + k) ** (-x)
    a = q + 12.0
    total = total + a ** (1.0 - x) / (x - 1.0) + 0.5 * a ** (-x)
    term = x * a ** (-x - 1.0)
    j = 1.0
    for b in (
        1.0 / 12.0,
        -1.0 / 720.0,
        1.0 / 30240.0,
        -1.0 / 1209600.0,
        1.0 / 47900160.0,
        -691.0 / 1307674368000.0,
        1.0 / 74724249600.0,
        -3617.0 / 10670622842880000.0,
    ):
        total = total + b * term
        term = term * (x + j) * (x + j + 1.0) / (a * a)
        j = j + 2.0
    return total


def polygamma(n, x):
    if n == 0:
        from scipy.special import psi

        return psi(x)
    factor = 1.0
    for k in range(1, n + 1):
        factor = factor * k
    return (factor if n % 2 == 1 else -factor) * zeta(n + 1.0, x)


def multigammaln(a, d):
    from scipy.special import gammaln

    out = d * (d - 1) * 0.25 * np.log(np.pi)
    for j in range(1, d + 1):
        out = out + gammaln(a - (j - 1.0) / 2.0)
    return out


def _lambertw(z, lower):
    """Of a real number, on the principal or the lower branch: Halley's iteration."""
    if z < -0.36787944117144233:
        raise NotImplementedError("lambertw of numbers below -1/e is not supported")
    if z == 0.0 and not lower:
        return z
    p = np.sqrt(2.0 * (2.718281828459045 * z + 1.0)) if z > -0.36 else 0.0
    if lower:
        if z > -0.25:
            u = np.log(-z)
            w = u - np.log(-u)
        else:
            w = -1.0 - p - p * p / 3.0
    elif z < -0.25:
        w = -1.0 + p - p * p / 3.0
    elif z < 3.0:
        w = z / (1.0 + z)
    else:
        u = np.log(z)
        w = u - np.log(u)
    for _ in range(8):
        e = np.exp(w)
        f = w * e - z
        w1 = w + 1.0
        if w1 != 0.0:
            w = w - f / (e * w1 - (w + 2.0) * f / (2.0 * w1))
    return w


def lambertw(z, k=0, tol=1e-8):
    z = np.asarray(z)
    if np.ndim(z) == 0:
        return _lambertw(z[()], k == -1) + 0.0j
    out = np.empty(z.shape)
    flat = out.reshape(-1)
    source = z.ravel()
    for i in range(source.shape[0]):
        flat[i] = _lambertw(source[i], k == -1)
    return out + 0.0j


def factorial(n, exact=False):
    from scipy.special import gamma

    return gamma(np.asarray(n) + 1.0)


def perm(N, k, exact=False):
    out = 1.0
    for j in range(k):
        out = out * (N - j)
    return out


def erf_difference(x):
    return x


def math_modf(x):
    whole = np.trunc(x)
    return float(x - whole), float(whole)


def math_remainder(x, y):
    n = np.rint(x / y)
    return float(x - n * y)


def math_frexp(x):
    """Mantissa and exponent."""
    m = float(x)
    e = 0
    if m == 0.0 or m != m or m - m != 0.0:
        return m, 0
    while abs(m) >= 1.0:
        m = m * 0.5
        e += 1
    while abs(m) < 0.5:
        m = m * 2.0
        e -= 1
    return m, e


def math_ldexp(x, i):
    return float(x * 2.0**i)


def math_isqrt(n):
    r = int(np.floor(np.sqrt(n * 1.0)))
    while r * r > n:
        r -= 1
    while (r + 1) * (r + 1) <= n:
        r += 1
    return r


def math_gcd(a, b):
    a = abs(a)
    b = abs(b)
    while b > 0:
        t = a % b
        a = b
        b = t
    return a


def math_lcm(a, b):
    return abs(a * b) // math_gcd(a, b) if a != 0 and b != 0 else 0


def math_comb(n, k):
    if k > n:
        return 0
    out = 1
    for j in range(k):
        out = out * (n - j) // (j + 1)
    return out


def math_perm(n, k):
    out = 1
    for j in range(k):
        out = out * (n - j)
    return out


def math_factorial(n):
    if n < 0:
        raise ValueError("factorial() not defined for negative values")
    out = 1
    for j in range(2, n + 1):
        out = out * j
    return out


def sumprod(p, q):
    total = 0
    for a, b in zip(p, q, strict=False):
        total = total + a * b
    return total


def round_digits(x, ndigits):
    """Python's ``round`` to digits, up to the last bit."""
    scale = 10.0**ndigits
    return np.rint(x * scale) / scale


def cmath_polar(z):
    return abs(z), float(np.angle(z))


def cmath_rect(r, phi):
    return complex(r * np.cos(phi), r * np.sin(phi))


FUNCTIONS = {
    np.logaddexp2: logaddexp2,
    np.float_power: float_power,
    np.modf: modf,
    np.divmod: divmod_,
    np.signbit: signbit,
    np.ldexp: ldexp,
    np.round: around,
    np.around: around,
    np.iscomplex: iscomplex,
    np.isreal: isreal,
    np.isposinf: isposinf,
    np.isneginf: isneginf,
    np.isclose: isclose,
    np.allclose: allclose,
    np.array_equal: array_equal,
    np.nan_to_num: nan_to_num,
    np.unwrap: unwrap,
    np.real_if_close: real_if_close,
}
METHODS = {"round": around}
