"""Sequences between two ends, and functions that are applied piece by piece."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any

import numpy as np

from ..core.elementwise import absolute, exp, log, power, sign
from ..core.graph import data
from .branches import where
from .index import Put
from .inputs import array, in_floats
from .join import broadcast_arrays
from .shape import (
    arrayed,
    broadcast_to,
    expand_dims,
    in_double,
    moveaxis,
    normal_axes,
    reshape,
    stack,
)

__all__ = [
    "apply_along_axis",
    "apply_over_axes",
    "geomspace",
    "linspace",
    "logspace",
    "piecewise",
]


def linspace(
    start: Any,
    stop: Any,
    num: int = 50,
    endpoint: bool = True,
    retstep: bool = False,
    axis: int = 0,
) -> Any:
    """`num` numbers from start to stop, evenly spaced; nodes allowed. Mirrors `numpy.linspace`.

    >>> import autograd_lite as ag
    >>> stop = ag.Value(3.0)
    >>> ag.linspace(1.0, stop, 3).sum().backward()
    >>> stop.grad  # 0 + ½ + 1
    1.5
    """
    if num < 0:
        raise ValueError(f"linspace gives 0 numbers or more, not {num}")
    parts = int(np.maximum(num - 1 if endpoint else num, 1))
    away = stop - start
    dtype = np.dtype(getattr(away, "dtype", float))
    weights = (np.arange(num) / parts).astype(dtype if dtype.kind == "f" else float)
    weights = weights.reshape((num,) + (1,) * np.ndim(data(away)))
    out = moveaxis(start + away * weights, 0, axis)
    if not retstep:
        return out
    return out, away / parts if num - bool(endpoint) > 0 else away * np.nan


def logspace(
    start: Any, stop: Any, num: int = 50, endpoint: bool = True, base: Any = 10.0, axis: int = 0
) -> Any:
    """`base` to the powers of `linspace(start, stop, num)`. Mirrors `numpy.logspace`.

    >>> import autograd_lite as ag
    >>> ag.logspace(0.0, 2.0, 3)
    array([  1.,  10., 100.])
    """
    if np.ndim(data(base)):  # its axes are beside those of the ends: the powers are a further one
        start, stop, base = broadcast_arrays(start, stop, base)
        base = expand_dims(base, axis)
    return power(base, linspace(start, stop, num, endpoint, axis=axis))


def geomspace(start: Any, stop: Any, num: int = 50, endpoint: bool = True, axis: int = 0) -> Any:
    """`num` numbers from start to stop, each the same multiple of the last. As `numpy.geomspace`.

    >>> import autograd_lite as ag
    >>> ag.geomspace(1.0, 8.0, 4).round(6)
    array([1., 2., 4., 8.])
    """
    start, stop = in_floats(in_double(start)), in_floats(in_double(stop))
    if np.any(data(start) * data(stop) <= 0):
        raise ValueError("geomspace needs two ends of one sign, neither of them 0")
    powers = linspace(log(absolute(start)), log(absolute(stop)), num, endpoint, axis=axis)
    return exp(powers) * sign(data(start))


def piecewise(x: Any, condlist: Any, funclist: Sequence[Any], *args: Any, **kw: Any) -> Any:
    """For each entry the function whose condition holds, the last that does. As `numpy.piecewise`.

    A further function stands for "none holds"; numbers stand for constants. Each function is given
    the entries that are its own as a vector, so none is called outside its domain.

    >>> import autograd_lite as ag
    >>> x = ag.Tensor([-1.0, 2.0])
    >>> ag.piecewise(x, [x < 0], [lambda v: -v, lambda v: v**2]).sum().backward()
    >>> x.grad
    array([-1.,  4.])
    """
    x, old = arrayed(x)
    conditions = [array(data(c)).astype(bool) for c in condlist]
    if len(funclist) == len(conditions) + 1:
        conditions.append(~reduce(np.logical_or, conditions))
    elif len(funclist) != len(conditions):
        raise ValueError(
            f"piecewise was given {len(funclist)} functions for {len(conditions)} conditions; it "
            "needs one each, and may have one more for where none holds"
        )
    out: Any = np.zeros(old, x.dtype)
    for condition, f in zip(conditions, funclist, strict=True):
        if np.any(condition):
            # The entries that are its own as a vector, and their values back at their places.
            condition = np.broadcast_to(condition, old)
            places = np.flatnonzero(condition)
            own = f(reshape(x, -1)[places], *args, **kw) if callable(f) else f
            if np.ndim(data(own)):
                own = Put(places, old)(broadcast_to(own, places.shape))
            out = where(condition, own, out)
    return out


def apply_along_axis(func1d: Callable[..., Any], axis: int, arr: Any, *args: Any, **kw: Any) -> Any:
    """`func1d` of every vector along `axis`. Mirrors `numpy.apply_along_axis`.

    >>> import autograd_lite as ag
    >>> ag.apply_along_axis(np.max, 1, [[1.0, 2.0], [4.0, 3.0]])
    array([2., 4.])
    """
    arr, old = arrayed(arr)
    (axis,) = normal_axes(axis, len(old))
    vectors = moveaxis(arr, axis, -1)
    around = vectors.shape[:-1]
    rows = reshape(vectors, -1, old[axis])
    results = [func1d(rows[i], *args, **kw) for i in range(rows.shape[0])]
    whole = stack(results) if results else rows[:, :0]
    inner = whole.shape[1:]
    whole = reshape(whole, around + inner)
    # What the function returned lies where the axis was.
    last = tuple(range(-len(inner), 0))
    return moveaxis(whole, last, tuple(len(old) + axis + i for i in range(len(inner))))


def apply_over_axes(func: Callable[..., Any], a: Any, axes: Any) -> Any:
    """`func(a, axis)` for one axis after another. Mirrors `numpy.apply_over_axes`.

    >>> import autograd_lite as ag
    >>> ag.apply_over_axes(np.sum, [[1.0, 2.0], [4.0, 3.0]], [0, 1])
    array([[10.]])
    """
    a, old = arrayed(a)
    for axis in axes if isinstance(axes, list | tuple | np.ndarray) else [axes]:
        (place,) = normal_axes(int(axis), len(old))
        result = func(a, place)
        a = result if np.ndim(data(result)) == len(old) else expand_dims(result, place)
    return a
