"""Functions of symmetric matrices: the Cholesky factor, eigenvalues and eigenvectors.

They are taken of (X + Xᵀ)/2: the value is NumPy's, the gradient is symmetric, and a finite
difference of a single entry agrees with it. An operation has one result, so `eigh` computes one
array that holds eigenvalues and eigenvectors, and cuts it up afterwards.

Source: Giles, "Collected matrix derivative results" (2008), section 3; Murray, "Differentiation of
the Cholesky decomposition" (2016).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ..core.operation import Op, shape
from .branches import where
from .decompose import lower, turns
from .linalg import matmul, mT
from .shape import arrayed
from .solve import inv

__all__ = ["cholesky", "eigh", "eigvalsh"]


def symmetric(x: Any, name: str) -> Any:
    """(X + Xᵀ)/2; ValueError unless `x` is a stack of square matrices."""
    x, old = arrayed(x)
    if len(old) < 2 or old[-1] != old[-2]:
        raise ValueError(f"{name} takes square matrices (or stacks of them), not shape {old}")
    return (x + mT(x)) / 2


class Cholesky(Op):
    """X = LLᵀ. dX = L⁻ᵀ Φ(LᵀG) L⁻¹, with Φ the lower triangle and half the diagonal."""

    name = "cholesky"

    def forward(self, x: Any) -> Any:
        return np.linalg.cholesky(x)

    def vjp(self, i: int, g: Any, out: Any, x: Any) -> Any:
        inside = lower(matmul(mT(out), g), 0.5)
        inverse = inv(out)
        # X is symmetric, so only the symmetric part of a cotangent counts.
        share = matmul(matmul(mT(inverse), inside), inverse)
        return (share + mT(share)) / 2

    def saves(self, i: int) -> bool:
        return False


class Eigh(Op):
    """X = V diag(w) Vᵀ, as the rows w over V. dX = V (diag(dw) + ½ `turns`) Vᵀ."""

    name = "eigh"

    def forward(self, x: Any) -> Any:
        w, v = np.linalg.eigh(x)
        return np.concatenate([w[..., None, :], v], axis=-2)

    def vjp(self, i: int, g: Any, out: Any, x: Any) -> Any:
        n = shape(x)[-1]
        w, v = out[..., 0, :], out[..., 1:, :]
        to_w, to_v = g[..., :1, :], g[..., 1:, :]
        turn = turns(matmul(mT(v), to_v), w, to_w) / 2
        middle = where(np.eye(n, dtype=bool), to_w, turn)
        return matmul(matmul(v, middle), mT(v))


cholesky_, eigh_ = Cholesky(), Eigh()


def cholesky(x: Any, upper: bool = False) -> Any:
    """The lower triangular L with LLᵀ = X (or the upper Lᵀ). Mirrors `numpy.linalg.cholesky`.

    X counts as (X + Xᵀ)/2. Raises LinAlgError when it is not positive definite. Source: Murray,
    "Differentiation of the Cholesky decomposition" (2016).

    >>> import autograd_lite as ag
    >>> x = ag.Tensor([[4.0]])
    >>> ag.linalg.cholesky(x).backward()
    >>> x.grad
    array([[0.25]])
    """
    out = cholesky_(symmetric(x, "cholesky"))
    return mT(out) if upper else out


class EighResult(NamedTuple):
    """What `eigh` returns."""

    eigenvalues: Any
    eigenvectors: Any


def eigh(x: Any, UPLO: str = "L") -> EighResult:
    """Eigenvalues in ascending order and eigenvectors of (X + Xᵀ)/2. As `numpy.linalg.eigh`.

    Eigenvectors have a derivative only where their eigenvalue is single. Elsewhere they are any
    basis of the space they span: a function of that space has a gradient, any other has NaN, with a
    RuntimeWarning. Their signs are a matter of chance: differentiate what does not depend on them.
    `UPLO`, the triangle that NumPy reads, makes no difference: both count.

    Source: Giles, "Collected matrix derivative results" (2008), section 3.

    >>> import autograd_lite as ag
    >>> ag.linalg.eigh([[2.0, 0.0], [0.0, 1.0]]).eigenvalues
    array([1., 2.])
    """
    if UPLO not in ("L", "U", "l", "u"):
        raise ValueError(f'UPLO names the lower triangle, "L", or the upper, "U", not {UPLO!r}')
    out = eigh_(symmetric(x, "eigh"))
    return EighResult(out[..., 0, :], out[..., 1:, :])


def eigvalsh(x: Any, UPLO: str = "L") -> Any:
    """Eigenvalues of (X + Xᵀ)/2 in ascending order. Mirrors `numpy.linalg.eigvalsh`.

    The gradient of an eigenvalue is v vᵀ, with v its eigenvector of length 1.

    >>> import autograd_lite as ag
    >>> x = ag.Tensor([[2.0, 0.0], [0.0, 1.0]])
    >>> ag.linalg.eigvalsh(x)[0].backward()
    >>> x.grad
    array([[0., 0.],
           [0., 1.]])
    """
    return eigh(x, UPLO).eigenvalues
