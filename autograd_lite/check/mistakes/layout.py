"""The right numbers in the wrong place: another shape, transposed, reshaped, in another order."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations
from typing import Any

import numpy as np

from ...ops.shape import Concatenate, Reshape, Transpose
from .evidence import Evidence, gap
from .mistake import Numbers
from .places import EDGE, GRADIENT, SHAPE, Edge


@SHAPE.mistake(
    "shape-only",
    "the numbers are right, the shape is {given} instead of {right}",
    rank=1,
    fix="grad = grad.reshape({right})",
)
def another_shape(e: Evidence) -> Numbers:
    if e.hand.size == e.auto.size:
        words = {"given": e.hand.shape, "right": e.auto.shape}
        yield (np.squeeze(e.hand), np.squeeze(e.auto)), words


@SHAPE.mistake("transposed", "the result is transposed", rank=1, fix="grad = grad.T")
def transposed_shape(e: Evidence) -> Numbers:
    if e.hand.shape == e.auto.shape[::-1]:
        yield (e.hand.T, e.auto), {}


@GRADIENT.mistake("transposed", "the result is transposed", rank=1, fix="grad = grad.T")
def transposed(e: Evidence) -> Numbers:
    if e.auto.ndim == 2 and e.auto.shape[0] == e.auto.shape[1] and e.scalar:
        yield e.auto.T, {}


@GRADIENT.mistake("transposed", "the Jacobian is transposed", rank=1.0)
def jacobian_transposed(e: Evidence) -> Numbers:
    if e.square is not None:
        yield e.square.T.reshape(e.auto.shape), {}


@GRADIENT.mistake("permuted", "{how}", rank=2)
def permuted(e: Evidence) -> Numbers:
    if e.hand.size < 3 or gap(np.sort(e.hand, axis=None), np.sort(e.auto, axis=None)) > e.rtol:
        return
    if e.hand.ndim == 2 and e.hand.shape[0] == e.hand.shape[1] and gap(e.hand, e.auto.T) <= e.rtol:
        return  # transposed
    for how, fix, guess in orders(e.auto):
        if e.match(guess) <= e.rtol:
            yield guess, {"how": how, "fix": fix}
            return
    yield e.hand, {"how": "the right numbers, in another order", "fix": ""}


def orders(a: np.ndarray) -> Iterator[tuple[str, str, np.ndarray]]:
    """The ways in which entries get out of order, as a message, a fix and the result."""
    for axes in list(permutations(range(a.ndim)))[1:24]:
        back = tuple(int(k) for k in np.argsort(axes))
        moved = a.transpose(axes)
        yield (
            f"the entries are in the order of transpose{axes} reshaped to {a.shape}: reshaped "
            "where it should be transposed back",
            f"grad = grad.reshape({moved.shape}).transpose{back}",
            moved.reshape(a.shape),
        )
        shape = tuple(a.shape[k] for k in axes)
        yield (
            f"the entries were reshaped to {shape} and transposed, where only one of it is right",
            "",
            a.reshape(shape).transpose(back),
        )
    yield (
        "the entries are in column-major (Fortran) order",
        "grad = grad.reshape(grad.shape, order='F')",
        a.ravel(order="F").reshape(a.shape),
    )
    for axis in range(a.ndim):
        for step in (1, -1):
            yield f"shifted by one along axis {axis}", "", np.roll(a, step, axis)
        fix = f"grad = np.flip(grad, axis={axis})"
        yield f"reversed along axis {axis}", fix, np.flip(a, axis)


def moving(edge: Edge, kind: Any) -> bool:
    """Whether the edge is one of such an operation, with no seeds in front of what arrives."""
    return isinstance(edge.op, kind) and edge.evidence.scalar


@EDGE.mistake("permuted", "reshaped where it should be transposed back{at}", rank=2.0)
def reshaped_back(edge: Edge) -> Numbers:
    if moving(edge, Transpose):
        yield edge.g.reshape(edge.input.shape), {}


@EDGE.mistake("permuted", "transposed{axes} again instead of back{at}", rank=2.0)
def transposed_again(edge: Edge) -> Numbers:
    if moving(edge, Transpose):
        # Axes are counted from the end; a transposition of the last ones leaves the others.
        last = [a + edge.g.ndim for a in edge.op.axes]  # type: ignore[union-attr]
        axes = (*range(edge.g.ndim - len(last)), *last)
        if edge.g.transpose(axes).shape == edge.input.shape:
            yield edge.g.transpose(axes), {"axes": axes}


@EDGE.mistake("permuted", "reshaped in column-major (Fortran) order{at}", rank=2.0)
def fortran(edge: Edge) -> Numbers:
    if moving(edge, Reshape) and edge.g.ndim > 1 and len(edge.input.shape) > 1:
        yield edge.g.reshape(edge.input.shape, order="F"), {}


@EDGE.mistake("permuted", "transposed before it was reshaped back{at}", rank=2.1)
def transposed_first(edge: Edge) -> Numbers:
    if moving(edge, Reshape):
        yield np.ascontiguousarray(edge.g.T).reshape(edge.input.shape), {}


@EDGE.mistake("permuted", "the parts of the concatenation were exchanged{at}", rank=2.2)
def parts_exchanged(edge: Edge) -> Numbers:
    if isinstance(edge.op, Concatenate):
        for j, x in enumerate(edge.node.inputs):
            if j != edge.i and np.shape(getattr(x, "data", x)) == edge.input.shape:
                yield edge.tape.pull(edge.node, j, edge.g), {}
