"""When two gradients are the same, and who of three is the odd one out.

Two arrays are compared on the scale of the gradient, never with an absolute tolerance: a gradient
that is 50 times wrong at scale 1e-8 must fail. Where large terms cancel, rounding of the terms is
what is left, and the scale is theirs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..graphs.tape import Tape

__all__ = ["Pair", "cancelling", "pair", "tolerance", "verdict"]

SINGLE = 2e-4
DOUBLE = 1e-7


@dataclass
class Pair:
    """Two of the three gradients, how far they are apart, and whether that counts as equal."""

    left: str
    right: str
    largest: float
    relative: float
    off: int
    of: int
    agrees: bool
    remark: str = ""


def tolerance(*arrays: Any) -> float:
    """The relative error allowed between two gradients: 1e-7, in float32 2e-4."""
    single = any(getattr(x, "dtype", None) in (np.float32, np.float16) for x in arrays)
    return SINGLE if single else DOUBLE


def magnitude(x: Any) -> float:
    """max |x| over the finite entries, 0 for none."""
    x = np.abs(np.asarray(x, float))
    x = x[np.isfinite(x)]
    return float(x.max()) if x.size else 0.0


def distance(a: Any, b: Any) -> np.ndarray:
    """|a − b| entry by entry; 0 where both are the same infinity or both NaN, inf where one is."""
    a, b = np.asarray(a, float), np.asarray(b, float)
    same = (a == b) | (np.isnan(a) & np.isnan(b))
    with np.errstate(all="ignore"):
        apart = np.abs(a - b)
    return np.where(same, 0.0, np.where(np.isnan(apart), np.inf, apart))


def pair(left: str, a: Any, right: str, b: Any, rtol: float, slack: Any = 0.0) -> Pair:
    """Compare two gradients of one shape. `slack` is an error known to be in one of them."""
    apart = distance(a, b)
    scale = max(magnitude(a), magnitude(b))
    off = int(np.count_nonzero(apart > rtol * scale + slack))
    largest = float(apart.max()) if apart.size else 0.0
    relative = largest / scale if scale else largest
    return Pair(left, right, largest, relative, off, int(apart.size), off == 0)


def cancelling(tape: Tape, x: Any) -> float:
    """The size of the terms that were added up on the way to the gradient of `x`.

    Every cotangent of the sweep is shaken by at most a relative 1e-7; how far the gradient moves,
    divided by 1e-7, is the size of what cancels in it. By how much is random: shaken all alike,
    two terms that cancel would cancel again. (Stochastic arithmetic, as in Vignes, "A stochastic
    arithmetic for reliable scientific computation", 1993.)
    """
    rng = np.random.default_rng(0)
    eps = 1e-7
    changes = {}
    above = tape.above(x)
    for node in tape.order:
        if node in above and node is not x and node in tape.adjoint:
            g = np.asarray(tape.adjoint[node], float)
            changes[node] = g * (eps * rng.uniform(-1.0, 1.0, g.shape))
    for node, i in tape.reach(x):
        y = node.inputs[i]
        part = np.asarray(tape.contribution(node, i), float)
        noise = part * (eps * rng.uniform(-1.0, 1.0, part.shape))
        changes[y] = changes[y] + noise if y in changes else noise
    return magnitude(tape.push(changes, x, above)) / eps


def verdict(hand_auto: bool | None, auto_num: bool, hand_num: bool | None) -> str:
    """The odd one out, "hand", "numerical" or "autodiff", or "agree"; None stands for no hand."""
    if hand_auto is None:
        return "agree" if auto_num else "autodiff"
    if hand_auto:
        return "agree" if auto_num else "numerical"
    if auto_num:
        return "hand"
    return "autodiff" if hand_num else "numerical"
