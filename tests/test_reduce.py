"""Reductions: NumPy's values, differences to second order, ties, empty arrays, any axes."""

import math

import numpy as np
import pytest
from helpers import check_rule, close, differences
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd_lite as ag
from autograd_lite.core import elementwise
from autograd_lite.core.operation import Op
from autograd_lite.ops.objects import FromValues
from autograd_lite.ops.reduce import Among
from autograd_lite.ops.shape import Concatenate

rng = np.random.default_rng(5)
X = rng.normal(size=(2, 3, 2)) + 0.1

REDUCTIONS = {
    "sum": (ag.sum, np.sum, {}),
    "mean": (ag.mean, np.mean, {}),
    "max": (ag.max, np.max, {}),
    "min": (ag.min, np.min, {}),
    "prod": (ag.prod, np.prod, {}),
    "var": (ag.var, np.var, {}),
    "var ddof": (ag.var, np.var, {"ddof": 1}),
    "std": (ag.std, np.std, {}),
    "std ddof": (ag.std, np.std, {"ddof": 1}),
}
AXES = [None, 1, -1, (0, 1), (0, -1), (2, 0), (0, 1, 2)]


@pytest.mark.parametrize(
    ("op", "inputs"),
    [
        (Among(True), (1.0, 3.0, 3.0, 2.0)),
        (Among(False), (1.0, 3.0, 1.0)),
        (Among(True), (1.0, math.nan)),
        (FromValues((2, 2)), (1.0, 2.0, 3.0, 4.0)),
        (Concatenate(-1), (np.ones(2), np.ones(3), np.ones(1))),
        (elementwise.divide, (np.arange(1.0, 7.0).reshape(2, 3), np.array([[2.0], [4.0]]))),
    ],
    ids=lambda x: x.name if isinstance(x, Op) else "",
)
def test_shares_at_once_are_those_one_by_one(op, inputs):
    out = op.forward(*inputs)
    g = np.random.default_rng(1).normal(size=np.shape(out)) if np.shape(out) else 2.5
    together = op.vjps(g, out, *inputs)
    assert len(together) == len(inputs)
    for i, share in enumerate(together):
        np.testing.assert_allclose(op.vjp(i, g, out, *inputs), share, rtol=1e-14)


@pytest.mark.parametrize("keepdims", [False, True])
@pytest.mark.parametrize("axis", AXES, ids=str)
@pytest.mark.parametrize("name", REDUCTIONS)
def test_value(name, axis, keepdims):
    ours, numpys, options = REDUCTIONS[name]
    if axis == 1 or axis == -1 or axis is None or "ddof" not in options:
        got = ours(ag.Tensor(X), axis=axis, keepdims=keepdims, **options)
        expected = numpys(X, axis=axis, keepdims=keepdims, **options)
        close(got.data, expected, 1e-14)
        close(ours(X, axis=axis, keepdims=keepdims, **options), expected, 1e-14)
        method = getattr(ag.Tensor(X), name.split()[0])
        close(method(axis, keepdims=keepdims, **options).data, expected, 1e-14)


@pytest.mark.parametrize("name", ["sum", "mean", "max", "min", "prod", "median", "nanmean", "ptp"])
def test_a_dtype_is_not_taken_for_keepdims(name):
    """NumPy's methods have the dtype in this place, as in `x.mean(0, float)`."""
    x = ag.Tensor(X)
    with pytest.raises(TypeError, match=r"keepdims is True or False, not <class 'float'>"):
        getattr(ag, name)(x, 0, float)
    assert getattr(ag, name)(x, 0, np.True_).shape == (1, 3, 2)
    assert getattr(ag, name)(x, 0, 0).shape == getattr(ag, name)(x, 0, None).shape == (3, 2)


@pytest.mark.parametrize("axis", AXES, ids=str)
@pytest.mark.parametrize("name", REDUCTIONS)
def test_derivatives(name, axis):
    ours, _, options = REDUCTIONS[name]
    second = "std" not in name  # judged below: its slope is steep at this spread
    check_rule(lambda x: ours(x, axis=axis, **options), X, h=2e-3, tolerance=1e-8, second=second)
    check_rule(
        lambda x: ag.sum(ours(x * x, axis=axis, keepdims=True, **options) * x, 0),
        X,
        h=2e-3,
        tolerance=1e-8,
        second=False,
    )


@pytest.mark.parametrize("options", [{}, {"ddof": 1}, {"axis": 0}])
def test_std_to_second_order(options):
    x = np.array([[0.1, 2.0, -1.3], [1.5, -0.7, 0.2]])
    check_rule(lambda x: ag.std(x, **options), x, h=2e-3, tolerance=1e-8)


