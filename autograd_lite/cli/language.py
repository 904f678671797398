"""The words of the formula language: which functions a formula may call, and which signs it has.

The list is written out rather than taken from the package: a function is here because what it
computes is bounded by the size of what it is given.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from typing import Any

import autograd_lite as ag

__all__ = ["ARITHMETIC", "COMPARISONS", "ELEMENTWISE", "FUNCTIONS", "KEYWORDS", "TARGETED"]


def words(text: str) -> tuple[str, ...]:
    """The words of a text."""
    return tuple(text.split())


ELEMENTWISE: tuple[str, ...] = words(
    """
    abs absolute add arccos arccosh arcsin arcsinh arctan arctan2 arctanh cbrt ceil clip cos cosh
    deg2rad divide exp exp2 expm1 floor fmax fmin hypot log log10 log1p log2 logaddexp logaddexp2
    maximum minimum mod multiply negative positive pow power rad2deg reciprocal relu rint sigmoid
    sign sin sinh softplus sqrt square subtract tan tanh trunc where
    """
)
OTHERS: tuple[str, ...] = words(
    """
    binary_cross_entropy broadcast_to concatenate cross_entropy expand_dims hinge kl_divergence
    log_softmax logsumexp matmul max mean min moveaxis mse prod ravel reshape softmax
    softmax_cross_entropy squeeze stack std sum swapaxes transpose var
    """
)
# Their second argument is a target: data.
TARGETED: tuple[str, ...] = words(
    "binary_cross_entropy cross_entropy hinge kl_divergence mse softmax_cross_entropy"
)
FUNCTIONS: dict[str, Callable[..., Any]] = {
    name: getattr(ag, name) for name in (*ELEMENTWISE, *OTHERS)
}
KEYWORDS = ("axis", "ddof", "keepdims", "logits", "max", "min", "reduction", "shape", "t")

# Each sign with its operation on nodes and arrays, and with Python's own for two plain numbers.
ARITHMETIC: dict[type[ast.operator], tuple[str, Callable[..., Any], Callable[..., Any]]] = {
    ast.Add: ("+", ag.add, operator.add),
    ast.Sub: ("-", ag.subtract, operator.sub),
    ast.Mult: ("*", ag.multiply, operator.mul),
    ast.Div: ("/", ag.divide, operator.truediv),
    ast.Pow: ("**", ag.power, operator.pow),
    ast.Mod: ("%", ag.mod, operator.mod),
}
COMPARISONS: dict[type[ast.cmpop], Callable[..., Any]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}
