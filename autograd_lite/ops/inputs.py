"""What an operation takes beside nodes: numbers and arrays, and how they are kept.

Whatever a caller may still write to is copied before it is kept in the graph.
"""

from __future__ import annotations

from collections.abc import MutableMapping, MutableSequence, MutableSet
from copy import copy
from numbers import Rational
from types import EllipsisType, NoneType
from typing import Any

import numpy as np

from ..core import operation
from ..core.graph import Node
from ..core.operation import ways

__all__ = [
    "array",
    "as_constant",
    "as_plain_class",
    "frozen",
    "in_floats",
    "is_objects",
    "is_whole",
    "kept",
    "numbers",
    "operand",
]

ndarray = np.ndarray


def as_constant(x: Any, name: str) -> Any:
    """Plain numeric data as an operation wants it, or TypeError that names the operation.

    Python and NumPy numbers stay as they are (NumPy 2 then promotes them weakly or not as its rules
    say); lists and tuples become arrays.
    """
    kind = type(x)
    if kind is float or kind is int:
        return x
    if kind is ndarray:
        if x.dtype.kind == "f":
            return x
    else:
        if isinstance(x, bool | int | float | np.generic):
            if not isinstance(x, np.generic) or x.dtype.kind in "fiub":
                return x
        elif isinstance(x, list | tuple):
            x = np.asarray(x)
        elif isinstance(x, Rational):
            return float(x)
        elif isinstance(x, ndarray):
            x = as_plain_class(x, f"'{name}'")
        elif hasattr(x, "to_numpy"):  # a column or table of pandas, polars
            x = np.asarray(x.to_numpy())
        elif not hasattr(x, "__array_function__"):
            raise TypeError(
                f"'{name}' was given {_type_name(x)}; it takes a Value, a Tensor, a number or an "
                "array of numbers"
            )
    if x.dtype.kind not in "fiub" and not is_objects(x):
        raise TypeError(
            f"'{name}' was given an array of dtype {x.dtype}; it takes real numbers (float, int or "
            "bool)"
        )
    return x


def is_whole(x: Any) -> bool:
    """Whether `x` is an array of whole numbers or truths, or one such number of NumPy's."""
    return getattr(getattr(x, "dtype", None), "kind", "f") in "iub"


def in_floats(x: Any) -> Any:
    """`x`; whole numbers, whose arithmetic may outgrow their dtype, as floats."""
    return x * 1.0 if getattr(getattr(x, "dtype", None), "kind", "f") in "iub" else x


def as_plain_class(x: ndarray, who: str) -> ndarray:
    """An array of a subclass (a memmap, say) as NumPy's own; TypeError where it computes otherwise.

    Entries under a mask count as if there were none, and `*` of an `np.matrix` is not ours.
    """
    if hasattr(x, "mask"):
        raise TypeError(
            f"{who} was given a masked array, and would not see the mask: write x.filled(0.0), or "
            "choose with ag.where(x.mask, 0.0, x.data)"
        )
    if isinstance(x, np.matrix):
        raise TypeError(
            f"{who} was given an np.matrix, whose * multiplies matrices: write np.asarray(x), and @"
        )
    return x.view(ndarray)


def _type_name(x: Any) -> str:
    text = repr(x)
    return f"{type(x).__name__} {text if len(text) <= 40 else text[:37] + '...'}"


def is_objects(x: Any) -> bool:
    """Whether `x` is an array, list or tuple that holds nodes."""
    if isinstance(x, ndarray):
        return x.dtype == object and all(
            isinstance(item, Node | float | int) or type(item) in ways for item in x.flat
        )
    if isinstance(x, list | tuple):
        return any(isinstance(item, Node) or is_objects(item) for item in x)
    return False


def operand(x: Any) -> Any:
    """What an operation takes in the place of `x`: of an array filled with nodes the node of it."""
    return x.operand if hasattr(type(x), "operand") else x


def array(x: Any) -> Any:
    """`x` if it is an array, NumPy's own or one that answers NumPy's functions; else one of it."""
    return x if hasattr(x, "__array_function__") else np.asarray(x)


def numbers(x: Any) -> np.ndarray:
    """The numbers of a node, of an array or list of Values, or of an array, as a plain array."""
    x = array(x.primal if isinstance(x, Node) else x)
    if x.dtype != object:
        return x
    plain = [v.primal if isinstance(v, Node) else v for v in x.ravel()]
    if not ways.keys().isdisjoint(map(type, plain)):
        return np.stack(plain).reshape(x.shape)
    return np.array(plain, float).reshape(x.shape)


class Frozen(ndarray):
    """The owner of memory that nobody can write to: an array in a `bytes` object of its own."""

    __slots__ = ()


def frozen(x: Any) -> Any:
    """`x` if nobody can ever write to it, else a copy that nobody can.

    A read-only array is not enough: it can be opened again, and views made before it was closed
    never were. (Nor is memory of a `bytes` object: NumPy unpickles arrays into such, writable.)
    """
    base = x.base
    if type(base) is Frozen or type(getattr(base, "base", None)) is Frozen:
        return x
    if type(x) is not ndarray or x.dtype.hasobject:  # which would not come back from bytes
        x = x.copy()
        x.setflags(False)
        return x
    return Frozen(x.shape, x.dtype, x.tobytes()).view(ndarray)


UNCHANGING = frozenset({int, float, bool, str, slice, NoneType, EllipsisType, np.dtype})
"""The types of parameters that nobody can write to, nor to anything in them."""


def kept(x: Any) -> Any:
    """A parameter as an operation keeps it: arrays and containers that nobody else can write to.

    Containers are copied with what is in them; any other object is taken as it is.

    >>> widths = [1, np.array([2, 3])]
    >>> mine = kept({"widths": widths})
    >>> widths[1][0] = 9
    >>> mine
    {'widths': [1, array([2, 3])]}
    """
    # An index, a shape, an axis: of all parameters nearly every one, and there is nothing to copy.
    if type(x) in UNCHANGING or (type(x) is tuple and UNCHANGING.issuperset(map(type, x))):
        return x
    if isinstance(x, ndarray):
        return frozen(x)
    if isinstance(x, tuple):
        items = map(kept, x)
        return x._make(items) if hasattr(x, "_make") else type(x)(items)
    if isinstance(x, MutableSet):
        return copy(x)
    if isinstance(x, MutableMapping | MutableSequence):
        mine = copy(x)
        for key, item in x.items() if isinstance(x, MutableMapping) else enumerate(x):
            mine[key] = kept(item)
        return mine
    return x


operation.own = kept
