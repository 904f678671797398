"""Images: convolution and max pooling, forward and backward, on one thread."""

from __future__ import annotations

from typing import Any

import mygrad
import numpy as np
import torch
from benchmark import InTurn
from measure import Sides
from mygrad.nnet.layers import conv_nd
from mygrad.nnet.layers import max_pool as mygrad_pool

import autograd_lite as ag

GROUP = "Images"


def sides(operations: dict[str, Any], *arrays: np.ndarray) -> Sides:
    """The gradients of ⟨seed, operation⟩, by each of the engines."""
    torch.set_num_threads(1)
    seed = np.random.default_rng(1).normal(size=operations["ours"](*arrays).shape)

    def ours() -> Any:
        leaves = [ag.Tensor(a) for a in arrays]
        operations["ours"](*leaves).backward(seed)
        return [x.grad for x in leaves]

    def in_torch() -> Any:
        leaves = [torch.tensor(a, requires_grad=True) for a in arrays]
        operations["PyTorch"](*leaves).backward(torch.tensor(seed))
        return [x.grad.numpy() for x in leaves]

    def in_mygrad() -> Any:
        leaves = [mygrad.tensor(a) for a in arrays]
        operations["MyGrad"](*leaves).backward(seed)
        return [x.grad for x in leaves]

    return {"ours": ours, "PyTorch": in_torch, "MyGrad": in_mygrad}


def convolution(images: int, channels: int, size: int, filters: int) -> Sides:
    """A kernel of 3 × 3, and a bias."""
    rng = np.random.default_rng(0)
    operations = {
        "ours": ag.conv2d,
        "PyTorch": torch.nn.functional.conv2d,
        "MyGrad": lambda x, w, b: conv_nd(x, w, stride=1) + b[:, None, None],
    }
    x = rng.normal(size=(images, channels, size, size))
    w = rng.normal(size=(filters, channels, 3, 3))
    return sides(operations, x, w, rng.normal(size=filters))


def pooling() -> Sides:
    """The largest of every 2 × 2."""
    operations = {
        "ours": lambda x: ag.max_pool(x, 2),
        "PyTorch": lambda x: torch.nn.functional.max_pool2d(x, 2),
        "MyGrad": lambda x: mygrad_pool(x, (2, 2), 2),
    }
    return sides(operations, np.random.default_rng(0).normal(size=(32, 8, 26, 26)))


BENCHMARKS = [
    InTurn(
        title="convolution of 32 images of 28 × 28 with 8 filters of 3 × 3",
        group=GROUP,
        sides=lambda: convolution(32, 1, 28, 8),
        rounds=60,
        limits={"PyTorch": 2.0},
    ),
    InTurn(
        title="convolution of 32 images of 13 × 13, from 8 to 16 channels",
        group=GROUP,
        sides=lambda: convolution(32, 8, 13, 16),
        rounds=60,
        limits={"PyTorch": 2.0},
    ),
    InTurn(
        title="max pooling of 32 images of 8 × 26 × 26",
        group=GROUP,
        sides=pooling,
        rounds=60,
        limits={"PyTorch": 3.0},
    ),
]
