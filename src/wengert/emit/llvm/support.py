"""The run-time support that is linked into every compiled object, as LLVM text: owned memory and failing.

Every buffer has a 64-byte header in front of its data: reference count at -64, the previous and next buffer
of the call at -56 and -48, at -40 the block it lies in (whose size is in its first word), and at -32 the head
of its call, or null once it has left the call. All buffers of a call hang in one ring whose head is on the
stack of ``wg_main``, so that leaving early frees everything at once and nothing can leak. The head has four
places, from 32 on, for blocks that the call has freed: arrays that a loop makes anew in every trip take turns
in them.

Large blocks (256 KiB to 32 MiB) are kept in the places of ``wg_pool``, which all objects of the process
share: fresh pages from the system cost more than most loops over them. When all places are taken, a block
that comes back takes the next one in turn, so that what nobody asks for any more goes; whose turn it is
stands after the places.
"""

from __future__ import annotations

from collections.abc import Iterable

from . import numeric

_NEEDS = {
    "wg_slot_grow": ("wg_alloc", "wg_free"),
    "wg_rec_more": ("wg_alloc", "wg_free"),
    "wg_drop": ("wg_free",),
    "wg_rec_clear": ("wg_drop", "wg_free"),
    "wg_rec_drop": ("wg_rec_clear", "wg_drop", "wg_free"),
    "wg_release": ("wg_drop", "wg_free"),
    "wg_free_all": ("wg_give",),
    "wg_alloc": ("wg_take",),
    "wg_free": ("wg_give",),
}

