"""The square root as the end of a norm or a deviation: a distance, with a corner at 0."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..core.elementwise import TABLE, Elementwise, cornered, lifted
from ..core.graph import data

__all__ = ["distance"]


def distance_slope(y: Any, x: Any) -> Any:
    """1/(2y); 0 at 0, the subgradient of least norm."""
    return cornered(0.5 / lifted(y, np.equal(data(y), 0), math.inf), y)


distance = Elementwise("sqrt", math.sqrt, np.sqrt, distance_slope)
TABLE["distance"] = distance
