"""Kinks: whether a point is one, and which gradients are subgradients there.

At a tie of max the gradients of the pieces that meet are right, and what lies between them: one set
of vectors, not an interval for every entry. At max(2, 2, 1) that is (a, 1 − a, 0), and (1, 1, 0) is
none of them.

Source: Clarke, *Optimization and Nonsmooth Analysis* (1983), theorem 2.5.1: the generalised
gradient is the convex hull of the limits of gradients nearby. Lawson and Hanson, *Solving Least
Squares Problems* (1974), chapter 23.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .measures import magnitude

__all__ = ["Near", "jumps", "own_size", "subgradient"]

NEAR = 1e-6
ROOM = 1e-4
MOST = 60

Near = Callable[[np.ndarray], np.ndarray]
"""The gradient at x + v, as a function of v."""


def jumps(x: np.ndarray, near: Near) -> bool:
    """Whether the gradient is another a little to one side of `x` than to the other: at a kink.

    No operation has to be known for that: a tie of max, relu at 0 and a `where` all show.
    """
    rng = np.random.default_rng(0)
    v = NEAR * own_size(x) * rng.uniform(0.5, 1.0, x.size) * rng.choice([-1, 1], x.size)
    try:
        one, other = near(v), near(-v)
    except (ArithmeticError, ValueError, AssertionError):  # to one side the function has no value
        return False
    return magnitude(one - other) > 1e-3 * max(magnitude(one), magnitude(other))


def own_size(x: np.ndarray) -> np.ndarray:
    """|x|, and 1 for an entry that is 0: a step by a part of it does not reach past a kink at 0."""
    size = np.abs(x)
    return np.where(np.isfinite(size) & (size > 0), size, 1.0)


def subgradient(
    hand: np.ndarray,
    auto: np.ndarray,
    at_kinks: np.ndarray,
    x: np.ndarray,
    near: Near,
) -> bool:
    """Whether the entries `at_kinks` of `hand` lie in the convex hull of the gradients nearby.

    `near(v)` is the gradient at x + v. From the nearest point of the hull so far one looks further
    in the direction of `hand`: at a corner of a convex or concave function the gradient there is
    the vertex that reaches furthest.
    """
    columns = np.flatnonzero(at_kinks)
    target, size = hand[columns], magnitude(auto[columns]) or 1.0
    step = NEAR * own_size(x[columns])
    points = [auto[columns]]

    def look(v: np.ndarray) -> None:
        away = np.zeros(x.size)
        away[columns] = v * step
        for sign in (1.0, -1.0):
            try:
                found = near(sign * away)[columns]
            except (ArithmeticError, ValueError, AssertionError):
                continue
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
