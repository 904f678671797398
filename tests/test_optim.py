"""Optimisers: what a step refuses, remembers and leaves alone, for Values and Tensors alike.

That their updates are PyTorch's is tested in `peers/test_torch.py`.
"""

import copy
import pickle

import numpy as np
import pytest

import autograd_lite as ag
from autograd_lite import optim

KINDS = {
    "SGD": lambda p: optim.SGD(p, lr=0.1),
    "Nesterov": lambda p: optim.SGD(p, 0.05, momentum=0.9, nesterov=True, weight_decay=0.01),
    "Adam": lambda p: optim.Adam(p, lr=0.1, weight_decay=0.01),
    "AdamW": lambda p: optim.AdamW(p, lr=0.1),
}


def bowl(xs):
    """Σ (x − 1)² + x_0 x_1, steep enough to be seen to go down."""
    return sum((x - 1) ** 2 for x in xs) + xs[0] * xs[1]


@pytest.mark.parametrize("name", KINDS)
def test_values_and_tensors_move_alike(name):
    values, tensor = [ag.Value(3.0), ag.Value(-2.0), ag.Value(0.5)], ag.Tensor([3.0, -2.0, 0.5])
    ours, other = KINDS[name](values), KINDS[name]([tensor])
    for _ in range(40):
        for optimiser, loss in ((ours, bowl(values)), (other, bowl(tensor))):
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
        np.testing.assert_allclose([v.data for v in values], tensor.data, rtol=1e-13, atol=1e-14)
    assert all(type(v.data) is float for v in values)
    assert bowl(values).item() < 2.5 < bowl([ag.Value(3.0), ag.Value(-2.0), ag.Value(0.5)]).item()


def test_momentum_by_hand():
    """v₁ = g₁, v₂ = m v₁ + g₂; the step is v, or g + m v with nesterov."""
    for nesterov, wanted in ((False, [-0.1, -0.25, -0.475]), (True, [-0.15, -0.325, -0.5875])):
        x = ag.Value(0.0)
        optimiser = optim.SGD([x], lr=0.1, momentum=0.5, nesterov=nesterov)
        got = []
        for g in (1.0, 1.0, 1.5):
            x.grad = g
            optimiser.step()
            got.append(x.data)
        assert got == pytest.approx(wanted, rel=1e-14)


def test_the_first_step_of_adam_is_the_learning_rate():
    x = ag.Tensor([1.0, 1.0, 1.0])
    x.grad = np.array([1e-3, -5.0, 1e4])
    optim.Adam([x], lr=0.1, eps=0.0).step()
    np.testing.assert_allclose(x.data, [0.9, 1.1, 0.9], rtol=1e-14)


def test_decay_in_the_gradient_and_beside_it():
    """With no gradient of its own a weight decays by lr · λ in AdamW, by Adam's step in Adam."""
    for kind, wanted in ((optim.AdamW, 2.0 * (1 - 0.1 * 0.5)), (optim.Adam, 2.0 - 0.1)):
        x = ag.Value(2.0)
        x.grad = 0.0
        kind([x], lr=0.1, weight_decay=0.5).step()
        assert x.data == pytest.approx(wanted, rel=1e-7)


@pytest.mark.parametrize("name", KINDS)
def test_a_graph_from_before_a_step_is_not_swept(name):
    x = ag.Tensor([3.0, -2.0, 0.5])
    optimiser = KINDS[name]([x])
    loss = bowl(x)
    loss.backward()
    kept = x.grad.copy()
    optimiser.step()
    with pytest.raises(ValueError, match="was changed after"):
        loss.backward()
    np.testing.assert_array_equal(x.grad, kept)


