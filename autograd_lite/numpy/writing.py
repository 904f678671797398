"""NumPy's functions that write into an array, and those that gather entries, with nodes.

An array that nodes can be written into is one of `creation`, or a result of operations.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..nodes.array import has_nodes
from ..ops.inputs import operand
from ..ops.join import arranged
from .creation import array, taking_nodes

__all__ = [
    "c_",
    "copyto",
    "fill_diagonal",
    "mgrid",
    "ndenumerate",
    "ogrid",
    "place",
    "put",
    "put_along_axis",
    "putmask",
    "r_",
    "vectorize",
]


def places(a: Any) -> np.ndarray:
    """The number of every entry, in the shape of the array."""
    return np.arange(a.size).reshape(a.shape)


def written(a: Any, at: np.ndarray, values: Any) -> None:
    """Write values, over and over if they are too few, into the entries with these numbers."""
    if at.size:
        values = operand(array(values)).reshape(-1)
        a[np.unravel_index(at, a.shape)] = values[np.arange(at.size) % values.size]


def is_plain(a: Any, *values: Any) -> bool:
    """Whether NumPy can do it by itself."""
    return not has_nodes(a) and not any(map(has_nodes, values))


def copyto(dst: Any, src: Any, casting: Any = "same_kind", where: Any = True) -> None:
    """Write `src` into `dst`, where a mask says so. Mirrors `numpy.copyto`."""
    if is_plain(dst, src):
        return np.copyto(dst, src, casting, where)
    if where is True:
        dst[...] = src
    else:
        mask = np.broadcast_to(where, dst.shape)
        dst[mask] = np.broadcast_to(operand(array(src)), dst.shape)[mask]


def put(a: Any, ind: Any, v: Any, mode: Any = "raise") -> None:
    """Write values into the entries with these numbers. Mirrors `numpy.put`."""
    if is_plain(a, v):
        return np.put(a, ind, v, mode)
    written(a, np.ravel(np.take(places(a), ind, mode=mode)), v)


def place(arr: Any, mask: Any, vals: Any) -> None:
    """Write the first values into the entries of a mask. Mirrors `numpy.place`."""
    if is_plain(arr, vals):
        return np.place(arr, mask, vals)
    written(arr, np.flatnonzero(mask), vals)


def putmask(a: Any, mask: Any, values: Any) -> None:
    """Write into the entries of a mask, each value into its own place. Mirrors `numpy.putmask`."""
    if is_plain(a, values):
        return np.putmask(a, mask, values)
    at = np.flatnonzero(mask)
    values = operand(array(values)).reshape(-1)
    written(a, at, values[at % values.size])


def put_along_axis(arr: Any, indices: Any, values: Any, axis: int | None = -1) -> None:
    """Write into the places along an axis. Mirrors `numpy.put_along_axis`."""
    if is_plain(arr, values):
        return np.put_along_axis(arr, indices, values, axis)
    at = np.take_along_axis(places(arr), indices, axis)
    written(arr, np.ravel(at), np.broadcast_to(operand(array(values)), at.shape))


def fill_diagonal(a: Any, val: Any, wrap: bool = False) -> None:
    """Write into the diagonal. Mirrors `numpy.fill_diagonal`."""
    if is_plain(a, val):
        return np.fill_diagonal(a, val, wrap)
    marked = np.zeros(a.shape, bool)
    np.fill_diagonal(marked, True, wrap)
    written(a, np.flatnonzero(marked), val)


class Joining:
    """`np.r_` and `np.c_`: what stands in the brackets, one after another, nodes too."""

    def __init__(self, theirs: Any) -> None:
        self.theirs = theirs
        self.__doc__ = theirs.__doc__

    def __getitem__(self, key: Any) -> Any:
        items = key if isinstance(key, tuple) else (key,)
        if not any(map(has_nodes, items)):
            return taking_nodes(self.theirs[key])
        # NumPy is shown the places of the entries, and says what goes where.
        words = [item for item in items if isinstance(item, str)]
        arrays = [
            self.theirs[item] if isinstance(item, slice) else operand(array(item))
            for item in items
            if not isinstance(item, str)
        ]

        def joined(*places: Any) -> Any:
            return self.theirs[(*words, *places)]

        return arranged(arrays, joined)

    def __len__(self) -> int:
        return 0


class Grid:
    """`np.mgrid` and `np.ogrid`, as arrays that nodes can be written into."""

    def __init__(self, theirs: Any) -> None:
        self.theirs = theirs
        self.__doc__ = theirs.__doc__

    def __getitem__(self, key: Any) -> Any:
        grids = self.theirs[key]
        return tuple(map(taking_nodes, grids)) if type(grids) is tuple else taking_nodes(grids)


r_, c_ = Joining(np.r_), Joining(np.c_)
mgrid, ogrid = Grid(np.mgrid), Grid(np.ogrid)


class vectorize(np.vectorize):
    """A function of numbers, called for every entry. Mirrors `numpy.vectorize`."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if not any(map(has_nodes, args)) or self.signature is not None:
            return super().__call__(*args, **kwargs)
        each = np.broadcast_arrays(*map(operand, map(array, args)))
        out = [self.pyfunc(*(x[k] for x in each), **kwargs) for k in np.ndindex(each[0].shape)]
        return array(out).reshape(each[0].shape)


class ndenumerate(np.ndenumerate):
    """The places of the entries, and the entries. Mirrors `numpy.ndenumerate`."""

    def __new__(cls, arr: Any) -> Any:
        if not has_nodes(arr):
            return np.ndenumerate(arr)
        x = operand(array(arr)) if isinstance(arr, list | tuple) else arr
        return ((k, x[k]) for k in np.ndindex(x.shape))
