"""Arrays made to fit one another: widened, spread, filled, turned, and put together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..core.elementwise import positive
from ..core.graph import Node
from .index import Pick, counted
from .inputs import array, is_objects, numbers
from .shape import arrayed, astype, broadcast_to, concatenate, ravel, reshape, transpose

__all__ = [
    "append",
    "atleast_1d",
    "atleast_2d",
    "atleast_3d",
    "block",
    "broadcast_arrays",
    "column_stack",
    "copy",
    "dstack",
    "full_like",
    "hstack",
    "insert",
    "matrix_transpose",
    "meshgrid",
    "vstack",
]


def _each(xs: tuple[Any, ...], f: Callable[[Any], Any]) -> Any:
    """`f` of one array, or the tuple of it of several."""
    return f(xs[0]) if len(xs) == 1 else tuple(map(f, xs))


def atleast_1d(*xs: Any) -> Any:
    """Each array, or a vector of length 1 of a single number. Mirrors `numpy.atleast_1d`.

    >>> import autograd_lite as ag
    >>> ag.atleast_1d(2.0)
    array([2.])
    """
    return _each(xs, lambda x: reshape(x, -1) if arrayed(x)[1] == () else arrayed(x)[0])


def atleast_2d(*xs: Any) -> Any:
    """Each array with at least two axes, new ones in front. Mirrors `numpy.atleast_2d`.

    >>> import autograd_lite as ag
    >>> ag.atleast_2d([1.0, 2.0])
    array([[1., 2.]])
    """

    def widen(x: Any) -> Any:
        x, old = arrayed(x)
        return x if len(old) >= 2 else reshape(x, (1,) * (2 - len(old)) + old)

    return _each(xs, widen)


def atleast_3d(*xs: Any) -> Any:
    """Each array with at least three axes; a vector lies on the second. Mirrors NumPy's.

    >>> import autograd_lite as ag
    >>> ag.atleast_3d([1.0, 2.0]).shape
    (1, 2, 1)
    """

    def widen(x: Any) -> Any:
        x, old = arrayed(x)
        return x if len(old) >= 3 else reshape(x, (*((1,) * (len(old) < 2)), *(old or (1,)), 1))

    return _each(xs, widen)


def vstack(tup: Sequence[Any]) -> Any:
    """The arrays as rows, one below the other. Mirrors `numpy.vstack`.

    >>> import autograd_lite as ag
    >>> ag.vstack([[1.0, 2.0], [3.0, 4.0]])
    array([[1., 2.],
           [3., 4.]])
    """
    return concatenate([atleast_2d(x) for x in tup], 0)


def hstack(tup: Sequence[Any]) -> Any:
    """The arrays one after another, matrices side by side. Mirrors `numpy.hstack`.

    >>> import autograd_lite as ag
    >>> ag.hstack([[1.0, 2.0], [3.0]])
    array([1., 2., 3.])
    """
    parts = [atleast_1d(x) for x in tup]
    return concatenate(parts, 0 if parts and arrayed(parts[0])[0].ndim == 1 else 1)


def dstack(tup: Sequence[Any]) -> Any:
    """The arrays one behind the other, on the third axis. Mirrors `numpy.dstack`.

    >>> import autograd_lite as ag
    >>> ag.dstack([[1.0, 2.0], [3.0, 4.0]])
    array([[[1., 3.],
            [2., 4.]]])
    """
    return concatenate([atleast_3d(x) for x in tup], 2)


def column_stack(tup: Sequence[Any]) -> Any:
    """Vectors (and matrices) as columns side by side. Mirrors `numpy.column_stack`.

    >>> import autograd_lite as ag
    >>> ag.column_stack([[1.0, 2.0], [3.0, 4.0]])
    array([[1., 3.],
           [2., 4.]])
    """
    columns = (arrayed(x) for x in tup)
    return concatenate([reshape(x, -1, 1) if len(old) < 2 else x for x, old in columns], 1)


def append(x: Any, values: Any, axis: int | None = None) -> Any:
    """`x` followed by `values`, both flat unless `axis` is given. Mirrors `numpy.append`.

    >>> import autograd_lite as ag
    >>> ag.append([1.0, 2.0], [3.0])
    array([1., 2., 3.])
    """
    return concatenate([ravel(x), ravel(values)] if axis is None else [x, values], axis or 0)


def broadcast_arrays(*xs: Any) -> tuple[Any, ...]:
    """The arrays copied to their common shape. Mirrors `numpy.broadcast_arrays`.

    >>> import autograd_lite as ag
    >>> ag.broadcast_arrays([1.0, 2.0], 5.0)
    (array([1., 2.]), array([5., 5.]))
    """
    target = np.broadcast_shapes(*(arrayed(x)[1] for x in xs))
    return tuple(broadcast_to(x, target) for x in xs)


def meshgrid(*xs: Any, indexing: Any = "xy", sparse: bool = False) -> tuple[Any, ...]:
    """The coordinates of a grid, from the coordinates along each axis. Mirrors `numpy.meshgrid`.

    >>> import autograd_lite as ag
    >>> ag.meshgrid([1.0, 2.0], [3.0, 4.0])
    (array([[1., 2.],
           [1., 2.]]), array([[3., 3.],
           [4., 4.]]))
    """
    counted: list[Any] = [np.arange(arrayed(x)[0].size) for x in xs]
    places = np.meshgrid(*counted, indexing=indexing)
    grids = [ravel(x)[p] for x, p in zip(xs, places, strict=True)]
    if not sparse:
        return tuple(grids)
    axes = list(range(len(xs)))
    if indexing == "xy" and len(xs) > 1:
        axes[:2] = [1, 0]
    return tuple(
        reshape(x, [-1 if i == axis else 1 for i in range(len(xs))])
        for x, axis in zip(xs, axes, strict=True)
    )


def copy(x: Any) -> Any:
    """`x` as a new node. Mirrors `numpy.copy`.

    >>> import autograd_lite as ag
    >>> ag.copy([1.0, 2.0])
    array([1., 2.])
    """
    return positive(x)


def full_like(x: Any, fill_value: Any, shape: Any = None) -> Any:
    """`fill_value` in the shape and dtype of `x`; no gradient flows to `x`.

    Mirrors `numpy.full_like`.

    >>> import autograd_lite as ag
    >>> ag.full_like([1.0, 2.0], 7)
    array([7., 7.])
    """
    new = arrayed(x)[1] if shape is None else shape
    dtype = numbers(x).dtype
    if not isinstance(fill_value, Node) and not is_objects(fill_value):
        return np.full(new, fill_value, dtype)
    filled = broadcast_to(fill_value, new)
    return filled if filled.dtype == dtype else astype(filled, dtype)


def matrix_transpose(x: Any) -> Any:
    """`x` with its last two axes exchanged. Mirrors `numpy.matrix_transpose`.

    >>> import autograd_lite as ag
    >>> ag.matrix_transpose([[1.0, 2.0], [3.0, 4.0]])
    array([[1., 3.],
           [2., 4.]])
    """
    ndim = len(arrayed(x)[1])
    if ndim < 2:
        raise ValueError(f"matrix_transpose needs at least two axes; it was given {ndim}")
    return transpose(x, (*range(ndim - 2), ndim - 1, ndim - 2))


def arranged(arrays: Sequence[Any], arrange: Callable[..., Any]) -> Any:
    """`arrange(*arrays)` for a function that only puts the entries of several arrays in places."""
    pairs = [arrayed(x) for x in arrays]
    places, start = [], 0
    for _, old in pairs:
        places.append(counted(old) + start)
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
