"""Copying and pickling nodes: single ones, and whole graphs of any depth without recursion.

Python's copy and pickle follow references one inside another and would run out of stack in a graph
100,000 operations deep. Here a graph is handed to them as a list, inputs first, so that everything
a node refers to is done before it.
"""

from __future__ import annotations

import copy
import copyreg
import importlib
import pickle
import sys
from typing import Any

import numpy as np

from ..core.elementwise import Elementwise
from ..core.graph import Node, next_version, slots, toposort

__all__ = ["Copying"]

listed: dict[int, Node] = {}  # the nodes of lists that are being pickled, by identity


class Copying(Node):
    """What nodes do for `copy.copy`, `copy.deepcopy` and `pickle`.

    A shallow copy of a node has the same inputs; a deep copy or a pickle has the whole graph below
    it, and nodes copied together share what they shared before. Gradients and labels are kept.
    """

    __slots__ = ()

    def __copy__(self) -> Any:
        return twin(self, {})

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        stack: list[Node] = [self]
        while stack:
            node = stack[-1]
            waiting = [x for x in node.inputs if isinstance(x, Node) and id(x) not in memo]
            if waiting and id(node) not in memo:
                stack += waiting
                continue
            stack.pop()
            if id(node) not in memo:
                memo[id(node)] = twin(node, memo)
        return memo[id(self)]

    def __reduce__(self) -> tuple[Any, ...]:
        if listed.pop(id(self), None) is self:  # what it refers to has been pickled before it
            return restore, state(self)
        below = toposort([self])[:-1]
        if not below:
            return restore, state(self)
        listed.update((id(node), node) for node in below)
        return restore_below, (below, _Unlist(below), *state(self))


class _Unlist:
    """Takes the nodes off the list again, once all of them have been pickled."""

    def __init__(self, nodes: list[Node]) -> None:
        self.nodes = nodes

    def __reduce__(self) -> tuple[Any, ...]:
        for node in self.nodes:
            listed.pop(id(node), None)
        return tuple, ()


def state(node: Node) -> tuple[Any, ...]:
    """All that makes a node: what it is, how it was made, and what hangs on it."""
    if node.op is None:
        node.current()
    return type(node), node.primal, node.op, node.inputs, node.grad, node.version, node.notes


def restore(
    kind: type[Node], primal: Any, op: Any, inputs: Any, grad: Any, version: int, notes: Any
) -> Node:
    """The node of a `state`."""
    node: Any = object.__new__(kind)
    if op is None:
        node.forget(primal)
    else:
        node.become(primal, op, *slots(inputs))
    node.grad, node.version, node.notes = grad, version, notes
    next_version(at_least=version)  # nodes made from now on are younger
    return node


def restore_below(below: list[Node], unlisted: Any, *fields: Any) -> Node:
    """The node of a `state` that was pickled together with the nodes below it."""
    return restore(*fields)


def twin(node: Node, memo: dict[int, Any]) -> Node:
    """A node like this one, made from the copies in `memo` of its inputs, where there are any."""
    kind, primal, op, inputs, grad, version, notes = state(node)
    if op is None and isinstance(primal, np.ndarray):
        primal = primal.copy()  # a leaf's data may be written to
    inputs = tuple(memo.get(id(x), x) for x in inputs)
    return restore(kind, primal, op, inputs, copy.deepcopy(grad), version, copy.deepcopy(notes))


def reduced(row: Elementwise) -> tuple[Any, ...]:
    """A row as pickle writes it: by the name it has in its module, as functions are."""
    for module in [m for m in sys.modules if m.startswith("autograd_lite.")]:
        for name, found in vars(sys.modules[module]).items():
            if found is row:
                return row_named, (module, name)
    raise pickle.PicklingError(f"the operation '{row.name}' has no name to be pickled by")


def row_named(module: str, name: str) -> Elementwise:
    """The row of that name."""
    return getattr(importlib.import_module(module), name)


copyreg.pickle(Elementwise, reduced)
