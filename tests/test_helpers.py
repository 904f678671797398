"""The judge can say no: wrong rules of every common kind, each refused by `check_rule`."""

import numpy as np
import pytest
from helpers import check_rule, close, differences

import autograd_lite as ag
from autograd_lite.core.elementwise import ONE, Elementwise
from autograd_lite.core.graph import data
from autograd_lite.core.operation import Op
from autograd_lite.ops.shape import BroadcastTo, Reshape

X = np.array([[0.3, -0.7, 1.1], [0.9, 0.4, -0.2]])
Y = np.array([0.5, 1.2, -0.8])


def rule(forward, vjp):
    """An operation of one or two inputs with the given rule."""

    class Made(Op):
        name = "made"

        def forward(self, *xs):
            return np.asarray(forward(*xs))

        def vjp(self, i, g, out, *xs):
            return vjp(i, g, out, *xs)

    return Made()


def row(on_arrays, *partials):
    return Elementwise("planted", on_arrays, on_arrays, *partials)


def leading(g):
    """How a rule that knows of no seeds in front would sum them away."""
    return ag.sum(g, tuple(range(len(g.shape) - 1)))


WRONG = {
    "factor": (row(np.square, lambda y, x: x), (X,)),
    "sign": (row(np.sin, lambda y, x: -ag.cos(x)), (X,)),
    "taken at the output": (row(np.sin, lambda y, x: ag.cos(y)), (X,)),
    "slope forgotten": (row(np.tanh, ONE), (X,)),
    "small error": (row(np.tanh, lambda y, x: (1 - y * y) * (1 + 1e-6)), (X,)),
    "inputs exchanged": (row(np.multiply, lambda z, x, y: x, lambda z, x, y: y), (X, Y)),
    "one input wrong": (row(np.divide, lambda z, x, y: 1 / y, lambda z, x, y: -x / y), (X, Y)),
    "second derivative lost": (row(np.sin, lambda y, x: np.cos(data(x))), (X,)),
    "second derivative wrong": (
        row(np.square, lambda y, x: 2 * x + 0 * ag.sin(x) + (ag.sin(x) - np.sin(data(x)))),
        (X,),
    ),
    "not summed": (rule(np.add, lambda i, g, out, *xs: g), (X, Y)),
    "seeds summed away": (
        rule(np.multiply, lambda i, g, out, x, y: g * y if i == 0 else leading(g * x)),
        (X, Y),
    ),
    "transposed": (
        rule(
            lambda x, y: x @ y,
            lambda i, g, out, x, y: g @ y if i == 0 else ag.swapaxes(x, -1, -2) @ g,
        ),
        (X[:, :2], X[:, 1:] + 1),
    ),
    "axes counted from the front": (
        rule(
            lambda x: x.reshape(3, 2),
            lambda i, g, out, x: ag.swapaxes(g, 0, 1) if g.shape == (3, 2) else g[..., :1] * x,
        ),
        (X,),
    ),
    "order of entries": (
        rule(lambda x: x.T, lambda i, g, out, x: Reshape((3, 2), (2, 3))(g)),
        (X,),
    ),
    "mean for sum": (
        rule(
            lambda x: x.sum(-1),
            lambda i, g, out, x: BroadcastTo((2, 1), (2, 3))(Reshape((2,), (2, 1))(g)) / 3,
        ),
        (X,),
    ),
    "not linear in the cotangent": (rule(np.sin, lambda i, g, out, x: g * g * ag.cos(x)), (X,)),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_rule_is_refused(name):
    op, arrays = WRONG[name]
    with pytest.raises((AssertionError, ValueError, TypeError)):
        check_rule(op, *arrays)


RIGHT = {
    "row": (row(np.sin, lambda y, x: ag.cos(x)), (X,)),
    "two inputs": (row(np.multiply, lambda z, x, y: y, lambda z, x, y: x), (X, Y)),
    "transposed": (rule(lambda x: x.T, lambda i, g, out, x: ag.swapaxes(g, -1, -2)), (X,)),
}


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_rule_passes(name):
    op, arrays = RIGHT[name]
    check_rule(op, *arrays)


def test_differences_are_sharp():
    """To 1e-12 for a smooth function, in every shape."""
    close(
        differences(np.sin, X), np.einsum("ij,ik,jl->ijkl", np.cos(X), np.eye(2), np.eye(3)), 1e-12
    )
    assert differences(np.sum, np.zeros((2, 0))).shape == (2, 0)
    assert differences(lambda x: x * x, 3.0).shape == ()


@pytest.mark.parametrize(
    ("a", "b"),
    [([1.0], [1.0 + 1e-8]), ([1.0], 1.0), ([1.0, np.nan], [1.0, 1.0]), ([np.inf], [1.0])],
)
def test_close_refuses(a, b):
    with pytest.raises(AssertionError):
        close(a, b)
