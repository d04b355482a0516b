"""``collections.deque`` and ``heapq``, in terms of lists."""

# Captured, not run: what depends on ranks is decided when compiling, which a type checker does not see.
# pyright: basic, reportGeneralTypeIssues=false, reportCallIssue=false, reportArgumentType=false
# pyright: reportOperatorIssue=false, reportAttributeAccessIssue=false, reportOptionalOperand=false
from __future__ import annotations


class Deque:
    """A `collections.deque`."""

    def __init__(self, iterable=(), maxlen=None):
        self.items = []
        self.maxlen = maxlen
        for x in iterable:
            self.append(x)

    def __len__(self):
        return len(self.items)

    def __iter__(self):
        return self.items

    def __getitem__(self, k):
        return self.items[k]

    def __setitem__(self, k, x):
        self.items[k] = x

    def append(self, x):
        self.items.append(x)
        if self.maxlen is not None and len(self.items) > self.maxlen:
            self.items.pop(0)

    def appendleft(self, x):
        self.items.insert(0, x)
        if self.maxlen is not None and len(self.items) > self.maxlen:
            self.items.pop()

    def pop(self):
        return self.items.pop()

    def popleft(self):
        return self.items.pop(0)

    def extend(self, iterable):
        for x in iterable:
            self.append(x)

    def extendleft(self, iterable):
        for x in iterable:
            self.appendleft(x)

    def clear(self):
        self.items.clear()

    def rotate(self, n=1):
        if len(self.items) > 0:
            k = n % len(self.items)
            for _ in range(k):
                self.items.insert(0, self.items.pop())


def deque(iterable=(), maxlen=None):
    return Deque(iterable, maxlen)


def heappush(heap, item):
    heap.append(item)
    sift_down(heap, 0, len(heap) - 1)


def heappop(heap):
    last = heap.pop()
    if len(heap) > 0:
        least = heap[0]
        heap[0] = last
        sift_up(heap, 0)
        return least
    return last


def heapify(items):
    n = len(items)
    for k in range(n // 2 - 1, -1, -1):
        sift_up(items, k)


def sift_down(heap, start, position):
    item = heap[position]
    while position > start:
        parent = (position - 1) >> 1
        above = heap[parent]
        if not item < above:
            break
        heap[position] = above
        position = parent
    heap[position] = item


def sift_up(heap, position):
    end = len(heap)
    start = position
    item = heap[position]
    child = 2 * position + 1
    while child < end:
        right = child + 1
        if right < end and not heap[child] < heap[right]:
            child = right
        heap[position] = heap[child]
        position = child
        child = 2 * position + 1
    heap[position] = item
    sift_down(heap, start, position)
