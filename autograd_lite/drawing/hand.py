"""Gradients derived by hand beside the others, as `check` judges them: in a box and in the stepper.

All hand gradients of a graph are judged together: a step that is right, given a wrong one nearer
the output, is called a consequence.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..check import compare
from ..check.judge import distance, magnitude, tolerance
from ..check.report import Row
from ..core.graph import Node
from ..graphs.text import clip, number, plain
from .boxes import Box
from .subject import Subject
from .view import View

__all__ = ["causes", "compared", "three_ways"]

EXAMINED = 200  # nodes and entries: in a larger graph the cause is left to `ag.compare`

TOGETHER = 1_000  # entries: where there are more, those that agree are not judged again

ENTRIES, SHOWN = 24, 3  # of a gradient that the stepper compares; of such gradients


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


def causes(subject: Subject) -> dict[int, str | None]:
    """The likely mistake in each hand-derived gradient that is off, by the node's id.

    None where a comparison finds only rounding: a gradient that is zero in mathematics is the
    difference of larger terms, and what is left of them differs from way to way.
    """
    hands = {
        x: plain(x.hand)
        for x in subject.nodes
        if x.hand is not None and x.grad is not None and x.size <= EXAMINED
    }
    off = {x: hand for x, hand in hands.items() if not compared(hand, plain(x.grad), "")[0]}
    if not off or len(subject.nodes) > EXAMINED:
        return {}
    try:
        rows = judged(subject, hands if sum(x.size for x in hands) <= TOGETHER else off)
        return {id(x): words(row) for x, row in rows.items() if x in off}
    except Exception:  # the drawing says that it differs; why is a courtesy
        return {}


def judged(subject: Subject, hands: dict[Node, Any]) -> dict[Node, Row]:
    """The row of each of these nodes in `check`'s report; of the leaves, where there are none."""
    listed = [x for x in subject.tape.order if x in hands or (not hands and x.op is None)]
    return dict(zip(reversed(listed), compare(subject.root, hands).rows, strict=True))


def words(row: Row) -> str | None:
    """The first cause of a row in the room that a box has; None for a row that agrees."""
    if row.ok:
        return None
    if not row.causes:
        return ""
    if row.causes[0].code == "consequence":
        return "right in itself: it follows from a wrong one after it"
    return row.causes[0].message


def three_ways(view: View, cells: Callable[[Any], Any]) -> list[dict[str, Any]]:
    """The comparison at the end of the stepper: of some hand gradients, else of some leaves.

    Of each the name, the rows of numbers, the verdict, and whether all agree.
    """
    subject = view.subject
    if len(subject.nodes) > EXAMINED:
        return []
    hands = {x: x.hand for x in subject.nodes if x.hand is not None and x.size <= ENTRIES}
    boxes = {id(box.node): box for box in view.boxes}
    try:
        rows = judged(subject, hands)
    except Exception:  # a hand gradient that is no number: the stepper steps all the same
        return []
    shown = [x for x in rows if id(x) in boxes and x is not subject.root and x.size <= ENTRIES]
    return [told(boxes[id(x)], rows[x], cells) for x in reversed(shown[-SHOWN:])]


def told(box: Box, row: Row, cells: Callable[[Any], Any]) -> dict[str, Any]:
    """One comparison, as the page shows it."""
    lines = [] if row.hand is None else [["by hand", cells(row.hand)]]
    lines.append(["autodiff", cells(row.auto)])
    if row.num is not None:
        lines.append([f"numerical, {row.method}", cells(row.num)])
    said = row.sentence[:1].upper() + row.sentence[1:]
    if row.ok and row.hand is not None:
        said = "All three agree."
    apart = ", ".join(
        f"{p.left} and {p.right} {p.largest:.0e}" if p.largest else f"{p.left} and {p.right} 0"
        for p in row.pairs
    )
    verdict = f"{said} Largest difference: {apart}." if apart else said
    if reason := words(row):
        verdict += f" {reason[:1].upper()}{reason[1:]}."
    return {"name": clip(box.name, 30), "rows": lines, "ok": row.ok, "verdict": verdict}
