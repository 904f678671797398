"""The arguments of a derivative as nodes, and what is found for them as the caller expects it."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any

import numpy as np

from ..core.elementwise import identity
from ..core.graph import Node, blocks, kinds, wrap
from ..core.operation import ways
from ..nodes import blocks as context
from ..nodes.tensor import Tensor, as_array
from ..nodes.value import Value
from ..ops.shape import astype

__all__ = ["NARROW", "checked", "constant", "fit", "fresh", "recorded", "recording", "zeros"]


ndarray = np.ndarray
NUMBERS = (int, float, np.generic)
NARROW = (np.float32, np.float16)  # they keep their dtype, which a Value cannot
NOTHING = nullcontext()


class _recorded(context.Block):
    """Inside the block operations are recorded, whatever `no_grad` block is around it."""

    def __init__(self) -> None:
        super().__init__(context.recording)

    def value(self, outer: bool) -> bool:
        return True


def recording() -> bool:
    """Whether no `no_grad` block of this context is open."""
    return not blocks or context.recording.get()


def recorded() -> AbstractContextManager[Any]:
    """A block that records: a derivative needs it, and `no_grad` is about its result only."""
    return NOTHING if recording() else _recorded()


def fresh(x: Any, name: str) -> Node:
    """A new node to differentiate with respect to, for a number, an array or a node.

    It is no leaf, since leaves get a copy of their cotangent: there is no need of one here.
    """
    kind = type(x)
    if kind is ndarray and x.dtype.kind == "f":
        numbers = x.copy("K")
        return wrap(numbers, identity, numbers)
    if isinstance(x, Node):
        return identity(x)
    if kind in ways:
        return constant(Value.number(x) if issubclass(kinds[kind], Value) else as_array(x))
    try:
        if kind is not np.ndarray and isinstance(x, NUMBERS) and not isinstance(x, NARROW):
            return constant(Value.number(x))
        return constant(as_array(x))
    except TypeError as error:
        error.add_note(f"in {name}, for an argument to differentiate with respect to")
        raise


def constant(numbers: Any) -> Node:
    """A node that depends on nothing: a seed of a recorded sweep, a derivative that is constant."""
    if isinstance(numbers, np.generic):  # a Tensor holds arrays
        numbers = np.asarray(numbers)
    return wrap(numbers, identity, numbers)


def zeros(shape: tuple[int, ...]) -> Any:
    """Zeros as plain data: a float for the shape `()`."""
    return np.zeros(shape) if shape else 0.0


def checked(g: Any, x: Any, what: str) -> Any:
    """A cotangent or tangent for the node `x`, or ValueError when it has not its shape."""
    if not isinstance(x, Node):  # a part of the result that is constant
        return g
    given = g.shape if isinstance(g, Node) else np.shape(g)
    if given != x.shape:
        raise ValueError(f"{what} of shape {given} was given for a value of shape {x.shape}")
    return g if isinstance(g, Node) else x.check_seed(g)


def fit(g: Any, x: Any) -> Any:
    """A derivative as the caller expects it: in the dtype of `x`, a float for a Value."""
    if type(g) is ndarray and g.base is None and g.ndim:
        dtype = x.primal.dtype if type(x) is Tensor else x.dtype
        if g.dtype == dtype and g.flags.writeable:
            return g  # the sweep made it and nobody else holds it
    elif isinstance(g, Node):
        return g if isinstance(g, Value) or g.dtype == x.dtype else astype(g, x.dtype)
    elif isinstance(x, Value) and np.ndim(g) == 0:
        return Value.number(g)
    elif type(g) in ways:
        return as_array(g, x.dtype)
    return np.array(g, dtype=getattr(x, "dtype", None))
