"""Norms of vectors and matrices, of every order that NumPy has; the gradient at 0 is 0."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core.elementwise import absolute, power, sign, square
from ..core.graph import Node, data
from ..core.operation import shape
from .branches import where
from .decompose import svdvals
from .distance import distance
from .inputs import array
from .reduce import keep, max, min, rescaled, scale_for_squares
from .shape import Reshape, arrayed, flag, moveaxis, normal_axes, ravel, sum
from .solve import inv

__all__ = ["cond", "matrix_norm", "norm", "vector_norm"]


def norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    """The norm of a vector or matrix, or of those along `axis`. Mirrors `numpy.linalg.norm`.

    Vectors: 2 (Σx²)^½, any other p (Σ|x|^p)^(1/p), inf, -inf, 0. Matrices: "fro", "nuc", 1, -1, 2,
    -2, inf, -inf. The gradient at 0 is 0, the subgradient of least norm, where √ of a sum of
    squares written out gives NaN.

    >>> import autograd_lite as ag
    >>> x = ag.Tensor([3.0, 4.0])
    >>> ag.linalg.norm(x).backward()
    >>> x.grad
    array([0.6, 0.8])
    """
    x, old = arrayed(x)
    ndim = len(old)
    if axis is None and ord is None:
        return _kept(_vector(ravel(x), (-1,), 2), (1,) * ndim, keepdims)
    if axis is None and ndim not in (1, 2):
        raise ValueError(f"norm of order {ord} needs an axis (or two) for shape {old}")
    axes = tuple(a for one in _listed(axis, ndim) for a in normal_axes(one, ndim))
    if len(set(axes)) != len(axes) or len(axes) not in (1, 2):
        raise ValueError(f"norm takes one axis or two different ones, not {axis!r}")
    if len(axes) == 1 or ord is None:
        out = _vector(x, axes, 2 if ord is None else ord)
    else:
        out = _matrix(moveaxis(x, axes, (-2, -1)), ord)
    return _kept(out, keep(old, axes), keepdims)


def _listed(axis: Any, ndim: int) -> list[Any]:
    if axis is None:
        return list(range(ndim))
    return list(axis) if isinstance(axis, tuple | list) else [axis]


def _kept(out: Any, kept: tuple[int, ...], keepdims: bool) -> Any:
    return Reshape(shape(out), kept)(out) if flag(keepdims) else out


def vector_norm(x: Any, axis: Any = None, ord: Any = 2, keepdims: bool = False) -> Any:
    """The norm of all entries, or of those along `axis`. Mirrors `numpy.linalg.vector_norm`.

    >>> import autograd_lite as ag
    >>> ag.linalg.vector_norm([3.0, 4.0])
    array(5.)
    """
    x, old = arrayed(x)
    axes = normal_axes(axis, len(old))
    return _kept(_vector(x, axes, ord), keep(old, axes), keepdims)


def matrix_norm(x: Any, ord: Any = "fro", keepdims: bool = False) -> Any:
    """The norm of the matrices on the last two axes. Mirrors `numpy.linalg.matrix_norm`.

    >>> import autograd_lite as ag
    >>> ag.linalg.matrix_norm([[3.0, 0.0], [0.0, 4.0]])
    array(5.)
    """
    x, old = arrayed(x)
    return _kept(_matrix(x, ord), keep(old, (-2, -1)), keepdims)


def _vector(x: Any, axes: tuple[int, ...], p: Any) -> Any:
    """(Σ |x|^p)^(1/p) along `axes`, and its limits."""
    if isinstance(p, str):
        raise ValueError(f"norm of order {p!r} is one of matrices")
    if not isinstance(p, Node):  # which has a slope in the formula, and none in its special cases
        if p == 2:
            scale = scale_for_squares(x, axes)
            if scale is None:
                return distance(sum(square(x), axes))
            return rescaled(distance(sum(square(x / scale), axes)), scale)
        if p == np.inf:
            return max(absolute(x), axes)
        if p == -np.inf:
            return min(absolute(x), axes)
        if p == 0:
            return sum(square(sign(x)), axes)
        if p == 1:
            return sum(absolute(x), axes)
    # Powers of 0 have infinite slopes; what they stand for here has slope 0.
    zero = np.equal(data(x), 0)
    powers = power(where(zero, 1.0, absolute(x)), p)
    total = sum(where(zero, 0.0 if p > 0 else np.inf, powers), axes)
    known = array(data(total))
    still = (known == 0) | np.isinf(known)
    limit = np.where(np.isinf(known) & (p > 0), np.inf, 0.0).astype(known.dtype)
    return where(still, limit, power(where(still, 1.0, total), 1.0 / p))


def _matrix(x: Any, ord: Any) -> Any:
    """A norm of the matrices on the last two axes."""
    if isinstance(ord, Node):
        raise TypeError("the order of a norm of matrices is a plain number: write .item()")
    if ord is None or ord in ("fro", "f"):
        return _vector(x, (-2, -1), 2)
    if ord in (1, -1):
        return (max if ord == 1 else min)(sum(absolute(x), -2), -1)
    if ord in (np.inf, -np.inf):
        return (max if ord == np.inf else min)(sum(absolute(x), -1), -1)
    if ord not in (2, -2, "nuc"):
        raise ValueError(
            f'norm of order {ord!r}: matrices have "fro", "nuc", 1, -1, 2, -2, inf and -inf'
        )
    s = svdvals(x)
    # Singular values that are 0 but for rounding take no part: the subgradient of least norm.
    values = data(s)
    rounding = values.max(-1, keepdims=True, initial=0.0) * max(shape(x)[-2:]) * _eps(x)
    s = where(values > rounding, s, 0.0)
    if ord == "nuc":
        return sum(s, -1)
    # Rounding parts those that are equal; the subgradient of least norm takes all of them.
    end = values.min(-1, keepdims=True) if ord == -2 else values.max(-1, keepdims=True, initial=0.0)
    tied = np.abs(values - end) <= rounding
    count = np.maximum(tied.sum(-1, dtype=values.dtype), 1)
    return sum(where(tied, s, 0.0), -1) / count


def _eps(x: Any) -> float:
    dtype = np.dtype(x.dtype)
    return float(np.finfo(dtype if dtype.kind == "f" else float).eps)


def cond(x: Any, p: Any = None) -> Any:
    """The condition number |X| · |X⁻¹|, by the norm of order `p`. Mirrors `numpy.linalg.cond`.

    >>> import autograd_lite as ag
    >>> ag.linalg.cond([[3.0, 0.0], [0.0, 2.0]]).round(6)
    np.float64(1.5)
    """
    x = arrayed(x)[0]
    if p is None or p in (2, -2):
        s = svdvals(x)
        return s[..., 0] / s[..., -1] if p != -2 else s[..., -1] / s[..., 0]
    return norm(x, p, (-2, -1)) * norm(inv(x), p, (-2, -1))
