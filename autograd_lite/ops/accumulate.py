"""Running sums and products."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core.graph import data
from ..core.operation import Op, shape
from .branches import where
from .inputs import array
from .rearrange import take_along_axis
from .reduce import Prod, max, min
from .shape import Reshape, arrayed, concatenate, moveaxis, normal_axes, ravel

__all__ = ["cumprod", "cumsum", "cumulative_prod", "cumulative_sum", "nancumprod", "nancumsum"]


class CumSum(Op):
    """y_k = Σ_{i ≤ k} x_i along `axis` (negative); with `backwards`, Σ_{i ≥ k}. Transposes."""

    axis: int
    backwards: bool = False
    name, linear = "cumsum", True

    @property
    def moves(self) -> str:  # type: ignore[override]
        return "cumulated from the end" if self.backwards else "cumulated"

    def spelling(self, *inputs: Any) -> str:
        return "cumsum backwards({})" if self.backwards else "cumsum({})"

    def forward(self, x: Any) -> Any:
        x = array(x)
        if self.backwards:
            return np.flip(np.cumsum(np.flip(x, self.axis), self.axis), self.axis)
        return np.cumsum(x, self.axis)

    def vjp(self, i: int, g: Any, out: Any, x: Any) -> Any:
        return CumSum(self.axis, not self.backwards)(g)


class CumProd(Op):
    """y_k = Π_{i ≤ k} x_i along `axis` (negative), for entries that are not 0."""

    axis: int
    name, multilinear = "cumprod", True

    def forward(self, x: Any) -> Any:
        return np.cumprod(array(x), self.axis)

    def vjp(self, i: int, g: Any, out: Any, x: Any) -> Any:
        return CumSum(self.axis, True)(g * out) / x


def _flat(x: Any, axis: int | None) -> tuple[Any, int]:
    """`x` and its axis counted from the end; flat when no axis is named."""
    x, old = arrayed(x)
    if axis is None:
        return ravel(x), -1
    return x, normal_axes(axis, len(old))[0]


def cumsum(x: Any, axis: int | None = None) -> Any:
    """Σ of the entries up to each, along `axis` or flat. Mirrors `numpy.cumsum`.

    >>> import autograd_lite as ag
    >>> x = ag.Tensor([1.0, 2.0, 3.0])
    >>> ag.cumsum(x).sum().backward()
    >>> x.grad
    array([3., 2., 1.])
    """
    x, axis = _flat(x, axis)
    return CumSum(axis)(x)


def cumprod(x: Any, axis: int | None = None) -> Any:
    """Π of the entries up to each, along `axis` or flat; exact at 0. Mirrors `numpy.cumprod`.

    >>> import autograd_lite as ag
    >>> ag.cumprod([1.0, 2.0, 3.0])
    array([1., 2., 6.])
    """
    x, axis = _flat(x, axis)
    if np.all(np.not_equal(data(x), 0)):
        return CumProd(axis)(x)
    # The rule divides by x. Where that is 0, row k of a square holds the factors up to the k-th.
    x = moveaxis(x, axis, -1)
    n = shape(x)[-1]
    factors = where(np.tri(n, dtype=bool), Reshape(shape(x), (*shape(x)[:-1], 1, n))(x), 1.0)
    return moveaxis(Prod()(factors), -1, axis)


def cummax(x: Any, axis: int = 0) -> Any:
    """The largest of the entries up to each. Mirrors `numpy.maximum.accumulate`.

    Entries that tie share the gradient evenly, as in `max`.
    """
    return _best_so_far(x, axis, np.maximum)


def cummin(x: Any, axis: int = 0) -> Any:
    """The smallest of the entries up to each. Mirrors `numpy.minimum.accumulate`."""
    return _best_so_far(x, axis, np.minimum)


def _best_so_far(x: Any, axis: int, better: np.ufunc) -> Any:
    x = moveaxis(x, axis, -1)
    places = _first_places(data(x), better)
    if places is not None:
        return moveaxis(take_along_axis(x, places, -1), -1, axis)
    # Row k of a square holds the entries up to the k-th.
    old = shape(x)
    rows = Reshape(old, (*old[:-1], 1, old[-1]))(x)
    reduce, worst = (max, -np.inf) if better is np.maximum else (min, np.inf)
    return moveaxis(reduce(where(np.tri(old[-1], dtype=bool), rows, worst), -1), -1, axis)


def _first_places(x: Any, better: np.ufunc) -> np.ndarray | None:
    """Where in its row the best of the entries up to each lies; None if there are ties, or NaN."""
    if type(x) is not np.ndarray or not x.size:
        return None
    best = better.accumulate(x, -1)
    new = np.ones(x.shape, bool)
    new[..., 1:] = best[..., 1:] != best[..., :-1]
    if not np.array_equal(new, x == best):
        return None
    return np.maximum.accumulate(np.where(new, np.arange(x.shape[-1]), 0), -1)


def _only_axis(x: Any, axis: int | None, name: str) -> int:
    """The axis to accumulate along, which only a vector may leave open."""
    ndim = len(arrayed(x)[1])
    if axis is None and ndim != 1:
        raise ValueError(f"{name} needs an axis for an array with {ndim} axes")
    return normal_axes(0 if axis is None else axis, ndim)[0]


def cumulative_sum(x: Any, axis: int | None = None, include_initial: bool = False) -> Any:
    """`cumsum`, with a 0 in front if asked for. Mirrors `numpy.cumulative_sum`.

    >>> import autograd_lite as ag
    >>> ag.cumulative_sum([1.0, 2.0, 3.0], include_initial=True)
    array([0., 1., 3., 6.])
    """
    axis = _only_axis(x, axis, "cumulative_sum")
    return _with_initial(cumsum(x, axis), axis, 0.0 if include_initial else None)


def cumulative_prod(x: Any, axis: int | None = None, include_initial: bool = False) -> Any:
    """`cumprod`, with a 1 in front if asked for. Mirrors `numpy.cumulative_prod`.

    >>> import autograd_lite as ag
    >>> ag.cumulative_prod([1.0, 2.0, 3.0], include_initial=True)
    array([1., 1., 2., 6.])
    """
    axis = _only_axis(x, axis, "cumulative_prod")
    return _with_initial(cumprod(x, axis), axis, 1.0 if include_initial else None)


def _with_initial(x: Any, axis: int, initial: float | None) -> Any:
    if initial is None:
        return x
    first = list(shape(x))
    first[axis] = 1
    return concatenate([np.full(first, initial, x.dtype), x], axis)


def nancumsum(x: Any, axis: int | None = None) -> Any:
    """`cumsum` with 0 for NaN. Mirrors `numpy.nancumsum`.

    >>> import autograd_lite as ag
    >>> ag.nancumsum([2.0, np.nan, 3.0])
    array([2., 2., 5.])
    """
    return cumsum(where(np.isnan(data(x)), 0.0, x), axis)


def nancumprod(x: Any, axis: int | None = None) -> Any:
    """`cumprod` with 1 for NaN. Mirrors `numpy.nancumprod`.

    >>> import autograd_lite as ag
    >>> ag.nancumprod([2.0, np.nan, 3.0])
    array([2., 2., 6.])
    """
    return cumprod(where(np.isnan(data(x)), 1.0, x), axis)
