"""SciPy's special functions on nodes: `scipy.special.erf(t)`, `gammaln(t)`, `ndtr(t)`, ...

SciPy's functions are ufuncs, and ask nodes as NumPy's do. Here is the derivative of each, by name;
its numbers are the ufunc's own. Nothing of SciPy is imported before one of its functions is used.

Source: Abramowitz and Stegun (1964), chapters 6, 7 and 9; NIST's Digital Library of Mathematical
Functions, section 10.6, 10.29.
"""

from __future__ import annotations

import importlib
import math
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from ..core.elementwise import Elementwise, absolute, exp, log, log1p, sign, sin, sqrt
from ..core.graph import data
from .branches import where
from .extremes import clip

__all__ = ["special", "special_row"]

ROOT_PI = math.sqrt(math.pi)
ROOT_2PI = math.sqrt(2 * math.pi)
LN10 = math.log(10)


class Special:
    """SciPy's special functions under their names, for the rules below: on nodes and on numbers."""

    def __getattr__(self, name: str) -> Callable[..., Any]:
        ufunc = getattr(importlib.import_module("scipy.special"), name)
        return special_row(ufunc) or ufunc


special: Any = Special()


def gauss(x: Any) -> Any:
    """The density of the standard normal distribution."""
    return exp(-0.5 * x * x) / ROOT_2PI


def gamma_density(z: Any, a: Any, x: Any) -> Any:
    """x^(a−1) e^(−x) / Γ(a), the density whose integral is `gammainc`."""
    return exp(special.xlogy(a - 1, x) - x - special.gammaln(a))


def beta_density(z: Any, a: Any, b: Any, x: Any) -> Any:
    """x^(a−1) (1 − x)^(b−1) / B(a, b), the density whose integral is `betainc`."""
    powers = special.xlogy(a - 1, x) + special.xlog1py(b - 1, -x)
    return exp(powers - special.betaln(a, b))


def t_density(z: Any, v: Any, t: Any) -> Any:
    """The density of Student's t with `v` degrees of freedom."""
    constant = -special.betaln(0.5 * v, 0.5) - 0.5 * log(v)
    return exp(constant - 0.5 * (v + 1) * log1p(t * t / v))


def beta_slope(z: Any, a: Any, b: Any) -> Any:
    """∂/∂a of log B(a, b)."""
    return special.psi(a) - special.psi(a + b)


def near(x: Any, at: float, there: Any, elsewhere: Any) -> Any:
    """`elsewhere(x)`, but `there` where x is `at`, a removable singularity."""
    singular = np.equal(data(x), at)
    return where(singular, there, elsewhere(where(singular, at + 1.0, x)))


def boxcox_slope(x_is: Any, log_is: Any) -> Any:
    """∂/∂λ of (x^λ − 1)/λ, whose limit at λ = 0 is (log x)²/2."""

    def slope(z: Any, x: Any, power: Any) -> Any:
        l = log_is(x)
        return near(power, 0.0, 0.5 * l * l, lambda p: (x_is(x) ** p * (l - 1 / p) + 1 / p) / p)

    return slope


def exprel_slope(y: Any, x: Any) -> Any:
    """∂/∂x of (eˣ − 1)/x, by its series near 0, where the difference would cancel."""
    small = np.abs(data(x)) < 0.5
    h, far = where(small, x, 0.0), where(small, 1.0, x)
    series: Any = 0.0
    for k in range(16, 0, -1):  # Σ k hᵏ⁻¹ / (k + 1)!
        series = series * h + k / math.factorial(k + 1)
    return where(small, series, (exp(far) - (exp(far) - 1) / far) / far)


def unknown(what: str) -> Callable[..., Any]:
    """The rule of a parameter whose derivative has no formula of this kind."""

    def slope(*args: Any) -> Any:
        raise TypeError(
            f"the derivative with respect to {what} is not known here: give it as a plain number"
        )

    return slope


ORDER = unknown("the order of a Bessel function")
SHAPE = unknown("a shape parameter")


