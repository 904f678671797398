"""What an operation does with what is neither a node nor a number nor an array of floats.

Whole numbers and lists become what `forward` takes; of an array of Values each entry is taken by
itself, as NumPy does, or the array becomes one Tensor that is connected to every Value.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..core.elementwise import Elementwise
from ..core.graph import Node, data
from ..core.operation import Op, is_usual
from .inputs import as_constant, as_plain_class, is_objects, is_whole, operand

__all__ = ["FromValues", "tensor_of"]

ndarray = np.ndarray


class FromValues(Op):
    """An array from scalars, in C order. Each gets its entry of the cotangent."""

    shape: tuple[int, ...]
    name, linear = "from_values", True

    def forward(self, *xs: Any) -> Any:
        return np.array(xs, dtype=np.result_type(float, *xs)).reshape(self.shape)

    def vjp(self, i: int, g: Any, out: Any, *xs: Any) -> Any:
        return g[(..., *(int(k) for k in np.unravel_index(i, self.shape)))]

    def vjps(self, g: Any, out: Any, *xs: Any) -> Sequence[Any] | None:
        if isinstance(g, Node):
            return None
        flat = g.reshape((*g.shape[: g.ndim - len(self.shape)], -1))
        return flat.tolist() if flat.ndim == 1 else list(np.moveaxis(flat, -1, 0))


def tensor_of(x: Any) -> Any:
    """An array (or nested list) of Values and numbers as one Tensor, connected to every Value."""
    items = np.asarray(x, dtype=object)
    return FromValues(items.shape)(*items.ravel())


def convert(op: Op, inputs: Sequence[Any]) -> Any:
    """As `Op.convert`: the result for lists, whole numbers, NumPy's numbers, arrays of Values."""
    if any(type(x) is not ndarray and isinstance(x, ndarray) for x in inputs):
        # An array of a subclass, as those are that nodes can be written into: as one of NumPy's.
        return op(*(plain_class(x, op) for x in inputs))
    inputs = [x if is_usual(x) else as_constant(x, op.name) for x in inputs]
    plain = [data(x) for x in inputs]
    if any(type(x) is ndarray and x.dtype.kind == "O" for x in inputs):
        return with_objects(op, inputs)
    if all(map(np.isscalar, plain)):
        # Among scalars there is one precision: a float32 must not round a Value.
        inputs = [float(x) if isinstance(x, np.generic) else x for x in inputs]
    recorded = any(isinstance(x, Node) for x in inputs)
    if op.computes and recorded and any(map(is_whole, inputs)):
        # The minus of a uint8 is no negative, and the logarithm of an int8 has three digits.
        dtype = np.result_type(*plain)
        inputs = [x.astype(dtype) if is_whole(x) else x for x in inputs]
    return op.apply(inputs)


def plain_class(x: Any, op: Op) -> Any:
    """An array as one of NumPy's own class, or the node it stands for; others as they are."""
    if type(x) is ndarray or not isinstance(x, ndarray):
        return x
    return operand(x) if hasattr(type(x), "operand") else as_plain_class(x, f"'{op.name}'")


def with_objects(op: Op, inputs: Sequence[Any]) -> Any:
    """The result where an input is an array of Values: another; beside a Tensor, a Tensor."""
    if any(isinstance(x, Node) and not isinstance(x.primal, float) for x in inputs):
        return op(*(tensor_of(x) if is_objects(x) else x for x in inputs))
    arrays = [np.asarray(x, dtype=object) for x in inputs]
    if isinstance(op, Elementwise):
        # Entries out of an array of objects are what was put there: no entry is an array again.
        return np.frompyfunc(op, len(op.partials), 1)(*arrays)
    try:
        out = getattr(op, "on_objects", op.forward)(*arrays)  # NumPy's own, with Python's operators
    except TypeError:  # there is no arithmetic of objects to do it with, as in LAPACK
        return op(*map(tensor_of, arrays))
    return out.item() if type(out) is ndarray and not out.ndim else out


Op.convert = convert  # type: ignore[method-assign,assignment]
