"""micrograd's code runs on our `Value` unchanged, and gives micrograd's gradients.

Source: Karpathy, micrograd (2020), whose `nn` is imported here with only its `Value` replaced.
"""

import random

import micrograd.engine
import micrograd.nn
import pytest

from autograd_lite import Value


def small(V):
    """Every operation of micrograd on one input used many times."""
    x = V(-4.0)
    z = 2 * x + 2 + x
    q = z.relu() + z * x
    h = (z * z).relu()
    y = h + q + q * x
    return [x], y


def all_operations(V):
    """Arithmetic with numbers on either side, augmented assignment, powers, quotients."""
    a, b = V(-4.0), V(2.0)
    c = a + b
    d = a * b + b**3
    c += c + 1
    c += 1 + c + (-a)
    d += d * 2 + (b + a).relu()
    d += 3 * d + (b - a).relu()
    e = c - d
    f = e**2
    g = f / 2.0
    g += 10.0 / f
    return [a, b], g


def negatives(V):
    a, b = V(0.5), V(-1.5)
    return [a, b], (1 - a) * -b + 3 / a - a**-2 + sum([a, b, a])


@pytest.mark.parametrize("program", [small, all_operations, negatives])
def test_engine(program):
    leaves, out = program(Value)
    out.backward()
    their_leaves, theirs = program(micrograd.engine.Value)
    theirs.backward()
    assert out.data == pytest.approx(theirs.data, rel=1e-15)
    assert [x.grad for x in leaves] == pytest.approx([x.grad for x in their_leaves], rel=1e-14)


def test_what_micrograd_looks_at():
    a, b = Value(2.0), Value(3.0)
    c = a * b
    assert c._prev == {a, b}
    assert c._op == "*"
    assert (a._prev, a._op) == (set(), "")
    assert [(a + b)._op, (a**2)._op, a.relu()._op] == ["+", "**", "relu"]


def model(V, monkeypatch):
    monkeypatch.setattr(micrograd.nn, "Value", V)
    random.seed(1337)
    return micrograd.nn.MLP(3, [4, 4, 1])


def train(V, monkeypatch, steps):
    """Hinge loss and regularisation, as in micrograd's demo; the losses and all parameters."""
    mlp = model(V, monkeypatch)
    rng = random.Random(5)
    points = [[rng.uniform(-1, 1) for _ in range(3)] for _ in range(6)]
    signs = [rng.choice([-1, 1]) for _ in points]
    losses = []
    for step in range(steps):
        scores = [mlp(list(map(V, point))) for point in points]
        hinge = [(1 + -sign * score).relu() for sign, score in zip(signs, scores, strict=True)]
        loss = sum(hinge) * (1.0 / len(hinge)) + 1e-4 * sum(p * p for p in mlp.parameters())
        mlp.zero_grad()
        loss.backward()
        for p in mlp.parameters():
            p.data -= (1.0 - 0.9 * step / steps) * p.grad
        losses.append(loss.data)
    return losses, [p.data for p in mlp.parameters()], [p.grad for p in mlp.parameters()]


def test_nn_trains_alike(monkeypatch):
    ours = train(Value, monkeypatch, 12)
    theirs = train(micrograd.engine.Value, monkeypatch, 12)
    for mine, other in zip(ours, theirs, strict=True):
        assert mine == pytest.approx(other, rel=1e-10, abs=1e-13)
    assert ours[0][-1] < ours[0][0]


def test_nn_describes_itself(monkeypatch):
    mlp = model(Value, monkeypatch)
    assert len(mlp.parameters()) == 3 * 4 + 4 + 4 * 4 + 4 + 4 + 1
    assert "ReLUNeuron(3)" in repr(mlp)
    out = mlp([0.1, 0.2, 0.3])
    assert isinstance(out, Value)


def test_zero_grad_their_way(monkeypatch):
    mlp = model(Value, monkeypatch)
    mlp([0.1, 0.2, 0.3]).backward()
    first = [p.grad for p in mlp.parameters()]
    mlp.zero_grad()
    assert all(p.grad == 0 for p in mlp.parameters())
    mlp([0.1, 0.2, 0.3]).backward()
    assert [p.grad or 0.0 for p in mlp.parameters()] == [g or 0.0 for g in first]
