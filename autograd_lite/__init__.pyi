"""The public names as type checkers see them, written by `tests/test_public_names.py`."""
# ruff: noqa
# fmt: off

from typing import Any, TypeVar, overload

from .core.elementwise import Elementwise
from .nodes.tensor import Tensor
from .nodes.value import Value

_N = TypeVar("_N", Value, Tensor)

class _Row(Elementwise):
    """A row of the table: of a node a node of its kind, of numbers a number."""

    @overload
    def __call__(self, x: _N, /) -> _N: ...
    @overload
    def __call__(self, x: _N, y: _N | float, /) -> _N: ...
    @overload
    def __call__(self, *numbers: float) -> float: ...
    @overload
    def __call__(self, *inputs: Any) -> Any: ...

from . import nn as nn
from . import optim as optim
from .calculus.forward import jvp as jvp
from .calculus.gradients import elementwise_grad as elementwise_grad
from .calculus.gradients import grad as grad
from .calculus.gradients import hvp as hvp
from .calculus.gradients import value_and_grad as value_and_grad
from .calculus.gradients import vjp as vjp
from .calculus.jacobians import hessian as hessian
from .calculus.jacobians import jacobian as jacobian
from .calculus.vectors import flatten as flatten
from .check import GradientMismatch as GradientMismatch
from .check import check_gradients as check_gradients
from .check import compare as compare
from .check import step_plot as step_plot
from .compiling import compile as compile
from .compiling import source as source
from .core.graph import Node as Node
from .drawing import Drawing as Drawing
from .drawing import Stepper as Stepper
from .drawing import draw as draw
from .drawing import paths as paths
from .drawing import step as step
from .drawing import steps as steps
from .drawing import trace as trace
from .nn.activations import elu as elu
from .nn.activations import gelu as gelu
from .nn.activations import hardsigmoid as hardsigmoid
from .nn.activations import hardswish as hardswish
from .nn.activations import hardtanh as hardtanh
from .nn.activations import leaky_relu as leaky_relu
from .nn.activations import mish as mish
from .nn.activations import relu6 as relu6
from .nn.activations import selu as selu
from .nn.activations import silu as silu
from .nn.convolution import conv1d as conv1d
from .nn.convolution import conv2d as conv2d
from .nn.convolution import conv_transpose2d as conv_transpose2d
from .nn.losses import binary_cross_entropy as binary_cross_entropy
from .nn.losses import contrastive as contrastive
from .nn.losses import focal as focal
from .nn.losses import hinge as hinge
from .nn.losses import huber as huber
from .nn.losses import kl_divergence as kl_divergence
from .nn.losses import mse as mse
from .nn.losses import triplet as triplet
from .nn.pooling import avg_pool as avg_pool
from .nn.pooling import max_pool as max_pool
from .nn.softmax import cross_entropy as cross_entropy
from .nn.softmax import log_softmax as log_softmax
from .nn.softmax import logsumexp as logsumexp
from .nn.softmax import softmax as softmax
from .nn.softmax import softmax_cross_entropy as softmax_cross_entropy
from .nodes.anomaly import detect_anomaly as detect_anomaly
from .nodes.blocks import group as group
from .nodes.blocks import no_grad as no_grad
from .nodes.constant import constant as constant
from .nodes.numpy_protocol import plain as plain
from .nodes.saving import load as load
from .nodes.saving import save as save
from .nodes.tensor import Tensor as Tensor
from .nodes.value import Value as Value
from .numpy import fft as fft
from .numpy import linalg as linalg
from .numpy.creation import arange as arange
from .numpy.creation import array as array
from .numpy.creation import asarray as asarray
from .numpy.creation import empty as empty
from .numpy.creation import empty_like as empty_like
from .numpy.creation import eye as eye
from .numpy.creation import full as full
from .numpy.creation import full_like as full_like
from .numpy.creation import linspace as linspace
from .numpy.creation import ones as ones
from .numpy.creation import ones_like as ones_like
from .numpy.creation import zeros as zeros
from .numpy.creation import zeros_like as zeros_like
from .ops.accumulate import cumprod as cumprod
from .ops.accumulate import cumsum as cumsum
from .ops.accumulate import cumulative_prod as cumulative_prod
from .ops.accumulate import cumulative_sum as cumulative_sum
from .ops.accumulate import nancumprod as nancumprod
from .ops.accumulate import nancumsum as nancumsum
from .ops.branches import where as where
from .ops.choice import choose as choose
from .ops.choice import compress as compress
from .ops.choice import extract as extract
from .ops.choice import intersect1d as intersect1d
from .ops.choice import select as select
from .ops.choice import setdiff1d as setdiff1d
from .ops.choice import trim_zeros as trim_zeros
from .ops.choice import union1d as union1d
from .ops.choice import unique as unique
from .ops.choice import unique_values as unique_values
from .ops.diagonals import diag as diag
from .ops.diagonals import diagflat as diagflat
from .ops.diagonals import diagonal as diagonal
from .ops.diagonals import tril as tril
from .ops.diagonals import triu as triu
from .ops.differences import diff as diff
from .ops.differences import ediff1d as ediff1d
from .ops.differences import gradient as gradient
from .ops.differences import trapezoid as trapezoid
from .ops.differences import unwrap as unwrap
from .ops.einsum import einsum as einsum
from .ops.extremes import clip as clip
from .ops.extremes import fmax as fmax
from .ops.extremes import fmin as fmin
from .ops.extremes import maximum as maximum
from .ops.extremes import minimum as minimum
from .ops.join import append as append
from .ops.join import atleast_1d as atleast_1d
from .ops.join import atleast_2d as atleast_2d
from .ops.join import atleast_3d as atleast_3d
from .ops.join import block as block
from .ops.join import broadcast_arrays as broadcast_arrays
from .ops.join import column_stack as column_stack
from .ops.join import copy as copy
from .ops.join import dstack as dstack
from .ops.join import hstack as hstack
from .ops.join import insert as insert
from .ops.join import matrix_transpose as matrix_transpose
from .ops.join import meshgrid as meshgrid
from .ops.join import vstack as vstack
from .ops.linalg import matmul as matmul
from .ops.nans import nan_to_num as nan_to_num
from .ops.nans import nanmax as nanmax
from .ops.nans import nanmean as nanmean
from .ops.nans import nanmin as nanmin
from .ops.nans import nanprod as nanprod
from .ops.nans import nanstd as nanstd
from .ops.nans import nansum as nansum
from .ops.nans import nanvar as nanvar
from .ops.order import median as median
from .ops.order import nanmedian as nanmedian
from .ops.order import nanpercentile as nanpercentile
from .ops.order import nanquantile as nanquantile
from .ops.order import partition as partition
from .ops.order import percentile as percentile
from .ops.order import quantile as quantile
from .ops.order import sort as sort
from .ops.polynomials import polyadd as polyadd
from .ops.polynomials import polyder as polyder
from .ops.polynomials import polydiv as polydiv
from .ops.polynomials import polyfit as polyfit
from .ops.polynomials import polyint as polyint
from .ops.polynomials import polymul as polymul
from .ops.polynomials import polysub as polysub
from .ops.polynomials import polyval as polyval
from .ops.polynomials import vander as vander
from .ops.primitive import primitive as primitive
from .ops.products import cross as cross
from .ops.products import dot as dot
from .ops.products import inner as inner
from .ops.products import kron as kron
from .ops.products import matvec as matvec
from .ops.products import outer as outer
from .ops.products import tensordot as tensordot
from .ops.products import vdot as vdot
from .ops.products import vecdot as vecdot
from .ops.products import vecmat as vecmat
from .ops.rearrange import array_split as array_split
from .ops.rearrange import delete as delete
from .ops.rearrange import dsplit as dsplit
from .ops.rearrange import flip as flip
from .ops.rearrange import fliplr as fliplr
from .ops.rearrange import flipud as flipud
from .ops.rearrange import hsplit as hsplit
from .ops.rearrange import pad as pad
from .ops.rearrange import repeat as repeat
from .ops.rearrange import resize as resize
from .ops.rearrange import roll as roll
from .ops.rearrange import rollaxis as rollaxis
from .ops.rearrange import rot90 as rot90
from .ops.rearrange import split as split
from .ops.rearrange import take as take
from .ops.rearrange import take_along_axis as take_along_axis
from .ops.rearrange import tile as tile
from .ops.rearrange import unstack as unstack
from .ops.rearrange import vsplit as vsplit
from .ops.reduce import max as max
from .ops.reduce import mean as mean
from .ops.reduce import min as min
from .ops.reduce import prod as prod
from .ops.reduce import std as std
from .ops.reduce import var as var
from .ops.rounding import angle as angle
from .ops.rounding import divmod as divmod
from .ops.rounding import fix as fix
from .ops.rounding import frexp as frexp
from .ops.rounding import ldexp as ldexp
from .ops.rounding import modf as modf
from .ops.rounding import real as real
from .ops.rounding import real_if_close as real_if_close
from .ops.rounding import round as round
from .ops.samples import bincount as bincount
from .ops.samples import convolve as convolve
from .ops.samples import correlate as correlate
from .ops.samples import interp as interp
from .ops.sequences import apply_along_axis as apply_along_axis
from .ops.sequences import apply_over_axes as apply_over_axes
from .ops.sequences import geomspace as geomspace
from .ops.sequences import logspace as logspace
from .ops.sequences import piecewise as piecewise
from .ops.shape import broadcast_to as broadcast_to
from .ops.shape import concatenate as concatenate
from .ops.shape import expand_dims as expand_dims
from .ops.shape import moveaxis as moveaxis
from .ops.shape import ravel as ravel
from .ops.shape import reshape as reshape
from .ops.shape import squeeze as squeeze
from .ops.shape import stack as stack
from .ops.shape import sum as sum
from .ops.shape import swapaxes as swapaxes
from .ops.shape import transpose as transpose
from .ops.special import i0 as i0
from .ops.special import sinc as sinc
from .ops.statistics import average as average
from .ops.statistics import corrcoef as corrcoef
from .ops.statistics import cov as cov
from .ops.statistics import ptp as ptp
from .ops.windows import sliding_window_view as sliding_window_view
from .ops.windows import windows as windows
absolute: _Row
add: _Row
arccos: _Row
arccosh: _Row
arcsin: _Row
arcsinh: _Row
arctan2: _Row
arctan: _Row
arctanh: _Row
cbrt: _Row
ceil: _Row
copysign: _Row
cos: _Row
cosh: _Row
deg2rad: _Row
divide: _Row
erf: _Row
exp2: _Row
exp: _Row
expm1: _Row
floor: _Row
floor_divide: _Row
fmod: _Row
heaviside: _Row
hypot: _Row
log10: _Row
log1p: _Row
log2: _Row
log: _Row
logaddexp2: _Row
logaddexp: _Row
mod: _Row
multiply: _Row
negative: _Row
positive: _Row
power: _Row
rad2deg: _Row
reciprocal: _Row
relu: _Row
rint: _Row
sigmoid: _Row
sign: _Row
sin: _Row
sinh: _Row
softplus: _Row
sqrt: _Row
square: _Row
subtract: _Row
tan: _Row
tanh: _Row
trunc: _Row
abs = absolute
pow = power
_HOMES: dict[str, str]

