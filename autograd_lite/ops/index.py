"""Indexing and its transpose: `take` picks entries, `Put` adds them back into zeros.

A basic index (slices, whole numbers, new axes) stays one: it is fast and picks no entry twice. Any
other index is spelled as flat positions, because NumPy moves the axes of an advanced index when an
axis is added in front, as K seeds do; entries picked more than once add up on the way back.
"""

from __future__ import annotations

from functools import lru_cache
from operator import getitem
from typing import Any

import numpy as np

from ..core.graph import data, in_parts
from ..core.operation import Op, shape, ways
from .branches import where
from .shape import arrayed, astype, broadcast_to

__all__ = ["At", "Pick", "Put", "Slice", "Unslice", "as_typed", "take_item"]


def in_front(index: tuple[Any, ...], g: Any) -> tuple[int, ...]:
    """The axes of `g` in front of those an index fills: by slices and new axes, not by numbers.

    They are counted, not remembered: the shape of a result may have seeds in front itself.
    """
    axes = sum(k is None or isinstance(k, slice) for k in index)
    return shape(g)[: len(shape(g)) - axes]


class Slice(Op):
    """`x[index]` for a basic index that names every axis of `old`. Transpose: `Unslice`."""

    index: tuple[Any, ...]
    old: tuple[int, ...]
    name, linear = "index", True
    is_view = True
    moves = "its part"

    def forward(self, x: Any) -> Any:
        return np.asarray(np.asarray(x)[(..., *self.index)])

    def vjp(self, i: int, g: Any, out: Any, x: Any) -> Any:
        return Unslice(self.index, self.old)(g)

    def vjps(self, g: Any, out: Any, x: Any) -> list[Any]:
        return [Parts(self, g)]

    def saves(self, i: int) -> bool:
        return False

    def lead(self, g: Any) -> tuple[int, ...]:
        """The axes of `g` in front of those the index fills."""
        return in_front(self.index, g)

    def spelling(self, *inputs: Any) -> str:
        return f"{{}}[{as_typed(self.index)}]"


def as_typed(index: tuple[Any, ...]) -> str:
    """A basic index as it is typed: `0, 1:3`."""

    def key(k: Any) -> str:
        if not isinstance(k, slice):
            return "…" if k is Ellipsis else str(k)
        step = "" if k.step is None else f":{k.step}"
        return f"{'' if k.start is None else k.start}:{'' if k.stop is None else k.stop}{step}"

    keys = [key(k) for k in index]
    while len(keys) > 1 and keys[-1] == ":":
        keys.pop()
    return ", ".join(keys)


class Unslice(Op):
    """Zeros of shape `old` with the input stored at a basic `index`. Transpose: `Slice`."""

    index: tuple[Any, ...]
    old: tuple[int, ...]
    name, linear = "unindex", True
    moves = "put back in its place"

    def lead(self, g: Any) -> tuple[int, ...]:
        """The axes of `g` in front of those the index fills."""
        return in_front(self.index, g)

    def forward(self, g: Any) -> Any:
        g = np.asarray(g)
        out = np.zeros(self.lead(g) + self.old, g.dtype)
        out[(..., *self.index)] = g
        return out

    def vjp(self, i: int, g: Any, out: Any, x: Any) -> Any:
        return Slice(self.index, self.old)(g)

    def spelling(self, *inputs: Any) -> str:
        return f"put({{}}, [{as_typed(self.index)}])"


class Pick(Op):
    """The entries of `x` at flat `positions`, in the shape of `positions`. Transpose: `Put`."""

    positions: np.ndarray
    old: tuple[int, ...]
    name: str = "take"
    linear = True
    moves = "its part"

    def spelling(self, *inputs: Any) -> str:
        return "{}[…]" if self.name == "take" else f"{self.name}({{}})"

    def forward(self, x: Any) -> Any:
        x = np.asarray(x)
        return x.reshape((*x.shape[: x.ndim - len(self.old)], -1))[..., self.positions]

    def vjp(self, i: int, g: Any, out: Any, x: Any) -> Any:
        return Put(self.positions, self.old)(g)

    def vjps(self, g: Any, out: Any, x: Any) -> list[Any]:
        return [Parts(self, g)]

    def saves(self, i: int) -> bool:
        return False

    def lead(self, g: Any) -> tuple[int, ...]:
        """The axes of `g` in front of those of the positions."""
        return shape(g)[: len(shape(g)) - self.positions.ndim]


