"""What operators and methods take and give, for type checkers and editors; nothing of it runs.

A number or a node of the same kind beside a node gives that kind: Value + Value is a Value, and
Tensor * 2.0 a Tensor. With anything else (arrays, lists, the other kind) it depends.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, TypeAlias, TypeVar, overload

import numpy as np

from .graph import Node

__all__ = ["Binary", "Unary"]

N = TypeVar("N", bound=Node)
Operand: TypeAlias = Node | float | np.ndarray | np.generic | list[Any] | tuple[Any, ...]


class With(Protocol[N]):
    """An operator of one node, which waits for the other operand."""

    @overload
    def __call__(self, other: N | float, /) -> N: ...
    @overload
    def __call__(self, other: Operand, /) -> Any: ...


class Binary(Protocol):
    """An operator as a class has it."""

    def __get__(self, node: N, kind: Any = None, /) -> With[N]: ...


class Unary(Protocol):
    """A function of one number, as a method."""

    def __get__(self, node: N, kind: Any = None, /) -> Callable[[], N]: ...
