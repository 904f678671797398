"""Changed data is never silent, whatever operation used it: every call of the coverage table.

After the forward pass a constant is overwritten, or a leaf. The gradient is then that of what was
computed, or an error; never a number in between.
"""

import numpy as np
import pytest
from numpy_calls import ARRAYS, CALLS, names_in

import autograd_lite as ag


def leaves(result):
    if isinstance(result, list | tuple):
        return [leaf for item in result for leaf in leaves(item)]
    return [result]


def evaluate(call, values):
    """Σ of the parts that are nodes, each with weights of its own."""
    rng = np.random.default_rng(6)
    parts = [x for x in leaves(eval(call, {"np": np, **values})) if isinstance(x, ag.Node)]
    total = ag.Tensor(0.0)
    for part in parts:
        total = total + ag.sum(ag.nan_to_num(part * rng.normal(size=part.shape)))
    return total


def fresh(call):
    return {name: ARRAYS[name].astype(float) for name in names_in(call)}


@pytest.mark.parametrize("call", [c for c in CALLS if len(names_in(c)) > 1])
def test_a_constant_overwritten(call):
    for node in names_in(call):
        values = fresh(call)
        x = values[node] = ag.Tensor(values[node])
        try:
            evaluate(call, values).backward()
        except TypeError as error:  # NumPy does not hand over a call for this argument alone
            assert "Tensor" in str(error)  # noqa: PT017
            continue
        expected, x.grad = x.grad, None
        total = evaluate(call, values)
        for name, constant in values.items():
            if name != node:
                constant[...] = 17.0 + np.arange(constant.size).reshape(constant.shape)
        total.backward()
        if expected is None:
            assert x.grad is None
        else:
            np.testing.assert_array_equal(x.grad, expected)


@pytest.mark.parametrize("call", CALLS)
def test_a_leaf_overwritten(call):
    for changed in names_in(call):
        values = {name: ag.Tensor(x) for name, x in fresh(call).items()}
        evaluate(call, values).backward()
        expected = {name: x.grad for name, x in values.items()}
        for x in values.values():
            x.grad = None
        total = evaluate(call, values)
        values[changed].data[...] += 1.5
        try:
            total.backward()
        except ValueError as error:
            assert "was changed after" in str(error)  # noqa: PT017
            continue
        for name, x in values.items():
            if expected[name] is None:
                assert x.grad is None
            else:
                np.testing.assert_array_equal(x.grad, expected[name])


@pytest.mark.parametrize("call", CALLS)
def test_nobody_elses_arrays_are_written_to(call):
    """Neither the forward nor the sweep changes a leaf, a constant, or a gradient handed out."""
    values = {name: ag.Tensor(x) for name, x in fresh(call).items()}
    before = {name: x.data.copy() for name, x in values.items()}
    evaluate(call, values).backward()
    first = {name: x.grad for name, x in values.items()}
    copies = {name: None if g is None else g.copy() for name, g in first.items()}
    evaluate(call, values).backward()
    for name, x in values.items():
        np.testing.assert_array_equal(x.data, before[name])
        if first[name] is not None:
            np.testing.assert_array_equal(first[name], copies[name])
            np.testing.assert_array_equal(x.grad, 2 * copies[name])
