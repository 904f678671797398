"""Layers, losses and optimisers give PyTorch's numbers and gradients, in float64, to 1e-12.

Source: PyTorch 2.13, `torch.nn`, `torch.nn.functional` and `torch.optim`.
"""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

import autograd_lite as ag
from autograd_lite import nn, optim

torch.set_num_threads(1)  # its threads wait for each other on arrays as small as these
TIGHT = {"rtol": 1e-12, "atol": 1e-12}


def rng(seed=0):
    return np.random.default_rng(seed)


def theirs(x, **options):
    """A PyTorch leaf with the same numbers."""
    return torch.tensor(np.array(x), dtype=torch.float64, requires_grad=True, **options)


def same(ours, other):
    other = other.detach().numpy() if isinstance(other, torch.Tensor) else other
    ours = ours.data if isinstance(ours, ag.Node) else ours
    assert np.shape(ours) == other.shape
    np.testing.assert_allclose(ours, other, **TIGHT)


def agree(layer, module, x, transposed=()):
    """The same output, and the same gradients of input and parameters, for a random seed."""
    ours, other = ag.Tensor(x), theirs(x)
    out, wanted = layer(ours), module(other)
    same(out, wanted)
    seed = rng(3).normal(size=out.shape)
    layer.zero_grad()
    module.zero_grad()
    out.backward(seed)
    wanted.backward(torch.tensor(seed))
    same(ours.grad, other.grad)
    for name, p in module.named_parameters():
        same(getattr(layer, name).grad, p.grad.T if name in transposed else p.grad)


@pytest.mark.parametrize("shape", [(3,), (5, 3), (2, 5, 3)])
@pytest.mark.parametrize("bias", [True, False])
def test_linear(shape, bias):
    layer = nn.Linear(3, 4, bias=bias, rng=1)
    module = torch.nn.Linear(3, 4, bias=bias, dtype=torch.float64)
    with torch.no_grad():
        module.weight[...] = torch.tensor(layer.weight.data.T)
        if bias:
            layer.bias.data = rng(2).normal(size=4)
            module.bias[...] = torch.tensor(layer.bias.data)
    agree(layer, module, rng().normal(size=shape), transposed=("weight",))


def norm_pair(kind, features):
    """A layer of ours and PyTorch's, both with the same random weight and bias."""
    layer = getattr(nn, kind)(features)
    module = {"BatchNorm": torch.nn.BatchNorm1d, "LayerNorm": torch.nn.LayerNorm}[kind]
    module = module(features, dtype=torch.float64)
    layer.weight.data, layer.bias.data = rng(1).normal(size=(2, features))
    with torch.no_grad():
        module.weight[...] = torch.tensor(layer.weight.data)
        module.bias[...] = torch.tensor(layer.bias.data)
    return layer, module


def test_batch_norm_in_training_and_afterwards():
    layer, module = norm_pair("BatchNorm", 4)
    for step in range(5):
        agree(layer, module, rng(step).normal(loc=step, scale=2, size=(6, 4)))
        same(layer.running_mean, module.running_mean)
        same(layer.running_var, module.running_var)
    layer.eval(), module.eval()
    agree(layer, module, rng(9).normal(size=(3, 4)))
    agree(layer, module, rng(9).normal(size=(1, 4)))
    same(layer.running_mean, module.running_mean)
    layer.train(), module.train()
    agree(layer, module, rng(10).normal(size=(2, 4)))


def test_batch_norm_over_more_axes():
    """PyTorch has the features on axis 1; here they are last."""
    layer, module = norm_pair("BatchNorm", 4)
    agree(layer, lambda_module(module), rng().normal(size=(3, 5, 4)))
    same(layer.running_var, module.running_var)


def lambda_module(module):
    """PyTorch's module, on arrays with the features last."""

    class Moved(torch.nn.Module):
        def forward(self, x):
            return module(x.movedim(-1, 1)).movedim(1, -1)

        def named_parameters(self):
            return module.named_parameters()

        def zero_grad(self):
            module.zero_grad()

    return Moved()


