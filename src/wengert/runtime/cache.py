"""Compiled functions on disk and in memory.

A key is the SHA-256 of everything the code depends on; an entry is metadata (JSON) and a blob (object code).
The cache does not know what it stores.  Two kinds of key are in use: of LLVM text, when a function was
captured and transformed, and of the user's bytecode (`runtime.fingerprint`), which lets a second process skip
both.

A cache of code is code: whoever can write it can run it.  So the directory belongs to the user and nobody
else may write it, otherwise it is not used; a file is read only when it is the user's own, and believed only
when its digest fits, because a damaged object file would crash the process.  Files appear by atomic rename
and are never changed, so any number of processes may read and write at once.  Whatever goes wrong here costs
a compilation, never an error.
"""

from __future__ import annotations

import contextlib
import marshal
import os
import stat
import sys
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from typing import Any

from . import fingerprint
from .fingerprint import sha256
from .locks import Lock

_MAGIC = b"wengert-cache-2\n"
_SUFFIX = ".wgo"
_DIGEST = 32
_HEAD = len(_MAGIC) + _DIGEST + 8

MAX_BYTES = 512 * 1024 * 1024
"""A directory that grows beyond this loses its least recently used files."""

_KEEP_IN_MEMORY = 128
_TOUCH_AFTER = 3600.0
_SWEEP_EVERY = 32


class Entry:
    """What was stored under a key."""

    __slots__ = ("blob", "meta")

    def __init__(self, meta: dict[str, Any], blob: bytes) -> None:
        self.meta = meta
        self.blob = blob


class Cache:
    """Entries by key; ``directory`` None keeps them in memory only."""

    def __init__(self, directory: str | os.PathLike[str] | None, max_bytes: int = MAX_BYTES) -> None:
        self.directory = None if directory is None else _private_directory(os.path.abspath(directory))
        self.max_bytes = max_bytes
        self._memory: OrderedDict[str, Entry] = OrderedDict()
        self._lock = Lock()
        self._stores = 0

    def lookup(self, key: str) -> Entry | None:
        """The entry, or None when there is none that can be trusted; a bad file is removed."""
        with self._lock:
            found = self._memory.get(key)
            if found is not None:
                self._memory.move_to_end(key)
                return found
        if self.directory is None:
            return None
        found = self._read(key, self._path(key))
        if found is not None:
            self._remember(key, found)
        return found

    def store(self, key: str, meta: dict[str, Any], blob: bytes) -> None:
        """Store an entry; ``meta`` must survive JSON.  Failing to write the file is no error."""
        import json  # takes a millisecond, which who only looks things up does not pay

        plain = json.loads(json.dumps(meta))
        self._remember(key, Entry(plain, bytes(blob)))
        if self.directory is None:
            return
        head = marshal.dumps(plain)
        body = len(head).to_bytes(8, "little") + head + blob
        with contextlib.suppress(OSError):
            _write_atomically(self._path(key), _MAGIC + _digest(key, body) + body)
        self._stores += 1
        if self._stores % _SWEEP_EVERY == 1:
            self.sweep()

    def discard(self, key: str) -> None:
        """Forget an entry, for instance because its code would not load."""
        with self._lock:
            self._memory.pop(key, None)
        if self.directory is not None:
            _remove(self._path(key))

    def clear(self) -> None:
        """Forget everything, on disk too."""
        with self._lock:
            self._memory.clear()
        for path, _ in self._files():
            _remove(path)

    def sweep(self) -> None:
        """Bring the directory back under its size, least recently used first, and drop abandoned files."""
        files = sorted(self._files(), key=lambda item: item[1].st_mtime)
        total = sum(info.st_size for _, info in files)
        now = time.time()
        for path, info in files:
            if not path.endswith(_SUFFIX):
                if now - info.st_mtime > _TOUCH_AFTER:
                    _remove(path)
            elif total > self.max_bytes:
                _remove(path)
                total -= info.st_size

    def _path(self, key: str) -> str:
        assert self.directory is not None
        assert key.isalnum(), key
        return os.path.join(self.directory, key + _SUFFIX)

    def _remember(self, key: str, entry: Entry) -> None:
        with self._lock:
            self._memory[key] = entry
            self._memory.move_to_end(key)
            while len(self._memory) > _KEEP_IN_MEMORY:
                self._memory.popitem(last=False)

    def _read(self, key: str, path: str) -> Entry | None:
        try:
            with _open_own(path) as file:
                data = file.read()
                age = time.time() - os.fstat(file.fileno()).st_mtime
        except OSError:
            return None
        body = memoryview(data)[len(_MAGIC) + _DIGEST :]
        try:
            if data[: len(_MAGIC)] != _MAGIC or data[len(_MAGIC) : len(_MAGIC) + _DIGEST] != _digest(
                key, body
            ):
                raise ValueError
            size = int.from_bytes(body[:8], "little")
            entry = Entry(marshal.loads(body[8 : 8 + size]), bytes(body[8 + size :]))
        except (ValueError, EOFError, TypeError):
            _remove(path)
            return None
        if age > _TOUCH_AFTER:
            with contextlib.suppress(OSError):
                os.utime(path)
        return entry

    def _files(self) -> Iterator[tuple[str, os.stat_result]]:
        if self.directory is None:
            return
        with contextlib.suppress(OSError), os.scandir(self.directory) as found:
            for item in found:
                with contextlib.suppress(OSError):
                    if item.name.endswith((_SUFFIX, ".tmp")) and item.is_file(follow_symlinks=False):
                        yield item.path, item.stat(follow_symlinks=False)