class Put(Op):
    """Zeros of shape `old` with the input added at flat `positions`. Transpose: `Pick`."""

    positions: np.ndarray
    old: tuple[int, ...]
    name, linear = "put", True
    moves = "put back in its place"

    def forward(self, g: Any) -> Any:
        g = np.asarray(g)
        before = g.shape[: g.ndim - self.positions.ndim]
        size = int(np.prod(self.old, dtype=np.int64))
        rows = int(np.prod(before, dtype=np.int64))
        # One bincount over all rows: np.add.at with two index arrays takes several times as long.
        spots = (np.arange(rows)[:, None] * size + self.positions.ravel()).ravel()
        if g.dtype.itemsize > 8:  # bincount adds in float64
            out = np.zeros(rows * size, g.dtype)
            np.add.at(out, spots, g.ravel())
        else:
            out = np.bincount(spots, weights=g.ravel(), minlength=rows * size)
        return out.astype(g.dtype, copy=False).reshape(before + self.old)

    def vjp(self, i: int, g: Any, out: Any, x: Any) -> Any:
        return Pick(self.positions, self.old)(g)


class Spread(Op):
    """Zeros of the shape that all `picks` picked from, each input added where it was picked.

    The transpose of many picks of one array, in one array: one by one they would fill it with zeros
    as often as there are picks.
    """

    picks: tuple[Slice | Pick, ...]
    name, linear = "put", True
    moves = "put back in its place"

    def forward(self, *gs: Any) -> Any:
        gs = tuple(map(np.asarray, gs))
        first = self.picks[0]
        before, old = first.lead(gs[0]), first.old
        out = np.zeros(before + old, np.result_type(*gs))
        scattered = []
        for pick, g in zip(self.picks, gs, strict=True):
            if isinstance(pick, Slice):
                out[(..., *pick.index)] += g
            else:
                scattered.append((pick.positions.ravel(), g.reshape((*before, -1))))
        if scattered:
            positions, values = zip(*scattered, strict=True)
            put = Put(np.concatenate(positions), old)
            out += put.forward(np.concatenate(values, -1))
        return out

    def vjp(self, i: int, g: Any, out: Any, *gs: Any) -> Any:
        return self.picks[i](g)

    def vjps(self, g: Any, out: Any, *gs: Any) -> list[Any]:
        return [pick(g) for pick in self.picks]

    def saves(self, i: int) -> bool:
        return False


class Parts:
    """A cotangent that comes in parts, each for the entries of one pick: laid out when complete.

    Added to another, or to a whole cotangent, it takes it up. (It is one node's own: no operation
    is given parts.)
    """

    __slots__ = ("gs", "picks", "whole")
    __array_ufunc__ = None  # an array leaves the sum to the parts

    def __init__(self, pick: Slice | Pick, g: Any) -> None:
        # Of a single entry it may be a number; as inputs, numbers are looked at one by one.
        g = np.asarray(g) if isinstance(g, float | np.generic) else g
        self.picks, self.gs, self.whole = [pick], [g], None

    def __add__(self, other: Any) -> Parts:
        if isinstance(other, Parts):
            self.picks += other.picks
            self.gs += other.gs
            other = other.whole
        if other is not None:
            self.whole = other if self.whole is None else self.whole + other
        return self

    __radd__ = __add__

    def laid_out(self) -> Any:
        """The sum of all parts, as an array, or as a node where they are nodes."""
        if len(self.gs) == 1:
            spread = self.picks[0].vjp(0, self.gs[0], None, None)
        else:
            spread = Spread(tuple(self.picks))(*self.gs)
        return spread if self.whole is None else self.whole + spread


in_parts.add(Parts)


def counted(old: tuple[int, ...]) -> np.ndarray:
    """The position of every entry of an array of shape `old`, in C order; not to be written to."""
    size = int(np.prod(old, dtype=np.int64))
    return remembered(old) if size <= 1 << 20 else np.arange(size).reshape(old)


