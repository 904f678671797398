"""The parts of the command line: its options, its values, its formulas, what it prints."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

__all__ = ["MAX_ENTRIES", "UsageError", "clip", "did_you_mean"]

MAX_ENTRIES = 4096  # of any one array: a 64 × 64 matrix. What is larger belongs in a program.


class UsageError(Exception):
    """What was asked cannot be done; the message is one line and says the way out.

    `place` are lines to be printed below it: the text that cannot be read, and a caret under it.
    """

    def __init__(self, message: str, place: str = "") -> None:
        super().__init__(message)
        self.place = place


def clip(text: str, width: int = 60) -> str:
    """`text` in one line of at most `width` characters, for messages."""
    text = " ".join(text.split())
    return text if len(text) <= width else text[: width - 3] + "..."


def did_you_mean(word: str, candidates: Iterable[str]) -> str:
    """'; did you mean ...?' for the candidate nearest to a misspelt word, or an empty string."""
    near = difflib.get_close_matches(word[:80], list(candidates), n=1, cutoff=0.6)
    return f"; did you mean {near[0]}?" if near else ""
