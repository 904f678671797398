"""Softmax and its family: judged by mpmath in 50 digits and by algebra done by hand."""

import mpmath
import numpy as np
import pytest
from helpers import check_rule, close, differences

import autograd_lite as ag

mp = mpmath.mp.clone()
mp.dps = 50

LOGITS = {
    "small": [2.0, 1.0, 0.1],
    "equal": [0.3, 0.3, 0.3, 0.3],
    "large": [1000.0, 999.0, -1000.0],
    "all large": [1000.0, 1001.0, 1002.5],
    "all very negative": [-1000.0, -999.0, -1000.5],
    "far apart": [1000.0, 0.0, -1000.0],
    "one": [3.0],
    "tiny": [1e-300, -1e-300, 0.0],
}


def exact_softmax(z):
    e = [mp.exp(mp.mpf(x)) for x in z]
    return [x / mp.fsum(e) for x in e]


def exact_logsumexp(z):
    return mp.log(mp.fsum(mp.exp(mp.mpf(x)) for x in z))


def exact_loss(z, t):
    total = exact_logsumexp(z)
    return -mp.fsum(mp.mpf(tk) * (mp.mpf(zk) - total) for tk, zk in zip(t, z, strict=True))


def values(x):
    """A list of Values for a list of numbers, nested alike."""
    return [values(r) if isinstance(r, list) else ag.Value(r) for r in x]


def kinds(z):
    """The same numbers in every kind the functions take."""
    yield z
    yield np.array(z)
    yield ag.Tensor(z)
    yield values(z)
    yield np.array(values(z))


def numbers(x):
    """The plain numbers of whatever came back."""
    if isinstance(x, np.ndarray) and x.dtype == object:
        return np.array([v.data for v in x.ravel()]).reshape(x.shape)
    return np.asarray(x.data if isinstance(x, ag.Node) else x)


@pytest.mark.parametrize("name", LOGITS)
def test_softmax(name):
    z = LOGITS[name]
    expected = np.array([float(h) for h in exact_softmax(z)])
    for given in kinds(z):
        h = ag.softmax(given)
        np.testing.assert_allclose(numbers(h), expected, rtol=1e-14, atol=0)
        assert abs(numbers(h).sum() - 1) < 1e-15


@pytest.mark.parametrize("name", LOGITS)
def test_log_softmax_and_logsumexp(name):
    z = LOGITS[name]
    total = exact_logsumexp(z)
    for given in kinds(z):
        np.testing.assert_allclose(
            numbers(ag.log_softmax(given)),
            [float(mp.mpf(x) - total) for x in z],
            rtol=1e-14,
            atol=1e-300,
        )
        np.testing.assert_allclose(numbers(ag.logsumexp(given)), float(total), rtol=1e-15)


@pytest.mark.parametrize("name", LOGITS)
def test_the_jacobian_of_softmax(name):
    """h_i(δ_ij − h_j), which no rule says: it falls out of exp, sum and divide."""
    z = LOGITS[name]
    h = exact_softmax(z)
    expected = [[float(h[i] * ((i == j) - h[j])) for j in range(len(z))] for i in range(len(z))]
    jacobian = ag.jacobian(ag.softmax)(np.array(z))
    np.testing.assert_allclose(jacobian, expected, rtol=1e-13, atol=1e-16)
    assert np.abs(jacobian.sum(axis=0)).max() < 1e-16  # Σh = 1 whatever z


@pytest.mark.parametrize("name", LOGITS)
def test_gradients_of_logsumexp_and_log_softmax(name):
    z = np.array(LOGITS[name])
    h = np.array([float(x) for x in exact_softmax(z.tolist())])
    close(ag.grad(ag.logsumexp)(z), h, 1e-15)
    close(ag.jacobian(ag.log_softmax)(z), np.eye(len(z)) - h, 1e-15)
    close(ag.hessian(ag.logsumexp)(z), np.diag(h) - np.outer(h, h), 1e-14)


