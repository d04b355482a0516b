"""Dicts, and what `collections` has like them; sets of constants; keys that loops over literals give."""

from __future__ import annotations

from collections import Counter, OrderedDict, defaultdict
from typing import Any

import numpy as np


def grown(x):
    d = {}
    for k in ("a", "b", "c"):
        d[k] = x * len(d)
    d["a"] += x**2
    return sum(d.values())


def summed_by_key(x):
    d = defaultdict(float)
    for k, v in [("a", 1.0), ("b", 2.0), ("a", 3.0)]:
        d[k] += v * x
    e = {}
    for k, v in [("a", 1.0), ("b", 2.0), ("a", 3.0)]:
        e[k] = e.get(k, 0.0) + v * x * x
    return d["a"] * d["b"] + e["a"] * len(e) + d["new"]


def grouped(x):
    d = {}
    for k, v in [("a", 1.0), ("b", 2.0), ("a", 3.0)]:
        d.setdefault(k, []).append(v * x)
    return sum(sum(v) * max(v) for v in d.values())


def grouped_by_number(x):
    d = defaultdict(list)
    for i in range(4):
        d[i % 2].append(x[i])
    t = 0.0
    for k, group in d.items():
        t += (k + 1) * group[0] * group[-1]
    return t


def from_keys(x):
    d = dict.fromkeys(["u", "v"], x)
    d["u"] *= 2.0
    t = 0.0
    for v in d.values():
        t += v**2
    return t + (x if "w" not in d else 0.0)


def updated(x):
    d = {"a": 1.0, "b": 2.0}
    d.update(c=x)
    d |= {"e": x * x}
    del d["a"]
    merged = d | {"b": 3.0 * x}
    key, value = merged.popitem()
    return len(d) * d.pop("b") * d["c"] + merged["b"] + value + (1.0 if key == "e" else 0.0)


def tables(x):
    table = {(0, 0): 1.0, (0, 1): x, (1, 0): x * x, (1, 1): 2.0}
    t = 0.0
    for i in range(2):
        for j in range(2):
            t += table[(i, j)] * table[i, j]
    return t


def steps(x):
    params = {"w": x[0], "b": x[1]}
    for _ in range(3):
        slopes = {k: v * v for k, v in params.items()}
        params = {k: params[k] - 0.1 * slopes[k] for k in params}
    return params["w"] * params["b"]


def counted(x):
    c = Counter("abca")
    for w in ["a", "b", "d"]:
        c[w] += 1
    return c["a"] * x ** c["b"] + c["none"] + sum(c.values()) * x


def ordered(x):
    d = OrderedDict()
    d["k"] = x
    d["b"] = 2.0 * x
    first = list(d.values())[0]
    for k in sorted(d):
        d[k] = d[k] ** 2 + first
    return sum(d.values())


def members(x):
    seen = set()
    t = 0.0
    for i in [1, 2, 1, 3]:
        if i in seen:
            t += x[1]
        seen.add(i)
    fixed = {0, 3}
    free = {0, 1, 2, 3} - fixed
    for i in free:
        t += x[i] ** 2
    return t * len(seen | fixed)


def largest_key(x):
    prices = {"a": x, "b": x * x, "c": 0.2}
    best = max(prices, key=prices.get)
    return prices[best] * 3.0 + min(prices.values())


def shortest(x):
    graph = {"a": [("b", 0), ("c", 1)], "b": [("d", 2)], "c": [("d", 3)], "d": []}
    dist = {k: float("inf") for k in graph}
    dist["a"] = 0.0
    for node in "abcd":
        for other, k in graph[node]:
            length = dist[node] + x[k] ** 2
            if length < dist[other]:
                dist[other] = length
    return dist["d"]


_X = np.array([0.3, 1.2, -0.7, 2.1])

CASES: list[tuple[str, Any, tuple[Any, ...]]] = [
    ("mappings", grown, (0.7,)),
    ("mappings", summed_by_key, (0.7,)),
    ("mappings", grouped, (0.7,)),
    ("mappings", grouped_by_number, (_X,)),
    ("mappings", from_keys, (0.7,)),
    ("mappings", updated, (0.7,)),
    ("mappings", tables, (0.7,)),
    ("mappings", steps, (_X,)),
    ("mappings", counted, (0.7,)),
    ("mappings", ordered, (0.7,)),
    ("mappings", members, (_X,)),
    ("mappings", largest_key, (0.7,)),
    ("mappings", shortest, (_X,)),
]
