"""Several arguments at one kink: each gradient may be a subgradient, and together they are none.

At maximum(2, 2) of two nodes (a, 1 − a) is right for every a between 0 and 1, and (1, 1) is not.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..core.graph import Node
from ..graphs.tape import Tape
from .findings import Cause, Row
from .kinks import subgradient
from .rounding import Elsewhere, moved

__all__ = ["judge_jointly"]


def judge_jointly(tape: Tape, judged: Sequence[tuple[Node, Row]]) -> None:
    """Find the rows wrong that agree one by one, with a slope of their own at a kink they share."""
    rows = [(x, row) for x, row in judged if x.op is None and row.kinks is not None and row.ok]
    rows = [(x, row) for x, row in rows if row.hand is not None]
    if tape.lead or len(rows) < 2 or not any(row.free for _, row in rows):
        return
    leaves = [x for x, _ in rows]
    ends = np.cumsum([x.size for x in leaves])[:-1]

    def joined(parts: Sequence[object]) -> np.ndarray:
        return np.concatenate([np.ravel(np.asarray(part)) for part in parts])

    def near(v: np.ndarray) -> np.ndarray:
        steps = dict(zip(leaves, np.split(v, ends), strict=True))
        there = Elsewhere(tape, moved(tape, steps))
        return joined([there.gradient(x) for x in leaves])

    hand = joined([np.asarray(row.hand, float) for _, row in rows])
    auto, at = joined([row.auto for _, row in rows]), joined([row.kinks for _, row in rows])
    if subgradient(hand, auto, at.astype(bool), joined([x.primal for x in leaves]), near):
        return
    names = " and ".join(row.name for _, row in rows)
    for _, row in rows:
        if row.free:
            row.verdict, row.wrong = "hand", row.kinks
            row.sentence = f"at this kink {names} are subgradients one by one, but not together."
            text = (
                f"{names} each take a slope of their own at the kink that they share: what one "
                "gets the others do not (the shares of a tie add up to one)"
            )
            row.causes = [Cause("local-derivative", text, "", np.nan)]
