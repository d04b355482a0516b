"""Programs in IR text for the Python emitter, each with arguments to run it on."""

from __future__ import annotations

from typing import Any

import numpy as np

PROGRAMS: dict[str, tuple[str, list[list[Any]]]] = {}


def program(text: str, *args: list[Any]) -> None:
    name = text[text.index("@") + 1 : text.index("(")]
    PROGRAMS[name] = (text, list(args))


X = np.array([0.3, -1.2, 0.7, 2.5, -0.4])
Y = np.array([1.1, 0.2, -0.9, 0.6, 0.8])
A = np.arange(12.0).reshape(3, 4) / 7 - 0.5

program(
    """
func @dot(%x: f64[n], %y: f64[n]) -> (f64) {
  %n = dim(%x) {axis=0} : i64
  %zero = const {value=0.0} : f64
  %lo = const {value=0} : i64
  %one = const {value=1} : i64
  %trips, %s.1 = for(%lo, %n, %one, %zero) : i64, f64 {
    (%i: i64, %s: f64):
    %a = load(%x, %i) : f64
    %b = load(%y, %i) : f64
    %p = mul(%a, %b) : f64
    %s.2 = add(%s, %p) : f64
    yield %s.2
  }
  yield %s.1
}
""",
    [X, Y],
    [X[:0].copy(), Y],
)

program(
    """
func @newton(%a: f64, %x: f64) -> (f64, i64) {
  %lo = const {value=0} : i64
  %hi = const {value=50} : i64
  %one = const {value=1} : i64
  %n, %x.1 = for(%lo, %hi, %one, %x) {stop=True} : i64, f64 {
    (%k: i64, %x: f64):
    %two = const {value=2.0} : f64
    %tol = const {value=1e-12} : f64
    %q = div(%a, %x) : f64
    %t = add(%x, %q) : f64
    %x_new = div(%t, %two) : f64
    %d = sub(%x_new, %x) : f64
    %e = abs(%d) : f64
    %stop = lt(%e, %tol) : bool
    yield %stop, %x_new
  }
  yield %x.1, %n
}
""",
    [2.0, 1.0],
    [2.0, 0.0],
)

program(
    """
func @fibonacci(%n: i64) -> (i64) {
  %lo = const {value=0} : i64
  %one = const {value=1} : i64
  %t, %a.1, %b.1 = for(%lo, %n, %one, %lo, %one) : i64, i64, i64 {
    (%k: i64, %a: i64, %b: i64):
    %c = add(%a, %b) : i64
    yield %b, %c
  }
  yield %a.1
}
""",
    [10],
    [0],
)

program(
    """
func @swap(%u: f64, %v: f64, %n: i64) -> (f64, f64) {
  %lo = const {value=0} : i64
  %one = const {value=1} : i64
  %t, %u.1, %v.1 = for(%lo, %n, %one, %u, %v) : i64, f64, f64 {
    (%k: i64, %u: f64, %v: f64):
    yield %v, %u
  }
  yield %u.1, %v.1
}
""",
    [1.0, 2.0, 3],
    [1.0, 2.0, 4],
)

program(
    """
func @bisect(%lo: f64, %hi: f64) -> (f64, i64) {
  %n, %lo.1, %hi.1 = while(%lo, %hi) : i64, f64, f64 {
    (%lo: f64, %hi: f64):
    %w = sub(%hi, %lo) : f64
    %tol = const {value=1e-09} : f64
    %go = gt(%w, %tol) : bool
    yield %go
  } do {
    (%lo: f64, %hi: f64):
    %s = add(%lo, %hi) : f64
    %half = const {value=0.5} : f64
    %mid = mul(%s, %half) : f64
    %c = cos(%mid) : f64
    %y = sub(%c, %mid) : f64
    %zero = const {value=0.0} : f64
    %up = gt(%y, %zero) : bool
    %lo.2, %hi.2 = if(%up) : f64, f64 {
      yield %mid, %hi
    } else {
      yield %lo, %mid
    }
    yield %lo.2, %hi.2
  }
  yield %lo.1, %n
}
""",
    [0.0, 2.0],
)

