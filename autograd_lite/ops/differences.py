"""Differences of neighbours, and the slopes and integrals made of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core.graph import Node, data
from ..core.operation import shape
from .inputs import in_floats
from .shape import arrayed, concatenate, normal_axes, ravel, sum

__all__ = ["diff", "ediff1d", "gradient", "trapezoid", "unwrap"]


def along(axis: int, *args: Any) -> tuple[Any, ...]:
    """The key that slices one axis (negative), `slice(*args)`, and takes all of the others."""
    return (..., slice(*args), *(slice(None),) * (-1 - axis))


def diff(
    x: Any, n: int = 1, axis: int = -1, prepend: Any = np._NoValue, append: Any = np._NoValue
) -> Any:
    """x_{k+1} − x_k along `axis`, `n` times over. Mirrors `numpy.diff`.

    >>> import autograd_lite as ag
    >>> ag.diff([1.0, 4.0, 9.0])
    array([3., 5.])
    """
    x, old = arrayed(x)
    if n < 0:
        raise ValueError(f"diff is taken 0 times or more, not {n}")
    (axis,) = normal_axes(axis, len(old))

    def end(values: Any) -> Any:
        values, given = arrayed(values)
        thin = list(old)
        thin[axis] = 1
        return values if given else values * np.ones(thin, x.dtype)

    if n and (prepend is not np._NoValue or append is not np._NoValue):
        ends = [[] if v is np._NoValue else [end(v)] for v in (prepend, append)]
        x = concatenate([*ends[0], x, *ends[1]], axis)
    for _ in range(n):
        x = x[along(axis, 1, None)] - x[along(axis, None, -1)]
    return x


def ediff1d(x: Any, to_end: Any = None, to_begin: Any = None) -> Any:
    """The differences of the flat entries, between `to_begin` and `to_end`. As in NumPy.

    >>> import autograd_lite as ag
    >>> ag.ediff1d([1.0, 4.0, 9.0])
    array([3., 5.])
    """
    x = ravel(x)
    before, after = (
        [] if end is None else [ravel(end if isinstance(end, Node) else np.asarray(end, x.dtype))]
        for end in (to_begin, to_end)
    )
    return concatenate([*before, diff(x), *after])


def trapezoid(y: Any, x: Any = None, dx: Any = 1.0, axis: int = -1) -> Any:
    """∫ y dx by the trapezoidal rule; nodes allowed in y, x and dx. Mirrors `numpy.trapezoid`.

    >>> import autograd_lite as ag
    >>> ag.trapezoid([1.0, 2.0, 3.0])
    array(4.)
    """
    y, old = arrayed(y)
    (axis,) = normal_axes(axis, len(old))
    if x is not None:
        x = arrayed(x)[0]
        # Coordinates in a vector lie along `axis`.
        dx = diff(x)[(slice(None), *(None,) * (-1 - axis))] if x.ndim == 1 else diff(x, axis=axis)
    return sum(dx * (y[along(axis, 1, None)] + y[along(axis, None, -1)]) / 2.0, axis)


def gradient(f: Any, *varargs: Any, axis: Any = None, edge_order: int = 1) -> Any:
    """∂f/∂x of samples by central differences, one-sided at the edges. Mirrors `numpy.gradient`.

    `varargs` are spacings or coordinates, one for each axis or one for all, and plain numbers: the
    result is linear in `f`. One axis gives an array, several a tuple.

    >>> import autograd_lite as ag
    >>> ag.gradient([1.0, 2.0, 4.0])
    array([1. , 1.5, 2. ])
    """
    if callable(f):
        raise TypeError(
            "gradient takes the samples of a function, as NumPy's does; for the gradient of the "
            f"function {getattr(f, '__name__', f)} write ag.grad(f)"
        )
    f, old = arrayed(f)
    ndim = len(old)
    axes = (
        tuple(range(-ndim, 0))
        if axis is None
        else tuple(
            a
            for one in (axis if isinstance(axis, tuple | list) else [axis])
            for a in normal_axes(one, ndim)
        )
    )
    spacings = varargs or (1.0,)
    if len(spacings) == 1 and (len(axes) != 1 and np.ndim(spacings[0]) == 0):
        spacings = spacings * len(axes)
    if len(spacings) != len(axes):
        raise TypeError(f"gradient was given {len(spacings)} spacings for {len(axes)} axes")
    if any(isinstance(h, Node) for h in spacings):
        raise TypeError("gradient takes its spacings as plain numbers: write .data or .item()")
    if edge_order not in (1, 2):
        raise ValueError(f"the edges are of order 1 or 2, not {edge_order}")
    slopes = tuple(_slope(f, a, h, edge_order) for a, h in zip(axes, spacings, strict=True))
    return slopes[0] if len(slopes) == 1 else slopes


def _slope(f: Any, axis: int, spacing: Any, edge_order: int) -> Any:
    """The slope along one axis (negative): three weights times each sample and its neighbours."""
    n = shape(f)[axis]
    if n < edge_order + 1:
        raise ValueError(f"gradient needs {edge_order + 1} samples along an axis; there are {n}")
    steps = (
        np.full(n - 1, float(spacing))
        if np.ndim(spacing) == 0
        else np.diff(in_floats(arrayed(spacing)[0]))
    )
    if len(steps) != n - 1:
        raise ValueError(f"gradient was given {len(steps) + 1} coordinates for {n} samples")
    h, k = steps[:-1], steps[1:]

    def part(start: int, stop: int | None, weight: Any) -> Any:
        weight = np.reshape(weight, (-1,) + (1,) * (-1 - axis)).astype(f.dtype)
        return f[along(axis, start, stop)] * weight

    inside = part(0, -2, -k / (h * (h + k))) + part(2, None, h / (k * (h + k)))
    if np.any(h != k):
        inside = inside + part(1, -1, (k - h) / (h * k))
    if edge_order == 1:
        first = part(1, 2, 1 / steps[0]) - part(0, 1, 1 / steps[0])
        last = part(n - 1, n, 1 / steps[-1]) - part(n - 2, n - 1, 1 / steps[-1])
    else:  # the slope at its end of the parabola through three samples
        h, k = steps[:2]
        first = part(0, 1, -(2 * h + k) / (h * (h + k))) + part(1, 2, (h + k) / (h * k))
        first = first - part(2, 3, h / (k * (h + k)))
        h, k = steps[-2:]
        last = part(n - 3, n - 2, k / (h * (h + k))) - part(n - 2, n - 1, (h + k) / (h * k))
        last = last + part(n - 1, n, (2 * k + h) / (k * (h + k)))
    return concatenate([first, inside, last], axis)


def unwrap(p: Any, discont: Any = None, axis: int = -1, period: float = 2 * np.pi) -> Any:
    """`p` with jumps of half a period or more undone; the derivative is 1. As `numpy.unwrap`.

    >>> import autograd_lite as ag
    >>> ag.unwrap([0.0, 6.0])
    array([ 0.        , -0.28318531])
    """
    numbers = data(p)
    unwrapped = np.unwrap(numbers, discont=discont, axis=axis, period=period)
    return p + (unwrapped - numbers)
