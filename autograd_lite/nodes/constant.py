"""`constant`: data that many graphs use, copied once."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core.graph import Node, describe
from ..core.operation import ways
from ..ops.inputs import as_plain_class, frozen, is_objects, operand

__all__ = ["constant"]


def constant(x: Any, dtype: Any = None) -> np.ndarray:
    """A plain array with the numbers of `x` that nobody can ever write to.

    An array beside a node is copied each time that an operation needs it for its gradient: somebody
    could write to it before the sweep. A constant, or a part of one such as a batch of rows, is
    used as it is. The gradients are the same; the copies, which matter where an array is large and
    the arithmetic small (a few percent of a training step), are saved.

    `dtype` as in `numpy.array`; without it, that of `x`. Raises TypeError for a node, which has a
    gradient, and for what is not real numbers.

    >>> import autograd_lite as ag
    >>> X = ag.constant([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    >>> w = ag.Tensor([1.0, -1.0])
    >>> (X[:2] @ w).sum().backward()
    >>> w.grad
    array([4., 6.])
    >>> X[0, 0] = 9.0
    Traceback (most recent call last):
        ...
    ValueError: assignment destination is read-only
    """
    x = operand(x)
    if isinstance(x, Node) or is_objects(x):
        what = describe(x) if isinstance(x, Node) else "an array or list of nodes"
        raise TypeError(
            f"constant() was given {what}, which has a gradient: write .data for the numbers alone"
        )
    if type(x) in ways:  # what a compiled function computes is its own
        return x if dtype is None else x.astype(dtype)
    if isinstance(x, np.ndarray) and type(x) is not np.ndarray:
        x = as_plain_class(x, "constant()")
    if dtype is not None and np.dtype(dtype).kind not in "fiub":
        raise TypeError(f"the dtype of a constant is one of real numbers, not {np.dtype(dtype)}")
    try:
        array = np.asarray(x)
    except ValueError as error:
        error.add_note("in constant(...): the rows of a nested list must have one length")
        raise
    if array.dtype.kind not in "fiub":
        raise TypeError(
            f"constant() takes real numbers (float, int or bool); {type(x).__name__} gives an "
            f"array of dtype {array.dtype}"
        )
    return frozen(array if dtype is None else array.astype(dtype, copy=False))
