"""The LLVM IR of `support`."""

from __future__ import annotations

import time

from ..emit.llvm.support import GIVE
from . import capi
from .support import COPY_BELOW, SLOTS
from .text import TABLE, Writer

_CLOCK_MONOTONIC = getattr(time, "CLOCK_MONOTONIC", 1)
_FRESH_NANOSECONDS = 1_000_000

_PRELUDE = f"""
@{TABLE} = dso_local global [{len(SLOTS)} x ptr] zeroinitializer, align 8
@capsule_name = constant [15 x i8] c"wengert.buffer\\00"
@wg_cell = global i32 0, align 4
@wg_quiet = global i32 0, align 4
@last_look = global i64 0, align 8
"""


def _define(head: str, w: Writer) -> str:
    return f"define {head} {{\nentry:\n{w.text()}\n}}\n"


def _release() -> str:
    """Drop one reference to a buffer: its count is at -64, the block that it lies in at -40."""
    w = Writer(SLOTS)
    w.do("%none = icmp eq ptr %owner, null")
    w.do("br i1 %none, label %done, label %some")
    w.label("some")
    w.do("%header = getelementptr i8, ptr %owner, i64 -64")
    w.do("%before = atomicrmw sub ptr %header, i64 1 acq_rel")
    w.do("%last = icmp sle i64 %before, 1")
    w.do("br i1 %last, label %drop, label %done")
    w.label("drop")
    block = w.field("%owner", -40)
    w.do(f"call void @wg_give(ptr {block})")
    w.do("br label %done")
    w.label("done")
    w.do("ret void")
    return _define("internal void @release(ptr %owner)", w)


def _destroy() -> str:
    w = Writer(SLOTS)
    data = w.call("ptr", "PyCapsule_GetPointer", "ptr %capsule", "ptr @capsule_name")
    w.do(f"call void @release(ptr {data})")
    w.do("ret void")
    return _define("void @destroy(ptr %capsule)", w)


def _new_array() -> str:
    """``out``: data, owner, sizes (an array result in ``out``)."""
    w = Writer(SLOTS)
    data, owner, sizes = w.field("%out", 0), w.field("%out", 8), w.at("%out", 16)
    w.do("br label %measure")
    w.label("measure")
    w.do("%axis = phi i64 [0, %entry], [%axis1, %more]")
    w.do("%bytes = phi i64 [%itemsize, %entry], [%bytes1, %more]")
    w.do("%all = icmp eq i64 %axis, %rank")
    w.do("br i1 %all, label %measured, label %more")
    w.label("more")
    place = w.let(f"getelementptr i64, ptr {sizes}, i64 %axis")
    size = w.field(place, 0, "i64")
    w.do(f"%bytes1 = mul i64 %bytes, {size}")
    w.do("%axis1 = add i64 %axis, 1")
    w.do("br label %measure")
    w.label("measured")
    w.call("void", "Py_IncRef", "ptr %dtype")
    ndarray = w.entry("ndarray")
    rank = w.let("trunc i64 %rank to i32")
    w.do(f"%small = icmp ult i64 %bytes, {COPY_BELOW}")
    w.do(f"%borrowed = icmp eq ptr {owner}, null")
    w.do("%copies = or i1 %small, %borrowed")
    w.do("br i1 %copies, label %copy, label %keep")

    shape = (f"ptr {ndarray}", "ptr %dtype", f"i32 {rank}", f"ptr {sizes}", "ptr null")
    w.label("copy")
    fresh = w.call("ptr", "PyArray_NewFromDescr", *shape, "ptr null", "i32 0", "ptr null")
    w.need(w.let(f"icmp ne ptr {fresh}, null"), "failed")
    memory = w.field(fresh, capi.ARRAY_DATA)
    w.do(f"call void @llvm.memcpy.p0.p0.i64(ptr {memory}, ptr {data}, i64 %bytes, i1 false)")
    w.do(f"call void @release(ptr {owner})")
    w.do(f"ret ptr {fresh}")

    w.label("keep")
    flags = capi.C_CONTIGUOUS | capi.ALIGNED | capi.WRITEABLE
    array = w.call("ptr", "PyArray_NewFromDescr", *shape, f"ptr {data}", f"i32 {flags}", "ptr null")
    w.need(w.let(f"icmp ne ptr {array}, null"), "failed")
    capsule = w.call("ptr", "PyCapsule_New", f"ptr {owner}", "ptr @capsule_name", "ptr @destroy")
    w.need(w.let(f"icmp ne ptr {capsule}, null"), "no_array")
    w.call("i32", "PyArray_SetBaseObject", f"ptr {array}", f"ptr {capsule}")
    w.do(f"ret ptr {array}")
    w.label("no_array")
    w.call("void", "Py_DecRef", f"ptr {array}")
    w.do("br label %failed")
    w.label("failed")
    w.do(f"call void @release(ptr {owner})")
    w.do("ret ptr null")
    return _define("ptr @wg_new_array(ptr %out, i64 %rank, ptr %dtype, i64 %itemsize)", w)


