"""Blind points: which mistakes this point could not have revealed.

When everything agrees, every mutant of every rule is pushed down all the same. One that changes
nothing here, but does at a neighbouring point with weights of order 1, is a mistake that the check
at this point cannot see: with weights of 0.01 tanh has slope 1.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core.graph import Node, slots, wrap
from ..graphs.tape import Tape
from ..nodes.tensor import Tensor
from ..nodes.value import Value
from .findings import Note
from .measures import magnitude
from .mistakes.diagnosis import on_edge, on_softmaxes
from .mistakes.evidence import Clock, Evidence
from .mistakes.softmaxes import find

__all__ = ["blind"]

INSIDE = frozenset(
    {"softmax", "log_softmax", "logsumexp", "cross-entropy", "softmax_cross_entropy"}
)
"""Groups of the library's own functions: nobody derives their inner steps by hand, and at the
largest score exp(z − max z) is 1 wherever the point is."""

LARGEST = 20_000


def blind(tape: Tape, x: Node, rtol: float, clock: Clock) -> Note | None:
    """A `blind-point` note that names the mistakes hidden at this point, or None."""
    if tape.lead or x.size > LARGEST or tape.root.size != 1 or clock.over():
        return None
    with clock:
        here, _ = effects(tape, x, rtol, clock)
        nodes = elsewhere(tape) if here else None
        if nodes is None:
            return sizes(tape)
        there = Tape(nodes[tape.root], variables=tape.variables)
        _, seen = effects(there, nodes[x], rtol, clock)
    hidden = [text for key, text in here.items() if key in seen]
    if not hidden:
        return sizes(tape)
    count = "a wrong one" if len(hidden) == 1 else f"{len(hidden)} wrong ones"
    named = "; ".join(hidden[:3]) + (f"; and {len(hidden) - 3} more" if len(hidden) > 3 else "")
    return Note(
        "blind-point",
        f"this point cannot tell the right gradient from {count}: {named}. Try weights of order 1",
    )


Effects = dict[tuple[int, int, str], str]


def effects(tape: Tape, x: Node, rtol: float, clock: Clock) -> tuple[Effects, Effects]:
    """The mistakes that leave the gradient of `x` as it is, and those that change it.

    Each has a key of its place and its message, so that it is known again at another point.
    """
    auto = tape.gradient(x)
    e = Evidence(tape, x, auto, auto, rtol, clock, others=False)
    limit = rtol * magnitude(auto)
    place = {node: k for k, node in enumerate(tape.order)}
    hidden: Effects = {}
    seen: Effects = {}
    with np.errstate(all="ignore"):
        for node, i in tape.reach(x):
            if clock.over():
                break
            if INSIDE.intersection(node.group):
                continue
            for guess, change in on_edge(e, node, i):
                if guess.mistake.code == "local-derivative" and np.all(np.isfinite(change)):
                    found = hidden if magnitude(change) <= limit else seen
                    found[place[node], i, guess.message] = guess.message
        for guess in on_softmaxes(e):
            if np.all(np.isfinite(guess.gradient)):
                found = hidden if e.match(guess.gradient) <= rtol else seen
                found[-1, 0, guess.message] = guess.message
    return hidden, seen


def elsewhere(tape: Tape) -> dict[Node, Node] | None:
    """The same graph at a neighbouring point: small numbers become numbers of order 1."""
    rng = np.random.default_rng(4)
    copies: dict[Node, Any] = {}
    with np.errstate(all="ignore"):
        for node in tape.order:
            if node.op is not None:
                inputs = [copies[y] if isinstance(y, Node) else y for y in node.inputs]
                made = node.op(*inputs)  # plain data where an operation was given nothing else
                if not isinstance(made, Node):
                    made = wrap(made, node.op, *slots(inputs))
                copies[node] = made
                copies[node].notes = node.notes
                continue
            now = np.asarray(node.primal, float)
            drawn = rng.normal(size=now.shape)
            if magnitude(now) >= 0.1:
                drawn = now * (1 + 0.2 * drawn)
            label = node.label
            copies[node] = (
                Value(float(drawn), label)
                if isinstance(node, Value)
                else Tensor(drawn, label, node.dtype)
            )
    return copies if np.isfinite(np.asarray(copies[tape.root].primal)).all() else None


def sizes(tape: Tape) -> Note | None:
    """Batch sizes at which a wrong mean looks right."""
    for s in find(tape):
        if s.t is None or s.h.ndim != 2:
            continue
        batch = s.h.shape[0] if s.axis == -1 else s.h.shape[1]
        if batch == 1:
            text = "with one example nothing about the mean over the batch shows. Try a batch of 3"
            return Note("blind-point", text)
        if s.h.shape[0] == s.h.shape[1]:
            text = (
                f"with as many examples as classes ({batch}) dividing by the classes looks like "
                f"the "
                "mean over the batch. Try another batch size"
            )
            return Note("blind-point", text)
    return None
