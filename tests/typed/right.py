"""Programs as users write them: a type checker has nothing to say of any."""

from typing import Any

import numpy as np

import autograd_lite as ag


def scalars() -> None:
    a, b = ag.Value(-2.0, "a"), ag.Value(3.0)
    f = (a * b + a**3) * np.tanh(b) - 2.0 / a
    f.backward()
    print(f.item() + a.grad)


def softmax_by_hand(t: np.ndarray) -> np.ndarray:
    z = ag.Tensor([2.0, 1.0, 0.1], label="z")
    e = np.exp(z)
    h = e / e.sum()
    loss = -(t * np.log(h)).sum()
    loss.backward()
    gradient: np.ndarray = z.grad
    assert np.allclose(gradient, h.data - t)
    return gradient


def functions(x: ag.Tensor) -> None:
    ag.exp(x).sum().backward()
    np.sum(np.sqrt(x)).backward()
    ag.softmax(x)[0].backward()
    ag.cross_entropy(ag.softmax(x), 0).backward()


def squares(w: Any, b: float = 0.0) -> Any:
    return ag.sum(w**2) + b


def calculus() -> None:
    g = ag.grad(squares)([1.0, 2.0], b=3.0)
    value, gradient = ag.value_and_grad(squares, argnums=(0, 1))(np.ones(3), 1.0)
    J = ag.jacobian(ag.softmax)(np.ones(3))
    H = ag.hessian(squares)(np.ones(3))
    third = ag.grad(ag.grad(ag.grad(lambda x: x**4)))(2.0)
    out, pullback = ag.vjp(squares, np.ones(3))
    print(g, value, gradient, J.shape, H[0, 0], third, out, pullback(1.0)[0])


def checks(x: ag.Tensor) -> str:
    report = ag.check_gradients(squares, [1.0, 2.0], hand=lambda w, b=0.0: 2 * w)
    if not report.ok and report.causes:
        return f"{report.causes[0].code}: {report.causes[0].message}"
    report.assert_ok()
    return report.message


def training() -> None:
    model = ag.nn.MLP(2, [8, 2], over=ag.Tensor, rng=1)
    optimiser = ag.optim.Adam(model.parameters(), lr=0.05)
    with ag.no_grad():
        scores = model(np.zeros((4, 2)))
    loss = ag.softmax_cross_entropy(model(np.zeros((4, 2))), [0, 1, 1, 0])
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    print(scores.argmax(axis=1))


def pictures(y: ag.Tensor) -> None:
    ag.draw(y).save("graph.svg")
    ag.step(y).save("steps.html")
    print(ag.trace(y))


@ag.primitive
def swish(x: Any) -> Any:
    return x / (1 + np.exp(-x))


swish.defvjp(lambda g, y, x: g * (y + ag.sigmoid(x) * (1 - y)))
