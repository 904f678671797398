"""Modules: what they find, save and compute, micrograd's beside ours, and what they refuse.

That layers compute what PyTorch's do is tested in `peers/test_torch.py`.
"""

import copy
import doctest
import importlib
import inspect
import pickle
import random

import micrograd.engine
import micrograd.nn
import numpy as np
import pytest
from helpers import check_rule

import autograd_lite as ag
from autograd_lite import nn


def rng(seed=0):
    return np.random.default_rng(seed)


@pytest.mark.parametrize("module", ["nn", "optim"])
def test_every_name_is_explained_by_an_example_that_runs(module):
    home = importlib.import_module(f"autograd_lite.{module}")
    assert sorted(home.__all__) == sorted(set(home.__all__))
    for name in home.__all__:
        text = inspect.getdoc(getattr(home, name))
        test = doctest.DocTestParser().get_doctest(text, {}, name, None, None)
        assert test.examples, name
        runner = doctest.DocTestRunner(verbose=False, optionflags=doctest.NORMALIZE_WHITESPACE)
        assert runner.run(test, out=lambda text: None).failed == 0, name


# --- micrograd's ----------------------------------------------------------------------------------


def demo(Value, MLP):
    """micrograd's demo in small: hinge loss and regularisation on two moons' worth of points."""
    random.seed(1337)
    model = MLP(2, [8, 8, 1])
    points = np.random.default_rng(1).normal(size=(12, 2))
    signs = np.where(points[:, 0] * points[:, 1] > 0, 1, -1)
    losses = []
    for k in range(10):
        inputs = [list(map(Value, row)) for row in points]
        scores = list(map(model, inputs))
        margins = [(1 + -yi * score).relu() for yi, score in zip(signs, scores, strict=True)]
        total = sum(margins) * (1.0 / len(margins)) + 1e-4 * sum(p * p for p in model.parameters())
        model.zero_grad()
        assert all(p.grad == 0 for p in model.parameters())
        total.backward()
        for p in model.parameters():
            p.data -= (1.0 - 0.09 * k) * p.grad
        losses.append(total.data)
    return repr(model), losses, [p.data for p in model.parameters()]


def test_micrograds_demo_runs_with_only_the_import_changed():
    described, losses, parameters = demo(ag.Value, nn.MLP)
    their_description, their_losses, their_parameters = demo(
        micrograd.engine.Value, micrograd.nn.MLP
    )
    assert described == their_description
    np.testing.assert_allclose(losses, their_losses, rtol=1e-12)
    np.testing.assert_allclose(parameters, their_parameters, rtol=1e-9, atol=1e-12)
    assert losses[-1] < losses[0]


@pytest.mark.parametrize(
    "make",
    [
        lambda home: home.Neuron(3),
        lambda home: home.Neuron(3, nonlin=False),
        lambda home: home.Layer(3, 2),
        lambda home: home.Layer(3, 1, nonlin=False),
        lambda home: home.MLP(3, [4, 4, 1]),
        lambda home: home.MLP(3, [2]),
    ],
)
def test_the_same_numbers_in_the_same_order(make):
    random.seed(7)
    ours = make(nn)
    random.seed(7)
    theirs = make(micrograd.nn)
    assert repr(ours) == repr(theirs)
    assert [p.data for p in ours.parameters()] == [p.data for p in theirs.parameters()]
    x = [0.5, -1.0, 2.0]
    out, wanted = ours(x), theirs(x)
    if isinstance(wanted, list):
        assert [v.data for v in out] == pytest.approx([v.data for v in wanted], rel=1e-15)
    else:
        assert out.data == pytest.approx(wanted.data, rel=1e-15)


def test_a_generator_of_ones_own():
    first, second = (nn.MLP(2, [3, 1], rng=5) for _ in range(2))
    assert [p.data for p in first.parameters()] == [p.data for p in second.parameters()]
    layer = nn.Layer(2, 2, rng=5)
    assert layer.neurons[0].w[0].data != layer.neurons[1].w[0].data
    neuron = nn.Neuron(2, rng=random.Random(3))
    reference = random.Random(3)
    assert [w.data for w in neuron.w] == [reference.uniform(-1, 1) for _ in range(2)]


