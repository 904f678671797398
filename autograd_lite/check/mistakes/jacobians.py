"""Jacobians: the diagonal alone, the wrong sign beside it, J g for Jᵀ g, rows summed."""

from __future__ import annotations

import numpy as np

from ..measures import magnitude
from .evidence import Evidence, gap
from .mistake import Numbers
from .places import CROSS_ENTROPY, GRADIENT, SHAPE, SOFTMAX, STRETCH, Stretch
from .softmaxes import Softmax, is_softmax

SOFTMAX_JACOBIAN = "J = np.diag(h) - np.outer(h, h)"


@SHAPE.mistake(
    "diagonal-only", "only the diagonal of the Jacobian was given, as a vector", rank=1.1
)
def diagonal_as_vector(e: Evidence) -> Numbers:
    auto = e.auto
    square = auto.ndim == 2 and auto.shape[0] == auto.shape[1]
    if not e.scalar and square and e.hand.shape == auto.shape[:1]:
        fix = SOFTMAX_JACOBIAN if gap(auto, auto.T) < 1e-9 else ""
        yield (e.hand, np.diagonal(auto)), {"fix": fix}


@GRADIENT.mistake("diagonal-only", "only the diagonal of the {of}Jacobian was used", rank=1.0)
def diagonal(e: Evidence) -> Numbers:
    square = e.square
    if square is not None:
        soft = is_softmax(e.tape)
        fix = SOFTMAX_JACOBIAN if soft and e.tape.root.ndim == 1 else ""
        only = np.diag(np.diag(square)).reshape(e.auto.shape)
        yield only, {"of": "softmax " if soft else "", "fix": fix}


@GRADIENT.mistake(
    "off-diagonal-sign", "the entries beside the diagonal have the wrong sign", rank=1.0
)
def beside_negated(e: Evidence) -> Numbers:
    square = e.square
    if square is not None:
        fix = SOFTMAX_JACOBIAN if is_softmax(e.tape) and e.tape.root.ndim == 1 else ""
        yield (2 * np.diag(np.diag(square)) - square).reshape(e.auto.shape), {"fix": fix}


# --- stretches of the graph -----------------------------------------------------------------------


@STRETCH.mistake("diagonal-only", "only the diagonal of {J} was used", rank=1.9)
def stretch_diagonal(s: Stretch) -> Numbers:
    yield s.diagonal, {}


@STRETCH.mistake("operand-order", "J g was computed with J = {J}, where Jᵀ g is right", rank=2.6)
def stretch_transposed(s: Stretch) -> Numbers:
    yield s.rows @ s.g, {}


@STRETCH.mistake(
    "off-diagonal-sign", "the entries beside the diagonal of {J} have the wrong sign", rank=2.6
)
def stretch_beside_negated(s: Stretch) -> Numbers:
    yield 2 * s.diagonal - s.right, {}


def vanishes(s: Stretch) -> bool:
    """Whether the hand gradient is nothing but rounding."""
    return magnitude(s.evidence.hand) <= 1e-12 * magnitude(s.evidence.auto)


@STRETCH.mistake("zero", "the rows of {J} were summed instead of multiplied by g", rank=2.6)
def rows_summed(s: Stretch) -> Numbers:
    if vanishes(s):
        yield s.rows.sum(axis=0), {}


@STRETCH.mistake("zero", "the columns of {J} were summed instead of multiplied by g", rank=2.7)
def columns_summed(s: Stretch) -> Numbers:
    if vanishes(s):
        yield s.rows.sum(axis=1), {}


# --- softmax: h·(g − Σ g h) is diag(h) g − h (h·g) ------------------------------------------------


@SOFTMAX.mistake(
    "diagonal-only",
    "only the diagonal of the softmax Jacobian was used",
    rank=1.1,
    fix="{rule}",
)
def softmax_diagonal(s: Softmax) -> Numbers:
    yield s.h * s.g * (1 - s.h), {}


@SOFTMAX.mistake(
    "diagonal-only",
    "forgetting to sum the gradient of s = sum(e) over the classes",
    rank=1.2,
    fix="{rule}",
)
def denominator_not_summed(s: Softmax) -> Numbers:
    yield s.h * s.g * (1 - s.h), {}


@SOFTMAX.mistake(
    "diagonal-only",
    "h(1 − h), the diagonal of the softmax Jacobian, was not multiplied by the gradient above",
    rank=1.3,
    fix="{rule}",
)
def diagonal_of_nothing(s: Softmax) -> Numbers:
    for scale in {1.0, s.w} - {None}:
        yield scale * s.h * (1 - s.h), {}


@CROSS_ENTROPY.mistake(
    "diagonal-only", "only the true-class entry was kept", rank=1.3, fix="{shortcut}"
)
def true_class(s: Softmax) -> Numbers:
    if s.onehot:
        yield s.right * (s.t != 0), {}


PLUS = "the off-diagonal entries of the softmax Jacobian have the wrong sign (+h_i h_j)"


@SOFTMAX.mistake("off-diagonal-sign", PLUS, rank=1.5, fix="{rule}")
def softmax_beside_negated(s: Softmax) -> Numbers:
    hg = s.h * s.g
    yield hg * (1 - s.h) + s.h * (s.along(hg) - hg), {}


@SOFTMAX.mistake("off-diagonal-sign", f"{PLUS}, the diagonal too", rank=1.6, fix="{rule}")
def softmax_all_plus(s: Softmax) -> Numbers:
    yield s.h * (s.g + s.along(s.h * s.g)), {}
