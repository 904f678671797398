"""The larger and the smaller of two, and what is between two bounds: who takes the slope at a tie.

The winner takes it. Two nodes that tie share it; against a constant a tie gives 0, as in relu.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core.elementwise import (
    fmax1,
    fmax2,
    fmin1,
    fmin2,
    maximum1,
    maximum2,
    minimum1,
    minimum2,
    positive,
)
from ..core.graph import Node
from ..core.row import Elementwise
from .inputs import is_objects

__all__ = ["clip", "fmax", "fmin", "maximum", "minimum"]


def contest(both: Elementwise, one: Elementwise, x: Any, y: Any) -> Any:
    """The row `both` for two nodes, `one` where one is a constant; entry by entry in arrays."""
    if isinstance(x, Node) and isinstance(y, Node):
        return both(x, y)
    if is_objects(x) or is_objects(y):
        if any(isinstance(v, Node) and v.ndim for v in (x, y)):
            return both(x, y)  # beside a Tensor, an array of Values is a Tensor too
        pair = (np.asarray(v, dtype=object) for v in (x, y))
        return np.frompyfunc(lambda a, b: contest(both, one, a, b), 2, 1)(*pair)
    return one(x, y)


def maximum(x: Any, y: Any) -> Any:
    """max(x, y) entry by entry; NaN if either is. Mirrors `numpy.maximum`.

    The derivative goes to the larger one. Where two nodes tie each gets half; where a node ties
    with a constant it gets 0, as in relu. The same holds for minimum, fmax and fmin.

    >>> import autograd_lite as ag
    >>> x = ag.Value(2.0)
    >>> ag.maximum(x, 1.0).backward()
    >>> x.grad
    1.0
    """
    return contest(maximum2, maximum1, x, y)


def minimum(x: Any, y: Any) -> Any:
    """min(x, y) entry by entry; NaN if either is. Ties as in `maximum`. Mirrors `numpy.minimum`.

    >>> import autograd_lite as ag
    >>> x = ag.Tensor([1.0, 5.0])
    >>> ag.minimum(x, 3.0).sum().backward()
    >>> x.grad
    array([1., 0.])
    """
    return contest(minimum2, minimum1, x, y)


def fmax(x: Any, y: Any) -> Any:
    """max(x, y) ignoring NaN where the other is a number. Mirrors `numpy.fmax`.

    >>> import autograd_lite as ag
    >>> ag.fmax(ag.Value(2.0), float("nan"))
    Value(2.0)
    """
    return contest(fmax2, fmax1, x, y)


def fmin(x: Any, y: Any) -> Any:
    """min(x, y) ignoring NaN where the other is a number. Mirrors `numpy.fmin`.

    >>> import autograd_lite as ag
    >>> ag.fmin(ag.Value(2.0), float("nan"))
    Value(2.0)
    """
    return contest(fmin2, fmin1, x, y)


def clip(x: Any, a_min: Any = None, a_max: Any = None, *, min: Any = None, max: Any = None) -> Any:
    """`x` held between two bounds; None leaves a side open. Mirrors `numpy.clip`.

    The derivative is 1 strictly between constant bounds and 0 elsewhere, the bounds included.

    >>> import autograd_lite as ag
    >>> x = ag.Tensor([-5.0, 0.5, 5.0])
    >>> ag.clip(x, -1.0, 1.0).sum().backward()
    >>> x.grad
    array([0., 1., 0.])
    """
    a_min, a_max = min if a_min is None else a_min, max if a_max is None else a_max
    if a_min is not None:
        x = maximum(x, a_min)
    if a_max is not None:
        x = minimum(x, a_max)
    return positive(x) if a_min is None and a_max is None else x
