"""detect_anomaly: the first bad number, the operation that made it, the user's own line."""

from __future__ import annotations

import asyncio
import threading

import numpy as np
import pytest

import autograd_lite as ag
from autograd_lite import Tensor, Value
from autograd_lite.nodes import blocks as context


@pytest.fixture(autouse=True)
def quiet():
    with np.errstate(all="ignore"):
        yield


def caught(f, **options):
    with pytest.raises(FloatingPointError) as error, ag.detect_anomaly(**options):
        f()
    assert context._open == 0
    return str(error.value)


def test_forward_names_operation_line_and_inputs():
    def f():
        x = Tensor([1.0, -2.0, -3.0], label="x")
        y = np.log(x)
        return y * 2

    message = caught(f)
    assert "'log' made the first NaN at entry (1,) of its result" in message
    assert "test_anomaly.py:" in message
    assert "y = np.log(x)" in message
    assert "given Tensor 'x' of shape (3,), there -2" in message


@pytest.mark.parametrize(
    ("f", "op", "bad"),
    [
        (lambda: Value(1.0, "x") / 0.0, "/", "infinity"),
        (lambda: ag.exp(Tensor([1000.0])), "exp", "infinity"),
        (lambda: Value(0.0) / 0.0, "/", "NaN"),
        (lambda: ag.log(Value(0.0)), "log", "infinity"),
        (lambda: ag.sum(Tensor([1e308, 1e308])), "sum", "infinity"),
        (lambda: Tensor([[1e308]]) @ Tensor([[1e308]]), "@", "infinity"),
    ],
)
def test_every_kind_of_operation(f, op, bad):
    assert f"'{op}' made the first {bad}" in caught(f)


def test_the_operation_inside_a_composite_is_named_with_the_users_line():
    def f():
        return ag.cross_entropy(Tensor([0.0, 1.0]), [1.0, 0.0])  # the user's line

    message = caught(f)
    assert "'log' made the first infinity" in message
    assert "# the user's line" in message


def test_backward_names_the_line_of_the_forward():
    def f():
        x = Tensor([4.0, 0.0], label="x")
        root = np.sqrt(x)
        (root * 2.0).sum().backward()

    message = caught(f)
    assert "the derivative of 'sqrt' made the first infinity, going back to Tensor 'x'" in message
    assert "at entry (1,)" in message
    assert "root = np.sqrt(x)" in message
    assert "there 0" in message


def test_backward_of_values():
    def f():
        x = Value(0.0, label="x")
        (x**0.5).backward()

    message = caught(f)
    assert "the derivative of '**' made the first infinity, going back to Value 'x' (0)" in message


def test_backward_of_a_graph_from_outside_the_block():
    y = ag.sqrt(Value(0.0, label="x"))
    message = caught(y.backward)
    assert "computed outside the block" in message


def test_derivatives_of_functions():
    assert "derivative of 'sqrt'" in caught(lambda: ag.grad(ag.sqrt)(0.0))
    assert "the first infinity" in caught(lambda: ag.grad(ag.grad(lambda x: x**1.5))(0.0))


def test_leaves_constants_and_seeds_are_named_as_such():
    x = Tensor([1.0, np.nan], label="x")
    message = caught(lambda: x * 2)
    assert "'*' was given NaN at entry (1,) of Tensor 'x' of shape (2,), a leaf" in message
    assert "of ndarray of shape (2,), a constant" in caught(
        lambda: Tensor([1.0, 2.0]) * np.array([np.inf, 1.0])
    )
    y = ag.log(Value(0.0))
    assert "an earlier result" in caught(lambda: y + 1)
    z = Tensor([1.0, 2.0]) * 3
    assert "was given NaN at entry (0,) of its seed" in caught(lambda: z.backward([np.nan, 1.0]))


def test_infinities_may_pass():
    with ag.detect_anomaly(inf=False):
        h = ag.softmax(Tensor([0.0, -np.inf]))
        assert (Value(1.0) / 0.0).item() == np.inf
    assert h.data.tolist() == [1.0, 0.0]
    assert "made the first NaN" in caught(lambda: Value(0.0) / 0.0, inf=False)


def test_good_numbers_and_what_no_gradient_reaches():
    with ag.detect_anomaly(inf=False):
        x = Tensor([0.0, 2.0])
        ag.where(x > 0, ag.log(x), 0.0).sum().backward()
    assert x.grad.tolist() == [0.0, 0.5]


def test_as_decorator_and_nested():
    @ag.detect_anomaly()
    def f(x):
        with ag.detect_anomaly(inf=False):
            return ag.log(x)

    with pytest.raises(FloatingPointError):
        f(Value(0.0))
    assert f(Value(1.0)).item() == 0.0
    assert ag.log(Value(0.0)).item() == -np.inf
    assert context._open == 0


def test_other_threads_are_left_alone():
    results = []
    with ag.detect_anomaly():
        thread = threading.Thread(target=lambda: results.append(Value(np.inf) * 0.0))
        thread.start()
        thread.join()
    assert np.isnan(results[0].item())


def test_other_tasks_are_left_alone():
    async def watched():
        with ag.detect_anomaly():
            await asyncio.sleep(0.001)
            with pytest.raises(FloatingPointError):
                Value(np.inf) * 0.0
        return True

    async def free():
        await asyncio.sleep(0)
        return np.isnan((Value(np.inf) * 0.0).item())

    async def all_of_them():
        return await asyncio.gather(watched(), free(), watched(), free())

    assert asyncio.run(all_of_them()) == [True] * 4
