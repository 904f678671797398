"""The formula in a drawing's title: L = cross_entropy(softmax(z), t)."""

from __future__ import annotations

from typing import Any

from ..core.graph import Node
from .formula import ATOM, formula, literal
from .view import View

__all__ = ["title_of"]


def title_of(view: View) -> str:
    """The whole formula of the root, groups written as functions, down to the leaves."""
    root = view.home[id(view.root)]
    if view.root.op is None:
        return root.name
    length = [0]
    text, _ = whole(view, view.root, (), length)
    short = length[0] <= 60 and len(text) <= 64
    return f"{root.name} = {text if short else root.formula}"


def whole(view: View, x: Any, outside: tuple[int, ...], length: list[int]) -> tuple[str, int]:
    """The text of a node, seen from a place inside the groups `outside`; `length` counts parts."""
    length[0] += 1
    if not isinstance(x, Node):
        return (view.names[id(x)], ATOM) if id(x) in view.names else literal(x)
    shared = x is not view.root and len(view.uses.get(id(x), ())) > 1
    if x.op is None or shared or length[0] > 60:
        return view.names[id(x)], ATOM
    chain = view.groups.of(x)
    inner = chain[len(outside) : len(outside) + 1] if chain[: len(outside)] == outside else ()
    if inner:
        sources = sources_of(view, chain[: len(outside) + 1])
        texts = [whole(view, y, outside, length)[0] for y in sources]
        name = view.groups.names[inner[0]].replace("-", "_")
        return f"{name}({', '.join(texts)})", ATOM
    if id(x) in view.shifts:
        return whole(view, x.left, outside, length)
    return formula(x.op, x.left, [whole(view, y, outside, length) for y in x.inputs])


def sources_of(view: View, chain: tuple[int, ...]) -> list[Any]:
    """What goes into a group: nodes from outside it and the constants that have a box."""
    found: dict[int, Any] = {}
    for node in view.nodes:
        if view.groups.of(node)[: len(chain)] != chain:
            continue
        for x in node.inputs:
            if isinstance(x, Node):
                if view.groups.of(x)[: len(chain)] != chain:
                    found[id(x)] = x
            elif id(x) in view.constants:
                found[id(x)] = x
    # Nodes before constants: cross_entropy(h, t).
    return sorted(found.values(), key=lambda x: not isinstance(x, Node))
