"""What a picture of a graph is made of: boxes, and an edge for every use."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..core.graph import Node, data
from ..graphs.expression import Symbol

__all__ = ["Box", "Edge", "gradient", "is_drawn", "is_scale", "is_shift", "order"]


@dataclass(eq=False)
class Box:
    """What is drawn as one: its last node (or constant), and all nodes that went into it."""

    node: Any
    name: str
    kind: str  # "leaf", "constant", "output" or ""
    members: list[Node]
    group: tuple[int, ...] = ()  # the group instances around it, outermost first
    collapsed: int | None = None  # the group instance this box stands for
    formula: str = ""
    edges: list[Edge] = field(default_factory=list)  # from its inputs
    users: list[Edge] = field(default_factory=list)

    @property
    def grad(self) -> Any:
        """The gradient as plain data; None before a sweep and for constants."""
        return None if self.kind == "constant" else data(self.node.grad)

    @property
    def arrivals(self) -> list[Edge]:
        """The uses of the node itself; a collapsed group may have other results that are used."""
        return [edge for edge in self.users if edge.consumer.inputs[edge.i] is self.node]

    @property
    def results(self) -> int:
        """How many values others use; more than one only for a collapsed group."""
        return len({id(edge.consumer.inputs[edge.i]) for edge in self.users})


@dataclass(eq=False)
class Edge:
    """One use of `source` as input `i` of `consumer`, a node of the box `target`."""

    source: Box
    target: Box
    consumer: Node
    i: int
    rule: Any = None  # the formula of the message, over `gradient(target.name)`

    def message(self) -> Any:
        """The numbers sent to the source: the consumer's rule on the consumer's gradient."""
        g = data(self.consumer.grad)
        if g is None:
            return None
        inputs = [data(x) for x in self.consumer.inputs]
        with np.errstate(all="ignore"):
            return data(self.consumer.op.vjp(self.i, g, self.consumer.primal, *inputs))


def gradient(name: str) -> Symbol:
    """The name of a gradient in formulas: `dh`."""
    return Symbol(f"d{name}")


def order(root: Node) -> list[Node]:
    """The nodes below `root`, inputs first.

    Unlike `toposort` it writes nothing into the nodes, so a drawing can be made during a sweep.
    """
    done: set[int] = set()
    found: list[Node] = []
    stack: list[tuple[Node, bool]] = [(root, False)]
    while stack:
        node, ready = stack.pop()
        if ready:
            found.append(node)
            continue
        if id(node) in done:
            continue
        done.add(id(node))
        stack.append((node, True))
        stack += [
            (x, False) for x in reversed(node.inputs) if isinstance(x, Node) and id(x) not in done
        ]
    return found


def is_drawn(x: Any) -> bool:
    """Whether a constant has a box; single numbers stand in the formulas."""
    return not isinstance(x, Node) and isinstance(x, np.ndarray) and x.size != 1


def is_scale(node: Node) -> bool:
    """Whether a node is its input times or divided by a single number."""
    if node._op not in ("*", "/") or isinstance(node.right, Node):
        return False
    return isinstance(node.left, Node) and np.size(node.right) == 1


def is_shift(node: Node) -> bool:
    """Whether a node is z − max(z) with the maximum taken as a constant, as softmax does it."""
    if node._op != "-" or isinstance(node.right, Node) or not isinstance(node.left, Node):
        return False
    x, c = np.asarray(node.left.primal), np.asarray(node.right)
    if not x.ndim or c.ndim != x.ndim or not x.size:
        return False
    axes = tuple(k for k, (n, m) in enumerate(zip(x.shape, c.shape, strict=True)) if n != m)
    with np.errstate(all="ignore"):
        return bool(np.array_equal(x.max(axis=axes, keepdims=True), c))
