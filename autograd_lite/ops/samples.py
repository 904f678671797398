"""Functions of sampled signals: convolution and interpolation."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core.elementwise import mod
from ..core.graph import data
from .branches import where
from .index import Put
from .inputs import array, in_floats
from .linalg import matmul
from .rearrange import flip
from .shape import arrayed, concatenate, in_double
from .windows import sliding_window_view

__all__ = ["bincount", "convolve", "correlate", "interp"]


def convolve(x: Any, v: Any, mode: str = "full") -> Any:
    """y_k = Σ_i x_{k−i} v_i of two vectors. Mirrors `numpy.convolve`.

    `mode` is "full", "same" (as long as the longer) or "valid" (where they overlap wholly).

    >>> import autograd_lite as ag
    >>> x = ag.Tensor([1.0, 2.0, 3.0])
    >>> y = ag.convolve(x, [1.0, 10.0])
    >>> y.data
    array([ 1., 12., 23., 30.])
    """
    (x, of_x), (v, of_v) = arrayed(np.atleast_1d(x)), arrayed(np.atleast_1d(v))
    if len(x.shape) != 1 or len(v.shape) != 1 or 0 in (x.size, v.size):
        raise ValueError(f"convolve takes two vectors with entries, not shapes {of_x} and {of_v}")
    if v.size > x.size:
        x, v = v, x
    n, m = x.size, v.size
    if mode not in ("full", "same", "valid"):
        raise ValueError(f'the mode is "full", "same" or "valid", not {mode!r}')
    # Entries of y to the left of the first and the right of the last whole overlap.
    before = {"full": m - 1, "same": m // 2, "valid": 0}[mode]
    after = {"full": m - 1, "same": m - 1 - m // 2, "valid": 0}[mode]
    padded = concatenate([np.zeros(before, x.dtype), x, np.zeros(after, x.dtype)])
    return matmul(sliding_window_view(padded, m), flip(v)) if n else x


def correlate(x: Any, v: Any, mode: str = "valid") -> Any:
    """y_k = Σ_i x_{k+i} v_i of two vectors. Mirrors `numpy.correlate`.

    >>> import autograd_lite as ag
    >>> ag.correlate([1.0, 2.0, 3.0], [1.0, 0.5])
    array([2. , 3.5])
    """
    (x, _), (v, _) = arrayed(x), arrayed(v)
    if v.size > x.size:
        return flip(correlate(v, x, mode))
    return convolve(x, flip(v), mode)


def interp(
    x: Any, xp: Any, fp: Any, left: Any = None, right: Any = None, period: float | None = None
) -> Any:
    """The line through the points (xp, fp) at x; the end values outside. Mirrors `numpy.interp`.

    Nodes allowed in x, xp and fp. At a point of xp the derivative in x is the slope to its right.

    >>> import autograd_lite as ag
    >>> f = ag.Tensor([1.0, 3.0])
    >>> ag.interp(0.25, [0.0, 1.0], f).backward()
    >>> f.grad
    array([0.75, 0.25])
    """
    x, xp, fp = (in_floats(in_double(a)) for a in (x, xp, fp))
    if xp.ndim != 1 or fp.shape != xp.shape or xp.size == 0:
        raise ValueError(f"interp needs points in two vectors, not shapes {xp.shape}, {fp.shape}")
    if period is not None:
        period = abs(float(period))
        x, xp = mod(x, period), mod(xp, period)
        order = np.argsort(data(xp), kind="stable")
        xp, fp = xp[order], fp[order]
        xp = concatenate([xp[-1:] - period, xp, xp[:1] + period])
        fp = concatenate([fp[-1:], fp, fp[:1]])
        left = right = None
    places, points = array(data(x)), array(data(xp))
    if xp.size == 1:
        out = fp[np.zeros(places.shape, int)]
    else:
        k = np.clip(np.searchsorted(points, places, side="right") - 1, 0, xp.size - 2)
        slope = (fp[k + 1] - fp[k]) / (xp[k + 1] - xp[k])
        out = fp[k] + (x - xp[k]) * slope
    low, high = places < points[0], places >= points[-1]
    if low.any():
        out = where(low, fp[0] if left is None else left, out)
    if high.any():
        # At the last point itself its value counts, beyond it `right`.
        out = where(high, fp[-1], out)
        if right is not None:
            out = where(places > points[-1], right, out)
    return out


def bincount(x: Any, weights: Any = None, minlength: int = 0) -> Any:
    """Σ of the weights of every whole number in x, which is data. Mirrors `numpy.bincount`.

    >>> import autograd_lite as ag
    >>> w = ag.Tensor([1.0, 2.0, 3.0])
    >>> ag.bincount([0, 2, 0], w).data
    array([4., 0., 2.])
    """
    places = array(data(x))
    if weights is None:
        return np.bincount(places, minlength=minlength)
    empty = np.zeros_like(np.bincount(places, minlength=minlength))
    return Put(places, empty.shape)(in_double(weights))