program(
    """
func @collatz(%n: i64) -> (i64) {
  %zero = const {value=0} : i64
  %one = const {value=1} : i64
  %two = const {value=2} : i64
  %three = const {value=3} : i64
  %trips, %n.1, %c.1 = while(%n, %zero) : i64, i64, i64 {
    (%n: i64, %c: i64):
    %m = mod(%n, %two) : i64
    %far = gt(%n, %one) : bool
    %odd = eq(%m, %one) : bool
    %even = not(%odd) : bool
    %b1 = or(%odd, %even) : bool
    %go = and(%far, %b1) : bool
    yield %go
  } do {
    (%n: i64, %c: i64):
    %m = mod(%n, %two) : i64
    %even = eq(%m, %zero) : bool
    %n.3 = if(%even) : i64 {
      %h = floordiv(%n, %two) : i64
      yield %h
    } else {
      %p = mul(%three, %n) : i64
      %q = add(%p, %one) : i64
      yield %q
    }
    %c.2 = add(%c, %one) : i64
    yield %n.3, %c.2
  }
  yield %c.1
}
""",
    [27],
    [1],
)

program(
    """
func @sign_of(%x: f64) -> (f64, i64) {
  %zero = const {value=0.0} : f64
  %pos = gt(%x, %zero) : bool
  %k, %r = if(%pos) : i64, f64 {
    %one = const {value=1} : i64
    %s = sqrt(%x) : f64
    yield %one, %s
  } else {
    %neg = lt(%x, %zero) : bool
    %k.1, %r.1 = if(%neg) : i64, f64 {
      %m = const {value=-1} : i64
      %y = neg(%x) : f64
      %s.1 = sqrt(%y) : f64
      yield %m, %s.1
    } else {
      %o = const {value=0} : i64
      yield %o, %x
    }
    yield %k.1, %r.1
  }
  yield %r, %k
}
""",
    [4.0],
    [-9.0],
    [0.0],
)

program(
    """
func @first_negative(%x: f64[n]) -> (i64, f64) {
  %n = dim(%x) {axis=0} : i64
  %lo = const {value=0} : i64
  %one = const {value=1} : i64
  %m = const {value=-1} : i64
  %no = const {value=False} : bool
  %yes = const {value=True} : bool
  %sum = const {value=0.0} : f64
  %t, %returned.1, %at.1, %total.1 = for(%lo, %n, %one, %no, %m, %sum) {stop=True} : i64, bool, i64, f64 {
    (%i: i64, %returned: bool, %at: i64, %total: f64):
    %v = load(%x, %i) : f64
    %z = const {value=0.0} : f64
    %hit = lt(%v, %z) : bool
    %returned.2, %at.2, %total.2 = if(%hit) : bool, i64, f64 {
      yield %yes, %i, %total
    } else {
      %s = add(%total, %v) : f64
      yield %no, %at, %s
    }
    yield %returned.2, %returned.2, %at.2, %total.2
  }
  %r = if(%returned.1) : f64 {
    yield %total.1
  } else {
    %w = neg(%total.1) : f64
    yield %w
  }
  yield %at.1, %r
}
""",
    [X],
    [np.abs(X)],
)

program(
    """
func @cumulative(%x: f64[n], %c: f64) -> () {
  %n = dim(%x) {axis=0} : i64
  %one = const {value=1} : i64
  %t = for(%one, %n, %one) : i64 {
    (%i: i64):
    %j = sub(%i, %one) : i64
    %a = load(%x, %j) : f64
    %b = load(%x, %i) : f64
    %ca = mul(%c, %a) : f64
    %s = add(%b, %ca) : f64
    store(%x, %i, %s)
    yield
  }
  yield
}
""",
    [X, 0.5],
)

