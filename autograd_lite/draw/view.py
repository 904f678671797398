"""The graph as it is shown: boxes with names and formulas, edges with rules and contributions.

Drawing, trace table and stepper are three ways of printing one `View`. A box is one node, or
several that are shown as one.
"""

from __future__ import annotations

from typing import Any

from ..core.graph import Node
from ..graphs.excerpt import Excerpt
from ..graphs.names import Names, name_all
from .boxes import Box, Edge, is_drawn, is_shift, order
from .folding import fold
from .nesting import Groups
from .writing import write_formula, write_rules

__all__ = ["View"]


class View:
    """Boxes in order of computation, named, with their edges."""

    def __init__(
        self,
        root: Node,
        given: dict[int, str],
        variables: Names,
        depth: int | None = None,
        most: int | None = None,
        limit: int | None = None,
        only: Any = None,
        ends: int | None = None,
    ) -> None:
        """Groups deeper than `depth` are collapsed; with None, as few as leave `most` boxes.

        With more than `limit` boxes nothing is built: `declined` is true and `count` says how many.
        With `ends`, only so many nodes at either end are `shown`, and what their formulas speak of.
        """
        self.root = root
        self.depth = depth
        self.boxes: list[Box] = []
        self.nodes = order(root)
        self.count = len(self.nodes)
        self.declined = limit is not None and self.count > 100 * limit
        if self.declined:
            return
        self.excerpt = Excerpt(self.nodes, ends)
        self.nodes = self.excerpt.nodes
        self.shifts = {id(node) for node in self.nodes if is_shift(node)}
        self.uses: dict[int, list[Node]] = {}
        self.constants: dict[int, Any] = {}
        letters = self._find_uses()
        lettered = [(x, letters[key]) for key, x in self.constants.items()]
        self.names, self.made_up = name_all(self.nodes, lettered, given, variables)
        self.groups = Groups(self.nodes)
        self.home = fold(self, depth)
        if depth is None and most is not None and only is None:
            deepest = max((len(chain) for chain in self.groups.chains.values()), default=0)
            for level in range(deepest - 1, -1, -1):
                if self._size() <= most:
                    break
                self.depth = level
                self.home = fold(self, self.depth)
        self.count = self._size()
        if only is None and limit is not None and self.count > limit:
            self.declined = True
            return
        self._build()
        if only is not None:
            self._select(only)
            self.count = len(self.boxes)
            self.declined = limit is not None and self.count > limit

    def __del__(self) -> None:
        # Boxes and edges refer to each other: apart, they and the graph need no garbage collector.
        for box in self.__dict__.get("home", {}).values():
            box.users.clear()
            box.edges.clear()

    def _find_uses(self) -> dict[int, str]:
        """Note who uses each node, and which constants are drawn; the letters for those."""
        letters: dict[int, str] = {}
        for node in self.nodes:
            for x in self.excerpt.inputs(node):
                if isinstance(x, Node):
                    self.uses.setdefault(id(x), []).append(node)
                elif is_drawn(x) and id(node) not in self.shifts:
                    self.constants.setdefault(id(x), x)
                    # The constant of a cross-entropy is what the books call t, the target.
                    letters[id(x)] = "t" if any("entropy" in g for g in node.group) else "c"
        return letters

    def _size(self) -> int:
        """How many boxes there are."""
        return len({id(box) for box in self.home.values()}) + len(self.constants)

    def _select(self, only: Any) -> None:
        """Keep the boxes of the groups and nodes in `only`, and what goes into them."""
        wanted = [only] if isinstance(only, str | Node) else list(only)
        kept: dict[int, Box] = {}
        for thing in wanted:
            found = [box for box in self.boxes if self._is_in(box, thing)]
            if not found:
                known = sorted(set(self.groups.names))
                raise ValueError(
                    f"only={thing!r} is no group or node of this graph; give a node, its name, or "
                    + (f"one of the groups {', '.join(known)}" if known else "a group: it has none")
                )
            kept |= {id(box): box for box in found}
        around = {id(edge.source) for box in kept.values() for edge in box.edges}
        self.boxes = [box for box in self.boxes if id(box) in kept or id(box) in around]
        for box in self.boxes:
            if id(box) not in kept:
                box.edges = []

    def _is_in(self, box: Box, thing: Any) -> bool:
        """Whether a box belongs to a node, a group's name or a name."""
        if isinstance(thing, Node):
            return any(thing is member for member in box.members)
        names = [self.groups.names[g] for g in box.group]
        if box.collapsed is not None:
            names.append(self.groups.names[box.collapsed])
        return thing == box.name or thing in names

    def _build(self) -> None:
        """Put the boxes in order, join them by edges, and write on both."""
        for x in self.constants.values():
            box = Box(x, self.names[id(x)], "constant", [])
            self.home[id(x)] = box
        seen: set[int] = set()
        for node in self.nodes:
            box = self.home[id(node)]
            for x in self.excerpt.inputs(node):
                if id(x) in self.constants and id(x) not in seen:
                    seen.add(id(x))
                    self.boxes.append(self.home[id(x)])
            if box.node is node:
                self.boxes.append(box)
                box.members.reverse()
        for box in self.boxes:
            if box.kind == "constant":
                continue
            inner = {id(m) for m in box.members}
            for m in box.members:
                for i, x in enumerate(self.excerpt.inputs(m)):
                    if id(x) in self.home and id(x) not in inner:
                        edge = Edge(self.home[id(x)], box, m, i)
                        box.edges.append(edge)
                        edge.source.users.append(edge)
            write_formula(self, box)
            write_rules(self, box)
