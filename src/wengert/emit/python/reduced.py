"""Sums over axes, where it is known which axes they are.

Adding to an array sums the axes along which the array was repeated.  The IR finds them when the code runs; a
reader wants to see them::

    b_bar += sum_to(z_bar, b_bar.shape)             =>   b_bar += np.sum(z_bar, axis=0)
    u_bar[:, None] += sum_to(e, u_bar[:, None].shape)   =>   u_bar += np.sum(e, axis=1)
"""

from __future__ import annotations

from types import MappingProxyType

from ...ir.core import Func, Op, Value
from ...ir.types import Array
from ...ir.walk import map_ops
from .shapes import Shapes
from .tree import Tree


def reduced(func: Func) -> Func:
    """``func`` with sums over axes that are known."""
    tree = Tree(func)
    shapes = Shapes(tree)
    change: dict[Op, list[Op]] = {}
    for op in tree.place:
        if op.name == "vacc" and op in tree.ops and (made := _reduced(op, tree, shapes)) is not None:
            change[op] = made
    if not change:
        return func
    return Func(func.name, map_ops(func.body, lambda o: change.get(o, [o])), func.result_names, func.span)


def _reduced(op: Op, tree: Tree, shapes: Shapes) -> list[Op] | None:
    a, b = op.operands
    if not isinstance(b.type, Array):
        return None
    base, added = _unwidened(a, tree)
    axes = _gone(a, b, added, shapes)
    if base is a and (not axes or shapes.fits(a, b)):
        return None
    if axes is None:
        return None
    letters = "".join(c for k, c in enumerate(b.type.axes) if k not in axes)
    if not letters:
        return None
    attrs = MappingProxyType({"axes": axes, "keepdims": False, "adjoint": True})
    total = Op("sum", (b,), (Value(Array(b.type.dtype, letters), b.hint),), attrs, (), op.span)
    if not axes:
        return [Op("vacc", (base, b), (), op.attrs, (), op.span)]
    return [total, Op("vacc", (base, total.result), (), op.attrs, (), op.span)]


def _unwidened(a: Value, tree: Tree) -> tuple[Value, list[int]]:
    """The array of which ``a`` is a view with axes added, and which axes those are."""
    view = tree.maker(a, "view")
    if view is None or set(view.attrs["spec"]) != {":", "+"}:
        return a, []
    return view.operands[0], [k for k, letter in enumerate(view.attrs["spec"]) if letter == "+"]


def _gone(a: Value, b: Value, added: list[int], shapes: Shapes) -> tuple[int, ...] | None:
    """The axes of ``b`` that ``a`` does not have, apart from those that were ``added``; None when others
    differ.
    """
    x, y = shapes.of(a), shapes.of(b)
    lead = len(y) - len(x)
    if lead < 0:
        return None
    axes = [k for k in range(len(y)) if k < lead or k - lead in added]
    rest = [k for k in range(len(y)) if k not in axes]
    return tuple(axes) if all(y[k].number == 1 or y[k] == x[k - lead] for k in rest) else None
