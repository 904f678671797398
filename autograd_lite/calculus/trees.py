"""Nested containers of numbers: lists, tuples, named tuples, dicts, dataclasses, arrays of Values.

`flatten` takes one apart into its leaves (numbers, arrays, nodes) in a fixed order and says how to
put equally many others in their place. A list of nothing but numbers, however deep, is one array;
a list or array that also holds nodes has a leaf for each entry; None is a container of nothing.

Mirrors `jax.tree_util`.
"""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from ..core.graph import Node
from ..ops.inputs import operand

__all__ = ["Form", "flatten", "rectangle", "refilled"]


class Form:
    """The form of a container without its leaves. Called with as many leaves, it puts them back."""

    __slots__ = ("build", "children", "count", "flat", "shape", "take_apart")

    def __init__(
        self,
        count: int,
        build: Callable[[list[Any]], Any],
        children: list[Form] | None = None,
        shape: tuple[int, ...] | None = None,
        take_apart: Callable[[Any], list[Any] | None] | None = None,
    ) -> None:
        self.count = count  # of leaves
        self.build = build
        self.children = children  # None for a leaf and for an array whose entries are leaves,
        self.shape = shape  # which has a shape
        self.take_apart = take_apart  # the children of another container, None if it is another's
        # Whether `build` takes the leaves as they come, with no container in between.
        self.flat = children is None or children.count(LEAF) == len(children)

    def __call__(self, leaves: Iterable[Any]) -> Any:
        return self.build(list(leaves)) if self.flat else self.put(iter(leaves))

    def put(self, leaves: Iterator[Any]) -> Any:
        """The container with the next leaves."""
        if self is LEAF:
            return next(leaves)
        if self.children is None:
            return self.build([next(leaves) for _ in range(self.count)])
        return self.build([next(leaves) if c is LEAF else c.put(leaves) for c in self.children])

    def leaves_of(self, tree: Any, what: str) -> list[Any]:
        """The leaves of another container of this form, or ValueError. Numbers may be an array."""
        if self.children is None and self.shape is None:
            return [tree]
        if self.shape is not None:
            if rectangle(tree) == self.shape:
                return _entries(tree, len(self.shape))
            if np.shape(tree) == self.shape:
                return list(np.ravel(tree))
        elif self.children is not None and self.take_apart is not None:
            items = self.take_apart(tree)
            if items is not None and len(items) == len(self.children):
                pairs = zip(self.children, items, strict=True)
                return [leaf for child, item in pairs for leaf in child.leaves_of(item, what)]
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


ndarray = np.ndarray
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
    if isinstance(tree, Node) or type(tree) is float:
        return [tree], LEAF
    leaves: list[Any] = []
    form = _form(tree, leaves)
    return leaves, form


def _forms(items: Iterable[Any], leaves: list[Any]) -> list[Form]:
    """The form of each of the items, whose leaves are added to the list."""
    forms: list[Form] = []
    for item in items:
        kind = type(item)
        if (kind is ndarray and item.dtype.kind != "O") or issubclass(kind, Node) or kind is float:
            leaves.append(item)
            forms.append(LEAF)
        else:
            forms.append(_form(item, leaves))
    return forms


def _form(tree: Any, leaves: list[Any]) -> Form:
    """The form of a container, or of a single leaf."""
    kind = type(tree)
    if tree is None:
        return Form(0, lambda items: None, [], None, lambda other: [] if other is None else None)
    if isinstance(tree, dict):
        keys = list(tree)
        return _container(
            _forms(tree.values(), leaves),
            (lambda items: dict(zip(keys, items, strict=True)))
            if kind is dict
            else (lambda items: refilled(tree, dict(zip(keys, items, strict=True)))),
            lambda other: (
                [other[k] for k in keys]
                if isinstance(other, dict) and set(other) == set(keys)
                else None
            ),
        )
    shape = rectangle(tree) if kind is list else None
    if isinstance(tree, tuple | list) and shape is None:
        return _container(
            _forms(tree, leaves),
            kind if kind in (tuple, list) else (lambda items: _sequence(tree, items)),
            lambda other: list(other) if isinstance(other, tuple | list) else None,
        )
    if shape is not None:
        entries = _entries(tree, len(shape))
        if any(isinstance(x, Node) for x in entries):
            leaves += entries
            return Form(
                len(entries), lambda items: _array(items, shape, object).tolist(), None, shape
            )
    elif isinstance(tree, np.ndarray) and tree.dtype == object:
        leaves += tree.ravel().tolist()
        return Form(tree.size, lambda items: _array(items, tree.shape), None, tree.shape)
    elif dataclasses.is_dataclass(tree) and not isinstance(tree, type):
        names = [f.name for f in dataclasses.fields(tree) if f.init or _numeric(tree, f.name)]
        return _container(
            _forms([getattr(tree, name) for name in names], leaves),
            lambda items: _with_fields(tree, dict(zip(names, items, strict=True))),
            lambda other: [getattr(other, n) for n in names] if isinstance(other, kind) else None,
        )
    leaves.append(operand(tree))
    return LEAF


def _container(
    children: list[Form], build: Callable[[list[Any]], Any], take_apart: Callable[[Any], Any]
) -> Form:
    count = len(children)
    if children.count(LEAF) < count:
        count = sum([child.count for child in children])
    return Form(count, build, children, None, take_apart)


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


def refilled(tree: dict[Any, Any], items: dict[Any, Any]) -> dict[Any, Any]:
    """A dictionary like `tree`, an OrderedDict or a defaultdict say, with other items."""
    new = copy.copy(tree)
    new.update(items)
    return new


def _sequence(tree: Any, items: list[Any]) -> Any:
    """A list or tuple of the class of `tree`, whose constructor need not take items."""
    if isinstance(tree, tuple):
        return tuple.__new__(type(tree), items)
    new = copy.copy(tree)
    new[:] = items
    return new


def _with_fields(tree: Any, fields: dict[str, Any]) -> Any:
    """A dataclass like `tree` with other fields: a copy, whose constructor does not run again."""
    new = copy.copy(tree)
    for name, x in fields.items():
        object.__setattr__(new, name, x)  # frozen ones too
    return new


def _numeric(tree: Any, name: str) -> bool:
    """Whether a field that no constructor takes was set to what can be differentiated."""
    x = getattr(tree, name, None)
    return isinstance(x, NUMBER | np.ndarray | Node | list | tuple | dict)
