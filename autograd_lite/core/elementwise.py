"""The elementwise operations: one row each, and a row is calculus and nothing else.

To add an operation, add a row: tests, drawings, NumPy dispatch and documentation pick it up. What a
row is, and the chain rule of all of them, stands in `row`.

What happens at kinks, ties, poles and outside the domain is decided in one place, the documented
conventions: at a kink the subgradient of least norm, at a pole the limit, outside the domain NaN.
"""

from __future__ import annotations

import math
import operator
from typing import Any

import numpy as np

from ..nodes import blocks as context
from ..ops import kernels as k
from ..ops.branches import where
from ..ops.shape import astype, sum_to
from .graph import Node, data
from .operation import shape
from .row import ONE, TABLE, Elementwise, isfinite, vdot

ndarray = np.ndarray

# --- the shares of all inputs at once, where that is cheaper -------------------------------------


def quotient(g: Any, z: Any, x: Any, y: Any) -> tuple[Any, Any] | None:
    """The shares dx = dz / y and dy = −Σ z dx in z = x / y for a y that was broadcast.

    The sum in a softmax is such a y. By its own partial derivative, z/−y, all entries would be
    divided once more. None for any other y, and where a term is not finite, which its sum then is
    not either: there the partial derivatives decide.
    """
    old, new = z.shape, shape(y)
    if old == new or not old == shape(x) == g.shape:
        return None
    dx = g / y
    dy = -sum_to(dx * z, old, new)
    return (dx, dy) if all_finite(dy) else None


def logarithm(g: Any, y: Any, x: Any) -> tuple[Any] | None:
    """The share dx = dy / x of y = log x: one division, where the slope and the product are two.

    None for seeds in front, for which one slope is enough, where an entry is not finite, and for
    nodes: what is recorded is the general way.
    """
    return (g / x,) if type(g) is ndarray and g.shape == y.shape and all_finite(y) else None


# --- partial derivatives that are more than a line -----------------------------------------------


def flat(y: Any, *x: Any) -> Any:
    """0 where the function is constant; NaN where its value is NaN."""
    return 0 * sign(y)


def all_finite(y: Any) -> bool:
    """Whether all data of `y` is finite (False when in doubt): then no entry left the domain, and
    it need not be looked at entry by entry."""
    y = y if type(y) is ndarray else data(y)
    if type(y) is ndarray:
        return isfinite(vdot(y, y))
    if context.open_blocks and (recorder := context.recorder.get()) is not None:
        return recorder.all_finite(y)
    return isfinite(y)


def _inside(x: Any, inside: Any) -> Any:
    """`x` where `inside` holds and NaN elsewhere, so that no slope is given outside a domain.

    Of x times NaN, so that no slope of the slope is given there either: a constant would have 0.
    """
    inside = np.logical_or(inside, np.isnan(data(x)))
    return x if np.all(inside) else where(inside, x, math.nan * x)


def log_slope(y: Any, x: Any) -> Any:
    """1/x for x ≥ 0, with log'(±0) = +inf; NaN below."""
    if all_finite(y):
        return 1 / x
    return 1 / _inside(x + 0.0, np.greater_equal(data(x), 0))  # −0 + 0 is 0


def log1p_slope(y: Any, x: Any) -> Any:
    """1/(1 + x) for x ≥ −1; NaN below."""
    if all_finite(y):
        return 1 / (1 + x)
    return 1 / _inside(1 + x, np.greater_equal(data(x), -1))


def remainder_slope(z: Any, d: Any) -> Any:
    """`d`; NaN where there is no remainder, as of a division by 0."""
    return d if all_finite(z) else d + flat(z)


def arctanh_slope(y: Any, x: Any) -> Any:
    """1/(1 − x²) for |x| ≤ 1; NaN outside."""
    return 1 / _inside((1 - x) * (1 + x), np.less_equal(np.abs(data(x)), 1))


def power_base(z: Any, x: Any, y: Any) -> Any:
    """y · x^(y−1); 0 at x = y = 0, where it would be 0 · inf."""
    slope = y * power(x, y - 1)
    # Elsewhere an exponent 0 needs no care, and none is taken: ∂²/∂x∂y is 1/x there.
    origin = (data(x) == 0) & (data(y) == 0)
    if not getattr(origin, "ndim", 0):
        return 0.0 if origin else slope
    return where(origin, 0.0, slope) if origin.any() else slope


