"""An MLP 64-32-10 with softmax and cross-entropy written out: one gradient step in four engines.

The same mathematics each time: a = tanh(X W1 + b1), z = a W2 + b2, h = exp z / Σ exp z,
L = −Σ t log h / B; every function returns L and the four gradients as NumPy arrays.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Step = Callable[[], tuple[float, list[np.ndarray]]]


def problem(batch: int) -> tuple[np.ndarray, np.ndarray, list[np.ndarray]]:
    """Inputs, one-hot targets and the parameters W1, b1, W2, b2."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(batch, 64))
    t = np.eye(10)[rng.integers(0, 10, batch)]
    shapes = [(64, 32), (32,), (32, 10), (10,)]
    return x, t, [rng.normal(size=s) * 0.1 for s in shapes]


def by_hand(batch: int) -> Step:
    """The code that a student derives by hand."""
    x, t, (w1, b1, w2, b2) = problem(batch)

    def step() -> tuple[float, list[np.ndarray]]:
        a = np.tanh(x @ w1 + b1)
        e = np.exp(a @ w2 + b2)
        h = e / e.sum(axis=1, keepdims=True)
        loss = -(t * np.log(h)).sum() / batch
        dz = (h - t) / batch
        da = dz @ w2.T * (1 - a * a)
        return loss, [x.T @ da, da.sum(axis=0), a.T @ dz, dz.sum(axis=0)]

    return step


def ours(batch: int) -> Step:
    import autograd_lite as ag

    x, t, arrays = problem(batch)
    parameters = [ag.Tensor(p) for p in arrays]

    def step() -> tuple[float, list[np.ndarray]]:
        w1, b1, w2, b2 = parameters
        for p in parameters:
            p.grad = None
        a = ag.tanh(x @ w1 + b1)
        e = ag.exp(a @ w2 + b2)
        h = e / e.sum(axis=1, keepdims=True)
        loss = -(t * ag.log(h)).sum() / batch
        loss.backward()
        return loss.item(), [p.grad for p in parameters]

    return step


def ours_grad(batch: int) -> Step:
    import autograd_lite as ag

    x, t, arrays = problem(batch)

    def loss(w1: Any, b1: Any, w2: Any, b2: Any) -> Any:
        a = ag.tanh(x @ w1 + b1)
        e = ag.exp(a @ w2 + b2)
        h = e / e.sum(axis=1, keepdims=True)
        return -(t * ag.log(h)).sum() / batch

    gradient = ag.value_and_grad(loss, (0, 1, 2, 3))

    def step() -> tuple[float, list[np.ndarray]]:
        value, gradients = gradient(*arrays)
        return value, list(gradients)

    return step


def torch(batch: int) -> Step:
    import torch

    torch.set_num_threads(1)
    arrays = problem(batch)
    x, t = torch.tensor(arrays[0]), torch.tensor(arrays[1])
    parameters = [torch.tensor(p, requires_grad=True) for p in arrays[2]]

    def step() -> tuple[float, list[np.ndarray]]:
        w1, b1, w2, b2 = parameters
        for p in parameters:
            p.grad = None
        a = torch.tanh(x @ w1 + b1)
        e = torch.exp(a @ w2 + b2)
        h = e / e.sum(dim=1, keepdim=True)
        loss = -(t * torch.log(h)).sum() / batch
        loss.backward()
        return loss.item(), [p.grad.numpy() for p in parameters]

    return step
