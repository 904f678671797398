"""Arrays that are filled entry by entry, in a loop."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from benchmark import InTurn
from measure import Sides

import autograd_lite as ag

GROUP = "Arrays that are filled"


def entries() -> Sides:
    """10,000 single numbers as one array: written one by one, and stacked."""
    values = [ag.Tensor(x) for x in np.arange(10_000.0)]

    def swept(array: Any) -> Any:
        for x in values:
            x.grad = None
        (array * array).sum().backward()
        return np.array([x.grad for x in values])

    def filled() -> Any:
        out = ag.zeros(len(values))
        for i in range(len(values)):
            out[i] = values[i]
        return swept(out)

    return {"ours": filled, "ag.stack": lambda: swept(ag.stack(values))}


def conv_naive(zeros: Any, add_up: Any, x: Any, w: Any, b: Any) -> Any:
    """The convolution that every course has its students write: four loops."""
    (n, _, h, v), (f, _, p, q) = x.shape, w.shape
    out = zeros((n, f, h - p + 1, v - q + 1))
    for k in range(n):
        for m in range(f):
            for i in range(h - p + 1):
                for j in range(v - q + 1):
                    out[k, m, i, j] = add_up(x[k, :, i : i + p, j : j + q] * w[m]) + b[m]
    return out


def convolution() -> Sides:
    """Its gradient, with three filters 3 × 3 on four images 3 × 5 × 5."""
    rng = np.random.default_rng(0)
    arrays = [rng.normal(size=shape) for shape in ((4, 3, 5, 5), (3, 3, 3, 3), (3,))]

    def ours() -> Any:
        leaves = [ag.Tensor(a) for a in arrays]
        out = conv_naive(ag.zeros, np.sum, *leaves)
        (out * out).sum().backward()
        return leaves[0].grad

    def in_torch() -> Any:
        leaves = [torch.tensor(a, requires_grad=True) for a in arrays]
        out = conv_naive(lambda shape: torch.zeros(shape, dtype=torch.float64), torch.sum, *leaves)
        (out * out).sum().backward()
        return leaves[0].grad.numpy()

    torch.set_num_threads(1)
    return {"ours": ours, "PyTorch": in_torch}


BENCHMARKS = [
    InTurn(
        title="10,000 numbers written into an array",
        group=GROUP,
        sides=entries,
        rounds=10,
        limits={"ag.stack": 1.5},
    ),
    InTurn(
        title="A convolution in four loops",
        group=GROUP,
        sides=convolution,
        rounds=30,
        limits={"PyTorch": 1.0},
    ),
]
