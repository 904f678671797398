"""The comparison: a gradient by hand, by autodiff and numerically, and who is the odd one out.

It is the only one; reports, heat maps and the stepper show what it says. Two numbers are compared
on their own scale, never with an absolute tolerance: a gradient that is 50 times wrong at scale
1e-8 must fail. Three things nobody is blamed for: rounding where large terms cancel or a function
is saturated, what the numerical gradient may itself be off by, and the choice of a subgradient at
a kink.
"""

from __future__ import annotations

from functools import cached_property, partial
from typing import Any

import numpy as np

from ..core.graph import Node
from ..graphs.tape import Tape
from .findings import Note, Pair, Row
from .kinks import subgradient
from .measures import DOUBLE, SINGLE, distance, magnitude, tolerance, unit
from .rounding import of_gradient
from .witness import LARGE, Witness, of_tape

__all__ = ["Judgement", "Scale", "distance", "judge", "magnitude", "shaped", "tolerance", "verdict"]

BULK = 64
"""Units of rounding of the largest entry that a sum of products may have in any entry."""

TERMS = 100
"""Units of rounding of the terms that cancel in an entry, that may be left in it."""


def judge(
    tape: Tape,
    x: Node,
    hand: Any = None,
    *,
    witness: Witness | None = None,
    method: str = "central",
    name: str = "",
    unreliable: bool = False,
) -> Row:
    """Compare the gradient of `tape.root` in `x`: by hand (if there is one), autodiff, numerically.

    The row has the three, each pair of them compared, the `verdict` ("agree", "hand", "numerical",
    "autodiff"), it in a `sentence`, and `wrong`, the entries that it is about. It says not why: for
    that see `mistakes`. Without a `witness` the recorded graph is computed again; `unreliable` says
    that f does not give the same result twice, so that no numerical witness can speak.

    >>> import autograd_lite as ag
    >>> x = ag.Value(3.0, label="x")
    >>> row = judge(Tape(x * x), x, hand=6.1)
    >>> row.ok, row.verdict, row.sentence
    (False, 'hand', 'autodiff and numerical agree; the hand gradient is the odd one out.')
    """
    hand = None if hand is None else np.asarray(hand)
    if witness is None:
        witness = of_tape(tape, x, hand, method, LARGE)
    rtol = tolerance(x, tape.root, *tape.order)
    auto = shaped(tape, x)
    row = Row(name, auto, hand, method=witness.method, step=witness.step, notes=[*witness.notes])
    row.dtype = np.dtype(x.dtype).name
    by_hand = max(rtol, digits(hand, auto))
    if by_hand > DOUBLE:
        kind = "float32" if by_hand == SINGLE else "float16"
        who = "computed" if by_hand == rtol else "the hand gradient was computed"
        text = f"{who} in {kind}: gradients are compared to {by_hand:.0e}, not to 1e-07"
        row.notes.append(Note("precision", text))
    judgement = Judgement(row, witness, Scale(tape, x, rtol, auto), by_hand)
    row.verdict = judgement.verdict(unreliable)
    row.sentence = judgement.sentence()
    return row


def shaped(tape: Tape, x: Node) -> np.ndarray:
    """The gradient of `x` on the tape, in the shape `(*root.shape, *x.shape)`."""
    full = (tape.root.shape if tape.lead else ()) + x.shape
    return tape.gradient(x).reshape(full)


def digits(hand: np.ndarray | None, auto: np.ndarray) -> float:
    """The tolerance that the precision of the hand gradient asks for.

    Numbers of float64 that all fit into float32, and fill it, were computed in float32.
    """
    if hand is None or hand.dtype != np.float64:
        return DOUBLE if hand is None else tolerance(hand)
    with np.errstate(all="ignore"):
        single = hand.astype(np.float32)
    if not hand.size or not np.array_equal(single, hand) or np.array_equal(hand, auto):
        return DOUBLE
    fractions = single[single != np.rint(single)]
    filled = fractions.view(np.uint32) & 0xFF != 0
    return SINGLE if filled.size and filled.mean() > 0.8 else DOUBLE


