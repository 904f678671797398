"""Reductions: many numbers to one, along axes. Composed of other operations where that is exact."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np

from ..core.elementwise import square
from ..core.graph import data
from ..core.operation import Op, shape
from .branches import where
from .distance import distance
from .inputs import array, numbers
from .shape import (
    BroadcastTo,
    Reshape,
    Sum,
    Transpose,
    along,
    arrayed,
    astype,
    flag,
    keep,
    normal_axes,
)

__all__ = ["max", "mean", "min", "prod", "std", "var"]


def count(old: tuple[int, ...], axes: tuple[int, ...]) -> int:
    """How many entries are reduced to one."""
    return int(np.prod([old[a] for a in axes], dtype=np.int64))


class Extreme(Op):
    """max or min along `axes`. The cotangent is split evenly among the entries that tie."""

    axes: tuple[int, ...]
    keepdims: bool
    largest: bool
    selects = chooses = True

    @property
    def name(self) -> str:  # type: ignore[override]
        return "max" if self.largest else "min"

    selects = chooses = True

    def spelling(self, *inputs: Any) -> str:
        return along(self.name, self.axes, *inputs)

    def forward(self, x: Any) -> Any:
        ufunc: Any = np.maximum if self.largest else np.minimum
        return np.asarray(ufunc.reduce(np.asarray(x), axis=self.axes, keepdims=self.keepdims))

    def vjp(self, i: int, g: Any, out: Any, x: Any) -> Any:
        old, kept = shape(x), keep(shape(x), self.axes)
        best = array(data(out)).reshape(kept)
        tied = np.equal(data(x), best)
        # Counted as whole numbers: a sum of float16 or float32 ones would stop growing.
        ties = np.add.reduce(tied, axis=self.axes, keepdims=True, dtype=np.int64)
        share = tied / np.where(ties == 0, 1, ties)
        share = np.where(np.isnan(best), best, share).astype(best.dtype)
        g = BroadcastTo(kept, old)(Reshape(shape(out), kept)(g))
        return g * share

    def on_objects(self, x: Any) -> Any:
        """For arrays of Values: NumPy would compare and hand back one of those that tie."""
        rows = last(x, self.axes)
        out = np.empty(rows.shape[:-1], dtype=object)
        for place in np.ndindex(out.shape):
            out[place] = Among(self.largest)(*rows[place])
        if self.keepdims:
            return out.reshape(keep(x.shape, self.axes))
        return out if out.ndim else out.item()


class Among(Op):
    """The largest or smallest of many scalars, with `Extreme`'s rule."""

    largest: bool
    selects = chooses = True

    @property
    def name(self) -> str:  # type: ignore[override]
        return "max" if self.largest else "min"

    def forward(self, *xs: Any) -> Any:
        return float((np.max if self.largest else np.min)(xs))

    def vjp(self, i: int, g: Any, out: Any, *xs: Any) -> Any:
        return self.vjps(g, out, *xs)[i]

    def vjps(self, g: Any, out: Any, *xs: Any) -> list[Any]:
        best = data(out)
        tied = [data(x) == best for x in xs]
        ties = tied.count(True)
        return [g * (best if best != best else tie / ties) for tie in tied]


class Prod(Op):
    """Π along the last axis. ∂/∂x_i is the product of the others, exact also where some are 0."""

    name, multilinear = "prod", True

    def forward(self, x: Any) -> Any:
        return np.asarray(np.multiply.reduce(np.asarray(x), axis=-1))

    def vjp(self, i: int, g: Any, out: Any, x: Any) -> Any:
        n = shape(x)[-1]
        kept = (*shape(out), 1)
        g = Reshape(shape(out), kept)(g)
        if np.all(np.isfinite(data(out)) & (data(out) != 0)):
            return g * (Reshape(shape(out), kept)(out) / x)
        # Row i of the square holds all factors but the i-th, for which a 1 stands.
        others = BroadcastTo((*shape(out), 1, n), (*shape(out), n, n))(
            Reshape(shape(x), (*shape(out), 1, n))(x)
        )
        return g * Prod()(where(np.eye(n, dtype=bool), 1.0, others))


def last(x: Any, axes: tuple[int, ...]) -> Any:
    """`x` with `axes` joined to one and put last."""
    old = shape(x)
    others = tuple(a for a in range(-len(old), 0) if a not in axes)
    if others + axes != tuple(range(-len(old), 0)):
        x = Transpose(others + axes)(x)
    return Reshape(shape(x), (*(old[a] for a in others), count(old, axes)))(x)


