"""Code as other libraries have it: it runs, or says what to write here."""

import pickle
import re

import numpy as np
import pytest

import autograd_lite as ag
from autograd_lite.nodes.habits import WRITTEN_HERE

LEAVES = [
    lambda: ag.Value(2.0, "w"),
    lambda: ag.Tensor([1.0, 2.0, 3.0], "w"),
    lambda: ag.Tensor(2.0, "w"),
]


@pytest.mark.parametrize("make", LEAVES)
def test_a_training_step_that_would_change_nothing_is_refused(make):
    for block in (None, ag.no_grad):
        p = make()
        (p * p).sum().backward() if p.shape else (p * p).backward()
        before = np.array(p.data)
        for operator in ("-", "+"):
            step = f"q {operator}= 0.1 * q.grad"
            code = f"for q in parameters: {step}"
            if block:
                code = f"with block():\n  {code}"
            with pytest.raises(TypeError, match=rf"Write w\.data \{operator}= \.\.\. to change"):
                exec(code, {"parameters": [p], "block": block})
        np.testing.assert_array_equal(p.data, before)
        p.data -= 0.1 * p.grad
        np.testing.assert_allclose(p.data, 0.8 * before)


def test_totals_and_new_names_go_on():
    x, total = ag.Value(3.0), ag.Value(0.0)
    for _ in range(2):  # micrograd's and everybody's loops, run twice
        s = total
        for factor in (1.0, 2.0):
            s += factor * x
        s -= x * x
        s += 1.0
        s.backward()
    assert s.item() == 1.0
    assert x.grad == 2 * (3.0 - 6.0)
    t = ag.Tensor([1.0, 2.0])
    (t * t).sum().backward()
    u = t
    u += 1.0  # a number for all entries is no gradient
    u += [1.0, 1.0, 1.0] @ ag.Tensor(np.ones((3, 2)))
    assert u.data.tolist() == [5.0, 6.0]
    assert t.data.tolist() == [1.0, 2.0]
    fresh = ag.Tensor([1.0, 2.0])
    fresh -= np.array([1.0, 2.0])  # no gradient yet, so no step
    assert fresh.data.tolist() == [0.0, 0.0]


def test_micrograds_step_runs():
    model = ag.nn.MLP(2, [3, 1], rng=0)
    loss = model([1.0, -1.0]) ** 2
    loss.backward()
    before = [p.data for p in model.parameters()]
    for p in model.parameters():
        p.data += -0.1 * p.grad
    assert [p.data for p in model.parameters()] != before


@pytest.mark.parametrize("make", LEAVES)
def test_attributes_and_options_of_other_libraries_name_the_way(make):
    x = make()
    for name, hint in WRITTEN_HERE.items():
        if not hasattr(type(x), name):
            said = f"{type(x).__name__!r} object has no attribute {name!r}: {hint}"
            with pytest.raises(AttributeError, match=re.escape(said)):
                getattr(x, name)
    with pytest.raises(AttributeError, match=r"no attribute 'nonsense'$"):
        x.nonsense  # noqa: B018
    assert not hasattr(x, "requires_grad")
    assert pickle.loads(pickle.dumps(x)).label == "w"
    for kind in (ag.Value, ag.Tensor):
        with pytest.raises(TypeError, match=r"no option 'requires_grad': .* gets a gradient"):
            kind(1.0, requires_grad=True)
        with pytest.raises(TypeError, match=r"no option 'nonsense'$"):
            kind(1.0, nonsense=True)
    with pytest.raises(TypeError, match=r"a power is written x \*\* y"):
        x ^ 2


@pytest.mark.parametrize("wrong", [np.ones(2), 1.0, np.ones((1, 3)), [1.0, 2.0]])
def test_a_gradient_of_another_shape_is_named_when_one_is_added(wrong):
    v = ag.Tensor([1.0, 2.0, 3.0], "v")
    v.grad = wrong
    with pytest.raises(ValueError, match=r"the gradient of Tensor 'v' of shape \(3,\) was set to"):
        (v * v).sum().backward()
    v.grad = None
    (v * v).sum().backward()
    assert v.grad.tolist() == [2.0, 4.0, 6.0]
    v.grad = wrong
    with pytest.raises(ValueError, match="shape"):
        ag.optim.SGD([v], lr=0.1).step()
