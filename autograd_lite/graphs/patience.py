"""How long a report may think: the dear rungs of the ladder share a few seconds."""

from __future__ import annotations

import time

__all__ = ["Patience"]


class Patience:
    """Seconds of the processor left; those inside the block are taken off. Entered again and again,
    not nested. (By the clock a busy machine would find fewer causes than an idle one.)

    >>> patience = Patience(0.0)
    >>> with patience:
    ...     patience.over()
    True
    """

    def __init__(self, seconds: float) -> None:
        self.left = seconds
        self.start: float | None = None

    def __enter__(self) -> Patience:
        self.start = time.thread_time()
        return self

    def __exit__(self, *exc: object) -> None:
        assert self.start is not None
        self.left -= time.thread_time() - self.start
        self.start = None

    def over(self) -> bool:
        """Whether nothing is left."""
        since = 0.0 if self.start is None else time.thread_time() - self.start
        return self.left - since <= 0
