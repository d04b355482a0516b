"""Values as Python expressions."""

from __future__ import annotations

import ast

from ...ir.core import Op, Value
from ...ir.types import F32, F64, I64, Array, Rec, Scalar, dtype_of
from ...prims.primitive import REGISTRY
from . import syntax
from .facts import Facts
from .helpers import DTYPES, NUMPY, SPECIAL
from .inline import MIXES, Inline
from .linear import Linear
from .subscripts import Subscripts
from .tree import Tree
from .variables import Variables

_RAISING = {"div": "divide", "pow": "power", "floordiv": "floor_divide", "mod": "mod"}
_LOGIC = {"and": "bitand", "or": "bitor", "xor": "bitxor"}
_REDUCTIONS = frozenset({"sum", "prod", "amax", "amin", "any", "all"})


def _only_reads(op: Op) -> bool:
    """Does ``op`` neither write to its operands nor give views of them to others?"""
    return op.name in ("load", "dim", "copy") or REGISTRY[op.name].kind in ("elementwise", "reduction")


class Expressions:
    """Prints values.  ``used`` collects the helper functions and modules that are needed."""

    def __init__(
        self,
        tree: Tree,
        inline: Inline,
        variables: Variables,
        facts: Facts,
        used: set[str],
        functions: dict[str, str],
    ) -> None:
        self.functions = functions
        self.tree, self.inline, self.variables, self.facts, self.used = tree, inline, variables, facts, used
        self.linear = Linear(tree, lambda v: v in inline)
        self.subscripts = Subscripts(inline, self.linear, self.of)

    def of(self, v: Value) -> ast.expr:
        """``v`` where it is used."""
        if v in self.inline:
            return self.define(v)
        return ast.Name(self.variables[v], ast.Load())

    def define(self, v: Value) -> ast.expr:
        """What ``v`` is computed as."""
        op = self.tree.makers[v]
        if (prim := REGISTRY.get(op.name)) is not None and prim.kind == "foreign":
            return self._foreign(op)
        method = getattr(self, f"_{op.name}", None)
        if method is not None:
            return method(op)
        if op.name in _REDUCTIONS:
            return self._reduction(op)
        if isinstance(v.type, Array) or any(isinstance(x.type, Array) for x in op.operands):
            return self._rank_zero(op, self._array(op))
        return self._scalar(op)

    def _foreign(self, op: Op) -> ast.expr:
        """An operation of the user's, by its name in the registry."""
        self.used.add("REGISTRY")
        table = ast.Subscript(ast.Name("REGISTRY", ast.Load()), ast.Constant(op.name), ast.Load())
        return ast.Call(table, [self.of(v) for v in op.operands], [])

    def _np(self, function: str, *args: ast.expr, **keywords: ast.expr) -> ast.expr:
        return syntax.call(f"np.{function}", *args, **keywords)

    def helper(self, function: str, *args: ast.expr) -> ast.expr:
        self.used.add(function)
        return syntax.call(function, *args)

    # constants

    def _const(self, op: Op) -> ast.expr:
        return self.constant(op.attrs["value"], op.result.type)

    def constant(self, value: object, t: object) -> ast.expr:
        assert isinstance(t, Scalar)
        assert isinstance(value, (bool, int, float, complex))
        if t.is_bool:
            return syntax.number(bool(value))
        if t.is_int:
            return syntax.number(int(value.real))
        return syntax.number(complex(value) if t.is_complex else float(value.real))

    def stored(self, v: Value) -> ast.expr:
        """``v`` as the contents of a variable: single precision constants say so."""
        op = self.tree.maker(v, "const", "undef")
        text = self.of(v)
        return syntax.call("np.float32", text) if op is not None and v.type == F32 else text

    def _undef(self, op: Op) -> ast.expr:
        t = op.result.type
        if isinstance(t, Rec):
            return ast.List([], ast.Load())
        if isinstance(t, Array):
            return self._np("zeros", self._shape([syntax.number(0)] * t.rank), **self._dtype(t.dtype))
        assert isinstance(t, Scalar)
        return self.constant(0, t)

    # scalars

    def _operands(self, op: Op) -> list[ast.expr]:
        """The operands; an integer beside a float needs no conversion in Python."""
        bare = [self._uncast(op, v) for v in op.operands]
        if op.name not in MIXES or not any(bare):
            return [self.of(v) for v in op.operands]
        if all(bare) and op.name != "div":
            bare[0] = None
        return [self.of(v if b is None else b) for v, b in zip(op.operands, bare, strict=True)]

    def _uncast(self, op: Op, v: Value) -> Value | None:
        cast = self.tree.maker(v, "cast")
        if op.name in MIXES and cast is not None and v in self.inline and v.type == F64:
            source = cast.operands[0]
            return source if source.type == I64 else None
        return None

    def _scalar(self, op: Op) -> ast.expr:
        name = op.name
        if name in ("add", "sub", "mul") and op.result.type == I64:
            form = self.linear.of(op.result, open_=True)
            if op.result not in form.terms:
                return self.linear.print(form, self.of)
        args = self._operands(op)
        if name in _RAISING and dtype_of(op.result.type).is_inexact and not self._is_quiet(op):
            return self._np(_RAISING[name], *args)
        if name in syntax.BINARY:
            return self._binary(op, args)
        if name in syntax.COMPARE:
            return syntax.compare(name, *args)
        if name in ("and", "or"):
            return syntax.logical(name, *args)
        if name == "xor":
            return syntax.compare("ne", *args)
        if name == "not":
            return self.inverse(op.operands[0])
        if name == "neg":
            return syntax.negative(args[0])
        if name == "invert":
            return ast.UnaryOp(ast.Invert(), args[0])
        if name == "select":
            return ast.IfExp(args[0], args[1], args[2])
        if name == "abs":
            return syntax.call("abs", *args)
        if name in ("pymax", "pymin"):
            return syntax.call(name[2:], *args)
        if name in ("maximum", "minimum") and op.result.type == I64:
            return syntax.call(name[:3], *args)
        return self._function(op, args)

    def _binary(self, op: Op, args: list[ast.expr]) -> ast.expr:
        """Arithmetic; in adjoints, which nobody wrote down before, constants come first."""
        a, b = args
        if op.attrs.get("adjoint"):
            if op.name == "mul" and syntax.is_literal(b) and not syntax.is_literal(a):
                a, b = b, a
            elif op.name == "add" and op.operands[0] is op.operands[1]:
                return syntax.binary("mul", syntax.number(2.0), a)
        return syntax.binary(op.name, a, b)

    def _is_quiet(self, op: Op) -> bool:
        """Whether the operator cannot raise: with NumPy numbers it does not, with floats of Python it may."""
        if op.name == "pow":
            return bool(set(op.operands) & self.facts.numpy)
        return op in self.facts.plain

    def inverse(self, v: Value) -> ast.expr:
        """``not v``."""
        op = self.tree.makers.get(v)
        exact = op is not None and v in self.inline and op.name in syntax.COMPARE
        return syntax.inverse(
            self.of(v), exact and not dtype_of(op.operands[0].type).is_inexact if op else False
        )

    def _function(self, op: Op, args: list[ast.expr]) -> ast.expr:
        if op.name == "mulz":
            for k in (0, 1):
                positive = syntax.without_minus(args[k])
                if positive is not None:
                    args[k] = positive
                    return syntax.negative(self._function(op, args))
            return self.helper("mulz", *args)
        if op.name in SPECIAL:
            self.used.add("special")
            return syntax.call(f"special.{SPECIAL[op.name]}", *args)
        if op.name == "complex":
            return syntax.binary("add", args[0], syntax.binary("mul", syntax.number(1j), args[1]))
        if op.name == "trigamma":
            self.used.add("special")
            return syntax.call("special.polygamma", syntax.number(1), *args)
        return self._np(NUMPY.get(op.name, op.name), *args)

    def _ipow(self, op: Op) -> ast.expr:
        x, n = op.operands[0], op.attrs["n"]
        base = self.of(x)
        exact = isinstance(x.type, Array) or x in self.facts.numpy or dtype_of(x.type).is_int
        if n == 0:
            return self._np("ones_like", base) if isinstance(x.type, Array) else self.constant(1, x.type)
        if n == 1:
            return base
        if not exact:
            if n == 2:
                return (
                    syntax.binary("mul", base, base)
                    if isinstance(base, ast.Name)
                    else self._np("square", base)
                )
            return self._np("power", base, syntax.number(n if n > 0 else float(n)))
        return ast.BinOp(base, ast.Pow(), syntax.number(n))

    def _cast(self, op: Op) -> ast.expr:
        x, to = op.operands[0], dtype_of(op.result.type)
        source = dtype_of(x.type)
        text = self.of(x)
        if source.is_complex and not to.is_complex and not to.is_bool:
            text = ast.Attribute(text, "real", ast.Load())
        if isinstance(x.type, Array):
            return self._rank_zero(op, syntax.method(text, "astype", syntax.name(DTYPES[to.name])))
        if to.is_bool:
            return syntax.call("bool", text)
        if to == I64:
            return syntax.call("int", text)
        if to == F64:
            return syntax.call("np.float64" if x in self.facts.numpy else "float", text)
        if to.name == "c128":
            return syntax.call("complex", text)
        return syntax.call(DTYPES[to.name], text)

    def _wrap(self, op: Op) -> ast.expr:
        i, n = op.operands
        low = syntax.compare("lt", self.of(i), syntax.number(0))
        return ast.IfExp(low, syntax.binary("add", self.of(i), self.of(n)), self.of(i))

    def _if(self, op: Op) -> ast.expr:
        """An ``if`` that is an expression."""
        (k,) = self.tree.slots(op)
        then, other = (r.yields[k] for r in op.regions)
        c, a, b = self.of(op.operands[0]), self.of(then), self.of(other)
        if op.results[k].type == dtype_of(op.results[k].type) and dtype_of(op.results[k].type).is_bool:
            if self.tree.constant(other) is False:
                return syntax.logical("and", c, a)
            if self.tree.constant(then) is True:
                return syntax.logical("or", c, b)
        return ast.IfExp(c, a, b)

    # arrays

    def _array(self, op: Op) -> ast.expr:
        args = [self.of(v) for v in op.operands]
        if len(args) == 2 and REGISTRY[op.name].kind == "elementwise":
            a, b = op.operands
            views = self.subscripts.widened(a), self.subscripts.widened(b)
            if op.name == "mul" and [v and v.attrs["spec"] for v in views] == [":+", "+:"]:
                return self._np("outer", *(self.of(v.operands[0]) for v in views if v))
            args = [self.subscripts.beside(a, b), self.subscripts.beside(b, a)]
        name = op.name
        if name in syntax.BINARY:
            return self._binary(op, args)
        if name in syntax.COMPARE:
            return syntax.compare(name, *args)
        if name in _LOGIC:
            return syntax.binary(_LOGIC[name], *args)
        if name == "not":
            return ast.UnaryOp(ast.Invert(), args[0])
        if name == "neg":
            return syntax.negative(args[0])
        if name == "select":
            return self._np("where", *args)
        if name in ("pymax", "pymin"):
            test = syntax.compare("gt" if name == "pymax" else "lt", args[1], args[0])
            return self._np("where", test, args[1], args[0])
        return self._function(op, args)

    def _rank_zero(self, op: Op, text: ast.expr) -> ast.expr:
        """NumPy turns arrays without axes into numbers; ours stay memory."""
        t = op.results[0].type
        return self._np("asarray", text) if isinstance(t, Array) and t.rank == 0 else text

    def _reduction(self, op: Op) -> ast.expr:
        a = op.operands[0]
        assert isinstance(a.type, Array)
        keywords: dict[str, ast.expr] = {}
        axes = op.attrs.get("axes")
        if axes is not None and len(axes) < a.type.rank:
            parts: list[ast.expr] = [syntax.number(k) for k in axes]
            keywords["axis"] = parts[0] if len(parts) == 1 else ast.Tuple(parts, ast.Load())
        if op.attrs.get("keepdims"):
            keywords["keepdims"] = ast.Constant(True)
        if a.type.dtype.name in ("i32", "u8") and op.name in ("sum", "prod"):
            keywords |= self._dtype(a.type.dtype)
        return self._rank_zero(op, self._np(NUMPY.get(op.name, op.name), self.of(a), **keywords))

    def _argmax(self, op: Op) -> ast.expr:
        axis = op.attrs.get("axis")
        keywords = {} if axis is None else {"axis": syntax.number(axis)}
        return self._np(op.name, self.of(op.operands[0]), **keywords)

    _argmin = _argmax

    def _matmul(self, op: Op) -> ast.expr:
        return syntax.binary("matmul", *(self.of(v) for v in op.operands))

    def _copy(self, op: Op) -> ast.expr:
        return syntax.method(self.of(op.operands[0]), "copy")

    def _dim(self, op: Op) -> ast.expr:
        return self.size(op.operands[0], op.attrs["axis"])

    def size(self, a: Value, axis: int) -> ast.expr:
        """``len(a)`` or ``a.shape[axis]``."""
        text = self.of(a)
        assert isinstance(a.type, Array)
        if a.type.rank == 1:
            return syntax.call("len", text)
        return ast.Subscript(ast.Attribute(text, "shape", ast.Load()), syntax.number(axis), ast.Load())

    def _dtype(self, t: Scalar) -> dict[str, ast.expr]:
        return {} if t == F64 else {"dtype": syntax.name(DTYPES[t.name])}

    def _shape(self, dims: list[ast.expr]) -> ast.expr:
        return dims[0] if len(dims) == 1 else ast.Tuple(dims, ast.Load())

    def _alloc(self, op: Op) -> ast.expr:
        if op.name == "full":
            return self._filled(op, "full", op.operands[:-1], self.of(op.operands[-1]))
        return self._filled(op, "zeros" if op.attrs["fill"] == "zero" else "empty", op.operands)

    _full = _alloc

    def _filled(self, op: Op, function: str, dims: tuple[Value, ...], *more: ast.expr) -> ast.expr:
        model = self.inline.model(op)
        if model is not None:
            if (
                isinstance(model.type, Array)
                and model.type.dtype == op.attrs["dtype"]
                and model.type.layout == "C"
            ):
                return self._np(f"{function}_like", self.of(model), *more)
            shape: ast.expr = ast.Attribute(self.of(model), "shape", ast.Load())
        else:
            shape = self._shape([self.of(d) for d in dims])
        return self._np(function, shape, *more, **self._dtype(op.attrs["dtype"]))

    # views and elements

    def _load(self, op: Op) -> ast.expr:
        return self.subscripts.element(op.operands[0], op.operands[1:])

    def _view(self, op: Op) -> ast.expr:
        return self.subscripts.view(op.result)

    def _transpose(self, op: Op) -> ast.expr:
        perm = op.attrs["perm"]
        text = self.of(op.operands[0])
        if tuple(perm) == tuple(reversed(range(len(perm)))):
            return ast.Attribute(text, "T", ast.Load())
        return self._np("transpose", text, ast.Tuple([syntax.number(k) for k in perm], ast.Load()))

    def _reshape(self, op: Op) -> ast.expr:
        dims = [self.of(d) for d in op.operands[1:]]
        return syntax.method(self.of(op.operands[0]), "reshape", *(dims or [ast.Tuple([], ast.Load())]))

    def _broadcast(self, op: Op) -> ast.expr:
        return self._np(
            "broadcast_to", self.of(op.operands[0]), self._shape([self.of(d) for d in op.operands[1:]])
        )

    def _diagonal(self, op: Op) -> ast.expr:
        text = self.of(op.operands[0])
        if all(u.op is None or _only_reads(u.op) for u in self.tree.uses[op.result]):
            return self._np("diagonal", text)
        shortest = ast.Slice(upper=syntax.call("min", ast.Attribute(text, "shape", ast.Load())))
        square = syntax.subscript(text, [shortest, shortest])
        return self._np("einsum", syntax.number("ii->i"), square)  # `diagonal` gives a view to read only

    # records

    def _rec_new(self, op: Op) -> ast.expr:
        return ast.List([], ast.Load())

    def _rec_get(self, op: Op) -> ast.expr:
        return syntax.subscript(self.of(op.operands[0]), [self.of(op.operands[1])])

    def _rec_len(self, op: Op) -> ast.expr:
        return syntax.call("len", self.of(op.operands[0]))

    def call(self, op: Op) -> ast.expr:
        return syntax.call(self.functions[op.attrs["func"]], *(self.stored(v) for v in op.operands))
