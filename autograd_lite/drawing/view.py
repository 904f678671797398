"""The graph as it is shown: boxes with names and formulas, edges with rules and contributions.

Drawing, trace table and stepper are three ways of printing one `View`. A box is one node, or
several that are shown as one.
"""

from __future__ import annotations

from typing import Any

from ..core.graph import Node
from .boxes import Box, Use, fold
from .formula import box_formula
from .rules import box_rules
from .subject import Subject

__all__ = ["View"]


class View:
    """The boxes of a folded graph in order of computation, joined by edges, with what they say.

    `home` has the box of every node and constant by identity; the groups in it are open down to
    `depth`. `only` names the groups and nodes whose boxes are kept, with what goes into them.
    """

    def __init__(
        self,
        subject: Subject,
        home: dict[int, Box] | None = None,
        depth: int | None = None,
        only: Any = None,
    ) -> None:
        self.subject = subject
        self.depth = depth
        self.home = fold(subject, depth) if home is None else home
        self.root = self.home[id(subject.root)]
        self.boxes = in_order(subject, self.home)
        for box in self.boxes:
            join(subject, self.home, box)
            box.formula = box_formula(subject, box)
            box_rules(subject, box)
        if only is not None:
            self.boxes = selected(self, only)

    @property
    def covered(self) -> frozenset[str]:
        """The names of nodes that have no box of their own, and are not results of one."""
        names = self.subject.names
        used = {names[id(edge.x)] for box in self.boxes for edge in box.edges}
        return frozenset(names.values()) - {box.name for box in self.boxes} - used

    def __del__(self) -> None:
        # Boxes and edges refer to each other: apart, they and the graph need no garbage collector.
        for box in self.home.values():
            box.users.clear()
            box.edges.clear()


def in_order(subject: Subject, home: dict[int, Box]) -> list[Box]:
    """The boxes as they are computed, each constant before its first use."""
    found: dict[int, Box] = {}
    for node in subject.nodes:
        for x in subject.inputs(node):
            if id(x) in subject.constants and id(x) in home:
                found.setdefault(id(x), home[id(x)])
        box = home[id(node)]
        if box.node is node:
            found[id(node)] = box
            box.members.reverse()
    return list(found.values())


def join(subject: Subject, home: dict[int, Box], box: Box) -> None:
    """Make the edges into a box: one for every use of something outside it."""
    inner = {id(m) for m in box.members}
    known: dict[int, Use] = {}
    for m in box.members:
        for i, x in enumerate(subject.inputs(m)):
            if id(x) not in home or id(x) in inner:
                continue
            if box.collapsed and id(x) in known:
                known[id(x)].uses.append((m, i))
                continue
            edge = known[id(x)] = Use(home[id(x)], box, x, subject.names[id(x)], [(m, i)])
            box.edges.append(edge)
            edge.source.users.append(edge)


def selected(view: View, only: Any) -> list[Box]:
    """The boxes of the groups and nodes in `only`, and what goes into them, which ends there."""
    kept: dict[int, Box] = {}
    names = view.subject.groups.names
    for thing in [only] if isinstance(only, str | Node) else list(only):
        found = [box for box in view.boxes if belongs(box, thing, names)]
        if not found:
            known = sorted(set(names))
            raise ValueError(
                f"only={thing!r} is no group or node of this graph; give a node, its name, or "
                + (f"one of the groups {', '.join(known)}" if known else "a group: it has none")
            )
        kept |= {id(box): box for box in found}
    around = {id(edge.source) for box in kept.values() for edge in box.edges}
    boxes = [box for box in view.boxes if id(box) in kept or id(box) in around]
    for box in boxes:
        if id(box) not in kept:
            box.edges = []
    return boxes


def belongs(box: Box, thing: Any, names: list[str]) -> bool:
    """Whether a box is that of a node, or belongs to a group or goes by a name."""
    if isinstance(thing, Node):
        return any(thing is member for member in box.members)
    return thing in (box.name, box.collapsed, *(names[g] for g in box.group))