class Scale:
    """What counts as equal on the gradient of `x`: a tolerance for every entry.

    Without a tape no node connects `x` with the result, and autodiff's zeros are exact.
    """

    def __init__(self, tape: Tape | None, x: Node, rtol: float, auto: np.ndarray) -> None:
        self.tape, self.x, self.rtol, self.auto = tape, x, rtol, auto

    @cached_property
    def rounding(self) -> np.ndarray:
        """What rounding may leave in each entry of autodiff's gradient, in float64."""
        if self.tape is None:
            return np.zeros(self.auto.shape)
        return of_gradient(self.tape, self.x).reshape(self.auto.shape)

    def apart(self, a: np.ndarray, b: np.ndarray, rtol: float) -> tuple[np.ndarray, np.ndarray]:
        """The entries in which two gradients differ, and those where no more than rounding tells
        that they do not."""
        gap = distance(a, b)
        with np.errstate(invalid="ignore"):
            own = np.maximum(np.abs(a), np.abs(b))
        own = np.where(np.isfinite(own), own, 0.0)
        differ = gap > rtol * own
        if not differ.any() or not np.isfinite(gap).any():
            return differ, np.zeros_like(differ)
        ulp = unit(rtol)
        few = 0.1 * rtol / ulp  # in float16 so many units are more than is asked for
        within = gap <= min(BULK, few) * ulp * max(magnitude(a), magnitude(b))
        if (differ & ~within & np.isfinite(gap)).any():
            rounding = min(TERMS, few) * ulp / unit(DOUBLE) * self.rounding
            within |= gap <= rounding + rtol * own
        return differ & ~within, differ & within


