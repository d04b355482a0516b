"""Discrete Fourier transforms: radix two where the length allows, otherwise Bluestein's chirp."""

# Captured, not run: what depends on ranks is decided when compiling, which a type checker does not see.
# pyright: basic, reportGeneralTypeIssues=false, reportCallIssue=false, reportArgumentType=false
# pyright: reportOperatorIssue=false, reportAttributeAccessIssue=false, reportOptionalOperand=false
# pyright: reportIndexIssue=false, reportReturnType=false, reportPossiblyUnboundVariable=false
# pyright: reportOptionalMemberAccess=false, reportOptionalSubscript=false, reportOptionalIterable=false
from __future__ import annotations

import numpy as np

from ...algebra.custom import derivative


def transform(x, sign):
    """Of each row: in place where the length is a power of two, otherwise as a convolution with a chirp,
    which is the product of transforms of such a length.
    """
    rows, n = x.shape
    size = 1
    while size < n:
        size *= 2
    chirped = size != n
    chirp = np.ones(n, np.complex128)
    if chirped:
        while size < 2 * n - 1:
            size *= 2
        for k in range(n):
            angle = np.pi * ((k * k) % (2 * n)) / n
            chirp[k] = np.cos(angle) + sign * 1j * np.sin(angle)
    turns = np.empty(size // 2, np.complex128)
    for k in range(size // 2):
        angle = 2.0 * np.pi * k / size
        turns[k] = np.cos(angle) + 1j * np.sin(angle)
    out = np.empty((rows, n), np.complex128)
    kernel = np.empty(size, np.complex128)
    a = np.empty(size, np.complex128)
    for row in range(-1 if chirped else 0, rows):
        a[:] = 0.0
        for k in range(n):
            if row >= 0:
                a[k] = x[row, k] * chirp[k]
            else:
                a[k] = np.conj(chirp[k])
                a[(size - k) % size] = a[k]
        for back in range(2 if chirped and row >= 0 else 1):
            _radix2(a, turns, (1.0 if back else -1.0) if chirped else sign)
            if not back and chirped:
                if row < 0:
                    kernel[:] = a
                else:
                    a *= kernel
        if row >= 0:
            for k in range(n):
                out[row, k] = a[k] * chirp[k] / size if chirped else a[k]
    return out


def _radix2(a, turns, sign):
    """In place, of a length that is a power of two."""
    n = a.shape[0]
    j = 0
    for i in range(1, n):
        bit = n >> 1
        while j & bit:
            j ^= bit
            bit = bit >> 1
        j |= bit
        if i < j:
            u = a[i]
            a[i] = a[j]
            a[j] = u
    m = 1
    while m < n:
        step = n // (2 * m)
        for start in range(0, n, 2 * m):
            for k in range(m):
                w = turns[k * step]
                t = (np.real(w) + sign * 1j * np.imag(w)) * a[start + k + m]
                u = a[start + k]
                a[start + k] = u + t
                a[start + k + m] = u - t
        m *= 2


@derivative(of=transform, wrt="x")
def _transform_rule(y_bar, y, x, sign):
    return transform(y_bar, sign)


@derivative(of=transform, wrt="x", mode="forward")
def _transform_forward(args, dargs, y):
    return transform(dargs[0], args[1])


def _resized(a, n):
    """The last axis cut or filled with zeros to length ``n``."""
    if n is None:
        return a
    m = min(n, a.shape[-1])
    out = np.zeros((*a.shape[:-1], n), a.dtype)
    out[..., :m] = a[..., :m]
    return out


def _along(a, n, axis, sign):
    moved = _resized(np.moveaxis(np.asarray(a), axis, -1), n)
    size = moved.shape[-1]
    if size < 1:
        raise ValueError("Invalid number of FFT data points (0) specified.")
    rows = transform(np.reshape(moved, (-1, size)).astype(np.complex128), sign)
    return np.moveaxis(np.reshape(rows, moved.shape), -1, axis)


def _scaled(y, n, norm, inverse):
    if norm == "ortho":
        return y / np.sqrt(n)
    if (norm is None or norm == "backward") == inverse:
        return y / n
    return y


def fft(a, n=None, axis=-1, norm=None, out=None):
    y = _along(a, n, axis, -1.0)
    return _scaled(y, y.shape[axis], norm, False)


def ifft(a, n=None, axis=-1, norm=None, out=None):
    y = _along(a, n, axis, 1.0)
    return _scaled(y, y.shape[axis], norm, True)


def rfft(a, n=None, axis=-1, norm=None, out=None):
    y = np.moveaxis(fft(a, n, axis, norm), axis, 0)
    return np.moveaxis(y[: y.shape[0] // 2 + 1].copy(), 0, axis)


def irfft(a, n=None, axis=-1, norm=None, out=None):
    half = np.moveaxis(np.asarray(a), axis, 0)
    size = 2 * (half.shape[0] - 1) if n is None else n
    full = np.zeros((size, *half.shape[1:]), np.complex128)
    m = min(size // 2 + 1, half.shape[0])
    full[:m] = half[:m]
    full[0] = np.real(half[0])
    for k in range(1, (size + 1) // 2):
        if k < m:
            full[size - k] = np.conj(half[k])
    if size % 2 == 0 and size // 2 < m:
        full[size // 2] = np.real(half[size // 2])
    return np.moveaxis(np.real(ifft(full, None, 0, norm)).copy(), 0, axis)


def _axes(a, s, axes):
    if axes is not None:
        return tuple(axes)
    count = np.ndim(a)
    return tuple(range(count)) if s is None else tuple(range(count - len(s), count))


def fftn(a, s=None, axes=None, norm=None, out=None):
    for i, k in enumerate(_axes(a, s, axes)):
        a = fft(a, None if s is None else s[i], k, norm)
    return a


def ifftn(a, s=None, axes=None, norm=None, out=None):
    for i, k in enumerate(_axes(a, s, axes)):
        a = ifft(a, None if s is None else s[i], k, norm)
    return a


def rfftn(a, s=None, axes=None, norm=None, out=None):
    along = _axes(a, s, axes)
    a = rfft(a, None if s is None else s[-1], along[-1], norm)
    return fftn(a, None if s is None else s[:-1], along[:-1], norm)


def irfftn(a, s=None, axes=None, norm=None, out=None):
    along = _axes(a, s, axes)
    a = ifftn(a, None if s is None else s[:-1], along[:-1], norm)
    return irfft(a, None if s is None else s[-1], along[-1], norm)


def fft2(a, s=None, axes=(-2, -1), norm=None, out=None):
    return fftn(a, s, axes, norm)


def ifft2(a, s=None, axes=(-2, -1), norm=None, out=None):
    return ifftn(a, s, axes, norm)


def rfft2(a, s=None, axes=(-2, -1), norm=None, out=None):
    return rfftn(a, s, axes, norm)


def irfft2(a, s=None, axes=(-2, -1), norm=None, out=None):
    return irfftn(a, s, axes, norm)


def fftfreq(n, d=1.0, device=None):
    out = np.empty(n)
    half = (n - 1) // 2 + 1
    for k in range(n):
        out[k] = k if k < half else k - n
    return out * (1.0 / (n * d))


def rfftfreq(n, d=1.0, device=None):
    return np.arange(n // 2 + 1) * (1.0 / (n * d))


def fftshift(x, axes=None):
    x = np.asarray(x)
    for k in tuple(range(x.ndim)) if axes is None else (axes if isinstance(axes, tuple) else (axes,)):
        x = np.roll(x, x.shape[k] // 2, k)
    return x


def ifftshift(x, axes=None):
    x = np.asarray(x)
    for k in tuple(range(x.ndim)) if axes is None else (axes if isinstance(axes, tuple) else (axes,)):
        x = np.roll(x, -(x.shape[k] // 2), k)
    return x


FUNCTIONS = {
    np.fft.fft: fft,
    np.fft.ifft: ifft,
    np.fft.rfft: rfft,
    np.fft.irfft: irfft,
    np.fft.fftn: fftn,
    np.fft.ifftn: ifftn,
    np.fft.fft2: fft2,
    np.fft.ifft2: ifft2,
    np.fft.rfftn: rfftn,
    np.fft.irfftn: irfftn,
    np.fft.rfft2: rfft2,
    np.fft.irfft2: irfft2,
    np.fft.fftfreq: fftfreq,
    np.fft.rfftfreq: rfftfreq,
    np.fft.fftshift: fftshift,
    np.fft.ifftshift: ifftshift,
}
METHODS = {}
