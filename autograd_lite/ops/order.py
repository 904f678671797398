"""Sorting, and what is read off sorted numbers: quantiles and medians.

Sorting is a permutation, and so is its derivative. Ties keep their order (the stable permutation).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core.graph import Node
from ..core.operation import shape
from .branches import where
from .inputs import array, is_objects, numbers
from .rearrange import take_along_axis
from .shape import arrayed, flag, in_double, moveaxis, normal_axes, ravel, reshape, sum

__all__ = [
    "median",
    "nanmedian",
    "nanpercentile",
    "nanquantile",
    "partition",
    "percentile",
    "quantile",
    "sort",
]


def sort(x: Any, axis: int | None = -1, kind: Any = None, stable: Any = None) -> Any:
    """`x` in ascending order along `axis`; NaN last. A new array. Mirrors `numpy.sort`.

    Entries that tie keep their order, whatever `kind` and `stable` say: the sort is stable.

    >>> import autograd_lite as ag
    >>> x = ag.Tensor([3.0, 1.0, 2.0])
    >>> (ag.sort(x) * [1.0, 10.0, 100.0]).sum().backward()
    >>> x.grad
    array([100.,   1.,  10.])
    """
    if axis is None:
        x, axis = ravel(x), -1
    return take_along_axis(x, np.argsort(numbers(x), axis, kind="stable"), axis)


def partition(x: Any, kth: Any, axis: int | None = -1) -> Any:
    """`x` with the entries at `kth` where sorting puts them. Mirrors `numpy.partition`.

    >>> import autograd_lite as ag
    >>> ag.partition([3.0, 1.0, 2.0], 1)
    array([1., 2., 3.])
    """
    if axis is None:
        x, axis = ravel(x), -1
    return take_along_axis(x, np.argpartition(numbers(x), kth, axis), axis)


def _last(x: Any, axis: Any) -> tuple[Any, tuple[int, ...]]:
    """`x` with the axes to reduce joined as the last, and the shape with them kept as 1."""
    x, old = arrayed(x)
    axes = normal_axes(axis, len(old))
    kept = tuple(1 if i - len(old) in axes else n for i, n in enumerate(old))
    x = moveaxis(x, axes, tuple(range(-len(axes), 0)))
    rest = shape(x)[: len(old) - len(axes)]
    length = int(np.prod(shape(x)[len(rest) :], dtype=np.int64))
    return reshape(x, (*rest, length)), kept


def quantile(
    x: Any,
    q: Any,
    axis: Any = None,
    method: Any = "linear",
    keepdims: Any = False,
    weights: Any = None,
) -> Any:
    """The `q`-quantiles of `x` over all entries or `axis`. Mirrors `numpy.quantile`.

    Every method of NumPy's lies between two neighbours in the sorted order, at a place that only
    depends on how many there are: that is what the derivative is shared by. NaN gives NaN. `q`, a
    number or array of numbers in [0, 1], is in front of the result's shape. `weights`, plain
    numbers in the shape of `x` or along `axis`, need the method "inverted_cdf", as in NumPy.

    >>> import autograd_lite as ag
    >>> x = ag.Tensor([3.0, 1.0, 2.0, 10.0])
    >>> ag.quantile(x, 0.5).backward()
    >>> x.grad
    array([0.5, 0. , 0.5, 0. ])
    """
    q = _fixed(q, "quantile")
    rows, kept = _last(x if weights is not None else _with_q(x, q), axis)
    q = np.asarray(q)
    n = shape(rows)[-1]
    if n == 0:
        raise ValueError("quantile of no entries")
    if weights is None:
        place = array(np.quantile(np.arange(n, dtype=float), q, method=method))
        place = np.expand_dims(place, tuple(range(-len(shape(rows)) + 1, 0)))
    else:  # the same of the numbers' ranks in each row
        heavy = _last(_alongside(weights, arrayed(x)[1], axis), axis)[0]
        ranks = np.argsort(np.argsort(numbers(rows), kind="stable")) * 1.0
        place = array(np.quantile(ranks, q, -1, weights=heavy, method=method))
    out = _between(sort(rows), place.reshape((-1, *place.shape[q.ndim :])))
    broken = np.isnan(numbers(rows)).any(-1)
    if broken.any():
        out = where(broken, np.nan * sum(rows, -1), out)
    return reshape(out, q.shape + (kept if flag(keepdims) else shape(rows)[:-1]))


def _with_q(x: Any, q: Any) -> Any:
    """`x` in the dtype of the result, which is that of both; a Python number has none."""
    x, _ = arrayed(x)
    alone = isinstance(q, int | float) or np.result_type(x.dtype, np.asarray(q)) == x.dtype
    return x if alone else in_double(x)


def _alongside(weights: Any, old: tuple[int, ...], axis: Any) -> np.ndarray:
    """The weights in the shape `old` of what they weigh; or a vector of them, along `axis`."""
    weights = np.asarray(_fixed(weights, "quantile", "its weights"))
    if weights.shape == old:
        return weights
    if not isinstance(axis, int) or weights.shape != (old[axis],):
        raise ValueError(f"quantile was given weights of shape {weights.shape} for {old}, {axis=}")
    along = [-1 if i == axis % len(old) else 1 for i in range(len(old))]
    return np.broadcast_to(weights.reshape(along), old)


def _fixed(q: Any, name: str, what: str = "q") -> Any:
    """`q`, or TypeError where it holds a node: there is no derivative by it here."""
    if isinstance(q, Node) or is_objects(q):
        raise TypeError(f"{name} takes {what} as plain numbers: write .data or .item()")
    return q


def _between(ordered: Any, place: np.ndarray) -> Any:
    """What lies at `place` (that may be no whole number) in each row, in shape `(q, *rows)`."""
    place = np.broadcast_to(place, place.shape[:1] + shape(ordered)[:-1])
    low, weight = np.floor(place), (place % 1).astype(ordered.dtype)

    def at(k: np.ndarray) -> Any:
        spots = np.moveaxis(k.astype(int), 0, -1)
        return moveaxis(take_along_axis(ordered, spots, -1), -1, 0)

    below = at(low)
    return below + (at(np.ceil(place)) - below) * weight if weight.any() else below


def _hundredths(q: Any, name: str) -> Any:
    """The quantiles that percentiles are; of a number a number."""
    q = _fixed(q, name)
    return q / 100 if type(q) in (int, float) else np.asarray(np.true_divide(q, 100))


def percentile(
    x: Any,
    q: Any,
    axis: Any = None,
    method: str = "linear",
    keepdims: Any = False,
    weights: Any = None,
) -> Any:
    """The `q`-percentiles: `quantile` with `q` in [0, 100]. Mirrors `numpy.percentile`.

    >>> import autograd_lite as ag
    >>> ag.percentile([1.0, 2.0, 3.0, 10.0], 50)
    array(2.5)
    """
    return quantile(x, _hundredths(q, "percentile"), axis, method, keepdims, weights)


def median(x: Any, axis: Any = None, keepdims: Any = False) -> Any:
    """The middle entry, or the mean of the two in the middle. Mirrors `numpy.median`.

    >>> import autograd_lite as ag
    >>> x = ag.Tensor([3.0, 1.0, 2.0])
    >>> ag.median(x).backward()
    >>> x.grad
    array([0., 0., 1.])
    """
    return quantile(x, 0.5, axis, keepdims=keepdims)


def nanquantile(x: Any, q: Any, axis: Any = None, keepdims: Any = False) -> Any:
    """`quantile` of the entries that are not NaN. Mirrors `numpy.nanquantile`, linear method.

    >>> import autograd_lite as ag
    >>> ag.nanquantile([2.0, np.nan, 3.0], 0.5)
    array(2.5)
    """
    rows, kept = _last(_with_q(x, q), axis)
    if shape(rows)[-1] == 0:
        raise ValueError("nanquantile of no entries")
    q = np.asarray(_fixed(q, "nanquantile"), float)
    np.quantile([0.0], q)  # refuses what is outside [0, 1]
    counted = np.count_nonzero(~np.isnan(numbers(rows)), axis=-1)
    place = np.multiply.outer(q.ravel(), np.maximum(counted - 1, 0))
    out = _between(sort(rows), place)
    return reshape(out, q.shape + (kept if flag(keepdims) else shape(rows)[:-1]))


def nanpercentile(x: Any, q: Any, axis: Any = None, keepdims: Any = False) -> Any:
    """`percentile` of the entries that are not NaN. Mirrors `numpy.nanpercentile`.

    >>> import autograd_lite as ag
    >>> ag.nanpercentile([2.0, np.nan, 3.0], 50)
    array(2.5)
    """
    return nanquantile(x, _hundredths(q, "nanpercentile"), axis, keepdims)


def nanmedian(x: Any, axis: Any = None, keepdims: Any = False) -> Any:
    """`median` of the entries that are not NaN. Mirrors `numpy.nanmedian`.

    >>> import autograd_lite as ag
    >>> ag.nanmedian([2.0, np.nan, 3.0])
    array(2.5)
    """
    return nanquantile(x, 0.5, axis, keepdims)
