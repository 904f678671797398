"""The larger and the smaller of two, and what is between two bounds: who takes the slope at a tie.

The winner takes it. Two nodes that tie share it; against a constant a tie gives 0, as in relu.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core.elementwise import TABLE, Elementwise, flat, positive, rows
from ..core.graph import Node
from .inputs import is_objects

__all__ = ["clip", "fmax", "fmin", "maximum", "minimum"]


def tie_share_of_floats(z: float, x: float, y: float) -> float:
    """The part of the result z that is x's: 1 if x won, ½ if it tied with y, 0 if it lost."""
    return z if z != z else 0.5 * ((x == z) + (y != z)) if x == z else 0.0


def tie_share_of_arrays(z: Any, x: Any, y: Any) -> Any:
    """The part of the result z that is x's: 1 where x won, ½ where it tied, 0 where it lost."""
    part = np.where(np.equal(x, z), np.where(np.equal(y, z), 0.5, 1.0), 0.0)
    return np.where(np.isnan(z), np.nan, part).astype(z.dtype)


def wins_of_floats(z: float, x: float, y: float) -> float:
    """1 if x alone is the result z, else 0; NaN of NaN."""
    return z if z != z else float(x == z and y != z)


def wins_of_arrays(z: Any, x: Any, y: Any) -> Any:
    """1 where x alone is the result z, else 0; NaN of NaN."""
    won = np.equal(x, z) & np.not_equal(y, z)
    return np.where(np.isnan(z), np.nan, won).astype(z.dtype)


def maximum_of_floats(x: float, y: float) -> float:
    """The larger of two; NaN if either is."""
    return x if x != x or x >= y else y


def minimum_of_floats(x: float, y: float) -> float:
    """The smaller of two; NaN if either is."""
    return x if x != x or x <= y else y


def fmax_of_floats(x: float, y: float) -> float:
    """The larger of two; the other one of NaN."""
    return x if y != y or x >= y else y


def fmin_of_floats(x: float, y: float) -> float:
    """The smaller of two; the other one of NaN."""
    return x if y != y or x <= y else y


# fmt: off
# row          name          on floats             on arrays            ∂ result / ∂ input, one each

tie_share    = Elementwise("share",   tie_share_of_floats, tie_share_of_arrays, flat, flat, flat, write="[{} = {}]")
wins         = Elementwise("beats",   wins_of_floats,      wins_of_arrays,      flat, flat, flat, write="[{} = {}]")
maximum_tied = Elementwise("maximum", maximum_of_floats, np.maximum, lambda z, x, y: tie_share(z, x, y), lambda z, x, y: tie_share(z, y, x), chooses=True)
maximum_won  = Elementwise("maximum", maximum_of_floats, np.maximum, lambda z, x, y: wins(z, x, y), lambda z, x, y: wins(z, y, x), chooses=True)
minimum_tied = Elementwise("minimum", minimum_of_floats, np.minimum, lambda z, x, y: tie_share(z, x, y), lambda z, x, y: tie_share(z, y, x), chooses=True)
minimum_won  = Elementwise("minimum", minimum_of_floats, np.minimum, lambda z, x, y: wins(z, x, y), lambda z, x, y: wins(z, y, x), chooses=True)
fmax_tied    = Elementwise("fmax", fmax_of_floats, np.fmax, lambda z, x, y: tie_share(z, x, y), lambda z, x, y: tie_share(z, y, x), chooses=True)
fmax_won     = Elementwise("fmax", fmax_of_floats, np.fmax, lambda z, x, y: wins(z, x, y), lambda z, x, y: wins(z, y, x), chooses=True)
fmin_tied    = Elementwise("fmin", fmin_of_floats, np.fmin, lambda z, x, y: tie_share(z, x, y), lambda z, x, y: tie_share(z, y, x), chooses=True)
fmin_won     = Elementwise("fmin", fmin_of_floats, np.fmin, lambda z, x, y: wins(z, x, y), lambda z, x, y: wins(z, y, x), chooses=True)
# fmt: on

TABLE.update(rows(globals()))


def contest(both: Elementwise, one: Elementwise, x: Any, y: Any) -> Any:
    """The row `both` for two nodes, `one` where one is a constant; entry by entry in arrays."""
    if isinstance(x, Node) and isinstance(y, Node):
        return both(x, y)
    if is_objects(x) or is_objects(y):
        if any(isinstance(v, Node) and v.ndim for v in (x, y)):
            return both(x, y)  # beside a Tensor, an array of Values is a Tensor too
        pair = (np.asarray(v, dtype=object) for v in (x, y))
        return np.frompyfunc(lambda a, b: contest(both, one, a, b), 2, 1)(*pair)
    return one(x, y)


def maximum(x: Any, y: Any) -> Any:
    """max(x, y) entry by entry; NaN if either is. Mirrors `numpy.maximum`.

    The derivative goes to the larger one. Where two nodes tie each gets half; where a node ties
    with a constant it gets 0, as in relu. The same holds for minimum, fmax and fmin.

    >>> import autograd_lite as ag
    >>> x = ag.Value(2.0)
    >>> ag.maximum(x, 1.0).backward()
    >>> x.grad
    1.0
    """
    return contest(maximum_tied, maximum_won, x, y)


def minimum(x: Any, y: Any) -> Any:
    """min(x, y) entry by entry; NaN if either is. Ties as in `maximum`. Mirrors `numpy.minimum`.

    >>> import autograd_lite as ag
    >>> x = ag.Tensor([1.0, 5.0])
    >>> ag.minimum(x, 3.0).sum().backward()
    >>> x.grad
    array([1., 0.])
    """
    return contest(minimum_tied, minimum_won, x, y)


def fmax(x: Any, y: Any) -> Any:
    """max(x, y) ignoring NaN where the other is a number. Mirrors `numpy.fmax`.

    >>> import autograd_lite as ag
    >>> ag.fmax(ag.Value(2.0), float("nan"))
    Value(2.0)
    """
    return contest(fmax_tied, fmax_won, x, y)


def fmin(x: Any, y: Any) -> Any:
    """min(x, y) ignoring NaN where the other is a number. Mirrors `numpy.fmin`.

    >>> import autograd_lite as ag
    >>> ag.fmin(ag.Value(2.0), float("nan"))
    Value(2.0)
    """
    return contest(fmin_tied, fmin_won, x, y)


def clip(x: Any, a_min: Any = None, a_max: Any = None, *, min: Any = None, max: Any = None) -> Any:
    """`x` held between two bounds; None leaves a side open. Mirrors `numpy.clip`.

    The derivative is 1 strictly between constant bounds and 0 elsewhere, the bounds included.

    >>> import autograd_lite as ag
    >>> x = ag.Tensor([-5.0, 0.5, 5.0])
    >>> ag.clip(x, -1.0, 1.0).sum().backward()
    >>> x.grad
    array([0., 1., 0.])
    """
    a_min, a_max = min if a_min is None else a_min, max if a_max is None else a_max
    if a_min is not None:
        x = maximum(x, a_min)
    if a_max is not None:
        x = minimum(x, a_max)
    return positive(x) if a_min is None and a_max is None else x
