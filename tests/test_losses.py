"""Losses beside the cross-entropies: judged by differences, by mpmath, SciPy and scikit-learn.

PyTorch's are beside ours in `peers/test_torch.py`.
"""

import mpmath
import numpy as np
import pytest
import scipy.stats
import sklearn.metrics
from helpers import check_rule

import autograd_lite as ag

mp = mpmath.mp.clone()
mp.dps = 50


def rng(seed=0):
    return np.random.default_rng(seed)


def values(x):
    return [values(r) if isinstance(r, list) else ag.Value(r) for r in x]


def numbers(x):
    """The plain numbers of whatever came back."""
    if isinstance(x, np.ndarray) and x.dtype == object:
        return np.array([v.data for v in x.ravel()]).reshape(x.shape)
    return np.asarray(x.data if isinstance(x, ag.Node) else x)


SHARES = rng(1).dirichlet(np.ones(3), size=2)
SIGNS = np.array([[1.0, -1.0, 1.0], [-1.0, -1.0, 1.0]])
CASES = {
    "mse": (ag.mse, rng().normal(size=(2, 3)), rng(2).normal(size=(2, 3))),
    "probabilities": (ag.binary_cross_entropy, rng().uniform(0.2, 0.8, (2, 3)), SHARES),
    "logits": (
        lambda z, t, reduction="mean": ag.binary_cross_entropy(z, t, reduction, logits=True),
        rng().normal(size=(2, 3)),
        SHARES,
    ),
    "hinge": (ag.hinge, rng(4).normal(size=(2, 3)), SIGNS),
    "kl": (ag.kl_divergence, rng(3).dirichlet(5 * np.ones(3), size=2), SHARES),
}


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("name", CASES)
def test_derivatives_by_differences(name, reduction):
    loss, y, t = CASES[name]
    check_rule(lambda y: loss(y, t, reduction=reduction), y, h=2e-3, second=reduction != "none")


@pytest.mark.parametrize("name", ["mse", "probabilities", "logits", "kl"])
def test_targets_can_be_nodes(name):
    loss, y, t = CASES[name]
    check_rule(loss, y, t, h=2e-3, second=False)


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("name", CASES)
def test_the_same_from_every_kind(name, reduction):
    loss, y, t = CASES[name]
    wanted = loss(y, t, reduction=reduction)
    assert isinstance(wanted, np.ndarray | float)
    given = [y.tolist(), ag.Tensor(y), values(y.tolist()), np.array(values(y.tolist()))]
    for kind in given:
        out = loss(kind, t.tolist(), reduction=reduction)
        np.testing.assert_allclose(numbers(out), wanted, rtol=1e-14, atol=1e-15)
    tensor, scalars = given[1], given[3]
    loss(tensor, t).backward()
    loss(scalars, t).backward()
    np.testing.assert_allclose(
        [v.grad for v in scalars.ravel()], tensor.grad.ravel(), rtol=1e-12, atol=1e-14
    )


@pytest.mark.parametrize("name", CASES)
def test_reductions(name):
    loss, y, t = CASES[name]
    each = numbers(loss(y, t, reduction="none"))
    assert each.shape == ((2,) if name == "kl" else (2, 3))
    assert float(loss(y, t, reduction="sum")) == pytest.approx(each.sum(), rel=1e-14)
    assert float(loss(y, t)) == pytest.approx(each.mean(), rel=1e-14)
    with pytest.raises(ValueError, match='"mean", "sum" or "none", not \'average\''):
        loss(y, t, reduction="average")


def test_single_numbers():
    v = ag.Value(3.0)
    loss = ag.mse(v, 1.0)
    loss.backward()
    assert (loss.data, v.grad) == (4.0, 4.0)
    assert float(ag.mse(3, 1)) == 4.0
    assert ag.hinge(ag.Value(0.25), 1).data == 0.75
    z = ag.Value(0.0)
    ag.binary_cross_entropy(z, 1, logits=True).backward()
    assert z.grad == -0.5


def test_float32_stays_float32():
    y = ag.Tensor(np.array([0.25, 0.5], np.float32))
    for loss in (ag.mse, ag.binary_cross_entropy, lambda y, t: ag.hinge(y, 2 * np.array(t) - 1)):
        out = loss(y, [0, 1])
        assert out.dtype == np.float32
        y.grad = None
        out.backward()
        assert y.grad.dtype == np.float32


def exact_binary(z, t):
    h = 1 / (1 + mp.exp(-mp.mpf(z)))
    terms = [(t, h), (1 - t, 1 / (1 + mp.exp(mp.mpf(z))))]
    return -sum((weight * mp.log(p) for weight, p in terms if weight), mp.mpf(0))


@pytest.mark.parametrize("z", [-1000.0, -40.0, -30.0, -1.0, 0.0, 1e-3, 2.5, 30.0, 40.0, 700.0])
@pytest.mark.parametrize("t", [0.0, 1.0, 0.25])
def test_logits_of_any_size(z, t):
    x = ag.Tensor([z])
    loss = ag.binary_cross_entropy(x, [t], logits=True)
    loss.backward()
    assert loss.item() == pytest.approx(float(exact_binary(z, t)), rel=1e-14, abs=1e-300)
    slope = 1 / (1 + mp.exp(-mp.mpf(z))) - t
    assert x.grad[0] == pytest.approx(float(slope), rel=1e-13, abs=2e-16)