@pytest.mark.parametrize("shape", [(4,), (6, 4), (2, 3, 4)])
def test_layer_norm(shape):
    layer, module = norm_pair("LayerNorm", 4)
    agree(layer, module, rng(5).normal(size=shape))
    agree(layer.eval(), module.eval(), rng(6).normal(loc=100, size=shape))


@pytest.mark.parametrize("numbers", [[0, 2, 2, 1, 2], [[4, 4], [4, 0]], 3, np.zeros((0,), int)])
def test_embedding(numbers):
    layer = nn.Embedding(5, 3, rng=1)
    module = torch.nn.Embedding(5, 3, dtype=torch.float64)
    with torch.no_grad():
        module.weight[...] = torch.tensor(layer.weight.data)
    out, wanted = layer(numbers), module(torch.tensor(numbers))
    same(out, wanted)
    seed = rng(2).normal(size=out.shape)
    out.backward(seed)
    wanted.backward(torch.tensor(seed))
    same(layer.weight.grad, module.weight.grad)


def test_dropout_keeps_and_scales_as_theirs():
    """Which entries are dropped is a matter of chance; what happens to the rest is not."""
    ones = np.ones(20_000)
    torch.manual_seed(0)
    mine, his = nn.Dropout(0.25, rng=0), torch.nn.Dropout(0.25)
    for out in (mine(ones), his(torch.tensor(ones)).numpy()):
        assert set(out.round(6)) == {0.0, 1.333333}
        assert abs((out == 0).mean() - 0.25) < 0.02
    same(mine.eval()(ones), his.eval()(torch.tensor(ones)))


SCORES = rng(7).normal(size=(4, 3)) * 3
SOFT = rng(8).dirichlet(np.ones(3), size=4)
ZERO_ONE = (rng(9).uniform(size=(4, 3)) < 0.5).astype(float)
LOSSES = {
    "mse": (ag.mse, F.mse_loss, SCORES, SOFT),
    "bce": (ag.binary_cross_entropy, F.binary_cross_entropy, SOFT, ZERO_ONE),
    "bce soft": (ag.binary_cross_entropy, F.binary_cross_entropy, SOFT[::-1], SOFT),
    "bce logits": (
        lambda z, t, reduction: ag.binary_cross_entropy(z, t, reduction, logits=True),
        F.binary_cross_entropy_with_logits,
        SCORES * 20,
        SOFT,
    ),
    "hinge": (
        ag.hinge,
        lambda s, t, reduction: F.hinge_embedding_loss(
            t * s, -torch.ones(4, 3), 1.0, reduction=reduction
        ),
        SCORES,
        np.sign(SCORES[::-1]),
    ),
    "softmax": (
        ag.softmax_cross_entropy,
        lambda z, t, reduction: F.cross_entropy(z, t, reduction=reduction),
        SCORES,
        SOFT,
    ),
}


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("name", LOSSES)
def test_losses(name, reduction):
    ours, other, y, t = LOSSES[name]
    mine, his = ag.Tensor(y), theirs(y)
    loss = ours(mine, t, reduction=reduction)
    wanted = other(his, torch.tensor(t.copy()), reduction=reduction)
    same(loss, wanted)
    seed = rng(1).normal(size=loss.shape)
    loss.backward(seed)
    wanted.backward(torch.tensor(seed))
    same(mine.grad, his.grad)


@pytest.mark.parametrize(("reduction", "torchs"), [("mean", "batchmean"), ("sum", "sum")])
def test_kl_divergence(reduction, torchs):
    h = np.exp(SCORES) / np.exp(SCORES).sum(axis=1, keepdims=True)
    for t in (SOFT, np.eye(3)[[0, 2, 1, 1]]):
        mine, his = ag.Tensor(h), theirs(h)
        loss = ag.kl_divergence(mine, t, reduction=reduction)
        wanted = F.kl_div(torch.log(his), torch.tensor(t), reduction=torchs)
        same(loss, wanted)
        loss.backward()
        wanted.backward()
        same(mine.grad, his.grad)


