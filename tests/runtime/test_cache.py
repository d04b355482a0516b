"""The cache of compiled code: what it keeps, and that damage, strangers and crowds do no harm."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import CodeType
from typing import Any

import numpy as np
import pytest

from runtime.native_ir import DOUBLED, FAIL_BELOW_ZERO
from wengert.ir.types import F64, I64, array
from wengert.runtime import cache as caching
from wengert.runtime import fingerprint
from wengert.runtime.cache import Cache
from wengert.runtime.call import NativeFunction
from wengert.runtime.compile import compile_text
from wengert.runtime.entry import entry_ir
from wengert.runtime.load import load
from wengert.runtime.signature import Param, Result, Signature

KEY = "a" * 64


def file_of(cache: Cache) -> Path:
    assert cache.directory is not None
    (path,) = Path(cache.directory).iterdir()
    return path


def test_round_trip(tmp_path: Path) -> None:
    meta: dict[str, Any] = {"sites": [["IndexError", "no {0}", ["i64"], None]], "n": 1, "ä": 0.1}
    Cache(tmp_path / "c").store(KEY, meta, b"\0blob")
    fresh = Cache(tmp_path / "c")
    for _ in range(2):
        found = fresh.lookup(KEY)
        assert found is not None
        assert (found.meta, found.blob) == (meta, b"\0blob")
    assert fresh.lookup("b" * 64) is None
    fresh.discard(KEY)
    assert fresh.lookup(KEY) is None
    assert Cache(tmp_path / "c").lookup(KEY) is None


def test_memory_only() -> None:
    cache = Cache(None)
    cache.store(KEY, {}, b"x")
    found = cache.lookup(KEY)
    assert found is not None
    assert found.blob == b"x"


def cut(data: bytes) -> bytes:
    return data[:-1]


def empty(data: bytes) -> bytes:
    return b""


def flip(data: bytes) -> bytes:
    middle = len(data) // 2
    return data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]


def other_format(data: bytes) -> bytes:
    return b"X" + data[1:]


@pytest.mark.parametrize("damage", [cut, empty, flip, other_format])
def test_damaged_file_is_no_entry(tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    cache = Cache(tmp_path / "c")
    cache.store(KEY, {"a": 1}, b"blob" * 10)
    path = file_of(cache)
    path.write_bytes(damage(path.read_bytes()))
    assert Cache(tmp_path / "c").lookup(KEY) is None
    assert not path.exists()


def test_file_under_another_name(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "c")
    cache.store(KEY, {}, b"blob")
    path = file_of(cache)
    path.rename(path.with_name("b" * 64 + path.suffix))
    assert Cache(tmp_path / "c").lookup("b" * 64) is None


@pytest.mark.skipif(os.name != "posix", reason="owners and modes are those of POSIX")
def test_only_private_directories_and_files(tmp_path: Path) -> None:
    directory = tmp_path / "c"
    cache = Cache(directory)
    assert directory.stat().st_mode & 0o777 == 0o700
    cache.store(KEY, {}, b"blob")
    path = file_of(cache)
    path.chmod(0o666)
    assert Cache(directory).lookup(KEY) is None
    path.chmod(0o600)
    assert Cache(directory).lookup(KEY) is not None
    (tmp_path / "link").symlink_to(directory)
    assert Cache(tmp_path / "link").directory is None
    moved = path.rename(tmp_path / "elsewhere")
    path.symlink_to(moved)
    assert Cache(directory).lookup(KEY) is None
    directory.chmod(0o770)
    assert Cache(directory).directory is None


def test_unusable_directory(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    cache = Cache(tmp_path / "file")
    assert cache.directory is None
    cache.store(KEY, {}, b"x")
    assert cache.lookup(KEY) is not None


def test_directory_from_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("WENGERT_CACHE_DIR", "off")
    assert caching.default_directory() is None
    monkeypatch.setenv("WENGERT_CACHE_DIR", str(tmp_path))
    assert caching.default_directory() == str(tmp_path)
    monkeypatch.delenv("WENGERT_CACHE_DIR")
    found = caching.default_directory()
    assert found is not None
    assert Path(found).name == "wengert"


def test_size_is_bounded(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "c", max_bytes=5000)
    for i in range(10):
        cache.store(f"{i:064d}", {}, bytes(1000))
        os.utime(tmp_path / "c" / f"{i:064d}.wgo", (1e9 + i, 1e9 + i))
    abandoned = tmp_path / "c" / "x.tmp"
    abandoned.write_text("")
    os.utime(abandoned, (1e9, 1e9))
    cache.sweep()
    left = sorted(p.stem for p in (tmp_path / "c").iterdir())
    assert left == [f"{i:064d}" for i in range(6, 10)]
    assert Cache(tmp_path / "c").lookup(left[0]) is not None
    assert (tmp_path / "c" / f"{left[0]}.wgo").stat().st_mtime > time.time() - 60  # used, so recent again


def _crowd(directory: str, seed: int) -> bool:
    for i in range(40):
        k = f"{(seed + i) % 5:064d}"
        cache = Cache(directory)
        found = cache.lookup(k)
        if found is not None and found.blob != k.encode() * 500:
            return False
        cache.store(k, {"k": k}, k.encode() * 500)
        if i % 7 == 0:
            cache.discard(k)
    return True


def test_eight_processes(tmp_path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(8) as pool:
        assert all(pool.starmap(_crowd, [(str(tmp_path / "c"), seed) for seed in range(8)]))
    assert not list((tmp_path / "c").glob("*.tmp"))


def test_object_code_in_another_process(tmp_path: Path) -> None:
    vector = array(F64, 1)
    signature = Signature("doubled", (Param(vector),), (Result(vector),))
    Cache(tmp_path / "c").store(KEY, signature.to_json(), compile_text(DOUBLED + entry_ir(signature)))
    program = """