def test_probabilities_and_logits_agree():
    z, t = rng().normal(size=5), rng(1).uniform(size=5)
    one, other = ag.Tensor(z), ag.Tensor(z)
    a = ag.binary_cross_entropy(ag.sigmoid(one), t)
    b = ag.binary_cross_entropy(other, t, logits=True)
    assert a.item() == pytest.approx(b.item(), rel=1e-14)
    a.backward()
    b.backward()
    np.testing.assert_allclose(one.grad, other.grad, rtol=1e-13)
    np.testing.assert_allclose(other.grad, (ag.sigmoid(z) - t) / 5, rtol=1e-13)


def test_two_classes_of_softmax():
    """Logits (z, 0) into a softmax are z into a sigmoid."""
    z, t = rng().normal(size=4), np.array([1, 0, 0, 1])
    pairs = np.stack([z, np.zeros(4)], axis=1)
    wanted = ag.softmax_cross_entropy(pairs, 1 - t)
    assert ag.binary_cross_entropy(z, t, logits=True) == pytest.approx(wanted, rel=1e-14)


def test_certain_probabilities():
    """0 · log 0 = 0, and what was ruled out and happened costs inf."""
    h = ag.Tensor([0.0, 1.0])
    loss = ag.binary_cross_entropy(h, [0, 1], reduction="sum")
    assert loss.item() == 0.0
    loss.backward()
    np.testing.assert_array_equal(h.grad, [1.0, -1.0])
    assert ag.binary_cross_entropy([0.0, 1.0], [1, 0]) == np.inf
    z = ag.Tensor([np.inf, -np.inf])
    loss = ag.binary_cross_entropy(z, [1, 0], logits=True)
    loss.backward()
    assert loss.item() == 0.0
    np.testing.assert_array_equal(z.grad, [0.0, 0.0])


@pytest.mark.parametrize("wrong", [1.5, -0.25, 3])
def test_probabilities_outside_their_range(wrong):
    for kind in (np.array, ag.Tensor, values):
        with pytest.raises(ValueError, match=r"probabilities .* from 0 to 1, .*logits=True"):
            ag.binary_cross_entropy(kind([0.5, wrong]), [1, 0])
    for logits in (False, True):
        with pytest.raises(ValueError, match=r"targets .* from 0 to 1, .*\(t \+ 1\) / 2"):
            ag.binary_cross_entropy([0.5, 0.5], [1.0, wrong], logits=logits)
    ag.binary_cross_entropy([0.5, wrong], [1, 0], logits=True)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("loss", [ag.mse, ag.binary_cross_entropy, ag.hinge])
def test_nan_stays_nan(loss):
    for t in (1.0, -1.0 if loss is ag.hinge else 0.0):
        x = ag.Tensor([np.nan, 0.5])
        out = loss(x, [t, 1.0])
        out.backward()
        assert np.isnan(out.data)
        assert np.isnan(x.grad[0])
        assert np.isfinite(x.grad[1])


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("loss", [ag.cross_entropy, ag.kl_divergence])
def test_a_target_of_zero_hides_no_nan(loss):
    rows, t = [[np.nan, 0.5, 0.0], [0.25, 0.75, 0.0]], [[0.0, 1.0, 0.0], [0.0, 1.0, 0.0]]
    for h in (ag.Tensor(rows), np.array(values(rows))):
        out = loss(h, t, reduction="none")
        np.testing.assert_allclose(numbers(out), [np.nan, -np.log(0.75)])
        out.sum().backward()
        grad = np.reshape(
            [v.grad for v in h.ravel()] if isinstance(h, np.ndarray) else h.grad, (2, 3)
        )
        np.testing.assert_allclose(grad, [[np.nan, -2.0, 0.0], [0.0, -1 / 0.75, 0.0]])


@pytest.mark.parametrize(
    ("rows", "axis", "said"),
    [
        ([2.0, 1.0, 0.1], -1, r"given \[2, 1, 0\.1\], with the sum 3\.1\."),
        ([[0.5, 0.5], [-1.0, 2.0]], -1, r"given \[-1, 2\]"),
        ([[0.5, 0.5], [0.5, 0.4]], 1, r"sum 0\.9\."),
        ([[0.5, 0.6], [0.5, 0.5]], 0, r"given \[0\.6, 0\.5\]"),
        (np.full(7, 0.2), -1, r"0\.2, …\]"),
        ([np.inf, 0.0], -1, "sum inf"),
    ],
)
def test_logits_are_no_probabilities(rows, axis, said):
    t = np.zeros_like(rows)
    for h in (ag.Tensor(rows), np.array(rows), np.array(values(rows))):
        with pytest.raises(ValueError, match=said + r".* softmax_cross_entropy\(z, t\)"):
            ag.cross_entropy(h, t, axis=axis)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("classes", [2, 10, 1000])
