"""Walks over nested blocks: all operations, uses, free values, and copies with substitution."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from .core import Block, Func, Op, Value


def ops(block: Block) -> Iterator[Op]:
    """All operations, those of regions after the operation that owns them."""
    for op in block.ops:
        yield op
        for region in op.regions:
            yield from ops(region)


def blocks(block: Block) -> Iterator[Block]:
    """The block and all regions inside, outermost first."""
    yield block
    for op in block.ops:
        for region in op.regions:
            yield from blocks(region)


def uses(block: Block) -> dict[Value, list[Op | Block]]:
    """For each value, the operations that take it and the blocks that yield it, in order, once for each
    use."""
    out: dict[Value, list[Op | Block]] = {}
    for b in blocks(block):
        for op in b.ops:
            for v in op.operands:
                out.setdefault(v, []).append(op)
        for v in b.yields:
            out.setdefault(v, []).append(b)
    return out


def free_values(*regions: Block) -> tuple[Value, ...]:
    """The values that the blocks use and do not define, in order of first use."""
    defined: set[Value] = set()
    used: dict[Value, None] = {}
    for region in regions:
        for b in blocks(region):
            defined.update(b.params)
            for op in b.ops:
                defined.update(op.results)
                used.update(dict.fromkeys(op.operands))
            used.update(dict.fromkeys(b.yields))
    return tuple(v for v in used if v not in defined)


def clone_block(block: Block, subst: Mapping[Value, Value] | None = None) -> Block:
    """A copy in which everything defined is new and free values are replaced by ``subst``.

    Inlining is this, with the parameters in ``subst``: a parameter that is in it stays a parameter, unused.
    """
    return _clone(block, dict(subst or {}))


def clone_into(block: Block, subst: dict[Value, Value]) -> Block:
    """As `clone_block`; the new values are added to ``subst``, so that the caller finds them."""
    return _clone(block, subst)


def clone_func(func: Func, name: str | None = None) -> Func:
    """A copy with values of its own."""
    return Func(name or func.name, clone_block(func.body), func.result_names, func.span)


def _clone(block: Block, subst: dict[Value, Value]) -> Block:
    def new(v: Value) -> Value:
        copy = Value(v.type, v.hint)
        subst.setdefault(v, copy)
        return copy

    params = tuple(new(p) for p in block.params)
    out: list[Op] = []
    for op in block.ops:
        operands = tuple(subst.get(v, v) for v in op.operands)
        regions = tuple(_clone(r, subst) for r in op.regions)
        out.append(Op(op.name, operands, tuple(new(r) for r in op.results), op.attrs, regions, op.span))
    return Block(params, tuple(out), tuple(subst.get(v, v) for v in block.yields))


def with_parts(op: Op, regions: tuple[Block, ...], operands: tuple[Value, ...] | None = None) -> Op:
    """The operation with these regions (and operands); the same object when they are those it has."""
    operands = op.operands if operands is None else operands
    if operands == op.operands and all(a is b for a, b in zip(regions, op.regions, strict=True)):
        return op
    return Op(op.name, operands, op.results, op.attrs, regions, op.span)


def with_ops(block: Block, ops: Iterable[Op], yields: tuple[Value, ...] | None = None) -> Block:
    """The block with these operations (and yields); the same object when they are those it has."""
    ops, yields = tuple(ops), block.yields if yields is None else yields
    same = len(ops) == len(block.ops) and all(a is b for a, b in zip(ops, block.ops, strict=True))
    return block if same and yields == block.yields else Block(block.params, ops, yields)


def substitute(block: Block, subst: Mapping[Value, Value]) -> Block:
    """The block with uses replaced by ``subst``; definitions stay, and so does whatever mentions nothing of
    it."""
    out: list[Op] = []
    for op in block.ops:
        operands = tuple(subst.get(v, v) for v in op.operands)
        out.append(with_parts(op, tuple(substitute(r, subst) for r in op.regions), operands))
    return with_ops(block, out, tuple(subst.get(v, v) for v in block.yields))


def map_ops(block: Block, change: Callable[[Op], Iterable[Op]]) -> Block:
    """The block with each operation replaced by those that ``change`` gives, innermost first."""
    out: list[Op] = []
    for op in block.ops:
        if op.regions:
            regions = tuple(map_ops(r, change) for r in op.regions)
            op = Op(op.name, op.operands, op.results, op.attrs, regions, op.span)
        out.extend(change(op))
    return Block(block.params, tuple(out), block.yields)
