"""A gradient derived by hand beside the computed one: whether it agrees, and where not."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..graph import Node
from .text import number, plain

__all__ = ["cause", "compared"]

TOLERANCE = 1e-7  # of the gradient's largest entry, at least of 1
EXAMINED = 200  # nodes and entries: in a larger graph the cause is left to `ag.compare`


def compared(hand: Any, gradient: Any, name: str) -> tuple[bool, str]:
    """Whether a hand-derived gradient agrees, and the difference in words.

    >>> compared([1.0, 0.0], [1.0, 0.25], "z")
    (False, 'by 0.2500 in z[1]')
    """
    hand, g = np.asarray(hand, dtype=float), np.asarray(gradient, dtype=float)
    if hand.shape != g.shape:
        return False, f"it has shape {hand.shape}, {name} has {g.shape}"
    if not g.size:
        return True, "(nothing to compare)"
    with np.errstate(all="ignore"):
        away = np.abs(hand - g)
    same = (hand == g) | (np.isnan(hand) & np.isnan(g))
    away = np.where(same, 0.0, np.where(np.isnan(away), np.inf, away))
    size = np.abs(g[np.isfinite(g)]).max(initial=1.0)
    off = away > TOLERANCE * size
    largest = float(away.max())
    if not off.any():
        return True, f"(largest difference {largest:.0e})" if largest else "(to the last digit)"
    if not g.ndim:
        return False, f"by {number(largest)}"
    places = [f"{name}[{', '.join(map(str, at))}]" for at in np.argwhere(off)[:3]]
    more = int(off.sum()) - len(places)
    return False, f"by {number(largest)} in {', '.join(places)}" + f" and {more} more" * (more > 0)


def cause(root: Node, nodes: int, node: Node, name: str) -> str:
    """The likely mistake in a node's hand-derived gradient, as `ag.compare` finds it."""
    if nodes > EXAMINED or node.size > EXAMINED or node.grad is None:
        return ""
    if compared(plain(node.hand), plain(node.grad), name)[0]:
        return ""
    try:
        from ..check import compare

        causes = compare(root, {node: plain(node.hand)}).causes
        return causes[0].message if causes else ""
    except Exception:  # the drawing says that it differs; why is a courtesy
        return ""
