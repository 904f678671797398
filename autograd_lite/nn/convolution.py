"""Convolution: the same small map at every place of a signal or an image.

Channels come first, as in PyTorch: `x` has the shape (examples, channels, *places). Every window of
x becomes a column (im2col), so that one product of matrices does all places at once; on the way
back every column is added up where its window was (`Unwindow`).

Source: Dumoulin and Visin, "A guide to convolution arithmetic for deep learning" (2016). Mirrors
`torch.nn.functional` and `torch.nn`.
"""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from ..core.operation import shape
from ..nodes.blocks import group
from ..nodes.tensor import Tensor
from ..ops.index import take_item
from ..ops.linalg import matmul, mT
from ..ops.shape import arrayed, moveaxis, reshape
from ..ops.windows import Unwindow, each, windows
from .initialise import he
from .module import Module
from .sizes import size

__all__ = ["Conv1d", "Conv2d", "conv1d", "conv2d", "conv_transpose2d"]


def conv1d(
    x: Any, weight: Any, bias: Any = None, stride: Any = 1, padding: Any = 0, dilation: Any = 1
) -> Any:
    """y_o[p] = Σ_c Σ_k weight_oc[k] · x_c[p·stride + k·dilation] + bias_o. See `conv2d`.

    >>> import autograd_lite as ag
    >>> ag.conv1d([[1.0, 2.0, 4.0, 8.0]], [[[-1.0, 1.0]]])
    array([[1., 2., 4.]])
    """
    return convolution(x, weight, bias, stride, padding, dilation, 1)


def conv2d(
    x: Any, weight: Any, bias: Any = None, stride: Any = 1, padding: Any = 0, dilation: Any = 1
) -> Any:
    """y_o[p, q] = Σ_c Σ_kl weight_oc[k, l] · x_c[p + k, q + l] + bias_o, with the kernel as it is.

    (What mathematics calls a convolution turns the kernel round; this is its cross-correlation, as
    everywhere in deep learning.) `x` has the shape (..., channels, height, width), `weight`
    (outputs, channels, *kernel), `bias` (outputs,). `stride`, `padding` (zeros on each side) and
    `dilation` are an int or one for each axis. Raises ValueError for shapes that do not fit.

    Backward, the gradient of x is the gradient of y spread by the kernel, and that of the weight
    the product of every window with its output's gradient, summed over places and examples.

    >>> import numpy as np
    >>> import autograd_lite as ag
    >>> image = np.eye(3).reshape(1, 1, 3, 3)
    >>> w = ag.Tensor([[[[1.0, 0.0], [0.0, 1.0]]]])
    >>> ag.conv2d(image, w).data
    array([[[[2., 0.],
             [0., 2.]]]])
    """
    return convolution(x, weight, bias, stride, padding, dilation, 2)


def convolution(
    x: Any, weight: Any, bias: Any, stride: Any, padding: Any, dilation: Any, n: int
) -> Any:
    """A convolution along n axes: every window a column, then one product of matrices."""
    (x, of_x), (weight, of_w) = arrayed(x), arrayed(weight)
    name = f"conv{n}d"
    if len(of_w) != n + 2 or len(of_x) < n + 1 or of_x[-n - 1] != of_w[1]:
        raise ValueError(
            f"{name} takes x of shape (..., channels, {n} ax{'es' if n > 1 else 'is'}) and a weight"
            f" of shape (outputs, channels, *kernel); it was given {of_x} and {of_w}"
        )
    outputs, channels, *kernel = of_w
    with group(name):
        seen = windows(x, kernel, stride, dilation, padding)  # (..., channels, *places, *kernel)
        places = shape(seen)[-2 * n : -n]
        columns = reshape(
            moveaxis(seen, tuple(range(-n, 0)), tuple(range(-2 * n, -n))),
            (*of_x[: -n - 1], channels * prod(kernel), prod(places)),
        )
        y = matmul(reshape(weight, (outputs, channels * prod(kernel))), columns)
        y = reshape(y, (*of_x[: -n - 1], outputs, *places))
        return y if bias is None else y + reshape(bias, (outputs, *(1,) * n))


