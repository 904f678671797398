"""How a result was computed, as a person would write it: `e / s`, `sum(e, axis=-1)`, `x[0]`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..core.graph import Node
from ..graphs.spelling import ATOM, SUM, Part, fill, wrapped
from ..graphs.text import MINUS, number
from .boxes import Box
from .subject import Subject

__all__ = ["ATOM", "box_formula", "formula", "literal", "title_of"]


def literal(x: Any) -> tuple[str, int]:
    """A number in a formula, without needless zeros."""
    value = float(np.asarray(x).reshape(-1)[0])
    text = f"{value:.6g}" if value == value and abs(value) < 1e6 else number(value)
    return text.replace("-", MINUS), SUM if value < 0 else ATOM


def formula(op: Any, inputs: Any, parts: list[Part]) -> Part:
    """The text of an operation applied to the texts of its inputs, and how tight it is."""
    return fill(op.spelling(*inputs).replace("-", MINUS), parts)


def box_formula(subject: Subject, box: Box) -> str:
    """What a box computes: `e / s`, or of a collapsed group `softmax(z)`; nothing for a leaf."""
    if not box.members or box.node.op is None or id(box.node) in subject.rim:
        return ""
    if box.collapsed:
        edges = sorted(box.edges, key=lambda edge: edge.source.kind == "constant")
        sources = dict.fromkeys(edge.source.name for edge in edges)
        name = box.collapsed.replace("-", "_")
        return f"{name}({', '.join(sources)})"
    inner = {id(m) for m in box.members}
    text, _ = formula_of(
        subject, box.node, lambda x: None if id(x) in inner else (subject.names[id(x)], ATOM)
    )
    return text


def formula_of(
    subject: Subject, node: Node, name: Callable[[Any], tuple[str, int] | None]
) -> tuple[str, int]:
    """The formula of a node; `name` says how an input is written, or None to look inside it."""
    parts = []
    stacked = id(node) in subject.stacks
    for x in (y.inputs[0] for y in node.inputs) if stacked else node.inputs:
        if isinstance(x, Node):
            parts.append(name(x) or formula_of(subject, x, name))
        elif id(x) in subject.constants:
            parts.append((subject.names[id(x)], ATOM))
        else:
            parts.append(literal(x))
    if stacked:
        return fill(f"stack({', '.join(['{}'] * len(parts))})", parts)
    if id(node) in subject.shifts:
        return f"{wrapped(parts[0], 0)} − max {wrapped(parts[0], ATOM)}", 0
    return formula(node.op, node.inputs, parts)


def title_of(subject: Subject, root: Box) -> str:
    """The whole formula of the root, groups written as functions, down to the leaves."""
    if subject.root.op is None:
        return root.name
    length = [0]
    text, _ = whole(subject, subject.root, (), length)
    short = length[0] <= 60 and len(text) <= 64
    return f"{root.name} = {text if short else root.formula}"


def whole(subject: Subject, x: Any, outside: tuple[int, ...], length: list[int]) -> tuple[str, int]:
    """The text of a node, seen from a place inside the groups `outside`; `length` counts parts."""
    length[0] += 1
    if not isinstance(x, Node):
        return (subject.names[id(x)], ATOM) if id(x) in subject.names else literal(x)
    shared = x is not subject.root and len(subject.uses.get(id(x), ())) > 1
    if x.op is None or shared or length[0] > 60:
        return subject.names[id(x)], ATOM
    chain = subject.groups.of(x)
    inner = chain[len(outside) : len(outside) + 1] if chain[: len(outside)] == outside else ()
    if inner:
        sources = sources_of(subject, chain[: len(outside) + 1])
        texts = [whole(subject, y, outside, length)[0] for y in sources]
        name = subject.groups.names[inner[0]].replace("-", "_")
        return f"{name}({', '.join(texts)})", ATOM
    if id(x) in subject.shifts:
        return whole(subject, x.inputs[0], outside, length)
    return formula(x.op, x.inputs, [whole(subject, y, outside, length) for y in x.inputs])


def sources_of(subject: Subject, chain: tuple[int, ...]) -> list[Any]:
    """What goes into a group: nodes from outside it and the constants that have a box."""
    found: dict[int, Any] = {}
    for node in subject.nodes:
        if subject.groups.of(node)[: len(chain)] != chain:
            continue
        for x in node.inputs:
            if isinstance(x, Node):
                if subject.groups.of(x)[: len(chain)] != chain:
                    found[id(x)] = x
            elif id(x) in subject.constants:
                found[id(x)] = x
    # Nodes before constants: cross_entropy(h, t).
    return sorted(found.values(), key=lambda x: not isinstance(x, Node))
