"""Linear algebra: products of matrices and vectors."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core.graph import Node, describe
from ..core.operation import Op, shape
from .shape import Reshape, Transpose, arrayed, lead, sum_to
from .sparse import is_sparse, sparse_product

__all__ = ["matmul"]


def mT(x: Any) -> Any:
    """The last two axes exchanged."""
    return Transpose((-1, -2))(x) if isinstance(x, Node) else x.swapaxes(-1, -2)


class MatMul(Op):
    """z = x @ y. For matrices dx = dz yᵀ and dy = xᵀ dz.

    A vector counts as a row on the left and as a column on the right; stacks broadcast, and what
    was broadcast is summed. Source: Giles, "Collected matrix derivative results" (2008), 2.2.1.
    """

    name, multilinear = "@", True

    def spelling(self, *inputs: Any) -> str:
        return "{} @ {}"

    def forward(self, x: Any, y: Any) -> Any:
        out = np.matmul(x, y)
        return out if type(out) is np.ndarray else np.asarray(out)

    def vjps(self, g: Any, out: Any, x: Any, y: Any) -> Any:
        if type(g) is np.ndarray and x.ndim == y.ndim == 2:  # the usual case
            return np.matmul(g, y.T), np.matmul(x.T, g)
        return None

    def vjp(self, i: int, g: Any, out: Any, x: Any, y: Any) -> Any:
        if x.ndim == y.ndim == 2:  # the usual case, without the bookkeeping below
            if type(g) is np.ndarray:
                return np.matmul(g, y.T) if i == 0 else np.matmul(x.T, g)
            return matmul_(g, mT(y)) if i == 0 else matmul_(mT(x), g)
        row, column = len(shape(x)) == 1, len(shape(y)) == 1
        before, stack = lead(g, out), shape(out)[: len(shape(out)) - 2 + row + column]
        m = () if row else shape(x)[-2:-1]
        p = () if column else shape(y)[-1:]
        inner = shape(x)[-1]
        x_matrix = (*shape(x)[:-2], *(m or (1,)), inner)
        y_matrix = (*shape(y)[:-2], inner, *(p or (1,)))
        g = Reshape(shape(out), stack + (m or (1,)) + (p or (1,)))(g)
        if i == 0:
            product = matmul_(g, mT(Reshape(shape(y), y_matrix)(y)))
            return Reshape(x_matrix, shape(x))(
                sum_to(product, shape(product)[len(before) :], x_matrix)
            )
        product = matmul_(mT(Reshape(shape(x), x_matrix)(x)), g)
        return Reshape(y_matrix, shape(y))(sum_to(product, shape(product)[len(before) :], y_matrix))


matmul_ = MatMul()


def matmul(x: Any, y: Any) -> Any:
    """x @ y for vectors, matrices and stacks of them. Mirrors `numpy.matmul`.

    Raises ValueError when the inner lengths differ or an operand is a single number.

    >>> import autograd_lite as ag
    >>> x, w = ag.Tensor([[1.0, 2.0]]), ag.Tensor([[3.0], [4.0]])
    >>> (x @ w).backward()
    >>> x.grad, w.grad
    (array([[3., 4.]]), array([[1.],
           [2.]]))
    """
    if is_sparse(x) or is_sparse(y):
        return sparse_product(x, y)
    try:
        return matmul_(x, y)
    except ValueError as error:
        old_x, old_y = arrayed(x)[1], arrayed(y)[1]
        if not old_x or not old_y:
            raise ValueError(
                f"@ multiplies matrices and vectors; it was given shapes {old_x} and {old_y}. "
                "Write * to multiply by a single number"
            ) from error
        inner = old_y[0] if len(old_y) == 1 else old_y[-2]
        if old_x[-1] != inner:
            raise ValueError(
                f"@ needs equal inner lengths: {describe(x)} and {describe(y)} have {old_x[-1]} "
                f"and {inner}"
            ) from error
        raise
