"""Activations: at their corners, in every kind of data, compiled; erf to the last digit."""

import math

import numpy as np
import pytest

import autograd_lite as ag
from autograd_lite.nn import activations
from autograd_lite.ops.special import erf_of_arrays

from .helpers import close, differences

X = np.random.default_rng(0).normal(size=20) * 2
NAMES = [*activations.__all__, "erf"]


@pytest.mark.parametrize("name", NAMES)
def test_the_same_of_every_kind(name):
    f = getattr(ag, name)
    expected = f(X)
    np.testing.assert_array_equal(f(ag.Tensor(X)).data, expected)
    np.testing.assert_array_equal(f(X.tolist()), expected)
    np.testing.assert_allclose([f(float(x)) for x in X], expected, rtol=1e-14, atol=1e-16)
    np.testing.assert_allclose([f(ag.Value(x)).item() for x in X], expected, rtol=1e-14, atol=1e-16)
    assert [v.item() for v in f(np.array([ag.Value(x) for x in X]))] == pytest.approx(
        expected, rel=1e-14, abs=1e-16
    )
    single = f(ag.Tensor(X.astype(np.float32)))
    assert single.dtype == np.float32
    np.testing.assert_allclose(single.data, expected, rtol=2e-6, atol=1e-6)
    with np.errstate(invalid="ignore"):
        assert np.isnan(f(np.array([np.nan]))).all()
        assert np.isnan(ag.grad(lambda x: ag.sum(f(x)))(np.array([np.nan]))).all()


@pytest.mark.parametrize("name", NAMES)
def test_derivatives(name):
    f = getattr(ag, name)
    total = lambda x: np.sum(f(x))  # noqa: E731
    close(ag.grad(total)(X), differences(total, X), 1e-8)
    first = lambda x: np.sum(ag.grad(total)(x))  # noqa: E731
    close(ag.grad(first)(X), differences(first, X), 1e-7)
    np.testing.assert_allclose(ag.jvp(f, (X,), (X,))[1], ag.grad(total)(X) * X, rtol=1e-13)
    compiled = ag.compile(ag.grad(total))
    for x in (X, X + 0.5, X * 2):
        np.testing.assert_allclose(compiled(x), ag.grad(total)(x), rtol=1e-13, atol=1e-16)
    assert np.isfinite(ag.grad(total)(np.array([-800.0, 800.0]))).all()
    if name != "erf":
        assert f(ag.Tensor(X)).group[0] == name


@pytest.mark.parametrize(
    ("f", "at", "slope"),
    [
        (ag.leaky_relu, 0.0, 0.01),
        (lambda x: ag.leaky_relu(x, 3.0), 0.0, 1.0),
        (ag.elu, 0.0, 1.0),
        (lambda x: ag.elu(x, 0.5), 0.0, 0.5),
        (ag.selu, 0.0, activations.SELU_SCALE),
        (ag.hardtanh, 1.0, 0.0),
        (ag.hardtanh, -1.0, 0.0),
        (ag.relu6, 0.0, 0.0),
        (ag.relu6, 6.0, 0.0),
        (ag.hardsigmoid, 3.0, 0.0),
        (ag.gelu, 0.0, 0.5),
    ],
)
def test_at_a_corner_the_slope_is_the_least(f, at, slope):
    assert ag.grad(f)(at) == pytest.approx(slope)
    assert ag.grad(lambda x: ag.sum(f(x)))(np.array([at]))[0] == pytest.approx(slope)


def test_erf_to_the_last_digit():
    x = np.concatenate(
        [np.linspace(-8, 8, 40_001), np.geomspace(1e-300, 1, 500), [np.inf, -np.inf]]
    )
    exact = np.array([math.erf(v) for v in x])
    np.testing.assert_allclose(erf_of_arrays(x), exact, rtol=5e-16, atol=0)


def test_gelu_has_two_forms():
    with pytest.raises(ValueError, match='"none" or "tanh", not \'sigmoid\''):
        ag.gelu(1.0, "sigmoid")
