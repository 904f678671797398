"""What a picture of a graph is made of: boxes, an edge for every use, and which nodes share a box.

A minus sign or a shift by a constant is part of the formula it belongs to (`L = −sum(m)`), if
nobody gave it a name; a group that is collapsed is one box.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..core.graph import Node, data
from ..graphs.expression import Symbol
from ..graphs.tape import pull
from .subject import Subject

__all__ = ["Box", "Edge", "fold", "gradient", "opened", "size"]

FOLDED = 8  # nodes that are read in one formula


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
        with np.errstate(all="ignore"):
            return pull(self.consumer, self.i, g)


def gradient(name: str) -> Symbol:
    """The name of a gradient in formulas: `dh`."""
    return Symbol(f"d{name}")


def fold(subject: Subject, depth: int | None = None) -> dict[int, Box]:
    """The box of every node and constant; groups deeper than `depth` are a box each."""
    home: dict[int, Box] = {}
    collapsed: dict[int, Box] = {}
    for node in reversed(subject.nodes):
        chain = subject.groups.of(node)
        if depth is not None and len(chain) > depth:
            key = chain[depth]
            box = collapsed.get(key)
            if box is None:
                box = collapsed[key] = box_of(subject, node, chain[:depth])
                box.collapsed = key
        else:
            box = formula_around(subject, node, home) or box_of(subject, node, chain)
        box.members.append(node)
        home[id(node)] = box
    for key, x in subject.constants.items():
        home[key] = Box(x, subject.names[key], "constant", [])
    return home


def opened(subject: Subject, most: int) -> tuple[dict[int, Box], int | None]:
    """The boxes with as many groups open as leave at most so many, and how deep they are open."""
    home, depth = fold(subject), None
    for level in range(subject.groups.depth - 1, -1, -1):
        if size(home) <= most:
            break
        home, depth = fold(subject, level), level
    return home, depth


def size(home: dict[int, Box]) -> int:
    """How many boxes there are."""
    return len({id(box) for box in home.values()})


def box_of(subject: Subject, node: Node, group: tuple[int, ...]) -> Box:
    """A new box, with nothing in it yet, that goes by the name of a node."""
    kind = "output" if node is subject.root else "leaf" if node.op is None else ""
    return Box(node, subject.names[id(node)], kind, [], group)


def formula_around(subject: Subject, node: Node, home: dict[int, Box]) -> Box | None:
    """The box of a node's only user, if the node is read as a part of that formula."""
    users = subject.uses.get(id(node), [])
    if len(users) != 1 or node is subject.root or id(node) in subject.rim:
        return None
    box = home[id(users[0])]
    room = box.collapsed is None and len(box.members) < FOLDED
    return box if room and is_part(subject, node, users[0]) else None


def is_part(subject: Subject, node: Node, user: Node) -> bool:
    """Whether an unnamed node is better read inside the formula of its only user."""
    if node.op is None or id(node) not in subject.made_up or node.hand is not None:
        return False
    if node.group is not user.group and node.group != user.group:
        return False
    if id(node) in subject.shifts:
        return user._op == "exp"
    return user._op == "neg" or (is_scale(user) and node._op in ("sum", "neg"))


def is_scale(node: Node) -> bool:
    """Whether a node is its input times or divided by a single number."""
    if node._op not in ("*", "/"):
        return False
    x, y = node.inputs
    return isinstance(x, Node) and not isinstance(y, Node) and np.size(y) == 1
