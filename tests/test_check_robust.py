"""No diagnosis ends in an exception: wrong gradients of every operation, product and layer."""

import numpy as np
import pytest
from numpy_calls import ARRAYS, CALLS, names_in

import autograd_lite as ag
from autograd_lite import nn


def nodes_of(result):
    if isinstance(result, list | tuple):
        return [leaf for item in result for leaf in nodes_of(item)]
    return [result] if isinstance(result, ag.Node) else []


def function(call):
    """Everything that the call returns, weighted and summed, of its first array; and the array."""
    first, *others = names_in(call)

    def f(x):
        values = {first: x, **{name: ARRAYS[name].astype(float) for name in others}}
        rng = np.random.default_rng(1)
        out = ag.sum(ag.nan_to_num(x) * 0.0)
        for part in nodes_of(eval(call, {"np": np, **values})):
            out = out + ag.sum(ag.nan_to_num(part) * rng.normal(size=part.shape))
        return out

    return f, ARRAYS[first].astype(float)


def nothing_skipped(report):
    assert "skipped" not in [note.code for note in report.notes], report


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_random_gradients_of_every_operation(call):
    f, x = function(call)
    rng = np.random.default_rng(2)
    right = ag.grad(f)(x)
    for hand in (rng.normal(size=x.shape), right * rng.normal(size=x.shape), right[..., None]):
        report = ag.check_gradients(f, x, hand=hand)
        nothing_skipped(report)
        str(report), report._repr_html_(), report.to_dict()
    assert ag.check_gradients(f, x, hand=right).verdict == "agree"


SHAPES = [
    ((2, 3, 4), (2, 4, 5)),
    ((2, 3, 4), (4, 5)),
    ((3, 4), (2, 4, 5)),
    ((2, 1, 3, 4), (5, 4, 3)),
    ((2, 3, 4), (4,)),
    ((4,), (2, 4, 3)),
    ((1, 3, 3), (2, 3, 3)),
    ((2, 2, 3, 3), (2, 2, 3, 3)),
]


@pytest.mark.parametrize(("left", "right"), SHAPES)
def test_stacked_products(left, right):
    rng = np.random.default_rng(3)
    a, b = rng.normal(size=left), rng.normal(size=right)
    for f, x in (
        (lambda a: ag.sum(ag.tanh(ag.matmul(a, b))), a),
        (lambda b: ag.sum(ag.tanh(ag.matmul(a, b))), b),
    ):
        report = ag.check_gradients(f, x, hand=rng.normal(size=x.shape))
        assert report.verdict == "hand"
        nothing_skipped(report)


def test_the_order_of_a_stacked_product_is_named():
    rng = np.random.default_rng(4)
    a, b, g = (rng.normal(size=(2, 3, 3)) for _ in range(3))
    f = lambda a: ag.sum(ag.matmul(a, b) * g)  # noqa: E731
    assert ag.check_gradients(f, a, hand=g @ b.transpose(0, 2, 1)).ok
    assert ag.check_gradients(f, a, hand=g @ b).causes[0].code == "operand-order"
    report = ag.check_gradients(f, a, hand=b @ g.transpose(0, 2, 1))
    assert {"transposed", "permuted"} & {cause.code for cause in report.causes}


def attention(x, heads=2):
    """Self-attention of several heads, without parameters."""
    n, d = x.shape
    q = ag.transpose(ag.reshape(x, (n, heads, d // heads)), (1, 0, 2))
    h = ag.softmax(ag.matmul(q, ag.transpose(q, (0, 2, 1))) / 2)
    return ag.reshape(ag.transpose(ag.matmul(h, q), (1, 0, 2)), (n, d))


LAYERS = {
    "attention": attention,
    "layer norm": nn.LayerNorm(4),
    "batch norm": nn.BatchNorm(4),
    "linear": nn.Linear(4, 3),
}


@pytest.mark.parametrize("name", LAYERS)
def test_random_gradients_of_layers(name):
    rng = np.random.default_rng(5)
    x = rng.normal(size=(5, 4))
    w = rng.normal(size=np.shape(LAYERS[name](x)))
    f = lambda x: ag.sum(LAYERS[name](x) * w)  # noqa: E731
    for hand in (rng.normal(size=x.shape), ag.grad(f)(x) * rng.normal(size=x.shape)):
        report = ag.check_gradients(f, x, hand=hand)
        assert report.verdict == "hand"
        nothing_skipped(report)


def test_an_entry_that_fails_is_skipped_and_named(monkeypatch):
    from autograd_lite.check.mistakes.places import EDGE

    def broken(edge):
        raise ValueError("not for this one")
        yield

    monkeypatch.setattr(EDGE, "mistakes", list(EDGE.mistakes))
    EDGE.mistake("local-derivative", "never said", rank=1.0)(broken)
    x = np.array([1.0, 2.0])
    report = ag.check_gradients(lambda x: ag.sum(ag.tanh(x) * x), x, hand=-x)
    assert report.verdict == "hand"
    assert [note.code for note in report.notes] == ["skipped"]
    assert "broken (not for this one)" in report.notes[0].message


def test_time_is_up_and_said_so(monkeypatch):
    from autograd_lite.check import examine
    from autograd_lite.check.mistakes import Clock

    monkeypatch.setattr(examine.Budget, "__init__", budget_of(Clock))
    x = np.array([1.0, 2.0])
    report = ag.check_gradients(lambda x: ag.sum(ag.tanh(x) * x), x, hand=-x)
    assert report.verdict == "hand"
    assert [note.code for note in report.notes] == ["time"]


def budget_of(clock):
    def init(self):
        self.thinking, self.looking_back = clock(0.0), clock(0.0)

    return init


def test_there_is_a_clock_where_threads_have_none(monkeypatch):
    """In a browser `time.thread_time` does not exist."""
    import importlib
    import time

    from autograd_lite.check.mistakes import evidence

    monkeypatch.delattr(time, "thread_time")
    try:
        assert importlib.reload(evidence).processor is time.perf_counter
        assert evidence.Clock(0.0).over()
    finally:
        monkeypatch.undo()
        importlib.reload(evidence)
