"""Programs as courses have them: NumPy's numbers, and the gradient that differences give.

Each is run with our namespace, and with NumPy's own where that can do it; where it cannot, because
a node would have to go into an array of NumPy's, the error names ours.
"""

import numpy as np
import pytest
from course_programs import PROGRAMS
from helpers import WEIGHTS, close

import autograd_lite as ag
import autograd_lite.numpy as anp

BY_NAME = pytest.mark.parametrize("program", PROGRAMS, ids=lambda f: f.__name__)


def given(program):
    """The arguments of a program, and weights that make one number of what it returns."""
    rng = np.random.default_rng(len(program.__name__))
    arrays = [rng.normal(size=shape) for shape in PROGRAMS[program]]
    return arrays, rng.normal(size=np.shape(program(np, *(a.copy() for a in arrays))))


def differences(program, arrays, weights, h=1e-3):
    """The gradients, by central differences of order 8 of the program on NumPy."""
    gradients = [np.zeros(a.shape) for a in arrays]
    for a, gradient in zip(arrays, gradients, strict=True):
        for k in np.ndindex(a.shape):
            x = a[k]
            for weight, step in zip(WEIGHTS, (1, 2, 3, 4), strict=True):
                for sign in (1, -1):
                    a[k] = x + sign * step * h
                    value = np.sum(program(np, *(b.copy() for b in arrays)) * weights)
                    gradient[k] += sign * weight * value / h
            a[k] = x
    return gradients


@BY_NAME
def test_the_numbers_are_numpys_and_the_gradient_is_right(program):
    arrays, weights = given(program)
    expected = np.sum(program(np, *(a.copy() for a in arrays)) * weights)
    right = differences(program, arrays, weights)

    def loss(*args):
        return anp.sum(program(anp, *args) * weights)

    np.testing.assert_allclose(loss(*(a.copy() for a in arrays)), expected, rtol=1e-13)
    leaves = [ag.Tensor(a) for a in arrays]
    value = loss(*leaves)
    np.testing.assert_allclose(value.item(), expected, rtol=1e-12)
    value.backward()
    gradients = ag.grad(loss, tuple(range(len(arrays))))(*arrays)
    for leaf, gradient, by_differences in zip(leaves, gradients, right, strict=True):
        close(leaf.grad, by_differences, 1e-7)
        close(gradient, by_differences, 1e-7)


@BY_NAME
def test_with_numpys_own_namespace_the_same_or_an_error_that_names_ours(program):
    arrays, weights = given(program)
    ours, theirs = ([ag.Tensor(a) for a in arrays] for _ in range(2))
    anp.sum(program(anp, *ours) * weights).backward()
    try:
        value = np.sum(program(np, *theirs) * weights)
    except (TypeError, ValueError) as error:
        said = f"{error} {error.__cause__} {error.__context__}"
        assert "import autograd_lite.numpy as np" in said, said
    else:
        value.backward()
        for a, b in zip(ours, theirs, strict=True):
            close(b.grad, a.grad, 1e-12)


def test_there_are_enough_of_them():
    assert len(PROGRAMS) >= 60
