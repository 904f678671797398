"""`Value`: a node that holds one float."""

from __future__ import annotations

import numbers
from functools import partial
from typing import Any

import numpy as np

from ..fast.floats import method, pulls
from ..nodes.operators import UNROLLED, Operators, put
from .elementwise import TABLE
from .graph import Node, kinds, stand_ins, touch
from .operation import Op
from .row import Elementwise

__all__ = ["Value"]


def as_float(x: Any) -> float:
    """A real number of any kind as a Python float, or TypeError."""
    if type(x) in stand_ins and x.size == 1:
        return x.item()
    if isinstance(x, numbers.Real | np.bool_):
        return float(x)
    if isinstance(x, np.ndarray) and x.size == 1 and x.dtype.kind in "fiub":
        return float(x.item())
    if isinstance(x, Node):
        raise TypeError(
            f"a Value holds a number, not a {type(x).__name__}: to start a new graph from its "
            "number write x.detach() or Value(x.item())"
        )
    hint = "; for an array use Tensor" if isinstance(x, np.ndarray | list | tuple) else ""
    raise TypeError(f"a Value holds one real number, not {type(x).__name__}{hint}")


class Float64:
    """The dtype of a Value: `np.dtype(float)`, whose `type` leaves a node what it is.

    NumPy's mean, var and std of an array of Values end in `x.dtype.type(x)`, which for a plain
    dtype would be `float(x)`, and that is refused.
    """

    dtype = np.dtype(np.float64)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.dtype, name)

    def __eq__(self, other: object) -> bool:
        return self.dtype == other

    def __hash__(self) -> int:
        return hash(self.dtype)

    def __repr__(self) -> str:
        return repr(self.dtype)

    def type(self, x: Any) -> Any:
        return x if isinstance(x, Node) else np.float64(x)


class Value(Operators):
    """A number in the graph. Arithmetic on it, and every function of this package, is recorded.

    `data` is any real number and becomes a Python float; `label` is its name in drawings. Raises
    TypeError for complex numbers, strings, arrays and nodes.

    Mirrors micrograd's `Value` (Karpathy, 2020), whose code runs on this one unchanged.

    >>> from autograd_lite import Value
    >>> a, b = Value(-2.0), Value(3.0)
    >>> f = (a * b + a) * 1.5
    >>> f.backward()
    >>> f.item(), a.grad, b.grad
    (-12.0, 6.0, -3.0)
    """

    __slots__ = ()

    shape: tuple[()] = ()
    ndim = 0
    size = 1
    dtype: Any = Float64()

    def __init__(self, data: Any, label: str = "", **unknown: Any) -> None:
        self.refuse(unknown)
        self._as_leaf(data if type(data) is float else as_float(data), label)

    @property
    def data(self) -> float:
        """The number. Assign to change a leaf, as a training step does."""
        return self.primal

    @data.setter
    def data(self, number: Any) -> None:
        if self.op is not None:
            raise ValueError(
                f"this Value was computed by '{self._op}' and its number follows from its inputs: "
                "assign to a leaf instead, or start a new graph with Value(number)"
            )
        self.primal = as_float(number)
        touch(self)

    def item(self) -> float:
        """The number, off the graph."""
        return self.primal

    def detach(self) -> Value:
        """A new leaf with the same number: no gradient flows back past it."""
        return Value(self.primal, self.label)

    def one(self) -> float:
        return 1.0

    def check_seed(self, seed: Any) -> Any:
        return as_float(seed)

    def fit(self, g: Any) -> Any:
        return g if type(g) is float or isinstance(g, Node) else as_float(g)

    def receive(self, g: Any) -> None:
        if isinstance(g, np.ndarray) and g.ndim == 0:
            g = g.item()  # a Tensor's share: go on with floats, the fast way
        self.cotangent = g if self.cotangent is None else self.cotangent + g

    def __bool__(self) -> bool:
        return bool(self.primal != 0.0)

    def __repr__(self) -> str:
        label = f", label={self.label!r}" if self.label else ""
        grad = "" if self.grad is None else f", grad={self.grad!r}"
        return f"Value({self.primal!r}{label}{grad})"


def unroll(row: Elementwise) -> None:
    """Make what takes the place of the general ways of a row, on Values."""
    row.unrolled.update(pulls(Value, row))
    if len(row.partials) == 1 and not isinstance(row.on_floats, np.ufunc):
        row.on_nodes[Value] = method(Value, row, partial(Op.__call__, row))
    for name in (n for n, r in UNROLLED.items() if r is row):
        general = getattr(Operators, name)
        put(Value, name, method(Value, row, general, name.startswith("__r")))


kinds[float] = Value
Elementwise.unrollers.append(unroll)
for _row in TABLE.values():
    unroll(_row)
