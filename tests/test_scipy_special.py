"""SciPy's special functions on nodes: its numbers, and derivatives to second order by mpmath."""

import copy
import pickle
import subprocess
import sys
from pathlib import Path

import mpmath
import numpy as np
import pytest
import scipy.special

import autograd_lite as ag
from autograd_lite.ops.scipy_special import RULES

mp = mpmath

X = [0.3, 0.85]
# What each is in mpmath, and the points where it is judged. None stands for a plain parameter.
JUDGED = {
    "erf": (mp.erf, [-1.2, 0.0, 0.7]),
    "erfc": (mp.erfc, [-1.2, 0.0, 3.0]),
    "erfcx": (lambda x: mp.exp(x * x) * mp.erfc(x), [-0.5, 0.7]),
    "erfinv": (mp.erfinv, [-0.6, 0.2]),
    "erfcinv": (lambda x: mp.erfinv(1 - x), X),
    "dawsn": (lambda x: mp.sqrt(mp.pi) / 2 * mp.exp(-x * x) * mp.erfi(x), [-0.4, 1.7]),
    "ndtr": (mp.ncdf, [-2.0, 0.0, 0.7]),
    "log_ndtr": (lambda x: mp.log(mp.ncdf(x)), [-8.0, 0.0, 2.0]),
    "ndtri": (lambda p: mp.sqrt(2) * mp.erfinv(2 * p - 1), X),
    "expit": (lambda x: 1 / (1 + mp.exp(-x)), [-3.0, 0.4]),
    "logit": (lambda p: mp.log(p / (1 - p)), X),
    "log_expit": (lambda x: -mp.log(1 + mp.exp(-x)), [-3.0, 0.4, 20.0]),
    "gammaln": (mp.loggamma, [0.4, 3.3]),
    "loggamma": (mp.loggamma, [0.4, 3.3]),
    "gamma": (mp.gamma, [0.4, 3.3]),
    "rgamma": (mp.rgamma, [0.4, 3.3]),
    "psi": (mp.psi0 if hasattr(mp, "psi0") else mp.digamma, [0.4, 3.3]),
    "zeta": (lambda s, x: mp.zeta(s, x), [(None, 3.0, 0.7), (None, 2.0, 2.2)]),
    "beta": (mp.beta, [(0.7, 2.1)]),
    "betaln": (lambda a, b: mp.log(mp.beta(a, b)), [(0.7, 2.1)]),
    "gammainc": (lambda a, x: mp.gammainc(a, 0, x, regularized=True), [(None, 2.3, 1.4)]),
    "gammaincc": (lambda a, x: mp.gammainc(a, x, mp.inf, regularized=True), [(None, 2.3, 1.4)]),
    "betainc": (
        lambda a, b, x: mp.betainc(a, b, 0, x, regularized=True),
        [(None, None, 2.0, 1.5, 0.3)],
    ),
    "stdtr": (
        lambda v, t: (
            mp.quad(lambda u: (1 + u * u / v) ** (-(v + 1) / 2), [-mp.inf, 0, t])
            / (mp.sqrt(v) * mp.beta(v / 2, 0.5))
        ),
        [(None, 3.0, 0.7)],
    ),
    "pdtr": (lambda k, m: mp.gammainc(k + 1, m, mp.inf, regularized=True), [(None, 2.0, 1.4)]),
    "xlogy": (lambda x, y: x * mp.log(y), [(0.7, 2.1), (-1.0, 0.4)]),
    "xlog1py": (lambda x, y: x * mp.log(1 + y), [(0.7, 2.1)]),
    "entr": (lambda x: -x * mp.log(x), X),
    "rel_entr": (lambda x, y: x * mp.log(x / y), [(0.7, 2.1)]),
    "kl_div": (lambda x, y: x * mp.log(x / y) - x + y, [(0.7, 2.1)]),
    "huber": (
        lambda d, r: r * r / 2 if abs(r) <= d else d * (abs(r) - d / 2),
        [(0.7, 2.1), (0.7, -2.1), (0.7, 0.2)],
    ),
    "pseudo_huber": (
        lambda d, r: d * d * (mp.sqrt(1 + (r / d) ** 2) - 1),
        [(0.7, 2.1), (1.3, -0.4)],
    ),
    "boxcox": (lambda x, p: (x**p - 1) / p if p else mp.log(x), [(0.7, 2.1), (1.6, -0.5)]),
    "boxcox1p": (lambda x, p: ((1 + x) ** p - 1) / p if p else mp.log(1 + x), [(0.7, 2.1)]),
    "exprel": (lambda x: mp.expm1(x) / x if x else mp.mpf(1), [-2.0, 0.1, 0.49, 3.0]),
    "expm1": (mp.expm1, [-1.0, 1e-3]),
    "exp2": (lambda x: mp.mpf(2) ** x, [-1.0, 0.5]),
    "exp10": (lambda x: mp.mpf(10) ** x, [-1.0, 0.5]),
    "log1p": (mp.log1p, [-0.5, 2.0]),
    "cosm1": (lambda x: mp.cos(x) - 1, [-0.5, 2.0]),
    "cbrt": (mp.cbrt, [0.5, 2.0]),
    "spence": (lambda x: mp.polylog(2, 1 - x), [0.5, 1.6]),
    "j0": (lambda x: mp.besselj(0, x), [-1.0, 0.0, 2.5]),
    "j1": (lambda x: mp.besselj(1, x), [-1.0, 0.0, 2.5]),
    "jv": (mp.besselj, [(None, 1.5, 2.5)]),
    "y0": (lambda x: mp.bessely(0, x), [0.4, 2.5]),
    "y1": (lambda x: mp.bessely(1, x), [0.4, 2.5]),
    "yv": (mp.bessely, [(None, 1.5, 2.5)]),
    "i0": (lambda x: mp.besseli(0, x), [-1.0, 0.0, 2.5]),
    "i1": (lambda x: mp.besseli(1, x), [-1.0, 0.0, 2.5]),
    "iv": (mp.besseli, [(None, 1.5, 2.5)]),
    "i0e": (lambda x: mp.besseli(0, x) * mp.exp(-abs(x)), [-1.0, 2.5]),
    "i1e": (lambda x: mp.besseli(1, x) * mp.exp(-abs(x)), [-1.0, 2.5]),
    "ive": (lambda v, x: mp.besseli(v, x) * mp.exp(-abs(x)), [(None, 1.5, 2.5)]),
    "k0": (lambda x: mp.besselk(0, x), [0.4, 2.5]),
    "k1": (lambda x: mp.besselk(1, x), [0.4, 2.5]),
    "kv": (mp.besselk, [(None, 1.5, 2.5)]),
}


