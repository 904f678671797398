"""Kinks that the graph knows of: max, relu and abs at a tie."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core.graph import Node, data
from ..graphs.tape import Tape
from ..ops.reduce import Extreme

__all__ = ["ties"]

AT_ZERO = {"abs", "relu", "absolute", "fabs"}
OF_TWO = {"maximum", "minimum", "fmax", "fmin"}


def ties(tape: Tape, x: Node) -> bool:
    """Whether an operation above `x` has two winners, or its argument at its corner."""
    above = tape.above(x)
    for node in tape.order:
        if node.op is None or node not in above or node is x:
            continue
        inputs = [np.asarray(data(y), float) for y in node.inputs]
        if node._op in AT_ZERO and np.any(inputs[0] == 0):
            return True
        if node._op in OF_TWO and np.any(np.equal(*inputs)):
            return True
        if isinstance(node.op, Extreme) and tied(node, inputs[0]):
            return True
    return False


def tied(node: Node, x: Any) -> bool:
    """Whether a maximum is reached more than once."""
    op: Any = node.op
    best = np.asarray(op.forward(x))
    kept = best if op.keepdims else np.expand_dims(best, op.axes)
    return bool(((x == kept).sum(axis=op.axes) > 1).any())
