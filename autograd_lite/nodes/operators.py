"""Python's operators and NumPy's method names, for both kinds of node.

Each method is the operation of that name applied to the node. Comparisons give plain data: they are
piecewise constant and have no place in the graph.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, runtime_checkable

import numpy as np

from ..core import elementwise as e
from ..core import value
from ..core.graph import Node, data
from ..core.value import Arithmetic, binary, unary
from ..ops.activations import logaddexp, relu, sigmoid, softplus
from ..ops.catalogue import later
from ..ops.extremes import clip
from .copying import Copying
from .habits import Habits
from .numpy_protocol import NumpyProtocol

__all__ = ["Operators"]


@runtime_checkable
class Table(Protocol):
    """A column or table of pandas or polars."""

    def to_numpy(self) -> Any:
        """Its numbers as an array."""


value.OPERANDS = (*value.OPERANDS, Table)


def _rounding(name: str) -> Callable[..., Any]:
    """A function of a module that few programs need, imported when it is first called."""
    return lambda x, y: later("rounding", name)(x, y)


def _comparison(ufunc: Any, symbol: str) -> Any:
    def compare(self: Any, other: Any) -> Any:
        if not isinstance(other, value.OPERANDS):
            return NotImplemented
        result = ufunc(self.primal, data(other))
        return bool(result) if np.ndim(result) == 0 else result

    compare.__doc__ = f"self {symbol} other, on the data: plain booleans, off the graph"
    return compare


def _note(key: str, default: Any, doc: str) -> property:
    """What hangs on a node under this name."""

    def read(self: Node) -> Any:
        return default if self.notes is None else self.notes.get(key, default)

    def write(self: Node, value: Any) -> None:
        # A copy, since nodes recorded in one block share their notes.
        self.notes = {**(self.notes or {}), key: value}

    return property(read, write, doc=doc)


class Operators(Arithmetic, NumpyProtocol, Copying, Habits):
    """What Value and Tensor share beside arithmetic: comparisons, NumPy's names, notes."""

    __slots__ = ()

    hand = _note("hand", None, "A gradient derived by hand, to be compared with autodiff's.")
    group = _note("group", (), "Names of the groups this node was recorded in, outermost first.")

    # micrograd's names, so that code which looks at its graph runs here too.
    @property
    def _prev(self) -> set[Node]:
        return {x for x in self.inputs if isinstance(x, Node)}

    @property
    def _op(self) -> str:
        return "" if self.op is None else self.op.name

    # A pole gives inf and a domain left gives NaN, silently: the forward has warned already.
    backward = np.errstate(all="ignore")(Node.backward)

    def forget(self, primal: Any) -> None:
        """Become a leaf with this data."""
        self.become(primal)

    # pandas leaves `series * node` to nodes, as it leaves it to a DataFrame, whose number is 4000.
    __pandas_priority__ = 5000

    # Equality is about data, identity about nodes: sets and dicts of nodes go by identity.
    __hash__ = object.__hash__

    __mod__, __rmod__ = binary(e.mod, "%")
    __floordiv__, __rfloordiv__ = binary(_rounding("floor_divide"), "//")
    __divmod__, __rdivmod__ = binary(_rounding("divmod"), "divmod")

    __lt__ = _comparison(np.less, "<")
    __le__ = _comparison(np.less_equal, "<=")
    __gt__ = _comparison(np.greater, ">")
    __ge__ = _comparison(np.greater_equal, ">=")
    __eq__ = _comparison(np.equal, "==")
    __ne__ = _comparison(np.not_equal, "!=")

    exp2, expm1 = unary(e.exp2), unary(e.expm1)
    log2, log10, log1p = unary(e.log2), unary(e.log10), unary(e.log1p)
    cbrt, square, reciprocal, sign = (unary(r) for r in (e.cbrt, e.square, e.reciprocal, e.sign))
    sin, cos, tan = unary(e.sin), unary(e.cos), unary(e.tan)
    arcsin, arccos, arctan = unary(e.arcsin), unary(e.arccos), unary(e.arctan)
    sinh, cosh = unary(e.sinh), unary(e.cosh)
    arcsinh, arccosh, arctanh = unary(e.arcsinh), unary(e.arccosh), unary(e.arctanh)
    relu, sigmoid, softplus = unary(relu), unary(sigmoid), unary(softplus)
    # NumPy calls these on the entries of an array of Values.
    fabs, absolute = unary(e.absolute), unary(e.absolute)
    floor, ceil, trunc, rint = unary(e.floor), unary(e.ceil), unary(e.trunc), unary(e.rint)
    deg2rad, rad2deg = unary(e.deg2rad), unary(e.rad2deg)
    radians, degrees = deg2rad, rad2deg

    def arctan2(self, other: Any) -> Any:
        """The angle of the point (other, self)."""
        return e.arctan2(self, other)

    def hypot(self, other: Any) -> Any:
        """√(self² + other²)"""
        return e.hypot(self, other)

    def logaddexp(self, other: Any) -> Any:
        """log(exp self + exp other)"""
        return logaddexp(self, other)

    def clip(self, min: Any = None, max: Any = None) -> Any:
        """`self` held between two bounds; see `clip`."""
        return clip(self, min, max)

    def isnan(self) -> Any:
        """Where the data is NaN: plain booleans."""
        return np.isnan(self.primal)

    def isfinite(self) -> Any:
        """Where the data is finite: plain booleans."""
        return np.isfinite(self.primal)

    def conjugate(self) -> Any:
        """The node itself: its numbers are real."""
        return self

    conj = conjugate

    def __float__(self) -> float:
        raise TypeError(
            f"float() of a {type(self).__name__} would cut it off the graph, and its gradient with "
            "it. Write .item() for the plain number, or use the node itself (np.exp and ag.exp "
            "take nodes, math.exp does not). An array that takes nodes, out[i] = x, is made by "
            "np.zeros, np.array, ... after `import autograd_lite.numpy as np`"
        )

    def __int__(self) -> int:
        raise TypeError(
            f"int() of a {type(self).__name__} would cut it off the graph; write int(x.item())"
        )

    def __complex__(self) -> complex:
        raise TypeError(f"a {type(self).__name__} is real; write complex(x.item())")

    def __round__(self, ndigits: int = 0) -> Any:
        raise TypeError(
            f"round() of a {type(self).__name__} would cut it off the graph; write round(x.item(), "
            f"{ndigits or 4}) to print it, or ag.rint(x), whose derivative is 0"
        )

    def __format__(self, spec: str) -> str:
        return format(self.item(), spec) if spec else str(self)

    def item(self) -> float:
        """The plain number of a node of size 1."""
        raise TypeError(f"{type(self).__name__} has no single number")
