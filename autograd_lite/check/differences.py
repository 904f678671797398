"""Difference quotients: derivatives from values of the function alone, with the error in them.

Always float64. A central difference has the step ε^(1/3)·max(1, |x|), divided by the step as it is
stored; its error is that of the formula plus that of the rounding of f, and the second part is
returned with it. `steadiest` looks for the step at which both are small.

Source: Press et al., *Numerical Recipes* (2007), section 5.7; Squire and Trapp, "Using complex
variables to estimate derivatives of real functions", SIAM Review 40 (1998); the choice of the step
is that of a bandwidth in Lepski, "On a problem of adaptive estimation" (1990).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = [
    "EPS",
    "Function",
    "Steady",
    "central",
    "complex_step",
    "difference",
    "direction",
    "progress",
    "richardson",
    "slopes",
    "steadiest",
    "step_of",
]

EPS = float(np.finfo(float).eps)
Function = Callable[[np.ndarray], np.ndarray]


def step_of(x: np.ndarray, power: float = 1 / 3) -> np.ndarray:
    """The step for every entry: ε^power · max(1, |x|)."""
    return EPS**power * np.fmax(1.0, np.abs(x))


def around(f: Function, x: np.ndarray, j: int, h: float) -> tuple[np.ndarray, np.ndarray, float]:
    """f(x + h e_j), f(x − h e_j), and how far apart the two points are as stored."""
    up, down = x.copy(), x.copy()
    up[j] += h
    down[j] -= h
    width = float(up[j] - down[j])
    return f(up), f(down), width if np.isfinite(width) else 2 * h  # NaN, which nanmean passes over


def difference(
    f: Function, x: np.ndarray, j: int, h: float, noise: Any = 0.0
) -> tuple[np.ndarray, np.ndarray]:
    """(f(x + h e_j) − f(x − h e_j)) / 2h for flat `x`, and the rounding error in it.

    `noise` is an error known to be in every value of f, beside the rounding of the value itself.
    """
    a, b, width = around(f, x, j, h)
    with np.errstate(all="ignore"):
        rounding = np.maximum(8 * EPS * np.maximum(np.abs(a), np.abs(b)), 2 * np.asarray(noise))
        return (a - b) / width, rounding / width


def richardson(
    f: Function, x: np.ndarray, j: int, h: float, noise: Any = 0.0
) -> tuple[np.ndarray, np.ndarray]:
    """(4 D(h/2) − D(h)) / 3: the h² term of the error drops out."""
    wide, _ = difference(f, x, j, h, noise)
    half, rounding = difference(f, x, j, h / 2, noise)
    with np.errstate(all="ignore"):
        return (4 * half - wide) / 3, 2 * rounding


def central(
    f: Function,
    x: np.ndarray,
    method: str = "central",
    noise: Any = 0.0,
) -> tuple[np.ndarray, np.ndarray]:
    """Every entry's derivative, from two values of f (four for "richardson"), and its rounding.

    Both have the shape `(outputs, entries)`.

    >>> central(lambda x: np.array([x[0] ** 2]), np.array([3.0]))[0].round(6)
    array([[6.]])
    """
    rule = richardson if method == "richardson" else difference
    steps = step_of(x, 1 / 5 if method == "richardson" else 1 / 3)
    columns = [rule(f, x, j, float(steps[j]), noise) for j in progress(range(x.size), x.size)]
    if not columns:
        return np.zeros((f(x).size, 0)), np.zeros((f(x).size, 0))
    values, rounding = zip(*columns, strict=True)
    return np.stack(values, -1), np.stack(rounding, -1)


def complex_step(f: Function, x: np.ndarray) -> np.ndarray:
    """Im f(x + ih e_j) / h: no difference is taken, so h = 1e-30 loses nothing."""
    h = 1e-30
    columns = []
    for j in progress(range(x.size), x.size):
        away = x.astype(complex)
        away[j] += 1j * h
        columns.append(np.imag(f(away)) / h)
    return np.stack(columns, -1) if columns else np.zeros((np.size(f(x.astype(complex))), 0))


def slopes(f: Function, x: np.ndarray, j: int, h: float) -> tuple[np.ndarray, np.ndarray]:
    """The slope to the left and the slope to the right of x_j."""
    here = f(x)
    up, down = x.copy(), x.copy()
    up[j] += h
    down[j] -= h
    with np.errstate(all="ignore"):
        return (here - f(down)) / (x[j] - down[j]), (f(up) - here) / (up[j] - x[j])


def direction(
    f: Function, x: np.ndarray, v: np.ndarray, noise: Any = 0.0
) -> tuple[np.ndarray, np.ndarray]:
    """The derivative along `v`, from two values of f, and the rounding error in it."""
    h = EPS ** (1 / 3) * max(1.0, float(np.sqrt(np.mean(x * x))) if x.size else 1.0)
    h /= max(1.0, float(np.abs(v).max()) if v.size else 1.0)
    up, down = f(x + h * v), f(x - h * v)
    with np.errstate(all="ignore"):
        rounding = np.maximum(8 * EPS * np.maximum(np.abs(up), np.abs(down)), 2 * np.asarray(noise))
        return (up - down) / (2 * h), rounding / (2 * h)


@dataclass
class Steady:
    """A derivative in one entry at the best step for each output: value, error and step."""

    value: np.ndarray
    error: np.ndarray
    step: np.ndarray


DECADES = range(-2, 10)
FAR = range(1, 6)


def ladder(x: float, usual: float, scales: Iterable[float]) -> list[float]:
    """Steps from 100 times the usual one down to 1e-9 of it, and parts of each of the scales."""
    steps = {usual * 10.0**-k for k in DECADES}
    for scale in {abs(x), *scales}:
        if 0 < scale < np.inf:
            steps |= {scale * 10.0**-k for k in FAR}
    kept: list[float] = []
    for h in sorted(steps):
        if x + h != x - h and h > 1e-307 and (not kept or h > 2 * kept[-1]):
            kept.append(h)
    return kept


def steadiest(
    f: Function, x: np.ndarray, j: int, noise: Any = 0.0, scales: Iterable[float] = ()
) -> Steady:
    """Entry j at the step where the difference is steadiest, and the error that remains.

    At each of many steps h there is a value, by differences at h and h/2, and an interval around
    it: their spread and the rounding of f. However small the step, the interval holds the
    derivative; at a wide one it does for as long as f is smooth that far. So the steps are gone up
    from the smallest for as long as the intervals have a number in common, and the narrowest of
    these counts. A step wider than all that f does (1 to tanh(1e9 x), 10 to exp(−x²)) gives a
    steady slope too, of nothing: its interval contradicts those before it. The choice looks at f
    alone, never at a gradient to be checked; `scales` only says how small steps may have to be.
    """
    found: list[tuple[float, np.ndarray, np.ndarray]] = []
    with np.errstate(all="ignore"):
        for h in ladder(float(x[j]), float(step_of(x)[j]), scales):
            wide, _ = difference(f, x, j, h, noise)
            half, rounding = difference(f, x, j, h / 2, noise)
            value = (4 * half - wide) / 3
            error = np.abs(half - wide) + 2 * rounding
            found.append((h, value, np.where(np.isfinite(value), error, np.inf)))
        outputs = f(x).size
        if not found:
            nothing = np.full(outputs, np.nan)
            return Steady(nothing, np.full(outputs, np.inf), nothing)
        steps = np.array([h for h, _, _ in found])
        values = np.array([v for _, v, _ in found])
        errors = np.array([e for _, _, e in found])
        errors = np.where(np.isfinite(errors), errors, np.inf)
        rows = [narrowest(values[:, k], errors[:, k]) for k in range(outputs)]
    at = np.array(rows), np.arange(outputs)
    return Steady(values[at], errors[at], steps[at[0]])


def narrowest(values: np.ndarray, errors: np.ndarray) -> int:
    """The place of the narrowest interval among those that agree, from the first one up.

    Runs of intervals with a common number are looked at in turn. One or two that nothing else
    agrees with are chance: where the noise of f is underestimated, values at the smallest steps are
    scattered. Of a function that jumps no run is long; then the narrowest interval of all counts.
    """
    best, length = -1, 0
    low, high = -np.inf, np.inf
    for k, (value, error) in enumerate(zip(values, errors, strict=True)):
        if not np.isfinite(error):
            continue
        low_, high_ = max(low, value - error), min(high, value + error)
        if low_ > high_:
            if length >= 3:
                return best
            best, length = -1, 0
            low_, high_ = value - error, value + error
        low, high, length = low_, high_, length + 1
        if best < 0 or error < errors[best]:
            best = k
    return best if length >= 3 else int(errors.argmin())


def progress(items: Iterable[int], total: int) -> Iterator[int]:
    """The items, with a progress bar (tqdm, where it is installed) once two seconds have passed."""
    start, bar = time.perf_counter(), None
    try:
        for done, item in enumerate(items):
            if bar is None and time.perf_counter() - start > 2:
                start = float("inf")
                bar = _bar(total, done)
            yield item
            if bar is not None:
                bar.update(1)
    finally:
        if bar is not None:
            bar.close()


def _bar(total: int, done: int) -> Any:
    try:
        from tqdm import tqdm
    except ImportError:
        return None
    return tqdm(total=total, initial=done, desc="numerical gradient", leave=False)
