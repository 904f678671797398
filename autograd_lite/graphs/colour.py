"""The colours: purple for minus, orange for plus, on one square-root scale.

The two are told apart by every kind of colour vision, and every colour has a second sign (the
numbers are signed, gradients in italics, leaves thick, constants dashed).
Source: the purple and orange of ColorBrewer's PuOr (Harrower and Brewer, 2003).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np

__all__ = ["GOOD", "GRADIENT", "INK", "MUTE", "VALUE", "WRONG", "scale_of", "tint"]

INK = "#1b1b1b"
MUTE = "#666666"
VALUE = "#0b5394"
GRADIENT = "#a33c00"
GOOD = "#00695c"
WRONG = "#a01010"

MINUS_END, PLUS_END = (178, 171, 210), (253, 184, 99)


def scale_of(arrays: Iterable[Any]) -> float:
    """The largest finite magnitude, at which the colour is full; 1 if there is none."""
    largest = 0.0
    for array in arrays:
        sizes = np.abs(np.asarray(array, dtype=float))
        sizes = sizes[np.isfinite(sizes)]
        if sizes.size:
            largest = max(largest, float(sizes.max()))
    return largest or 1.0


def tint(x: float, scale: float) -> str:
    """The background of a number: white at 0, full at ±scale, by the square root in between."""
    if x != x:
        return "#f3d6d6"
    if x == 0:
        return "#ffffff"
    strength = 0.9 * math.sqrt(min(1.0, abs(x) / scale))
    end = MINUS_END if x < 0 else PLUS_END
    return "#" + "".join(f"{round(255 - (255 - c) * strength):02x}" for c in end)
