"""Programs as users write them: a type checker has nothing to say of any."""

from typing import Any

import numpy as np

import autograd_lite as ag


def scalars() -> float:
    a, b = ag.Value(-2.0, "a"), ag.Value(3.0)
    f = (a * b + a**3) * np.tanh(b) - 2.0 / a
    f.backward()
    g: ag.Value = -a + 1.0 + ag.exp(b) * b.tanh()
    return f.item() + g.item() if a.grad > 0 else 0.0


def softmax_by_hand(t: np.ndarray) -> np.ndarray:
    z = ag.Tensor([2.0, 1.0, 0.1], label="z")
    e = np.exp(z)
    h = e / e.sum()
    loss = -(t * np.log(h)).sum()
    loss.backward()
    gradient: np.ndarray = z.grad
    assert np.allclose(gradient, h.data - t)
    return gradient


def operators(x: ag.Tensor, W: np.ndarray) -> ag.Tensor:
    y: ag.Tensor = 2.0 * x - x / 3 + x**2
    product: ag.Tensor = W * x - x * W
    rows: ag.Tensor = W @ x
    back: ag.Tensor = x @ W
    positive = x.data[x.data > 0]
    return y + rows + back + product + x.exp() + float(positive.sum())


def mixed(v: ag.Value, x: ag.Tensor) -> ag.Tensor:
    y: ag.Tensor = v * x + v
    z: ag.Tensor = v + np.ones(3)
    ag.maximum(v, x).sum().backward()
    return y + z


def functions(x: ag.Tensor) -> None:
    ag.exp(x).sum().backward()
    np.exp(x).sum().backward()
    np.sum(np.sqrt(x)).backward()
    ag.softmax(x)[0].backward()
    ag.cross_entropy(ag.softmax(x), 0).backward()


def length(x: float, y: float) -> float:
    return ag.sqrt(x * x + y * y)


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
    print(ag.grad(length)(3.0, y=4.0), ag.grad(ag.tanh)(0.5))


def checks() -> str:
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
