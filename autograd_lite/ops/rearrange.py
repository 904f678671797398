"""Functions that only move, copy or leave out entries: what NumPy does to an array of positions.

`np.flip` of the positions 0, 1, 2, ... says which entry goes where; `Pick` takes them, and its
transpose adds up whatever was copied. So no function here needs a rule, and none can disagree with
NumPy about an axis, a shift or an error. Most are a row of a table.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from operator import index
from typing import Any

import numpy as np

from ..core.graph import data
from ..core.operation import Op
from .index import Pick, Unslice, counted
from .inputs import array
from .shape import arrayed, normal_axes, ravel, reshape

__all__ = [
    "array_split",
    "delete",
    "dsplit",
    "flip",
    "fliplr",
    "flipud",
    "hsplit",
    "pad",
    "repeat",
    "resize",
    "roll",
    "rollaxis",
    "rot90",
    "split",
    "take",
    "take_along_axis",
    "tile",
    "unstack",
    "vsplit",
]


def moved(x: Any, move: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """`move(x, *args)` for a function that only moves, copies and leaves out entries.

    When it returns a list or tuple of arrays, so does this.
    """
    x, old = arrayed(x)
    try:
        options = {key: data(value) for key, value in kwargs.items()}
        places = move(counted(old), *map(data, args), **options)
    except Exception as error:
        given = ", ".join([*map(repr, args), *(f"{k}={v!r}" for k, v in kwargs.items())])
        error.add_note(f"in '{move.__name__}' of shape {old}, given {given:.80}")
        raise
    if isinstance(places, list | tuple):
        return type(places)(Pick(p, old, move.__name__)(x) for p in places)
    return Pick(array(places), old, move.__name__)(x)


def moving(
    move: Callable[..., Any], parameters: str, words: str, call: str, shows: str
) -> Callable[..., Any]:
    """`moved` by a function of NumPy's as a function of its name, with its documentation."""
    name = move.__name__
    signature = inspect.signature(eval(f"lambda {parameters}: None"))

    def ours(*args: Any, **kwargs: Any) -> Any:
        given = signature.bind(*args, **kwargs).arguments
        return moved(given.pop("x"), move, **given)

    ours.__name__ = ours.__qualname__ = name
    ours.__signature__ = signature  # type: ignore[attr-defined]
    ours.__doc__ = (
        f"{words}. Mirrors `numpy.{name}`.\n\n"
        f">>> import autograd_lite as ag\n>>> ag.{name}({call})\n{shows}\n"
    )
    return ours


# fmt: off
flip = moving(np.flip, "x, axis=None",
    "`x` with the order of its entries reversed along `axis`",
    "[1.0, 2.0, 3.0]", "array([3., 2., 1.])")
fliplr = moving(np.fliplr, "x",
    "`x` with its columns in reverse order",
    "[[1.0, 2.0], [3.0, 4.0]]", "array([[2., 1.],\n       [4., 3.]])")
flipud = moving(np.flipud, "x",
    "`x` with its rows in reverse order",
    "[[1.0, 2.0], [3.0, 4.0]]", "array([[3., 4.],\n       [1., 2.]])")
rot90 = moving(np.rot90, "x, k=1, axes=(0, 1)",
    "`x` turned by `k` quarters, from the first axis towards the second",
    "[[1.0, 2.0], [3.0, 4.0]]", "array([[2., 4.],\n       [1., 3.]])")
rollaxis = moving(np.rollaxis, "x, axis, start=0",
    "`x` with `axis` moved back to before `start`",
    "[[1.0, 2.0], [3.0, 4.0]], 1", "array([[1., 3.],\n       [2., 4.]])")
repeat = moving(np.repeat, "x, repeats, axis=None",
    "Every entry (or slice along `axis`) `repeats` times",
    "[1.0, 2.0], [3, 1]", "array([1., 1., 1., 2.])")
tile = moving(np.tile, "x, reps",
    "`x` laid out `reps` times along each axis",
    "[1.0, 2.0], 2", "array([1., 2., 1., 2.])")
resize = moving(np.resize, "x, new_shape",
    "The entries of `x`, over and over, in another shape",
    "[1.0, 2.0], (2, 2)", "array([[1., 2.],\n       [1., 2.]])")
