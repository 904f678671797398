"""Python's operators and NumPy's method names, for both kinds of node.

Each method is the operation of that name applied to the node. Comparisons give plain data: they are
piecewise constant and have no place in the graph.
"""

from __future__ import annotations

from collections.abc import Callable
from numbers import Rational
from typing import Any

import numpy as np

from ..core import elementwise as e
from ..core.graph import Node, data, node_types
from ..core.row import Elementwise
from ..ops.catalogue import later
from ..ops.extremes import clip
from .copying import Copying
from .habits import Habits
from .numpy_protocol import NumpyProtocol

__all__ = ["UNROLLED", "Operators", "put"]


def _operand(x: Any) -> bool:
    """Whether an operator can take `x`; if not, Python asks `x` and else says what it was given."""
    return type(x) in node_types or isinstance(
        x, int | float | np.generic | np.ndarray | list | tuple | Rational
    )


def _binary(row: Any, symbol: str) -> tuple[Any, Any]:
    def forward(self: Any, other: Any) -> Any:
        return row(self, other) if _operand(other) else NotImplemented

    def reflected(self: Any, other: Any) -> Any:
        return row(other, self) if _operand(other) else NotImplemented

    forward.__doc__ = f"self {symbol} other"
    reflected.__doc__ = f"other {symbol} self"
    return forward, reflected


def _rounding(name: str) -> Callable[..., Any]:
    """A function of a module that few programs need, imported when it is first called."""
    return lambda x, y: later("rounding", name)(x, y)


def _comparison(ufunc: Any, symbol: str) -> Any:
    def compare(self: Any, other: Any) -> Any:
        if not _operand(other):
            return NotImplemented
        result = ufunc(self.primal, data(other))
        return bool(result) if np.ndim(result) == 0 else result

    compare.__doc__ = f"self {symbol} other, on the data: plain booleans, off the graph"
    return compare


def _unary(row: Any) -> Any:
    def method(self: Any) -> Any:
        return row(self)

    method.__doc__ = (
        row.__doc__
        if callable(row) and not isinstance(row, Elementwise)
        else (f"{row.name}, entry by entry; see the table of operations.")
    )
    return method


class Operators(NumpyProtocol, Copying, Habits):
    """What Value and Tensor share: arithmetic, comparisons on data, and the elementwise methods."""

    __slots__ = ()

    # A pole gives inf and a domain left gives NaN, silently: the forward has warned already.
    backward = np.errstate(all="ignore")(Node.backward)

    # Equality is about data, identity about nodes: sets and dicts of nodes go by identity.
    __hash__ = object.__hash__

    __add__, __radd__ = _binary(e.add, "+")
    __sub__, __rsub__ = _binary(e.subtract, "-")
    __mul__, __rmul__ = _binary(e.multiply, "*")
    __truediv__, __rtruediv__ = _binary(e.divide, "/")
    __pow__, __rpow__ = _binary(e.power, "**")
    __mod__, __rmod__ = _binary(e.mod, "%")
    __floordiv__, __rfloordiv__ = _binary(_rounding("floor_divide"), "//")
    __divmod__, __rdivmod__ = _binary(_rounding("divmod"), "divmod")

    __neg__ = _unary(e.negative)
    __pos__ = _unary(e.positive)
    __abs__ = _unary(e.absolute)

    __lt__ = _comparison(np.less, "<")
    __le__ = _comparison(np.less_equal, "<=")
    __gt__ = _comparison(np.greater, ">")
    __ge__ = _comparison(np.greater_equal, ">=")
    __eq__ = _comparison(np.equal, "==")
    __ne__ = _comparison(np.not_equal, "!=")

    exp, exp2, expm1 = _unary(e.exp), _unary(e.exp2), _unary(e.expm1)
    log, log2, log10, log1p = _unary(e.log), _unary(e.log2), _unary(e.log10), _unary(e.log1p)
    sqrt, cbrt, square = _unary(e.sqrt), _unary(e.cbrt), _unary(e.square)
    reciprocal, sign = _unary(e.reciprocal), _unary(e.sign)
    sin, cos, tan = _unary(e.sin), _unary(e.cos), _unary(e.tan)
    arcsin, arccos, arctan = _unary(e.arcsin), _unary(e.arccos), _unary(e.arctan)
    sinh, cosh, tanh = _unary(e.sinh), _unary(e.cosh), _unary(e.tanh)
    arcsinh, arccosh, arctanh = _unary(e.arcsinh), _unary(e.arccosh), _unary(e.arctanh)
    relu, sigmoid, softplus = _unary(e.relu), _unary(e.sigmoid), _unary(e.softplus)
    # NumPy calls these on the entries of an array of Values.
    fabs, absolute = _unary(e.absolute), _unary(e.absolute)
    floor, ceil, trunc, rint = _unary(e.floor), _unary(e.ceil), _unary(e.trunc), _unary(e.rint)
    deg2rad, rad2deg = _unary(e.deg2rad), _unary(e.rad2deg)
    radians, degrees = deg2rad, rad2deg

    def arctan2(self, other: Any) -> Any:
        """The angle of the point (other, self)."""
        return e.arctan2(self, other)

    def hypot(self, other: Any) -> Any:
        """√(self² + other²)"""
        return e.hypot(self, other)

    def logaddexp(self, other: Any) -> Any:
        """log(exp self + exp other)"""
        return e.logaddexp(self, other)

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


UNROLLED = {
    "__add__": e.add,
    "__sub__": e.subtract,
    "__mul__": e.multiply,
    "__truediv__": e.divide,
    "__radd__": e.add,
    "__rsub__": e.subtract,
    "__rmul__": e.multiply,
    "__rtruediv__": e.divide,
    "__neg__": e.negative,
    "exp": e.exp,
    "log": e.log,
    "tanh": e.tanh,
    "relu": e.relu,
    "sigmoid": e.sigmoid,
}
"""The methods that are unrolled, for either kind of node: graphs consist of little else."""


def put(kind: type[Operators], name: str, method: Callable[..., Any]) -> None:
    """Put an unrolled method in the place of the general one of that name."""
    method.__doc__, method.__name__ = getattr(kind, name).__doc__, name
    setattr(kind, name, method)
