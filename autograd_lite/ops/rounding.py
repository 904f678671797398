"""Elementwise functions that are pieces of constants and lines, and the cardinal sine."""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import numpy as np

from ..graph import Node, data
from .elementwise import ONE, Elementwise, arctan2, flat, rint, sign, trunc
from .shape import arrayed

__all__ = [
    "angle",
    "copysign",
    "divmod",
    "fix",
    "floor_divide",
    "fmod",
    "frexp",
    "heaviside",
    "ldexp",
    "modf",
    "real",
    "real_if_close",
    "round",
    "sinc",
]


def heaviside_value(z: Any, x: Any, y: Any) -> Any:
    """1 where x = 0, where the step's value is y; else 0."""
    return np.equal(data(x), 0) * 1.0


# fmt: off
# row                      name            on floats        on arrays        ∂ result / ∂ input, one each

floor_divide = Elementwise("//",           np.floor_divide, np.floor_divide, flat, flat)
fmod         = Elementwise("fmod",         np.fmod,         np.fmod,         ONE, lambda z, x, y: -trunc(x / y))
copysign     = Elementwise("copysign",     math.copysign,   np.copysign,     lambda z, x, y: sign(x) * np.copysign(1.0, data(y)), flat)
heaviside    = Elementwise("heaviside",    np.heaviside,    np.heaviside,    flat, heaviside_value)
# fmt: on


def _sinc(n: int, x: Any) -> Any:
    """The n-th derivative of sin u / u at u = πx.

    It is ∫₀¹ tⁿ cos(ut + nπ/2) dt. Far from 0 the recurrence that partial integration gives is
    exact, s_n = (sin(u + nπ/2) − n s_{n−1}) / u; near 0 it cancels, and the power series is summed.
    """
    u = np.asarray(np.pi * np.asarray(x))
    near = np.abs(u) < n + 1.5
    safe = np.where(near, 1.0, u)
    far = np.sin(safe) / safe
    for k in range(1, n + 1):
        far = (np.sin(safe + k * np.pi / 2) - k * far) / safe
    v = np.where(near, u, 0.0)
    series = np.zeros_like(v)
    for k in range((n + 1) // 2, (n + 1) // 2 + 24):
        factor = math.prod(range(2 * k - n + 1, 2 * k + 1)) / math.factorial(2 * k + 1)
        series = series + (-1) ** k * factor * v ** (2 * k - n)
    return np.where(near, series, far).astype(u.dtype)


@cache
def sinc_of_order(n: int) -> Elementwise:
    """The n-th derivative of sin u / u at u = πx; its own derivative is π times the next."""

    def values(x: Any) -> Any:
        return np.sinc(x) if n == 0 else _sinc(n, x)

    return Elementwise(
        "sinc" + "′" * n, values, values, lambda y, x: math.pi * sinc_of_order(n + 1)(x)
    )


def sinc(x: Any) -> Any:
    """sin(πx) / (πx), 1 at 0; derivatives of every order exact, at 0 too. Mirrors `numpy.sinc`.

    >>> import autograd_lite as ag
    >>> ag.grad(ag.grad(ag.sinc))(0.0)  # −π²/3
    -3.2898681336964524
    """
    return sinc_of_order(0)(x)


def round(x: Any, decimals: int = 0) -> Any:
    """`x` to so many decimals, halves to even; derivative 0. Mirrors `numpy.round`.

    >>> import autograd_lite as ag
    >>> ag.round([1.26, -1.26], 1)
    array([ 1.3, -1.3])
    """
    x = arrayed(x)[0] if isinstance(x, list | tuple) else x
    if decimals == 0:
        return rint(x)
    scale = 10.0 ** abs(decimals)
    return rint(x * scale) / scale if decimals > 0 else rint(x / scale) * scale


def fix(x: Any) -> Any:
    """`x` rounded towards 0; derivative 0. Mirrors `numpy.fix`.

    >>> import autograd_lite as ag
    >>> ag.fix([1.7, -1.7])
    array([ 1., -1.])
    """
    return trunc(x)


def divmod(x: Any, y: Any) -> tuple[Any, Any]:
    """(floor(x / y), x − y floor(x / y)). Mirrors `numpy.divmod`.

    >>> import autograd_lite as ag
    >>> ag.divmod(7.5, 2.0)
    (3.0, 1.5)
    """
    return floor_divide(x, y), x % y


def modf(x: Any) -> tuple[Any, Any]:
    """(x − trunc x, trunc x). Mirrors `numpy.modf`.

    >>> import autograd_lite as ag
    >>> ag.modf(2.75)
    (0.75, 2.0)
    """
    whole = trunc(x)
    return x - whole, whole


def ldexp(x: Any, exponent: Any) -> Any:
    """x · 2^exponent, for whole numbers as exponents. Mirrors `numpy.ldexp`.

    >>> import autograd_lite as ag
    >>> ag.ldexp(1.5, 3)
    np.float64(12.0)
    """
    if isinstance(exponent, Node):
        raise TypeError("ldexp takes whole numbers as exponents; write x * np.exp2(t) for a node")
    return x * np.ldexp(np.ones((), getattr(x, "dtype", float)), exponent)


def frexp(x: Any) -> tuple[Any, np.ndarray]:
    """(m, e) with x = m · 2^e and ½ ≤ |m| < 1; e is plain whole numbers. Mirrors `numpy.frexp`.

    >>> import autograd_lite as ag
    >>> ag.frexp(12.0)
    (np.float64(0.75), np.int32(4))
    """
    exponents = np.frexp(data(x))[1]
    return ldexp(x, -exponents), exponents


def real(x: Any) -> Any:
    """`x` itself: nodes are real. Mirrors `numpy.real`.

    >>> import autograd_lite as ag
    >>> ag.real([1.0, 2.0])
    array([1., 2.])
    """
    return x if isinstance(x, Node) else np.real(x)


def real_if_close(x: Any, tol: float = 100) -> Any:
    """`x` itself: nodes are real. Mirrors `numpy.real_if_close`.

    >>> import autograd_lite as ag
    >>> ag.real_if_close([1.0, 2.0])
    array([1., 2.])
    """
    return x if isinstance(x, Node) else np.real_if_close(x, tol)


def angle(z: Any, deg: bool = False) -> Any:
    """0 for numbers from 0 on, π below (180 with `deg`); derivative 0. Mirrors `numpy.angle`.

    >>> import autograd_lite as ag
    >>> ag.angle([2.0, -2.0])
    array([0.        , 3.14159265])
    """
    turned = arctan2(0.0, z)
    return turned * (180 / np.pi) if deg else turned
