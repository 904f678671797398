"""Two mistakes at once: a factor and another; and explanations that stay away."""

import numpy as np
import pytest

import autograd_lite as ag

rng = np.random.default_rng(0)
X, W, T = rng.normal(size=(6, 5)), rng.normal(size=(5, 4)), np.eye(4)[[0, 1, 2, 3, 0, 1]]


def loss(W):
    return ag.softmax_cross_entropy(ag.matmul(X, W), T)


def codes(hand):
    report = ag.check_gradients(loss, W, hand=hand)
    assert report.verdict == "hand"
    return [cause.code for cause in report.causes]


H = np.exp(X @ W) / np.exp(X @ W).sum(1, keepdims=True)


def test_diagonal_only_and_the_mean_forgotten():
    found = codes(X.T @ (H * (1 - H) * (-T / H)))
    assert found[0] == "diagonal-only"
    assert "scale" in found


def test_sign_and_the_mean_forgotten():
    found = codes(X.T @ (T - H))
    assert {"sign", "scale"} <= set(found)


def test_a_factor_of_two_and_the_mean_are_both_read():
    report = ag.check_gradients(loss, W, hand=2 * X.T @ (H - T))
    assert report.causes[0].code == "scale"
    assert "12 times" in report.causes[0].message
    assert "mean was forgotten" in report.causes[0].message


def test_zero_has_one_explanation():
    assert codes(np.zeros_like(W)) == ["zero"]


@pytest.mark.parametrize("seed", range(20))
def test_noise_is_explained_by_nothing(seed):
    noise = np.random.default_rng(seed).normal(size=W.shape)
    assert codes(noise) == ["unknown"]
    small = X.T @ (H - T) / 6 + 1e-4 * noise
    assert codes(small) == ["unknown"]


def test_every_explanation_reproduces_the_numbers():
    for hand in (X.T @ (H / 6), X.T @ (H * (H - T) / 6), -X.T @ (H - T), X.T @ ((H - T) * H)):
        report = ag.check_gradients(loss, W, hand=hand)
        for cause in report.causes:
            assert cause.code == "unknown" or cause.match <= 1e-7


def test_the_jacobian_of_values_and_of_a_recorded_graph():
    z = ag.Tensor([2.0, 1.0, 0.1], label="z")
    h = ag.softmax(z)
    h.label = "h"
    v = h.data
    report = ag.compare(h, {z: np.diag(v * (1 - v))})
    assert report.rows[0].name == "dh/dz"
    assert report.causes[0].code == "diagonal-only"
    assert ag.compare(h, {z: np.diag(v) - np.outer(v, v)})


def test_a_graph_of_values():
    z = [ag.Value(2.0, label="z1"), ag.Value(1.0, label="z2"), ag.Value(0.1, label="z3")]
    h = ag.softmax(z)
    loss = -ag.log(h[0])
    p = [x.item() for x in h]
    assert ag.compare(loss, {z[0]: p[0] - 1, z[1]: p[1], z[2]: p[2]})
    report = ag.compare(loss, {z[0]: p[0] - 1, z[1]: 0.0, z[2]: 0.0})
    assert [row.verdict for row in report.rows] == ["hand", "hand", "agree"]


def test_own_operations_are_checked_and_named():
    @ag.primitive
    def cube(x):
        return x**3

    cube.defvjp(lambda g, y, x: g * 2 * x**2)
    report = ag.check_gradients(lambda x: ag.sum(cube(x)), X, hand=lambda x: 3 * x**2)
    assert report.verdict == "autodiff"
    assert "'cube'" in report.causes[0].message
