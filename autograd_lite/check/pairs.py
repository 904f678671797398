"""Each two of the three gradients compared: what is added to a row, and what counts as equal there.

Beside the tolerance there are three things that a gradient is not blamed for: rounding where large
terms cancel, what the numerical gradient may itself be off by, and the choice of a slope at a kink.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

from ..core.graph import Node
from ..graphs.tape import Tape
from .judge import Pair, cancelling, distance, magnitude, pair
from .report import Row
from .testimony import Testimony

__all__ = ["FLOOR", "Floor", "agrees_beside_kinks", "hand_pair", "judged", "numerical_pairs"]

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


def hand_pair(row: Row, said: Testimony, floor: Floor) -> bool | None:
    """Add the pair of hand gradient and autodiff; whether it agrees, None if there is no hand."""
    if row.hand is None:
        return None
    if row.hand.shape != row.auto.shape:
        return False
    row.pairs.append(floor.compare("hand", judged(row, said), "autodiff", row.auto))
    return row.pairs[-1].agrees


def judged(row: Row, said: Testimony) -> np.ndarray:
    """The hand gradient, with autodiff's entries where it is between the two slopes at a kink."""
    auto, hand = row.auto, np.asarray(row.hand)
    if said.kinks is None or said.low is None or said.high is None:
        return hand
    fine = said.kinks.reshape(auto.shape) & (hand >= said.low.reshape(auto.shape))
    return np.where(fine & (hand <= said.high.reshape(auto.shape)), auto, hand)


def numerical_pairs(row: Row, said: Testimony, floor: Floor) -> tuple[bool, bool | None]:
    """Add the pairs with the numerical gradient; whether that of autodiff, that of hand, agrees."""
    gradients = {"hand": row.hand} if row.hand_fits() else {}
    gradients["autodiff"] = row.auto
    if said.values is None:
        scale = float(np.linalg.norm(row.auto))
        found = [directed(name, g, said, scale) for name, g in gradients.items()]
    else:
        row.num = said.values.reshape(row.auto.shape)
        slack = np.broadcast_to(said.slack, said.values.shape).reshape(row.auto.shape)
        slack = np.where(np.isfinite(slack), slack, 0.0)
        found = [floor.with_numerical(name, g, row.num, slack) for name, g in gradients.items()]
        found[-1].remark = f"{said.method}, step {said.step:.1e}"
    row.pairs += found
    by_hand = found[0].agrees if len(found) == 2 else None if row.hand is None else False
    return found[-1].agrees, by_hand


def directed(left: str, gradient: np.ndarray, said: Testimony, scale: float) -> Pair:
    """The derivative along one direction, compared on the scale of the whole gradient."""
    assert said.along is not None
    v, value, noise = said.along
    a = gradient.reshape(-1, v.size) @ v
    apart = distance(a, value)
    agrees = bool(np.all(apart <= 1e-6 * scale + noise))
    largest = float(apart.max()) if apart.size else 0.0
    size = max(magnitude(a), magnitude(value))
    relative = largest / size if size else largest
    off = 0 if agrees else int(np.count_nonzero(apart > 1e-6 * scale))
    remark = "one random direction"
    return Pair(left, "numerical", largest, relative, off, int(apart.size), agrees, remark)


def agrees_beside_kinks(row: Row, said: Testimony, rtol: float) -> bool:
    """Whether autodiff and the numerical gradient agree but for entries that lie at a kink."""
    if said.kinks is None or row.num is None:
        return False
    slack = np.broadcast_to(said.slack, said.kinks.shape).reshape(row.auto.shape)
    beside = np.where(said.kinks.reshape(row.auto.shape), row.auto, row.num)
    return pair("autodiff", row.auto, "numerical", beside, rtol, slack).agrees
