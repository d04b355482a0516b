"""``itertools``, and the built-in functions that give or consume values one by one.

Of sequences of known length the result is known at once; of anything else it is a generator.
"""

from __future__ import annotations

import ast
import itertools
from collections.abc import Callable
from typing import Any

from .composites import iterators
from .forms import FNode
from .generators import generator, listed, settled
from .lower import Lowering
from .pausing import advance, started_of
from .standard_api import Handler, known_items
from .values import AV, NONE, Arr, Const, GenV, GrowC, Iter, ObjC, Ref, SliceV, Tup

_LIMIT = 1000


def _composed(lw: Lowering, f: Callable[..., Any], *args: AV) -> AV:
    from .calls import call_prelude_of

    return call_prelude_of(lw, f, *args)


def _items(lw: Lowering, av: AV) -> tuple[AV, ...] | None:
    """The items of what is no iterator, if their number is known."""
    if isinstance(av, (GenV, Iter)) or _is_iterator(lw, av):
        return None
    return known_items(lw, av)


def _is_iterator(lw: Lowering, av: AV) -> bool:
    if generator(lw, av) is not None:
        return True
    content = lw.content(av) if isinstance(av, Ref) else None
    return isinstance(content, ObjC) and any("__next__" in b.__dict__ for b in content.cls.__mro__)


def _is_none(av: AV) -> bool:
    return isinstance(av, Const) and av.value is None


def _enumerate(lw: Lowering, iterable: AV, start: AV = Const(0)) -> AV:  # noqa: B008
    return Iter("enumerate", (settled(lw, iterable),), start)


def _zip(lw: Lowering, *xs: AV, strict: AV = NONE) -> AV:
    return Iter("zip", tuple(settled(lw, x) for x in xs))


def _map(lw: Lowering, f: AV, *xs: AV) -> AV:
    return Iter("map", tuple(settled(lw, x) for x in xs), f)


def _reversed(lw: Lowering, x: AV, /) -> AV:
    items = lw.items(x)
    return Tup(items[::-1]) if items is not None else Iter("reversed", (x,))


def _iter(lw: Lowering, x: AV, /) -> AV:
    from .iterables import iterator_of

    found = iterator_of(lw, x)
    if _is_iterator(lw, found):
        return found
    return _composed(lw, iterators.iterator, found)


def _next(lw: Lowering, x: AV, default: AV | None = None, /) -> AV:
    x = settled(lw, x)
    if isinstance(x, Iter):
        from .iterables import iterator_of

        x = iterator_of(lw, x)
    content = generator(lw, x)
    if content is not None:
        assert isinstance(x, Ref)
        if content.state == "new" and started_of(content) is not None:
            return advance(lw, x, content)
        if default is None:
            return _composed(lw, iterators.first, x)
        return _composed(lw, iterators.first_or, x, default)
    if not _is_iterator(lw, x):
        lw.refuse("C0104", f"`next` of {lw.describe(x)} is not supported")
    if default is None:
        return _composed(lw, iterators.advanced, x)
    content = lw.content(x) if isinstance(x, Ref) else None
    counted = isinstance(content, ObjC) and content.cls is iterators.Position
    return _composed(lw, iterators.following if counted else iterators.following_or, x, default)


def _size(lw: Lowering, rows: AV) -> AV:
    from .iteration import ENDLESS, sequence

    length = sequence(lw, rows).length
    return Const(ENDLESS) if length is None else length


def _item(lw: Lowering, rows: AV, k: AV) -> AV:
    from .iteration import sequence

    return sequence(lw, rows).at(k)


def _lazily(f: Callable[..., Any]) -> Handler:
    """A generator of a function and an iterable."""

    def handler(lw: Lowering, function: AV, iterable: AV, /) -> AV:
        return _composed(lw, f, function, settled(lw, iterable))

    return handler


def _compress(lw: Lowering, data: AV, selectors: AV) -> AV:
    return _composed(lw, iterators.compressed, settled(lw, data), settled(lw, selectors))


def _islice(lw: Lowering, iterable: AV, *bounds: AV) -> AV:
    start, stop, step = {1: (NONE, *bounds, NONE), 2: (*bounds, NONE), 3: bounds}[len(bounds)]
    items = _items(lw, iterable)
    if items is not None:
        known = (lw.static(b, "a bound of `islice`") for b in (start, stop, step))
        return Tup(tuple(itertools.islice(items, *known)))
    if isinstance(iterable, Arr):
        from .indexing import subscript

        return subscript(lw, iterable, SliceV(start, stop, step))
    first, every = Const(0) if _is_none(start) else start, Const(1) if _is_none(step) else step
    return _composed(lw, iterators.sliced, settled(lw, iterable), first, stop, every)


def _chain(lw: Lowering, *iterables: AV) -> AV:
    known = [_items(lw, x) for x in iterables]
    if all(x is not None for x in known):
        return Tup(tuple(x for xs in known for x in xs or ()))
    return _composed(lw, iterators.chained, *(settled(lw, x) for x in iterables))


def _chain_of(lw: Lowering, iterable: AV) -> AV:
    outer = _items(lw, iterable)
    if outer is not None:
        return _chain(lw, *outer)
    return _composed(lw, iterators.flattened, settled(lw, iterable))


def _starmap(lw: Lowering, function: AV, iterable: AV) -> AV:
    return _composed(lw, iterators.starred, function, settled(lw, iterable))


