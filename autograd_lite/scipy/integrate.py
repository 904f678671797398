"""`scipy.integrate` on nodes: sums over samples, and differential equations step by step."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np

from ..core.graph import Node
from ..nodes.numpy_protocol import plain
from ..ops.accumulate import cumsum
from ..ops.differences import trapezoid
from ..ops.shape import arrayed, concatenate, moveaxis, stack
from .real import real

__all__ = ["cumulative_trapezoid", "odeint", "simpson", "trapezoid"]


def cumulative_trapezoid(
    y: Any, x: Any = None, dx: float = 1.0, axis: int = -1, initial: float | None = None
) -> Any:
    """∫ y up to each sample. Mirrors `scipy.integrate.cumulative_trapezoid`."""
    y = moveaxis(arrayed(y)[0], axis, -1)
    if x is not None:
        x = arrayed(x)[0]
        x = moveaxis(x, axis, -1) if x.ndim > 1 else x
    steps = dx if x is None else x[..., 1:] - x[..., :-1]
    out = cumsum(0.5 * steps * (y[..., 1:] + y[..., :-1]), -1)
    if initial is not None:
        out = concatenate([np.full((*out.shape[:-1], 1), float(initial)), out], -1)
    return moveaxis(out, -1, axis)


def simpson(y: Any, x: Any = None, *, dx: float = 1.0, axis: int = -1) -> Any:
    """∫ y by Simpson's rule. `x` is plain numbers. Mirrors `scipy.integrate.simpson`."""
    if isinstance(x, Node) or np.ndim(plain(x)) > 1:
        raise TypeError("simpson takes the samples' places x as plain numbers, in one vector")
    y = moveaxis(arrayed(y)[0], axis, -1)
    # It is linear in y: what SciPy makes of each unit vector is the weight of that sample.
    weights = real("integrate").simpson(np.eye(y.shape[-1]), x=x, dx=dx, axis=-1)
    return y @ weights


def odeint(
    func: Callable[..., Any],
    y0: Any,
    t: Any,
    args: tuple[Any, ...] = (),
    tfirst: bool = False,
    rtol: float = 1e-9,
    atol: float = 1e-9,
) -> Any:
    """y(t) for dy/dt = func(y, t, *args), a row for each time; y0 and args may be nodes.

    SciPy's `solve_ivp` chooses the steps on plain numbers, and the same steps of the same rule of
    Runge and Kutta (Dormand and Prince, 1980) are done on nodes. Mirrors `scipy.integrate.odeint`.
    """
    rule = real("integrate").RK45

    def slope(at: float, y: Any) -> Any:
        dy = func(at, y, *args) if tfirst else func(y, at, *args)
        return stack(dy) if isinstance(dy, list | tuple) else dy

    def step(y: Any, start: float, end: float) -> Any:
        h = end - start
        k: list[Any] = []
        for c, row in zip(rule.C, rule.A, strict=True):
            inner = sum((h * a * before for a, before in zip(row, k, strict=False) if a), y)
            k.append(slope(start + c * h, inner))
        return sum((h * b * one for b, one in zip(rule.B, k, strict=True) if b), y)

    y = arrayed(y0)[0]
    y = y if y.ndim else y.reshape(1)
    times = np.asarray(t, float)
    out = [y]
    for start, end in pairwise(times.tolist()):
        found = real("integrate").solve_ivp(
            lambda at, y: plain(slope(at, y)), (start, end), plain(y), rtol=rtol, atol=atol
        )
        if not found.success:
            raise ValueError(f"no steps were found from {start:g} to {end:g}: {found.message}")
        for a, b in pairwise(found.t.tolist()):
            y = step(y, a, b)
        out.append(y)
    return stack(out)


def __getattr__(name: str) -> Any:
    return getattr(real("integrate"), name)