@lru_cache(maxsize=8)  # or a loop that picks one row at a time would count all entries each time
def remembered(old: tuple[int, ...]) -> np.ndarray:
    """`counted`, for arrays of up to 8 MB."""
    positions = np.arange(int(np.prod(old, dtype=np.int64))).reshape(old)
    positions.flags.writeable = False
    return positions


def _basic(key: tuple[Any, ...], old: tuple[int, ...]) -> tuple[Any, ...] | None:
    """The key with its ellipsis and missing axes written out, or None if it is not basic."""
    used = 0
    for k in key:
        if isinstance(k, slice) or (isinstance(k, int | np.integer) and not isinstance(k, bool)):
            used += 1
        elif k is not None and k is not Ellipsis:
            return None
    dots = sum(k is Ellipsis for k in key)
    if dots > 1 or used > len(old):
        raise IndexError(
            f"index {key} does not fit shape {old}: "
            + ("it has two ellipses" if dots > 1 else f"it names {used} of {len(old)} axes")
        )
    fill = (slice(None),) * (len(old) - used)
    if dots:
        at = next(i for i, k in enumerate(key) if k is Ellipsis)
        return key[:at] + fill + key[at + 1 :]
    return key + fill


def places(old: tuple[int, ...], keys: tuple[Any, ...]) -> Any:
    """The flat positions that `keys` name in an array of shape `old`."""
    positions = counted(old)
    for k in keys:
        if type(k) in ways:  # data of another kind, which answers as for NumPy's functions
            return k.__array_function__(getitem, (type(k),), (positions, keys), {})
    return np.asarray(positions[keys])


def take_item(x: Any, key: Any) -> Any:
    """`x[key]` for every kind of key NumPy has; entries picked twice add up on the way back.

    Raises IndexError for positions that are not there, at the forward.

    >>> import autograd_lite as ag
    >>> x = ag.Tensor([1.0, 2.0, 3.0])
    >>> x[[0, 0, 2]].sum().backward()
    >>> x.grad
    array([2., 0., 1.])
    """
    x, old = arrayed(x)
    keys = key if type(key) is tuple else (key,)
    keys = tuple(data(k) for k in keys)
    try:
        basic = _basic(keys, old)
        if basic is not None:
            return Slice(basic, old)(x)
        return Pick(places(old, keys), old)(x)
    except IndexError as error:
        error.add_note(f"in an index {key!r} into {type(x).__name__} of shape {old}")
        raise


class At:
    """`t.at[i].set(v)` and `t.at[i].add(v)`: a new Tensor, with the gradient of both. As in JAX."""

    __slots__ = ("key", "tensor")

    def __init__(self, tensor: Any, key: Any = None) -> None:
        self.tensor = tensor
        self.key = key

    def __getitem__(self, key: Any) -> At:
        return At(self.tensor, key)

    def spread(self, value: Any) -> tuple[np.ndarray, Any]:
        """The flat positions the key names, and `value` there in zeros of the tensor's dtype."""
        old = self.tensor.shape
        keys = self.key if type(self.key) is tuple else (self.key,)
        keys = tuple(data(k) for k in keys)
        positions = places(old, keys)
        value = broadcast_to(value, positions.shape)
        if value.dtype != self.tensor.dtype:
            value = astype(value, self.tensor.dtype)
        return positions, Put(positions, old)(value)

    def add(self, value: Any) -> Any:
        """The tensor with `value` added at the key; entries named twice get it twice."""
        return self.tensor + self.spread(value)[1]

    def set(self, value: Any) -> Any:
        """The tensor with `value` stored at the key. ValueError if the key names an entry twice."""
        positions, spread = self.spread(value)
        if np.unique(positions).size < positions.size:
            raise ValueError(
                "at[...].set was given an index that names an entry twice, and which value stays "
                "would be a matter of chance; use .add, or an index without repeats"
            )
        mask = np.zeros(self.tensor.size, bool)
        mask[positions.ravel()] = True
        return where(mask.reshape(self.tensor.shape), spread, self.tensor)