@pytest.mark.parametrize("name", LOGITS)
@pytest.mark.parametrize("target", ["one-hot", "soft", "class"])
def test_the_shortcut(name, target):
    """∂/∂z of softmax and cross-entropy is h − t, and its own derivative the softmax Jacobian."""
    z = np.array(LOGITS[name])
    n = len(z)
    t = np.eye(n)[n - 1] if target != "soft" else np.arange(1.0, n + 1) / (n * (n + 1) / 2)
    given = n - 1 if target == "class" else t
    h = np.array([float(x) for x in exact_softmax(z.tolist())])
    loss = exact_loss(z.tolist(), t.tolist())
    for logits in kinds(z.tolist()):
        out = ag.softmax_cross_entropy(logits, given)
        np.testing.assert_allclose(numbers(out), float(loss), rtol=1e-13, atol=1e-300)
    x = ag.Tensor(z)
    ag.softmax_cross_entropy(x, given).backward()
    np.testing.assert_allclose(x.grad, h - t, rtol=1e-13, atol=2e-16)
    second = ag.hessian(lambda z: ag.softmax_cross_entropy(z, given))(z)
    np.testing.assert_allclose(second, np.diag(h) - np.outer(h, h), rtol=1e-12, atol=1e-15)


def test_the_two_ways_to_a_loss_agree():
    z, t = np.array([[2.0, 1.0, 0.1], [0.3, -0.2, 0.7]]), np.array([0, 2])
    one, other = ag.Tensor(z), ag.Tensor(z)
    a, b = ag.softmax_cross_entropy(one, t), ag.cross_entropy(ag.softmax(other), t)
    close(a.data, b.data, 1e-15)
    a.backward()
    b.backward()
    close(one.grad, other.grad, 1e-15)


def test_the_gradient_of_cross_entropy_of_probabilities():
    h, t = np.array([0.2, 0.5, 0.3]), np.array([0.1, 0.0, 0.9])
    close(ag.grad(ag.cross_entropy)(h, t), -t / h, 1e-15)
    close(ag.grad(ag.cross_entropy, 1)(h, t), -np.log(h), 1e-15)


def test_zero_times_log_zero():
    h = ag.Tensor([1.0, 0.0])
    loss = ag.cross_entropy(h, [1.0, 0.0])
    assert loss.item() == 0.0
    loss.backward()
    np.testing.assert_array_equal(h.grad, [-1.0, 0.0])
    assert ag.cross_entropy([1.0, 0.0], [1, 0]) == 0.0
    assert ag.cross_entropy([1.0, 0.0], [0, 1]) == np.inf
    v = values([1.0, 0.0])
    ag.cross_entropy(v, [1, 0]).backward()
    assert [x.grad for x in v] == [-1.0, 0.0]


def batch(shape):
    rng = np.random.default_rng(4)
    return rng.normal(size=shape) * 3


CASES = [((4, 3), -1), ((4, 3), 0), ((2, 3, 4), 1), ((2, 3, 4), -1), ((5,), 0), ((2, 1), 1)]


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize(("shape", "axis"), CASES)
@pytest.mark.parametrize("target", ["class", "one-hot", "soft"])
def test_axis_and_reduction(shape, axis, reduction, target):
    z = batch(shape)
    rng = np.random.default_rng(9)
    classes = shape[axis]
    examples = [n for a, n in enumerate(shape) if a != axis % len(shape)]
    picked = rng.integers(classes, size=examples)
    t = np.moveaxis(np.eye(classes)[picked], -1, axis)
    if target == "soft":
        t = rng.uniform(size=shape)
        t = t / t.sum(axis=axis, keepdims=True)
    rows = np.moveaxis(z, axis, -1).reshape(-1, classes)
    wanted = np.moveaxis(t, axis, -1).reshape(-1, classes)
    each = np.array(
        [float(exact_loss(row, w)) for row, w in zip(rows.tolist(), wanted.tolist(), strict=True)]
    )
    expected = {"mean": each.mean(), "sum": each.sum(), "none": each.reshape(examples)}[reduction]
    given = picked if target == "class" else t
    options = {"axis": axis, "reduction": reduction}
    x = ag.Tensor(z)
    for out in (
        ag.softmax_cross_entropy(z, given, **options),
        ag.cross_entropy(ag.softmax(z, axis=axis), given, **options),
        (loss := ag.softmax_cross_entropy(x, given, **options)),
    ):
        close(numbers(out), expected, 1e-13)
    loss.backward(np.ones(loss.shape))
    h = np.exp(z) / np.exp(z).sum(axis=axis, keepdims=True)
    count = max(1, int(np.prod(examples))) if reduction == "mean" else 1
    close(x.grad, (h - t) / count, 1e-14)


