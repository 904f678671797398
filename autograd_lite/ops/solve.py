"""Inverses, determinants and linear systems, for matrices and stacks of them.

Source of the rules: Giles, "Collected matrix derivative results" (2008), sections 2.2 and 2.3.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce as fold
from typing import Any, NamedTuple

import numpy as np

from ..core.graph import Node, data
from ..core.operation import Op, shape
from .index import Pick
from .inputs import array, in_floats
from .linalg import matmul, mT
from .shape import arrayed, expand_dims, lead, reshape, sum_to, transpose

__all__ = [
    "det",
    "inv",
    "matrix_power",
    "multi_dot",
    "slogdet",
    "solve",
    "tensorinv",
    "tensorsolve",
]


def square(x: Any, name: str) -> Any:
    """`x` as an operation takes it; ValueError unless it is a stack of square matrices."""
    x, old = arrayed(x)
    if len(old) < 2 or old[-1] != old[-2]:
        raise ValueError(f"{name} takes square matrices (or stacks of them), not shape {old}")
    return x


class Inv(Op):
    """Y = X⁻¹. dX = −Yᵀ G Yᵀ."""

    name = "inv"

    def forward(self, x: Any) -> Any:
        return np.linalg.inv(x)

    def vjp(self, i: int, g: Any, out: Any, x: Any) -> Any:
        return -matmul(matmul(mT(out), g), mT(out))

    def saves(self, i: int) -> bool:
        return False


class Solve(Op):
    """X = A⁻¹B. dB = A⁻ᵀ G, dA = −dB Xᵀ; stacks broadcast, and what was broadcast is summed."""

    name = "solve"

    def forward(self, a: Any, b: Any) -> Any:
        return np.linalg.solve(a, b)

    def vjp(self, i: int, g: Any, out: Any, a: Any, b: Any) -> Any:
        back = solve_(mT(a), g)
        share = -matmul(back, mT(out)) if i == 0 else back
        return sum_to(share, shape(share)[len(lead(g, out)) :], shape(a if i == 0 else b))


class Det(Op):
    """y = det X. dX = g · cofactors of X, which are det X · X⁻ᵀ where X has an inverse."""

    name = "det"

    def forward(self, x: Any) -> Any:
        return array(np.linalg.det(x))

    def vjp(self, i: int, g: Any, out: Any, x: Any) -> Any:
        g = expand_dims(g, (-2, -1))
        if np.all(data(out) != 0):
            inverse = inv_(x)
            if not isinstance(out, Node) or shape(x)[-1] > 32 or far_from_singular(x, inverse):
                return g * expand_dims(out, (-2, -1)) * mT(inverse)
        return g * cofactors(x)


def far_from_singular(x: Any, inverse: Any) -> bool:
    """Whether derivatives of det X · X⁻ᵀ keep half their digits: the terms of them cancel.

    Those of the cofactors do not, but of a large matrix there are too many.
    """
    sizes = [np.sqrt((data(y) ** 2).sum((-2, -1))) for y in (x, inverse)]
    return bool(np.all(sizes[0] * sizes[1] * np.sqrt(np.finfo(sizes[0].dtype).eps) < 1))


def cofactors(x: Any) -> Any:
    """(−1)^{i+j} times the determinant without row i and column j; exact for singular X as well."""
    n = shape(x)[-1]
    rest = np.array([np.delete(np.arange(n), i) for i in range(n)]).reshape(n, n - 1)
    places = rest[:, None, :, None] * n + rest[None, :, None, :]
    signs = (-1.0) ** np.add.outer(np.arange(n), np.arange(n))
    return det_(Pick(places, (n, n), "minors")(x)) * signs


class LogAbsDet(Op):
    """y = log |det X|. dX = g X⁻ᵀ."""

    name = "logabsdet"

    def forward(self, x: Any) -> Any:
        return array(np.linalg.slogdet(x).logabsdet)

    def vjp(self, i: int, g: Any, out: Any, x: Any) -> Any:
        return expand_dims(g, (-2, -1)) * mT(inv_(x))


inv_, solve_, det_, logabsdet_ = Inv(), Solve(), Det(), LogAbsDet()


def inv(x: Any) -> Any:
    """X⁻¹ of a square matrix or a stack of them. Mirrors `numpy.linalg.inv`.

    With g the gradient of the inverse, that of X is −X⁻ᵀ g X⁻ᵀ. Raises LinAlgError for a singular
    matrix. Source: Giles, "Collected matrix derivative results" (2008).

    >>> import autograd_lite as ag
    >>> x = ag.Tensor([[2.0]])
    >>> ag.linalg.inv(x).backward()
    >>> x.grad
    array([[-0.25]])
    """
    return inv_(square(x, "inv"))


def solve(x: Any, b: Any) -> Any:
    """The y with X y = b, a vector or matrix of right-hand sides. Mirrors `numpy.linalg.solve`.

    With g the gradient of y, that of b is X⁻ᵀ g, and that of X is −(X⁻ᵀ g) yᵀ. Raises LinAlgError
    for a singular matrix. Source: Giles, "Collected matrix derivative results" (2008).

    >>> import autograd_lite as ag
    >>> b = ag.Tensor([3.0, 4.0])
    >>> y = ag.linalg.solve([[2.0, 1.0], [1.0, 3.0]], b)
    >>> y[0].backward()
    >>> y.data, b.grad
    (array([1., 1.]), array([ 0.6, -0.2]))
    """
    x, (b, of_b) = square(x, "solve"), arrayed(b)
    if len(of_b) == 1:
        return reshape(y := solve_(x, reshape(b, -1, 1)), shape(y)[:-1])
    return solve_(x, b)


def det(x: Any) -> Any:
    """det X; its gradient, the cofactors, is exact for singular X too. As `numpy.linalg.det`.

    >>> import autograd_lite as ag
    >>> x = ag.Tensor([[1.0, 2.0], [2.0, 4.0]])
    >>> ag.linalg.det(x).backward()
    >>> x.grad
    array([[ 4., -2.],
           [-2.,  1.]])
    """
    return det_(square(x, "det"))


class SlogdetResult(NamedTuple):
    """What `slogdet` returns: the sign is plain data, log |det X| a node."""

    sign: Any
    logabsdet: Any


def slogdet(x: Any) -> SlogdetResult:
    """(sign of det X, log |det X|), the sign as plain data. Mirrors `numpy.linalg.slogdet`.

    The gradient of the logarithm is X⁻ᵀ. It stays finite where the determinant would not.

    >>> import autograd_lite as ag
    >>> ag.linalg.slogdet([[2.0, 1.0], [1.0, 3.0]]).logabsdet.round(4)
    np.float64(1.6094)
    """
    x = square(x, "slogdet")
    return SlogdetResult(np.linalg.slogdet(data(x)).sign, logabsdet_(x))


def matrix_power(x: Any, n: int) -> Any:
    """Xⁿ by repeated squaring; of the inverse for n < 0. Mirrors `numpy.linalg.matrix_power`.

    >>> import autograd_lite as ag
    >>> ag.linalg.matrix_power([[2.0, 1.0], [1.0, 3.0]], 2)
    array([[ 5.,  5.],
           [ 5., 10.]])
    """
    x = square(x, "matrix_power")
    if not isinstance(n, int | np.integer):
        raise TypeError(f"matrix_power takes a whole number, not {n!r}")
    if n <= 0:
        if n == 0:
            return x * 0 + np.eye(shape(x)[-1], dtype=x.dtype)
        x, n = inv(x), -n
    out = None
    while n:
        if n & 1:
            out = x if out is None else matmul(out, x)
        n >>= 1
        if n:
            x = matmul(x, x)
    return out


def multi_dot(arrays: Sequence[Any]) -> Any:
    """The product of matrices (vectors at the ends), from left to right, or from the right when
    the last is the smaller end. Mirrors `numpy.linalg.multi_dot`.

    >>> import autograd_lite as ag
    >>> ag.linalg.multi_dot([[[2.0, 1.0], [1.0, 3.0]], [[1.0], [0.0]], [2.0]])
    array([4., 2.])
    """
    if len(arrays) < 2:
        raise ValueError(f"multi_dot multiplies at least two arrays; it was given {len(arrays)}")
    if any(isinstance(x, Node) for x in arrays):
        arrays = [in_floats(x) for x in arrays]  # of two matrices of int8 the product is int8
    rows, columns = arrayed(arrays[0])[1], arrayed(arrays[-1])[1]
    if (1 if len(columns) == 1 else columns[-1]) < (1 if len(rows) == 1 else rows[0]):
        return fold(lambda right, x: matmul(x, right), reversed(list(arrays)))
    return fold(matmul, arrays)


def tensorinv(x: Any, ind: int = 2) -> Any:
    """The inverse of the map that `tensordot(x, ·, ind)` is. Mirrors `numpy.linalg.tensorinv`.

    >>> import autograd_lite as ag
    >>> ag.linalg.tensorinv([[2.0, 0.0], [0.0, 4.0]], ind=1)
    array([[0.5 , 0.  ],
           [0.  , 0.25]])
    """
    x, old = arrayed(x)
    if ind <= 0:
        raise ValueError(f"tensorinv needs a positive number of axes, not {ind}")
    size = int(np.prod(old[ind:], dtype=np.int64))
    return reshape(inv(reshape(x, size, -1)), old[ind:] + old[:ind])


def tensorsolve(x: Any, b: Any, axes: Any = None) -> Any:
    """The y with `tensordot(x, y, y.ndim) = b`. Mirrors `numpy.linalg.tensorsolve`.

    >>> import autograd_lite as ag
    >>> ag.linalg.tensorsolve([[2.0, 0.0], [0.0, 4.0]], [1.0, 2.0])
    array([0.5, 0.5])
    """
    (x, old), (b, of_b) = arrayed(x), arrayed(b)
    if axes is not None:
        last = [a % len(old) for a in axes]
        x = transpose(x, [a for a in range(len(old)) if a not in last] + last)
    unknowns = shape(x)[len(of_b) :]
    size = int(np.prod(unknowns, dtype=np.int64))
    return reshape(solve(reshape(x, -1, size), reshape(b, -1)), unknowns)
