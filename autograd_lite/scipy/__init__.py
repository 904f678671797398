"""`autograd_lite.scipy`: functions of SciPy's that take nodes, under its names, by its modules.

`special, stats, linalg, signal, integrate`: what is not here is SciPy's own, for plain numbers. The
special functions need none of this: `scipy.special.erf(t)` takes a node by itself.
"""

from __future__ import annotations

import importlib
from typing import Any

__all__ = ["integrate", "linalg", "signal", "special", "stats"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}; it has {__all__}")
    return importlib.import_module(f".{name}", __name__)
