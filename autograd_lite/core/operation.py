"""The rule contract: what an operation is, and how one is applied and recorded.

An operation **applied to plain data returns plain data; applied to nodes it returns a node**. Its
rule, `vjp`, is written with operators and operations only. So one rule serves the plain sweep (it
is given data and returns data) and the recorded sweep (it is given nodes and returns nodes, which
can be differentiated again). No mode is needed for that.

`vjp(i, g, out, *inputs)` returns the vector-Jacobian product of the cotangent `g` with
∂out/∂input i. It is linear in `g`; `g` has shape `(*lead, *out.shape)` and the result
`(*lead, *inputs[i].shape)`, so axes are counted from the end and K seeds can ride in front.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from types import MappingProxyType, NoneType
from typing import Any, ClassVar

import numpy as np

from ..nodes import blocks as context
from ..ops.inputs import as_constant, frozen, is_objects, is_whole, kept
from . import graph
from .graph import Node, Pull, data, describe, kinds, new, node_types, operand, slots, wrap

__all__ = ["Op", "lead", "shape", "tensor_of"]

ndarray = np.ndarray
unchanging = {int, bool, str, float, tuple, NoneType}  # tuples: of axes, of lengths, of slices


def shape(x: Any) -> tuple[int, ...]:
    """The shape of a node, an array or a Python number."""
    return getattr(x, "shape", ())


def lead(g: Any, out: Any) -> tuple[int, ...]:
    """The leading axes of a cotangent, those that `out` has not."""
    return shape(g)[: len(shape(g)) - len(shape(out))]


class Op:
    """An operation: `forward` on plain data and the rule `vjp`; its parameters are its fields.

    The fields are the annotated names of the class, in order, and what it is called with. (Twenty
    dataclasses would do the same and take 15 ms of the import.) Instances are immutable and may be
    shared by many nodes: an array or a container that is a parameter is copied, if its caller could
    write to it.
    """

    fields: ClassVar[tuple[str, ...]] = ()
    name: str = ""
    # Whether the rule computes with its inputs, so that whole numbers are made floats first: the
    # minus of a uint8 is no negative, and the logarithm of an int8 has three digits.
    computes: ClassVar[bool] = False
    # Whether the result is a part of the input's memory, which NumPy would write to as well.
    is_view: ClassVar[bool] = False
    # What `Node.unrolled` is for each pair of types of two inputs; NoneType stands for no second.
    unrolled: Mapping[tuple[type, type], Pull] = MappingProxyType({})

    def __init_subclass__(cls) -> None:
        cls.fields = tuple(inspect.get_annotations(cls)) or cls.fields

    def __init__(self, *values: Any) -> None:
        if not unchanging.issuperset(map(type, values)):
            values = tuple(map(kept, values))
        self.__dict__.update(zip(self.fields, values, strict=False))

    def forward(self, *inputs: Any) -> Any:
        """The result for plain data: a float when every input is one, else an array."""
        raise TypeError(f"{type(self).__name__} has no forward")

    def vjp(self, i: int, g: Any, out: Any, *inputs: Any) -> Any:
        """The share of the cotangent `g` that goes to input `i`. See the module's contract."""
        raise TypeError(f"'{self.name}' has no derivative")

    def vjps(self, g: Any, out: Any, *inputs: Any) -> Sequence[Any] | None:
        """The shares of all inputs at once, where an operation on many has a way; else None."""
        return None

    def saves(self, i: int) -> bool:
        """Whether the rule reads input `i`. An array that it reads is copied when it is recorded,
        so that a caller who writes into it afterwards changes no gradient."""
        return True

    def __call__(self, *inputs: Any) -> Any:
        """Apply to nodes (and constants), recording it; or to plain data, recording nothing."""
        if context.open_blocks and (recorder := context.recorder.get()) is not None:
            out = recorder.apply(self, inputs)
            if out is not NotImplemented:
                return out
        # The usual inputs need none of the bookkeeping below.
        if len(inputs) == 1:
            (x,) = inputs
            is_node = type(x) in node_types
            if is_node or type(x) is float:
                if is_node and x.op is None:
                    x.refresh()
                try:
                    out = self.forward(x.primal if is_node else x)
                except Exception as error:
                    error.add_note(self.context(inputs))
                    raise
                if not is_node:
                    return out
                node: Any = new(kinds[type(out)])  # what `wrap` does, for half of all calls
                node.primal = out
                node.op = self
                node.left = x
                node.unrolled = self.unrolled.get((type(x), NoneType))
                node.right = node.grad = node.cotangent = node.mark = node.notes = None
                node.stamp = graph.clock
                return context.applied(node) if context.open_blocks else node
        recorded = whole = False
        kept: Any = inputs
        args: list[Any] = []
        for i, x in enumerate(inputs):
            kind = type(x)
            if kind in node_types:
                recorded = True
                if x.op is None:
                    x.refresh()
                x = x.primal
            elif kind is ndarray and x.dtype.kind == "f":
                if kept is inputs:
                    kept = list(inputs)
            elif kind is not float and kind is not int:
                if hasattr(kind, "operand"):
                    return self(*map(operand, inputs))
                x = as_constant(x, self.name)
                if type(x) is ndarray:
                    if x.dtype.kind == "O":
                        return self.with_objects(inputs)
                    if kept is inputs:
                        kept = list(inputs)
                    kept[i] = x
                elif isinstance(x, np.generic) and not any(
                    isinstance(data(y), ndarray | list | tuple) for y in inputs
                ):
                    # Among scalars there is one precision: a float32 must not round a Value.
                    if kept is inputs:
                        kept = list(inputs)
                    x = kept[i] = float(x)
                whole = whole or is_whole(x)
            args.append(x)
        if whole and recorded and self.computes:
            dtype = np.result_type(*args)
            args = [x.astype(dtype) if is_whole(x) else x for x in args]
            kept = [x if type(x) in node_types else y for x, y in zip(inputs, args, strict=True)]
        try:
            out = self.forward(*args)
        except Exception as error:
            error.add_note(self.context(inputs))
            raise
        if not recorded:
            return out
        if kept is not inputs:
            for i, x in enumerate(kept):
                if type(x) is ndarray and self.saves(i):
                    kept[i] = frozen(x)
        return wrap(out, self, *(kept if len(kept) == 2 else slots(kept)))

    def with_objects(self, inputs: tuple[Any, ...]) -> Any:
        """The result where an input is an array of Values: another; beside a Tensor, a Tensor."""
        if any(isinstance(x, Node) and not isinstance(x.primal, float) for x in inputs):
            return self(*(tensor_of(x) if is_objects(x) else x for x in inputs))
        return self.on_objects(*(np.asarray(x, dtype=object) for x in inputs))

    def on_objects(self, *inputs: Any) -> Any:
        """The result for arrays of Values: NumPy's own, entry by entry with Python's operators."""
        try:
            out = self.forward(*inputs)
        except TypeError:  # there is no arithmetic of objects to do it with, as in LAPACK
            return self(*map(tensor_of, inputs))
        return out if out.ndim else out.item()

    def context(self, inputs: Any) -> str:
        """One line for an error's note: the operation and what it was given."""
        return f"in '{self.name}', given {' and '.join(describe(x) for x in inputs)}"

    def __repr__(self) -> str:
        return f"<operation {self.name}>"


class FromValues(Op):
    """An array from scalars, in C order. Each gets its entry of the cotangent."""

    __slots__ = ("shape",)
    name = "from_values"

    def __init__(self, shape: tuple[int, ...]) -> None:
        self.shape = shape

    def forward(self, *xs: Any) -> Any:
        return np.array(xs, dtype=np.result_type(float, *xs)).reshape(self.shape)

    def vjp(self, i: int, g: Any, out: Any, *xs: Any) -> Any:
        return g[(..., *(int(k) for k in np.unravel_index(i, self.shape)))]

    def vjps(self, g: Any, out: Any, *xs: Any) -> Sequence[Any] | None:
        if type(g) in node_types:
            return None
        flat = g.reshape((*g.shape[: g.ndim - len(self.shape)], -1))
        return flat.tolist() if flat.ndim == 1 else list(np.moveaxis(flat, -1, 0))


def tensor_of(x: Any) -> Any:
    """An array (or nested list) of Values and numbers as one Tensor, connected to every Value."""
    items = np.asarray(x, dtype=object)
    return FromValues(items.shape)(*items.ravel())
