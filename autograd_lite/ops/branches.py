"""`where`: one of two branches, entry by entry, by a condition that has no derivative."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core.graph import Node, data
from ..core.operation import Op, shape
from .inputs import array
from .shape import sum_to

__all__ = ["Where", "where"]

ndarray = np.ndarray


class Where(Op):
    """x where `condition` holds, else y. The condition is a plain array: it has no derivative."""

    condition: Any
    name, linear = "where", True
    moves = "where it was chosen"

    def forward(self, x: Any, y: Any) -> Any:
        if type(x) is not ndarray and type(y) is not ndarray and self.condition.ndim == 0:
            return float(x if self.condition else y)
        return np.where(self.condition, x, y)

    def vjp(self, i: int, g: Any, out: Any, x: Any, y: Any) -> Any:
        mine = self(g, 0.0) if i == 0 else self(0.0, g)
        return sum_to(mine, shape(out), shape((x, y)[i]))

    def on_objects(self, x: Any, y: Any) -> Any:
        return np.where(self.condition, x, y)

    def saves(self, i: int) -> bool:
        return False


def where(condition: Any, x: Any = None, y: Any = None) -> Any:
    """x where `condition` holds, else y, entry by entry. Mirrors `numpy.where`.

    The branch not taken gets a gradient of exactly 0, even where its own derivative is infinite.
    Without x and y, the places where `condition` holds, as plain integers.

    >>> import autograd_lite as ag
    >>> x = ag.Tensor([0.0, 2.0])
    >>> with np.errstate(divide="ignore"):
    ...     ag.where(x > 0, ag.log(x), 0.0).sum().backward()
    >>> x.grad
    array([0. , 0.5])
    """
    if x is None and y is None:
        return np.nonzero(data(condition))
    mask = array(data(condition))
    if mask.dtype.kind not in "biuf" and not is_comparison(mask):
        raise TypeError(f"'where' was given a condition of dtype {mask.dtype}; it takes booleans")
    return Where(mask if mask.dtype == np.bool_ else mask.astype(bool))(x, y)


def is_comparison(x: Any) -> bool:
    """Whether `x` is what comparing an array of Values gives: booleans, or nodes, as objects."""
    return x.dtype == object and all(isinstance(item, bool | np.bool_ | Node) for item in x.flat)
