"""Wrong versions of one operation's rule: what a student may have written in its place.

Each is what an edge would have brought, with the mistake that it stands for. `replay` pushes them
down and keeps those that give the student's numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..core.graph import Node, data
from ..core.row import ONE, Elementwise
from ..ops.branches import Where
from ..ops.index import Pick
from ..ops.linalg import MatMul
from ..ops.reduce import Extreme
from ..ops.shape import Concatenate, Reshape, Transpose, sum_to
from .arrays import gap
from .case import Case, slope
from .slopes import binary, overwritten, unary

__all__ = ["Mutant", "mutants"]


@dataclass
class Mutant:
    """A wrong contribution. `free` ones are known up to a positive factor only."""

    code: str
    message: str
    value: Any
    rank: float = 3.0
    fix: str = ""
    free: bool = False


def mutants(case: Case, node: Node, i: int) -> Iterator[Mutant]:
    """All wrong versions of what the edge from input `i` to `node` brings."""
    op = node.op
    if isinstance(op, Elementwise):
        yield from elementwise(case, node, i)
    elif isinstance(op, MatMul):
        yield from products(case, node, i)
    elif isinstance(op, Pick):
        yield buffered(case, node)
    elif isinstance(op, Reshape | Transpose):
        yield from reordered(case, node)
    elif isinstance(op, Extreme | Where):
        yield from masks(case, node, i)
    elif isinstance(op, Concatenate):
        yield from exchanged(case, node, i)


def elementwise(case: Case, node: Node, i: int) -> Iterator[Mutant]:
    """g times a wrong derivative, summed to the input's shape as the right one is."""
    op, g = node.op, case.tape.adjoint[node]
    inputs = [np.asarray(data(x), float) for x in node.inputs]
    y = np.asarray(node.primal, float)
    mine = node.inputs[i].shape
    if mine != node.shape:
        yield from other_axes(case, node, i, g)
    if op.partials[i] is ONE or op.name in ("-", "neg"):
        return
    right = slope(op.partials[i], y, *inputs)
    kind = unary if len(inputs) == 1 else binary
    for code, text, d, rank, free in kind(case, node, i, y, inputs, right):
        d = np.asarray(d, float)
        if not np.all(np.isfinite(d)) or np.array_equal(d, right):
            continue
        yield Mutant(code, text, sum_to(g * d, node.shape, mine), rank, free=free)


def other_axes(case: Case, node: Node, i: int, g: Any) -> Iterator[Mutant]:
    """What was broadcast, summed over other axes than those it was copied along."""
    op, y = node.op, node.inputs[i]
    if case.tape.lead or node.ndim < 2:
        return
    inputs = [np.asarray(data(x), float) for x in node.inputs]
    d = op.partials[i]
    full = np.asarray(g, float) * slope(d, node.primal, *inputs)
    full = np.broadcast_to(full, node.shape)
    for axis in range(node.ndim):
        summed = full.sum(axis=axis)
        text = f"summed over axis {axis}, which is not the one that was broadcast"
        if summed.shape == y.shape:
            yield Mutant("wrong-axis", f"{text} (at {case.tape.name(node)})", summed, 2.2)
        elif summed.size == y.size:
            yield Mutant(
                "wrong-axis", f"{text} (at {case.tape.name(node)})", summed.reshape(y.shape), 2.2
            )


def products(case: Case, node: Node, i: int) -> Iterator[Mutant]:
    """Matrix products in the wrong order, not transposed, or with another operand."""
    tape = case.tape
    g = np.asarray(tape.adjoint[node], float)
    x, y = (np.asarray(data(v), float) for v in node.inputs)
    right = np.asarray(tape.contribution(node, i), float)
    other = y if i == 0 else x
    source = node.inputs[1 - i]
    called = tape.called(source)
    at = f" (at {tape.name(node)})"
    if not tape.lead:
        for text, value in orders(g, other, called):
            if value.shape == right.shape and gap(value, right) > 1e-9:
                turned = gap(value, right.T) < 1e-9
                code = "transposed" if turned else "operand-order"
                yield Mutant(code, f"{text} was computed{at}", value, 2.3)

    def pulled(array: np.ndarray) -> Any:
        args = (x, array) if i == 0 else (array, y)
        return node.op.vjp(i, g, np.asarray(node.primal), *args)

    for name, array in case.arrays(other.shape):
        if not np.array_equal(array, other):
            text = f"{name} was used for {called}{at}"
            yield Mutant("wrong-operand", text, pulled(array), 2.4)
    arrived = tape.arrived.get(source) if isinstance(source, Node) else None
    if arrived is not None and source.op is None and np.shape(arrived) == source.shape:
        text = f"the parameters {called} had been updated already when they were used{at}"
        updated = Mutant("wrong-operand", text, pulled(np.asarray(arrived, float)), 2.6)
        updated.free = True
        updated.fix = "update"
        yield updated
    for text, array, free in overwritten(case, source):
        yield Mutant("stale-data", f"{text}{at}", pulled(array), 2.7, free=free)


