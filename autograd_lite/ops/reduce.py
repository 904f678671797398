"""Reductions: many numbers to one, along axes. Composed of other operations where that is exact."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..graph import data
from .base import Op, shape
from .elementwise import root, square, where
from .shape import BroadcastTo, Reshape, Sum, Transpose, arrayed, keep, normal_axes

__all__ = ["max", "mean", "min", "prod", "std", "var"]


def count(old: tuple[int, ...], axes: tuple[int, ...]) -> int:
    """How many entries are reduced to one."""
    return int(np.prod([old[a] for a in axes], dtype=np.int64))


class Extreme(Op):
    """max or min along `axes`. The cotangent is split evenly among the entries that tie."""

    axes: tuple[int, ...]
    keepdims: bool
    largest: bool

    @property
    def name(self) -> str:  # type: ignore[override]
        return "max" if self.largest else "min"

    def forward(self, x: Any) -> Any:
        ufunc: Any = np.maximum if self.largest else np.minimum
        return np.asarray(ufunc.reduce(np.asarray(x), axis=self.axes, keepdims=self.keepdims))

    def vjp(self, i: int, g: Any, out: Any, x: Any) -> Any:
        old, kept = shape(x), keep(shape(x), self.axes)
        best = np.asarray(data(out)).reshape(kept)
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

    name = "prod"

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
    return Reshape(shape(out), keep(old, axes))(out) if keepdims else out


def _extreme(x: Any, axis: Any, keepdims: bool, largest: bool) -> Any:
    x, old = arrayed(x)
    axes = normal_axes(axis, len(old))
    if count(old, axes) == 0:
        name = "max" if largest else "min"
        raise ValueError(f"{name} of no entries: shape {old} is empty along axis {axis}")
    return Extreme(axes, bool(keepdims), largest)(x)


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
    return Sum(axes, bool(keepdims))(x) / count(old, axes)


def var(x: Any, axis: Any = None, ddof: float = 0, keepdims: bool = False) -> Any:
    """Σ (x − mean)² / (n − ddof) over all entries or over `axis`. Mirrors `numpy.var`.

    >>> import autograd_lite as ag
    >>> ag.var(ag.Tensor([1.0, 3.0])).item(), ag.var(ag.Tensor([1.0, 3.0]), ddof=1).item()
    (1.0, 2.0)
    """
    x, old = arrayed(x)
    axes = normal_axes(axis, len(old))
    away = x - mean(x, axes, keepdims=True)
    return Sum(axes, bool(keepdims))(square(away)) / _freedom(old, axes, ddof)


def _freedom(old: tuple[int, ...], axes: tuple[int, ...], ddof: float) -> float:
    left = count(old, axes) - ddof
    return left if left > 0 else 0


def std(x: Any, axis: Any = None, ddof: float = 0, keepdims: bool = False) -> Any:
    """√var over all entries or over `axis`; gradient 0 for a constant. Mirrors `numpy.std`.

    >>> import autograd_lite as ag
    >>> x = ag.Tensor([2.0, 2.0])
    >>> ag.std(x).backward()
    >>> x.grad
    array([0., 0.])
    """
    return root(var(x, axis, ddof, keepdims))
