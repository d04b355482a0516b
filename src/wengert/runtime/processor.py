"""What this machine's processor can do, as text: part of every cache key.

LLVM knows, but asking it takes loading it, which a restored function otherwise does not need.  On x86-64 we
ask the processor itself, for the same leaves that LLVM derives its list of features from.
"""

from __future__ import annotations

import ctypes
from functools import cache

from . import elf

# push rbx; mov r8, rdx; mov eax, edi; mov ecx, esi; cpuid; store eax, ebx, ecx, edx at r8; pop rbx; ret
_CPUID = bytes.fromhex("53 4989d0 89f8 89f1 0fa2 418900 41895804 41894808 4189500c 5b c3")

_LEAVES = ((1, 0), (7, 0), (7, 1), (0xD, 0), (0xD, 1), (0x14, 0), (0x19, 0), (0x1E, 1), (0x24, 0))
_EXTENDED = (0x80000001, 0x80000008)


@cache
def describe() -> str:
    """Equal on two machines only if code for one runs on the other."""
    if elf.available():
        try:
            return _x86()
        except elf.Unsupported:
            pass
    import llvmlite.binding as llvm

    return f"{llvm.get_host_cpu_name()} {llvm.get_host_cpu_features().flatten()}"


def _x86() -> str:
    ask = ctypes.CFUNCTYPE(None, ctypes.c_uint32, ctypes.c_uint32, ctypes.c_void_p)(elf.executable(_CPUID))
    words = (ctypes.c_uint32 * 4)()

    def leaf(number: int, part: int = 0) -> list[int]:
        ask(number, part, ctypes.addressof(words))
        return list(words)

    top, top_extended = leaf(0)[0], leaf(0x80000000)[0]
    rows = [leaf(0)]
    for number, part in _LEAVES:
        if number <= top:
            row = leaf(number, part)
            if number == 1:
                row[1] &= 0x0000FFFF  # above it: which core this is, and how many there are
            rows.append(row)
    rows += [leaf(number) for number in _EXTENDED if number <= top_extended]
    return " ".join(f"{word:x}" for row in rows for word in row)
