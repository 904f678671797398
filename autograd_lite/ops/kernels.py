"""What rows compute where neither `math` nor NumPy does: on floats, and, in the plural, on arrays.

On floats they keep to IEEE 754, as NumPy does: NaN in, NaN out, and no overflow on the way.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

ndarray = np.ndarray


def pow(x: float, y: float) -> float:
    """xʸ; √x for y = ½, as NumPy has it: of −∞ that is NaN, where `math.pow` says ∞."""
    return math.sqrt(x) if y == 0.5 else math.pow(x, y)


def power(x: Any, y: Any) -> Any:
    """xʸ, of numbers and arrays."""
    # The operator takes short ways for whole exponents (x * x for x ** 2); np.power does not. On
    # two floats it would make a complex number of a negative base.
    if type(x) is ndarray or type(y) is ndarray:
        return x**y
    return np.power(x, float(y))


def sign(x: float) -> float:
    """−1, 0 or 1; NaN of NaN."""
    return x if x != x else float((x > 0) - (x < 0))


def step(x: float) -> float:
    """1 where x > 0, else 0; NaN of NaN."""
    return x if x != x else float(x > 0)


def steps(x: Any) -> Any:
    """1 where x > 0, else 0; NaN of NaN."""
    return np.heaviside(x, np.zeros((), getattr(x, "dtype", float)))


def share(z: float, x: float, y: float) -> float:
    """The part of the result z that is x's: 1 if x won, ½ if it tied with y, 0 if it lost."""
    return z if z != z else 0.5 * ((x == z) + (y != z)) if x == z else 0.0


def shares(z: Any, x: Any, y: Any) -> Any:
    """The part of the result z that is x's: 1 where x won, ½ where it tied, 0 where it lost."""
    part = np.where(np.equal(x, z), np.where(np.equal(y, z), 0.5, 1.0), 0.0)
    return np.where(np.isnan(z), np.nan, part).astype(z.dtype)


def beats(z: float, x: float, y: float) -> float:
    """1 if x alone is the result z, else 0; NaN of NaN."""
    return z if z != z else float(x == z and y != z)


def beaten(z: Any, x: Any, y: Any) -> Any:
    """1 where x alone is the result z, else 0; NaN of NaN."""
    won = np.equal(x, z) & np.not_equal(y, z)
    return np.where(np.isnan(z), np.nan, won).astype(z.dtype)


def maximum(x: float, y: float) -> float:
    """The larger of two; NaN if either is."""
    return x if x != x or x >= y else y


def minimum(x: float, y: float) -> float:
    """The smaller of two; NaN if either is."""
    return x if x != x or x <= y else y


def fmax(x: float, y: float) -> float:
    """The larger of two; the other one of NaN."""
    return x if y != y or x >= y else y


def fmin(x: float, y: float) -> float:
    """The smaller of two; the other one of NaN."""
    return x if y != y or x <= y else y


def relu(x: float) -> float:
    """max(x, 0)."""
    return 0.0 if x <= 0 else x


def relus(x: Any) -> Any:
    """max(x, 0)."""
    return np.maximum(x, 0)


def sigmoid(x: float) -> float:
    """1 / (1 + exp(−x))."""
    if x >= 0:
        return 1 / (1 + math.exp(-x))
    e = math.exp(x)
    return e / (1 + e)


def sigmoids(x: Any) -> Any:
    """1 / (1 + exp(−x))."""
    e = np.exp(-np.abs(x))  # at most 1: it never overflows
    return np.where(np.greater_equal(x, 0), 1, e) / (1 + e)


def softplus(x: float) -> float:
    """log(1 + exp x)."""
    return math.log1p(math.exp(-abs(x))) + (x if x > 0 or x != x else 0.0)


def softpluses(x: Any) -> Any:
    """log(1 + exp x)."""
    return np.logaddexp(x, np.zeros((), getattr(x, "dtype", float)))


def logaddexp(x: float, y: float) -> float:
    """log(exp x + exp y)."""
    high, low = (x, y) if x >= y else (y, x)
    if low != low or high != high:
        return low + high
    return (
        high
        if low == high == -math.inf or high == math.inf
        else high + math.log1p(math.exp(low - high))
    )
