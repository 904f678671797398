"""The ladder: every test of a wrong hand gradient, from cheap to dear.

Every explanation that reproduces the numbers is reported, the plainest first. An explanation that
does not reproduce them is never stated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from . import arrays, paths, replay, softmax_formulas, stretches
from .case import Case
from .findings import Cause

__all__ = ["MOST", "diagnose"]

MOST = 6
"""A list of more than a handful of explanations names nothing."""

Rung = Callable[[Case], Iterator[Cause]]

RUNGS: list[Rung] = [
    arrays.shapes,
    arrays.zero,
    arrays.scaled,
    arrays.order,
    arrays.diagonal,
    stretches.unsummed,
    softmax_formulas.formulas,
    paths.contributions,
    paths.examples,
    stretches.another_axis,
    stretches.jacobians,
    replay.changed_rules,
]

LAST_RUNGS: list[Rung] = [stretches.ratios]

SCALED_RUNGS: list[Rung] = [arrays.turned, softmax_formulas.formulas, replay.changed_rules]
"""Tried for two mistakes at once, one of them a factor."""


def diagnose(case: Case) -> list[Cause]:
    """The explanations of a wrong hand gradient, the plainest first; else one `unknown`."""
    if not np.all(np.isfinite(case.hand)):
        return [not_finite(case)]
    found: list[Cause] = []
    with np.errstate(all="ignore"):
        for rung in RUNGS:
            found += rung(case)
            if found and not case.hand.any():
                break  # every mistake that loses the whole gradient gives these numbers
        if not found:
            for rung in LAST_RUNGS:
                found += rung(case)
        if not found and case.error is not None:
            case.loose = True
            for rung in SCALED_RUNGS:
                found += rung(case)
            case.loose = False
    return ranked(found) or [unknown(case)]


def ranked(found: list[Cause]) -> list[Cause]:
    """The plainest first, each message once, and no more than a handful."""
    seen: set[str] = set()
    plainest: dict[str, float] = {}
    out = []
    for cause in sorted(found, key=lambda c: c.rank):
        # A general story gives way to a particular one of the same code.
        if cause.rank - plainest.setdefault(cause.code, cause.rank) > 0.7:
            continue
        if cause.message not in seen:
            seen.add(cause.message)
            out.append(cause)
    return out[:MOST]


def not_finite(case: Case) -> Cause:
    """NaN or inf by hand where autodiff has a number."""
    bad = np.argwhere(~np.isfinite(case.hand))
    at = tuple(int(i) for i in bad[0])
    value = case.hand[at]
    return Cause(
        "unknown",
        f"the hand gradient has {len(bad)} entries that are not numbers, the first is {value} at "
        f"{list(at)}: look for a division by 0, the logarithm of 0 or an overflow",
        "",
        np.nan,
    )


def unknown(case: Case) -> Cause:
    """None of the known mistakes."""
    if case.error is None:
        return Cause(
            "unknown",
            f"the hand gradient has shape {case.hand.shape}; the right one has {case.auto.shape}",
            "",
            np.nan,
        )
    return Cause("unknown", "none of the known mistakes gives these numbers", "", np.nan)
