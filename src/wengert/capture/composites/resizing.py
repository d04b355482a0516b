"""Methods of lists that change how long they are, in terms of ``append`` and ``pop``."""

# Captured, not run: what depends on ranks is decided when compiling, which a type checker does not see.
# pyright: basic, reportGeneralTypeIssues=false, reportCallIssue=false, reportArgumentType=false
# pyright: reportOperatorIssue=false, reportAttributeAccessIssue=false, reportOptionalOperand=false
from __future__ import annotations


def place(k, n):
    if k < 0:
        k = k + n
    return min(max(k, 0), n)


def insert(items, k, x):
    n = len(items)
    at = place(k, n)
    items.append(x)
    for i in range(n, at, -1):
        items[i] = items[i - 1]
    items[at] = x


def delete(items, k):
    items.pop(k)


def delete_slice(items, lo, hi):
    n = len(items)
    first = 0 if lo is None else place(lo, n)
    last = n if hi is None else place(hi, n)
    gone = max(last - first, 0)
    for i in range(first, n - gone):
        items[i] = items[i + gone]
    for _ in range(gone):
        items.pop()


def set_slice(items, lo, hi, values):
    n = len(items)
    first = 0 if lo is None else place(lo, n)
    last = max(n if hi is None else place(hi, n), first)
    new = list(values)
    rest = items[last:]
    for _ in range(n - first):
        items.pop()
    for v in new:
        items.append(v)
    for v in rest:
        items.append(v)


def remove(items, x):
    for k in range(len(items)):
        if items[k] == x:
            items.pop(k)
            return
    raise ValueError("list.remove(x): x not in list")


def index(items, x):
    for k in range(len(items)):
        if items[k] == x:
            return k
    raise ValueError("value is not in list")


def count(items, x):
    found = 0
    for v in items:
        if v == x:
            found += 1
    return found


def clear(items):
    for _ in range(len(items)):
        items.pop()
