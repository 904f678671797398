"""Points at which mistakes cannot be seen are named, and only those."""

import numpy as np
import planted
import pytest

import autograd_lite as ag


def tanh_network(scale):
    rng = np.random.default_rng(0)
    X, Y, W = rng.normal(size=(6, 4)), rng.normal(size=(6, 3)), scale * rng.normal(size=(4, 3))
    f = lambda W: ag.sum((ag.tanh(ag.matmul(X, W)) - Y) ** 2)  # noqa: E731

    def hand(W):
        y = np.tanh(X @ W)
        return X.T @ (2 * (y - Y) * (1 - y * y))

    return f, W, hand


def blind(report):
    return [note for note in report.notes if note.code == "blind-point"]


@pytest.mark.parametrize("scale", [0.0, 1e-5])
def test_small_weights_hide_the_derivative_of_tanh(scale):
    f, W, hand = tanh_network(scale)
    report = ag.check_gradients(f, W, hand=hand)
    assert report.ok
    (note,) = blind(report)
    assert "tanh" in note.message
    assert "weights of order 1" in note.message
    # The mistake it names is there to be made, and this point does not reveal it.
    wrong = lambda W: X_slope_forgotten(f, W)  # noqa: E731
    assert ag.check_gradients(f, W, hand=wrong).ok


def test_the_caller_s_names_hide_no_note():
    rng = np.random.default_rng(0)
    inputs, weights = rng.normal(size=(6, 4)), 1e-5 * rng.normal(size=(4, 3))
    g = inputs.T @ np.ones((6, 3))
    (note,) = blind(ag.check_gradients(lambda W: ag.sum(ag.tanh(inputs @ W)), weights, hand=g))
    assert "slope 1" in note.message
    assert "tanh(inputs @ W)" in note.message
    W = ag.Tensor(weights)
    z = inputs @ W
    a = ag.tanh(z)
    (note,) = blind(ag.compare(ag.sum(a), {W: g}))
    assert "slope 1" in note.message
    assert "(at a)" in note.message


def X_slope_forgotten(f, W):
    """The gradient with the derivative of tanh taken as 1."""
    rng = np.random.default_rng(0)
    X, Y = rng.normal(size=(6, 4)), rng.normal(size=(6, 3))
    return X.T @ (2 * (np.tanh(X @ W) - Y))


def test_weights_of_order_one_hide_nothing():
    f, W, hand = tanh_network(1.0)
    report = ag.check_gradients(f, W, hand=hand)
    assert report.ok
    assert not blind(report)
    assert ag.check_gradients(f, W, hand=lambda W: X_slope_forgotten(f, W)).verdict == "hand"


@pytest.mark.parametrize("name", [n for n in planted.PROBLEMS if n != "an embedding"])
def test_generic_points_are_not_blind(name):
    problem = planted.PROBLEMS[name]()
    report = ag.check_gradients(problem.f, *problem.args.values(), hand=problem.hand(None))
    assert report.ok
    assert not blind(report), str(report)


def softmax_report(rows, classes):
    rng = np.random.default_rng(1)
    z, t = rng.normal(size=(rows, classes)), np.eye(classes)[rng.integers(0, classes, rows)]
    return ag.check_gradients(
        lambda z: ag.softmax_cross_entropy(z, t), z, hand=(ag.softmax(z) - t) / rows
    )


def test_one_example_says_nothing_about_the_mean():
    (note,) = blind(softmax_report(1, 4))
    assert "one example" in note.message


def test_as_many_examples_as_classes():
    (note,) = blind(softmax_report(4, 4))
    assert "dividing by the classes" in note.message
    assert not blind(softmax_report(5, 4))


def test_the_softmax_jacobian_is_symmetric_and_the_report_says_so():
    z = np.array([2.0, 1.0, 0.1])
    h = ag.softmax(z)
    report = ag.check_gradients(ag.softmax, z, hand=(np.diag(h) - np.outer(h, h)).T)
    assert report.ok
    assert "symmetric" in str(report)


def test_row_sums_need_no_autodiff():
    rng = np.random.default_rng(2)
    z, t = rng.normal(size=(5, 3)), np.eye(3)[[0, 1, 2, 0, 1]]
    h = ag.softmax(z)
    report = ag.check_gradients(lambda z: ag.softmax_cross_entropy(z, t), z, hand=h / 5)
    assert "must sum to 0" in str(report)


def test_the_steps_inside_a_function_of_ours_are_nobody_s_mistake():
    """At the largest score exp(z − max z) is 1, which hides the softmax's own inner rules."""
    t = [1, 0, 0]
    report = ag.check_gradients(
        lambda z: ag.cross_entropy(ag.softmax(z), t),
        np.array([2.0, 1.0, 0.1]),
        hand=lambda z: ag.softmax(z) - np.array(t),
    )
    assert report.ok
    assert report.notes == []


def test_a_gradient_made_of_a_constant_alone():
    """In a recorded gradient the first operations are applied to the seed, not to a node."""
    v, z = np.array([1.0, -2.0, 0.5]), np.array([1.5, 0.5, 0.0])
    h = ag.softmax(z)
    report = ag.check_gradients(
        lambda z: ag.sum(ag.grad(ag.logsumexp)(z) * v), z, hand=h * (v - h @ v)
    )
    assert report.ok
