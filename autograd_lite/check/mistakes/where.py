"""Where a hand gradient differs, in words: rows, columns, the diagonal, the entries with t = 0."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..measures import distance, magnitude
from .evidence import Evidence
from .softmaxes import find

__all__ = ["where"]


def where(e: Evidence) -> list[str]:
    """Sentences on which entries are wrong, and on what could have been seen without autodiff."""
    return [*entries(e), *row_sums(e)]


def row_sums(e: Evidence) -> list[str]:
    """∂L/∂z of softmax with cross-entropy sums to 0 over the classes, whatever the targets."""
    for s in find(e.tape):
        if s.z is e.x and s.t is not None and e.fits:
            sums = e.hand.sum(axis=s.axis)
            if magnitude(sums) > 1e-6 * magnitude(e.hand):
                return [
                    f"Over the classes ∂L/∂{e.tape.name(e.x)} must sum to 0; yours sums to "
                    f"{float(sums.flat[np.abs(sums).argmax()]):.2g}."
                ]
    return []


def entries(e: Evidence) -> list[str]:
    """One sentence on which entries are wrong, or none where nothing can be said."""
    if not e.fits or not np.all(np.isfinite(e.hand)):
        return []
    scale = max(magnitude(e.hand), magnitude(e.auto))
    off = distance(e.hand, e.auto) > e.rtol * scale
    wrong, total = int(off.sum()), off.size
    if wrong in (0, total) or total < 3:
        return []
    for words, mask in places(e):
        if mask.shape == off.shape and np.array_equal(off, mask):
            return [f"The {wrong} wrong entr{'y is' if wrong == 1 else 'ies are'} exactly {words}."]
    return []


def places(e: Evidence) -> Iterator[tuple[str, np.ndarray]]:
    """The sets of entries that have a name."""
    shape = e.auto.shape
    for s in find(e.tape):
        if s.t is not None and s.t.shape == shape:
            yield "those with t = 0", s.t == 0
            yield "those with t = 1", s.t == 1
    if len(shape) == 2 and shape[0] == shape[1]:
        yield "those on the diagonal", np.eye(shape[0], dtype=bool)
        yield "those off the diagonal", ~np.eye(shape[0], dtype=bool)
    scale = max(magnitude(e.hand), magnitude(e.auto))
    off = distance(e.hand, e.auto) > e.rtol * scale
    x = np.asarray(e.x.primal)
    if x.shape == shape:
        yield "those where x = 0", x == 0
        yield "those where x < 0", x < 0
        yield "those where x > 0", x > 0
    for axis in range(len(shape)):
        others = tuple(k for k in range(len(shape)) if k != axis)
        rows = off.all(axis=others) if others else off
        if rows.any() and not rows.all() and (others or rows.sum() <= 4):
            mask = np.zeros(shape, bool)
            index = [slice(None)] * len(shape)
            index[axis] = rows  # type: ignore[call-overload]
            mask[tuple(index)] = True
            numbers = [int(i) for i in np.flatnonzero(rows)]
            many = "s" * (len(numbers) > 1)
            name = ("row", "column")[axis] if len(shape) == 2 else "position"
            name += many if len(shape) < 3 else f"{many} of axis {axis}:"
            listed = ", ".join(map(str, numbers[:8])) + (", ..." if len(numbers) > 8 else "")
            yield f"those in {name} {listed}", mask