program(
    """
func @cumulative_vjp(%x: f64[n], %c: f64, %x_bar: f64[n]) -> (f64) {
  %n = dim(%x) {axis=0} : i64
  %zero = const {value=0} : i64
  %one = const {value=1} : i64
  %t = for(%one, %n, %one) : i64 {
    (%i: i64):
    %j = sub(%i, %one) : i64
    %a = load(%x, %j) : f64
    %b = load(%x, %i) : f64
    %ca = mul(%c, %a) : f64
    %s = add(%b, %ca) : f64
    store(%x, %i, %s)
    yield
  }
  %none = const {value=0.0} : f64
  %m, %c_bar.1 = for(%zero, %t, %one, %none) {comment='reverse sweep'} : i64, f64 {
    (%k: i64, %c_bar: f64):
    %last = sub(%t, %one) : i64
    %up = sub(%last, %k) : i64
    %i = add(%one, %up) : i64
    %j = sub(%i, %one) : i64
    %g = load(%x_bar, %i) : f64
    %a = load(%x, %j) : f64
    %p = mul(%g, %a) : f64
    %c_bar.2 = add(%c_bar, %p) : f64
    %q = mul(%c, %g) : f64
    accum(%x_bar, %j, %q)
    yield %c_bar.2
  }
  yield %c_bar.1
}
""",
    [X, 0.5, Y],
)

program(
    """
func @strided_reverse(%x: f64[n], %m: i64) -> (f64) {
  %lo = const {value=0} : i64
  %one = const {value=1} : i64
  %two = const {value=2} : i64
  %zero = const {value=0.0} : f64
  %t, %s.1 = for(%lo, %m, %one, %zero) : i64, f64 {
    (%k: i64, %s: f64):
    %last = sub(%m, %one) : i64
    %up = sub(%last, %k) : i64
    %j = mul(%up, %two) : i64
    %i = add(%j, %one) : i64
    %a = load(%x, %i) : f64
    %b = load(%x, %j) : f64
    %ab = div(%a, %b) : f64
    %p = mul(%s, %a) : f64
    %s.2 = add(%p, %ab) : f64
    yield %s.2
  }
  yield %s.1
}
""",
    [X, 2],
    [X, 0],
)

program(
    """
func @power_vjp(%x: f64, %n: i64, %y_bar: f64) -> (f64, f64) {
  %lo = const {value=0} : i64
  %one = const {value=1} : i64
  %1 = const {value=1.0} : f64
  %tape = rec_new() {item=f64} : rec<f64>
  %base = rec_len(%tape) : i64
  %t, %y = for(%lo, %n, %one, %1) : i64, f64 {
    (%i: i64, %y: f64):
    %g = rec_grow(%tape, %one) : i64
    %at = add(%base, %i) : i64
    rec_set(%tape, %at, %y)
    %y.1 = mul(%y, %x) : f64
    yield %y.1
  }
  %none = const {value=0.0} : f64
  %first = sub(%n, %one) : i64
  %last = const {value=-1} : i64
  %r, %y_bar.1, %x_bar.1 = for(%first, %last, %last, %y_bar, %none) : i64, f64, f64 {
    (%i: i64, %y_bar: f64, %x_bar: f64):
    %at = add(%base, %i) : i64
    %old = rec_get(%tape, %at) : f64
    %p = mul(%y_bar, %old) : f64
    %x_bar.2 = add(%x_bar, %p) : f64
    %y_bar.2 = mul(%y_bar, %x) : f64
    yield %y_bar.2, %x_bar.2
  }
  yield %y, %x_bar.1
}
""",
    [1.5, 5, 1.0],
    [1.5, 0, 1.0],
)

program(
    """
func @blocks(%x: f64[n], %m: i64) -> (f64) {
  %lo = const {value=0} : i64
  %one = const {value=1} : i64
  %two = const {value=2} : i64
  %zero = const {value=0.0} : f64
  %tape = rec_new() {item=f64} : rec<f64>
  %total = mul(%m, %two) : i64
  %base = rec_grow(%tape, %total) : i64
  %t = for(%lo, %m, %one) : i64 {
    (%i: i64):
    %a = load(%x, %i) : f64
    %k = mul(%two, %i) : i64
    %k0 = add(%base, %k) : i64
    %k1 = add(%k0, %one) : i64
    rec_set(%tape, %k0, %a)
    %b = exp(%a) : f64
    rec_set(%tape, %k1, %b)
    yield
  }
  %len = rec_len(%tape) : i64
  %r, %s.1 = for(%lo, %len, %one, %zero) : i64, f64 {
    (%k: i64, %s: f64):
    %v = rec_get(%tape, %k) : f64
    %w = mul(%s, %v) : f64
    %s.2 = add(%v, %w) : f64
    yield %s.2
  }
  yield %s.1
}
""",
    [X, 3],
)