def conv_transpose2d(
    x: Any,
    weight: Any,
    bias: Any = None,
    stride: Any = 1,
    padding: Any = 0,
    output_padding: Any = 0,
    dilation: Any = 1,
) -> Any:
    """y_o[p·stride + k·dilation] = Σ_c x_c[p] · weight_co[k], added up: conv2d, backward.

    `x` has the shape (..., channels, height, width), `weight` (channels, outputs, *kernel). The
    result is as large as what `conv2d` with these options makes an `x` of; where several are, as
    large as the smallest, and `output_padding` larger. `padding` is cut off on each side.

    >>> import autograd_lite as ag
    >>> ag.conv_transpose2d([[[1.0, 2.0]]], [[[[1.0, 10.0]]]], stride=(1, 2))
    array([[[ 1., 10.,  2., 20.]]])
    """
    (x, of_x), (weight, of_w) = arrayed(x), arrayed(weight)
    if len(of_w) != 4 or len(of_x) < 3 or of_x[-3] != of_w[0]:
        raise ValueError(
            "conv_transpose2d takes x of shape (..., channels, 2 axes) and a weight of shape "
            f"(channels, outputs, *kernel); it was given {of_x} and {of_w}"
        )
    channels, outputs, *kernel = of_w
    strides, dilations = each(stride, 2, "stride", 1), each(dilation, 2, "dilation", 1)
    cut, more = each(padding, 2, "padding", 0), each(output_padding, 2, "output_padding", 0)
    lengths = tuple(
        (length - 1) * s + d * (k - 1) + 1 + extra
        for length, s, d, k, extra in zip(of_x[-2:], strides, dilations, kernel, more, strict=True)
    )
    with group("conv_transpose2d"):
        columns = matmul(
            mT(reshape(weight, (channels, outputs * prod(kernel)))),
            reshape(x, (*of_x[:-2], prod(of_x[-2:]))),
        )
        spread = reshape(columns, (*of_x[:-3], outputs, *kernel, *of_x[-2:]))
        spread = moveaxis(spread, (-4, -3), (-2, -1))
        y = Unwindow((-2, -1), lengths, tuple(kernel), strides, dilations)(spread)
        if any(cut):
            inside = (slice(p, length - p) for p, length in zip(cut, lengths, strict=True))
            y = take_item(y, (..., *inside))
        return y if bias is None else y + reshape(bias, (outputs, 1, 1))


class Conv(Module):
    """What both have: `weight` (outputs, channels, *kernel), `bias` (outputs,), and the options.

    The weights start from `he`, the biases from 0.
    """

    axes = 2

    def __init__(
        self,
        channels: int,
        outputs: int,
        kernel_size: Any,
        stride: Any = 1,
        padding: Any = 0,
        dilation: Any = 1,
        bias: bool = True,
        rng: Any = None,
    ) -> None:
        channels, outputs = size(channels, "channels"), size(outputs, "outputs")
        kernel = each(kernel_size, self.axes, "the kernel's size", 1)
        rows = he(channels * prod(kernel), outputs, rng).T
        self.weight = Tensor(rows.reshape(outputs, channels, *kernel), "weight")
        self.bias = Tensor(np.zeros(outputs), "bias") if bias else None
        self.stride = each(stride, self.axes, "stride", 1)
        self.padding = each(padding, self.axes, "padding", 0)
        self.dilation = each(dilation, self.axes, "dilation", 1)

    def __call__(self, x: Any) -> Any:
        return convolution(
            x, self.weight, self.bias, self.stride, self.padding, self.dilation, self.axes
        )

    def __repr__(self) -> str:
        outputs, channels, *kernel = self.weight.shape
        said = "".join(
            f", {name}={getattr(self, name)}"
            for name, usual in (("stride", 1), ("padding", 0), ("dilation", 1))
            if set(getattr(self, name)) != {usual}
        )
        return f"{type(self).__name__}({channels}, {outputs}, {tuple(kernel)}{said})"


class Conv1d(Conv):
    """`conv1d` with a weight of its own, for `x` of shape (..., channels, length).

    >>> import numpy as np
    >>> import autograd_lite as ag
    >>> layer = ag.nn.Conv1d(2, 4, 3, padding=1, rng=0)
    >>> layer, layer(np.ones((5, 2, 10))).shape
    (Conv1d(2, 4, (3,), padding=(1,)), (5, 4, 10))
    """

    axes = 1


class Conv2d(Conv):
    """`conv2d` with a weight of its own, for `x` of shape (..., channels, height, width).

    >>> import numpy as np
    >>> import autograd_lite as ag
    >>> layer = ag.nn.Conv2d(1, 8, 3, stride=2, rng=0)
    >>> layer, layer(np.ones((5, 1, 28, 28))).shape
    (Conv2d(1, 8, (3, 3), stride=(2, 2)), (5, 8, 13, 13))
    """
