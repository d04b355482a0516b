"""Discrete Fourier transforms: radix two where the length allows, otherwise Bluestein's chirp."""

# Captured, not run: what depends on ranks is decided when compiling, which a type checker does not see.
# pyright: basic, reportGeneralTypeIssues=false, reportCallIssue=false, reportArgumentType=false
# pyright: reportOperatorIssue=false, reportAttributeAccessIssue=false, reportOptionalOperand=false
# pyright: reportIndexIssue=false, reportReturnType=false, reportPossiblyUnboundVariable=false
# pyright: reportOptionalMemberAccess=false, reportOptionalSubscript=false, reportOptionalIterable=false
from __future__ import annotations

import numpy as np


def _radix2(x, sign):
    """In order, of a length that is a power of two."""
    n = x.shape[0]
    out = np.empty(n, np.complex128)
    bits = 0
    while (1 << bits) < n:
        bits += 1
    for i in range(n):
        j = 0
        k = i
        for _ in range(bits):
            j = (j << 1) | (k & 1)
            k = k >> 1
        out[j] = x[i]
    m = 1
    while m < n:
        for k in range(m):
            w = np.exp(sign * 1j * (np.pi * k / m))
            for i in range(k, n, 2 * m):
                t = w * out[i + m]
                u = out[i]
                out[i] = u + t
                out[i + m] = u - t
        m *= 2
    return out


def _bluestein(x, sign):
    n = x.shape[0]
    size = 1
    while size < 2 * n - 1:
        size *= 2
    chirp = np.empty(n, np.complex128)
    for k in range(n):
        chirp[k] = np.exp(sign * 1j * (np.pi * ((k * k) % (2 * n)) / n))
    a = np.zeros(size, np.complex128)
    b = np.zeros(size, np.complex128)
    for k in range(n):
        a[k] = x[k] * chirp[k]
        b[k] = np.conj(chirp[k])
        if k > 0:
            b[size - k] = np.conj(chirp[k])
    c = _radix2(_radix2(a, -1.0) * _radix2(b, -1.0), 1.0)
    return c[:n] * chirp / size


def _transform(x, sign):
    n = x.shape[0]
    if n & (n - 1) == 0:
        return _radix2(x, sign)
    return _bluestein(x, sign)


def _resized(a, n):
    """The first axis cut or filled with zeros to length ``n``."""
    if n is None:
        return a
    m = min(n, a.shape[0])
    out = np.zeros((n, *a.shape[1:]), a.dtype)
    out[:m] = a[:m]
    return out


def _along(a, n, axis, sign):
    moved = _resized(np.moveaxis(np.asarray(a), axis, 0), n)
    if moved.ndim == 1:
        return _transform(moved, sign)
    columns = np.reshape(moved, (moved.shape[0], -1))
    out = np.empty(columns.shape, np.complex128)
    for k in range(columns.shape[1]):
        out[:, k] = _transform(columns[:, k], sign)
    return np.moveaxis(np.reshape(out, moved.shape), 0, axis)


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
