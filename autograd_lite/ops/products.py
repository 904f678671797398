"""Products of vectors, matrices and arrays of more axes: compositions of `*`, `@`, moved axes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..core.elementwise import multiply
from .linalg import matmul
from .rearrange import take
from .shape import arrayed, expand_dims, moveaxis, normal_axes, ravel, reshape, sum, transpose

__all__ = [
    "cross",
    "dot",
    "inner",
    "kron",
    "matvec",
    "outer",
    "tensordot",
    "vdot",
    "vecdot",
    "vecmat",
]


def dot(x: Any, b: Any) -> Any:
    """Σ over the last axis of x and the last but one of b. Mirrors `numpy.dot`.

    For two vectors ⟨x, b⟩, for matrices x @ b, with a single number the product.

    >>> import autograd_lite as ag
    >>> x = ag.Tensor([1.0, 2.0])
    >>> ag.dot(x, [3.0, 4.0]).backward()
    >>> x.grad
    array([3., 4.])
    """
    (x, of_x), (b, of_b) = arrayed(x), arrayed(b)
    if not of_x or not of_b:
        return multiply(x, b)
    if len(of_b) <= 2:
        return matmul(x, b)
    return tensordot(x, b, (-1, -2))


def inner(x: Any, b: Any) -> Any:
    """Σ over the last axis of both. Mirrors `numpy.inner`.

    >>> import autograd_lite as ag
    >>> ag.inner([1.0, 2.0], [3.0, 4.0])
    array(11.)
    """
    (x, of_x), (b, of_b) = arrayed(x), arrayed(b)
    return tensordot(x, b, (-1, -1)) if of_x and of_b else multiply(x, b)


def outer(x: Any, b: Any) -> Any:
    """x_i · b_k for all i, k, of flat x and b. Mirrors `numpy.outer`.

    >>> import autograd_lite as ag
    >>> ag.outer([1.0, 2.0], [3.0, 4.0])
    array([[3., 4.],
           [6., 8.]])
    """
    return reshape(x, -1, 1) * ravel(b)


def vdot(x: Any, b: Any) -> Any:
    """Σ of all products x_i · b_i, of flat x and b. Mirrors `numpy.vdot`.

    >>> import autograd_lite as ag
    >>> ag.vdot([1.0, 2.0], [3.0, 4.0])
    array(11.)
    """
    return matmul(ravel(x), ravel(b))


def vecdot(x: Any, b: Any, axis: int = -1) -> Any:
    """Σ over `axis` of x · b, stacks broadcasting. Mirrors `numpy.vecdot`.

    >>> import autograd_lite as ag
    >>> ag.vecdot([1.0, 2.0], [3.0, 4.0])
    array(11.)
    """
    (x, of_x), (b, of_b) = arrayed(x), arrayed(b)
    if not of_x or not of_b or of_x[axis] != of_b[axis]:
        raise ValueError(f"vecdot needs vectors of one length; it was given shapes {of_x}, {of_b}")
    return sum(moveaxis(x, axis, -1) * moveaxis(b, axis, -1), -1)


def matvec(x: Any, b: Any) -> Any:
    """Matrices times vectors, stacks broadcasting. Mirrors `numpy.matvec`.

    >>> import autograd_lite as ag
    >>> ag.matvec([[1.0, 2.0], [3.0, 4.0]], [1.0, 1.0])
    array([3., 7.])
    """
    return matmul(x, expand_dims(b, -1))[..., 0]


def vecmat(x: Any, b: Any) -> Any:
    """Vectors times matrices, stacks broadcasting. Mirrors `numpy.vecmat`.

    >>> import autograd_lite as ag
    >>> ag.vecmat([1.0, 1.0], [[1.0, 2.0], [3.0, 4.0]])
    array([4., 6.])
    """
    return matmul(expand_dims(x, -2), b)[..., 0, :]


def tensordot(x: Any, b: Any, axes: Any = 2) -> Any:
    """Σ over pairs of axes: the last of x with the first of b, or as named. As in NumPy.

    >>> import autograd_lite as ag
    >>> ag.tensordot([[1.0, 2.0]], [3.0, 4.0], 1)
    array([11.])
    """
    (x, of_x), (b, of_b) = arrayed(x), arrayed(b)
    if isinstance(axes, int | np.integer):
        axes = (range(-axes, 0), range(axes)) if axes else ((), ())
    first, second = ([a] if isinstance(a, int | np.integer) else list(a) for a in axes)
    mine = [normal_axes(a, len(of_x))[0] + len(of_x) for a in first]
    others = [normal_axes(a, len(of_b))[0] + len(of_b) for a in second]
    if [of_x[a] for a in mine] != [of_b[a] for a in others]:
        raise ValueError(
            f"tensordot cannot sum axes {mine} of shape {of_x} with axes {others} of shape {of_b}: "
            "their lengths differ"
        )
    kept_x = [a for a in range(len(of_x)) if a not in mine]
    kept_b = [a for a in range(len(of_b)) if a not in others]
    size = int(np.prod([of_x[a] for a in mine], dtype=np.int64))
    rows, columns = tuple(of_x[a] for a in kept_x), tuple(of_b[a] for a in kept_b)
    left = reshape(transpose(x, kept_x + mine), _product(rows), size)
    right = reshape(transpose(b, others + kept_b), size, _product(columns))
    return reshape(matmul(left, right), rows + columns)


def _product(lengths: Sequence[int]) -> int:
    return int(np.prod(lengths, dtype=np.int64))


def kron(x: Any, b: Any) -> Any:
    """Every entry of x times the whole of b, in its place. Mirrors `numpy.kron`.

    >>> import autograd_lite as ag
    >>> ag.kron([1.0, 10.0], [1.0, 2.0])
    array([ 1.,  2., 10., 20.])
    """
    (x, of_x), (b, of_b) = arrayed(x), arrayed(b)
    ndim = max(len(of_x), len(of_b))
    of_x = (1,) * (ndim - len(of_x)) + of_x
    of_b = (1,) * (ndim - len(of_b)) + of_b
    # Each axis of x beside an axis of length 1 for b's, and the other way round.
    wide_x = tuple(n for length in of_x for n in (length, 1))
    wide_b = tuple(n for length in of_b for n in (1, length))
    product = reshape(x, wide_x) * reshape(b, wide_b)
    return reshape(product, tuple(n * m for n, m in zip(of_x, of_b, strict=True)))


def cross(
    x: Any, b: Any, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: int | None = None
) -> Any:
    """The vector product x × b of vectors of length 3 along an axis. Mirrors `numpy.cross`.

    >>> import autograd_lite as ag
    >>> ag.cross([1.0, 0.0, 0.0], [0.0, 1.0, 0.0])
    array([0., 0., 1.])
    """
    if axis is not None:
        axisa = axisb = axisc = axis
    x, b = moveaxis(arrayed(x)[0], axisa, -1), moveaxis(arrayed(b)[0], axisb, -1)
    lengths = x.shape[-1], b.shape[-1]
    if lengths != (3, 3):
        raise ValueError(f"cross multiplies vectors of length 3, not {lengths[0]} and {lengths[1]}")
    one, two = [1, 2, 0], [2, 0, 1]
    product = take(x, one, -1) * take(b, two, -1) - take(x, two, -1) * take(b, one, -1)
    return moveaxis(product, -1, axisc)
