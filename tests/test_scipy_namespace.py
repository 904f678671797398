"""`autograd_lite.scipy`: SciPy's numbers and shapes, and derivatives by differences."""

import numpy as np
import pytest
import scipy
from helpers import close, differences

import autograd_lite as ag
import autograd_lite.scipy as ours

RNG = np.random.default_rng(4)
X = np.array([0.3, 0.75, 0.15])
A = RNG.normal(size=(3, 3)) + 3 * np.eye(3)
P = A @ A.T
V, W = RNG.normal(size=3), RNG.normal(size=7)
M, K = RNG.normal(size=(5, 4)), RNG.normal(size=(2, 3))
SHARES = np.array([0.2, 0.5, 0.3])

# What is called, and the arrays that it is differentiated with respect to.
CALLS = {
    "stats.norm.logpdf(a, b, c)": (V, 0.4, 1.3),
    "stats.norm.pdf(a)": (V,),
    "stats.norm.cdf(a, loc=b, scale=c)": (V, 0.4, 1.3),
    "stats.norm.logcdf(a)": (V - 6,),
    "stats.t.logpdf(a, b, c, d)": (V, 3.5, 0.2, 1.3),
    "stats.t.cdf(a, 3.5)": (V,),
    "stats.gamma.logpdf(a, b, scale=c)": (X, 2.2, 1.3),
    "stats.gamma.cdf(a, 2.2)": (X,),
    "stats.beta.logpdf(a, b, c)": (X, 2.2, 1.3),
    "stats.beta.cdf(a, 2.2, 1.3)": (X,),
    "stats.expon.logpdf(a, 0.0, b)": (X, 1.4),
    "stats.expon.cdf(a, scale=b)": (X, 1.4),
    "stats.poisson.logpmf([0, 2, 5], a)": (X * 4,),
    "stats.poisson.pmf([0, 2, 5], a)": (X * 4,),
    "stats.poisson.cdf([0, 2, 5], a)": (X * 4,),
    "stats.bernoulli.logpmf([0, 1, 1], a)": (X,),
    "stats.bernoulli.pmf([0, 1, 1], a)": (X,),
    "stats.bernoulli.cdf([0, 1, 1], a)": (X,),
    "stats.dirichlet.logpdf([0.2, 0.5, 0.3], a)": (X + 1,),
    "stats.multivariate_normal.logpdf(a, b, c)": (M[:, :3], V, P),
    "stats.multivariate_normal.pdf(a, b, 2.0)": (V, X),
    "special.logsumexp(a)": (V,),
    "special.softmax(a, axis=0)": (A,),
    "special.log_softmax(a)": (V,),
    "special.polygamma(2, a)": (X,),
    "special.multigammaln(a, 2)": (3.2,),
    "special.erf(a)": (V,),
    "linalg.solve(a, b)": (A, V),
    "linalg.solve_triangular(a, b)": (A, V),
    "linalg.solve_triangular(a, b, lower=True, trans=1)": (A, A[:, :2]),
    "linalg.solve_triangular(a, b, unit_diagonal=True)": (A, V),
    "linalg.cholesky(a @ a.T)": (A,),
    "linalg.cho_solve(linalg.cho_factor(a @ a.T), b)": (A, V),
    "linalg.cho_solve(linalg.cho_factor(a @ a.T, lower=True), b)": (A, V),
    "linalg.expm(a)": (A * 0.3,),
    "linalg.sqrtm(a)": (P,),
    "linalg.block_diag(a, b, [[1.0]])": (A, K),
    "linalg.toeplitz(a)": (V,),
    "linalg.toeplitz(a, b)": (V, W),
    "linalg.det(linalg.inv(a))": (A,),
    "signal.convolve(a, b)": (W, V),
    "signal.convolve(a, b, 'same')": (W, V),
    "signal.convolve(a, b, mode='valid')": (V, W),
    "signal.convolve(a, b, 'full')": (M, K),
    "signal.convolve(a, b, mode='same')": (M, K),
    "signal.correlate(a, b)": (M, K),
    "signal.correlate(a, b, 'valid')": (M, K),
    "signal.correlate(a, b, 'same')": (W, V),
    "integrate.trapezoid(a, b)": (W, np.sort(W)),
    "integrate.cumulative_trapezoid(a, b, initial=0)": (W, np.sort(W)),
    "integrate.cumulative_trapezoid(a, dx=0.5, axis=0)": (M,),
    "integrate.simpson(a)": (W,),
    "integrate.simpson(a, dx=0.5, axis=0)": (M[:4],),
    "integrate.simpson(a, x=[0.0, 1.0, 1.5, 3.0, 3.2, 4.0, 6.0])": (W,),
}


