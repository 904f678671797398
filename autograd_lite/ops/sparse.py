"""Products with constant sparse matrices, SciPy's or any with `tocsr`: `S @ x`, `x @ S`.

The matrix is data, as a mask is: it has no gradient, and x gets Sᵀ times the cotangent.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core.operation import Op

__all__ = ["SparseProduct", "is_sparse", "sparse_product"]


class SparseProduct(Op):
    """The matrix times x, along the last axis of x, or of `columns` along the last but one."""

    matrix: Any
    columns: bool
    name = "sparse @"

    def forward(self, x: Any) -> Any:
        along = x.ndim - 1 - self.columns
        x = np.moveaxis(x, along, 0)
        out = self.matrix @ np.ascontiguousarray(x.reshape(x.shape[0], -1))
        return np.moveaxis(np.asarray(out).reshape(out.shape[0], *x.shape[1:]), 0, along)

    def vjp(self, i: int, g: Any, out: Any, x: Any) -> Any:
        return SparseProduct(self.matrix.T, self.columns)(g)

    def saves(self, i: int) -> bool:
        return False


def is_sparse(x: Any) -> bool:
    """Whether `x` is a sparse matrix."""
    return hasattr(x, "tocsr") and hasattr(x, "nnz")


def sparse_product(x: Any, y: Any) -> Any:
    """x @ y, where one is a sparse matrix and the other a vector or a matrix."""
    left = is_sparse(x)
    matrix, dense = (x, y) if left else (y, x)
    inner = matrix.shape[1 if left else 0]
    axis = -2 if left and dense.ndim > 1 else -1
    if dense.ndim == 0 or dense.shape[axis] != inner:
        raise ValueError(
            f"@ needs equal inner lengths: a sparse matrix of shape {matrix.shape} "
            f"{'times' if left else 'after'} an array of shape {dense.shape}"
        )
    matrix = matrix.tocsr(copy=True)  # the caller may write to it
    return SparseProduct(matrix if left else matrix.T, axis == -2)(dense)
