"""Kinks: those that the graph knows of, and which gradients are subgradients there.

At a tie of max the gradients of the pieces that meet are right, and what lies between them: one set
of vectors, not an interval for every entry. At max(2, 2, 1) that is (a, 1 − a, 0), and (1, 1, 0) is
none of them.

Source: Clarke, *Optimization and Nonsmooth Analysis* (1983), theorem 2.5.1: the generalised
gradient is the convex hull of the limits of gradients nearby. Lawson and Hanson, *Solving Least
Squares Problems* (1974), chapter 23.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..core.graph import Node, data
from ..graphs.tape import Tape
from ..ops.reduce import Extreme
from .measures import magnitude

__all__ = ["subgradient", "ties"]

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


NEAR = 1e-6
ROOM = 1e-4
MOST = 60


def subgradient(
    hand: np.ndarray,
    auto: np.ndarray,
    at_kinks: np.ndarray,
    x: np.ndarray,
    near: Callable[[np.ndarray], np.ndarray],
) -> bool:
    """Whether the entries `at_kinks` of `hand` lie in the convex hull of the gradients nearby.

    `near(v)` is the gradient at x + v. From the nearest point of the hull so far one looks further
    in the direction of `hand`: at a corner of a convex or concave function the gradient there is
    the vertex that reaches furthest.
    """
    columns = np.flatnonzero(at_kinks)
    target, size = hand[columns], magnitude(auto[columns]) or 1.0
    step = NEAR * np.maximum(1.0, np.abs(x[columns]))
    points = [auto[columns]]

    def look(v: np.ndarray) -> None:
        away = np.zeros(x.size)
        away[columns] = v * step
        for sign in (1.0, -1.0):
            found = near(sign * away)[columns]
            if np.all(np.isfinite(found)):
                points.append(found)

    for k in range(min(columns.size, MOST)):
        look(np.eye(columns.size)[k])
    for _ in range(MOST):
        size = max(size, magnitude(points))
        rest = target - nearest(np.array(points), target)
        if magnitude(rest) <= ROOM * size:
            return True
        known = len(points)
        look(rest / magnitude(rest))
        reach = [float(p @ rest) for p in points]
        if max(reach[known:], default=-np.inf) <= max(reach[:known]) + 1e-9 * size * magnitude(
            rest
        ):
            return False  # nothing reaches further: `rest` parts the hull from `hand`
    return False


def nearest(points: np.ndarray, target: np.ndarray) -> np.ndarray:
    """The point of the convex hull of `points`, one a row, that is nearest to `target`."""
    size = max(magnitude(points), magnitude(target)) or 1.0
    # Weights that sum to 1: a last equation that outweighs the others.
    a = np.vstack([points.T / size, np.full(len(points), 1e3)])
    b = np.append(target / size, 1e3)
    weights = not_negative(a, b)
    total = weights.sum()
    return points.T @ (weights / total) if total else points[0]


def not_negative(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """The w ≥ 0 with the least |a w − b|: columns enter one at a time, and leave at 0."""
    w = np.zeros(a.shape[1])
    used = np.zeros(a.shape[1], bool)
    for _ in range(3 * a.shape[1]):
        pull = a.T @ (b - a @ w)
        pull[used] = -np.inf
        if used.all() or pull.max() <= 1e-12 * np.abs(b).max():
            break
        used[int(pull.argmax())] = True
        while used.any():
            s = np.zeros_like(w)
            s[used] = np.linalg.lstsq(a[:, used], b, rcond=None)[0]
            if s[used].min() > 0:
                break
            bad = used & (s <= 0)
            share = float((w[bad] / (w[bad] - s[bad])).min()) if (w[bad] > 0).any() else 0.0
            w += share * (s - w)
            used &= w > 1e-14
            w[~used] = 0.0
        else:
            continue
        w = s
    return w
