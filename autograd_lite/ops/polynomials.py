"""Polynomials as vectors of coefficients, the highest power first, as NumPy's `poly` functions."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core.elementwise import power
from ..core.graph import data
from .least_squares import lstsq
from .norms import norm
from .samples import convolve
from .shape import arrayed, concatenate, expand_dims, stack

__all__ = [
    "polyadd",
    "polyder",
    "polydiv",
    "polyfit",
    "polyint",
    "polymul",
    "polysub",
    "polyval",
    "vander",
]


def polyval(p: Any, x: Any) -> Any:
    """p_0 x^n + ... + p_n by Horner's rule; nodes allowed in both. Mirrors `numpy.polyval`.

    >>> import autograd_lite as ag
    >>> x = ag.Value(2.0)
    >>> y = ag.polyval([1.0, 0.0, 3.0], x)
    >>> y.backward()
    >>> y.item(), x.grad
    (7.0, 4.0)
    """
    p, _ = arrayed(p)
    out = x * 0
    for c in p:
        out = out * x + c
    return out


def _longer(p: Any, n: int) -> Any:
    """The coefficients `p` with zeros in front, n in all."""
    p, _ = arrayed(p)
    p = p.reshape((-1,))
    return p if p.size == n else concatenate([np.zeros(n - p.size, p.dtype), p])


def polyadd(a1: Any, a2: Any) -> Any:
    """The sum of two polynomials. Mirrors `numpy.polyadd`.

    >>> import autograd_lite as ag
    >>> ag.polyadd([1.0, 2.0], [3.0])
    array([1., 5.])
    """
    n = np.maximum(arrayed(a1)[0].size, arrayed(a2)[0].size)
    return _longer(a1, n) + _longer(a2, n)


def polysub(a1: Any, a2: Any) -> Any:
    """The difference of two polynomials. Mirrors `numpy.polysub`.

    >>> import autograd_lite as ag
    >>> ag.polysub([1.0, 2.0], [3.0])
    array([ 1., -1.])
    """
    n = np.maximum(arrayed(a1)[0].size, arrayed(a2)[0].size)
    return _longer(a1, n) - _longer(a2, n)


def polymul(a1: Any, a2: Any) -> Any:
    """The product of two polynomials. Mirrors `numpy.polymul`.

    >>> import autograd_lite as ag
    >>> ag.polymul([1.0, 1.0], [1.0, -1.0])
    array([ 1.,  0., -1.])
    """
    return convolve(a1, a2)


def polyder(p: Any, m: int = 1) -> Any:
    """The m-th derivative of a polynomial. Mirrors `numpy.polyder`.

    >>> import autograd_lite as ag
    >>> ag.polyder([1.0, 2.0, 3.0])
    array([2., 2.])
    """
    p, _ = arrayed(p)
    if m < 0:
        raise ValueError(f"polyder is taken 0 times or more, not {m}; polyint is its inverse")
    for _ in range(m):
        p = p[:-1] * np.arange(p.size - 1.0, 0, -1)
    return p


def polyint(p: Any, m: int = 1, k: Any = 0.0) -> Any:
    """The m-th integral of a polynomial, with the constants `k`. Mirrors `numpy.polyint`.

    `k` is one number for all integrals, or a vector with one for each. Raises ValueError otherwise.

    >>> import autograd_lite as ag
    >>> ag.polyint([2.0, 2.0])
    array([1., 2., 0.])
    """
    p, _ = arrayed(p)
    given = arrayed(k)[1]
    if m < 0 or len(given) > 1 or (given not in ((), (1,)) and given[0] < m):
        raise ValueError(f"polyint takes one constant or {m}, for {m} integrals; k has {given}")
    constants = k * np.ones(m, p.dtype) if given in ((), (1,)) else arrayed(k)[0]
    for i in range(m):
        last = constants[i : i + 1]
        p = concatenate([p / np.arange(p.size * 1.0, 0, -1), last])
    return p


def vander(x: Any, N: int | None = None, increasing: bool = False) -> Any:
    """The matrix of powers x_i^k, the highest first unless `increasing`. Mirrors `numpy.vander`.

    >>> import autograd_lite as ag
    >>> ag.vander([2.0, 3.0], 3)
    array([[4., 2., 1.],
           [9., 3., 1.]])
    """
    x, old = arrayed(x)
    if len(old) != 1:
        raise ValueError(f"vander takes a vector, not shape {old}")
    powers = np.arange(old[0] if N is None else N)
    return power(expand_dims(x, 1), powers if increasing else powers[::-1])


def polyfit(x: Any, y: Any, deg: int, rcond: Any = None, w: Any = None) -> Any:
    """The coefficients of the polynomial of degree `deg` closest to y at x. As `numpy.polyfit`.

    `w` are weights of the residuals, not of their squares; they may be a node.

    >>> import autograd_lite as ag
    >>> ag.polyfit([0.0, 1.0, 2.0], [1.0, 3.0, 7.0], 2).round(6)
    array([1., 1., 1.])
    """
    powers = vander(arrayed(x)[0] * 1.0, deg + 1)
    y, _ = arrayed(y)
    if w is not None:
        w, _ = arrayed(w)
        powers, y = powers * expand_dims(w, 1), y * (w if y.ndim == 1 else expand_dims(w, 1))
    scale = norm(powers, axis=0)
    fitted = lstsq(powers / scale, y, rcond)[0]
    return fitted / (scale if len(fitted.shape) == 1 else expand_dims(scale, 1))


def polydiv(u: Any, v: Any) -> tuple[Any, Any]:
    """Quotient and remainder of two polynomials. Mirrors `numpy.polydiv`.

    >>> import autograd_lite as ag
    >>> ag.polydiv([1.0, 0.0, -1.0], [1.0, 1.0])
    (array([ 1., -1.]), array([0.]))
    """
    u, v = (arrayed(p)[0] * 1.0 for p in (u, v))
    quotient, steps = [], int(np.maximum(u.size - v.size + 1, 1))
    if u.size < v.size:
        return np.zeros(1, u.dtype), u
    for _ in range(steps):
        factor = u[0] / v[0]
        quotient.append(factor)
        u = concatenate([u[1 : v.size] - factor * v[1:], u[v.size :]])
    # Zeros in front say nothing; one number is kept.
    used = np.flatnonzero(~np.isclose(data(u), 0.0, rtol=1e-14))
    start = used[0] if used.size else u.size - 1
    remainder = u[start:] if u.size else np.zeros(1, v.dtype)
    return stack(quotient), remainder
