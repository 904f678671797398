"""The arguments of a call: which are numbers that vary, and what stays the same for a program."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np

from ..calculus.trees import rectangle, refilled
from ..core.graph import Node

__all__ = ["HasNodes", "replaced", "signature"]


class HasNodes(Exception):
    """An argument holds a node: what is to be differentiated is not replayed."""


STATIC = (int, str, bytes, type(None), type(Ellipsis), slice, range)


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
        return kind, tuple([(key, signature(item, found)) for key, item in tree.items()])
    if isinstance(tree, Node):
        raise HasNodes
    if isinstance(tree, np.generic | np.ndarray | float | list) and not isinstance(tree, str):
        plain = float(tree) if isinstance(tree, float) else native(tree)
        if isinstance(plain, float):
            found.append(plain)
            return kind  # a number of NumPy's widens float32 arrays, which one of Python's does not
        if plain.dtype.kind in "fiub":
            found.append(plain)
            return plain.dtype.num, plain.shape
    if isinstance(tree, tuple) and hasattr(tree, "_fields"):
        return kind, tuple([signature(item, found) for item in tree])
    if dataclasses.is_dataclass(tree) and not isinstance(tree, type):
        fields = [f.name for f in dataclasses.fields(tree) if f.init]
        return kind, tuple([signature(getattr(tree, name), found) for name in fields])
    if isinstance(tree, STATIC):
        return kind, tree if not isinstance(tree, slice) else repr(tree)
    try:
        hash(tree)
    except TypeError as error:
        raise TypeError(
            f"a compiled function takes numbers, arrays, containers of them, and values that can "
            f"be told apart, not {described(tree)} {tree!r:.60}"
        ) from error
    return kind, tree


def described(x: Any) -> str:
    """What an argument is, for a message."""
    return f"array of dtype {x.dtype}" if isinstance(x, np.ndarray) else type(x).__name__


def native(x: Any) -> np.ndarray:
    """A list or number as an array, and an array with this machine's order of bytes."""
    x = np.asarray(x)
    return x if x.dtype.isnative else x.astype(x.dtype.newbyteorder("="))


def replaced(tree: Any, put: Callable[[Any, str], Any], name: str = "") -> Any:
    """The same arguments with `put(number, name)` for every number and array, in order."""
    kind = type(tree)
    if kind is float:
        return put(tree, name)
    if kind is tuple or (kind is list and rectangle(tree) is None):
        return kind([replaced(item, put, f"{name}{i}") for i, item in enumerate(tree)])
    if isinstance(tree, dict):
        items = {key: replaced(item, put, str(key)) for key, item in tree.items()}
        return items if kind is dict else refilled(tree, items)
    if isinstance(tree, float):
        return put(float(tree), name)
    if isinstance(tree, np.generic | np.ndarray | list):
        plain = tree if isinstance(tree, np.generic) else native(tree)
        return put(plain, name) if plain.dtype.kind in "fiub" else tree
    if isinstance(tree, tuple) and hasattr(tree, "_fields"):
        return kind(*[replaced(x, put, f) for x, f in zip(tree, tree._fields, strict=True)])
    if dataclasses.is_dataclass(tree) and not isinstance(tree, type):
        fields = [f.name for f in dataclasses.fields(tree) if f.init]
        new = {f: replaced(getattr(tree, f), put, f) for f in fields}
        return dataclasses.replace(tree, **new)
    return tree
