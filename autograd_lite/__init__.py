"""autograd_lite: differentiate, draw and check what you derived by hand.

Reading order, for those who want to know how it works: `graph` (nodes, topological order, the
sweep), `ops.base` (the rule contract), `ops.row` (the chain rule), `ops.elementwise` (the table of
operations), `ops.shape` (transposes in pairs), `value` and `tensor` (the two nodes), `functions`
(softmax from exp, sum and divide), `calculus` (gradients, Jacobians, Hessians of functions),
`check`, `draw`, `nn`, `optim`.
"""

import importlib
import sys
import types
import typing

from .calculus.forward import jvp
from .calculus.jacobians import hessian, jacobian
from .calculus.reverse import elementwise_grad, grad, hvp, value_and_grad, vjp
from .core.elementwise import (
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
    cos,
    cosh,
    deg2rad,
    divide,
    exp,
    exp2,
    expm1,
    floor,
    hypot,
    log,
    log1p,
    log2,
    log10,
    logaddexp,
    logaddexp2,
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
)
from .core.graph import Node
from .core.value import Value
from .nn.softmax import cross_entropy, log_softmax, logsumexp, softmax, softmax_cross_entropy
from .nodes.anomaly import detect_anomaly
from .nodes.blocks import group, no_grad
from .nodes.constant import constant
from .nodes.tensor import Tensor
from .ops.branches import where
from .ops.catalogue import LATER as _LATER
from .ops.extremes import clip, fmax, fmin, maximum, minimum
from .ops.linalg import matmul
from .ops.primitive import primitive
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

abs = absolute
pow = power

if typing.TYPE_CHECKING:
    from . import nn, optim
    from .check import GradientMismatch, check_gradients
    from .check.compare import compare
    from .check.step_plot import step_plot
    from .compiling import compile, source
    from .draw import Drawing, Stepper, draw, step
    from .draw.paths import paths
    from .draw.steps import steps
    from .draw.trace import trace
    from .nn.losses import binary_cross_entropy, hinge, kl_divergence, mse
    from .nodes.saving import load, save
    from .numpy import fft, linalg
    from .ops.accumulate import (
        cumprod,
        cumsum,
        cumulative_prod,
        cumulative_sum,
        nancumprod,
        nancumsum,
    )
    from .ops.alternatives import choose, select
    from .ops.assemble import block, insert
    from .ops.choice import (
        compress,
        extract,
        intersect1d,
        setdiff1d,
        take,
        take_along_axis,
        trim_zeros,
        union1d,
        unique,
        unique_values,
    )
    from .ops.diagonals import diag, diagflat, diagonal, tril, triu
    from .ops.differences import diff, ediff1d, gradient, trapezoid, unwrap
    from .ops.einsum import einsum
    from .ops.join import (
        append,
        atleast_1d,
        atleast_2d,
        atleast_3d,
        broadcast_arrays,
        column_stack,
        copy,
        dstack,
        full_like,
        hstack,
        matrix_transpose,
        meshgrid,
        vstack,
    )
    from .ops.nans import nan_to_num, nanmax, nanmean, nanmin, nanprod, nanstd, nansum, nanvar
    from .ops.order import (
        median,
        nanmedian,
        nanpercentile,
        nanquantile,
        partition,
        percentile,
        quantile,
        sort,
    )
    from .ops.padding import pad
    from .ops.pieces import array_split, dsplit, hsplit, sliding_window_view, split, unstack, vsplit
    from .ops.polynomials import (
        polyadd,
        polyder,
        polydiv,
        polyfit,
        polyint,
        polymul,
        polysub,
        polyval,
        vander,
    )
    from .ops.products import (
        cross,
        dot,
        inner,
        kron,
        matvec,
        outer,
        tensordot,
        vdot,
        vecdot,
        vecmat,
    )
    from .ops.rearrange import (
        delete,
        flip,
        fliplr,
        flipud,
        repeat,
        resize,
        roll,
        rollaxis,
        rot90,
        tile,
    )
    from .ops.rounding import (
        angle,
        copysign,
        divmod,
        fix,
        floor_divide,
        fmod,
        frexp,
        heaviside,
        ldexp,
        modf,
        real,
        real_if_close,
        round,
    )
    from .ops.samples import bincount, convolve, correlate, interp
    from .ops.sequences import (
        apply_along_axis,
        apply_over_axes,
        geomspace,
        linspace,
        logspace,
        piecewise,
    )
    from .ops.special import i0, sinc
    from .ops.statistics import average, corrcoef, cov, ptp

# Comparing and drawing are a third of the code, and saving needs much of Python's library: what
# they are made of is imported when first used.
_LAZY = {
    "Drawing": "draw",
    "GradientMismatch": "check",
    "Stepper": "draw",
    "binary_cross_entropy": "nn.losses",
    "check_gradients": "check",
    "compare": "check.compare",
    "compile": "compiling",
    "draw": "draw",
    "hinge": "nn.losses",
    "kl_divergence": "nn.losses",
    "load": "nodes.saving",
    "mse": "nn.losses",
    "paths": "draw.paths",
    "save": "nodes.saving",
    "source": "compiling",
    "step": "draw",
    "step_plot": "check.step_plot",
    "steps": "draw.steps",
    "trace": "draw.trace",
}


