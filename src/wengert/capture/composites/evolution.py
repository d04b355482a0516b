"""Initial value problems, as `scipy.integrate` solves them: embedded Runge-Kutta methods with its control of
steps.

Derivatives are those of the computed solution, sizes of steps included.
"""

# Captured, not run: what depends on ranks is decided when compiling, which a type checker does not see.
# pyright: basic, reportGeneralTypeIssues=false, reportCallIssue=false, reportArgumentType=false
# pyright: reportOperatorIssue=false, reportAttributeAccessIssue=false, reportOptionalOperand=false
# pyright: reportIndexIssue=false, reportReturnType=false, reportPossiblyUnboundVariable=false
# pyright: reportOptionalMemberAccess=false, reportOptionalSubscript=false, reportOptionalIterable=false
from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np


class OdeResult(NamedTuple):
    """What `scipy.integrate.solve_ivp` gives."""

    t: Any
    y: Any
    nfev: Any
    status: Any
    success: Any


# Dormand and Prince, with the interpolant of Shampine
_A45 = np.array([
    [0.0, 0.0, 0.0, 0.0, 0.0],
    [1 / 5, 0.0, 0.0, 0.0, 0.0],
    [3 / 40, 9 / 40, 0.0, 0.0, 0.0],
    [44 / 45, -56 / 15, 32 / 9, 0.0, 0.0],
    [19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729, 0.0],
    [9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656],
])  # fmt: skip
_B45 = np.array([35 / 384, 0.0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84])
_C45 = np.array([0.0, 1 / 5, 3 / 10, 4 / 5, 8 / 9, 1.0])
_E45 = np.array([-71 / 57600, 0.0, 71 / 16695, -71 / 1920, 17253 / 339200, -22 / 525, 1 / 40])
_P45 = np.array([
    [1.0, -8048581381 / 2820520608, 8663915743 / 2820520608, -12715105075 / 11282082432],
    [0.0, 0.0, 0.0, 0.0],
    [0.0, 131558114200 / 32700410799, -68118460800 / 10900136933, 87487479700 / 32700410799],
    [0.0, -1754552775 / 470086768, 14199869525 / 1410260304, -10690763975 / 1880347072],
    [0.0, 127303824393 / 49829197408, -318862633887 / 49829197408, 701980252875 / 199316789632],
    [0.0, -282668133 / 205662961, 2019193451 / 616988883, -1453857185 / 822651844],
    [0.0, 40617522 / 29380423, -110615467 / 29380423, 69997945 / 29380423],
])  # fmt: skip

# Bogacki and Shampine
_A23 = np.array([[0.0, 0.0, 0.0], [1 / 2, 0.0, 0.0], [0.0, 3 / 4, 0.0]])
_B23 = np.array([2 / 9, 1 / 3, 4 / 9])
_C23 = np.array([0.0, 1 / 2, 3 / 4])
_E23 = np.array([5 / 72, -1 / 12, -1 / 9, 1 / 8])
_P23 = np.array([[1.0, -4 / 3, 5 / 9], [0.0, 1.0, -2 / 3], [0.0, 4 / 3, -8 / 9], [0.0, -1.0, 1.0]])


def _rms(x):
    total = np.sum(x * x)
    return np.sqrt(total / x.shape[0]) if total > 0.0 else 0.0 * total


def _first_step(f, t0, y0, span, max_step, f0, direction, order, rtol, atol):
    """Hairer, Norsett and Wanner, section II.4."""
    if y0.shape[0] == 0:
        return np.inf
    scale = atol + np.abs(y0) * rtol
    d0 = _rms(y0 / scale)
    d1 = _rms(f0 / scale)
    h0 = 1e-6 if d0 < 1e-5 or d1 < 1e-5 else 0.01 * d0 / d1
    h0 = min(h0, span)
    f1 = f(t0 + h0 * direction, y0 + h0 * direction * f0)
    d2 = _rms((f1 - f0) / scale) / h0
    if d1 <= 1e-15 and d2 <= 1e-15:
        h1 = max(1e-6, h0 * 1e-3)
    else:
        h1 = (0.01 / max(d1, d2)) ** (1.0 / (order + 1.0))
    return min(min(100.0 * h0, h1), min(span, max_step))


