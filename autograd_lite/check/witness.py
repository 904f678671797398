"""The numerical witness: what differences say about one gradient, and how sure they are of it.

It is the only one: `check_gradients` gives it the function itself, `compare` and the stepper the
recorded graph computed again (`of_tape`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from ..core.graph import Node
from ..graphs.tape import Tape
from .analytic import rules
from .differences import (
    EPS,
    Function,
    central,
    complex_step,
    direction,
    slopes,
    steadiest,
    step_of,
)
from .findings import Note
from .kinks import Near, jumps, own_size
from .measures import DOUBLE, distance, magnitude
from .rounding import Elsewhere, of_values

__all__ = ["LARGE", "METHODS", "Witness", "hear", "of_tape"]

METHODS = ("central", "richardson", "complex")

LARGE = 10_000
"""Above so many entries one random direction is asked first, and entries only if that disagrees."""

CHUNK = 16

MOST_CORNERS = 500


@dataclass
class Witness:
    """`values` of shape `(outputs, entries)`, or None when one direction was enough.

    `slack` is the error that may be in the values, inf where nothing is known; `kinks` marks
    entries at which the slopes to both sides differ, with `low` and `high` the two; `along` holds
    (direction, numerical, noise). `lost` marks outputs that are not finite at the point.
    `near(v)` is the gradient a small step v away.
    """

    values: np.ndarray | None
    slack: np.ndarray
    method: str
    step: float
    lost: np.ndarray
    notes: list[Note] = field(default_factory=list)
    kinks: np.ndarray | None = None
    low: np.ndarray | None = None
    high: np.ndarray | None = None
    along: tuple[np.ndarray, np.ndarray, np.ndarray] | None = None
    near: Near | None = None


@dataclass
class Question:
    """A function `f` at flat `x`, and the gradients that are to be judged there."""

    f: Function
    x: np.ndarray
    auto: np.ndarray
    hand: np.ndarray | None
    rtol: float
    measure: Callable[[], np.ndarray] | None = None
    near: Near | None = None

    @cached_property
    def jumps(self) -> bool:
        """Whether the gradient jumps at x, as far as that is known."""
        return self.near is not None and self.x.size > 0 and jumps(self.x, self.near)

    @cached_property
    def noise(self) -> np.ndarray:
        """The rounding error in each value of f: that of the value, or of terms that cancel."""
        own = 4 * EPS * np.abs(self.f(self.x))
        return own if self.measure is None else np.maximum(own, self.measure())

    def scales(self, j: int) -> list[float]:
        """How far f may reach in entry j: its size over a slope that it is said to have."""
        size = magnitude(self.f(self.x)) or 1.0
        said = [magnitude(self.auto[:, j])]
        said += [] if self.hand is None else [magnitude(self.hand[:, j])]
        with np.errstate(all="ignore"):
            found = [magnitude(self.x), *(float(np.float64(size) / s) for s in said if s)]
        return [s for s in found if s < max(1.0, abs(self.x[j]))]


def of_tape(tape: Tape, x: Node, hand: np.ndarray | None, method: str, large: int) -> Witness:
    """The numerical gradient of the root in `x`: everything above `x` is computed again."""
    scalar = x.shape == () and isinstance(x.primal, float)

    def shaped(v: np.ndarray) -> object:
        return v[0].item() if scalar else v.reshape(x.shape)

    def forward(v: np.ndarray) -> np.ndarray:
        return np.asarray(tape.forward(x, shaped(v)), float).ravel()

    def forward_complex(v: np.ndarray) -> np.ndarray:
        return np.asarray(tape.forward(x, v.reshape(x.shape), rules), complex).ravel()

    at = np.asarray(x.primal, float).ravel()
    outputs = tape.root.size

    def near(v: np.ndarray) -> np.ndarray:
        there = Elsewhere(tape, tape.replayed(x, shaped(at + v)))
        return there.gradient(x).reshape(outputs, at.size)

    return hear(
        forward, at, tape, x, hand, method, complex_f=forward_complex, large=large, near=near
    )


def hear(
    f: Function,
    at: np.ndarray,
    tape: Tape,
    x: Node,
    hand: np.ndarray | None,
    method: str,
    complex_f: Function | None = None,
    large: int = LARGE,
    near: Near | None = None,
) -> Witness:
    """Differentiate `f` numerically at flat `at`; look again where that differs from the others.

    A second look chooses its step by how steady the difference is, not by what it should agree
    with: a right witness is not talked over.
    """
    auto = tape.gradient(x).reshape(tape.root.size, at.size)
    fits = hand is not None and hand.size == auto.size
    given = hand.reshape(auto.shape) if fits and hand is not None else None
    question = Question(f, at, auto, given, DOUBLE, lambda: of_values(tape, x), near)
    return asked(question, method, complex_f, large)


def asked(
    q: Question,
    method: str,
    complex_f: Function | None = None,
    large: int = LARGE,
) -> Witness:
    """The testimony on one question.

    Where the gradient jumps every entry's two slopes are looked at: if they are opposite, as those
    of |x| at 0, the central difference agrees by chance.
    """
    with np.errstate(all="ignore"):
        lost = ~np.isfinite(q.f(q.x))
        if lost.all() and lost.size:
            return Witness(np.full(q.auto.shape, np.nan), np.zeros(1), method, 0.0, lost)
        if method == "complex":
            values = complex_step(complex_f or q.f, q.x)
            return Witness(values, np.zeros_like(values), method, 1e-30, lost)
        if q.x.size > large:
            v = np.random.default_rng(0).standard_normal(q.x.size)
            value, error = direction(q.f, q.x, v)
            scale = float(np.linalg.norm(q.auto)) if q.auto.size else 0.0
            if np.all(np.abs(value - q.auto @ v) <= 1e-6 * scale + error):
                return Witness(None, np.zeros(1), method, 0.0, lost, along=(v, value, error))
        values, slack = central(q.f, q.x, method)
        step = float(step_of(q.x).max()) if q.x.size else 0.0
        said = Witness(values, slack, method, step, lost, near=q.near)
        look_again(q, said)
        if said.kinks is None and q.x.size <= MOST_CORNERS and q.jumps:
            for j in range(q.x.size):
                corner(q, j, said, float(1e-5 * own_size(q.x[j])))
        return said


def look_again(q: Question, said: Witness) -> None:
    """Refine the entries that differ, a few at a time, for as long as that changes anything.

    Those too in which hand and autodiff differ by no more than the first look can see.
    """
    assert said.values is not None
    apart = distance(said.values, q.auto)
    suspects = off(said.values, q.auto, said.slack, q.rtol) & ~said.lost[:, None]
    flat = (said.values == 0) & (q.auto != 0)
    if q.hand is not None:
        flat |= (said.values == 0) & (q.hand != 0) & np.isfinite(q.hand)
    order = list(worst_first(np.where(suspects | flat, apart, -1.0)))
    unsteady: list[int] = []
    for start in range(0, len(order), CHUNK):
        mended = False
        for j in order[start : start + CHUNK]:
            right, kinked = once_more(q, j, said, unsteady)
            mended = mended or right or kinked
        if not mended:
            break
    for j in undecided(q, said):
        if j not in order:
            once_more(q, j, said, unsteady)
    if unsteady:
        said.notes.append(
            Note(
                "step",
                f"no step gives a steady difference at entry {unsteady[0]}: the function is noisy, "
                "jumps, or leaves its domain there",
            )
        )


def once_more(q: Question, j: int, said: Witness, unsteady: list[int]) -> tuple[bool, bool]:
    """Entry j at its best step; whether it now agrees with autodiff, and whether it is a kink."""
    assert said.values is not None
    usual = float(1e-5 * own_size(q.x[j]))
    if q.jumps and corner(q, j, said, usual):
        return False, True
    steady = steadiest(q.f, q.x, j, q.noise, q.scales(j))
    said.values[:, j], said.slack[:, j] = steady.value, steady.error
    apart = off(said.values[:, [j]], q.auto[:, [j]], said.slack[:, [j]], q.rtol)[:, 0] & ~said.lost
    if not apart.any():
        return True, False
    kinked = any(corner(q, j, said, float(h)) for h in {*steady.step[apart], usual})
    if not kinked:
        size = max(magnitude(q.auto[:, j]), magnitude(steady.value))
        if not np.all(steady.error[apart] <= 1e-3 * size):
            unsteady.append(j)
    return False, kinked


def undecided(q: Question, said: Witness) -> list[int]:
    """Entries in which hand and autodiff differ, and the values so far may be either's."""
    if q.hand is None or said.values is None:
        return []
    own = np.maximum(np.abs(q.hand), np.abs(q.auto))
    differ = distance(q.hand, q.auto) > q.rtol * own
    blurred = distance(q.hand, q.auto) <= 3 * said.slack + 2 * q.rtol * magnitude(q.auto)
    return list(worst_first(np.where(differ & blurred, distance(q.hand, q.auto), -1.0)))[:CHUNK]


