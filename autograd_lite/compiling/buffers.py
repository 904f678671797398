"""Which steps may write into the memory of what they read: `de = dh / s`, then `de += ds`.

Only memory that a step of the program made, that nothing reads later or shares, and that has no
name of the user's: so no caller sees it, and no line says something else than it did.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .helpers import HELPERS
from .program import Method, Step, leaves
from .rules import same_kind
from .speculation import PLAIN

__all__ = ["AUGMENTED", "is_fresh", "reusing"]

AUGMENTED: dict[Any, str] = {np.add: "+=", np.subtract: "-=", np.multiply: "*=", np.divide: "/="}
EITHER_WAY = (np.add, np.multiply)

FRESH = {np.matmul, np.dot, np.where, np.concatenate, np.stack, np.bincount, pow, *HELPERS}
FRESH_METHODS = {"sum", "prod", "max", "min", "copy", "astype", "mean"}


def is_fresh(step: Step) -> bool:
    """Whether what a step gives is memory that nobody else has."""
    if isinstance(step.call, np.ufunc) or step.call in FRESH:
        return "copy" not in step.kwargs and "out" not in step.kwargs
    named = isinstance(step.call, Method) and step.call.name in FRESH_METHODS
    return named and "copy" not in step.kwargs and len(step.args) < 6  # astype's sixth is copy


def reusing(steps: list[Step], plain: set[Step], outputs: list[Any]) -> dict[Step, int]:
    """For each step that may write into one of its arguments, which one that is."""
    readers: dict[Any, list[Step]] = {}
    shared = set(leaves(outputs))
    for step in steps:
        for x in step.uses():
            readers.setdefault(x, []).append(step)
            if not is_fresh(step):  # it may be a view of x, and read later
                shared.add(x)
    found = {}
    for step in steps:
        call = PLAIN[step.call] if step in plain else step.call
        if call not in AUGMENTED or step.kwargs or not step.shape:
            continue
        places = [0, 1] if call in EITHER_WAY else [0]
        places = [i for i in places if isinstance(step.args[i], Step)]
        # Rather what was made for this step alone. What others have read only takes another
        # contribution: elsewhere a name of its own is easier to read.
        places.sort(key=lambda i: len(readers[step.args[i]]) > 1)
        for i in places:
            x = step.args[i]
            last = readers[x] == [step] or (call is np.add and readers[x][-1] is step)
            if last and x not in shared and is_free(x) and same_kind(x, step):
                found[step] = i
                break
    return found


def is_free(x: Step) -> bool:
    """Whether the memory of a step is its own, and no name of the user's stands for it."""
    return is_fresh(x) and not x.label and (x.of is None or not x.of.label)