__all__ = [
  "Drawing", "GradientMismatch", "Node", "Stepper", "Tensor", "Value", "absolute", "add", "angle",
  "append", "apply_along_axis", "apply_over_axes", "arange", "arccos", "arccosh", "arcsin",
  "arcsinh", "arctan", "arctan2", "arctanh", "array", "array_split", "asarray", "atleast_1d",
  "atleast_2d", "atleast_3d", "average", "avg_pool", "binary_cross_entropy", "bincount", "block",
  "broadcast_arrays", "broadcast_to", "cbrt", "ceil", "check_gradients", "choose", "clip",
  "column_stack", "compare", "compress", "concatenate", "constant", "contrastive", "conv1d",
  "conv2d", "conv_transpose2d", "convolve", "copy", "copysign", "corrcoef", "correlate", "cos",
  "cosh", "cov", "cross", "cross_entropy", "cumprod", "cumsum", "cumulative_prod", "cumulative_sum",
  "deg2rad", "delete", "detect_anomaly", "diag", "diagflat", "diagonal", "diff", "divide", "dot",
  "draw", "dsplit", "dstack", "ediff1d", "einsum", "elementwise_grad", "elu", "empty", "empty_like",
  "erf", "exp", "exp2", "expand_dims", "expm1", "extract", "eye", "fft", "fix", "flatten", "flip",
  "fliplr", "flipud", "floor", "floor_divide", "fmax", "fmin", "fmod", "focal", "frexp", "full",
  "full_like", "gelu", "geomspace", "grad", "gradient", "group", "hardsigmoid", "hardswish",
  "hardtanh", "heaviside", "hessian", "hinge", "hsplit", "hstack", "huber", "hvp", "hypot", "i0",
  "inner", "insert", "interp", "intersect1d", "jacobian", "jvp", "kl_divergence", "kron", "ldexp",
  "leaky_relu", "linalg", "linspace", "load", "log", "log10", "log1p", "log2", "log_softmax",
  "logaddexp", "logaddexp2", "logspace", "logsumexp", "matmul", "matrix_transpose", "matvec",
  "max_pool", "maximum", "mean", "median", "meshgrid", "minimum", "mish", "mod", "modf", "moveaxis",
  "mse", "multiply", "nan_to_num", "nancumprod", "nancumsum", "nanmax", "nanmean", "nanmedian",
  "nanmin", "nanpercentile", "nanprod", "nanquantile", "nanstd", "nansum", "nanvar", "negative",
  "nn", "no_grad", "ones", "ones_like", "optim", "outer", "pad", "partition", "paths", "percentile",
  "piecewise", "plain", "polyadd", "polyder", "polydiv", "polyfit", "polyint", "polymul", "polysub",
  "polyval", "positive", "power", "primitive", "prod", "ptp", "quantile", "rad2deg", "ravel",
  "real", "real_if_close", "reciprocal", "relu", "relu6", "repeat", "reshape", "resize", "rint",
  "roll", "rollaxis", "rot90", "save", "select", "selu", "setdiff1d", "sigmoid", "sign", "silu",
  "sin", "sinc", "sinh", "sliding_window_view", "softmax", "softmax_cross_entropy", "softplus",
  "sort", "source", "split", "sqrt", "square", "squeeze", "stack", "std", "step", "step_plot",
  "steps", "subtract", "swapaxes", "take", "take_along_axis", "tan", "tanh", "tensordot", "tile",
  "trace", "transpose", "trapezoid", "tril", "trim_zeros", "triplet", "triu", "trunc", "union1d",
  "unique", "unique_values", "unstack", "unwrap", "value_and_grad", "vander", "var", "vdot",
  "vecdot", "vecmat", "vjp", "vsplit", "vstack", "where", "windows", "zeros", "zeros_like"
]
