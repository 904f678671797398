"""The rows of a Jacobian: a sweep with K seeds, one for each entry of the result.

It costs K times the arithmetic of one sweep, but its bookkeeping only once. So one sweep takes all
seeds, except where that would be waste: outputs that share no node are swept one by one, and where
K cotangents at a time would not fit in memory, or in the processor's cache, they go in blocks.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from itertools import islice
from math import prod
from typing import Any

import numpy as np

from ..core.graph import Node
from ..core.operation import shape
from ..core.walk import walk
from ..nodes.tensor import Tensor
from ..ops.shape import concatenate, reshape
from .linearize import Linearized

__all__ = ["all_rows"]

# How many bytes the largest cotangent of a block may take. (Measured: from 1 to 256 MB the time is
# the same.)
BLOCK = 1 << 25

NUMBERS = np.ndarray | np.generic | float


def all_rows(lin: Linearized) -> list[Any]:
    """For every input x a matrix of shape `(K, *x.shape)`; K counts the entries of all outputs."""
    sizes = [prod(shape(x)) for x in lin.outputs]
    starts = np.cumsum([0, *sizes]).tolist()
    pieces: dict[Node, list[tuple[int, int, Any]]] = {x: [] for x in lin.inputs}

    def collect(which: Sequence[int], inputs: Sequence[Node], a: int, b: int) -> None:
        outputs = [lin.outputs[i] for i in which]
        seeds = [unit_seeds(lin.outputs[i], a - starts[i], b - starts[i]) for i in which]
        for x, g in zip(inputs, lin.pull(seeds, outputs, inputs), strict=True):
            if g is not None:
                pieces[x].append((a, b, g))

    alone = disjoint(lin)
    if alone is not None:
        for i, inputs in alone.items():
            collect([i], inputs, starts[i], starts[i + 1])
    else:
        step = rows_at_once(lin)
        for a in range(0, starts[-1], step):
            collect(range(len(sizes)), lin.inputs, a, min(a + step, starts[-1]))
    total = starts[-1]
    return lin.fitted([joined(pieces[x], total, lin.record, x) for x in lin.inputs], (total,))


def unit_seeds(out: Any, a: int, b: int) -> Any:
    """The cotangents of `out` that select its entries a to b: ones there, zeros elsewhere."""
    if not isinstance(out, Node):
        return None
    if (a, b, out.size) == (0, 1, 1):
        return out.one()  # no leading axis: a Value goes the fast way of floats
    seeds = np.zeros((b - a, out.size), out.dtype)
    entries = np.arange(max(a, 0), min(b, out.size))
    seeds[entries - a, entries] = 1
    return seeds.reshape(b - a, *out.shape)


def rows_at_once(lin: Linearized) -> int:
    """How many seeds one sweep takes: as many as let the largest cotangent fit in `BLOCK` bytes."""
    if lin.record:
        return sys.maxsize  # a recorded sweep's graph is kept whatever is done
    nodes = [x for x in lin.outputs if isinstance(x, Node)]
    largest = max((x.primal.nbytes for x in walk(nodes) if isinstance(x, Tensor)), default=8)
    return max(1, BLOCK // max(largest, 1))


def disjoint(lin: Linearized) -> dict[int, list[Node]] | None:
    """For each output by itself the inputs it depends on, if the outputs hardly share a node.

    None when sweeps from one output at a time would visit more than twice as many nodes as there
    are. (Graphs of Values are what this is for; a sweep of floats costs a fifth of one of vectors.)
    """
    outputs = {i: x for i, x in enumerate(lin.outputs) if isinstance(x, Node)}
    if len(outputs) < 2 or lin.record:
        return None
    inputs = set(lin.inputs)
    left = 2 * sum(1 for _ in walk(list(outputs.values())))
    found = {}
    for i, x in outputs.items():
        below = list(islice(walk([x]), left + 1))
        left -= len(below)
        if left < 0:
            return None
        found[i] = [node for node in below if node in inputs]
    return found


def joined(pieces: list[tuple[int, int, Any]], total: int, record: bool, x: Node) -> Any:
    """The rows of every piece in one matrix of shape `(total, *x.shape)`; the others are zero."""
    whole = (total, *x.shape)
    if not pieces:
        return None
    if record or any(not isinstance(g, NUMBERS) for _, _, g in pieces):
        parts, at = [], 0
        for a, b, g in [*pieces, (total, total, None)]:
            if a > at:
                parts.append(np.zeros((a - at, *x.shape), x.dtype))
            if g is not None:
                parts.append(reshape(g, (b - a, *x.shape)))
            at = b
        return concatenate(parts) if len(parts) > 1 else parts[0]
    if len(pieces) == 1 and np.shape(pieces[0][2]) == whole:
        return pieces[0][2]
    rows = np.zeros(whole, x.dtype)
    for a, b, g in pieces:
        rows[a:b] = g
    return rows