def _scalar() -> str:
    w = Writer(SLOTS)
    w.do(f"ret ptr {w.call('ptr', 'PyArray_Scalar', 'ptr %value', 'ptr %dtype', 'ptr null')}")
    return _define("ptr @wg_scalar(ptr %value, ptr %dtype)", w)


def _drop_all() -> str:
    """Forget ``count`` objects, some of them null, and a container that may be null."""
    w = Writer(SLOTS)
    w.call("void", "Py_DecRef", "ptr %container")
    w.do("br label %loop")
    w.label("loop")
    w.do("%i = phi i64 [0, %entry], [%i1, %next]")
    w.do("%done = icmp eq i64 %i, %count")
    w.do("br i1 %done, label %out, label %next")
    w.label("next")
    item = w.field(w.let("getelementptr ptr, ptr %items, i64 %i"), 0)
    w.call("void", "Py_DecRef", f"ptr {item}")
    w.do("%i1 = add i64 %i, 1")
    w.do("br label %loop")
    w.label("out")
    w.do("ret ptr null")
    return _define("internal ptr @drop_all(ptr %container, ptr %items, i64 %count)", w)


def _container(kind: str) -> str:
    """A tuple, list or dict of ``count`` objects."""
    w = Writer(SLOTS)
    w.do("br label %look")
    w.label("look")
    w.do("%k = phi i64 [0, %entry], [%k1, %there]")
    w.do("%seen = icmp eq i64 %k, %count")
    w.do("br i1 %seen, label %create, label %test")
    w.label("test")
    item = w.field(w.let("getelementptr ptr, ptr %items, i64 %k"), 0)
    w.do(f"%null = icmp eq ptr {item}, null")
    w.do("%k1 = add i64 %k, 1")
    w.do("br i1 %null, label %missing, label %there")
    w.label("there")
    w.do("br label %look")
    w.label("missing")
    w.do("%lost = call ptr @drop_all(ptr null, ptr %items, i64 %count)")
    w.do("ret ptr null")
    w.label("create")
    made = w.call("ptr", f"Py{kind}_New", *([] if kind == "Dict" else ["i64 %count"]))
    w.do(f"%failed = icmp eq ptr {made}, null")
    w.do("br i1 %failed, label %missing, label %start")
    w.label("start")
    w.do("br label %fill")
    w.label("fill")
    w.do("%i = phi i64 [0, %start], [%i1, %next]")
    w.do("%full = icmp eq i64 %i, %count")
    w.do("br i1 %full, label %out, label %put")
    w.label("put")
    item = w.field(w.let("getelementptr ptr, ptr %items, i64 %i"), 0)
    if kind == "Dict":
        key = w.field(w.let("getelementptr ptr, ptr %keys, i64 %i"), 0)
        status = w.call("i32", "PyDict_SetItem", f"ptr {made}", f"ptr {key}", f"ptr {item}")
        w.do(f"%bad = icmp ne i32 {status}, 0")
        w.do("br i1 %bad, label %broken, label %next")
    else:
        w.call("i32", f"Py{kind}_SetItem", f"ptr {made}", "i64 %i", f"ptr {item}")
        w.do("br label %next")
    w.label("next")
    w.do("%i1 = add i64 %i, 1")
    w.do("br label %fill")
    if kind == "Dict":
        w.label("broken")
        w.do(f"%gone = call ptr @drop_all(ptr {made}, ptr %items, i64 %count)")
        w.do("ret ptr null")
    w.label("out")
    if kind == "Dict":
        # a dict takes references of its own
        w.do("%rest = call ptr @drop_all(ptr null, ptr %items, i64 %count)")
    w.do(f"ret ptr {made}")
    keys = ", ptr %keys" if kind == "Dict" else ""
    return _define(f"ptr @wg_{kind.lower()}(ptr %items, i64 %count{keys})", w)


