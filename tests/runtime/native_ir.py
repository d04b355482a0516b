"""Hand-written `wg_main` functions for the tests of the call layer, in the convention of
docs/design/native.md.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from wengert.emit.llvm.native import Site
from wengert.runtime.call import NativeFunction
from wengert.runtime.compile import compile_text
from wengert.runtime.entry import entry_ir
from wengert.runtime.load import load
from wengert.runtime.signature import Signature

COPY_SLOTS = """
define i32 @wg_main(ptr %ctx, ptr %in, ptr %out) {{
  call void @llvm.memcpy.p0.p0.i64(ptr %out, ptr %in, i64 {bytes}, i1 false)
  ret i32 0
}}
"""
"""Gives the first slots back as they came: an identity on numbers."""

DOUBLED = """
declare ptr @aligned_alloc(i64, i64)
define i32 @wg_main(ptr %ctx, ptr %in, ptr %out) {
  %x = load ptr, ptr %in
  %np = getelementptr i64, ptr %in, i64 1
  %n = load i64, ptr %np
  %bytes = shl i64 %n, 3
  %all = add i64 %bytes, 127
  %rounded = and i64 %all, -64
  %m = call ptr @aligned_alloc(i64 64, i64 %rounded)
  store i64 1, ptr %m
  %origin = getelementptr i8, ptr %m, i64 24
  store ptr %m, ptr %origin
  %d = getelementptr i8, ptr %m, i64 64
  br label %loop
loop:
  %i = phi i64 [0, %0], [%j, %body]
  %c = icmp slt i64 %i, %n
  br i1 %c, label %body, label %done
body:
  %p = getelementptr double, ptr %x, i64 %i
  %q = getelementptr double, ptr %d, i64 %i
  %v = load double, ptr %p
  %w = fadd double %v, %v
  store double %w, ptr %q
  %j = add i64 %i, 1
  br label %loop
done:
  store ptr %d, ptr %out
  %o1 = getelementptr i64, ptr %out, i64 1
  %o2 = getelementptr i64, ptr %out, i64 2
  store ptr %d, ptr %o1
  store i64 %n, ptr %o2
  ret i32 0
}
"""
"""`f64[n] -> f64[n]`: twice the argument, in memory of its own."""

STRIDED_SUM = """
define i32 @wg_main(ptr %ctx, ptr %in, ptr %out) {
  %x = load ptr, ptr %in
  %p1 = getelementptr i64, ptr %in, i64 1
  %n = load i64, ptr %p1
  %p2 = getelementptr i64, ptr %in, i64 2
  %s = load i64, ptr %p2
  br label %loop
loop:
  %i = phi i64 [0, %0], [%j, %body]
  %t = phi double [0.0, %0], [%t1, %body]
  %c = icmp slt i64 %i, %n
  br i1 %c, label %body, label %done
body:
  %o = mul i64 %i, %s
  %p = getelementptr double, ptr %x, i64 %o
  %v = load double, ptr %p
  %t1 = fadd double %t, %v
  %j = add i64 %i, 1
  br label %loop
done:
  store double %t, ptr %out
  ret i32 0
}
"""
"""`f64[n;S] -> f64`: the sum, by strides."""

SCALE_INTO = """
define i32 @wg_main(ptr %ctx, ptr %in, ptr %out) {
  %x = load ptr, ptr %in
  %p1 = getelementptr i64, ptr %in, i64 1
  %n = load i64, ptr %p1
  %p3 = getelementptr i64, ptr %in, i64 3
  %y = load ptr, ptr %p3
  br label %loop
loop:
  %i = phi i64 [0, %0], [%j, %body]
  %c = icmp slt i64 %i, %n
  br i1 %c, label %body, label %done
body:
  %p = getelementptr double, ptr %x, i64 %i
  %q = getelementptr double, ptr %y, i64 %i
  %v = load double, ptr %p
  %w = fmul double %v, 3.0
  store double %w, ptr %q
  %j = add i64 %i, 1
  br label %loop
done:
  ret i32 0
}
"""
"""`(f64[n], f64[n] written) -> ()`: y = 3 x, noalias assumed."""

FAIL_BELOW_ZERO = """
define i32 @wg_main(ptr %ctx, ptr %in, ptr %out) {
  %i = load i64, ptr %in
  %c = icmp slt i64 %i, 0
  br i1 %c, label %bad, label %good
bad:
  %o = getelementptr i64, ptr %ctx, i64 1
  store i64 %i, ptr %o
  %o2 = getelementptr i64, ptr %ctx, i64 2
  store double 2.5, ptr %o2
  ret i32 1
good:
  store i64 %i, ptr %out
  ret i32 0
}
"""
"""`i64 -> i64`: site 1 fails below zero, with operands (i, 2.5)."""

SPIN = """
define i32 @wg_main(ptr %ctx, ptr %in, ptr %out) {
  %n = load i64, ptr %in
  %cellp = getelementptr i8, ptr %ctx, i64 72
  %cell = load ptr, ptr %cellp
  %has = icmp ne ptr %cell, null
  br label %loop
loop:
  %i = phi i64 [0, %0], [%j, %next]
  %x = phi i64 [1, %0], [%x1, %next]
  %c = icmp slt i64 %i, %n
  br i1 %c, label %body, label %done
body:
  %m = mul i64 %x, 6364136223846793005
  %x1 = add i64 %m, %i
  %j = add i64 %i, 1
  br i1 %has, label %look, label %next
look:
  %f = load atomic i32, ptr %cell monotonic, align 4
  %stop = icmp ne i32 %f, 0
  br i1 %stop, label %interrupted, label %next
next:
  br label %loop
interrupted:
  ret i32 1
done:
  store i64 %x, ptr %out
  ret i32 0
}
"""
"""`i64 -> i64`: a loop of n trips that looks at the interrupt cell."""


def native(
    text: str,
    signature: Signature,
    sites: Sequence[Site] = (),
    statics: Sequence[object] = (),
    fallback: Callable[..., Any] | None = None,
) -> NativeFunction:
    """Compile, load and wrap."""
    return NativeFunction.of(
        signature, load(compile_text(text + entry_ir(signature))), sites, statics, fallback
    )
