"""The forward functions for a complex step, where the usual ones take real numbers only.

Source: Martins, Sturdza and Alonso, "The complex-step derivative approximation", ACM TOMS 29
(2003): a branch goes by the real part, |x| is x or −x.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ..core.elementwise import Elementwise
from ..core.operation import Op
from ..ops.index import Put
from ..ops.reduce import Extreme

__all__ = ["rules"]


def sign(x: Any) -> Any:
    """±1 by the real part, so that the step along the imaginary axis is kept."""
    return np.where(np.real(x) < 0, -1.0, 1.0)


def sigmoid(x: Any) -> Any:
    """1/(1 + e⁻ˣ), never with a large exponential."""
    e = np.exp(-x * sign(x))
    return np.where(np.real(x) >= 0, 1, e) / (1 + e)


def softplus(x: Any) -> Any:
    """log(1 + eˣ), never with a large exponential."""
    return np.log(1 + np.exp(-x * sign(x))) + np.where(np.real(x) > 0, x, 0)


def larger(x: Any, y: Any) -> Any:
    """The entry with the larger real part."""
    return np.where(np.real(x) >= np.real(y), x, y)


def smaller(x: Any, y: Any) -> Any:
    """The entry with the smaller real part."""
    return np.where(np.real(x) <= np.real(y), x, y)


FORWARD: dict[str, Callable[..., Any]] = {
    "abs": lambda x: x * sign(x),
    "relu": lambda x: np.where(np.real(x) > 0, x, 0),
    "sigmoid": sigmoid,
    "softplus": softplus,
    "maximum": larger,
    "minimum": smaller,
    "fmax": larger,
    "fmin": smaller,
    "logaddexp": lambda x, y: larger(x, y) + np.log(1 + np.exp(smaller(x, y) - larger(x, y))),
    "logaddexp2": lambda x, y: (
        np.log(np.exp(x * math.log(2)) + np.exp(y * math.log(2))) / math.log(2)
    ),
    "exp2": lambda x: np.exp(x * math.log(2)),
    "hypot": lambda x, y: np.sqrt(x * x + y * y),
    "**": lambda x, y: np.power(x, y),
    "floor": lambda x: np.floor(np.real(x)),
    "ceil": lambda x: np.ceil(np.real(x)),
    "trunc": lambda x: np.trunc(np.real(x)),
    "rint": lambda x: np.rint(np.real(x)),
    "sign": lambda x: np.sign(np.real(x)),
    "step": lambda x: np.heaviside(np.real(x), 0.0),
    "deg2rad": lambda x: x * (math.pi / 180),
    "rad2deg": lambda x: x * (180 / math.pi),
    "cbrt": lambda x: sign(x) * np.power(x * sign(x), 1 / 3),
    "identity": lambda x: x,
}

REFUSED = {"%", "arctan2", "share", "beats"}


def extreme(op: Extreme) -> Callable[[Any], Any]:
    """max or min by the real part, along the axes of the operation."""

    def forward(x: Any) -> Any:
        best = op.forward(np.real(x))
        full = best if op.keepdims else np.expand_dims(best, op.axes)
        tied = np.real(x) == full
        mean = np.where(tied, x, 0).sum(axis=op.axes, keepdims=op.keepdims)
        return mean / tied.sum(axis=op.axes, keepdims=op.keepdims)

    return forward


def put(op: Put) -> Callable[[Any], Any]:
    """Scattering back by real and imaginary part, which it takes one at a time."""
    return lambda g: op.forward(np.real(g)) + 1j * op.forward(np.imag(g))


def rules(op: Op) -> Callable[..., Any]:
    """A forward function that takes complex numbers; ValueError for an operation that has none."""
    if isinstance(op, Extreme):
        return extreme(op)
    if isinstance(op, Put):
        return put(op)
    if op.name in REFUSED:
        raise ValueError(
            f"the complex step cannot pass through '{op.name}'; use method='richardson'"
        )
    if op.name in FORWARD:
        return FORWARD[op.name]
    if isinstance(op, Elementwise):
        return op.on_arrays
    return op.forward
