"""0 · inf: 0 where a selection made the zero, NaN where only this point did. Entry by entry.

Each function is differentiated as a Value, as a Tensor of shape (), as entries of a vector beside
others, with one seed, K seeds, a seed that leaves entries out, and once more.
"""

from __future__ import annotations

import numpy as np
import pytest

import autograd_lite as ag

nan, inf = np.nan, np.inf

# f, f'(0), f''(0), and f'(1). In first place what a selection cuts off.
POINTS = {
    "where log": (lambda x: ag.where(x > 0, ag.log(x), 0.0), 0.0, 0.0, 1.0),
    "where sqrt": (lambda x: ag.where(x > 0, ag.sqrt(x), 0.0), 0.0, 0.0, 0.5),
    "where 3/2": (lambda x: ag.where(x > 0, x**1.5, 0.0), 0.0, 0.0, 1.5),
    "where of sums": (lambda x: ag.where(x > 0, 2 * ag.log(x) + x, x), 1.0, 0.0, 3.0),
    "where twice": (lambda x: ag.where(x > 0, ag.where(x > 0, ag.log(x), 0) * x, 0), 0.0, 0.0, 1.0),
    "mask": (lambda x: (x.data > 0) * ag.sqrt(x), 0.0, 0.0, 0.5),
    "0 times": (lambda x: 0.0 * ag.sqrt(x), 0.0, 0.0, 0.0),
    "maximum": (lambda x: ag.maximum(ag.sqrt(x), 0.0), 0.0, 0.0, 0.5),
    "maximum of nodes": (lambda x: ag.maximum(ag.sqrt(x), x + 0.5), 1.0, 0.0, 1.0),
    "clip": (lambda x: ag.clip(ag.sqrt(x), 0.0, 9.0), 0.0, 0.0, 0.5),
    "relu": (lambda x: ag.relu(ag.cbrt(x)), 0.0, 0.0, 1 / 3),
    "power 0": (lambda x: ag.sqrt(x) ** 0, 0.0, 0.0, 0.0),
    "floor": (lambda x: ag.floor(ag.sqrt(x)) + x, 1.0, 0.0, 1.0),
    "cube of a root": (lambda x: ag.cbrt(x) ** 3, nan, nan, 1.0),
    "square of a root": (lambda x: ag.sqrt(x) ** 2, nan, nan, 1.0),
    "squared": (lambda x: ag.square(ag.sqrt(x)), nan, nan, 1.0),
    "root times root": (lambda x: (lambda u: u * u * u)(ag.cbrt(x)), nan, nan, 1.0),
    "exp log": (lambda x: ag.exp(ag.log(x)), nan, nan, 1.0),
    "exp log taken": (lambda x: ag.where(x >= 0, ag.exp(ag.log(x)), 0.0), nan, nan, 1.0),
    "beside a selection": (
        lambda x: ag.sqrt(x) ** 2 + ag.where(x > 0, ag.log(x), 0.0), nan, nan, 2.0),
    "a branch of a root": (lambda x: ag.where(x > 0, x, 0.0) + ag.cbrt(x) ** 3, nan, nan, 2.0),
    "sqrt": (ag.sqrt, inf, -inf, 0.5),
    "0/0": (lambda x: x / (2 * x), nan, nan, 0.0),
}  # fmt: skip

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")


def same(got, wanted):
    np.testing.assert_allclose(np.asarray(got, float), wanted, 1e-12, 1e-12)


@pytest.mark.parametrize("kind", [ag.Value, ag.Tensor])
@pytest.mark.parametrize("name", POINTS)
def test_a_single_number(name, kind):
    f, slope, _, _ = POINTS[name]
    x = kind(0.0)
    f(x).backward()
    same(x.grad, slope)
    same(ag.grad(f)(x.data), slope)


@pytest.mark.parametrize("name", POINTS)
def test_beside_other_entries(name):
    f, slope, _, other = POINTS[name]
    at = np.array([0.0, 1.0, 0.0])
    same(ag.grad(lambda x: ag.sum(f(x)))(at), [slope, other, slope])
    same(ag.jacobian(f)(at), np.diag([slope, other, slope]))
    for chosen in (np.array([0, 1]), np.array([1]), np.array([2])):
        expected = np.isin(np.arange(3), chosen) * np.array([1.0, 1.0, 1.0])
        expected[expected != 0] = np.array([slope, other, slope])[expected != 0]
        same(ag.grad(lambda x, chosen=chosen: ag.sum(f(x)[chosen]))(at), expected)
        x = ag.Tensor(at)
        f(x).backward(np.isin(np.arange(3), chosen).astype(float))
        same(x.grad, expected)


@pytest.mark.parametrize("name", [n for n in POINTS if n not in ("sqrt", "0/0")])
def test_second_derivatives(name):
    f, _, bend, _ = POINTS[name]
    same(ag.grad(ag.grad(f))(0.0), bend)
    hessian = ag.hessian(lambda x: ag.sum(f(x)))(np.array([0.0, 1.0]))
    same(hessian[0], [bend, 0.0])
    assert np.isfinite(hessian[1]).all()
    rows = ag.jacobian(ag.jacobian(f))(np.array([1.0, 0.0]))
    same(rows[1, 1], [0.0, bend])
    same(rows[0, 1], [0.0, 0.0])


CORNERS = {
    "norm²": lambda x: np.linalg.norm(x) ** 2,
    "exp(−norm²)": lambda x: np.exp(-(np.linalg.norm(x) ** 2)),
    "std²": lambda x: np.std(x) ** 2,
    "hypot²": lambda x: np.hypot(x[0], x[1]) ** 2,
    "norm": np.linalg.norm,
    "a row of norms": lambda x: np.linalg.norm(np.stack([x, x + 1]), axis=1)[0] ** 2,
    "norm of rows": lambda x: np.sum(np.linalg.norm(np.stack([x, x + 1]), axis=1) ** 2),
}


@pytest.mark.parametrize("name", CORNERS)
def test_second_derivatives_through_a_corner_are_never_0(name):
    f = CORNERS[name]
    assert np.isfinite(ag.grad(f)(np.zeros(2))).all()
    assert np.isnan(ag.hessian(f)(np.zeros(2))).all()


def test_a_corner_that_is_not_selected():
    def f(x):
        n = np.linalg.norm(x, axis=1)
        return np.sum(np.where(n > 0, n, 0.0)) + n[1] ** 2

    x = np.array([[0.0, 0.0], [3.0, 4.0]])
    hessian = ag.hessian(f)(x)
    same(hessian[0], np.zeros((2, 2, 2)))
    u = x[1] / 5
    same(hessian[1, :, 1], 2 * np.eye(2) + (np.eye(2) - np.outer(u, u)) / 5)


def test_a_nan_that_is_divided_leaves_its_neighbours_alone():
    x = ag.Tensor([nan, 0.0, 6.0])
    (x / [2.0, 0.0, 3.0]).backward(np.ones(3))
    same(x.grad, [0.5, nan, 1 / 3])
    y = ag.Tensor([nan, 1.0])
    (ag.sum(y**2) / 2.0).backward()
    same(y.grad, [nan, 1.0])


def test_a_compiled_function_of_numbers_at_many_points():
    """One of the points meets 0 · inf: there the derivative is NaN, at the others it is itself."""
    slope = ag.grad(lambda x: ag.sqrt(x) ** 2)
    compiled = ag.compile(slope)
    assert compiled(4.0) == slope(4.0) == 1.0
    np.testing.assert_array_equal(compiled(np.array([4.0, 0.0, 1.0])), [1.0, np.nan, 1.0])
