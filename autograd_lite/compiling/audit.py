"""The audit: now and then the function itself runs as well, and the results are compared."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..calculus.trees import flatten
from ..core.graph import data
from .passes import key_of, lines_of
from .program import Step
from .recording import Recording
from .scalars import record

__all__ = ["Changes", "audited"]


class Changes(Exception):
    """The function gives now what its program does not; `expected` is what it gives."""

    def __init__(self, said: str, expected: Any) -> None:
        super().__init__(said)
        self.expected = expected


def audited(recording: Recording, f: Any, args: Any, kwargs: Any, passes: bool, result: Any) -> Any:
    """`result`, which the program gave, if the function gives it too; else Changes.

    To the last bit, or, where a derivative is computed in another order than the engine's own
    sweep, up to rounding. What is further off, and the second call, is recorded once more: that
    compares every step and constant exactly.
    """
    with np.errstate(all="ignore"):
        expected = f(*args, **kwargs)
        off = distance(result, expected)
        unlike = off > (ROUNDING if recording.is_rounded else 0)
        if unlike or recording.calls == 1:
            again = record(f, args, kwargs, passes, lines=unlike)
            if not recording.same_as(again):
                raise Changes(difference(recording, again), expected)
            if off > LARGE:
                raise Changes(
                    f"cannot compile {recording.text.name}: it does otherwise while it is recorded "
                    "than when it is called. Instead: let it not ask for the type or the identity "
                    "of what it is given",
                    expected,
                )
    return result


ROUNDING = 2.0**12  # units in the last place, on the scale of all results
LARGE = 2.0**30


def distance(found: Any, expected: Any) -> float:
    """How far apart two results are, in units in the last place of the largest; inf if unlike."""
    (a, form), (b, other) = flatten(found), flatten(expected)
    if len(a) != len(b) or type(form([0] * len(a))) is not type(other([0] * len(b))):
        return np.inf
    a, b = ([np.asarray(data(x)) for x in xs] for xs in (a, b))
    if any((x.shape, x.dtype) != (y.shape, y.dtype) for x, y in zip(a, b, strict=True)):
        return np.inf
    if all(x.tobytes() == y.tobytes() for x, y in zip(a, b, strict=True)):
        return 0.0
    floats = [(x, y) for x, y in zip(a, b, strict=True) if x.dtype.kind == "f" and x.size]
    if any(not np.array_equal(x, y) for x, y in zip(a, b, strict=True) if x.dtype.kind != "f"):
        return np.inf
    for x, y in floats:
        if not np.array_equal(np.isfinite(x), np.isfinite(y)):
            return np.inf
        wild = ~np.isfinite(x)
        if not np.array_equal(x[wild], y[wild], equal_nan=True):
            return np.inf
    scale = max([float(np.abs(y[np.isfinite(y)]).max(initial=0.0)) for _, y in floats], default=0.0)
    off = 2.0**-60  # of zeros the sign may differ
    for x, y in floats:
        apart = np.abs(x[np.isfinite(x)] - y[np.isfinite(y)]).max(initial=0.0)
        off = max(off, float(apart) / (float(np.finfo(x.dtype).eps) * scale or 1.0))
    return off


def difference(recording: Recording, again: Recording) -> str:
    """What is no longer as it was, for a message: the line, and what stands there now."""
    line = what = ""
    pairs = zip(lines_of(recording.program), lines_of(again.program), strict=False)
    at = next((i for i, (old, new) in enumerate(pairs) if old != new), 0)
    if at < len(again.program.steps) and at < len(recording.program.steps):
        new, old = again.program.steps[at], recording.program.steps[at]
        line = f" in {new.line}" if new.line else ""
        constants = [
            (x, y)
            for x, y in zip(old.args, new.args, strict=False)
            if not isinstance(x, Step) and not isinstance(y, Step) and key_of(x) != key_of(y)
        ]
        what = "".join(f": it was {x!r:.60} and is {y!r:.60}" for x, y in constants[:1])
    return (
        f"cannot compile {recording.text.name}: recorded twice it gave two different programs. "
        f"What it takes from outside, a random number or a clock has changed{line}{what}\n"
        "Instead: give it as an argument, or let it be an array or a Tensor that a name holds; or "
        'compile with on_change="record"'
    )
