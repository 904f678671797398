"""What a mistake is: a code, a sentence, how its numbers arise, and what to write instead.

A mistake is made at some kind of place: in the gradient as a whole, at an edge of the graph, along
a path, at a softmax. A `Place` lists the mistakes that are made there; to add one is to write one
entry in the module of its family:

    @EDGE.mistake("local-derivative", "the factor {other} was forgotten{at}", rank=2.5)
    def factor_forgotten(edge):
        if edge.op.name == "*":
            yield edge.times(1.0), {}

The function yields the numbers that somebody gets who makes the mistake there (what the edge
brings, what arrives at the softmax, the gradient itself), and the words that the sentence needs.
The `diagnosis` carries the numbers down to the gradient in question, and keeps those that are the
student's. An explanation that does not reproduce the numbers is never stated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from .evidence import Evidence

__all__ = ["Free", "Guess", "Mistake", "Numbers", "Place", "plain"]

Words = dict[str, Any]
Numbers = Iterator[tuple[Any, Words]]


@dataclass(frozen=True)
class Mistake:
    """One entry. Of several that give the same numbers that with the least `rank` is likeliest."""

    code: str
    says: str
    numbers: Callable[[Any], Numbers]
    rank: float
    fix: str


@dataclass(frozen=True)
class Free:
    """Numbers known up to a positive factor only; `added` to what is right, or in place of it."""

    value: Any
    added: bool = False


@dataclass
class Guess:
    """The gradient that a mistake leads to, and the words that its sentence needs."""

    mistake: Mistake
    gradient: Any
    words: Words

    @property
    def message(self) -> str:
        """The sentence."""
        return self.mistake.says.format_map(self.words)

    @property
    def fix(self) -> str:
        """What to write instead; at an edge, the right line for it."""
        if "edge" in self.words:
            return str(self.words["edge"].fix)
        return str(self.words.get("fix", self.mistake.fix.format_map(self.words)))


class Place:
    """A kind of place at which mistakes are made, and those that are made there."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.mistakes: list[Mistake] = []

    def mistake(
        self, code: str, says: str, *, rank: float, fix: str = ""
    ) -> Callable[[Callable[[Any], Numbers]], Callable[[Any], Numbers]]:
        """Add the decorated function to the list."""

        def add(numbers: Callable[[Any], Numbers]) -> Callable[[Any], Numbers]:
            self.mistakes.append(Mistake(code, says, numbers, rank, fix))
            return numbers

        return add

    def tried(self, evidence: Evidence, where: Any) -> Iterator[tuple[Mistake, Any, Words]]:
        """The numbers of every mistake at one such place. What cannot be tried is skipped."""
        for mistake in self.mistakes:
            try:
                yield from ((mistake, value, words) for value, words in mistake.numbers(where))
            except Exception as error:  # a diagnosis is a courtesy: it never ends a check
                evidence.skipped.setdefault(mistake.numbers.__name__, f"{error}")


def plain(value: Any) -> np.ndarray | None:
    """The numbers as an array, None if there are such as are not finite."""
    value = np.asarray(value, float)
    return value if np.all(np.isfinite(value)) else None
