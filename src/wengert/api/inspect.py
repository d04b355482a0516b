"""Looking inside: the generated code as Python, as IR, as LLVM, and in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..capture.pytree import Leaf, Node, Tree, flatten
from ..emit.llvm import lower
from ..emit.python import source
from ..ir.core import Op, Value
from ..ir.text import print_module
from ..ir.types import Array
from ..ir.walk import ops
from ..transform import passes
from .recorded import recorded, said
from .stage import Stage


class Source(str):
    """Text that shows itself as it is at the prompt."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


@dataclass(frozen=True, slots=True)
class Lowered:
    """One specialisation in each form: ``ir`` (ours), ``python`` (readable), ``llvm``."""

    ir: Source
    python: Source
    llvm: Source

    def __repr__(self) -> str:
        return str(self.ir)


def source_of(stage: Stage, title: str) -> Source:
    """Readable Python of a stage."""
    return Source(source(stage.module, f"The {title}: {describe(stage.output)}."))


def lowered(stage: Stage, title: str) -> Lowered:
    """All forms of a stage."""
    llvm = lower(passes.native(stage.module)).llvm_ir
    return Lowered(Source(print_module(stage.module)), source_of(stage, title), Source(llvm))


def describe(tree: Tree) -> str:
    """A structure in words: ``(f64, {w: f64[n,n], b: f64[n]})``."""
    if isinstance(tree, Leaf):
        return str(tree.type)
    if not isinstance(tree, Node):
        return repr(tree.value)
    keys = tree.keys or ("",) * len(tree.children)
    inside = ", ".join(
        f"{k}: {describe(c)}" if k != "" else describe(c) for k, c in zip(keys, tree.children, strict=True)
    )
    if tree.kind in ("tuple", "list") and tree.cls in (tuple, list):
        return f"[{inside}]" if tree.kind == "list" else f"({inside})"
    return f"{{{inside}}}" if tree.kind == "dict" else f"{tree.cls.__name__}({inside})"


def explain_stage(stage: Stage, title: str, args: Sequence[Any]) -> Source:
    """What a specialisation takes, reads, assumes, keeps and does; ``args`` as they are passed."""
    lines = [f"the {title}"]
    for name, tree in zip(stage.inputs.names, stage.inputs.trees, strict=False):
        lines.append(f"  takes {name}: {describe(tree)}")
    written = [leaf.path for leaf in stage.inputs.leaves() if leaf.index in stage.mutated]
    lines += [f"  writes {path}" for path in written]
    lines += [f"  reads {h.description}: {h.type}, at every call" for h in stage.hidden]
    lines += [f"  assumes that {g.description}" for g in stage.guards]
    lines.append(f"  gives {describe(stage.output)}")
    leaves = [*flatten(args, stage.inputs), *(h.read() for h in stage.hidden)]
    lines += _records(stage, recorded(stage.module.main, [leaves[k] for k in stage.supply]))
    lines.append(f"  {_counts(stage)}")
    return Source("\n".join(lines))


def _records(stage: Stage, sizes: Mapping[Op, int]) -> list[str]:
    """Each value kept for the reverse sweep, how often, the line it is computed on, and how many bytes that
    takes."""
    found: dict[str, int] = {}
    for func in stage.module.funcs.values():
        made = {result: op for op in ops(func.body) for result in op.results}
        for op in ops(func.body):
            tape = _tape(op, made)
            often = _how_often(op, tape)
            if often:
                kept = _source(op.operands[-1], made)
                span = made[kept].span if kept in made else op.span
                where = f" (line {span.line})" if span is not None else ""
                line = f"  records {kept.hint or 'a value'}: {kept.type}, {often}{where}"
                found[line] = found.get(line, 0) + (sizes.get(tape, 0) if tape is not None else 0)
    return [f"{line}: {said(n)}" if n else line for line, n in found.items()] or ["  records nothing"]


def _tape(op: Op, made: Mapping[Value, Op]) -> Op | None:
    """The array that an operation records in."""
    target = made.get(op.operands[0]) if op.name in ("store", "assign") else None
    if target is not None and target.name == "view":
        target = made.get(target.operands[0])
    return target if target is not None and target.attrs.get("record") else None


def _source(kept: Value, made: Mapping[Value, Op]) -> Value:
    """What is recorded, or the array that it is a part of."""
    op = made.get(kept)
    while op is not None and op.name in ("view", "copy") and not kept.hint:
        kept = op.operands[0]
        op = made.get(kept)
    return kept


def _how_often(op: Op, tape: Op | None) -> str:
    """How many values an operation records, in words; nothing when it records none."""
    if op.name == "rec_set":
        return "one each time round"
    if tape is None:
        return ""
    rank = tape.result.type.rank if isinstance(tape.result.type, Array) else 0
    kept = op.operands[-1].type
    rank -= kept.rank if isinstance(kept, Array) else 0
    return "one for each trip" + (f" of {rank} nested loops" if rank > 1 else "")


def _counts(stage: Stage) -> str:
    names = Counter(op.name for func in stage.module.funcs.values() for op in ops(func.body))
    common = ", ".join(f"{n} {name}" for name, n in names.most_common(6))
    return f"is {sum(names.values())} operations: {common}"