for _module, _names in _LATER.items():
    if _module not in ("decompose", "fft", "least_squares", "norms", "solve", "symmetric"):
        _LAZY = {**dict.fromkeys(_names, f"ops.{_module}"), **_LAZY}


def __getattr__(name: str) -> typing.Any:
    """A public name of a package that has not been imported yet."""
    if name in ("fft", "linalg"):
        return importlib.import_module(f".numpy.{name}", __name__)
    if name in ("nn", "optim"):
        return importlib.import_module(f".{name}", __name__)
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f".{_LAZY[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return [*__all__, *(name for name in globals() if name not in __all__)]


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
    "angle",
    "append",
    "apply_along_axis",
    "apply_over_axes",
    "arccos",
    "arccosh",
    "arcsin",
    "arcsinh",
    "arctan",
    "arctan2",
    "arctanh",
    "array_split",
    "atleast_1d",
    "atleast_2d",
    "atleast_3d",
    "average",
    "binary_cross_entropy",
    "bincount",
    "block",
    "broadcast_arrays",
    "broadcast_to",
    "cbrt",
    "ceil",
    "check_gradients",
    "choose",
    "clip",
    "column_stack",
    "compare",
    "compile",
    "compress",
    "concatenate",
    "constant",
    "convolve",
    "copy",
    "copysign",
    "corrcoef",
    "correlate",
    "cos",
    "cosh",
    "cov",
    "cross",
    "cross_entropy",
    "cumprod",
    "cumsum",
    "cumulative_prod",
    "cumulative_sum",
    "deg2rad",
    "delete",
    "detect_anomaly",
    "diag",
    "diagflat",
    "diagonal",
    "diff",
    "divide",
    "divmod",
    "dot",
    "draw",
    "dsplit",
    "dstack",
    "ediff1d",
    "einsum",
    "elementwise_grad",
    "exp",
    "exp2",
    "expand_dims",
    "expm1",
    "extract",
    "fft",
    "fix",
    "flip",
    "fliplr",
    "flipud",
    "floor",
    "floor_divide",
    "fmax",
    "fmin",
    "fmod",
    "frexp",
    "full_like",
    "geomspace",
    "grad",
    "gradient",
    "group",
    "heaviside",
    "hessian",
    "hinge",
    "hsplit",
    "hstack",
    "hvp",
    "hypot",
    "i0",
    "inner",
    "insert",
    "interp",
    "intersect1d",
    "jacobian",
    "jvp",
    "kl_divergence",
    "kron",
    "ldexp",
    "linalg",
    "linspace",
    "load",
    "log",
    "log1p",
    "log2",
    "log10",
    "log_softmax",
    "logaddexp",
    "logaddexp2",
    "logspace",
    "logsumexp",
    "matmul",
    "matrix_transpose",
    "matvec",
    "max",
    "maximum",
    "mean",
    "median",
    "meshgrid",
    "min",
    "minimum",
    "mod",
    "modf",
    "moveaxis",
    "mse",
    "multiply",
    "nan_to_num",
    "nancumprod",
    "nancumsum",
    "nanmax",
    "nanmean",
    "nanmedian",
    "nanmin",
    "nanpercentile",
    "nanprod",
    "nanquantile",
    "nanstd",
    "nansum",
    "nanvar",
    "negative",
    "nn",
    "no_grad",
    "optim",
    "outer",
    "pad",
    "partition",
    "paths",
    "percentile",
    "piecewise",
    "polyadd",
    "polyder",
    "polydiv",
    "polyfit",
    "polyint",
    "polymul",
    "polysub",
    "polyval",
    "positive",
    "pow",
    "power",
    "primitive",
    "prod",
    "ptp",
    "quantile",
    "rad2deg",
    "ravel",
    "real",
    "real_if_close",
    "reciprocal",
    "relu",
    "repeat",
    "reshape",
    "resize",
    "rint",
    "roll",
    "rollaxis",
    "rot90",
    "round",
    "save",
    "select",
    "setdiff1d",
    "sigmoid",
    "sign",
    "sin",
    "sinc",
    "sinh",
    "sliding_window_view",
    "softmax",
    "softmax_cross_entropy",
    "softplus",
    "sort",
    "source",
    "split",
    "sqrt",
    "square",
    "squeeze",
    "stack",
    "std",
    "step",
    "step_plot",
    "steps",
    "subtract",
    "sum",
    "swapaxes",
    "take",
    "take_along_axis",
    "tan",
    "tanh",
    "tensordot",
    "tile",
    "trace",
    "transpose",
    "trapezoid",
    "tril",
    "trim_zeros",
    "triu",
    "trunc",
    "union1d",
    "unique",
    "unique_values",
    "unstack",
    "unwrap",
    "value_and_grad",
    "vander",
    "var",
    "vdot",
    "vecdot",
    "vecmat",
    "vjp",
    "vsplit",
    "vstack",
    "where",
]
