"""`scipy.linalg` on nodes: triangular systems, functions of matrices, matrices made of parts."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core.operation import Op, shape
from ..numpy.creation import zeros
from ..ops.diagonals import tril, triu
from ..ops.linalg import mT
from ..ops.products import kron
from ..ops.shape import arrayed, broadcast_to, concatenate, moveaxis, reshape
from ..ops.solve import det, inv, solve
from ..ops.symmetric import cholesky as lower_cholesky
from .real import real

__all__ = [
    "block_diag",
    "cho_factor",
    "cho_solve",
    "cholesky",
    "det",
    "expm",
    "inv",
    "solve",
    "solve_triangular",
    "sqrtm",
    "toeplitz",
]


def solve_triangular(
    a: Any, b: Any, trans: Any = 0, lower: bool = False, unit_diagonal: bool = False
) -> Any:
    """x of a x = b, of which one triangle is read. Mirrors `scipy.linalg.solve_triangular`."""
    a = (
        (tril if lower else triu)(a, -1 if lower else 1) + np.eye(len(a))
        if unit_diagonal
        else ((tril if lower else triu)(a))
    )
    return solve(mT(a) if trans in (1, 2, "T", "C") else a, b)


def cholesky(a: Any, lower: bool = False) -> Any:
    """The triangular factor of a positive definite matrix. Mirrors `scipy.linalg.cholesky`."""
    factor = lower_cholesky(a)
    return factor if lower else mT(factor)


def cho_factor(a: Any, lower: bool = False) -> tuple[Any, bool]:
    """What `cho_solve` takes. Mirrors `scipy.linalg.cho_factor`."""
    return cholesky(a, lower), lower


def cho_solve(c_and_lower: tuple[Any, bool], b: Any) -> Any:
    """x of a x = b by the factor of a. Mirrors `scipy.linalg.cho_solve`."""
    c, lower = c_and_lower
    first = solve_triangular(c, b, trans=0 if lower else 1, lower=lower)
    return solve_triangular(c, first, trans=1 if lower else 0, lower=lower)


class Expm(Op):
    """e^A. Its derivative along E stands in the exponential of [[A, E], [0, A]], upper right.

    Source: Higham, *Functions of Matrices* (2008), theorem 3.6.
    """

    name = "expm"

    def forward(self, x: Any) -> Any:
        return real("linalg").expm(x)

    def vjp(self, i: int, g: Any, out: Any, x: Any) -> Any:
        n = shape(x)[-1]
        a = broadcast_to(mT(x), shape(g)) if shape(g) != shape(x) else mT(x)
        nothing = np.zeros(shape(g))
        upper, under = concatenate([a, g], -1), concatenate([nothing, a], -1)
        return expm(concatenate([upper, under], -2))[..., :n, n:]


class Sqrtm(Op):
    """The square root S of a matrix; S dS + dS S = dA."""

    name = "sqrtm"

    def forward(self, x: Any) -> Any:
        root = np.asarray(real("linalg").sqrtm(x))
        if np.iscomplexobj(root):
            raise ValueError("the square root of this matrix is not real")
        return root

    def vjp(self, i: int, g: Any, out: Any, x: Any) -> Any:
        n = shape(x)[-1]
        s, before = mT(out), shape(g)[:-2]
        both = kron(s, np.eye(n)) + kron(np.eye(n), mT(s))  # of X in C order, to s X + X s
        columns = moveaxis(reshape(g, (*before, n * n)), -1, 0)
        flat = solve(both, reshape(columns, (n * n, -1)))
        return reshape(moveaxis(reshape(flat, (n * n, *before)), 0, -1), shape(g))


def expm(a: Any) -> Any:
    """The exponential of a matrix, to any order. Mirrors `scipy.linalg.expm`."""
    return Expm()(arrayed(a)[0])


def sqrtm(a: Any) -> Any:
    """The principal square root of a matrix with a real one. Mirrors `scipy.linalg.sqrtm`."""
    return Sqrtm()(arrayed(a)[0])


def block_diag(*arrays: Any) -> Any:
    """The matrices one after another on a diagonal. Mirrors `scipy.linalg.block_diag`."""
    blocks = [np.atleast_2d(a) for a in arrays]
    out = zeros((sum(b.shape[0] for b in blocks), sum(b.shape[1] for b in blocks)))
    row = column = 0
    for b in blocks:
        out[row : row + b.shape[0], column : column + b.shape[1]] = b
        row, column = row + b.shape[0], column + b.shape[1]
    return out.operand if hasattr(out, "operand") else out


def toeplitz(c: Any, r: Any = None) -> Any:
    """Constant along diagonals, with first column c and first row r. As `scipy.linalg.toeplitz`."""
    c = reshape(c, -1)
    r = c if r is None else reshape(r, -1)
    m, n = c.shape[0], r.shape[0]
    along = concatenate([np.flip(r[1:]), c])
    return along[np.arange(m)[:, None] - np.arange(n) + n - 1]


def __getattr__(name: str) -> Any:
    return getattr(real("linalg"), name)
