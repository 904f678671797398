"""What a node is called: its label, the variable that holds it, or a short name made up for it."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from types import FrameType
from typing import Any

import numpy as np

from ..core.graph import Node
from .text import clip

__all__ = ["LETTERS", "Names", "caller_names", "constant_name", "lent", "name_all", "named"]

SEARCHED = 20_000  # variables; a namespace with more is searched no further
COMPARED = 10_000  # entries of an array that is compared with a caller's
LISTED = 200  # items of a list or array of nodes that are named after their place


class Names:
    """The caller's variables that hold nodes (by identity) or arrays (by their numbers too)."""

    def __init__(self) -> None:
        self.by_id: dict[int, str] = {}
        self.arrays: list[tuple[str, Any]] = []


def caller_names(depth: int) -> Names:
    """The names of variables `depth` frames up, read once: no frame is kept, nothing is raised."""
    found = Names()
    frame: FrameType | None = None
    try:
        frame = sys._getframe(depth)
        seen = 0
        items: list[tuple[str, Any]] = []
        for scope in (frame.f_locals, frame.f_globals):
            for name, held in list(scope.items()):
                seen += 1
                if seen > SEARCHED:
                    break
                # Nobody chose these: _, __ and _12 are a notebook's results of cells, .0 and @x are
                # variables of comprehensions and of pytest's assertions.
                if name.startswith("_") or not name.isidentifier():
                    continue
                if isinstance(held, Node):
                    found.by_id.setdefault(id(held), name)
                elif is_collection(held):
                    items.append((name, held))
                elif type(held) is np.ndarray or (type(held) is list and len(held) <= 1000):
                    found.by_id.setdefault(id(held), name)
                    found.arrays.append((name, held))
        # A variable of its own is a better name than a place in a list.
        for name, held in items:
            if not isinstance(held, np.ndarray):
                places = (((k,), item) for k, item in enumerate(held))
            else:
                places = ((at, item) for at, item in np.ndenumerate(held))
            for at, item in places:
                if isinstance(item, Node):
                    found.by_id.setdefault(id(item), f"{name}[{', '.join(map(str, at))}]")
    except Exception:  # a name is a courtesy; a drawing never fails for want of one
        return found
    finally:
        del frame
    return found


def is_collection(x: Any) -> bool:
    """Whether `x` is a short list, tuple or array that holds nodes."""
    if isinstance(x, np.ndarray):
        return x.dtype == object and 0 < x.size <= LISTED and isinstance(x.flat[0], Node)
    return type(x) in (list, tuple) and 0 < len(x) <= LISTED and isinstance(x[0], Node)


def constant_name(x: Any, variables: Names) -> str:
    """The variable that holds this array, or one with its numbers (it may have been copied)."""
    if id(x) in variables.by_id:
        return variables.by_id[id(x)]
    if x.size > COMPARED:
        return ""
    for name, held in variables.arrays:
        try:
            array = np.asarray(held)
            if array.dtype.kind in "fiub" and array.shape == x.shape and np.array_equal(array, x):
                return name
        except Exception:  # a list of anything may be no array
            continue
    return ""


@contextmanager
def lent(nodes: Iterable[Node], variables: Names) -> Iterator[None]:
    """Within the block unlabelled nodes are labelled by the variables that hold them."""
    changed = []
    try:
        for node in nodes:
            if not node.label and id(node) in variables.by_id:
                changed.append((node, node.notes))
                node.label = variables.by_id[id(node)]
        yield
    finally:
        for node, notes in changed:
            node.notes = notes


LETTERS = {
    "exp": "e",
    "sum": "s",
    "log": "q",
    "*": "m",
    "+": "r",
    "-": "u",
    "neg": "n",
    "/": "h",
    "@": "y",
    "**": "p",
    "tanh": "h",
    "sigmoid": "h",
    "relu": "h",
}
"""Letters a person might give the result of an operation."""


def named(names: Any) -> tuple[dict[int, str], Names]:
    """The names given by `names=`, and those in the frame that called the function calling this."""
    given = given_names(names)
    variables = caller_names(3)
    for name, held in (names or {}).items():
        if isinstance(held, np.ndarray):  # what is in the graph may be a copy of it
            variables.arrays.insert(0, (name, held))
    return given, variables


def given_names(names: Any) -> dict[int, str]:
    """`names=` as a dict from identity to name; it maps names to nodes or nodes to names."""
    if names is None:
        return {}
    if not isinstance(names, Mapping):
        raise TypeError(
            f"names is a dict, {{'z': z}} or {{z: 'z'}}, not {type(names).__name__}; a single "
            "node's name can be set by z.label = 'z'"
        )
    found: dict[int, str] = {}
    for key, value in names.items():
        node, name = (value, key) if isinstance(key, str) else (key, value)
        if not isinstance(name, str):
            raise TypeError(f"names maps names to nodes or nodes to names; {key!r} does neither")
        found[id(node)] = name
    return found


def name_all(
    nodes: Iterable[Node],
    constants: Iterable[tuple[Any, str]],
    given: dict[int, str],
    variables: Names,
) -> tuple[dict[int, str], set[int]]:
    """A name of its own for every node and constant by identity, and which ones were made up.

    Constants come with the letter to take where nothing better is known.
    """
    names: dict[int, str] = {}
    made_up: set[int] = set()
    taken: dict[str, int] = {}
    waiting: list[tuple[int, str]] = []
    listed = [(x, LETTERS.get(x._op, x._op[:1] if x._op[:1].isalpha() else "x")) for x in nodes]
    for x, letter in [*listed, *constants]:
        label = x.label if isinstance(x, Node) else ""
        known = given.get(id(x)) or label or variables.by_id.get(id(x), "")
        if not known and not isinstance(x, Node):
            known = constant_name(x, variables)
        known = clip(known, 40).strip()
        if known:
            names[id(x)] = free(known, taken)
        else:
            waiting.append((id(x), letter))
    for key, letter in waiting:
        names[key] = free(letter, taken)
        made_up.add(key)
    return names, made_up


def free(name: str, taken: dict[str, int]) -> str:
    """`name`, or with the first number behind it that nobody has yet."""
    if name not in taken:
        taken[name] = 1
        return name
    k = taken[name] + 1
    while f"{name}{k}" in taken:
        k += 1
    taken[name] = k
    return free(f"{name}{k}", taken)
