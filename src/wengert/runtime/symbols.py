"""The one table that binds the external names of compiled code to addresses: libm, ``malloc``, BLAS.

Compiled objects know externals by name only, so that they can be kept on disk.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from importlib.machinery import PathFinder
from importlib.util import module_from_spec
from typing import Any

#: What LLVM may introduce by itself (idioms, libm simplifications), so what every object may need.
_IMPLICIT = """
memcpy memmove memset memcmp bcmp exp exp2 exp10 log log2 log10 pow powf sqrt sin cos sincos tan fmod fmodf
floor ceil trunc rint ldexp fabs copysign fmin fmax cbrt expf logf sinf cosf
"""
IMPLICIT = tuple(_IMPLICIT.split())

_BLAS = frozenset(["dgemm", "sgemm", "zgemm", "cgemm", "dgemv", "sgemv", "zgemv", "cgemv", "ddot", "sdot"])


#: The large free blocks of compiled code, see `emit.llvm.support`.
pool = (ctypes.c_void_p * 17)()


def _libraries() -> Iterator[ctypes.CDLL]:
    """Where C functions are looked for: CPython itself needs libm, so it is there already as a rule."""
    yield _process()
    yield _libm()


@cache
def _process() -> ctypes.CDLL:
    return ctypes.CDLL(None)


@cache
def _libm() -> ctypes.CDLL:
    from ctypes.util import find_library  # asks other programs, which takes time

    return ctypes.CDLL(find_library("m") or None)


def _capsule(capi: dict[str, object], name: str) -> int:
    get_name = ctypes.pythonapi.PyCapsule_GetName
    get_name.restype, get_name.argtypes = ctypes.c_char_p, [ctypes.py_object]
    get_pointer = ctypes.pythonapi.PyCapsule_GetPointer
    get_pointer.restype, get_pointer.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]
    capsule = capi[name]
    return int(get_pointer(capsule, get_name(capsule)))


def _blas() -> Any:
    """SciPy's table of BLAS functions: all C, imported in 2 ms; the package around it would take 100."""
    name = "scipy.linalg.cython_blas"
    if name not in sys.modules and "scipy.linalg" not in sys.modules:
        import scipy

        spec = PathFinder.find_spec(name, [os.path.join(folder, "linalg") for folder in scipy.__path__])
        if spec is not None and spec.loader is not None:
            try:
                alone = module_from_spec(spec)
                spec.loader.exec_module(alone)
                return alone
            except ImportError:  # one that does need the package
                pass
    return import_module(name)


@cache
def address(name: str) -> int:
    """Where the external ``name`` is; raises ``KeyError`` when it is not one of ours."""
    if name.startswith("wg_blas_") and name[8:] in _BLAS:
        return _capsule(_blas().__pyx_capi__, name[8:])
    if name.startswith("wg_python_"):
        from .callbacks import ADDRESSES

        return ADDRESSES[name]
    if name == "wg_pool":
        return ctypes.addressof(pool)
    if name == "wg_digamma" or name.startswith("wg_special_"):
        from scipy.special import cython_special

        from ..prims.special import CAPSULES

        capsule = CAPSULES.get(name.removeprefix("wg_special_"), "__pyx_fuse_1psi")
        return _capsule(cython_special.__pyx_capi__, capsule)
    for library in _libraries():
        try:
            function = getattr(library, name)
        except AttributeError:
            continue
        return int(ctypes.cast(function, ctypes.c_void_p).value or 0)
    raise KeyError(name)
