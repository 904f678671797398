"""A gradient derived by hand beside the computed one: whether it agrees, and where not."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..graph import Node
from .text import number, plain

__all__ = ["cause", "compared"]

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
    from ..check.judge import distance, magnitude, tolerance

    away = distance(hand, g)
    off = away > tolerance(gradient) * max(magnitude(hand), magnitude(g))
    largest = float(away.max())
    if not off.any():
        return True, f"(largest difference {largest:.0e})" if largest else "(to the last digit)"
    if not g.ndim:
        return False, f"by {number(largest)}"
    places = [f"{name}[{', '.join(map(str, at))}]" for at in np.argwhere(off)[:3]]
    more = int(off.sum()) - len(places)
    return False, f"by {number(largest)} in {', '.join(places)}" + f" and {more} more" * (more > 0)


def cause(root: Node, nodes: int, node: Node, name: str) -> str | None:
    """The likely mistake in a node's hand-derived gradient, as `ag.compare` finds it.

    None where that finds only rounding: a gradient that is zero in mathematics is the difference of
    larger terms, and what is left of them differs from way to way.
    """
    if nodes > EXAMINED or node.size > EXAMINED or node.grad is None:
        return ""
    if compared(plain(node.hand), plain(node.grad), name)[0]:
        return ""
    try:
        from ..check import compare

        report = compare(root, {node: plain(node.hand)})
        if report.ok:
            return None
        return report.causes[0].message if report.causes else ""
    except Exception:  # the drawing says that it differs; why is a courtesy
        return ""
