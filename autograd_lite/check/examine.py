"""One gradient examined: three pairs, the verdict in a sentence, and the diagnosis."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core.graph import Node
from ..graphs.tape import Tape
from .blind import blind
from .case import Case
from .judge import pair, tolerance, verdict
from .ladder import diagnose
from .pairs import FLOOR, Floor, agrees_beside_kinks, hand_pair, judged, numerical_pairs
from .report import Cause, Note, Row
from .softmaxes import is_softmax
from .testimony import Testimony
from .words import where

__all__ = ["as_hand", "examine", "shaped"]


def shaped(tape: Tape, x: Node) -> np.ndarray:
    """The gradient of `x` on the tape, in the shape `(*root.shape, *x.shape)`."""
    full = (tape.root.shape if tape.lead else ()) + x.shape
    return tape.gradient(x).reshape(full)


def as_hand(hand: Any, name: str) -> np.ndarray:
    """A hand gradient as an array of numbers, or TypeError."""
    if isinstance(hand, Node):
        hand = hand.primal
    try:
        array = np.asarray(hand)
    except ValueError:
        array = np.asarray(None)
    if array.dtype.kind not in "fiub":
        raise TypeError(
            f"the hand gradient of {name} is {type(hand).__name__} {hand!r:.60}; it must be a "
            "number or an array of numbers"
        )
    return array if array.dtype.kind == "f" else array.astype(float)


def examine(
    name: str,
    tape: Tape,
    x: Node,
    hand: np.ndarray | None,
    said: Testimony,
    carried: Tape | None = None,
    unreliable: bool = False,
) -> Row:
    """Compare what was derived by hand with the two witnesses.

    `carried` is the tape whose cotangents are the hand gradients nearer the output; `unreliable`
    says that the function does not give the same result twice, so that no numerical witness can
    speak.
    """
    rtol = tolerance(x, tape.root, *tape.order)
    row = Row(
        name, shaped(tape, x), hand, method=said.method, step=said.step, notes=list(said.notes)
    )
    row.dtype = np.dtype(x.dtype).name
    if rtol > 1e-6:
        text = f"computed in float32: gradients are compared to {rtol:.0e}, not to 1e-07"
        row.notes.append(Note("precision", text))
    floor = Floor(tape, x, rtol)
    hand_auto = hand_pair(row, said, floor)
    auto_num, hand_num = numerical_pairs(row, said, floor)
    if floor.needed:
        row.notes.append(
            Note(
                "precision",
                f"terms of size {floor.terms:.1g} cancel in this gradient, and below "
                f"{FLOOR * floor.terms:.0e} nothing is left but their rounding: check it at "
                "another point too",
            )
        )
        if hand_auto and not hand_num:
            # Autodiff has the rounding of what cancels in it, so can vouch for nothing smaller.
            hand_auto = False
            row.pairs[0] = pair("hand", judged(row, said), "autodiff", row.auto, rtol)
    if unreliable:
        row.verdict = "agree" if hand_auto is not False and auto_num else "numerical"
    elif not auto_num and agrees_beside_kinks(row, said, rtol):
        row.verdict = "hand" if hand_auto is False else "numerical"
    else:
        row.verdict = verdict(hand_auto, auto_num, hand_num)
        if row.verdict == "autodiff" and hand is None and said.notes:
            row.verdict = "numerical"
    if row.verdict == "hand":
        assert hand is not None
        explain(row, tape, carried, x, hand, rtol)
    if row.verdict == "agree" and hand is not None:
        note = blind(carried or tape, x, rtol)
        if note is not None:
            row.notes.append(note)
    row.sentence = sentence(row, hand_auto, auto_num)
    if row.verdict == "agree" and tape.lead and tape.root.ndim == 1 and is_softmax(tape):
        row.sentence += " (The Jacobian of softmax is symmetric: its transpose is right too.)"
    return row


def explain(
    row: Row, tape: Tape, carried: Tape | None, x: Node, hand: np.ndarray, rtol: float
) -> None:
    """Fill in the causes: a consequence of a wrong step after it, or a mistake of its own."""
    if carried is not None and hand.shape == row.auto.shape:
        arrives = shaped(carried, x)
        if Floor(carried, x, rtol).compare("hand", hand, "arrives", arrives).agrees:
            match = pair("", hand, "", arrives, rtol).relative
            text = (
                "this step is right: it follows from your own gradients after it, of which one is "
                "wrong"
            )
            row.causes = [Cause("consequence", text, "", match)]
            return
        case = Case(carried, x, hand, arrives, rtol)
        row.causes = diagnose(case)
        if row.causes[0].code != "unknown":
            row.where = where(case)
            return
    case = Case(tape, x, hand, row.auto, rtol)
    row.causes = diagnose(case)
    row.where = where(case)


def sentence(row: Row, hand_auto: bool | None, auto_num: bool) -> str:
    """The verdict in words."""
    if row.verdict == "agree":
        return "all agree." if row.hand is not None else "autodiff and numerical agree."
    if row.verdict == "hand":
        if np.shape(row.hand) != row.auto.shape:
            return (
                f"the hand gradient has shape {np.shape(row.hand)}; the node has {row.auto.shape}."
            )
        return "autodiff and numerical agree; the hand gradient is the odd one out."
    if row.verdict == "autodiff":
        if hand_auto is None:
            return (
                "autodiff and numerical differ, and the numerical one is steady: mistrust autodiff."
            )
        return "hand and numerical agree; autodiff is the odd one out."
    if hand_auto:
        extra = "" if row.notes else " If it is steady, the other two share a mistake."
        return f"hand and autodiff agree; the numerical gradient is the odd one out.{extra}"
    if hand_auto is None:
        return "the numerical gradient cannot be relied on here; see the notes."
    return "no two of the three agree; mend the numerical gradient first."
