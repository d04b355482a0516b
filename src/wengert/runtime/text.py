"""Help for writing LLVM IR as text: fresh names, lines, loads from the table of pointers."""

from __future__ import annotations

from collections.abc import Mapping

ENTRY = "wg_entry"
"""The symbol of the function that CPython calls."""

TABLE = "wg_table"
"""The symbol of the pointer table; external on purpose, or LLVM would take its zeros for the truth."""


class Writer:
    """Collects the body of one function; ``slots`` gives the position of each name in the pointer table."""

    def __init__(self, slots: Mapping[str, int]) -> None:
        self.lines: list[str] = []
        self._slots = slots
        self._fresh = 0

    def name(self, hint: str = "t") -> str:
        """A name not used before in this function, without sigil."""
        self._fresh += 1
        return f"{hint}.{self._fresh}"

    def do(self, line: str) -> None:
        """Append an instruction that has no result."""
        self.lines.append("  " + line)

    def let(self, expression: str, hint: str = "t") -> str:
        """Append an instruction, and give the name of its result."""
        name = "%" + self.name(hint)
        self.lines.append(f"  {name} = {expression}")
        return name

    def reserve(self, what: str, hint: str = "room") -> str:
        """Stack memory for the whole function, wherever it is asked for."""
        name = "%" + self.name(hint)
        self.lines.insert(0, f"  {name} = alloca {what}, align 8")
        return name

    def label(self, name: str) -> None:
        self.lines.append(f"{name}:")

    def entry(self, name: str) -> str:
        """The pointer that stands in the table under ``name``."""
        place = f"getelementptr (i8, ptr @{TABLE}, i64 {8 * self._slots[name]})"
        return self.let(f"load ptr, ptr {place}, align 8, !invariant.load !{{}}", "p")

    def field(self, pointer: str, offset: int, what: str = "ptr") -> str:
        """The value ``offset`` bytes after ``pointer``."""
        place = pointer if offset == 0 else self.let(f"getelementptr i8, ptr {pointer}, i64 {offset}")
        return self.let(f"load {what}, ptr {place}, align {4 if what == 'i32' else 8}")

    def put(self, value: str, pointer: str, offset: int, what: str = "i64") -> None:
        """Store ``value`` ``offset`` bytes after ``pointer``."""
        place = pointer if offset == 0 else self.let(f"getelementptr i8, ptr {pointer}, i64 {offset}")
        self.do(f"store {what} {value}, ptr {place}, align 8")

    def at(self, pointer: str, offset: int) -> str:
        """The address ``offset`` bytes after ``pointer``."""
        return pointer if offset == 0 else self.let(f"getelementptr i8, ptr {pointer}, i64 {offset}")

    def call(self, result: str, function: str, *arguments: str) -> str:
        """Call a function of the table; arguments are written with their types."""
        target = self.entry(function)
        text = f"call {result} {target}({', '.join(arguments)})"
        if result == "void":
            self.do(text)
            return ""
        return self.let(text)

    def need(self, condition: str, otherwise: str, hint: str = "ok") -> None:
        """Go on when ``condition`` holds, else jump to the label ``otherwise``; the jump is the rare case."""
        following = self.name(hint)
        rare = '!prof !{!"branch_weights", i32 2000, i32 1}'
        self.do(f"br i1 {condition}, label %{following}, label %{otherwise}, {rare}")
        self.label(following)

    def text(self) -> str:
        return "\n".join(self.lines)