OPTIMISERS = {
    "SGD": ("SGD", {"lr": 0.05}),
    "weight decay": ("SGD", {"lr": 0.05, "weight_decay": 0.1}),
    "momentum": ("SGD", {"lr": 0.01, "momentum": 0.9}),
    "Nesterov": ("SGD", {"lr": 0.01, "momentum": 0.9, "nesterov": True, "weight_decay": 0.02}),
    "Adam": ("Adam", {"lr": 0.02}),
    "Adam, other": ("Adam", {"lr": 0.1, "betas": (0.5, 0.9), "eps": 1e-3, "weight_decay": 0.05}),
    "AdamW": ("AdamW", {"lr": 0.02}),
    "AdamW, other": ("AdamW", {"lr": 0.05, "betas": (0.8, 0.99), "weight_decay": 0.3}),
}


@pytest.mark.parametrize("clip", [None, "norm", "value"])
@pytest.mark.parametrize("name", OPTIMISERS)
def test_many_steps(name, clip):
    """The gradients of 300 steps on a small network, given to both: the same parameters after each.

    (To both, since Adam divides a gradient by its own size: where its terms nearly cancel, the
    rounding of a gradient computed once more would be all that is compared.)
    """
    kind, options = OPTIMISERS[name]
    x, t = rng().normal(size=(8, 3)), rng(1).normal(size=(8, 2))
    mine = [
        ag.Tensor(a) for a in (rng(2).normal(size=(3, 5)), np.zeros(5), rng(3).normal(size=(5, 2)))
    ]
    his = [theirs(p.data) for p in mine]
    ours, other = getattr(optim, kind)(mine, **options), getattr(torch.optim, kind)(his, **options)
    paths = [], []
    for step in range(300):
        rows = [(step * 3 + k) % 8 for k in range(4)]
        ours.zero_grad()
        w, b, v = mine
        ag.mse(ag.tanh(x[rows] @ w + b) @ v, t[rows]).backward()
        for p, q in zip(mine, his, strict=True):
            q.grad = torch.tensor(p.grad.copy())
        if clip == "norm":
            same(optim.clip_grad_norm(mine, 0.3), torch.nn.utils.clip_grad_norm_(his, 0.3))
        elif clip == "value":
            optim.clip_grad_value(mine, 0.05)
            torch.nn.utils.clip_grad_value_(his, 0.05)
        ours.step()
        other.step()
        paths[0].append(np.concatenate([p.data.ravel() for p in mine]))
        paths[1].append(np.concatenate([q.detach().numpy().ravel() for q in his]))
    same(np.array(paths[0]), np.array(paths[1]))
    assert np.abs(paths[0][-1] - paths[0][0]).max() > 0.01  # it has gone somewhere


def test_a_whole_network_trains_alike():
    """Embedding, Linear, BatchNorm, LayerNorm and ReLU together, 20 steps of Adam, then eval."""
    numbers, t = rng().integers(0, 10, size=(16, 2)), rng(1).integers(0, 3, size=16)
    table, first, second = (
        nn.Embedding(10, 4, rng=2),
        nn.Linear(8, 6, rng=3),
        nn.Linear(6, 3, rng=4),
    )
    batch, layer = nn.BatchNorm(6), nn.LayerNorm(6)
    ours = nn.Sequential(table, lambda e: e.reshape(16, 8), first, batch, ag.relu, layer, second)
    other = torch.nn.Sequential(
        torch.nn.Embedding(10, 4),
        torch.nn.Flatten(),
        torch.nn.Linear(8, 6),
        torch.nn.BatchNorm1d(6),
        torch.nn.ReLU(),
        torch.nn.LayerNorm(6),
        torch.nn.Linear(6, 3),
    ).double()
    for mine, his in zip(ours.layers, other, strict=True):
        for name, p in his.named_parameters():
            weights = getattr(mine, name).data
            p.data = torch.tensor(weights.T if isinstance(mine, nn.Linear) else weights)
    optimisers = optim.Adam(ours.parameters(), 0.01), torch.optim.Adam(other.parameters(), 0.01)
    losses = []
    for _ in range(20):
        loss = ag.softmax_cross_entropy(ours(numbers), t)
        wanted = F.cross_entropy(other(torch.tensor(numbers)), torch.tensor(t))
        np.testing.assert_allclose(loss.data, wanted.item(), rtol=1e-10)
        for model, optimiser, end in zip((ours, other), optimisers, (loss, wanted), strict=True):
            model.zero_grad()
            end.backward()
            optimiser.step()
        losses.append(loss.item())
    assert losses[-1] < losses[0] * 0.8
    ours.eval(), other.eval()
    np.testing.assert_allclose(
        ours(numbers).data, other(torch.tensor(numbers)).detach().numpy(), rtol=1e-8, atol=1e-8
    )


