"""One gradient examined: three pairs, the verdict in a sentence, and the diagnosis."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

from ..graph import Node
from .blind import blind
from .case import Case
from .judge import Pair, cancelling, distance, magnitude, pair, tolerance, verdict
from .ladder import diagnose
from .report import Cause, Note, Row
from .softmaxes import find
from .tape import Tape
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
            f"number "
            "or an array of numbers"
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
    auto = shaped(tape, x)
    rtol = tolerance(x, tape.root, *tape.order)
    row = Row(name, auto, hand, method=said.method, step=said.step, notes=list(said.notes))
    row.dtype = np.dtype(x.dtype).name
    if rtol > 1e-6:
        text = f"computed in float32: gradients are compared to {rtol:.0e}, not to 1e-07"
        row.notes.append(Note("precision", text))
    floor = Floor(tape, x, rtol)
    hand_auto = judged = None
    kinks = None if said.kinks is None else said.kinks.reshape(auto.shape)
    if hand is not None and hand.shape == auto.shape:
        judged = hand
        if kinks is not None and said.low is not None and said.high is not None:
            fine = kinks & (hand >= said.low.reshape(auto.shape))
            fine &= hand <= said.high.reshape(auto.shape)
            judged = np.where(fine, auto, hand)
        row.pairs.append(floor.compare("hand", judged, "autodiff", auto))
        hand_auto = row.pairs[0].agrees
    elif hand is not None:
        hand_auto = False
    auto_num, hand_num = numerical_pairs(row, auto, hand, said, floor)
    if floor.needed:
        row.notes.append(
            Note(
                "precision",
                f"terms of size {floor.terms:.1g} cancel in this gradient, and below "
                f"{FLOOR * floor.terms:.0e} nothing is left but their rounding: check it at "
                "another point too",
            )
        )
    if floor.needed and hand_auto and not hand_num:
        # Autodiff has the rounding of what cancels in it, and so can vouch for nothing smaller.
        hand_auto = False
        row.pairs[0] = pair("hand", judged, "autodiff", auto, rtol)
    if unreliable:
        row.verdict = "agree" if hand_auto is not False and auto_num else "numerical"
    else:
        smooth = auto_num
        if not auto_num and kinks is not None and row.num is not None:
            slack = np.broadcast_to(said.slack, row.num.reshape(said.kinks.shape).shape)  # type: ignore[union-attr]
            rest = np.where(kinks, auto, row.num)
            smooth = pair("", auto, "", rest, rtol, slack.reshape(auto.shape)).agrees
        row.verdict = verdict(hand_auto, auto_num, hand_num)
        if smooth and not auto_num:
            row.verdict = "hand" if hand_auto is False else "numerical"
        if row.verdict == "autodiff" and hand is None and said.notes:
            row.verdict = "numerical"
    if row.verdict == "hand":
        assert hand is not None
        explain(row, tape, carried, x, hand, rtol)
    if row.verdict == "agree" and row.hand is not None:
        note = blind(carried or tape, x, rtol)
        if note is not None:
            row.notes.append(note)
    row.sentence = sentence(row, hand_auto, auto_num)
    if row.verdict == "agree" and tape.lead and soft(tape):
        row.sentence += " (The Jacobian of softmax is symmetric: its transpose is right too.)"
    return row


def soft(tape: Tape) -> bool:
    """Whether the root is a softmax."""
    return any(s.out is tape.root for s in find(tape)) and tape.root.ndim == 1


FLOOR = 1e-14  # of the terms that cancel: what rounding may leave of them


class Floor:
    """Comparison of two gradients that asks for more only where large terms cancel."""

    needed = False  # for autodiff to agree with the numerical gradient

    def __init__(self, tape: Tape, x: Node, rtol: float) -> None:
        self.tape, self.x, self.rtol = tape, x, rtol

    def with_numerical(self, left: str, a: np.ndarray, num: np.ndarray, slack: Any) -> Pair:
        """Equal to the tolerance and what the numerical gradient may be off by, or to rounding."""
        found = pair(left, a, "numerical", num, self.rtol, slack)
        if found.agrees or self.rtol > 1e-6 or not np.all(np.isfinite(a)):
            return found
        found = pair(left, a, "numerical", num, self.rtol, slack + FLOOR * self.terms)
        self.needed = found.agrees and left == "autodiff"
        return found

    @cached_property
    def terms(self) -> float:
        """The size of the terms that were added up."""
        return cancelling(self.tape, self.x)

    def compare(self, left: str, a: np.ndarray, right: str, b: np.ndarray) -> Pair:
        """Equal to the tolerance, or to the rounding of the terms that were added up."""
        found = pair(left, a, right, b, self.rtol)
        if found.agrees or not (np.all(np.isfinite(a)) and np.all(np.isfinite(b))):
            return found
        if found.largest > self.rtol * self.terms:
            return found
        slack = (1e-11 if self.rtol < 1e-6 else 1e-5) * self.terms
        return pair(left, a, right, b, self.rtol, slack)


def numerical_pairs(
    row: Row, auto: np.ndarray, hand: np.ndarray | None, said: Testimony, floor: Floor
) -> tuple[bool, bool | None]:
    """Add the pairs that have the numerical gradient in them; whether each agrees."""
    fits = hand is not None and hand.shape == auto.shape
    how = f"{said.method}, step {said.step:.1e}"
    if said.values is None:
        assert said.along is not None
        v, value, noise = said.along
        remark = "one random direction"
        flat = auto.reshape(-1, v.size)
        scale = float(np.linalg.norm(auto))
        agrees = None
        if fits:
            assert hand is not None
            other = directed("hand", hand.reshape(-1, v.size) @ v, value, noise, scale, remark)
            row.pairs.append(other)
            agrees = other.agrees
        row.pairs.append(directed("autodiff", flat @ v, value, noise, scale, remark))
        return row.pairs[-1].agrees, agrees
    row.num = said.values.reshape(auto.shape)
    slack = np.broadcast_to(said.slack, said.values.shape).reshape(auto.shape)
    slack = np.where(np.isfinite(slack), slack, 0.0)
    agrees = None
    if fits:
        assert hand is not None
        row.pairs.append(floor.with_numerical("hand", hand, row.num, slack))
        agrees = row.pairs[-1].agrees
    elif hand is not None:
        agrees = False
    row.pairs.append(floor.with_numerical("autodiff", auto, row.num, slack))
    row.pairs[-1].remark = how
    return row.pairs[-1].agrees, agrees


def directed(
    left: str, a: np.ndarray, value: np.ndarray, noise: np.ndarray, scale: float, remark: str
) -> Pair:
    """The derivative along one direction, compared on the scale of the whole gradient."""
    apart = distance(a, value)
    agrees = bool(np.all(apart <= 1e-6 * scale + noise))
    largest = float(apart.max()) if apart.size else 0.0
    size = max(magnitude(a), magnitude(value))
    relative = largest / size if size else largest
    off = 0 if agrees else int(np.count_nonzero(apart > 1e-6 * scale))
    return Pair(left, "numerical", largest, relative, off, int(apart.size), agrees, remark)


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