class Judgement:
    """The three pairs of a row, and what follows from them."""

    def __init__(self, row: Row, said: Witness, scale: Scale, rtol: float) -> None:
        self.row, self.said, self.scale, self.rtol = row, said, scale, rtol
        self.fits = row.hand_fits()
        lost = np.broadcast_to(said.lost[:, None], (said.lost.size, scale.x.size))
        self.lost = lost.reshape(row.auto.shape)
        self.kinks = np.zeros(row.auto.shape, bool)
        if said.kinks is not None:
            self.kinks = row.kinks = said.kinks.reshape(row.auto.shape)
        self.hand_auto = self.with_autodiff()
        self.auto_num, self.hand_num = self.with_numerical()
        if self.hand_auto and not self.hand_num and self.auto_num and self.excused.any():
            # Autodiff has the rounding of what cancels in it, so can vouch for nothing smaller.
            self.hand_auto = False
            self.blamed = self.excused
            row.pairs[0].agrees, row.pairs[0].off = False, int(self.excused.sum())
        elif self.excused.any() or self.drowned():
            self.remark_on_rounding()
        if self.fits and self.hand_auto is False and self.auto_num:
            self.own_scale()

    def with_autodiff(self) -> bool | None:
        """Add the pair of hand gradient and autodiff; whether it agrees, None without a hand."""
        row = self.row
        self.excused = np.zeros(row.auto.shape, bool)
        self.blamed = np.ones(row.auto.shape, bool)
        if row.hand is None or not self.fits:
            return None if row.hand is None else False
        hand = np.asarray(row.hand, float)
        self.blamed, self.excused = self.scale.apart(hand, row.auto, self.rtol)
        self.blamed &= ~self.lost
        free = self.subgradients(hand)
        pair = counted("hand", hand, "autodiff", row.auto, self.blamed & ~free)
        if (self.blamed & free).any():
            pair.remark, row.free = "both subgradients", True
        self.blamed &= ~free
        row.pairs.append(pair)
        return pair.agrees

    def subgradients(self, hand: np.ndarray) -> np.ndarray:
        """The entries at kinks in which the hand gradient is a subgradient, for each output."""
        said, auto = self.said, self.row.auto
        free = np.zeros(auto.shape, bool)
        if not (self.kinks & self.blamed).any() or said.kinks is None:
            return free
        assert said.low is not None
        assert said.high is not None
        outputs = said.kinks.shape[0]
        rows = hand.reshape(outputs, -1), auto.reshape(outputs, -1)
        x = np.asarray(self.scale.x.primal, float).ravel()
        for k in range(outputs):
            at = said.kinks[k]
            if said.near is None:
                right = at & (rows[0][k] >= said.low[k]) & (rows[0][k] <= said.high[k])
            else:
                right = at & subgradient(rows[0][k], rows[1][k], at, x, partial(row_near, said, k))
            free.reshape(outputs, -1)[k] = right
        return free

    def with_numerical(self) -> tuple[bool, bool | None]:
        """Add the pairs with the numerical gradient; whether autodiff's agrees, and the hand's."""
        row, said = self.row, self.said
        gradients = {"hand": np.asarray(row.hand, float)} if self.fits else {}
        gradients["autodiff"] = row.auto
        if said.values is None:
            scale = float(np.linalg.norm(row.auto))
            found = [directed(name, g, said, scale) for name, g in gradients.items()]
        else:
            row.num = said.values.reshape(row.auto.shape)
            self.slack = np.broadcast_to(said.slack, said.values.shape).reshape(row.auto.shape)
            self.slack = np.where(np.isfinite(self.slack), self.slack, 0.0)
            self.apart = {name: self.from_numerical(name, g) for name, g in gradients.items()}
            found = []
            for name, g in gradients.items():
                pair = counted(name, g, "numerical", row.num, self.apart[name])
                if self.kinks.any() and pair.agrees and pair.largest > 0:
                    pair.remark = "at a kink"
                found.append(pair)
            found[-1].remark = found[-1].remark or f"{said.method}, step {said.step:.1e}"
        row.pairs += found
        by_hand = found[0].agrees if len(found) == 2 else None if row.hand is None else False
        return found[-1].agrees, by_hand

    def from_numerical(self, name: str, g: np.ndarray) -> np.ndarray:
        """The entries in which a gradient differs from the numerical one.

        Equal are those within the tolerance and the error of the numerical gradient, or else within
        rounding. At a kink the slopes to both sides decide.
        """
        row, num = self.row, self.row.num
        assert num is not None
        rtol = self.rtol if name == "hand" else self.scale.rtol
        gap = distance(g, num)
        size = max(magnitude(g), magnitude(num))
        differ = (gap > rtol * size + self.slack) & ~self.lost & ~self.kinks
        if name == "hand":
            differ |= self.kinks & self.blamed
        if (differ & np.isfinite(gap) & np.isfinite(row.auto)).any():
            # f is computed in float64 here, so the rounding is that of the gradient's own numbers.
            own = digits(row.hand, row.auto) if name == "hand" else rtol
            few = min(TERMS * unit(own), 0.1 * rtol)
            rounding = few / 2 / unit(DOUBLE) * self.scale.rounding
            excused = differ & (gap <= rtol * size + self.slack + rounding)
            self.excused |= excused
            differ &= ~excused
        return differ

    def own_scale(self) -> None:
        """Small entries in which hand and autodiff differ: the witness decides, if it can."""
        row, num = self.row, self.row.num
        if num is None or self.kinks.any():
            return
        at = self.blamed & np.isfinite(num)
        size = np.maximum(np.abs(np.asarray(row.hand, float)), np.abs(row.auto))
        room = self.rtol * size + self.slack
        autos = distance(row.auto, num)[at] <= room[at]
        hands = distance(row.hand, num)[at] <= room[at]
        if at.any() and hands.all() and not autos.any():
            self.auto_num, self.hand_num = False, True

    def drowned(self) -> bool:
        """Whether an entry may be off by as much as the gradient, for all that f shows of it."""
        if self.said.values is None or self.lost.any() or not self.auto_num or not self.slack.size:
            return False
        size = magnitude(self.row.auto)
        return bool(0 < size <= self.slack.max() and self.scale.rtol == DOUBLE)

    def remark_on_rounding(self) -> None:
        """A `precision` note: which entries cannot be told from rounding here."""
        row = self.row
        which = self.excused if self.excused.any() else self.slack >= magnitude(row.auto)
        own = magnitude(np.where(which, row.auto, 0.0))
        self.row.notes.append(
            Note(
                "precision",
                f"{int(which.sum())} of {row.auto.size} entries, up to {own:.1g}, are the "
                "difference of terms so much larger that little more than rounding is left of "
                "them: a mistake there would not show. Check at another point too",
            )
        )

    def verdict(self, unreliable: bool) -> str:
        """The odd one out; and `row.wrong`, the entries in question."""
        row, said = self.row, self.said
        found = verdict(self.hand_auto, self.auto_num, self.hand_num)
        if unreliable:
            found = "agree" if self.hand_auto is not False and self.auto_num else "numerical"
        elif found == "autodiff" and row.hand is None and any(n.code == "step" for n in said.notes):
            found = "numerical"
        if said.lost.any() and found == "agree":
            found = "numerical"
        if said.lost.size and said.lost.all() and (row.hand is None or self.fits):
            found = "numerical"
        if found == "hand":
            row.wrong = self.blamed if self.fits else None
        elif found != "agree" and said.values is not None:
            row.wrong = self.apart["autodiff"] | self.lost
        return found

    def sentence(self) -> str:
        """The verdict in words."""
        row, hand_auto = self.row, self.hand_auto
        if self.said.lost.any() and row.verdict == "numerical":
            value = "nan or inf"
            where = (
                "" if self.said.lost.all() else f" in {int(self.said.lost.sum())} of its results"
            )
            return (
                f"the function itself is {value} at this point{where}, so there is no derivative "
                "to compare with. Check at another point."
            )
        if row.verdict == "agree":
            return "all agree." if row.hand is not None else "autodiff and numerical agree."
        if row.verdict == "hand":
            if not self.fits:
                shape, right = np.shape(row.hand), row.auto.shape
                return f"the hand gradient has shape {shape}; the node has {right}."
            return "autodiff and numerical agree; the hand gradient is the odd one out."
        if row.verdict == "autodiff":
            if hand_auto is None:
                return (
                    "autodiff and numerical differ, and the numerical one is steady: mistrust "
                    "autodiff."
                )
            return "hand and numerical agree; autodiff is the odd one out."
        if hand_auto:
            extra = "" if row.notes else " If it is steady, the other two share a mistake."
            return f"hand and autodiff agree; the numerical gradient is the odd one out.{extra}"
        if hand_auto is None:
            return "the numerical gradient cannot be relied on here; see the notes."
        return "no two of the three agree; mend the numerical gradient first."


