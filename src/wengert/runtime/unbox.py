"""Generates the code that checks the arguments of a call and unpacks them into slots.

Every check is exact and cheap, and none has a side effect: whatever does not fit jumps to ``fallback``, where
a Python function gets the same arguments and converts them, recompiles, or explains.  So the entry never has
to raise an error about an argument, and is never wrong about one that it lets pass.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from ..ir.types import Array, Scalar
from . import capi
from .signature import SMALL, Leaf, Node, Param, Signature, Static, Tree, param_slots
from .text import Writer

FALLBACK = "fallback"

_TYPE_OF_PYTHON = {"f64": "float", "i64": "int", "c128": "complex"}
_LLVM = {"f64": "double", "f32": "float", "i64": "i64", "i32": "i32", "u8": "i8", "bool": "i8"}
_EQ = 2


@dataclass(slots=True)
class Unboxer:
    """State of one walk over the arguments: where slots begin, and the objects that must outlive the call."""

    w: Writer
    signature: Signature
    held: list[str] = field(default_factory=list[str])
    _offsets: list[int] = field(default_factory=list[int])
    _ranges: dict[int, tuple[str, str]] = field(default_factory=dict[int, "tuple[str, str]"])

    def run(self) -> None:
        """Emit everything; expects ``%args`` and ``%in``."""
        offset = 0
        for param in self.signature.params:
            self._offsets.append(offset)
            offset += 8 * param_slots(param.type)
        for i, tree in enumerate(self.signature.argument_trees):
            self._tree(tree, self.w.field("%args", 8 * i), owned=True)
        self._disjoint()

    def _tree(self, tree: Tree, obj: str, owned: bool) -> None:
        """``owned``: the caller's frame keeps the object alive; what stands in a list or dict may be
        replaced.
        """
        if isinstance(tree, Leaf):
            if not owned and isinstance(self.signature.params[tree.index].type, Array):
                self.held.append(obj)
            self._leaf(tree.index, obj)
        elif isinstance(tree, Static):
            self._static(tree, obj)
        elif tree.kind == "dict":
            self._dict(tree, obj)
        else:
            w, prefix = self.w, "PyTuple" if tree.kind == "tuple" else "PyList"
            self._type_is(obj, tree.kind)
            size = w.call("i64", f"{prefix}_Size", f"ptr {obj}")
            self._need(f"icmp eq i64 {size}, {len(tree.children)}")
            for i, child in enumerate(tree.children):
                item = w.call("ptr", f"{prefix}_GetItem", f"ptr {obj}", f"i64 {i}")
                self._tree(child, item, owned and tree.kind == "tuple")

    def _dict(self, tree: Node, obj: str) -> None:
        """Keys must be the same strings in the same order, for a program may iterate over them."""
        w = self.w
        self._type_is(obj, "dict")
        size = w.call("i64", "PyDict_Size", f"ptr {obj}")
        self._need(f"icmp eq i64 {size}, {len(tree.children)}")
        w.do("store i64 0, ptr %position")
        for key, child in zip(tree.keys, tree.children, strict=True):
            w.call("i32", "PyDict_Next", f"ptr {obj}", "ptr %position", "ptr %key", "ptr %value")
            found, item = w.field("%key", 0), w.field("%value", 0)
            self._same(found, w.entry(f"key.{key}"))
            self._tree(child, item, owned=False)

    def _static(self, tree: Static, obj: str) -> None:
        self._same(obj, self.w.entry(f"static.{tree.index}"))

    def _same(self, obj: str, expected: str) -> None:
        """The same object, or an equal one when both are of type ``int`` or both of type ``str``."""
        w = self.w
        differs, kind, same = w.name("differs"), w.name("kind"), w.name("same")
        w.do(f"br i1 {w.let(f'icmp eq ptr {obj}, {expected}')}, label %{same}, label %{differs}")
        w.label(differs)
        t, u = w.field(obj, capi.OB_TYPE), w.field(expected, capi.OB_TYPE)
        is_int = w.let(f"icmp eq ptr {t}, {w.entry('int')}")
        is_str = w.let(f"icmp eq ptr {t}, {w.entry('str')}")
        plain = w.let(f"or i1 {is_int}, {is_str}")
        equal_types = w.let(f"icmp eq ptr {t}, {u}")
        w.do(f"br i1 {w.let(f'and i1 {plain}, {equal_types}')}, label %{kind}, label %{FALLBACK}")
        w.label(kind)
        equal = w.call("i32", "PyObject_RichCompareBool", f"ptr {obj}", f"ptr {expected}", f"i32 {_EQ}")
        w.do(f"br i1 {w.let(f'icmp eq i32 {equal}, 1')}, label %{same}, label %{FALLBACK}")
        w.label(same)

    def _leaf(self, index: int, obj: str) -> None:
        param = self.signature.params[index]
        if isinstance(param.type, Array):
            self._array(index, param, param.type, obj)
        else:
            self._scalar(index, param, param.type, obj)

    # Scalars

    def _scalar(self, index: int, param: Param, t: Scalar, obj: str) -> None:
        offset = self._offsets[index]
        python = param.origin != "numpy" and t.name in ("f64", "i64", "c128", "bool")
        numpy = param.origin not in ("python", "big") or not python
        if t.name in ("f64", "c128"):
            # NumPy's float64 and complex128 are subclasses of Python's types
            self._type_among(
                obj, [*([_TYPE_OF_PYTHON[t.name]] if python else []), *([f"np.{t}"] if numpy else [])]
            )
            self._float(t, obj, offset)
        elif python and numpy:
            w = self.w
            other, read, done = w.name("other"), w.name("read"), w.name("done")
            if t.name == "bool":
                self._branch_bool(obj, read, other)
            else:
                exact = w.let(f"icmp eq ptr {w.field(obj, capi.OB_TYPE)}, {w.entry('int')}")
                w.do(f"br i1 {exact}, label %{read}, label %{other}")
            w.label(read)
            self._python(t, obj, offset, param.origin == "python")
            w.do(f"br label %{done}")
            w.label(other)
            self._type_is(obj, f"np.{t}")
            self._numpy(t, obj, offset)
            w.do(f"br label %{done}")
            w.label(done)
        elif python:
            if t.name == "bool":
                read = self.w.name("read")
                self._branch_bool(obj, read, FALLBACK)
                self.w.label(read)
            else:
                self._type_is(obj, "int")
            self._python(t, obj, offset, param.origin == "python")
        else:
            self._type_is(obj, f"np.{t}")
            self._numpy(t, obj, offset)

    def _float(self, t: Scalar, obj: str, offset: int) -> None:
        names = (
            ["PyFloat_AsDouble"] if t.name == "f64" else ["PyComplex_RealAsDouble", "PyComplex_ImagAsDouble"]
        )
        for k, name in enumerate(names):
            self.w.put(self.w.call("double", name, f"ptr {obj}"), "%in", offset + 8 * k, "double")

    def _branch_bool(self, obj: str, yes: str, no: str) -> None:
        w = self.w
        true, false = (w.let(f"icmp eq ptr {obj}, {w.entry(name)}") for name in ("True", "False"))
        w.do(f"br i1 {w.let(f'or i1 {true}, {false}')}, label %{yes}, label %{no}")

    def _python(self, t: Scalar, obj: str, offset: int, small: bool) -> None:
        w = self.w
        if t.name == "bool":
            true = w.let(f"icmp eq ptr {obj}, {w.entry('True')}")
            w.put(w.let(f"zext i1 {true} to i64"), "%in", offset)
            return
        value = w.call("i64", "PyLong_AsLongLongAndOverflow", f"ptr {obj}", "ptr %overflow")
        self._need(f"icmp eq i32 {w.field('%overflow', 0, 'i32')}, 0")
        if small:
            self._need(f"icmp ult i64 {w.let(f'add i64 {value}, {SMALL}')}, {2 * SMALL}")
        w.put(value, "%in", offset)

    def _numpy(self, t: Scalar, obj: str, offset: int) -> None:
        w = self.w
        w.call("void", "PyArray_ScalarAsCtype", f"ptr {obj}", "ptr %number")
        if t.is_complex:  # c64: two floats, one slot each
            for k in range(2):
                part = w.at("%number", 4 * k)
                w.put(w.let(f"load float, ptr {part}, align 4"), "%in", offset + 8 * k, "float")
            return
        kind = _LLVM[t.name]
        w.put(w.let(f"load {kind}, ptr %number, align 1"), "%in", offset, kind)

    # Arrays

    def _array(self, index: int, param: Param, t: Array, obj: str) -> None:
        w, offset, itemsize = self.w, self._offsets[index], t.dtype.itemsize
        self._type_is(obj, "ndarray")
        flags = (
            capi.ALIGNED
            | (capi.C_CONTIGUOUS if t.layout == "C" else 0)
            | (capi.WRITEABLE if param.written else 0)
        )
        masked = w.let(f"and i32 {w.field(obj, capi.ARRAY_FLAGS, 'i32')}, {flags}")
        fits = [w.let(f"icmp eq i32 {masked}, {flags}")]
        fits.append(w.let(f"icmp eq i32 {w.field(obj, capi.ARRAY_NDIM, 'i32')}, {t.rank}"))
        self._need_all(fits)
        self._dtype_is(w.field(obj, capi.ARRAY_DESCR), t.dtype)
        data = w.field(obj, capi.ARRAY_DATA)
        w.put(data, "%in", offset, "ptr")
        if t.rank == 0:
            self._range(index, data, t, [], [])
            return
        dims, steps = w.field(obj, capi.ARRAY_DIMS), w.field(obj, capi.ARRAY_STRIDES)
        sizes = [w.field(dims, 8 * axis, "i64") for axis in range(t.rank)]
        strides = [w.field(steps, 8 * axis, "i64") for axis in range(t.rank)] if t.layout == "S" else []
        fits = [
            w.let(f"icmp eq i64 {size}, 1") for size, axis in zip(sizes, t.axes, strict=True) if axis == "1"
        ]
        if itemsize > 1:
            for stride in strides:
                fits.append(w.let(f"icmp eq i64 {w.let(f'and i64 {stride}, {itemsize - 1}')}, 0"))
        self._need_all(fits)
        for axis, size in enumerate(sizes):
            w.put(size, "%in", offset + 8 * (1 + axis))
            if t.layout == "S":
                elements = w.let(f"ashr exact i64 {strides[axis]}, {itemsize.bit_length() - 1}")
                w.put(elements, "%in", offset + 8 * (1 + t.rank + axis))
        self._range(index, data, t, sizes, strides)

    def _dtype_is(self, descr: str, t: Scalar) -> None:
        """NumPy has one dtype object for each number type; unpickled arrays bring equal ones of their own."""
        w, dtype = self.w, capi.dtype_of_scalar(t.name)
        usual, equal = w.name("usual"), w.name("equal")
        standard = w.entry(f"dtype.{t}")
        w.do(f"br i1 {w.let(f'icmp eq ptr {descr}, {standard}')}, label %{usual}, label %{equal}")
        w.label(equal)
        number = w.field(descr, capi.DESCR_TYPE_NUMBER, "i32")
        place = w.at(descr, capi.DESCR_BYTEORDER)
        byteorder = w.let(f"load i8, ptr {place}, align 1")
        same_number = w.let(f"icmp eq i32 {number}, {dtype.num}")
        native = w.let(f"icmp eq i8 {byteorder}, {ord(dtype.byteorder)}")
        w.do(f"br i1 {w.let(f'and i1 {same_number}, {native}')}, label %{usual}, label %{FALLBACK}")
        w.label(usual)

    def _range(self, index: int, data: str, t: Array, sizes: list[str], strides: list[str]) -> None:
        """The addresses that the array covers; only wanted when some argument must not overlap another."""
        if not any(p.apart for p in self.signature.params):
            return
        w = self.w
        low = high = w.let(f"ptrtoint ptr {data} to i64")
        if t.layout == "C":
            count = str(t.dtype.itemsize)
            for size in sizes:
                count = w.let(f"mul i64 {count}, {size}")
            self._ranges[index] = (low, w.let(f"add i64 {high}, {count}"))
            return
        for size, stride in zip(sizes, strides, strict=True):
            reach = w.let(f"mul i64 {w.let(f'sub i64 {size}, 1')}, {stride}")
            negative = w.let(f"icmp slt i64 {reach}, 0")
            low = w.let(f"add i64 {low}, {w.let(f'select i1 {negative}, i64 {reach}, i64 0')}")
            high = w.let(f"add i64 {high}, {w.let(f'select i1 {negative}, i64 0, i64 {reach}')}")
        self._ranges[index] = (low, w.let(f"add i64 {high}, {t.dtype.itemsize}"))

    def _disjoint(self) -> None:
        """What is written overlaps nothing else, judged by address ranges; the slow path looks closer."""
        w, written = self.w, [i for i in self._ranges if self.signature.params[i].apart]
        fits: list[str] = []
        for i in written:
            for j in self._ranges:
                if j == i or (j in written and j < i):
                    continue
                (low, high), (other_low, other_high) = self._ranges[i], self._ranges[j]
                before, after = (
                    w.let(f"icmp ule i64 {high}, {other_low}"),
                    w.let(f"icmp ule i64 {other_high}, {low}"),
                )
                fits.append(w.let(f"or i1 {before}, {after}"))
        self._need_all(fits)

    # Conditions

    def _need(self, condition: str) -> None:
        self.w.need(self.w.let(condition), FALLBACK)

    def _need_all(self, conditions: list[str]) -> None:
        if conditions:
            whole, *rest = conditions
            for one in rest:
                whole = self.w.let(f"and i1 {whole}, {one}")
            self.w.need(whole, FALLBACK)

    def _type_is(self, obj: str, name: str) -> None:
        self._type_among(obj, [name])

    def _type_among(self, obj: str, names: list[str]) -> None:
        w = self.w
        t = w.field(obj, capi.OB_TYPE)
        whole, *rest = (w.let(f"icmp eq ptr {t}, {w.entry(name)}") for name in names)
        for one in rest:
            whole = w.let(f"or i1 {whole}, {one}")
        w.need(whole, FALLBACK)
