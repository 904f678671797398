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

from ..core.graph import node_types
from ..core.operation import Op, shape
from .index import Put, Slice
from .shape import reshaped

__all__ = ["Filled"]

ndarray = np.ndarray


class Filled(Op):
    """The base, with the parts written into it: entry k is entry `positions[k]` of all inputs.

    The inputs are the base and then the parts, each counted in C order, one after the other.
    Linear in all of them together: a part gets the cotangent of the entries that are still its own,
    added up where it was copied to several; the base gets that of the entries not written to.
    """

    positions: np.ndarray
    name = "filled"

    def forward(self, *inputs: Any) -> Any:
        if set(map(type, inputs)) == {float}:
            return np.array(inputs)[self.positions]
        flat = [x.reshape(-1) if type(x) is ndarray else np.asarray(x).reshape(-1) for x in inputs]
        return np.concatenate(flat)[self.positions]

    def shares(self, g: Any, inputs: Sequence[Any]) -> Any:
        """The cotangent of every entry of the inputs, laid side by side."""
        total = sum(map(size, inputs))
        return Put(self.positions, (total,))(g)

    def vjp(self, i: int, g: Any, out: Any, *inputs: Any) -> Any:
        start = sum(map(size, inputs[:i]))
        return part(self.shares(g, inputs), start, inputs[i])

    def vjps(self, g: Any, out: Any, *inputs: Any) -> Sequence[Any]:
        side_by_side = self.shares(g, inputs)
        starts = accumulate(map(size, inputs), initial=0)
        if type(side_by_side) is ndarray and side_by_side.ndim == 1:
            # Of thousands of numbers a list takes a tenth of the time of as many slices.
            numbers = side_by_side.tolist()
            if numbers and set(map(type, inputs)) == {float}:
                return numbers
            return [
                numbers[start] if type(x) is float else part(side_by_side, start, x)
                for x, start in zip(inputs, starts, strict=False)
            ]
        return [part(side_by_side, start, x) for x, start in zip(inputs, starts, strict=False)]

    def saves(self, i: int) -> bool:
        return False


def size(x: Any) -> int:
    """How many entries an input has."""
    return getattr(x, "size", 1)


def part(side_by_side: Any, start: int, x: Any) -> Any:
    """The share of the input `x`, whose entries start there, in its shape."""
    end = start + size(x)
    if type(side_by_side) in node_types:
        n = side_by_side.shape[-1]
        mine = Slice((slice(start, end),), (n,))(side_by_side)
    else:
        mine = side_by_side[..., start:end]
    return reshaped(mine, (end - start,), shape(x))
