"""What judges a rule: differences of the forward, K seeds, recorded sweeps.

Nothing here trusts the engine: derivatives are judged by finite differences of what the operation
computes on plain arrays, and second derivatives by differences of first ones that passed.
"""

from __future__ import annotations

import numpy as np

import autograd_lite as ag
from autograd_lite import nodes
from autograd_lite.core.graph import Node, sweep

# Weights of the eighth-order central difference at ±h, ±2h, ±3h, ±4h (Fornberg 1988, table 1).
WEIGHTS = (4 / 5, -1 / 5, 4 / 105, -1 / 280)


def differences(f, x, h=1e-2):
    """∂f_i/∂x_j of shape `out.shape + x.shape`, by central differences of order 8."""
    x = np.asarray(x, float)
    columns = []
    for j in range(x.size):
        step = np.zeros(x.size)
        step[j] = h
        step = step.reshape(x.shape)
        column = sum(
            w * (np.asarray(f(x + k * step), float) - np.asarray(f(x - k * step), float))
            for k, w in enumerate(WEIGHTS, start=1)
        )
        columns.append(column / h)
    if not columns:
        return np.zeros(np.shape(f(x)) + x.shape)
    return np.moveaxis(np.array(columns), 0, -1).reshape(np.shape(columns[0]) + x.shape)


def close(a, b, tolerance=1e-9):
    """Equal shapes, and entries within `tolerance` on the scale of the larger array."""
    a, b = np.asarray(a, float), np.asarray(b, float)
    assert a.shape == b.shape, f"shapes {a.shape} and {b.shape}"
    scale = max(1.0, np.abs(b).max(initial=0.0))
    np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance * scale)


def remade(row):
    """What `fast` has made of a row, made anew: the row was given other partial derivatives."""
    if nodes.fast is not None:
        nodes.fast.quicken(row)


def leaves(arrays):
    return [ag.Tensor(a) for a in arrays]


def plain(x):
    """The numbers of a Tensor, of a Value, or of plain data."""
    return np.asarray(x.data if isinstance(x, Node) else x)


def check_rule(f, *arrays, tolerance=1e-8, second=True, h=1e-2):
    """Assert everything that a right rule satisfies, for `f` of arrays with an array as result."""
    arrays = [np.asarray(a, float) for a in arrays]
    xs = leaves(arrays)
    y = f(*xs)
    assert isinstance(y, ag.Tensor)
    value = np.asarray(f(*arrays))
    np.testing.assert_array_equal(y.data, value)  # on data and on nodes: the same numbers

    jacobians = ag.jacobian(f, argnums=tuple(range(len(arrays))))(*arrays)
    for i, (a, jacobian) in enumerate(zip(arrays, jacobians, strict=True)):

        def forward(x, i=i):
            return f(*arrays[:i], x, *arrays[i + 1 :])

        close(jacobian, differences(forward, a, h), tolerance)

    # K seeds in one sweep against K sweeps with one seed each, accumulated by nobody.
    for k in range(value.size):
        seed = np.zeros(value.size)
        seed[k] = 1.0
        for x in xs:
            x.grad = None
        y.backward(seed.reshape(value.shape))
        for x, jacobian in zip(xs, jacobians, strict=True):
            row = np.reshape(jacobian, (value.size, *x.shape))[k]
            close(np.zeros(x.shape) if x.grad is None else x.grad, row, 1e-13)

    rng = np.random.default_rng(7)
    v = rng.normal(size=value.shape)
    for x in xs:
        x.grad = None
    y.backward(v)  # linear in the cotangent: any seed is a mixture of the K
    for x, jacobian in zip(xs, jacobians, strict=True):
        if x.grad is not None:
            rows = np.reshape(jacobian, (value.size, x.size))
            close(x.grad, (v.ravel() @ rows).reshape(x.shape), 1e-11)
    check_recorded(y, xs, v)
    if second and value.size:
        check_second(f, arrays, v, tolerance, h)


def check_recorded(y, xs, v):
    """The recorded sweep computes the same numbers as the plain one."""
    first = {id(x): g for x, g in sweep([y], [v], stop=xs)}
    again = {id(x): g for x, g in sweep([y], [ag.Tensor(v)], record=True, stop=xs)}
    for x in xs:
        if id(x) in first:
            # Up to rounding: on plain data a product and its sum may be one operation.
            np.testing.assert_allclose(plain(again[id(x)]), np.asarray(first[id(x)]), 1e-13, 1e-14)


def check_second(f, arrays, v, tolerance, h):
    """Second derivatives of ⟨v, f⟩ against differences of the first, for every pair of inputs."""
    argnums = tuple(range(len(arrays)))

    def weighted(*xs):
        return ag.sum(f(*xs) * v)

    gradient = ag.grad(weighted, argnums)
    for i, a in enumerate(arrays):

        def along(x, i=i):
            parts = gradient(*arrays[:i], x, *arrays[i + 1 :])
            return np.concatenate([np.ravel(p) for p in parts])

        def recorded(x, i=i):
            parts = gradient(*arrays[:i], x, *arrays[i + 1 :])
            return ag.concatenate([ag.ravel(p) for p in parts])

        expected = differences(along, a, h)
        if any(
            isinstance(part, Node) for part in gradient(*arrays[:i], ag.Tensor(a), *arrays[i + 1 :])
        ):
            got = ag.jacobian(recorded)(a)
        else:  # linear in everything: no derivative is left
            got = np.zeros(expected.shape)
        close(got, expected, tolerance * 10)
