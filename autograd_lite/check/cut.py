"""A result that no node connects with the argument: constant, or cut off on the way."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core.graph import Node
from ..graphs.tape import Tape
from .judge import magnitude, pair, verdict
from .report import Cause, Row
from .testimony import hear

__all__ = ["cut"]


def cut(
    function: Any,
    at: np.ndarray,
    shape: tuple[int, ...],
    x: Node,
    hand: Any,
    method: str,
    seen: Any,
) -> Row:
    """The row of a result that no node connects with `x`: constant, or cut off on the way."""
    size = int(np.prod(shape, dtype=np.int64))
    zeros = np.zeros((size, at.size))
    said = hear(function, at, zeros, "central" if method == "complex" else method, 1e-7)
    auto = zeros.reshape((*shape, *x.shape) if size > 1 else x.shape)
    num = zeros if said.values is None else said.values
    row = Row("", auto, hand, num.reshape(auto.shape), method=said.method, step=said.step)
    slack = np.broadcast_to(said.slack, num.shape).reshape(auto.shape)
    hand_auto = hand_num = None
    if hand is not None and np.shape(hand) == auto.shape:
        row.pairs.append(pair("hand", hand, "autodiff", auto, 1e-7))
        row.pairs.append(pair("hand", hand, "numerical", row.num, 1e-7, slack))
        hand_auto, hand_num = row.pairs[0].agrees, row.pairs[1].agrees
    row.pairs.append(pair("autodiff", auto, "numerical", row.num, 1e-7, slack))
    row.verdict = verdict(hand_auto, row.pairs[-1].agrees, hand_num)
    if row.pairs[-1].agrees:
        row.sentence = "the result does not depend on this argument."
        if hand_auto is False:
            row.sentence += " The hand gradient should be zero."
            row.causes = [Cause("unknown", "the right gradient is zero", "", np.nan)]
        return row
    row.verdict = "autodiff" if hand_auto is not True else row.verdict
    row.causes = [graph_cut(seen)]
    row.sentence = "autodiff gives nothing, the numerical gradient is not zero: the graph was cut."
    if magnitude(num) == 0:
        row.sentence = "the numerical gradient cannot be found."
    return row


def graph_cut(seen: list[Node]) -> Cause:
    """`graph-cut`, with the last node that was tracked."""
    last = ""
    if seen:
        node = seen[-1]
        text = Tape(node).name(node)
        last = f"; the last operation that was tracked is {text}, shape {node.shape}"
    return Cause(
        "graph-cut",
        "the result is not connected with the argument: .data, .item(), .detach(), float() or a "
        f"NumPy call on plain data cut the graph{last}",
        "use the nodes themselves in the forward pass, not .data or .item()",
        np.nan,
    )
