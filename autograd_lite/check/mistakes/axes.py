"""Sums over axes: not taken, taken over the wrong one, or a softmax along the wrong one."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np

from ...core.elementwise import Elementwise
from ...core.graph import Node
from ...ops.shape import Sum
from ..measures import magnitude
from .evidence import Evidence, gap, slope
from .fixes import copied
from .mistake import Numbers
from .places import CROSS_ENTROPY, EDGE, SHAPE, SOFTMAX, Edge
from .softmaxes import Softmax, jacobian_product, softmax_of


@SHAPE.mistake(
    "not-summed",
    "the gradient was kept for every entry of the result, shape {given}, and not summed over the "
    "axis that broadcasting copied",
    rank=1.2,
    fix="grad = grad.sum(axis={axis})",
)
def kept(e: Evidence) -> Numbers:
    summed = summed_to(e.hand, e.auto.shape)
    if summed is None:
        return
    total, axes = summed
    words = {"given": e.hand.shape, "axis": axes[0] if len(axes) == 1 else axes}
    # The gradient of a bias before a normalisation cancels to nothing, and then two right sums have
    # no digit in common.
    rounding = np.finfo(e.auto.dtype).eps * magnitude(np.abs(e.hand).sum(axis=axes))
    if magnitude(total - e.auto) <= 8 * rounding:
        total = e.auto
    yield (total, e.auto), words


def summed_to(x: np.ndarray, shape: tuple[int, ...]) -> tuple[np.ndarray, tuple[int, ...]] | None:
    """`x` summed over leading axes and those where `shape` has 1; None if that does not fit."""
    extra = x.ndim - len(shape)
    if extra < 0:
        return None
    tail = x.shape[extra:]
    if any(n not in (m, 1) for n, m in zip(shape, tail, strict=True)):
        return None
    axes = tuple(range(extra)) + tuple(
        extra + k for k, (n, m) in enumerate(zip(shape, tail, strict=True)) if n == 1 != m
    )
    return (x.sum(axis=axes).reshape(shape), axes) if axes else None


@SHAPE.mistake("wrong-axis", "everything was summed to one number", rank=2)
def all_summed(e: Evidence) -> Numbers:
    if e.hand.size == 1 and e.auto.size > 1:
        yield (e.hand.reshape(()), e.auto.sum()), {}


def unsummed(edge: Edge) -> np.ndarray | None:
    """What an edge along which something was copied brings, before it is summed; else None."""
    if not edge.evidence.scalar or edge.input.shape == edge.node.shape:
        return None
    if not isinstance(edge.op, Elementwise):
        return None
    d = slope(edge.op.partials[edge.i], edge.node.primal, *edge.inputs)
    return np.broadcast_to(edge.g * d, edge.node.shape)


OTHER_AXIS = "summed over axis {axis}, which is not the one that was broadcast"


def over_other_axes(edge: Edge) -> Numbers:
    """The sums over all sets of axes, with and without keepdims."""
    full = unsummed(edge)
    if full is None:
        return
    fix = f"grad = g.sum(axis={copied(edge.input.shape, edge.node.shape)})"
    for n in range(1, full.ndim + 1):
        for axes in combinations(range(full.ndim), n):
            for keep in (False, True):
                words = {"axis": axes[0] if n == 1 else axes, "fix": fix}
                yield full.sum(axis=axes, keepdims=keep), words


@SHAPE.mistake("wrong-axis", OTHER_AXIS, rank=1.3)
def other_axes_of_another_shape(e: Evidence) -> Numbers:
    for node, i in e.tape.consumers[e.x]:
        if node in e.tape.adjoint:
            for value, words in over_other_axes(Edge(e, node, i)):
                if value.shape == e.hand.shape:
                    yield (e.hand, value), words


@EDGE.mistake("wrong-axis", OTHER_AXIS, rank=1.3)
def other_axes_here(edge: Edge) -> Numbers:
    if edge.input is edge.evidence.x:
        for value, words in over_other_axes(edge):
            if value.shape == edge.input.shape and gap(value, edge.right) > edge.evidence.rtol:
                yield value, words


@EDGE.mistake("wrong-axis", f"{OTHER_AXIS}{{at}}", rank=2.2)
def other_axis(edge: Edge) -> Numbers:
    full = unsummed(edge)
    if full is not None and edge.input is not edge.evidence.x and full.ndim > 1:
        for axis in range(full.ndim):
            summed = full.sum(axis=axis)
            if summed.size == edge.input.size:
                yield summed.reshape(edge.input.shape), {"axis": axis}


@EDGE.mistake(
    "wrong-axis", "summed over axis {axis} instead of axis {mine} on the way to {sum}", rank=2.0
)
def a_mean_over_another_axis(edge: Edge) -> Numbers:
    """A sum whose gradient was summed along another axis before it was copied back."""
    s, u = edge.node, edge.input
    if not isinstance(edge.op, Sum) or len(edge.op.axes) != 1 or u.ndim < 2:
        return
    if not edge.evidence.scalar:
        return
    found = after(edge, s)
    if found is None or found[0].shape != u.shape:
        return
    full, factor = found
    mine = edge.op.axes[0] + u.ndim
    for axis in range(u.ndim):
        if axis != mine:
            total = factor * full.sum(axis=axis, keepdims=True)
            words = {"axis": axis, "mine": mine, "sum": edge.tape.name(s), "fix": ""}
            yield np.broadcast_to(total, u.shape), words


def after(edge: Edge, s: Node) -> tuple[np.ndarray, float] | None:
    """What arrives where a sum is copied back, and the factor on the way from there to the sum."""
    tape, node, factor = edge.tape, s, 1.0
    while True:
        uses = [(n, i) for n, i in tape.consumers[node] if n in tape.adjoint]
        if len(uses) != 1 or not isinstance(uses[0][0].op, Elementwise):
            return None
        use = Edge(edge.evidence, *uses[0])
        d: Any = slope(use.op.partials[use.i], use.node.primal, *use.inputs)
        if use.node.shape != node.shape:
            return np.broadcast_to(use.g * d, use.node.shape), factor
        if d.size != 1:
            return None
        factor *= d.item()
        node = use.node


def others(s: Softmax) -> list[tuple[int, dict[str, str]]]:
    """The axes along which a softmax was not taken, and how that is said."""
    axes = [k for k in range(-s.h.ndim, 0) if k != s.axis and s.h.shape[k] > 1]
    mine = s.axis + s.h.ndim
    return [(k, {"along": f"along axis {k + s.h.ndim} instead of axis {mine}"}) for k in axes]


@SOFTMAX.mistake("wrong-axis", "the sum of g·h was taken {along}", rank=1.8, fix="{rule}")
def sum_along(s: Softmax) -> Numbers:
    for axis, words in others(s):
        yield jacobian_product(s.h, s.g, axis), words


@SOFTMAX.mistake("wrong-axis", "the softmax was taken {along}", rank=1.8, fix="{rule}")
def softmax_along(s: Softmax) -> Numbers:
    for axis, words in others(s):
        yield jacobian_product(softmax_of(s.scores, axis), s.g, axis), words


@CROSS_ENTROPY.mistake("wrong-axis", "the softmax was taken {along}", rank=1.8, fix="{rule}")
def cross_entropy_along(s: Softmax) -> Numbers:
    for axis, words in others(s):
        wrong = softmax_of(s.scores, axis)
        yield s.w * (wrong - s.t), words
        yield jacobian_product(wrong, -s.w * s.t / wrong, axis), words
