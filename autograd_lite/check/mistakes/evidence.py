"""What a diagnosis is given: a hand gradient that differs, and the sweep it should follow from."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from ...core.elementwise import ONE
from ...core.graph import Node, data
from ...graphs.tape import Tape
from ..measures import distance, magnitude

__all__ = ["Clock", "Evidence", "fitted", "gap", "slope"]

MOST_NUMBERS = 60

processor = getattr(time, "thread_time", time.perf_counter)
"""Seconds of the processor: by the clock a busy machine would find fewer causes than an idle one.
A browser's Python knows the clock alone."""


class Clock:
    """Seconds left; those inside the block are taken off. Entered again and again, not nested.

    >>> clock = Clock(0.0)
    >>> with clock:
    ...     clock.over()
    True
    """

    def __init__(self, seconds: float) -> None:
        self.left = seconds
        self.start: float | None = None

    def __enter__(self) -> Clock:
        self.start = processor()
        return self

    def __exit__(self, *exc: object) -> None:
        assert self.start is not None
        self.left -= processor() - self.start
        self.start = None

    def over(self) -> bool:
        """Whether nothing is left."""
        since = 0.0 if self.start is None else processor() - self.start
        return self.left <= since


@dataclass
class Evidence:
    """A hand gradient `hand` for the node `x`, and `auto`, what arrives there on the tape.

    Both have the shape `(*root.shape, *x.shape)`, or `x.shape` when the root is one number.
    `skipped` collects the mistakes that could not be tried, and why.
    """

    tape: Tape
    x: Node
    hand: np.ndarray
    auto: np.ndarray
    rtol: float
    clock: Clock
    others: bool = True  # whether mistakes are tried that take another array of the graph
    skipped: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.above = self.tape.above(self.x)
        self.fits = self.hand.shape == self.auto.shape

    @cached_property
    def error(self) -> np.ndarray:
        """What is wrong in the hand gradient, which has the right shape."""
        return self.hand - self.auto

    @cached_property
    def scalar(self) -> bool:
        """Whether the root is one number: then cotangents have no leading axes."""
        return not self.tape.lead

    @cached_property
    def square(self) -> np.ndarray | None:
        """The Jacobian of as many results as entries as a matrix, if it is not diagonal."""
        n = self.x.size
        if self.scalar or n != self.tape.root.size or not self.fits:
            return None
        square = self.auto.reshape(n, n)
        return square if gap(square, np.diag(np.diag(square))) > 1e-12 else None

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

    def pushed(self, node: Node, change: Any) -> np.ndarray:
        """The gradient of `x`, were what arrives at `node` changed by that much."""
        return self.auto + self.shaped(self.tape.push({node: change}, self.x, self.above))

    def instead(self, node: Node, cotangent: Any) -> np.ndarray | None:
        """The gradient of `x`, had `cotangent` arrived at `node` in place of what did."""
        right = self.tape.arrived.get(node)
        if right is None:
            return None
        return self.pushed(node, np.asarray(cotangent, float) - np.asarray(right, float))

    @cached_property
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
        if shape in self._arrays:
            return self._arrays[shape]
        found: list[tuple[str, np.ndarray]] = []
        for node in self.tape.order:
            if node.shape == shape:
                found.append((self.tape.name(node), np.asarray(data(node), float)))
        for y in self.constants:
            if y.shape == shape:
                found.append((self.tape.constant(y, "a constant array"), np.asarray(y, float)))
        if len(shape) == 2:
            for node in self.tape.order:
                if node.shape == shape[::-1]:
                    found.append((f"{self.tape.name(node)} transposed", np.asarray(node.primal.T)))
        self._arrays[shape] = found
        return found

    @cached_property
    def _arrays(self) -> dict[tuple[int, ...], list[tuple[str, np.ndarray]]]:
        return {}


def slope(partial: Any, y: Any, *inputs: Any) -> np.ndarray:
    """A row's partial derivative on arrays: by IEEE 754 also for single numbers, never raising."""
    if partial is ONE:
        return np.ones(())
    arrays = [np.asarray(x, float) for x in (y, *inputs)]
    shape = np.broadcast_shapes(*(a.shape for a in arrays))
    found = np.asarray(partial(*(np.atleast_1d(a) for a in arrays)), float)
    return found if shape or found.size != 1 else found.reshape(())


def gap(a: Any, b: Any, least: float = 0.0) -> float:
    """The largest difference of two arrays of one shape, relative to the larger of them.

    With `least`, relative to that if both are smaller.
    """
    if np.shape(a) != np.shape(b):
        return np.inf
    scale = max(magnitude(a), magnitude(b), least)
    apart = np.abs(np.asarray(a) - np.asarray(b))
    return float(apart.max()) / scale if scale and apart.size else 0.0


def fitted(wanted: np.ndarray, direction: np.ndarray) -> float | None:
    """The s with the least |wanted − s · direction|, None where there is no direction."""
    size = magnitude(direction)
    if not size or not np.all(np.isfinite(direction)):
        return None
    unit = direction / size
    return float((wanted * unit).sum() / (unit * unit).sum() / size)