@pytest.mark.parametrize("name", KINDS)
def test_a_step_keeps_the_gradient_and_the_dtype(name):
    x = ag.Tensor(np.array([3.0, -2.0, 0.5], np.float32))
    optimiser = KINDS[name]([x])
    for _ in range(3):
        bowl(x).backward()
        g = x.grad.copy()
        optimiser.step()
        np.testing.assert_array_equal(x.grad, g)
    assert x.dtype == np.float32
    assert x.data.dtype == np.float32
    optimiser.zero_grad()
    assert x.grad is None


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("how", ["dictionary", "file", "deepcopy", "pickle"])
def test_training_goes_on_from_a_saved_state(name, how, tmp_path):
    def train(optimiser, steps):
        for _ in range(steps):
            optimiser.zero_grad()
            x, y = optimiser.parameters
            (bowl(x) + y**2).backward()
            optimiser.step()

    first = KINDS[name]([ag.Tensor([3.0, -2.0, 0.5]), ag.Value(2.0)])
    train(first, 5)
    first.lr = first.lr / 2
    if how == "deepcopy":
        second = copy.deepcopy(first)
    elif how == "pickle":
        second = pickle.loads(pickle.dumps(first))
    else:
        second = KINDS[name]([copy.deepcopy(p) for p in first.parameters])
        state = first.state_dict()
        if how == "file":
            ag.save(tmp_path / "state.npz", state)
            state = ag.load(tmp_path / "state.npz")
        second.load_state_dict(state)
    train(first, 5)
    train(second, 5)
    for p, q in zip(first.parameters, second.parameters, strict=True):
        assert p is not q
        np.testing.assert_array_equal(p.data, q.data)


def test_the_state_is_a_copy():
    x = ag.Tensor([1.0])
    optimiser = optim.SGD([x], 0.1, momentum=0.9)
    state = optimiser.state_dict()
    assert "parameters" not in state
    x.grad = np.array([1.0])
    optimiser.step()
    assert state["velocity"][0] == 0.0
    assert state["steps"] == 0
    optimiser.load_state_dict(state)
    state["velocity"][0][0] = 7.0
    assert optimiser.velocity[0] == 0.0


@pytest.mark.parametrize(
    ("state", "message"),
    [
        ({}, r"SGD has \['lr', 'momentum', .*it was given \[\]"),
        ([], "it was given list"),
        (optim.Adam([ag.Value(1.0)]).state_dict(), "it was given .*betas"),
        (optim.SGD([ag.Value(1.0)], 0.1).state_dict(), r"velocity of SGD has shapes \[\(2,\)\]"),
        (
            optim.SGD([ag.Tensor([1.0, 2.0])] * 1 + [ag.Value(1.0)], 0.1).state_dict(),
            r"\(2,\), \(\)",
        ),
    ],
)
def test_a_state_that_does_not_fit(state, message):
    optimiser = optim.SGD([ag.Tensor([1.0, 2.0])], 0.5)
    with pytest.raises(ValueError, match=message):
        optimiser.load_state_dict(state)
    assert optimiser.lr == 0.5


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"lr": -0.1}, r"lr is at least 0, not -0\.1"),
        ({"lr": np.nan}, "lr is at least 0, not nan"),
        ({"lr": 0.1, "momentum": -1}, "momentum is at least 0"),
        ({"lr": 0.1, "weight_decay": -1}, "weight_decay is at least 0"),
        ({"lr": 0.1, "nesterov": True}, "give a momentum above 0"),
    ],
)
def test_what_sgd_refuses(options, message):
    with pytest.raises(ValueError, match=message):
        optim.SGD([ag.Value(1.0)], **options)


@pytest.mark.parametrize("kind", [optim.Adam, optim.AdamW])
@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"lr": -1}, "lr is at least 0"),
        ({"betas": (1.0, 0.9)}, r"beta1 is from 0 to below 1, not 1\.0"),
        ({"betas": (0.9, -0.1)}, "beta2 is from 0 to below 1"),
        ({"eps": -1e-8}, "eps is at least 0"),
        ({"weight_decay": np.nan}, "weight_decay is at least 0, not nan"),
    ],
)
def test_what_adam_refuses(kind, options, message):
    with pytest.raises(ValueError, match=message):
        kind([ag.Value(1.0)], **options)


@pytest.mark.parametrize("wrong", ["0.1", None, ag.Value(0.1), np.array([0.1, 0.2]), 1j])
def test_what_is_no_number(wrong):
    with pytest.raises(TypeError, match="lr is a number, not"):
        optim.SGD([ag.Value(1.0)], lr=wrong)
    with pytest.raises(TypeError, match="beta1 is a number, not"):
        optim.Adam([ag.Value(1.0)], betas=(wrong, 0.9))
    with pytest.raises(TypeError, match="betas are two numbers"):
        optim.Adam([ag.Value(1.0)], betas=wrong)
    with pytest.raises(TypeError, match="max_norm is a number"):
        optim.clip_grad_norm([ag.Value(1.0)], wrong)


