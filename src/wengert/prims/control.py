"""Control flow.  The builder says the types; interpreter, emitters and verifier know these by name."""

from __future__ import annotations

from .memory import as_given
from .primitive import Primitive, register

if_ = register(Primitive("if", "control", as_given))
for_ = register(Primitive("for", "control", as_given))
while_ = register(Primitive("while", "control", as_given))
call = register(Primitive("call", "control", as_given, raises=True))
derive = register(Primitive("derive", "control", as_given, raises=True))
