"""A million Values, a hundred thousand Tensors: nothing recurses, and nothing needs the collector.

All of it runs in a thread with a stack of 256 KiB, under Python's default recursion limit, with the
garbage collector switched off. Python 3.13 alone needs 2 MiB: it frees objects that hold
each other, of any class, ten thousand levels deep before it goes on without recursion.
"""

import copy
import gc
import pickle
import subprocess
import sys
import threading
import weakref

import numpy as np
import pytest

import autograd_lite as ag

STACK = (2048 if sys.version_info[:2] == (3, 13) else 256) * 1024
CHAINS = {
    "Values": (lambda: ag.Value(1.0, "x"), 1_000_000),
    "Tensors": (lambda: ag.Tensor([1.0, -1.0], "x"), 100_000),
}


def in_a_small_stack(work):
    """The result of `work` in a thread of its own with little stack."""
    results, errors = [], []

    def run():
        try:
            results.append(work())
        except BaseException as error:
            errors.append(error)

    before = threading.stack_size(STACK)
    try:
        thread = threading.Thread(target=run)
        thread.start()
        thread.join()
    finally:
        threading.stack_size(before)
    for error in errors:
        raise error
    return results[0]


@pytest.fixture
def uncollected():
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def chain(x, length):
    """x to the power length + 1, one factor after another."""
    y = x
    for _ in range(length):
        y = y * x
    return y.sum() if isinstance(y, ag.Tensor) else y


def refusal(call):
    """What a call says when it raises ValueError. (pytest.raises would keep the graph alive.)"""
    try:
        call()
    except ValueError as error:
        return str(error)
    return ""


def look_at(x, y, count):
    """Draw, list and tabulate. (Python keeps what frames are seen to hold while they run.)"""
    assert f"{count} values" in repr(ag.draw(y))
    assert f"this one has {count}" in refusal(lambda: ag.paths(y, x))
    assert f"this graph has {count}" in refusal(lambda: ag.step(y))
    rows = ag.trace(y).rows
    assert rows[0].forward == "x"
    assert "values are left out" in rows[500].forward
    assert len(rows) == 1001


@pytest.mark.parametrize("kind", CHAINS)
def test_a_long_chain(kind, uncollected):
    make, length = CHAINS[kind]

    def work():
        x = make()
        y = chain(x, length)
        y.backward()
        np.testing.assert_array_equal(x.grad, np.full_like(x.data, length + 1))
        assert repr(y).startswith(type(y).__name__)

        look_at(x, y, f"{length + 1 + (kind == 'Tensors'):,}")
        twin = copy.deepcopy(y)
        x.grad = None
        twin.backward()
        assert x.grad is None  # the copy is a graph of its own
        back = pickle.loads(pickle.dumps(y))
        refs = [weakref.ref(node) for node in (x, y, y.inputs[0], twin, back, back.inputs[0])]
        assert len({r() for r in refs}) == 6
        del x, y, twin, back
        assert [r() for r in refs] == [None] * 6

    in_a_small_stack(work)


def test_a_recorded_sweep_of_a_long_chain(uncollected):
    """A second derivative sweeps the graph of the first, which is deeper still."""

    def work():
        def f(x):
            return chain(x, 5_000)

        assert ag.grad(ag.grad(f))(1.0) == 5_001 * 5_000

    in_a_small_stack(work)


@pytest.mark.parametrize("leaf", [lambda: ag.Value(1.0, "x"), lambda: ag.Tensor([1.0], "x")])
def test_two_to_the_sixty_paths(leaf):
    x = y = leaf()
    for _ in range(60):
        y = y + y
    y.backward()
    assert np.ravel(x.grad)[0] == 2.0**60
    assert ag.draw(y, depth=0).svg().count("<g class=") > 60
    assert "folded to fit a page" in ag.draw(y).svg()
    assert f"a sum over {2**60:,} paths" in str(ag.paths(y, x))
    assert len(ag.trace(y).rows) == 61


def test_more_paths_than_python_writes_out():
    x = y = ag.Value(1.0)
    for _ in range(15_000):
        y = y + y
    assert "a sum over more than 10^4515 paths" in str(ag.paths(y, x))


def test_the_default_recursion_limit():
    """The same in a fresh Python, whose limit no test runner has raised."""
    code = (
        "import copy, pickle, sys, autograd_lite as ag\n"
        "assert sys.getrecursionlimit() == 1000\n"
        "x = y = ag.Value(0.5)\n"
        "for _ in range(30_000): y = y * 1.0\n"
        "z = pickle.loads(pickle.dumps(copy.deepcopy(y)))\n"
        "z.backward(); ag.draw(z); ag.trace(z)\n"
        "print(z.inputs[0].grad)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120
    )
    assert done.stdout == "1.0\n"


@pytest.mark.parametrize(
    "show",
    [
        lambda y: ag.draw(y).svg(),
        lambda y: ag.step(y).html,
        lambda y: str(ag.trace(y)),
        lambda y: str(ag.paths(y, y)),
        lambda y: list(map(str, ag.steps(y))),
        lambda y: copy.deepcopy(y),
        lambda y: pickle.loads(pickle.dumps(y)),
    ],
    ids=["draw", "step", "trace", "paths", "steps", "deepcopy", "pickle"],
)
def test_showing_a_graph_keeps_nothing_alive(show, uncollected):
    """Once a picture is made, the graph dies with its last reference, without the collector."""

    def shown():
        z = ag.Tensor([2.0, 1.0, 0.1], "z")
        y = ag.softmax_cross_entropy(z * z, 0)
        y.backward()
        show(y)
        return weakref.ref(z), weakref.ref(y)

    shown()  # imports and caches
    gc.collect()
    assert [ref() for ref in shown()] == [None, None]
    assert gc.collect() == 0