program(
    """
func @tree(%x: f64, %depth: i64) -> (f64) {
  %zero = const {value=0} : i64
  %leaf = le(%depth, %zero) : bool
  %r = if(%leaf) : f64 {
    %s = sin(%x) : f64
    yield %s
  } else {
    %one = const {value=1} : i64
    %half = const {value=0.5} : f64
    %d = sub(%depth, %one) : i64
    %h = mul(%half, %x) : f64
    %a = call(%h, %d) {func='tree'} : f64
    %b = call(%x, %d) {func='tree'} : f64
    %c = add(%a, %b) : f64
    yield %c
  }
  yield %r
}
""",
    [1.3, 3],
)

program(
    """
func @softmax(%x: f64[n]) -> (f64[n], f64) {
  %m = amax(%x) {axes=(0,), keepdims=False} : f64
  %d = sub(%x, %m) : f64[n]
  %e = exp(%d) : f64[n]
  %z = sum(%e) {axes=(0,), keepdims=False} : f64
  %p = div(%e, %z) : f64[n]
  %l = log(%z) : f64
  %lse = add(%m, %l) : f64
  yield %p, %lse
}
""",
    [X],
    [X[:0].copy()],
)

program(
    """
func @layer_vjp(%w: f64[n,n], %x: f64[n,n], %b: f64[n], %y_bar: f64[n,n]) -> (f64[n,n], f64[n,n], f64[n]) {
  %xw = matmul(%x, %w) : f64[n,n]
  %z = add(%xw, %b) : f64[n,n]
  %y = tanh(%z) : f64[n,n]
  %y2 = mul(%y, %y) : f64[n,n]
  %one = const {value=1.0} : f64
  %d = sub(%one, %y2) : f64[n,n]
  %z_bar = mul(%y_bar, %d) : f64[n,n]
  %n = dim(%b) {axis=0} : i64
  %b_bar = alloc(%n) {dtype=f64, axes='n', fill='zero'} : f64[n]
  vacc(%b_bar, %z_bar)
  %xt = transpose(%x) {perm=(1, 0)} : f64[n,n;S]
  %w_bar = matmul(%xt, %z_bar) : f64[n,n]
  %wt = transpose(%w) {perm=(1, 0)} : f64[n,n;S]
  %x_bar = matmul(%z_bar, %wt) : f64[n,n]
  yield %w_bar, %x_bar, %b_bar
}
""",
    [A, A[:, :3].copy(), np.arange(4.0), np.ones((3, 4))],
    [A, A[:, :3].copy(), np.ones(1), np.ones((3, 4))],
)

program(
    """
func @views(%a: f64[n,n], %x: f64[n], %i: i64) -> (f64, f64[n;S]) {
  %zero = const {value=0} : i64
  %one = const {value=1} : i64
  %two = const {value=2} : i64
  %back = const {value=-1} : i64
  %rows = dim(%a) {axis=0} : i64
  %cols = dim(%a) {axis=1} : i64
  %k = wrap(%i, %rows) : i64
  %row = view(%a, %k) {spec='i:'} : f64[n]
  %old = load(%row, %two) : f64
  %len = sub(%cols, %one) : i64
  %tail = view(%a, %k, %one, %len, %one) {spec='is'} : f64[n;S]
  %head = view(%a, %zero, %zero, %len, %one) {spec='is'} : f64[n;S]
  vacc(%tail, %head)
  %last = sub(%cols, %one) : i64
  %flip = view(%a, %one, %last, %cols, %back) {spec='is'} : f64[n;S]
  %nx = dim(%x) {axis=0} : i64
  %some = view(%flip, %one, %two, %one) {spec='s'} : f64[n;S]
  %lastx = sub(%nx, %one) : i64
  %xs = view(%x, %lastx, %two, %back) {spec='s'} : f64[n;S]
  assign(%some, %xs)
  %every = view(%x, %one, %two, %two) {spec='s'} : f64[n;S]
  %c = const {value=3.0} : f64
  assign(%every, %c)
  %t = view(%a, %two) {spec=':i'} : f64[n;S]
  yield %old, %t
}
""",
    [A, X, -1],
    [A, X, 1],
)

