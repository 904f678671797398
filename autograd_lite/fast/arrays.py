"""Operations on Tensors, unrolled: forward and back in the fewest steps.

`Op.__call__`, `wrap` and `Node.pull` do the same for every case; on small arrays that would take
more time than NumPy's functions. Whatever is unusual goes their way: an open block, a Value or a
list beside a Tensor, an error to be explained.
"""

from __future__ import annotations

from collections.abc import Callable
from types import NoneType
from typing import Any

import numpy as np

from ..core import graph
from ..core.graph import Pull, new
from ..core.operation import Op
from ..core.row import ONE, Elementwise, chain, chain_to
from ..nodes import blocks as context
from ..ops.inputs import frozen
from ..ops.shape import sum_to

__all__ = ["method", "pulls", "pulls_of_any"]

ndarray = np.ndarray


def method(
    kind: type,
    op: Op,
    compute: Callable[..., Any],
    general: Callable[..., Any],
    inputs: int,
    reflected: bool = False,
) -> Callable[..., Any]:
    """`op` as a method of Tensors: of one alone, or of one and another, a number or an array.

    `general` is the method for every case, `inputs` their number, and `reflected` whether the
    number or array comes first. A leaf that was `exposed`, to somebody who may have written
    to it, looks at its data first.
    """
    alone, both = (op.unrolled.get((kind, other)) for other in (NoneType, kind))
    beside = op.unrolled.get((float, kind) if reflected else (kind, float))

    def unary(self: Any) -> Any:
        if context.open_blocks:
            return general(self)
        if self.op is None and self.exposed is not None:
            self.refresh()
        try:
            primal = compute(self.primal)
        except Exception:  # which is raised again there, and says where it comes from
            return general(self)
        if type(primal) is not ndarray:
            primal = np.asarray(primal)  # NumPy makes numbers of arrays of shape ()
        z: Any = new(kind)
        z.primal = primal
        z.op = op
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
            if other.op is None and other.exposed is not None:
                other.refresh()
        elif other_type is float or other_type is int:
            y, pull = other, beside
        elif other_type is ndarray and other.dtype.kind == "f":
            y, other, pull = other, frozen(other), beside
        else:
            return general(self, other)
        if self.op is None and self.exposed is not None:
            self.refresh()
        try:
            primal = compute(self.primal, y)
        except Exception:
            return general(self, other)
        if type(primal) is not ndarray:
            primal = np.asarray(primal)
        z: Any = new(kind)
        z.primal = primal
        z.op = op
        z.left = self
        z.right = other
        z.unrolled = pull
        z.grad = z.cotangent = z.mark = z.notes = None
        z.stamp = graph.clock
        return z

    def constant_first(self: Any, other: Any) -> Any:
        if context.open_blocks:
            return general(self, other)
        x, other_type = other, type(other)
        if other_type is ndarray and other.dtype.kind == "f":
            other = frozen(other)
        elif not (other_type is float or other_type is int):
            return general(self, other)
        if self.op is None and self.exposed is not None:
            self.refresh()
        try:
            primal = compute(x, self.primal)
        except Exception:
            return general(self, other)
        if type(primal) is not ndarray:
            primal = np.asarray(primal)
        z: Any = new(kind)
        z.primal = primal
        z.op = op
        z.left = other
        z.right = self
        z.unrolled = beside
        z.grad = z.cotangent = z.mark = z.notes = None
        z.stamp = graph.clock
        return z

    return unary if inputs == 1 else constant_first if reflected else binary


# A share is delivered as `Node.send` does, without its call where the input was computed: only a
# leaf's data can be changed, and only a leaf's gradient is the caller's own.


