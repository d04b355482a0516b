"""``bisect`` and ``statistics``, for sequences of any kind."""

# Captured, not run: what depends on ranks is decided when compiling, which a type checker does not see.
# pyright: basic, reportGeneralTypeIssues=false, reportCallIssue=false, reportArgumentType=false
# pyright: reportOperatorIssue=false, reportAttributeAccessIssue=false, reportOptionalOperand=false
from __future__ import annotations

import bisect
import math
import statistics

import numpy as np


def bisect_right(a, x, lo=0, hi=None):
    last = len(a) if hi is None else hi
    first = lo
    while first < last:
        middle = (first + last) // 2
        if x < a[middle]:
            last = middle
        else:
            first = middle + 1
    return first


def bisect_left(a, x, lo=0, hi=None):
    last = len(a) if hi is None else hi
    first = lo
    while first < last:
        middle = (first + last) // 2
        if a[middle] < x:
            first = middle + 1
        else:
            last = middle
    return first


def insort_right(a, x):
    a.insert(bisect_right(a, x), x)


def insort_left(a, x):
    a.insert(bisect_left(a, x), x)


def mean(data):
    n = len(data)
    if n == 0:
        raise statistics.StatisticsError("mean requires at least one data point")
    return math.fsum(data) / n


def median(data):
    ordered = sorted(data)
    n = len(ordered)
    if n == 0:
        raise statistics.StatisticsError("no median for empty data")
    if n % 2 == 1:
        return ordered[n // 2]
    return (ordered[n // 2 - 1] + ordered[n // 2]) / 2


def squares(data, center):
    c = mean(data) if center is None else center
    return math.fsum([(v - c) ** 2 for v in data])


def variance(data, xbar=None):
    if len(data) < 2:
        raise statistics.StatisticsError("variance requires at least two data points")
    return squares(data, xbar) / (len(data) - 1)


def pvariance(data, mu=None):
    if len(data) < 1:
        raise statistics.StatisticsError("pvariance requires at least one data point")
    return squares(data, mu) / len(data)


def stdev(data, xbar=None):
    return math.sqrt(variance(data, xbar))


def pstdev(data, mu=None):
    return math.sqrt(pvariance(data, mu))


def forwards(keys):
    return np.argsort(np.array(keys), kind="stable")


def backwards(keys):
    return np.argsort(-np.array(keys), kind="stable")


FUNCTIONS = {
    bisect.bisect: bisect_right,
    bisect.bisect_right: bisect_right,
    bisect.bisect_left: bisect_left,
    bisect.insort: insort_right,
    bisect.insort_right: insort_right,
    bisect.insort_left: insort_left,
    statistics.mean: mean,
    statistics.fmean: mean,
    statistics.median: median,
    statistics.variance: variance,
    statistics.pvariance: pvariance,
    statistics.stdev: stdev,
    statistics.pstdev: pstdev,
}
