"""The elementwise operations: one row each, and a row is calculus and nothing else.

To add an operation, add a row: NumPy's dispatch, higher derivatives, drawings, documentation and
tests pick it up. The chain rule and un-broadcasting are written here, once, for all rows. What
happens at kinks, poles and outside the domain is decided in the documented conventions: at a kink
the subgradient of least norm, at a pole the limit, outside the domain NaN.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .graph import Node, ZeroTimesInfinity, data
from .operation import Op, shape

__all__ = ["ONE", "TABLE", "Elementwise"]

PLAIN = (float, int, np.ndarray, np.generic)
TABLE: dict[str, Elementwise] = {}
"""Every row by the name it has in its module."""
ONE = type("ONE", (), {"__repr__": lambda self: "ONE"})()
"""The partial derivative that is 1 everywhere: the cotangent passes unchanged."""


class Elementwise(Op):
    """y_k = f(x_k, ...) for every entry k, with NumPy's broadcasting; and ∂y/∂x_i as a function.

    A row has a name, the function on floats, the function on arrays (a NumPy ufunc given a node is
    answered by the row), and one partial derivative per input, of the result and the inputs. And
    what else there is to know: `words` says what it computes, x being the first input and y the
    next; `shares` makes the shares of all inputs at once, where that is cheaper; `chooses` is for
    rows that choose among their inputs, or among pieces that are constant.
    """

    computes = True

    def __init__(
        self, name: str, on_floats: Callable[..., Any], on_arrays: Callable[..., Any],
        *partials: Any, words: str = "", write: str = "",
        shares: Callable[..., Any] | None = None,
        chooses: bool = False,
    ) -> None:  # fmt: skip
        self.name, self.words, self.write, self.shares = name, words, write, shares
        self.on_floats, self.on_arrays, self.partials = on_floats, on_arrays, partials
        self.chooses = chooses or flat in partials  # type: ignore[misc]

    def forward(self, *inputs: Any) -> Any:
        if len(inputs) != len(self.partials):  # NumPy would write into one too many
            count = len(self.partials)
            raise TypeError(f"'{self.name}' takes {count} inputs, {len(inputs)} were given")
        if any(hasattr(x, "__array_function__") for x in inputs):
            return np.asarray(self.on_arrays(*inputs))
        try:
            return float(self.on_floats(*inputs))
        except (ArithmeticError, ValueError):
            # Where Python's math raises, IEEE 754 has a result and NumPy a warning.
            return float(self.on_arrays(*inputs))

    def vjp(self, i: int, g: Any, out: Any, *inputs: Any) -> Any:
        return sum_to(chain(g, self.slope(i, out, *inputs)), shape(out), shape(inputs[i]))

    def pulled(self, absent: Any, i: int, g: Any, out: Any, *inputs: Any) -> Any:
        d = self.slope(i, out, *inputs)
        # The slope is selected, not the product: then it has no slope of its own there either.
        product = chain(g, d if absent is None or d is ONE else Selected(np.logical_not(absent))(d))
        if absent is None and has_lost(data(g), data(product)):
            raise ZeroTimesInfinity
        return sum_to(product, shape(out), shape(inputs[i]))

    def vjps(self, g: Any, out: Any, *inputs: Any) -> Sequence[Any] | None:
        return self.shares(g, out, *inputs) if self.shares and shape(out) else None

    def spelling(self, *inputs: Any) -> str:
        return self.write or f"{self.name}({', '.join(['{}'] * len(self.partials))})"

    def slope(self, i: int, out: Any, *inputs: Any) -> Any:
        """∂out/∂input i, entry by entry; `ONE` where it is 1 everywhere."""
        try:
            return ONE if self.partials[i] is ONE else self.partials[i](out, *inputs)
        except (ArithmeticError, ValueError):  # a pole of Python's floats: arrays follow IEEE 754
            d = self.partials[i](*map(as_vector, (out, *inputs)))
            one = shape(d) == (1,) and not shape(out)
            return (d.item() if type(d) is np.ndarray else d[0]) if one else d


def as_vector(x: Any) -> Any:
    """A number, also in an array without axes, as a vector, which divides by 0."""
    return x if isinstance(x, Node) or shape(x) else np.reshape(x, 1)


def chain(g: Any, d: Any) -> Any:
    """g · d, the cotangent times a local derivative. What 0 · inf is, the sweep finds: see `zeros`."""
    plain = isinstance(g, PLAIN) and isinstance(d, PLAIN)
    return g * d if plain else g if d is ONE else chained(g, d)


def has_lost(g: Any, product: Any) -> bool:
    """Whether a 0 of `g` came out as NaN."""
    return isinstance(product, PLAIN) and bool(np.any(np.isnan(product) & np.equal(g, 0)))


def weighed(g: Any, d: Any) -> Any:
    """g · d, and 0 where g is 0, whatever d."""
    with np.errstate(invalid="ignore"):
        product = np.where(np.equal(g, 0), 0 * np.asarray(g), np.multiply(g, d))
    return product if shape(product) else product.item()


class Selected(Op):
    """x where `mask` holds, else 0, whatever x is there."""

    mask: Any
    name, linear = "where", True

    def forward(self, x: Any) -> Any:
        out = np.where(self.mask, x, np.zeros((), getattr(x, "dtype", float)))
        return out if shape(out) or type(x) is not float else out.item()

    def vjp(self, i: int, g: Any, out: Any, x: Any) -> Any:
        return sum_to(Selected(self.mask)(g), shape(out), shape(x))


def sum_to(g: Any, old: tuple[int, ...], new: tuple[int, ...]) -> Any:
    """The cotangent `g` of a result of shape `old`, summed to an input's shape `new`.

    Un-broadcasting: what was copied going forward adds up going back. `old` must be known as well
    as `new`: without it the seeds in front would be summed away.
    """
    return g if old == new else summed(g, old, new)


def summed(g: Any, old: tuple[int, ...], new: tuple[int, ...]) -> Any:
    """As `sum_to`, where there is something to be summed."""
    if hasattr(g, "sum_to"):  # a node's is recorded
        return g.sum_to(old, new)
    if np.ndim(g) == 2 == len(old) and g.size > 256:  # a bias: BLAS takes a quarter of the time
        if new == old[1:]:
            return np.ones(old[0], g.dtype).dot(g)
        if new == (old[0], 1):
            return g.dot(np.ones((old[1], 1), g.dtype))
    total = np.add.reduce(g, copied_axes(old, new), keepdims=True)  # an array, of one number too
    return np.reshape(total, shape(g)[: len(shape(g)) - len(old)] + new)


def copied_axes(old: tuple[int, ...], new: tuple[int, ...]) -> tuple[int, ...]:
    """The axes, counted from the end, along which broadcasting `new` to `old` copies."""
    n = len(old)
    before = (-1,) * (n - len(new)) + new
    return tuple(i - n for i in range(n) if before[i] != old[i])


# --- functions and partial derivatives that are more than a line ---------------------------------


def raised_float(x: float, y: float) -> float:
    """x^y; √x for y = ½, which of −∞ is NaN, where `math.pow` says ∞."""
    return math.sqrt(x) if y == 0.5 else math.pow(x, y)


def raised(x: Any, y: Any) -> Any:
    """x^y. The operator takes short ways, x * x for x ** 2, but of two floats it would make a
    complex number of a negative base."""
    if hasattr(x, "__array_function__") or shape(y):
        return x**y
    return np.sqrt(x) if y == 0.5 else np.power(x, float(y))  # of −∞ NaN, not inf


def flat(y: Any, *x: Any) -> Any:
    """0 where the function is constant; NaN where its value is NaN."""
    return 0 * sign(y)


def all_finite(y: Any) -> bool:
    """Whether all data of `y` is finite; False when in doubt, as where squares overflow."""
    y = data(y)
    return math.isfinite(np.vdot(y, y)) if type(y) is np.ndarray else bool(np.all(np.isfinite(y)))


def lifted(x: Any, at: Any, by: float = 1.0) -> Any:
    """`x`, and x + `by` at the entries where a condition holds."""
    if not (at if type(at) is bool else np.any(at)):
        return x
    return x + (np.where(at, by, -np.zeros_like(data(x))) if shape(at) else by)  # −0 changes none


def inside(y: Any, x: Any) -> Any:
    """`x` where it is ≥ 0, inside the domain; NaN elsewhere, so that no slope is given there."""
    if all_finite(y):
        return x
    x = x + 0.0  # −0 + 0 is 0
    return lifted(x, data(x) < 0, math.nan)


def remainder_slope(z: Any, d: Any) -> Any:
    """`d`; NaN where there is no remainder, as of a division by 0."""
    return d if all_finite(z) else d + flat(z)


def power_base(z: Any, x: Any, y: Any) -> Any:
    """y · x^(y−1); at x = y = 0, where that would be 0 · inf, 0."""
    return y * power(lifted(x, (data(x) == 0) & (data(y) == 0)), y - 1)


def power_exponent(z: Any, x: Any, y: Any) -> Any:
    """z · log x; 0 for 0^y with y ≥ 0; NaN for a negative base."""
    return z * log(lifted(x, (data(x) == 0) & (data(y) >= 0)))


def hypot_slope(z: Any, x: Any, y: Any) -> Any:
    """x/z; 0 at x = y = 0, the subgradient of least norm."""
    return cornered(x / lifted(z, data(z) == 0, math.inf), z)


def cornered(slope: Any, y: Any) -> Any:
    """`slope`, which is 0 by convention where y = 0, and has no slope there."""
    return slope + corner(y) if np.any(np.equal(data(y), 0)) else slope


def quotient_slope(z: Any, x: Any, y: Any) -> Any:
    """1/y; NaN where a quotient of numbers is none, as 0/0."""
    if type(z) is float:
        return 1 / y if z == z or x != x else z
    if all_finite(z):
        return 1 / y
    return lifted(1 / y, np.isnan(data(z)) > np.isnan(data(x)), math.nan)  # NaN, and x is none


def quotient(g: Any, z: Any, x: Any, y: Any) -> tuple[Any, Any] | None:
    """dx = dz / y and dy = −Σ z dx, a division less, for z = x / y with a y that was broadcast.

    The sum in a softmax is such a y. None for any other, and where a term is not finite.
    """
    if z.shape == shape(y) or not z.shape == shape(x) == shape(g):
        return None
    dx = g / y
    dy = -sum_to(dx * z, z.shape, shape(y))
    return (dx, dy) if all_finite(dy) else None


# --- the table -----------------------------------------------------------------------------------

LN2, LN10 = math.log(2), math.log(10)
# fmt: off
# row                     name          on floats         on arrays       ∂ result / ∂ input, one each

add        = Elementwise("+",           operator.add,     np.add,         ONE, ONE, write="{} + {}", words="x + y")
subtract   = Elementwise("-",           operator.sub,     np.subtract,    ONE, lambda z, x, y: -1.0, write="{} − {}", words="x − y")
multiply   = Elementwise("*",           operator.mul,     np.multiply,    lambda z, x, y: y, lambda z, x, y: x, write="{} · {}", words="x · y")
divide     = Elementwise("/",           operator.truediv, np.divide,      quotient_slope, lambda z, x, y: z / -y, write="{} / {}", words="x / y", shares=quotient)
power      = Elementwise("**",          raised_float,     raised,         power_base, power_exponent, write="{}**{}", words="x^y; NaN for the root of a negative number")

mod        = Elementwise("%",           np.mod,           np.mod,         lambda z, x, y: remainder_slope(z, 1.0), lambda z, x, y: remainder_slope(z, -floor(x / y)), write="{} mod {}", words="x − y · ⌊x / y⌋, with the sign of y", chooses=True)

negative   = Elementwise("neg",         operator.neg,     np.negative,    lambda y, x: -1.0, write="−{}", words="−x")
positive   = Elementwise("pos",         operator.pos,     np.positive,    ONE, write="+{}", words="x itself")
absolute   = Elementwise("abs",         math.fabs,        np.absolute,    lambda y, x: sign(x), write="|{}|", words="|x|")
sign       = Elementwise("sign",        lambda x: x if x != x else float((x > 0) - (x < 0)),          np.sign,        flat, words="−1, 0 or 1, the sign of x; derivative 0")

floor      = Elementwise("floor",       np.floor,         np.floor,       flat, words="the largest whole number not above x; derivative 0")
ceil       = Elementwise("ceil",        np.ceil,          np.ceil,        flat, words="the least whole number not below x; derivative 0")
trunc      = Elementwise("trunc",       np.trunc,         np.trunc,       flat, words="x without its decimals; derivative 0")
rint       = Elementwise("rint",        np.rint,          np.rint,        flat, words="x rounded to a whole number, halves to even; derivative 0")
exp        = Elementwise("exp",         math.exp,         np.exp,         lambda y, x: y, words="exp x")
exp2       = Elementwise("exp2",        math.exp2,        np.exp2,        lambda y, x: LN2 * y, words="2^x")
expm1      = Elementwise("expm1",       math.expm1,       np.expm1,       lambda y, x: exp(x), words="exp x − 1, exact near 0")
log        = Elementwise("log",         math.log,         np.log,         lambda y, x: 1 / inside(y, x), words="log x, to the base e")
log2       = Elementwise("log2",        math.log2,        np.log2,        lambda y, x: 1 / inside(y, x) / LN2, words="log x, to the base 2")
log10      = Elementwise("log10",       math.log10,       np.log10,       lambda y, x: 1 / inside(y, x) / LN10, words="log x, to the base 10")
log1p      = Elementwise("log1p",       math.log1p,       np.log1p,       lambda y, x: 1 / inside(y, 1 + x), words="log(1 + x), exact near 0")
sqrt       = Elementwise("sqrt",        math.sqrt,        np.sqrt,        lambda y, x: 0.5 / y, words="√x; derivative inf at 0, NaN below")
cbrt       = Elementwise("cbrt",        math.cbrt,        np.cbrt,        lambda y, x: 1 / (3 * y * y), words="∛x, of negative numbers too")
square     = Elementwise("square",      lambda x: x * x,  np.square,      lambda y, x: 2 * x, words="x²")
reciprocal = Elementwise("reciprocal",  lambda x: 1 / x,  np.reciprocal,  lambda y, x: -y * y, words="1 / x")

sin        = Elementwise("sin",         math.sin,         np.sin,         lambda y, x: cos(x), words="sin x, x in radians")
cos        = Elementwise("cos",         math.cos,         np.cos,         lambda y, x: -sin(x), words="cos x, x in radians")
tan        = Elementwise("tan",         math.tan,         np.tan,         lambda y, x: 1 + y * y, words="sin x / cos x, x in radians")
arcsin     = Elementwise("arcsin",      math.asin,        np.arcsin,      lambda y, x: 1 / sqrt((1 - x) * (1 + x)), words="the angle in [−π/2, π/2] whose sine is x")
arccos     = Elementwise("arccos",      math.acos,        np.arccos,      lambda y, x: -1 / sqrt((1 - x) * (1 + x)), words="the angle in [0, π] whose cosine is x")
arctan     = Elementwise("arctan",      math.atan,        np.arctan,      lambda y, x: 1 / (1 + x * x), words="the angle in (−π/2, π/2) whose tangent is x")
arctan2    = Elementwise("arctan2",     math.atan2,       np.arctan2,     lambda z, y, x: x / hypot(x, y) / hypot(x, y), lambda z, y, x: -y / hypot(x, y) / hypot(x, y), words="the angle in (−π, π] of the point with ordinate x and abscissa y")
hypot      = Elementwise("hypot",       math.hypot,       np.hypot,       lambda z, x, y: hypot_slope(z, x, y), lambda z, x, y: hypot_slope(z, y, x), words="√(x² + y²), without overflow")
sinh       = Elementwise("sinh",        math.sinh,        np.sinh,        lambda y, x: cosh(x), words="(exp x − exp(−x)) / 2")
cosh       = Elementwise("cosh",        math.cosh,        np.cosh,        lambda y, x: sinh(x), words="(exp x + exp(−x)) / 2")
tanh       = Elementwise("tanh",        math.tanh,        np.tanh,        lambda y, x: 1 - y * y, words="sinh x / cosh x")
arcsinh    = Elementwise("arcsinh",     math.asinh,       np.arcsinh,     lambda y, x: 1 / hypot(x, 1.0), words="log(x + √(x² + 1)), the number whose sinh is x")
arccosh    = Elementwise("arccosh",     math.acosh,       np.arccosh,     lambda y, x: 1 / (sqrt(x - 1) * sqrt(x + 1)), words="log(x + √(x² − 1)), the number from 0 on whose cosh is x")
arctanh    = Elementwise("arctanh",     math.atanh,       np.arctanh,     lambda y, x: 1 / inside(y, (1 - x) * (1 + x)), words="½ log((1 + x) / (1 − x)), the number whose tanh is x")
deg2rad    = Elementwise("deg2rad",     math.radians,     np.deg2rad,     lambda y, x: math.pi / 180, words="x · π / 180")
rad2deg    = Elementwise("rad2deg",     math.degrees,     np.rad2deg,     lambda y, x: 180 / math.pi, words="x · 180 / π")

# A new node for the same data: where one differentiation starts inside another.
identity   = Elementwise("identity",    float,            lambda x: x,    ONE, write="{}")
# How `chain` is recorded; and a weight, as in t · log h, where 0 · inf is 0.
chained    = Elementwise("*",           operator.mul,     np.multiply,    lambda z, g, d: d, lambda z, g, d: g, write="{} · {}")
chain_product = Elementwise("*",        weighed,          weighed,        lambda z, g, d: d, lambda z, g, d: g, chooses=True, write="{} · {}")
# The slope at a corner, 0 by convention, which has no slope itself.
corner     = Elementwise("corner",      lambda y: 0.0 if y == y else y, lambda y: 0 * np.sign(y),  lambda z, y: lifted(z, data(y) == 0, math.nan), chooses=True)
# fmt: on


def rows(names: dict[str, Any]) -> dict[str, Elementwise]:
    """The rows among the names of a module."""
    return {name: row for name, row in names.items() if isinstance(row, Elementwise)}


TABLE.update(rows(globals()))