def power_exponent(z: Any, x: Any, y: Any) -> Any:
    """z · log x; 0 for 0^y with y ≥ 0; NaN for a negative base."""
    still = np.equal(data(x), 0) & np.greater_equal(data(y), 0)
    return z * log(where(still, 1.0, x) if np.any(still) else x)


def hypot_slope(z: Any, x: Any, y: Any) -> Any:
    """x/z; 0 at x = y = 0, the subgradient of least norm."""
    corner = np.equal(data(z), 0)
    return x / (where(corner, math.inf, z) if np.any(corner) else z)


def norm_slope(y: Any, x: Any) -> Any:
    """1/(2y); 0 at 0, where the square root stands for a distance."""
    corner = np.equal(data(y), 0)
    return 0.5 / (where(corner, math.inf, y) if np.any(corner) else y)


# --- the table -----------------------------------------------------------------------------------

LN2, LN10 = math.log(2), math.log(10)

# fmt: off
# row                     name          on floats         on arrays       ∂ result / ∂ input, one each

add        = Elementwise("+",           operator.add,     np.add,         ONE, ONE)
subtract   = Elementwise("-",           operator.sub,     np.subtract,    ONE, lambda z, x, y: -1.0)
multiply   = Elementwise("*",           operator.mul,     np.multiply,    lambda z, x, y: y, lambda z, x, y: x)
divide     = Elementwise("/",           operator.truediv, np.divide,      lambda z, x, y: 1 / y, lambda z, x, y: z / -y, shares=quotient)
power      = Elementwise("**",          k.pow,            k.power,        power_base, power_exponent)
mod        = Elementwise("%",           np.mod,           np.mod,         lambda z, x, y: remainder_slope(z, 1.0), lambda z, x, y: remainder_slope(z, -floor(x / y)))

negative   = Elementwise("neg",         operator.neg,     np.negative,    lambda y, x: -1.0)
positive   = Elementwise("pos",         operator.pos,     np.positive,    ONE)
absolute   = Elementwise("abs",         math.fabs,        np.absolute,    lambda y, x: sign(x))
sign       = Elementwise("sign",        k.sign,           np.sign,        flat)
floor      = Elementwise("floor",       np.floor,         np.floor,       flat)
ceil       = Elementwise("ceil",        np.ceil,          np.ceil,        flat)
trunc      = Elementwise("trunc",       np.trunc,         np.trunc,       flat)
rint       = Elementwise("rint",        np.rint,          np.rint,        flat)

exp        = Elementwise("exp",         math.exp,         np.exp,         lambda y, x: y)
exp2       = Elementwise("exp2",        math.exp2,        np.exp2,        lambda y, x: LN2 * y)
expm1      = Elementwise("expm1",       math.expm1,       np.expm1,       lambda y, x: exp(x))
log        = Elementwise("log",         math.log,         np.log,         log_slope, shares=logarithm)
log2       = Elementwise("log2",        math.log2,        np.log2,        lambda y, x: log_slope(y, x) / LN2)
log10      = Elementwise("log10",       math.log10,       np.log10,       lambda y, x: log_slope(y, x) / LN10)
log1p      = Elementwise("log1p",       math.log1p,       np.log1p,       log1p_slope)
logaddexp  = Elementwise("logaddexp",   k.logaddexp,      np.logaddexp,   lambda z, x, y: exp(x - z), lambda z, x, y: exp(y - z))
logaddexp2 = Elementwise("logaddexp2",  np.logaddexp2,    np.logaddexp2,  lambda z, x, y: exp2(x - z), lambda z, x, y: exp2(y - z))
sqrt       = Elementwise("sqrt",        math.sqrt,        np.sqrt,        lambda y, x: 0.5 / y)
root       = Elementwise("root",        math.sqrt,        np.sqrt,        norm_slope)
cbrt       = Elementwise("cbrt",        math.cbrt,        np.cbrt,        lambda y, x: 1 / (3 * y * y))
square     = Elementwise("square",      lambda x: x * x,  np.square,      lambda y, x: 2 * x)
reciprocal = Elementwise("reciprocal",  lambda x: 1 / x,  np.reciprocal,  lambda y, x: -y * y)

