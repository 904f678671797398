"""What goes wrong with softmax, as formulas: each is tried at the logits and carried on from there.

The pattern is found in the graph, however it was written: exp, sum and divide, or the logarithm of
them. With h the softmax, g the gradient arriving at it, t the targets and w the weight of an
example, the right gradient of the logits is h·(g − Σ g h), and after cross-entropy w·(h Σt − t).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ..core.graph import Node
from ..graphs.tape import Tape
from .case import Case
from .findings import Cause
from .softmaxes import Softmax, find, softmax_of

__all__ = ["formulas"]


def along(s: Softmax, a: np.ndarray) -> np.ndarray:
    """The sum over the classes, kept as length 1."""
    return a.sum(axis=s.axis, keepdims=True)


def rule(h: np.ndarray, g: np.ndarray, axis: int) -> np.ndarray:
    """Jᵀg = h·(g − Σ g h), the gradient of the logits."""
    return h * (g - (g * h).sum(axis=axis, keepdims=True))


Guess = tuple[str, str, str, Any, float]


def formulas(case: Case) -> Iterator[Cause]:
    """Every formula, at every softmax above the node, that reproduces the hand gradient."""
    if case.error is None:
        return
    for s in find(case.tape):
        if s.z not in case.above:
            continue
        for code, message, fix, formula, rank in [*of_softmax(s), *of_cross_entropy(s)]:
            if np.all(np.isfinite(formula)):
                guess = case.local(s.z, formula)
                if guess is not None:
                    yield from case.cause(code, message, fix, guess, rank)
        yield from shortcut(case, s.z, [s.h, *(n.primal for n in after(case.tape, s))], s.t is None)
    for node in case.tape.order:
        if node._op in ("sigmoid", "tanh") and node.left in case.above:
            yield from shortcut(case, node.left, [node.primal], True)


def of_softmax(s: Softmax) -> Iterator[Guess]:
    """Mistakes in the softmax's own rule, whatever loss comes after it."""
    h, g = s.h, s.g
    axis = s.axis + h.ndim
    fix = f"grad = h * (g - (g * h).sum(axis={axis}, keepdims=True))"
    hg = h * g
    whole = along(s, hg)
    yield (
        "diagonal-only",
        "only the diagonal of the softmax Jacobian was used",
        fix,
        hg * (1 - h),
        1.1,
    )
    yield (
        "diagonal-only",
        "forgetting to sum the gradient of s = sum(e) over the classes",
        fix,
        hg * (1 - h),
        1.2,
    )
    text = (
        "h(1 − h), the diagonal of the softmax Jacobian, was not multiplied by the gradient above"
    )
    for scale in {1.0, s.w} - {None}:
        yield "diagonal-only", text, fix, scale * h * (1 - h), 1.3
    plus = "the off-diagonal entries of the softmax Jacobian have the wrong sign (+h_i h_j)"
    yield "off-diagonal-sign", plus, fix, hg * (1 - h) + h * (whole - hg), 1.5
    yield "off-diagonal-sign", plus + ", the diagonal too", fix, h * (g + whole), 1.6
    away = "only the off-diagonal entries of the softmax Jacobian were used"
    yield "missing-path", away, fix, -h * (whole - hg), 1.6
    yield "missing-path", "the path through the denominator s = sum(e) was forgotten", fix, hg, 1.7
    yield "missing-path", "the path through the numerator e was forgotten", fix, -h * whole, 1.7
    z = np.asarray(s.z.primal)
    for other in range(-h.ndim, 0):
        if other == s.axis or h.shape[other] < 2:
            continue
        name = f"along axis {other + h.ndim} instead of axis {axis}"
        wrong = softmax_of(z, other)
        yield "wrong-axis", f"the sum of g·h was taken {name}", fix, rule(h, g, other), 1.8
        yield "wrong-axis", f"the softmax was taken {name}", fix, rule(wrong, g, other), 1.8
        if s.t is not None:
            yield "wrong-axis", f"the softmax was taken {name}", fix, s.w * (wrong - s.t), 1.8
            yield (
                "wrong-axis",
                f"the softmax was taken {name}",
                fix,
                rule(wrong, -s.w * s.t / wrong, other),
                1.8,
            )
    with np.errstate(over="ignore"):
        for what, array in (("the logits z were", z), ("exp(z), not normalised, was", np.exp(z))):
            yield "unnormalised", f"{what} used for h", fix, rule(array, g, s.axis), 2.0
    e = np.exp(z - z.max(axis=s.axis, keepdims=True))
    yield (
        "unnormalised",
        "exp(z − max), not normalised, was used for h",
        fix,
        rule(e, g, s.axis),
        2.0,
    )


