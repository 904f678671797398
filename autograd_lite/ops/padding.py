"""Padding: entries of the array itself around it, or constants."""

from __future__ import annotations

from typing import Any

import numpy as np

from .index import Unslice
from .rearrange import moved
from .shape import arrayed

__all__ = ["pad"]


def pad(x: Any, pad_width: Any, mode: str = "constant", **kwargs: Any) -> Any:
    """`x` with `pad_width` entries before and after each axis. Mirrors `numpy.pad`.

    `mode` is "constant" (with `constant_values`, which are numbers), or "edge", "reflect",
    "symmetric" or "wrap", whose padding are entries of `x` and send their gradient back to them.

    >>> import autograd_lite as ag
    >>> x = ag.Tensor([1.0, 2.0])
    >>> ag.pad(x, 1, mode="edge").sum().backward()
    >>> x.grad
    array([2., 2.])
    """
    x, old = arrayed(x)
    if mode in ("edge", "reflect", "symmetric", "wrap") and kwargs.get("reflect_type") != "odd":
        return moved(x, np.pad, pad_width, mode=mode, **kwargs)
    if mode != "constant":
        raise TypeError(
            f'pad of a node has the modes "constant", "edge", "reflect", "symmetric" and "wrap", '
            f"not {mode!r}{' with odd reflection' if kwargs else ''}; for another, join the parts "
            "with np.concatenate"
        )
    around = np.pad(np.zeros(old, x.dtype), pad_width, **kwargs)
    inside = np.argwhere(np.pad(np.ones(old, bool), pad_width))
    first = inside[0] if inside.size else np.zeros(len(old), int)
    index = tuple(slice(int(i), int(i) + n) for i, n in zip(first, old, strict=True))
    padded = Unslice(index, around.shape)(x)
    return padded + around if np.any(around) else padded