@pytest.mark.parametrize(
    "function", [ag.softmax, ag.log_softmax, lambda z, axis: ag.logsumexp(z, axis, keepdims=True)]
)
@pytest.mark.parametrize(("shape", "axis"), [*CASES, ((2, 3, 2), (0, 2))])
def test_rules(function, shape, axis):
    check_rule(lambda z: function(z, axis=axis), batch(shape) / 3, second=np.prod(shape) <= 12)


def test_logsumexp_axes():
    z = batch((2, 3))
    for axis in (None, 0, (0, 1)):
        for keepdims in (False, True):
            expected = np.log(np.exp(z).sum(axis=axis, keepdims=keepdims))
            close(ag.logsumexp(z, axis, keepdims), expected, 1e-14)
            close(ag.logsumexp(ag.Tensor(z), axis, keepdims).data, expected, 1e-14)


@pytest.mark.parametrize("shape", [(4, 3), (3,)])
@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
def test_loss_rules(shape, reduction):
    t = np.full(shape, 1 / 3)
    check_rule(
        lambda z: ag.softmax_cross_entropy(z, t, reduction=reduction),
        batch(shape) / 3,
        second=shape == (3,),
    )


def test_targets_that_do_not_sum_to_one():
    """h − t needs Σt = 1; the graph does not."""
    z, t = np.array([0.3, -0.2, 0.7]), np.array([1.0, 2.0, 0.5])
    got = ag.grad(lambda z: ag.softmax_cross_entropy(z, t))(z)
    close(got, differences(lambda z: ag.softmax_cross_entropy(z, t), z), 1e-10)
    h = np.exp(z) / np.exp(z).sum()
    close(got, h * t.sum() - t, 1e-14)


def test_targets_can_be_nodes():
    z, t = ag.Tensor([0.3, -0.2]), ag.Tensor([0.4, 0.6])
    ag.softmax_cross_entropy(z, t).backward()
    close(t.grad, -ag.log_softmax(z.data), 1e-15)


@pytest.mark.parametrize("name", LOGITS)
def test_values_and_tensors_agree(name):
    z = LOGITS[name]
    for function in (ag.softmax, ag.log_softmax):
        v, t = values(z), ag.Tensor(z)
        weights = np.arange(1.0, len(z) + 1)
        (function(v) @ weights).backward()
        (function(t) @ weights).backward()
        np.testing.assert_allclose([x.grad for x in v], t.grad, rtol=1e-12, atol=1e-15)
    v, t = values(z), ag.Tensor(z)
    ag.softmax_cross_entropy(v, 0).backward()
    ag.softmax_cross_entropy(t, 0).backward()
    np.testing.assert_allclose([x.grad for x in v], t.grad, rtol=1e-12, atol=1e-15)


def test_what_comes_back():
    z = [2.0, 1.0, 0.1]
    assert isinstance(ag.softmax(ag.Tensor(z)), ag.Tensor)
    for given in (z, np.array(z)):
        assert type(ag.softmax(given)) is np.ndarray
        assert ag.softmax(given).dtype == np.float64
    for given in (values(z), np.array(values(z))):
        h = ag.softmax(given)
        assert h.dtype == object
        assert isinstance(h[0], ag.Value)
        assert isinstance(ag.logsumexp(given), ag.Value)
        assert isinstance(ag.softmax_cross_entropy(given, 0), ag.Value)
    rows = [values(z), values(z)]
    assert ag.softmax(rows).shape == (2, 3)
    assert ag.softmax([ag.Value(2.0), 1.0]).shape == (2,)


def test_the_users_own_softmax_runs_on_all_kinds():
    def softmax(z):
        e = np.exp(z - np.max(z))
        return e / e.sum()

    z = np.array([2.0, 1.0, 0.1])
    jacobian = np.diag(softmax(z)) - np.outer(softmax(z), softmax(z))
    close(ag.jacobian(softmax)(z), jacobian, 1e-14)
    v = np.array(values(z.tolist()))
    softmax(v)[0].backward()
    close([x.grad for x in v], jacobian[0], 1e-14)


def test_groups():
    h = ag.softmax(ag.Tensor([1.0, 2.0]))
    assert h.group == ("softmax",)
    with ag.group("model"):
        assert ag.softmax_cross_entropy(ag.Tensor([1.0, 2.0]), 0).group[0] == "model"


