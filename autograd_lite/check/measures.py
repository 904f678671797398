"""How large a gradient is, how far two are apart, and how much that may be."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["distance", "magnitude", "tolerance", "unit"]

SINGLE = 2e-4
DOUBLE = 1e-7
HALF = 2e-2


def tolerance(*arrays: Any) -> float:
    """The relative error allowed between two gradients: 1e-7, in float32 2e-4, in float16 2e-2."""
    kinds = {np.dtype(x.dtype) for x in arrays if hasattr(x, "dtype")}
    if np.dtype(np.float16) in kinds:
        return HALF
    return SINGLE if np.dtype(np.float32) in kinds else DOUBLE


def unit(rtol: float) -> float:
    """The rounding of one number, ε, of the precision that has this tolerance."""
    if rtol == HALF:
        return float(np.finfo(np.float16).eps)
    return float(np.finfo(np.float32).eps if rtol == SINGLE else np.finfo(float).eps)


def magnitude(x: Any) -> float:
    """max |x| over the finite entries, 0 for none."""
    x = np.abs(np.asarray(x, float))
    x = x[np.isfinite(x)]
    return float(x.max()) if x.size else 0.0


def distance(a: Any, b: Any) -> np.ndarray:
    """|a − b| entry by entry; 0 where both are the same infinity or both NaN, inf where one is."""
    a, b = np.asarray(a, float), np.asarray(b, float)
    same = (a == b) | (np.isnan(a) & np.isnan(b))
    with np.errstate(all="ignore"):
        apart = np.abs(a - b)
    return np.where(same, 0.0, np.where(np.isnan(apart), np.inf, apart))