def orders(g: np.ndarray, w: np.ndarray, name: str) -> Iterator[tuple[str, np.ndarray]]:
    """The products of a cotangent and an operand, in either order, either transposed."""
    for left, right, text in (
        (g, w, f"g @ {name}"),
        (g, w.T, f"g @ {name}.T"),
        (w, g, f"{name} @ g"),
        (w.T, g, f"{name}.T @ g"),
        (g.T, w, f"g.T @ {name}"),
        (g.T, w.T, f"g.T @ {name}.T"),
        (w, g.T, f"{name} @ g.T"),
        (w.T, g.T, f"{name}.T @ g.T"),
    ):
        if left.ndim and right.ndim and left.shape[-1] == right.shape[max(right.ndim - 2, 0)]:
            yield text, np.asarray(left @ right)
    if g.ndim == w.ndim == 1:
        yield f"np.outer(g, {name})", np.outer(g, w)
        yield f"np.outer({name}, g)", np.outer(w, g)


def buffered(case: Case, node: Node) -> Mutant:
    """Repeated indices with a buffered `+=`: of several contributions only the last stays."""
    g = np.asarray(case.tape.adjoint[node], float)
    op = node.op
    out = np.zeros((*case.tape.lead, int(np.prod(op.old, dtype=np.int64))))
    out[..., op.positions.ravel()] = g.reshape(*case.tape.lead, -1)
    text = "grad[index] += g counts an index that occurs several times only once"
    fix = "np.add.at(grad, index, g)"
    return Mutant("repeated-index", text, out.reshape(case.tape.lead + op.old), 1.8, fix)


def reordered(case: Case, node: Node) -> Iterator[Mutant]:
    """A reshape or transpose undone in the wrong order."""
    if case.tape.lead:
        return
    g, op = np.asarray(case.tape.adjoint[node], float), node.op
    old, at = node.inputs[0].shape, f" (at {case.tape.name(node)})"
    text = f"reshaped where it should be transposed back{at}"
    if isinstance(op, Transpose):
        yield Mutant("permuted", text, g.reshape(old), 2.0)
        axes = tuple(a + g.ndim for a in op.axes)
        if g.transpose(axes).shape == old:
            text = f"transposed{axes} again instead of back{at}"
            yield Mutant("permuted", text, g.transpose(axes), 2.0)
        return
    if g.ndim > 1 and len(old) > 1:
        text = f"reshaped in column-major (Fortran) order{at}"
        yield Mutant("permuted", text, g.reshape(old, order="F"), 2.0)
    text = f"transposed before it was reshaped back{at}"
    yield Mutant("permuted", text, np.ascontiguousarray(g.T).reshape(old), 2.1)


def masks(case: Case, node: Node, i: int) -> Iterator[Mutant]:
    """max and where: the mask inverted or forgotten."""
    g = np.asarray(case.tape.adjoint[node], float)
    op, at = node.op, f" (at {case.tape.name(node)})"
    right = np.asarray(case.tape.contribution(node, i), float)
    if isinstance(op, Where):
        full = np.broadcast_to(g, case.tape.lead + node.shape)
        whole = sum_to(full, node.shape, node.inputs[i].shape)
        yield Mutant("local-derivative", f"the mask of where is inverted{at}", whole - right, 2.5)
        yield Mutant("local-derivative", f"the mask of where was forgotten{at}", whole, 2.5)
        return
    x = node.inputs[0]
    kept = [1 if a - x.ndim in op.axes else n for a, n in enumerate(x.shape)]
    whole = np.broadcast_to(g.reshape((*case.tape.lead, *kept)), case.tape.lead + x.shape)
    text = f"every entry got the gradient of the {op.name}, not only the winner{at}"
    yield Mutant("local-derivative", text, whole, 2.5)
    yield Mutant("local-derivative", f"the mask of {op.name} is inverted{at}", whole - right, 2.5)


def exchanged(case: Case, node: Node, i: int) -> Iterator[Mutant]:
    """The parts of a concatenation exchanged."""
    for j, x in enumerate(node.inputs):
        if j != i and np.shape(data(x)) == node.inputs[i].shape:
            part = case.tape.pull(node, j, case.tape.adjoint[node])
            text = f"the parts of the concatenation were exchanged (at {case.tape.name(node)})"
            yield Mutant("permuted", text, part, 2.2)
