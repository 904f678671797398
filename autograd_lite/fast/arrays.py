"""The chain rule and un-broadcasting on arrays: the same numbers in fewer looks at the entries."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np

from ..core import elementwise
from ..core.graph import Node, ZeroTimesInfinity

__all__ = ["all_finite", "chain", "sum_to"]

ndarray = np.ndarray
NUMBERS = (ndarray, float, np.float64)
copied_axes = lru_cache(maxsize=4096)(elementwise.copied_axes)
plain_chain, plain_sum_to = elementwise.chain, elementwise.sum_to
plain_all_finite = elementwise.all_finite
add_up: Any = np.add.reduce
# Without the wrapper that asks other libraries' arrays: of plain ones it takes half the time.
vdot: Any = getattr(np.vdot, "_implementation", np.vdot)


def chain(g: Any, d: Any) -> Any:
    """g · d as `core.elementwise.chain` has it: 0 · inf is looked for only where it can be."""
    if type(d) is ndarray is type(g):
        # A finite slope has no 0 · inf, and seeds in front make the product much larger. Of a small
        # array the product with itself, NaN if an entry is, takes a third of isnan().any(); of a
        # large one BLAS would start threads, which on a busy machine wait for each other.
        product = g * d
        if d.size < 8192:
            if math.isfinite(vdot(d, d)):
                return product
            probe = vdot(product, product) if product.size < 8192 else np.nan
        else:
            probe = np.maximum.reduce(product, None)
        if probe == probe:
            return product
        raise ZeroTimesInfinity  # or a NaN: the plain way will see
    if type(d) is float and math.isfinite(d) and type(g) in NUMBERS:
        return g * d
    product = plain_chain(g, d)
    if np.any(np.isnan(product)):
        raise ZeroTimesInfinity
    return product


def all_finite(y: Any) -> bool:
    """As `core.elementwise.all_finite`."""
    y = y.primal if isinstance(y, Node) else y
    if type(y) is ndarray:
        return math.isfinite(vdot(y, y))
    return math.isfinite(y) if type(y) is float else plain_all_finite(y)


def sum_to(g: Any, old: tuple[int, ...], new: tuple[int, ...]) -> Any:
    """As `core.elementwise.sum_to`; how a pair of shapes is summed is found once."""
    if old == new:
        return g
    if type(g) is not ndarray:
        return plain_sum_to(g, old, new)
    if g.ndim == 2 == len(old):
        ones = (same_ones if g.size < 32768 else ones_to_sum)(old, new, g.dtype)
        if ones is not None:
            return ones.dot(g) if ones.ndim == 1 else g.dot(ones)
    return add_up(g, copied_axes(old, new), None, None, True).reshape(
        g.shape[: g.ndim - len(old)] + new
    )


def ones_to_sum(old: tuple[int, ...], new: tuple[int, ...], dtype: np.dtype) -> np.ndarray | None:
    """The ones that a matrix is multiplied by: a vector from the left, a column from the right."""
    if old[0] * old[1] <= 256:
        return None
    if new == old[1:]:
        return np.ones(old[0], dtype)
    return np.ones((old[1], 1), dtype) if new == (old[0], 1) else None


same_ones = lru_cache(maxsize=64)(ones_to_sum)  # of small matrices, since 64 are kept
