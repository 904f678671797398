"""Copies and pickles: nodes, what they share, and graphs deeper than Python's stack."""

from __future__ import annotations

import copy
import gc
import pickle
import subprocess
import sys

import numpy as np
import pytest

import autograd_lite as ag
from autograd_lite import Tensor, Value
from autograd_lite.core import elementwise
from autograd_lite.core.graph import toposort

from .helpers import close

DEEP = 100_000


def through_pickle(x):
    return pickle.loads(pickle.dumps(x))


def through_old_pickle(x):
    return pickle.loads(pickle._dumps(x, protocol=2))


WAYS = [copy.deepcopy, through_pickle, through_old_pickle]


def chain(x, n=DEEP):
    y = x
    for _ in range(n // 2):
        y = y * 0.999 + x
    return y


@pytest.fixture
def collector_paused():
    """Most of the time of building a large graph is the garbage collector's."""
    gc.disable()
    yield
    gc.enable()


@pytest.mark.parametrize("way", [copy.copy, *WAYS])
@pytest.mark.parametrize("x", [Value(2.0, "x"), Tensor([[1.0, 2.0]], "x", dtype=np.float32)])
def test_leaves(way, x):
    x.grad = 3 * x.data
    x.hand = np.ones(2)
    twin = way(x)
    assert type(twin) is type(x)
    assert twin is not x
    assert twin.label == "x"
    assert twin.dtype == x.dtype
    np.testing.assert_array_equal(twin.data, x.data)
    np.testing.assert_array_equal(twin.grad, x.grad)
    np.testing.assert_array_equal(twin.hand, x.hand)
    before = np.array(x.data)
    twin.data = 9 * twin.data
    if isinstance(x, Tensor):
        twin.data[0, 0] = 7.0
        twin.grad[:] = 7.0
    np.testing.assert_array_equal(x.data, before)
    np.testing.assert_array_equal(x.grad, 3 * before)


def test_a_shallow_copy_has_the_same_inputs():
    x = Value(3.0)
    y = x * x
    twin = copy.copy(y)
    assert twin.inputs == (x, x)
    twin.backward()
    assert (x.grad, y.grad) == (6.0, None)


@pytest.mark.parametrize("way", WAYS)
def test_whole_graphs_keep_gradients_sharing_and_groups(way):
    x, w = Tensor([2.0, 1.0, 0.1], "x"), Tensor(np.eye(3) + 0.5, "w")
    loss = ag.softmax_cross_entropy(np.tanh(w @ x), 1)
    mine = way({"loss": loss, "x": x, "again": [w, w, x]})
    assert mine["x"] is mine["again"][2]
    assert mine["again"][0] is mine["again"][1]
    loss.backward()
    mine["loss"].backward()
    np.testing.assert_array_equal(mine["x"].grad, x.grad)
    np.testing.assert_array_equal(mine["again"][0].grad, w.grad)
    assert mine["x"] is not x
    there, here = toposort([mine["loss"]]), toposort([loss])
    assert [n.op and n.op.name for n in there] == [n.op and n.op.name for n in here]
    assert {n.group for n in there} == {n.group for n in here} != {()}


@pytest.mark.parametrize("way", WAYS)
def test_order_of_what_is_copied_together(way):
    x = Value(2.0)
    y = x * 3
    z = y * y
    for nodes in ([x, y, z], [z, y, x], [y, z, x], [z, z]):
        twins = way(nodes)
        assert len({id(t) for t in twins}) == len({id(n) for n in nodes})
        top = next(t for t in twins if t.item() == 36.0)
        top.backward()
        leaf = toposort([top])[0]
        assert leaf.grad == 36.0
        assert all(t in toposort([top]) for t in twins)


@pytest.mark.parametrize("way", [copy.deepcopy, through_pickle])
def test_deep_graphs(way, collector_paused):
    x = Value(0.5)
    y = chain(x)
    twin = way(y)
    y.backward()
    twin.backward()
    (leaf,) = (n for n in toposort([twin]) if n.op is None)
    assert leaf.grad == x.grad
    assert twin.item() == y.item()


def test_a_middle_of_a_deep_graph_pickled_again(collector_paused):
    x = Value(0.5)
    middle = chain(x, 10_000)
    top = chain(middle, 10_000)
    one = through_pickle((middle, top, x))
    assert toposort([one[1]])[0] is one[2]
    assert through_pickle(middle).item() == middle.item()
    with pytest.raises((TypeError, AttributeError, pickle.PicklingError)):
        pickle.dumps((top, lambda: None))
    assert through_pickle(top).item() == top.item()


def test_changed_data_is_noticed_in_the_copy_too():
    x = Tensor([1.0, 2.0], "x")
    y = (x * x).sum()
    x.data[0] = 5.0
    for way in WAYS:
        with pytest.raises(ValueError, match=r"'x' of shape .* was changed"):
            way(y).backward()
        twin = way(x)
        (twin * twin).sum().backward()
        np.testing.assert_array_equal(twin.grad, [10.0, 4.0])


def test_another_process_goes_on_with_a_graph():
    x = Tensor([1.0, 2.0], "x")
    for _ in range(5):
        x.data = x.data * 1.0
    y = np.exp(x).sum()
    code = (
        "import pickle, sys, autograd_lite as ag\n"
        "x, y = pickle.load(sys.stdin.buffer)\n"
        "z = y * x[0]\n"
        "z.backward()\n"
        "x.data[0] = 7.0\n"
        "sys.stdout.buffer.write(pickle.dumps(x.grad))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], input=pickle.dumps((x, y)), capture_output=True, check=True
    )
    (y * x[0]).backward()
    np.testing.assert_array_equal(pickle.loads(done.stdout), x.grad)


@pytest.mark.parametrize("name", sorted(elementwise.TABLE))
def test_rows_are_pickled_by_name(name):
    row = elementwise.TABLE[name]
    assert through_pickle(row) is row


def test_operations_with_parameters():
    x = Tensor(np.arange(1.0, 7.0).reshape(2, 3))
    y = np.concatenate([x[:, ::-1], x.T.reshape(2, 3)], axis=0)[[0, 3, 3]]
    z = ag.sum(np.where(y > 3, y, 2 * y) ** 2) + ag.max(x, axis=0).sum() + ag.prod(x)
    for way in WAYS:
        x.grad = None
        twin_x, twin = way((x, z))
        z.backward()
        twin.backward()
        close(twin_x.grad, x.grad, 0)


def test_a_million_nodes_are_deleted_without_recursion(collector_paused):
    assert sys.getrecursionlimit() <= 10_000
    y = x = Value(0.5)
    for _ in range(1_000_000):
        y = y + x
    assert gc.is_tracked(y)
    del y
    y = x = Tensor(0.5)
    for _ in range(50_000):
        y = y + x
    del y
    assert x.item() == 0.5