sin        = Elementwise("sin",         math.sin,         np.sin,         lambda y, x: cos(x))
cos        = Elementwise("cos",         math.cos,         np.cos,         lambda y, x: -sin(x))
tan        = Elementwise("tan",         math.tan,         np.tan,         lambda y, x: 1 + y * y)
arcsin     = Elementwise("arcsin",      math.asin,        np.arcsin,      lambda y, x: 1 / sqrt((1 - x) * (1 + x)))
arccos     = Elementwise("arccos",      math.acos,        np.arccos,      lambda y, x: -1 / sqrt((1 - x) * (1 + x)))
arctan     = Elementwise("arctan",      math.atan,        np.arctan,      lambda y, x: 1 / (1 + x * x))
arctan2    = Elementwise("arctan2",     math.atan2,       np.arctan2,     lambda z, y, x: x / hypot(x, y) / hypot(x, y), lambda z, y, x: -y / hypot(x, y) / hypot(x, y))
hypot      = Elementwise("hypot",       math.hypot,       np.hypot,       lambda z, x, y: hypot_slope(z, x, y), lambda z, x, y: hypot_slope(z, y, x))
sinh       = Elementwise("sinh",        math.sinh,        np.sinh,        lambda y, x: cosh(x))
cosh       = Elementwise("cosh",        math.cosh,        np.cosh,        lambda y, x: sinh(x))
tanh       = Elementwise("tanh",        math.tanh,        np.tanh,        lambda y, x: 1 - y * y)
arcsinh    = Elementwise("arcsinh",     math.asinh,       np.arcsinh,     lambda y, x: 1 / hypot(x, 1.0))
arccosh    = Elementwise("arccosh",     math.acosh,       np.arccosh,     lambda y, x: 1 / (sqrt(x - 1) * sqrt(x + 1)))
arctanh    = Elementwise("arctanh",     math.atanh,       np.arctanh,     arctanh_slope)
deg2rad    = Elementwise("deg2rad",     math.radians,     np.deg2rad,     lambda y, x: math.pi / 180)
rad2deg    = Elementwise("rad2deg",     math.degrees,     np.rad2deg,     lambda y, x: 180 / math.pi)

relu       = Elementwise("relu",        k.relu,           k.relus,        lambda y, x: step(x))
sigmoid    = Elementwise("sigmoid",     k.sigmoid,        k.sigmoids,     lambda y, x: y * sigmoid(-x))
softplus   = Elementwise("softplus",    k.softplus,       k.softpluses,   lambda y, x: sigmoid(x))

# The winner takes the slope. Two nodes that tie share it; against a constant a tie gives 0, as in relu.
step       = Elementwise("step",        k.step,           k.steps,        flat)
share      = Elementwise("share",       k.share,          k.shares,       flat, flat, flat)
beats      = Elementwise("beats",       k.beats,          k.beaten,       flat, flat, flat)
maximum2   = Elementwise("maximum",     k.maximum,        np.maximum,     lambda z, x, y: share(z, x, y), lambda z, x, y: share(z, y, x))
maximum1   = Elementwise("maximum",     k.maximum,        np.maximum,     lambda z, x, y: beats(z, x, y), lambda z, x, y: beats(z, y, x))
minimum2   = Elementwise("minimum",     k.minimum,        np.minimum,     lambda z, x, y: share(z, x, y), lambda z, x, y: share(z, y, x))
minimum1   = Elementwise("minimum",     k.minimum,        np.minimum,     lambda z, x, y: beats(z, x, y), lambda z, x, y: beats(z, y, x))
fmax2      = Elementwise("fmax",        k.fmax,           np.fmax,        lambda z, x, y: share(z, x, y), lambda z, x, y: share(z, y, x))
fmax1      = Elementwise("fmax",        k.fmax,           np.fmax,        lambda z, x, y: beats(z, x, y), lambda z, x, y: beats(z, y, x))
fmin2      = Elementwise("fmin",        k.fmin,           np.fmin,        lambda z, x, y: share(z, x, y), lambda z, x, y: share(z, y, x))
fmin1      = Elementwise("fmin",        k.fmin,           np.fmin,        lambda z, x, y: beats(z, x, y), lambda z, x, y: beats(z, y, x))

# A new node for the same data: where one differentiation starts inside another.
identity   = Elementwise("identity",    float,            lambda x: x,    ONE)
# fmt: on


def float_power(x: Any, y: Any) -> Any:
    """x ** y in float64. Mirrors `numpy.float_power`."""
    single = isinstance(x, Node) and x.dtype != np.float64
    return power(astype(x, np.float64) if single else x, y)


TABLE.update((name, row) for name, row in list(globals().items()) if isinstance(row, Elementwise))
