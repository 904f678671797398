"""Calculus speed: Jacobians and Hessians beside HIPS autograd and torch.func, grad by backward."""

from __future__ import annotations

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
import torch
from measure import interleaved, report

import autograd_lite as ag

Z = np.random.default_rng(0).normal(size=400)


def softmax(np_, shift=0.0):
    def written_out(z):
        e = np_.exp(z - shift)
        return e / np_.sum(e)

    return written_out


def test_the_jacobian_of_softmax():
    torch.set_num_threads(1)
    z = torch.tensor(Z)
    ours, theirs = ag.jacobian(softmax(np)), autograd.jacobian(softmax(anp))
    in_torch = torch.func.jacrev(softmax(torch))
    sides = {"ours": lambda: ours(Z), "HIPS": lambda: theirs(Z), "jacrev": lambda: in_torch(z)}
    for side in sides.values():
        np.testing.assert_allclose(np.asarray(side()), sides["ours"](), rtol=1e-9, atol=1e-18)
    times = interleaved(sides, rounds=30)
    report("Jacobian of softmax written out, 400 logits", times)
    assert times["ours"] <= times["jacrev"]
    assert times["HIPS"] >= 20 * times["ours"]


def test_the_hessian_of_logsumexp():
    z = Z[:100]

    def logsumexp(np_):
        return lambda z: np_.log(np_.sum(np_.exp(z)))

    ours, theirs = ag.hessian(logsumexp(np)), autograd.hessian(logsumexp(anp))
    np.testing.assert_allclose(ours(z), theirs(z), rtol=1e-9, atol=1e-15)
    times = interleaved({"ours": lambda: ours(z), "HIPS": lambda: theirs(z)}, rounds=60)
    report("Hessian of logsumexp, 100 logits", times)
    assert times["HIPS"] >= 20 * times["ours"]


# Taking four parameters out of a dictionary and putting them back costs about 20 µs, which shows
# beside the 0.2 ms of the small one.
@pytest.mark.parametrize(("sizes", "limit"), [((64, 32, 10), 1.2), ((784, 128, 10), 1.1)])
def test_grad_of_an_mlp_costs_what_backward_costs(sizes, limit):
    rng = np.random.default_rng(1)
    n, h, k = sizes
    arrays = {
        "w1": rng.normal(size=(n, h)) / n**0.5,
        "b1": np.zeros(h),
        "w2": rng.normal(size=(h, k)) / h**0.5,
        "b2": np.zeros(k),
    }
    x, t = rng.normal(size=(32, n)), rng.integers(0, k, 32)

    def loss(p):
        hidden = np.tanh(x @ p["w1"] + p["b1"])
        return ag.softmax_cross_entropy(hidden @ p["w2"] + p["b2"], t)

    def backward():
        nodes = {name: ag.Tensor(array) for name, array in arrays.items()}
        loss(nodes).backward()
        return {name: node.grad for name, node in nodes.items()}

    gradient = ag.grad(loss)
    for name, g in gradient(arrays).items():
        np.testing.assert_array_equal(g, backward()[name])
    times = interleaved({"ours": lambda: gradient(arrays), "backward": backward}, rounds=200)
    report(f"grad of an MLP {n}-{h}-{k}, batch 32", times)
    assert times["ours"] <= limit * times["backward"]


@pytest.mark.parametrize("size", [200])
def test_disjoint_scalar_outputs_cost_what_a_loop_over_grad_costs(size):
    def f(x):
        return np.tanh(x * x) + x

    point = tuple(np.linspace(0.1, 1.0, size).tolist())
    whole = ag.jacobian(lambda xs: [f(x) for x in xs])
    slope = ag.grad(f)
    sides = {"ours": lambda: whole(point), "loop": lambda: [slope(x) for x in point]}
    np.testing.assert_allclose(np.diag(np.array(whole(point))), sides["loop"](), rtol=1e-14)
    times = interleaved(sides, rounds=30)
    report(f"{size} scalar maps", times)
    assert times["ours"] <= 1.5 * times["loop"]
