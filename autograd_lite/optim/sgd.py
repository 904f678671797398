"""Gradient descent, with the momentum that carries it through narrow valleys."""

from __future__ import annotations

from typing import Any

from .optimiser import Optimiser, at_least_zero

__all__ = ["SGD"]


class SGD(Optimiser):
    """p ← p − lr · v, where v ← momentum · v + g.

    With `nesterov` the step is along g + momentum · v, the gradient as it were one step ahead.
    `weight_decay` λ adds λ p to the gradient first, which is that of ½ λ ‖p‖² in the loss.

    Raises ValueError for negative numbers, and for `nesterov` without momentum. Mirrors
    `torch.optim.SGD`. Source: Sutskever, Martens, Dahl and Hinton, "On the importance of
    initialization and momentum in deep learning", ICML (2013), section 2.

    >>> import autograd_lite as ag
    >>> x = ag.Tensor([3.0, -1.0])
    >>> optimiser = ag.optim.SGD([x], lr=0.1)
    >>> (x * x).sum().backward()
    >>> optimiser.step()
    >>> x
    Tensor([ 2.4, -0.8])
    """

    def __init__(
        self,
        parameters: Any,
        lr: float,
        momentum: float = 0.0,
        nesterov: bool = False,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(parameters)
        at_least_zero(lr=lr, momentum=momentum, weight_decay=weight_decay)
        if nesterov and not momentum:
            raise ValueError("nesterov looks ahead along the momentum: give a momentum above 0")
        self.lr = lr
        self.momentum = momentum
        self.nesterov = nesterov
        self.weight_decay = weight_decay
        self.velocity = self.zeros()

    def update(self, i: int, p: Any, g: Any) -> Any:
        if self.weight_decay:
            g = g + self.weight_decay * p
        v = self.velocity[i] = self.momentum * self.velocity[i] + g
        return p - self.lr * (g + self.momentum * v if self.nesterov else v)