X = ag.Tensor([1.0, 2.0], label="w")


@pytest.mark.parametrize(
    ("parameters", "kind", "message"),
    [
        ([], ValueError, "no parameters to optimise"),
        (X, TypeError, r"a list of them, \[x\]"),
        (ag.nn.Linear(2, 1), TypeError, r"not a Linear: give it model\.parameters\(\)"),
        (ag.nn.Linear(2, 1).parameters, TypeError, r"not a method: give it model\.parameters\(\)"),
        (None, TypeError, "not a NoneType"),
        ([X, np.ones(2)], TypeError, "parameter 1 is a ndarray, not a Tensor or Value"),
        ([X * 2], ValueError, r"parameter 0 \(of shape \(2,\)\) was computed by '\*'"),
        ([X, X], ValueError, "given twice"),
    ],
)
def test_parameters_that_are_none(parameters, kind, message):
    for use in (lambda p: optim.SGD(p, 0.1), lambda p: optim.clip_grad_norm(p, 1.0)):
        with pytest.raises(kind, match=message):
            use(parameters)


@pytest.mark.parametrize("name", KINDS)
def test_a_parameter_without_gradient(name):
    used, unused = ag.Tensor([1.0, 2.0], label="used"), ag.Tensor([3.0], label="unused")
    optimiser = KINDS[name]([used, unused])
    (used**2).sum().backward()
    before = optimiser.state_dict()
    with pytest.raises(ValueError, match=r"parameter 1 \('unused' of shape \(1,\)\) has no grad"):
        optimiser.step()
    np.testing.assert_array_equal(used.data, [1.0, 2.0])
    assert optimiser.state_dict()["steps"] == before["steps"] == 0
    unused.grad = np.ones((2, 1))
    with pytest.raises(ValueError, match=r"has a gradient of shape \(2, 1\), not \(1,\)"):
        optimiser.step()
    np.testing.assert_array_equal(used.data, [1.0, 2.0])
    unused.grad = ag.Tensor([0.5])  # a gradient that was recorded is a gradient
    optimiser.step()
    assert unused.data[0] != 3.0


def leaves(*gradients):
    nodes = []
    for g in gradients:
        nodes.append(ag.Value(0.0) if isinstance(g, float) else ag.Tensor(np.zeros(np.shape(g))))
        nodes[-1].grad = g
    return nodes


def test_clipping_by_norm():
    p = leaves(np.array([3.0, 0.0]), 4.0, np.zeros((2, 2)))
    first = p[0].grad
    assert optim.clip_grad_norm(p, 5.0) == 5.0
    assert p[0].grad is first  # not above: left alone
    assert optim.clip_grad_norm(p, 1.0) == 5.0
    np.testing.assert_allclose(p[0].grad, [0.6, 0.0], rtol=1e-6)
    assert p[1].grad == pytest.approx(0.8, rel=1e-6)
    np.testing.assert_array_equal(first, [3.0, 0.0])
    assert optim.clip_grad_norm(leaves(0.0, np.zeros(2)), 1.0) == 0.0
    p = leaves(np.array([3e200, 4e200]))
    assert optim.clip_grad_norm(p, 1.0) == pytest.approx(5e200, rel=1e-14)
    np.testing.assert_allclose(p[0].grad, [0.6, 0.8], rtol=1e-6)


def test_clipping_by_value():
    p = leaves(np.array([3.0, -0.25, -7.0]), -2.0)
    optim.clip_grad_value(p, 0.5)
    np.testing.assert_array_equal(p[0].grad, [0.5, -0.25, -0.5])
    assert p[1].grad == -0.5


def test_what_clipping_refuses():
    for bad in (np.nan, np.inf):
        p = leaves(1.0, np.array([2.0, bad]))
        with pytest.raises(ValueError, match=r"parameter 1 \(of shape \(2,\)\) is not finite"):
            optim.clip_grad_norm(p, 1.0)
        assert p[0].grad == 1.0
    for clip in (optim.clip_grad_norm, optim.clip_grad_value):
        with pytest.raises(ValueError, match="at least 0, not -1"):
            clip(leaves(1.0), -1)
        with pytest.raises(ValueError, match="has no gradient"):
            clip([ag.Value(1.0)], 1)
