"""autograd_lite: differentiate, draw and check what you derived by hand.

Reading order, for those who want to know how it works: `graph` (nodes, topological order, the
sweep), `ops.base` (the rule contract), `ops.elementwise` (the table of operations), `ops.shape`
(transposes in pairs), `value` and `tensor` (the two nodes), `functions` (softmax from exp, sum and
divide), `calculus` (gradients, Jacobians, Hessians of functions), `check` and `draw`.
"""

import importlib
import sys
import types
import typing

from .calculus import elementwise_grad, grad, hvp, value_and_grad, vjp
from .forward import jvp
from .functions import cross_entropy, log_softmax, logsumexp, softmax, softmax_cross_entropy
from .graph import Node, group, no_grad
from .jacobians import hessian, jacobian
from .ops.elementwise import (
    absolute,
    add,
    arccos,
    arccosh,
    arcsin,
    arcsinh,
    arctan,
    arctan2,
    arctanh,
    cbrt,
    ceil,
    clip,
    cos,
    cosh,
    deg2rad,
    divide,
    exp,
    exp2,
    expm1,
    floor,
    fmax,
    fmin,
    hypot,
    log,
    log1p,
    log2,
    log10,
    logaddexp,
    logaddexp2,
    maximum,
    minimum,
    mod,
    multiply,
    negative,
    positive,
    power,
    rad2deg,
    reciprocal,
    relu,
    rint,
    sigmoid,
    sign,
    sin,
    sinh,
    softplus,
    sqrt,
    square,
    subtract,
    tan,
    tanh,
    trunc,
    where,
)
from .ops.linalg import matmul
from .ops.reduce import max, mean, min, prod, std, var
from .ops.shape import (
    broadcast_to,
    concatenate,
    expand_dims,
    moveaxis,
    ravel,
    reshape,
    squeeze,
    stack,
    sum,
    swapaxes,
    transpose,
)
from .primitive import primitive
from .tensor import Tensor
from .value import Value

abs, pow = absolute, power

if typing.TYPE_CHECKING:
    from .check import GradientMismatch, check_gradients, compare
    from .draw import Drawing, draw, paths, steps, trace

# Comparing and drawing are a third of the code: their packages are imported when first used.
_LAZY = {
    "Drawing": "draw",
    "GradientMismatch": "check",
    "Stepper": "draw",
    "check_gradients": "check",
    "compare": "check",
    "draw": "draw",
    "paths": "draw",
    "step": "draw",
    "steps": "draw",
    "trace": "draw",
}


def __getattr__(name: str) -> typing.Any:
    """A public name of a package that has not been imported yet."""
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f".{_LAZY[name]}", __name__), name)
    globals()[name] = value
    return value


class _Package(types.ModuleType):
    """This package: `draw` is the function, also after somebody imported the package draw."""

    def __setattr__(self, name: str, value: typing.Any) -> None:
        if not (name in _LAZY and isinstance(value, types.ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package

__all__ = [
    "Drawing",
    "GradientMismatch",
    "Node",
    "Stepper",
    "Tensor",
    "Value",
    "abs",
    "absolute",
    "add",
    "arccos",
    "arccosh",
    "arcsin",
    "arcsinh",
    "arctan",
    "arctan2",
    "arctanh",
    "broadcast_to",
    "cbrt",
    "ceil",
    "check_gradients",
    "clip",
    "compare",
    "concatenate",
    "cos",
    "cosh",
    "cross_entropy",
    "deg2rad",
    "divide",
    "draw",
    "elementwise_grad",
    "exp",
    "exp2",
    "expand_dims",
    "expm1",
    "floor",
    "fmax",
    "fmin",
    "grad",
    "group",
    "hessian",
    "hvp",
    "hypot",
    "jacobian",
    "jvp",
    "log",
    "log1p",
    "log2",
    "log10",
    "log_softmax",
    "logaddexp",
    "logaddexp2",
    "logsumexp",
    "matmul",
    "max",
    "maximum",
    "mean",
    "min",
    "minimum",
    "mod",
    "moveaxis",
    "multiply",
    "negative",
    "no_grad",
    "paths",
    "positive",
    "pow",
    "power",
    "primitive",
    "prod",
    "rad2deg",
    "ravel",
    "reciprocal",
    "relu",
    "reshape",
    "rint",
    "sigmoid",
    "sign",
    "sin",
    "sinh",
    "softmax",
    "softmax_cross_entropy",
    "softplus",
    "sqrt",
    "square",
    "squeeze",
    "stack",
    "std",
    "step",
    "steps",
    "subtract",
    "sum",
    "swapaxes",
    "tan",
    "tanh",
    "trace",
    "transpose",
    "trunc",
    "value_and_grad",
    "var",
    "vjp",
    "where",
]