def worst_first(apart: np.ndarray) -> Iterable[int]:
    """The columns with an entry that is not negative, the largest first."""
    worst = apart.max(axis=0, initial=-1.0)
    order = np.argsort(-worst, kind="stable")
    return [int(j) for j in order[: int((worst >= 0).sum())]]


def off(values: np.ndarray, auto: np.ndarray, slack: np.ndarray, rtol: float) -> np.ndarray:
    """The entries in which the two differ by more than tolerance and known error."""
    scale = max(magnitude(values), magnitude(auto))
    known = np.where(np.isfinite(slack), slack, 0.0)
    return distance(values, auto) > rtol * scale + known


def corner(q: Question, j: int, said: Witness, wide: float) -> bool:
    """Whether x_j sits on a kink with the derivative between the two slopes; noted if it does.

    The difference of the slopes to both sides is that of the step where f is smooth, and stays
    where it is not.
    """
    (left_, right_), (left, right) = (slopes(q.f, q.x, j, h) for h in (wide, wide / 10))
    size = np.maximum(np.abs(left), np.abs(right))
    apart, apart_ = np.abs(right - left), np.abs(right_ - left_)
    noise = 100 * q.noise / wide
    kinked = np.isfinite(apart) & (apart > 1e-3 * size + noise)
    kinked &= (apart > 0.5 * apart_) & (apart < 2 * apart_)
    low, high = np.minimum(left, right), np.maximum(left, right)
    room = 1e-4 * size
    auto = q.auto[:, j]
    found = kinked & (auto >= low - room) & (auto <= high + room)
    if not found.any():
        return False
    if said.kinks is None or said.low is None or said.high is None:
        said.kinks = np.zeros(q.auto.shape, bool)
        said.low, said.high = np.zeros(q.auto.shape), np.zeros(q.auto.shape)
        k = int(np.argmax(found))
        said.notes.append(
            Note(
                "kink",
                f"entry {j} sits on a kink: the slope is {left[k]:.4g} to the left and "
                f"{right[k]:.4g} to the right, autodiff's {auto[k]:.4g} lies between. Any "
                "subgradient is right there",
            )
        )
    said.kinks[:, j] |= found
    said.low[:, j] = np.where(found, low - room, said.low[:, j])
    said.high[:, j] = np.where(found, high + room, said.high[:, j])
    return True
