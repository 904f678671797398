"""Which of NumPy's functions make a step, which are answered at once, and which are refused.

A program holds for all numbers of the same shapes. So a function whose result has a shape that
depends on the numbers cannot be in one, nor can one that writes into an array.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..nodes.numpy_protocol import FUNCTIONS, PLAIN

__all__ = ["REDUCTIONS", "STATIC", "TEXT", "reduced_over", "refusal"]

# What NumPy says about an array without looking at its entries.
STATIC = {np.shape, np.ndim, np.size, np.result_type, np.can_cast, np.iscomplexobj, np.isrealobj,
          np.common_type, np.may_share_memory, np.shares_memory, np.einsum_path}  # fmt: skip
TEXT = {np.array_repr, np.array_str, np.array2string}
# Results whose shape depends on the numbers, or on a count among them.
SHAPED_BY_VALUES = {
    np.nonzero, np.flatnonzero, np.argwhere, np.unique, np.unique_values, np.unique_counts,
    np.unique_all, np.unique_inverse, np.extract, np.compress, np.trim_zeros, np.union1d,
    np.intersect1d, np.setdiff1d, np.setxor1d, np.bincount, np.histogram_bin_edges, np.delete,
    np.piecewise, np.insert, np.polydiv,
}  # fmt: skip
# Beside what nodes take.
ALSO = {np.linalg.eig, np.linalg.eigvals, np.linalg.slogdet, np.isin, np.tensordot, np.lexsort}
WRITING = {np.put, np.place, np.putmask, np.copyto, np.fill_diagonal, np.put_along_axis}
REDUCTIONS = {np.add: "sum", np.multiply: "prod", np.maximum: "max", np.minimum: "min"}
"""The methods that do what these functions' `reduce` does."""


def refusal(func: Any, counted: bool) -> tuple[str, str] | None:
    """What cannot be compiled about a call of `func`, and the way out; None if it can.

    `counted` says that how often, or what, it is to take depends on the numbers.
    """
    if func in SHAPED_BY_VALUES or counted:
        return (
            f"numpy.{func.__name__}, whose result has a shape that depends on the numbers,",
            "keep the shape, with np.where(mask, x, 0) say, or do it outside and give the "
            "result as an argument",
        )
    if func in WRITING:
        return (
            f"numpy.{func.__name__}, which writes into an array,",
            "make a new one: np.where(mask, v, x), or t.at[i].set(v)",
        )
    if func not in FUNCTIONS and func not in PLAIN and func not in ALSO:
        return (
            f"{func.__module__}.{func.__name__}, of which it is not known that the shape of "
            "its result is always the same,",
            "do it outside and give the result as an argument",
        )
    return None


def reduced_over(ndim: int, given: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
    """The arguments of a ufunc's `reduce`, as one writes them for the method: `x.sum(axis=0)`."""
    named = dict(zip(("axis", "dtype", "out", "keepdims"), given, strict=False))
    kwargs = {"axis": 0, **named, **kwargs}
    if kwargs.get("keepdims") is False:
        del kwargs["keepdims"]
    axis = kwargs["axis"]
    if axis is None or (ndim == 1 and axis in (0, -1, (0,), (-1,))):
        if not kwargs.get("keepdims"):
            del kwargs["axis"]
    elif type(axis) is tuple and len(axis) == 1:
        (kwargs["axis"],) = axis
    return kwargs