@pytest.mark.parametrize(
    "x",
    [
        [1.0],
        [1.0, 2.0, 3.0],
        np.ones((2, 2)),
        [[1.0, 2.0], [3.0, 4.0]],
        ag.Tensor(np.ones((2, 2))),
        ag.Tensor([1.0, 2.0, 3.0]),
    ],
)
def test_a_neuron_takes_one_example(x):
    for module in (nn.Neuron(2), nn.Layer(2, 3), nn.MLP(2, [3, 1])):
        with pytest.raises(ValueError, match=r"one example of 2 numbers .*over=ag\.Tensor"):
            module(x)


def test_a_neuron_takes_vectors_of_every_kind():
    neuron = nn.Neuron(2, nonlin=False, rng=1)
    wanted = neuron([1.0, 2.0]).item()
    for x in (np.array([1.0, 2.0]), (1, 2), [ag.Value(1.0), 2.0], ag.Tensor([1.0, 2.0])):
        assert neuron(x).item() == pytest.approx(wanted, rel=1e-15)


# --- what a Module finds --------------------------------------------------------------------------


class Net(nn.Module):
    """Everything a Module looks through, and what it leaves alone."""

    def __init__(self):
        self.scale = ag.Tensor(2.0, "scale")
        self.blocks = [nn.Linear(2, 2, rng=0), {"norm": nn.BatchNorm(2)}]
        self.pair = (ag.Value(1.5), nn.Dropout(0.5, rng=1))
        self.values = np.array([ag.Value(1.0), ag.Value(2.0)])
        self.tied = self.blocks[0].weight
        self.computed = self.scale * 2
        self.name, self.count, self.none = "net", 3, None
        self.itself = self

    def __call__(self, x):
        first, more = self.blocks
        return self.pair[1](more["norm"](first(x))) * self.scale


def test_parameters_and_places():
    net = Net()
    assert list(net.state_dict()) == [
        "scale",
        "blocks.0.weight",
        "blocks.0.bias",
        "blocks.1.norm.weight",
        "blocks.1.norm.bias",
        "blocks.1.norm.running_mean",
        "blocks.1.norm.running_var",
        "pair.0",
        "values.0",
        "values.1",
        "tied",
    ]
    parameters = net.parameters()
    assert len(parameters) == len({id(p) for p in parameters}) == 8
    assert parameters[0] is net.scale
    assert all(isinstance(p, ag.Node) and p.op is None for p in parameters)


def test_zero_grad():
    net = Net()
    net(np.eye(2) + 1).sum().backward()
    net.pair[0].grad = 3.0
    net.zero_grad()
    for p in net.parameters():
        assert p.grad == 0 if isinstance(p, ag.Value) else p.grad is None


def test_train_and_eval_reach_all():
    net = Net()
    inside = [net, net.blocks[0], net.blocks[1]["norm"], net.pair[1]]
    assert net.eval() is net
    assert not any(module.training for module in inside)
    assert net.train() is net
    assert all(module.training for module in inside)
    assert nn.Module.training


def test_the_state_is_a_copy():
    layer = nn.Linear(2, 2, rng=0)
    state = layer.state_dict()
    before = state["weight"].copy()
    layer.weight.data += 1
    np.testing.assert_array_equal(state["weight"], before)
    layer.load_state_dict(state)
    state["weight"] += 5
    np.testing.assert_array_equal(layer.weight.data, before)


def test_state_through_a_file(tmp_path):
    net, other = Net(), Net()
    x = rng().normal(size=(6, 2))
    net(x), net(x + 1)
    net.scale.data, net.pair[0].data = 3.25, -0.5
    ag.save(tmp_path / "net.npz", net.state_dict())
    other.load_state_dict(ag.load(tmp_path / "net.npz"))
    for name, numbers in net.state_dict().items():
        np.testing.assert_array_equal(other.state_dict()[name], numbers)
    np.testing.assert_array_equal(net.eval()(x).data, other.eval()(x).data)
    assert type(other.pair[0].data) is float


def test_a_graph_from_before_loading_is_not_swept():
    layer = nn.Linear(2, 1, rng=0)
    loss = layer(ag.Tensor([1.0, 2.0])).sum()
    layer.load_state_dict({"weight": np.zeros((2, 1)), "bias": [0.0]})
    with pytest.raises(ValueError, match="was changed after"):
        loss.backward()


