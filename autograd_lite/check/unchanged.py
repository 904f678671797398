"""Arguments that were written to, and functions that do not give the same result twice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..calculus.trees import flatten
from ..core.graph import Node, data
from .report import Note

__all__ = ["mutated", "same", "snapshot"]


def snapshot(args: Sequence[Any]) -> list[list[np.ndarray]]:
    """Copies of the numbers in the arguments."""
    return [[np.array(data(x)) for x in flatten(arg)[0] if numeric(x)] for arg in args]


def numeric(x: Any) -> bool:
    """Whether `x` holds real numbers."""
    return np.asarray(data(x)).dtype.kind in "fiub"


def mutated(before: Any, args: Sequence[Any], who: str, names: list[str]) -> list[Note]:
    """A note for every argument that was written to, which is then put back."""
    notes = []
    for old, new, arg, name in zip(before, snapshot(args), args, names, strict=True):
        if all(np.array_equal(a, b, equal_nan=True) for a, b in zip(old, new, strict=True)):
            continue
        text = (
            f"{who} wrote into its argument {name} (use a copy: {name} = {name}.copy()); it was "
            f"put "
            "back for the rest of the check"
        )
        notes.append(Note("input-changed", text))
        for target, numbers in zip((x for x in flatten(arg)[0] if numeric(x)), old, strict=True):
            if isinstance(target, np.ndarray):
                target[...] = numbers
            elif isinstance(target, Node):
                target.data = numbers  # type: ignore[attr-defined]
    return notes


def same(outputs: list[Any], again: list[Any]) -> bool:
    """Whether two calls gave the same numbers."""
    return len(outputs) == len(again) and all(
        np.array_equal(np.asarray(data(a)), np.asarray(data(b)), equal_nan=True)
        for a, b in zip(outputs, again, strict=True)
    )
