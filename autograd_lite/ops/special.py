"""The cardinal sine, the Bessel function I₀ and the error function.

NumPy has the first two, but none of their derivatives, which are integrals. Each is a row whose
partial derivative is the row of the next order: to differentiate n times is to evaluate the n-th
integral, at 0 too. The error function NumPy has not; its derivative is a Gaussian.
"""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import numpy as np

from ..core.elementwise import Elementwise, exp
from .inputs import array

__all__ = ["erf", "i0", "sinc"]


def _sinc(n: int, x: Any) -> Any:
    """∫₀¹ tⁿ cos(ut + nπ/2) dt at u = πx: the n-th derivative of sin u / u.

    Far from 0 the recurrence that partial integration gives, s_n = (sin(u + nπ/2) − n s_{n−1}) / u,
    is exact; near 0 it cancels, and the power series is summed.
    """
    u = array(np.pi * array(x))
    near = np.abs(u) < n + 1.5
    safe = np.where(near, 1.0, u)
    far = np.sin(safe) / safe
    for k in range(1, n + 1):
        far = (np.sin(safe + k * np.pi / 2) - k * far) / safe
    v = np.where(near, u, 0.0)
    series = np.zeros_like(v)
    for k in range((n + 1) // 2, (n + 1) // 2 + 24):
        factor = math.prod(range(2 * k - n + 1, 2 * k + 1)) / math.factorial(2 * k + 1)
        series = series + (-1) ** k * factor * v ** (2 * k - n)
    return np.where(near, series, far).astype(u.dtype)


class OfOrder(Elementwise):
    """The n-th derivative of a function as a row of its own, made when it is first asked for."""

    __slots__ = ("made_by",)

    def __init__(self, made_by: Any, n: int, *row: Any) -> None:
        super().__init__(*row)
        self.made_by = made_by, (n,)

    def __reduce__(self) -> tuple[Any, ...]:
        return self.made_by


@cache
def sinc_of_order(n: int) -> Elementwise:
    """The n-th derivative of sin u / u at u = πx; its own derivative is π times the next."""

    def values(x: Any) -> Any:
        return np.sinc(x) if n == 0 else _sinc(n, x)

    def slope(y: Any, x: Any) -> Any:
        return math.pi * sinc_of_order(n + 1)(x)

    return OfOrder(sinc_of_order, n, "sinc" + "′" * n, values, values, slope)


def sinc(x: Any) -> Any:
    """sin(πx) / (πx), 1 at 0; derivatives of every order exact, at 0 too. Mirrors `numpy.sinc`.

    >>> import autograd_lite as ag
    >>> print(f"{ag.grad(ag.grad(ag.sinc))(0.0):.6f}")  # −π²/3
    -3.289868
    """
    return sinc_of_order(0)(x)


def _i0(n: int, x: Any) -> Any:
    """1/π ∫₀^π exp(x cos θ) cosⁿθ dθ: the n-th derivative of I₀.

    The integrand is periodic, so the rectangle rule gains digits exponentially in the points.
    """
    x = array(x)
    largest = np.max(np.where(np.isfinite(x), np.abs(x), 0), initial=0.0)
    points = 32 + n + 2 * int(np.minimum(largest, 800.0).astype(int))
    slope = np.cos((np.arange(points) + 0.5) * (np.pi / points))
    total = np.zeros(x.shape)
    for s in slope:
        total = total + np.exp(x * s) * s**n
    return (total / points).astype(x.dtype)


@cache
def i0_of_order(n: int) -> Elementwise:
    """The n-th derivative of I₀."""

    def values(x: Any) -> Any:
        return np.i0(x).astype(array(x).dtype) if n == 0 else _i0(n, x)

    def slope(y: Any, x: Any) -> Any:
        return i0_of_order(n + 1)(x)

    return OfOrder(i0_of_order, n, "i0" + "′" * n, values, values, slope)


def i0(x: Any) -> Any:
    """The modified Bessel function I₀; derivatives of every order. Mirrors `numpy.i0`.

    >>> import autograd_lite as ag
    >>> ag.grad(ag.grad(ag.i0))(0.0)
    0.5
    """
    return i0_of_order(0)(x)


# --- the error function ---------------------------------------------------------------------------

STEPS = 64  # points of the table between 0 and 1
PLACES = np.arange(-6.0 * STEPS, 6 * STEPS + 1)
VALUES = np.array([math.erf(k / STEPS) for k in PLACES])


def erf_of_arrays(x: Any) -> Any:
    """(2/√π) ∫₀ˣ e^(−t²) dt, by Taylor's series from the nearest point of a table.

    The derivatives of erf are those of a Gaussian: Hermite's polynomials times e^(−t²). At a
    distance of at most 1/128 nine of them are enough for all digits; beyond ±6 erf is ±1.
    """
    x = np.clip(x, -6.0, 6.0)
    nearest = np.rint(np.where(np.isnan(x), 0.0, x) * STEPS)
    at = nearest / STEPS
    h = x - at
    before, hermite, power, total = 0.0, 1.0, h, 0.0 * h
    for n in range(9):
        total = total + hermite * power
        before, hermite = hermite, 2 * at * hermite - 2 * n * before
        power = power * -h / (n + 2)
    start = np.interp(nearest, PLACES, VALUES).astype(x.dtype)
    return start + 2 / math.sqrt(math.pi) * np.exp(-at * at) * total


erf_of_arrays.__name__ = "erf"
erf = Elementwise(
    "erf",
    math.erf,
    erf_of_arrays,
    lambda y, x: 2 / math.sqrt(math.pi) * exp(-x * x),
    words="(2/√π) ∫₀ˣ e^(−t²) dt, the error function",
)
