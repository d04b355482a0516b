"""The `wengert` command."""

import argparse
import sys
from collections.abc import Sequence
from importlib import metadata

from .diag.catalog import CATALOG, contents, explain


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status: 0 done, 1 failed, 2 misused.

    >>> main(["explain", "T0202"])  # doctest: +ELLIPSIS
    T0202: derivative with respect to an integer
    ...
    """
    parser = argparse.ArgumentParser(
        prog="wengert", description="derivatives of the Python you already wrote"
    )
    parser.add_argument("--version", action="store_true", help="print the version")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    page = commands.add_parser("explain", help="explain an error code; without one, list them all")
    page.add_argument("code", nargs="?", metavar="CODE")
    commands.add_parser("demo", help="calibrate a model to real data", add_help=False)
    given, rest = parser.parse_known_args(argv)
    if given.command == "demo":  # the demo reads its own options
        return _demo(rest)
    if rest:
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    if given.version:
        print(_version())
    elif given.command == "explain":
        return _explain(given.code)
    else:
        parser.print_help()
    return 0


def _version() -> str:
    try:
        return metadata.version("wengert")
    except metadata.PackageNotFoundError:
        return "unknown (not installed)"


def _explain(code: str | None) -> int:
    if code is None:
        print(contents())
    elif code.upper() in CATALOG:
        print(explain(code))
    else:
        print(f"no such code: {code}; `wengert explain` lists them all", file=sys.stderr)
        return 2
    return 0


def _demo(rest: list[str]) -> int:
    """The demo is imported only here: it takes a while to import SciPy's optimisers."""
    from .demo import main

    return main(rest)