def test_probabilities_of_any_precision_are_taken(dtype, classes):
    z = rng(0).normal(size=(5, classes)).astype(dtype)
    h = ag.softmax(z)
    assert np.isfinite(ag.cross_entropy(h, np.zeros(5, int)))
    assert np.isfinite(ag.cross_entropy(np.round(h.astype(float), 6), np.zeros(5, int)))
    assert np.isnan(ag.cross_entropy(np.full(3, np.nan), 0))
    assert ag.cross_entropy(np.zeros((0, 3)), np.zeros((0, 3)), reduction="sum") == 0.0
    assert ag.check_gradients(ag.cross_entropy, [0.2, 0.3, 0.5], [1.0, 0.0, 0.0]).ok


def test_kl_divergence_against_scipy():
    h, t = rng(5).dirichlet(np.ones(4), size=6), rng(6).dirichlet(np.ones(4), size=6)
    t[0] = [1.0, 0.0, 0.0, 0.0]
    for axis, (a, b) in ((-1, (h, t)), (0, (h.T, t.T))):
        got = ag.kl_divergence(a, b, axis=axis, reduction="none")
        np.testing.assert_allclose(got, scipy.stats.entropy(t, h, axis=1), rtol=1e-12)


def test_kl_divergence_is_cross_entropy_less_entropy():
    h, t = SHARES[0], SHARES[1]
    entropy = -(t * np.log(t)).sum()
    assert ag.kl_divergence(h, t) == pytest.approx(ag.cross_entropy(h, t) - entropy, rel=1e-13)
    np.testing.assert_allclose(
        ag.grad(ag.kl_divergence)(h, t), ag.grad(ag.cross_entropy)(h, t), rtol=1e-13
    )
    assert ag.kl_divergence(h, h) == 0.0


def test_kl_divergence_at_zero():
    h = ag.Tensor([0.5, 0.5, 0.0])
    loss = ag.kl_divergence(h, 0)
    assert loss.item() == pytest.approx(np.log(2), rel=1e-15)
    loss.backward()
    np.testing.assert_array_equal(h.grad, [-2.0, 0.0, 0.0])
    assert ag.kl_divergence([1.0, 0.0], [0.5, 0.5]) == np.inf
    with pytest.raises(IndexError, match="class 3 is not one of the 3"):
        ag.kl_divergence(h, 3)
    with pytest.raises(ValueError, match="a vector of scores or rows of them"):
        ag.kl_divergence(0.5, 0.5)


def test_hinge_against_scikit_learn():
    s, t = rng(7).normal(size=20), np.sign(rng(8).normal(size=20)).astype(int)
    assert ag.hinge(s, t) == pytest.approx(sklearn.metrics.hinge_loss(t, s), rel=1e-14)


def test_hinge_at_the_margin():
    s = ag.Tensor([1.0, -1.0, 0.999])
    ag.hinge(s, [1, -1, 1], reduction="sum").backward()
    np.testing.assert_array_equal(s.grad, [0.0, 0.0, -1.0])


@pytest.mark.parametrize("t", [[0, 1], [1, 2], [np.nan, 1], [0.5, 1]])
def test_hinge_wants_signs(t):
    with pytest.raises(ValueError, match=r"targets of hinge are −1 and \+1, .*2 \* t - 1"):
        ag.hinge([0.5, 0.5], t)


@pytest.mark.parametrize("loss", [ag.mse, ag.binary_cross_entropy, ag.hinge])
@pytest.mark.parametrize(("y", "t"), [((5, 1), (5,)), ((5,), ()), ((2, 3), (3, 2))])
def test_shapes_that_would_be_broadcast(loss, y, t):
    for given in (np.ones(y) / 2, ag.Tensor(np.ones(y) / 2)):
        with pytest.raises(ValueError, match=r"predictions of shape .* targets of shape .*reshape"):
            loss(given, np.ones(t))


@pytest.mark.parametrize("loss", [ag.mse, ag.binary_cross_entropy, ag.hinge])
def test_what_is_no_number(loss):
    for bad in (["a"], [None], {"a": 1}, None):
        with pytest.raises((TypeError, ValueError)):
            loss(bad, [1.0])
        with pytest.raises((TypeError, ValueError)):
            loss(ag.Tensor([0.5]), bad)


def test_groups():
    t = ag.Tensor([0.5, 0.25])
    assert ag.mse(t, [1, 0]).group == ("mse",)
    assert ag.binary_cross_entropy(t, [1, 0]).group == ("binary_cross_entropy",)
    assert ag.hinge(t, [1, -1]).group == ("hinge",)
    assert ag.kl_divergence(t, [1, 0]).group == ("kl_divergence",)


@pytest.mark.parametrize("name", CASES)
def test_compiled_with_the_targets_as_an_argument(name):
    loss, y, t = CASES[name]
    compiled = ag.compile(ag.value_and_grad(loss))
    for order in (1, -1):
        given = y[::order], t[::order]
        value, gradient = compiled(*given)
        expected, slope = ag.value_and_grad(loss)(*given)
        assert value == pytest.approx(expected, rel=1e-14)
        np.testing.assert_allclose(gradient, slope, rtol=1e-13)
