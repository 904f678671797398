"""Whole derivatives: Jacobians, Hessians, higher orders, and `grad` beside `backward`."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import Any

import autograd
import autograd.numpy as anp
import jax
import numpy as np
import torch
from benchmark import InTurn
from measure import Sides

import autograd_lite as ag

GROUP = "Derivatives"


def in_every_engine(at: Any, ours: Any, in_torch: Any, in_jax: Any, hips: Any) -> Sides:
    """One derivative, as each engine writes it, at one point."""
    torch.set_num_threads(1)
    x, compiled = torch.tensor(at, dtype=torch.float64), jax.jit(in_jax)
    return {
        "ours": lambda: ours(at),
        "PyTorch": lambda: in_torch(x).numpy(),
        "JAX": lambda: np.asarray(in_jax(at)),
        "JAX jitted": lambda: np.asarray(compiled(at)),
        "HIPS autograd": lambda: hips(at),
    }


def jacobian_of_softmax() -> Sides:
    """exp z / Σ exp z, written out, of 400 logits."""

    def softmax(np_: Any) -> Callable[[Any], Any]:
        def written_out(z: Any) -> Any:
            e = np_.exp(z)
            return e / np_.sum(e)

        return written_out

    return in_every_engine(
        np.random.default_rng(0).normal(size=400),
        ag.jacobian(softmax(np)),
        torch.func.jacrev(softmax(torch)),
        jax.jacrev(softmax(jax.numpy)),
        autograd.jacobian(softmax(anp)),
    )


def hessian_of_logsumexp() -> Sides:
    """log Σ exp z, written out, of 100 logits, by reverse mode over reverse mode."""

    def logsumexp(np_: Any) -> Callable[[Any], Any]:
        return lambda z: np_.log(np_.sum(np_.exp(z)))

    return in_every_engine(
        np.random.default_rng(0).normal(size=100),
        ag.hessian(logsumexp(np)),
        torch.func.jacrev(torch.func.jacrev(logsumexp(torch))),
        jax.jacrev(jax.jacrev(logsumexp(jax.numpy))),
        autograd.hessian(logsumexp(anp)),
    )


def higher_order(order: int) -> Sides:
    """dⁿ/dxⁿ of tanh applied five times, at 0.5, by reverse mode over reverse mode."""

    def chain(np_: Any) -> Callable[[Any], Any]:
        return lambda x: reduce(lambda y, _: np_.tanh(y), range(5), x)

    def nested(grad: Any, f: Any) -> Any:
        return reduce(lambda g, _: grad(g), range(order), f)

    def in_torch(x: Any) -> Any:
        x = x.detach().requires_grad_()
        y = chain(torch)(x)
        for n in range(order):
            (y,) = torch.autograd.grad(y, x, create_graph=n + 1 < order)
        return y

    return in_every_engine(
        0.5,
        nested(ag.grad, chain(ag)),
        in_torch,
        nested(jax.grad, chain(jax.numpy)),
        nested(autograd.grad, chain(anp)),
    )


def grad_and_backward(sizes: tuple[int, int, int]) -> Sides:
    """The gradient of an MLP with respect to a dictionary of parameters, by both of our ways."""
    rng = np.random.default_rng(1)
    n, h, k = sizes
    arrays = {
        "w1": rng.normal(size=(n, h)) / n**0.5,
        "b1": np.zeros(h),
        "w2": rng.normal(size=(h, k)) / h**0.5,
        "b2": np.zeros(k),
    }
    x, t = rng.normal(size=(32, n)), rng.integers(0, k, 32)

    def loss(p: Any) -> Any:
        hidden = np.tanh(x @ p["w1"] + p["b1"])
        return ag.softmax_cross_entropy(hidden @ p["w2"] + p["b2"], t)

    def backward() -> list[Any]:
        nodes = {name: ag.Tensor(array) for name, array in arrays.items()}
        loss(nodes).backward()
        return [node.grad for node in nodes.values()]

    gradient = ag.grad(loss)
    return {"ours": lambda: list(gradient(arrays).values()), "backward": backward}


def disjoint_outputs() -> Sides:
    """200 functions of one number each: the diagonal of their Jacobian, or a gradient each."""
    point = tuple(np.linspace(0.1, 1.0, 200).tolist())

    def f(x: Any) -> Any:
        return np.tanh(x * x) + x

    def diagonal(jacobian: Any) -> list[float]:
        return [row[i] for i, row in enumerate(jacobian)]

    whole, slope = ag.jacobian(lambda xs: [f(x) for x in xs]), ag.grad(f)
    return {
        "ours": lambda: diagonal(whole(point)),
        "grad in a loop": lambda: [slope(x) for x in point],
    }


BENCHMARKS = [
    InTurn(
        title="Jacobian of softmax written out, 400 logits",
        group=GROUP,
        sides=jacobian_of_softmax,
        rounds=30,
        limits={"PyTorch": 1.0, "HIPS autograd": 1 / 20},
    ),
    InTurn(
        title="Hessian of logsumexp written out, 100 logits",
        group=GROUP,
        sides=hessian_of_logsumexp,
        rounds=40,
        limits={"HIPS autograd": 1 / 20},
    ),
    InTurn(
        title="Third derivative of five tanh in a row, at a number",
        group=GROUP,
        sides=lambda: higher_order(3),
        rounds=40,
        limits={"HIPS autograd": 1.0},
    ),
    InTurn(
        title="Fourth derivative of five tanh in a row, at a number",
        group=GROUP,
        sides=lambda: higher_order(4),
        rounds=15,
        limits={"HIPS autograd": 1.0},
    ),
    # Taking four parameters out of a dictionary and putting them back costs about 20 µs, which
    # shows beside the 0.2 ms of the small one.
    InTurn(
        title="`grad` of an MLP 64-32-10, batch 32, beside `backward`",
        group=GROUP,
        sides=lambda: grad_and_backward((64, 32, 10)),
        rounds=200,
        limits={"backward": 1.15},
    ),
    InTurn(
        title="`grad` of an MLP 784-128-10, batch 32, beside `backward`",
        group=GROUP,
        sides=lambda: grad_and_backward((784, 128, 10)),
        rounds=200,
        limits={"backward": 1.1},
    ),
    InTurn(
        title="`jacobian` of 200 functions of one number each, beside `grad` in a loop",
        group=GROUP,
        sides=disjoint_outputs,
        rounds=30,
        limits={"grad in a loop": 1.5},
    ),
]
