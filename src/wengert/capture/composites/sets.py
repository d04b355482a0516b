"""Sets of numbers: their members in order, each once.  Members follow the elements that they are."""

# Captured, not run: what depends on ranks is decided when compiling, which a type checker does not see.
# pyright: basic, reportGeneralTypeIssues=false, reportCallIssue=false, reportArgumentType=false
# pyright: reportOperatorIssue=false, reportAttributeAccessIssue=false, reportIndexIssue=false
from __future__ import annotations

import numpy as np


def _members(ar, assume_unique):
    a = np.asarray(ar).ravel()
    return a if assume_unique else np.unique(a)


def setdiff1d(ar1, ar2, assume_unique=False):
    a = _members(ar1, assume_unique)
    return a[np.isin(a, ar2, invert=True)]


def intersect1d(ar1, ar2, assume_unique=False, return_indices=False):
    a = np.sort(_members(ar1, assume_unique))
    return a[np.isin(a, ar2)]


def union1d(ar1, ar2):
    return np.unique(np.concatenate((np.asarray(ar1).ravel(), np.asarray(ar2).ravel())))


def setxor1d(ar1, ar2, assume_unique=False):
    return np.sort(np.concatenate((setdiff1d(ar1, ar2), setdiff1d(ar2, ar1))))


FUNCTIONS = {
    np.setdiff1d: setdiff1d,
    np.intersect1d: intersect1d,
    np.union1d: union1d,
    np.setxor1d: setxor1d,
}
METHODS = {}
