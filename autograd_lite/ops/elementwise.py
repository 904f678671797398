"""The elementwise operations: one row each, and a row is calculus and nothing else.

A row has a name, the function on floats, the function on arrays, and one partial derivative per
input as a function of the result and the inputs. The chain rule, linearity in the cotangent and
un-broadcasting are written once, in `Elementwise.vjp`. To add an operation, add a row: tests,
drawings, NumPy dispatch and documentation pick it up.

What happens at kinks, ties, poles and outside the domain is decided in one place, the documented
conventions: at a kink the subgradient of least norm, at a pole the limit, outside the domain NaN.
"""

from __future__ import annotations

import importlib
import math
import operator
import pickle
import sys
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import numpy as np

from .. import context
from ..graph import Node, Pull, data, node_types, stand_ins
from .base import Op, array, is_objects, shape
from .shape import astype, sum_to

ndarray = np.ndarray
# Without the wrapper that asks other libraries' arrays: of plain ones it takes half the time.
vdot: Any = getattr(np.vdot, "_implementation", np.vdot)
isfinite = math.isfinite


class _One:
    """The partial derivative that is 1 everywhere: the cotangent passes unchanged."""

    def __repr__(self) -> str:
        return "ONE"


ONE = _One()


class _Docstring:
    """What `help` says: the class's text, and of a row its own, with its value and slope."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __get__(self, row: Any, kind: Any = None) -> str:
        if row is None:
            return self.text
        known = (name for name, other in TABLE.items() if other is row)
        name = next(known, getattr(row.on_arrays, "__name__", row.name))
        count = len(row.partials)
        what, but, note = meaning(name, count).partition("; ")
        text = f"{what}, entry by entry, with NumPy's broadcasting{but}{note}."
        if hasattr(np, name):
            text += f" Mirrors `numpy.{name}`."
        at = (2.0,) if name == "arccosh" else (0.5, 2.0, 0.5)[:count]
        value, slope = row(*at), row.partials[0]
        slope = 1.0 if slope is ONE else slope(value, *at)
        call = f"({', '.join(map(str, at))})"
        return (
            f"{text}\n\n>>> import autograd_lite as ag\n"
            f">>> round(ag.{name}{call}, 4), round(ag.grad(ag.{name}){call}, 4)\n"
            f"({round(value, 4)}, {round(float(slope), 4)})"
        )


def meaning(name: str, count: int) -> str:
    """What the row computes, in mathematics."""
    from .meanings import MEANINGS

    return MEANINGS.get(name, f"{name}({', '.join('xyz'[:count] if count < 3 else 'zxy')})")


class Elementwise(Op):
    """y_k = f(x_k, ...) for every entry k, with NumPy's broadcasting; and ∂y/∂x_i as a function.

    `shares` makes the shares of all inputs together, where that is cheaper: see `quotient`. How the
    row is applied to a single node, `on_nodes`, and how a cotangent is pulled, `unrolled`, is made
    of these by the `unrollers`, one of each kind of node.
    """

    __slots__ = ("name", "on_arrays", "on_floats", "on_nodes", "partials", "shares", "unrolled")
    computes = True
    unrollers: ClassVar[list[Callable[[Elementwise], None]]] = []

    def __init__(
        self,
        name: str,
        on_floats: Callable[..., Any],
        on_arrays: Callable[..., Any],
        *partials: Any,
        shares: Callable[..., tuple[Any, ...] | None] | None = None,
    ) -> None:
        self.name = name
        self.on_floats = on_floats
        self.on_arrays = on_arrays
        self.partials = partials
        self.shares = shares
        self.on_nodes: dict[type, Callable[[Any], Any]] = {}
        self.unrolled: dict[tuple[type, type], Pull] = {}
        self.unroll()

    def unroll(self) -> None:
        """Make what is made of the row; again, if a test has put other partials into it."""
        for unroll in self.unrollers:
            unroll(self)

    def __call__(self, *inputs: Any) -> Any:
        if len(inputs) == 1 and (method := self.on_nodes.get(type(inputs[0]))):
            return method(inputs[0])
        return Op.__call__(self, *inputs)

    def forward(self, *inputs: Any) -> Any:
        if len(inputs) != len(self.partials):  # NumPy would write into one too many
            raise TypeError(
                f"'{self.name}' takes {len(self.partials)} inputs, {len(inputs)} were given"
            )
        if type(inputs[0]) is ndarray or (len(inputs) > 1 and ndarray in map(type, inputs)):
            out = self.on_arrays(*inputs)
            return out if type(out) is ndarray else np.asarray(out)
        try:
            return float(self.on_floats(*inputs))
        except (ArithmeticError, ValueError):
            # Where Python's math raises, IEEE 754 has a result and NumPy a warning.
            return float(self.on_arrays(*inputs))

    def vjp(self, i: int, g: Any, out: Any, *inputs: Any) -> Any:
        return chain_to(g, self.slope(i, out, *inputs), shape(out), shape(inputs[i]))

    def vjps(self, g: Any, out: Any, *inputs: Any) -> Sequence[Any] | None:
        return self.shares(g, out, *inputs) if self.shares and shape(out) else None

    def slope(self, i: int, out: Any, *inputs: Any) -> Any:
        """∂out/∂input i, entry by entry; `ONE` where it is 1 everywhere."""
        d = self.partials[i]
        if d is ONE:
            return ONE
        try:
            return d(out, *inputs)
        except (ArithmeticError, ValueError):  # a pole of Python's floats: arrays follow IEEE 754
            d = d(*map(as_array, (out, *inputs)))
            if type(d) is ndarray and d.shape == (1,):
                return float(d[0])
            return d[0] if shape(d) == (1,) and not shape(out) else d

    def __reduce__(self) -> tuple[Any, ...]:
        # Pickled by the name it has in its module, as functions are: its parts have no names.
        for module in [m for m in sys.modules if m.startswith(f"{__package__}.")]:
            for name, row in vars(sys.modules[module]).items():
                if row is self:
                    return row_named, (module, name)
        raise pickle.PicklingError(f"the operation '{self.name}' has no name to be pickled by")

    def on_objects(self, *inputs: Any) -> Any:
        """Entry by entry, for arrays of Values."""
        # Entries out of an array of objects are what was put there, so no entry is an array again.
        return np.frompyfunc(self, len(self.partials), 1)(*inputs)


Elementwise.__doc__ = _Docstring(str(Elementwise.__doc__))  # type: ignore[assignment]


def row_named(module: str, name: str) -> Elementwise:
    """The row of that name."""
    return getattr(importlib.import_module(module), name)


def as_array(x: Any) -> Any:
    """A number, in an array without axes too, as a vector, which divides by 0; others as they are.

    What is computed of an array without axes is no array, but a number again.
    """
    if type(x) is ndarray:
        return x if x.ndim else x.reshape(1)
    return x if isinstance(x, Node) or type(x) in stand_ins else np.array([x], float)


def chain(g: Any, d: Any, y: Any = None, x: Any = None) -> Any:
    """g · d, the cotangent times a local derivative; 0 where g is 0 and d is inf or NaN.

    A branch that `where` did not take sends back exactly 0, and must stay without effect even when
    its derivative is infinite: d/dx where(x > 0, log x, 0) at x = 0 is 0, not 0 · inf = NaN.

    Whoever has just computed `d` of y and x alone may give them too: see `spare`.
    """
    if type(d) is ndarray is type(g):
        if d.size < 8192:
            product = g * d
            # A finite slope has no 0 · inf, and seeds in front make the product much larger.
            if isfinite(vdot(d, d)):
                return product
        else:
            product = np.multiply(g, d, spare(g, d, y, x))
    elif type(g) in node_types or type(d) in node_types:
        return chain_product(g, d)
    elif isinstance(d, float) and isfinite(d):
        return g * d
    else:
        product = g * d
    if type(product) is ndarray:
        # NaN if an entry is. On a small array this takes a third of the time of isnan().any(); on
        # a large one BLAS would start threads, which on a busy machine wait for each other.
        probe = vdot(product, product) if product.size < 8192 else np.maximum.reduce(product, None)
        if probe == probe:
            return product
        return np.where(np.equal(g, 0), np.zeros((), product.dtype), product)
    if type(product) in stand_ins:
        return chain_product(g, d)
    return product if product == product or g != 0 else 0.0


def spare(g: Any, d: Any, y: Any, x: Any) -> Any:
    """A slope of y and x as the memory of g · d, if it is nobody else's and fits; else None.

    For large arrays that takes as little as half the time of a product in memory of its own.
    """
    if y is None or d is y or d is x or d.base is not None:
        return None
    return d if d.shape == g.shape and d.dtype == g.dtype else None


def chain_to(g: Any, d: Any, old: tuple[int, ...], new: tuple[int, ...]) -> Any:
    """g · d, summed from the result's shape `old` to the input's shape `new`."""
    if d is ONE:
        return sum_to(g, old, new)
    if old == new:
        return chain(g, d)
    if (
        type(d) is type(g) is ndarray
        and g.ndim > len(old)
        and (new == (*old[:-1], 1) or (new == () and len(old) == 1))
        and d.shape == old
        and d.size < 8192
        and isfinite(vdot(d, d))  # no 0 · inf to look for
    ):
        # Copied along the last axis only, as the sum in a softmax is: the product and its sum in
        # one go. With K seeds that takes a fraction of the time of one after the other.
        return np.vecdot(g, d).reshape(g.shape[: g.ndim - len(old)] + new)
    return sum_to(chain(g, d), old, new)


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


# --- helpers that keep Python floats to IEEE 754 -------------------------------------------------


def _power(x: Any, y: Any) -> Any:
    # The operator takes short ways for whole exponents (x * x for x ** 2); np.power does not. On
    # two floats it would make a complex number of a negative base.
    if type(x) is ndarray or type(y) is ndarray:
        return x**y
    return np.power(x, float(y))


def _sign(x: float) -> float:
    return x if x != x else float((x > 0) - (x < 0))


def _step(x: float) -> float:
    return x if x != x else float(x > 0)


def _steps(x: Any) -> Any:
    return np.heaviside(x, np.zeros((), getattr(x, "dtype", float)))


def _share(z: float, x: float, y: float) -> float:
    return z if z != z else 0.5 * ((x == z) + (y != z)) if x == z else 0.0


def _shares(z: Any, x: Any, y: Any) -> Any:
    part = np.where(np.equal(x, z), np.where(np.equal(y, z), 0.5, 1.0), 0.0)
    return np.where(np.isnan(z), np.nan, part).astype(z.dtype)


def _beats(z: float, x: float, y: float) -> float:
    return z if z != z else float(x == z and y != z)


def _beaten(z: Any, x: Any, y: Any) -> Any:
    won = np.equal(x, z) & np.not_equal(y, z)
    return np.where(np.isnan(z), np.nan, won).astype(z.dtype)


def _maximum(x: float, y: float) -> float:
    return x if x != x or x >= y else y


def _minimum(x: float, y: float) -> float:
    return x if x != x or x <= y else y


def _fmax(x: float, y: float) -> float:
    return x if y != y or x >= y else y


def _fmin(x: float, y: float) -> float:
    return x if y != y or x <= y else y


def _relu(x: float) -> float:
    return 0.0 if x <= 0 else x


def _relus(x: Any) -> Any:
    return np.maximum(x, 0)


def _sigmoid(x: float) -> float:
    if x >= 0:
        return 1 / (1 + math.exp(-x))
    e = math.exp(x)
    return e / (1 + e)


def _sigmoids(x: Any) -> Any:
    e = np.exp(-np.abs(x))  # at most 1: it never overflows
    return np.where(np.greater_equal(x, 0), 1, e) / (1 + e)


def _softplus(x: float) -> float:
    return math.log1p(math.exp(-abs(x))) + (x if x > 0 or x != x else 0.0)


def _softpluses(x: Any) -> Any:
    return np.logaddexp(x, np.zeros((), getattr(x, "dtype", float)))


def _logaddexp(x: float, y: float) -> float:
    high, low = (x, y) if x >= y else (y, x)
    if low != low or high != high:
        return low + high
    return (
        high
        if low == high == -math.inf or high == math.inf
        else high + math.log1p(math.exp(low - high))
    )


def _inside(x: Any, inside: Any) -> Any:
    """`x` where `inside` holds and NaN elsewhere, so that no slope is given outside a domain.

    Of x times NaN, so that no slope of the slope is given there either: a constant would have 0.
    """
    inside = np.logical_or(inside, np.isnan(data(x)))
    return x if np.all(inside) else where(inside, x, math.nan * x)


# --- partial derivatives that are more than a line -----------------------------------------------


def flat(y: Any, *x: Any) -> Any:
    """0 where the function is constant; NaN where its value is NaN."""
    return 0 * sign(y)


def all_finite(y: Any) -> bool:
    """Whether all data of `y` is finite (False when in doubt): then no entry left the domain, and
    it need not be looked at entry by entry."""
    if type(y) is ndarray and not context.open_blocks:
        return isfinite(vdot(y, y))
    y = data(y)
    if context.open_blocks and (recorder := context.recorder.get()) is not None:
        return recorder.all_finite(y)
    return isfinite(vdot(y, y) if type(y) is ndarray else y)


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
power      = Elementwise("**",          math.pow,         _power,         power_base, power_exponent)
mod        = Elementwise("%",           np.mod,           np.mod,         lambda z, x, y: remainder_slope(z, 1.0), lambda z, x, y: remainder_slope(z, -floor(x / y)))

negative   = Elementwise("neg",         operator.neg,     np.negative,    lambda y, x: -1.0)
positive   = Elementwise("pos",         operator.pos,     np.positive,    ONE)
absolute   = Elementwise("abs",         math.fabs,        np.absolute,    lambda y, x: sign(x))
sign       = Elementwise("sign",        _sign,            np.sign,        flat)
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
logaddexp  = Elementwise("logaddexp",   _logaddexp,       np.logaddexp,   lambda z, x, y: exp(x - z), lambda z, x, y: exp(y - z))
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

relu       = Elementwise("relu",        _relu,            _relus,         lambda y, x: step(x))
sigmoid    = Elementwise("sigmoid",     _sigmoid,         _sigmoids,      lambda y, x: y * sigmoid(-x))
softplus   = Elementwise("softplus",    _softplus,        _softpluses,    lambda y, x: sigmoid(x))

# The winner takes the slope. Two nodes that tie share it; against a constant a tie gives 0, as in relu.
step       = Elementwise("step",        _step,            _steps,         flat)
share      = Elementwise("share",       _share,           _shares,        flat, flat, flat)
beats      = Elementwise("beats",       _beats,           _beaten,        flat, flat, flat)
maximum2   = Elementwise("maximum",     _maximum,         np.maximum,     lambda z, x, y: share(z, x, y), lambda z, x, y: share(z, y, x))
maximum1   = Elementwise("maximum",     _maximum,         np.maximum,     lambda z, x, y: beats(z, x, y), lambda z, x, y: beats(z, y, x))
minimum2   = Elementwise("minimum",     _minimum,         np.minimum,     lambda z, x, y: share(z, x, y), lambda z, x, y: share(z, y, x))
minimum1   = Elementwise("minimum",     _minimum,         np.minimum,     lambda z, x, y: beats(z, x, y), lambda z, x, y: beats(z, y, x))
fmax2      = Elementwise("fmax",        _fmax,            np.fmax,        lambda z, x, y: share(z, x, y), lambda z, x, y: share(z, y, x))
fmax1      = Elementwise("fmax",        _fmax,            np.fmax,        lambda z, x, y: beats(z, x, y), lambda z, x, y: beats(z, y, x))
fmin2      = Elementwise("fmin",        _fmin,            np.fmin,        lambda z, x, y: share(z, x, y), lambda z, x, y: share(z, y, x))
fmin1      = Elementwise("fmin",        _fmin,            np.fmin,        lambda z, x, y: beats(z, x, y), lambda z, x, y: beats(z, y, x))

# A new node for the same data: where one differentiation starts inside another.
identity   = Elementwise("identity",    float,            lambda x: x,    ONE)

# How `chain` is recorded, so that 0 · inf = 0 holds for derivatives of derivatives too.
chain_product = Elementwise("*",        lambda g, d: chain(g, d), lambda g, d: chain(g, d), lambda z, g, d: d, lambda z, g, d: g)
# fmt: on


# --- what is called by more than one row, or is no row --------------------------------------------


def contest(both: Elementwise, one: Elementwise, x: Any, y: Any) -> Any:
    """The row `both` for two nodes, `one` where one side is a constant; entry by entry in arrays."""
    if isinstance(x, Node) and isinstance(y, Node):
        return both(x, y)
    if is_objects(x) or is_objects(y):
        if any(isinstance(v, Node) and v.ndim for v in (x, y)):
            return both(x, y)  # beside a Tensor, an array of Values is a Tensor too
        pair = (np.asarray(v, dtype=object) for v in (x, y))
        return np.frompyfunc(lambda a, b: contest(both, one, a, b), 2, 1)(*pair)
    return one(x, y)


def maximum(x: Any, y: Any) -> Any:
    """max(x, y) entry by entry; NaN if either is. Mirrors `numpy.maximum`.

    The derivative goes to the larger one. Where two nodes tie each gets half; where a node ties
    with a constant it gets 0, as in relu. The same holds for minimum, fmax and fmin.

    >>> import autograd_lite as ag
    >>> x = ag.Value(2.0)
    >>> ag.maximum(x, 1.0).backward()
    >>> x.grad
    1.0
    """
    return contest(maximum2, maximum1, x, y)


def minimum(x: Any, y: Any) -> Any:
    """min(x, y) entry by entry; NaN if either is. Ties as in `maximum`. Mirrors `numpy.minimum`.

    >>> import autograd_lite as ag
    >>> x = ag.Tensor([1.0, 5.0])
    >>> ag.minimum(x, 3.0).sum().backward()
    >>> x.grad
    array([1., 0.])
    """
    return contest(minimum2, minimum1, x, y)


def fmax(x: Any, y: Any) -> Any:
    """max(x, y) ignoring NaN where the other is a number. Mirrors `numpy.fmax`.

    >>> import autograd_lite as ag
    >>> ag.fmax(ag.Value(2.0), float("nan"))
    Value(2.0)
    """
    return contest(fmax2, fmax1, x, y)


def fmin(x: Any, y: Any) -> Any:
    """min(x, y) ignoring NaN where the other is a number. Mirrors `numpy.fmin`.

    >>> import autograd_lite as ag
    >>> ag.fmin(ag.Value(2.0), float("nan"))
    Value(2.0)
    """
    return contest(fmin2, fmin1, x, y)


def clip(x: Any, a_min: Any = None, a_max: Any = None, *, min: Any = None, max: Any = None) -> Any:
    """`x` held between two bounds; None leaves a side open. Mirrors `numpy.clip`.

    The derivative is 1 strictly between constant bounds and 0 elsewhere, the bounds included.

    >>> import autograd_lite as ag
    >>> x = ag.Tensor([-5.0, 0.5, 5.0])
    >>> ag.clip(x, -1.0, 1.0).sum().backward()
    >>> x.grad
    array([0., 1., 0.])
    """
    a_min, a_max = min if a_min is None else a_min, max if a_max is None else a_max
    if a_min is not None:
        x = maximum(x, a_min)
    if a_max is not None:
        x = minimum(x, a_max)
    return positive(x) if a_min is None and a_max is None else x


class Where(Op):
    """x where `condition` holds, else y. The condition is a plain array: it has no derivative."""

    __slots__ = ("condition",)
    name = "where"

    def __init__(self, condition: Any) -> None:
        self.condition = condition

    def forward(self, x: Any, y: Any) -> Any:
        if type(x) is not ndarray and type(y) is not ndarray and self.condition.ndim == 0:
            return float(x if self.condition else y)
        return np.where(self.condition, x, y)

    def vjp(self, i: int, g: Any, out: Any, x: Any, y: Any) -> Any:
        mine = self(g, 0.0) if i == 0 else self(0.0, g)
        return sum_to(mine, shape(out), shape((x, y)[i]))

    def on_objects(self, x: Any, y: Any) -> Any:
        return np.where(self.condition, x, y)

    def saves(self, i: int) -> bool:
        return False


def where(condition: Any, x: Any = None, y: Any = None) -> Any:
    """x where `condition` holds, else y, entry by entry. Mirrors `numpy.where`.

    The branch not taken gets a gradient of exactly 0, even where its own derivative is infinite.
    Without x and y, the places where `condition` holds, as plain integers.

    >>> import autograd_lite as ag
    >>> x = ag.Tensor([0.0, 2.0])
    >>> with np.errstate(divide="ignore"):
    ...     ag.where(x > 0, ag.log(x), 0.0).sum().backward()
    >>> x.grad
    array([0. , 0.5])
    """
    if x is None and y is None:
        return np.nonzero(data(condition))
    mask = array(data(condition))
    if mask.dtype.kind not in "biuf" and not is_comparison(mask):
        raise TypeError(f"'where' was given a condition of dtype {mask.dtype}; it takes booleans")
    # A caller's array may be written to later: it is copied.
    if type(mask) is ndarray or mask.dtype != np.bool_:
        mask = mask.astype(bool)
    return Where(mask)(x, y)


def is_comparison(x: Any) -> bool:
    """Whether `x` is what comparing an array of Values gives: booleans, or nodes, as objects."""
    return x.dtype == object and all(isinstance(item, bool | np.bool_ | Node) for item in x.flat)


def float_power(x: Any, y: Any) -> Any:
    """x ** y in float64. Mirrors `numpy.float_power`."""
    single = isinstance(x, Node) and x.dtype != np.float64
    return power(astype(x, np.float64) if single else x, y)


TABLE: dict[str, Elementwise] = {
    name: row for name, row in list(globals().items()) if isinstance(row, Elementwise)
}
"""Every row by its name in this module."""
