"""Write the coefficients of `wengert.emit.vmath`: weighted minimax polynomials by Remez exchange.

Run ``python tools/minimax.py > src/wengert/emit/vmath/coefficients.py`` and format it. Every entry of
`TABLE` states a function, the interval, the degree and the weight; the error printed beside it is the largest
weighted error, as a power of two.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from mpmath import mp, mpf

mp.prec = 200

Real = Callable[[mpf], mpf]


@dataclass(frozen=True)
class Fit:
    """A polynomial ``p`` of a degree on ``[lo, hi]`` that minimises ``max |weight * (p - f)|``."""

    meaning: str
    f: Real
    lo: mpf
    hi: mpf
    degree: int
    weight: Real = lambda _: mpf(1)


def horner(c: list[mpf], x: mpf) -> mpf:
    """The polynomial with coefficients ``c``, lowest first, at ``x``."""
    y = mpf(0)
    for a in reversed(c):
        y = y * x + a
    return y


def remez(fit: Fit, rounds: int = 6, grid: int = 24) -> tuple[list[mpf], mpf]:
    """Coefficients, lowest first, and the largest weighted error."""
    n = fit.degree + 2
    mid, half = (fit.hi + fit.lo) / 2, (fit.hi - fit.lo) / 2
    points = [mid - half * mp.cos(mp.pi * (2 * i + 1) / (2 * n)) for i in range(n)]
    scan = [mid - half * mp.cos(mp.pi * i / (grid * n)) for i in range(grid * n + 1)]
    values = [(x, fit.f(x), fit.weight(x)) for x in scan]
    c: list[mpf] = []
    worst = mpf(0)
    for _ in range(rounds):
        a = mp.matrix(n, n)
        b = mp.matrix(n, 1)
        for i, x in enumerate(points):
            for j in range(n - 1):
                a[i, j] = x**j
            a[i, n - 1] = (-1) ** i / fit.weight(x)
            b[i] = fit.f(x)
        solution = mp.lu_solve(a, b)
        c = [solution[j] for j in range(n - 1)]
        errors = [(x, w * (horner(c, x) - y)) for x, y, w in values]
        worst = max(abs(e) for _, e in errors)
        peaks: list[tuple[mpf, mpf]] = []
        for x, e in errors:  # the largest error of each run of one sign
            if peaks and (peaks[-1][1] > 0) == (e > 0):
                if abs(e) > abs(peaks[-1][1]):
                    peaks[-1] = (x, e)
            else:
                peaks.append((x, e))
        while len(peaks) > n:
            peaks.pop(0 if abs(peaks[0][1]) < abs(peaks[-1][1]) else -1)
        if len(peaks) < n:
            break
        points = [x for x, _ in peaks]
        if worst < abs(solution[n - 1]) * mpf("1.02"):
            break
    return c, worst


def _exp2nd(r: mpf) -> mpf:
    if abs(r) < mpf(2) ** -40:
        return mpf(1) / 2 + r / 6
    return (mp.expm1(r) - r) / r**2


def _atanh_rest(z: mpf, terms: int) -> mpf:
    """``(2 atanh(s)/s - 2 - 2z/3 - ...) / z**terms`` for ``z = s*s``, by its series."""
    return mp.fsum(2 * z ** (n - terms) / (2 * n + 1) for n in range(terms, terms + 45))


def _sin3(z: mpf) -> mpf:
    return mp.fsum((-1) ** n * z ** (n - 1) / mp.factorial(2 * n + 1) for n in range(1, 25))


def _cos4(z: mpf) -> mpf:
    return mp.fsum((-1) ** n * z ** (n - 2) / mp.factorial(2 * n) for n in range(2, 25))


def _atan3(z: mpf) -> mpf:
    if z < mpf(2) ** -40:
        return -mpf(1) / 3 + z / 5
    t = mp.sqrt(z)
    return (mp.atan(t) - t) / (t * z)


def _asin3(z: mpf) -> mpf:
    if z < mpf(2) ** -40:
        return mpf(1) / 6 + z * 3 / 40
    t = mp.sqrt(z)
    return (mp.asin(t) - t) / (t * z)


def _erf1(z: mpf) -> mpf:
    if z < mpf(2) ** -40:
        return (2 - z * 2 / 3) / mp.sqrt(mp.pi) - 1
    t = mp.sqrt(z)
    return mp.erf(t) / t - 1


#: The map of erfc: ``t = (x - 3.75) / (x + 3.75)`` takes ``[0, inf)`` to ``[-1, 1)``.
ERFC_CENTRE = mpf("3.75")


def _erfcx(t: mpf) -> mpf:
    x = ERFC_CENTRE * (1 + t) / (1 - t)
    return mp.exp(x * x) * mp.erfc(x) * (1 + 2 * x)


LN2_2 = mp.log(2) / 2 * mpf("1.0001")
PI_4 = mp.pi / 4 * mpf("1.002")
S2 = (3 - 2 * mp.sqrt(2)) ** 2 * mpf("1.0001")  # s*s at m = sqrt(2)

TABLE = {
    "EXP": Fit("(exp(r) - 1 - r) / r**2", _exp2nd, -LN2_2, LN2_2, 10),
    "LOG": Fit("(2 atanh(s) - 2s) / s**3 in z = s*s", lambda z: _atanh_rest(z, 1), mpf(0), S2, 6),
    "LOG_DD": Fit("(2 atanh(s) - 2s - 2/3 s**3) / s**5 in z", lambda z: _atanh_rest(z, 2), mpf(0), S2, 7),
    "SIN": Fit("(sin(r) - r) / r**3 in z = r*r", _sin3, mpf(0), PI_4**2, 5, lambda z: z + mpf(2) ** -7),
    "COS": Fit("(cos(r) - 1 + z/2) / z**2 in z = r*r", _cos4, mpf(0), PI_4**2, 5, lambda z: z + mpf(2) ** -7),
    "ATAN": Fit(
        "(atan(t) - t) / t**3 in z = t*t", _atan3, mpf(0), mpf("0.17172"), 10, lambda z: z + mpf(2) ** -7
    ),
    "ASIN": Fit(
        "(asin(t) - t) / t**3 in z = t*t", _asin3, mpf(0), mpf("0.2501"), 11, lambda z: z + mpf(2) ** -7
    ),
    "ERF": Fit("erf(x) / x - 1 in z = x*x", _erf1, mpf(0), mpf(1), 12),
    "ERFC": Fit(
        "exp(x*x) erfc(x) (1 + 2x) in t = (x - 3.75) / (x + 3.75)", _erfcx, mpf(-1), mpf("0.7701"), 22
    ),
    "CBRT": Fit("cbrt(m)", mp.cbrt, mpf(1), mpf(2), 4),
}

#: Constants as unevaluated sums: name, value, significant bits of each part but the last.
SPLIT: tuple[tuple[str, mpf, tuple[int, ...]], ...] = (
    ("LN2", mp.log(2), (32,)),
    ("LN2_EXACT", mp.log(2), (53,)),
    ("LOG2E", 1 / mp.log(2), (53,)),
    ("LOG10E", 1 / mp.log(10), (53,)),
    ("LOG10_2", mp.log(2) / mp.log(10), (32,)),
    ("HALF_PI", mp.pi / 2, (53, 53)),
    ("TWO_OVER_PI", 2 / mp.pi, ()),
    ("PI_4", mp.pi / 4, (50,)),
    ("CBRT_2", mp.cbrt(2), ()),
    ("CBRT_4", mp.cbrt(4), ()),
    ("TWO_THIRDS", mpf(2) / 3, (53,)),
)


def parts(value: mpf, bits: tuple[int, ...]) -> Iterator[float]:
    """The doubles whose sum is ``value``."""
    for b in bits:
        with mp.workprec(b):
            head = +value
        yield float(head)
        value -= head
    yield float(value)


def lines() -> Iterator[str]:
    """The module text."""
    yield '"""Coefficients, lowest degree first; written by ``tools/minimax.py``."""'
    yield ""
    yield "from __future__ import annotations"
    yield ""
    yield "_h = float.fromhex"
    yield ""
    for name, value, bits in SPLIT:
        yield f"{name} = (" + ", ".join(f'_h("{v.hex()}")' for v in parts(value, bits)) + ",)"
    for name, fit in TABLE.items():
        c, worst = remez(fit)
        yield ""
        span = f"[{mp.nstr(fit.lo, 5)}, {mp.nstr(fit.hi, 5)}]"
        yield f"#: {fit.meaning} on {span}; error 2**{float(mp.log(worst, 2)):.1f}."
        yield f"{name} = ("
        for a in c:
            yield f'    _h("{float(a).hex()}"),'
        yield ")"


if __name__ == "__main__":
    print("\n".join(lines()))
