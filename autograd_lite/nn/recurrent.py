"""Recurrent layers: one step made again and again along time, with the same weights.

A *cell* is one step: from an input and the state before it to the state after it. `RNN`, `GRU` and
`LSTM` make such steps along the first axis of `x`, which is time. The names, shapes and numbers of
the weights are those of `torch.nn`: each gate has its rows in W (for the input) and in U (for the
state), one gate below the other, and each of the two products a bias of its own.

Source: Elman, "Finding structure in time" (1990); Hochreiter and Schmidhuber, "Long short-term
memory" (1997); Cho et al., "Learning phrase representations using RNN encoder-decoder" (2014).
"""

from __future__ import annotations

from math import sqrt
from typing import Any, ClassVar

import numpy as np

from ..core.elementwise import tanh
from ..core.operation import shape
from ..nodes.blocks import group
from ..nodes.tensor import Tensor
from ..ops.activations import sigmoid
from ..ops.linalg import matmul, mT
from ..ops.shape import arrayed, stack
from .module import Module
from .sizes import last_axis, size

__all__ = ["GRU", "LSTM", "RNN", "GRUCell", "LSTMCell", "RNNCell"]

Weights = tuple[Any, Any, Any, Any]


def rnn_step(x: Any, h: Any, weights: Weights) -> Any:
    """h′ = tanh(W x + b + U h + c)"""
    x, h = preactivations(x, h, weights)
    return tanh(x + h)


def gru_step(x: Any, h: Any, weights: Weights) -> Any:
    """r, z = σ(…), n = tanh(W x + b + r (U h + c)), h′ = (1 − z) n + z h

    The reset gate r says how much of the state the proposal n sees, the update gate z how much of
    it stays.
    """
    (xr, xz, xn), (hr, hz, hn) = (parts(a, 3) for a in preactivations(x, h, weights))
    r, z = sigmoid(xr + hr), sigmoid(xz + hz)
    n = tanh(xn + r * hn)
    return (1 - z) * n + z * h


def lstm_step(x: Any, state: Any, weights: Weights) -> Any:
    """i, f, o = σ(…), g = tanh(…), c′ = f c + i g, h′ = o tanh c′; the state is the pair (h, c).

    The cell c is only multiplied by the forget gate f and added to: where f is near 1 its gradient
    passes through time as it is.
    """
    h, c = state
    x, h = preactivations(x, h, weights)
    i, f, g, o = parts(x + h, 4)
    c = sigmoid(f) * c + sigmoid(i) * tanh(g)
    return sigmoid(o) * tanh(c), c


def preactivations(x: Any, h: Any, weights: Weights) -> tuple[Any, Any]:
    """W x + b and U h + c, for all gates at once, one beside the other along the last axis."""
    W, U, b, c = weights
    x, h = matmul(x, mT(W)), matmul(h, mT(U))
    return (x, h) if b is None else (x + b, h + c)


def parts(x: Any, count: int) -> list[Any]:
    """The last axis in equal parts."""
    width = shape(x)[-1] // count
    return [x[..., i * width : (i + 1) * width] for i in range(count)]


class Recurrent(Module):
    """What cells and layers have: a step, and weights that start uniform in ±1/√hidden."""

    step: ClassVar[Any] = staticmethod(rnn_step)
    name: ClassVar[str] = "rnn"
    gates: ClassVar[int] = 1
    pair: ClassVar[bool] = False  # whether the state is a pair

    def __init__(self, nin: int, hidden: int, layers: int, bias: bool, rng: Any) -> None:
        nin, self.hidden = size(nin, "inputs"), size(hidden, "hidden units")
        bound, rng = 1 / sqrt(self.hidden), np.random.default_rng(rng)
        for layer in range(layers):
            rows = self.gates * self.hidden
            shapes: dict[str, tuple[int, ...]] = {
                "weight_ih": (rows, self.hidden if layer else nin),
                "weight_hh": (rows, self.hidden),
                "bias_ih": (rows,),
                "bias_hh": (rows,),
            }
            for name, of in shapes.items():
                name = name + self.suffix(layer)
                leaf = Tensor(rng.uniform(-bound, bound, of), name)
                setattr(self, name, leaf if bias or len(of) == 2 else None)
        self.inputs = nin

    def suffix(self, layer: int) -> str:
        """What the names of a layer's weights end in."""
        return ""

    def weights(self, layer: int = 0) -> Weights:
        """W, U, b and c of a layer."""
        end = self.suffix(layer)
        W, U = getattr(self, "weight_ih" + end), getattr(self, "weight_hh" + end)
        return W, U, getattr(self, "bias_ih" + end), getattr(self, "bias_hh" + end)

    def start(self, x: Any, *before: int) -> Any:
        """The state to start from: zeros, for every example of `x`."""
        dtype = np.result_type(x.dtype, np.float16)
        zeros = np.zeros((*before, *shape(x)[:-1], self.hidden), dtype)
        return (zeros, zeros) if self.pair else zeros

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.inputs}, {self.hidden})"


