"""`Value`: a node that holds one float, and the arithmetic of every kind of node."""

from __future__ import annotations

import numbers
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from . import elementwise as e
from .graph import Node, kinds, next_version

if TYPE_CHECKING:
    from .signatures import Binary, Unary

__all__ = ["Arithmetic", "Value"]

OPERANDS: tuple[type, ...] = (
    Node,
    int,
    float,
    numbers.Rational,
    list,
    tuple,
    np.ndarray,
    np.generic,
)
"""What an operator takes; of anything else Python asks the other side."""


def binary(function: Callable[..., Any], symbol: str) -> tuple[Binary, Binary]:
    """The methods for an operator: with the node on its left, and on its right."""

    def forward(self: Node, other: Any) -> Any:
        return function(self, other) if isinstance(other, OPERANDS) else NotImplemented

    def reflected(self: Node, other: Any) -> Any:
        return function(other, self) if isinstance(other, OPERANDS) else NotImplemented

    forward.__doc__, reflected.__doc__ = f"self {symbol} other", f"other {symbol} self"
    return forward, reflected


def unary(row: e.Elementwise) -> Unary:
    """The method for a function of one number."""

    def method(self: Node) -> Any:
        return row(self)

    method.__doc__ = f"{row.words}, entry by entry; see the table of operations."
    return method


class Arithmetic(Node):
    """Python's arithmetic and the elementary functions, for every kind of node."""

    __slots__ = ()

    __add__, __radd__ = binary(e.add, "+")
    __sub__, __rsub__ = binary(e.subtract, "-")
    __mul__, __rmul__ = binary(e.multiply, "*")
    __truediv__, __rtruediv__ = binary(e.divide, "/")
    __pow__, __rpow__ = binary(e.power, "**")
    __neg__, __pos__, __abs__ = unary(e.negative), unary(e.positive), unary(e.absolute)
    exp, log, sqrt, tanh = unary(e.exp), unary(e.log), unary(e.sqrt), unary(e.tanh)


class Value(Arithmetic):
    """A number in the graph: what is computed with it is recorded.

    The public `Value` is this one with NumPy's functions, comparisons, copies, a printed form.

    >>> from autograd_lite.nodes.value import Value
    >>> a, b = Value(-2.0), Value(3.0)
    >>> f = (a * b + a) * 1.5
    >>> f.backward()
    >>> f.data, a.grad, b.grad
    (-12.0, 6.0, -3.0)
    """

    __slots__ = ()
    shape, ndim, size, dtype = (), 0, 1, np.dtype(float)

    def __init__(self, data: Any, label: str = "") -> None:
        self.become(self.number(data))
        if label != "":
            self.label = label

    @staticmethod
    def number(x: Any) -> float:
        """A real number of any kind as a Python float, or TypeError."""
        if isinstance(x, numbers.Real):
            return float(x)
        raise TypeError(f"a Value holds one real number, not {type(x).__name__}")

    @property
    def data(self) -> float:
        """The number. Assign to change a leaf, as a training step does."""
        return self.primal

    @data.setter
    def data(self, number: Any) -> None:
        if self.op is not None:
            raise ValueError(
                f"this Value was computed by '{self.op.name}' and its number follows from its "
                "inputs: assign to a leaf instead, or start a new graph with Value(number)"
            )
        self.primal, self.version = self.number(number), next_version()

    def one(self) -> float:
        return 1.0

    def total(self, so_far: Any, share: Any) -> Any:
        if isinstance(share, np.ndarray | np.generic) and share.ndim == 0:
            share = share.item()  # a Tensor's: go on with floats
        return share if so_far is None else so_far + share

    def __repr__(self) -> str:
        return f"Value({self.primal!r})"


kinds[float] = Value
