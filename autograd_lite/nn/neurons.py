"""Layers of single numbers: one Value for every weight, so that a drawing shows them all.

Mirrors micrograd's `nn` (Karpathy, 2020): the same numbers from the same `random.seed`, the same
descriptions. A program written for it runs with only the import changed.
"""

from __future__ import annotations

import random
from typing import Any

import numpy as np

from ..nodes.value import Value
from .module import Module
from .sizes import size

__all__ = ["Layer", "Neuron"]


class Neuron(Module):
    """relu(Σ w_i x_i + b), or without the relu, of `nin` numbers or Values.

    The weights are drawn from −1 to 1, by Python's `random` where no `rng` (a Generator or a seed)
    is given.

    >>> import random
    >>> import autograd_lite as ag
    >>> random.seed(1337)
    >>> neuron = ag.nn.Neuron(2)
    >>> neuron, round(neuron([1.0, -2.0]).item(), 4)
    (ReLUNeuron(2), 0.1024)
    """

    def __init__(self, nin: int, nonlin: bool = True, rng: Any = None) -> None:
        rng = source(rng)
        self.w = [Value(rng.uniform(-1, 1)) for _ in range(size(nin, "inputs"))]
        self.b = Value(0)
        self.nonlin = nonlin

    def __call__(self, x: Any) -> Any:
        # Looked at by hand: np.shape of a list of Values takes as long as the rest.
        one_axis = getattr(x, "ndim", 1) == 1
        if not one_axis or len(x) != len(self.w) or isinstance(x[0], list | tuple | np.ndarray):
            raise ValueError(
                f"{self!r} takes one example of {len(self.w)} numbers or Values; it was given "
                f"{type(x).__name__} of shape {np.shape(x)}. For rows of examples at once there is "
                "Linear, and MLP(..., over=ag.Tensor)"
            )
        act = sum((wi * xi for wi, xi in zip(self.w, x, strict=True)), self.b)
        return act.relu() if self.nonlin else act

    def __repr__(self) -> str:
        return f"{'ReLU' if self.nonlin else 'Linear'}Neuron({len(self.w)})"


class Layer(Module):
    """`nout` Neurons side by side, each with the same `nin` inputs.

    The result is a list of Values; of a single Neuron it is the Value.

    >>> import autograd_lite as ag
    >>> layer = ag.nn.Layer(3, 2, nonlin=False)
    >>> len(layer([1.0, 2.0, 3.0])), len(layer.parameters())
    (2, 8)
    """

    def __init__(self, nin: int, nout: int, nonlin: bool = True, rng: Any = None) -> None:
        rng = source(rng)
        self.neurons = [Neuron(nin, nonlin, rng) for _ in range(size(nout, "outputs"))]

    def __call__(self, x: Any) -> Any:
        out = [n(x) for n in self.neurons]
        return out[0] if len(out) == 1 else out

    def __repr__(self) -> str:
        return f"Layer of [{', '.join(str(n) for n in self.neurons)}]"


def source(rng: Any) -> Any:
    """Where random numbers come from: what can draw them already, a seed's Generator, `random`."""
    if rng is None:
        return random
    return rng if hasattr(rng, "uniform") else np.random.default_rng(rng)
