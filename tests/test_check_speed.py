"""The check is fast enough to sit in a notebook cell."""

import time

import numpy as np
import pytest

import autograd_lite as ag


def fastest(f, times):
    """The shortest of several runs, in seconds of this process: the machine may be busy."""
    best = np.inf
    for _ in range(times):
        start = time.process_time()
        f()
        best = min(best, time.process_time() - start)
    return best


def test_softmax_regression_with_diagnosis():
    rng = np.random.default_rng(0)
    X, T = rng.normal(size=(50, 20)), np.eye(10)[rng.integers(0, 10, 50)]
    W, b = rng.normal(size=(20, 10)), rng.normal(size=10)
    f = lambda W, b: ag.softmax_cross_entropy(ag.matmul(X, W) + b, T)  # noqa: E731

    def hand(W, b):
        h = ag.softmax(X @ W + b)
        d = h * (1 - h) * (-T / h) / 50
        return X.T @ d, d.sum(0)

    def sweep():
        f(ag.Tensor(W), ag.Tensor(b)).backward()

    reports = []
    checked = fastest(lambda: reports.append(ag.check_gradients(f, W, b, hand=hand)), 2)
    assert reports[0].causes[0].code == "diagonal-only"
    assert checked < 20 * (W.size + b.size) * fastest(sweep, 20)


def test_a_graph_of_thousands_of_values():
    rng = np.random.default_rng(1)
    x = [ag.Value(v) for v in rng.normal(size=10)]
    loss = ag.Value(0.0)
    for _ in range(100):
        h = ag.Value(0.0)
        for v in x:
            h = h + v * float(rng.normal())
        loss = loss + ag.tanh(h) * 0.01
    loss.backward()
    start = time.process_time()
    report = ag.compare(loss, {x[0]: -x[0].grad, x[1]: x[1].grad})
    assert time.process_time() - start < 20
    assert [row.verdict for row in report.rows].count("agree") == 1
    assert report.causes[0].code == "sign"


def lstm(n=2, d=3, steps=10, h=6):
    """A loss of an LSTM's outputs, and its five arguments."""
    rng = np.random.default_rng(2)
    dout = rng.normal(size=(n, steps, h))

    def f(x, h0, Wx, Wh, b):
        state, cell, out = h0, np.zeros((n, h)), []
        for t in range(steps):
            a = x[:, t] @ Wx + state @ Wh + b
            i, forget, o = (ag.sigmoid(a[:, k * h : (k + 1) * h]) for k in range(3))
            cell = forget * cell + i * ag.tanh(a[:, 3 * h :])
            state = o * ag.tanh(cell)
            out.append(state)
        return ag.sum(ag.stack(out, 1) * dout)

    shapes = (n, steps, d), (n, h), (d, 4 * h), (h, 4 * h), (4 * h,)
    return f, [rng.normal(size=shape) for shape in shapes]


def convolution(n=2, channels=2, size=4, filters=2, k=3):
    """A loss of a convolution written entry by entry, and its three arguments."""
    rng = np.random.default_rng(3)
    dout = rng.normal(size=(n, filters, size, size))

    def f(x, w, b):
        padded, total = ag.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1))), 0.0
        for m, c, i, j in np.ndindex(dout.shape):
            window = padded[m, :, i : i + k, j : j + k]
            total = total + (ag.sum(window * w[c]) + b[c]) * dout[m, c, i, j]
        return total

    shapes = (n, channels, size, size), (filters, channels, k, k), (filters,)
    return f, [rng.normal(size=shape) for shape in shapes]


@pytest.mark.parametrize("problem", [lstm, convolution])
def test_a_wrong_gradient_of_a_long_graph(problem):
    """The diagnosis takes what time it has and says so; no other work grows with it."""
    f, args = problem()
    rng = np.random.default_rng(4)
    right = ag.grad(f, argnums=tuple(range(len(args))))(*args)
    wrong = tuple(g * (1 + 0.3 * rng.normal(size=g.shape)) for g in right)
    start = time.process_time()
    assert ag.check_gradients(f, *args, hand=right)
    compared = time.process_time() - start
    start = time.process_time()
    report = ag.check_gradients(f, *args, hand=wrong)
    assert time.process_time() - start < compared + 3
    assert [row.verdict for row in report.rows] == ["hand"] * len(args)
