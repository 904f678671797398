"""`scipy.special`: its ufuncs, which take nodes by themselves, and functions that do not."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..nn.softmax import log_softmax, logsumexp, softmax
from ..ops.scipy_special import special
from .real import real

__all__ = ["log_softmax", "logsumexp", "multigammaln", "polygamma", "softmax"]


def polygamma(n: int, x: Any) -> Any:
    """The n-th derivative of the digamma function. Mirrors `scipy.special.polygamma`."""
    if n == 0:
        return special.psi(x)
    return (-1.0) ** (n + 1) * real("special").gamma(n + 1.0) * special.zeta(n + 1.0, x)


def multigammaln(a: Any, d: int) -> Any:
    """The logarithm of the multivariate gamma function. Mirrors `scipy.special.multigammaln`."""
    constant = d * (d - 1) / 4 * np.log(np.pi)
    return constant + sum(special.gammaln(a - 0.5 * j) for j in range(d))


def __getattr__(name: str) -> Any:
    return getattr(real("special"), name)