def test_compiled_training_on_digits_has_the_losses_for_500_steps():
    from sklearn.datasets import load_digits

    x, t = load_digits(return_X_y=True)
    x = x / 16
    generator = rng()
    parameters = [
        generator.normal(size=(64, 32)) / 8,
        np.zeros(32),
        generator.normal(size=(32, 10)) / 6,
        np.zeros(10),
    ]

    def loss(p, x, t):
        w1, b1, w2, b2 = p
        return ag.softmax_cross_entropy(np.tanh(x @ w1 + b1) @ w2 + b2, t)

    step = ag.compile(ag.value_and_grad(loss))
    others = [theirs(p) for p in parameters]
    batches = generator.integers(0, len(x), size=(500, 32))
    for rows in batches:
        value, gradients = step(parameters, x[rows], t[rows])
        parameters = [p - 0.5 * g for p, g in zip(parameters, gradients, strict=True)]
        w1, b1, w2, b2 = others
        z = torch.tanh(torch.tensor(x[rows]) @ w1 + b1) @ w2 + b2
        other = F.cross_entropy(z, torch.tensor(t[rows]))
        for p, g in zip(others, torch.autograd.grad(other, others), strict=True):
            with torch.no_grad():
                p -= 0.5 * g
        assert value == pytest.approx(other.item(), rel=1e-9, abs=1e-12)
    assert value < 0.2
    assert len(step.programs) == 1


# --- convolution and pooling ----------------------------------------------------------------------


def alike(ours, other, *arrays):
    """The same value, gradients and second derivatives of two functions of the same arrays."""
    mine, yours = [ag.Tensor(x) for x in arrays], [theirs(x) for x in arrays]
    out, wanted = ours(*mine), other(*yours)
    same(out, wanted)
    seed = rng(3).normal(size=out.shape)
    out.backward(seed)
    grads = torch.autograd.grad(wanted, yours, torch.tensor(seed), create_graph=True)
    for x, g in zip(mine, grads, strict=True):
        same(x.grad, g)
    v = rng(4).normal(size=arrays[0].shape)

    def slope(x):
        return ag.sum(ag.grad(lambda x: ag.sum(ag.square(ours(x, *arrays[1:]))))(x) * v)

    squares = torch.sum(other(*yours) ** 2)
    (first,) = torch.autograd.grad(squares, yours[:1], create_graph=True)
    (second,) = torch.autograd.grad(torch.sum(first * torch.tensor(v)), yours[:1])
    np.testing.assert_allclose(ag.grad(slope)(arrays[0]), second.numpy(), rtol=1e-11, atol=1e-11)


CONVOLVED = [
    {},
    {"stride": 2},
    {"stride": (2, 1), "padding": (1, 2)},
    {"dilation": 2, "padding": 1},
    {"stride": 3, "padding": 2, "dilation": (2, 3)},
]


@pytest.mark.parametrize("options", CONVOLVED, ids=str)
def test_conv2d(options):
    x, w, b = (
        rng().normal(size=(2, 3, 9, 8)),
        rng(1).normal(size=(4, 3, 3, 2)),
        rng(2).normal(size=4),
    )
    alike(
        lambda x, w, b: ag.conv2d(x, w, b, **options),
        lambda x, w, b: F.conv2d(x, w, b, **options),
        x, w, b,
    )  # fmt: skip


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"stride": 2},
        {"stride": (2, 1), "padding": (1, 0)},
        {"stride": 3, "output_padding": (2, 1), "padding": 1},
        {"dilation": 2, "padding": 1},
    ],
    ids=str,
)
def test_conv_transpose2d(options):
    x, w, b = (
        rng().normal(size=(2, 3, 5, 4)),
        rng(1).normal(size=(3, 2, 3, 2)),
        rng(2).normal(size=2),
    )
    alike(
        lambda x, w, b: ag.conv_transpose2d(x, w, b, **options),
        lambda x, w, b: F.conv_transpose2d(x, w, b, **options),
        x, w, b,
    )  # fmt: skip


