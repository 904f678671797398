"""`compare`: the hand gradients that hang on a recorded graph, each judged by two witnesses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..core.graph import Node, toposort
from ..graphs.names import Names, caller_names, lent
from ..graphs.tape import Tape
from ..nodes import callsite
from ..ops.inputs import operand
from .autodiff import changed
from .examine import Budget, examine
from .findings import Cause, Row
from .hand import as_hand
from .jointly import judge_jointly
from .report import Report
from .witness import LARGE, METHODS, of_tape

__all__ = ["compare"]

ENTRIES, TOGETHER = 400, 2_000
"""When all gradients together have more entries than the second, those with more than the first are
asked in one random direction first."""


def compare(root: Node, hand: Mapping[Node, Any] | None = None, method: str = "central") -> Report:
    """Compare hand-derived gradients of `root` with autodiff and with differences.

    `hand` is a dict from nodes to arrays; without it, every node below `root` that has `.hand` is
    compared (and without any, the leaves are, autodiff against the numerical witness alone). A hand
    gradient has its node's shape; that of a root with several entries is the Jacobian, shape
    `(*root.shape, *node.shape)`. An error is carried forward: a step that follows from a wrong step
    nearer the output is reported as a consequence of it. A node without a label is called by the
    caller's variable that holds it.

    Raises ValueError for a node that is not in the graph, TypeError for what is no node or number.

    >>> import autograd_lite as ag
    >>> x = ag.Value(3.0, label="x")
    >>> y = x * x
    >>> report = ag.compare(y, {x: 3.0})
    >>> report.verdict, report.causes[0].code
    ('hand', 'scale')
    """
    root = operand(root)
    if not isinstance(root, Node):
        raise TypeError(f"compare takes the node to start from, not {type(root).__name__}")
    if method not in METHODS:
        raise ValueError(f"method is one of {', '.join(METHODS)}, not {method!r}")
    variables = caller_names(callsite.depth())
    with lent(toposort([root]), variables):
        return judged(root, hand, method, variables)


def judged(root: Node, hand: Mapping[Node, Any] | None, method: str, variables: Names) -> Report:
    """The report on all hand gradients, those of the graph's own nodes or those given."""
    tape = Tape(root, variables=variables)
    found = collect(tape, hand)
    spoiled = changed(tape)
    if spoiled is not None:
        return Report([spoiled_row(tape, x, found.get(x), spoiled) for x in found or {root: None}])
    carried = Tape(root, pinned(tape, found), variables) if len(found) > 1 else None
    if not found:
        found = {x: None for x in tape.order if x.op is None}
    large = ENTRIES if len(found) > 1 and sum(x.size for x in found) > TOGETHER else LARGE
    rows, budget = [], Budget()
    listed = sorted(found, key=tape.place.__getitem__, reverse=True)
    for x in listed:
        said = of_tape(tape, x, found[x], method, large)
        rows.append(examine(named(tape, x), tape, x, found[x], said, budget, carried))
    judge_jointly(tape, list(zip(listed, rows, strict=True)))
    return Report(rows)


def collect(tape: Tape, hand: Mapping[Node, Any] | None) -> dict[Node, Any]:
    """The nodes that have a hand gradient, with it."""
    if hand is None:
        return {x: as_hand(x.hand, tape.name(x)) for x in tape.order if x.hand is not None}
    if not isinstance(hand, Mapping):
        raise TypeError(
            f"hand is a dict from nodes to arrays, not {type(hand).__name__}; or set node.hand = "
            f"..."
        )
    inside = set(tape.order)
    for x in hand:
        if not isinstance(x, Node):
            raise TypeError(f"the keys of hand are nodes of the graph, not {type(x).__name__}")
        if x not in inside:
            label = f" {x.label!r}" if x.label else ""
            raise ValueError(
                f"the {type(x).__name__}{label} of shape {x.shape} is not in the graph of the "
                "root: nothing was computed from it. Give the node that the forward pass used"
            )
    return {x: as_hand(h, tape.name(x)) for x, h in hand.items()}


def pinned(tape: Tape, found: Mapping[Node, Any]) -> dict[Node, Any]:
    """The hand gradients as cotangents of a sweep; those that no reshape can fit are left out."""
    pins = {}
    for x, hand in found.items():
        full = tape.lead + x.shape
        if hand.size == int(np.prod(full)) and np.all(np.isfinite(hand)):
            pins[x] = hand.reshape(full) if full else float(hand.reshape(()))
    return pins


def named(tape: Tape, x: Node) -> str:
    """The name of a row: dC/dz for a root called C; without a name L, or f for several entries."""
    label = tape.root.label
    top = label if label.isidentifier() else "f" if tape.lead else "L"
    return f"d{top}/d{x.label}" if x.label else f"d{top}/d[{tape.name(x)}]"


def spoiled_row(tape: Tape, x: Node, hand: Any, cause: Cause) -> Row:
    """A row that says that the graph no longer holds what the forward pass computed."""
    auto = tape.gradient(x)
    row = Row(named(tape, x), auto, hand, verdict="autodiff", causes=[cause])
    row.sentence = "no gradient can be trusted: data was changed after the forward pass."
    return row
