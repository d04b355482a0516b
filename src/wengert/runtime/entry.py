"""Generates `wg_entry`, the C function that CPython calls, as LLVM IR in the module of the compiled function.

It has the signature of ``METH_FASTCALL | METH_KEYWORDS`` and is specialised on a `Signature`, so that a call
costs what its checks cost: about 30 ns for a number, 100 ns for an array.  It runs in five steps: check and
unpack the arguments (`runtime.unbox`; anything unexpected goes to a Python function, with keywords too),
release the GIL when the work is worth it, call ``wg_main`` (which LLVM inlines), turn a failed check into a
located exception, build the results.

Beside it stands a table of pointers, ``wg_table``: first `capi.NAMES`, then what belongs to this function
(`own_names`). The object file holds no address and loads in any process.
"""

from __future__ import annotations

from ..ir.types import Array
from . import capi
from .call import OWN
from .signature import Leaf, Node, Result, Signature, Tree, param_slots, result_slots, tree_keys, tree_statics
from .text import ENTRY, TABLE, Writer
from .unbox import Unboxer

CONTEXT_BYTES = 8 + 6 * 8 + 8 + 8 + 8
_DEPTH, _FLAGS, _INTERRUPT = 56, 64, 72


def own_names(signature: Signature) -> tuple[str, ...]:
    """The function's own part of the table: two callables, and the objects that arguments must match."""
    keys = tree_keys((*signature.argument_trees, signature.output_tree))
    statics = tree_statics(signature.argument_trees)
    return (*OWN, *(f"static.{i}" for i in range(statics)), *(f"key.{key}" for key in keys))


def entry_ir(signature: Signature) -> str:
    """LLVM IR of the entry and its table; ``wg_main`` must be defined in the same module."""
    names = (*capi.NAMES, *own_names(signature))
    w = Writer({name: i for i, name in enumerate(names)})
    nin = sum(param_slots(p.type) for p in signature.params)
    nout = sum(result_slots(r.type) for r in signature.results)
    room = {
        "ctx": f"[{CONTEXT_BYTES // 8} x i64]", "in": f"[{max(nin, 1)} x i64]",
        "out": f"[{max(nout, 1)} x i64]",
        "number": "[2 x i64]", "overflow": "i32", "position": "i64", "key": "ptr", "value": "ptr",
    }  # fmt: skip
    for name, what in room.items():
        w.do(f"%{name} = alloca {what}, align 16")
    w.need(w.let(f"icmp eq i64 %nargs, {len(signature.argument_trees)}"), "fallback")
    w.need(w.let("icmp eq ptr %kwnames, null"), "fallback")
    _prepare_context(w, signature)
    unboxer = Unboxer(w, signature)
    unboxer.run()
    status = _run(w, signature, unboxer.held if signature.release_gil else [])
    w.need(w.let(f"icmp eq i32 {status}, 0"), "failed")
    w.do(f"ret ptr {_Boxer(w, signature).tree(signature.output_tree)}")
    _failed(w, signature, status)
    w.label("fallback")
    callable_ = w.entry("fallback")
    result = w.call(
        "ptr", "PyObject_Vectorcall", f"ptr {callable_}", "ptr %args", "i64 %nargs", "ptr %kwnames"
    )
    w.do(f"ret ptr {result}")
    head = f"define ptr @{ENTRY}(ptr %self, ptr %args, i64 %nargs, ptr %kwnames)"
    table = f"@{TABLE} = dso_local global [{len(names)} x ptr] zeroinitializer, align 8\n"
    return f"{table}\n{head} {{\nentry:\n{w.text()}\n}}\n"


def _prepare_context(w: Writer, signature: Signature) -> None:
    """Interruptible functions get the cell that the signal handler sets, all others one that stays 0.

    Signals that came before are handled here, before any argument is looked at, since handlers run Python.
    """
    for offset in (_DEPTH, _FLAGS):
        w.put("0", "%ctx", offset)
    cell = w.call("ptr", "wg_arm") if signature.interruptible else w.entry("wg_quiet")
    w.put(cell, "%ctx", _INTERRUPT, "ptr")
    if signature.interruptible:
        w.need(w.let(f"icmp eq i32 {w.call('i32', 'PyErr_CheckSignals')}, 0"), "raised")


def _run(w: Writer, signature: Signature, held: list[str]) -> str:
    """Call ``wg_main``; objects that the frame does not own get a reference while the GIL is away."""
    main = "call i32 @wg_main(ptr %ctx, ptr %in, ptr %out)"
    if not signature.release_gil:
        return w.let(main, "status")
    for obj in held:
        w.call("void", "Py_IncRef", f"ptr {obj}")
    state = w.call("ptr", "PyEval_SaveThread")
    status = w.let(main, "status")
    w.call("void", "PyEval_RestoreThread", f"ptr {state}")
    for obj in held:
        w.call("void", "Py_DecRef", f"ptr {obj}")
    return status


