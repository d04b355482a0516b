"""Cotangents that start at zero and are added to at once, as one would write them.

Reverse sweeps make a shadow and then accumulate into it.  Where the first thing that happens to fresh zeros
is one addition of the same shape, the sum is the array itself (up to the sign of zeros)::

    v = np.zeros(n)                         v = np.full(n, y_bar)    # or plain y_bar, where broadcasting
    does the rest v += y_bar                 => w = np.zeros_like(v)                    w = v * np.cos(x) w
    += v * np.cos(x)
"""

from __future__ import annotations

from types import MappingProxyType

from ...ir.core import Block, Func, Op, Value, suggest
from ...ir.types import Array
from ...ir.walk import free_values, map_ops, substitute
from ...prims.primitive import REGISTRY
from .shapes import Shapes
from .tree import Tree, Use


def plant(func: Func) -> Func:
    """``func`` without additions to fresh zeros."""
    tree = Tree(func)
    shapes = Shapes(tree)
    change: dict[Op, list[Op]] = {}
    subst: dict[Value, Value] = {}
    for op in tree.place:
        if op not in tree.ops or op.name != "alloc" or op.attrs["fill"] != "zero":
            continue
        first = _first(op, tree)
        if first is None:
            change |= _stores(op, tree, shapes)
            continue
        if not shapes.fits(op.result, first.operands[1]):
            continue
        b = first.operands[1]
        rest = [u for u in tree.uses[op.result] if u.op is not first]
        if not isinstance(b.type, Array):
            if rest and all(_broadcasts(u, op.result, shapes) for u in rest):
                subst[op.result] = b
            else:
                put = Op("full", (*op.operands, b), op.results, op.attrs, (), first.span)
                change[first] = [put]
        elif shapes.of(b) != shapes.of(op.result):
            if not rest or not all(_broadcasts(u, op.result, shapes) for u in rest):
                continue
            subst[op.result] = b
        elif tree.count(b) == 1 and _is_fresh(made := tree.makers.get(b), tree.place[op][0], tree):
            assert made is not None
            made = change.get(made, [made])[0]
            change[tree.makers[b]] = [Op(made.name, made.operands, op.results, made.attrs, (), made.span)]
        else:
            change[first] = [Op("copy", (b,), op.results, MappingProxyType({}), (), first.span)]
        change[op] = []
        change.setdefault(first, [])
    for op in tree.place:
        if op.name == "copy" and op in tree.ops and op not in change:
            a, block = op.operands[0], tree.place[op][0]
            made = tree.makers.get(a)
            if (
                tree.count(a) == 1
                and made not in change
                and a.type == op.result.type
                and _is_fresh(made, block, tree)
            ):
                subst[op.result] = a
                suggest(a, op.result.hint)
                change[op] = []
    if not change:
        return func
    for v in subst:
        while subst[v] in subst:
            subst[v] = subst[subst[v]]
    body = substitute(map_ops(func.body, lambda o: change.get(o, [o])), subst)
    return Func(func.name, body, func.result_names, func.span)


def _first(op: Op, tree: Tree) -> Op | None:
    """The addition that is the first thing done to a fresh array, in the same block."""
    block, _ = tree.place[op]
    uses = [u for u in tree.uses[op.result] if not (u.op is not None and u.op.name == "dim")]
    here = [
        u for u in uses if u.block is block and u.op is not None and u.op.name == "vacc" and u.position == 0
    ]
    if len(uses) != len(tree.uses[op.result]) or not here:
        return None
    first = min(here, key=lambda u: u.at)
    if any(not _after(u, first, tree) for u in uses if u is not first):
        return None
    return first.op if first.op and first.op.operands[1] is not op.result else None


def _stores(op: Op, tree: Tree, shapes: Shapes) -> dict[Op, list[Op]]:
    """The first additions to parts of fresh zeros, which are assignments."""
    block, at = tree.place[op]
    out: dict[Op, list[Op]] = {}
    seen: list[tuple[object, ...]] = []
    views: set[Value] = set()
    for other in block.ops[at + 1 :]:
        used = {v for v in (*other.operands, *free_values(*other.regions)) if v is op.result or v in views}
        if not used or other.name == "dim":
            continue
        if other.name == "view" and tree.count(other.result) == 1:
            views.add(other.result)
        elif other.name == "accum" and other.operands[0] is op.result:
            key = tuple(tree.constant(v) for v in other.operands[1:-1])
            if seen and (None in key or any(None in k or k == key for k in seen)):
                return out
            seen.append(key)
            out[other] = [Op("store", other.operands, (), other.attrs, (), other.span)]
        elif other.name == "vacc" and other.operands[0] in views and not seen:
            if shapes.fits(*other.operands):
                out[other] = [Op("assign", other.operands, (), other.attrs, (), other.span)]
            return out
        else:
            return out
    return out


def _after(use: Use, first: Use, tree: Tree) -> bool:
    """Whether ``use`` comes later than ``first``, in the same block or in a region of a later op."""
    block, at = use.block, use.at
    while block is not first.block:
        owner = tree.owner.get(block)
        if owner is None:
            return False
        block, at = tree.place[owner]
    return at > first.at


def _broadcasts(use: Use, v: Value, shapes: Shapes) -> bool:
    """Whether a number in the place of ``v`` gives the same array, because another operand has its shape."""
    op = use.op
    if op is None or op.name not in ("add", "sub", "mul", "div", "maximum", "minimum"):
        return False
    others = [o for o in op.operands if o is not v and isinstance(o.type, Array)]
    return any(shapes.of(o) == shapes.of(v) for o in others)


def _is_fresh(op: Op | None, block: Block, tree: Tree) -> bool:
    """Whether ``op`` makes an array of its own, in ``block``."""
    if op is None or tree.place[op][0] is not block or len(op.results) != 1:
        return False
    known = REGISTRY.get(op.name)
    return known is not None and known.kind in ("elementwise", "product", "reduction")
