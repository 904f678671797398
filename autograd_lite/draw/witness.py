"""The gradient of a leaf three ways: by hand, by autodiff, and by wiggling its numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..core.graph import Node, data
from ..graphs.text import clip, plain
from .boxes import Box
from .view import View

__all__ = ["numerical", "three_ways"]

ENTRIES, NODES, LEAVES = 24, 500, 3  # how much is computed again


def replay(view: View, leaf: Node, numbers: Any) -> float:
    """The root's number with other numbers in one leaf; constants stay as they were recorded."""
    found: dict[int, Any] = {}
    for node in view.nodes:
        if node is leaf:
            found[id(node)] = numbers
        elif node.op is None:
            found[id(node)] = node.primal
        else:
            inputs = [found[id(x)] if isinstance(x, Node) else x for x in node.inputs]
            found[id(node)] = node.op.forward(*inputs)
    return float(np.asarray(found[id(view.root)]).reshape(-1)[0])


def numerical(view: View, leaf: Node) -> np.ndarray:
    """∂root/∂leaf by central differences, with a step of 1e-5 of each number's size."""
    x = np.asarray(leaf.primal, dtype=float)
    slopes = np.zeros(x.size)
    for k in range(x.size):
        ends = []
        h = 1e-5 * max(1.0, abs(float(x.flat[k])))
        for sign in (1, -1):
            moved = x.copy()
            moved.flat[k] += sign * h
            ends.append(replay(view, leaf, moved if x.ndim else float(moved)))
        slopes[k] = (ends[0] - ends[1]) / (2 * h)
    return slopes.reshape(x.shape)


def three_ways(
    view: View, final: dict[int, Any], cells: Callable[[Any], Any]
) -> list[dict[str, Any]]:
    """For a few leaves: the rows of the comparison, the verdict, and whether all agree."""
    leaves = [box for box in view.boxes if box.node is not view.root and is_small_leaf(box, final)]
    leaves.sort(key=lambda box: box.node.hand is None)
    if len(view.nodes) > NODES:
        return []
    with np.errstate(all="ignore"):
        return [compare(view, box, plain(final[id(box)]), cells) for box in leaves[:LEAVES]]


def is_small_leaf(box: Box, final: dict[int, Any]) -> bool:
    """Whether a box is a leaf that got a gradient and has few enough entries."""
    return box.kind == "leaf" and id(box) in final and box.node.size <= ENTRIES


def compare(view: View, box: Box, g: np.ndarray, cells: Callable[[Any], Any]) -> dict[str, Any]:
    """One leaf's comparison."""
    rows = [["autodiff", cells(g)]]
    n = numerical(view, box.node)
    away = largest(n - g)
    size = float(np.abs(g).max(initial=1.0))
    ok = away <= 1e-6 * size
    words = [f"numerical {size_text(away)}"]
    hand = box.node.hand
    if hand is not None:
        hand = np.asarray(data(hand), dtype=float)
        rows.insert(
            0, ["by hand", cells(np.broadcast_to(hand, g.shape) if not hand.ndim else hand)]
        )
        if hand.shape != g.shape:
            ok, words = False, ["the hand gradient has another shape"]
        else:
            by_hand = largest(hand - g)
            ok = ok and by_hand <= 1e-6 * size
            words.insert(0, f"hand and autodiff {size_text(by_hand)}")
    rows.append(["numerical, step 1e-05", cells(n)])
    count = {2: "Both", 3: "All three"}[len(rows)]
    verdict = f"{count} agree." if ok else "They differ."
    return {
        "name": clip(box.name, 30),
        "rows": rows,
        "ok": ok,
        "verdict": f"{verdict} Largest difference: {', '.join(words)}.",
    }


def size_text(x: float) -> str:
    """The size of a difference."""
    return f"{x:.0e}" if x else "0"


def largest(x: np.ndarray) -> float:
    """The largest magnitude; inf if there is a NaN."""
    if not x.size:
        return 0.0
    return float("inf") if np.isnan(x).any() else float(np.abs(x).max())
