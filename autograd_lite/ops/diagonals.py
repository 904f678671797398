"""Diagonals and triangles of matrices."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .branches import where
from .index import Put
from .rearrange import moved
from .shape import arrayed, ravel, sum

__all__ = ["diag", "diagflat", "diagonal", "trace", "tril", "triu"]


def diagflat(x: Any, k: int = 0) -> Any:
    """The matrix with the flat entries of `x` on its k-th diagonal. Mirrors `numpy.diagflat`.

    >>> import autograd_lite as ag
    >>> ag.diagflat([[1.0], [2.0]])
    array([[1., 0.],
           [0., 2.]])
    """
    return diag(ravel(x), k)


def diagonal(x: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    """The entries whose indices on two axes differ by `offset`. Mirrors `numpy.diagonal`.

    >>> import autograd_lite as ag
    >>> ag.diagonal([[1.0, 2.0], [3.0, 4.0]])
    array([1., 4.])
    """
    return moved(x, np.diagonal, offset, axis1, axis2)


def matrix_diagonal(x: Any, offset: int = 0) -> Any:
    """The diagonals of the matrices on the last two axes. Mirrors `numpy.linalg.diagonal`.

    >>> import autograd_lite as ag
    >>> ag.linalg.diagonal([[1.0, 2.0], [3.0, 4.0]])
    array([1., 4.])
    """
    return diagonal(x, offset, -2, -1)


def matrix_trace(x: Any, offset: int = 0) -> Any:
    """The traces of the matrices on the last two axes. Mirrors `numpy.linalg.trace`.

    >>> import autograd_lite as ag
    >>> ag.linalg.trace([[1.0, 2.0], [3.0, 4.0]])
    array(5.)
    """
    return trace(x, offset, -2, -1)


def trace(x: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    """Σ of a diagonal. Mirrors `numpy.trace`. (`ag.trace` is the table of an evaluation.)

    >>> import autograd_lite as ag
    >>> x = ag.Tensor([[1.0, 2.0], [3.0, 4.0]])
    >>> ag.linalg.trace(x).backward()
    >>> x.grad
    array([[1., 0.],
           [0., 1.]])
    """
    return sum(diagonal(x, offset, axis1, axis2), -1)


def diag(x: Any, k: int = 0) -> Any:
    """The k-th diagonal of a matrix, or the matrix with that diagonal. Mirrors `numpy.diag`.

    >>> import autograd_lite as ag
    >>> ag.diag([1.0, 2.0])
    array([[1., 0.],
           [0., 2.]])
    """
    x, old = arrayed(x)
    if len(old) != 1:
        return moved(x, np.diag, k)
    on = np.diag(np.ones(old, bool), k)
    return Put(np.flatnonzero(on), on.shape)(x)


def tril(x: Any, k: int = 0) -> Any:
    """`x` with zeros above the k-th diagonal of its last two axes. Mirrors `numpy.tril`.

    >>> import autograd_lite as ag
    >>> ag.tril([[1.0, 2.0], [3.0, 4.0]])
    array([[1., 0.],
           [3., 4.]])
    """
    return _part(x, np.tril, k)


def triu(x: Any, k: int = 0) -> Any:
    """`x` with zeros below the k-th diagonal of its last two axes. Mirrors `numpy.triu`.

    >>> import autograd_lite as ag
    >>> ag.triu([[1.0, 2.0], [3.0, 4.0]])
    array([[1., 2.],
           [0., 4.]])
    """
    return _part(x, np.triu, k)


def _part(x: Any, move: Callable[..., Any], k: int) -> Any:
    x, old = arrayed(x)
    return where(move(np.ones(old, bool), k), x, 0)
