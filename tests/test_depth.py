"""A million Values, a hundred thousand Tensors: nothing recurses, and nothing needs the collector.

All of it runs in a thread with a stack of 256 KiB, under Python's default recursion limit, with the
garbage collector switched off.
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

STACK = 256 * 1024
CHAINS = {
    "Values": (lambda: ag.Value(0.5, "x"), 1_000_000),
    "Tensors": (lambda: ag.Tensor([0.5, 2.0], "x"), 100_000),
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


def chain(leaf, length):
    """x − 1·x + 1·x − …: a chain in which every node is of use, and its root as a scalar."""
    y = leaf
    for _ in range(length):
        y = y * -1.0
    return y.sum() if isinstance(y, ag.Tensor) else y


@pytest.mark.parametrize("kind", CHAINS)
def test_a_long_chain(kind, uncollected):
    assert sys.getrecursionlimit() <= 1000 or "pytest" in sys.modules
    make, length = CHAINS[kind]

    def work():
        x = make()
        y = chain(x, length)
        y.backward()
        np.testing.assert_array_equal(x.grad, np.ones_like(x.data))
        assert repr(y).startswith(type(y).__name__)

        words = f"{length + 1 + (kind == 'Tensors'):,} values"
        assert words in repr(ag.draw(y))
        with pytest.raises(ValueError, match="backward"):
            ag.paths(y, x)
        with pytest.raises(ValueError, match=r"up to 200 values"):
            ag.step(y)
        rows = ag.trace(y).rows
        assert rows[0].forward == "x"
        assert "values are left out" in rows[500].forward
        assert len(rows) == 1001

        twin = copy.deepcopy(y)
        ref = weakref.ref(twin)
        twin.backward()  # the copy is a graph of its own
        np.testing.assert_array_equal(x.grad, np.ones_like(x.data))
        del twin
        assert ref() is None

        written = pickle.dumps(y)
        leaf, back = x, pickle.loads(written)
        assert back is not leaf
        ref = weakref.ref(back)
        back.backward()
        del back
        assert ref() is None

        refs = [weakref.ref(x), weakref.ref(y), weakref.ref(y.inputs[0])]
        del x, y, leaf
        assert [r() for r in refs] == [None] * 3

    in_a_small_stack(work)
    assert gc.collect() == 0


def test_a_recorded_sweep_of_a_long_chain(uncollected):
    """A second derivative sweeps the graph of the first, which is deeper still."""

    def work():
        def f(x):
            return chain(x * x, 20_000)

        assert ag.grad(ag.grad(f))(3.0) == 2.0

    in_a_small_stack(work)
    assert gc.collect() == 0


@pytest.mark.parametrize("leaf", [lambda: ag.Value(1.0, "x"), lambda: ag.Tensor([1.0], "x")])
def test_two_to_the_sixty_paths(leaf):
    x = y = leaf()
    for _ in range(60):
        y = y + y
    y.backward()
    assert np.ravel(x.grad)[0] == 2.0**60
    assert ag.draw(y).svg().count("<g id=") > 60
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
