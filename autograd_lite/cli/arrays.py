"""The lists and arrays of a formula: what they are, and what they may grow to.

What an array would hold is checked before it is made, so that no formula can freeze the machine.
"""

from __future__ import annotations

import ast
import math
from typing import Any

import numpy as np

from ..core.graph import Node
from . import MAX_ENTRIES, UsageError
from .formula import written

__all__ = ["afford", "afford_broadcast", "as_tuple", "gathered", "is_index", "is_plain", "shape"]


def shape(x: Any) -> tuple[int, ...]:
    """The shape of a node, an array, a list or a number."""
    return getattr(gathered(x), "shape", ())


def as_tuple(x: Any) -> tuple[Any, ...]:
    """A key of indices, of which one alone needs no tuple."""
    return x if isinstance(x, tuple) else (x,)


def is_plain(x: Any) -> bool:
    """Whether a number or list was written in the formula itself, without a name in it."""
    return all(map(is_plain, x)) if isinstance(x, list) else type(x) in (int, float, bool)


def is_index(k: Any) -> bool:
    """Whether NumPy takes `k` as one index of a key."""
    if isinstance(k, slice):
        return all(x is None or type(x) is int for x in (k.start, k.stop, k.step))
    if isinstance(k, np.ndarray):
        return k.dtype.kind in "iub"
    return k is None or k is Ellipsis or type(k) is int


def gathered(x: Any) -> Any:
    """A list as an array: of floats, or of Values where it holds some; anything else as it is."""
    if not isinstance(x, list):
        return x
    items = list(flat(x))
    if any(isinstance(item, Node) and item.shape for item in items):
        raise UsageError("a list of vectors is joined by stack([...]) or concatenate([...])")
    kind = object if any(isinstance(item, Node) for item in items) else float
    try:
        return np.array(x, dtype=kind)
    except (ValueError, TypeError):
        raise UsageError(
            "the rows of a list must have one length and hold numbers or names"
        ) from None


def flat(x: Any) -> Any:
    """The items of nested lists, one after another."""
    for item in x:
        yield from flat(item) if isinstance(item, list) else (item,)


def afford(node: ast.AST, entries: int, most: int = MAX_ENTRIES) -> None:
    """Refuse to make an array larger than a command line should."""
    if entries > most:
        raise UsageError(
            f"'{written(node)}' would have {entries:,} entries; the most here is {most:,}. "
            "For larger arrays use the package from Python"
        )


def afford_broadcast(node: ast.AST, args: list[Any], each: int = 1) -> None:
    """`afford` for the entries that the arguments have together when broadcast, `each` for one."""
    try:
        together = np.broadcast_shapes(*(shape(x) for x in args))
    except ValueError:
        return  # the operation itself says which shapes do not fit
    afford(node, math.prod(together) * each)
