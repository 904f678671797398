"""What is said about a collapsed group: the Jacobian of softmax, the shortcut h − t."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core.graph import Node
from ..graphs.expression import symbols
from ..graphs.notation import write
from .boxes import Box, Edge, gradient
from .formula import literal
from .phrases import phrase
from .view import View

__all__ = ["edge_phrase", "shortcuts"]


def _softmax(edge: Edge) -> str:
    h = edge.target.name
    return f" × J,  J_ij = {h}_i (δ_ij − {h}_j)"


def _logsumexp(edge: Edge) -> str:
    return f" × softmax({edge.source.name})"


def _log_softmax(edge: Edge) -> str:
    q = edge.target.name
    return f" × J,  J_ij = δ_ij − exp {q}_j"


def _softmax_cross_entropy(edge: Edge) -> str | None:
    t = target_of(edge.target)
    n = examples_of(edge.target)
    return t and f" × (softmax({edge.source.name}) − {t}){'/' if n else ''}{n}"


KNOWN: dict[str, Any] = {
    "softmax": _softmax,
    "log_softmax": _log_softmax,
    "logsumexp": _logsumexp,
    "softmax_cross_entropy": _softmax_cross_entropy,
}
"""Derivatives of whole groups that are better known by a formula than by their steps."""


def edge_phrase(view: View, edge: Edge) -> str | None:
    """What the edge into a collapsed group says; None for any other edge."""
    if edge.target.collapsed is None:
        return None
    name = view.subject.groups.names[edge.target.collapsed]
    if name in KNOWN and edge.source.kind != "constant" and first_of(edge):
        text = KNOWN[name](edge)
        if text:
            return text
    if edge.rule is not None:
        shown = {box.name for box in view.boxes}
        hidden = symbols(edge.rule) - shown - {gradient(edge.target.name).name}
        if not hidden and len(write(edge.rule)) <= 48:
            text = phrase(edge.rule, gradient(edge.target.name), "")
            return text.removesuffix(", copied to all")
    n = len(edge.target.members)
    return f" through {n} step{'s' if n > 1 else ''}"


def first_of(edge: Edge) -> bool:
    """Whether an edge is the first of its source into its box (the others say the steps)."""
    return next(e for e in edge.target.edges if e.source is edge.source) is edge


def shortcuts(view: View) -> list[tuple[Box, Box, str]]:
    """For softmax followed by cross-entropy, both collapsed: (z, L, "shortcut: h − t")."""
    found = []
    for box in view.boxes:
        if group_name(view, box) != "cross-entropy" or box.node.shape != ():
            continue
        t = target_of(box)
        for edge in box.edges if t else ():
            if group_name(view, edge.source) == "softmax" and len(edge.source.users) == 1:
                z = edge.source.edges[0].source
                text = f"{edge.source.name} − {t}"
                if examples := examples_of(box):
                    text = f"({text}) / {examples}"
                found.append((z, box, f"shortcut: {text}"))
    return found


def target_of(box: Box) -> str:
    """The name of a loss's target; nothing if its rows do not add up to 1, as h − t needs."""
    for edge in box.edges:
        if edge.source.kind == "constant":
            t = np.asarray(edge.source.node)
            return edge.source.name if np.allclose(t.sum(-1), 1) else ""
    return ""


def group_name(view: View, box: Box) -> str:
    """The name of the group a box stands for, or nothing."""
    return "" if box.collapsed is None else view.subject.groups.names[box.collapsed]


def examples_of(box: Box) -> str:
    """Over how many examples a loss is the mean; nothing if it is no mean."""
    node = box.node
    if node.op.name != "/" or isinstance(node.inputs[1], Node):
        return ""
    return literal(node.inputs[1])[0]
