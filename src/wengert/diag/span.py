"""Where in the user's source something is."""

import ast
from types import CodeType


class Span:
    """A stretch of source text, in the units of `ast` and `co_positions`.

    Lines count from 1; columns count from 0 in UTF-8 bytes; the end is exclusive. Nothing is converted on the
    way in, so that a span taken from a syntax tree equals the span taken from the bytecode of the same
    expression; the renderer converts to characters. `func` names the function that holds the text. It takes
    no part in comparison: spans are equal when they mark the same text.

    >>> Span("model.py", 41, 8, 41, 18, func="loss")
    Span(model.py:41:9)
    """

    __slots__ = ("col", "end_col", "end_line", "file", "func", "line")

    def __init__(
        self, file: str, line: int, col: int, end_line: int, end_col: int, func: str | None = None
    ) -> None:
        self.file = file
        self.line = line
        self.col = col
        self.end_line = end_line
        self.end_col = end_col
        self.func = func

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Span) and self._place() == other._place()

    def __hash__(self) -> int:
        return hash(self._place())

    def __repr__(self) -> str:
        return f"Span({self.file}:{self.line}:{self.col + 1})"

    def _place(self) -> tuple[str, int, int, int, int]:
        return self.file, self.line, self.col, self.end_line, self.end_col

    @staticmethod
    def of(node: ast.stmt | ast.expr | ast.arg | ast.keyword, file: str, func: str | None = None) -> "Span":
        """The span of a syntax node. Its line numbers must already be those of `file`.

        >>> Span.of(ast.parse("y = eval(e)").body[0].value, "m.py")
        Span(m.py:1:5)
        """
        end_line = node.lineno if node.end_lineno is None else node.end_lineno
        end_col = node.col_offset + 1 if node.end_col_offset is None else node.end_col_offset
        return Span(file, node.lineno, node.col_offset, end_line, end_col, func)

    @staticmethod
    def of_code(code: CodeType) -> "Span":
        """The first line of a code object: the place to point at when there is no source to point into."""
        return Span(code.co_filename, code.co_firstlineno, 0, code.co_firstlineno, 0, code.co_name)

    def to(self, other: "Span") -> "Span":
        """The span from the start of this one to the end of `other`.

        >>> a, b = Span("m.py", 1, 4, 1, 5), Span("m.py", 1, 8, 2, 9)
        >>> a.to(b) == Span("m.py", 1, 4, 2, 9)
        True
        """
        assert self.file == other.file, (self, other)
        return Span(self.file, self.line, self.col, other.end_line, other.end_col, self.func)
