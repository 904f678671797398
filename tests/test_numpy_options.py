"""Options of NumPy's functions that change the result, dtypes NumPy chooses, single numbers.

An option is taken as NumPy takes it, with the gradient, or refused with what to write instead.
"""

from __future__ import annotations

import re
from fractions import Fraction

import numpy as np
import pytest
import scipy.linalg
from numpy_calls import ARRAYS, names_in

import autograd_lite as ag

from .helpers import check_rule, close

OPTIONS = """
np.reshape(m, np.array([3, 2])) ; np.broadcast_to(c, np.array([2, 3])) ; m.reshape(np.array([6]))
np.reshape(t, (4, 6), order="F") ; t.reshape(-1, 2, order="F") ; np.ravel(t, order="F")
t.ravel(order="F") ; t.flatten("F") ; np.resize(m, np.array([2, 2])) ; np.tile(c, np.array([2, 1]))
m.astype(np.float64, copy=False) ; np.var(m, correction=1) ; np.var(t, axis=1, correction=1.5)
np.std(m, axis=0, correction=1) ; np.nanvar(n, axis=1, correction=1) ; np.nanstd(n, correction=1)
np.cov(m, aweights=[1.0, 2.0, 0.5]) ; np.cov(m, fweights=[1, 2, 3])
np.cov(m, aweights=[1.0, 2.0, 0.5], bias=True)
np.cov(t[0], ddof=0, aweights=[1.0, 2.0, 0.5, 1.0], fweights=[1, 2, 1, 3])
np.polyfit(x, v, 1, w=g) ; np.polyfit(x, q, 2, w=[1.0, 2.0, 1.0, 0.5])
np.polyfit(x, v, 2, rcond=1e-10)
np.quantile(m, 0.4, weights=[[1.0, 2.0, 1.0], [0.5, 3.0, 1.0]], method="inverted_cdf")
np.quantile(m, [0.2, 0.8], axis=1, weights=[1.0, 3.0, 1.0], method="inverted_cdf", keepdims=True)
np.percentile(m, 30, axis=0, weights=[1.0, 3.0], method="inverted_cdf")
np.maximum.accumulate(v) ; np.minimum.accumulate(t, axis=1) ; np.maximum.accumulate(m)
np.maximum.accumulate(m, axis=-1) ; np.roll(t, 3) ; np.roll(t, -1, 1) ; np.roll(s, 2)
np.roll(t, (1, 2, 5), (0, 0, -1)) ; np.roll(m, 7, axis=(0, 1))
"""


def calls(text):
    return re.split(r" ; |\n", text.strip())


@pytest.mark.parametrize("call", calls(OPTIONS))
def test_an_option_is_numpys_and_has_a_gradient(call):
    names = list(dict.fromkeys(names_in(call)))

    def f(*arrays):
        return eval(call, {"np": np, **dict(zip(names, arrays, strict=True))})

    def ours(*arrays):
        if any(isinstance(a, ag.Node) for a in arrays):
            return f(*arrays)
        return f(*map(ag.Tensor, arrays)).data

    arrays = [ARRAYS[name].astype(float) for name in names]
    close(ours(*arrays), f(*arrays), 1e-12)
    if not any(np.isnan(a).any() for a in arrays):
        check_rule(ours, *arrays, tolerance=1e-6)


def test_fractions_are_numbers():
    x, y = ag.Value(2.0), ag.Tensor([2.0, 4.0])
    z = x * Fraction(1, 3) + Fraction(1, 2) / x - Fraction(1)
    z.backward()
    close([z.item(), x.grad], [2 / 3 + 1 / 4 - 1, 1 / 3 - 1 / 8])
    close((Fraction(1, 4) * y).data, [0.5, 1.0])
    close(ag.exp(Fraction(1, 2)), np.exp(0.5))


def test_methods_take_the_same_options():
    x = ag.Tensor([[1.0, 2.0], [4.0, 8.0]])
    close(x.var(correction=1).data, np.var(x.data, ddof=1))
    close(x.std(0, correction=1).data, np.std(x.data, 0, ddof=1))
    assert x.astype(np.float64, copy=False) is x


def test_a_running_maximum_with_ties_shares_evenly():
    x = ag.Tensor([1.0, 3.0, 3.0, 2.0, 3.0])
    np.maximum.accumulate(x).backward([1.0, 10.0, 100.0, 1000.0, 10000.0])
    close(x.grad, [1.0, 10 + 550 + 10000 / 3, 550 + 10000 / 3, 0.0, 10000 / 3], 1e-15)
    x = ag.Tensor([1.0, np.nan, 2.0])
    np.maximum.accumulate(x).backward(np.ones(3))
    assert np.isnan(x.grad).any()


def test_a_name_given_twice():
    with pytest.raises(ValueError, match="two names for one"):
        ag.var([1.0, 2.0], ddof=1, correction=1)


REDUCTIONS = (
    "sum mean var std prod max min ptp median average nansum nanmean nanvar nanstd nanprod nanmax "
    "nanmin nanmedian"
)