@pytest.mark.parametrize("z", [[-np.inf, 0.0], [-np.inf, 0.0, 3.0, -np.inf]])
def test_a_class_ruled_out(z):
    t = ag.Tensor(z)
    h = ag.softmax(t)
    h.backward(np.arange(1.0, len(z) + 1))
    assert h.data[0] == 0.0
    assert np.isfinite(t.grad).all()
    assert t.grad[0] == 0.0
    assert np.isfinite(ag.logsumexp(z))
    assert ag.softmax_cross_entropy(z, 1) >= 0.0


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_nothing_but_ruled_out_classes():
    assert np.isnan(ag.softmax([-np.inf, -np.inf])).all()
    assert ag.logsumexp([-np.inf, -np.inf]) == -np.inf


def test_the_shift_is_per_row():
    z = np.array([[1000.0, 999.0], [-1000.0, -1001.0]])
    close(ag.softmax(z), np.repeat([ag.softmax([1.0, 0.0])], 2, axis=0), 1e-15)


def test_no_entries():
    """The total of none has no logarithm; of no logits there are no logarithms."""
    with pytest.raises(ValueError, match=r"logsumexp of no entries: shape \(0, 3\) is empty along"):
        ag.logsumexp(ag.Tensor(np.ones((0, 3))), axis=0)
    for shape in ((0,), (0, 3), (3, 0)):
        z = ag.Tensor(np.ones(shape))
        h = ag.log_softmax(z)
        assert h.shape == ag.softmax(z).shape == shape
        h.sum().backward()
        assert z.grad.shape == shape


def test_empty_batch():
    z = ag.Tensor(np.zeros((0, 3)))
    assert ag.softmax(z).shape == (0, 3)
    total = ag.softmax_cross_entropy(z, np.zeros((0, 3)), reduction="sum")
    assert total.item() == 0.0
    total.backward()
    assert z.grad.shape == (0, 3)


LOSSES = [ag.cross_entropy, ag.softmax_cross_entropy]


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize(
    ("t", "kind", "message"),
    [
        ([1, 0], ValueError, r"targets of shape \(2,\).*soft targets of shape \(2, 3\)|class"),
        (np.zeros((3, 2)), ValueError, r"targets of shape \(3, 2\)"),
        ([0.0, 1.0], ValueError, r"dtype float64.*class indices of shape \(2,\)"),
        (1, ValueError, r"targets of shape \(\)"),
        ([0, 3], IndexError, "class 3 is not one of the 3 classes 0 to 2"),
        ([-1, 0], IndexError, "class -1 is not one of the 3 classes"),
        (["a", "b"], ValueError, "dtype <U1"),
        (None, ValueError, "targets"),
    ],
)
def test_bad_targets(loss, t, kind, message):
    scores = np.full((2 if np.shape(t) != (2,) or t != [1, 0] else 3, 3), 1 / 3)
    for given in (scores, ag.Tensor(scores)):
        with pytest.raises(kind, match=message):
            loss(given, t)


@pytest.mark.parametrize("loss", LOSSES)
def test_bad_reduction_and_axis(loss):
    for reduction in ("average", None, 1):
        with pytest.raises(ValueError, match='reduction is "mean", "sum" or "none"'):
            loss([0.5, 0.5], [1, 0], reduction=reduction)
    with pytest.raises(np.exceptions.AxisError):
        loss([0.5, 0.5], [1, 0], axis=1)


@pytest.mark.parametrize(
    "function", [ag.softmax, ag.log_softmax, ag.logsumexp, lambda z: ag.cross_entropy(z, 0)]
)
def test_a_single_number_is_refused(function):
    for given in (1.0, ag.Value(1.0), ag.Tensor(1.0), np.array(1.0)):
        with pytest.raises(ValueError, match="a vector of scores or rows of them"):
            function(given)
    for given in ("abc", None, {"a": 1}, [1j], ["a"]):
        with pytest.raises((TypeError, ValueError)):
            function(given)


@pytest.mark.parametrize("name", ["sigmoid", "softplus", "relu"])
def test_activations_at_large_arguments(name):
    z = np.array([-1000.0, -40.0, 0.0, 40.0, 1000.0])
    exact = {
        "sigmoid": lambda x: 1 / (1 + mp.exp(-mp.mpf(x))),
        "softplus": lambda x: mp.log1p(mp.exp(mp.mpf(x))),
        "relu": lambda x: max(mp.mpf(x), mp.mpf(0)),
    }[name]
    for given in (z, ag.Tensor(z), np.array(values(z.tolist()))):
        got = numbers(getattr(ag, name)(given))
        np.testing.assert_allclose(got, [float(exact(x)) for x in z], rtol=1e-14, atol=1e-300)
