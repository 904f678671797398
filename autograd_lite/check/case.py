"""What the ladder is given: one hand gradient that differs, and the sweep it should follow from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..core.graph import Node, data
from ..core.row import ONE
from ..graphs.tape import Tape
from .factors import read
from .findings import Cause
from .measures import distance, magnitude

__all__ = ["Case", "slope"]

MOST_NUMBERS = 60


@dataclass
class Case:
    """A hand gradient `hand` for the node `x`, and `auto`, what arrives there on the tape.

    Both have the shape `(*root.shape, *x.shape)`, or `x.shape` when the root is one number.
    """

    tape: Tape
    x: Node
    hand: np.ndarray
    auto: np.ndarray
    rtol: float
    others: bool = True  # whether mistakes are tried that take another array of the graph
    loose: bool = False  # whether a guess may be off by a factor that the graph offers

    def __post_init__(self) -> None:
        self.above = self.tape.above(self.x)
        self.error = self.hand - self.auto if self.hand.shape == self.auto.shape else None

    def shaped(self, g: Any) -> np.ndarray:
        """A cotangent of `x`, with leading axes in front, in the shape of the hand gradient."""
        return np.broadcast_to(np.asarray(g, float), self.tape.lead + self.x.shape).reshape(
            self.auto.shape
        )

    def match(self, guess: Any) -> float:
        """The relative difference between a guess and the hand gradient; inf if shapes differ."""
        guess = np.asarray(guess, float)
        if guess.shape != self.hand.shape or not np.all(np.isfinite(guess)):
            return np.inf
        scale = max(magnitude(self.hand), magnitude(guess), magnitude(self.auto))
        apart = distance(guess, self.hand)
        return float(apart.max()) / scale if scale and apart.size else 0.0

    def fits(self, guess: Any) -> bool:
        """Whether a guess reproduces the hand gradient."""
        return self.match(guess) <= self.rtol

    def cause(self, code: str, message: str, fix: str, guess: Any, rank: float) -> Iterator[Cause]:
        """The explanation, if its guess reproduces the hand gradient; else nothing."""
        match = self.match(guess)
        if match <= self.rtol:
            yield Cause(code, message, fix, match, rank)
        elif self.loose and self.hand.size >= 4 and np.shape(guess) == self.hand.shape:
            yield from self.scaled(code, message, fix, np.asarray(guess, float), rank)

    def scaled(
        self, code: str, message: str, fix: str, guess: np.ndarray, rank: float
    ) -> Iterator[Cause]:
        """Two mistakes at once: the explanation, and a factor that the graph offers."""
        power = float((guess * guess).sum())
        if not np.isfinite(power) or power == 0:
            return
        s = float((self.hand * guess).sum()) / power
        match = self.match(s * guess)
        if s == 0 or match > self.rtol:
            return
        meaning = "the sign is wrong" if abs(s + 1) < 1e-6 else read(s, self.tape)
        if meaning is not None:
            text = f"{message}; and a factor {s:.6g}: {meaning}"
            yield Cause(code, text, fix, match, rank)
            code = "sign" if s == -1 else "scale"
            text = f"two mistakes at once, one of them a factor {s:.6g}: {meaning}"
            yield Cause(code, text, "", match, rank + 1)

    def local(self, node: Node, formula: Any) -> np.ndarray | None:
        """The gradient of `x`, had `formula` arrived at `node` in place of what did."""
        right = self.tape.arrived.get(node)
        if right is None:
            return None
        change = np.asarray(formula, float) - np.asarray(right, float)
        return self.auto + self.shaped(self.tape.push({node: change}, self.x, self.above))

    def constants(self) -> list[np.ndarray]:
        """The constant arrays of the graph above or below `x`, each once."""
        found: dict[int, np.ndarray] = {}
        for node in self.tape.order:
            for y in node.inputs:
                if isinstance(y, np.ndarray) and y.size > 1:
                    found.setdefault(id(y), y)
        return list(found.values())

    def arrays(self, shape: tuple[int, ...]) -> list[tuple[str, np.ndarray]]:
        """Every array of that shape in the graph, with a name: nodes first, then constants.

        Of single numbers there are too many, and too many of them equal, in a graph of Values; they
        are listed in a small graph only.
        """
        if not self.others or (not shape and len(self.tape.order) > MOST_NUMBERS):
            return []
        found: list[tuple[str, np.ndarray]] = []
        for node in self.tape.order:
            if node.shape == shape:
                found.append((self.tape.name(node), np.asarray(data(node), float)))
        for y in self.constants():
            if y.shape == shape:
                found.append((self.tape.constant(y, "a constant array"), np.asarray(y, float)))
        if len(shape) == 2:
            for node in self.tape.order:
                if node.shape == shape[::-1]:
                    found.append((f"{self.tape.name(node)} transposed", np.asarray(node.primal.T)))
        return found


def slope(partial: Any, y: Any, *inputs: Any) -> np.ndarray:
    """A row's partial derivative on arrays: by IEEE 754 also for single numbers, never raising."""
    if partial is ONE:
        return np.ones(())
    arrays = [np.asarray(x, float) for x in (y, *inputs)]
    shape = np.broadcast_shapes(*(a.shape for a in arrays))
    found = np.asarray(partial(*(np.atleast_1d(a) for a in arrays)), float)
    return found if shape or found.size != 1 else found.reshape(())
