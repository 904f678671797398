"""Gradients held within bounds, so that one steep place does not throw the parameters away."""

from __future__ import annotations

from math import isfinite, sqrt
from typing import Any

import numpy as np

from .optimiser import at_least_zero, checked, gradient, named

__all__ = ["clip_grad_norm", "clip_grad_value"]


def clip_grad_norm(parameters: Any, max_norm: float) -> float:
    """‖g‖ of all gradients together; where it is above `max_norm` they are shortened to that.

    The direction is kept: every gradient is multiplied by max_norm / (‖g‖ + 10⁻⁶). Raises
    ValueError for a gradient that is missing or not finite, and for a negative `max_norm`.

    Mirrors `torch.nn.utils.clip_grad_norm_`. Source: Pascanu, Mikolov and Bengio, "On the
    difficulty of training recurrent neural networks", ICML (2013), algorithm 1.

    >>> import autograd_lite as ag
    >>> x, y = ag.Value(3.0), ag.Value(4.0)
    >>> ((x * x + y * y) / 2).backward()
    >>> ag.optim.clip_grad_norm([x, y], 1.0)
    5.0
    >>> round(x.grad, 4), round(y.grad, 4)
    (0.6, 0.8)
    """
    at_least_zero(max_norm=max_norm)
    leaves = checked(parameters)
    gradients = [gradient(i, p) for i, p in enumerate(leaves)]
    for i, (p, g) in enumerate(zip(leaves, gradients, strict=True)):
        if not np.isfinite(g).all():
            raise ValueError(f"the gradient of {named(i, p)} is not finite, and has no norm")
    # Squares of entries from 1e155 on overflow: they are taken of their share of the largest.
    top = max(float(np.abs(g).max(initial=0.0)) for g in gradients)
    norm = top * sqrt(sum(float(np.sum((g / top) ** 2)) for g in gradients)) if top else 0.0
    if norm > max_norm and isfinite(norm):
        for p, g in zip(leaves, gradients, strict=True):
            p.grad = g * (max_norm / (norm + 1e-6))
    return norm


def clip_grad_value(parameters: Any, limit: float) -> None:
    """Every entry of every gradient, held between −`limit` and `limit`. The direction may change.

    Raises ValueError for a gradient that is missing and for a negative limit. Mirrors
    `torch.nn.utils.clip_grad_value_`.

    >>> import autograd_lite as ag
    >>> x = ag.Tensor([3.0, 0.25])
    >>> (x * x).sum().backward()
    >>> ag.optim.clip_grad_value([x], 1.0)
    >>> x.grad
    array([1. , 0.5])
    """
    at_least_zero(limit=limit)
    leaves = checked(parameters)
    gradients = [gradient(i, p) for i, p in enumerate(leaves)]
    for p, g in zip(leaves, gradients, strict=True):
        p.grad = min(max(g, -limit), limit) if isinstance(g, float) else np.clip(g, -limit, limit)
