"""Replays: the backward sweep run again with one operation's rule changed.

The sweep is linear in what an edge brings, so only the change is pushed down, and all changes of
one edge go down together as leading axes.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

import numpy as np

from ..core.graph import Node
from .case import Case
from .findings import Cause
from .fixes import gradient_name, share
from .measures import magnitude
from .mutants import Mutant, mutants

__all__ = ["changed_rules", "pushed"]

AT_ONCE = 2_000_000


def changed_rules(case: Case) -> Iterator[Cause]:
    """Every operation between the root and the node, with each wrong version of its rule."""
    if case.error is None:
        return
    with case.tape.patience as patience:
        for node, i in case.tape.reach(case.x):
            if patience.over():
                return
            for mutant, change, all_of_it in pushed(case, node, i):
                yield from judged(case, (node, i), mutant, change, all_of_it)


def pushed(case: Case, node: Node, i: int) -> Iterator[tuple[Mutant, np.ndarray, np.ndarray]]:
    """Each mutant of an edge, what it changes in the gradient, and what the edge brings to it."""
    right = np.asarray(case.tape.contribution(node, i), float)
    y = node.inputs[i]
    full = case.tape.lead + y.shape
    right = np.broadcast_to(right, full)
    chunk = max(1, AT_ONCE // max(1, int(np.prod(full, dtype=np.int64))) - 1)
    source = mutants(case, node, i)
    while batch := list(islice(source, chunk)):
        values = [np.broadcast_to(np.asarray(m.value, float), full) - right for m in batch]
        together = np.stack([right, *values])
        down: Any = case.tape.push({y: together}, case.x, case.above)
        down = np.broadcast_to(
            np.asarray(down, float), (len(together), *case.tape.lead, *case.x.shape)
        ).reshape(len(together), *case.auto.shape)
        for mutant, change in zip(batch, down[1:], strict=True):
            yield mutant, change, down[0]


def judged(
    case: Case, edge: tuple[Node, int], mutant: Mutant, change: np.ndarray, all_of_it: np.ndarray
) -> Iterator[Cause]:
    """The mutant as a cause, if the gradient it leads to is the student's."""
    if magnitude(change) <= 1e-12 * magnitude(case.auto):
        return
    guess = case.auto + change
    if mutant.free:
        base = case.auto - all_of_it
        share = change + all_of_it
        power = float((share * share).sum())
        if power == 0 or case.auto.size < 3:
            return
        if mutant.fix == "update":
            yield from updated(case, mutant, share, power)
            return
        s = float(((case.hand - base) * share).sum()) / power
        if s <= 0:
            return
        guess = base + s * share
    fix = mutant.fix or right_line(case, edge)
    yield from case.cause(mutant.code, mutant.message, fix, guess, mutant.rank)


def right_line(case: Case, edge: tuple[Node, int]) -> str:
    """What should stand in the place of the mutant."""
    line = share(case.tape, *edge)
    return f"{gradient_name(edge[0].inputs[edge[1]])} = {line}" if line else ""


def updated(case: Case, mutant: Mutant, share: np.ndarray, power: float) -> Iterator[Cause]:
    """Parameters that were updated too early: W − ε·dW in the place of W, for some ε > 0."""
    assert case.error is not None
    rate = -float((case.error * share).sum()) / power
    if rate <= 0:
        return
    message = f"{mutant.message} (learning rate {rate:.3g})"
    fix = "compute all gradients first, then update"
    yield from case.cause("wrong-operand", message, fix, case.auto - rate * share, mutant.rank)
