"""An MLP 64-32-10 with softmax and cross-entropy written out: value and gradients in each engine.

The same formula each time; every function makes a step that returns L and the four gradients as
NumPy arrays.
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


def loss_in(np_: Any, x: Any, t: Any) -> Callable[..., Any]:
    """a = tanh(x W1 + b1), h = softmax(a W2 + b2), L = −Σ t log h / B, in NumPy's names."""

    def loss(w1: Any, b1: Any, w2: Any, b2: Any) -> Any:
        a = np_.tanh(x @ w1 + b1)
        e = np_.exp(a @ w2 + b2)
        h = e / np_.sum(e, axis=1, keepdims=True)
        return -np_.sum(t * np_.log(h)) / len(x)

    return loss


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


def ours(batch: int, copied: bool = False) -> Step:
    """The data as constants, as PyTorch has them in tensors; or `copied` in each step."""
    import autograd_lite as ag

    x, t, arrays = problem(batch)
    if not copied:
        x, t = ag.constant(x), ag.constant(t)
    loss, parameters = loss_in(ag, x, t), [ag.Tensor(p) for p in arrays]

    def step() -> tuple[float, list[np.ndarray]]:
        for p in parameters:
            p.grad = None
        L = loss(*parameters)
        L.backward()
        return L.item(), [p.grad for p in parameters]

    return step


def torch(batch: int) -> Step:
    import torch

    torch.set_num_threads(1)
    x, t, arrays = problem(batch)
    loss = loss_in(torch, torch.tensor(x), torch.tensor(t))
    parameters = [torch.tensor(p, requires_grad=True) for p in arrays]

    def step() -> tuple[float, list[np.ndarray]]:
        for p in parameters:
            p.grad = None
        L = loss(*parameters)
        L.backward()
        return L.item(), [p.grad.numpy() for p in parameters]

    return step


def mygrad(batch: int) -> Step:
    import mygrad

    x, t, arrays = problem(batch)
    loss = loss_in(mygrad, x, t)

    def step() -> tuple[float, list[np.ndarray]]:
        parameters = [mygrad.tensor(p) for p in arrays]
        L = loss(*parameters)
        L.backward()
        return L.item(), [p.grad for p in parameters]

    return step


def hips(batch: int) -> Step:
    import autograd
    import autograd.numpy

    x, t, arrays = problem(batch)
    loss = loss_in(autograd.numpy, x, t)
    gradient = autograd.value_and_grad(lambda parameters: loss(*parameters))
    return lambda: gradient(arrays)


def jax(batch: int, jitted: bool = False) -> Step:
    """Eager, or compiled beforehand."""
    import jax

    x, t, arrays = problem(batch)
    gradient = jax.value_and_grad(loss_in(jax.numpy, x, t), (0, 1, 2, 3))
    if jitted:
        gradient = jax.jit(gradient)

    def step() -> tuple[float, list[np.ndarray]]:
        L, gradients = gradient(*arrays)
        return float(L), [np.asarray(g) for g in gradients]

    return step


def compiled(batch: int) -> Step:
    import autograd_lite as ag

    x, t, arrays = problem(batch)

    def loss(w1: Any, b1: Any, w2: Any, b2: Any, x: Any, t: Any) -> Any:
        return loss_in(np, x, t)(w1, b1, w2, b2)

    gradient = ag.compile(ag.value_and_grad(loss, (0, 1, 2, 3)))

    def step() -> tuple[float, list[np.ndarray]]:
        value, gradients = gradient(*arrays, x, t)
        return value, list(gradients)

    return step