def of_cross_entropy(s: Softmax) -> Iterator[Guess]:
    """Mistakes in softmax followed by cross-entropy, whose gradient is w·(h Σt − t)."""
    if s.t is None:
        return
    h, t, w = s.h, s.t, s.w
    ones = along(s, t)
    right = w * (h * ones - t)
    mean = f" / {round(1 / w)}" if w and abs(1 / w - round(1 / w)) < 1e-9 and w < 0.9 else ""
    fix = f"grad = (h - t){mean}"
    shortcut = w * (h - t)
    if not np.allclose(ones, 1):
        fix = f"grad = (h * t.sum(axis={s.axis}, keepdims=True) - t){mean}"
        text = "the shortcut h − t was used although the targets do not sum to one"
        yield "shortcut-misused", text, fix, shortcut, 1.0
    onehot = bool(np.all((t == 0) | (t == 1)))
    if onehot:
        yield "diagonal-only", "only the true-class entry was kept", fix, right * (t != 0), 1.3
        text = "only the wrong-class entries were kept"
        yield "missing-path", text, fix, right * (t == 0), 1.7
    again = "h − t was multiplied by the softmax derivative again"
    yield "softmax-again", again, fix, rule(h, shortcut, s.axis), 1.4
    yield "softmax-again", again + ", its diagonal h(1 − h)", fix, shortcut * h * (1 - h), 1.4
    text = "softmax was applied to probabilities: softmax(softmax(z)) − t"
    yield "softmax-twice", text, fix, w * (softmax_of(h, s.axis) - t), 1.4
    z = np.asarray(s.z.primal)
    with np.errstate(over="ignore"):
        for what, array in (
            ("the logits z", z),
            ("exp(z), not normalised,", np.exp(z)),
            ("exp(z − max), not normalised,", np.exp(z - z.max(axis=s.axis, keepdims=True))),
            ("log h", np.log(h)),
        ):
            yield "unnormalised", f"{what} was used for h", fix, w * (array - t), 1.5
    log = "the derivative of the logarithm was forgotten: −t arrives at h instead of −t/h"
    yield "log-derivative", log, fix, rule(h, -w * t, s.axis), 1.5
    yield "log-derivative", log + " (diagonal only)", fix, -w * t * h * (1 - h), 1.6
    yield "log-derivative", "1/h was used for −t/h", fix, rule(h, -w / h, s.axis), 1.9
    yield "targets", "the targets were not subtracted", fix, w * h, 1.65
    yield "targets", "h was not subtracted from", fix, -w * t, 1.8
    for step in (1, -1):
        text = "the labels are off by one"
        yield "targets", text, fix, w * (h * ones - np.roll(t, step, s.axis)), 1.5
    if onehot and np.all(ones == 1):
        index = np.expand_dims(t.argmax(axis=s.axis), s.axis)
        text = "the class index was subtracted where its one-hot vector should be"
        for base, counted in ((0, ""), (1, " (counted from 1)")):
            yield "targets", text + counted, fix, w * (h - (index + base)), 1.5
        flat = t.argmax(axis=s.axis)
        if flat.ndim == 1 and h.ndim == 2 and flat.size == h.shape[-1]:
            yield "targets", text + ", along the wrong axis", fix, w * (h - flat), 1.5
    if h.ndim == 2:
        for step in (1, -1):
            text = "the targets belong to the neighbouring example"
            yield "targets", text, fix, w * (h * ones - np.roll(t, step, 0)), 1.9


def after(tape: Tape, s: Softmax) -> list[Node]:
    """The nodes of the same shape that are computed from a softmax, a second softmax among them."""
    below = {s.out}
    found = []
    for node in tape.order:
        if any(isinstance(x, Node) and x in below for x in node.inputs):
            below.add(node)
            if node.shape == s.h.shape and node._op == "/":
                found.append(node)
    return found


def shortcut(case: Case, z: Node, outputs: list[Any], misused: bool) -> Iterator[Cause]:
    """y − t at the scores z, where the loss is no cross-entropy of y: any multiple of it."""
    if not misused or case.error is None or case.tape.lead:
        return
    none = case.local(z, np.zeros(z.shape))
    if none is None:
        return
    for y in outputs:
        for t in case.constants():
            if t.shape != z.shape or np.shape(y) != z.shape:
                continue
            step = case.shaped(case.tape.push({z: np.asarray(y) - t}, case.x, case.above))
            power = float((step * step).sum())
            if power == 0 or step.size < 3:
                continue
            scale = float(((case.hand - none) * step).sum()) / power
            if scale > 0:
                yield from case.cause(
                    "shortcut-misused",
                    f"the shortcut h − t was used at {case.tape.name(z)}, but the loss is no "
                    "cross-entropy of h",
                    "grad = g * the local derivative",
                    none + scale * step,
                    1.5,
                )
