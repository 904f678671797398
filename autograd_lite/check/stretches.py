"""Larger pieces: the Jacobian of several operations together, sums along another axis, ratios."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any

import numpy as np

from ..core.graph import Node, data
from ..core.row import ONE, Elementwise
from ..graphs.tape import Patience
from ..ops.shape import Sum
from .arrays import gap
from .case import Case, slope
from .findings import Cause
from .fixes import copied
from .measures import magnitude

__all__ = ["another_axis", "jacobians", "ratios", "unsummed"]

LARGEST = 128
"""The largest Jacobian, in rows, that is formed to be looked at."""


def unsummed(case: Case) -> Iterator[Cause]:
    """A gradient of a broadcast value, summed along other axes than it was copied along."""
    if case.tape.lead:
        return
    for node, i in case.tape.consumers[case.x]:
        g = case.tape.adjoint.get(node)
        if g is None or node.shape == case.x.shape or not isinstance(node.op, Elementwise):
            continue
        inputs = [np.asarray(data(v), float) for v in node.inputs]
        d = node.op.partials[i]
        full = np.broadcast_to(np.asarray(g, float) * slope(d, node.primal, *inputs), node.shape)
        for n in range(1, node.ndim + 1):
            for axes in combinations(range(node.ndim), n):
                for keep in (False, True):
                    guess = full.sum(axis=axes, keepdims=keep)
                    if guess.shape == case.auto.shape and case.match(case.auto) <= case.rtol:
                        continue
                    if gap(guess, case.auto) <= case.rtol:
                        continue
                    axis = axes[0] if n == 1 else axes
                    yield from case.cause(
                        "wrong-axis",
                        f"summed over axis {axis}, which is not the one that was broadcast",
                        f"grad = g.sum(axis={copied(case.x.shape, node.shape)})",
                        guess,
                        1.3,
                    )


def another_axis(case: Case) -> Iterator[Cause]:
    """A mean or sum whose gradient was summed along another axis before it was copied back."""
    if case.error is None or case.tape.lead:
        return
    for s in case.tape.order:
        if s not in case.above or not isinstance(s.op, Sum) or len(s.op.axes) != 1:
            continue
        u = s.left
        if not isinstance(u, Node) or u not in case.above or u.ndim < 2:
            continue
        for name, guess in summed_elsewhere(case, s, u):
            change = guess - np.asarray(case.tape.contribution(s, 0), float)
            found = case.auto + case.shaped(case.tape.push({u: change}, case.x, case.above))
            yield from case.cause("wrong-axis", name, "", found, 2.0)


def summed_elsewhere(case: Case, s: Node, u: Node) -> Iterator[tuple[str, np.ndarray]]:
    """The cotangent of a sum, had what was broadcast after it been added up along another axis."""
    node = s
    factor = 1.0
    while True:
        uses = [(n, i) for n, i in case.tape.consumers[node] if n in case.tape.adjoint]
        if len(uses) != 1 or not isinstance(uses[0][0].op, Elementwise):
            return
        after, i = uses[0]
        partial = after.op.partials[i]
        inputs = [np.asarray(data(v), float) for v in after.inputs]
        d = slope(partial, after.primal, *inputs)
        if after.shape != node.shape:
            break
        if d.size != 1:
            return
        factor *= d.item()
        node = after
    full = np.broadcast_to(np.asarray(case.tape.adjoint[after], float) * d, after.shape)
    if full.shape != u.shape:
        return
    mine = s.op.axes[0] + u.ndim
    for axis in range(u.ndim):
        if axis != mine:
            text = (
                f"summed over axis {axis} instead of axis {mine} on the way to {case.tape.name(s)}"
            )
            total = factor * full.sum(axis=axis, keepdims=True)
            yield text, np.broadcast_to(total, u.shape)


def jacobians(case: Case) -> Iterator[Cause]:
    """diag(J)·g, J g for Jᵀ g, and Σ of rows, for every stretch between nodes of one shape."""
    if case.error is None or case.tape.lead:
        return
    with case.tape.patience as patience:
        yield from stretches(case, patience)


def stretches(case: Case, patience: Patience) -> Iterator[Cause]:
    """The same, for as long as the patience lasts."""
    done = 0
    for u in case.tape.order:
        if u not in case.above or not 2 <= u.size <= LARGEST or patience.over():
            continue
        for y in case.tape.order:
            if done >= 24 or y is u or y.shape != u.shape or y not in case.above:
                continue
            if u not in case.tape.arrived or y not in case.tape.arrived:
                continue
            above_u = case.tape.above(u)
            if y not in above_u:
                continue
            rows = rows_of(case, y, u, above_u)
            only = np.diag(np.diagonal(rows))
            if magnitude(rows - only) <= 1e-12 * magnitude(rows):
                continue
            done += 1
            yield from of_stretch(case, y, u, rows)


def rows_of(case: Case, y: Node, u: Node, above: set[Node]) -> np.ndarray:
    """J = ∂y/∂u as a matrix: one seed for every entry of y, all at once."""
    n = u.size
    seeds = np.eye(n).reshape(n, *y.shape)
    down: Any = case.tape.push({y: seeds}, u, above)
    return np.broadcast_to(np.asarray(down, float), (n, *u.shape)).reshape(n, n)


def of_stretch(case: Case, y: Node, u: Node, rows: np.ndarray) -> Iterator[Cause]:
    """The mistakes that are about the Jacobian of the stretch from u to y as a whole."""
    g = np.asarray(case.tape.arrived[y], float).ravel()
    if g.size != rows.shape[0]:
        return
    right = g @ rows
    names = f"∂{case.tape.name(y)}/∂{case.tape.name(u)}"
    guesses = (
        ("diagonal-only", f"only the diagonal of {names} was used", g * np.diagonal(rows), 1.9),
        ("operand-order", f"J g was computed with J = {names}, where Jᵀ g is right", rows @ g, 2.6),
        (
            "missing-path",
            f"only the entries beside the diagonal of {names} were used",
            right - g * np.diagonal(rows),
            2.7,
        ),
        (
            "off-diagonal-sign",
            f"the entries beside the diagonal of {names} have the wrong sign",
            2 * g * np.diagonal(rows) - right,
            2.6,
        ),
        (
            "zero",
            f"the rows of {names} were summed instead of multiplied by g",
            rows.sum(axis=0),
            2.6,
        ),
        (
            "zero",
            f"the columns of {names} were summed instead of multiplied by g",
            rows.sum(axis=1),
            2.7,
        ),
    )
    for code, text, value, rank in guesses:
        if (
            code == "zero"
            and case.hand.any()
            and magnitude(case.hand) > 1e-12 * magnitude(case.auto)
        ):
            continue
        change = (value - right).reshape(u.shape)
        if magnitude(change) <= 1e-12 * magnitude(right):
            continue
        guess = case.auto + case.shaped(case.tape.push({u: change}, case.x, case.above))
        yield from case.cause(code, text, "", guess, rank)


def ratios(case: Case) -> Iterator[Cause]:
    """A factor that is the value or the local derivative of a node is missing, or too many."""
    if case.error is None or case.auto.size < 2:
        return
    for node in case.tape.order:
        if node.shape != case.auto.shape:
            continue
        v = np.asarray(node.primal, float)
        name = case.tape.name(node)
        slopes = {f"{name}": v, f"(1 − {name})": 1 - v, f"(1 − ({name})²)": 1 - v * v}
        if isinstance(node.op, Elementwise):
            inputs = [np.asarray(data(a), float) for a in node.inputs]
            for i, d in enumerate(node.op.partials):
                if d is not ONE:
                    slopes[f"the derivative of {name}, input {i}"] = slope(d, v, *inputs)
        for text, d in slopes.items():
            d = np.broadcast_to(np.asarray(d, float), case.auto.shape)
            for said, guess in (
                (f"your answer lacks the factor {text}", case.auto / d),
                (f"your answer has the factor {text} too many", case.auto * d),
            ):
                yield from case.cause("local-derivative", said, "", guess, 5.0)
