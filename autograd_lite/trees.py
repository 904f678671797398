"""Nested containers of numbers: lists, tuples, named tuples, dicts, dataclasses, arrays of Values.

`flatten` takes one apart into its leaves (numbers, arrays, nodes) in a fixed order and says how to
put equally many new leaves back. A list that holds nothing but numbers, however deep, is one array.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np

from .graph import Node

__all__ = ["flatten"]

Rebuild = Callable[[list[Any]], Any]


def is_numbers(x: Any) -> bool:
    """Whether `x` is a list of nothing but numbers, or of such lists."""
    return (
        isinstance(x, list)
        and bool(x)
        and all(
            is_numbers(item)
            if isinstance(item, list)
            else isinstance(item, int | float | np.generic)
            for item in x
        )
    )


def flatten(tree: Any) -> tuple[list[Any], Rebuild]:
    """The leaves of a nested container, depth first, and the function that puts others in place.

    >>> leaves, rebuild = flatten({"w": (1.0, 2.0), "b": 3.0})
    >>> leaves
    [1.0, 2.0, 3.0]
    >>> rebuild([10.0, 20.0, 30.0])
    {'w': (10.0, 20.0), 'b': 30.0}
    """
    if isinstance(tree, dict):
        keys = list(tree)
        return _join([tree[k] for k in keys], lambda items: dict(zip(keys, items, strict=True)))
    if isinstance(tree, tuple) and hasattr(tree, "_fields"):
        return _join(list(tree), lambda items: type(tree)(*items))
    if isinstance(tree, tuple):
        return _join(list(tree), tuple)
    if isinstance(tree, list) and not is_numbers(tree):
        return _join(tree, list)
    if dataclasses.is_dataclass(tree) and not isinstance(tree, type):
        names = [f.name for f in dataclasses.fields(tree) if f.init]
        return _join(
            [getattr(tree, name) for name in names],
            lambda items: dataclasses.replace(tree, **dict(zip(names, items, strict=True))),
        )
    if isinstance(tree, np.ndarray) and tree.dtype == object:
        return _join(list(tree.ravel()), lambda items: _array_of(items, tree.shape))
    return [tree], lambda leaves: leaves[0]


def _array_of(items: list[Any], shape: tuple[int, ...]) -> np.ndarray:
    out = np.empty(len(items), dtype=object)
    out[:] = items
    out = out.reshape(shape)
    return out if out.size and isinstance(items[0], Node) else np.array(out.tolist())


def _join(children: list[Any], build: Callable[[list[Any]], Any]) -> tuple[list[Any], Rebuild]:
    parts = [flatten(child) for child in children]
    leaves = [leaf for part, _ in parts for leaf in part]

    def rebuild(new: list[Any]) -> Any:
        items, start = [], 0
        for part, again in parts:
            items.append(again(new[start : start + len(part)]))
            start += len(part)
        return build(items)

    return leaves, rebuild
