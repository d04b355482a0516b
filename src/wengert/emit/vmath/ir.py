"""A pencil for LLVM IR: values with operators that write one instruction each, in strict IEEE arithmetic.

A function of this library is a Python function of `Value`; running it writes the body. Nothing here branches,
so what is written vectorises wherever it is inlined.

>>> pen = Pen(fma=True)
>>> x = pen.argument("x")
>>> (x * x + 1.0).text
'%2'
>>> print("\\n".join(pen.lines))
  %1 = fmul double %x, %x
  %2 = fadd double %1, 0x3FF0000000000000
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

F64, I64, I1 = "double", "i64", "i1"

INF, NAN = float("inf"), float("nan")

_MASK = (1 << 64) - 1
#: Adding it rounds a double below 2**51 to an integer, which is then in the low bits.
MAGIC = 1.5 * 2.0**52


def literal(x: float) -> str:
    """A double as LLVM writes it exactly."""
    return f"0x{struct.unpack('<Q', struct.pack('<d', x))[0]:016X}"


def bits_of(x: float) -> int:
    """The bits of a double as a signed integer."""
    return struct.unpack("<q", struct.pack("<d", x))[0]


class Pen:
    """The body of one function being written.

    ``fma``: products and sums in one rounding; ``ldexp``: LLVM has an instruction for `scale`.
    """

    __slots__ = ("declares", "fma", "ldexp", "lines")

    def __init__(self, fma: bool, ldexp: bool = False) -> None:
        self.fma = fma
        self.ldexp = ldexp
        self.lines: list[str] = []
        self.declares: dict[str, None] = {}

    def argument(self, name: str) -> Value:
        """A double parameter."""
        return Value(self, F64, f"%{name}")

    def write(self, type: str, text: str) -> Value:
        """One instruction."""
        name = f"%{len(self.lines) + 1}"
        self.lines.append(f"  {name} = {text}")
        return Value(self, type, name)

    def call(self, symbol: str, *args: Value, attributes: str = "") -> Value:
        """Call a function of doubles."""
        self.declares[f"declare double @{symbol}({', '.join([F64] * len(args))})"] = None
        body = ", ".join(f"double {a.text}" for a in args)
        return self.write(F64, f"call double @{symbol}({body}){attributes}")


class Value:
    """An SSA value: a double, a 64-bit integer or a bit."""

    __slots__ = ("pen", "text", "type")

    def __init__(self, pen: Pen, type: str, text: str) -> None:
        self.pen, self.type, self.text = pen, type, text

    def lift(self, x: Operand) -> Value:
        """A number as a constant of this value's type."""
        if isinstance(x, Value):
            assert x.type == self.type, (x.type, self.type)
            return x
        if self.type == F64:
            return Value(self.pen, F64, literal(float(x)))
        n = int(x) & _MASK
        return Value(self.pen, self.type, str(n - (1 << 64) if n >> 63 else n))

    def _binary(self, op: str, other: Operand, swap: bool = False) -> Value:
        a, b = self, self.lift(other)
        if swap:
            a, b = b, a
        return self.pen.write(self.type, f"{op} {self.type} {a.text}, {b.text}")

    def __add__(self, x: Operand) -> Value:
        return self._binary("fadd" if self.type == F64 else "add", x)

    def __radd__(self, x: Operand) -> Value:
        return self._binary("fadd" if self.type == F64 else "add", x, swap=True)

    def __sub__(self, x: Operand) -> Value:
        return self._binary("fsub" if self.type == F64 else "sub", x)

    def __rsub__(self, x: Operand) -> Value:
        return self._binary("fsub" if self.type == F64 else "sub", x, swap=True)

    def __mul__(self, x: Operand) -> Value:
        return self._binary("fmul" if self.type == F64 else "mul", x)

    def __rmul__(self, x: Operand) -> Value:
        return self._binary("fmul" if self.type == F64 else "mul", x, swap=True)

    def __truediv__(self, x: Operand) -> Value:
        return self._binary("fdiv", x)

    def __rtruediv__(self, x: Operand) -> Value:
        return self._binary("fdiv", x, swap=True)

    def __neg__(self) -> Value:
        return self.pen.write(F64, f"fneg double {self.text}")

    def __and__(self, x: Operand) -> Value:
        return self._binary("and", x)

    def __or__(self, x: Operand) -> Value:
        return self._binary("or", x)

    def __xor__(self, x: Operand) -> Value:
        return self._binary("xor", x)

    def __lshift__(self, n: int) -> Value:
        return self._binary("shl", n)

    def __rshift__(self, n: int) -> Value:
        """Shift right, filling with zeros (vectors of the other kind are not in AVX2)."""
        return self._binary("lshr", n)

    def __invert__(self) -> Value:
        return self.pen.write(I1, f"xor i1 {self.text}, true")

    def _compare(self, real: str, whole: str, x: Operand) -> Value:
        other = self.lift(x)
        op = f"fcmp {real}" if self.type == F64 else f"icmp {whole}"
        return self.pen.write(I1, f"{op} {self.type} {self.text}, {other.text}")

    def __lt__(self, x: Operand) -> Value:
        return self._compare("olt", "slt", x)

    def __le__(self, x: Operand) -> Value:
        return self._compare("ole", "sle", x)

    def __gt__(self, x: Operand) -> Value:
        return self._compare("ogt", "sgt", x)

    def __ge__(self, x: Operand) -> Value:
        return self._compare("oge", "sge", x)

    def eq(self, x: Operand) -> Value:
        """Equal (false for NaN)."""
        return self._compare("oeq", "eq", x)

    def ne(self, x: Operand) -> Value:
        """Not equal (true for NaN)."""
        return self._compare("une", "ne", x)

    def isnan(self) -> Value:
        """Whether this is NaN."""
        return self._compare("uno", "", self)


