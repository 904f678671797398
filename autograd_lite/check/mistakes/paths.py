"""Contributions: a path forgotten, counted twice, with the wrong sign or with a factor of its own.

Where a value is used several times the contributions of its uses are added up. P, what one of them
does to the gradient in the end, is found by pushing it down alone; a hand gradient H with
H − A = d·P took that path 1 + d times.
"""

from __future__ import annotations

import numpy as np

from .evidence import Evidence, fitted, gap
from .factors import read
from .mistake import Numbers
from .places import CROSS_ENTROPY, GRADIENT, PATH, PATHS, SOFTMAX, STRETCH, Path, Stretch
from .softmaxes import Softmax


def times(path: Path) -> float | None:
    """How often the path was taken; None if the hand gradient is none of them, or it is all."""
    e = path.evidence
    if not path.alone or gap(path.brings, e.auto) < 1e-9:
        return None  # all of it goes this way: then it is a factor, which is read elsewhere
    d = fitted(e.error, path.brings)
    return None if d is None or e.match(path.taken(1 + d)) > e.rtol else 1 + d


@PATH.mistake(
    "missing-path",
    "the path from {use} to {value} is missing (forgotten, or overwritten: = for +=)",
    rank=1.8,
)
def forgotten(path: Path) -> Numbers:
    n = times(path)
    if n is not None and abs(n) < 1e-6:
        yield path.taken(n), {}


@PATH.mistake("missing-path", "one of the two paths from {use} to {value} is missing", rank=2.5)
def half(path: Path) -> Numbers:
    if not path.alone:  # one edge of x * x
        yield path.taken(0), {"fix": ""}


@PATH.mistake("double-counted", "the path from {use} to {value} is counted twice", rank=1.9)
def twice(path: Path) -> Numbers:
    n = times(path)
    if n is not None and abs(n - 2) < 1e-6:
        fix = path.words["fix"]
        yield path.taken(n), {"fix": fix and f"{fix}  # once"}


@PATH.mistake("path-sign", "the path from {use} to {value} has the wrong sign", rank=1.9)
def wrong_sign(path: Path) -> Numbers:
    n = times(path)
    if n is not None and abs(n + 1) < 1e-6:
        yield path.taken(n), {}


def factor(path: Path) -> tuple[float, str | None] | None:
    """How often the path was taken, where that is none of the plain numbers, and what it means."""
    n = times(path)
    if n is None or min(abs(n), abs(n - 2), abs(n + 1)) < 1e-6:
        return None
    return n, read(n, path.evidence.tape, max(path.evidence.rtol, 1e-9))


@PATH.mistake("scale", "the path from {use} to {value} is taken {n:.6g} times: {meaning}", rank=2.4)
def scaled(path: Path) -> Numbers:
    found = factor(path)
    if found is not None and found[1]:
        yield path.taken(found[0]), {"n": found[0], "meaning": found[1]}


@PATH.mistake("scale", "the path from {use} to {value} is taken {n:.6g} times", rank=4.5)
def scaled_by_anything(path: Path) -> Numbers:
    found = factor(path)
    if found is not None and not found[1] and path.evidence.auto.size >= 3:
        yield path.taken(found[0]), {"n": found[0]}


def combination(found: list[Path]) -> tuple[np.ndarray, np.ndarray] | None:
    """Least squares over all paths of a value, each taken 0, 1, 2 or −1 times; and the gradient."""
    e = found[0].evidence
    if not 3 <= len(found) <= 8 or e.auto.size < len(found):
        return None
    columns = np.array([p.brings.ravel() for p in found]).T
    d, _, rank, _ = np.linalg.lstsq(columns, e.error.ravel(), rcond=1e-10)
    n = np.rint(1 + d)
    if rank < len(found) or np.any(np.abs(n) > 2) or np.abs(1 + d - n).max() > 1e-5:
        return None
    if np.count_nonzero(n != 1) < 2:
        return None  # one path alone
    return n, e.auto + (columns @ (n - 1)).reshape(e.auto.shape)


NAMES = {0: "missing", 2: "counted twice", -1: "with the wrong sign", -2: "twice, wrong sign"}


def told(found: list[Path], least: int) -> Numbers:
    """The combination, if the path taken least often was taken that many times."""
    explained = combination(found)
    if explained is None or int(min(explained[0], key=abs)) != least:
        return
    tape = found[0].evidence.tape
    said = [
        f"from {tape.name(p.node)}: {NAMES[int(c)]}"
        for p, c in zip(found, explained[0], strict=True)
        if c != 1
    ]
    yield explained[1], {"value": tape.name(found[0].value), "which": "; ".join(said)}


@PATHS.mistake("missing-path", "paths to {value}, {which}", rank=2.2)
def several_missing(found: list[Path]) -> Numbers:
    yield from told(found, 0)


@PATHS.mistake("double-counted", "paths to {value}, {which}", rank=2.2)
def several_twice(found: list[Path]) -> Numbers:
    yield from told(found, 2)


@PATHS.mistake("path-sign", "paths to {value}, {which}", rank=2.2)
def several_signs(found: list[Path]) -> Numbers:
    yield from told(found, 1)
    yield from told(found, -1)


# --- all that goes beside the diagonal of a Jacobian, or through the sum in a softmax -------------


@GRADIENT.mistake("missing-path", "only the entries beside the diagonal were kept", rank=1.0)
def jacobian_beside(e: Evidence) -> Numbers:
    square = e.square
    if square is not None:
        yield (square - np.diag(np.diag(square))).reshape(e.auto.shape), {}


@STRETCH.mistake("missing-path", "only the entries beside the diagonal of {J} were used", rank=2.7)
def stretch_beside(s: Stretch) -> Numbers:
    yield s.right - s.diagonal, {}


@SOFTMAX.mistake(
    "missing-path",
    "only the off-diagonal entries of the softmax Jacobian were used",
    rank=1.6,
    fix="{rule}",
)
def softmax_beside(s: Softmax) -> Numbers:
    yield -s.h * (s.along(s.h * s.g) - s.h * s.g), {}


@SOFTMAX.mistake(
    "missing-path",
    "the path through the denominator s = sum(e) was forgotten",
    rank=1.7,
    fix="{rule}",
)
def denominator(s: Softmax) -> Numbers:
    yield s.h * s.g, {}


@SOFTMAX.mistake(
    "missing-path", "the path through the numerator e was forgotten", rank=1.7, fix="{rule}"
)
def numerator(s: Softmax) -> Numbers:
    yield -s.h * s.along(s.h * s.g), {}


@CROSS_ENTROPY.mistake(
    "missing-path", "only the wrong-class entries were kept", rank=1.7, fix="{shortcut}"
)
def wrong_classes(s: Softmax) -> Numbers:
    if s.onehot:
        yield s.right * (s.t == 0), {}
