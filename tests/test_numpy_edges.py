"""Kinks, ties, singular and empty arrays under NumPy's functions: what the conventions decide."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import autograd_lite as ag


def gradient(f, x):
    return ag.grad(lambda t: np.sum(f(t)))(np.asarray(x, float))


ZERO = np.zeros((2, 3))


@pytest.mark.parametrize("order", [None, "fro", "nuc", 1, -1, 2, -2, np.inf, -np.inf])
def test_the_gradient_of_a_matrix_norm_at_zero_is_zero(order):
    np.testing.assert_array_equal(gradient(lambda x: np.linalg.norm(x, order), ZERO), ZERO)


@pytest.mark.parametrize("order", [None, 1, 1.5, 2, 3, 0, np.inf, -np.inf])
def test_the_gradient_of_a_vector_norm_at_zero_is_zero(order):
    np.testing.assert_array_equal(gradient(lambda x: np.linalg.norm(x, order), ZERO[0]), ZERO[0])


def test_norms_where_some_entries_are_zero():
    assert gradient(lambda x: np.linalg.norm(x, 1), [0.0, 2.0, -3.0]).tolist() == [0.0, 1.0, -1.0]
    assert gradient(lambda x: np.linalg.norm(x, 0.5), [0.0, 4.0]).tolist() == [0.0, 1.0]
    assert gradient(lambda x: np.linalg.norm(x, np.inf), [2.0, -2.0]).tolist() == [0.5, -0.5]
    assert gradient(lambda x: np.linalg.norm(x, -2.0), [0.0, 4.0]).tolist() == [0.0, 0.0]
    rank_one = gradient(lambda x: np.linalg.norm(x, "nuc"), np.ones((2, 2)))
    np.testing.assert_allclose(rank_one, np.full((2, 2), 0.5))  # u vᵀ, of the one that is not 0


def test_spreads_of_constants_have_gradient_zero():
    ones = np.ones(3)
    with np.errstate(all="raise"):
        for f in (np.std, np.nanstd, np.ptp):
            np.testing.assert_array_equal(gradient(f, ones), 0 * ones)


def test_the_determinant_of_singular_matrices_to_second_order():
    x = np.array([[1.0, 2.0], [2.0, 4.0]])
    assert gradient(np.linalg.det, x).tolist() == [[4.0, -2.0], [-2.0, 1.0]]
    rank_one = np.outer([1.0, 2.0, 3.0], [1.0, 1.0, 1.0])
    np.testing.assert_array_equal(gradient(np.linalg.det, rank_one), np.zeros((3, 3)))
    nearly = np.outer([1.0, 2.0, 3.0], [1.0, -1.0, 2.0]) + np.outer(
        [1.0, 0.0, 1.0], [0.0, 1.0, 1.0]
    )
    assert 0.0 < abs(np.linalg.det(nearly)) < 1e-14
    for point in (rank_one, np.zeros((3, 3)), np.eye(3), np.diag([1.0, 0.0, 2.0]), nearly):
        # det is a polynomial: e_i ∧ e_j picks the entry of x that is left over, with its sign.
        hessian = ag.hessian(np.linalg.det)(point)
        assert hessian[0, 0, 1, 1] == pytest.approx(point[2, 2], abs=1e-12)
        assert hessian[0, 1, 1, 0] == pytest.approx(-point[2, 2], abs=1e-12)
        assert hessian[0, 0, 1, 2] == pytest.approx(-point[2, 1], abs=1e-12)
        assert hessian[0, 0, 0, 0] == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
@pytest.mark.parametrize("distance", [1e-7, 1e-9, 1e-12])
def test_the_determinant_near_a_singular_matrix_to_second_order(distance, scale):
    """det is a polynomial: its second derivatives are entries of x, to all digits, and 0."""
    rank_two = np.outer([1.0, 2.0, 3.0], [1.0, -1.0, 2.0]) + np.outer([1, 0, 1], [0, 1, 1])
    near = scale * (rank_two + distance * np.eye(3))
    far = scale * np.array([[2.0, 1.0, 0.0], [0.5, 3.0, 1.0], [0.0, -1.0, 1.0]])
    for x in (near, far, np.stack([near, far]), np.stack([far, near])):
        hessian = ag.hessian(lambda x: np.sum(np.linalg.det(x)))(x)
        if x.ndim == 2:
            hessian, x = hessian[None, :, :, None], x[None]
        for k, point in enumerate(x):
            mine = hessian[k, :, :, k]
            exact = np.zeros((3, 3, 3, 3))
            for i, j in np.ndindex(3, 3):
                for m, n in ((a, b) for a, b in np.ndindex(3, 3) if a != i and b != j):
                    left = point[3 - i - m, 3 - j - n]
                    exact[i, j, m, n] = left * (-1) ** (i + j + m + n + (m > i) + (n > j))
            np.testing.assert_allclose(mine, exact, atol=1e-12 * np.abs(point).max())


@pytest.mark.parametrize("scale", [1e-12, 1.0, 1e12])
@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_eigenvalues_tie_within_their_rounding_at_any_scale(scale, sign):
    """What is equal but for the rounding has no slope of its vectors; what is close has one."""
    rng = np.random.default_rng(1)
    q, _ = np.linalg.qr(rng.normal(size=(4, 4)))
    g = rng.normal(size=(4, 4))

    def slope(values):
        x = (q * (sign * scale * np.array(values))) @ q.T
        x = (x + x.T) / 2
        with np.errstate(all="ignore"):
            return ag.grad(lambda t: np.sum(g * np.linalg.eigh(t)[1]))(x), x

    with pytest.warns(RuntimeWarning, match="any basis of the space"):
        tied, _ = slope([1.0, 2.0, 2.0, 3.0])
    assert not np.isfinite(tied).all()
    close, x = slope([1.0, 2.0, 2.0 + 1e-6, 3.0])
    values, vectors = np.linalg.eigh(x)
    with np.errstate(divide="ignore"):
        gaps = np.where(np.eye(4, dtype=bool), 0.0, 1 / (values[None, :] - values[:, None]))
    exact = vectors @ (gaps * (vectors.T @ g)) @ vectors.T
    np.testing.assert_allclose(close, (exact + exact.T) / 2, rtol=1e-6, atol=1e-6 / scale)


def test_products_with_zeros_to_second_order():
    x = np.array([0.0, 2.0, 0.0])
    assert gradient(np.cumprod, x).tolist() == [3.0, 0.0, 0.0]  # 1 + x₁ + x₁x₂; x₀ + x₀x₂; x₀x₁
    expected = [[0.0, 1.0, 2.0], [1.0, 0.0, 0.0], [2.0, 0.0, 0.0]]
    assert ag.hessian(lambda t: np.sum(np.cumprod(t)))(x).tolist() == expected


def test_the_bessel_function_far_from_zero():
    x = np.array([0.0, 5.0, -30.0, 60.0, 300.0])
    h = 1e-5
    expected = (np.i0(x + h) - np.i0(x - h)) / (2 * h)
    np.testing.assert_allclose(gradient(np.i0, x), expected, rtol=1e-8, atol=1e-10)
    # x² I₀″ + x I₀′ − x² I₀ = 0, Bessel's modified equation
    second = np.diag(ag.hessian(lambda t: np.sum(np.i0(t)))(x))
    np.testing.assert_allclose(x**2 * second + x * gradient(np.i0, x), x**2 * np.i0(x), rtol=1e-12)


def test_the_cardinal_sine_to_fifth_order():
    # sin u / u = Σ (−1)^k u^{2k} / (2k + 1)!, so at 0 the fourth derivative is π⁴/5.
    f, derivatives = ag.sinc, []
    for _ in range(5):
        f = ag.grad(f)
        derivatives.append(f(0.0))
    expected = [0.0, -(np.pi**2) / 3, 0.0, np.pi**4 / 5, 0.0]
    np.testing.assert_allclose(derivatives, expected, rtol=1e-12, atol=1e-12)
    # Both ways to compute it meet where they are joined: u s″ + 2 s′ + u s = 0 everywhere.
    x = np.linspace(-3.0, 3.0, 101)
    first = ag.elementwise_grad(ag.sinc)(x)
    second = ag.elementwise_grad(ag.elementwise_grad(ag.sinc))(x)
    u = np.pi * x
    np.testing.assert_allclose(
        u * second / np.pi**2 + 2 * first / np.pi + u * np.sinc(x), 0.0, atol=1e-12
    )


def test_ties_go_by_the_stable_permutation():
    ties = np.array([2.0, 1.0, 2.0, 1.0])
    weights = np.array([1.0, 10.0, 100.0, 1000.0])
    assert gradient(lambda t: np.sort(t) * weights, ties).tolist() == [100.0, 1.0, 1000.0, 10.0]
    assert gradient(lambda t: np.sort(t, kind="quicksort")[0], ties).tolist() == [0, 1, 0, 0]
    assert gradient(np.median, ties).tolist() == [0.5, 0.0, 0.0, 0.5]
    assert gradient(np.unique, ties).tolist() == [1.0, 1.0, 0.0, 0.0]


def test_equal_eigenvalues():
    x = 3 * np.eye(2)
    np.testing.assert_allclose(gradient(lambda t: np.linalg.eigvalsh(t) ** 2, x), 2 * x)
    np.testing.assert_allclose(gradient(lambda t: np.linalg.svd(t)[1] ** 2, x), 2 * x)
    # The vectors themselves turn by any angle: there is no derivative, and none is made up.
    with pytest.warns(RuntimeWarning, match="any basis of the space"):
        turned = gradient(lambda t: np.linalg.eigh(t).eigenvectors * [[1.0, 2.0], [3.0, 4.0]], x)
    assert not np.isfinite(turned).all()


def test_eigenvalues_that_are_equal_but_for_rounding():
    q = np.linalg.qr(np.random.default_rng(0).normal(size=(3, 3)))[0]
    x = q @ np.diag([2.0, 2.0, 1.0]) @ q.T
    x = (x + x.T) / 2
    plane = q[:, :2] @ q[:, :2].T
    np.testing.assert_allclose(gradient(lambda t: np.linalg.norm(t, 2), x), plane / 2, atol=1e-14)
    # A root of x: the quotient of what rounding left of two differences is no slope.
    by_eigh = ag.grad(lambda t: np.sum((v := np.linalg.eigh(t))[1] * np.sqrt(v[0]) @ v[1].T * W))
    by_svd = ag.grad(lambda t: np.sum((v := np.linalg.svd(t)).U * np.sqrt(v.S) @ v.Vh * W))
    for slope in (by_eigh, by_svd):
        with pytest.warns(RuntimeWarning, match="any basis of the space"):
            assert not np.isfinite(slope(x)).any()


def test_close_eigenvalues_of_a_float32_matrix_are_not_taken_for_equal():
    random = np.random.default_rng(0)
    q = np.linalg.qr(random.normal(size=(100, 100)))[0]
    x, weights = (q * np.linspace(1.0, 1.005, 100)) @ q.T, random.normal(size=(100, 100))
    slope = ag.grad(lambda t: np.sum(np.linalg.eigh(t).eigenvectors ** 2 * weights))
    single, double = slope(x.astype(np.float32)), slope(x)
    np.testing.assert_allclose(single, double, atol=0.1 * np.abs(double).max())


def test_a_matrix_that_is_said_to_be_symmetric_counts_as_its_symmetric_part():
    x = np.array([[1.0, 4.0], [0.0, 3.0]])
    values = abs(np.linalg.eigvalsh((x + x.T) / 2))
    found = np.linalg.svd(ag.Tensor(x), hermitian=True).S
    np.testing.assert_allclose(found.data, np.sort(values)[::-1], rtol=1e-14)


def test_an_eigenvector_turns_as_perturbation_theory_says():
    x = np.diag([1.0, 3.0])
    first = ag.jacobian(lambda t: np.linalg.eigh(t).eigenvectors[1, 0] ** 2)
    second = ag.hessian(lambda t: np.linalg.eigh(t).eigenvectors[1, 0] ** 2)(x)
    np.testing.assert_allclose(first(x), np.zeros((2, 2)), atol=1e-15)
    # x₀₁ = x₁₀ = ε turns it by ε/(1 − 3), and its square is ε²/4.
    both = second[0, 1, 0, 1] + second[0, 1, 1, 0] + second[1, 0, 0, 1] + second[1, 0, 1, 0]
    assert both == pytest.approx(2 / 4, rel=1e-12)


@pytest.mark.parametrize(
    "call",
    [
        "np.sum(e)",
        "np.prod(e)",
        "np.sort(e)",
        "np.cumsum(e)",
        "np.cumprod(e)",
        "np.flip(e)",
        "np.diff(e)",
        "np.pad(e, 2)",
        "np.tile(e, 3)",
        "np.repeat(e, 2)",
        "np.concatenate([e, e])",
        "np.dot(e, e)",
        "np.outer(e, e)",
        "np.einsum('i,i', e, e)",
        "np.einsum('i,j->ij', e, e)",
        "np.linalg.norm(e)",
        "np.linalg.norm(e, 1)",
        "np.nansum(e)",
        "np.trace(w)",
        "np.linalg.det(w)",
        "np.linalg.inv(w)",
        "np.linalg.solve(w, w)",
        "np.sum(m, axis=0)",
        "np.linalg.svd(m, compute_uv=False)",
        "m @ m.T",
        "np.transpose(m)",
        "np.stack([m, m])",
    ],
)
def test_empty_arrays_as_in_numpy(call):
    arrays = {"e": np.empty(0), "m": np.empty((0, 3)), "w": np.empty((0, 0))}
    nodes = {name: ag.Tensor(x) for name, x in arrays.items()}
    got, expected = eval(call, {"np": np, **nodes}), eval(call, {"np": np, **arrays})
    assert got.shape == np.shape(expected)
    np.testing.assert_array_equal(got.data, expected)
    got.backward(np.ones(got.shape))
    used = [x for name, x in nodes.items() if x.grad is not None]
    assert all(x.grad.shape == x.shape for x in used)


@pytest.mark.parametrize("f", [np.max, np.min, np.median, np.ptp])
def test_what_no_entries_have_not(f):
    with pytest.raises(ValueError, match="no entries"):
        f(ag.Tensor([]))


@pytest.mark.parametrize(
    ("call", "error"),
    [
        ("np.take(t, 5)", IndexError),
        ("np.quantile(t, 1.5)", ValueError),
        ("np.linalg.inv(t.reshape(2, 2) * 0)", np.linalg.LinAlgError),
        ("np.linalg.cholesky(t.reshape(2, 2) * -1)", np.linalg.LinAlgError),
        ("np.linalg.solve(t.reshape(1, 4), t)", ValueError),
        ("np.linalg.det(t)", ValueError),
        ("np.einsum('ij,j', t, t)", ValueError),
        ("np.einsum('i,j->k', t, t)", ValueError),
        ("np.einsum('i', t, t)", ValueError),
        ("np.tensordot(t, t[:3], 1)", ValueError),
        ("np.cross(t, t)", ValueError),
        ("np.sort(t, axis=1)", np.exceptions.AxisError),
        ("np.cumsum(t, axis=2)", np.exceptions.AxisError),
        ("np.split(t, 3)", ValueError),
        ("np.average(t, weights=[0, 0, 0, 0])", ZeroDivisionError),
        ("np.average(t, weights=[1, 2])", ValueError),
        ("np.gradient(t, [0.0, 1.0])", ValueError),
        ("np.diff(t, -1)", ValueError),
        ("np.convolve(t, t[:0])", ValueError),
        ("np.interp(t, [0.0, 1.0], t)", ValueError),
        ("np.choose([0, 2], [t[:2], t[2:]])", ValueError),
        ("np.select([], [])", ValueError),
        ("np.linalg.norm(t, 'nuc')", ValueError),
        ("np.linalg.norm(t.reshape(2, 2), 3)", ValueError),
        ("np.linalg.matrix_power(t.reshape(2, 2), 0.5)", TypeError),
        ("np.linspace(t, 1.0, -1)", ValueError),
        ("np.geomspace(t, -1.0)", ValueError),
        ("np.piecewise(t, [t > 1], [])", ValueError),
        ("np.vander(t.reshape(2, 2))", ValueError),
        ("np.linalg.eigvalsh(t.reshape(2, 2), 'both')", ValueError),
        ("np.linalg.pinv(t.reshape(2, 2), rcond=0.1, rtol=0.1)", ValueError),
    ],
)
def test_bad_input_raises_what_numpy_raises(call, error):
    with pytest.raises(error):
        eval(call, {"np": np, "t": ag.Tensor([1.0, 2.0, 2.0, 4.0])})


SHAPES = hnp.array_shapes(min_dims=1, max_dims=3, min_side=1, max_side=4)
ALONG = {
    "sort": np.sort,
    "cumsum": np.cumsum,
    "cumprod": np.cumprod,
    "flip": lambda x, axis: np.flip(x, axis=axis),
    "diff": lambda x, axis: np.diff(x, axis=axis),
    "median": lambda x, axis: np.median(x, axis=axis),
    "quantile": lambda x, axis: np.quantile(x, [0.25, 0.6], axis=axis),
    "ptp": np.ptp,
    "roll": lambda x, axis: np.roll(x, 2, axis=axis),
    "repeat": lambda x, axis: np.repeat(x, 2, axis=axis),
    "norm": lambda x, axis: np.linalg.norm(x, axis=axis),
    "trapezoid": lambda x, axis: np.trapezoid(x, axis=axis),
    "nanvar": lambda x, axis: np.nanvar(x, axis=axis),
    "average": lambda x, axis: np.average(x, axis=axis, weights=np.arange(1.0, x.shape[axis] + 1)),
}


@pytest.mark.parametrize("name", ALONG)
@settings(max_examples=25)
@given(data=st.data())
def test_every_shape_and_axis(name, data):
    """Value as NumPy's; and the directional derivative is the slope along that direction."""
    f, shape = ALONG[name], data.draw(SHAPES)
    axis = data.draw(st.integers(-len(shape), len(shape) - 1))
    random = np.random.default_rng(data.draw(st.integers(0, 99)))
    x = random.permuted(np.linspace(0.5, 2.0, int(np.prod(shape)))).reshape(shape)
    direction = random.normal(size=shape)
    out = f(ag.Tensor(x), axis)
    np.testing.assert_allclose(out.data, f(x, axis), rtol=1e-12, atol=1e-12)
    weights = random.normal(size=out.shape)
    slope = ag.grad(lambda t: np.sum(f(t, axis) * weights))(x)
    h = 1e-6
    expected = ((f(x + h * direction, axis) - f(x - h * direction, axis)) * weights).sum() / (2 * h)
    assert np.sum(slope * direction) == pytest.approx(expected, rel=1e-5, abs=1e-6)


