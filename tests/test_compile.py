"""Compiled functions: the numbers of the eager ones, on inputs they were not recorded on."""

from __future__ import annotations

import numpy as np
import pytest
from numpy_calls import ARRAYS, CALLS, function_of, names_in

import autograd_lite as ag
from autograd_lite.trees import flatten

from .test_every_call import nodes_of

# What they return has a shape that depends on the numbers.
SHAPED_BY_VALUES = {
    "np.extract", "np.trim_zeros", "np.unique", "np.unique_values", "np.union1d", "np.intersect1d",
    "np.setdiff1d", "np.polydiv",
}  # fmt: skip


def equal(found, expected, tolerance=1e-14):
    """The same containers, shapes, dtypes, infinities and NaNs; numbers up to rounding."""
    (found, form), (expected, other) = flatten(found), flatten(expected)
    assert type(form([0] * len(found))) is type(other([0] * len(expected)))
    for a, b in zip(found, expected, strict=True):
        a, b = np.asarray(a), np.asarray(b)
        assert (a.shape, a.dtype) == (b.shape, b.dtype)
        scale = np.abs(b[np.isfinite(b)]).max(initial=0.0)
        np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance * scale)


def total(call, names):
    """Σ of squares of everything the call returns, as a function of its arrays."""

    def f(*xs):
        values = dict(zip(names, xs, strict=True))
        rng = np.random.default_rng(1)
        out = 0.0
        for x in xs:
            out = out + ag.sum(x * 0.0)
        for part in nodes_of(eval(call, {"np": np, **values})):
            out = out + ag.sum(ag.nan_to_num(part) ** 2 * rng.normal(size=part.shape))
        return out

    return f


def inputs(names):
    """Where it is recorded, other numbers, and numbers that tie and are 0."""
    arrays = [ARRAYS[name].astype(float) for name in names]
    rng = np.random.default_rng(5)
    yield arrays
    yield [x + rng.normal(size=x.shape) * 0.05 for x in arrays]
    yield [np.round(x * 2) / 2 for x in arrays]


def agree(f, names, tolerance=1e-14):
    """Assert that compiled and eager agree wherever the eager one has a result."""
    compiled = ag.compile(f)
    with np.errstate(all="ignore"):
        for xs in inputs(names):
            try:
                expected = f(*xs)
            except (np.linalg.LinAlgError, ValueError):
                continue  # outside the domain
            equal(compiled(*xs), expected, tolerance)


@pytest.mark.parametrize("call", [c for c in CALLS if function_of(c) not in SHAPED_BY_VALUES])
@pytest.mark.filterwarnings("ignore")
def test_every_call_compiled_equals_eager(call):
    names = names_in(call)
    f = total(call, names)
    agree(ag.value_and_grad(f, tuple(range(len(names)))), names)


HESSIANS = [c for c in CALLS if sum(ARRAYS[n].size for n in names_in(c)) <= 8]


@pytest.mark.parametrize("call", [c for c in HESSIANS if function_of(c) not in SHAPED_BY_VALUES])
@pytest.mark.filterwarnings("ignore")
def test_every_small_call_s_hessian_compiled_equals_eager(call):
    names = names_in(call)
    agree(ag.hessian(total(call, names), tuple(range(len(names)))), names)


@pytest.mark.parametrize("call", [c for c in CALLS if function_of(c) in SHAPED_BY_VALUES])
def test_a_shape_that_depends_on_values_is_refused(call):
    names = names_in(call)
    with pytest.raises(TypeError, match=r"shape that depends on the numbers, in .*\nInstead: "):
        ag.compile(total(call, names))(*[ARRAYS[n].astype(float) for n in names])
