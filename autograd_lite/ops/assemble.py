"""Several arrays put into one, entry by entry: NumPy is shown the positions and says where to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .index import Pick
from .inputs import array
from .rearrange import positions_of
from .shape import arrayed, concatenate, ravel

__all__ = ["block", "insert"]


def arranged(arrays: Sequence[Any], arrange: Callable[..., Any]) -> Any:
    """`arrange(*arrays)` for a function that only puts the entries of several arrays in places."""
    pairs = [arrayed(x) for x in arrays]
    places, start = [], 0
    for _, old in pairs:
        places.append(positions_of(old) + start)
        start += places[-1].size
    joined = concatenate([ravel(x) for x, _ in pairs])
    return Pick(array(arrange(*places)), (start,), arrange.__name__)(joined)


def insert(x: Any, obj: Any, values: Any, axis: int | None = None) -> Any:
    """`x` with `values` put in before the places `obj` along `axis`. Mirrors `numpy.insert`.

    >>> import autograd_lite as ag
    >>> ag.insert([1.0, 2.0], 1, 5.0)
    array([1., 5., 2.])
    """

    def insert(x: Any, values: Any) -> Any:
        return np.insert(x, obj, values, axis)

    return arranged([x, values], insert)


def block(arrays: Any) -> Any:
    """An array from nested lists of blocks. Mirrors `numpy.block`.

    >>> import autograd_lite as ag
    >>> ag.block([[np.eye(2), np.ones((2, 1))]])
    array([[1., 0., 1.],
           [0., 1., 1.]])
    """
    blocks: list[Any] = []

    def number(nested: Any) -> Any:
        if isinstance(nested, list):
            return [number(item) for item in nested]
        blocks.append(nested)
        return len(blocks) - 1

    numbered = number(arrays)

    def block(*places: Any) -> Any:
        def fill(nested: Any) -> Any:
            return [fill(item) for item in nested] if isinstance(nested, list) else places[nested]

        return np.block(fill(numbered))

    return arranged(blocks, block)
