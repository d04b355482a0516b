"""NumPy and SciPy, one expression for each form that users write."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import scipy.integrate as si
import scipy.linalg as sl
import scipy.special as sc

_RNG = np.random.default_rng(0)
_X = _RNG.uniform(0.5, 2.0, 5)
_Y = _RNG.uniform(-1.0, 1.0, 5)
_A = _RNG.normal(size=(3, 4))
_S = np.array([[4.0, 1.0, 0.5, 0.2], [1.0, 5.0, 0.3, 0.1], [0.5, 0.3, 6.0, 0.7], [0.2, 0.1, 0.7, 7.0]])
_B = _RNG.normal(size=(2, 3, 4))
_M = _RNG.normal(size=(4, 4)) + 3.0 * np.eye(4)
_I = np.array([0, 3, 3, 1])


def cumsum_a(a):
    return np.cumsum(a)


def cumsum_a_axis_1(a):
    return np.cumsum(a, axis=1)


def cumsum_b_axis_1(b):
    return np.cumsum(b, axis=1)


def cumprod_a_axis_0(a):
    return np.cumprod(a, axis=0)


def cumprod_b_axis_1(b):
    return np.cumprod(b, axis=-1)


def prod_a(a):
    return np.prod(a)


def prod_a_axis_1(a):
    return np.prod(a, axis=1)


def prod_b_axis_0_2(b):
    return np.prod(b, axis=(0, 2))


def x_prod(x):
    return x.prod()


def sum_b_axis_0_2(b):
    return np.sum(b, axis=(0, 2))


def sum_a_where_a_0(a):
    return np.sum(a, where=a > 0)


def mean_b_axis_1_2_keepdims_true(b):
    return np.mean(b, axis=(1, 2), keepdims=True)


def mean_a_where_a_0(a):
    return np.mean(a, where=a > 0)


def var_a_axis_0_ddof_1(a):
    return np.var(a, axis=0, ddof=1)


def std_a_axis_1_keepdims_true(a):
    return np.std(a, axis=1, keepdims=True)


def max_b_axis_0_1(b):
    return np.max(b, axis=(0, 1))


def max_a_axis_1_initial_0_0(a):
    return np.max(a, axis=1, initial=0.0)


def a_max_axis_0(a):
    return a.max(axis=0)


def argmax_a_axis_1_1_0_sum_a(a):
    return np.argmax(a, axis=1) * 1.0 + np.sum(a)


def argmin_b_axis_2_b_0(b):
    return np.argmin(b, axis=2) + b[:, :, 0]


def median_x(x):
    return np.median(x)


def median_a_axis_1(a):
    return np.median(a, axis=1)


def median_a(a):
    return np.median(a)


def quantile_x_0_3(x):
    return np.quantile(x, 0.3)


def percentile_a_30_axis_0(a):
    return np.percentile(a, 30, axis=0)


def quantile_x_array_0_1_0_5(x):
    return np.quantile(x, np.array([0.1, 0.5]))


def ptp_a_axis_0(a):
    return np.ptp(a, axis=0)


def diff_x(x):
    return np.diff(x)


def diff_a_axis_0(a):
    return np.diff(a, axis=0)


def diff_x_n_2(x):
    return np.diff(x, n=2)


def ediff1d_x(x):
    return np.ediff1d(x)


def gradient_x(x):
    return np.gradient(x)


def gradient_x_0_5(x):
    return np.gradient(x, 0.5)


def gradient_a_axis_1(a):
    return np.gradient(a, axis=1)


def trapezoid_x(x):
    return np.trapezoid(x)


def trapezoid_a_axis_0(a):
    return np.trapezoid(a, axis=0)


def trapezoid_x_y(x, y):
    return np.trapezoid(x, y)


def trapezoid_x_dx_0_3(x):
    return np.trapezoid(x, dx=0.3)


def average_x_weights_y_2(x, y):
    return np.average(x, weights=y + 2)


def average_a_axis_1_weights_array_1_2(a):
    return np.average(a, axis=1, weights=np.array([1.0, 2, 3, 4]))


def nansum_where_x_1_nan_x(x):
    return np.nansum(np.where(x > 1, np.nan, x))


def nanmean_where_x_1_nan_x(x):
    return np.nanmean(np.where(x > 1, np.nan, x))


def nanmax_where_x_1_nan_x(x):
    return np.nanmax(np.where(x > 1, np.nan, x))


def nanmin_a_axis_0(a):
    return np.nanmin(a, axis=0)


def nanstd_where_x_1_nan_x(x):
    return np.nanstd(np.where(x > 1, np.nan, x))


def nanvar_a(a):
    return np.nanvar(a)


def nanprod_a(a):
    return np.nanprod(a)


def nancumsum_a(a):
    return np.nancumsum(a)


def cov_a(a):
    return np.cov(a)


def cov_x_y(x, y):
    return np.cov(x, y)


def corrcoef_a(a):
    return np.corrcoef(a)


def corrcoef_x_y_0_1(x, y):
    return np.corrcoef(x, y)[0, 1]


def sort_x(x):
    return np.sort(x)


def sort_a_axis_0(a):
    return np.sort(a, axis=0)


def sort_a(a):
    return np.sort(a)


def x_argsort_x(x):
    return x[np.argsort(x)]


def argsort_a_axis_1_a(a):
    return np.argsort(a, axis=1) * a


def sort_x_1(x):
    return np.sort(x)[::-1]


def searchsorted_sort_x_1_0_x_0(x):
    return np.searchsorted(np.sort(x), 1.0) + x[0]


def searchsorted_array_1_2_3_x_side_ri(x):
    return np.searchsorted(np.array([1.0, 2.0, 3.0]), x, side="right") * x


def digitize_x_array_0_7_1_2_x(x):
    return np.digitize(x, np.array([0.7, 1.2])) * x


def interp_x_array_0_1_3_array_1_5_2(x):
    return np.interp(x, np.array([0.0, 1.0, 3.0]), np.array([1.0, 5.0, 2.0]))


def interp_1_3_array_0_1_3_x_3(x):
    return np.interp(1.3, np.array([0.0, 1.0, 3.0]), x[:3])


def interp_a_array_0_1_3_x_3_left_1_0(x, a):
    return np.interp(a, np.array([0.0, 1.0, 3.0]), x[:3], left=-1.0, right=x[0])


def histogram_x_3_0_x_0(x):
    return np.histogram(x, 3)[0] * x[0]


def histogram_x_bins_4_range_0_2_weigh(x, y):
    return np.histogram(x, bins=4, range=(0.0, 2.0), weights=y)[0]


def bincount_i_weights_y_4(y, i):
    return np.bincount(i, weights=y[:4])


def bincount_i_1_0_x_0(x, i):
    return np.bincount(i) * 1.0 * x[0]


def bincount_i_weights_y_4_minlength_8(y, i):
    return np.bincount(i, weights=y[:4], minlength=8)


def where_a_0_a_0_0(a):
    return np.where(a > 0, a, 0.0)


def x_where_x_1(x):
    return x[np.where(x > 1)]


def where_x_1_0_x_0(x):
    return np.where(x > 1)[0] * x[0]


def x_nonzero_x_1(x):
    return x[np.nonzero(x > 1)]


def flatnonzero_x_1_x_0(x):
    return np.flatnonzero(x > 1) * x[0]


def argwhere_a_0_a_0_0(a):
    return np.argwhere(a > 0) * a[0, 0]


def select_x_1_5_x_1_0_x_2_x_3_default(x):
    return np.select([x > 1.5, x > 1.0], [x**2, x * 3], default=0.5)


def piecewise_x_x_1_x_1_lambda_t_t_2_l(x):
    return np.piecewise(x, [x < 1, x >= 1], [lambda t: t**2, lambda t: 3 * t])


def choose_array_0_1_0_1_1_x_y(x, y):
    return np.choose(np.array([0, 1, 0, 1, 1]), [x, y])


def take_x_i(x, i):
    return np.take(x, i)


def take_a_array_0_2_axis_1(a):
    return np.take(a, np.array([0, 2]), axis=1)


def take_along_axis_a_argsort_a_axis_1(a):
    return np.take_along_axis(a, np.argsort(a, axis=1), axis=1)


def compress_x_1_x(x):
    return np.compress(x > 1, x)


def extract_a_0_a(a):
    return np.extract(a > 0, a)


def tile_x_2(x):
    return np.tile(x, 2)


def tile_a_2_3(a):
    return np.tile(a, (2, 3))


def repeat_x_2(x):
    return np.repeat(x, 2)


def repeat_a_3_axis_1(a):
    return np.repeat(a, 3, axis=1)


def repeat_x_array_1_0_2_1_1(x):
    return np.repeat(x, np.array([1, 0, 2, 1, 1]))


def roll_a_1(a):
    return np.roll(a, 1)


def roll_a_1_axis_0(a):
    return np.roll(a, -1, axis=0)


def roll_b_2_axis_2(b):
    return np.roll(b, 2, axis=2)


def roll_a_1_2_axis_0_1(a):
    return np.roll(a, (1, 2), axis=(0, 1))


def flip_a(a):
    return np.flip(a)


def flip_b_axis_0_2(b):
    return np.flip(b, axis=(0, 2))


def rot90_a(a):
    return np.rot90(a)


def pad_x_2(x):
    return np.pad(x, 2)


def pad_a_1(a):
    return np.pad(a, 1)


def pad_a_1_0_0_2_mode_edge(a):
    return np.pad(a, ((1, 0), (0, 2)), mode="edge")


def pad_x_1_2_mode_reflect(x):
    return np.pad(x, (1, 2), mode="reflect")


def pad_x_1_mode_wrap(x):
    return np.pad(x, 1, mode="wrap")


def pad_x_2_mode_symmetric(x):
    return np.pad(x, 2, mode="symmetric")


def pad_x_1_1_constant_constant_values(x):
    return np.pad(x, (1, 1), "constant", constant_values=3.0)


def triu_a_1(a):
    return np.triu(a, 1)


def tril_m(m):
    return np.tril(m)


def tri_3_x_0(x):
    return np.tri(3) * x[0]


def a_triu_indices_3(a):
    return a[np.triu_indices(3)]


def m_tril_indices_4_1(m):
    return m[np.tril_indices(4, -1)]


def diag_x(x):
    return np.diag(x)


def diag_m_1(m):
    return np.diag(m, 1)


def diag_m(m):
    return np.diag(m)


def diagonal_m_offset_1(m):
    return np.diagonal(m, offset=-1)


def diagflat_x(x):
    return np.diagflat(x)


def trace_m(m):
    return np.trace(m)


def trace_m_offset_1(m):
    return np.trace(m, offset=1)


def fill_diagonal_m_0_0_or_m(m):
    return np.fill_diagonal(m, 0.0) or m


def vander_x(x):
    return np.vander(x)


def vander_x_3(x):
    return np.vander(x, 3)


def vander_x_3_increasing_true(x):
    return np.vander(x, 3, increasing=True)


def polyval_array_1_2_3_x(x):
    return np.polyval(np.array([1.0, 2.0, 3.0]), x)


def polyval_x_2_0(x):
    return np.polyval(x, 2.0)


def polyfit_x_y_2(x, y):
    return np.polyfit(x, y, 2)


def polyder_x(x):
    return np.polyder(x)


def polyint_x(x):
    return np.polyint(x)


def outer_x_y(x, y):
    return np.outer(x, y)


def inner_a_a(a):
    return np.inner(a, a)


def inner_b_x_4(x, b):
    return np.inner(b, x[:4])


def kron_a_m(a, m):
    return np.kron(a, m)


def kron_x_y(x, y):
    return np.kron(x, y)


def cross_x_3_y_3(x, y):
    return np.cross(x[:3], y[:3])


def cross_a_3_y_3(y, a):
    return np.cross(a[:, :3], y[:3])


def convolve_x_y(x, y):
    return np.convolve(x, y)


def convolve_x_y_3_same(x, y):
    return np.convolve(x, y[:3], "same")


def convolve_x_y_3_mode_valid(x, y):
    return np.convolve(x, y[:3], mode="valid")


def correlate_x_y_3(x, y):
    return np.correlate(x, y[:3])


def correlate_x_y_full(x, y):
    return np.correlate(x, y, "full")


def einsum_ij_kj_ik_a_a(a):
    return np.einsum("ij,kj->ik", a, a)


def einsum_ij_ji_a(a):
    return np.einsum("ij->ji", a)


def einsum_ii_m(m):
    return np.einsum("ii", m)


def einsum_ii_i_m(m):
    return np.einsum("ii->i", m)


def einsum_ij_j_a_x_4(x, a):
    return np.einsum("ij,j", a, x[:4])


def einsum_ijk_kl_ijl_b_m(b, m):
    return np.einsum("ijk,kl->ijl", b, m)


def einsum_ijk_ijk_i_b_b(b):
    return np.einsum("ijk,ijk->i", b, b)


def einsum_i_j_k_ijk_x_y_x_2(x, y):
    return np.einsum("i,j,k->ijk", x, y, x[:2])


def einsum_j_j_b_x_4(x, b):
    return np.einsum("...j,j->...", b, x[:4])


def einsum_bij_bkj_bik_b_b(b):
    return np.einsum("bij,bkj->bik", b, b)


def tensordot_b_m_axes_1(b, m):
    return np.tensordot(b, m, axes=1)


def tensordot_a_b_axes_0_1_1_2(a, b):
    return np.tensordot(a, b, axes=([0, 1], [1, 2]))


def tensordot_x_y_axes_0(x, y):
    return np.tensordot(x, y, axes=0)


def b_m(b, m):
    return b @ m


def matmul_b_swapaxes_b_1_2(b):
    return np.matmul(b, np.swapaxes(b, 1, 2))


def matmul_b_x_4(x, b):
    return np.matmul(b, x[:4])


def dot_b_m(b, m):
    return np.dot(b, m)


def dot_x_3_b(x, b):
    return np.dot(x[:3], b)


def vdot_a_a(a):
    return np.vdot(a, a)


def solve_m_x_4(x, m):
    return np.linalg.solve(m, x[:4])


def solve_m_s(s, m):
    return np.linalg.solve(m, s)


def solve_stack_m_s_stack_m_m(s, m):
    return np.linalg.solve(np.stack([m, s]), np.stack([m, m]))


def inv_m(m):
    return np.linalg.inv(m)


def inv_stack_m_s(s, m):
    return np.linalg.inv(np.stack([m, s]))


def det_m(m):
    return np.linalg.det(m)


def det_stack_m_s(s, m):
    return np.linalg.det(np.stack([m, s]))


def slogdet_m_1(m):
    return np.linalg.slogdet(m)[1]


def slogdet_m(m):
    return np.linalg.slogdet(m)


def cholesky_s(s):
    return np.linalg.cholesky(s)


def qr_m(m):
    return np.linalg.qr(m)


def qr_a_t(a):
    return np.linalg.qr(a.T)


def qr_a_t_mode_r(a):
    return np.linalg.qr(a.T, mode="r")


def eigh_s_0(s):
    return np.linalg.eigh(s)[0]


def eigvalsh_s(s):
    return np.linalg.eigvalsh(s)


def svd_a_1(a):
    return np.linalg.svd(a)[1]


def svd_a_compute_uv_false(a):
    return np.linalg.svd(a, compute_uv=False)


def norm_a(a):
    return np.linalg.norm(a)


def norm_a_axis_1(a):
    return np.linalg.norm(a, axis=1)


def norm_x_1(x):
    return np.linalg.norm(x, 1)


def norm_x_inf(x):
    return np.linalg.norm(x, np.inf)


def norm_a_2(a):
    return np.linalg.norm(a, 2)


def norm_a_nuc(a):
    return np.linalg.norm(a, "nuc")


def norm_a_1(a):
    return np.linalg.norm(a, 1)


def norm_a_inf(a):
    return np.linalg.norm(a, np.inf)


def norm_x_3(x):
    return np.linalg.norm(x, 3)


def cond_m(m):
    return np.linalg.cond(m)


def pinv_a(a):
    return np.linalg.pinv(a)


def lstsq_a_t_x_4_rcond_none_0(x, a):
    return np.linalg.lstsq(a.T, x[:4], rcond=None)[0]


def matrix_power_m_3(m):
    return np.linalg.matrix_power(m, 3)


def matrix_power_m_2(m):
    return np.linalg.matrix_power(m, -2)


def multi_dot_a_m_s(a, s, m):
    return np.linalg.multi_dot([a, m, s])


def expm_m_0_1(m):
    return sl.expm(m * 0.1)


def solve_triangular_m_x_4_lower_true(x, m):
    return sl.solve_triangular(m, x[:4], lower=True)


def solve_triangular_m_x_4(x, m):
    return sl.solve_triangular(m, x[:4])


def cho_solve_cho_factor_s_x_4(x, s):
    return sl.cho_solve(sl.cho_factor(s), x[:4])


def lu_solve_lu_factor_m_x_4(x, m):
    return sl.lu_solve(sl.lu_factor(m), x[:4])


def solve_m_x_4_2(x, m):
    return sl.solve(m, x[:4])


def inv_m_2(m):
    return sl.inv(m)


def det_m_2(m):
    return sl.det(m)


def cholesky_s_lower_true(s):
    return sl.cholesky(s, lower=True)


def cholesky_s_2(s):
    return sl.cholesky(s)


def solve_banded_1_1_a_x_4(x, a):
    return sl.solve_banded((1, 1), a, x[:4])


def block_diag_a_m(a, m):
    return sl.block_diag(a, m)


def toeplitz_x(x):
    return sl.toeplitz(x)


def norm_a_2(a):
    return sl.norm(a)


def fft_x_real(x):
    return np.fft.fft(x).real


def abs_fft_x_2(x):
    return np.abs(np.fft.fft(x)) ** 2


def ifft_fft_x_real(x):
    return np.fft.ifft(np.fft.fft(x)).real


def abs_rfft_x(x):
    return np.abs(np.fft.rfft(x))


def irfft_rfft_x_5(x):
    return np.fft.irfft(np.fft.rfft(x), 5)


def fftfreq_5_x(x):
    return np.fft.fftfreq(5) * x


def fft2_a_imag(a):
    return np.fft.fft2(a).imag


def fftshift_x(x):
    return np.fft.fftshift(x)


def real_fft_a_axis_0(a):
    return np.real(np.fft.fft(a, axis=0))


def abs_x_1j_y(x, y):
    return np.abs(x + 1j * y)


def angle_x_1j_y(x, y):
    return np.angle(x + 1j * y)


def real_exp_1j_x(x):
    return np.real(np.exp(1j * x))


def imag_conj_exp_1j_x(x):
    return np.imag(np.conj(np.exp(1j * x)))


def x_1j_y_conj_imag(x, y):
    return (x + 1j * y).conj().imag


def sum_x_1j_y_conj_x_1j_y_real(x, y):
    return np.sum((x + 1j * y) * np.conj(x - 1j * y)).real


def sqrt_x_0j_real(x):
    return np.sqrt(x + 0j).real


def clip_y_0_5_0_5(y):
    return np.clip(y, -0.5, 0.5)


def clip_y_none_0_5(y):
    return np.clip(y, None, 0.5)


def maximum_reduce_a(a):
    return np.maximum.reduce(a)


def add_reduce_a_axis_1(a):
    return np.add.reduce(a, axis=1)


def add_accumulate_x(x):
    return np.add.accumulate(x)


def multiply_outer_x_y(x, y):
    return np.multiply.outer(x, y)


def subtract_outer_x_y(x, y):
    return np.subtract.outer(x, y)


def multiply_reduce_x(x):
    return np.multiply.reduce(x)


def maximum_accumulate_x(x):
    return np.maximum.accumulate(x)


def logical_and_reduce_x_0_x_0(x):
    return np.logical_and.reduce(x > 0) * x[0]


def divide_x_y_out_zeros_like_x_where(x, y):
    return np.divide(x, y, out=np.zeros_like(x), where=y > 0)


def add_x_y_dtype_float64(x, y):
    return np.add(x, y, dtype=np.float64)


def hypot_x_y(x, y):
    return np.hypot(x, y)


def arctan2_y_x(x, y):
    return np.arctan2(y, x)


def fmod_y_0_3(y):
    return np.fmod(y, 0.3)


def remainder_y_0_3(y):
    return np.remainder(y, 0.3)


def float_power_x_1_5(x):
    return np.float_power(x, 1.5)


def true_divide_x_y(x, y):
    return np.true_divide(x, y)


def sinc_y(y):
    return np.sinc(y)


def heaviside_y_0_5_x(x, y):
    return np.heaviside(y, 0.5) * x


def nan_to_num_y_nan_1_0_posinf_2_0_ne(y):
    return np.nan_to_num(y, nan=1.0, posinf=2.0, neginf=-2.0)


def logaddexp_x_y(x, y):
    return np.logaddexp(x, y)


def logaddexp2_x_y(x, y):
    return np.logaddexp2(x, y)


def signbit_y_x(x, y):
    return np.signbit(y) * x


def modf_x_0(x):
    return np.modf(x)[0]


def round_x_2_x(x):
    return np.round(x, 2) + x


def around_x_x(x):
    return np.around(x) + x


def x_round_1_x(x):
    return x.round(1) + x


def isclose_x_y_x(x, y):
    return np.isclose(x, y) * x


def allclose_x_x_x(x):
    return np.allclose(x, x) * x


def array_equal_x_y_x(x, y):
    return np.array_equal(x, y) * x


def unwrap_y_6(y):
    return np.unwrap(y * 6)


def angle_x_1j(x):
    return np.angle(x * 1j)


def lcm_4_6_x(x):
    return np.lcm(4, 6) * x


def ldexp_x_2(x):
    return np.ldexp(x, 2)


def linspace_x_0_y_0_7(x, y):
    return np.linspace(x[0], y[0], 7)


def linspace_0_x_0_5_endpoint_false(x):
    return np.linspace(0, x[0], 5, endpoint=False)


def linspace_0_1_5_retstep_true_1_x(x):
    return np.linspace(0, 1, 5, retstep=True)[1] * x


def linspace_x_y_4(x, y):
    return np.linspace(x, y, 4)


def geomspace_x_0_x_1_1_4(x):
    return np.geomspace(x[0], x[1] + 1, 4)


def logspace_0_x_0_4(x):
    return np.logspace(0, x[0], 4)


def arange_5_x(x):
    return np.arange(5) * x


def arange_0_1_0_2_x(x):
    return np.arange(0.0, 1.0, 0.2) * x


def meshgrid_x_y(x, y):
    return np.meshgrid(x, y)


def meshgrid_x_y_indexing_ij_0(x, y):
    return np.meshgrid(x, y, indexing="ij")[0]


def mgrid_0_3_0_4_0_a(a):
    return np.mgrid[0:3, 0:4][0] * a


def ogrid_0_3_0_4_1_a(a):
    return np.ogrid[0:3, 0:4][1] * a


def indices_3_4_0_a(a):
    return np.indices((3, 4))[0] * a


def ix__0_2_1_3_0_x_0(x):
    return np.ix_([0, 2], [1, 3])[0] * x[0]


def a_ix__0_2_1_3(a):
    return a[np.ix_([0, 2], [1, 3])]


def stack_x_y_axis_1(x, y):
    return np.stack([x, y], axis=1)


def vstack_x_y(x, y):
    return np.vstack((x, y))


def hstack_a_a(a):
    return np.hstack((a, a))


def dstack_x_y(x, y):
    return np.dstack((x, y))


def column_stack_x_y(x, y):
    return np.column_stack((x, y))


def concatenate_a_a_axis_1(a):
    return np.concatenate((a, a), axis=-1)


def block_a_a_a_a(a):
    return np.block([[a, a], [a, a]])


def split_x_4_2_0(x):
    return np.split(x[:4], 2)[0]


def split_a_1_axis_1_1(a):
    return np.split(a, [1], axis=1)[1]


def array_split_x_2_0(x):
    return np.array_split(x, 2)[0]


def hsplit_a_2_1(a):
    return np.hsplit(a, 2)[1]


def vsplit_m_2_0(m):
    return np.vsplit(m, 2)[0]


def append_x_y(x, y):
    return np.append(x, y)


def append_a_a_axis_0(a):
    return np.append(a, a, axis=0)


def insert_x_1_3_0(x):
    return np.insert(x, 1, 3.0)


def delete_x_1(x):
    return np.delete(x, 1)


def delete_a_0_1_axis_1(a):
    return np.delete(a, [0, 1], axis=1)


def resize_x_7(x):
    return np.resize(x, 7)


def squeeze_a_none(a):
    return np.squeeze(a[None])


def expand_dims_x_0_2(x):
    return np.expand_dims(x, (0, 2))


def moveaxis_b_0_1(b):
    return np.moveaxis(b, 0, -1)


def moveaxis_b_0_1_1_2(b):
    return np.moveaxis(b, (0, 1), (1, 2))


def rollaxis_b_2(b):
    return np.rollaxis(b, 2)


def swapaxes_b_0_2(b):
    return np.swapaxes(b, 0, 2)


def transpose_b_2_0_1(b):
    return np.transpose(b, (2, 0, 1))


def b_transpose_2_0_1(b):
    return b.transpose(2, 0, 1)


def broadcast_to_x_3_5(x):
    return np.broadcast_to(x, (3, 5))


def broadcast_arrays_a_x_4_1(x, a):
    return np.broadcast_arrays(a, x[:4])[1]


def atleast_3d_a(a):
    return np.atleast_3d(a)


def ravel_a_order_f(a):
    return np.ravel(a, order="F")


def reshape_a_4_3_order_f(a):
    return np.reshape(a, (4, 3), order="F")


def a_reshape_1_2(a):
    return a.reshape(-1, 2)


def a_flatten(a):
    return a.flatten()


def a_flat_5(a):
    return a.flat[5]


def array_x_0_1_0_2_0_y_1(x, y):
    return np.array([[x[0], 1.0], [2.0, y[1]]])


def array_x_y(x, y):
    return np.array([x, y])


def array_x_y_t(x, y):
    return np.array([x, y]).T


def asarray_x_0_y_0(x, y):
    return np.asarray([x[0], y[0]])


def full_2_3_x_0(x):
    return np.full((2, 3), x[0])


def full_like_a_x_1(x, a):
    return np.full_like(a, x[1])


def ones_like_x_x(x):
    return np.ones_like(x) * x


def eye_4_m(m):
    return np.eye(4) * m


def identity_3_x_0(x):
    return np.identity(3) * x[0]


def empty_0():
    return np.empty((0,))


def unique_array_1_2_2_3_x_0(x):
    return np.unique(np.array([1, 2, 2, 3])) * x[0]


def any_a_0_axis_0_a(a):
    return np.any(a > 0, axis=0) * a


def all_a_0_x(x, a):
    return np.all(a > 0) * x


def isin_array_1_2_3_4_5_1_2_x(x):
    return np.isin(np.array([1, 2, 3, 4, 5]), [1, 2]) * x


def count_nonzero_x_1_x(x):
    return np.count_nonzero(x > 1) * x


def apply_along_axis_sum_1_a(a):
    return np.apply_along_axis(np.sum, 1, a)


def vectorize_lambda_a_b_a_b_if_a_1_el(x, y):
    return np.vectorize(lambda a, b: a * b if a > 1 else b)(x, y)


def lexsort_x_y_x(x, y):
    return np.lexsort((x, y)) * x


def partition_x_2_2(x):
    return np.partition(x, 2)[2]


def expit_x(x):
    return sc.expit(x)


def logit_x_3(x):
    return sc.logit(x / 3)


def xlogy_x_x_1(x):
    return sc.xlogy(x, x + 1)


def xlog1py_x_x(x):
    return sc.xlog1py(x, x)


def entr_x(x):
    return sc.entr(x)


def rel_entr_x_x_1(x):
    return sc.rel_entr(x, x + 1)


def logsumexp_a(a):
    return sc.logsumexp(a)


def logsumexp_a_axis_1(a):
    return sc.logsumexp(a, axis=1)


def logsumexp_a_axis_1_keepdims_true(a):
    return sc.logsumexp(a, axis=1, keepdims=True)


def softmax_a_axis_1(a):
    return sc.softmax(a, axis=1)


def log_softmax_a_axis_0(a):
    return sc.log_softmax(a, axis=0)


def ndtr_y(y):
    return sc.ndtr(y)


def log_ndtr_y(y):
    return sc.log_ndtr(y)


def ndtri_x_3(x):
    return sc.ndtri(x / 3)


def erfinv_y(y):
    return sc.erfinv(y)


def erfcx_x(x):
    return sc.erfcx(x)


def beta_x_x_1(x):
    return sc.beta(x, x + 1)


def betaln_x_x_1(x):
    return sc.betaln(x, x + 1)


def gammaln_x(x):
    return sc.gammaln(x)


def gamma_x(x):
    return sc.gamma(x)


def digamma_x(x):
    return sc.digamma(x)


def polygamma_1_x(x):
    return sc.polygamma(1, x)


def j0_x(x):
    return sc.j0(x)


def j1_x(x):
    return sc.j1(x)


def y0_x(x):
    return sc.y0(x)


def jv_2_x(x):
    return sc.jv(2, x)


def yv_1_x(x):
    return sc.yv(1, x)


def iv_1_x(x):
    return sc.iv(1, x)


def kv_1_x(x):
    return sc.kv(1, x)


def i0_x(x):
    return sc.i0(x)


def i1_x(x):
    return sc.i1(x)


def k0_x(x):
    return sc.k0(x)


def k1_x(x):
    return sc.k1(x)


def ellipk_x_3(x):
    return sc.ellipk(x / 3)


def ellipe_x_3(x):
    return sc.ellipe(x / 3)


def exp1_x(x):
    return sc.exp1(x)


def expi_x(x):
    return sc.expi(x)


def gammainc_2_0_x(x):
    return sc.gammainc(2.0, x)


def gammaincc_2_0_x(x):
    return sc.gammaincc(2.0, x)


def betainc_1_5_2_5_x_3(x):
    return sc.betainc(1.5, 2.5, x / 3)


def factorial_5_x(x):
    return sc.factorial(5) * x


def comb_5_2_x(x):
    return sc.comb(5, 2) * x


def binom_5_2_x(x):
    return sc.binom(5, 2) * x


def zeta_x_1_1(x):
    return sc.zeta(x + 1, 1)


def lambertw_x_real(x):
    return sc.lambertw(x).real


def huber_1_0_y(y):
    return sc.huber(1.0, y)


def sinc_x(x):
    return sc.sinc(x)


def cbrt_x(x):
    return sc.cbrt(x)


def exp10_x(x):
    return sc.exp10(x)


def log1p_x(x):
    return sc.log1p(x)


def trapezoid_x_2(x):
    return si.trapezoid(x)


def cumulative_trapezoid_x(x):
    return si.cumulative_trapezoid(x)


def cumulative_trapezoid_x_y_initial_0(x, y):
    return si.cumulative_trapezoid(x, y, initial=0)


def simpson_x(x):
    return si.simpson(x)


def simpson_x_x_arange_5_1_2(x):
    return si.simpson(x, x=np.arange(5.0) ** 1.2)


def a_0_2(a):
    return a[:, [0, 2]]


def a_0_2_2(a):
    return a[[0, 2]]


def a_0_1_1_2(a):
    return a[[0, 1], [1, 2]]


def a_1_0_2(a):
    return a[1, [0, 2]]


def b_0_2_1(b):
    return b[:, [0, 2], 1]


def b_0_1_1_2(b):
    return b[[0, 1], :, [1, 2]]


def b_i_2(b, i):
    return b[..., i[:2]]


def a_array_0_1_2_0(a):
    return a[np.array([[0, 1], [2, 0]])]


def a_a_0(a):
    return a[a > 0]


def a_a_0_0(a):
    return a[a[:, 0] > 0]


def a_a_0_0_1(a):
    return a[a[:, 0] > 0, 1]


def a_a_0_0_2(a):
    return a[:, a[0] > 0]


def x_i(x, i):
    return x[i]


def x_array_1_2(x):
    return x[np.array([-1, -2])]


def b_1_2(b):
    return b[1][:, 2]


def b_1_1_3(b):
    return b[:, ::-1, 1:3]


def b_0_1(b):
    return b[0, ..., 1]


def x_none_none(x):
    return x[None, :, None]


def x_3_1(x):
    return x[-3:-1]


def x_2(x):
    return x[::-2]


def fsum_x_0_x_1(x):
    return math.fsum([x[0], x[1]])


def hypot_x_0_x_1_x_2(x):
    return math.hypot(x[0], x[1], x[2])


def dist_x_0_x_1_y_0_y_1(x, y):
    return math.dist([x[0], x[1]], [y[0], y[1]])


def remainder_x_0_0_3(x):
    return math.remainder(x[0], 0.3)


def modf_x_0_0(x):
    return math.modf(x[0])[0]


def frexp_x_0_0(x):
    return math.frexp(x[0])[0]


def ldexp_x_0_3(x):
    return math.ldexp(x[0], 3)


def log_x_0_3(x):
    return math.log(x[0], 3)


def isqrt_17_x_0(x):
    return math.isqrt(17) * x[0]


def perm_5_2_x_0(x):
    return math.perm(5, 2) * x[0]


def round_x_0_2_x_0(x):
    return round(x[0], 2) + x[0]


def sorted_x_0_x_1_0_7_1(x):
    return sorted([x[0], x[1], 0.7])[1]


def max_x_0_x_1_key_lambda_t_t(x):
    return max([x[0], x[1]], key=lambda t: -t)


def max_x(x):
    return max(x)


def min_x_0_x_1_0_9(x):
    return min(x[0], x[1], 0.9)


def sum_x_0_x_1_0_5(x):
    return sum([x[0], x[1]], 0.5)


def divmod_x_0_0_3_1(x):
    return divmod(x[0], 0.3)[1]


def abs_complex_x_0_y_0(x, y):
    return abs(complex(x[0], y[0]))


def float_sum_x_2(x):
    return float(np.sum(x)) ** 2


def float32_x_0_2(x):
    return np.float32(x[0]) * 2


def sum_x_astype_float32(x):
    return np.sum(x.astype(np.float32))


def x_astype_float32_2_0_sum(x):
    return (x.astype(np.float32) * 2.0).sum()


def x_tolist_1_2(x):
    return x.tolist()[1] * 2


def x_item_2_3(x):
    return x.item(2) * 3


def x_dot_y(x, y):
    return x.dot(y)


def x_clip_0_1(x):
    return x.clip(0, 1)


def x_repeat_2(x):
    return x.repeat(2)


def x_take_0_1(x):
    return x.take([0, 1])


def a_trace(a):
    return a.trace()


def a_sum_0(a):
    return a.sum(0)


def a_mean_1(a):
    return a.mean(1)


def a_argmax_1_1_0_a_0(a):
    return a.argmax(1) * 1.0 + a[:, 0]


def a_swapaxes_0_1(a):
    return a.swapaxes(0, 1)


def a_ravel_5(a):
    return a.ravel()[5]


def a_diagonal(a):
    return a.diagonal()


def x_searchsorted_1_0_x(x):
    return x.searchsorted(1.0) * x


def x_nonzero_0_x_0(x):
    return x.nonzero()[0] * x[0]


def x_cumsum_2(x):
    return x.cumsum()[::2]


def x_std(x):
    return x.std()


def x_1_sum_x(x):
    return (x > 1).sum() * x


def x_1_any_x(x):
    return (x > 1).any() * x


def argpartition_x_2_2_x(x):
    return np.argpartition(x, 2)[2] * x


def convolve_x_1_2_1(x):
    return np.convolve(x, [1, 2, 1])


def len_a_x(x, a):
    return len(a) * x


def a_shape_0_x(x, a):
    return a.shape[0] * x


def a_size_x(x, a):
    return a.size * x


def ndim_a_x(x, a):
    return np.ndim(a) * x


def einsum_ij_ij_a_a(a):
    return np.einsum("ij,ij->", a, a)


def sum_x_y_axis_0(x, y):
    return np.sum([x, y], axis=0)


def mean_x_0_y_0(x, y):
    return np.mean([x[0], y[0]])


def max_x_0_y_0(x, y):
    return np.max([x[0], y[0]])


def dot_1_0_2_0_x_0_y_0(x, y):
    return np.dot([1.0, 2.0], [x[0], y[0]])


def nan_to_num_x(x):
    return np.nan_to_num(x)


def tril_b(b):
    return np.tril(b)


def eigvalsh_s_0_2(s):
    return np.linalg.eigvalsh(s)[0] * 2


def svd_a_full_matrices_false_0_2(a):
    return np.linalg.svd(a, full_matrices=False)[0] ** 2


CASES: list[tuple[str, Any, tuple[Any, ...]]] = [
    ("reductions", cumsum_a, (_A,)),
    ("reductions", cumsum_a_axis_1, (_A,)),
    ("reductions", cumsum_b_axis_1, (_B,)),
    ("reductions", cumprod_a_axis_0, (_A,)),
    ("reductions", cumprod_b_axis_1, (_B,)),
    ("reductions", prod_a, (_A,)),
    ("reductions", prod_a_axis_1, (_A,)),
    ("reductions", prod_b_axis_0_2, (_B,)),
    ("reductions", x_prod, (_X,)),
    ("reductions", sum_b_axis_0_2, (_B,)),
    ("reductions", sum_a_where_a_0, (_A,)),
    ("reductions", mean_b_axis_1_2_keepdims_true, (_B,)),
    ("reductions", mean_a_where_a_0, (_A,)),
    ("reductions", var_a_axis_0_ddof_1, (_A,)),
    ("reductions", std_a_axis_1_keepdims_true, (_A,)),
    ("reductions", max_b_axis_0_1, (_B,)),
    ("reductions", max_a_axis_1_initial_0_0, (_A,)),
    ("elementwise", a_max_axis_0, (_A,)),
    ("reductions", argmax_a_axis_1_1_0_sum_a, (_A,)),
    ("reductions", argmin_b_axis_2_b_0, (_B,)),
    ("order", median_x, (_X,)),
    ("order", median_a_axis_1, (_A,)),
    ("order", median_a, (_A,)),
    ("order", quantile_x_0_3, (_X,)),
    ("order", percentile_a_30_axis_0, (_A,)),
    ("order", quantile_x_array_0_1_0_5, (_X,)),
    ("reductions", ptp_a_axis_0, (_A,)),
    ("reductions", diff_x, (_X,)),
    ("reductions", diff_a_axis_0, (_A,)),
    ("reductions", diff_x_n_2, (_X,)),
    ("reductions", ediff1d_x, (_X,)),
    ("reductions", gradient_x, (_X,)),
    ("reductions", gradient_x_0_5, (_X,)),
    ("reductions", gradient_a_axis_1, (_A,)),
    ("reductions", trapezoid_x, (_X,)),
    ("reductions", trapezoid_a_axis_0, (_A,)),
    (
        "reductions",
        trapezoid_x_y,
        (
            _X,
            _Y,
        ),
    ),
    ("reductions", trapezoid_x_dx_0_3, (_X,)),
    (
        "reductions",
        average_x_weights_y_2,
        (
            _X,
            _Y,
        ),
    ),
    ("reductions", average_a_axis_1_weights_array_1_2, (_A,)),
    ("reductions", nansum_where_x_1_nan_x, (_X,)),
    ("reductions", nanmean_where_x_1_nan_x, (_X,)),
    ("reductions", nanmax_where_x_1_nan_x, (_X,)),
    ("reductions", nanmin_a_axis_0, (_A,)),
    ("reductions", nanstd_where_x_1_nan_x, (_X,)),
    ("reductions", nanvar_a, (_A,)),
    ("reductions", nanprod_a, (_A,)),
    ("reductions", nancumsum_a, (_A,)),
    ("reductions", cov_a, (_A,)),
    (
        "reductions",
        cov_x_y,
        (
            _X,
            _Y,
        ),
    ),
    ("reductions", corrcoef_a, (_A,)),
    (
        "reductions",
        corrcoef_x_y_0_1,
        (
            _X,
            _Y,
        ),
    ),
    ("order", sort_x, (_X,)),
    ("order", sort_a_axis_0, (_A,)),
    ("order", sort_a, (_A,)),
    ("order", x_argsort_x, (_X,)),
    ("order", argsort_a_axis_1_a, (_A,)),
    ("order", sort_x_1, (_X,)),
    ("order", searchsorted_sort_x_1_0_x_0, (_X,)),
    ("order", searchsorted_array_1_2_3_x_side_ri, (_X,)),
    ("order", digitize_x_array_0_7_1_2_x, (_X,)),
    ("allocation", interp_x_array_0_1_3_array_1_5_2, (_X,)),
    ("allocation", interp_1_3_array_0_1_3_x_3, (_X,)),
    (
        "allocation",
        interp_a_array_0_1_3_x_3_left_1_0,
        (
            _X,
            _A,
        ),
    ),
    ("order", histogram_x_3_0_x_0, (_X,)),
    (
        "order",
        histogram_x_bins_4_range_0_2_weigh,
        (
            _X,
            _Y,
        ),
    ),
    (
        "order",
        bincount_i_weights_y_4,
        (
            _Y,
            _I,
        ),
    ),
    (
        "order",
        bincount_i_1_0_x_0,
        (
            _X,
            _I,
        ),
    ),
    (
        "order",
        bincount_i_weights_y_4_minlength_8,
        (
            _Y,
            _I,
        ),
    ),
    ("indexing", where_a_0_a_0_0, (_A,)),
    ("indexing", x_where_x_1, (_X,)),
    ("indexing", where_x_1_0_x_0, (_X,)),
    ("indexing", x_nonzero_x_1, (_X,)),
    ("indexing", flatnonzero_x_1_x_0, (_X,)),
    ("reductions", argwhere_a_0_a_0_0, (_A,)),
    ("indexing", select_x_1_5_x_1_0_x_2_x_3_default, (_X,)),
    ("indexing", piecewise_x_x_1_x_1_lambda_t_t_2_l, (_X,)),
    (
        "allocation",
        choose_array_0_1_0_1_1_x_y,
        (
            _X,
            _Y,
        ),
    ),
    (
        "indexing",
        take_x_i,
        (
            _X,
            _I,
        ),
    ),
    ("allocation", take_a_array_0_2_axis_1, (_A,)),
    ("order", take_along_axis_a_argsort_a_axis_1, (_A,)),
    ("indexing", compress_x_1_x, (_X,)),
    ("indexing", extract_a_0_a, (_A,)),
    ("shape", tile_x_2, (_X,)),
    ("shape", tile_a_2_3, (_A,)),
    ("shape", repeat_x_2, (_X,)),
    ("shape", repeat_a_3_axis_1, (_A,)),
    ("allocation", repeat_x_array_1_0_2_1_1, (_X,)),
    ("shape", roll_a_1, (_A,)),
    ("shape", roll_a_1_axis_0, (_A,)),
    ("shape", roll_b_2_axis_2, (_B,)),
    ("shape", roll_a_1_2_axis_0_1, (_A,)),
    ("shape", flip_a, (_A,)),
    ("shape", flip_b_axis_0_2, (_B,)),
    ("shape", rot90_a, (_A,)),
    ("shape", pad_x_2, (_X,)),
    ("shape", pad_a_1, (_A,)),
    ("shape", pad_a_1_0_0_2_mode_edge, (_A,)),
    ("shape", pad_x_1_2_mode_reflect, (_X,)),
    ("shape", pad_x_1_mode_wrap, (_X,)),
    ("shape", pad_x_2_mode_symmetric, (_X,)),
    ("shape", pad_x_1_1_constant_constant_values, (_X,)),
    ("shape", triu_a_1, (_A,)),
    ("shape", tril_m, (_M,)),
    ("allocation", tri_3_x_0, (_X,)),
    ("indexing", a_triu_indices_3, (_A,)),
    ("indexing", m_tril_indices_4_1, (_M,)),
    ("shape", diag_x, (_X,)),
    ("shape", diag_m_1, (_M,)),
    ("shape", diag_m, (_M,)),
    ("shape", diagonal_m_offset_1, (_M,)),
    ("shape", diagflat_x, (_X,)),
    ("reductions", trace_m, (_M,)),
    ("reductions", trace_m_offset_1, (_M,)),
    ("shape", fill_diagonal_m_0_0_or_m, (_M,)),
    ("shape", vander_x, (_X,)),
    ("shape", vander_x_3, (_X,)),
    ("shape", vander_x_3_increasing_true, (_X,)),
    ("allocation", polyval_array_1_2_3_x, (_X,)),
    ("shape", polyval_x_2_0, (_X,)),
    (
        "linear",
        polyfit_x_y_2,
        (
            _X,
            _Y,
        ),
    ),
    ("shape", polyder_x, (_X,)),
    ("shape", polyint_x, (_X,)),
    (
        "linear",
        outer_x_y,
        (
            _X,
            _Y,
        ),
    ),
    ("linear", inner_a_a, (_A,)),
    (
        "linear",
        inner_b_x_4,
        (
            _X,
            _B,
        ),
    ),
    (
        "linear",
        kron_a_m,
        (
            _A,
            _M,
        ),
    ),
    (
        "linear",
        kron_x_y,
        (
            _X,
            _Y,
        ),
    ),
    (
        "linear",
        cross_x_3_y_3,
        (
            _X,
            _Y,
        ),
    ),
    (
        "linear",
        cross_a_3_y_3,
        (
            _Y,
            _A,
        ),
    ),
    (
        "elementwise",
        convolve_x_y,
        (
            _X,
            _Y,
        ),
    ),
    (
        "indexing",
        convolve_x_y_3_same,
        (
            _X,
            _Y,
        ),
    ),
    (
        "indexing",
        convolve_x_y_3_mode_valid,
        (
            _X,
            _Y,
        ),
    ),
    (
        "reductions",
        correlate_x_y_3,
        (
            _X,
            _Y,
        ),
    ),
    (
        "reductions",
        correlate_x_y_full,
        (
            _X,
            _Y,
        ),
    ),
    ("linear", einsum_ij_kj_ik_a_a, (_A,)),
    ("linear", einsum_ij_ji_a, (_A,)),
    ("linear", einsum_ii_m, (_M,)),
    ("linear", einsum_ii_i_m, (_M,)),
    (
        "linear",
        einsum_ij_j_a_x_4,
        (
            _X,
            _A,
        ),
    ),
    (
        "linear",
        einsum_ijk_kl_ijl_b_m,
        (
            _B,
            _M,
        ),
    ),
    ("linear", einsum_ijk_ijk_i_b_b, (_B,)),
    (
        "linear",
        einsum_i_j_k_ijk_x_y_x_2,
        (
            _X,
            _Y,
        ),
    ),
    (
        "linear",
        einsum_j_j_b_x_4,
        (
            _X,
            _B,
        ),
    ),
    ("linear", einsum_bij_bkj_bik_b_b, (_B,)),
    (
        "linear",
        tensordot_b_m_axes_1,
        (
            _B,
            _M,
        ),
    ),
    (
        "linear",
        tensordot_a_b_axes_0_1_1_2,
        (
            _A,
            _B,
        ),
    ),
    (
        "linear",
        tensordot_x_y_axes_0,
        (
            _X,
            _Y,
        ),
    ),
    (
        "linear",
        b_m,
        (
            _B,
            _M,
        ),
    ),
    ("linear", matmul_b_swapaxes_b_1_2, (_B,)),
    (
        "linear",
        matmul_b_x_4,
        (
            _X,
            _B,
        ),
    ),
    (
        "linear",
        dot_b_m,
        (
            _B,
            _M,
        ),
    ),
    (
        "linear",
        dot_x_3_b,
        (
            _X,
            _B,
        ),
    ),
    ("linear", vdot_a_a, (_A,)),
    (
        "linear",
        solve_m_x_4,
        (
            _X,
            _M,
        ),
    ),
    (
        "linear",
        solve_m_s,
        (
            _S,
            _M,
        ),
    ),
    (
        "linear",
        solve_stack_m_s_stack_m_m,
        (
            _S,
            _M,
        ),
    ),
    ("linear", inv_m, (_M,)),
    (
        "linear",
        inv_stack_m_s,
        (
            _S,
            _M,
        ),
    ),
    ("linear", det_m, (_M,)),
    (
        "linear",
        det_stack_m_s,
        (
            _S,
            _M,
        ),
    ),
    ("linear", slogdet_m_1, (_M,)),
    ("linear", slogdet_m, (_M,)),
    ("linear", cholesky_s, (_S,)),
    ("linear", qr_m, (_M,)),
    ("linear", qr_a_t, (_A,)),
    ("linear", qr_a_t_mode_r, (_A,)),
    ("linear", eigh_s_0, (_S,)),
    ("linear", eigvalsh_s, (_S,)),
    ("linear", svd_a_1, (_A,)),
    ("linear", svd_a_compute_uv_false, (_A,)),
    ("linear", norm_a, (_A,)),
    ("linear", norm_a_axis_1, (_A,)),
    ("linear", norm_x_1, (_X,)),
    ("linear", norm_x_inf, (_X,)),
    ("linear", norm_a_2, (_A,)),
    ("linear", norm_a_nuc, (_A,)),
    ("linear", norm_a_1, (_A,)),
    ("linear", norm_a_inf, (_A,)),
    ("linear", norm_x_3, (_X,)),
    ("linear", cond_m, (_M,)),
    ("linear", pinv_a, (_A,)),
    (
        "linear",
        lstsq_a_t_x_4_rcond_none_0,
        (
            _X,
            _A,
        ),
    ),
    ("linear", matrix_power_m_3, (_M,)),
    ("linear", matrix_power_m_2, (_M,)),
    (
        "linear",
        multi_dot_a_m_s,
        (
            _A,
            _S,
            _M,
        ),
    ),
    ("linear", expm_m_0_1, (_M,)),
    (
        "linear",
        solve_triangular_m_x_4_lower_true,
        (
            _X,
            _M,
        ),
    ),
    (
        "linear",
        solve_triangular_m_x_4,
        (
            _X,
            _M,
        ),
    ),
    (
        "linear",
        cho_solve_cho_factor_s_x_4,
        (
            _X,
            _S,
        ),
    ),
    (
        "linear",
        lu_solve_lu_factor_m_x_4,
        (
            _X,
            _M,
        ),
    ),
    (
        "linear",
        solve_m_x_4_2,
        (
            _X,
            _M,
        ),
    ),
    ("linear", inv_m_2, (_M,)),
    ("linear", det_m_2, (_M,)),
    ("linear", cholesky_s_lower_true, (_S,)),
    ("linear", cholesky_s_2, (_S,)),
    (
        "linear",
        solve_banded_1_1_a_x_4,
        (
            _X,
            _A,
        ),
    ),
    (
        "linear",
        block_diag_a_m,
        (
            _A,
            _M,
        ),
    ),
    ("linear", toeplitz_x, (_X,)),
    ("linear", norm_a_2, (_A,)),
    ("fft", fft_x_real, (_X,)),
    ("fft", abs_fft_x_2, (_X,)),
    ("fft", ifft_fft_x_real, (_X,)),
    ("fft", abs_rfft_x, (_X,)),
    ("fft", irfft_rfft_x_5, (_X,)),
    ("fft", fftfreq_5_x, (_X,)),
    ("fft", fft2_a_imag, (_A,)),
    ("fft", fftshift_x, (_X,)),
    ("fft", real_fft_a_axis_0, (_A,)),
    (
        "complex",
        abs_x_1j_y,
        (
            _X,
            _Y,
        ),
    ),
    (
        "complex",
        angle_x_1j_y,
        (
            _X,
            _Y,
        ),
    ),
    ("complex", real_exp_1j_x, (_X,)),
    ("complex", imag_conj_exp_1j_x, (_X,)),
    (
        "complex",
        x_1j_y_conj_imag,
        (
            _X,
            _Y,
        ),
    ),
    (
        "complex",
        sum_x_1j_y_conj_x_1j_y_real,
        (
            _X,
            _Y,
        ),
    ),
    ("complex", sqrt_x_0j_real, (_X,)),
    ("elementwise", clip_y_0_5_0_5, (_Y,)),
    ("elementwise", clip_y_none_0_5, (_Y,)),
    ("reductions", maximum_reduce_a, (_A,)),
    ("ufuncs", add_reduce_a_axis_1, (_A,)),
    ("ufuncs", add_accumulate_x, (_X,)),
    (
        "linear",
        multiply_outer_x_y,
        (
            _X,
            _Y,
        ),
    ),
    (
        "linear",
        subtract_outer_x_y,
        (
            _X,
            _Y,
        ),
    ),
    ("ufuncs", multiply_reduce_x, (_X,)),
    ("reductions", maximum_accumulate_x, (_X,)),
    ("ufuncs", logical_and_reduce_x_0_x_0, (_X,)),
    (
        "allocation",
        divide_x_y_out_zeros_like_x_where,
        (
            _X,
            _Y,
        ),
    ),
    (
        "ufuncs",
        add_x_y_dtype_float64,
        (
            _X,
            _Y,
        ),
    ),
    (
        "elementwise",
        hypot_x_y,
        (
            _X,
            _Y,
        ),
    ),
    (
        "elementwise",
        arctan2_y_x,
        (
            _X,
            _Y,
        ),
    ),
    ("elementwise", fmod_y_0_3, (_Y,)),
    ("elementwise", remainder_y_0_3, (_Y,)),
    ("elementwise", float_power_x_1_5, (_X,)),
    (
        "elementwise",
        true_divide_x_y,
        (
            _X,
            _Y,
        ),
    ),
    ("elementwise", sinc_y, (_Y,)),
    (
        "elementwise",
        heaviside_y_0_5_x,
        (
            _X,
            _Y,
        ),
    ),
    ("reductions", nan_to_num_y_nan_1_0_posinf_2_0_ne, (_Y,)),
    (
        "elementwise",
        logaddexp_x_y,
        (
            _X,
            _Y,
        ),
    ),
    (
        "elementwise",
        logaddexp2_x_y,
        (
            _X,
            _Y,
        ),
    ),
    (
        "elementwise",
        signbit_y_x,
        (
            _X,
            _Y,
        ),
    ),
    ("indexing", modf_x_0, (_X,)),
    ("elementwise", round_x_2_x, (_X,)),
    ("elementwise", around_x_x, (_X,)),
    ("elementwise", x_round_1_x, (_X,)),
    (
        "elementwise",
        isclose_x_y_x,
        (
            _X,
            _Y,
        ),
    ),
    ("reductions", allclose_x_x_x, (_X,)),
    (
        "allocation",
        array_equal_x_y_x,
        (
            _X,
            _Y,
        ),
    ),
    ("elementwise", unwrap_y_6, (_Y,)),
    ("complex", angle_x_1j, (_X,)),
    ("elementwise", lcm_4_6_x, (_X,)),
    ("elementwise", ldexp_x_2, (_X,)),
    (
        "allocation",
        linspace_x_0_y_0_7,
        (
            _X,
            _Y,
        ),
    ),
    ("allocation", linspace_0_x_0_5_endpoint_false, (_X,)),
    ("allocation", linspace_0_1_5_retstep_true_1_x, (_X,)),
    (
        "allocation",
        linspace_x_y_4,
        (
            _X,
            _Y,
        ),
    ),
    ("allocation", geomspace_x_0_x_1_1_4, (_X,)),
    ("allocation", logspace_0_x_0_4, (_X,)),
    ("allocation", arange_5_x, (_X,)),
    ("allocation", arange_0_1_0_2_x, (_X,)),
    (
        "allocation",
        meshgrid_x_y,
        (
            _X,
            _Y,
        ),
    ),
    (
        "allocation",
        meshgrid_x_y_indexing_ij_0,
        (
            _X,
            _Y,
        ),
    ),
    ("allocation", mgrid_0_3_0_4_0_a, (_A,)),
    ("allocation", ogrid_0_3_0_4_1_a, (_A,)),
    ("allocation", indices_3_4_0_a, (_A,)),
    ("indexing", ix__0_2_1_3_0_x_0, (_X,)),
    ("indexing", a_ix__0_2_1_3, (_A,)),
    (
        "indexing",
        stack_x_y_axis_1,
        (
            _X,
            _Y,
        ),
    ),
    (
        "shape",
        vstack_x_y,
        (
            _X,
            _Y,
        ),
    ),
    ("shape", hstack_a_a, (_A,)),
    (
        "shape",
        dstack_x_y,
        (
            _X,
            _Y,
        ),
    ),
    (
        "shape",
        column_stack_x_y,
        (
            _X,
            _Y,
        ),
    ),
    ("shape", concatenate_a_a_axis_1, (_A,)),
    ("indexing", block_a_a_a_a, (_A,)),
    ("indexing", split_x_4_2_0, (_X,)),
    ("indexing", split_a_1_axis_1_1, (_A,)),
    ("allocation", array_split_x_2_0, (_X,)),
    ("indexing", hsplit_a_2_1, (_A,)),
    ("indexing", vsplit_m_2_0, (_M,)),
    (
        "shape",
        append_x_y,
        (
            _X,
            _Y,
        ),
    ),
    ("shape", append_a_a_axis_0, (_A,)),
    ("shape", insert_x_1_3_0, (_X,)),
    ("shape", delete_x_1, (_X,)),
    ("indexing", delete_a_0_1_axis_1, (_A,)),
    ("shape", resize_x_7, (_X,)),
    ("indexing", squeeze_a_none, (_A,)),
    ("shape", expand_dims_x_0_2, (_X,)),
    ("shape", moveaxis_b_0_1, (_B,)),
    ("shape", moveaxis_b_0_1_1_2, (_B,)),
    ("shape", rollaxis_b_2, (_B,)),
    ("shape", swapaxes_b_0_2, (_B,)),
    ("shape", transpose_b_2_0_1, (_B,)),
    ("shape", b_transpose_2_0_1, (_B,)),
    ("shape", broadcast_to_x_3_5, (_X,)),
    (
        "indexing",
        broadcast_arrays_a_x_4_1,
        (
            _X,
            _A,
        ),
    ),
    ("shape", atleast_3d_a, (_A,)),
    ("shape", ravel_a_order_f, (_A,)),
    ("shape", reshape_a_4_3_order_f, (_A,)),
    ("shape", a_reshape_1_2, (_A,)),
    ("shape", a_flatten, (_A,)),
    ("indexing", a_flat_5, (_A,)),
    (
        "allocation",
        array_x_0_1_0_2_0_y_1,
        (
            _X,
            _Y,
        ),
    ),
    (
        "allocation",
        array_x_y,
        (
            _X,
            _Y,
        ),
    ),
    (
        "allocation",
        array_x_y_t,
        (
            _X,
            _Y,
        ),
    ),
    (
        "allocation",
        asarray_x_0_y_0,
        (
            _X,
            _Y,
        ),
    ),
    ("allocation", full_2_3_x_0, (_X,)),
    (
        "allocation",
        full_like_a_x_1,
        (
            _X,
            _A,
        ),
    ),
    ("allocation", ones_like_x_x, (_X,)),
    ("allocation", eye_4_m, (_M,)),
    ("allocation", identity_3_x_0, (_X,)),
    ("order", unique_array_1_2_2_3_x_0, (_X,)),
    ("reductions", any_a_0_axis_0_a, (_A,)),
    (
        "reductions",
        all_a_0_x,
        (
            _X,
            _A,
        ),
    ),
    ("order", isin_array_1_2_3_4_5_1_2_x, (_X,)),
    ("reductions", count_nonzero_x_1_x, (_X,)),
    ("reductions", apply_along_axis_sum_1_a, (_A,)),
    (
        "elementwise",
        vectorize_lambda_a_b_a_b_if_a_1_el,
        (
            _X,
            _Y,
        ),
    ),
    (
        "order",
        lexsort_x_y_x,
        (
            _X,
            _Y,
        ),
    ),
    ("order", partition_x_2_2, (_X,)),
    ("scipy", expit_x, (_X,)),
    ("scipy", logit_x_3, (_X,)),
    ("scipy", xlogy_x_x_1, (_X,)),
    ("scipy", xlog1py_x_x, (_X,)),
    ("scipy", entr_x, (_X,)),
    ("scipy", rel_entr_x_x_1, (_X,)),
    ("scipy", logsumexp_a, (_A,)),
    ("scipy", logsumexp_a_axis_1, (_A,)),
    ("scipy", logsumexp_a_axis_1_keepdims_true, (_A,)),
    ("scipy", softmax_a_axis_1, (_A,)),
    ("scipy", log_softmax_a_axis_0, (_A,)),
    ("scipy", ndtr_y, (_Y,)),
    ("scipy", log_ndtr_y, (_Y,)),
    ("scipy", ndtri_x_3, (_X,)),
    ("scipy", erfinv_y, (_Y,)),
    ("scipy", erfcx_x, (_X,)),
    ("scipy", beta_x_x_1, (_X,)),
    ("scipy", betaln_x_x_1, (_X,)),
    ("scipy", gammaln_x, (_X,)),
    ("scipy", gamma_x, (_X,)),
    ("scipy", digamma_x, (_X,)),
    ("scipy", polygamma_1_x, (_X,)),
    ("scipy", j0_x, (_X,)),
    ("scipy", j1_x, (_X,)),
    ("scipy", y0_x, (_X,)),
    ("scipy", jv_2_x, (_X,)),
    ("scipy", yv_1_x, (_X,)),
    ("scipy", iv_1_x, (_X,)),
    ("scipy", kv_1_x, (_X,)),
    ("scipy", i0_x, (_X,)),
    ("scipy", i1_x, (_X,)),
    ("scipy", k0_x, (_X,)),
    ("scipy", k1_x, (_X,)),
    ("scipy", ellipk_x_3, (_X,)),
    ("scipy", ellipe_x_3, (_X,)),
    ("scipy", exp1_x, (_X,)),
    ("scipy", expi_x, (_X,)),
    ("scipy", gammainc_2_0_x, (_X,)),
    ("scipy", gammaincc_2_0_x, (_X,)),
    ("scipy", betainc_1_5_2_5_x_3, (_X,)),
    ("scipy", factorial_5_x, (_X,)),
    ("scipy", comb_5_2_x, (_X,)),
    ("scipy", binom_5_2_x, (_X,)),
    ("scipy", zeta_x_1_1, (_X,)),
    ("scipy", lambertw_x_real, (_X,)),
    ("scipy", huber_1_0_y, (_Y,)),
    ("scipy", sinc_x, (_X,)),
    ("scipy", cbrt_x, (_X,)),
    ("scipy", exp10_x, (_X,)),
    ("scipy", log1p_x, (_X,)),
    ("scipy", trapezoid_x_2, (_X,)),
    ("scipy", cumulative_trapezoid_x, (_X,)),
    (
        "scipy",
        cumulative_trapezoid_x_y_initial_0,
        (
            _X,
            _Y,
        ),
    ),
    ("scipy", simpson_x, (_X,)),
    ("scipy", simpson_x_x_arange_5_1_2, (_X,)),
    ("indexing", a_0_2, (_A,)),
    ("indexing", a_0_2_2, (_A,)),
    ("indexing", a_0_1_1_2, (_A,)),
    ("indexing", a_1_0_2, (_A,)),
    ("indexing", b_0_2_1, (_B,)),
    ("indexing", b_0_1_1_2, (_B,)),
    (
        "indexing",
        b_i_2,
        (
            _B,
            _I,
        ),
    ),
    ("allocation", a_array_0_1_2_0, (_A,)),
    ("indexing", a_a_0, (_A,)),
    ("indexing", a_a_0_0, (_A,)),
    ("indexing", a_a_0_0_1, (_A,)),
    ("indexing", a_a_0_0_2, (_A,)),
    (
        "indexing",
        x_i,
        (
            _X,
            _I,
        ),
    ),
    ("allocation", x_array_1_2, (_X,)),
    ("indexing", b_1_2, (_B,)),
    ("indexing", b_1_1_3, (_B,)),
    ("indexing", b_0_1, (_B,)),
    ("indexing", x_none_none, (_X,)),
    ("indexing", x_3_1, (_X,)),
    ("indexing", x_2, (_X,)),
    ("math", fsum_x_0_x_1, (_X,)),
    ("math", hypot_x_0_x_1_x_2, (_X,)),
    (
        "math",
        dist_x_0_x_1_y_0_y_1,
        (
            _X,
            _Y,
        ),
    ),
    ("math", remainder_x_0_0_3, (_X,)),
    ("math", modf_x_0_0, (_X,)),
    ("math", frexp_x_0_0, (_X,)),
    ("math", ldexp_x_0_3, (_X,)),
    ("math", log_x_0_3, (_X,)),
    ("math", isqrt_17_x_0, (_X,)),
    ("math", perm_5_2_x_0, (_X,)),
    ("indexing", round_x_0_2_x_0, (_X,)),
    ("order", sorted_x_0_x_1_0_7_1, (_X,)),
    ("indexing", max_x_0_x_1_key_lambda_t_t, (_X,)),
    ("elementwise", max_x, (_X,)),
    ("indexing", min_x_0_x_1_0_9, (_X,)),
    ("indexing", sum_x_0_x_1_0_5, (_X,)),
    ("indexing", divmod_x_0_0_3_1, (_X,)),
    (
        "complex",
        abs_complex_x_0_y_0,
        (
            _X,
            _Y,
        ),
    ),
    ("reductions", float_sum_x_2, (_X,)),
    ("indexing", x_tolist_1_2, (_X,)),
    ("elementwise", x_item_2_3, (_X,)),
    (
        "linear",
        x_dot_y,
        (
            _X,
            _Y,
        ),
    ),
    ("elementwise", x_clip_0_1, (_X,)),
    ("shape", x_repeat_2, (_X,)),
    ("indexing", x_take_0_1, (_X,)),
    ("reductions", a_trace, (_A,)),
    ("reductions", a_sum_0, (_A,)),
    ("reductions", a_mean_1, (_A,)),
    ("reductions", a_argmax_1_1_0_a_0, (_A,)),
    ("shape", a_swapaxes_0_1, (_A,)),
    ("indexing", a_ravel_5, (_A,)),
    ("shape", a_diagonal, (_A,)),
    ("order", x_searchsorted_1_0_x, (_X,)),
    ("indexing", x_nonzero_0_x_0, (_X,)),
    ("reductions", x_cumsum_2, (_X,)),
    ("reductions", x_std, (_X,)),
    ("reductions", x_1_sum_x, (_X,)),
    ("reductions", x_1_any_x, (_X,)),
    ("order", argpartition_x_2_2_x, (_X,)),
    ("indexing", convolve_x_1_2_1, (_X,)),
    (
        "elementwise",
        len_a_x,
        (
            _X,
            _A,
        ),
    ),
    (
        "indexing",
        a_shape_0_x,
        (
            _X,
            _A,
        ),
    ),
    (
        "elementwise",
        a_size_x,
        (
            _X,
            _A,
        ),
    ),
    (
        "elementwise",
        ndim_a_x,
        (
            _X,
            _A,
        ),
    ),
    ("linear", einsum_ij_ij_a_a, (_A,)),
    (
        "reductions",
        sum_x_y_axis_0,
        (
            _X,
            _Y,
        ),
    ),
    (
        "reductions",
        mean_x_0_y_0,
        (
            _X,
            _Y,
        ),
    ),
    (
        "reductions",
        max_x_0_y_0,
        (
            _X,
            _Y,
        ),
    ),
    (
        "linear",
        dot_1_0_2_0_x_0_y_0,
        (
            _X,
            _Y,
        ),
    ),
    ("reductions", nan_to_num_x, (_X,)),
    ("shape", tril_b, (_B,)),
    ("linear", eigvalsh_s_0_2, (_S,)),
    ("linear", svd_a_full_matrices_false_0_2, (_A,)),
]
INACTIVE: list[tuple[str, Any, tuple[Any, ...]]] = [
    ("indexing", float32_x_0_2, (_X,)),
    ("reductions", sum_x_astype_float32, (_X,)),
    ("reductions", x_astype_float32_2_0_sum, (_X,)),
    ("allocation", empty_0, ()),
]