program(
    """
func @broadcasting(%x: f64[n], %y: f64[n], %a: f64[n,n]) -> (f64[n,n], f64[n], f64[n]) {
  %col = view(%x) {spec=':+'} : f64[n,1]
  %outer = mul(%col, %y) : f64[n,n]
  %zero = const {value=0.0} : f64
  %pos = gt(%outer, %zero) : bool[n,n]
  %neg = neg(%outer) : f64[n,n]
  %z = select(%pos, %outer, %neg) : f64[n,n]
  %r = sqrt(%z) : f64[n,n]
  assign(%a, %r)
  %nx = dim(%x) {axis=0} : i64
  %x_bar = alloc(%nx) {dtype=f64, axes='n', fill='zero'} : f64[n]
  %cb = view(%x_bar) {spec=':+'} : f64[n,1]
  vacc(%cb, %r)
  %ny = dim(%y) {axis=0} : i64
  %y_bar = alloc(%ny) {dtype=f64, axes='n', fill='zero'} : f64[n]
  vacc(%y_bar, %r)
  %s = sum(%a) {axes=(1,), keepdims=False} : f64[n]
  vacc(%x_bar, %s)
  yield %r, %x_bar, %y_bar
}
""",
    [X[:3].copy(), Y[:4].copy(), np.zeros((3, 4))],
)

program(
    """
func @guarded(%x: f64[n], %i: i64, %d: f64) -> (f64) {
  %n = dim(%x) {axis=0} : i64
  %zero = const {value=0} : i64
  %ge = ge(%i, %zero) : bool
  %lt = lt(%i, %n) : bool
  %ok = and(%ge, %lt) : bool
  check(%ok, %i, %n) {exc='IndexError', message='index {0} is out of bounds for axis 0 with size {1}'}
  %none = const {value=0.0} : f64
  %nz = ne(%d, %none) : bool
  check(%nz) {exc='ZeroDivisionError', message='float division by zero'}
  %v = load(%x, %i) : f64
  %q = div(%v, %d) : f64
  %r = div(%d, %q) : f64
  yield %r
}
""",
    [X, 1, 2.0],
    [X, 7, 2.0],
    [X, 1, 0.0],
)

program(
    """
func @ieee(%x: f64, %y: f64) -> (f64, f64, f64, f64, f64, f64, f64) {
  %a = div(%x, %y) : f64
  %b = log(%y) : f64
  %c = pow(%x, %y) : f64
  %d = ipow(%x) {n=3} : f64
  %e = ipow(%y) {n=-2} : f64
  %f = mulz(%x, %a) : f64
  %g = pymax(%x, %y) : f64
  yield %a, %b, %c, %d, %e, %f, %g
}
""",
    [1.0, 0.0],
    [0.0, 0.0],
    [-1.5, 0.5],
    [1e200, -2.0],
    [float("nan"), 1.0],
)

program(
    """
func @integers(%i: i64, %n: i64, %h: f64) -> (f64, f64, i64, f64) {
  %fi = cast(%i) {to=f64} : f64
  %x = mul(%fi, %h) : f64
  %fn = cast(%n) {to=f64} : f64
  %r = div(%fi, %fn) : f64
  %k = cast(%x) {to=i64} : i64
  %p = mul(%fi, %fn) : f64
  yield %x, %r, %k, %p
}
""",
    [3, 4, 0.7],
    [3, 0, -0.7],
)

program(
    """
func @single(%x: f32[n], %c: f32) -> (f32) {
  %n = dim(%x) {axis=0} : i64
  %lo = const {value=0} : i64
  %one = const {value=1} : i64
  %zero = const {value=0.0} : f32
  %t, %s.1 = for(%lo, %n, %one, %zero) : i64, f32 {
    (%i: i64, %s: f32):
    %a = load(%x, %i) : f32
    %k = const {value=0.10000000149011612} : f32
    %p = mul(%a, %k) : f32
    %q = mul(%p, %c) : f32
    %s.2 = add(%s, %q) : f32
    yield %s.2
  }
  yield %s.1
}
""",
    [X.astype(np.float32), 0.3],
)

