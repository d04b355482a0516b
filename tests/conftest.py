"""Settings and fixtures that every test shares."""

import difflib
import os
import shutil
import signal
import tempfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

os.environ.setdefault("MPLBACKEND", "Agg")

# what runs in the background ignores Ctrl-C, which some tests are about
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# nothing that an older version compiled may answer for this one
_cache = tempfile.mkdtemp(prefix="wengert-tests-")
os.environ["WENGERT_CACHE_DIR"] = _cache


def pytest_unconfigure() -> None:
    shutil.rmtree(_cache, ignore_errors=True)


MANY = frozenset(["corpus", "packages", "testing", "transform", "algebra"])
"""Folders whose tests compile hundreds of functions, to see whether derivatives are right."""


@pytest.fixture(autouse=True)
def optimised_now_and_then(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """One in sixteen of these tests lets LLVM optimise in full, as users do; ``WENGERT_OPT=3 pytest`` all."""
    some = zlib.crc32(request.node.nodeid.encode()) % 16 == 0
    if "WENGERT_OPT" not in os.environ and Path(request.path).parent.name in MANY and not some:
        monkeypatch.setenv("WENGERT_OPT", "0")


Golden = Callable[[str, str], None]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden", action="store_true", help="rewrite golden files with what the code gives"
    )


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """`golden(name, text)`: text must equal the file `golden/name` next to the test, or in `tests/golden`
    when there is none next to it.

    `pytest --update-golden` writes the files; the change is then reviewed as any other.
    """
    own = Path(request.path).parent / "golden"
    folder = own if own.is_dir() else Path(__file__).parent / "golden"

    def check(name: str, text: str) -> None:
        path = folder / name
        text = text.rstrip("\n") + "\n"
        if request.config.getoption("--update-golden"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            return
        assert path.exists(), f"{path} is missing: run `pytest --update-golden` and review the file"
        want = path.read_text(encoding="utf-8")
        diff = difflib.unified_diff(want.splitlines(), text.splitlines(), "golden", "now", lineterm="")
        assert want == text, "\n".join(diff)

    return check
