"""The few functions a compiled program may call beside NumPy's; their text is printed above it."""

import numpy as np

__all__ = ["HELPERS", "add_parts", "add_windows", "check", "into_zeros", "over", "times"]


def times(g, d):
    """g · d, the gradient times a slope; 0 where g is 0, even if the slope is infinite or NaN."""
    product = np.multiply(g, d)
    return np.where(np.equal(g, 0) & np.isnan(product), 0, product)


def over(g, y):
    """g / y, the gradient times the slope 1 / y; 0 where g is 0, even if y is 0 or NaN."""
    quotient = np.divide(g, y)
    return np.where(np.equal(g, 0) & np.isnan(quotient), 0, quotient)


def into_zeros(g, shape, index):
    """Zeros of a shape with `g` stored at an index."""
    out = np.zeros(shape, g.dtype)
    out[index] = g
    return out


def add_windows(g, shape, places):
    """Zeros of a shape with parts of `g` added at places."""
    out = np.zeros(shape, g.dtype)
    for place, part in places:
        out[place] += g[part]
    return out


def add_parts(parts, shape, lead, places):
    """Zeros of a shape with each part added at its place: an index, or positions in C order."""
    out = np.zeros(shape, np.result_type(*parts))
    flat = out.reshape((*shape[:lead], -1))
    for place, part in zip(places, parts):  # noqa: B905
        if type(place) is tuple:
            out[place] += part
        else:
            np.add.at(flat, (slice(None),) * lead + (place,), part)
    return out


def check(found, expected, where):
    """Raise where a decision comes out otherwise than it did when this program was recorded."""
    if bool(found) is not expected:
        raise ValueError(f"this program holds for another outcome of a decision: {where}")


HELPERS = (times, over, into_zeros, add_windows, add_parts, check)
