"""Rows of the table that bend or smooth a corner: what layers of networks are made of."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..core.elementwise import TABLE, Elementwise, exp, exp2, flat, rows


def step_of_float(x: float) -> float:
    """1 where x > 0, else 0; NaN of NaN."""
    return x if x != x else float(x > 0)


def sigmoid_of_float(x: float) -> float:
    """1 / (1 + exp(−x))."""
    if x >= 0:
        return 1 / (1 + math.exp(-x))
    e = math.exp(x)
    return e / (1 + e)


def sigmoid_of_array(x: Any) -> Any:
    """1 / (1 + exp(−x))."""
    e = np.exp(-np.abs(x))  # at most 1: it never overflows
    return np.where(np.greater_equal(x, 0), 1, e) / (1 + e)


def softplus_of_float(x: float) -> float:
    """log(1 + exp x)."""
    return math.log1p(math.exp(-abs(x))) + (x if x > 0 or x != x else 0.0)


def logaddexp_of_floats(x: float, y: float) -> float:
    """log(exp x + exp y)."""
    high, low = (x, y) if x >= y else (y, x)
    if low != low or high != high:
        return low + high
    return (
        high
        if low == high == -math.inf or high == math.inf
        else high + math.log1p(math.exp(low - high))
    )


def zero(x: Any) -> Any:
    """0 in the dtype of `x`."""
    return np.zeros((), getattr(x, "dtype", float))


# fmt: off
# row                     name          on floats            on arrays         ∂ result / ∂ input, one each

step       = Elementwise("step",        step_of_float,       lambda x: np.heaviside(x, zero(x)),   flat, write="[{} > 0]")
relu       = Elementwise("relu",        lambda x: 0.0 if x <= 0 else x, lambda x: np.maximum(x, 0), lambda y, x: step(x), words="max(x, 0); derivative 0 at 0", chooses=True)
sigmoid    = Elementwise("sigmoid",     sigmoid_of_float,    sigmoid_of_array, lambda y, x: y * sigmoid(-x), words="1 / (1 + exp(−x)), without overflow")
softplus   = Elementwise("softplus",    softplus_of_float,   lambda x: np.logaddexp(x, zero(x)),   lambda y, x: sigmoid(x), words="log(1 + exp x), without overflow")
logaddexp  = Elementwise("logaddexp",   logaddexp_of_floats, np.logaddexp,     lambda z, x, y: exp(x - z), lambda z, x, y: exp(y - z), words="log(exp x + exp y), without overflow")
logaddexp2 = Elementwise("logaddexp2",  np.logaddexp2,       np.logaddexp2,    lambda z, x, y: exp2(x - z), lambda z, x, y: exp2(y - z), words="log₂(2^x + 2^y), without overflow")
# fmt: on

TABLE.update(rows(globals()))