@pytest.mark.parametrize("options", [{}, {"stride": 2, "padding": 1}, {"dilation": 3}], ids=str)
def test_conv1d(options):
    x, w, b = rng().normal(size=(2, 3, 9)), rng(1).normal(size=(4, 3, 3)), rng(2).normal(size=4)
    alike(
        lambda x, w, b: ag.conv1d(x, w, b, **options),
        lambda x, w, b: F.conv1d(x, w, b, **options),
        x, w, b,
    )  # fmt: skip


@pytest.mark.parametrize("kind", ["max", "avg"])
@pytest.mark.parametrize(
    "options", [{}, {"stride": 1}, {"stride": 3, "padding": 1}, {"stride": (2, 3)}], ids=str
)
def test_pooling(kind, options):
    x = rng().normal(size=(2, 3, 9, 8))
    ours = {"max": ag.max_pool, "avg": ag.avg_pool}[kind]
    other = {"max": F.max_pool2d, "avg": F.avg_pool2d}[kind]
    alike(lambda x: ours(x, (2, 3), **options), lambda x: other(x, (2, 3), **options), x)


def loaded(layer, module):
    """Both with random parameters: ours into theirs, then theirs into ours."""
    state = {
        n: rng(i).normal(size=np.shape(x)) / 2
        for i, (n, x) in enumerate(layer.state_dict().items())
    }
    layer.load_state_dict(state)
    module.load_state_dict({n: torch.tensor(x) for n, x in state.items()})
    layer.load_state_dict({n: x.numpy() for n, x in module.state_dict().items()})
    for name, x in layer.state_dict().items():
        np.testing.assert_array_equal(x, state[name])
    return layer, module


def grown(layer, module):
    """The same gradients of all parameters."""
    ours = dict(zip(layer.state_dict(), layer.parameters(), strict=True))
    for name, p in module.named_parameters():
        same(ours[name].grad, p.grad)


@pytest.mark.parametrize("bias", [True, False])
def test_conv_layers(bias):
    made = {"stride": 2, "padding": 1, "bias": bias}
    for layer, module, shape in [
        (
            nn.Conv2d(3, 4, (3, 2), **made),
            torch.nn.Conv2d(3, 4, (3, 2), dtype=torch.float64, **made),
            (2, 3, 9, 8),
        ),
        (
            nn.Conv1d(3, 4, 3, **made),
            torch.nn.Conv1d(3, 4, 3, dtype=torch.float64, **made),
            (2, 3, 9),
        ),
    ]:
        agree(*loaded(layer, module), rng().normal(size=shape))


def test_a_convolutional_network_trains_alike():
    layers = nn.Conv2d(1, 4, 3, rng=0), ag.relu, nn.MaxPool2d(2), nn.Conv2d(4, 6, 3, rng=1), ag.tanh
    ours = nn.Sequential(*layers, nn.AvgPool2d(2), nn.Flatten())
    other = torch.nn.Sequential(
        torch.nn.Conv2d(1, 4, 3), torch.nn.ReLU(), torch.nn.MaxPool2d(2), torch.nn.Conv2d(4, 6, 3),
        torch.nn.Tanh(), torch.nn.AvgPool2d(2), torch.nn.Flatten(),
    ).double()  # fmt: skip
    state = {n.removeprefix("layers."): x for n, x in ours.state_dict().items()}
    other.load_state_dict({n: torch.tensor(x) for n, x in state.items()})
    x, t = rng(1).normal(size=(8, 1, 12, 12)), rng(2).normal(size=(8, 6))
    steps = optim.Adam(ours.parameters(), lr=0.01), torch.optim.Adam(other.parameters(), lr=0.01)
    for _ in range(50):
        loss, wanted = (
            ag.mse(ours(x)[:, :6], t),
            F.mse_loss(other(torch.tensor(x))[:, :6], torch.tensor(t)),
        )
        np.testing.assert_allclose(loss.item(), wanted.item(), rtol=1e-9)
        ours.zero_grad(), other.zero_grad()
        loss.backward(), wanted.backward()
        for step in steps:
            step.step()
    grown(ours_names(ours), other)


