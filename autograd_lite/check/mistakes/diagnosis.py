"""The diagnosis: every mistake at every place, from cheap to dear, and the explanations that fit.

Every explanation that reproduces the numbers is reported, the plainest first.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

import numpy as np

from ...core.graph import Node
from ..findings import Cause, Note
from ..measures import magnitude
from . import axes, batches, jacobians, layout, operands, paths, slopes, softmax
from .evidence import Evidence, fitted, gap
from .factors import read
from .mistake import Free, Guess, plain
from .places import (
    CROSS_ENTROPY,
    EDGE,
    EXAMPLES,
    GRADIENT,
    LAST,
    PATH,
    PATHS,
    SHAPE,
    SOFTMAX,
    STRETCH,
    Edge,
    examples,
    joined,
    stretches,
)
from .places import paths as paths_of
from .softmaxes import find

__all__ = ["FAMILIES", "MOST", "diagnose", "on_edge", "on_softmaxes"]

FAMILIES = (layout, axes, jacobians, paths, batches, slopes, operands, softmax)
"""The modules of entries: importing them fills the places."""

MOST = 6
"""A list of more than a handful of explanations names nothing."""

AT_ONCE = 2_000_000


def diagnose(e: Evidence) -> tuple[list[Cause], list[Note]]:
    """The explanations of a wrong hand gradient, the plainest first, else one `unknown`.

    And notes on what could not be tried.
    """
    if not np.all(np.isfinite(e.hand)):
        return [not_finite(e)], []
    with e.clock, np.errstate(all="ignore"):
        found = of_another_shape(e) if not e.fits else explained(e)
    notes = []
    if e.clock.over():
        text = "time was up before every known mistake was tried; ask about fewer gradients at once"
        notes.append(Note("time", text))
    if e.skipped:
        names = ", ".join(f"{name} ({why})"[:80] for name, why in list(e.skipped.items())[:3])
        notes.append(Note("skipped", f"mistakes that could not be tried here: {names}"))
    return ranked(found) or [unknown(e)], notes


def of_another_shape(e: Evidence) -> list[Cause]:
    """The explanations of a gradient that has another shape."""
    found = []
    for mistake, (a, b), words in SHAPE.tried(e, e):
        match = gap(a, b, magnitude(e.auto))
        if match <= e.rtol:
            guess = Guess(mistake, None, words)
            found.append(Cause(mistake.code, guess.message, guess.fix, match, mistake.rank))
    return found


def explained(e: Evidence) -> list[Cause]:
    """The explanations of a gradient of the right shape."""
    found: list[Cause] = []
    for rung in (whole, on_softmaxes, on_paths, on_examples, on_stretches, on_edges):
        for guess in guesses(e, rung):
            found += fits(e, guess)
        if found and not e.hand.any():
            return found  # every mistake that loses the whole gradient gives these numbers
    if not found:
        found = [c for guess in guesses(e, last_resort) for c in fits(e, guess)]
    if not found:
        for rung in (whole, on_softmaxes, on_edges):
            for guess in guesses(e, rung):
                found += scaled(e, guess)
    return found


def guesses(e: Evidence, rung: Any) -> Iterator[Guess]:
    """What a rung guesses, for as long as there is time. One that fails is skipped."""
    try:
        for guess in rung(e):
            yield guess
            if e.clock.over():
                return
    except Exception as error:
        e.skipped.setdefault(rung.__name__, str(error))


# --- the rungs: each carries the numbers of its places down to the gradient -----------------------


def whole(e: Evidence) -> Iterator[Guess]:
    """The gradient as a whole."""
    for mistake, value, words in GRADIENT.tried(e, e):
        yield Guess(mistake, value, words)


def last_resort(e: Evidence) -> Iterator[Guess]:
    """What is left."""
    for mistake, value, words in LAST.tried(e, e):
        yield Guess(mistake, value, words)


def on_softmaxes(e: Evidence) -> Iterator[Guess]:
    """Every formula at every softmax above the node."""
    for s in find(e.tape):
        if s.z not in e.above:
            continue
        for place in (SOFTMAX, CROSS_ENTROPY) if s.t is not None else (SOFTMAX,):
            for mistake, value, words in place.tried(e, s):
                formula = plain(value)
                guess = None if formula is None else e.instead(s.z, formula)
                if guess is not None:
                    yield Guess(mistake, guess, {**s.words, **words})


def on_paths(e: Evidence) -> Iterator[Guess]:
    """Every path from a value that is used several times, and all of one value together."""
    for found in paths_of(e).values():
        for path in joined(found):
            for mistake, value, words in PATH.tried(e, path):
                yield Guess(mistake, value, {**path.words, **words})
        for mistake, value, words in PATHS.tried(e, found):
            yield Guess(mistake, value, words)


def on_examples(e: Evidence) -> Iterator[Guess]:
    """The first batch that explains anything."""
    for batch in examples(e):
        found = [Guess(m, value, words) for m, value, words in EXAMPLES.tried(e, batch)]
        yield from found
        if any(e.match(guess.gradient) <= e.rtol for guess in found):
            return


def on_stretches(e: Evidence) -> Iterator[Guess]:
    """The Jacobians of larger pieces."""
    for s in stretches(e):
        for mistake, value, words in STRETCH.tried(e, s):
            change = value - s.right
            if magnitude(change) > 1e-12 * magnitude(s.right):
                guess = e.pushed(s.u, change.reshape(s.u.shape))
                yield Guess(mistake, guess, {**s.words, **words})


def on_edges(e: Evidence) -> Iterator[Guess]:
    """Every edge between the root and the node, with each wrong version of what it brings."""
    for node, i in e.tape.reach(e.x):
        if e.clock.over():
            return
        for guess, change in on_edge(e, node, i):
            if magnitude(change) > 1e-12 * magnitude(e.auto):
                yield guess


def on_edge(e: Evidence, node: Node, i: int) -> Iterator[tuple[Guess, np.ndarray]]:
    """The guesses for one edge, and what each changes in the gradient; pushed down all at once."""
    edge = Edge(e, node, i)
    full = edge.right.shape
    chunk = max(1, AT_ONCE // max(1, edge.right.size) - 1)
    source = EDGE.tried(e, edge)
    while batch := list(islice(source, chunk)):
        values = [np.asarray(getattr(v, "value", v), float) for _, v, _ in batch]
        kept = [k for k, v in enumerate(values) if np.all(np.isfinite(v))]
        together = np.stack(
            [edge.right, *(np.broadcast_to(values[k], full) - edge.right for k in kept)]
        )
        down: Any = e.tape.push({edge.input: together}, e.x, e.above)
        down = np.broadcast_to(
            np.asarray(down, float), (len(together), *e.tape.lead, *e.x.shape)
        ).reshape(len(together), *e.auto.shape)
        for k, change in zip(kept, down[1:], strict=True):
            mistake, value, words = batch[k]
            words = {**edge.words, **words}
            if not mistake.fix and "fix" not in words:
                words["edge"] = edge
            gradient = e.auto + change
            if isinstance(value, Free):
                base = e.auto if value.added else e.auto - down[0]
                share = change + down[0]
                s = fitted(e.hand - base, share) if e.auto.size >= 3 else None
                if s is None or s <= 0:
                    continue
                gradient, words["s"] = base + s * share, s
            yield Guess(mistake, gradient, words), change


# --- which of them explain the numbers ------------------------------------------------------------


def fits(e: Evidence, guess: Guess) -> Iterator[Cause]:
    """The explanation, if its numbers are the student's; else nothing."""
    match = e.match(guess.gradient)
    if match <= e.rtol:
        m = guess.mistake
        yield Cause(m.code, guess.message, guess.fix, match, m.rank)


