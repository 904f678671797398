"""The pseudo-inverse, and the least-squares solutions that it gives.

Source: Golub and Pereyra, "The differentiation of pseudo-inverses and nonlinear least squares
problems whose variables separate", SIAM Journal on Numerical Analysis 10 (1973).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core.graph import data
from ..core.operation import Op
from .branches import where
from .decompose import svd, svdvals
from .inputs import in_floats
from .linalg import matmul, mT
from .shape import arrayed, expand_dims

__all__ = ["lstsq", "pinv"]


class Pinv(Op):
    """P = X⁺, of constant rank. dX = −PᵀGPᵀ + (I − XP)GᵀPPᵀ + PᵀPGᵀ(I − PX)."""

    rtol: Any
    hermitian: bool
    name = "pinv"

    def forward(self, x: Any) -> Any:
        return np.linalg.pinv(x, rtol=self.rtol, hermitian=self.hermitian)

    def vjp(self, i: int, g: Any, out: Any, x: Any) -> Any:
        gT, p, pT = mT(g), out, mT(out)
        share = -matmul(matmul(pT, g), pT)
        left = matmul(gT, matmul(p, pT))
        right = matmul(matmul(pT, p), gT)
        share = share + left - matmul(matmul(x, p), left)
        return share + right - matmul(right, matmul(p, x))


def pinv(x: Any, rcond: Any = None, hermitian: bool = False, rtol: Any = None) -> Any:
    """The pseudo-inverse X⁺. Mirrors `numpy.linalg.pinv`.

    The derivative is that within the matrices of the same rank: X⁺ jumps where the rank changes.
    Where `rcond` leaves out singular values that are more than rounding, the rest has their slopes.
    With `hermitian` X counts as (X + Xᵀ)/2.

    >>> import autograd_lite as ag
    >>> ag.linalg.pinv([[2.0], [0.0]])
    array([[0.5, 0. ]])
    """
    x, old = arrayed(x)
    if len(old) < 2:
        raise ValueError(f"pinv takes matrices, not shape {old}")
    if hermitian:
        x = (x + mT(x)) / 2
    if rcond is not None and rtol is not None:
        raise ValueError(f"rcond ({rcond}) and rtol ({rtol}) are two names for one: give one")
    relative = rtol if rcond is None else rcond
    if relative is not None:
        u, s, vh = svd(x, full_matrices=False)
        values = data(s)
        largest = values.max(-1, keepdims=True, initial=0.0)
        kept = values > np.asarray(relative)[..., None] * largest
        rounding = np.finfo(values.dtype).eps * np.maximum(old[-2], old[-1]) * largest
        if np.any(~kept & (values > rounding)):
            return matmul(mT(vh), expand_dims(where(kept, 1 / s, 0), -1) * mT(u))
    return Pinv(relative, hermitian)(x)


def lstsq(x: Any, b: Any, rcond: Any = None) -> tuple[Any, Any, int, Any]:
    """(y with least |X y − b|, sums of squares of the residuals, rank, singular values) of X.

    Mirrors `numpy.linalg.lstsq`: one matrix, and as there no residuals unless X has full column
    rank and more rows than columns.

    >>> import autograd_lite as ag
    >>> ag.linalg.lstsq([[1.0], [1.0]], [1.0, 3.0])[0].round(6)
    array([2.])
    """
    (x, (m, n)), (b, of_b) = arrayed(x), arrayed(b)
    x = in_floats(x)
    eps = np.finfo(x.dtype).eps
    tolerance = eps * np.maximum(m, n) if rcond is None else rcond if 0 < rcond < 1 else eps
    solution = matmul(pinv(x, tolerance), b)
    s = svdvals(x)
    values = data(s)
    rank = int((values > tolerance * values.max(initial=0.0)).sum())
    if rank < n or m <= n:
        return solution, np.empty(0, x.dtype), rank, s
    away = matmul(x, solution) - b
    return solution, (away * away).sum(0, keepdims=len(of_b) == 1), rank, s
