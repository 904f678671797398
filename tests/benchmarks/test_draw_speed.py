"""Graphs that are too large to draw are declined at once, and tables of them are quick."""

import time

import autograd_lite as ag


def seconds(action):
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


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
