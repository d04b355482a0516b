"""Loads object files by ourselves, on Linux for x86-64: no LLVM, so that a restored function needs none.

LLVM emits our objects position independent and with the small code model, so all that is left to do is what
a linker does: put the sections side by side, resolve symbols, apply a few kinds of relocation.  What is not
ours is reached through a table of addresses (GOT) beside the code, calls of it through stubs that jump there.

    code | stubs | read-only data | GOT | data        one mapping; each group of pages gets its permissions

No page is writable and executable at the same time.  Anything unexpected in an object raises `Unsupported`.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Callable
from functools import cache
from struct import Struct
from typing import Any

_HEADER = Struct("<4s5B7xHHIQQQIHHHHHH")
_SECTION = Struct("<IIQQQQIIQQ")
_SYMBOL = Struct("<IBBHQQ")
_RELOCATION = Struct("<QIIq")
_I32 = Struct("<i")
_U64 = Struct("<Q")

_RELOCATABLE, _X86_64 = 1, 62
_SYMTAB, _RELA, _NOBITS, _UNWIND = 2, 4, 8, 0x70000001
_WRITE, _ALLOC, _EXEC, _TLS = 1, 2, 4, 0x400
_UNDEFINED, _ABSOLUTE = 0, 0xFFF1
_ADDRESS, _PC32, _PLT32, _GOTPCREL, _GOTPCRELX, _REX_GOTPCRELX, _PC64 = 1, 2, 4, 9, 41, 42, 24
_GOT_KINDS = (_GOTPCREL, _GOTPCRELX, _REX_GOTPCRELX)

_MOV, _LEA = 0x8B, 0x8D
_STUB_BYTES = 8
_READ, _WRITE_TO, _RUN, _PRIVATE, _ANONYMOUS = 1, 2, 4, 2, 0x20  # of `mmap`, slow to import, on this system
_MAP_FAILED = 2**64 - 1
_PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096


class Unsupported(Exception):
    """The object has something that this loader does not know."""


@cache
def available() -> bool:
    """Whether this machine runs what the loader loads."""
    here = sys.platform == "linux" and os.uname().machine == "x86_64"
    return here and sys.byteorder == "little" and ctypes.sizeof(ctypes.c_void_p) == 8


class _Section:
    """``place`` is the offset in the image; -1 when the section is not loaded."""

    def __init__(self, record: tuple[int, ...]) -> None:
        _, self.kind, self.flags, _, self.start, self.size, self.link, self.info, align, _ = record
        self.align = max(align, 1)
        self.place = -1


class _Plan:
    """Where everything goes, as offsets in the image.

    ``ends``: where code, read-only data and data end, each the start of a page.
    """

    def __init__(self) -> None:
        self.stubs: dict[str, int] = {}
        self.got: dict[str, int] = {}
        self.ends: list[int] = []


class Image:
    """A loaded object; its memory goes back when this is collected."""

    def __init__(self, base: int, size: int, symbols: dict[str, int]) -> None:
        self._base = base
        self._size = size
        self._symbols = symbols
        self._unmap = _libc().munmap

    def address(self, symbol: str) -> int:
        """Where ``symbol`` lies; `KeyError` when there is none."""
        return self._symbols[symbol]

    def __del__(self) -> None:
        self._unmap(self._base, self._size)


def load(blob: bytes, external: Callable[[str], int]) -> Image:
    """Load an object file; ``external`` gives the addresses of what it does not define."""
    header = _HEADER.unpack_from(blob)
    if header[0] != b"\x7fELF" or header[1:4] != (2, 1, 1) or header[6:8] != (_RELOCATABLE, _X86_64):
        raise Unsupported("not an object file for this machine")
    sections = _sections(blob, header[11], header[17])
    names, symbols = _symbols(blob, sections)
    relocations = _relocations(blob, sections)
    plan = _layout(sections, names, symbols, relocations)
    size = plan.ends[-1]
    base = _map(size)
    try:
        known = _resolved(names, symbols, sections, base, external)
        image = bytearray(size)
        for s in sections:
            if s.place >= 0 and s.kind != _NOBITS:
                image[s.place : s.place + s.size] = blob[s.start : s.start + s.size]
        _fill_tables(image, plan, known)
        for target, entries in relocations:
            _relocate(image, base, sections[target].place, entries, names, symbols, known, plan)
        ctypes.memmove(base, bytes(image), size)
        _protect(base, plan.ends)
    except BaseException:
        _libc().munmap(base, size)
        raise
    return Image(base, size, {n: known[n] for n, s in zip(names, symbols, strict=True) if n and s[3]})


def _sections(blob: bytes, start: int, count: int) -> list[_Section]:
    found = [_Section(_SECTION.unpack_from(blob, start + 64 * k)) for k in range(count)]
    if any(s.flags & _TLS for s in found):
        raise Unsupported("thread-local data")
    return found


def _symbols(blob: bytes, sections: list[_Section]) -> tuple[list[str], list[tuple[int, ...]]]:
    """Names and records of the symbols; a symbol that stands for a section is called ``.section K``."""
    (table,) = [s for s in sections if s.kind == _SYMTAB]
    text = sections[table.link]
    strings = blob[text.start : text.start + text.size]
    records = list(_SYMBOL.iter_unpack(blob[table.start : table.start + table.size]))
    names: list[str] = []
    for name, info, _, section, _, _ in records:
        if info & 15 == 3:
            names.append(f".section {section}")
        else:
            names.append(strings[name : strings.index(b"\0", name)].decode())
    return names, records


Relocations = list[tuple[int, list[tuple[int, ...]]]]


def _relocations(blob: bytes, sections: list[_Section]) -> Relocations:
    """For each section that is loaded: place, kind, symbol and addend of its relocations."""
    return [
        (s.info, list(_RELOCATION.iter_unpack(blob[s.start : s.start + s.size])))
        for s in sections
        if s.kind == _RELA and _loaded(sections[s.info])
    ]


def _loaded(s: _Section) -> bool:
    """Unwinding tables are not needed: nothing that we call throws."""
    return bool(s.flags & _ALLOC) and s.kind != _UNWIND


def _layout(
    sections: list[_Section], names: list[str], symbols: list[tuple[int, ...]], relocations: Relocations
) -> _Plan:
    plan = _Plan()
    at = 0
    for group in (_EXEC, 0, _WRITE):
        for s in sections:
            if _loaded(s) and s.flags & (_EXEC | _WRITE) == group:
                at = s.place = _aligned(at, s.align)
                at += s.size
        if group == _EXEC:
            at = _aligned(at, 16)
            for _, entries in relocations:
                for _, kind, k, _ in entries:
                    if kind == _PLT32 and symbols[k][3] == _UNDEFINED and names[k] not in plan.stubs:
                        plan.stubs[names[k]] = at
                        at += _STUB_BYTES
        elif group == 0:
            at = _aligned(at, 8)
            used = (names[k] for _, entries in relocations for _, kind, k, _ in entries if kind in _GOT_KINDS)
            for name in dict.fromkeys((*plan.stubs, *used)):
                plan.got[name] = at
                at += 8
        at = _aligned(at, _PAGE)
        plan.ends.append(at)
    return plan


def _aligned(at: int, to: int) -> int:
    return -(-at // to) * to


def _resolved(
    names: list[str],
    symbols: list[tuple[int, ...]],
    sections: list[_Section],
    base: int,
    external: Callable[[str], int],
) -> dict[str, int]:
    """The address of each symbol."""
    known: dict[str, int] = {}
    for name, (_, _, _, section, value, _) in zip(names, symbols, strict=True):
        if section == _UNDEFINED:
            if name:
                known[name] = external(name)
        elif section == _ABSOLUTE:
            known[name] = value
        elif section < len(sections):
            if sections[section].place >= 0:
                known[name] = base + sections[section].place + value
        else:
            raise Unsupported(f"symbol {name} in section {section}")
    return known


def _fill_tables(image: bytearray, plan: _Plan, known: dict[str, int]) -> None:
    for name, place in plan.got.items():
        _U64.pack_into(image, place, known[name])
    for name, place in plan.stubs.items():  # jmp *GOT(%rip)
        image[place : place + 2] = b"\xff\x25"
        _I32.pack_into(image, place + 2, plan.got[name] - place - 6)


def _relocate(
    image: bytearray,
    base: int,
    start: int,
    entries: list[tuple[int, ...]],
    names: list[str],
    symbols: list[tuple[int, ...]],
    known: dict[str, int],
    plan: _Plan,
) -> None:
    """Apply the relocations of the section at offset ``start``."""
    for offset, kind, k, addend in entries:
        at = start + offset
        name = names[k]
        if kind == _ADDRESS:
            _U64.pack_into(image, at, (known[name] + addend) % 2**64)
            continue
        target = known[name]
        if kind == _PLT32:
            if name in plan.stubs:
                target = base + plan.stubs[name]
        elif kind in _GOT_KINDS:
            if kind != _GOTPCREL and symbols[k][3] != _UNDEFINED and image[at - 2] == _MOV:
                image[at - 2] = _LEA  # the address itself is near: no need to load it
            else:
                target = base + plan.got[name]
        elif kind not in (_PC32, _PC64):
            raise Unsupported(f"relocation of kind {kind}")
        distance = target + addend - base - at
        if kind == _PC64:
            _U64.pack_into(image, at, distance % 2**64)
        elif -(2**31) <= distance < 2**31:
            _I32.pack_into(image, at, distance)
        else:
            raise Unsupported(f"{name} is too far away")


# memory


def executable(code: bytes) -> int:
    """The address of a copy of some code that needs no linking; it stays for ever."""
    size = _aligned(len(code), _PAGE)
    base = _map(size)
    ctypes.memmove(base, code, len(code))
    _protect(base, [size])
    return base


@cache
def _libc() -> Any:
    libc = ctypes.CDLL(None, use_errno=True)
    size, address = ctypes.c_size_t, ctypes.c_void_p
    libc.mmap.restype = address
    libc.mmap.argtypes = (address, size, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long)
    libc.munmap.argtypes = (address, size)
    libc.mprotect.argtypes = (address, size, ctypes.c_int)
    return libc


def _map(size: int) -> int:
    base = _libc().mmap(None, size, _READ | _WRITE_TO, _PRIVATE | _ANONYMOUS, -1, 0)
    if base is None or base == _MAP_FAILED:
        raise MemoryError("no memory for compiled code")
    return base


def _protect(base: int, ends: list[int]) -> None:
    """Code may run, constants may be read, and data stays as it is."""
    start = 0
    for end, may in zip(ends, (_READ | _RUN, _READ), strict=False):
        if end > start and _libc().mprotect(base + start, end - start, may):
            raise Unsupported("the system does not allow memory to become executable")
        start = end