def row_near(said: Witness, k: int, v: np.ndarray) -> np.ndarray:
    """The gradient of output number `k` a small step `v` away."""
    assert said.near is not None
    return said.near(v)[k]


def counted(left: str, a: Any, right: str, b: Any, off: np.ndarray) -> Pair:
    """Two gradients of one shape and how far apart they are; `off` are the entries that count."""
    gap = distance(a, b)
    scale = max(magnitude(a), magnitude(b))
    largest = float(gap.max()) if gap.size else 0.0
    relative = largest / scale if scale else largest
    return Pair(left, right, largest, relative, int(off.sum()), int(gap.size), not off.any())


def directed(left: str, gradient: np.ndarray, said: Witness, scale: float) -> Pair:
    """The derivative along one direction, compared on the scale of the whole gradient."""
    assert said.along is not None
    v, value, noise = said.along
    a = gradient.reshape(-1, v.size) @ v
    pair = counted(left, a, "numerical", value, distance(a, value) > 1e-6 * scale + noise)
    pair.remark = "one random direction"
    return pair


def verdict(hand_auto: bool | None, auto_num: bool, hand_num: bool | None) -> str:
    """The odd one out, "hand", "numerical" or "autodiff", or "agree"; None stands for no hand."""
    if hand_auto is None:
        return "agree" if auto_num else "autodiff"
    if hand_auto:
        return "agree" if auto_num else "numerical"
    if auto_num:
        return "hand"
    return "autodiff" if hand_num else "numerical"
