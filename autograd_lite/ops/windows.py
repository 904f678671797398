"""Windows that slide over an array, and their transpose, which adds windows up where they were.

This pair is what convolution and pooling are made of: a convolution multiplies every window with a
kernel, pooling takes the largest entry or the mean of each. A window is a view, so nothing is
copied until somebody computes with it; the transpose is one shifted `+=` for each of its entries.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ..core.graph import Node
from ..core.operation import Op, shape
from .index import Unslice
from .rearrange import moved
from .shape import arrayed

__all__ = ["sliding_window_view"]

Ints = tuple[int, ...]


class Windows(Op):
    """Every window along `axes`, whose lengths are `old`, in as many new last axes.

    Window n holds the entries n·stride + k·dilation, for k below its size. Transpose: `Unwindow`.
    """

    axes: Ints
    old: Ints
    sizes: Ints
    strides: Ints
    dilations: Ints
    name, linear = "windows", True

    def forward(self, x: Any) -> Any:
        spans = tuple(d * (k - 1) + 1 for k, d in zip(self.sizes, self.dilations, strict=True))
        view = np.lib.stride_tricks.sliding_window_view(x, spans, self.axes)
        n = len(self.axes)
        every = [slice(None)] * len(shape(view))
        for i, axis in enumerate(self.axes):
            every[axis - n] = slice(None, None, self.strides[i])
            every[i - n] = slice(None, None, self.dilations[i])
        return view[tuple(every)]

    def vjp(self, i: int, g: Any, out: Any, x: Any) -> Any:
        return Unwindow(*(getattr(self, name) for name in self.fields))(g)


class Unwindow(Op):
    """Windows added up where `Windows` with the same fields takes them. Transpose: `Windows`."""

    axes: Ints
    old: Ints
    sizes: Ints
    strides: Ints
    dilations: Ints
    name, linear = "unwindow", True

    def forward(self, g: Any) -> Any:
        out = np.zeros(self.outer(g), g.dtype)
        for place, part in self.places(g):
            out[place] += g[part]
        return out

    def outer(self, g: Any) -> Ints:
        """The shape of what the windows `g` are taken of."""
        new = list(shape(g)[: len(shape(g)) - len(self.axes)])
        for axis, length in zip(self.axes, self.old, strict=True):
            new[axis] = length
        return tuple(new)

    def places(self, g: Any) -> Iterator[tuple[Any, Any]]:
        """For each entry of a window: where it lies in all windows, and which part of `g` it is.

        Or for each window, of the last axes, if those are fewer: the two change parts.
        """
        n, ndim = len(self.axes), len(shape(g))
        counts = tuple(shape(g)[axis - n] for axis in self.axes)
        one, step, many, stride = self.sizes, self.dilations, counts, self.strides
        part_of = tuple(range(-n, 0))
        if self.axes == part_of and np.prod(counts) < np.prod(self.sizes):
            one, step, many, stride = counts, self.strides, self.sizes, self.dilations
            part_of = tuple(axis - n for axis in self.axes)
        for at in np.ndindex(*one):
            place: list[Any] = [slice(None)] * (ndim - n)
            part: list[Any] = [slice(None)] * ndim
            for i, axis in enumerate(self.axes):
                first, last = at[i] * step[i], at[i] * step[i] + (many[i] - 1) * stride[i]
                place[axis] = slice(first, last + 1, stride[i])
                part[part_of[i]] = at[i]
            yield tuple(place), tuple(part)

    def vjp(self, i: int, g: Any, out: Any, x: Any) -> Any:
        return Windows(*(getattr(self, name) for name in self.fields))(g)


def windows(x: Any, size: Any, stride: Any = 1, dilation: Any = 1, padding: Any = 0) -> Any:
    """Every window of `size` over the last axes of `x`: shape `(..., *counts, *size)`.

    `size` is an int for one axis or a tuple of one for each. From window to window it goes on by
    `stride`, from entry to entry in a window by `dilation`; both, and `padding`, the zeros that are
    put on each side first, are one int or one for each axis. An entry that stands in several
    windows gets the gradient of all. Raises ValueError where no window fits.

    >>> import autograd_lite as ag
    >>> x = ag.Tensor([1.0, 2.0, 3.0, 4.0])
    >>> ag.windows(x, 2)
    Tensor([[1., 2.],
            [2., 3.],
            [3., 4.]])
    >>> ag.windows(x, 2).sum().backward()
    >>> x.grad
    array([1., 2., 2., 1.])
    """
    x, _ = arrayed(x)
    sizes = size if isinstance(size, tuple | list) else (size,)
    n = len(sizes)
    sizes = each(sizes, n, "size", 1)
    strides, dilations = each(stride, n, "stride", 1), each(dilation, n, "dilation", 1)
    x = padded(x, each(padding, n, "padding", 0))
    old = shape(x)[len(shape(x)) - n :]
    spans = tuple(d * (k - 1) + 1 for k, d in zip(sizes, dilations, strict=True))
    if len(old) < n or any(span > length for span, length in zip(spans, old, strict=True)):
        raise ValueError(
            f"a window that spans {spans} does not fit the last {n} axes of shape {shape(x)}"
        )
    return Windows(tuple(range(-n, 0)), old, sizes, strides, dilations)(x)


def each(given: Any, n: int, what: str, least: int) -> Ints:
    """One int for each of n axes, as given or the same for all."""
    values = tuple(given) if isinstance(given, tuple | list) else (given,) * n
    if len(values) != n or not all(
        isinstance(k, int | np.integer) and not isinstance(k, bool) and k >= least for k in values
    ):
        raise ValueError(f"{what} is an int from {least}, or {n} of them, not {given!r}")
    return tuple(map(int, values))


def padded(x: Any, width: Ints) -> Any:
    """`x` with so many zeros before and after each of its last axes."""
    if not any(width):
        return x
    old = shape(x)[len(shape(x)) - len(width) :]
    inside = tuple(slice(p, p + length) for p, length in zip(width, old, strict=True))
    return Unslice(inside, tuple(length + 2 * p for p, length in zip(width, old, strict=True)))(x)


def sliding_window_view(x: Any, window_shape: Any, axis: Any = None) -> Any:
    """Every stretch of `window_shape` entries of `x`. Mirrors the function of `numpy.lib`.

    >>> import autograd_lite as ag
    >>> ag.sliding_window_view([1.0, 2.0, 3.0], 2)
    array([[1., 2.],
           [2., 3.]])
    """
    x, old = arrayed(x)
    sizes = tuple(np.atleast_1d(window_shape).tolist())
    given = range(len(old)) if axis is None else np.atleast_1d(axis).tolist()
    axes = tuple(a if a < 0 else a - len(old) for a in given)
    there = isinstance(x, Node) and all(-len(old) <= a < 0 for a in axes)
    if not there or not len(set(axes)) == len(axes) == len(sizes):
        return moved(x, np.lib.stride_tricks.sliding_window_view, window_shape, axis)
    ones, lengths = (1,) * len(axes), tuple(old[a] for a in axes)
    return Windows(axes, lengths, sizes, ones, ones)(x)