@pytest.mark.parametrize("call", CALLS)
def test_numbers_and_derivatives(call):
    arrays = [np.asarray(x, float) for x in CALLS[call]]

    def f(*args, of=ours):
        names = {name: getattr(of, name) for name in ours.__all__}
        return eval(call, {**names, **dict(zip("abcd", args, strict=False))})

    expected = f(*arrays, of=scipy)
    got = f(*(ag.Tensor(x) for x in arrays))
    assert isinstance(got, ag.Tensor)
    np.testing.assert_allclose(got.data, expected, rtol=1e-10, atol=1e-12)
    assert got.shape == np.shape(expected)
    for i, x in enumerate(arrays):

        def of_one(x, i=i):
            return f(*arrays[:i], x, *arrays[i + 1 :])

        close(ag.jacobian(of_one)(x), differences(of_one, x, 1e-3), 1e-7)
        v = np.random.default_rng(0).normal(size=np.shape(expected))
        gradient = ag.grad(lambda x, g=of_one, v=v: ag.sum(g(x) * v))
        hessian = differences(gradient, x, 1e-3)
        if np.any(hessian):
            close(ag.jacobian(gradient)(x), hessian, 1e-6)


def test_outside_the_support():
    for d, x in ((ours.stats.expon, -1.0), (ours.stats.gamma, -1.0), (ours.stats.beta, 2.0)):
        shapes = [2.0] * d.shapes
        value, slope = ag.value_and_grad(lambda x, d=d, s=shapes: d.logpdf(x, *s))(x)
        assert (value, slope) == (-np.inf, 0.0)
        assert d.pdf(x, *shapes) == 0.0
        assert d.cdf(x, *shapes) == getattr(scipy.stats, d.name).cdf(x, *shapes)


def test_the_rest_is_scipys():
    assert ours.stats.norm.ppf(0.5) == 0.0
    assert ours.special.comb(5, 2) == 10
    assert ours.linalg.lu is scipy.linalg.lu
    assert ours.signal.butter is scipy.signal.butter
    assert ours.integrate.quad is scipy.integrate.quad
    with pytest.raises(AttributeError, match="it has"):
        ours.spatial  # noqa: B018


def pendulum(y, t, b, c):
    angle, speed = y
    return [speed, -b * speed - c * np.sin(angle)]


def test_a_differential_equation():
    t, y0, p = np.linspace(0.0, 5.0, 11), np.array([2.5, 0.1]), np.array([0.25, 5.0])
    expected = scipy.integrate.odeint(pendulum, y0, t, tuple(p), rtol=1e-11, atol=1e-11)

    def solved(y0, p):
        return ours.integrate.odeint(pendulum, y0, t, (p[0], p[1]))

    np.testing.assert_allclose(solved(y0, p), expected, rtol=1e-6, atol=1e-7)
    for i in (0, 1):

        def exact(x, i=i, given=(y0, p)):
            at = [x if k == i else v for k, v in enumerate(given)]
            return scipy.integrate.odeint(
                pendulum, at[0], t, tuple(at[1]), rtol=1e-12, atol=1e-12
            ).ravel()

        got = ag.jacobian(solved, i)(y0, p).reshape(22, 2)
        np.testing.assert_allclose(got, differences(exact, (y0, p)[i], 1e-2), rtol=1e-4, atol=1e-5)


def test_without_scipy_the_install_line_is_named(monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "scipy.stats", None)
    with pytest.raises(ImportError, match=r"pip install 'autograd-lite\[scipy\]'"):
        ours.stats.uniform  # noqa: B018


def test_it_all_fits_into_700_lines():
    from pathlib import Path

    files = Path(ours.__file__).parent.glob("*.py")
    assert sum(len(f.read_text(encoding="utf-8").splitlines()) for f in files) <= 700
