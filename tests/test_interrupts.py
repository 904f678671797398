"""Ctrl-C at every line: whatever line of the engine it hits, the next sweep is right.

A trace function raises KeyboardInterrupt before the k-th line that is executed in the package, for
every k of a small program.
"""

import linecache
import sys
import threading
import weakref
from pathlib import Path

import numpy as np
import pytest

import autograd_lite as ag
from autograd_lite import nodes
from autograd_lite.nodes import blocks as context

ENGINE = str(Path(ag.__file__).parent)

# Python looks for signals after calls and when it jumps back, so that none arrives on entering a
# `try` or `finally` or on leaving a `with`, where only a trace function can raise.
BETWEEN = ("try:", "finally:", "with ", "walk.close()")


class Interrupter:
    """While in force, raises KeyboardInterrupt before the k-th line executed in the package."""

    def __init__(self, k, function=None):
        self.left = k
        self.function = function  # only in functions of this name
        self.at = None

    def call(self, frame, event, arg):
        code = frame.f_code
        inside = code.co_filename.startswith(ENGINE)
        return self.line if inside and self.function in (None, code.co_name) else None

    def line(self, frame, event, arg):
        file, line = frame.f_code.co_filename, frame.f_lineno
        if event == "line" and not linecache.getline(file, line).strip().startswith(BETWEEN):
            self.left -= 1
            if self.left == 0:
                self.at = f"{Path(file).name}:{line}"
                raise KeyboardInterrupt
        return self.line

    def __enter__(self):
        self.before = sys.gettrace()
        sys.settrace(self.call)
        return self

    def __exit__(self, kind, error, trace):
        sys.settrace(self.before)
        return kind is KeyboardInterrupt


def interrupted(program, stride=1):
    """Run `program` again and again, interrupted at each line in turn; yields where it was."""
    for k in range(1, 100_000, stride):
        with Interrupter(k) as interrupter:
            program()
        if interrupter.at is None:
            return
        yield interrupter.at


def scalars():
    x, y = ag.Value(3.0), ag.Value(0.5)
    h = ag.tanh(x * y) + x
    return [x, y], h * h / y + ag.maximum(x, h)


def arrays():
    x, y = ag.Tensor([[1.0, 2.0], [0.5, -1.0]]), ag.Tensor([0.3, 0.7])
    return [x, y], (ag.softmax(x @ y + y) * x[0]).sum()


def mixed():
    x, y = ag.Value(2.0), ag.Tensor([1.0, 2.0])
    return [x, y], (y * x).sum() * x


def gradients(leaves):
    return [np.copy(x.grad) for x in leaves]


@pytest.mark.parametrize("build", [scalars, arrays, mixed])
def test_a_sweep(build):
    leaves, root = build()
    root.backward()
    expected = gradients(leaves)
    places = []
    for at in interrupted(root.backward):
        places.append(at)
        for x in leaves:
            x.grad = None
        root.backward()
        for got, right in zip(gradients(leaves), expected, strict=True):
            np.testing.assert_array_equal(got, right, err_msg=at)
        # The inner nodes serve new graphs too.
        for x in leaves:
            x.grad = None
        (root * 2.0).backward()
        for got, right in zip(gradients(leaves), expected, strict=True):
            np.testing.assert_allclose(got, 2 * right, rtol=1e-14, err_msg=at)
    assert len(places) > 100
    sweeps = {"graph.py"} if nodes.fast is None else {"sweeping.py"}
    assert sweeps < {at.partition(":")[0] for at in places}


def test_the_calculus():
    """A Hessian is a sweep of a recorded sweep."""

    def f(x):
        return ag.sum(x * x * ag.exp(x))

    x = np.array([0.5, -1.0])
    calculate = ag.hessian(f)
    expected = calculate(x)
    places = set()
    for at in interrupted(lambda: calculate(x), stride=7):
        places.add(at)
        np.testing.assert_array_equal(calculate(x), expected, err_msg=at)
    assert len(places) > 100


def test_building_a_graph():
    """An interrupted operation leaves its inputs as they were."""
    x, y = ag.Tensor([1.0, 2.0]), ag.Tensor([3.0, 4.0])

    def build():
        return ((x * y + x[::-1]) / ag.exp(y)).sum()

    build().backward()
    expected = gradients([x, y])
    for at in interrupted(build):
        x.grad = y.grad = None
        build().backward()
        for got, right in zip(gradients([x, y]), expected, strict=True):
            np.testing.assert_array_equal(got, right, err_msg=at)


def test_other_threads_go_on_while_the_traceback_is_kept():
    """A notebook keeps the last traceback: nothing that hangs on it may hold the lock of sweeps."""
    _, root = scalars()
    root.backward()
    other = ag.Value(2.0)
    square = other * other
    for k in range(1, 100_000):
        kept = None
        with Interrupter(k) as interrupter:
            try:
                root.backward()
            except KeyboardInterrupt as error:
                kept = error
        if kept is None:
            break
        thread = threading.Thread(target=square.backward, daemon=True)
        thread.start()
        thread.join(120)
        assert not thread.is_alive(), interrupter.at
    assert k > 100


def test_nothing_is_kept_alive():
    """What an interrupted sweep leaves behind is gone with the next one at the latest."""
    for k in range(1, 100_000):
        leaves, root = scalars()
        ref = weakref.ref(leaves[0])
        with Interrupter(k) as interrupter:
            root.backward()
        if interrupter.at is None:
            break
        del leaves, root
        ag.Value(1.0).backward()
        assert ref() is None, interrupter.at
        assert nodes.fast is None or nodes.fast.sweeping._running == []
    assert k > 100


@pytest.mark.parametrize("block", [ag.no_grad, lambda: ag.group("a")], ids=["no_grad", "group"])
def test_a_block_that_was_never_entered(block):
    x = ag.Value(3.0)
    for k in range(1, 1000):
        before = context._open
        reused = block()
        with Interrupter(k, "__enter__") as interrupter, reused:
            pass
        y = x * x
        assert (y.op is not None, y.group) == (True, ()), interrupter.at
        with reused:
            pass
        assert (x * x).op is not None, interrupter.at
        assert context._open - before in (0, 1)  # one too many costs time and nothing else
        context._open = before
        if interrupter.at is None:
            break
    assert k > 5
