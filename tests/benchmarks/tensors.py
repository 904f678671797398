"""Graphs of arrays: a chain of small operations, and an MLP beside its hand-derived code."""

from __future__ import annotations

from typing import Any

import autograd
import autograd.numpy as anp
import jax
import mlp
import mygrad
import numpy as np
import torch
from benchmark import InTurn
from measure import Sides

import autograd_lite as ag

GROUP = "Arrays"


def small_operations() -> Sides:
    """h ← tanh(h w + b) three hundred times: ∂Σh/∂h₀."""
    arrays = np.random.default_rng(0).normal(size=(3, 10))

    def chain(np_: Any, h: Any, w: Any, b: Any) -> Any:
        for _ in range(300):
            h = np_.tanh(h * w + b)
        return np_.sum(h)

    def ours() -> Any:
        x, w, b = (ag.Tensor(a) for a in arrays)
        chain(ag, x, w, b).backward()
        return x.grad

    def in_torch() -> Any:
        x, w, b = (torch.tensor(a, requires_grad=True) for a in arrays)
        chain(torch, x, w, b).backward()
        return x.grad.numpy()

    def in_mygrad() -> Any:
        x, w, b = (mygrad.tensor(a) for a in arrays)
        chain(mygrad, x, w, b).backward()
        return x.grad

    torch.set_num_threads(1)
    # As the others do, these two find the gradients of all three, and so the same work is timed.
    hips = autograd.grad(lambda leaves: chain(anp, *leaves))
    compiled = jax.jit(jax.grad(lambda leaves: chain(jax.numpy, *leaves)))
    return {
        "ours": ours,
        "PyTorch": in_torch,
        "MyGrad": in_mygrad,
        "HIPS autograd": lambda: hips(list(arrays))[0],
        "JAX jitted": lambda: np.asarray(compiled(list(arrays))[0]),
    }


def network(batch: int) -> Sides:
    """One step of an MLP 64-32-10 in every engine."""
    return {
        "ours": mlp.ours(batch),
        "ours with copied data": mlp.ours(batch, copied=True),
        "by hand": mlp.by_hand(batch),
        "PyTorch": mlp.torch(batch),
        "MyGrad": mlp.mygrad(batch),
        "HIPS autograd": mlp.hips(batch),
        "JAX": mlp.jax(batch),
        "JAX jitted": mlp.jax(batch, jitted=True),
    }


BENCHMARKS = [
    InTurn(
        title="300 times tanh(h w + b) on 10 entries",
        group=GROUP,
        sides=small_operations,
        rounds=40,
        limits={"PyTorch": 1.0},
    ),
    InTurn(
        title="MLP 64-32-10, batch 32: value and gradients",
        group=GROUP,
        sides=lambda: network(32),
        rounds=200,
        limits={"by hand": 2.8, "PyTorch": 1.0},
    ),
    InTurn(
        title="MLP 64-32-10, batch 512: value and gradients",
        group=GROUP,
        sides=lambda: network(512),
        rounds=100,
        limits={"by hand": 1.5},
    ),
]