S = np.random.default_rng(5).normal(size=(3, 3, 3))
W = np.random.default_rng(6).uniform(0.5, 2.0, size=(3, 3))
WIDE, LONG = S[0, :2], S[0].ravel()[:4]
AS_IN_NUMPY = {
    # Weights have the axes in the order in which they are named.
    "average": lambda t: np.average(S * t[0], axis=(2, 0), weights=W * t[1] ** 2),
    "polyint, one constant for all": lambda t: np.polyint(t, 2, [3.0]),
    "polyint, more constants than integrals": lambda t: np.polyint(t, 1, [3.0, 4.0]),
    "logspace of several bases": lambda t: np.logspace(t[0], 1.5, 2, base=np.array([2.0, 3.0])),
    # A function of all the entries that are its own, not of others in their place.
    "piecewise": lambda t: np.piecewise(t, [t < 0.5], [lambda r: r - r.mean(), np.cumsum]),
    # Singular values that are left out though they are not 0.
    "pinv": lambda t: np.linalg.pinv(WIDE * t[:3], rcond=0.8),
    "pinv of a stack": lambda t: np.linalg.pinv(S * t[:3], rtol=np.array([0.9, 0.1, 0.5])),
    "pinv, hermitian": lambda t: np.linalg.pinv(S[1] @ S[1].T * t[0] ** 2, 0.3, hermitian=True),
    "norm of an order that is a node": lambda t: np.linalg.norm(W[0] * t[1] ** 2, t[0] + 1.1),
    "lstsq": lambda t: np.linalg.lstsq(S[0] * t[:3], LONG[:3], rcond=0.8)[0],
}


