"""`Value`: the core's, with what it shares with Tensor."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core import value as core
from ..core.graph import Node, kinds
from .operators import Operators

__all__ = ["Value"]


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


class Value(core.Value, Operators):
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

    dtype: Any = Float64()

    def __init__(self, data: Any, label: str = "", **unknown: Any) -> None:
        self.refuse(unknown)
        super().__init__(data, label)

    @staticmethod
    def number(x: Any) -> float:
        """A real number of any kind as a Python float, or TypeError."""
        if type(x) is float:
            return x
        if isinstance(x, np.ndarray):
            if x.size == 1 and x.dtype.kind in "fiub":
                return float(x.item())
        elif type(x) in kinds and x.size == 1:  # another kind of data
            return x.item()
        if isinstance(x, Node):
            raise TypeError(
                f"a Value holds a number, not a {type(x).__name__}: to start a new graph from its "
                "number write x.detach() or Value(x.item())"
            )
        if isinstance(x, np.ndarray | list | tuple):
            raise TypeError(
                f"a Value holds one real number, not {type(x).__name__}; for an array use Tensor"
            )
        return core.Value.number(float(x) if isinstance(x, np.bool_) else x)

    def item(self) -> float:
        """The number, off the graph."""
        return self.primal

    def detach(self) -> Value:
        """A new leaf with the same number: no gradient flows back past it."""
        return Value(self.primal, self.label)

    def check_seed(self, seed: Any) -> Any:
        return self.number(seed)

    def __bool__(self) -> bool:
        return bool(self.primal != 0.0)

    def __repr__(self) -> str:
        label = f", label={self.label!r}" if self.label else ""
        grad = "" if self.grad is None else f", grad={self.grad!r}"
        return f"Value({self.primal!r}{label}{grad})"


kinds[float] = Value
