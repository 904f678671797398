"""Elementwise functions that are pieces of constants and lines."""

from __future__ import annotations

import math
from operator import index
from typing import Any

import numpy as np

from ..core.elementwise import Elementwise, arctan2, flat, power, remainder_slope, rint, sign, trunc
from ..core.graph import Node, data
from .shape import arrayed, astype

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
]


def heaviside_value(z: Any, x: Any, y: Any) -> Any:
    """1 where x = 0, where the step's value is y; else 0."""
    return np.equal(data(x), 0) * 1.0


# fmt: off
# row                      name            on floats        on arrays        ∂ result / ∂ input, one each

floor_divide = Elementwise("//",           np.floor_divide, np.floor_divide, flat, flat, words="⌊x / y⌋; derivative 0")
fmod         = Elementwise("fmod",         np.fmod,         np.fmod,         lambda z, x, y: remainder_slope(z, 1.0), lambda z, x, y: remainder_slope(z, -trunc(x / y)), words="x − y · trunc(x / y), with the sign of x", chooses=True)
copysign     = Elementwise("copysign",     math.copysign,   np.copysign,     lambda z, x, y: sign(x) * np.copysign(1.0, data(y)), flat, words="|x| with the sign of y")
heaviside    = Elementwise("heaviside",    np.heaviside,    np.heaviside,    flat, heaviside_value, words="0 below 0, 1 above, y at 0")
# fmt: on


def float_power(x: Any, y: Any) -> Any:
    """x ** y in float64. Mirrors `numpy.float_power`."""
    single = isinstance(x, Node) and x.dtype != np.float64
    return power(astype(x, np.float64) if single else x, y)


def round(x: Any, decimals: int = 0) -> Any:
    """`x` to so many decimals, halves to even; derivative 0. Mirrors `numpy.round`.

    >>> import autograd_lite as ag
    >>> ag.round([1.26, -1.26], 1)
    array([ 1.3, -1.3])
    """
    x = arrayed(x)[0] if isinstance(x, list | tuple) else x
    decimals = index(decimals)  # whole: a node would scale on the graph, and have a slope
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
