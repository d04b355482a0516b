"""The cheapest set of vertices that separates sources from sinks (maximum flow, minimum cut).

Used by the record plan: sources are values that cannot be recomputed, sinks are values that the reverse
sweep reads, an edge leads from an operand to a result, and what is cut is what is recorded.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Iterable, Mapping
from typing import TypeVar

T = TypeVar("T", bound=Hashable)
INFINITE = 1 << 60


def min_vertex_cut(
    cost: Mapping[T, int], edges: Iterable[tuple[T, T]], sources: Iterable[T], sinks: Iterable[T]
) -> set[T]:
    """The cut of least total ``cost`` that lies nearest to the sinks; sources and sinks may be cut
    themselves.

    >>> sorted(min_vertex_cut({"x": 1, "y": 1, "z": 1}, [("x", "y"), ("x", "z")], ["x"], ["y", "z"]))
    ['x']
    >>> sorted(min_vertex_cut({"x": 1, "y": 1, "z": 1}, [("x", "z"), ("y", "z")], ["x", "y"], ["z"]))
    ['z']
    """
    index = {v: i for i, v in enumerate(cost)}
    count = len(index)
    graph: list[dict[int, int]] = [{} for _ in range(2 * count + 2)]
    start, end = 2 * count, 2 * count + 1

    def link(a: int, b: int, capacity: int) -> None:
        graph[a][b] = graph[a].get(b, 0) + capacity
        graph[b].setdefault(a, 0)

    for v, i in index.items():
        link(2 * i, 2 * i + 1, cost[v])
    for a, b in edges:
        link(2 * index[a] + 1, 2 * index[b], INFINITE)
    for v in sources:
        link(start, 2 * index[v], INFINITE)
    for v in sinks:
        link(2 * index[v] + 1, end, INFINITE)
    while _augment(graph, start, end):
        pass
    reaches = _reaching(graph, end)
    return {v for v, i in index.items() if 2 * i + 1 in reaches and 2 * i not in reaches}


def _augment(graph: list[dict[int, int]], start: int, end: int) -> bool:
    came: dict[int, int] = {start: start}
    queue = deque([start])
    while queue and end not in came:
        a = queue.popleft()
        for b, capacity in graph[a].items():
            if capacity > 0 and b not in came:
                came[b] = a
                queue.append(b)
    if end not in came:
        return False
    flow, b = INFINITE, end
    while b != start:
        flow, b = min(flow, graph[came[b]][b]), came[b]
    b = end
    while b != start:
        graph[came[b]][b] -= flow
        graph[b][came[b]] += flow
        b = came[b]
    return True


def _reaching(graph: list[dict[int, int]], end: int) -> set[int]:
    """The vertices from which ``end`` can still be reached."""
    back: list[list[int]] = [[] for _ in graph]
    for a, out in enumerate(graph):
        for b, capacity in out.items():
            if capacity > 0:
                back[b].append(a)
    seen, queue = {end}, deque([end])
    while queue:
        for a in back[queue.popleft()]:
            if a not in seen:
                seen.add(a)
                queue.append(a)
    return seen