@pytest.mark.parametrize("name", AS_IN_NUMPY)
def test_an_option_is_honoured(name):
    """Value, slope and slope of the slope along a line are NumPy's and its differences'."""
    f, x, direction = AS_IN_NUMPY[name], np.array([0.9, -0.7, 0.4, 1.3]), np.array([1, -2, 0.5, 3])
    np.testing.assert_allclose(f(ag.Tensor(x)).data, f(x), rtol=1e-11, atol=1e-12)
    weights = np.random.default_rng(7).normal(size=f(x).shape)

    def along(s):
        return np.sum(f(x + s * direction) * weights)

    slope = ag.grad(along)
    h = 1e-4
    assert slope(0.0) == pytest.approx((along(h) - along(-h)) / (2 * h), rel=1e-5, abs=1e-6)
    second = (slope(h) - slope(-h)) / (2 * h)
    assert ag.grad(slope)(0.0) == pytest.approx(second, rel=1e-5, abs=1e-6)


@pytest.mark.parametrize(
    ("call", "error"),
    [
        ("np.unique(m, axis=0)", TypeError),
        ("np.ravel(m, order='K')", ValueError),
        ("np.round(m, m[0, 0])", TypeError),
        ("np.polyint(m[0], 3, [1.0, 2.0])", ValueError),
        ("np.polyint(m[0], -1)", ValueError),
        ("np.polyder(m[0], -1)", ValueError),
        ("np.linalg.norm(m, m[0, 0])", TypeError),
    ],
)
def test_an_option_is_refused(call, error):
    with pytest.raises(error):
        eval(call, {"np": np, "m": ag.Tensor([[1.0, 2.0], [1.0, 2.0]])})