@pytest.mark.parametrize(
    ("change", "kind", "message"),
    [
        (lambda s: s.pop("layers.0.bias"), ValueError, "lacks 'layers.0.bias', which this Seq"),
        (lambda s: s.update(extra=1), ValueError, "has 'extra', which this Sequential has not"),
        (
            lambda s: s.update({"layers.2.weight": np.ones((1, 4))}),
            ValueError,
            r"layers\.2\.weight has shape \(1, 4\) in the state and \(4, 1\) in this Sequential",
        ),
        (lambda s: s.update({"layers.0.bias": 1.0}), ValueError, r"layers\.0\.bias has shape \(\)"),
        (lambda s: s.update({"layers.0.bias": "x"}), TypeError, r"layers\.0\.bias is no array"),
        (lambda s: s.update({"layers.0.bias": [1j] * 4}), TypeError, "no array of real numbers"),
        (lambda s: s.clear(), ValueError, "'layers.2.weight' and 1 more"),
    ],
)
def test_a_state_that_does_not_fit(change, kind, message):
    model = nn.Sequential(nn.Linear(3, 4, rng=0), ag.tanh, nn.Linear(4, 1, rng=1))
    before = model.state_dict()
    state = {name: numbers + 1 for name, numbers in before.items()}
    change(state)
    with pytest.raises(kind, match=message):
        model.load_state_dict(state)
    for name, numbers in model.state_dict().items():
        np.testing.assert_array_equal(numbers, before[name])
    with pytest.raises(TypeError, match="a dictionary of arrays, not list"):
        model.load_state_dict([])


MODELS = {
    "scalar": lambda: nn.MLP(2, [3, 1], rng=0),
    "tensor": lambda: nn.MLP(2, [3, 2], over=ag.Tensor, rng=0),
    "all": lambda: nn.Sequential(
        nn.Linear(2, 4, bias=False, rng=0), nn.BatchNorm(4), ag.relu, nn.LayerNorm(4), nn.Dropout()
    ),
    "embedding": lambda: nn.Sequential(nn.Embedding(3, 2, rng=0), np.tanh),
}


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("again", [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))])
def test_copies(name, again):
    model = MODELS[name]()
    x = {"scalar": [1.0, 2.0], "embedding": [0, 2]}.get(name, rng().normal(size=(5, 2)))
    twin = again(model)
    assert repr(twin) == repr(model)
    assert not {id(p) for p in twin.parameters()} & {id(p) for p in model.parameters()}
    out, same = model(x), twin(x)
    np.testing.assert_array_equal(out.data, same.data)
    out.backward(np.ones(out.shape))
    assert all(p.grad is not None for p in model.parameters())
    assert all(p.grad is None for p in twin.parameters())
    for p in model.parameters():
        p.data = p.data + 1
    assert not np.array_equal(model(x).data, twin(x).data)


# --- layers ---------------------------------------------------------------------------------------


LAYERS = {
    "Linear": lambda: nn.Linear(2, 2),
    "BatchNorm": lambda: nn.BatchNorm(2),
    "BatchNorm, eval": lambda: nn.BatchNorm(2).eval(),
    "LayerNorm": lambda: nn.LayerNorm(2, eps=0.5),
}


@pytest.mark.parametrize("name", LAYERS)
def test_rules_by_differences(name):
    """First and second derivatives, for the input, the weight and the bias."""

    def f(x, weight, bias):
        layer = LAYERS[name]()
        layer.weight, layer.bias = weight, bias
        return layer(x)

    weight = rng(2).normal(size=LAYERS[name]().weight.shape)
    check_rule(f, rng(1).normal(size=(3, 2)), weight, rng(3).normal(size=2))


def test_batch_norm_normalises():
    norm = nn.BatchNorm(3, eps=0.0)
    out = norm(rng().normal(loc=5, scale=7, size=(50, 3))).data
    np.testing.assert_allclose(out.mean(axis=0), 0, atol=1e-14)
    np.testing.assert_allclose(out.var(axis=0), 1, rtol=1e-13)


