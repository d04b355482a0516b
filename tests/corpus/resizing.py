"""Lists whose length changes at any place, queues and heaps, columns of lists, extrema by key."""

from __future__ import annotations

import heapq
from collections import deque
from typing import Any

import numpy as np


def inserts(x, n):
    ys = [x[0]]
    for i in range(n):
        ys.insert(1, ys[0] * x[i])
        ys.insert(-1, x[i])
    ys.insert(100, 2.0)
    return sum((k + 1) * v for k, v in enumerate(ys))


def removes(x):
    ys = [v for v in x]
    del ys[1]
    del ys[-1]
    zs = [1.0, 2.0, x[0], 3.0]
    zs.remove(2.0)
    del zs[1:2]
    ys.remove(x[0])
    return sum(v * v for v in ys) * zs[1] + zs.index(3.0) * x[1] + zs.count(1.0)


def replaced(x, n):
    ys = [1.0, 2.0, 3.0, 4.0]
    ys[1:3] = [x[0], x[1], x[2] * x[0]]
    zs = list(x)
    zs[1:n] = [x[0] * 2.0]
    del zs[n - 1 :]
    zs[:0] = [x[3], x[3] ** 2]
    return sum(k * v for k, v in enumerate(ys)) + sum(k * v for k, v in enumerate(zs))


def cleared(x):
    ys = [v * v for v in x]
    t = sum(ys)
    ys.clear()
    ys.append(t)
    return ys[0] * len(ys)


def queue(x, n):
    q = deque(x)
    for _ in range(n):
        q.append(q.popleft() * 1.1)
        q.rotate(1)
    q.appendleft(q[-1])
    return sum((k + 1) * v**2 for k, v in enumerate(q))


def moving(x):
    window = deque(maxlen=3)
    t = 0.0
    for v in x:
        window.append(v)
        t += sum(window) / len(window) * v
    return t


def levels(x):
    q = deque([(0, 1.0)])
    t = 0.0
    while q:
        i, w = q.popleft()
        if i >= len(x):
            continue
        t += w * x[i] ** 2
        q.append((2 * i + 1, 0.5 * w))
        q.append((2 * i + 2, 0.25 * w))
    return t


def heap(x):
    h = []
    for v in x:
        heapq.heappush(h, v)
    t = 0.0
    k = 1
    while h:
        t += k * heapq.heappop(h) ** 2
        k += 1
    return t


def dijkstra(x):
    ends = [[1, 2], [3, 3], [3, 1], [0, 0]]
    dist = [1e9] * 4
    dist[0] = 0.0
    todo = [(0.0, 0)]
    while todo:
        d, u = heapq.heappop(todo)
        if d > dist[u]:
            continue
        for k in range(2):
            v = ends[u][k]
            nd = d + x[u] ** 2 * (k + 1)
            if nd < dist[v]:
                dist[v] = nd
                heapq.heappush(todo, (nd, v))
    return dist[3] + dist[2]


def columns(x):
    rows = []
    pairs = []
    for v in x:
        rows.append([v, v**2, 1.0])
        pairs.append((v, v**3))
    a, b, _ = zip(*rows)
    c, d = zip(*pairs)
    return sum(a) * sum(b) + sum(p * q for p, q in zip(c, d))


def extrema(x):
    low = min(range(len(x)), key=lambda i: x[i])
    top = max(x, key=lambda v: v * v)
    none = max((v for v in x if v > 100.0), default=x[0])
    points = [(v, v * x[0]) for v in x]
    far = max(points, key=lambda p: p[0] ** 2 + p[1] ** 2)
    return x[low] * 2.0 + top**2 + none + far[1] + max(v for v in x if v < 2.0)


def starred(x):
    ys = [1.0, *(v * v for v in x), *x[:2]]
    return sum(k * v for k, v in enumerate(ys))


_X = np.array([0.3, 1.2, -0.7, 2.1])

CASES: list[tuple[str, Any, tuple[Any, ...]]] = [
    ("resizing", inserts, (_X, 3)),
    ("resizing", removes, (_X,)),
    ("resizing", replaced, (_X, 3)),
    ("resizing", cleared, (_X,)),
    ("resizing", queue, (_X, 3)),
    ("resizing", moving, (_X,)),
    ("resizing", levels, (_X,)),
    ("resizing", heap, (_X,)),
    ("resizing", dijkstra, (_X,)),
    ("resizing", columns, (_X,)),
    ("resizing", extrema, (_X,)),
    ("resizing", starred, (_X,)),
]
