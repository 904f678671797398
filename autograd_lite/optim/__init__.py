"""Optimisers: what a step along the gradient is, and how long.

Each is given the parameters of a model. `step()` reads their gradients and assigns to their data,
so that a graph recorded before the step cannot silently be swept after it. The updates are those of
`torch.optim`.
"""

from .adam import Adam, AdamW
from .clip import clip_grad_norm, clip_grad_value
from .optimiser import Optimiser
from .sgd import SGD

__all__ = ["SGD", "Adam", "AdamW", "Optimiser", "clip_grad_norm", "clip_grad_value"]
