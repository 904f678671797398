"""Products of vectors, matrices and stacks: every combination of shapes NumPy has."""

import numpy as np
import pytest
from helpers import check_rule, close, differences
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd_lite as ag

rng = np.random.default_rng(11)

SHAPES = [
    ((3,), (3,)),
    ((3,), (3, 2)),
    ((2, 3), (3,)),
    ((2, 3), (3, 2)),
    ((1, 3), (3, 1)),
    ((3,), (2, 3, 2)),
    ((2, 2, 3), (3,)),
    ((2, 2, 3), (3, 2)),
    ((2, 3), (2, 3, 2)),
    ((2, 2, 3), (2, 3, 1)),
    ((2, 1, 2, 3), (3, 3, 2)),
    ((1, 2, 3), (2, 3, 1)),
    ((3,), (2, 1, 3, 2)),
    ((2, 1, 2, 3), (3,)),
    ((2, 0), (0, 3)),
    ((0, 2), (2, 3)),
    ((0, 2, 2), (2, 1)),
]


@pytest.mark.parametrize(("a", "b"), SHAPES, ids=str)
def test_matmul(a, b):
    x, y = rng.normal(size=a), rng.normal(size=b)
    close(ag.matmul(x, y), np.matmul(x, y), 1e-15)
    assert ag.matmul(ag.Tensor(x), ag.Tensor(y)).shape == np.matmul(x, y).shape
    check_rule(ag.matmul, x, y, second=x.size * y.size <= 72)


@pytest.mark.parametrize(("a", "b"), SHAPES[:6], ids=str)
def test_with_a_constant_on_either_side(a, b):
    x, y = ag.Tensor(rng.normal(size=a)), rng.normal(size=b)
    seed = rng.normal(size=np.matmul(x.data, y).shape)
    (x @ y).backward(seed)
    both = ag.Tensor(x.data), ag.Tensor(y)
    (both[0] @ both[1]).backward(seed)
    np.testing.assert_array_equal(x.grad, both[0].grad)
    left = ag.Tensor(y)
    ag.matmul(x.data, left).backward(seed)
    np.testing.assert_array_equal(left.grad, both[1].grad)


def test_of_itself():
    check_rule(lambda x: x @ x @ x, rng.normal(size=(2, 2)))


@settings(max_examples=60)
@given(st.data())
def test_any_stacks(data):
    sizes = st.integers(1, 3)
    m, n, p = (data.draw(sizes) for _ in range(3))
    stack = data.draw(st.lists(sizes, max_size=2))
    parts = []
    for _ in range(2):
        cut = stack[data.draw(st.integers(0, len(stack))) :]
        parts.append(tuple(1 if data.draw(st.booleans()) else k for k in cut))
    x = ag.Tensor(rng.normal(size=(*parts[0], m, n)))
    y = ag.Tensor(rng.normal(size=(*parts[1], n, p)))
    z = x @ y
    np.testing.assert_array_equal(z.data, np.matmul(x.data, y.data))
    seed = rng.normal(size=z.shape)
    z.backward(seed)
    # einsum over flattened positions: which entry of x meets which entry of the seed
    dx, dy = rng.normal(size=x.shape), rng.normal(size=y.shape)
    close(np.vdot(x.grad, dx), np.vdot(seed, np.matmul(dx, y.data)), 1e-12)
    close(np.vdot(y.grad, dy), np.vdot(seed, np.matmul(x.data, dy)), 1e-12)


@pytest.mark.parametrize(("a", "b"), SHAPES[:8], ids=str)
def test_arrays_of_values(a, b):
    x, y = rng.normal(size=a), rng.normal(size=b)
    xs = np.vectorize(ag.Value, otypes=[object])(x)
    ys = np.vectorize(ag.Value, otypes=[object])(y)
    z = xs @ ys
    close(np.vectorize(lambda v: v.data)(z), x @ y, 1e-14)
    tx, ty = ag.Tensor(x), ag.Tensor(y)
    (tx @ ty).sum().backward()
    z = np.sum(z)
    z.backward()
    close(np.vectorize(lambda v: v.grad)(xs), tx.grad, 1e-14)
    close(np.vectorize(lambda v: v.grad)(ys), ty.grad, 1e-14)


@pytest.mark.parametrize(
    ("a", "b", "message"),
    [
        ((3,), (2,), "equal inner lengths.*have 3 and 2"),
        ((2, 3), (2, 3), "equal inner lengths.*have 3 and 2"),
        ((2, 2, 3), (2, 2), "equal inner lengths.*have 3 and 2"),
        ((), (2,), r"given shapes \(\) and \(2,\).*Write \*"),
        ((2,), (), r"given shapes \(2,\) and \(\)"),
    ],
)
def test_refused(a, b, message):
    for x, y in ((ag.Tensor(np.ones(a)), np.ones(b)), (np.ones(a), ag.Tensor(np.ones(b)))):
        with pytest.raises(ValueError, match=message):
            ag.matmul(x, y)


