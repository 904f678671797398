"""What an edge says: the local rule, the Jacobian of a softmax in one box, the shortcut h − t."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np

from ..core.graph import Node
from ..graphs.expression import Symbol, substitute, symbols
from ..graphs.notation import write
from .boxes import Box, Use, gradient
from .formula import literal
from .phrases import phrase
from .view import View

__all__ = ["rule_text", "shortcuts"]

LONG = 48  # characters of a rule that is read off several steps; a longer one is counted instead


def _softmax(edge: Use) -> str:
    h = edge.target.name
    return f"× J,  J_ij = {h}_i (δ_ij − {h}_j)"


def _logsumexp(edge: Use) -> str:
    return f"× softmax({edge.source.name})"


def _log_softmax(edge: Use) -> str:
    q = edge.target.name
    return f"× J,  J_ij = δ_ij − exp {q}_j"


def _softmax_cross_entropy(edge: Use) -> str:
    t = target_of(edge.target)
    n = examples_of(edge.target)
    return f"× (softmax({edge.source.name}) − {t}){'/' if n else ''}{n}" if t else ""


KNOWN: dict[str, Any] = {
    "softmax": _softmax,
    "log_softmax": _log_softmax,
    "logsumexp": _logsumexp,
    "softmax_cross_entropy": _softmax_cross_entropy,
}
"""Derivatives of whole groups that are better known by a formula than by their steps."""


def rule_text(edge: Use, covered: Collection[str] = ()) -> str:
    """What is done to the gradient on the way back over an edge: `× e`, `÷ s, summed`.

    A name that is `covered`, since it has no box of its own, is written as ….
    """
    box, g = edge.target, gradient(edge.target.name)
    n = sum(member.op is not None for member in box.members)
    steps = f"through {n} step{'s' if n > 1 else ''}"
    hidden = set() if edge.rule is None else symbols(edge.rule) & set(covered)
    if box.collapsed:
        known = KNOWN.get(box.collapsed)
        if known is not None and edge.source.kind != "constant" and (text := known(edge)):
            return text
        if edge.rule is None or hidden or len(write(edge.rule)) > LONG:
            return steps
        return phrase(edge.rule, g, "").strip().removesuffix(", copied to all")
    if edge.rule is None:
        return "× …"
    shown = substitute(edge.rule, {Symbol(name): Symbol("…") for name in hidden})
    text = phrase(shown, g, "").strip()
    return steps if n > 1 and len(text) > LONG else text


def shortcuts(view: View) -> list[tuple[Box, Box, str]]:
    """For softmax followed by cross-entropy, both collapsed: (z, L, "shortcut: h − t")."""
    found = []
    for box in view.boxes:
        if box.collapsed != "cross-entropy" or box.node.shape != ():
            continue
        t = target_of(box)
        for edge in box.edges if t else ():
            if edge.source.collapsed == "softmax" and len(edge.source.users) == 1:
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


def examples_of(box: Box) -> str:
    """Over how many examples a loss is the mean; nothing if it is no mean."""
    node = box.node
    if node.op.spelling(*node.inputs) != "{} / {}" or isinstance(node.inputs[1], Node):
        return ""
    return literal(node.inputs[1])[0]
