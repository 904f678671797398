"""Drawing: our part against Graphviz's, and graphs that are too large are declined at once."""

import time

import numpy as np

import autograd_lite as ag


def recurrence(steps):
    """h ← tanh(W h + b), the graph of which has three values a step."""
    h, W, b = ag.Tensor(np.ones(3)), ag.Tensor(np.eye(3) / 2), ag.Tensor(np.zeros(3))
    for _ in range(steps):
        h = ag.tanh(W @ h + b)
    L = h.sum()
    L.backward()
    return L


def seconds(action):
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def test_our_part_of_a_drawing_is_at_most_15_percent_of_graphviz_s():
    L = recurrence(65)
    drawing = ag.draw(L)
    assert drawing.dot.count("<TABLE BORDER") > 190
    ours = min(seconds(lambda: ag.draw(L)) for _ in range(5))
    theirs = seconds(drawing.svg)
    assert ours < 0.15 * theirs


def test_a_graph_of_a_hundred_thousand_nodes_is_declined_within_two_seconds():
    x = ag.Value(1.0)
    for _ in range(100_000):
        x = x * 1.0001
    assert seconds(lambda: ag.draw(x)) < 2
    assert "100,001 values are too many" in ag.draw(x).text


def test_the_trace_of_a_thousand_nodes_takes_less_than_a_second():
    x = ag.Value(1.0)
    for _ in range(1000):
        x = ag.sin(x)
    x.backward()
    assert seconds(lambda: str(ag.trace(x))) < 1
