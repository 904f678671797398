"""The graph as it is shown: boxes with names and formulas, edges with rules and contributions.

Drawing, trace table and stepper are three ways of printing one `View`. A box is one node, or
several that are shown as one: a minus sign or a shift by a constant is part of the formula it
belongs to (`L = −sum(m)`), and a collapsed group is a single box.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..graph import Node, data
from ..variables import Names
from .boxes import Box, Edge, gradient, is_drawn, is_scale, is_shift, order
from .expression import Apply, Symbol, constant, plus, substitute
from .formula import ATOM, formula, literal, wrapped
from .names import name_all
from .nesting import Groups
from .rules import OUT, G, rule, slot

__all__ = ["View"]

FOLDED = 8  # nodes that are read in one formula

READ = 40  # nodes of a collapsed group through which rules are followed

USERS = 20  # uses of a value that are followed when only the ends of a graph are shown


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
        self.shown = {id(node) for node in self.nodes}
        self.head: set[int] = set()
        self.rim: set[int] = set()
        self.left_out = 0
        if ends is not None:
            self._keep_ends(ends)
        self.uses: dict[int, list[Node]] = {}
        self.constants: dict[int, Any] = {}
        letters: dict[int, str] = {}
        self.shifts = {id(node) for node in self.nodes if is_shift(node)}
        for node in self.nodes:
            for x in self._inputs(node):
                if isinstance(x, Node):
                    self.uses.setdefault(id(x), []).append(node)
                elif is_drawn(x) and id(node) not in self.shifts:
                    self.constants.setdefault(id(x), x)
                    # The constant of a cross-entropy is what the books call t, the target.
                    letters[id(x)] = "t" if any("entropy" in g for g in node.group) else "c"
        lettered = [(x, letters[key]) for key, x in self.constants.items()]
        self.names, self.made_up = name_all(self.nodes, lettered, given, variables)
        self.groups = Groups(self.nodes)
        home = self._fold()
        if depth is None and most is not None and only is None:
            deepest = max((len(chain) for chain in self.groups.chains.values()), default=0)
            for level in range(deepest - 1, -1, -1):
                if self._size(home) <= most:
                    break
                self.depth = level
                home = self._fold()
        self.count = self._size(home)
        if only is None and limit is not None and self.count > limit:
            self.declined = True
            return
        self._build(home)
        if only is not None:
            self._select(only)
            self.count = len(self.boxes)
            self.declined = limit is not None and self.count > limit

    def __del__(self) -> None:
        # Boxes and edges refer to each other: apart, they and the graph need no garbage collector.
        for box in self.__dict__.get("home", {}).values():
            box.users.clear()
            box.edges.clear()

    def _keep_ends(self, ends: int) -> None:
        """Keep the first and last nodes, those that use them, and on the rim what those use."""
        self.head = {id(node) for node in self.nodes[:ends]}
        self.shown = self.head | {id(node) for node in self.nodes[-ends:]}
        self.left_out = len(self.nodes) - len(self.shown)
        kept = set(self.shown)
        uses: dict[int, int] = {}
        for node in reversed(self.nodes):
            for x in node.inputs:
                if id(x) in self.shown and uses.setdefault(id(x), 0) < USERS:
                    uses[id(x)] += 1
                    kept.add(id(node))
        for node in self.nodes:
            if id(node) in kept:
                self.rim |= {id(x) for x in node.inputs if isinstance(x, Node)} - kept
        self.nodes = [node for node in self.nodes if id(node) in kept or id(node) in self.rim]

    def _inputs(self, node: Node) -> tuple[Any, ...]:
        """The inputs of a node; none on the rim, where the graph is cut off."""
        return () if id(node) in self.rim else node.inputs

    def _size(self, home: dict[int, Box]) -> int:
        """How many boxes there are."""
        return len({id(box) for box in home.values()}) + len(self.constants)

    def _select(self, only: Any) -> None:
        """Keep the boxes of the groups and nodes in `only`, and what goes into them."""
        wanted = [only] if isinstance(only, str | Node) else list(only)
        kept: dict[int, Box] = {}
        for thing in wanted:
            found = [box for box in self.boxes if self._is_in(box, thing)]
            if not found:
                known = sorted(set(self.groups.names))
                raise ValueError(
                    f"only={thing!r} is no group or node of this graph"
                    + (f"; its groups are {', '.join(known)}" if known else "")
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

    # --- which nodes make one box -----------------------------------------------------------------

    def _fold(self) -> dict[int, Box]:
        """The box of every node."""
        home: dict[int, Box] = {}
        collapsed: dict[int, Box] = {}
        for node in reversed(self.nodes):
            chain = self.groups.of(node)
            if self.depth is not None and len(chain) > self.depth:
                key = chain[self.depth]
                box = collapsed.get(key)
                if box is None:
                    box = collapsed[key] = self._box(node, chain[: self.depth])
                    box.collapsed = key
                box.members.append(node)
                home[id(node)] = box
                continue
            users = self.uses.get(id(node), [])
            alone = len(users) == 1 and node is not self.root and id(node) not in self.rim
            into = home[id(users[0])] if alone else None
            room = into is not None and into.collapsed is None and len(into.members) < FOLDED
            if into is not None and room and self._is_part(node, users[0]):
                into.members.append(node)
                home[id(node)] = into
            else:
                home[id(node)] = box = self._box(node, chain)
                box.members.append(node)
        return home

    def _box(self, node: Node, group: tuple[int, ...]) -> Box:
        kind = "output" if node is self.root else "leaf" if node.op is None else ""
        return Box(node, self.names[id(node)], kind, [], group)

    def _is_part(self, node: Node, user: Node) -> bool:
        """Whether an unnamed node is better read inside the formula of its only user."""
        if node.op is None or id(node) not in self.made_up or node.hand is not None:
            return False
        if node.group is not user.group and node.group != user.group:
            return False
        if id(node) in self.shifts:
            return user._op == "exp"
        return user._op == "neg" or (is_scale(user) and node._op in ("sum", "neg"))

    # --- boxes and edges --------------------------------------------------------------------------

    def _build(self, home: dict[int, Box]) -> None:
        self.home = home
        for x in self.constants.values():
            box = Box(x, self.names[id(x)], "constant", [])
            home[id(x)] = box
        seen: set[int] = set()
        for node in self.nodes:
            box = home[id(node)]
            for x in self._inputs(node):
                if id(x) in self.constants and id(x) not in seen:
                    seen.add(id(x))
                    self.boxes.append(home[id(x)])
            if box.node is node:
                self.boxes.append(box)
                box.members.reverse()
        for box in self.boxes:
            if box.kind == "constant":
                continue
            inner = {id(m) for m in box.members}
            for m in box.members:
                for i, x in enumerate(self._inputs(m)):
                    if id(x) in home and id(x) not in inner:
                        edge = Edge(home[id(x)], box, m, i)
                        box.edges.append(edge)
                        edge.source.users.append(edge)
            self._write_formula(box)
            self._write_rules(box, inner)

    def _write_formula(self, box: Box) -> None:
        if box.node.op is None or id(box.node) in self.rim:
            return
        if box.collapsed is not None:
            edges = sorted(box.edges, key=lambda edge: edge.source.kind == "constant")
            sources = dict.fromkeys(edge.source.name for edge in edges)
            name = self.groups.names[box.collapsed].replace("-", "_")
            box.formula = f"{name}({', '.join(sources)})"
            return
        inner = {id(m) for m in box.members}
        box.formula, _ = self.formula_of(
            box.node, lambda x: None if id(x) in inner else (self.names[id(x)], ATOM)
        )

    def formula_of(
        self, node: Node, name: Callable[[Any], tuple[str, int] | None]
    ) -> tuple[str, int]:
        """The formula of a node; `name` says how an input is written, or None to look inside it."""
        parts = []
        for x in node.inputs:
            if isinstance(x, Node):
                parts.append(name(x) or self.formula_of(x, name))
            elif id(x) in self.constants:
                parts.append((self.names[id(x)], ATOM))
            else:
                parts.append(literal(x))
        if id(node) in self.shifts:
            return f"{wrapped(parts[0], 0)} − max {wrapped(parts[0], ATOM)}", 0
        return formula(node.op, node.left, parts)

    def _write_rules(self, box: Box, inner: set[int]) -> None:
        """The messages of a box in formulas: its members' rules, one put into the other."""
        known: dict[int, Any] = {id(box.node): gradient(box.name)}
        wanted = {(id(edge.consumer), edge.i): edge for edge in box.edges}
        if len(box.members) > READ or id(box.node) in self.rim:
            return
        for m in reversed(box.members):
            g = known.get(id(m))
            if g is None:
                continue
            inputs = [data(x) for x in m.inputs]
            for i, x in enumerate(m.inputs):
                if not isinstance(x, Node):
                    continue
                values = {G: g, OUT: Symbol(self.names[id(m)])}
                values |= {slot(k): self._symbol(y, m) for k, y in enumerate(m.inputs)}
                e = substitute(rule(m.op, i, m.primal, inputs), values)
                if id(x) in inner:
                    known[id(x)] = plus(known[id(x)], e) if id(x) in known else e
                elif (id(m), i) in wanted:
                    wanted[(id(m), i)].rule = e

    def _symbol(self, x: Any, user: Node) -> Any:
        if id(x) in self.names:
            return Symbol(self.names[id(x)])
        value = float(np.asarray(x).reshape(-1)[0]) if np.size(x) == 1 else None
        if value is None:
            return Apply("max", ())
        # A division by 4 stays one on the way back: ÷ 4, not × 0.25.
        return Symbol(literal(x)[0]) if user._op == "/" else constant(value)
