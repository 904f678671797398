"""The check is fast enough to sit in a notebook cell."""

import time

import numpy as np

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