def ours_names(model):
    """A Sequential whose state has PyTorch's names: without "layers."."""

    class Renamed:
        def state_dict(self):
            return {n.removeprefix("layers."): x for n, x in model.state_dict().items()}

        def parameters(self):
            return model.parameters()

    return Renamed()


# --- recurrence, attention, and the norms of images -----------------------------------------------


def both_runs(layer, module, x, *more, **options):
    """Values, and gradients of input and parameters, of layers that return nested tuples."""
    mine, yours = ag.Tensor(x), theirs(x)
    out = flat(layer(mine, *more, **options))
    wanted = flat(
        module(yours, *map(as_torch, more), **{k: as_torch(v) for k, v in options.items()})
    )
    assert len(out) == len(wanted)
    total, sought = 0.0, 0.0
    for i, (a, b) in enumerate(zip(out, wanted, strict=True)):
        same(a, b)
        seed = rng(i).normal(size=a.shape)
        total, sought = total + ag.sum(a * seed), sought + torch.sum(b * torch.tensor(seed))
    layer.zero_grad(), module.zero_grad()
    total.backward(), sought.backward()
    same(mine.grad, yours.grad)
    grown(layer, module)


def flat(x):
    return [leaf for item in x for leaf in flat(item)] if isinstance(x, tuple) else [x]


def as_torch(x):
    if isinstance(x, tuple):
        return tuple(map(as_torch, x))
    return torch.tensor(x) if isinstance(x, np.ndarray) else x


@pytest.mark.parametrize("kind", ["RNN", "GRU", "LSTM"])
@pytest.mark.parametrize("bias", [True, False])
def test_recurrent_cells(kind, bias):
    layer, module = loaded(
        getattr(nn, f"{kind}Cell")(3, 4, bias=bias),
        getattr(torch.nn, f"{kind}Cell")(3, 4, bias=bias).double(),
    )
    both_runs(layer, module, rng().normal(size=(5, 3)))
    h, c = rng(1).normal(size=(2, 5, 4))
    both_runs(layer, module, rng().normal(size=(5, 3)), (h, c) if kind == "LSTM" else h)


@pytest.mark.parametrize("kind", ["RNN", "GRU", "LSTM"])
@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("batch_first", [True, False])
def test_recurrent_layers(kind, layers, batch_first):
    layer, module = loaded(
        getattr(nn, kind)(3, 4, layers, batch_first=batch_first),
        getattr(torch.nn, kind)(3, 4, layers, batch_first=batch_first).double(),
    )
    both_runs(layer, module, rng().normal(size=(5, 6, 3)))
    states = rng(1).normal(size=(2, layers, 5 if batch_first else 6, 4))
    state = tuple(states) if kind == "LSTM" else states[0]
    both_runs(layer, module, rng().normal(size=(5, 6, 3)), state)


TRAINED = {
    "LSTM": lambda: (nn.LSTM(6, 6), torch.nn.LSTM(6, 6)),
    "GRU": lambda: (nn.GRU(6, 6, 2), torch.nn.GRU(6, 6, 2)),
    "RNN": lambda: (nn.RNN(6, 6), torch.nn.RNN(6, 6)),
    "attention": lambda: (nn.TransformerBlock(6, 2, 8), encoder_layer(6, 2, 8)),
    "norm first": lambda: (
        nn.TransformerBlock(6, 3, 8, norm_first=True),
        encoder_layer(6, 3, 8, norm_first=True),
    ),
}


def encoder_layer(*sizes, **options):
    return torch.nn.TransformerEncoderLayer(*sizes, dropout=0.0, **options)


