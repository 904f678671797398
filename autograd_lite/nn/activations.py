"""Activations: what stands between two layers, entry by entry. `relu`, `tanh`, `sigmoid` and
`softplus` are rows of the table of operations; these are made of rows, each in its own group.

At a corner the derivative is the least of the slopes on both sides, as for relu. Names and numbers
as in `torch.nn.functional`.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..core.elementwise import expm1, tanh
from ..core.graph import data
from ..nodes.blocks import group
from ..ops.activations import relu, sigmoid, softplus
from ..ops.branches import where
from ..ops.extremes import clip
from ..ops.shape import arrayed
from ..ops.special import erf

__all__ = [
    "elu",
    "gelu",
    "hardsigmoid",
    "hardswish",
    "hardtanh",
    "leaky_relu",
    "mish",
    "relu6",
    "selu",
    "silu",
]


def leaky_relu(x: Any, negative_slope: float = 0.01) -> Any:
    """x where it is positive, slope · x elsewhere: no unit is ever without a gradient.

    That is slope · x + (1 − slope) · relu x.

    Source: Maas, Hannun and Ng, "Rectifier nonlinearities improve neural network acoustic models",
    ICML (2013).

    >>> import autograd_lite as ag
    >>> ag.leaky_relu([-2.0, 3.0])
    array([-0.02,  3.  ])
    """
    x, slope = operand(x), negative_slope
    with group("leaky_relu"):
        if slope > 1:  # at 0 the least of the two slopes is 1
            return x - (slope - 1) * relu(-x)
        return slope * x + (1 - slope) * relu(x)


def elu(x: Any, alpha: float = 1.0) -> Any:
    """x where it is positive, α (eˣ − 1) elsewhere: smooth for α = 1, and never below −α.

    Source: Clevert, Unterthiner and Hochreiter, "Fast and accurate deep network learning by
    exponential linear units", ICLR (2016).

    >>> import autograd_lite as ag
    >>> ag.elu([-1.0, 3.0]).round(4)
    array([-0.6321,  3.    ])
    """
    x = operand(x)
    with group("elu"), np.errstate(over="ignore"):  # in the branch that is not taken
        return where(positive(x, alpha), x, alpha * expm1(x))


SELU_ALPHA, SELU_SCALE = 1.6732632423543772848170429916717, 1.0507009873554804934193349852946


def selu(x: Any) -> Any:
    """λ elu(x, α), with α and λ such that mean 0 and variance 1 are kept from layer to layer.

    Source: Klambauer, Unterthiner, Mayr and Hochreiter, "Self-normalizing neural networks",
    NeurIPS (2017).

    >>> import autograd_lite as ag
    >>> ag.selu([-1.0, 1.0]).round(4)
    array([-1.1113,  1.0507])
    """
    with group("selu"):
        return SELU_SCALE * elu(x, SELU_ALPHA)


def gelu(x: Any, approximate: str = "none") -> Any:
    """x Φ(x), with Φ the distribution function of the standard normal distribution.

    With `approximate="tanh"` ½ x (1 + tanh(√(2/π) (x + 0.044715 x³))), which is within 0.0005.
    Source: Hendrycks and Gimpel, "Gaussian error linear units" (2016).

    >>> import autograd_lite as ag
    >>> ag.gelu([-1.0, 1.0]).round(4), ag.gelu([-1.0, 1.0], "tanh").round(4)
    (array([-0.1587,  0.8413]), array([-0.1588,  0.8412]))
    """
    if approximate not in ("none", "tanh"):
        raise ValueError(f'gelu is approximated by "none" or "tanh", not {approximate!r}')
    x = operand(x)
    with group("gelu"):
        if approximate == "tanh":
            return 0.5 * x * (1 + tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))
        return 0.5 * x * (1 + erf(x / math.sqrt(2)))


def silu(x: Any) -> Any:
    """x σ(x), also called swish. Source: Elfwing, Uchibe and Doya (2018).

    >>> import autograd_lite as ag
    >>> ag.silu([-1.0, 1.0]).round(4)
    array([-0.2689,  0.7311])
    """
    x = operand(x)
    with group("silu"):
        return x * sigmoid(x)


def mish(x: Any) -> Any:
    """x tanh(softplus(x)). Source: Misra, "Mish: a self regularized activation", BMVC (2020).

    >>> import autograd_lite as ag
    >>> ag.mish([-1.0, 1.0]).round(4)
    array([-0.3034,  0.8651])
    """
    x = operand(x)
    with group("mish"):
        return x * tanh(softplus(x))


def hardtanh(x: Any, min_val: float = -1.0, max_val: float = 1.0) -> Any:
    """x held between two bounds, with slope 1 inside and 0 outside.

    >>> import autograd_lite as ag
    >>> ag.hardtanh([-2.0, 0.5, 2.0])
    array([-1. ,  0.5,  1. ])
    """
    with group("hardtanh"):
        return clip(operand(x), min_val, max_val)


def relu6(x: Any) -> Any:
    """relu that ends at 6.

    >>> import autograd_lite as ag
    >>> ag.relu6([-2.0, 0.5, 9.0])
    array([0. , 0.5, 6. ])
    """
    with group("relu6"):
        return clip(operand(x), 0.0, 6.0)


def hardsigmoid(x: Any) -> Any:
    """x/6 + ½ held between 0 and 1: a sigmoid of straight lines.

    >>> import autograd_lite as ag
    >>> ag.hardsigmoid([-4.0, 0.0, 1.5])
    array([0.  , 0.5 , 0.75])
    """
    x = operand(x)
    with group("hardsigmoid"):
        return clip(x / 6 + 0.5, 0.0, 1.0)


def hardswish(x: Any) -> Any:
    """x hardsigmoid(x): silu of straight lines. Source: Howard et al., ICCV (2019).

    >>> import autograd_lite as ag
    >>> ag.hardswish([-4.0, 1.5, 4.0])
    array([-0.   ,  1.125,  4.   ])
    """
    x = operand(x)
    with group("hardswish"):
        return x * hardsigmoid(x)


def operand(x: Any) -> Any:
    """A list as an array; a number or a node as it is."""
    return x if isinstance(x, int | float) else arrayed(x)[0]


def positive(x: Any, slope: float) -> Any:
    """Where x is on the side of slope 1. At 0 both are; it is on that of the smaller slope."""
    return np.greater(data(x), 0) if slope <= 1 else np.greater_equal(data(x), 0)