def _pairwise(lw: Lowering, iterable: AV) -> AV:
    rows = listed(lw, iterable)
    items = known_items(lw, rows)
    if items is not None:
        return Tup(tuple(Tup(pair) for pair in itertools.pairwise(items)))
    return _composed(lw, iterators.neighbours, rows)


def _chosen(name: str, f: Callable[..., Any], know: Callable[..., Any], last: AV) -> Handler:
    """Combinations, or what is like them."""

    def handler(lw: Lowering, iterable: AV, r: AV = NONE) -> AV:
        rows = listed(lw, iterable)
        items = known_items(lw, rows)
        n = lw.static(r, f"the length of {name}")
        if items is not None:
            return _tuples(lw, know(items, n))
        if n is None:
            lw.refuse("C0104", f"`itertools.permutations` of {lw.describe(rows)} needs a length")
        return _composed(lw, f, rows, Const(n), last)

    return handler


def _product(lw: Lowering, *iterables: AV, repeat: AV = Const(1)) -> AV:  # noqa: B008
    rows = [listed(lw, x) for x in iterables] * lw.static(repeat, "`repeat`")
    items = [known_items(lw, x) for x in rows]
    if all(x is not None for x in items):
        return _tuples(lw, itertools.product(*(x or () for x in items)))
    return _composed(lw, iterators.product, *rows)


def _tuples(lw: Lowering, rows: Any) -> AV:
    found = tuple(itertools.islice(rows, _LIMIT + 1))
    if len(found) > _LIMIT:
        lw.refuse("C0104", f"this makes more than {_LIMIT} tuples", hint="write the loops")
    return Tup(tuple(Tup(row) for row in found))


def _zip_longest(lw: Lowering, *iterables: AV, fillvalue: AV = NONE) -> AV:
    rows = [listed(lw, x) for x in iterables]
    items = [known_items(lw, x) for x in rows]
    if all(x is not None for x in items):
        return _tuples(lw, itertools.zip_longest(*(x or () for x in items), fillvalue=fillvalue))
    return _composed(lw, iterators.zip_longest, Tup(tuple(rows)), fillvalue)


def _repeat(lw: Lowering, x: AV, times: AV | None = None) -> AV:
    return Iter("repeat", (x,), times)


def _count(lw: Lowering, start: AV = Const(0), step: AV = Const(1)) -> AV:  # noqa: B008
    return Iter("count", (start, step))


def _cycle(lw: Lowering, iterable: AV) -> AV:
    return Iter("cycle", (listed(lw, iterable),))


def _groupby(lw: Lowering, iterable: AV, key: AV = NONE) -> AV:
    from .calls import call

    items = known_items(lw, listed(lw, iterable))
    if items is None:
        lw.refuse("C0104", f"`itertools.groupby` of {lw.describe(iterable)} is not supported")
    keys = [x if _is_none(key) else call(lw, key, [x], {}, None) for x in items]
    values = [lw.static(k, "a key of `groupby`") for k in keys]
    groups = itertools.groupby(range(len(items)), values.__getitem__)
    return Tup(tuple(Tup((Const(k), Tup(tuple(items[i] for i in group)))) for k, group in groups))


def transposed(lw: Lowering, node: ast.Call) -> AV | None:
    """``zip(*rows)``, where the number of rows is that of the run; None for other calls."""
    from .expressions import expression

    if len(node.args) != 1 or node.keywords or not isinstance(node.args[0], ast.Starred):
        return None
    with lw.region():
        heap, key = dict(lw.heap), lw.next_key
        rows = expression(lw, node.args[0].value)
        varies = isinstance(rows, (Ref, Arr)) and _items(lw, rows) is None and not _is_iterator(lw, rows)
        lw.heap, lw.next_key = heap, key
    if not varies:
        return None
    rows = expression(lw, node.args[0].value)
    content = lw.content(rows) if isinstance(rows, Ref) else None
    if isinstance(content, GrowC) and isinstance(content.item, FNode) and isinstance(content.item.value, Tup):
        width = len(content.item.parts)
        return Tup(tuple(_composed(lw, iterators.column, rows, Const(k)) for k in range(width)))
    return _composed(lw, iterators.transposed, rows)


ITERATORS: dict[Any, Handler] = {
    enumerate: _enumerate,
    zip: _zip,
    map: _map,
    reversed: _reversed,
    iter: _iter,
    next: _next,
    filter: _lazily(iterators.filtered),
    iterators.size: _size,
    iterators.item: _item,
    itertools.filterfalse: _lazily(iterators.filtered_false),
    itertools.takewhile: _lazily(iterators.takewhile),
    itertools.dropwhile: _lazily(iterators.dropwhile),
    itertools.compress: _compress,
    itertools.islice: _islice,
    itertools.chain: _chain,
    itertools.chain.from_iterable: _chain_of,
    itertools.starmap: _starmap,
    itertools.pairwise: _pairwise,
    itertools.combinations: _chosen(
        "a combination", iterators.combinations, itertools.combinations, Const(0)
    ),
    itertools.combinations_with_replacement: _chosen(
        "a combination", iterators.multisets, itertools.combinations_with_replacement, Const(0)
    ),
    itertools.permutations: _chosen(
        "a permutation", iterators.permutations, itertools.permutations, Const(())
    ),
    itertools.product: _product,
    itertools.zip_longest: _zip_longest,
    itertools.repeat: _repeat,
    itertools.count: _count,
    itertools.cycle: _cycle,
    itertools.groupby: _groupby,
}
for _handler in ITERATORS.values():
    _handler.lazy = True  # pyright: ignore[reportFunctionMemberAccess]
