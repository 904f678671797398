"""Operands: a product in the wrong order, another array in the place of the right one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ...core.graph import Node
from ...ops.linalg import MatMul
from .evidence import MOST_NUMBERS, gap, slope
from .mistake import Free, Numbers
from .places import EDGE, Edge

# --- matrix products ------------------------------------------------------------------------------


def product(edge: Edge) -> bool:
    """Whether the edge is one of a matrix product."""
    return isinstance(edge.op, MatMul)


def turned(a: np.ndarray) -> np.ndarray:
    """A matrix, or each of a stack, transposed."""
    return a if a.ndim < 2 else np.swapaxes(a, -1, -2)


def products(edge: Edge) -> Iterator[tuple[str, np.ndarray]]:
    """The products of g and the other operand that fit, in either order, either transposed.

    What was copied along stacked axes is summed along them, as it has to be.
    """
    g, w, name = edge.g, edge.other, edge.words["other"]
    pairs = [
        (g, w, f"g @ {name}"),
        (g, turned(w), f"g @ {name}.T"),
        (w, g, f"{name} @ g"),
        (turned(w), g, f"{name}.T @ g"),
        (turned(g), w, f"g.T @ {name}"),
        (turned(g), turned(w), f"g.T @ {name}.T"),
        (w, turned(g), f"{name} @ g.T"),
        (turned(w), turned(g), f"{name}.T @ g.T"),
    ]
    for left, right, text in pairs:
        if not left.ndim or not right.ndim or left.shape[-1] != right.shape[max(right.ndim - 2, 0)]:
            continue
        try:
            value = np.asarray(left @ right)
        except ValueError:  # stacks that do not go together
            continue
        extra = tuple(range(value.ndim - len(edge.input.shape)))
        if extra and value.ndim > 2:
            value = value.sum(axis=extra)
        if value.shape == edge.input.shape:
            yield text, value
    if g.ndim == w.ndim == 1:
        for text, value in (
            (f"np.outer(g, {name})", np.outer(g, w)),
            (f"np.outer({name}, g)", np.outer(w, g)),
        ):
            if value.shape == edge.input.shape:
                yield text, value


@EDGE.mistake("transposed", "{product} was computed{at}", rank=2.3)
def product_turned(edge: Edge) -> Numbers:
    if product(edge) and edge.evidence.scalar:
        for text, value in products(edge):
            if gap(value, turned(edge.right)) < 1e-9 < gap(value, edge.right):
                yield value, {"product": text}


@EDGE.mistake("operand-order", "{product} was computed{at}", rank=2.3)
def another_product(edge: Edge) -> Numbers:
    if product(edge) and edge.evidence.scalar:
        for text, value in products(edge):
            if min(gap(value, turned(edge.right)), gap(value, edge.right)) > 1e-9:
                yield value, {"product": text}


def with_operand(edge: Edge, array: np.ndarray) -> Any:
    """What a matrix product brings with that array in the place of the other operand."""
    args = (edge.x, array) if edge.i == 0 else (array, edge.x)
    return edge.pulled(*args)


@EDGE.mistake("wrong-operand", "{array} was used for {other}{at}", rank=2.4)
def operand_of_a_product(edge: Edge) -> Numbers:
    if product(edge):
        for name, array in edge.evidence.arrays(edge.other.shape):
            if not np.array_equal(array, edge.other):
                yield with_operand(edge, array), {"array": name}


@EDGE.mistake(
    "wrong-operand",
    "the parameters {other} had been updated already when they were used{at} (learning rate "
    "{s:.3g})",
    rank=2.6,
    fix="compute all gradients first, then update",
)
def updated_too_early(edge: Edge) -> Numbers:
    """W − ε·dW in the place of W, for some ε > 0."""
    if not product(edge) or not isinstance(edge.source, Node) or edge.source.op is not None:
        return
    arrived = edge.tape.arrived.get(edge.source)
    if arrived is not None and np.shape(arrived) == edge.source.shape:
        yield Free(with_operand(edge, -np.asarray(arrived, float)), added=True), {}


# --- overwritten arrays ---------------------------------------------------------------------------

OVERWRITTEN = "the array of {other} had been overwritten in place by the gradient of {array} when "


def gradients(edge: Edge) -> Iterator[tuple[str, np.ndarray]]:
    """Gradients of the shape of the other operand, which may have been written into its memory."""
    source, e = edge.source, edge.evidence
    if not e.scalar or not isinstance(source, Node) or not e.others:
        return
    if not source.shape and len(e.tape.order) > MOST_NUMBERS:
        return
    for node, g in e.tape.adjoint.items():
        g = np.asarray(g, float)
        if node.shape == source.shape and g.shape == node.shape:
            yield e.tape.name(node), g


@EDGE.mistake("stale-data", f"{OVERWRITTEN}it was used{{at}}", rank=2.7)
def overwritten_in_a_product(edge: Edge) -> Numbers:
    if product(edge):
        for name, g in gradients(edge):
            value = with_operand(edge, g)
            yield Free(value) if g.size > 2 else value, {"array": name}


# --- factors, and the arguments of derivatives ----------------------------------------------------


def factor(edge: Edge) -> bool:
    """Whether the other operand is a factor that may be taken for another array."""
    same = edge.op.name == "*" and edge.x.shape == edge.other.shape
    return edge.elementwise and edge.op.name == "*" and (same or isinstance(edge.source, Node))


@EDGE.mistake("wrong-operand", "{array} was used for {other}{at}", rank=2.8)
def another_factor(edge: Edge) -> Numbers:
    if len(edge.inputs) == 2 and factor(edge):
        for name, array in edge.evidence.arrays(edge.other.shape):
            value = None if np.array_equal(array, edge.other) else edge.times(array)
            if value is not None:
                yield value, {"array": name}


@EDGE.mistake("stale-data", f"{OVERWRITTEN}it was used{{at}}", rank=2.9)
def overwritten_factor(edge: Edge) -> Numbers:
    if len(edge.inputs) == 2 and factor(edge):
        for name, g in gradients(edge):
            value = edge.times(g)
            if value is not None:
                yield Free(value) if g.size > 2 else value, {"array": name}


@EDGE.mistake(
    "stale-data",
    "the array of {node} had been overwritten by its gradient when the derivative of {op} was "
    "taken{at}",
    rank=2.7,
)
def overwritten_result(edge: Edge) -> Numbers:
    if len(edge.inputs) == 1 and edge.elementwise and edge.g.shape == edge.y.shape:
        value = edge.times(slope(edge.op.partials[0], edge.g, edge.g))
        if value is not None:
            yield value, {"node": edge.tape.name(edge.node)}


@EDGE.mistake("wrong-operand", "the derivative of {op} was computed from {array}{at}", rank=3.2)
def derivative_of_another(edge: Edge) -> Numbers:
    if len(edge.inputs) != 1 or not edge.elementwise:
        return
    for name, array in edge.evidence.arrays(edge.y.shape):
        if not np.array_equal(array, edge.y) and not np.array_equal(array, edge.x):
            value = edge.times(slope(edge.op.partials[0], array, array))
            if value is not None:
                yield value, {"array": name}
