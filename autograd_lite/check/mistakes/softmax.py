"""What goes wrong with softmax and cross-entropy, as formulas for the gradient of the scores.

With h the softmax, g the gradient arriving at it, t the targets and w the weight of an example, the
right one is h·(g − Σ g h), and after cross-entropy w·(h Σt − t). (What is wrong with the Jacobian
as such stands in `jacobians`, what is taken along the wrong axis in `axes`.)
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ...core.graph import Node
from ...graphs.tape import Tape
from .evidence import Evidence, fitted
from .mistake import Numbers
from .places import CROSS_ENTROPY, GRADIENT, SOFTMAX
from .softmaxes import Softmax, find, jacobian_product, softmax_of


def unnormalised(s: Softmax) -> Iterator[tuple[str, np.ndarray]]:
    """What may be taken for h."""
    yield "the logits z", s.scores
    yield "exp(z), not normalised,", np.exp(s.scores)
    shifted = s.scores - s.scores.max(axis=s.axis, keepdims=True)
    yield "exp(z − max), not normalised,", np.exp(shifted)
    yield "log h", np.log(s.h)


@SOFTMAX.mistake("unnormalised", "{what} was used for h", rank=2.0, fix="{rule}")
def not_normalised(s: Softmax) -> Numbers:
    for what, array in unnormalised(s):
        yield jacobian_product(array, s.g, s.axis), {"what": what}


def entry(code: str, says: str, rank: float, formula: Any) -> None:
    """An entry of one formula."""

    @CROSS_ENTROPY.mistake(code, says, rank=rank, fix="{shortcut}")
    def wrong_formula(s: Softmax) -> Numbers:
        yield formula(s), {}


entry(
    "softmax-again",
    "h − t was multiplied by the softmax derivative again",
    1.4,
    lambda s: jacobian_product(s.h, s.w * (s.h - s.t), s.axis),
)
entry(
    "softmax-again",
    "h − t was multiplied by the softmax derivative again, its diagonal h(1 − h)",
    1.4,
    lambda s: s.w * (s.h - s.t) * s.h * (1 - s.h),
)
entry(
    "softmax-twice",
    "softmax was applied to probabilities: softmax(softmax(z)) − t",
    1.4,
    lambda s: s.w * (softmax_of(s.h, s.axis) - s.t),
)

LOG = "the derivative of the logarithm was forgotten: −t arrives at h instead of −t/h"
entry("log-derivative", LOG, 1.5, lambda s: jacobian_product(s.h, -s.w * s.t, s.axis))
entry("log-derivative", f"{LOG} (diagonal only)", 1.6, lambda s: -s.w * s.t * s.h * (1 - s.h))
entry(
    "log-derivative",
    "1/h was used for −t/h",
    1.9,
    lambda s: jacobian_product(s.h, -s.w / s.h, s.axis),
)
entry("targets", "the targets were not subtracted", 1.65, lambda s: s.w * s.h)
entry("targets", "h was not subtracted from", 1.8, lambda s: -s.w * s.t)


@CROSS_ENTROPY.mistake("unnormalised", "{what} was used for h", rank=1.5, fix="{shortcut}")
def shortcut_not_normalised(s: Softmax) -> Numbers:
    for what, array in unnormalised(s):
        yield s.w * (array - s.t), {"what": what}


@CROSS_ENTROPY.mistake("targets", "the labels are off by one", rank=1.5, fix="{shortcut}")
def labels_shifted(s: Softmax) -> Numbers:
    for step in (1, -1):
        yield s.w * (s.h * s.sums - np.roll(s.t, step, s.axis)), {}


@CROSS_ENTROPY.mistake(
    "targets",
    "the class index was subtracted where its one-hot vector should be{how}",
    rank=1.5,
    fix="{shortcut}",
)
def class_index(s: Softmax) -> Numbers:
    if s.onehot and np.all(s.sums == 1):
        index = np.expand_dims(s.t.argmax(axis=s.axis), s.axis)
        yield s.w * (s.h - index), {"how": ""}
        yield s.w * (s.h - (index + 1)), {"how": " (counted from 1)"}
        flat = s.t.argmax(axis=s.axis)
        if flat.ndim == 1 and s.h.ndim == 2 and flat.size == s.h.shape[-1]:
            yield s.w * (s.h - flat), {"how": ", along the wrong axis"}


@CROSS_ENTROPY.mistake(
    "targets", "the targets belong to the neighbouring example", rank=1.9, fix="{shortcut}"
)
def targets_shifted(s: Softmax) -> Numbers:
    if s.h.ndim == 2:
        for step in (1, -1):
            yield s.w * (s.h * s.sums - np.roll(s.t, step, 0)), {}


# --- h − t where it does not belong ---------------------------------------------------------------


@CROSS_ENTROPY.mistake(
    "shortcut-misused",
    "the shortcut h − t was used although the targets do not sum to one",
    rank=1.0,
    fix="{shortcut}",
)
def targets_of_another_sum(s: Softmax) -> Numbers:
    if not np.allclose(s.sums, 1):
        yield s.w * (s.h - s.t), {}


@GRADIENT.mistake(
    "shortcut-misused",
    "the shortcut h − t was used at {z}, but the loss is no cross-entropy of h",
    rank=1.5,
    fix="grad = g * the local derivative",
)
def no_cross_entropy(e: Evidence) -> Numbers:
    """Any multiple of y − t at the scores of a softmax, sigmoid or tanh."""
    if not e.scalar:
        return
    for z, outputs in activations(e):
        none = e.instead(z, np.zeros(z.shape))
        if none is None:
            continue
        for y in outputs:
            for t in e.constants:
                if t.shape != z.shape or np.shape(y) != z.shape:
                    continue
                change = np.asarray(y) - t
                step = e.shaped(e.tape.push({z: change}, e.x, e.above))
                s = fitted(e.hand - none, step) if step.size >= 3 else None
                if s is not None and s > 0:
                    yield none + s * step, {"z": e.tape.name(z)}


def activations(e: Evidence) -> Iterator[tuple[Node, list[Any]]]:
    """The scores of each activation whose loss is not known to be a cross-entropy; its results."""
    for s in find(e.tape):
        if s.t is None and s.z in e.above:
            yield s.z, [s.h, *(n.primal for n in normalised_after(e.tape, s))]
    for node in e.tape.order:
        if node._op in ("sigmoid", "tanh") and node.left in e.above:
            yield node.left, [node.primal]


def normalised_after(tape: Tape, s: Softmax) -> list[Node]:
    """The nodes of the same shape that are computed from a softmax, a second softmax among them."""
    below = {s.out}
    found = []
    for node in tape.order:
        if any(isinstance(x, Node) and x in below for x in node.inputs):
            below.add(node)
            if node.shape == s.h.shape and node._op == "/":
                found.append(node)
    return found
