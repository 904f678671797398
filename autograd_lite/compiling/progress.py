"""A word on how far it is, from whatever takes longer than two seconds."""

from __future__ import annotations

import sys
import time

__all__ = ["Progress"]

PATIENCE = 2.0  # seconds between two words


class Progress:
    """Says on standard error how many operations were recorded, every two seconds.

    >>> progress = Progress()
    >>> progress.tell(1000)  # nothing yet
    """

    def __init__(self) -> None:
        self.start = self.last = time.perf_counter()

    def seconds(self) -> float:
        """How long it has taken so far."""
        return time.perf_counter() - self.start

    def tell(self, count: int) -> None:
        """Say that `count` operations were recorded, if it is time to."""
        now = time.perf_counter()
        if now - self.last > PATIENCE:
            self.last = now
            print(f"compiling: {count:,} operations in {self.seconds():.0f} s", file=sys.stderr)
