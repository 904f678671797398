"""Singular values and QR, for matrices and stacks of them.

An operation has one result, so a decomposition is computed into one array that holds all its parts
and is cut up afterwards.

Source of the rules: Townsend, "Differentiating the singular value decomposition" (2016); Seeger et
al., "Auto-differentiating linear algebra" (2017) for QR.
"""

from __future__ import annotations

import warnings
from typing import Any, NamedTuple

import numpy as np

from ..core.elementwise import chain_product
from ..core.graph import data
from ..core.operation import Op, shape
from .branches import where
from .linalg import matmul, mT
from .shape import arrayed, concatenate, expand_dims
from .solve import inv

__all__ = ["qr", "svd", "svdvals"]


def lower(x: Any, diagonal: float) -> Any:
    """The lower triangle of `x`, with its diagonal times a number."""
    n = shape(x)[-1]
    return where(np.tri(n, dtype=bool), x * np.where(np.eye(n, dtype=bool), diagonal, 1.0), 0.0)


def ties(w: Any) -> np.ndarray:
    """Which eigenvalues (or singular values) are equal but for their rounding, pair by pair.

    A slope divided by a difference so small is all rounding: a plausible number, and wrong.
    """
    w = data(w)
    largest = np.abs(w).max(-1, initial=0.0)[..., None, None]
    rounding = 8 * np.sqrt(w.shape[-1]) * np.finfo(w.dtype).eps * largest
    return np.abs(w[..., None, :] - w[..., :, None]) <= rounding


def turns(meant: Any, w: Any, to_w: Any) -> Any:
    """(M − Mᵀ)_ij / (w_j − w_i) of M = VᵀdV: what turns the vectors of i and j into each other.

    Of tied vectors any turned ones would do as well. A function that does not depend on which, nor
    on their w, wants no turn: M = Mᵀ but for rounding, and its derivative has a 0 there. Any other
    has no derivative, or none that M can tell: NaN, and a warning says why.
    """
    turn = meant - mT(meant)
    apart = ~np.eye(shape(w)[-1], dtype=bool)
    tied = ties(w) & apart
    difference = where(tied | ~apart, np.inf, expand_dims(w, -2) - expand_dims(w, -1))
    out = chain_product(turn, 1 / difference)
    if not np.any(tied):
        return out
    size = np.abs(data(meant))
    rounding = 64 * np.finfo(size.dtype).eps * size.max((-2, -1), initial=0.0, keepdims=True)
    wanted = (data(to_w) != 0) & (size + mT(size) > 0)
    known = (np.abs(data(turn)) <= rounding) & ~(wanted | mT(wanted))
    if np.any(tied & ~known):
        warnings.warn(
            "vectors of equal eigenvalues or singular values are any basis of the space that "
            "they span: the gradient is NaN, since the function depends on which, or on these "
            "values too; a function of their space alone has a gradient",
            RuntimeWarning,
            stacklevel=2,
        )
    return where(tied, where(known, 0.0, np.nan), out)


class Svd(Op):
    """X = U diag(s) Vᵀ (thin), as the rows U, s, V, each of width k."""

    name = "svd"

    def forward(self, x: Any) -> Any:
        u, s, vh = np.linalg.svd(x, full_matrices=False)
        return np.concatenate([u, s[..., None, :], vh.swapaxes(-1, -2)], axis=-2)

    def vjp(self, i: int, g: Any, out: Any, x: Any) -> Any:
        m, k = shape(x)[-2], shape(out)[-1]
        u, s, v = out[..., :m, :], out[..., m, :], out[..., m + 1 :, :]
        to_u, to_s, to_v = g[..., :m, :], g[..., m : m + 1, :], g[..., m + 1 :, :]
        row, column = expand_dims(s, -2), expand_dims(s, -1)
        turn_u, turn_v = matmul(mT(u), to_u), matmul(mT(v), to_v)
        # (K s_j + L s_i)/(s_j² − s_i²), with K and L what turns U and V, as two parts: together
        # they may have no derivative where s_i = s_j, against each other they have.
        against = turn_u - turn_v
        against = chain_product(against - mT(against), 1 / (row + column))
        middle = (turns(turn_u + turn_v, s, to_s) + against) / 2
        middle = where(np.eye(k, dtype=bool), to_s, middle)
        share = matmul(matmul(u, middle), mT(v))
        # What turns the singular vectors out of the space they span.
        if m > k:
            away = chain_product(to_u - matmul(u, turn_u), 1 / row)
            share = share + matmul(away, mT(v))
        if shape(x)[-1] > k:
            away = chain_product(to_v - matmul(v, turn_v), 1 / row)
            share = share + matmul(u, mT(away))
        return share