def _digest(key: str, body: bytes | memoryview) -> bytes:
    """Covers the key too, so that a file under another's name is not believed."""
    state = sha256(key.encode())
    state.update(body)
    return state.digest()


def _private_directory(path: str) -> str | None:
    """The directory, created when missing; None unless it is the user's and nobody else may write it."""
    try:
        os.makedirs(path, mode=0o700, exist_ok=True)
        info = os.lstat(path)
    except OSError:
        return None
    if not stat.S_ISDIR(info.st_mode):
        return None
    if os.name == "posix" and (info.st_uid != os.getuid() or info.st_mode & 0o022):
        return None
    return path


def _open_own(path: str) -> Any:
    """Open a regular file of this user, following no link."""
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0))
    file = os.fdopen(handle, "rb")
    info = os.fstat(handle)
    mine = os.name != "posix" or (info.st_uid == os.getuid() and not info.st_mode & 0o022)
    if not (stat.S_ISREG(info.st_mode) and mine):
        file.close()
        raise PermissionError(path)
    return file


def _write_atomically(path: str, data: bytes) -> None:
    from tempfile import mkstemp  # not needed by those who only read

    handle, temporary = mkstemp(suffix=".tmp", dir=os.path.dirname(path))
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.replace(temporary, path)
    except BaseException:
        _remove(temporary)
        raise


def _remove(path: str) -> None:
    with contextlib.suppress(OSError):
        os.unlink(path)


def cached_object(text: str, cache: Cache, compile: Callable[[str], bytes]) -> bytes:
    """The object code of a text in this environment, compiled unless the cache has it."""
    name = fingerprint.key("text", text)
    found = cache.lookup(name)
    if found is not None:
        return found.blob
    blob = compile(text)
    cache.store(name, {}, blob)
    return blob


def default_directory() -> str | None:
    """``WENGERT_CACHE_DIR``, else the user's cache directory; None when set to ``off``."""
    chosen = os.environ.get("WENGERT_CACHE_DIR", "")
    if chosen.lower() == "off":
        return None
    if chosen:
        return os.path.abspath(os.path.expanduser(chosen))
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or os.path.expanduser("~/AppData/Local")
    elif sys.platform == "darwin":
        base = os.path.expanduser("~/Library/Caches")
    else:
        base = os.environ.get("XDG_CACHE_HOME", "")
        if not os.path.isabs(base):
            base = os.path.expanduser("~/.cache")
    return os.path.join(base, "wengert")


_default_lock = Lock()
_default: Cache | None = None


def default() -> Cache:
    """The cache of this process, made on first use."""
    global _default
    with _default_lock:
        if _default is None:
            _default = Cache(default_directory())
        return _default
