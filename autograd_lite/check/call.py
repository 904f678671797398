"""A function taken apart: its leaves as nodes, its outputs, itself as a function of one leaf.

And watched: what it records, and whether it writes into its arguments.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..calculus.trees import flatten
from ..core.graph import Node, data
from ..graphs.names import Names
from ..nodes.blocks import Block, observers
from ..nodes.tensor import Tensor
from ..nodes.value import Value
from ..ops.inputs import is_objects
from ..ops.shape import tensor_of
from .findings import Note

__all__ = [
    "Call",
    "Watched",
    "floats",
    "leaf",
    "mutated",
    "parameters",
    "paths",
    "recorded",
    "same",
    "snapshot",
]


class Watched(Block):
    """Inside the block every node that is recorded is kept in `nodes`."""

    def __init__(self) -> None:
        super().__init__(observers)
        self.nodes: list[Node] = []

    def value(self, outer: Any) -> Any:
        return (*outer, self.nodes.append)


class Call:
    """A function, its arguments, and which leaves of them are differentiated."""

    def __init__(self, f: Callable[..., Any], args: Sequence[Any], argnums: Sequence[int]) -> None:
        self.f, self.args = f, args
        self.variables = Names()
        self.leaves: list[Any] = []
        self.names: list[str] = []
        self.spans: list[tuple[int, int, Any]] = []
        names = parameters(f, len(args))
        for n in argnums:
            leaves, rebuild = flatten(args[n])
            self.spans.append((n, len(leaves), rebuild))
            self.leaves += [leaf(x, names[n]) for x in leaves]
            self.names += paths(args[n], names[n])

    def starts(self) -> list[tuple[int, int, int]]:
        """The number of each argument, how many leaves it has and where they start."""
        found, start = [], 0
        for n, count, _ in self.spans:
            found.append((n, count, start))
            start += count
        return found

    def nodes(self, numbers: Sequence[Any]) -> list[Node]:
        """Fresh leaves that hold the numbers."""
        return [
            Value(float(v), name)
            if np.ndim(x) == 0 and not isinstance(x, np.ndarray)
            else Tensor(v, name)
            for v, x, name in zip(numbers, self.leaves, self.names, strict=True)
        ]

    def __call__(self, nodes: Sequence[Any]) -> tuple[Any, list[Any]]:
        """The result of the function, and its leaves: nodes, arrays or numbers."""
        called = list(self.args)
        start = 0
        for n, count, rebuild in self.spans:
            called[n] = rebuild(list(nodes[start : start + count]))
            start += count
        result = self.f(*called)
        leaves = flatten(result)[0]
        if is_objects(result) and all(isinstance(v, Value | float | int) for v in leaves):
            return result, [tensor_of(result)]
        return result, leaves

    def at(self, k: int, v: np.ndarray) -> list[Node]:
        """Fresh leaves in float64, number `k` with the numbers `v`."""
        base: list[Any] = [np.asarray(x, float) for x in self.leaves]
        base[k] = v.reshape(base[k].shape)
        return self.nodes(base)

    def along(self, k: int, out: int) -> Callable[[np.ndarray], np.ndarray]:
        """Output number `out` as a function of the flattened leaf number `k`, in float64.

        NaN where the function raises, as outside its domain, but not if it does so at once.
        """
        size = -1

        def function(v: np.ndarray) -> np.ndarray:
            nonlocal size
            try:
                value = np.array(data(self(self.at(k, v))[1][out]), float).ravel()
            except (ArithmeticError, ValueError, AssertionError):
                if size < 0:
                    raise
                return np.full(size, np.nan)
            size = value.size
            return value

        return function


def leaf(x: Any, name: str) -> Any:
    """A leaf as a float or a floating-point array, or TypeError."""
    if isinstance(x, Value):
        return x.item()
    if isinstance(x, Node):
        x = data(x)
    array = np.asarray(x)
    if array.dtype.kind not in "fiub":
        raise TypeError(
            f"argument {name} is {type(x).__name__} {x!r:.40}; gradients are taken of real "
            "numbers and arrays of them"
        )
    if array.ndim == 0 and not isinstance(x, np.ndarray) and array.dtype != np.float32:
        return float(array)
    return array.copy() if array.dtype.kind == "f" else array.astype(float)


def parameters(f: Callable[..., Any], count: int) -> list[str]:
    """The names of the first `count` parameters of `f`."""
    try:
        found = list(inspect.signature(f).parameters.values())
    except (TypeError, ValueError):
        found = []
    names = [p.name for p in found if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    return [names[k] if k < len(names) else f"x{k}" for k in range(count)]


def paths(tree: Any, name: str) -> list[str]:
    """A name for every leaf of a container, in the order in which `flatten` lists them."""
    leaves, rebuild = flatten(tree)
    if len(leaves) == 1 and rebuild([tree]) is tree:
        return [name]
    if isinstance(tree, dict):
        return [p for key, x in tree.items() for p in paths(x, f"{name}[{key!r}]")]
    if isinstance(tree, tuple) and hasattr(tree, "_fields"):
        return [p for key in tree._fields for p in paths(getattr(tree, key), f"{name}.{key}")]
    if isinstance(tree, list | tuple):
        return [p for i, x in enumerate(tree) for p in paths(x, f"{name}[{i}]")]
    return [f"{name}[{i}]" for i in range(len(leaves))]


def recorded(
    f: Any, args: Sequence[Any], chosen: list[int]
) -> tuple[Call, list[Node], list[Any], list[Node]]:
    """The call, its leaves, its outputs, and every node that was recorded on the way.

    All arguments that hold floats are recorded where f allows it: the diagnosis then knows them as
    values that a hand gradient may have used.
    """
    wider = [n for n, x in enumerate(args) if n in chosen or floats(x)]
    if len(wider) > len(chosen):
        try:
            return watched(Call(f, args, wider))
        except Exception:
            pass  # f takes that argument as plain numbers only
    return watched(Call(f, args, chosen))


def watched(call: Call) -> tuple[Call, list[Node], list[Any], list[Node]]:
    """The call made once, with every node that it recorded."""
    nodes = call.nodes(call.leaves)
    block = Watched()
    with block:
        outputs = call(nodes)[1]
    return call, nodes, outputs, block.nodes


def floats(x: Any) -> bool:
    """Whether an argument holds floating-point numbers, as class labels and sizes do not."""
    leaves = flatten(x)[0]
    return bool(leaves) and all(
        isinstance(v, Node)
        or (not isinstance(v, bool) and getattr(np.asarray(v), "dtype", np.dtype("O")).kind == "f")
        for v in leaves
    )


def snapshot(args: Sequence[Any]) -> list[list[np.ndarray]]:
    """Copies of the numbers in the arguments."""
    return [[np.array(data(x)) for x in flatten(arg)[0] if numeric(x)] for arg in args]


def numeric(x: Any) -> bool:
    """Whether `x` holds real numbers."""
    return np.asarray(data(x)).dtype.kind in "fiub"


def mutated(before: Any, args: Sequence[Any], who: str, names: list[str]) -> list[Note]:
    """A note for every argument that was written to, which is then put back."""
    notes = []
    for old, new, arg, name in zip(before, snapshot(args), args, names, strict=True):
        if all(np.array_equal(a, b, equal_nan=True) for a, b in zip(old, new, strict=True)):
            continue
        text = (
            f"{who} wrote into its argument {name} (use a copy: {name} = {name}.copy()); it was "
            "put back for the rest of the check"
        )
        notes.append(Note("input-changed", text))
        for target, numbers in zip((x for x in flatten(arg)[0] if numeric(x)), old, strict=True):
            if isinstance(target, np.ndarray):
                target[...] = numbers
            elif isinstance(target, Node):
                target.data = numbers  # type: ignore[attr-defined]
    return notes


def same(outputs: list[Any], again: list[Any]) -> bool:
    """Whether two calls gave the same numbers."""
    return len(outputs) == len(again) and all(
        np.array_equal(np.asarray(data(a)), np.asarray(data(b)), equal_nan=True)
        for a, b in zip(outputs, again, strict=True)
    )
