"""Arrays in the place of numbers: a program on numbers, run at many points at once.

Each step of such a program is one of NumPy's elementwise functions, so given arrays it computes
every point by itself. Where a decision comes out differently among the points, those of each
outcome go by themselves, each with the program that holds for them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..calculus.trees import flatten
from ..core.graph import ZeroTimesInfinity
from .arguments import replaced, signature
from .floats import at_points
from .recording import Recording
from .running import Changed, runnable

__all__ = ["Points", "on_numbers"]

OUTCOMES = 32  # of decisions, that programs are recorded for


class Divided(Exception):
    """A decision holds at some points and not at others."""

    def __init__(self, holds: np.ndarray) -> None:
        super().__init__()
        self.holds = holds


def checked(found: Any, expected: bool, where: str) -> None:
    """The helper `check` for many points."""
    holds = np.equal(found, expected)
    if not holds.all():
        raise Divided(holds) if holds.any() else Changed(where)


def with_numbers(args: Any, kwargs: Any, numbers: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """The arguments with a number of `numbers` for every number and array, in order."""
    given = iter(numbers)

    def put(x: Any, name: str) -> Any:
        return next(given)

    return (
        tuple([replaced(x, put) for x in args]),
        {k: replaced(x, put) for k, x in kwargs.items()},
    )


class Points:
    """A function of numbers, called with arrays in their place."""

    def __init__(self, f: Callable[..., Any], passes: bool) -> None:
        self.f = f
        self.passes = passes
        self.recordings: list[AtPoints] = []

    def __call__(self, args: Any, kwargs: Any, leaves: list[Any]) -> Any:
        shape = np.broadcast_shapes(*map(np.shape, leaves))
        columns = [np.broadcast_to(np.asarray(x, float), shape).ravel() for x in leaves]
        self.recordings = [r for r in self.recordings if not r.outside.changed()]
        results = self.at(columns, args, kwargs)
        return self.recordings[0].whole([x.reshape(shape) for x in results])

    def at(self, columns: list[np.ndarray], args: Any, kwargs: Any) -> list[np.ndarray]:
        """The results at points whose coordinates are the columns."""
        count = len(columns[0])
        tried = 0
        while True:
            if tried == len(self.recordings):
                if tried == OUTCOMES:
                    raise ValueError(
                        f"decisions came out in more than {OUTCOMES} ways among the points; give "
                        "fewer points at a time, or choose between values with np.where"
                    )
                first = with_numbers(args, kwargs, [float(x[0]) for x in columns])
                self.recordings.append(AtPoints(self.f, *first, self.passes))
                forms = {repr(r.whole([*range(r.whole.count)])) for r in self.recordings}
                if len(forms) > 1:
                    raise ValueError(f"results of different forms at the points: {sorted(forms)}")
            recording = self.recordings[tried]
            try:
                found = recording.run(*columns, *recording.read())
                return [np.array(np.broadcast_to(x, count), float) for x in found]
            except Changed:
                tried += 1
            except Divided as divided:
                return self.apart(columns, divided.holds, args, kwargs)
            except ZeroTimesInfinity:  # at one of them, which only the graph can settle
                return self.one_by_one(columns, args, kwargs)

    def one_by_one(self, columns: list[np.ndarray], args: Any, kwargs: Any) -> list[np.ndarray]:
        """The results of the function itself, point by point."""
        each = []
        for point in zip(*columns, strict=True):
            given, named = with_numbers(args, kwargs, [float(x) for x in point])
            each.append(flatten(self.f(*given, **named))[0])
        return [np.array(column, float) for column in zip(*each, strict=True)]

    def apart(
        self, columns: list[np.ndarray], holds: np.ndarray, args: Any, kwargs: Any
    ) -> list[np.ndarray]:
        """The results where a decision holds and where it does not, put together."""
        parts = [self.at([x[m] for x in columns], args, kwargs) for m in (holds, ~holds)]
        results = []
        for yes, no in zip(*parts, strict=True):
            out = np.empty(len(holds))
            out[holds], out[~holds] = yes, no
            results.append(out)
        return results


class AtPoints(Recording):
    """A program on numbers whose steps take arrays."""

    def __init__(self, f: Any, args: Any, kwargs: Any, passes: bool) -> None:
        super().__init__(f, args, kwargs, passes)
        text = at_points(self.program, self.text.name)
        if text is None:
            raise ValueError("the function makes arrays of its numbers")
        self.run = runnable(text, checked)


def on_numbers(args: Any, kwargs: Any, numbers: list[float]) -> Any:
    """The key of a call with numbers in the place of the arrays."""
    given = with_numbers(args, kwargs, numbers)
    found: list[Any] = []
    key = signature(given[0], found)
    return (key, signature(given[1], found)) if kwargs else key
