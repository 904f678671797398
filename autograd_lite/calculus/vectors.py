"""All the numbers of a container as one vector, for whoever wants one: SciPy, a Hessian, a norm."""

from __future__ import annotations

from collections.abc import Callable
from itertools import accumulate, pairwise
from typing import Any

import numpy as np

from ..core.graph import Node
from ..core.operation import shape
from ..ops.shape import concatenate, ravel, reshape
from .trees import flatten as leaves_of

__all__ = ["flatten"]


def flatten(tree: Any) -> tuple[Any, Callable[[Any], Any]]:
    """`(vector, unflatten)`: all numbers of nested lists, tuples, dicts and dataclasses, in order.

    `unflatten` puts a vector of the same length, of numbers or nodes, into the form of `tree`. Both
    can be differentiated. Raises ValueError for a vector of another length. Mirrors
    `autograd.misc.flatten` and `jax.flatten_util.ravel_pytree`.

    >>> import numpy as np
    >>> import autograd_lite as ag
    >>> model = {"w": np.array([[1.0, 2.0], [3.0, 4.0]]), "b": 0.5}
    >>> vector, unflatten = ag.flatten(model)
    >>> vector
    array([1. , 2. , 3. , 4. , 0.5])
    >>> loss = lambda m: np.sum(m["w"] ** 2) + m["b"]
    >>> ag.grad(lambda v: loss(unflatten(v)))(vector)
    array([2., 4., 6., 8., 1.])
    """
    leaves, form = leaves_of(tree)
    shapes = [shape(x) if isinstance(x, Node) else np.shape(x) for x in leaves]
    places = [0, *accumulate(int(np.prod(s, dtype=np.int64)) for s in shapes)]
    vector: Any = concatenate([ravel(x) for x in leaves]) if leaves else np.zeros(0)

    def unflatten(vector: Any) -> Any:
        if shape(vector) != (places[-1],):
            raise ValueError(
                f"a vector of {places[-1]} numbers is expected, not shape {shape(vector)}"
            )
        parts = zip(pairwise(places), shapes, strict=True)
        return form([reshape(vector[a:b], s) if s else vector[a] for (a, b), s in parts])

    return vector, unflatten
