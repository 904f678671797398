"""Averages, spreads and covariances: compositions of sums."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core.graph import data
from ..core.operation import shape
from .diagonals import diagonal
from .distance import distance
from .linalg import matmul, mT
from .reduce import in_single, max, min
from .shape import (
    arrayed,
    broadcast_to,
    concatenate,
    expand_dims,
    flag,
    in_double,
    normal_axes,
    squeeze,
    sum,
    transpose,
)

__all__ = ["average", "corrcoef", "cov", "ptp"]


@in_single
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
        named = list(axes)
        if isinstance(axis, tuple | list):  # the axes of the weights are in this order
            named = [a for one in axis for a in normal_axes(one, len(old))]
        if axis is None or given != tuple(old[a] for a in named):
            raise ValueError(f"average was given weights of shape {given} for shape {old}, {axis=}")
        w = transpose(w, sorted(range(len(named)), key=named.__getitem__))
        w = expand_dims(w, tuple(a for a in range(-len(old), 0) if a not in axes))
    total = sum(broadcast_to(w, old), axes, flag(keepdims))
    if np.any(np.equal(data(total), 0)):
        raise ZeroDivisionError("the weights add up to 0, so there is no average")
    mean = sum(x * w, axes, flag(keepdims)) / total
    return (mean, total) if returned else mean


def ptp(x: Any, axis: Any = None, keepdims: Any = False) -> Any:
    """The largest entry less the smallest, over all or `axis`. Mirrors `numpy.ptp`.

    >>> import autograd_lite as ag
    >>> ag.ptp([1.0, 5.0, 3.0])
    np.float64(4.0)
    """
    return max(x, axis, flag(keepdims)) - min(x, axis, flag(keepdims))


def cov(
    x: Any,
    y: Any = None,
    rowvar: bool = True,
    bias: bool = False,
    ddof: Any = None,
    fweights: Any = None,
    aweights: Any = None,
) -> Any:
    """The covariance matrix of variables in rows (or columns). Mirrors `numpy.cov`.

    Observations count as often as `fweights` says, and as much as `aweights` says, which may be a
    node.

    >>> import autograd_lite as ag
    >>> ag.cov([1.0, 2.0, 3.0], [3.0, 2.0, 1.0])
    array([[ 1., -1.],
           [-1.,  1.]])
    """
    x = _variables(x, rowvar)
    if y is not None:
        x = concatenate([x, _variables(y, rowvar)])
    n = shape(x)[-1]
    less = ddof if ddof is not None else 0 if bias else 1
    if fweights is None and aweights is None:
        away = x - sum(x, -1, keepdims=True) / n
        return squeeze(matmul(away, mT(away)) / np.maximum(n - less, 0))
    weights = 1.0
    for w in (fweights, aweights):
        if w is not None:
            if arrayed(w)[1] != (n,) or np.any(np.less(data(w), 0)):
                raise ValueError(f"cov takes {n} weights, none below 0, one for each observation")
            weights = weights * arrayed(w)[0]
    total = sum(weights)
    away = x - expand_dims(matmul(x, weights), -1) / total
    freedom = total - less * (1.0 if aweights is None else sum(weights * aweights) / total)
    return squeeze(matmul(away * weights, mT(away)) / freedom)


def _variables(x: Any, rowvar: bool) -> Any:
    x = in_double(x)
    old = shape(x)
    if len(old) > 2:
        raise ValueError(f"cov takes at most two axes; it was given shape {old}")
    if len(old) < 2:
        return x.reshape((1, -1))
    return x if rowvar else transpose(x)


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
    deviation = distance(diagonal(c))
    return c / expand_dims(deviation, 1) / deviation
