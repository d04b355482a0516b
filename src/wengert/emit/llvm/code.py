"""Writers of LLVM text: `Unit` for a module (sites, declarations, metadata), `Code` for one function.

Text is built as a list of lines: that is an order of magnitude faster than building objects, and compile time
matters.
"""

from __future__ import annotations

from collections.abc import Sequence

from ...diag.span import Span
from ...ir.types import Scalar
from .native import Options, Site
from .values import Complex, Num, mem, real, reg

#: Weights for a branch that is never taken in a good run.


class Unit:
    """What the functions of one LLVM module share."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.sites: list[Site] = []
        self.declarations: dict[str, str] = {}
        self.symbols: dict[str, None] = {}
        self.vmath: dict[str, set[str]] = {}
        self.support: dict[str, None] = {}
        self.functions: list[str] = []
        self.metadata: list[str] = [
            '!0 = !{!"branch_weights", i32 1, i32 1048576}',
            '!1 = !{!"branch_weights", i32 1048576, i32 1}',
        ]

    def site(self, exc: str, message: str, dtypes: Sequence[str] = (), span: Span | None = None) -> int:
        """Register a place that can fail; its number."""
        self.sites.append(Site(exc, message, tuple(dtypes), span))
        return len(self.sites)

    def intrinsic(self, signature: str) -> None:
        """Declare an LLVM intrinsic, e.g. ``double @llvm.fabs.f64(double)``."""
        name = signature[signature.index("@") : signature.index("(")]
        self.declarations.setdefault(name, f"declare {signature}")

    def external(
        self, name: str, result: str, args: str, attrs: str = "nounwind willreturn memory(none)"
    ) -> None:
        """Declare a function that is bound by name when the object is loaded."""
        self.symbols.setdefault(name)
        self.declarations.setdefault("@" + name, f"declare {result} @{name}({args}) {attrs}")

    def meta(self, text: str) -> str:
        """Add a metadata node; its name."""
        self.metadata.append(f"!{len(self.metadata)} = {text}")
        return f"!{len(self.metadata) - 1}"

    def loop_meta(self, *properties: str) -> str:
        """A distinct loop identity with properties such as ``!"llvm.loop.vectorize.enable", i1 true``."""
        name = f"!{len(self.metadata)}"
        self.metadata.append("")
        nodes = [self.meta("!{" + p + "}") for p in ('!"llvm.loop.mustprogress"', *properties)]
        self.metadata[int(name[1:])] = f"{name} = distinct !{{{', '.join([name, *nodes])}}}"
        return name


class Code:
    """The text of one function under construction."""

    def __init__(self, unit: Unit) -> None:
        self.unit = unit
        self.entry: list[str] = []
        self.lines: list[str] = []
        self.block = "entry"
        self._n = 0
        self.fails: list[tuple[str, str]] = []

    def name(self, prefix: str = "%t") -> str:
        """A new name."""
        self._n += 1
        return f"{prefix}{self._n}"

    def ins(self, text: str) -> str:
        """An instruction with a result; its name."""
        self._n += 1
        name = f"%t{self._n}"
        self.lines.append(f"  {name} = {text}")
        return name

    def do(self, text: str) -> None:
        """An instruction without a result."""
        self.lines.append("  " + text)

    def alloca(self, llvm_type: str, align: int = 8) -> str:
        """Stack memory of the function (always in its entry block, so never in a loop)."""
        name = self.name("%a")
        self.entry.append(f"  {name} = alloca {llvm_type}, align {align}")
        return name

    def new_label(self, hint: str) -> str:
        """A new label name."""
        self._n += 1
        return f"{hint}{self._n}"

    def label(self, name: str) -> None:
        """Start a block."""
        self.lines.append(f"{name}:")
        self.block = name

    def goto(self, label: str, tail: str = "") -> None:
        """Branch."""
        self.lines.append(f"  br label %{label}{tail}")

    def branch(self, cond: str, yes: str, no: str, tail: str = "") -> None:
        """Conditional branch."""
        self.lines.append(f"  br i1 {cond}, label %{yes}, label %{no}{tail}")

    def hole(self) -> int:
        """Reserve a line, to be filled when its text is known (phis)."""
        self.lines.append("")
        return len(self.lines) - 1

    # -- failing ---------------------------------------------------------------------------------------------

    def check(
        self,
        ok: str,
        exc: str,
        message: str,
        operands: Sequence[tuple[Num, Scalar]] = (),
        span: Span | None = None,
    ) -> None:
        """Go on when ``ok``; otherwise leave the function with a new site and its operands."""
        if ok == "true":
            return
        slots: list[str] = []
        dtypes: list[str] = []
        for v, t in operands:
            if len(slots) + (2 if t.is_complex else 1) > 6:
                break
            dtypes.append(t.name)
            slots += [v.re, v.im] if isinstance(v, Complex) else [v]
        bad, good = self.new_label("bad"), self.new_label("ok")
        self.lines.append(f"  br i1 {ok}, label %{good}, label %{bad}, !prof !1")
        self.label(bad)
        number = self.unit.site(exc, message, dtypes, span)
        self._fail(number, [(v, real(t)) for v, t in self._pairs(operands)][: len(slots)])
        self.label(good)

    @staticmethod
    def _pairs(operands: Sequence[tuple[Num, Scalar]]) -> list[tuple[str, Scalar]]:
        out: list[tuple[str, Scalar]] = []
        for v, t in operands:
            out += [(v.re, t), (v.im, t)] if isinstance(v, Complex) else [(v, t)]
        return out

    def _fail(self, number: int, slots: Sequence[tuple[str, Scalar]]) -> None:
        words = [self.word(v, t) for v, t in slots]
        helper = f"wg_fail{len(words)}"
        self.unit.support.setdefault(helper)
        args = "".join(f", i64 {x}" for x in words)
        self.do(f"call void @{helper}(ptr %ctx, i64 {number}{args})")
        self.leave(str(number))

    def leave(self, number: str) -> None:
        """Leave the function with the number of a failed site (already recorded)."""
        self.fails.append((number, self.block))
        self.goto("fail")

    def word(self, v: str, t: Scalar) -> str:
        """A scalar as 64 bits."""
        if t.name == "i64":
            return v
        if t.name == "f64":
            return self.ins(f"bitcast double {v} to i64")
        if t.name == "f32":
            return self.ins(f"bitcast double {self.ins(f'fpext float {v} to double')} to i64")
        return self.ins(f"{'sext' if t.name == 'i32' else 'zext'} {reg(t)} {v} to i64")

    # -- memory ----------------------------------------------------------------------------------------------

    def load(self, pointer: str, t: Scalar, tail: str = "") -> Num:
        """Read an element."""
        if t.is_complex:
            part = reg(real(t))
            size = real(t).itemsize
            im = self.ins(f"getelementptr inbounds {part}, ptr {pointer}, i64 1")
            return Complex(
                self.ins(f"load {part}, ptr {pointer}, align {size}{tail}"),
                self.ins(f"load {part}, ptr {im}, align {size}{tail}"),
            )
        v = self.ins(f"load {mem(t)}, ptr {pointer}, align {t.alignment}{tail}")
        return self.ins(f"icmp ne i8 {v}, 0") if t.is_bool else v

    def store(self, pointer: str, v: Num, t: Scalar, tail: str = "") -> None:
        """Write an element."""
        if isinstance(v, Complex):
            part = reg(real(t))
            size = real(t).itemsize
            im = self.ins(f"getelementptr inbounds {part}, ptr {pointer}, i64 1")
            self.do(f"store {part} {v.re}, ptr {pointer}, align {size}{tail}")
            self.do(f"store {part} {v.im}, ptr {im}, align {size}{tail}")
            return
        if t.is_bool:
            v = self.ins(f"zext i1 {v} to i8")
        self.do(f"store {mem(t)} {v}, ptr {pointer}, align {t.alignment}{tail}")

    # -- integers --------------------------------------------------------------------------------------------

    def mul(self, a: str, b: str) -> str:
        """i64 product, folded when trivial."""
        if a == "0" or b == "0":
            return "0"
        if a == "1":
            return b
        if b == "1":
            return a
        if a.isdigit() and b.isdigit():
            return str(int(a) * int(b))
        return self.ins(f"mul i64 {a}, {b}")

    def add(self, a: str, b: str) -> str:
        """i64 sum, folded when trivial."""
        if a == "0":
            return b
        if b == "0":
            return a
        return self.ins(f"add i64 {a}, {b}")
