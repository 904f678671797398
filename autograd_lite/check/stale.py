"""Data that is no longer what the forward pass computed."""

from __future__ import annotations

import numpy as np

from ..core.graph import Node
from ..graphs.tape import Tape
from .judge import distance, magnitude
from .report import Cause

__all__ = ["changed"]


def changed(tape: Tape) -> Cause | None:
    """The first node whose data does not follow from its inputs any more, as a cause; else None."""
    for node in tape.order:
        if node.op is None:
            node.refresh()
    with np.errstate(all="ignore"):
        for node in tape.order:
            if node.op is None:
                continue
            for x in node.inputs:
                if isinstance(x, Node) and x.op is None and x.stamp > node.stamp:
                    return cause(tape.name(x), tape.name(node))
            args = [x.primal if isinstance(x, Node) else x for x in node.inputs]
            again = np.asarray(node.op.forward(*args), float)
            now = np.asarray(node.primal, float)
            if (
                again.shape != now.shape
                or (distance(again, now) > 1e-5 * max(magnitude(again), magnitude(now))).any()
            ):
                return cause(tape.name(node), "")
    return None


def cause(name: str, consumer: str) -> Cause:
    """`stale-data`, with the node."""
    used = f" after {consumer} had used it" if consumer else " after it was computed"
    return Cause(
        "stale-data",
        f"the data of {name} was overwritten{used}",
        "work on a copy: d = x.copy(), or run the forward pass again after the change",
        np.nan,
    )
