"""The seeds that a Jacobian is swept with: one for each entry of the result.

A sweep with K seeds costs K times the arithmetic of one, but its bookkeeping only once. So one
sweep takes all seeds, except where that would be waste: outputs that share no node are swept one by
one, and where K cotangents at a time would not fit in memory, or in the processor's cache, they go
in blocks. Where the function maps each example of a batch by itself, a seed for each entry of *one*
example's result does for all examples at once.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np

from ..core.graph import Node, toposort
from ..core.operation import shape
from ..nodes.tensor import Tensor
from ..ops.shape import concatenate, moveaxis, reshape
from .linearize import Linearized

__all__ = ["all_rows", "batch_shape", "rows_of_each"]

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
    largest = max((x.primal.nbytes for x in lin.own(nodes) if isinstance(x, Tensor)), default=8)
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
    left = 2 * len(toposort(outputs.values(), since=lin.start))
    found = {}
    for i, x in outputs.items():
        below = toposort([x], since=lin.start)
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


# --- one Jacobian for each example of a batch ---------------------------------------------------


def batch_shape(lin: Linearized, batch_dims: int) -> tuple[int, ...]:
    """The leading axes that count examples, the same in every input and output."""
    if not batch_dims:
        return ()
    nodes = [*lin.inputs, *lin.outputs]
    shapes = {shape(x)[:batch_dims] for x in nodes}
    if len(shapes) > 1 or len(batch := shapes.pop()) < batch_dims:
        raise ValueError(
            f"with batch_dims={batch_dims} every argument and result starts with the same "
            f"{batch_dims} axes, which count examples; given {[shape(x) for x in nodes]}"
        )
    return batch


def rows_of_each(lin: Linearized, batch: tuple[int, ...]) -> list[Any]:
    """As `all_rows`, for every example: `(*batch, K, *x.shape[b:])`; K counts its own entries.

    Each seed selects one entry of the result in all examples at once, which is right if no example
    depends on another: ValueError if one does.
    """
    check_unmixed(lin, batch)
    sizes = [prod(shape(x)[len(batch) :]) for x in lin.outputs]
    total = sum(sizes)
    seeds, start = [], 0
    for x, size in zip(lin.outputs, sizes, strict=True):
        inner = shape(x)[len(batch) :]
        seed = np.zeros((total, *shape(x)), getattr(x, "dtype", float))
        ones = np.eye(total, size, -start).reshape(total, *(1,) * len(batch), *inner)
        seed[...] = ones
        seeds.append(seed)
        start += size
    rows = lin.fitted(lin.pull(seeds), (total,))
    return [moveaxis(row, 0, len(batch)) for row in rows]


def check_unmixed(lin: Linearized, batch: tuple[int, ...]) -> None:
    """ValueError if one example's result depends on another example.

    Let g be any cotangent and c a factor for each example. What arrives at an example that is
    mapped by itself is c times as much for c·g as for g: to the last bit if c is a power of two,
    which changes no rounding. Which of eight factors it is says a digit of the example's number, so
    any two examples differ in one of the sweeps. A path that cancels, such as the one through a
    shift by the largest of all entries, leaves rounding noise; to tell mixing from that, g is
    smaller where more arrives than at most examples, so that no large one hides what others do.
    """
    outputs = [x for x in lin.outputs if isinstance(x, Node)]
    random = np.random.default_rng(0)
    gs = [random.normal(size=x.shape).astype(x.dtype) for x in outputs]

    def times(factors: np.ndarray, arrays: list[Any]) -> list[Any]:
        return [
            g * factors.reshape(batch + (1,) * (g.ndim - len(batch))).astype(g.dtype)
            for g in arrays
        ]

    def arriving(gs: list[Any]) -> list[np.ndarray]:
        return [np.asarray(g) for g in lin.sweep(outputs, gs) if g is not None]

    largest = [
        np.max(np.abs(g), axis=tuple(range(len(batch), g.ndim)), initial=0) for g in arriving(gs)
    ]
    size = np.max([np.zeros(batch), *largest], axis=0)
    usual = np.quantile(size[np.isfinite(size)], 0.75, method="lower") if size.size else 0.0
    with np.errstate(divide="ignore", invalid="ignore"):
        gs = times(np.ldexp(1.0, np.frexp(np.fmin(usual / size, 1.0))[1]), gs)
    plain = arriving(gs)
    numbers = np.arange(prod(batch)).reshape(batch)
    while numbers.any():
        factors = np.array([1.0, -1.0, 2.0, -2.0, 4.0, -4.0, 8.0, -8.0])[numbers % 8]
        numbers = numbers // 8
        for g, expected in zip(arriving(times(factors, gs)), times(factors, plain), strict=True):
            eps = np.finfo(g.dtype).eps
            noise = usual * max(eps**0.75, 8 * eps * prod(batch))
            with np.errstate(invalid="ignore"):
                mixed = np.abs(g - expected) > noise
            if np.any(mixed):
                raise ValueError(
                    "with batch_dims the function must map each example by itself, but here the "
                    "result for one example depends on another (a mean over the batch?). Without "
                    "batch_dims ag.jacobian gives all derivatives"
                )
