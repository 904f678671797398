"""Modules made of others: one after another, and the multilayer perceptron."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..nodes.tensor import Tensor
from ..nodes.value import Value
from ..ops.activations import relu
from .initialise import glorot, he
from .layers import Linear
from .module import Module
from .neurons import Layer, source

__all__ = ["MLP", "Sequential"]


class Sequential(Module):
    """f_n(… f_2(f_1(x))): Modules and plain functions, each applied to what the last one gave.

    >>> import numpy as np
    >>> import autograd_lite as ag
    >>> model = ag.nn.Sequential(ag.nn.Linear(2, 8), ag.tanh, ag.nn.Linear(8, 3))
    >>> model(np.ones((5, 2))).shape, list(model.state_dict())[:2]
    ((5, 3), ['layers.0.weight', 'layers.0.bias'])
    """

    def __init__(self, *layers: Callable[[Any], Any]) -> None:
        for i, layer in enumerate(layers):
            if not callable(layer):
                raise TypeError(
                    f"layer {i} of Sequential is a {type(layer).__name__}, which cannot be called: "
                    "give Modules or functions, one by one"
                )
        self.layers = list(layers)

    def __call__(self, x: Any) -> Any:
        for layer in self.layers:
            x = layer(x)
        return x

    def __repr__(self) -> str:
        return f"Sequential({', '.join(described(layer) for layer in self.layers)})"


class MLP(Module):
    """A multilayer perceptron: layers of `nouts` outputs, relu after each but the last.

    `MLP(2, [16, 16, 1])` is micrograd's: a Value for every weight, called with one example, a list
    of 2 numbers. `MLP(64, [32, 10], over=ag.Tensor)` has a Tensor for every layer, starting from
    `he` (the last from `glorot`), and is called with rows of examples, of shape `(..., 64)`. `rng`
    is a NumPy Generator or a seed; over Values without one it is Python's `random`, as in
    micrograd. For other activations there is Sequential.

    >>> import numpy as np
    >>> import autograd_lite as ag
    >>> ag.nn.MLP(2, [3, 1])
    MLP of [Layer of [ReLUNeuron(2), ReLUNeuron(2), ReLUNeuron(2)], Layer of [LinearNeuron(3)]]
    >>> model = ag.nn.MLP(64, [32, 10], over=ag.Tensor)
    >>> model, model(np.ones((5, 64))).shape
    (MLP of [Linear(64, 32), Linear(32, 10)], (5, 10))
    """

    def __init__(self, nin: int, nouts: Sequence[int], over: Any = Value, rng: Any = None) -> None:
        if not isinstance(nouts, list | tuple) or not nouts:
            raise TypeError(
                f"MLP takes the number of inputs and a list of the layers' outputs, as in "
                f"MLP(2, [16, 16, 1]); the list was {nouts!r}"
            )
        if over not in (Value, Tensor):
            raise TypeError(f"an MLP is over Value or over Tensor, not over {over!r}")
        self.over = over
        sizes = [nin, *nouts]
        last = len(nouts) - 1
        self.layers: list[Any]
        if over is Value:
            rng = source(rng)
            self.layers = [Layer(sizes[i], n, i != last, rng) for i, n in enumerate(nouts)]
        else:
            rng = np.random.default_rng(rng)
            self.layers = [
                Linear(sizes[i], n, init=glorot if i == last else he, rng=rng)
                for i, n in enumerate(nouts)
            ]
        for k, layer in enumerate(self.layers, start=1):
            label(layer, k)

    def __call__(self, x: Any) -> Any:
        for i, layer in enumerate(self.layers):
            x = layer(x)
            if self.over is Tensor and i < len(self.layers) - 1:
                x = relu(x)
        return x

    def __repr__(self) -> str:
        return f"MLP of [{', '.join(str(layer) for layer in self.layers)}]"


def label(layer: Layer | Linear, k: int) -> None:
    """Call the parameters of layer `k` so: w1[0,2] and b1[0], of Tensors layer 1 weight."""
    if isinstance(layer, Layer):
        for j, neuron in enumerate(layer.neurons):
            neuron.b.label = f"b{k}[{j}]"
            for i, w in enumerate(neuron.w):
                w.label = f"w{k}[{j},{i}]"
        return
    layer.weight.label = f"layer {k} weight"
    if layer.bias is not None:
        layer.bias.label = f"layer {k} bias"


def described(layer: Any) -> str:
    """A Module's own description, or a function's name."""
    if isinstance(layer, Module):
        return repr(layer)
    return getattr(layer, "__name__", getattr(layer, "name", repr(layer)))