@pytest.mark.parametrize("zeros", [[], [0], [1, 4], [0, 1, 5], range(6)])
def test_prod_with_zeros(zeros):
    x = np.array([0.7, -1.2, 2.0, 0.4, 1.1, -0.6])
    x[list(zeros)] = 0.0
    check_rule(ag.prod, x)
    check_rule(lambda x: ag.prod(x, 0), x.reshape(2, 3))
    third = ag.jacobian(ag.jacobian(ag.grad(ag.prod)))(x)
    close(third, differences(ag.jacobian(ag.grad(ag.prod)), x), 1e-9)


def test_prod_that_overflows():
    """The others' product may be finite where the product is not."""
    x = ag.Tensor([1e200, 1e200, 2.0])
    with np.errstate(over="ignore"):
        ag.prod(x).backward()
    np.testing.assert_array_equal(x.grad, [2e200, 2e200, np.inf])


@pytest.mark.parametrize("name", ["max", "min"])
def test_ties_share_evenly(name):
    x = ag.Tensor([[1.0, 3.0, 3.0], [3.0, 1.0, 1.0]])
    reduction = getattr(ag, name)
    reduction(x).backward()
    best = x.data == (3.0 if name == "max" else 1.0)
    np.testing.assert_array_equal(x.grad, best / 3)
    x.grad = None
    reduction(x, axis=0).backward([1.0, 1.0, 1.0])
    assert (x.grad.sum(axis=0) == 1).all()


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_many_ties(dtype):
    """Counted in whole numbers: 3000 ones in float16 would stop at 2048."""
    x = ag.Tensor(np.ones(3000, dtype))
    ag.max(x).backward()
    np.testing.assert_array_equal(x.grad, np.full(3000, dtype(1 / 3000)))


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("name", REDUCTIONS)
def test_dtype(name, dtype):
    ours, _, options = REDUCTIONS[name]
    x = ag.Tensor(X.astype(dtype))
    for axis in (None, 0):
        y = ours(x, axis=axis, **options) if axis is None else ours(x, axis=1, **options)
        assert y.dtype == dtype
        y.backward(np.ones(y.shape))
        assert x.grad.dtype == dtype


@pytest.mark.parametrize("name", REDUCTIONS)
def test_nan_stays_nan(name):
    ours, numpys, options = REDUCTIONS[name]
    x = ag.Tensor([1.0, np.nan, 3.0])
    y = ours(x, **options)
    assert np.isnan(numpys(x.data, **options))
    assert np.isnan(y.item())
    y.backward()
    if name not in ("sum", "mean"):  # those are linear: their slope is a constant
        assert np.isnan(x.grad).all() or (name == "prod" and np.isnan(x.grad).sum() == 2)


@st.composite
def case(draw):
    shape = tuple(draw(st.lists(st.integers(1, 3), max_size=4)))
    axes = draw(st.none() | st.sets(st.integers(0, max(0, len(shape) - 1)), max_size=len(shape)))
    axes = None if axes is None else tuple(a - len(shape) * draw(st.booleans()) for a in axes)
    return shape, axes, draw(st.booleans()), draw(st.sampled_from(sorted(REDUCTIONS)[:4]))


@settings(max_examples=80)
@given(case())
def test_any_shape_and_axes(drawn):
    shape, axes, keepdims, name = drawn
    ours, numpys, options = REDUCTIONS[name]
    size = int(np.prod(shape))
    # Entries well apart, so that no step of the differences changes which of them is largest.
    x = ag.Tensor((rng.permutation(size).reshape(shape) + 0.5) / max(size, 1) * 2 - 1)
    y = ours(x, axis=axes, keepdims=keepdims, **options)
    close(y.data, numpys(x.data, axis=axes, keepdims=keepdims, **options), 1e-13)
    direction, seed = rng.normal(size=shape), rng.normal(size=y.shape)
    y.backward(seed)

    def along(s):
        moved = numpys(x.data + s * direction, axis=axes, keepdims=keepdims, **options)
        return np.vdot(moved, seed)

    close(np.vdot(x.grad, direction), differences(along, 0.0, 1e-4), 1e-7)


@pytest.mark.parametrize("reduction", [ag.sum, ag.mean, ag.prod, ag.max, ag.min])
def test_of_a_single_value(reduction):
    x = ag.Value(3.0)
    y = reduction(x) * 2
    y.backward()
    assert (y.item(), x.grad) == (6.0, 2.0)