delete = moving(np.delete, "x, obj, axis=None",
    "`x` without the entries (or slices along `axis`) at `obj`",
    "[1.0, 2.0, 3.0], 1", "array([1., 3.])")
take = moving(np.take, "x, indices, axis=None, mode='raise'",
    "The entries (or slices along `axis`) at `indices`",
    "[1.0, 2.0, 3.0], [0, 2]", "array([1., 3.])")
split = moving(np.split, "x, indices_or_sections, axis=0",
    "`x` in equal parts, or cut before the given indices",
    "[1.0, 2.0], 2", "[array([1.]), array([2.])]")
array_split = moving(np.array_split, "x, indices_or_sections, axis=0",
    "`x` in nearly equal parts along `axis`",
    "[1.0, 2.0, 3.0], 2", "[array([1., 2.]), array([3.])]")
hsplit = moving(np.hsplit, "x, indices_or_sections",
    "`x` cut along its second axis",
    "[1.0, 2.0, 3.0, 4.0], 2", "[array([1., 2.]), array([3., 4.])]")
vsplit = moving(np.vsplit, "x, indices_or_sections",
    "`x` cut along its first axis",
    "[[1.0], [2.0]], 2", "[array([[1.]]), array([[2.]])]")
dsplit = moving(np.dsplit, "x, indices_or_sections",
    "`x` cut along its third axis",
    "[[[1.0, 2.0]]], 2", "[array([[[1.]]]), array([[[2.]]])]")
# fmt: on


def take_along_axis(x: Any, indices: Any, axis: int | None = -1) -> Any:
    """The entries that `indices` names in each slice along `axis`. Mirrors the NumPy function.

    >>> import autograd_lite as ag
    >>> ag.take_along_axis([[3.0, 1.0]], [[1, 0]], -1)
    array([[1., 3.]])
    """
    return moved(x, np.take_along_axis, array(data(indices)), axis)


def unstack(x: Any, axis: int = 0) -> tuple[Any, ...]:
    """The slices of `x` along `axis`, one by one. Mirrors `numpy.unstack`.

    >>> import autograd_lite as ag
    >>> ag.unstack([[1.0, 2.0], [3.0, 4.0]])
    (array([1., 2.]), array([3., 4.]))
    """

    def unstack(places: Any) -> tuple[Any, ...]:
        return tuple(np.moveaxis(places, axis, 0))

    return moved(x, unstack)


class Roll(Op):
    """The entries shifted by so many places along each axis (negative). Transpose: back again."""

    shifts: tuple[int, ...]
    axes: tuple[int, ...]
    name, linear = "roll", True

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


def pad(x: Any, pad_width: Any, mode: str = "constant", **kwargs: Any) -> Any:
    """`x` with `pad_width` entries before and after each axis. Mirrors `numpy.pad`.

    `mode` is "constant" (with `constant_values`, which are numbers), or "edge", "reflect",
    "symmetric" or "wrap", whose padding are entries of `x` and send their gradient back to them.

    >>> import autograd_lite as ag
    >>> x = ag.Tensor([1.0, 2.0])
    >>> ag.pad(x, 1, mode="edge").sum().backward()
    >>> x.grad
    array([2., 2.])
    """
    x, old = arrayed(x)
    if mode in ("edge", "reflect", "symmetric", "wrap") and kwargs.get("reflect_type") != "odd":
        return moved(x, np.pad, pad_width, mode=mode, **kwargs)
    if mode != "constant":
        raise TypeError(
            f'pad of a node has the modes "constant", "edge", "reflect", "symmetric" and "wrap", '
            f"not {mode!r}{' with odd reflection' if kwargs else ''}; for another, join the parts "
            "with np.concatenate"
        )
    around = np.pad(np.zeros(old, x.dtype), pad_width, **kwargs)
    inside = np.argwhere(np.pad(np.ones(old, bool), pad_width))
    first = inside[0] if inside.size else np.zeros(len(old), int)
    index = tuple(slice(int(i), int(i) + n) for i, n in zip(first, old, strict=True))
    padded = Unslice(index, around.shape)(x)
    return padded + around if np.any(around) else padded