def test_stacks_that_do_not_broadcast():
    with pytest.raises(ValueError, match="broadcast") as caught:
        ag.Tensor(np.ones((2, 1, 2))) @ np.ones((3, 2, 1))
    assert "in '@', given Tensor of shape (2, 1, 2)" in str(caught.value.__notes__)


def test_float32():
    x = ag.Tensor(np.ones((2, 2), np.float32))
    y = x @ np.ones((2, 2))
    assert y.dtype == np.float64
    y.sum().backward()
    assert x.grad.dtype == np.float32


@pytest.mark.parametrize(
    "rows",
    [
        [[0.0]],
        [[1.0, 2.0], [1.0, 2.0]],
        [[2.0, -1.0, 0.5], [2.0, -1.0, 0.5], [1.0, 0.5, -0.5]],
        [[1.0, 2.0, -1.0]] * 3,
        [[0.0, 0.0], [0.0, 0.0]],
    ],
    ids=["0", "rank 1 of 2", "rank 2 of 3", "rank 1 of 3", "zeros"],
)
def test_determinant_of_a_singular_matrix(rows):
    """There is no inverse to divide by; the slopes are the cofactors, to second order."""
    x = np.array(rows)
    assert np.linalg.det(x) == 0.0
    check_rule(ag.linalg.det, x)
    regular = x + 2.0 * np.eye(len(rows))
    check_rule(ag.linalg.det, np.array([x, regular]))


@pytest.mark.parametrize("name", ["inv", "det", "cholesky", "eigvalsh", "svdvals", "pinv"])
def test_stacks_of_two_axes(name):
    """A matrix in a stack has the gradient that it has alone."""
    f = getattr(ag.linalg, name)
    x = rng.normal(size=(2, 1, 3, 3))
    x = x @ x.swapaxes(-1, -2) + np.diag([1.0, 2.0, 3.0])
    seed = rng.normal(size=np.shape(f(x)))
    stacked = ag.Tensor(x)
    f(stacked).backward(seed)
    for k in range(2):
        alone = ag.Tensor(x[k, 0])
        f(alone).backward(seed[k, 0])
        close(stacked.grad[k, 0], alone.grad, 1e-12)


# --- vectors of equal eigenvalues and singular values ---------------------------------------------


def spanned(start, stop):
    """A function of the space that some eigenvectors span: ⟨C, V Vᵀ⟩."""
    C = np.random.default_rng(5).normal(size=(4, 4))

    def f(x):
        vectors = np.linalg.eigh((x + x.T) / 2)[1][:, start:stop]
        return np.sum(C * (vectors @ vectors.T))

    return f


@pytest.mark.parametrize(
    ("values", "start", "stop"),
    [([1, 1, 1, 3], 0, 3), ([1, 1, 1, 3], 3, 4), ([2, 2, 5, 5], 2, 4), ([1, 1, 1, 1], 0, 4)],
)
def test_a_space_of_equal_eigenvalues_has_a_gradient(values, start, stop):
    q, _ = np.linalg.qr(np.random.default_rng(1).normal(size=(4, 4)))
    x = q @ np.diag(np.array(values, float)) @ q.T
    x = (x + x.T) / 2
    f = spanned(start, stop)
    np.testing.assert_allclose(ag.grad(f)(x), differences(f, x), atol=1e-7)


@pytest.mark.parametrize("values", [[2.0, 2.0, 2.0], [3.0, 2.0, 2.0], [3.0, 2.0, 1.0]])
@pytest.mark.parametrize("shape", [(3, 3), (4, 3), (3, 5)])
def test_the_polar_factor_has_a_gradient_at_equal_singular_values(values, shape):
    rng = np.random.default_rng(2)
    u, _, v = np.linalg.svd(rng.normal(size=shape), full_matrices=False)
    D = rng.normal(size=shape)

    def f(x):
        u, _, v = np.linalg.svd(x, full_matrices=False)
        return np.sum(D * (u @ v))

    x = u @ np.diag(values) @ v
    np.testing.assert_allclose(ag.grad(f)(x), differences(f, x), atol=1e-7)


@pytest.mark.parametrize(
    "f",
    [
        lambda x: np.linalg.eigh(x)[1][0, 0],
        lambda x: (lambda w, v: np.sum((v * w) @ v.T))(*np.linalg.eigh(x)),
        lambda x: np.sum(np.linalg.svd(x)[0][:, 1] * [1.0, 2.0, 4.0]),
        lambda x: (lambda u, s, v: np.sum((u * s) @ v))(*np.linalg.svd(x)),
    ],
)
def test_what_depends_on_the_basis_of_equal_eigenvalues_is_nan_and_says_why(f):
    q, _ = np.linalg.qr(np.random.default_rng(3).normal(size=(3, 3)))
    x = q @ np.diag([2.0, 2.0, 5.0]) @ q.T
    with pytest.warns(RuntimeWarning, match="any basis of the space"):
        assert np.isnan(ag.grad(f)((x + x.T) / 2)).any()
