"""Normalisations: mean 0 and variance 1, over the examples or over the features of each."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from ..core.elementwise import sqrt
from ..core.operation import shape
from ..nodes.blocks import group
from ..nodes.tensor import Tensor
from ..ops.inputs import numbers
from ..ops.reduce import mean
from ..ops.shape import arrayed, reshape
from .module import Module
from .sizes import last_axis, size

__all__ = ["BatchNorm", "GroupNorm", "InstanceNorm", "LayerNorm", "RMSNorm"]


class Norm(Module):
    """What most have: a `weight` and a `bias` for every feature, and ε beside the variance."""

    def __init__(self, features: int, eps: float = 1e-5) -> None:
        if not eps >= 0:
            raise ValueError(f"eps is added to a variance and is at least 0, not {eps}")
        self.weight = Tensor(np.ones(size(features, "features")), "weight")
        self.bias = Tensor(np.zeros(features), "bias")
        self.eps = float(eps)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.weight.size})"


class BatchNorm(Norm):
    """γ (x − μ) / √(σ² + ε) + β with the mean μ and the variance σ² of each feature in the batch.

    `x` has shape `(..., features)`; μ and σ² go over all axes but the last. γ is `weight`, β is
    `bias`. Training also keeps running statistics, `running_mean` and `running_var` (the unbiased
    one), of which each step replaces the share `momentum`; in eval mode they take the place of μ
    and σ². Raises ValueError for a batch of one example, which has no variance.

    Source: Ioffe and Szegedy, "Batch Normalization", ICML (2015), algorithm 1. Mirrors
    `torch.nn.BatchNorm1d`.

    >>> import numpy as np
    >>> import autograd_lite as ag
    >>> norm = ag.nn.BatchNorm(2)
    >>> norm(np.array([[1.0, 10.0], [3.0, 30.0]])).data.round(3)
    array([[-1., -1.],
           [ 1.,  1.]])
    >>> norm.running_mean, norm.running_var
    (array([0.2, 2. ]), array([ 1.1, 20.9]))
    """

    def __init__(self, features: int, momentum: float = 0.1, eps: float = 1e-5) -> None:
        super().__init__(features, eps)
        if not 0 <= momentum <= 1:
            raise ValueError(f"momentum is a share, from 0 to 1, not {momentum}")
        self.running_mean = np.zeros(features)
        self.running_var = np.ones(features)
        self.momentum = float(momentum)

    def __call__(self, x: Any) -> Any:
        x = last_axis(x, self.weight.size, self)
        with group("batch norm"):
            if not self.training:
                scale = np.sqrt(self.running_var + self.eps)
                return (x - self.running_mean) / scale * self.weight + self.bias
            *batch, _ = shape(x)
            examples = prod(batch)
            if examples < 2:
                raise ValueError(
                    f"{self!r} was given shape {shape(x)}, {examples} example"
                    f"{'' if examples == 1 else 's'}: a variance needs two or more. To use a "
                    "trained model on a single one, call eval() first"
                )
            axes = tuple(range(len(batch)))
            mu = mean(x, axes)
            centred = x - mu
            variance = mean(centred**2, axes)
            self.keep(numbers(mu), numbers(variance) * (examples / (examples - 1)))
            return centred / sqrt(variance + self.eps) * self.weight + self.bias

    def keep(self, mu: Any, variance: Any) -> None:
        """Let the statistics of this batch into the running ones."""
        share = self.momentum
        self.running_mean = (1 - share) * self.running_mean + share * mu
        self.running_var = (1 - share) * self.running_var + share * variance


class LayerNorm(Norm):
    """γ (x − μ) / √(σ² + ε) + β with the mean μ and the variance σ² over the features of each row.

    `x` has shape `(..., features)`. γ is `weight`, β is `bias`. Examples do not see each other, and
    training and eval mode are the same.

    Source: Ba, Kiros and Hinton, "Layer Normalization" (2016), equation 4. Mirrors
    `torch.nn.LayerNorm`.

    >>> import autograd_lite as ag
    >>> ag.nn.LayerNorm(3)([1.0, 2.0, 3.0]).data.round(3)
    array([-1.225,  0.   ,  1.225])
    """

    def __call__(self, x: Any) -> Any:
        x = last_axis(x, self.weight.size, self)
        with group("layer norm"):
            centred = x - mean(x, -1, keepdims=True)
            variance = mean(centred**2, -1, keepdims=True)
            return centred / sqrt(variance + self.eps) * self.weight + self.bias


class RMSNorm(Module):
    """γ x / √(mean x² + ε) over the features of each row: the length is normalised, not the mean.

    `x` has shape `(..., features)`. γ is `weight`; ε is the rounding of its dtype unless given.
    Source: Zhang and Sennrich, "Root Mean Square Layer Normalization", NeurIPS (2019). Mirrors
    `torch.nn.RMSNorm`.

    >>> import autograd_lite as ag
    >>> ag.nn.RMSNorm(2)([3.0, 4.0]).data.round(4)
    array([0.8485, 1.1314])
    """

    def __init__(self, features: int, eps: float | None = None) -> None:
        self.weight = Tensor(np.ones(size(features, "features")), "weight")
        self.eps = float(np.finfo(self.weight.dtype).eps) if eps is None else float(eps)

    def __call__(self, x: Any) -> Any:
        x = last_axis(x, self.weight.size, self)
        with group("rms norm"):
            return x / sqrt(mean(x**2, -1, keepdims=True) + self.eps) * self.weight

    def __repr__(self) -> str:
        return f"RMSNorm({self.weight.size})"


class GroupNorm(Norm):
    """γ (x − μ) / √(σ² + ε) + β with μ and σ² over a group of channels and all places, per example.

    `x` has shape (examples, channels, *places); γ and β have an entry for each channel. One group
    is LayerNorm over everything, as many groups as channels are `InstanceNorm`. Source: Wu and He,
    "Group Normalization", ECCV (2018). Mirrors `torch.nn.GroupNorm`.

    >>> import numpy as np
    >>> import autograd_lite as ag
    >>> norm = ag.nn.GroupNorm(2, 4)
    >>> norm, norm(np.arange(8.0).reshape(1, 4, 2)).data.round(3)[0, :2]
    (GroupNorm(2, 4), array([[-1.342, -0.447],
           [ 0.447,  1.342]]))
    """

    def __init__(self, groups: int, channels: int, eps: float = 1e-5) -> None:
        super().__init__(channels, eps)
        self.groups = size(groups, "groups")
        if channels % groups:
            raise ValueError(f"{groups} groups share channels that they divide, not {channels}")

    def __call__(self, x: Any) -> Any:
        with group("group norm"):
            y = per_example(x, self.groups, self.weight.size, self.eps, self)
            ones = (1,) * (len(shape(y)) - 2)
            weight, bias = (reshape(p, (-1, *ones)) for p in (self.weight, self.bias))
            return y * weight + bias

    def __repr__(self) -> str:
        return f"GroupNorm({self.groups}, {self.weight.size})"


class InstanceNorm(Module):
    """(x − μ) / √(σ² + ε) with μ and σ² over the places of each channel of each example.

    `x` has shape (examples, channels, *places). There are no parameters, as there are none in
    PyTorch by default; with γ and β it is GroupNorm(channels, channels). Source: Ulyanov, Vedaldi
    and Lempitsky, "Instance Normalization" (2016). Mirrors `torch.nn.InstanceNorm1d`, 2d and 3d.

    >>> import autograd_lite as ag
    >>> ag.nn.InstanceNorm(1)([[[1.0, 2.0, 3.0]]]).round(3)
    array([[[-1.225,  0.   ,  1.225]]])
    """

    def __init__(self, channels: int, eps: float = 1e-5) -> None:
        self.channels, self.eps = size(channels, "channels"), float(eps)

    def __call__(self, x: Any) -> Any:
        with group("instance norm"):
            return per_example(x, self.channels, self.channels, self.eps, self)

    def __repr__(self) -> str:
        return f"InstanceNorm({self.channels})"


def per_example(x: Any, groups: int, channels: int, eps: float, layer: Any) -> Any:
    """(x − μ) / √(σ² + ε) for every group of channels of every example."""
    x, old = arrayed(x)
    if len(old) < 2 or old[1] != channels:
        raise ValueError(f"{layer!r} takes x of shape (examples, {channels}, ...), not {old}")
    rows = reshape(x, (old[0], groups, -1))
    centred = rows - mean(rows, -1, keepdims=True)
    variance = mean(centred**2, -1, keepdims=True)
    return reshape(centred / sqrt(variance + eps), old)