_TEXT = {
    "wg_take": """
define internal ptr @wg_take(i64 %size) noinline nounwind {
entry:
  %large = icmp uge i64 %size, 262144
  br i1 %large, label %head, label %make
head:
  %k = phi i64 [ 0, %entry ], [ %k1, %next ]
  %end = icmp eq i64 %k, 16
  br i1 %end, label %make, label %try
try:
  %slot = getelementptr ptr, ptr @wg_pool, i64 %k
  %seen = load atomic ptr, ptr %slot monotonic, align 8
  %none = icmp eq ptr %seen, null
  br i1 %none, label %next, label %take
take:
  %old = atomicrmw xchg ptr %slot, ptr null acq_rel
  %gone = icmp eq ptr %old, null
  br i1 %gone, label %next, label %look
look:
  %have = load i64, ptr %old
  %enough = icmp uge i64 %have, %size
  %half = lshr i64 %have, 1
  %tight = icmp ule i64 %half, %size
  %fits = and i1 %enough, %tight
  br i1 %fits, label %use, label %back
use:
  ret ptr %old
back:
  %pair = cmpxchg ptr %slot, ptr null, ptr %old acq_rel monotonic
  %put = extractvalue {ptr, i1} %pair, 1
  br i1 %put, label %next, label %drop
drop:
  call void @free(ptr %old)
  br label %next
next:
  %k1 = add i64 %k, 1
  br label %head
make:
  %raw = call ptr @malloc(i64 %size)
  %bad = icmp eq ptr %raw, null
  br i1 %bad, label %no, label %yes
yes:
  store i64 %size, ptr %raw
  br label %no
no:
  ret ptr %raw
}
""",
    "wg_give": """
define internal void @wg_give(ptr %raw) noinline nounwind {
entry:
  %size = load i64, ptr %raw
  %large = icmp uge i64 %size, 262144
  %small = icmp ule i64 %size, 33554432
  %keep = and i1 %large, %small
  br i1 %keep, label %head, label %free
head:
  %k = phi i64 [ 0, %entry ], [ %k1, %next ]
  %end = icmp eq i64 %k, 16
  br i1 %end, label %full, label %try
try:
  %slot = getelementptr ptr, ptr @wg_pool, i64 %k
  %pair = cmpxchg ptr %slot, ptr null, ptr %raw acq_rel monotonic
  %put = extractvalue {ptr, i1} %pair, 1
  br i1 %put, label %done, label %next
next:
  %k1 = add i64 %k, 1
  br label %head
full:
  %clock = getelementptr ptr, ptr @wg_pool, i64 16
  %ticks = atomicrmw add ptr %clock, i64 1 monotonic
  %turn = and i64 %ticks, 15
  %place = getelementptr ptr, ptr @wg_pool, i64 %turn
  %other = atomicrmw xchg ptr %place, ptr %raw acq_rel
  call void @free(ptr %other)
  br label %done
free:
  call void @free(ptr %raw)
  br label %done
done:
  ret void
}
""",
    "wg_alloc": """
define internal noalias ptr @wg_alloc(ptr %heap, i64 %size) noinline nounwind {
  %sane = icmp ult i64 %size, 140737488355328
  br i1 %sane, label %go, label %no, !prof !1
go:
  %all = add i64 %size, 192
  br label %spares
spares:
  %k = phi i64 [ 32, %go ], [ %k1, %more ]
  %place = getelementptr i8, ptr %heap, i64 %k
  %spare = load ptr, ptr %place
  %none = icmp eq ptr %spare, null
  br i1 %none, label %more, label %look
look:
  %have = load i64, ptr %spare
  %enough = icmp uge i64 %have, %all
  %half = lshr i64 %have, 1
  %tight = icmp ule i64 %half, %all
  %fits = and i1 %enough, %tight
  br i1 %fits, label %use, label %more
use:
  store ptr null, ptr %place
  br label %yes
more:
  %k1 = add i64 %k, 8
  %end = icmp eq i64 %k1, 64
  br i1 %end, label %take, label %spares
take:
  %new = call ptr @wg_take(i64 %all)
  %bad = icmp eq ptr %new, null
  br i1 %bad, label %no, label %yes, !prof !0
yes:
  %raw = phi ptr [ %spare, %use ], [ %new, %take ]
  %a = ptrtoint ptr %raw to i64
  %b = add i64 %a, 135
  %c = and i64 %b, -64
  %off = sub i64 %c, %a
  %data = getelementptr i8, ptr %raw, i64 %off
  %count = getelementptr i8, ptr %data, i64 -64
  %prev = getelementptr i8, ptr %data, i64 -56
  %next = getelementptr i8, ptr %data, i64 -48
  %origin = getelementptr i8, ptr %data, i64 -40
  store i64 1, ptr %count
  store ptr %raw, ptr %origin
  %home = getelementptr i8, ptr %data, i64 -32
  store ptr %heap, ptr %home
  %hnext = getelementptr i8, ptr %heap, i64 16
  %hprev = getelementptr i8, ptr %heap, i64 8
  %first = load ptr, ptr %hnext
  store ptr %first, ptr %next
  %head = getelementptr i8, ptr %heap, i64 64
  store ptr %head, ptr %prev
  %fprev = getelementptr i8, ptr %first, i64 -56
  store ptr %data, ptr %fprev
  store ptr %data, ptr %hnext
  ret ptr %data
no:
  ret ptr null
}
""",
    "wg_free": """
define internal void @wg_free(ptr %data) noinline nounwind {
entry:
  %pp = getelementptr i8, ptr %data, i64 -56
  %np = getelementptr i8, ptr %data, i64 -48
  %op = getelementptr i8, ptr %data, i64 -40
  %prev = load ptr, ptr %pp
  %next = load ptr, ptr %np
  %pn = getelementptr i8, ptr %prev, i64 -48
  store ptr %next, ptr %pn
  %nn = getelementptr i8, ptr %next, i64 -56
  store ptr %prev, ptr %nn
  %raw = load ptr, ptr %op
  %home = getelementptr i8, ptr %data, i64 -32
  %heap = load ptr, ptr %home
  %left = icmp eq ptr %heap, null
  br i1 %left, label %give, label %spares
spares:
  %k = phi i64 [ 32, %entry ], [ %k1, %more ]
  %place = getelementptr i8, ptr %heap, i64 %k
  %spare = load ptr, ptr %place
  %none = icmp eq ptr %spare, null
  br i1 %none, label %put, label %more
put:
  store ptr %raw, ptr %place
  ret void
more:
  %k1 = add i64 %k, 8
  %end = icmp eq i64 %k1, 64
  br i1 %end, label %give, label %spares
give:
  call void @wg_give(ptr %raw)
  ret void
}
""",
    "wg_free_all": """
define internal void @wg_free_all(ptr %heap) noinline nounwind {
  %hnext = getelementptr i8, ptr %heap, i64 16
  %head = getelementptr i8, ptr %heap, i64 64
  br label %loop
loop:
  %data = load ptr, ptr %hnext
  %end = icmp eq ptr %data, %head
  br i1 %end, label %done, label %one
one:
  %np = getelementptr i8, ptr %data, i64 -48
  %next = load ptr, ptr %np
  store ptr %next, ptr %hnext
  %op = getelementptr i8, ptr %data, i64 -40
  %raw = load ptr, ptr %op
  call void @wg_give(ptr %raw)
  br label %loop
done:
  %k = phi i64 [ 32, %loop ], [ %k1, %next_place ]
  %place = getelementptr i8, ptr %heap, i64 %k
  %spare = load ptr, ptr %place
  %none = icmp eq ptr %spare, null
  br i1 %none, label %next_place, label %give
give:
  store ptr null, ptr %place
  call void @wg_give(ptr %spare)
  br label %next_place
next_place:
  %k1 = add i64 %k, 8
  %last = icmp eq i64 %k1, 64
  br i1 %last, label %over, label %done
over:
  ret void
}
""",
    "wg_keep": """
define internal void @wg_keep(ptr %data) noinline nounwind {
  %pp = getelementptr i8, ptr %data, i64 -56
  %np = getelementptr i8, ptr %data, i64 -48
  %prev = load ptr, ptr %pp
  %next = load ptr, ptr %np
  %pn = getelementptr i8, ptr %prev, i64 -48
  store ptr %next, ptr %pn
  %nn = getelementptr i8, ptr %next, i64 -56
  store ptr %prev, ptr %nn
  store ptr %data, ptr %pp
  store ptr %data, ptr %np
  %home = getelementptr i8, ptr %data, i64 -32
  store ptr null, ptr %home
  ret void
}
""",
    "wg_retain": """
define internal void @wg_retain(ptr %data) alwaysinline nounwind {
  %null = icmp eq ptr %data, null
  br i1 %null, label %done, label %go
go:
  %p = getelementptr i8, ptr %data, i64 -64
  %n = load i64, ptr %p
  %m = add i64 %n, 1
  store i64 %m, ptr %p
  br label %done
done:
  ret void
}
""",
    "wg_drop": """
define internal void @wg_drop(ptr %data) noinline nounwind {
  %null = icmp eq ptr %data, null
  br i1 %null, label %done, label %go
go:
  %p = getelementptr i8, ptr %data, i64 -64
  %n = load i64, ptr %p
  %m = sub i64 %n, 1
  store i64 %m, ptr %p
  %last = icmp eq i64 %m, 0
  br i1 %last, label %gone, label %done
gone:
  call void @wg_free(ptr %data)
  br label %done
done:
  ret void
}
""",
    "wg_release": """
define void @wg_release(ptr %data) noinline nounwind {
  call void @wg_drop(ptr %data)
  ret void
}
""",
    "wg_slot_grow": """
define internal ptr @wg_slot_grow(ptr %heap, ptr %slot, i64 %size) noinline cold nounwind {
  %old = load ptr, ptr %slot
  %cp = getelementptr i8, ptr %slot, i64 8
  %none = icmp eq ptr %old, null
  br i1 %none, label %go, label %drop
drop:
  store ptr null, ptr %slot
  store i64 0, ptr %cp
  call void @wg_free(ptr %old)
  br label %go
go:
  %new = call ptr @wg_alloc(ptr %heap, i64 %size)
  %bad = icmp eq ptr %new, null
  br i1 %bad, label %done, label %keep
keep:
  store ptr %new, ptr %slot
  store i64 %size, ptr %cp
  br label %done
done:
  ret ptr %new
}
""",
    "wg_rec_more": """
define internal ptr @wg_rec_more(ptr %heap, ptr %old, i64 %used, i64 %size) noinline nounwind {
  %new = call ptr @wg_alloc(ptr %heap, i64 %size)
  %bad = icmp eq ptr %new, null
  br i1 %bad, label %done, label %copy
copy:
  %none = icmp eq ptr %old, null
  br i1 %none, label %done, label %move
move:
  call void @llvm.memcpy.p0.p0.i64(ptr align 8 %new, ptr align 8 %old, i64 %used, i1 false)
  call void @wg_free(ptr %old)
  br label %done
done:
  ret ptr %new
}
""",
    "wg_rec_clear": """
define internal void @wg_rec_clear(ptr %data, i64 %n, i64 %width) noinline nounwind {
  %none = icmp eq ptr %data, null
  br i1 %none, label %done, label %go
go:
  %refs = icmp ne i64 %width, 0
  br i1 %refs, label %head, label %last
head:
  %k = phi i64 [ 0, %go ], [ %k1, %body ]
  %more = icmp ult i64 %k, %n
  br i1 %more, label %body, label %last
body:
  %w = mul i64 %k, %width
  %item = getelementptr i64, ptr %data, i64 %w
  %at = getelementptr i8, ptr %item, i64 8
  %owner = load ptr, ptr %at
  call void @wg_drop(ptr %owner)
  %k1 = add i64 %k, 1
  br label %head
last:
  call void @wg_free(ptr %data)
  br label %done
done:
  ret void
}
""",
    "wg_rec_drop": """
define internal void @wg_rec_drop(ptr %header, i64 %width) noinline nounwind {
  %null = icmp eq ptr %header, null
  br i1 %null, label %done, label %go
go:
  %p = getelementptr i8, ptr %header, i64 -64
  %n = load i64, ptr %p
  %last = icmp eq i64 %n, 1
  br i1 %last, label %gone, label %less
gone:
  %data = load ptr, ptr %header
  %lp = getelementptr i8, ptr %header, i64 8
  %length = load i64, ptr %lp
  call void @wg_rec_clear(ptr %data, i64 %length, i64 %width)
  call void @wg_free(ptr %header)
  br label %done
less:
  %m = sub i64 %n, 1
  store i64 %m, ptr %p
  br label %done
done:
  ret void
}
""",
}


