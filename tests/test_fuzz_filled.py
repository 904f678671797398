"""Random programs that fill, read, view and overwrite an array: NumPy's numbers and gradients."""

import random

import numpy
import pytest
from helpers import differences

import autograd_lite as ag
import autograd_lite.numpy as anp

VIEWS = [0, 1, -1, slice(1, 3), slice(None, None, -1), (slice(None), 0), (1, slice(None, None, 2)),
         (slice(None), slice(1, None)), ..., (None, 1)]  # fmt: skip
KEYS = [*VIEWS, (0, 1), (1, -1), [0, 2], ([0, 1], [1, 2]), (slice(0, 2), [0, 3]),
        numpy.array([True, False, True]),
        (slice(None), numpy.array([True, False, True, False]))]  # fmt: skip
STEPS = ["set", "add", "multiply", "number", "view", "through a view", "part", "whole", "swap"]


def drawn(seed):
    """The steps of a program: what is done, to which key, with which number and entry of x."""
    rng = random.Random(seed)
    return [
        (rng.choice(STEPS), rng.randrange(len(KEYS)), rng.random(), rng.randrange(6))
        for _ in range(rng.randint(3, 14))
    ]


def run(np, program, x):
    """What a program computes from the vector x."""
    out, views, total = np.zeros((3, 4)), [], np.sum(x) * 0.0
    for step, k, r, j in program:
        key = KEYS[k]
        shape = numpy.zeros((3, 4))[key].shape
        count = int(numpy.prod(shape, dtype=int))
        value = np.reshape(np.tile(x * (1 + r), 4)[:count], shape) if r < 0.6 else x[j] * r
        if step == "set":
            out[key] = value
        elif step == "add":
            out[key] += value
        elif step == "multiply":
            out[key] *= 1.0 + 0.1 * value
        elif step == "number":
            out[key] = r
        elif step == "view":
            views.append(out[VIEWS[k % len(VIEWS)]])
        elif step == "through a view" and views:
            views[j % len(views)][0] = x[j] * r
        elif step == "part":
            total = total + np.sum(out[key] ** 2) * r
        elif step == "whole":
            total = total + np.sum(np.tanh(out)) * r
        elif step == "swap":
            out[[0, 2]] = out[[2, 0]]
    return total + np.sum(np.sin(out)) + sum(np.sum(v * v) for v in views)


@pytest.mark.parametrize("block", range(10))
def test_random_programs(block):
    for seed in range(20 * block, 20 * block + 20):
        program = drawn(seed)
        x = numpy.random.default_rng(seed).normal(size=6)
        value, gradient = ag.value_and_grad(lambda v, p=program: run(anp, p, v))(x)
        right = differences(lambda v, p=program: run(numpy, p, v), x, 1e-3)
        numpy.testing.assert_allclose(value, run(numpy, program, x), rtol=1e-12)
        scale = max(1.0, numpy.abs(right).max())
        numpy.testing.assert_allclose(gradient, right, atol=1e-8 * scale, err_msg=str(program))


def run_on_a_result(np, program, x):
    """The same steps on a result of operations, with values that depend on it as a whole."""
    out, total = np.reshape(np.tile(x, 2), (3, 4)) * 1.5, np.sum(x) * 0.0
    for step, k, r, j in program:
        key = KEYS[k]
        shape = numpy.zeros((3, 4))[key].shape
        count = int(numpy.prod(shape, dtype=int))
        value = np.reshape(np.tile(x * (1 + r), 4)[:count], shape) if r < 0.5 else x[j] * r
        if step in ("set", "view"):
            out[key] = value if r < 0.8 else np.sum(out) * 0.1 + out[key]
        elif step in ("add", "through a view"):
            out[key] += value
        elif step == "multiply":
            out[key] *= 1.0 + 0.1 * value
        elif step == "number":
            out[key] = r
        elif step == "part":
            total = total + np.sum(out[key] ** 2) * r
        elif step == "whole":
            total = total + np.sum(np.tanh(out)) * r
        elif step == "swap":
            out[[0, 2]] = out[[2, 0]]
    return total + np.sum(np.sin(out))


@pytest.mark.parametrize("np", [numpy, anp], ids=["numpy", "ours"])
def test_random_programs_on_a_result(np):
    right = 0
    for seed in range(100):
        program = drawn(seed)
        x = numpy.random.default_rng(seed).normal(size=6)
        try:
            value, gradient = ag.value_and_grad(lambda v, p=program: run_on_a_result(np, p, v))(x)
        except ValueError as error:  # it was used as a whole, and written to later
            if "had used it" not in str(error):
                raise
            continue
        expected = differences(lambda v, p=program: run_on_a_result(numpy, p, v), x, 1e-3)
        numpy.testing.assert_allclose(value, run_on_a_result(numpy, program, x), rtol=1e-11)
        scale = max(1.0, numpy.abs(expected).max())
        numpy.testing.assert_allclose(gradient, expected, atol=1e-7 * scale, err_msg=str(program))
        right += 1
    assert right >= 30
