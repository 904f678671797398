"""The elementwise operations on Values, unrolled: forward and back in the fewest steps.

`Op.__call__`, `wrap` and `Node.pull` do the same for every case with lists, loops and calls, in
three times the time. Whatever is unusual goes their way: an open block, another kind of operand, a
vector of cotangents, a pole, where Python's floats raise and IEEE 754 says what comes out.
"""

from __future__ import annotations

from collections.abc import Callable
from types import NoneType
from typing import Any

from ..core import graph
from ..core.graph import Pull, new, stale
from ..core.row import ONE, Elementwise
from ..nodes import blocks as context

__all__ = ["method", "pulls"]


def method(
    kind: type, row: Elementwise, general: Callable[..., Any], reflected: bool = False
) -> Callable[..., Any]:
    """`row` as a method of Values: of one alone, or of one and another or a number beside it.

    `general` is the method for every case, `reflected` whether the number comes first.
    """
    compute = row.on_floats
    alone, both = (row.unrolled.get((kind, other)) for other in (NoneType, kind))
    beside = row.unrolled.get((float, kind) if reflected else (kind, float))

    def unary(self: Any) -> Any:
        if context.open_blocks:
            return general(self)
        try:
            primal = compute(self.primal)
        except (ArithmeticError, ValueError):
            return general(self)
        z: Any = new(kind)
        z.primal = primal
        z.op = row
        z.left = self
        z.unrolled = alone
        z.right = z.grad = z.cotangent = z.mark = z.notes = None
        z.stamp = graph.clock
        return z

    def binary(self: Any, other: Any) -> Any:
        if context.open_blocks:
            return general(self, other)
        other_type = type(other)
        if other_type is kind:
            y, pull = other.primal, both
        elif other_type is float or other_type is int:
            y, pull = other, beside
        else:
            return general(self, other)
        try:
            primal = compute(self.primal, y)
        except (ArithmeticError, ValueError):
            return general(self, other)
        z: Any = new(kind)
        z.primal = primal
        z.op = row
        z.left = self
        z.right = other
        z.unrolled = pull
        z.grad = z.cotangent = z.mark = z.notes = None
        z.stamp = graph.clock
        return z

    def number_first(self: Any, other: Any) -> Any:
        other_type = type(other)
        if context.open_blocks or not (other_type is float or other_type is int):
            return general(self, other)
        try:
            primal = compute(other, self.primal)
        except (ArithmeticError, ValueError):
            return general(self, other)
        z: Any = new(kind)
        z.primal = primal
        z.op = row
        z.left = other
        z.right = self
        z.unrolled = beside
        z.grad = z.cotangent = z.mark = z.notes = None
        z.stamp = graph.clock
        return z

    return unary if len(row.partials) == 1 else number_first if reflected else binary


def pulls(kind: type, row: Elementwise) -> dict[tuple[type, type], Pull]:
    """`Node.pull` for this row, by the types of its two inputs: Values, and numbers beside them.

    A cotangent of 0 stays 0 whatever the slope: see `chain` in ops/row.py.
    """
    d, e = (*row.partials, None)[:2]

    def alone(z: Any, g: Any) -> None:
        if type(g) is not float:
            return z.pull(g, False)
        x = z.left
        try:
            to_x = g if d is ONE else g * d(z.primal, x.primal) if g else g
        except (ArithmeticError, ValueError):
            return z.pull(g, False)
        if x.stamp > z.stamp:
            raise ValueError(stale(x, z))
        old = x.cotangent
        x.cotangent = to_x if old is None else old + to_x

    def both(z: Any, g: Any) -> None:
        if type(g) is not float:
            return z.pull(g, False)
        x, y = z.left, z.right
        try:
            to_x = g if d is ONE else g * d(z.primal, x.primal, y.primal) if g else g
            to_y = g if e is ONE else g * e(z.primal, x.primal, y.primal) if g else g
        except (ArithmeticError, ValueError):
            return z.pull(g, False)
        if y.stamp > z.stamp:
            raise ValueError(stale(y, z))
        old = y.cotangent
        y.cotangent = to_y if old is None else old + to_y
        if x.stamp > z.stamp:
            raise ValueError(stale(x, z))
        old = x.cotangent
        x.cotangent = to_x if old is None else old + to_x

    def left(z: Any, g: Any) -> None:
        if type(g) is not float:
            return z.pull(g, False)
        x = z.left
        try:
            to_x = g if d is ONE else g * d(z.primal, x.primal, z.right) if g else g
        except (ArithmeticError, ValueError):
            return z.pull(g, False)
        if x.stamp > z.stamp:
            raise ValueError(stale(x, z))
        old = x.cotangent
        x.cotangent = to_x if old is None else old + to_x

    def right(z: Any, g: Any) -> None:
        if type(g) is not float:
            return z.pull(g, False)
        y = z.right
        try:
            to_y = g if e is ONE else g * e(z.primal, z.left, y.primal) if g else g
        except (ArithmeticError, ValueError):
            return z.pull(g, False)
        if y.stamp > z.stamp:
            raise ValueError(stale(y, z))
        old = y.cotangent
        y.cotangent = to_y if old is None else old + to_y

    if len(row.partials) == 1:
        return {(kind, NoneType): alone}
    if len(row.partials) > 2:
        return {}
    numbers: tuple[type, ...] = (float, int)
    lefts = {(kind, number): left for number in numbers}
    rights = {(number, kind): right for number in numbers}
    return {(kind, kind): both, **lefts, **rights}
