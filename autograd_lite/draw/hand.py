"""A gradient derived by hand beside the computed one: whether it agrees, and where not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..core.graph import Node, toposort
from ..core.walk import walk
from ..graphs.text import number, plain

if TYPE_CHECKING:
    from ..check.report import Row

__all__ = ["causes", "compared"]

EXAMINED = 200  # nodes and entries: in a larger graph the cause is left to `ag.compare`

TOGETHER = 1_000  # entries: where there are more, those that agree are not judged again


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


def causes(root: Node) -> dict[int, str | None]:
    """The likely mistake in each hand-derived gradient that is off, by the node's id.

    All are judged together, as `ag.compare` does: a step that is right, given a wrong one nearer
    the output, is called a consequence. None where that finds only rounding: a gradient that is
    zero in mathematics is the difference of larger terms, and what is left of them differs from way
    to way.
    """
    nodes = list(walk([root]))
    hands = {
        x: plain(x.hand)
        for x in nodes
        if x.hand is not None and x.grad is not None and x.size <= EXAMINED
    }
    off = {x: hand for x, hand in hands.items() if not compared(hand, plain(x.grad), "")[0]}
    if not off or len(nodes) > EXAMINED:
        return {}
    try:
        from ..check import compare

        judged = hands if sum(x.size for x in hands) <= TOGETHER else off
        listed = [x for x in reversed(toposort([root])) if x in judged]  # as the report has them
        rows = zip(listed, compare(root, judged).rows, strict=True)
        return {id(x): words(row) for x, row in rows if x in off}
    except Exception:  # the drawing says that it differs; why is a courtesy
        return {}


def words(row: Row) -> str | None:
    """The first cause of a row in the room that a box has; None for a row that agrees."""
    if row.ok:
        return None
    if not row.causes:
        return ""
    if row.causes[0].code == "consequence":
        return "right in itself: it follows from a wrong one after it"
    return row.causes[0].message
