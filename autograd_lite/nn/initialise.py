"""What weights start from: spreads that keep the signals of a deep network from dying out."""

from __future__ import annotations

from math import sqrt
from typing import Any

import numpy as np

__all__ = ["glorot", "he"]


def glorot(nin: int, nout: int, rng: Any = None) -> np.ndarray:
    """Weights of shape `(nin, nout)`, uniform in ±√(6 / (nin + nout)).

    Their variance 2 / (nin + nout) keeps that of the values forward and of the gradients backward
    about the same from layer to layer, where the activation is near the identity at 0, as tanh is.
    `rng` is a NumPy Generator or a seed.

    Source: Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural
    networks", AISTATS (2010), equation 16.

    >>> import autograd_lite as ag
    >>> w = ag.nn.glorot(300, 300, rng=0)
    >>> w.shape, bool(abs(w).max() <= 0.1), round(float(w.var() * 300), 2)
    ((300, 300), True, 1.0)
    """
    bound = sqrt(6 / (nin + nout))
    return np.random.default_rng(rng).uniform(-bound, bound, (nin, nout))


def he(nin: int, nout: int, rng: Any = None) -> np.ndarray:
    """Weights of shape `(nin, nout)`, normal with variance 2 / nin, for layers before a ReLU.

    ReLU sets half of its inputs to 0, which halves the mean square: hence the 2. `rng` is a NumPy
    Generator or a seed.

    Source: He, Zhang, Ren and Sun, "Delving Deep into Rectifiers", ICCV (2015), equation 10.

    >>> import autograd_lite as ag
    >>> w = ag.nn.he(300, 300, rng=0)
    >>> w.shape, round(float(w.var() * 300), 2)
    ((300, 300), 2.0)
    """
    return np.random.default_rng(rng).normal(0, sqrt(2 / nin), (nin, nout))
