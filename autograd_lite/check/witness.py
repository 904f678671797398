"""The numerical witness: derivatives from values of the function alone.

Always float64. The central difference has the step ε^(1/3)·max(1, |x|), divided by the step as it
is stored; its error is that of the formula plus that of the rounding of f, ε·|f|/step, and the
second part is returned too, so that a comparison asks no more of it than it can know. Where the
result is suspect (log at 1e-6 leaves its domain, a kink lies inside the step), `refine` looks for
the step at which it is steady.

Source: Press et al., *Numerical Recipes* (2007), section 5.7; Squire and Trapp, "Using complex
variables to estimate derivatives of real functions", SIAM Review 40 (1998).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = ["METHODS", "Witness", "central", "direction", "progress", "refine", "slopes", "step_of"]

EPS = float(np.finfo(float).eps)
METHODS = ("central", "richardson", "complex")
Function = Callable[[np.ndarray], np.ndarray]


@dataclass
class Witness:
    """The numerical gradient with what is known about it.

    `values` and `noise` have shape `(outputs, entries)`: the derivative and the error that the
    rounding of f puts into it. NaN stands for an entry that was not computed.
    """

    values: np.ndarray
    noise: np.ndarray
    method: str
    step: float


def step_of(x: np.ndarray, power: float = 1 / 3) -> np.ndarray:
    """The step for every entry: ε^power · max(1, |x|)."""
    return EPS**power * np.maximum(1.0, np.abs(x))


def difference(f: Function, x: np.ndarray, j: int, h: float) -> tuple[np.ndarray, np.ndarray]:
    """(f(x + h e_j) − f(x − h e_j)) / 2h for flat `x`, and the rounding error in it."""
    up, down = x.copy(), x.copy()
    up[j] += h
    down[j] -= h
    width = up[j] - down[j]
    a, b = f(up), f(down)
    with np.errstate(all="ignore"):
        noise = 8 * EPS * np.maximum(np.abs(a), np.abs(b)) / width
        return (a - b) / width, noise


def richardson(f: Function, x: np.ndarray, j: int, h: float) -> tuple[np.ndarray, np.ndarray]:
    """(4 D(h/2) − D(h)) / 3: the h² term of the error drops out."""
    wide, _ = difference(f, x, j, h)
    half, noise = difference(f, x, j, h / 2)
    with np.errstate(all="ignore"):
        return (4 * half - wide) / 3, 2 * noise


def central(
    f: Function, x: np.ndarray, method: str = "central", entries: Iterable[int] | None = None
) -> Witness:
    """Every entry's derivative, each from two values of f (four for "richardson").

    >>> central(lambda x: np.array([x[0] ** 2]), np.array([3.0])).values.round(6)
    array([[6.]])
    """
    rule = richardson if method == "richardson" else difference
    steps = step_of(x, 1 / 5 if method == "richardson" else 1 / 3)
    base = f(x)
    values = np.full((base.size, x.size), np.nan)
    noise = np.full((base.size, x.size), np.nan)
    for j in progress(range(x.size) if entries is None else entries, x.size):
        values[:, j], noise[:, j] = rule(f, x, j, float(steps[j]))
    return Witness(values, noise, method, float(steps.max()) if steps.size else 0.0)


def complex_step(f: Function, x: np.ndarray) -> Witness:
    """Im f(x + ih e_j) / h: no difference is taken, so h = 1e-30 loses nothing."""
    h = 1e-30
    columns = []
    for j in progress(range(x.size), x.size):
        away = x.astype(complex)
        away[j] += 1j * h
        columns.append(np.imag(f(away)) / h)
    rows = np.size(f(x.astype(complex)))
    values = np.array(columns).T if columns else np.zeros((rows, 0))
    return Witness(values, np.zeros_like(values), "complex", h)


def refine(f: Function, x: np.ndarray, j: int) -> tuple[np.ndarray, np.ndarray]:
    """Entry j again, at the step where the difference is steadiest, and the error that remains.

    Steps from 100 times the usual one down to 1e-9 of it, and parts of x; at each the difference at
    h and at h/2 and their spread. The choice looks at the spread alone, never at the gradient to be
    checked.
    """
    usual, size = float(step_of(x)[j]), abs(float(x[j]))
    steps = [usual * 10.0**-k for k in range(-2, 10)]
    if 0 < size < 1:  # log at 1e-300: the step must be a part of x
        steps += [size * 10.0**-k for k in range(1, 5)]
    values, errors = [], []
    for h in sorted(steps, reverse=True):
        if x[j] + h == x[j]:
            continue
        wide, _ = difference(f, x, j, h)
        half, noise = difference(f, x, j, h / 2)
        with np.errstate(all="ignore"):
            value = (4 * half - wide) / 3
            error = np.abs(half - wide) + 2 * noise
        values.append(value)
        errors.append(np.where(np.isfinite(value) & np.isfinite(error), error, np.inf))
    return steadiest(np.array(values), np.array(errors))


def steadiest(values: np.ndarray, errors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Of the differences at ever smaller steps, one a row, those of the least error.

    Unless two smaller steps in a row agree on quite another slope: then the step was wider than
    all that the function does, and differences of sin(1e9 x) are small, those of tanh nothing.
    """
    columns = np.arange(values.shape[1])
    row = errors.argmin(axis=0)
    best, error = values[row, columns], errors[row, columns]
    with np.errstate(all="ignore"):
        clear = errors <= 1e-3 * np.abs(values)
        together = np.abs(np.diff(values, axis=0)) <= errors[1:] + errors[:-1]
        agreed = np.zeros_like(clear)
        agreed[1:] = clear[1:] & clear[:-1] & together
        agreed &= np.arange(len(values))[:, None] > row + 1
        row = np.where(agreed, errors, np.inf).argmin(axis=0)
        other, its_error = values[row, columns], errors[row, columns]
        apart = np.abs(other - best)
        size = np.maximum(np.abs(other), np.abs(best))
        wrong = agreed[row, columns] & (apart > 0.05 * size) & (apart > 4 * (error + its_error))
    return np.where(wrong, other, best), np.where(wrong, its_error, error)


def slopes(f: Function, x: np.ndarray, j: int, h: float) -> tuple[np.ndarray, np.ndarray]:
    """The slope to the left and the slope to the right of x_j."""
    here = f(x)
    up, down = x.copy(), x.copy()
    up[j] += h
    down[j] -= h
    with np.errstate(all="ignore"):
        return (here - f(down)) / (x[j] - down[j]), (f(up) - here) / (up[j] - x[j])


def direction(f: Function, x: np.ndarray, v: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The derivative along `v`, from two values of f, and the rounding error in it."""
    h = EPS ** (1 / 3) * max(1.0, float(np.sqrt(np.mean(x * x))) if x.size else 1.0)
    h /= max(1.0, float(np.abs(v).max()) if v.size else 1.0)
    up, down = f(x + h * v), f(x - h * v)
    with np.errstate(all="ignore"):
        noise = 8 * EPS * np.maximum(np.abs(up), np.abs(down)) / (2 * h)
        return (up - down) / (2 * h), noise


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