def test_running_statistics_go_to_those_of_the_data():
    norm = nn.BatchNorm(2, momentum=0.5)
    x = rng().normal(loc=[1, -2], scale=[1, 3], size=(10, 2))
    for _ in range(60):
        norm(x)
    np.testing.assert_allclose(norm.running_mean, x.mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(norm.running_var, x.var(axis=0, ddof=1), rtol=1e-12)
    kept = norm.running_mean
    norm.eval()(x * 100)
    assert norm.running_mean is kept


def test_arrays_of_values_and_of_float32_leave_plain_statistics():
    x = np.array([[1.0, 2.0], [3.0, 6.0]])
    scalars = np.array([[ag.Value(v) for v in row] for row in x])
    kept = []
    for given in (x, ag.Tensor(x), scalars, x.astype(np.float32), x.tolist()):
        norm = nn.BatchNorm(2)
        norm(given)
        kept.append(np.stack([norm.running_mean, norm.running_var]))
        assert kept[-1].dtype == np.float64
        np.testing.assert_allclose(kept[-1], kept[0], rtol=1e-6)


@pytest.mark.parametrize("x", [np.ones((1, 3)), np.ones(3), np.ones((0, 3))])
def test_a_batch_of_one_has_no_variance(x):
    norm = nn.BatchNorm(3)
    with pytest.raises(ValueError, match=r"[01] examples?: a variance needs two .*eval\(\)"):
        norm(x)
    np.testing.assert_array_equal(norm.running_mean, 0)
    assert norm.eval()(x).shape == x.shape


def test_dropout():
    x = ag.Tensor(np.ones((40, 50)))
    drop = nn.Dropout(0.4, rng=rng(3))
    out = drop(x)
    kept = out.data != 0
    np.testing.assert_allclose(out.data[kept], 1 / 0.6)
    assert abs(kept.mean() - 0.6) < 0.03
    out.sum().backward()
    np.testing.assert_array_equal(x.grad, out.data)
    assert not np.array_equal(drop(x).data, out.data)
    np.testing.assert_array_equal(nn.Dropout(0.4, rng=rng(3))(x).data, out.data)
    assert drop.eval()(x) is x
    assert nn.Dropout(0)(x) is x
    assert nn.Dropout(0.5, rng=0)(ag.Tensor(np.ones(3), dtype=np.float32)).dtype == np.float32


def test_embedding_adds_up_repeated_rows():
    table = nn.Embedding(4, 2, rng=0)
    weights = np.array([[1.0, 2.0], [10.0, 20.0], [100.0, 200.0]])
    (table([3, 0, 3]) * weights).sum().backward()
    np.testing.assert_array_equal(table.weight.grad, [[10, 20], [0, 0], [0, 0], [101, 202]])


@pytest.mark.parametrize(
    ("numbers", "kind", "message"),
    [
        ([0, 4], IndexError, r"Embedding\(4, 2\) has rows 0 to 3, but not 4"),
        (-1, IndexError, "but not -1"),
        ([0.0, 1.0], TypeError, "whole numbers, the rows to give, not list"),
        (np.ones(2), TypeError, "not ndarray of dtype float64"),
        (ag.Tensor([1.0]), TypeError, "not Tensor of dtype float64"),
        ([True], TypeError, "whole numbers"),
        ("a", TypeError, "not str"),
    ],
)
def test_what_an_embedding_refuses(numbers, kind, message):
    with pytest.raises(kind, match=message):
        nn.Embedding(4, 2)(numbers)


@pytest.mark.parametrize(
    ("make", "kind", "message"),
    [
        (lambda: nn.Linear(0, 3), ValueError, "number of inputs is at least 1, not 0"),
        (lambda: nn.Linear(3, 2.0), TypeError, "number of outputs is a whole number, not 2.0"),
        (lambda: nn.Linear(3, True), TypeError, "not True"),
        (lambda: nn.Linear(3, 2, init=lambda i, o, r: np.ones((o, i))), ValueError, r"\(3, 2\)"),
        (lambda: nn.Neuron(-1), ValueError, "number of inputs is at least 1"),
        (lambda: nn.Layer(2, 0), ValueError, "number of outputs"),
        (lambda: nn.Embedding(0, 1), ValueError, "number of rows"),
        (lambda: nn.Dropout(1.0), ValueError, r"from 0 to below 1, not 1\.0"),
        (lambda: nn.Dropout(-0.1), ValueError, "from 0 to below 1"),
        (lambda: nn.Dropout(np.nan), ValueError, "from 0 to below 1"),
        (lambda: nn.BatchNorm(2, momentum=2), ValueError, "from 0 to 1, not 2"),
        (lambda: nn.LayerNorm(2, eps=-1), ValueError, "at least 0, not -1"),
        (lambda: nn.LayerNorm((2, 3)), TypeError, r"features is a whole number, not \(2, 3\)"),
        (lambda: nn.MLP(2, 3), TypeError, r"MLP\(2, \[16, 16, 1\]\); the list was 3"),
        (lambda: nn.MLP(2, []), TypeError, "the list was"),
        (lambda: nn.MLP(2, [3], over=float), TypeError, "over Value or over Tensor"),
        (lambda: nn.Sequential([nn.Linear(2, 2)]), TypeError, "layer 0 of Sequential is a list"),
        (lambda: nn.Linear(3, 2)(np.ones((3, 2))), ValueError, r"Linear\(3, 2\).*shape \(3, 2\)"),
        (lambda: nn.LayerNorm(3)(1.0), ValueError, r"LayerNorm\(3\) takes 3 numbers"),
        (lambda: nn.BatchNorm(3)([[1.0], [2.0]]), ValueError, r"shape \(2, 1\)"),
    ],
)
def test_what_layers_refuse(make, kind, message):
    with pytest.raises(kind, match=message):
        make()


def test_the_mlp_over_tensors():
    model = nn.MLP(3, [5, 4, 2], over=ag.Tensor, rng=0)
    assert repr(model) == "MLP of [Linear(3, 5), Linear(5, 4), Linear(4, 2)]"
    x = rng().normal(size=(7, 3))
    h = x
    for i, layer in enumerate(model.layers):
        h = h @ layer.weight.data + layer.bias.data
        h = np.maximum(h, 0) if i < 2 else h
    np.testing.assert_allclose(model(x).data, h, rtol=1e-14)
    again = nn.MLP(3, [5, 4, 2], over=ag.Tensor, rng=rng(0))
    np.testing.assert_array_equal(model(x).data, again(x).data)
    with ag.no_grad():
        assert model(x).op is None


def test_what_the_weights_of_an_mlp_start_from():
    """He's normal numbers before a relu, Glorot's uniform ones in the last layer; biases 0."""
    model, draws = nn.MLP(3, [5, 4, 2], over=ag.Tensor, rng=0), rng(0)
    wanted = [nn.he(3, 5, draws), nn.he(5, 4, draws), nn.glorot(4, 2, draws)]
    for layer, w in zip(model.layers, wanted, strict=True):
        np.testing.assert_array_equal(layer.weight.data, w)
        assert not layer.bias.data.any()


def test_one_mlp_over_values_and_over_tensors():
    """The same weights: the same numbers and the same gradients."""
    tensors, values = nn.MLP(3, [4, 1], over=ag.Tensor, rng=0), nn.MLP(3, [4, 1])
    for layer, scalar in zip(tensors.layers, values.layers, strict=True):
        for j, neuron in enumerate(scalar.neurons):
            for i, w in enumerate(neuron.w):
                w.data = layer.weight.data[i, j]
            neuron.b.data = layer.bias.data[j]
    x = [0.5, -1.0, 2.0]
    out, wanted = tensors(x), values(x)
    assert out.item() == pytest.approx(wanted.item(), rel=1e-14)
    out.backward([1.0])
    wanted.backward()
    for layer, scalar in zip(tensors.layers, values.layers, strict=True):
        for j, neuron in enumerate(scalar.neurons):
            np.testing.assert_allclose(layer.weight.grad[:, j], [w.grad for w in neuron.w], 1e-13)
            assert layer.bias.grad[j] == pytest.approx(neuron.b.grad, rel=1e-13)


@pytest.mark.parametrize("init", [nn.glorot, nn.he])
def test_initialisers_have_the_variance_of_their_paper(init):
    w = init(400, 200, rng=1)
    variance = {nn.glorot: 2 / 600, nn.he: 2 / 400}[init]
    assert w.shape == (400, 200)
    assert abs(w.mean()) < 3 * np.sqrt(variance / w.size)
    assert w.var() == pytest.approx(variance, rel=0.02)
    if init is nn.glorot:
        assert np.abs(w).max() <= np.sqrt(6 / 600)
    np.testing.assert_array_equal(w, init(400, 200, rng=1))


def test_layers_are_boxes_in_a_drawing():
    model = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm(3), ag.tanh, nn.LayerNorm(3), nn.Dropout())
    out = model(np.ones((2, 2)) + np.eye(2))
    groups = set()
    while out.inputs:
        groups.add(out.group)
        out = next(x for x in out.inputs if isinstance(x, ag.Tensor))
    assert groups == {("linear",), ("batch norm",), (), ("layer norm",), ("dropout",)}