import sys, numpy as np
from wengert.runtime.cache import Cache
from wengert.runtime.call import NativeFunction
from wengert.runtime.load import load
from wengert.runtime.signature import Signature
entry = Cache(sys.argv[1]).lookup("a" * 64)
f = NativeFunction.of(Signature.from_json(entry.meta), load(entry.blob)).entry
print(f(np.arange(3.0)), f(np.ones(1000)).sum())
"""
    command = [sys.executable, "-c", program, str(tmp_path / "c")]
    run = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert run.stdout == "[0. 2. 4.] 2000.0\n"


def test_objects_hold_no_addresses() -> None:
    signature = Signature("check", (Param(I64),), (Result(I64),), release_gil=True)
    first, second = (compile_text(FAIL_BELOW_ZERO + entry_ir(signature)) for _ in range(2))
    assert first == second
    f, g = (NativeFunction.of(signature, load(first)) for _ in range(2))
    assert (f.entry(1), g.entry(2)) == (1, 2)


def code_of(text: str) -> CodeType:
    return compile(text, "file.py", "exec", dont_inherit=True)


def test_fingerprints_tell_apart() -> None:
    values: list[Any] = [
        0, False, 0.0, -0.0, 0j, None, "0", b"0", (0,), [0], {0: 0}, frozenset({0}), ((), ()), ((),), "", (1,
        23), (12, 3), np.float64(0), np.float32(0), np.zeros(1), np.zeros((1, 1)), np.dtype("f8"), slice(0, 0,
        None), code_of("x = 1"), code_of("x = 2"), code_of("x = 1.0"), code_of("y = 1"), code_of("\nx = 1"),
        code_of("def f(a): return a + 1"), code_of("def f(a): return a + True"), code_of("a in {1, 2, 3}"),
    ]  # fmt: skip
    found = [fingerprint.of(v) for v in values]
    assert len(set(found)) == len(values)
    assert found == [fingerprint.of(v) for v in values]
    for bad in (object(), lambda: 0, np.array([None])):
        with pytest.raises(TypeError, match="no fingerprint"):
            fingerprint.of(bad)


def test_fingerprint_in_another_process() -> None:
    text = "def f(a):\n    return a in {'x', 'y', 'z'} and (1.5, None, ...)"
    program = (
        f"from wengert.runtime import fingerprint as f; print(f.of(compile({text!r}, 'file.py', 'exec')))"
    )
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONHASHSEED": "7"}
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env=env)
    assert run.stdout.strip() == fingerprint.of(code_of(text))