program(
    """
func @insertion_sort(%x: f64[n]) -> () {
  %n = dim(%x) {axis=0} : i64
  %zero = const {value=0} : i64
  %one = const {value=1} : i64
  %t = for(%one, %n, %one) : i64 {
    (%i: i64):
    %key = load(%x, %i) : f64
    %w, %j.1 = while(%i) : i64, i64 {
      (%j: i64):
      %in = gt(%j, %zero) : bool
      %go = if(%in) : bool {
        %b = sub(%j, %one) : i64
        %v = load(%x, %b) : f64
        %bigger = gt(%v, %key) : bool
        yield %bigger
      } else {
        %no = const {value=False} : bool
        yield %no
      }
      yield %go
    } do {
      (%j: i64):
      %b.1 = sub(%j, %one) : i64
      %v.1 = load(%x, %b.1) : f64
      store(%x, %j, %v.1)
      yield %b.1
    }
    store(%x, %j.1, %key)
    yield
  }
  yield
}
""",
    [X],
)

program(
    """
func @guard_undefined(%x: f64, %y_bar: f64) -> (f64, f64) {
  %zero = const {value=0.0} : f64
  %pos = gt(%x, %zero) : bool
  %y, %s = if(%pos) : f64, f64 {
    %s.1 = exp(%x) : f64
    %y.1 = mul(%s.1, %s.1) : f64
    yield %y.1, %s.1
  } else {
    %u = undef() : f64
    yield %x, %u
  }
  %x_bar = if(%pos) : f64 {
    %two = const {value=2.0} : f64
    %p = mul(%two, %s) : f64
    %q = mul(%p, %s) : f64
    %r = mul(%q, %y_bar) : f64
    yield %r
  } else {
    yield %y_bar
  }
  yield %y, %x_bar
}
""",
    [0.3, 1.0],
    [-0.3, 1.0],
)

program(
    """
func @clamped(%x: f64[n], %i: i64, %k: i64) -> (f64, f64, f64, f64) {
  %zero = const {value=0} : i64
  %one = const {value=1} : i64
  %two = const {value=2} : i64
  %n = dim(%x) {axis=0} : i64
  %4 = minimum(%one, %n) : i64
  %5 = sub(%n, %one) : i64
  %6 = maximum(%5, %zero) : i64
  %7 = sub(%6, %4) : i64
  %8 = maximum(%7, %zero) : i64
  %inner = view(%x, %4, %8, %one) {spec='s', unit=True} : f64[n]
  %a = sum(%inner) {axes=(0,), keepdims=False} : f64
  %10 = wrap(%i, %n) : i64
  %11 = maximum(%10, %zero) : i64
  %12 = minimum(%11, %n) : i64
  %13 = sub(%n, %12) : i64
  %tail = view(%x, %12, %13, %one) {spec='s', unit=True} : f64[n]
  %b = sum(%tail) {axes=(0,), keepdims=False} : f64
  %14 = sub(%n, %4) : i64
  %15 = add(%14, %one) : i64
  %16 = floordiv(%15, %two) : i64
  %odd = view(%x, %4, %16, %two) {spec='s'} : f64[n;S]
  %c = sum(%odd) {axes=(0,), keepdims=False} : f64
  %17 = wrap(%k, %n) : i64
  %18 = maximum(%17, %zero) : i64
  %19 = minimum(%18, %n) : i64
  %20 = sub(%19, %12) : i64
  %21 = maximum(%20, %zero) : i64
  %part = view(%x, %12, %21, %one) {spec='s', unit=True} : f64[n]
  %d = sum(%part) {axes=(0,), keepdims=False} : f64
  yield %a, %b, %c, %d
}
""",
    [X, 1, 3],
    [X, -2, -1],
    [X, 9, -9],
    [X, 4, 1],
    [X[:0].copy(), 0, 0],
)
