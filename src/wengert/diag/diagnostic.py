"""A diagnostic: an error or a warning as data, before anyone decides how to show it."""

from typing import Literal

from .span import Span

Severity = Literal["error", "warning"]
Label = tuple[Span, str]


class Diagnostic:
    """One thing to tell the user about the user's code.

    `message` is lowercase and has no full stop. `span` is the smallest text at fault, or None when the fault
    is in a call and not in source. A label on `span` itself is written after its carets; other labels
    point at what led here. `notes` add facts; `helps` say what to type instead.

    >>> d = Diagnostic("U0602", "`loss` has no argument `v`", helps=("use `wrt='w'`",))
    >>> print(d.render())
    error[U0602]: `loss` has no argument `v`
       = help: use `wrt='w'`
       = help: for more: `wengert explain U0602`
    """

    __slots__ = ("code", "helps", "labels", "message", "notes", "severity", "span")

    def __init__(
        self,
        code: str,
        message: str,
        span: Span | None = None,
        labels: tuple[Label, ...] = (),
        notes: tuple[str, ...] = (),
        helps: tuple[str, ...] = (),
        severity: Severity = "error",
    ) -> None:
        self.code = code
        self.message = message
        self.span = span
        self.labels = labels
        self.notes = notes
        self.helps = helps
        self.severity: Severity = severity

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Diagnostic) and self._parts() == other._parts()

    def __hash__(self) -> int:
        return hash(self._parts())

    def _parts(self) -> tuple[object, ...]:
        return self.code, self.message, self.span, self.labels, self.notes, self.helps, self.severity

    def __repr__(self) -> str:
        return f"Diagnostic({self.code!r}, {self.message!r})"

    def render(self, sources: dict[str, str] | None = None) -> str:
        """The text shown to the user; see `wengert.diag.render.render`."""
        from .render import render  # render reads this class

        return render(self, sources)
