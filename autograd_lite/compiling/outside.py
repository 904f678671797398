"""What a function takes from outside, while it is recorded: leaves of a graph, and arrays.

A leaf (a parameter of a model, say) is no constant: it is lent a stand-in, and given its numbers
back afterwards. An array is replaced by a stand-in where it is used. The program reads the numbers
of both anew at each call: they are further inputs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from ..core.graph import Node, describe, tick
from ..ops.inputs import frozen
from .captures import Captures
from .traced import Traced

__all__ = ["Outside"]


class Lent(NamedTuple):
    """A leaf that holds a stand-in, and what it held before."""

    leaf: Node
    primal: Any
    grad: Any
    stand_in: Traced


class Outside:
    """The leaves and arrays from outside that a recording has met; `met` has them in order."""

    def __init__(self, captures: Captures, stand_in: Callable[[Any, str], Traced]) -> None:
        self.captures = captures
        self.stand_in = stand_in
        self.start = tick()  # leaves older than this were made outside the function
        self.before = [(leaf, leaf.primal) for leaf in captures.nodes]
        self.met: list[Any] = []
        self.lent: list[Lent] = []
        self.arrays: dict[int, Traced] = {}  # by the id of the array

    def lend(self, leaf: Node) -> None:
        """Let a leaf from outside hold a stand-in; one made inside, or lent to already, stays."""
        if leaf.stamp >= self.start or isinstance(leaf.primal, Traced):
            return
        leaf.refresh()
        primal = leaf.primal
        name = leaf.label or self.captures.names.get(id(leaf), "")
        leaf.primal = self.stand_in(primal, name)
        self.lent.append(Lent(leaf, primal, leaf.grad, leaf.primal))
        self.met.append(leaf)

    def array(self, x: np.ndarray) -> Any:
        """The stand-in for an array that the function took from outside; of others a copy.

        The function may write into an array of its own later.
        """
        name = self.captures.arrays.get(id(x))
        if name is None:
            return frozen(x)
        if id(x) not in self.arrays:
            self.arrays[id(x)] = self.stand_in(x, name)
            self.met.append(x)
        return self.arrays[id(x)]

    def restore(self) -> None:
        """Give what is outside its numbers back; TypeError if the function wrote to any of it."""
        written = self.captures.restored()
        for leaf, primal, _, stand_in in self.lent:
            if getattr(leaf.primal, "step", None) is not stand_in.step:
                written = written or f"the data of {describe(leaf)}"
            leaf.primal = primal
        for leaf, primal in self.before:
            if leaf.primal is not primal:
                written = written or f"the data of {describe(leaf)}"
                leaf.primal = primal
        for leaf, _, grad, _ in self.lent:
            if leaf.grad is not grad:
                written = written or f"a gradient, by backward(), in {describe(leaf)}"
                leaf.grad = grad
        if written:
            raise TypeError(
                f"cannot compile a function that writes to {written}, which is outside of it\n"
                "Instead: let it return what it computes (ag.value_and_grad gives a gradient), and "
                "store that outside; on a model that keeps statistics in training mode, as one "
                "with a BatchNorm does, call eval() first"
            )