def _fail(operands: int) -> str:
    args = "".join(f", i64 %a{k}" for k in range(operands))
    body = "".join(
        f"  %p{k} = getelementptr i8, ptr %ctx, i64 {8 + 8 * k}\n  store i64 %a{k}, ptr %p{k}\n"
        for k in range(operands)
    )
    return (
        f"\ndefine internal void @wg_fail{operands}(ptr %ctx, i64 %site{args}) noinline cold nounwind {{\n"
        f"  store i64 %site, ptr %ctx\n{body}  ret void\n}}\n"
    )


GIVE = f"""
@wg_pool = external global [17 x ptr]
declare void @free(ptr) nounwind
{_TEXT["wg_give"]}"""
"""``wg_give`` for a module of its own: a block goes back to the pool, or to the system."""

_POISON = {
    "wg_alloc": (
        "  store ptr %data, ptr %hnext\n",
        "  call void @llvm.memset.p0.i64(ptr %data, i8 -1, i64 %size, i1 false)\n",
    ),
    "wg_give": (
        "  %size = load i64, ptr %raw\n",
        "  %body = getelementptr i8, ptr %raw, i64 8\n"
        "  %rest = sub i64 %size, 8\n"
        "  call void @llvm.memset.p0.i64(ptr %body, i8 -1, i64 %rest, i1 true)\n",
    ),
}
"""Where memory is filled with not-a-numbers: after which line, by what."""


def _poisoned(name: str) -> str:
    line, more = _POISON.get(name, ("", ""))
    assert line in _TEXT[name]
    return _TEXT[name].replace(line, line + more, 1) if line else _TEXT[name]


def source(names: Iterable[str], poison: bool = False) -> str:
    """The text of the helpers ``names`` and of all they need."""
    wanted: list[str] = []
    stack = list(names)
    while stack:
        name = stack.pop()
        if name in wanted or not name.startswith("wg_"):
            continue
        wanted.append(name)
        stack.extend(_NEEDS.get(name, ()))
    out = [
        "@wg_pool = external global [17 x ptr]",
        "declare noalias ptr @malloc(i64) nounwind",
        "declare void @free(ptr) nounwind",
        "declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)",
    ]
    for name in sorted(wanted):
        if name.startswith("wg_fail"):
            out.append(_fail(int(name[7:])))
        elif name == "wg_trigamma":
            out.append(numeric.TRIGAMMA)
        elif name in _TEXT:
            out.append(_poisoned(name) if poison else _TEXT[name])
    out += [
        numeric.pairwise(ty)
        for ty in ("double", "float")
        if {f"wg_push_{ty}", f"wg_total_{ty}"} & set(wanted)
    ]
    return "\n".join(out)