@pytest.mark.parametrize("name", TRAINED)
def test_layers_train_alike(name):
    layer, module = loaded(
        *(x.double() if isinstance(x, torch.nn.Module) else x for x in TRAINED[name]())
    )
    x, t = rng(1).normal(size=(5, 4, 6)), rng(2).normal(size=(5, 4, 6))
    steps = optim.SGD(layer.parameters(), lr=0.1), torch.optim.SGD(module.parameters(), lr=0.1)
    for _ in range(50):
        loss = ag.mse(flat(layer(x))[0], t)
        wanted = F.mse_loss(flat(module(torch.tensor(x)))[0], torch.tensor(t))
        np.testing.assert_allclose(loss.item(), wanted.item(), rtol=1e-9)
        layer.zero_grad(), module.zero_grad()
        loss.backward(), wanted.backward()
        for step in steps:
            step.step()


CAUSAL = np.triu(np.ones((5, 5), bool), 1)


@pytest.mark.parametrize("heads", [1, 2, 4])
@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("mask", [None, CAUSAL, np.where(CAUSAL, -2.5, 0.5)], ids=["", "bool", "+"])
def test_multihead_attention(heads, bias, mask):
    layer, module = loaded(
        nn.MultiheadAttention(8, heads, bias=bias),
        torch.nn.MultiheadAttention(8, heads, bias=bias).double(),
    )

    class Itself(torch.nn.Module):
        def forward(self, x, attn_mask):
            return module(x, x, x, attn_mask=attn_mask)

        def zero_grad(self):
            module.zero_grad()

        def named_parameters(self):
            return module.named_parameters()

    both_runs(layer, Itself(), rng().normal(size=(5, 3, 8)), attn_mask=mask)


def test_attention_to_others_with_padding():
    layer, module = loaded(
        nn.MultiheadAttention(8, 2, batch_first=True),
        torch.nn.MultiheadAttention(8, 2, batch_first=True).double(),
    )
    q, k, v = (
        rng().normal(size=(3, 4, 8)),
        rng(1).normal(size=(3, 6, 8)),
        rng(2).normal(size=(3, 6, 8)),
    )
    padding = np.arange(6) >= np.array([[6], [4], [2]])
    out, weights = layer(q, k, v, key_padding_mask=padding)
    wanted = module(*map(torch.tensor, (q, k, v)), key_padding_mask=torch.tensor(padding))
    same(out, wanted[0]), same(weights, wanted[1])


@pytest.mark.parametrize("norm_first", [True, False])
def test_transformer_block(norm_first):
    layer, module = loaded(
        nn.TransformerBlock(8, 2, 12, norm_first=norm_first),
        torch.nn.TransformerEncoderLayer(8, 2, 12, dropout=0.0, norm_first=norm_first).double(),
    )

    class Masked(torch.nn.Module):
        def forward(self, x, attn_mask=None):
            return module(x, src_mask=attn_mask)

        def zero_grad(self):
            module.zero_grad()

        def named_parameters(self):
            return module.named_parameters()

    both_runs(layer, Masked(), rng().normal(size=(5, 3, 8)))
    both_runs(
        layer, Masked(), rng().normal(size=(5, 3, 8)), attn_mask=np.where(CAUSAL, -np.inf, 0.0)
    )


@pytest.mark.parametrize("shape", [(3, 6), (3, 6, 5), (3, 6, 4, 5)])
@pytest.mark.parametrize("groups", [1, 2, 6])
def test_group_norm(shape, groups):
    both_runs(
        *loaded(nn.GroupNorm(groups, 6), torch.nn.GroupNorm(groups, 6).double()),
        rng().normal(loc=2, size=shape),
    )


def test_instance_norm():
    x = rng().normal(loc=2, size=(3, 6, 4, 5))
    both_runs(nn.InstanceNorm(6), torch.nn.InstanceNorm2d(6), x)
    both_runs(nn.InstanceNorm(6), torch.nn.InstanceNorm1d(6), x[..., 0])


