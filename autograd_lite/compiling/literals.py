"""Constants as Python writes them: numbers, and arrays as the expressions that make them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

__all__ = ["literal", "spelled_out"]


def literal(x: Any) -> str:
    """A constant that is no array, as Python writes it."""
    if x is Ellipsis:
        return "..."
    if isinstance(x, np.longdouble):
        return f"np.longdouble({str(x)!r})"
    if isinstance(x, np.generic):
        kind = "bool_" if x.dtype.kind == "b" else x.dtype.name
        return f"np.{kind}({literal(x.item())})"
    if isinstance(x, float):
        if math.isfinite(x):
            return repr(float(x))
        return "np.nan" if math.isnan(x) else "np.inf" if x > 0 else "-np.inf"
    if x is None or isinstance(x, bool | int | complex | str):
        return repr(x)
    if isinstance(x, np.dtype):
        return f"np.{'bool_' if x.kind == 'b' else x.type.__name__}"
    if isinstance(x, type):
        if issubclass(x, np.generic):
            return f"np.{x.__name__}"
        if x in (float, int, bool):
            return x.__name__
    raise TypeError(
        f"cannot compile what takes or returns {type(x).__name__} {x!r:.60}. Instead: use and "
        "return numbers, arrays, strings, and tuples, lists and dicts of them"
    )


def spelled_out(x: np.ndarray) -> str:
    """A constant array as an expression that makes it."""
    dtype = "" if x.dtype in (np.float64, np.int64, np.bool_) else f", {literal(x.dtype)}"
    if x.ndim and x.size:
        flat = x.ravel()
        bits = flat.view(f"V{x.itemsize}") if x.itemsize else flat
        if x.size > 4 and (bits == bits[0]).all():
            value = literal(flat[0].item())
            known = {"0.0": "zeros", "1.0": "ones"}.get(value)
            shape = x.shape[0] if x.ndim == 1 else x.shape
            if known:
                return f"np.{known}({shape}{dtype})"
            return f"np.full({shape}, {value}{dtype})"
        if x.dtype == np.int64 and x.size > 2 and (flat == np.arange(x.size)).all():
            return f"np.arange({x.size})" + ("" if x.ndim == 1 else f".reshape({x.shape})")
        square = x.size > 4 and x.ndim == 2 and x.shape[0] == x.shape[1]
        if square and x.dtype in (np.float64, np.bool_) and (x == np.eye(len(x))).all():
            return f"np.eye({len(x)}{', dtype=bool' if x.dtype == np.bool_ else ''})"
    if x.size == 0:
        return f"np.zeros({x.shape}, {literal(x.dtype)})"
    return f"np.array({nested(x.tolist())}{dtype})"


def nested(x: Any) -> str:
    """Nested lists of numbers as Python writes them."""
    return f"[{', '.join(map(nested, x))}]" if isinstance(x, list) else literal(x)
