"""Reductions that leave out NaN, and numbers in its place."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core.elementwise import divide, square
from ..core.graph import data
from .branches import where
from .distance import distance
from .inputs import array, numbers
from .reduce import in_single, max, min, one_of, prod
from .shape import arrayed, flag, sum

__all__ = ["nan_to_num", "nanmax", "nanmean", "nanmin", "nanprod", "nanstd", "nansum", "nanvar"]


def _known(x: Any) -> tuple[Any, np.ndarray]:
    """`x` as an array or node, and where it is not NaN."""
    x, _ = arrayed(x)
    return x, ~np.isnan(numbers(x))


def nansum(x: Any, axis: Any = None, keepdims: Any = False) -> Any:
    """Σ of the entries that are not NaN. Mirrors `numpy.nansum`.

    >>> import autograd_lite as ag
    >>> ag.nansum([2.0, np.nan, 3.0])
    array(5.)
    """
    x, known = _known(x)
    return sum(where(known, x, 0), axis, flag(keepdims))


def nanprod(x: Any, axis: Any = None, keepdims: Any = False) -> Any:
    """Π of the entries that are not NaN. Mirrors `numpy.nanprod`.

    >>> import autograd_lite as ag
    >>> ag.nanprod([2.0, np.nan, 3.0])
    array(6.)
    """
    x, known = _known(x)
    return prod(where(known, x, 1), axis, flag(keepdims))


def _counted(known: np.ndarray, axis: Any, keepdims: Any) -> Any:
    axis = tuple(axis) if isinstance(axis, list) else axis
    return np.sum(known, axis, keepdims=flag(keepdims))


def _float(x: Any) -> Any:
    """The dtype of what is divided: that of `x`, float64 where it holds Values."""
    return x.dtype if x.dtype != object else np.dtype(float)


@in_single
def nanmean(x: Any, axis: Any = None, keepdims: Any = False) -> Any:
    """The mean of the entries that are not NaN. Mirrors `numpy.nanmean`.

    >>> import autograd_lite as ag
    >>> ag.nanmean([2.0, np.nan, 3.0])
    array(2.5)
    """
    x, known = _known(x)
    count = _counted(known, axis, keepdims)
    # Not by `/`: among Values a sum of no entries is Python's 0, which it would not divide by 0.
    return divide(nansum(x, axis, keepdims), array(count).astype(_float(x)))


@in_single
def nanvar(
    x: Any, axis: Any = None, ddof: float = 0, keepdims: Any = False, correction: Any = None
) -> Any:
    """The variance of the entries that are not NaN. Mirrors `numpy.nanvar`.

    >>> import autograd_lite as ag
    >>> ag.nanvar([2.0, np.nan, 4.0])
    np.float64(1.0)
    """
    x, known = _known(x)
    away = where(known, x - nanmean(x, axis, keepdims=True), 0)
    freedom = array(_counted(known, axis, keepdims) - one_of(ddof, correction)).astype(_float(x))
    return sum(square(away), axis, flag(keepdims)) / np.where(freedom > 0, freedom, np.nan)


@in_single
def nanstd(
    x: Any, axis: Any = None, ddof: float = 0, keepdims: Any = False, correction: Any = None
) -> Any:
    """√ of `nanvar`; gradient 0 for a constant. Mirrors `numpy.nanstd`.

    >>> import autograd_lite as ag
    >>> ag.nanstd([2.0, np.nan, 4.0])
    1.0
    """
    return distance(nanvar(x, axis, ddof, keepdims, correction))


def _nan_extreme(x: Any, axis: Any, keepdims: Any, reduce: Any, worst: float) -> Any:
    x, known = _known(x)
    best = reduce(where(known, x, worst), axis, flag(keepdims))
    some = _counted(known, axis, keepdims) > 0
    return best if np.all(some) else where(some, best, np.nan)


def nanmax(x: Any, axis: Any = None, keepdims: Any = False) -> Any:
    """The largest of the entries that are not NaN. Mirrors `numpy.nanmax`.

    >>> import autograd_lite as ag
    >>> ag.nanmax([2.0, np.nan, 3.0])
    array(3.)
    """
    return _nan_extreme(x, axis, keepdims, max, -np.inf)


def nanmin(x: Any, axis: Any = None, keepdims: Any = False) -> Any:
    """The smallest of the entries that are not NaN. Mirrors `numpy.nanmin`.

    >>> import autograd_lite as ag
    >>> ag.nanmin([2.0, np.nan, 3.0])
    array(2.)
    """
    return _nan_extreme(x, axis, keepdims, min, np.inf)


def nan_to_num(x: Any, nan: Any = 0.0, posinf: Any = None, neginf: Any = None) -> Any:
    """`x` with numbers for NaN and the infinities; derivative 0 there. As `numpy.nan_to_num`.

    >>> import autograd_lite as ag
    >>> ag.nan_to_num([np.nan, np.inf, 1.0], posinf=9.0)
    array([0., 9., 1.])
    """
    x, _ = arrayed(x)
    numbers = data(x)
    new = np.nan_to_num(numbers, nan=nan, posinf=posinf, neginf=neginf)
    finite = np.isfinite(numbers)
    return where(finite, x, np.where(finite, 0, new))