@pytest.mark.parametrize("name", REDUCTIONS.split())
@pytest.mark.parametrize("options", [{}, {"keepdims": True}, {"axis": ()}])
def test_a_reduction_of_a_single_number(name, options):
    def f(x):
        return np.where(x > 0, getattr(np, name)(x, **options) * x, 0.0)

    flat = name in ("var", "std", "ptp", "nanvar", "nanstd")
    x = ag.Tensor(0.5)
    f(x).backward()
    close(x.grad, 0.0 if flat else 1.0)
    close(ag.grad(f)(np.array(0.5)), x.grad)
    close(ag.jacobian(f)(np.array(0.5)), x.grad)
    if "std" not in name:  # whose corner has no second derivative
        close(ag.grad(ag.grad(f))(np.array(0.5)), 0.0 if flat else 2.0)


@pytest.mark.parametrize("name", ["mean", "var", "std", "average", "nanmean", "nanvar", "nanstd"])
def test_half_precision_accumulates_in_single(name):
    ones = np.ones(70_000, np.float16)
    wanted = 1.0 if "mean" in name or name == "average" else 0.0
    got = getattr(np, name)(ag.Tensor(ones))
    assert (got.dtype, got.item()) == (np.float16, wanted)
    x = np.linspace(1, 400, 50).astype(np.float16)
    got, wide = getattr(np, name)(ag.Tensor(x)), getattr(np, name)(x.astype(float))
    close(got.data, wide, 1e-3)
    gradient = ag.grad(getattr(ag, name))(x)
    assert gradient.dtype == np.float16
    close(gradient, ag.grad(getattr(ag, name))(x.astype(float)), 2e-3)


DTYPES = """
np.bincount([0, 1, 1, 0], w) ; np.polyder(w) ; np.polyint(w) ; np.polyint(w, 2, k=[1, 2])
np.geomspace(w + 2, 9, 3) ; np.interp(w, w, w) ; np.interp(w, [0.0, 1.0], [2.0, 3.0])
np.quantile(w, 0.3) ; np.quantile(w, [0.3]) ; np.quantile(w, np.float32([0.3]))
np.percentile(w, [30]) ; np.percentile(w, 30) ; np.median(w) ; np.nanquantile(w, [0.3])
np.nanpercentile(w, 30) ; np.cov(w)
np.corrcoef(w, w**2) ; np.linspace(w, 2, 3) ; np.linspace(w, [2.0], 3) ; np.logspace(w, 2, 3)
np.average(w, weights=[1, 2, 3, 4]) ; np.trapezoid(w) ; np.gradient(w) ; np.convolve(w, w)
np.i0(w) ; np.sinc(w) ; np.unwrap(w) ; np.vander(w) ; np.polyval(w, w)
np.ediff1d(w) ; np.heaviside(w, 0.5)
np.float_power(w, 2) ; np.round(w, 1) ; np.nan_to_num(w) ; np.var(w, correction=1)
"""


@pytest.mark.parametrize("call", calls(DTYPES))
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_dtypes_are_numpys(call, dtype):
    w = np.array([-0.6, 0.4, 1.1, 1.7], dtype)
    wanted = np.asarray(eval(call, {"np": np, "w": w}))
    x = ag.Tensor(w)
    got = eval(call, {"np": np, "w": x})
    assert got.dtype == wanted.dtype
    close(got.data, wanted, 1e-5)
    got.backward(np.ones(got.shape, got.dtype))
    assert x.grad.dtype == dtype


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_the_root_of_minus_infinity():
    for x in (ag.Value(-np.inf), ag.Tensor(-np.inf), ag.Tensor([-np.inf])):
        assert np.isnan((x**0.5).data).all()
        assert np.isnan(ag.power(x, 0.5).data).all()


@pytest.mark.parametrize("count", range(2, 9))
def test_the_spread_of_equal_values_is_exactly_0(count):
    for c in (0.1, 1 / 3, 1e8 + 0.1, -7e-9):
        values = [ag.Value(c) for _ in range(count)]
        spread = ag.std(values)
        spread.backward()
        assert [spread.item(), *(v.grad for v in values)] == [0.0] * (count + 1)


@pytest.mark.parametrize(
    ("call", "way"),
    [
        ("np.array([x[0], 1.0])", "ag.array"),
        ("np.array([x, x])", "ag.stack"),
        ("np.full((2, 2), x[0])", "ag.full"),
        ("np.r_[x, 1.0]", "np.concatenate"),
        ("np.c_[x, x]", "np.column_stack"),
        ("np.polynomial.polynomial.polyval(2.0, x)", "np.polyval"),
        ("np.polynomial.Polynomial(x)", "plain array"),
        ("np.mean(x, where=x > 1)", r"x\[mask\]"),
        ("scipy.linalg.expm(x)", "scipy wants plain numbers"),
        ("ag.Tensor(np.ones((2, 3)), label='W') @ x", "Tensor 'W' of shape .2, 3."),
    ],
)
def test_what_cannot_be_done_names_the_way(call, way):
    names = {"np": np, "ag": ag, "scipy": scipy, "x": ag.Tensor([1.0, 2.0])}
    with pytest.raises((TypeError, ValueError), match=way):
        eval(call, names)
