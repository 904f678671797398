"""Two thousand random programs: value, Jacobian, gradient and Hessian against HIPS autograd."""

import autograd
import autograd.numpy
import numpy as np
import pytest
from helpers import differences, remade
from peers.programs import SIZE, program, run, text

import autograd_lite as ag

PROGRAMS, CHUNK = 2100, 100


def agree(got, expected, steps, what):
    got, expected = np.asarray(got, float), np.asarray(expected, float)
    assert got.shape == expected.shape, f"{what}: {got.shape} for {expected.shape}: {text(steps)}"
    scale = max(1.0, np.abs(expected).max())
    error = np.abs(got - expected).max() / scale
    assert error < 1e-9, f"{what} differs by {error:.1e}: {text(steps)}"


@pytest.mark.filterwarnings("ignore:Output seems independent of input")
@pytest.mark.parametrize("first", range(0, PROGRAMS, CHUNK))
def test_against_hips_autograd(first):
    for seed in range(first, first + CHUNK):
        steps, x = program(seed)
        m = np if seed % 2 else ag  # NumPy's own names, and ours

        def ours(x, steps=steps, m=m):
            return run(steps, m, x)

        def theirs(x, steps=steps):
            return run(steps, autograd.numpy, x)

        agree(ours(ag.Tensor(x)).data, run(steps, np, x), steps, "value")
        agree(ag.jacobian(ours)(x), autograd.jacobian(theirs)(x), steps, "Jacobian")
        weights = np.cos(np.arange(np.size(ours(x)))).reshape(np.shape(ours(x)))

        def loss(x, ours=ours, weights=weights):
            return (ours(x) * weights).sum()

        def their_loss(x, theirs=theirs, weights=weights):
            return autograd.numpy.sum(theirs(x) * weights)

        gradient = autograd.grad(their_loss)
        agree(ag.grad(loss)(x), gradient(x), steps, "gradient")
        agree(ag.hessian(loss)(x), autograd.jacobian(gradient)(x), steps, "Hessian")


@pytest.mark.parametrize("first", range(0, PROGRAMS, 700))
def test_on_arrays_of_values(first):
    """The same programs entry by entry, on Values: the same numbers and the same gradients."""
    for seed in range(first, first + 700, 10):
        steps, x = program(seed)
        values = np.array([ag.Value(v) for v in x])
        tensor = ag.Tensor(x)
        out, whole = run(steps, ag, values), run(steps, ag, tensor)
        agree(plain(out), whole.data, steps, "value")
        ag.sum(out * 1.0).backward()
        whole.sum().backward()
        agree([v.grad or 0.0 for v in values], np.zeros(SIZE) + grad_of(tensor), steps, "gradient")


def plain(x):
    if isinstance(x, np.ndarray):
        return np.array([getattr(v, "data", v) for v in x.ravel()], float).reshape(x.shape)
    return x.data


def grad_of(tensor):
    return 0.0 if tensor.grad is None else tensor.grad


def test_the_programs_are_worth_running():
    """Many kinds of step, and results that depend on the point."""
    names = {name for seed in range(300) for name, _, _ in program(seed)[0]}
    assert len(names) > 50
    moving = 0
    for seed in range(60):
        steps, x = program(seed)
        moving += np.abs(differences(lambda x, s=steps: run(s, np, x), x, 1e-4)).max() > 1e-3
    assert moving > 40


def test_a_wrong_rule_is_found(monkeypatch):
    """The comparison can fail: with tanh's slope taken as 1 − y, programs with a tanh disagree."""
    seed = next(s for s in range(100) if any(n == "tanh" for n, _, _ in program(s)[0][-1:]))
    steps, x = program(seed)
    with monkeypatch.context() as patch:
        patch.setattr(ag.tanh, "partials", (lambda y, x: 1 - y,))
        remade(ag.tanh)
        wrong = ag.jacobian(lambda x: run(steps, ag, x))(x)
    remade(ag.tanh)
    right = autograd.jacobian(lambda x: run(steps, autograd.numpy, x))(x)
    with pytest.raises(AssertionError, match="differs by"):
        agree(wrong, right, steps, "Jacobian")


@pytest.mark.parametrize("first", range(0, PROGRAMS, 700))
def test_the_calculus_agrees_with_itself(first):
    """jvp is J·v, the pullback uᵀJ, hvp H·v, whichever way each is computed; nothing leaks."""
    for seed in range(first + 1, first + 700, 7):
        steps, x = program(seed)
        rng = np.random.default_rng(seed)
        v = rng.normal(size=SIZE)

        def f(x, steps=steps):
            return run(steps, np, x)

        jacobian = np.reshape(ag.jacobian(f)(x), (-1, SIZE))
        value, tangent = ag.jvp(f, (x,), (v,))
        agree(value, f(x), steps, "value of jvp")
        agree(np.ravel(tangent), jacobian @ v, steps, "jvp")
        out, pullback = ag.vjp(f, x)
        u = rng.normal(size=np.shape(out))
        agree(pullback(u)[0], np.ravel(u) @ jacobian, steps, "pullback")
        agree(pullback(u)[0], np.ravel(u) @ jacobian, steps, "pullback, again")

        def loss(x, f=f):
            return np.sum(f(x))

        hessian = ag.hessian(loss)(x)
        agree(ag.hvp(loss, x, v), hessian @ v, steps, "hvp")
        _, along = ag.jvp(ag.grad(loss), (x,), (v,))
        agree(along, hessian @ v, steps, "jvp of the gradient")

        def slope(x, gradient=ag.grad(loss), v=v):  # noqa: B008
            return gradient(x) @ v

        _, twice = ag.jvp(slope, (x,), (v,))
        agree(twice, v @ hessian @ v, steps, "second directional derivative")
