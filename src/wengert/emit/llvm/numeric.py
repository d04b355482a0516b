"""Numeric helpers linked into compiled objects that need them, as LLVM text."""

from __future__ import annotations

#: Recurrence up to 16, then the asymptotic series; reflected below one half.
TRIGAMMA = """
define internal double @wg_trigamma(double %x) noinline nounwind memory(none) {
entry:
  %left = fcmp olt double %x, 0.5
  %mirror = fsub double 1.0, %x
  %start = select i1 %left, double %mirror, double %x
  br label %head
head:
  %y = phi double [ %start, %entry ], [ %y1, %up ]
  %s = phi double [ 0.0, %entry ], [ %s1, %up ]
  %low = fcmp olt double %y, 16.0
  br i1 %low, label %up, label %tail
up:
  %yy = fmul double %y, %y
  %r = fdiv double 1.0, %yy
  %s1 = fadd double %s, %r
  %y1 = fadd double %y, 1.0
  br label %head
tail:
  %i = fdiv double 1.0, %y
  %w = fmul double %i, %i
  %p5 = fmul double %w, 0x3FB364D9364D9365
  %p4 = fsub double %p5, 0x3FA1111111111111
  %q4 = fmul double %w, %p4
  %p3 = fadd double %q4, 0x3F98618618618618
  %q3 = fmul double %w, %p3
  %p2 = fsub double %q3, 0x3FA1111111111111
  %q2 = fmul double %w, %p2
  %p1 = fadd double %q2, 0x3FC5555555555555
  %q1 = fmul double %w, %p1
  %h = fadd double %q1, 1.0
  %t1 = fmul double %i, %h
  %half = fmul double %w, 0.5
  %t2 = fadd double %t1, %half
  %v = fadd double %s, %t2
  br i1 %left, label %reflect, label %done
reflect:
  %px = fmul double %x, 0x400921FB54442D18
  %sin = call double @sin(double %px)
  %ratio = fdiv double 0x400921FB54442D18, %sin
  %square = fmul double %ratio, %ratio
  %back = fsub double %square, %v
  br label %done
done:
  %out = phi double [ %v, %tail ], [ %back, %reflect ]
  ret double %out
}
"""


def pairwise(ty: str) -> str:
    """A binary counter of partial sums.

    ```push`` adds a term, merging equal levels; ``total`` adds what is left.
    """
    state = f"{{i64, [48 x {ty}]}}"
    return f"""
define internal void @wg_push_{ty}(ptr %state, {ty} %x) noinline nounwind {{
  %n = load i64, ptr %state
  br label %head
head:
  %v = phi {ty} [ %x, %0 ], [ %w, %merge ]
  %k = phi i64 [ 0, %0 ], [ %k1, %merge ]
  %m = phi i64 [ %n, %0 ], [ %m1, %merge ]
  %p = getelementptr {state}, ptr %state, i64 0, i32 1, i64 %k
  %odd = trunc i64 %m to i1
  br i1 %odd, label %merge, label %done
merge:
  %old = load {ty}, ptr %p
  %w = fadd {ty} %old, %v
  %k1 = add i64 %k, 1
  %m1 = lshr i64 %m, 1
  br label %head
done:
  store {ty} %v, ptr %p
  %after = add i64 %n, 1
  store i64 %after, ptr %state
  ret void
}}
define internal {ty} @wg_total_{ty}(ptr %state) noinline nounwind {{
  %n = load i64, ptr %state
  br label %head
head:
  %v = phi {ty} [ 0.0, %0 ], [ %u, %next ]
  %k = phi i64 [ 0, %0 ], [ %k1, %next ]
  %m = phi i64 [ %n, %0 ], [ %m1, %next ]
  %end = icmp eq i64 %m, 0
  br i1 %end, label %done, label %body
body:
  %odd = trunc i64 %m to i1
  br i1 %odd, label %add, label %next
add:
  %p = getelementptr {state}, ptr %state, i64 0, i32 1, i64 %k
  %old = load {ty}, ptr %p
  %w = fadd {ty} %old, %v
  br label %next
next:
  %u = phi {ty} [ %v, %body ], [ %w, %add ]
  %k1 = add i64 %k, 1
  %m1 = lshr i64 %m, 1
  br label %head
done:
  ret {ty} %v
}}
"""
