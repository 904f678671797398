"""Some of the entries: by their places, by a condition, or each different one once."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core.graph import data
from .index import Pick
from .inputs import array
from .rearrange import moved
from .shape import arrayed, concatenate, ravel

__all__ = [
    "compress",
    "extract",
    "intersect1d",
    "setdiff1d",
    "take",
    "take_along_axis",
    "trim_zeros",
    "union1d",
    "unique",
    "unique_values",
]


def trim_zeros(x: Any, trim: str = "fb") -> Any:
    """The vector `x` without the zeros at its front and back. Mirrors `numpy.trim_zeros`.

    >>> import autograd_lite as ag
    >>> ag.trim_zeros([0.0, 1.0, 0.0])
    [1.0]
    """
    _, old = arrayed(x)
    if len(old) != 1:
        raise ValueError(f"trim_zeros takes a vector; it was given shape {old}")
    if not isinstance(trim, str) or set(trim.lower()) - set("fb"):
        raise ValueError(f'trim is "f" for the front, "b" for the back or "fb", not {trim!r}')
    used = np.flatnonzero(data(x))
    first, last = (used[0], used[-1] + 1) if used.size else (0, 0)
    start = first if "f" in trim.lower() else 0
    return x[start : last if "b" in trim.lower() else None]


def take(x: Any, indices: Any, axis: int | None = None, mode: str = "raise") -> Any:
    """The entries (or slices along `axis`) at `indices`. Mirrors `numpy.take`.

    >>> import autograd_lite as ag
    >>> ag.take([1.0, 2.0, 3.0], [0, 2])
    array([1., 3.])
    """
    return moved(x, np.take, indices, axis, mode=mode)


def take_along_axis(x: Any, indices: Any, axis: int | None = -1) -> Any:
    """The entries that `indices` names in each slice along `axis`. Mirrors the NumPy function.

    >>> import autograd_lite as ag
    >>> ag.take_along_axis([[3.0, 1.0]], np.array([[1, 0]]), -1)
    array([[1., 3.]])
    """
    return moved(x, np.take_along_axis, array(data(indices)), axis)


def compress(condition: Any, a: Any, axis: int | None = None) -> Any:
    """The slices of `a` along `axis` where `condition` holds. Mirrors `numpy.compress`.

    >>> import autograd_lite as ag
    >>> ag.compress([True, False, True], [1.0, 2.0, 3.0])
    array([1., 3.])
    """

    def compress(places: Any) -> Any:
        return np.compress(data(condition), places, axis)

    return moved(a, compress)


def extract(condition: Any, arr: Any) -> Any:
    """The entries of `arr` where `condition` holds. Mirrors `numpy.extract`.

    >>> import autograd_lite as ag
    >>> ag.extract([True, False, True], [1.0, 2.0, 3.0])
    array([1., 3.])
    """

    def extract(places: Any) -> Any:
        return np.extract(data(condition), places)

    return moved(arr, extract)


def unique(x: Any, axis: Any = None) -> Any:
    """The different entries of `x` in order; of equal ones the first. Mirrors `numpy.unique`.

    >>> import autograd_lite as ag
    >>> ag.unique([3.0, 1.0, 3.0])
    array([1., 3.])
    """
    x, old = arrayed(x)
    if axis is not None and len(old) != 1:
        raise TypeError(f"unique of a node takes no axis for shape {old}: pick the rows, x[places]")
    return Pick(np.unique(data(x), return_index=True)[1], old, "unique")(x)


def unique_values(x: Any) -> Any:
    """The different entries of `x` in order. Mirrors `numpy.unique_values`.

    >>> import autograd_lite as ag
    >>> ag.unique_values([3.0, 1.0, 3.0])
    array([1., 3.])
    """
    return unique(x)


def union1d(x: Any, ar2: Any) -> Any:
    """The entries of either, each once, in order. Mirrors `numpy.union1d`.

    >>> import autograd_lite as ag
    >>> ag.union1d([3.0, 1.0], [2.0, 3.0])
    array([1., 2., 3.])
    """
    return unique(concatenate([ravel(x), ravel(ar2)]))


def intersect1d(x: Any, ar2: Any) -> Any:
    """The entries of `x` that are in `ar2` too, each once, in order. Mirrors `numpy.intersect1d`.

    >>> import autograd_lite as ag
    >>> ag.intersect1d([3.0, 1.0], [2.0, 3.0])
    array([3.])
    """
    x = unique(x)
    return x[np.isin(data(x), data(ar2))]


def setdiff1d(x: Any, ar2: Any) -> Any:
    """The entries of `x` that are not in `ar2`, each once, in order. Mirrors `numpy.setdiff1d`.

    >>> import autograd_lite as ag
    >>> ag.setdiff1d([3.0, 1.0], [2.0, 3.0])
    array([1.])
    """
    x = unique(x)
    return x[~np.isin(data(x), data(ar2))]
