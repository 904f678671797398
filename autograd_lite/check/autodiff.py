"""When autodiff is the odd one out: data was changed, a rule is wrong, or the graph was cut."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core.graph import Node, data
from ..graphs.tape import Tape
from ..ops.primitive import Fused
from .differences import Function
from .findings import Cause, Row
from .judge import Judgement, Scale
from .measures import DOUBLE, distance, magnitude
from .witness import Question, asked

__all__ = ["changed", "cut", "suspects", "wrong_rules"]


def suspects(tape: Tape, x: Node, seen: list[Node]) -> list[Cause]:
    """The operations whose rule differs from their own forward, else that the graph was cut."""
    spoiled = changed(tape)
    if spoiled is not None:
        return [spoiled]
    found = not_a_number(tape, x) or wrong_rules(tape, x)
    if found:
        return found
    own = dict.fromkeys(f"'{node._op}'" for node in tape.order if isinstance(node.op, Fused))
    elsewhere = f", or for arrays other than its arguments in the rule of {', '.join(own)}"
    return [
        Cause(
            "graph-cut",
            "every rule on the way is right, so part of the path is missing: look for .data, "
            ".item(), .detach() or float() in the forward pass"
            + (elsewhere if own else "")
            + (f"; operations tracked: {len(seen)}" if seen else ""),
            "use the nodes themselves in the forward pass, not .data or .item()",
            np.nan,
        )
    ]


def changed(tape: Tape) -> Cause | None:
    """The first node whose data does not follow from its inputs any more, as a cause; else None."""
    for node in tape.order:
        if node.op is None:
            node.current()
    with np.errstate(all="ignore"):
        for node in tape.order:
            if node.op is None:
                continue
            for x in node.inputs:
                if isinstance(x, Node) and x.op is None and x.version > node.version:
                    return stale(tape.name(x), f"after {tape.name(node)} had used it")
            args = [x.primal if isinstance(x, Node) else x for x in node.inputs]
            again = np.asarray(node.op.forward(*args), float)
            now = np.asarray(node.primal, float)
            if (
                again.shape != now.shape
                or (distance(again, now) > 1e-5 * max(magnitude(again), magnitude(now))).any()
            ):
                return stale(tape.name(node), "after it was computed")
    return None


def stale(name: str, when: str) -> Cause:
    """`stale-data`, with the node."""
    return Cause(
        "stale-data",
        f"the data of {name} was overwritten {when}",
        "work on a copy: d = x.copy(), or run the forward pass again after the change",
        np.nan,
    )


def not_a_number(tape: Tape, x: Node) -> list[Cause]:
    """The first step of the sweep at which a gradient is no number, on the way to `x`."""
    if np.all(np.isfinite(tape.gradient(x))):
        return []
    above = tape.above(x)
    for node in reversed(tape.order):
        g = tape.arrived.get(node)
        if node in above and g is not None and not np.all(np.isfinite(np.asarray(g, float))):
            return [
                Cause(
                    "unknown",
                    f"the gradient that arrives at {tape.name(node)} is not finite: a slope is "
                    "infinite there, as that of a square root at 0, or too large for "
                    f"{np.dtype(node.dtype).name}. Written in another way (ag.linalg.norm for the "
                    "square root of a sum of squares) the function may have its derivative here",
                    "",
                    np.nan,
                )
            ]
    return []


def wrong_rules(tape: Tape, x: Node) -> list[Cause]:
    """Each operation's rule against a difference of its own forward, along one random direction."""
    rng = np.random.default_rng(1)
    above = tape.above(x)
    found: dict[str, Cause] = {}
    with np.errstate(all="ignore"):
        for node in tape.order:
            if node.op is None or node not in above or node is x or node._op in found:
                continue
            args = [np.asarray(data(y), float) for y in node.inputs]
            g = rng.standard_normal(node.shape)
            for i, y in enumerate(node.inputs):
                if not isinstance(y, Node):
                    continue
                v = rng.standard_normal(y.shape)
                h = 1e-5 * max(1.0, magnitude(args[i]))
                ups, downs = list(args), list(args)
                ups[i], downs[i] = args[i] + h * v, args[i] - h * v
                up, down = node.op.forward(*ups), node.op.forward(*downs)
                slope = float(np.sum(g * (np.asarray(up) - np.asarray(down)) / (2 * h)))
                own = float(np.sum(np.asarray(tape.pull(node, i, g)) * v))
                size = max(abs(slope), abs(own))
                noise = 1e-10 * magnitude(node.primal) * magnitude(g) / h * 1e-5
                if np.isfinite(slope) and abs(slope - own) > 1e-4 * size + noise:
                    found[node._op] = Cause(
                        "local-derivative",
                        f"the rule of the operation '{node._op}' is wrong for its input {i}: along "
                        f"a random direction it gives {own:.4g}, its forward changes by "
                        f"{slope:.4g}",
                        f"correct the rule of '{node._op}'",
                        np.nan,
                    )
    return list(found.values())


def cut(
    function: Function,
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
    auto = zeros.reshape((*shape, *x.shape) if size > 1 else x.shape)
    given = None if hand is None or hand.size != zeros.size else hand.reshape(zeros.shape)
    question = Question(function, at, zeros, given, DOUBLE)
    said = asked(question, "central" if method == "complex" else method)
    row = Row("", auto, hand, method=said.method, step=said.step, notes=[*said.notes])
    judgement = Judgement(row, said, Scale(None, x, DOUBLE, auto), DOUBLE)
    row.verdict = judgement.verdict(False)
    row.sentence = judgement.sentence()
    if said.lost.any():
        return row
    if row.pairs[-1].agrees:
        row.sentence = "the result does not depend on this argument."
        if row.verdict == "hand":
            row.sentence += " The hand gradient should be zero."
            row.causes = [Cause("unknown", "the right gradient is zero", "", np.nan)]
        return row
    row.verdict = "autodiff" if judgement.hand_auto is not True else row.verdict
    row.causes = [graph_cut(seen)]
    row.sentence = "autodiff gives nothing, the numerical gradient is not zero: the graph was cut."
    if row.num is not None and magnitude(row.num) == 0:
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