RULES: dict[str, tuple[Callable[..., Any], ...]] = {
    "erf": (lambda y, x: 2 / ROOT_PI * exp(-x * x),),
    "erfc": (lambda y, x: -2 / ROOT_PI * exp(-x * x),),
    "erfcx": (lambda y, x: 2 * x * y - 2 / ROOT_PI,),
    "erfinv": (lambda y, x: ROOT_PI / 2 * exp(y * y),),
    "erfcinv": (lambda y, x: -ROOT_PI / 2 * exp(y * y),),
    "dawsn": (lambda y, x: 1 - 2 * x * y,),
    "ndtr": (lambda y, x: gauss(x),),
    "log_ndtr": (lambda y, x: exp(-0.5 * x * x - y) / ROOT_2PI,),
    "ndtri": (lambda y, x: ROOT_2PI * exp(0.5 * y * y),),
    "expit": (lambda y, x: y * special.expit(-x),),
    "logit": (lambda y, x: 1 / (x * (1 - x)),),
    "log_expit": (lambda y, x: special.expit(-x),),
    "gammaln": (lambda y, x: special.psi(x),),
    "loggamma": (lambda y, x: special.psi(x),),
    "gamma": (lambda y, x: y * special.psi(x),),
    "rgamma": (lambda y, x: -y * special.psi(x),),
    "psi": (lambda y, x: special.zeta(2.0, x),),
    "_zeta": (SHAPE, lambda z, s, x: -s * special.zeta(s + 1, x)),
    "beta": (lambda z, a, b: z * beta_slope(z, a, b), lambda z, a, b: z * beta_slope(z, b, a)),
    "betaln": (beta_slope, lambda z, a, b: beta_slope(z, b, a)),
    "gammainc": (SHAPE, gamma_density),
    "gammaincc": (SHAPE, lambda z, a, x: -gamma_density(z, a, x)),
    "betainc": (SHAPE, SHAPE, beta_density),
    "stdtr": (SHAPE, t_density),
    "pdtr": (SHAPE, lambda z, k, m: -gamma_density(z, np.floor(k) + 1.0, m)),
    "xlogy": (lambda z, x, y: log(y), lambda z, x, y: x / y),
    "xlog1py": (lambda z, x, y: log1p(y), lambda z, x, y: x / (1 + y)),
    "entr": (lambda y, x: -1 - log(x),),
    "rel_entr": (lambda z, x, y: log(x / y) + 1, lambda z, x, y: -x / y),
    "kl_div": (lambda z, x, y: log(x / y), lambda z, x, y: 1 - x / y),
    "huber": (
        lambda z, d, r: where(np.abs(data(r)) > data(d), absolute(r) - d, 0.0),
        lambda z, d, r: clip(r, -d, d),
    ),
    "pseudo_huber": (
        lambda z, d, r: 2 * z / d - r * r / (d * sqrt(1 + (r / d) ** 2)),
        lambda z, d, r: r / sqrt(1 + (r / d) ** 2),
    ),
    "boxcox": (lambda z, x, p: x ** (p - 1), boxcox_slope(lambda x: x, log)),
    "boxcox1p": (lambda z, x, p: (1 + x) ** (p - 1), boxcox_slope(lambda x: 1 + x, log1p)),
    "exprel": (exprel_slope,),
    "expm1": (lambda y, x: exp(x),),
    "exp2": (lambda y, x: y * math.log(2),),
    "exp10": (lambda y, x: y * LN10,),
    "log1p": (lambda y, x: 1 / (1 + x),),
    "cosm1": (lambda y, x: -sin(x),),
    "cbrt": (lambda y, x: 1 / (3 * y * y),),
    "spence": (lambda y, x: near(x, 1.0, -1.0, lambda x: log(x) / (1 - x)),),
    "j0": (lambda y, x: -special.j1(x),),
    "j1": (lambda y, x: 0.5 * (special.j0(x) - special.jv(2.0, x)),),
    "jv": (ORDER, lambda z, v, x: 0.5 * (special.jv(v - 1, x) - special.jv(v + 1, x))),
    "y0": (lambda y, x: -special.y1(x),),
    "y1": (lambda y, x: 0.5 * (special.y0(x) - special.yv(2.0, x)),),
    "yv": (ORDER, lambda z, v, x: 0.5 * (special.yv(v - 1, x) - special.yv(v + 1, x))),
    "i0": (lambda y, x: special.i1(x),),
    "i1": (lambda y, x: 0.5 * (special.i0(x) + special.iv(2.0, x)),),
    "iv": (ORDER, lambda z, v, x: 0.5 * (special.iv(v - 1, x) + special.iv(v + 1, x))),
    "i0e": (lambda y, x: special.i1e(x) - sign(x) * y,),
    "i1e": (lambda y, x: 0.5 * (special.i0e(x) + special.ive(2.0, x)) - sign(x) * y,),
    "ive": (
        ORDER,
        lambda z, v, x: 0.5 * (special.ive(v - 1, x) + special.ive(v + 1, x)) - sign(x) * z,
    ),
    "k0": (lambda y, x: -special.k1(x),),
    "k1": (lambda y, x: -0.5 * (special.k0(x) + special.kv(2.0, x)),),
    "kv": (ORDER, lambda z, v, x: -0.5 * (special.kv(v - 1, x) + special.kv(v + 1, x))),
}


class OfSciPy(Elementwise):
    """A row whose numbers are those of one of SciPy's functions."""

    __slots__ = ()

    def __reduce__(self) -> tuple[Any, ...]:
        return row_named, (self.on_arrays.__name__,)


def row_named(name: str) -> Elementwise:
    """The row of SciPy's function of that name."""
    row = special_row(getattr(importlib.import_module("scipy.special._ufuncs"), name))
    assert row is not None
    return row


ROWS: dict[Any, Elementwise] = {}


def special_row(ufunc: Any) -> Elementwise | None:
    """The row of one of SciPy's functions; None if it is none of them or has no rule here."""
    if ufunc in ROWS:
        return ROWS[ufunc]
    name = getattr(ufunc, "__name__", "")
    home = sys.modules.get("scipy.special._ufuncs")
    if name not in RULES or getattr(home, name, None) is not ufunc:
        return None
    assert ufunc is not None
    ROWS[ufunc] = OfSciPy(name.strip("_"), ufunc, ufunc, *RULES[name])
    return ROWS[ufunc]
