"""Adam: a step of its own length for every entry, from running means of its gradient's moments."""

from __future__ import annotations

from math import sqrt
from typing import Any

import numpy as np

from .optimiser import Optimiser, at_least_zero, below_one

__all__ = ["Adam", "AdamW"]


class Adam(Optimiser):
    """p ← p − lr · m̂ / (√v̂ + ε), with running means m of the gradient g and v of g².

    `betas` are the shares of m and v that each step keeps. Both start from 0; m̂ = m / (1 − β₁ᵗ) and
    v̂ = v / (1 − β₂ᵗ) undo what that does to the first steps t. `weight_decay` λ adds λ p to the
    gradient first.

    Raises ValueError for negative numbers and for betas outside [0, 1). Mirrors `torch.optim.Adam`.
    Source: Kingma and Ba, "Adam: a Method for Stochastic Optimization", ICLR (2015), algorithm 1.

    >>> import autograd_lite as ag
    >>> x = ag.Tensor([3.0, -0.001])
    >>> optimiser = ag.optim.Adam([x], lr=0.1)
    >>> (x * x).sum().backward()
    >>> optimiser.step()
    >>> x.data.round(4)
    array([2.9  , 0.099])
    """

    def __init__(
        self,
        parameters: Any,
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(parameters)
        at_least_zero(lr=lr, eps=eps, weight_decay=weight_decay)
        if not isinstance(betas, tuple | list) or len(betas) != 2:
            raise TypeError(f"betas are two numbers, as in (0.9, 0.999), not {betas!r}")
        below_one(beta1=betas[0], beta2=betas[1])
        self.lr = lr
        self.betas = betas
        self.eps = eps
        self.weight_decay = weight_decay
        self.first, self.second = self.zeros(), self.zeros()

    def update(self, i: int, p: Any, g: Any) -> Any:
        return self.moved(i, p, g + self.weight_decay * p if self.weight_decay else g)

    def moved(self, i: int, p: Any, g: Any) -> Any:
        """p − lr · m̂ / (√v̂ + ε), once g has been let into both means."""
        keep1, keep2 = self.betas
        m = self.first[i] = keep1 * self.first[i] + (1 - keep1) * g
        v = self.second[i] = keep2 * self.second[i] + (1 - keep2) * (g * g)
        root = np.sqrt(v) / sqrt(1 - keep2**self.steps)
        return p - self.lr / (1 - keep1**self.steps) * m / (root + self.eps)


class AdamW(Adam):
    """Adam, with weights that decay by themselves: first p ← (1 − lr · λ) p.

    In Adam the decay is part of the gradient, and divided by √v̂ like the rest of it: weights with
    large gradients then decay less. Here all decay alike. Mirrors `torch.optim.AdamW`.

    Source: Loshchilov and Hutter, "Decoupled Weight Decay Regularization", ICLR (2019),
    algorithm 2.

    >>> import autograd_lite as ag
    >>> x = ag.Value(3.0)
    >>> optimiser = ag.optim.AdamW([x], lr=0.1, weight_decay=0.5)
    >>> (x * x).backward()
    >>> optimiser.step()
    >>> round(x.data, 4)
    2.75
    """

    def __init__(
        self,
        parameters: Any,
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
    ) -> None:
        super().__init__(parameters, lr, betas, eps, weight_decay)

    def update(self, i: int, p: Any, g: Any) -> Any:
        return self.moved(i, p * (1 - self.lr * self.weight_decay), g)
