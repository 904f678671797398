"""Third derivatives of every operation, with K seeds at each order.

A parameter that is a shape is counted without leading axes: a rule that is recorded under K seeds
and differentiated again under K more meets results that have seeds in front themselves.
"""

from __future__ import annotations

import numpy as np
import pytest
from numpy_calls import ARRAYS, CALLS, names_in

import autograd_lite as ag

from .helpers import WEIGHTS, close
from .test_every_call import nodes_of


@ag.primitive
def cubes(x):
    return x**3


@ag.primitive
def cubes_at_once(x):
    return x**3


cubes.defvjp(lambda g, y, x: g * 3 * x**2)
cubes_at_once.defvjp(lambda g, y, x: g * 3 * x**2, leading=True)

OURS = """
ag.softmax(m) ; ag.log_softmax(m, axis=0) ; ag.logsumexp(t, axis=1) ; ag.sigmoid(m)
ag.softplus(m) ; ag.relu(m) ; ag.mse(m, u) ; ag.binary_cross_entropy(u, [[0, 1, 0], [1, 1, 0]])
ag.softmax_cross_entropy(m, [2, 0]) ; ag.kl_divergence(ag.softmax(m), ag.softmax(u))
v[2] ; v[[0, 0, 3]] ; m[:, None, 1] ; m[..., ::-2] ; t[1, [0, 2, 0]] ; t[t > 0] ; t[:, 1, None]
v.at[1:3].add(v[:2]) ; m.at[0].set(m[1] ** 2) ; np.stack([v[2], v[0] * v[1]])
ag.windows(m, (2, 2)) ; ag.windows(v, 2, stride=2) ; ag.windows(m, 2, 1, 2, 1)
np.lib.stride_tricks.sliding_window_view(m, (2, 1), axis=(1, 0))
ag.conv1d(m, t[:, :2, :2], padding=1) ; ag.conv2d(t, [[[[1.0, 2.0]], [[3.0, -1.0]]]], padding=1)
ag.conv_transpose2d(t, [[[[1.0, 2.0]]], [[[3.0, -1.0]]]], stride=2)
ag.max_pool(m, 2, 1) ; ag.avg_pool(m, 2, 1, 1)
cubes(m) ; cubes_at_once(m)
ag.linalg.norm(m, axis=1)[::-1] ; ag.grad(lambda r: np.sum(r**3 * v))(v)
""".strip().replace("\n", " ; ")

EVERY_CALL = [*CALLS, *OURS.split(" ; ")]

# NumPy does not look for nodes there when the other arguments are plain.
UNSEEN = {("np.full_like(m, s)", "s"), ("np.interp(v, x, w, left=s, right=0.5)", "s")}


def weighted(call, name):
    """Σ of weights times the sine of everything the call returns, as a function of one array."""
    fixed = {other: ARRAYS[other].astype(float) for other in names_in(call)}
    ours = {"np": np, "ag": ag, "cubes": cubes, "cubes_at_once": cubes_at_once}

    def f(x):
        rng = np.random.default_rng(1)
        out = ag.sum(x * 0.0)
        for part in nodes_of(eval(call, {**ours, **fixed, name: x})):
            out = out + ag.sum(ag.sin(ag.nan_to_num(part)) * rng.normal(size=part.shape))
        return out

    return f


@pytest.mark.parametrize("call", EVERY_CALL)
def test_third_derivatives_with_seeds_at_each_order(call):
    for name in dict.fromkeys(names_in(call)):
        if (call, name) in UNSEEN:
            continue
        f, x = weighted(call, name), ARRAYS[name].astype(float)
        u, v, w = np.random.default_rng(3).normal(size=(3, *x.shape))

        def second(x, f=f, u=u, v=v):  # ⟨u, H v⟩, one seed at a time
            return ag.sum(ag.grad(lambda x: ag.sum(ag.grad(f)(x) * u))(x) * v)

        all_at_once = ag.jacobian(ag.jacobian(ag.grad(f)))(x)
        rows = np.tensordot(u, np.tensordot(v, all_at_once, x.ndim), x.ndim)
        close(rows, ag.grad(second)(x), 1e-9)
        h = 1e-4
        slope = sum(
            c * (second(x + k * h * w) - second(x - k * h * w)) / h
            for k, c in enumerate(WEIGHTS, start=1)
        )
        close(np.sum(rows * w), slope, 1e-5)


def test_the_gradient_of_a_trace_of_a_hessian():
    def laplacian(v):
        return np.trace(ag.hessian(lambda x: x[0] ** 3 * x[1])(v))

    close(ag.grad(laplacian)([0.3, 0.5]), [3.0, 1.8])
