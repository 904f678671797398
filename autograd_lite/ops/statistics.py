"""Averages, spreads and covariances, and the reductions that leave NaN out. All compositions."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..graph import data
from .base import shape
from .elementwise import root, square, where
from .linalg import matmul, mT
from .rearrange import diagonal
from .reduce import max, min, prod
from .shape import (
    arrayed,
    broadcast_to,
    concatenate,
    expand_dims,
    normal_axes,
    squeeze,
    sum,
    transpose,
)

__all__ = [
    "average",
    "corrcoef",
    "cov",
    "nan_to_num",
    "nanmax",
    "nanmean",
    "nanmin",
    "nanprod",
    "nanstd",
    "nansum",
    "nanvar",
    "ptp",
]


def average(
    x: Any, axis: Any = None, weights: Any = None, returned: bool = False, keepdims: Any = False
) -> Any:
    """Σ w x / Σ w over all entries or `axis`; nodes allowed in both. Mirrors `numpy.average`.

    With `returned`, the pair of that and Σ w. Raises ZeroDivisionError when Σ w is 0.

    >>> import autograd_lite as ag
    >>> ag.average([1.0, 2.0, 4.0], weights=[2.0, 1.0, 1.0])
    np.float64(2.0)
    """
    x, old = arrayed(x)
    axes = normal_axes(axis, len(old))
    if weights is None:
        weights = np.ones(old, x.dtype)
    w, given = arrayed(weights)
    if given != old:
        if axis is None or given != tuple(old[a] for a in axes):
            raise ValueError(f"average was given weights of shape {given} for shape {old}, {axis=}")
        w = expand_dims(w, tuple(a for a in range(-len(old), 0) if a not in axes))
    total = sum(broadcast_to(w, old), axes, bool(keepdims))
    if np.any(np.equal(data(total), 0)):
        raise ZeroDivisionError("the weights add up to 0, so there is no average")
    mean = sum(x * w, axes, bool(keepdims)) / total
    return (mean, total) if returned else mean


def ptp(x: Any, axis: Any = None, keepdims: Any = False) -> Any:
    """The largest entry less the smallest, over all or `axis`. Mirrors `numpy.ptp`.

    >>> import autograd_lite as ag
    >>> ag.ptp([1.0, 5.0, 3.0])
    np.float64(4.0)
    """
    return max(x, axis, bool(keepdims)) - min(x, axis, bool(keepdims))


def cov(x: Any, y: Any = None, rowvar: bool = True, bias: bool = False, ddof: Any = None) -> Any:
    """The covariance matrix of variables in rows (or columns). Mirrors `numpy.cov`.

    Weights of observations (`fweights`, `aweights`) are not taken.

    >>> import autograd_lite as ag
    >>> ag.cov([1.0, 2.0, 3.0], [3.0, 2.0, 1.0])
    array([[ 1., -1.],
           [-1.,  1.]])
    """
    x = _variables(x, rowvar)
    if y is not None:
        x = concatenate([x, _variables(y, rowvar)])
    n = shape(x)[-1]
    away = x - sum(x, -1, keepdims=True) / n
    freedom = n - (ddof if ddof is not None else 0 if bias else 1)
    product = matmul(away, mT(away)) / np.maximum(freedom, 0)
    return squeeze(product)


def _variables(x: Any, rowvar: bool) -> Any:
    x, old = arrayed(x)
    if len(old) > 2:
        raise ValueError(f"cov takes at most two axes; it was given shape {old}")
    if len(old) < 2:
        return x.reshape((1, -1))
    return x if rowvar or old[0] == 1 else transpose(x)


def corrcoef(x: Any, y: Any = None, rowvar: bool = True) -> Any:
    """The covariances divided by both standard deviations. Mirrors `numpy.corrcoef`.

    >>> import autograd_lite as ag
    >>> ag.corrcoef([1.0, 2.0, 3.0], [3.0, 2.0, 1.0])
    array([[ 1., -1.],
           [-1.,  1.]])
    """
    c = cov(x, y, rowvar)
    if not shape(c):
        return c / c
    deviation = root(diagonal(c))
    return c / expand_dims(deviation, 1) / deviation


def _known(x: Any) -> tuple[Any, np.ndarray]:
    """`x` as an array or node, and where it is not NaN."""
    x, _ = arrayed(x)
    return x, ~np.isnan(data(x))


def nansum(x: Any, axis: Any = None, keepdims: Any = False) -> Any:
    """Σ of the entries that are not NaN. Mirrors `numpy.nansum`.

    >>> import autograd_lite as ag
    >>> ag.nansum([2.0, np.nan, 3.0])
    array(5.)
    """
    x, known = _known(x)
    return sum(where(known, x, 0), axis, bool(keepdims))


def nanprod(x: Any, axis: Any = None, keepdims: Any = False) -> Any:
    """Π of the entries that are not NaN. Mirrors `numpy.nanprod`.

    >>> import autograd_lite as ag
    >>> ag.nanprod([2.0, np.nan, 3.0])
    array(6.)
    """
    x, known = _known(x)
    return prod(where(known, x, 1), axis, bool(keepdims))


def _counted(known: np.ndarray, axis: Any, keepdims: Any) -> Any:
    axis = tuple(axis) if isinstance(axis, list) else axis
    return np.sum(known, axis, keepdims=bool(keepdims))


def nanmean(x: Any, axis: Any = None, keepdims: Any = False) -> Any:
    """The mean of the entries that are not NaN. Mirrors `numpy.nanmean`.

    >>> import autograd_lite as ag
    >>> ag.nanmean([2.0, np.nan, 3.0])
    np.float64(2.5)
    """
    x, known = _known(x)
    count = _counted(known, axis, keepdims)
    return nansum(x, axis, keepdims) / np.asarray(count).astype(x.dtype)


def nanvar(x: Any, axis: Any = None, ddof: float = 0, keepdims: Any = False) -> Any:
    """The variance of the entries that are not NaN. Mirrors `numpy.nanvar`.

    >>> import autograd_lite as ag
    >>> ag.nanvar([2.0, np.nan, 4.0])
    np.float64(1.0)
    """
    x, known = _known(x)
    away = where(known, x - nanmean(x, axis, keepdims=True), 0)
    freedom = np.asarray(_counted(known, axis, keepdims) - ddof, x.dtype)
    return sum(square(away), axis, bool(keepdims)) / np.where(freedom > 0, freedom, np.nan)


def nanstd(x: Any, axis: Any = None, ddof: float = 0, keepdims: Any = False) -> Any:
    """√ of `nanvar`; gradient 0 for a constant. Mirrors `numpy.nanstd`.

    >>> import autograd_lite as ag
    >>> ag.nanstd([2.0, np.nan, 4.0])
    1.0
    """
    return root(nanvar(x, axis, ddof, keepdims))


def _nan_extreme(x: Any, axis: Any, keepdims: Any, reduce: Any, worst: float) -> Any:
    x, known = _known(x)
    best = reduce(where(known, x, worst), axis, bool(keepdims))
    some = np.asarray(_counted(known, axis, keepdims)) > 0
    return best if some.all() else where(some, best, np.nan)


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