def scaled(e: Evidence, guess: Guess) -> Iterator[Cause]:
    """Two mistakes at once: the explanation, and a factor that the graph offers."""
    m, gradient = guess.mistake, np.asarray(guess.gradient, float)
    if m.code in ("scale", "sign", "zero", "permuted") or e.hand.size < 4:
        return
    s = fitted(e.hand, gradient) if gradient.shape == e.hand.shape else None
    match = np.inf if s is None else e.match(s * gradient)
    if not s or match > e.rtol:
        return
    meaning = "the sign is wrong" if abs(s + 1) < 1e-6 else read(s, e.tape)
    if meaning is not None:
        text = f"{guess.message}; and a factor {s:.6g}: {meaning}"
        yield Cause(m.code, text, guess.fix, match, m.rank)
        code = "sign" if abs(s + 1) < 1e-6 else "scale"
        text = f"two mistakes at once, one of them a factor {s:.6g}: {meaning}"
        yield Cause(code, text, "", match, m.rank + 1)


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


def not_finite(e: Evidence) -> Cause:
    """NaN or inf by hand where autodiff has a number."""
    bad = np.argwhere(~np.isfinite(e.hand))
    at = tuple(int(i) for i in bad[0])
    return Cause(
        "unknown",
        f"the hand gradient has {len(bad)} entries that are not numbers, the first is "
        f"{e.hand[at]} at {list(at)}: look for a division by 0, the logarithm of 0 or an overflow",
        "",
        np.nan,
    )


def unknown(e: Evidence) -> Cause:
    """None of the known mistakes."""
    text = "none of the known mistakes gives these numbers"
    if not e.fits:
        text = f"the hand gradient has shape {e.hand.shape}; the right one has {e.auto.shape}"
    return Cause("unknown", text, "", np.nan)