Operand = Value | float | int


def _unary(name: str, x: Value) -> Value:
    return x.pen.call(f"llvm.{name}.f64", x)


def fabs(x: Value) -> Value:
    """``|x|``."""
    return _unary("fabs", x)


def sqrt(x: Value) -> Value:
    """The correctly rounded square root."""
    return _unary("sqrt", x)


def floor(x: Value) -> Value:
    """The integer below."""
    return _unary("floor", x)


def copysign(x: Value, sign: Value) -> Value:
    """``|x|`` with the sign of ``sign``."""
    return x.pen.call("llvm.copysign.f64", x, sign)


def bits(x: Value) -> Value:
    """The bits of a double."""
    return x.pen.write(I64, f"bitcast double {x.text} to i64")


def real(i: Value) -> Value:
    """The double with these bits."""
    return i.pen.write(F64, f"bitcast i64 {i.text} to double")


def select(c: Value, a: Operand, b: Operand) -> Value:
    """``a if c else b``, evaluated both."""
    like = a if isinstance(a, Value) else b if isinstance(b, Value) else Value(c.pen, F64, "")
    x, y = like.lift(a), like.lift(b)
    return c.pen.write(x.type, f"select i1 {c.text}, {x.type} {x.text}, {y.type} {y.text}")


def clamp(x: Value, lo: float, hi: float) -> Value:
    """``x`` within ``[lo, hi]``; NaN stays."""
    x = select(x > hi, hi, x)
    return select(x < lo, lo, x)


def mad(a: Value, b: Operand, c: Operand) -> Value:
    """``a * b + c`` rounded once or twice, as the processor can."""
    if a.pen.fma:
        return a.pen.call("llvm.fma.f64", a, a.lift(b), a.lift(c))
    return a * b + c


def poly(x: Value, c: Sequence[float]) -> Value:
    """The polynomial with coefficients ``c``, lowest first, by Estrin's scheme.

    Pairs, then pairs of pairs with ``x**2``, and so on: a few more products than Horner's rule, and a third
    of its latency, which is what a loop that does not vectorise waits for.
    """
    terms: list[Operand] = list(c)
    while len(terms) > 1:
        pairs: list[Operand] = [mad(x, b, a) for a, b in zip(terms[::2], terms[1::2], strict=False)]
        terms = pairs + terms[len(pairs) * 2 :]
        if len(terms) > 1:
            x = x * x
    (y,) = terms
    assert isinstance(y, Value)
    return y


def two_sum(a: Value, b: Value) -> tuple[Value, Value]:
    """``a + b`` and its error."""
    s = a + b
    t = s - a
    return s, (a - (s - t)) + (b - t)


def fast_two_sum(a: Value, b: Value) -> tuple[Value, Value]:
    """``a + b`` and its error, for ``|a| >= |b|``."""
    s = a + b
    return s, b - (s - a)


def _halves(a: Value) -> tuple[Value, Value]:
    t = a * 134217729.0
    hi = t - (t - a)
    return hi, a - hi


def two_product(a: Value, b: Operand) -> tuple[Value, Value]:
    """``a * b`` and its error (barring overflow and underflow)."""
    b = a.lift(b)
    p = a * b
    if a.pen.fma:
        return p, mad(a, b, -p)
    (ah, al), (bh, bl) = _halves(a), _halves(b)
    return p, al * bl - (((p - ah * bh) - al * bh) - ah * bl)


def residual(q: Value, d: Value, n: Value) -> Value:
    """``n - q * d``, for ``q`` near ``n / d`` (so exact)."""
    if q.pen.fma:
        return mad(-q, d, n)
    p, e = two_product(q, d)
    return (n - p) - e


def round_to_int(x: Value) -> tuple[Value, Value]:
    """The nearest integer to ``x``, ``|x| < 2**51``: as a double, and in the low bits of an integer."""
    t = x + MAGIC
    return t - MAGIC, bits(t)


def power_of_two(k: Value) -> Value:
    """``2**k`` for an integer ``k`` in ``[-1022, 1023]``."""
    return real((k + 1023) << 52)


def scale(p: Value, k: Value) -> Value:
    """``p * 2**k`` rounded once, for a signed integer ``k`` in ``[-2040, 2040]``."""
    pen = p.pen
    if pen.ldexp:
        pen.declares["declare double @llvm.ldexp.f64.i32(double, i32)"] = None
        short = pen.write("i32", f"trunc i64 {k.text} to i32")
        return pen.write(F64, f"call double @llvm.ldexp.f64.i32(double {p.text}, i32 {short.text})")
    half = ((k + 4096) >> 1) - 2048
    return p * power_of_two(half) * power_of_two(k - half)
