"""Layers of Tensors: an affine map, a table of vectors, and dropout."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..core.graph import Node
from ..nodes.blocks import group
from ..nodes.tensor import Tensor
from ..ops.branches import where
from ..ops.inputs import array
from ..ops.linalg import matmul
from ..ops.shape import arrayed
from .initialise import glorot
from .module import Module
from .sizes import last_axis, size

__all__ = ["Dropout", "Embedding", "Linear"]


class Linear(Module):
    """x W + b, with `weight` W of shape `(nin, nout)` and `bias` b of shape `(nout,)`.

    `x` has shape `(..., nin)`, the result `(..., nout)`. W is drawn by `init(nin, nout, rng)`, b
    starts from 0. (W has the shape in which it is written here; PyTorch keeps its transpose.)

    >>> import numpy as np
    >>> import autograd_lite as ag
    >>> layer = ag.nn.Linear(3, 2, rng=0)
    >>> layer, layer(np.ones((5, 3))).shape
    (Linear(3, 2), (5, 2))
    """

    def __init__(
        self,
        nin: int,
        nout: int,
        bias: bool = True,
        init: Callable[..., Any] = glorot,
        rng: Any = None,
    ) -> None:
        nin, nout = size(nin, "inputs"), size(nout, "outputs")
        self.weight = Tensor(init(nin, nout, np.random.default_rng(rng)), "weight")
        if self.weight.shape != (nin, nout):
            raise ValueError(
                f"init has to return an array of shape {(nin, nout)}, not {self.weight.shape}"
            )
        self.bias = Tensor(np.zeros(nout), "bias") if bias else None

    def __call__(self, x: Any) -> Any:
        x = last_axis(x, self.weight.shape[0], self)
        with group("linear"):
            product = matmul(x, self.weight)
            return product if self.bias is None else product + self.bias

    def __repr__(self) -> str:
        nin, nout = self.weight.shape
        return f"Linear({nin}, {nout}{', bias=False' if self.bias is None else ''})"


class Embedding(Module):
    """A table of `count` vectors of length `width`; row i stands for the number i.

    Called with whole numbers of any shape it gives their rows, of shape `(*shape, width)`; a row
    that was asked for twice gets both gradients. The rows start from the standard normal
    distribution. The row `padding_idx`, for what fills up short sequences, is zeros and gets no
    gradient. Raises IndexError for a number that has no row, TypeError for other than integers.

    >>> import autograd_lite as ag
    >>> table = ag.nn.Embedding(4, 3, rng=0)
    >>> table([1, 1, 2]).sum().backward()
    >>> table.weight.grad[:, 0]
    array([0., 2., 1., 0.])
    """

    def __init__(
        self, count: int, width: int, rng: Any = None, padding_idx: int | None = None
    ) -> None:
        rows = np.random.default_rng(rng).normal(size=(size(count, "rows"), size(width, "columns")))
        if padding_idx is not None:
            rows[padding_idx] = 0.0
            padding_idx %= count
        self.weight = Tensor(rows, "weight")
        self.padding_idx = padding_idx

    def __call__(self, numbers: Any) -> Any:
        if isinstance(numbers, Node) or (i := array(numbers)).dtype.kind not in "iu":
            given = type(numbers).__name__
            given += f" of dtype {numbers.dtype}" if hasattr(numbers, "dtype") else ""
            raise TypeError(f"{self!r} takes whole numbers, the rows to give, not {given}")
        count = self.weight.shape[0]
        outside = (i < 0) | (i >= count)
        if np.any(outside):
            raise IndexError(f"{self!r} has rows 0 to {count - 1}, but not {i[outside].flat[0]}")
        with group("embedding"):
            rows = self.weight[i]
            if self.padding_idx is None:
                return rows
            return where((i == self.padding_idx)[..., None], 0.0, rows)

    def __repr__(self) -> str:
        return f"Embedding{self.weight.shape}"


class Dropout(Module):
    """Each entry set to 0 with probability `p`, the others divided by 1 − p; nothing in eval mode.

    The division keeps the expected value. `rng` is a NumPy Generator or a seed. Every call draws
    anew, so a gradient check belongs into eval mode. Raises ValueError for p outside [0, 1).

    Source: Srivastava, Hinton, Krizhevsky, Sutskever and Salakhutdinov, "Dropout", JMLR 15 (2014).

    >>> import numpy as np
    >>> import autograd_lite as ag
    >>> drop = ag.nn.Dropout(0.5, rng=0)
    >>> drop(np.ones(6))
    array([2., 0., 0., 0., 2., 2.])
    >>> drop.eval()(np.ones(6))
    array([1., 1., 1., 1., 1., 1.])
    """

    def __init__(self, p: float = 0.5, rng: Any = None) -> None:
        if not 0 <= p < 1:
            raise ValueError(f"the probability of being dropped is from 0 to below 1, not {p}")
        self.p = float(p)
        self.rng = np.random.default_rng(rng)

    def __call__(self, x: Any) -> Any:
        x, shape = arrayed(x)
        if not self.training or self.p == 0:
            return x
        dtype = x.dtype if x.dtype.kind == "f" else np.dtype(float)
        kept = (self.rng.random(shape) >= self.p).astype(dtype)
        with group("dropout"):
            return x * (kept / (1 - self.p))

    def __repr__(self) -> str:
        return f"Dropout({self.p})"