@pytest.mark.parametrize("name", ["max", "min"])
def test_extremes_of_arrays_of_values(name):
    """The cotangent counts: what is taken up threefold brings three times the slope."""
    x = np.array([ag.Value(v) for v in (2.0, 5.0, 2.0, 5.0)])
    (getattr(ag, name)(x) * 3.0).backward()
    best = 5.0 if name == "max" else 2.0
    assert [v.grad for v in x] == [1.5 if v.data == best else 0.0 for v in x]


@pytest.mark.parametrize("shape", [(0,), (2, 0), (0, 2)])
def test_empty(shape):
    x = ag.Tensor(np.zeros(shape))
    for reduction, value in ((ag.sum, 0.0), (ag.prod, 1.0)):
        y = reduction(x)
        assert y.item() == value
        x.grad = None
        y.backward()
        assert x.grad.shape == shape
    for reduction in (ag.max, ag.min):
        with pytest.raises(ValueError, match=rf"{reduction.__name__} of no entries.*\({shape[0]}"):
            reduction(x)


def test_empty_along_another_axis():
    x = ag.Tensor(np.zeros((0, 2)))
    y = ag.max(x, axis=1)
    assert y.shape == (0,)
    y.backward(np.zeros(0))
    assert x.grad.shape == (0, 2)


@pytest.mark.parametrize("name", REDUCTIONS)
@pytest.mark.parametrize(
    ("axis", "kind"),
    [
        (3, np.exceptions.AxisError),
        (-4, np.exceptions.AxisError),
        ((0, 0), ValueError),
        (0.0, TypeError),
        ("0", TypeError),
    ],
)
def test_bad_axis(name, axis, kind):
    ours, _, options = REDUCTIONS[name]
    with pytest.raises(kind):
        ours(ag.Tensor(X), axis=axis, **options)


def test_of_0d():
    for name, (ours, _, options) in REDUCTIONS.items():
        if options:
            continue
        x = ag.Tensor(2.5)
        y = ours(x)
        assert y.item() == (0.0 if name in ("var", "std") else 2.5)
        y.backward()
        assert x.grad.shape == ()
        assert x.grad == (0.0 if name in ("var", "std") else 1.0)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("ddof", [2, 3, 5])
def test_no_degrees_of_freedom(ddof):
    """As NumPy: inf, or NaN where nothing varies; never a number."""
    for x in ([1.0, 3.0], [2.0, 2.0]):
        for f, g in ((ag.var, np.var), (ag.std, np.std)):
            np.testing.assert_array_equal(f(ag.Tensor(x), ddof=ddof).data, g(x, ddof=ddof))


@pytest.mark.parametrize("keepdims", [False, True])
@pytest.mark.parametrize("axis", [None, 0, -1, (0, 1)])
@pytest.mark.parametrize("name", ["sum", "mean", "max", "min", "prod", "var", "std"])
def test_arrays_of_values(name, axis, keepdims):
    """As of a Tensor: shape, numbers, gradients."""
    numbers = np.array([[1.0, 2.0, 4.0], [2.5, 0.5, -3.0]])
    values = np.vectorize(ag.Value, otypes=[object])(numbers)
    tensor = ag.Tensor(numbers)
    f = getattr(ag, name)
    out, whole = (f(x, axis=axis, keepdims=keepdims) for x in (values, tensor))
    assert np.shape(out) == whole.shape
    close([v.data for v in np.ravel(out)], np.ravel(whole.data), 1e-14)
    np.sum(out).backward()
    whole.sum().backward()
    got = np.vectorize(lambda v: v.grad or 0.0, otypes=[float])(values)
    close(got, tensor.grad, 1e-14)


@pytest.mark.parametrize("name", ["nanmean", "nanvar", "nanstd"])
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_values_of_which_none_is_a_number(name):
    """NaN, as NumPy has it, and no error of Python's, which does not divide by 0."""
    rows = np.array([[1.0, np.nan, 3.0], [np.nan] * 3])
    values = np.empty(rows.shape, object)
    values[...] = [[ag.Value(x) for x in row] for row in rows]
    found = getattr(ag, name)(values, axis=1)
    expected = getattr(np, name)(rows, axis=1)
    numbers = [x if isinstance(x, float) else x.item() for x in found]
    np.testing.assert_allclose(numbers, expected)
    assert np.isnan(getattr(ag, name)(values[1]))
    found[0].backward()
    np.testing.assert_allclose(
        [x.grad or 0.0 for x in values[0]], ag.grad(getattr(ag, name))(rows[0])
    )
