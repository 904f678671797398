"""Forward mode, copies and pickles of every operation: each call of the coverage table."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest
from numpy_calls import ARRAYS, CALLS, names_in

import autograd_lite as ag

from .helpers import close


def nodes_of(result):
    if isinstance(result, list | tuple):
        return [leaf for item in result for leaf in nodes_of(item)]
    return [result] if isinstance(result, ag.Node) else []


def total(call, names):
    """Σ of squares of everything the call returns, as a function of its first array."""
    first, *others = names

    def f(x):
        values = {first: x, **{name: ARRAYS[name].astype(float) for name in others}}
        rng = np.random.default_rng(1)
        out = ag.sum(x * 0.0)
        for part in nodes_of(eval(call, {"np": np, **values})):
            out = out + ag.sum(ag.nan_to_num(part) ** 2 * rng.normal(size=part.shape))
        return out

    return f


@pytest.mark.parametrize("call", CALLS)
def test_tangents_agree_with_cotangents(call):
    names = names_in(call)
    f, x = total(call, names), ARRAYS[names[0]].astype(float)
    t = np.random.default_rng(2).normal(size=x.shape)
    gradient = ag.grad(f)(x)
    close(ag.jvp(f, (x,), (t,))[1], np.sum(gradient * t), 1e-10)


@pytest.mark.parametrize("call", CALLS)
def test_copies_and_pickles_have_the_same_gradient(call):
    names = names_in(call)
    x = ag.Tensor(ARRAYS[names[0]].astype(float))
    y = total(call, names)(x)
    y.backward()
    for twin_x, twin in (copy.deepcopy((x, y)), pickle.loads(pickle.dumps((x, y)))):
        twin_x.grad = None
        twin.backward()
        close(twin_x.grad, x.grad, 1e-14)
