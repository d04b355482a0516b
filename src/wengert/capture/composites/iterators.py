"""What is consumed one by one: functions of ``itertools``, and iterators of any kind, as generators."""

# Captured, not run: what depends on ranks is decided when compiling, which a type checker does not see.
# pyright: basic, reportGeneralTypeIssues=false, reportCallIssue=false, reportArgumentType=false
# pyright: reportOperatorIssue=false, reportAttributeAccessIssue=false, reportOptionalOperand=false
from __future__ import annotations


def iterated(iterator):
    while True:
        try:
            x = iterator.__next__()
        except StopIteration:
            return
        yield x


def enumerated(iterable, start):
    k = start
    for x in iterable:
        yield k, x
        k += 1


def mapped(function, iterable):
    for x in iterable:
        yield function(x)


def starred(function, iterable):
    for row in iterable:
        yield function(*row)


def alone(iterable):
    for x in iterable:
        yield (x,)


def size(rows):
    """The length of something that is counted (a name for `iterators_api`)."""
    return len(rows)


def item(rows, k):
    """An item of the same."""
    return rows[k]


def zipped_first(position, iterable, rows):
    n = size(rows)
    for k, x in enumerate(iterable):
        if k >= n:
            break
        yield (x, *item(rows, k))


def zipped(position, iterable, rows):
    n = size(rows)
    if n == 0:
        return
    for k, x in enumerate(iterable):
        row = item(rows, k)
        yield (*row[:position], x, *row[position:])
        if k + 1 >= n:
            break


class Position:
    """``iter`` of something that is counted."""

    def __init__(self, rows):
        self.rows = rows
        self.at = 0

    def __iter__(self):
        return self

    def __next__(self):
        if self.at >= size(self.rows):
            raise StopIteration
        k = self.at
        self.at += 1
        return item(self.rows, k)


def remaining(position):
    for k in range(position.at, size(position.rows)):
        position.at = k + 1
        yield item(position.rows, k)


def following(position, default):
    return default if position.at >= size(position.rows) else position.__next__()


def first(iterable):
    for x in iterable:
        return x
    raise StopIteration


def first_or(iterable, default):
    for x in iterable:
        return x
    return default


def following_or(iterator, default):
    try:
        return iterator.__next__()
    except StopIteration:
        return default


def filtered(function, iterable):
    for x in iterable:
        if x if function is None else function(x):
            yield x


def filtered_false(function, iterable):
    for x in iterable:
        if not (x if function is None else function(x)):
            yield x


def takewhile(predicate, iterable):
    for x in iterable:
        if not predicate(x):
            break
        yield x


def dropwhile(predicate, iterable):
    dropping = True
    for x in iterable:
        if dropping:
            dropping = bool(predicate(x))
        if not dropping:
            yield x


def compressed(data, selectors):
    for x, chosen in zip(data, selectors):  # noqa: B905
        if chosen:
            yield x


def sliced(iterable, start, stop, step):
    if stop is not None and stop <= 0:
        return
    for k, x in enumerate(iterable):
        if k >= start and (k - start) % step == 0:
            yield x
        if stop is not None and k + 1 >= stop:
            break


def chained(*iterables):
    for iterable in iterables:
        yield from iterable


def flattened(iterables):
    for iterable in iterables:
        yield from iterable


def neighbours(rows):
    for k in range(size(rows) - 1):
        yield item(rows, k), item(rows, k + 1)


def product(*iterables):
    if len(iterables) == 0:
        yield ()
    else:
        for x in iterables[0]:
            for rest in product(*iterables[1:]):
                yield (x, *rest)


def combinations(rows, r, start):
    if r == 0:
        yield ()
    else:
        for i in range(start, size(rows)):
            for rest in combinations(rows, r - 1, i + 1):
                yield (item(rows, i), *rest)


def multisets(rows, r, start):
    if r == 0:
        yield ()
    else:
        for i in range(start, size(rows)):
            for rest in multisets(rows, r - 1, i):
                yield (item(rows, i), *rest)


def permutations(rows, r, used):
    if r == 0:
        yield ()
    else:
        for i in range(size(rows)):
            if all([i != k for k in used]):  # noqa: C419
                for rest in permutations(rows, r - 1, (*used, i)):
                    yield (item(rows, i), *rest)


def zip_longest(rows, fill):
    n = 0
    for row in rows:
        n = max(n, size(row))
    for k in range(n):
        yield tuple([item(row, k) if k < size(row) else fill for row in rows])


def accumulated(function, iterable, initial):
    total = initial
    yield total
    for x in iterable:
        total = function(total, x)
        yield total


def iterator(rows):
    return Position(rows)


def advanced(iterator):
    return iterator.__next__()


def column(rows, k):
    return [row[k] for row in rows]


def transposed(rows):
    if size(rows) > 0:
        for k in range(len(item(rows, 0))):
            yield [row[k] for row in rows]


def largest(rows, key):
    if size(rows) == 0:
        raise ValueError("max() iterable argument is empty")
    best = item(rows, 0)
    most = best if key is None else key(best)
    for k in range(1, size(rows)):
        x = item(rows, k)
        own = x if key is None else key(x)
        if own > most:
            best = x
            most = own
    return best


def smallest(rows, key):
    if size(rows) == 0:
        raise ValueError("min() iterable argument is empty")
    best = item(rows, 0)
    least = best if key is None else key(best)
    for k in range(1, size(rows)):
        x = item(rows, k)
        own = x if key is None else key(x)
        if own < least:
            best = x
            least = own
    return best


def any_or(pick, rows, key, default):
    return pick(rows, key) if size(rows) > 0 else default


def rest(iterator):
    while True:
        yield next(iterator)