def _failed(w: Writer, signature: Signature, status: str) -> None:
    """A check failed: Python makes the exception from the context, and it is raised from here, so that none
    of our frames is in the traceback.  After Ctrl-C the exception is the one that Python's handler raises.
    Where the code was compiled with an assumption that does not hold, Python answers with the fallback."""
    w.label("failed")
    if signature.interruptible:
        w.need(w.let(f"icmp eq i32 {w.call('i32', 'PyErr_CheckSignals')}, 0"), "raised")
    w.put(w.let(f"sext i32 {status} to i64"), "%ctx", 0)
    context = w.call("ptr", "PyBytes_FromStringAndSize", "ptr %ctx", f"i64 {_DEPTH}")
    w.need(w.let(f"icmp ne ptr {context}, null"), "raised")
    maker = w.entry("error")
    error = w.call("ptr", "PyObject_CallOneArg", f"ptr {maker}", f"ptr {context}")
    w.call("void", "Py_DecRef", f"ptr {context}")
    w.need(w.let(f"icmp ne ptr {error}, null"), "raised")
    w.need(w.let(f"icmp ne ptr {error}, {w.entry('fallback')}"), "outgrown")
    w.call("void", "PyErr_SetObject", f"ptr {w.field(error, capi.OB_TYPE)}", f"ptr {error}")
    w.call("void", "Py_DecRef", f"ptr {error}")
    w.do("br label %raised")
    w.label("raised")
    w.do("ret ptr null")
    w.label("outgrown")
    w.call("void", "Py_DecRef", f"ptr {error}")
    w.do("br label %fallback")


class _Boxer:
    """Builds the result; errors are left to `runtime.support`, which passes null on and drops the rest."""

    def __init__(self, w: Writer, signature: Signature) -> None:
        self.w = w
        self.results = signature.results
        self.offsets: list[int] = []
        offset = 0
        for result in signature.results:
            self.offsets.append(offset)
            offset += 8 * result_slots(result.type)

    def tree(self, tree: Tree) -> str:
        if isinstance(tree, Leaf):
            return self._leaf(self.results[tree.index], self.offsets[tree.index])
        if not isinstance(tree, Node):
            raise TypeError("a result cannot be a compile-time constant")
        return self._container(tree)

    def _container(self, tree: Node) -> str:
        w, n = self.w, len(tree.children)
        objects = [self.tree(child) for child in tree.children]
        items = w.reserve(f"[{max(n, 1)} x ptr]")
        for i, obj in enumerate(objects):
            w.put(obj, items, 8 * i, "ptr")
        if tree.kind != "dict":
            return w.call("ptr", f"wg_{tree.kind}", f"ptr {items}", f"i64 {n}")
        keys = w.reserve(f"[{max(n, 1)} x ptr]")
        for i, key in enumerate(tree.keys):
            w.put(w.entry(f"key.{key}"), keys, 8 * i, "ptr")
        return w.call("ptr", "wg_dict", f"ptr {items}", f"i64 {n}", f"ptr {keys}")

    def _leaf(self, result: Result, offset: int) -> str:
        w, t = self.w, result.type
        if isinstance(t, Array):
            dtype = w.entry(f"dtype.{t.dtype}")
            out = w.at("%out", offset)
            return w.call(
                "ptr",
                "wg_new_array",
                f"ptr {out}",
                f"i64 {t.rank}",
                f"ptr {dtype}",
                f"i64 {t.dtype.itemsize}",
            )
        if result.origin == "numpy" or t.name not in ("f64", "i64", "bool", "c128"):
            return self._numpy(t.name, offset)
        if t.name == "bool":
            flag = w.let(f"trunc i8 {w.field('%out', offset, 'i8')} to i1")
            chosen = w.let(f"select i1 {flag}, ptr {w.entry('True')}, ptr {w.entry('False')}")
            w.call("void", "Py_IncRef", f"ptr {chosen}")
            return chosen
        if t.name == "i64":
            return w.call("ptr", "PyLong_FromLongLong", f"i64 {w.field('%out', offset, 'i64')}")
        parts = [
            f"double {w.field('%out', offset + 8 * k, 'double')}" for k in range(2 if t.is_complex else 1)
        ]
        return w.call("ptr", "PyComplex_FromDoubles" if t.is_complex else "PyFloat_FromDouble", *parts)

    def _numpy(self, name: str, offset: int) -> str:
        w = self.w
        place = w.at("%out", offset)
        if name == "c64":  # its parts stand in two slots, NumPy wants them together
            for k in range(2):
                part = w.let(f"load float, ptr {w.at('%out', offset + 8 * k)}, align 8")
                w.do(f"store float {part}, ptr {w.at('%number', 4 * k)}, align 4")
            place = "%number"
        return w.call("ptr", "wg_scalar", f"ptr {place}", f"ptr {w.entry(f'dtype.{name}')}")
