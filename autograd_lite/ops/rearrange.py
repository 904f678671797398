"""Functions that only move, copy or leave out entries: what NumPy does to an array of positions.

`np.flip` of the positions 0, 1, 2, ... says which entry goes where; `Pick` takes them, and its
transpose adds up whatever was copied. So no function here needs a rule, and none can disagree with
NumPy about an axis, a shift or an error.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import index
from typing import Any

import numpy as np

from ..core.graph import data
from ..core.operation import Op
from .index import Pick
from .inputs import array
from .shape import arrayed, normal_axes, ravel, reshape

__all__ = [
    "delete",
    "flip",
    "fliplr",
    "flipud",
    "repeat",
    "resize",
    "roll",
    "rollaxis",
    "rot90",
    "tile",
]


def positions_of(old: tuple[int, ...]) -> np.ndarray:
    """The position of every entry of an array of shape `old`, counted in C order."""
    return np.arange(int(np.prod(old, dtype=np.int64))).reshape(old)


def moved(x: Any, move: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """`move(x, *args)` for a function that only moves, copies and leaves out entries.

    When it returns a list or tuple of arrays, so does this.
    """
    x, old = arrayed(x)
    try:
        places = move(positions_of(old), *map(data, args), **kwargs)
    except Exception as error:
        given = ", ".join([*map(repr, args), *(f"{k}={v!r}" for k, v in kwargs.items())])
        error.add_note(f"in '{move.__name__}' of shape {old}, given {given:.80}")
        raise
    if isinstance(places, list | tuple):
        return type(places)(Pick(p, old, move.__name__)(x) for p in places)
    return Pick(array(places), old, move.__name__)(x)


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


class Roll(Op):
    """The entries shifted by so many places along each axis (negative). Transpose: back again."""

    shifts: tuple[int, ...]
    axes: tuple[int, ...]
    name = "roll"

    def forward(self, x: Any) -> Any:
        return np.roll(x, self.shifts, self.axes)

    def vjp(self, i: int, g: Any, out: Any, x: Any) -> Any:
        return Roll(tuple(-n for n in self.shifts), self.axes)(g)

    def saves(self, i: int) -> bool:
        return False


def roll(x: Any, shift: Any, axis: Any = None) -> Any:
    """`x` shifted by `shift` places along `axis`, around the end. Mirrors `numpy.roll`.

    >>> import autograd_lite as ag
    >>> ag.roll([1.0, 2.0, 3.0], 1)
    array([3., 1., 2.])
    """
    x, old = arrayed(x)
    if axis is None:
        return reshape(roll(ravel(x), shift, 0), old)
    shifts, axes = np.broadcast_arrays(shift, axis)
    if shifts.dtype.kind not in "iub":
        raise TypeError(f"'roll' of shape {old}, given {shift!r}, shifts by whole numbers")
    places = (normal_axes(int(a), len(old))[0] for a in axes.ravel())
    return Roll(tuple(map(index, shifts.ravel())), tuple(places))(x)


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
