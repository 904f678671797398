"""Of several arrays one for each entry: by the first condition that holds, or by number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..core.graph import Node, data
from .branches import where
from .join import broadcast_arrays
from .shape import stack

__all__ = ["choose", "select"]


def select(condlist: Sequence[Any], choicelist: Sequence[Any], default: Any = 0) -> Any:
    """Entry by entry the first choice whose condition holds. Mirrors `numpy.select`.

    >>> import autograd_lite as ag
    >>> ag.select([[True, False]], [[1.0, 2.0]], 9.0)
    array([1., 9.])
    """
    if len(condlist) != len(choicelist) or not condlist:
        raise ValueError(
            f"select needs as many choices as conditions, at least one; it was given "
            f"{len(choicelist)} choices and {len(condlist)} conditions"
        )
    out = default
    for condition, choice in zip(reversed(condlist), reversed(choicelist), strict=True):
        out = where(condition, choice, out)
    return out


def choose(x: Any, choices: Sequence[Any]) -> Any:
    """Entry by entry the choice that the whole number x names. Mirrors `numpy.choose`.

    Raises ValueError for a number that names no choice.

    >>> import autograd_lite as ag
    >>> ag.choose([0, 1], [[1.0, 2.0], [3.0, 4.0]])
    array([1., 4.])
    """
    which = data(x)
    if isinstance(choices, Node):
        choices = list(choices)  # type: ignore[call-overload]
    *options, which = broadcast_arrays(*choices, which)
    if np.any((which < 0) | (which >= len(options))):
        raise ValueError(f"choose was given a number that names none of its {len(options)} choices")
    return stack(options)[(which, *np.indices(which.shape, sparse=True))]
