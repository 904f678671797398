"""Pooling: of every window its largest entry, or its mean.

Mirrors `torch.nn.functional.max_pool2d` and `avg_pool2d`, for any number of axes.
"""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from ..core.operation import shape
from ..nodes.blocks import group
from ..ops.reduce import max, mean
from ..ops.shape import arrayed, moveaxis, reshape
from ..ops.windows import each, windows
from .module import Module

__all__ = ["AvgPool2d", "Flatten", "MaxPool2d", "avg_pool", "max_pool"]


def max_pool(x: Any, size: Any, stride: Any = None, padding: Any = 0) -> Any:
    """The largest entry of every window of `size` over the last axes of `x`.

    `size` is a tuple with an int for each axis, or one int for two axes. The stride is the size
    unless it is given; `padding` never wins. Backward, the gradient goes to the entry that won: in
    a window where several tie it is split evenly. (PyTorch gives it to the first of them.)

    >>> import numpy as np
    >>> import autograd_lite as ag
    >>> x = ag.Tensor(np.arange(16.0).reshape(1, 4, 4))
    >>> y = ag.max_pool(x, 2)
    >>> y.data, y.sum().backward()
    (array([[[ 5.,  7.],
            [13., 15.]]]), None)
    >>> x.grad[0, 1]
    array([0., 1., 0., 1.])
    """
    with group("max_pool"):
        return max(entries_first(x, size, stride, padding, -np.inf), 0)


def avg_pool(x: Any, size: Any, stride: Any = None, padding: Any = 0) -> Any:
    """The mean of every window of `size` over the last axes of `x`, zeros of `padding` included.

    Arguments as in `max_pool`.

    >>> import numpy as np
    >>> import autograd_lite as ag
    >>> ag.avg_pool(np.arange(16.0).reshape(1, 4, 4), 2)
    array([[[ 2.5,  4.5],
            [10.5, 12.5]]])
    """
    with group("avg_pool"):
        return mean(entries_first(x, size, stride, padding, 0.0), 0)


def entries_first(x: Any, size: Any, stride: Any, padding: Any, outside: float) -> Any:
    """All windows with their entries along the first axis, along which NumPy reduces fastest."""
    x, old = arrayed(x)
    sizes = tuple(size) if isinstance(size, tuple | list) else (size, size)
    strides = sizes if stride is None else stride
    n = len(sizes)
    widths = each(padding, n, "padding", 0)
    if any(2 * p > k for p, k in zip(widths, sizes, strict=True)):
        raise ValueError(f"padding is at most half of the size {sizes}, not {padding!r}")
    seen = windows(x, sizes, strides, 1, widths)
    if any(widths) and outside:
        inside = windows(np.ones(old[-n:], bool), sizes, strides, 1, widths)
        seen = seen + np.where(inside, 0.0, outside).astype(seen.dtype)
    first = moveaxis(seen, tuple(range(-n, 0)), tuple(range(n)))
    return reshape(first, (prod(sizes), *shape(seen)[: len(shape(seen)) - n]))


class Pool2d(Module):
    """What both have: a size, a stride and a padding, and no parameters."""

    def __init__(self, kernel_size: Any, stride: Any = None, padding: Any = 0) -> None:
        self.size = each(kernel_size, 2, "the size of a window", 1)
        self.stride = self.size if stride is None else each(stride, 2, "stride", 1)
        self.padding = each(padding, 2, "padding", 0)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.size}, stride={self.stride}, padding={self.padding})"


class MaxPool2d(Pool2d):
    """`max_pool` over the last two axes.

    >>> import numpy as np
    >>> import autograd_lite as ag
    >>> ag.nn.MaxPool2d(2)(np.ones((5, 8, 26, 26))).shape
    (5, 8, 13, 13)
    """

    def __call__(self, x: Any) -> Any:
        return max_pool(x, self.size, self.stride, self.padding)


class AvgPool2d(Pool2d):
    """`avg_pool` over the last two axes.

    >>> import numpy as np
    >>> import autograd_lite as ag
    >>> ag.nn.AvgPool2d((2, 3))(np.ones((5, 8, 26, 27))).shape
    (5, 8, 13, 9)
    """

    def __call__(self, x: Any) -> Any:
        return avg_pool(x, self.size, self.stride, self.padding)


class Flatten(Module):
    """Every example's entries in one row: (examples, …) becomes (examples, entries).

    >>> import numpy as np
    >>> import autograd_lite as ag
    >>> ag.nn.Flatten()(np.ones((5, 16, 5, 5))).shape
    (5, 400)
    """

    def __call__(self, x: Any) -> Any:
        x, old = arrayed(x)
        if not old:
            raise ValueError("Flatten takes examples along the first axis, not a single number")
        return reshape(x, (old[0], prod(old[1:])))

    def __repr__(self) -> str:
        return "Flatten()"
