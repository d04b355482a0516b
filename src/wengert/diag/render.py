"""Diagnostics as text, in the manner of rustc."""

import linecache
import os
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from .catalog import CATALOG
from .diagnostic import Diagnostic, Label
from .span import Span

Sources = Mapping[str, str]


def render(diagnostic: Diagnostic, sources: Sources | None = None) -> str:
    """One diagnostic as text.

    Source lines come from `sources` (file name to whole text) where it has the file, else from `linecache`,
    which also knows notebook cells. Where a line cannot be had, only its place is shown.

    >>> span = Span("model.py", 2, 8, 2, 18)
    >>> text = "def loss(w, x):\\n    y = eval(expr)\\n"
    >>> bad = Diagnostic("C0107", "cannot differentiate through `eval`", span, ((span, "not known"),))
    >>> print(render(bad, {"model.py": text}))
    error[C0107]: cannot differentiate through `eval`
     --> model.py:2:9
      |
    2 |     y = eval(expr)
      |         ^^^^^^^^^^ not known
      |
      = help: for more: `wengert explain C0107`
    """
    own = diagnostic.span
    labels = list(diagnostic.labels)
    if own is not None and all(span != own for span, _ in labels):
        labels.append((own, ""))
    gutter = max((len(str(span.line)) for span, _ in labels), default=2)
    blank = " " * (gutter + 1)
    out = [f"{diagnostic.severity}[{diagnostic.code}]: {diagnostic.message}"]
    for file, group in _by_file(labels, own):
        first = own if own is not None and own.file == file else group[0][0]
        arrow = "-->" if own is None or own.file == file else ":::"
        out.append(f"{' ' * gutter}{arrow} {_place(first, sources)}")
        out += _snippet(group, own, gutter, sources)
    out += [f"{blank}= note: {_hang(note, gutter)}" for note in diagnostic.notes]
    out += [f"{blank}= help: {_hang(text, gutter)}" for text in diagnostic.helps]
    if diagnostic.code in CATALOG:
        out.append(f"{blank}= help: for more: `wengert explain {diagnostic.code}`")
    return "\n".join(out)


def render_all(diagnostics: Iterable[Diagnostic], sources: Sources | None = None) -> str:
    """Several diagnostics, one blank line between them."""
    return "\n\n".join(render(diagnostic, sources) for diagnostic in diagnostics)


def _by_file(labels: list[Label], own: Span | None) -> Iterator[tuple[str, list[Label]]]:
    """Labels in groups, a file each: the file at fault first, then by name; source order inside."""

    def order(label: Label) -> tuple[bool, str, int, int]:
        span = label[0]
        return own is not None and span.file != own.file, span.file, span.line, span.col

    for file, group in groupby(sorted(labels, key=order), key=lambda label: label[0].file):
        yield file, list(group)


def _snippet(labels: list[Label], own: Span | None, gutter: int, sources: Sources | None) -> Iterator[str]:
    """The lines that `labels` (of one file, in order) point at, each followed by its underlines."""
    blank = " " * (gutter + 1)
    shown = [(span, text) for span, text in labels if _line(span.file, span.line, sources)]
    lost = [(span, text) for span, text in labels if text and (span, text) not in shown]
    if shown:
        yield f"{blank}|"
    last = shown[0][0].line if shown else 0
    for line, group in groupby(shown, key=lambda label: label[0].line):
        if line == last + 2:  # an ellipsis would take as much room as the line it hides
            yield _numbered(line - 1, _line(labels[0][0].file, line - 1, sources), gutter)
        elif line > last + 2:
            yield "..."
        last = line
        source = _line(labels[0][0].file, line, sources)
        yield _numbered(line, source, gutter)
        for span, text in group:
            start, width = _columns(span, source)
            mark = "^" if span == own else "-"
            yield f"{blank}| {' ' * start}{mark * width} {text}".rstrip()
    if shown:
        yield f"{blank}|"
    for span, text in lost:
        yield f"{blank}= note: line {span.line}: {text}"


def _numbered(line: int, source: str, gutter: int) -> str:
    return f"{line:>{gutter}} | {_plain(source)}".rstrip()


def _columns(span: Span, source: str) -> tuple[int, int]:
    """Where to underline, in terminal cells: (start, width). Spans over several lines mark the first."""
    raw = source.encode()
    end = span.end_col if span.end_line == span.line else len(raw.rstrip())
    before = raw[: span.col].decode(errors="ignore")
    marked = raw[span.col : end].decode(errors="ignore")
    return _cells(before), max(_cells(marked), 1)


def _plain(source: str) -> str:
    return source.expandtabs(1).replace("\f", " ")


def _cells(text: str) -> int:
    """How many terminal cells `text` takes: wide characters take two, combining marks none."""
    wide = sum(unicodedata.east_asian_width(char) in "WF" for char in text)
    none = sum(unicodedata.combining(char) != 0 for char in text)
    return len(text) + wide - none


def _line(file: str, number: int, sources: Sources | None) -> str:
    """One source line without its end, or "" where there is none."""
    if sources is not None and file in sources:
        lines = sources[file].split("\n")
        return lines[number - 1].rstrip("\r") if 0 < number <= len(lines) else ""
    return linecache.getline(file, number).rstrip("\r\n")


def _place(span: Span, sources: Sources | None) -> str:
    """`file:line:column` as editors read it: the column counts characters from 1."""
    before = _line(span.file, span.line, sources).encode()[: span.col]
    column = len(before.decode(errors="ignore")) if before else span.col
    return f"{_shown(span.file)}:{span.line}:{column + 1}"


def _shown(file: str) -> str:
    """The path relative to the working directory where it lies below it."""
    root = os.getcwd() + os.sep
    return file[len(root) :] if file.startswith(root) else file


def _hang(text: str, gutter: int) -> str:
    """Continuation lines of a note start under its first word."""
    return text.replace("\n", "\n" + " " * (gutter + len("  = note: ") - 1))
