"""Some of the entries, by a condition; each different one once; of several arrays one for each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..core.graph import Node, data
from .branches import where
from .index import Pick
from .join import broadcast_arrays
from .rearrange import moved
from .shape import arrayed, concatenate, ravel, stack

__all__ = [
    "choose",
    "compress",
    "extract",
    "intersect1d",
    "select",
    "setdiff1d",
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


def select(condlist: Sequence[Any], choicelist: Sequence[Any], default: Any = 0) -> Any:
    """Entry by entry the first choice whose condition holds. Mirrors `numpy.select`.

    >>> import autograd_lite as ag
    >>> ag.select([[True, False]], [[1.0, 2.0]], 9.0)
    array([1., 9.])
    """
    if len(condlist) != len(choicelist) or not condlist:
        raise ValueError(
            f"select needs as many choices as conditions, at least one; it was given "
            f"{len(choicelist)} choices and {len(condlist)} conditions"
        )
    out = default
    for condition, choice in zip(reversed(condlist), reversed(choicelist), strict=True):
        out = where(condition, choice, out)
    return out


def choose(x: Any, choices: Sequence[Any]) -> Any:
    """Entry by entry the choice that the whole number x names. Mirrors `numpy.choose`.

    Raises ValueError for a number that names no choice.

    >>> import autograd_lite as ag
    >>> ag.choose([0, 1], [[1.0, 2.0], [3.0, 4.0]])
    array([1., 4.])
    """
    which = data(x)
    if isinstance(choices, Node):
        choices = list(choices)  # type: ignore[call-overload]
    *options, which = broadcast_arrays(*choices, which)
    if np.any((which < 0) | (which >= len(options))):
        raise ValueError(f"choose was given a number that names none of its {len(options)} choices")
    return stack(options)[(which, *np.indices(which.shape, sparse=True))]
