"""What layers are given, checked: their own sizes, and the shape of their input."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..ops.shape import arrayed

__all__ = ["last_axis", "size"]


def size(n: Any, of: str) -> int:
    """`n` as a whole number from 1 on, or an error that says how many of what were asked for."""
    if isinstance(n, bool) or not isinstance(n, int | np.integer):
        raise TypeError(f"the number of {of} is a whole number, not {n!r}")
    if n < 1:
        raise ValueError(f"the number of {of} is at least 1, not {n}")
    return int(n)


def last_axis(x: Any, length: int, layer: Any) -> Any:
    """`x` as operations take it, or ValueError where its last axis has not the length needed."""
    x, shape = arrayed(x)
    if shape[-1:] != (length,):
        raise ValueError(
            f"{layer!r} takes {length} numbers, or rows of them (the last axis has length "
            f"{length}); it was given shape {shape}"
        )
    return x
