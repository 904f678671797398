"""The graph as it is shown: boxes with names and formulas, edges with rules and contributions.

Drawing, trace table and stepper are three ways of printing one `View`. A box is one node, or
several that are shown as one: a minus sign or a shift by a constant is part of the formula it
belongs to (`L = −sum(m)`), and a collapsed group is a single box.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..graph import Node, data
from .expression import Apply, Symbol, constant, plus, substitute
from .formula import ATOM, formula, literal, wrapped
from .names import Names, name_all
from .rules import OUT, G, rule, slot

__all__ = ["Box", "Edge", "View", "order"]

FOLDED = 8  # nodes that are read in one formula
READ = 40  # nodes of a collapsed group through which rules are followed


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
    level: int = ATOM
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

    def message(self, g: Any = None) -> Any:
        """The numbers sent to the source: the consumer's rule on the consumer's gradient."""
        g = data(self.consumer.grad) if g is None else g
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


class Groups:
    """Which entry of which `with ag.group(...)` block a node was recorded in.

    Every entry makes a tuple of its own, so its identity tells two softmaxes apart. Which entry of
    the outer block an inner one was in is found by adjacency in the graph.
    """

    def __init__(self, nodes: Sequence[Node]) -> None:
        self.names: list[str] = []
        self.chains: dict[int, tuple[int, ...]] = {}
        by_path: dict[tuple[str, ...], list[int]] = {}
        near: dict[int, set[int]] = {}
        bare: dict[tuple[str, ...], tuple[int, ...]] = {}
        paths: dict[int, tuple[str, ...]] = {}
        for node in nodes:
            path = node.group
            if path:
                paths[id(path)] = path
            for x in node.inputs:
                if isinstance(x, Node) and x.group and path and x.group is not path:
                    near.setdefault(id(path), set()).add(id(x.group))
                    near.setdefault(id(x.group), set()).add(id(path))
        for key, path in sorted(paths.items(), key=lambda item: len(item[1])):
            parent: tuple[int, ...] = ()
            if len(path) > 1:
                options = by_path.get(path[:-1], [])
                close = [k for k in options if k in near.get(key, ())] or options
                if close:
                    parent = self.chains[close[0]]
                else:  # nothing was recorded in the outer block itself
                    for k, name in enumerate(path[:-1]):
                        if path[: k + 1] not in bare:
                            self.names.append(name)
                            bare[path[: k + 1]] = (*parent, len(self.names) - 1)
                        parent = bare[path[: k + 1]]
            self.names.append(path[-1])
            self.chains[key] = (*parent, len(self.names) - 1)
            by_path.setdefault(path, []).append(key)

    def of(self, node: Any) -> tuple[int, ...]:
        """The group instances around a node, outermost first."""
        path = node.group if isinstance(node, Node) else ()
        return self.chains.get(id(path), ()) if path else ()


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
    ) -> None:
        """Groups deeper than `depth` are collapsed; with None, as few as leave `most` boxes.

        With more than `limit` boxes nothing is built: `declined` is true and `count` says how many.
        """
        self.root = root
        self.depth = depth
        self.boxes: list[Box] = []
        self.nodes = order(root)
        self.count = len(self.nodes)
        self.declined = limit is not None and self.count > 100 * limit
        if self.declined:
            return
        self.uses: dict[int, list[Node]] = {}
        self.constants: dict[int, Any] = {}
        letters: dict[int, str] = {}
        self.shifts = {id(node) for node in self.nodes if is_shift(node)}
        for node in self.nodes:
            for x in node.inputs:
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
            into = home[id(users[0])] if len(users) == 1 and node is not self.root else None
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
            for x in node.inputs:
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
                for i, x in enumerate(m.inputs):
                    if id(x) in home and id(x) not in inner:
                        edge = Edge(home[id(x)], box, m, i)
                        box.edges.append(edge)
                        edge.source.users.append(edge)
            self._write_formula(box)
            self._write_rules(box, inner)

    def _write_formula(self, box: Box) -> None:
        if box.node.op is None:
            return
        if box.collapsed is not None:
            edges = sorted(box.edges, key=lambda edge: edge.source.kind == "constant")
            sources = dict.fromkeys(edge.source.name for edge in edges)
            name = self.groups.names[box.collapsed].replace("-", "_")
            box.formula = f"{name}({', '.join(sources)})"
            return
        inner = {id(m) for m in box.members}
        box.formula, box.level = self.formula_of(
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

    def title(self) -> str:
        """The whole formula of the root, groups written as functions, down to the leaves."""
        root = self.home[id(self.root)]
        if self.root.op is None:
            return root.name
        length = [0]

        def whole(x: Any, outside: tuple[int, ...]) -> tuple[str, int]:
            """The text of a node, seen from a place inside the groups `outside`."""
            length[0] += 1
            if not isinstance(x, Node):
                return (self.names[id(x)], ATOM) if id(x) in self.names else literal(x)
            shared = x is not self.root and len(self.uses.get(id(x), ())) > 1
            if x.op is None or shared or length[0] > 60:
                return self.names[id(x)], ATOM
            chain = self.groups.of(x)
            inner = (
                chain[len(outside) : len(outside) + 1] if chain[: len(outside)] == outside else ()
            )
            if inner:
                sources = self.sources_of(chain[: len(outside) + 1])
                texts = [whole(y, outside)[0] for y in sources]
                name = self.groups.names[inner[0]].replace("-", "_")
                return f"{name}({', '.join(texts)})", ATOM
            if id(x) in self.shifts:
                return whole(x.left, outside)
            return formula(x.op, x.left, [whole(y, outside) for y in x.inputs])

        text, _ = whole(self.root, ())
        short = length[0] <= 60 and len(text) <= 64
        return f"{root.name} = {text if short else root.formula}"

    def sources_of(self, chain: tuple[int, ...]) -> list[Any]:
        """What goes into a group: nodes from outside it and the constants that have a box."""
        found: dict[int, Any] = {}
        for node in self.nodes:
            if self.groups.of(node)[: len(chain)] != chain:
                continue
            for x in node.inputs:
                if isinstance(x, Node):
                    if self.groups.of(x)[: len(chain)] != chain:
                        found[id(x)] = x
                elif id(x) in self.constants:
                    found[id(x)] = x
        # Nodes before constants: cross_entropy(h, t).
        return sorted(found.values(), key=lambda x: not isinstance(x, Node))

    def _write_rules(self, box: Box, inner: set[int]) -> None:
        """The messages of a box in formulas: its members' rules, one put into the other."""
        known: dict[int, Any] = {id(box.node): gradient(box.name)}
        wanted = {(id(edge.consumer), edge.i): edge for edge in box.edges}
        if len(box.members) > READ:
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
