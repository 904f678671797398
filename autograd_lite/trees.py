"""Nested containers of numbers: lists, tuples, named tuples, dicts, dataclasses, arrays of Values.

`flatten` takes one apart into its leaves (numbers, arrays, nodes) in a fixed order and says how to
put equally many others in their place. A list of nothing but numbers, however deep, is one array;
a list or array that also holds nodes has a leaf for each entry; None is a container of nothing.

Mirrors `jax.tree_util`.
"""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .graph import Node

__all__ = ["Form", "flatten"]


@dataclasses.dataclass(slots=True, frozen=True)
class Form:
    """The form of a container without its leaves. Called with as many leaves, it puts them back."""

    count: int
    """How many leaves it holds."""
    build: Callable[[list[Any]], Any]
    children: tuple[Form, ...] | None = None
    shape: tuple[int, ...] | None = None
    """Of an array whose entries are leaves; None for anything else."""
    take_apart: Callable[[Any], list[Any] | None] = lambda tree: None
    """The children of another container of this form, None of anything else."""

    def __call__(self, leaves: list[Any]) -> Any:
        if self.children is None:
            return self.build(leaves)
        items, start = [], 0
        for child in self.children:
            items.append(child(leaves[start : start + child.count]))
            start += child.count
        return self.build(items)

    def leaves_of(self, tree: Any, what: str) -> list[Any]:
        """The leaves of another container of this form, or ValueError. Numbers may be an array."""
        if self.children is None and self.shape is None:
            return [tree]
        if self.shape is not None:
            if rectangle(tree) == self.shape:
                return _entries(tree, len(self.shape))
            if np.shape(tree) == self.shape:
                return list(np.ravel(tree))
        elif (items := self.take_apart(tree)) is not None and len(items) == len(
            self.children or ()
        ):
            return [
                leaf
                for child, item in zip(self.children or (), items, strict=True)
                for leaf in child.leaves_of(item, what)
            ]
        raise ValueError(
            f"{what} needs the form of what it belongs to, {self([...] * self.count)!r}; "
            f"it was given {type(tree).__name__} {tree!r:.60}"
        )

    def arrays(self) -> list[Form]:
        """The parts that stand for one array each: single leaves, and arrays of leaves."""
        if self.children is None:
            return [self]
        return [part for child in self.children for part in child.arrays()]

    def arrange(self, arrays: Sequence[Any]) -> Any:
        """The container with a whole array for each of its `arrays()`."""
        if self.children is None:
            return arrays[0]
        items, start = [], 0
        for child in self.children:
            count = len(child.arrays())
            items.append(child.arrange(arrays[start : start + count]))
            start += count
        return self.build(items)


LEAF = Form(1, lambda leaves: leaves[0])
NUMBER = int | float | np.generic


def flatten(tree: Any) -> tuple[list[Any], Form]:
    """The leaves of a nested container, depth first, and its form, which puts others in place.

    >>> leaves, form = flatten({"w": (1.0, 2.0), "b": 3.0})
    >>> leaves
    [1.0, 2.0, 3.0]
    >>> form([10.0, 20.0, 30.0])
    {'w': (10.0, 20.0), 'b': 30.0}
    """
    if isinstance(tree, Node) or (isinstance(tree, np.ndarray) and tree.dtype != object):
        return [tree], LEAF
    if tree is None:
        return [], Form(
            0, lambda leaves: None, (), take_apart=lambda other: [] if other is None else None
        )
    if isinstance(tree, dict):
        keys = list(tree)
        return _join(
            tree,
            dict,
            lambda items: _refill(tree, keys, items),
            lambda other: [other[k] for k in keys] if set(other) == set(keys) else None,
        )
    if isinstance(tree, tuple):
        build = (lambda items: type(tree)(*items)) if hasattr(tree, "_fields") else tuple
        return _join(tree, list | tuple, build, list)
    if isinstance(tree, list):
        shape = rectangle(tree)
        if shape is None:
            return _join(tree, list | tuple, list, list)
        leaves = _entries(tree, len(shape))
        if not any(isinstance(x, Node) for x in leaves):
            return [tree], LEAF
        return leaves, Form(
            len(leaves), lambda items: _array(items, shape, object).tolist(), shape=shape
        )
    if isinstance(tree, np.ndarray):
        return list(tree.ravel()), Form(
            tree.size, lambda items: _array(items, tree.shape), shape=tree.shape
        )
    if dataclasses.is_dataclass(tree) and not isinstance(tree, type):
        names = [f.name for f in dataclasses.fields(tree) if f.init]
        return _join(
            tree,
            type(tree),
            lambda items: dataclasses.replace(tree, **dict(zip(names, items, strict=True))),
            lambda other: [getattr(other, name) for name in names],
        )
    return [tree], LEAF


def rectangle(x: Any) -> tuple[int, ...] | None:
    """The shape of a nested list of numbers and scalar nodes; None if it is no such rectangle."""
    if isinstance(x, Node):
        return () if x.shape == () else None
    if not isinstance(x, list):
        return () if isinstance(x, NUMBER) else None
    inner = {rectangle(item) for item in x}
    if len(inner) != 1 or None in inner:
        return None
    return (len(x), *inner.pop())  # type: ignore[misc]


def _entries(x: Any, depth: int) -> list[Any]:
    """The entries of a nested list, in order."""
    return [x] if depth == 0 else [entry for item in x for entry in _entries(item, depth - 1)]


def _array(items: list[Any], shape: tuple[int, ...], dtype: Any = None) -> np.ndarray:
    """An array of the items: of numbers when all are, else of objects."""
    out = np.empty(len(items), dtype=object)
    for i, item in enumerate(items):  # one by one: NumPy would look into a node for a sequence
        out[i] = item
    if dtype is None and all(isinstance(item, NUMBER) for item in items):
        out = out.astype(float)
    return out.reshape(shape)


def _refill(tree: dict[Any, Any], keys: list[Any], items: list[Any]) -> dict[Any, Any]:
    """A dictionary like `tree` with other items."""
    if type(tree) is dict:
        return dict(zip(keys, items, strict=True))
    new = copy.copy(tree)  # an OrderedDict or a defaultdict stays one
    new.update(zip(keys, items, strict=True))
    return new


def _join(
    tree: Any, kind: Any, build: Callable[[list[Any]], Any], take_apart: Callable[[Any], Any]
) -> tuple[list[Any], Form]:
    """The leaves and the form of a container; others of its form are of this `kind`."""
    parts = [flatten(child) for child in take_apart(tree)]
    leaves = [leaf for part, _ in parts for leaf in part]
    return leaves, Form(
        len(leaves),
        build,
        tuple(form for _, form in parts),
        take_apart=lambda other: take_apart(other) if isinstance(other, kind) else None,
    )