class Cell(Recurrent):
    """One step. Called with `x` of shape (..., nin) and a state, zeros at first, it gives the next.

    `weight_ih` is W, `weight_hh` U, `bias_ih` b and `bias_hh` c.
    """

    def __init__(self, nin: int, hidden: int, bias: bool = True, rng: Any = None) -> None:
        super().__init__(nin, hidden, 1, bias, rng)

    def __call__(self, x: Any, state: Any = None) -> Any:
        x = last_axis(x, self.inputs, self)
        with group(f"{self.name} cell"):
            return self.step(x, self.start(x) if state is None else state, self.weights())


class RNNCell(Cell):
    """h′ = tanh(W x + b + U h + c). Mirrors `torch.nn.RNNCell`.

    >>> import numpy as np
    >>> import autograd_lite as ag
    >>> cell = ag.nn.RNNCell(3, 4, rng=0)
    >>> cell, cell(np.ones((5, 3))).shape
    (RNNCell(3, 4), (5, 4))
    """


class GRUCell(Cell):
    """Gated recurrent unit: h′ = (1 − z) n + z h; see `gru_step`. Mirrors `torch.nn.GRUCell`.

    >>> import numpy as np
    >>> import autograd_lite as ag
    >>> ag.nn.GRUCell(3, 4, rng=0)(np.ones((5, 3))).shape
    (5, 4)
    """

    step, name, gates = staticmethod(gru_step), "gru", 3


class LSTMCell(Cell):
    """Long short-term memory: from x and (h, c) to (h′, c′); see `lstm_step`.

    Mirrors `torch.nn.LSTMCell`.

    >>> import numpy as np
    >>> import autograd_lite as ag
    >>> h, c = ag.nn.LSTMCell(3, 4, rng=0)(np.ones((5, 3)))
    >>> h.shape, c.shape
    ((5, 4), (5, 4))
    """

    step, name, gates, pair = staticmethod(lstm_step), "lstm", 4, True


class OverTime(Recurrent):
    """Steps along time, the first axis of `x`: (time, ..., nin) to (time, ..., hidden).

    It gives the output of the last layer at every time, and the last state of every layer, of shape
    (layers, ..., hidden). With `batch_first` the first axis of `x` and of the output counts
    examples and time is the second. The weights of layer k have names that end in `_lk`.
    """

    def __init__(
        self,
        nin: int,
        hidden: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        rng: Any = None,
    ) -> None:
        self.num_layers = size(num_layers, "layers")
        self.batch_first = batch_first
        super().__init__(nin, hidden, self.num_layers, bias, rng)

    def suffix(self, layer: int) -> str:
        return f"_l{layer}"

    def __call__(self, x: Any, state: Any = None) -> tuple[Any, Any]:
        x, of = arrayed(last_axis(x, self.inputs, self))
        if len(of) < 2 + self.batch_first or 0 in of:
            raise ValueError(f"{self!r} takes shape (time, ..., {self.inputs}), not {of}")
        steps = [x[:, t] for t in range(of[1])] if self.batch_first else list(x)
        first = self.start(steps[0], self.num_layers) if state is None else state
        last = []
        with group(self.name):
            for layer in range(self.num_layers):
                now = (first[0][layer], first[1][layer]) if self.pair else first[layer]
                outputs = []
                for x in steps:
                    now = self.step(x, now, self.weights(layer))
                    outputs.append(now[0] if self.pair else now)
                steps = outputs
                last.append(now)
            out = stack(steps, 1 if self.batch_first else 0)
            if self.pair:
                return out, (stack([h for h, _ in last]), stack([c for _, c in last]))
            return out, stack(last)


class RNN(OverTime):
    """h_t = tanh(W x_t + b + U h_{t−1} + c) along time. Mirrors `torch.nn.RNN`.

    >>> import numpy as np
    >>> import autograd_lite as ag
    >>> out, h = ag.nn.RNN(3, 4, rng=0)(np.ones((7, 5, 3)))
    >>> out.shape, h.shape
    ((7, 5, 4), (1, 5, 4))
    """


class GRU(OverTime):
    """Gated recurrent units along time; see `gru_step`. Mirrors `torch.nn.GRU`.

    >>> import numpy as np
    >>> import autograd_lite as ag
    >>> out, h = ag.nn.GRU(3, 4, num_layers=2, rng=0)(np.ones((7, 5, 3)))
    >>> out.shape, h.shape
    ((7, 5, 4), (2, 5, 4))
    """

    step, name, gates = staticmethod(gru_step), "gru", 3


class LSTM(OverTime):
    """Long short-term memory along time; see `lstm_step`. Mirrors `torch.nn.LSTM`.

    >>> import numpy as np
    >>> import autograd_lite as ag
    >>> out, (h, c) = ag.nn.LSTM(3, 4, batch_first=True, rng=0)(np.ones((5, 7, 3)))
    >>> out.shape, h.shape, c.shape
    ((5, 7, 4), (1, 5, 4), (1, 5, 4))
    """

    step, name, gates, pair = staticmethod(lstm_step), "lstm", 4, True