def test_least_squares_with_a_tolerance_that_says_nothing():
    """LAPACK takes its rounding for one that is not between 0 and 1."""
    x, b = np.outer([1.0, 2.0, 3.0], [1.0, 2.0]), np.array([1.0, 0.0, 2.0])
    for rcond in (-1, 0, 1.5):
        got, _, rank, _ = np.linalg.lstsq(ag.Tensor(x), b, rcond=rcond)
        np.testing.assert_allclose(got.data, np.linalg.lstsq(x, b, rcond=rcond)[0], rtol=1e-12)
        assert rank == 1


def test_rows_that_are_variables_or_samples():
    x = ag.Tensor([[1.0, 2.0, 4.0]])
    assert np.cov(x).shape == ()
    with np.errstate(invalid="ignore"):
        assert np.cov(x, rowvar=False).shape == (3, 3)  # one sample of three variables


def test_sequences_of_whole_numbers_and_of_one():
    between = ag.linspace(np.array([0, 1]), np.array([3, 1]), 4)
    np.testing.assert_allclose(between[:, 0], [0.0, 1.0, 2.0, 3.0])
    assert np.isnan(np.linspace(ag.Value(1.0), 2.0, 1, retstep=True)[1].item())  # there is no step
    assert np.linspace(ag.Value(1.0), 2.0, 1, endpoint=False, retstep=True)[1].item() == 1.0


