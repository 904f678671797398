"""Backpropagation by hand through 26 steps: all right, then one line wrong at a time."""

import time

import exercise
import pytest

import autograd_lite as ag


@pytest.fixture(scope="module")
def graph():
    return exercise.forward()


def hand_of(graph, bug=None):
    _, nodes, X, Y = graph
    gradients = exercise.backward(nodes, X, Y, bug)
    assert set(gradients) == set(nodes)
    return {nodes[name]: g for name, g in gradients.items()}


def test_all_26_steps_right(graph):
    report = ag.compare(graph[0], hand_of(graph))
    assert len(report.rows) == 26
    assert report.ok, str(report)


@pytest.mark.parametrize("bug", exercise.MISTAKES)
def test_one_wrong_line_is_one_finding(graph, bug):
    step, code = exercise.MISTAKES[bug]
    report = ag.compare(graph[0], hand_of(graph, bug))
    own = [row for row in report.rows if row.verdict != "agree"]
    wrong = [row for row in own if "consequence" not in [c.code for c in row.causes]]
    assert report.verdict == "hand"
    assert [row.name for row in wrong] == [f"dL/d{step}"]
    assert code in [cause.code for cause in wrong[0].causes], wrong[0].causes
    assert report.causes[0].code != "consequence"


def test_consequences_are_steps_after_the_wrong_one(graph):
    report = ag.compare(graph[0], hand_of(graph, "hpreact: tanh taken as 1 − h"))
    verdicts = {row.name[4:]: row for row in report.rows}
    for name in ("logits", "h", "W2", "counts", "logprobs"):
        assert verdicts[name].verdict == "agree"
    for name in ("bngain", "bnraw", "bnvar", "hprebn", "W1", "C"):
        assert verdicts[name].causes[0].code == "consequence"
    text = str(report)
    assert text.count("Likely cause") == 1
    assert "dL/dhpreact" in text


def test_compared_and_diagnosed_in_three_seconds(graph):
    hand = hand_of(graph, "bndiff: the variance forgotten")
    start = time.process_time()  # the machine may be busy with something else
    ag.compare(graph[0], hand)
    assert time.process_time() - start < 3
