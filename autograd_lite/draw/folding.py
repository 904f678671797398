"""Which nodes make one box: what is read as one formula, and a group that is collapsed.

A minus sign or a shift by a constant is part of the formula it belongs to (`L = −sum(m)`), if
nobody gave it a name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..core.graph import Node
from .boxes import Box, is_scale

if TYPE_CHECKING:
    from .view import View

__all__ = ["fold"]

FOLDED = 8  # nodes that are read in one formula


def fold(view: View, depth: int | None) -> dict[int, Box]:
    """The box of every node; groups deeper than `depth` are a box each."""
    home: dict[int, Box] = {}
    collapsed: dict[int, Box] = {}
    for node in reversed(view.nodes):
        chain = view.groups.of(node)
        if depth is not None and len(chain) > depth:
            key = chain[depth]
            box = collapsed.get(key)
            if box is None:
                box = collapsed[key] = box_of(view, node, chain[:depth])
                box.collapsed = key
            box.members.append(node)
            home[id(node)] = box
            continue
        users = view.uses.get(id(node), [])
        alone = len(users) == 1 and node is not view.root and id(node) not in view.excerpt.rim
        into = home[id(users[0])] if alone else None
        room = into is not None and into.collapsed is None and len(into.members) < FOLDED
        if into is not None and room and is_part(view, node, users[0]):
            into.members.append(node)
            home[id(node)] = into
        else:
            home[id(node)] = box = box_of(view, node, chain)
            box.members.append(node)
    return home


def box_of(view: View, node: Node, group: tuple[int, ...]) -> Box:
    """A new box, with nothing in it yet, that goes by the name of a node."""
    kind = "output" if node is view.root else "leaf" if node.op is None else ""
    return Box(node, view.names[id(node)], kind, [], group)


def is_part(view: View, node: Node, user: Node) -> bool:
    """Whether an unnamed node is better read inside the formula of its only user."""
    if node.op is None or id(node) not in view.made_up or node.hand is not None:
        return False
    if node.group is not user.group and node.group != user.group:
        return False
    if id(node) in view.shifts:
        return user._op == "exp"
    return user._op == "neg" or (is_scale(user) and node._op in ("sum", "neg"))