def test_what_is_filled_in_takes_the_dtype_of_the_array():
    x = ag.Tensor([1.0, 2.0], dtype=np.float32)
    for fill in (7, 7.0, np.float64(7.0)):
        filled = np.full_like(x, fill)
        assert filled.dtype == np.float32
        filled[0] = 0.5  # it is the caller's
    assert np.full_like(x, ag.Value(7.0)).dtype == np.float32
    assert np.full_like(x, ag.Tensor([1.0, 2.0])).dtype == np.float32


def test_axes_of_an_ellipsis_are_not_summed_in_silence():
    with pytest.raises(ValueError, match=r"the result has no '\.\.\.'"):
        np.einsum("...i->i", ag.Tensor([[1.0, 2.0]]))
    assert np.einsum("...i->i", ag.Tensor([1.0, 2.0])).shape == (2,)


@pytest.mark.parametrize(
    "f",
    [
        lambda t, whole: np.einsum("i,i,i->i", whole, whole, t),
        lambda t, whole: np.interp(t, whole, whole[::-1]),
        lambda t, whole: np.interp(whole[::-1], np.sort(whole), t),
        lambda t, whole: np.linalg.lstsq(np.vander(whole, 4), t)[0],
        lambda t, whole: np.gradient(t, whole[::-1]),
        lambda t, whole: np.geomspace(whole, t, 3),
        lambda t, whole: np.linalg.multi_dot([m := whole.reshape(2, 2), m, t.reshape(2, 2)]),
    ],
)
def test_whole_numbers_that_outgrow_their_dtype(f):
    x, whole = np.array([0.7, 20.0, 100.0, 5.0]), np.array([2, 9, 60, 90], np.uint8)
    slopes = ag.jacobian(lambda t: f(t, whole))(x)
    exact = whole.astype(float)
    expected = ag.jacobian(lambda t: f(t, exact))(x)
    np.testing.assert_allclose(f(ag.Tensor(x), whole).data, f(x, exact), rtol=1e-12)
    np.testing.assert_allclose(slopes, expected, rtol=1e-12, atol=1e-12)
    compiled = ag.compile(lambda t, w: ag.jacobian(lambda t: f(t, w))(t))
    np.testing.assert_allclose(compiled(x, whole), expected, rtol=1e-12, atol=1e-12)