def prod(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Π x over all entries or over `axis`. Mirrors `numpy.prod`.

    The derivative is the product of the other entries, exact also when some are 0.

    >>> import autograd_lite as ag
    >>> x = ag.Tensor([0.0, 2.0, 3.0])
    >>> ag.prod(x).backward()
    >>> x.grad
    array([6., 0., 0.])
    """
    x, old = arrayed(x)
    axes = normal_axes(axis, len(old))
    out = Prod()(last(x, axes))
    return Reshape(shape(out), keep(old, axes))(out) if flag(keepdims) else out


def _extreme(x: Any, axis: Any, keepdims: bool, largest: bool) -> Any:
    x, old = arrayed(x)
    axes = normal_axes(axis, len(old))
    if count(old, axes) == 0:
        name = "max" if largest else "min"
        raise ValueError(f"{name} of no entries: shape {old} is empty along axis {axis}")
    return Extreme(axes, flag(keepdims), largest)(x)


def max(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """The largest entry, over all or over `axis`; NaN if one is NaN. Mirrors `numpy.max`.

    Entries that tie share the gradient evenly. Raises ValueError for an empty array.

    >>> import autograd_lite as ag
    >>> x = ag.Tensor([3.0, 1.0, 3.0])
    >>> ag.max(x).backward()
    >>> x.grad
    array([0.5, 0. , 0.5])
    """
    return _extreme(x, axis, keepdims, largest=True)


def min(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """The smallest entry, over all or over `axis`. Ties as in `max`. Mirrors `numpy.min`.

    >>> import autograd_lite as ag
    >>> ag.min(ag.Tensor([3.0, 1.0, 2.0])).item()
    1.0
    """
    return _extreme(x, axis, keepdims, largest=False)


def in_single(reduce: Callable[..., Any]) -> Callable[..., Any]:
    """The reduction, computed in float32 for float16, whose sums end at 65,504. As NumPy's mean."""

    @wraps(reduce)
    def reduced(x: Any, *args: Any, **kwargs: Any) -> Any:
        x, _ = arrayed(x)
        if x.dtype != np.float16:
            return reduce(x, *args, **kwargs)
        return astype(reduce(astype(x, np.float32), *args, **kwargs), np.float16)

    return reduced


@in_single
def mean(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Σ x / n over all entries or over `axis`. Mirrors `numpy.mean`.

    >>> import autograd_lite as ag
    >>> x = ag.Tensor([1.0, 2.0, 3.0, 4.0])
    >>> ag.mean(x).backward()
    >>> x.grad
    array([0.25, 0.25, 0.25, 0.25])
    """
    x, old = arrayed(x)
    axes = normal_axes(axis, len(old))
    return Sum(axes, flag(keepdims))(x) / count(old, axes)


@in_single
def var(
    x: Any, axis: Any = None, ddof: float = 0, keepdims: bool = False, correction: Any = None
) -> Any:
    """Σ (x − mean)² / (n − ddof) over all entries or over `axis`. Mirrors `numpy.var`.

    `correction` is another name for `ddof`.

    >>> import autograd_lite as ag
    >>> ag.var(ag.Tensor([1.0, 3.0])).item(), ag.var(ag.Tensor([1.0, 3.0]), ddof=1).item()
    (1.0, 2.0)
    """
    x, old = arrayed(x)
    axes = normal_axes(axis, len(old))
    away = x - mean(x, axes, keepdims=True)
    total = Sum(axes, flag(keepdims))(square(away))
    left = _left_by_rounding(numbers(away), axes, numbers(total))
    if left is not None:
        total = Sum(axes, flag(keepdims))(square(away - left))
    left = count(old, axes) - one_of(ddof, correction)
    return total / (left if left > 0 else 0)


def one_of(ddof: float, correction: float | None) -> float:
    """What n is lowered by, given under one of its two names."""
    if correction is not None and ddof != 0:
        raise ValueError(f"ddof ({ddof}) and correction ({correction}) are two names for one")
    return ddof if correction is None else correction


def _left_by_rounding(away: np.ndarray, axes: tuple[int, ...], total: np.ndarray) -> Any:
    """The mean of x − mean, or None where that is 0 up to rounding, as in exact arithmetic.

    A mean much larger than the spread is rounded by more than the entries lie apart. `total` is the
    sum of squares.
    """
    n = count(away.shape, axes) or 1
    with np.errstate(all="ignore"):
        left = np.add.reduce(away, axis=axes, keepdims=True) / n
        rounding = (64 * np.finfo(away.dtype).eps) ** 2 * total.reshape(left.shape)
        return left if (left * left > rounding).any() else None


@in_single
def std(
    x: Any, axis: Any = None, ddof: float = 0, keepdims: bool = False, correction: Any = None
) -> Any:
    """√var over all entries or over `axis`; gradient 0 for a constant. Mirrors `numpy.std`.

    >>> import autograd_lite as ag
    >>> x = ag.Tensor([2.0, 2.0])
    >>> ag.std(x).backward()
    >>> x.grad
    array([0., 0.])
    """
    x, old = arrayed(x)
    axes = normal_axes(axis, len(old))
    scale = scale_for_squares(x, axes)
    if scale is None:
        return distance(var(x, axes, ddof, keepdims, correction))
    return rescaled(distance(var(x / scale, axes, ddof, keepdims, correction)), scale)


def scale_for_squares(x: Any, axes: tuple[int, ...]) -> Any:
    """A power of 2 for each slice along `axes`, kept, that brings its largest entry near to 1.

    None where squares stay clear of overflow and underflow without it, as they nearly always do.
    The reciprocal of the scale is a number too.
    Source: Blue, "A portable Fortran program to find the Euclidean norm of a vector", ACM TOMS 4
    (1978).
    """
    plain = numbers(x)
    limits: Any = np.finfo(plain.dtype if plain.dtype.kind == "f" else float)
    with np.errstate(over="ignore", under="ignore"):
        squares = np.add.reduce(np.square(plain), axis=axes, keepdims=True)
    low, high = limits.tiny / limits.eps**2, limits.max * limits.eps
    if not squares.size or (squares.min() > low and squares.max() < high):
        return None
    largest = np.maximum.reduce(np.abs(plain), axis=axes, keepdims=True, initial=0)
    extreme = ~((squares > low) & (squares < high)) & np.isfinite(largest) & (largest > 0)
    if not extreme.any():
        return None
    exponents = np.frexp(np.where(extreme, largest, 0.5))[1]
    most = limits.maxexp - limits.nmant
    return np.ldexp(np.ones((), limits.dtype), np.clip(exponents, -most, most))


def rescaled(out: Any, scale: np.ndarray) -> Any:
    """The result of a reduction of `x / scale`, multiplied by what that took out."""
    scale = scale.reshape(shape(out))
    return out * (scale if scale.ndim else scale.item())
