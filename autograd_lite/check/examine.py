"""One gradient examined: judged, and where it is the hand gradient that is wrong, explained."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ..core.graph import Node
from ..graphs.tape import Tape
from .blind import blind
from .findings import Cause, Note, Row
from .judge import Scale, judge, shaped
from .measures import distance, magnitude, tolerance
from .mistakes import Clock, Evidence, diagnose, where
from .mistakes.softmaxes import is_softmax
from .witness import Witness

__all__ = ["Budget", "examine"]


@dataclass
class Budget:
    """How long one report may think: about mistakes, and about what the point cannot show."""

    thinking: Clock = field(default_factory=lambda: Clock(1.2))
    looking_back: Clock = field(default_factory=lambda: Clock(0.5))


def examine(
    name: str,
    tape: Tape,
    x: Node,
    hand: np.ndarray | None,
    said: Witness,
    budget: Budget,
    carried: Tape | None = None,
    unreliable: bool = False,
) -> Row:
    """Compare what was derived by hand with the two witnesses, and say what is wrong with it.

    `carried` is the tape whose cotangents are the hand gradients nearer the output.
    """
    row = judge(tape, x, hand, witness=said, name=name, unreliable=unreliable)
    rtol = tolerance(x, tape.root, *tape.order)
    if row.verdict == "hand":
        assert hand is not None
        explain(row, tape, carried, x, np.asarray(hand, float), rtol, budget.thinking)
    if row.verdict == "agree" and hand is not None:
        note = looked_back(carried or tape, x, rtol, budget.looking_back)
        if note is not None:
            row.notes.append(note)
    if row.verdict == "agree" and tape.lead and tape.root.ndim == 1 and is_softmax(tape):
        row.sentence += " (The Jacobian of softmax is symmetric: its transpose is right too.)"
    return row


def looked_back(tape: Tape, x: Node, rtol: float, clock: Clock) -> Note | None:
    """What this point could not have shown; a point elsewhere may be outside a domain."""
    try:
        return blind(tape, x, rtol, clock)
    except Exception as error:
        return Note("skipped", f"what this point could not have shown was not looked for: {error}")


def explain(
    row: Row,
    tape: Tape,
    carried: Tape | None,
    x: Node,
    hand: np.ndarray,
    rtol: float,
    clock: Clock,
) -> None:
    """Fill in the causes: a consequence of a wrong step after it, or a mistake of its own."""
    if carried is not None and hand.shape == row.auto.shape:
        arrives = shaped(carried, x)
        if not Scale(carried, x, rtol, arrives).apart(hand, arrives, rtol)[0].any():
            size = max(magnitude(hand), magnitude(arrives)) or 1.0
            match = float(distance(hand, arrives).max(initial=0.0)) / size
            text = (
                "this step is right: it follows from your own gradients after it, of which one is "
                "wrong"
            )
            row.causes = [Cause("consequence", text, "", match)]
            return
        e = Evidence(carried, x, hand, arrives, rtol, clock)
        row.causes, notes = diagnose(e)
        if row.causes[0].code != "unknown":
            row.notes += notes
            row.where = where(e)
            return
    e = Evidence(tape, x, hand, row.auto, rtol, clock)
    row.causes, notes = diagnose(e)
    row.notes += notes
    row.where = where(e)
    if row.causes[0].code == "shape-only":
        row.sentence = (
            f"the numbers are right; only the shape is {np.shape(hand)} where the node has "
            f"{row.auto.shape}."
        )