def pulls(kind: type, row: Elementwise) -> dict[tuple[type, type], Pull]:
    """`Node.pull` for this row, by the types of its inputs: Tensors, and constants beside them."""
    d, e = (*row.partials, None)[:2]
    shares = row.shares

    def alone(z: Any, g: Any) -> None:
        x, out = z.left, z.primal
        x_data = x.primal
        try:
            if shares and (found := shares(g, out, x_data)):
                (to_x,) = found
            else:
                to_x = g if d is ONE else chain(g, d(out, x_data), out, x_data)
        except ArithmeticError:  # of a number beside an array: IEEE 754 knows better
            return z.pull(g, False)
        if x.op is None and (to_x is g or x.stamp > z.stamp):
            return z.send(x, to_x, g)
        old = x.cotangent
        x.cotangent = to_x if old is None else old + to_x

    def both(z: Any, g: Any) -> None:
        x, y, out = z.left, z.right, z.primal
        x_data, y_data = x.primal, y.primal
        try:
            if shares and out.ndim and (found := shares(g, out, x_data, y_data)):
                to_x, to_y = found
            else:
                shape, x_shape, y_shape = out.shape, x_data.shape, y_data.shape
                if d is ONE:
                    to_x = g if x_shape == shape else sum_to(g, shape, x_shape)
                elif x_shape == shape:
                    to_x = chain(g, d(out, x_data, y_data))
                else:
                    to_x = chain_to(g, d(out, x_data, y_data), shape, x_shape)
                if e is ONE:
                    to_y = g if y_shape == shape else sum_to(g, shape, y_shape)
                elif y_shape == shape:
                    to_y = chain(g, e(out, x_data, y_data))
                else:
                    to_y = chain_to(g, e(out, x_data, y_data), shape, y_shape)
        except ArithmeticError:
            return z.pull(g, False)
        if y.op is None and (to_y is g or y.stamp > z.stamp):
            z.send(y, to_y, g)
        else:
            old = y.cotangent
            y.cotangent = to_y if old is None else old + to_y
        if x.op is None and (to_x is g or x.stamp > z.stamp):
            return z.send(x, to_x, g)
        old = x.cotangent
        x.cotangent = to_x if old is None else old + to_x

    def left(z: Any, g: Any) -> None:
        x, y, out = z.left, z.right, z.primal
        try:
            if x.primal.shape == out.shape:
                to_x = g if d is ONE else chain(g, d(out, x.primal, y))
            else:
                to_x = row.vjp(0, g, out, x.primal, y)
        except ArithmeticError:
            return z.pull(g, False)
        if x.op is None and (to_x is g or x.stamp > z.stamp):
            return z.send(x, to_x, g)
        old = x.cotangent
        x.cotangent = to_x if old is None else old + to_x

    def right(z: Any, g: Any) -> None:
        x, y, out = z.left, z.right, z.primal
        try:
            if y.primal.shape == out.shape:
                to_y = g if e is ONE else chain(g, e(out, x, y.primal))
            else:
                to_y = row.vjp(1, g, out, x, y.primal)
        except ArithmeticError:
            return z.pull(g, False)
        if y.op is None and (to_y is g or y.stamp > z.stamp):
            return z.send(y, to_y, g)
        old = y.cotangent
        y.cotangent = to_y if old is None else old + to_y

    if len(row.partials) == 1:
        return {(kind, NoneType): alone}
    if len(row.partials) > 2:
        return {}
    return by_type(kind, alone, both, left, right)


def pulls_of_any(kind: type) -> dict[tuple[type, type], Pull]:
    """`Node.pull` for an operation of any kind, by the types of its inputs, as above."""

    def alone(z: Any, g: Any) -> None:
        x = z.left
        to_x = z.op.vjp(0, g, z.primal, x.primal)
        if x.op is None and (to_x is g or x.stamp > z.stamp):
            return z.send(x, to_x, g)
        old = x.cotangent
        x.cotangent = to_x if old is None else old + to_x

    def both(z: Any, g: Any) -> None:
        x, y, op = z.left, z.right, z.op
        args = z.primal, x.primal, y.primal
        to_x, to_y = op.vjps(g, *args) or (op.vjp(0, g, *args), op.vjp(1, g, *args))
        if y.op is None and (to_y is g or y.stamp > z.stamp):
            z.send(y, to_y, g)
        else:
            old = y.cotangent
            y.cotangent = to_y if old is None else old + to_y
        if x.op is None and (to_x is g or x.stamp > z.stamp):
            return z.send(x, to_x, g)
        old = x.cotangent
        x.cotangent = to_x if old is None else old + to_x

    def left(z: Any, g: Any) -> None:
        z.send(z.left, z.op.vjp(0, g, z.primal, z.left.primal, z.right), g)

    def right(z: Any, g: Any) -> None:
        z.send(z.right, z.op.vjp(1, g, z.primal, z.left, z.right.primal), g)

    return by_type(kind, alone, both, left, right)


def by_type(kind: type, alone: Pull, both: Pull, left: Pull, right: Pull) -> dict[Any, Pull]:
    """The pull for every pair of types of a Tensor's inputs that nearly all graphs consist of."""
    constants = (float, int, ndarray)
    lefts = {(kind, constant): left for constant in constants}
    rights = {(constant, kind): right for constant in constants}
    return {(kind, NoneType): alone, (kind, kind): both, **lefts, **rights}
