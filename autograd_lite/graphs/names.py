"""What a node is called: its label, the variable that holds it, or a short name made up for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from ..core.graph import Node
from .text import clip
from .variables import Names, caller_names, constant_name

__all__ = ["name_all", "named"]


# Letters a person might give the result of an operation.
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
