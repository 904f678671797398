"""`ag.linalg`: linear algebra under NumPy's names, for matrices and stacks of them."""

from typing import Any

import numpy

from ..ops.decompose import qr, svd, svdvals
from ..ops.diagonals import matrix_diagonal as diagonal
from ..ops.diagonals import matrix_trace as trace
from ..ops.join import matrix_transpose
from ..ops.least_squares import lstsq, pinv
from ..ops.linalg import matmul
from ..ops.norms import cond, matrix_norm, norm, vector_norm
from ..ops.products import cross, outer, tensordot, vecdot
from ..ops.solve import det, inv, matrix_power, multi_dot, slogdet, solve, tensorinv, tensorsolve
from ..ops.symmetric import cholesky, eigh, eigvalsh

__all__ = [
    "cholesky",
    "cond",
    "cross",
    "det",
    "diagonal",
    "eigh",
    "eigvalsh",
    "inv",
    "lstsq",
    "matmul",
    "matrix_norm",
    "matrix_power",
    "matrix_transpose",
    "multi_dot",
    "norm",
    "outer",
    "pinv",
    "qr",
    "slogdet",
    "solve",
    "svd",
    "svdvals",
    "tensordot",
    "tensorinv",
    "tensorsolve",
    "trace",
    "vecdot",
    "vector_norm",
]


def __getattr__(name: str) -> Any:
    """What has no derivative here, and is NumPy's own."""
    return getattr(numpy.linalg, name)