def cases():
    for name, (truth, points) in JUDGED.items():
        for point in points:
            yield name, truth, point if isinstance(point, tuple) else (point,)


@pytest.mark.parametrize(
    ("name", "truth", "point"), list(cases()), ids=lambda x: x if isinstance(x, str) else ""
)
def test_values_and_derivatives_to_second_order(name, truth, point):
    f = getattr(scipy.special, name)
    fixed = point.count(None)
    point = point[fixed:]
    nodes = tuple(range(fixed, len(point)))
    assert ag.value_and_grad(lambda *p: f(*p), nodes[-1])(*point)[0] == f(*point)

    def true(*orders):
        with mp.workdps(40):
            return float(mp.diff(lambda *p: mp.re(truth(*p)), point, orders))

    for i in nodes:
        first = [int(k == i) for k in range(len(point))]
        d = ag.grad(lambda *p: f(*p), i)
        np.testing.assert_allclose(d(*point), true(*first), rtol=1e-9, atol=1e-12)
        on_arrays = ag.grad(lambda *p: np.sum(f(*p)), i)(*(np.array([x, x]) for x in point))
        np.testing.assert_allclose(on_arrays, [d(*point)] * 2, rtol=1e-12)
        for j in nodes:
            second = [a + int(k == j) for k, a in enumerate(first)]
            got = ag.grad(d, j)(*point)
            np.testing.assert_allclose(got, true(*second), rtol=1e-8, atol=1e-11)


def test_every_rule_is_judged():
    assert set(JUDGED) == {name.strip("_") for name in RULES}


def test_an_alias():
    x = np.array([0.4, 1.3])
    np.testing.assert_allclose(
        ag.elementwise_grad(scipy.special.digamma)(x), scipy.special.polygamma(1, x), rtol=1e-12
    )


@pytest.mark.parametrize("name", ["xlogy", "entr", "boxcox"])
def test_where_a_limit_stands(name):
    value = {
        "xlogy": ag.grad(lambda x: scipy.special.xlogy(x, 2.0))(0.0) - np.log(2.0),
        "entr": 1.0 / ag.grad(scipy.special.entr)(0.0),
        "boxcox": ag.grad(lambda p: scipy.special.boxcox(3.0, p))(0.0) - np.log(3.0) ** 2 / 2,
    }[name]
    assert abs(value) < 1e-12


def test_what_has_no_rule_says_so():
    with pytest.raises(TypeError, match="order of a Bessel function"):
        ag.grad(lambda v: scipy.special.jv(v, 1.0))(1.5)
    with pytest.raises(TypeError, match=r"ellipk has no derivative here.*ag\.primitive"):
        scipy.special.ellipk(ag.Tensor([0.5]))


def test_they_are_rows_like_any_other():
    x = ag.Tensor([0.5, 1.5], label="x")
    y = scipy.special.gammaln(x * 1.0)
    total = (y * y).sum()
    for twin_x, twin in (copy.deepcopy((x, total)), pickle.loads(pickle.dumps((x, total)))):
        twin.backward()
        np.testing.assert_allclose(twin_x.grad, 2 * y.data * scipy.special.psi(x.data))
    assert "gammaln" in str(ag.trace(total))
    assert ag.check_gradients(
        lambda x: np.sum(scipy.special.ndtr(x)), np.array([0.1, 2.0]), order=2
    )
    with pytest.raises(TypeError, match="no function of NumPy's"):
        ag.compile(ag.grad(lambda x: np.sum(scipy.special.expit(x) ** 2)))(np.ones(2))
    assert ag.jvp(scipy.special.erf, (0.0,), (1.0,))[1] == 2 / np.sqrt(np.pi)


def test_nothing_of_scipy_is_imported_for_nothing():
    code = (
        "import sys, numpy as np, autograd_lite as ag\n"
        "try: np.gcd(ag.Tensor([1.0]), 1)\n"
        "except TypeError: print('scipy' in sys.modules)"
    )
    run = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        cwd=Path(ag.__file__).parent.parent,
        check=True,
    )
    assert run.stdout.strip() == "False"
