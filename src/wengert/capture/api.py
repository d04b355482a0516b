"""The one table from a function object to what lowers a call of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .builtins_api import BUILTINS
from .iterators_api import ITERATORS
from .mappings import MAPPINGS
from .math_api import MATH
from .messages import MESSAGES
from .numpy_api import NUMPY_FUNCTIONS
from .scipy_api import SCIPY
from .standard_api import STANDARD
from .wengert_api import WENGERT

HANDLERS: dict[Any, Callable[..., Any]] = {
    **BUILTINS,
    **ITERATORS,
    **MAPPINGS,
    **MESSAGES,
    **MATH,
    **NUMPY_FUNCTIONS,
    **SCIPY,
    **STANDARD,
    **WENGERT,
}
