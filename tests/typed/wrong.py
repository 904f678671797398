"""Programs with a mistake in each marked line, which a type checker finds."""

import autograd_lite as ag


def length(x: float, y: float) -> float:
    return ag.sqrt(x * x + y * y)


def as_value(x: float) -> ag.Value:
    return ag.sqrt(x)  # wrong: a number


a, z = ag.Value(1.0), ag.Tensor([1.0, 2.0])
a.backwards()  # wrong: the method is backward
b: ag.Tensor = a * 2.0  # wrong: a Value
c: float = a + 1.0  # wrong: a node, and no number
d: ag.Value = ag.exp(z)  # wrong: a Tensor
a + "1"  # wrong: text
z.exp(2.0)  # wrong: exp takes nothing else
ag.grad(length)(1.0)  # wrong: length takes two
ag.grad(length)(1.0, 2.0, 3.0)  # wrong: length takes two
ag.grad(length)(1.0, why=2.0)  # wrong: y
ag.grad(3.0)  # wrong: a number has no gradient
ag.grad(length, argnums="x")  # wrong: numbers count arguments
ag.value_and_grad(length)(1.0, 2.0).backward()  # wrong: a pair
value, gradient, more = ag.value_and_grad(length)(1.0, 2.0)  # wrong: a pair
print(ag.check_gradients(length, 1.0, 2.0).okay)  # wrong: ok
ag.check_gradients(length, 1.0, 2.0, order="two")  # wrong: a number
ag.sofmax(z)  # wrong: softmax
ag.draw(z).save(3)  # wrong: a path
ag.optim.Adam(z, learning_rate=0.1)  # wrong: lr
