"""A tree of numbers described as JSON can say it, with its arrays beside it under their names."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from ..core.graph import Node
from ..core.value import Value
from ..ops.inputs import is_objects
from .tensor import Tensor

__all__ = ["STRUCTURE", "Description", "bare", "built"]

STRUCTURE = "structure"  # the name under which a file keeps it, which no array may have
PLAIN = str | bool | int | float | None


class Description:
    """What a tree is made of, and its arrays, each under its place in the tree."""

    def __init__(self) -> None:
        self.arrays: dict[str, np.ndarray] = {}
        self.targets: dict[str, Any] = {}
        self.names: dict[int, str] = {}

    def described(self, tree: Any, at: tuple[Any, ...] = ()) -> Any:
        """The structure of `tree`, which stands `at` these keys; collects its arrays."""
        if isinstance(tree, Node):
            kind = "value" if isinstance(tree, Value) else "tensor"
            return {kind: self.kept(tree, tree.primal, at), "label": tree.label}
        if isinstance(tree, np.ndarray | np.generic):
            if is_objects(tree):
                return {"values": self.kept(tree, _numbers(tree), at)}
            if tree.dtype.kind in "fiub":
                return {"array": self.kept(tree, tree, at)}
        if isinstance(tree, PLAIN):
            return {"plain": tree}
        if isinstance(tree, dict):
            if all(isinstance(key, str | int) for key in tree):
                pairs = [[key, self.described(item, (*at, key))] for key, item in tree.items()]
                return {"dict": pairs}
        elif isinstance(tree, list | tuple):
            kind = "list" if isinstance(tree, list) else "tuple"
            return {kind: [self.described(item, (*at, i)) for i, item in enumerate(tree)]}
        elif dataclasses.is_dataclass(tree) and not isinstance(tree, type):
            names = [field.name for field in dataclasses.fields(tree)]
            return {"dict": [[n, self.described(getattr(tree, n), (*at, n))] for n in names]}
        place = "".join(f"[{key!r}]" for key in at)
        raise TypeError(
            "save writes numbers, arrays of numbers, Tensors and Values in dictionaries (with keys "
            f"that are strings or whole numbers), lists and tuples; tree{place} is {_kind(tree)}"
        )

    def kept(self, owner: Any, numbers: Any, at: tuple[Any, ...]) -> str:
        """The name under which the numbers of `owner` are kept."""
        if id(owner) not in self.names:
            name = ".".join(str(key) for key in at) or "data"
            while name in self.arrays or name == STRUCTURE:
                name += "_"
            self.names[id(owner)] = name
            self.arrays[name] = np.asarray(numbers)
            self.targets[name] = owner
        return self.names[id(owner)]


def _kind(x: Any) -> str:
    return f"an array of dtype {x.dtype}" if isinstance(x, np.ndarray) else repr(x)[:60]


def _numbers(values: Any) -> np.ndarray:
    """The numbers of an array of Values."""
    return np.array([v.primal if isinstance(v, Node) else v for v in values.flat], float).reshape(
        values.shape
    )


def built(structure: Any, arrays: dict[str, np.ndarray], made: dict[str, Any]) -> Any:
    """The tree that a structure describes."""
    (kind, content), *more = structure.items()
    if kind == "plain" and isinstance(content, PLAIN):
        return content
    if kind in ("list", "tuple"):
        items = [built(item, arrays, made) for item in content]
        return items if kind == "list" else tuple(items)
    if kind == "dict":
        return {key: built(item, arrays, made) for key, item in content}
    if content not in made:
        array, label = arrays[content], dict(more).get("label", "")
        if kind == "tensor":
            made[content] = Tensor(array, label)
        elif kind == "value":
            made[content] = Value(array, label)
        elif kind == "values":
            made[content] = np.array([Value(x) for x in array.flat], object).reshape(array.shape)
        elif kind == "array":
            made[content] = array
        else:
            raise ValueError(f"its structure speaks of {kind!r:.40}")
    return made[content]


def bare(structure: Any) -> Any:
    """A structure without its labels and plain values."""
    (kind, content), *_ = structure.items()
    if kind in ("list", "tuple"):
        return kind, [bare(item) for item in content]
    if kind == "dict":
        return kind, [(key, bare(item)) for key, item in content]
    return kind, None if kind == "plain" else content