class QR(Op):
    """X = QR (reduced, no more columns than rows), as the rows Q over R.

    dX = (dQ + Q sym(M)) R⁻ᵀ, with M = R dRᵀ − dQᵀ Q and sym the lower triangle made symmetric.
    """

    name = "qr"

    def forward(self, x: Any) -> Any:
        return np.concatenate(np.linalg.qr(x), axis=-2)

    def vjp(self, i: int, g: Any, out: Any, x: Any) -> Any:
        m = shape(x)[-2]
        q, r = out[..., :m, :], out[..., m:, :]
        to_q, to_r = g[..., :m, :], g[..., m:, :]
        below = lower(matmul(r, mT(to_r)) - matmul(mT(to_q), q), 0.5)
        return matmul(to_q + matmul(q, below + mT(below)), mT(inv(r)))


svd_, qr_ = Svd(), QR()


class SVDResult(NamedTuple):
    """What `svd` returns."""

    U: Any
    S: Any
    Vh: Any


def svd(
    x: Any, full_matrices: bool = True, compute_uv: bool = True, hermitian: bool = False
) -> Any:
    """U, s, Vᵀ with X = U diag(s) Vᵀ, or s alone. Mirrors `numpy.linalg.svd`.

    With `hermitian` X counts as (X + Xᵀ)/2. The further columns that `full_matrices` adds to U or V
    of a matrix that is not square are not determined by X and have no derivative: TypeError.

    >>> import autograd_lite as ag
    >>> ag.linalg.svd([[3.0, 0.0], [0.0, 2.0]]).S
    array([3., 2.])
    """
    x, old = arrayed(x)
    if len(old) < 2:
        raise ValueError(f"svd takes matrices, not shape {old}")
    if compute_uv and full_matrices and old[-1] != old[-2]:
        raise TypeError(
            f"the full U and V of a matrix of shape {old} have no derivative: write "
            "svd(x, full_matrices=False)"
        )
    out, m = svd_((x + mT(x)) / 2 if hermitian else x), old[-2]
    if not compute_uv:
        return out[..., m, :]
    return SVDResult(out[..., :m, :], out[..., m, :], mT(out[..., m + 1 :, :]))


def svdvals(x: Any) -> Any:
    """The singular values, largest first. Mirrors `numpy.linalg.svdvals`.

    >>> import autograd_lite as ag
    >>> ag.linalg.svdvals([[3.0, 0.0], [0.0, 2.0]])
    array([3., 2.])
    """
    return svd(x, compute_uv=False)


class QRResult(NamedTuple):
    """What `qr` returns."""

    Q: Any
    R: Any


def qr(x: Any, mode: str = "reduced") -> Any:
    """Q with orthonormal columns and R upper triangular, X = QR; R alone for mode "r".

    Mirrors `numpy.linalg.qr`. The columns that mode "complete" adds have no derivative: TypeError.

    >>> import autograd_lite as ag
    >>> abs(ag.linalg.qr([[3.0], [4.0]]).R)
    array([[5.]])
    """
    x, old = arrayed(x)
    if len(old) < 2:
        raise ValueError(f"qr takes matrices, not shape {old}")
    m, n = old[-2:]
    if mode not in ("reduced", "r") and not (mode == "complete" and m <= n):
        raise TypeError(
            f'qr of a node of shape {old} has the modes "reduced" and "r", not {mode!r}'
        )
    k = np.minimum(m, n)
    out = qr_(x[..., :k])
    q, r = out[..., :m, :], out[..., m:, :]
    if n > k:  # the further columns of R are what Q makes of those of X
        r = concatenate([r, matmul(mT(q), x[..., k:])], -1)
    return r if mode == "r" else QRResult(q, r)