def _integrated(f, t0, t1, y0, t_eval, method, rtol, atol, max_step, first_step, most):
    """Times and states: of every step, or at ``t_eval``."""
    if method == "RK45":
        A, B, C, E, P, order = _A45, _B45, _C45, _E45, _P45, 4.0
    elif method == "RK23":
        A, B, C, E, P, order = _A23, _B23, _C23, _E23, _P23, 2.0
    else:
        raise NotImplementedError("methods of solve_ivp other than RK45 and RK23 are not supported")
    stages = B.shape[0]
    n = y0.shape[0]
    direction = 1.0 if t1 >= t0 else -1.0
    t = t0
    y = y0
    now = f(t, y)
    calls = 1
    if first_step is None:
        h_abs = _first_step(f, t0, y0, abs(t1 - t0), max_step, now, direction, order, rtol, atol)
        calls = 2
    else:
        h_abs = first_step * 1.0
    times = []
    states = []
    place = 0
    if t_eval is None:
        times.append(t)
        states.append(y)
    else:
        while place < t_eval.shape[0] and t_eval[place] == t0:
            times.append(t_eval[place])
            states.append(y)
            place += 1
    K = np.zeros((stages + 1, n))
    for _ in range(most):
        if direction * (t - t1) >= 0.0:
            break
        smallest = 10.0 * 2.220446049250313e-16 * abs(t)
        h_abs = min(max(h_abs, smallest), max_step)
        rejected = False
        accepted = False
        h = 0.0 * h_abs
        new_t = t
        new_y = y
        while not accepted:
            if h_abs < smallest:
                raise RuntimeError("Required step size is less than spacing between numbers.")
            h = h_abs * direction
            new_t = t + h
            if direction * (new_t - t1) > 0.0:
                new_t = t1
            h = new_t - t
            h_abs = abs(h)
            K = np.zeros((stages + 1, n))
            K[0] = now
            for s in range(1, stages):
                K[s] = f(t + C[s] * h, y + h * (A[s, :s] @ K[:s]))
            new_y = y + h * (B @ K[:stages])
            K[stages] = f(t + h, new_y)
            calls += stages
            scale = atol + np.maximum(np.abs(y), np.abs(new_y)) * rtol
            error = _rms(h * (E @ K) / scale)
            if error < 1.0:
                factor = 10.0 if error == 0.0 else min(10.0, 0.9 * error ** (-1.0 / (order + 1.0)))
                if rejected:
                    factor = min(1.0, factor)
                h_abs = h_abs * factor
                accepted = True
            else:
                h_abs = h_abs * max(0.2, 0.9 * error ** (-1.0 / (order + 1.0)))
                rejected = True
        if t_eval is None:
            times.append(new_t)
            states.append(new_y)
        else:
            Q = K.T @ P
            while place < t_eval.shape[0] and direction * (t_eval[place] - new_t) <= 0.0:
                x = (t_eval[place] - t) / h
                p = 1.0 * x
                at = y + 0.0
                for k in range(P.shape[1]):
                    at = at + h * Q[:, k] * p
                    p = p * x
                times.append(t_eval[place])
                states.append(at)
                place += 1
        t = new_t
        y = new_y
        now = K[stages].copy()
    if direction * (t - t1) < 0.0:
        raise RuntimeError("the integration needs too many steps: the problem may be stiff")
    out = np.empty((len(states), n))
    for k in range(len(states)):
        out[k] = states[k]
    return np.array(times), out, calls


def solve_ivp(
    fun, t_span, y0, method="RK45", t_eval=None, dense_output=False, events=None, vectorized=False, args=None,
    *, rtol=1e-3, atol=1e-6, max_step=np.inf, first_step=None,
):  # fmt: skip
    if dense_output or events is not None:
        raise NotImplementedError("dense_output and events of solve_ivp are not supported")
    given = () if args is None else args

    def f(t, y):
        return np.asarray(fun(t, y, *given)) * 1.0

    at = None if t_eval is None else np.asarray(t_eval) * 1.0
    start = np.asarray(y0) * 1.0
    times, states, calls = _integrated(
        f, t_span[0] * 1.0, t_span[1] * 1.0, start, at, method, rtol, atol, max_step, first_step, 100000,
    )  # fmt: skip
    return OdeResult(times, states.T, calls, 0, True)


def odeint(
    func, y0, t, args=(), Dfun=None, col_deriv=0, full_output=0, ml=None, mu=None, rtol=None, atol=None,
    tcrit=None, h0=0.0, hmax=0.0, hmin=0.0, ixpr=0, mxstep=0, mxhnil=0, mxordn=12, mxords=5, printmessg=0,
    tfirst=False,
):  # fmt: skip
    """By the method of Dormand and Prince, to SciPy's tolerances; stiff problems need too many steps."""
    if full_output:
        raise NotImplementedError("full_output of odeint is not supported")
    given = args if isinstance(args, tuple) else (args,)

    def f(s, y):
        return np.asarray(func(s, y, *given) if tfirst else func(y, s, *given)) * 1.0

    t = np.asarray(t) * 1.0
    start = np.atleast_1d(np.asarray(y0) * 1.0)
    _, states, _ = _integrated(
        f, t[0], t[-1], start, t, "RK45", 1e-9 if rtol is None else min(rtol, 1e-9),
        1e-9 if atol is None else min(atol, 1e-9), np.inf, None, 1000000,
    )  # fmt: skip
    return states
