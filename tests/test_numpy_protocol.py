"""NumPy's functions given Tensors: values, derivatives of two orders, K seeds, dtypes, refusals."""

import numpy as np
import pytest
from numpy_calls import ARRAYS, CALLS, names_in

import autograd_lite as ag


def leaves(result):
    """The arrays and nodes of a result, through lists and tuples."""
    if isinstance(result, list | tuple):
        return [leaf for item in result for leaf in leaves(item)]
    return [result]


def flat_numbers(result):
    """All numbers of a result of plain arrays, one after another; NaN as 0."""
    return np.nan_to_num(np.concatenate([np.ravel(np.asarray(x, float)) for x in leaves(result)]))


def evaluate(call, values, numpy=np):
    return eval(call, {"np": numpy, **values})


def weighted(call, values, weights):
    """Σ weights · result, as a node where a part of the result is one."""
    total, start = 0.0, 0
    for part in leaves(evaluate(call, values)):
        size = int(np.size(part))
        if isinstance(part, ag.Node):
            known = np.isfinite(part.data)
            w = weights[start : start + size].reshape(part.shape)
            total = total + np.where(known, part * w.astype(part.dtype), 0.0).sum()
        start += size
    return total


def arguments(call, dtype=float):
    return {name: ARRAYS[name].astype(dtype) for name in names_in(call)}


def weights_of(call):
    size = flat_numbers(evaluate(call, arguments(call))).size
    return np.random.default_rng(1).normal(size=size)


def gradients(call, arrays, weights, directions=None):
    """The gradient for every argument; with directions, of ⟨gradient, direction⟩: second order."""
    names = list(arrays)

    def scalar(*xs):
        return weighted(call, dict(zip(names, xs, strict=True)), weights)

    every = tuple(range(len(names)))
    if directions is None:
        return ag.grad(scalar, every)(*arrays.values())

    def slope(*xs):
        parts = ag.grad(scalar, every)(*xs)
        return sum((np.nan_to_num(g) * d).sum() for g, d in zip(parts, directions, strict=True))

    return ag.grad(slope, every)(*arrays.values())


def differences(f, arrays, h=2e-6):
    """∂f/∂x for a function of all arrays with a number as result, by central differences."""
    out = []
    for name, x in arrays.items():
        g = np.zeros(x.shape)
        for i in np.ndindex(x.shape):
            ends = []
            for step in (h, -h):
                moved = x.copy()
                moved[i] += step
                ends.append(f({**arrays, name: moved}))
            g[i] = (ends[0] - ends[1]) / (2 * h)
        out.append(g)
    return out


@pytest.mark.parametrize("call", CALLS)
def test_the_value_is_numpys(call):
    arrays = arguments(call)
    expected = leaves(evaluate(call, arrays))
    got = leaves(evaluate(call, {name: ag.Tensor(x) for name, x in arrays.items()}))
    assert len(got) == len(expected)
    for mine, theirs in zip(got, expected, strict=True):
        numbers = mine.data if isinstance(mine, ag.Node) else mine
        assert np.shape(numbers) == np.shape(theirs)
        np.testing.assert_allclose(numbers, theirs, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("call", CALLS)
def test_the_gradient_is_the_slope_of_numpys_function(call):
    arrays, weights = arguments(call), weights_of(call)
    expected = differences(lambda values: weights @ flat_numbers(evaluate(call, values)), arrays)
    for mine, theirs in zip(gradients(call, arrays, weights), expected, strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("call", CALLS)
def test_the_second_derivative_is_the_slope_of_the_gradient(call):
    arrays, weights = arguments(call), weights_of(call)
    random = np.random.default_rng(2)
    directions = [random.normal(size=x.shape) for x in arrays.values()]

    def slope(values):
        parts = gradients(call, values, weights)
        return sum((np.nan_to_num(g) * d).sum() for g, d in zip(parts, directions, strict=True))

    expected = differences(slope, arrays)
    got = gradients(call, arrays, weights, directions)
    for mine, theirs in zip(got, expected, strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=2e-5, atol=2e-5)
