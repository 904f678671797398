"""`Filled`: an array and what was written into it, entry by entry, as one operation.

A loop that computes the entries of a preallocated array is a sequence of writes. What it leaves in
the end needs no sequence: every entry was written last by one of them, or by none, and takes its
number from there. So all writes together are one choice out of their values laid side by side.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import Any

import numpy as np

from ..core.operation import Op, shape
from .index import Pick, Put, Slice, as_typed
from .shape import Reshape

__all__ = ["Filled"]

ndarray = np.ndarray


class Filled(Op):
    """The base, with the parts written into it: entry k is entry `positions[k]` of all inputs.

    The inputs, of these `sizes`, are the base (unless nothing is left of it) and then the parts,
    each counted in C order, one after the other. Linear in all of them together: a part gets the
    cotangent of the entries that are still its own, added up where it was copied to several; the
    base gets that of the entries not written to.
    """

    positions: np.ndarray
    sizes: tuple[int, ...]
    name, linear = "filled", True

    def forward(self, *inputs: Any) -> Any:
        if set(map(type, inputs)) == {float}:
            return np.array(inputs)[self.positions]
        flat = [x.reshape(-1) if type(x) is ndarray else np.asarray(x).reshape(-1) for x in inputs]
        return np.concatenate(flat)[self.positions]

    def entries(self, i: int) -> tuple[ndarray, ndarray]:
        """Where in the result the entries of input `i` stand, and which entries of it they are."""
        start = sum(self.sizes[:i])
        mine = self.positions.reshape(-1) - start
        places = np.flatnonzero((mine >= 0) & (mine < self.sizes[i]))
        return places, mine[places]

    def key(self, i: int) -> tuple[Any, ...]:
        """The index under which input `i` was written, as far as it can be seen; `...` if mixed."""
        places, _ = self.entries(i)
        shape = self.positions.shape
        along = [np.unique(k) for k in np.unravel_index(places, shape)]
        if not len(places) or len(places) != np.prod([len(k) for k in along]):
            return (Ellipsis,)
        keys: list[Any] = []
        for k, n in zip(along, shape, strict=True):
            first, last = int(k[0]), int(k[-1]) + 1
            if len(k) == last - first == 1:
                keys.append(first)
            elif len(k) == last - first:
                keys.append(slice(None) if len(k) == n else slice(first, last))
            else:
                return (Ellipsis,)
        return tuple(keys)

    def spelling(self, *inputs: Any) -> str:
        keys = [f"[{as_typed(self.key(i))}] = {{}}" for i in range(len(inputs))]
        if self.sizes[0] == self.positions.size > 1 and len(inputs) > 1:
            keys[0] = "{}"  # what was there before
        return f"filled({', '.join(keys)})"

    def vjp(self, i: int, g: Any, out: Any, *inputs: Any) -> Any:
        places, own = self.entries(i)
        n = self.sizes[i]
        share = Pick(places, shape(out))(g)
        if len(own) != n or (own != np.arange(n)).any():
            share = Put(own, (n,))(share)
        return Reshape((n,), shape(inputs[i]))(share)

    def vjps(self, g: Any, out: Any, *inputs: Any) -> Sequence[Any]:
        starts = accumulate(self.sizes, initial=0)
        side_by_side = Put(self.positions, (sum(self.sizes),))(g)
        if type(side_by_side) is ndarray and side_by_side.ndim == 1:
            # Of thousands of numbers a list takes a tenth of the time of as many slices.
            numbers = side_by_side.tolist()
            if numbers and set(map(type, inputs)) == {float}:
                return numbers
            return [
                numbers[start] if type(x) is float else part(side_by_side, start, n, x)
                for x, n, start in zip(inputs, self.sizes, starts, strict=False)
            ]
        return [
            part(side_by_side, start, n, x)
            for x, n, start in zip(inputs, self.sizes, starts, strict=False)
        ]

    def saves(self, i: int) -> bool:
        return False


def part(side_by_side: Any, start: int, n: int, x: Any) -> Any:
    """The share of the input `x`, whose `n` entries start there, in its shape."""
    if type(side_by_side) is ndarray:
        mine = side_by_side[..., start : start + n]
        return mine.reshape(mine.shape[:-1] + shape(x))
    total = side_by_side.shape[-1]
    return Reshape((n,), shape(x))(Slice((slice(start, start + n),), (total,))(side_by_side))
