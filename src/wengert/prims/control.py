"""Control flow.  The builder says the types; interpreter, emitters and verifier know these by name."""

from __future__ import annotations

from .memory import as_given
from .primitive import Primitive, register

if_ = register(Primitive("if", "control", as_given))
for_ = register(Primitive("for", "control", as_given))
while_ = register(Primitive("while", "control", as_given))
call = register(Primitive("call", "control", as_given, raises=True))
custom = register(
    Primitive(
        "custom",
        "function",
        as_given,
        reads=tuple(range(64)),
        fresh=True,
        raises=True,
        doc="A call of a function that has rules of its own; it writes to no operand.",
    )
)
derive = register(Primitive("derive", "control", as_given, raises=True))
