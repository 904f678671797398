"""SciPy itself, which is optional."""

from __future__ import annotations

import importlib
from typing import Any

__all__ = ["real"]


def real(name: str) -> Any:
    """SciPy's module of that name; ImportError with the install line where there is no SciPy."""
    try:
        return importlib.import_module(f"scipy.{name}")
    except ModuleNotFoundError as error:
        raise ImportError(
            "autograd_lite.scipy needs SciPy: pip install 'autograd-lite[scipy]'"
        ) from error