def _on_interrupt() -> str:
    """The C signal handler: sets the cell, then does what Python does.  Only async-signal-safe steps."""
    w = Writer(SLOTS)
    w.do("store atomic i32 1, ptr @wg_cell seq_cst, align 4")
    w.call("void", "python_handler", "i32 %signal")
    w.do("ret void")
    return _define("void @wg_on_interrupt(i32 %signal)", w)


def _arm() -> str:
    """The cell that a call should watch: that of the signal handler in the main thread, elsewhere one that
    stays 0.

    Python code may have replaced the handler since (notebooks do, for each cell), so now and then it is
    looked up: not when the last look was under a millisecond ago, for it costs more than a short call.
    """
    w = Writer(SLOTS)
    w.do("%time = alloca [2 x i64], align 8")
    thread = w.call("ptr", "PyThread_get_thread_ident")
    w.do(f"%main = icmp eq ptr {thread}, {w.entry('main_thread')}")
    w.do("br i1 %main, label %mine, label %other")
    w.label("other")
    w.do("ret ptr @wg_quiet")
    w.label("mine")
    w.do(f"%clock = icmp eq ptr {w.entry('clock_gettime')}, null")
    w.do("br i1 %clock, label %look, label %tell")
    w.label("tell")
    w.call("i32", "clock_gettime", f"i32 {_CLOCK_MONOTONIC}", "ptr %time")
    seconds = w.let(f"mul i64 {w.field('%time', 0, 'i64')}, 1000000000")
    now = w.let(f"add i64 {seconds}, {w.field('%time', 8, 'i64')}")
    age = w.let(f"sub i64 {now}, {w.field('@last_look', 0, 'i64')}")
    w.put(now, "@last_look", 0)
    w.do(f"%fresh = icmp ult i64 {age}, {_FRESH_NANOSECONDS}")
    w.do("br i1 %fresh, label %ready, label %look")
    w.label("look")
    handler = w.call("ptr", "PyOS_getsig", "i32 2")
    w.do(f"%ours = icmp eq ptr {handler}, @wg_on_interrupt")
    w.do("br i1 %ours, label %ready, label %again")
    w.label("again")
    result = w.call("ptr", "PyObject_CallNoArgs", f"ptr {w.entry('rearm')}")
    w.call("void", "Py_DecRef", f"ptr {result}")
    w.call("void", "PyErr_Clear")
    w.do("br label %ready")
    w.label("ready")
    w.do("store atomic i32 0, ptr @wg_cell seq_cst, align 4")
    w.do("ret ptr @wg_cell")
    return _define("ptr @wg_arm()", w)


def module_text() -> str:
    """The module as LLVM IR."""
    building = (_release(), _destroy(), _new_array(), _scalar(), _drop_all())
    containers = (_container(kind) for kind in ("Tuple", "List", "Dict"))
    return "\n".join((_PRELUDE, GIVE, *building, *containers, _on_interrupt(), _arm()))
