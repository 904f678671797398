"""Functions that only move, copy or leave out entries: what NumPy does to an array of positions.

`np.flip` of the positions 0, 1, 2, ... says which entry goes where; `Pick` takes them, and its
transpose adds up whatever was copied. So no function here needs a rule, and none can disagree with
NumPy about an axis, a shift or an error.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..graph import data
from .elementwise import where
from .index import Pick, Put
from .shape import arrayed, concatenate, ravel, sum

__all__ = [
    "array_split",
    "block",
    "compress",
    "delete",
    "diag",
    "diagflat",
    "diagonal",
    "dsplit",
    "extract",
    "flip",
    "fliplr",
    "flipud",
    "hsplit",
    "insert",
    "intersect1d",
    "repeat",
    "resize",
    "roll",
    "rollaxis",
    "rot90",
    "setdiff1d",
    "sliding_window_view",
    "split",
    "take",
    "take_along_axis",
    "tile",
    "trace",
    "tril",
    "trim_zeros",
    "triu",
    "union1d",
    "unique",
    "unique_values",
    "unstack",
    "vsplit",
]


def positions_of(old: tuple[int, ...]) -> np.ndarray:
    """The position of every entry of an array of shape `old`, counted in C order."""
    return np.arange(int(np.prod(old, dtype=np.int64))).reshape(old)


def moved(x: Any, move: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """`move(x, *args)` for a function that only moves, copies and leaves out entries.

    When it returns a list or tuple of arrays, so does this.
    """
    x, old = arrayed(x)
    places = move(positions_of(old), *map(data, args), **kwargs)
    if isinstance(places, list | tuple):
        return type(places)(Pick(p, old, move.__name__)(x) for p in places)
    return Pick(np.asarray(places), old, move.__name__)(x)


def flip(x: Any, axis: Any = None) -> Any:
    """`x` with the order of its entries reversed along `axis`. Mirrors `numpy.flip`.

    >>> import autograd_lite as ag
    >>> ag.flip([1.0, 2.0, 3.0])
    array([3., 2., 1.])
    """
    return moved(x, np.flip, axis=axis)


def fliplr(x: Any) -> Any:
    """`x` with its columns in reverse order. Mirrors `numpy.fliplr`.

    >>> import autograd_lite as ag
    >>> ag.fliplr([[1.0, 2.0], [3.0, 4.0]])
    array([[2., 1.],
           [4., 3.]])
    """
    return moved(x, np.fliplr)


def flipud(x: Any) -> Any:
    """`x` with its rows in reverse order. Mirrors `numpy.flipud`.

    >>> import autograd_lite as ag
    >>> ag.flipud([[1.0, 2.0], [3.0, 4.0]])
    array([[3., 4.],
           [1., 2.]])
    """
    return moved(x, np.flipud)


def rot90(x: Any, k: int = 1, axes: tuple[int, int] = (0, 1)) -> Any:
    """`x` turned by `k` quarters, from the first axis towards the second. Mirrors `numpy.rot90`.

    >>> import autograd_lite as ag
    >>> ag.rot90([[1.0, 2.0], [3.0, 4.0]])
    array([[2., 4.],
           [1., 3.]])
    """
    return moved(x, np.rot90, k, axes)


def roll(x: Any, shift: Any, axis: Any = None) -> Any:
    """`x` shifted by `shift` places along `axis`, around the end. Mirrors `numpy.roll`.

    >>> import autograd_lite as ag
    >>> ag.roll([1.0, 2.0, 3.0], 1)
    array([3., 1., 2.])
    """
    return moved(x, np.roll, shift, axis)


def rollaxis(x: Any, axis: int, start: int = 0) -> Any:
    """`x` with `axis` moved back to before `start`. Mirrors `numpy.rollaxis`.

    >>> import autograd_lite as ag
    >>> ag.rollaxis([[1.0, 2.0], [3.0, 4.0]], 1)
    array([[1., 3.],
           [2., 4.]])
    """
    return moved(x, np.rollaxis, axis, start)


def repeat(x: Any, repeats: Any, axis: int | None = None) -> Any:
    """Every entry (or slice along `axis`) `repeats` times. Mirrors `numpy.repeat`.

    >>> import autograd_lite as ag
    >>> x = ag.Tensor([1.0, 2.0])
    >>> ag.repeat(x, [3, 1]).sum().backward()
    >>> x.grad
    array([3., 1.])
    """
    return moved(x, np.repeat, repeats, axis)


def tile(x: Any, reps: Any) -> Any:
    """`x` laid out `reps` times along each axis. Mirrors `numpy.tile`.

    >>> import autograd_lite as ag
    >>> ag.tile([1.0, 2.0], 2)
    array([1., 2., 1., 2.])
    """
    return moved(x, np.tile, reps)


def resize(x: Any, new_shape: Any) -> Any:
    """The entries of `x`, over and over, in another shape. Mirrors `numpy.resize`.

    >>> import autograd_lite as ag
    >>> ag.resize([1.0, 2.0], (2, 2))
    array([[1., 2.],
           [1., 2.]])
    """
    return moved(x, np.resize, new_shape)


def delete(x: Any, obj: Any, axis: int | None = None) -> Any:
    """`x` without the entries (or slices along `axis`) at `obj`. Mirrors `numpy.delete`.

    >>> import autograd_lite as ag
    >>> ag.delete([1.0, 2.0, 3.0], 1)
    array([1., 3.])
    """
    return moved(x, np.delete, obj, axis)


def trim_zeros(x: Any, trim: str = "fb") -> Any:
    """The vector `x` without the zeros at its front and back. Mirrors `numpy.trim_zeros`.

    >>> import autograd_lite as ag
    >>> ag.trim_zeros([0.0, 1.0, 0.0])
    [1.0]
    """
    used = np.flatnonzero(data(x))
    first, last = (used[0], used[-1] + 1) if used.size else (0, 0)
    start = first if "f" in trim.lower() else 0
    return x[start : last if "b" in trim.lower() else None]


def take(x: Any, indices: Any, axis: int | None = None, mode: str = "raise") -> Any:
    """The entries (or slices along `axis`) at `indices`. Mirrors `numpy.take`.

    >>> import autograd_lite as ag
    >>> ag.take([1.0, 2.0, 3.0], [0, 2])
    array([1., 3.])
    """
    return moved(x, np.take, indices, axis, mode=mode)


def take_along_axis(x: Any, indices: Any, axis: int | None = -1) -> Any:
    """The entries that `indices` names in each slice along `axis`. Mirrors the NumPy function.

    >>> import autograd_lite as ag
    >>> ag.take_along_axis([[3.0, 1.0]], np.array([[1, 0]]), -1)
    array([[1., 3.]])
    """
    return moved(x, np.take_along_axis, indices, axis)


def compress(condition: Any, a: Any, axis: int | None = None) -> Any:
    """The slices of `a` along `axis` where `condition` holds. Mirrors `numpy.compress`.

    >>> import autograd_lite as ag
    >>> ag.compress([True, False, True], [1.0, 2.0, 3.0])
    array([1., 3.])
    """

    def compress(places: Any) -> Any:
        return np.compress(data(condition), places, axis)

    return moved(a, compress)


def extract(condition: Any, arr: Any) -> Any:
    """The entries of `arr` where `condition` holds. Mirrors `numpy.extract`.

    >>> import autograd_lite as ag
    >>> ag.extract([True, False, True], [1.0, 2.0, 3.0])
    array([1., 3.])
    """

    def extract(places: Any) -> Any:
        return np.extract(data(condition), places)

    return moved(arr, extract)


def unique(x: Any, axis: None = None) -> Any:
    """The different entries of `x` in order; of equal ones the first. Mirrors `numpy.unique`.

    >>> import autograd_lite as ag
    >>> ag.unique([3.0, 1.0, 3.0])
    array([1., 3.])
    """
    x, old = arrayed(x)
    return Pick(np.unique(data(x), return_index=True)[1], old, "unique")(x)


def unique_values(x: Any) -> Any:
    """The different entries of `x` in order. Mirrors `numpy.unique_values`.

    >>> import autograd_lite as ag
    >>> ag.unique_values([3.0, 1.0, 3.0])
    array([1., 3.])
    """
    return unique(x)


def union1d(x: Any, ar2: Any) -> Any:
    """The entries of either, each once, in order. Mirrors `numpy.union1d`.

    >>> import autograd_lite as ag
    >>> ag.union1d([3.0, 1.0], [2.0, 3.0])
    array([1., 2., 3.])
    """
    return unique(concatenate([ravel(x), ravel(ar2)]))


def intersect1d(x: Any, ar2: Any) -> Any:
    """The entries of `x` that are in `ar2` too, each once, in order. Mirrors `numpy.intersect1d`.

    >>> import autograd_lite as ag
    >>> ag.intersect1d([3.0, 1.0], [2.0, 3.0])
    array([3.])
    """
    x = unique(x)
    return x[np.isin(data(x), data(ar2))]


def setdiff1d(x: Any, ar2: Any) -> Any:
    """The entries of `x` that are not in `ar2`, each once, in order. Mirrors `numpy.setdiff1d`.

    >>> import autograd_lite as ag
    >>> ag.setdiff1d([3.0, 1.0], [2.0, 3.0])
    array([1.])
    """
    x = unique(x)
    return x[~np.isin(data(x), data(ar2))]


def diagflat(x: Any, k: int = 0) -> Any:
    """The matrix with the flat entries of `x` on its k-th diagonal. Mirrors `numpy.diagflat`.

    >>> import autograd_lite as ag
    >>> ag.diagflat([[1.0], [2.0]])
    array([[1., 0.],
           [0., 2.]])
    """
    return diag(ravel(x), k)


def diagonal(x: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    """The entries whose indices on two axes differ by `offset`. Mirrors `numpy.diagonal`.

    >>> import autograd_lite as ag
    >>> ag.diagonal([[1.0, 2.0], [3.0, 4.0]])
    array([1., 4.])
    """
    return moved(x, np.diagonal, offset, axis1, axis2)


def matrix_diagonal(x: Any, offset: int = 0) -> Any:
    """The diagonals of the matrices on the last two axes. Mirrors `numpy.linalg.diagonal`.

    >>> import autograd_lite as ag
    >>> ag.linalg.diagonal([[1.0, 2.0], [3.0, 4.0]])
    array([1., 4.])
    """
    return diagonal(x, offset, -2, -1)


def matrix_trace(x: Any, offset: int = 0) -> Any:
    """The traces of the matrices on the last two axes. Mirrors `numpy.linalg.trace`.

    >>> import autograd_lite as ag
    >>> ag.linalg.trace([[1.0, 2.0], [3.0, 4.0]])
    array(5.)
    """
    return trace(x, offset, -2, -1)


def trace(x: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    """Σ of a diagonal. Mirrors `numpy.trace`. (`ag.trace` is the table of an evaluation.)

    >>> import autograd_lite as ag
    >>> x = ag.Tensor([[1.0, 2.0], [3.0, 4.0]])
    >>> ag.linalg.trace(x).backward()
    >>> x.grad
    array([[1., 0.],
           [0., 1.]])
    """
    return sum(diagonal(x, offset, axis1, axis2), -1)


def diag(x: Any, k: int = 0) -> Any:
    """The k-th diagonal of a matrix, or the matrix with that diagonal. Mirrors `numpy.diag`.

    >>> import autograd_lite as ag
    >>> ag.diag([1.0, 2.0])
    array([[1., 0.],
           [0., 2.]])
    """
    x, old = arrayed(x)
    if len(old) != 1:
        return moved(x, np.diag, k)
    on = np.diag(np.ones(old, bool), k)
    return Put(np.flatnonzero(on), on.shape)(x)


def tril(x: Any, k: int = 0) -> Any:
    """`x` with zeros above the k-th diagonal of its last two axes. Mirrors `numpy.tril`.

    >>> import autograd_lite as ag
    >>> ag.tril([[1.0, 2.0], [3.0, 4.0]])
    array([[1., 0.],
           [3., 4.]])
    """
    return _part(x, np.tril, k)


def triu(x: Any, k: int = 0) -> Any:
    """`x` with zeros below the k-th diagonal of its last two axes. Mirrors `numpy.triu`.

    >>> import autograd_lite as ag
    >>> ag.triu([[1.0, 2.0], [3.0, 4.0]])
    array([[1., 2.],
           [0., 4.]])
    """
    return _part(x, np.triu, k)


def _part(x: Any, move: Callable[..., Any], k: int) -> Any:
    x, old = arrayed(x)
    return where(move(np.ones(old, bool), k), x, 0)


def split(x: Any, indices_or_sections: Any, axis: int = 0) -> list[Any]:
    """`x` in equal parts, or cut before the given indices. Mirrors `numpy.split`.

    >>> import autograd_lite as ag
    >>> ag.split([1.0, 2.0], 2)
    [array([1.]), array([2.])]
    """
    return moved(x, np.split, indices_or_sections, axis)


def array_split(x: Any, indices_or_sections: Any, axis: int = 0) -> list[Any]:
    """`x` in nearly equal parts along `axis`. Mirrors `numpy.array_split`.

    >>> import autograd_lite as ag
    >>> ag.array_split([1.0, 2.0, 3.0], 2)
    [array([1., 2.]), array([3.])]
    """
    return moved(x, np.array_split, indices_or_sections, axis)


def hsplit(x: Any, indices_or_sections: Any) -> list[Any]:
    """`x` cut along its second axis. Mirrors `numpy.hsplit`.

    >>> import autograd_lite as ag
    >>> ag.hsplit([1.0, 2.0, 3.0, 4.0], 2)
    [array([1., 2.]), array([3., 4.])]
    """
    return moved(x, np.hsplit, indices_or_sections)


def vsplit(x: Any, indices_or_sections: Any) -> list[Any]:
    """`x` cut along its first axis. Mirrors `numpy.vsplit`.

    >>> import autograd_lite as ag
    >>> ag.vsplit([[1.0], [2.0]], 2)
    [array([[1.]]), array([[2.]])]
    """
    return moved(x, np.vsplit, indices_or_sections)


def dsplit(x: Any, indices_or_sections: Any) -> list[Any]:
    """`x` cut along its third axis. Mirrors `numpy.dsplit`.

    >>> import autograd_lite as ag
    >>> ag.dsplit([[[1.0, 2.0]]], 2)
    [array([[[1.]]]), array([[[2.]]])]
    """
    return moved(x, np.dsplit, indices_or_sections)


def unstack(x: Any, axis: int = 0) -> tuple[Any, ...]:
    """The slices of `x` along `axis`, one by one. Mirrors `numpy.unstack`.

    >>> import autograd_lite as ag
    >>> ag.unstack([[1.0, 2.0], [3.0, 4.0]])
    (array([1., 2.]), array([3., 4.]))
    """

    def unstack(places: Any) -> tuple[Any, ...]:
        return tuple(np.moveaxis(places, axis, 0))

    return moved(x, unstack)


def sliding_window_view(x: Any, window_shape: Any, axis: Any = None) -> Any:
    """Every stretch of `window_shape` entries of `x`. Mirrors the function of `numpy.lib`.

    >>> import autograd_lite as ag
    >>> ag.sliding_window_view([1.0, 2.0, 3.0], 2)
    array([[1., 2.],
           [2., 3.]])
    """
    return moved(x, np.lib.stride_tricks.sliding_window_view, window_shape, axis)


def arranged(arrays: Sequence[Any], arrange: Callable[..., Any]) -> Any:
    """`arrange(*arrays)` for a function that only puts the entries of several arrays in places."""
    pairs = [arrayed(x) for x in arrays]
    places, start = [], 0
    for _, old in pairs:
        places.append(positions_of(old) + start)
        start += places[-1].size
    joined = concatenate([ravel(x) for x, _ in pairs])
    return Pick(np.asarray(arrange(*places)), (start,), arrange.__name__)(joined)


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
