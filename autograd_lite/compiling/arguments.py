"""The arguments of a call: which are numbers that vary, and what stays the same for a program.

Two calls share a program if their keys are equal: by type and value, to the last bit, never by what
an object's own `==` says.
"""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np

from ..calculus.trees import rectangle, refilled
from ..core.graph import Node

__all__ = ["HasNodes", "Same", "bits", "replaced", "same", "signature"]


class HasNodes(Exception):
    """An argument holds a node: what is to be differentiated is not replayed."""


class Same:
    """An object as a key: equal to itself alone, and kept, so that nothing else gets its id."""

    __slots__ = ("it",)

    def __init__(self, it: Any) -> None:
        self.it = it

    def __hash__(self) -> int:
        return id(self.it)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and self.it is other.it


def bits(x: Any) -> Any:
    """A constant as a key: by type and bits where it is a number, a text or holds such.

    >>> bits(0.0) == bits(-0.0), bits(1) == bits(True), bits(range(0, 3, 2)) == bits(range(0, 4, 2))
    (False, False, False)
    """
    kind = type(x)
    if kind in (int, bool, str, bytes, type(None), type(Ellipsis)):
        return kind, x
    if kind in (float, complex):
        return kind, repr(x), np.signbit([x.real, x.imag]).tobytes()
    if isinstance(x, np.longdouble):  # whose bytes are not all of the number
        return kind, str(x)
    if isinstance(x, np.generic) and not x.dtype.hasobject:
        return kind, x.dtype, x.tobytes()
    if kind in (tuple, list):
        return kind, tuple([bits(item) for item in x])
    if kind is dict:
        return kind, tuple([(bits(k), bits(v)) for k, v in x.items()])
    if kind in (slice, range):
        return kind, bits((x.start, x.stop, x.step))
    if isinstance(x, np.ndarray) and not x.dtype.hasobject:
        known = [*map(str, x.ravel())] if x.dtype == np.longdouble else [x.tobytes()]
        return kind, x.shape, x.dtype, *known
    return Same(x)


def same(a: Any, b: Any) -> bool:
    """Whether two constants are one."""
    return bool(bits(a) == bits(b))


def signature(tree: Any, found: list[Any]) -> Any:
    """What a program depends on: containers, shapes, dtypes, and values that are no numbers.

    The numbers and arrays are added to `found`, in order. Hashable. Raises HasNodes.
    """
    kind = type(tree)
    if kind is np.ndarray:
        dtype = tree.dtype
        if dtype.kind in "fiub" and dtype.isnative:
            found.append(tree)
            return dtype.num, tree.shape  # a number is hashed in a tenth of a dtype's time
    if kind is float:
        found.append(tree)
        return float
    if kind is tuple or (kind is list and rectangle(tree) is None):
        return kind, tuple([signature(item, found) for item in tree])
    if isinstance(tree, dict):
        return kind, tuple([(bits(key), signature(item, found)) for key, item in tree.items()])
    if isinstance(tree, Node):
        raise HasNodes
    if isinstance(tree, np.generic | np.ndarray | float) or kind is list:
        plain = float(tree) if isinstance(tree, float) else native(tree)
        if isinstance(plain, float):
            found.append(plain)
            return kind  # a number of NumPy's widens float32 arrays, which one of Python's does not
        if plain.dtype.kind in "fiub":
            found.append(plain)
            return plain.dtype.num, plain.shape
        if not isinstance(tree, np.generic):
            raise TypeError(
                "a compiled function takes numbers, arrays of real numbers, containers of them and "
                f"objects, not {described(tree)} {tree!r:.60}"
            )
    if isinstance(tree, tuple) and hasattr(tree, "_fields"):
        return kind, tuple([signature(item, found) for item in tree])
    if is_data(tree):
        names = names_of(tree)
        return kind, *names, *[signature(getattr(tree, name), found) for name in names]
    return bits(tree)


def described(x: Any) -> str:
    """What an argument is, for a message."""
    return f"array of dtype {x.dtype}" if isinstance(x, np.ndarray) else type(x).__name__


def native(x: Any) -> np.ndarray:
    """A list or number as an array, and an array with this machine's order of bytes."""
    x = np.asarray(x)
    return x if x.dtype.isnative else x.astype(x.dtype.newbyteorder("="))


def replaced(
    tree: Any, put: Callable[[Any, str], Any], other: Any = lambda x: x, name: str = ""
) -> Any:
    """The same arguments with `put(number, name)` for every number and array, in order.

    Of what is neither a number nor a container of them it is `other(x)`.
    """
    kind = type(tree)
    if kind is float or isinstance(tree, float):
        return put(float(tree), name)
    if kind is tuple or (kind is list and rectangle(tree) is None):
        return kind([replaced(item, put, other, f"{name}{i}") for i, item in enumerate(tree)])
    if isinstance(tree, dict):
        items = {key: replaced(item, put, other, str(key)) for key, item in tree.items()}
        return items if kind is dict else refilled(tree, items)
    if isinstance(tree, np.generic | np.ndarray) or kind is list:
        plain = tree if isinstance(tree, np.generic) else native(tree)
        return put(plain, name) if plain.dtype.kind in "fiub" else tree
    if isinstance(tree, tuple) and hasattr(tree, "_fields"):
        pairs = zip(tree, tree._fields, strict=True)
        return tuple.__new__(kind, [replaced(x, put, other, field) for x, field in pairs])
    if is_data(tree):
        new = copy.copy(tree)  # whose constructor does not run again
        for field in names_of(tree):
            object.__setattr__(new, field, replaced(getattr(tree, field), put, other, field))
        return new
    return other(tree)


def is_data(tree: Any) -> bool:
    """Whether `tree` is a dataclass."""
    return dataclasses.is_dataclass(tree) and not isinstance(tree, type)


def names_of(tree: Any) -> list[str]:
    """The attributes of a dataclass, those that were set later too."""
    fields = [f.name for f in dataclasses.fields(tree) if hasattr(tree, f.name)]
    return [*fields, *(name for name in getattr(tree, "__dict__", ()) if name not in fields)]
