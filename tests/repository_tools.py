"""The tools of the repository, as modules."""

import importlib.util
from pathlib import Path
from typing import Any

TOOLS = Path(__file__).parents[1] / "tools"


def tool(name: str) -> Any:
    """``tools/name.py``, imported."""
    spec = importlib.util.spec_from_file_location(f"{name}_tool", TOOLS / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
