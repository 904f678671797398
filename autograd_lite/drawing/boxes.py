"""What a picture of a graph is made of: boxes, an edge for every use, and which nodes share a box.

A minus sign or a shift by a constant is part of the formula it belongs to (`L = −sum(m)`), if
nobody gave it a name; a group that is collapsed is one box.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..core.graph import Node, data
from ..graphs.expression import SUMMED, Symbol
from ..graphs.spelling import is_sign
from ..graphs.tape import pull
from .subject import Subject

__all__ = ["LEFT_OUT", "Box", "Use", "fold", "gradient", "size"]

NEGATIVE = "−{}"

FOLDED, LONGEST = 8, 40  # nodes that are read in one formula; and where it has to be long


LEFT_OUT = "…"
"""The name of the box of what is left out between two ends."""


@dataclass(eq=False)
class Box:
    """What is drawn as one: its last node (or constant), and all nodes that went into it."""

    node: Any
    name: str
    kind: str  # "leaf", "constant", "output" or ""
    members: list[Node]
    group: tuple[int, ...] = ()  # the group instances around it, outermost first
    collapsed: str = ""  # the name of the group this box stands for
    formula: str = ""
    edges: list[Use] = field(default_factory=list)  # from its inputs
    users: list[Use] = field(default_factory=list)

    @property
    def grad(self) -> Any:
        """The gradient as plain data; None before a sweep and for constants."""
        return None if self.kind == "constant" else data(self.node.grad)

    @property
    def arrivals(self) -> list[Use]:
        """The uses of the node itself; a collapsed group may have other results that are used."""
        return [edge for edge in self.users if edge.x is self.node]

    @property
    def results(self) -> int:
        """How many values others use; more than one only for a collapsed group."""
        return len({id(edge.x) for edge in self.users})


@dataclass(eq=False)
class Use:
    """A use of `x`, called `name`, of the box `source`, as an input of a node of the box `target`.

    `uses` are that node and the place of the input in it; more than one only in a collapsed group,
    where what one value is used for inside is one edge.
    """

    source: Box
    target: Box
    x: Any
    name: str
    uses: list[tuple[Node, int]]
    rule: Any = None  # the formula of the message, over `gradient(target.name)`

    def message(self) -> Any:
        """The numbers sent to the source: each consumer's rule on the consumer's gradient."""
        gradients = [data(consumer.grad) for consumer, _ in self.uses]
        if any(g is None for g in gradients):
            return None
        with np.errstate(all="ignore"):
            parts = [pull(*use, g) for use, g in zip(self.uses, gradients, strict=True)]
            return sum(parts[1:], start=parts[0])


def gradient(name: str) -> Symbol:
    """The name of a gradient in formulas: `dh`."""
    return Symbol(f"d{name}")


def fold(
    subject: Subject, depth: int | None = None, formulas: bool = False, ends: int | None = None
) -> dict[int, Box]:
    """The box of every node and constant; groups deeper than `depth` are a box each.

    With `formulas` whatever nobody named is read inside the formula that uses it. With `ends` only
    so many results at either end have a box of their own: what lies between them is one.
    """
    home: dict[int, Box] = {}
    groups: dict[int, Box] = {}
    for node in reversed(subject.nodes):
        chain = subject.groups.of(node)
        if depth is not None and len(chain) > depth:
            key = chain[depth]
            box = groups.get(key)
            if box is None:
                box = groups[key] = box_of(subject, node, chain[:depth])
                box.collapsed = subject.groups.names[key]
        else:
            box = formula_around(subject, node, home, formulas) or box_of(subject, node, chain)
        box.members.append(node)
        home[id(node)] = box
    for key, x in subject.constants.items():
        home[key] = Box(x, subject.names[key], "constant", [])
    if ends is not None:
        close_middle(subject, home, ends)
    return home


def close_middle(subject: Subject, home: dict[int, Box], ends: int) -> None:
    """Put what is computed between the two ends into one box, with the leaves used only there."""
    computed = [box.node for box in below(subject, home) if box.node.op is not None]
    middle = {id(home[id(node)]) for node in computed[ends:-ends]}
    if len(middle) < 2:
        return
    last = home[id(computed[-ends - 1])]
    box = Box(last.node, last.name, "", [], collapsed=LEFT_OUT)
    users: dict[int, set[int]] = {}
    for node in subject.nodes:
        for x in subject.inputs(node):
            users.setdefault(id(x), set()).add(id(home[id(node)]))
    for node in reversed(subject.nodes):
        own = home[id(node)]
        inside = id(own) in middle or (node.op is None and users[id(node)] <= middle)
        if inside:
            box.members.append(node)
            home[id(node)] = box
    for key in subject.constants:
        if users[key] <= middle:
            del home[key]


def below(subject: Subject, home: dict[int, Box]) -> list[Box]:
    """The boxes of nodes, each after those it is computed from."""
    found: list[Box] = []
    seen: set[int] = set()
    stack = [(home[id(subject.root)], False)]
    while stack:
        box, ready = stack.pop()
        if ready:
            found.append(box)
        elif id(box) not in seen:
            seen.add(id(box))
            stack.append((box, True))
            inputs = [x for m in box.members for x in subject.inputs(m) if isinstance(x, Node)]
            stack += [(home[id(x)], False) for x in inputs]
    return found


def size(home: dict[int, Box]) -> int:
    """How many boxes there are."""
    return len({id(box) for box in home.values()})


def box_of(subject: Subject, node: Node, group: tuple[int, ...]) -> Box:
    """A new box, with nothing in it yet, that goes by the name of a node."""
    kind = "output" if node is subject.root else "leaf" if node.op is None else ""
    return Box(node, subject.names[id(node)], kind, [], group)


def formula_around(
    subject: Subject, node: Node, home: dict[int, Box], formulas: bool
) -> Box | None:
    """The box of a node's only user, if the node is read as a part of that formula."""
    users = subject.uses.get(id(node), [])
    if len(users) != 1 or node is subject.root or id(node) in subject.rim:
        return None
    box = home[id(users[0])]
    if id(users[0]) in subject.stacks and not box.collapsed and node.op is not None:
        # What was reshaped for it; a reshape of a reshape is none of that.
        return box if users[0].op.joins and id(node) in subject.made_up else None
    room = not box.collapsed and len(box.members) < (LONGEST if formulas else FOLDED)
    return box if room and is_part(subject, node, users[0], formulas) else None


def is_part(subject: Subject, node: Node, user: Node, formulas: bool) -> bool:
    """Whether an unnamed node is better read inside the formula of its only user."""
    if node.op is None or id(node) not in subject.made_up or node.hand is not None:
        return False
    if node.group is not user.group and node.group != user.group:
        return False
    if id(node) in subject.shifts:
        return True
    own, its = node.op.spelling(*node.inputs), user.op.spelling(*user.inputs)
    if its == NEGATIVE or (is_scale(user) and (own == NEGATIVE or node.op.moves == SUMMED)):
        return True
    return formulas and is_sign(own)


def is_scale(node: Node) -> bool:
    """Whether a node is its input times or divided by a single number."""
    if node.op.spelling(*node.inputs) not in ("{} · {}", "{} / {}"):
        return False
    x, y = node.inputs
    return isinstance(x, Node) and not isinstance(y, Node) and np.size(y) == 1