@pytest.mark.parametrize("eps", [None, 1e-5])
def test_rms_norm(eps):
    both_runs(
        *loaded(nn.RMSNorm(6, eps), torch.nn.RMSNorm(6, eps).double()), rng().normal(size=(3, 4, 6))
    )


def test_embedding_with_padding():
    layer, module = (
        nn.Embedding(5, 3, padding_idx=-4),
        torch.nn.Embedding(5, 3, padding_idx=1).double(),
    )
    assert not layer.weight.data[1].any()
    module.load_state_dict({"weight": torch.tensor(layer.weight.data)})
    i = np.array([[1, 0, 4], [1, 1, 2]])
    seed = rng().normal(size=(2, 3, 3))
    out, wanted = layer(i), module(torch.tensor(i))
    same(out, wanted)
    out.backward(seed), wanted.backward(torch.tensor(seed))
    same(layer.weight.grad, module.weight.grad)


# --- activations, and losses of differences and distances -----------------------------------------

ACTIVATIONS = {
    "elu": F.elu,
    "elu 0.5": lambda x: F.elu(x, 0.5),
    "erf": torch.erf,
    "gelu": F.gelu,
    "gelu tanh": lambda x: F.gelu(x, approximate="tanh"),
    "hardsigmoid": lambda x: F.hardtanh(x / 6 + 0.5, 0.0, 1.0),  # theirs has a slope of float32
    "hardswish": F.hardswish,
    "hardtanh": F.hardtanh,
    "leaky_relu": F.leaky_relu,
    "leaky_relu 0.3": lambda x: F.leaky_relu(x, 0.3),
    "mish": F.mish,
    "relu6": F.relu6,
    "selu": F.selu,
    "silu": F.silu,
}


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activations(name):
    name, _, option = name.partition(" ")
    options = [float(option) if option[0].isdigit() else option] if option else []
    other = ACTIVATIONS[f"{name} {option}".strip()]
    far = [-800.0, -20.0, -6.5, -1e-9, 1e-9, 6.5, 20.0]  # and no 800, where PyTorch's mish″ is NaN
    x = np.concatenate([rng().normal(size=50) * 3, far])
    alike(lambda x: getattr(ag, name)(x, *options), other, x)


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
def test_huber_and_triplet(reduction):
    y, t, n = rng().normal(size=(3, 6, 4)) * 2
    for delta in (0.5, 1.0, 2.0):
        alike(
            lambda y, t, d=delta: ag.huber(y, t, d, reduction),
            lambda y, t, d=delta: F.huber_loss(y, t, reduction=reduction, delta=d),
            y, t,
        )  # fmt: skip
    for margin in (0.1, 1.0, 5.0):
        alike(
            lambda a, p, n, m=margin: ag.triplet(a, p, n, m, reduction),
            lambda a, p, n, m=margin: F.triplet_margin_loss(a, p, n, m, reduction=reduction),
            y, t, n,
        )  # fmt: skip


@pytest.mark.parametrize("gamma", [0.0, 1.0, 2.0])
def test_focal(gamma):
    t = torch.tensor(rng(1).integers(0, 2, size=(6, 4)).astype(float))

    def wanted(z):  # torchvision.ops.sigmoid_focal_loss
        p = torch.sigmoid(z)
        loss = F.binary_cross_entropy_with_logits(z, t, reduction="none")
        right = p * t + (1 - p) * (1 - t)
        return ((0.25 * t + 0.75 * (1 - t)) * loss * (1 - right) ** gamma).mean()

    z = rng().normal(size=(6, 4)) * 3
    alike(lambda z: ag.focal(z, t.numpy(), gamma), wanted, z)


def test_contrastive():
    same_ = torch.tensor([1.0, 0.0, 1.0, 0.0, 0.0])

    def wanted(x, y):
        d = torch.sqrt(torch.sum((x - y) ** 2, -1))
        return torch.mean(same_ * d**2 + (1 - same_) * torch.relu(2.0 - d) ** 2) / 2

    x, y = rng().normal(size=(2, 5, 3))
    alike(lambda x, y: ag.contrastive(x, y, same_.numpy(), 2.0), wanted, x, y)
