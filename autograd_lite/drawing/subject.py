"""What is drawn: a graph's nodes as a person reads them, with their uses, names and groups."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..core.graph import Node
from ..graphs.expression import RESHAPED
from ..graphs.names import Names, name_all
from ..graphs.tape import Tape

__all__ = ["Groups", "Subject"]

USERS = 20  # uses of a value that are followed when only the ends of a graph are shown


class Subject:
    """The nodes of a graph in the order in which they are read: inputs first, from left to right.

    `names` has a name of its own for every node and every constant that has a box, by identity, and
    `made_up` the nodes for which nobody chose it. `shifts` are nodes that softmax makes: z − max z;
    `stacks` are joined of inputs with a new axis.

    With `ends`, only so many nodes at either end are `shown`. Kept with them are the nodes that use
    them, whose rules stand in their gradients, and what those use: it is on the `rim`, where the
    graph is cut off.
    """

    def __init__(
        self, tape: Tape, given: dict[int, str], variables: Names, ends: int | None = None
    ) -> None:
        self.root = tape.root
        self.tape = tape
        self.nodes = read_order(tape.root)
        self.count = len(self.nodes)
        self.shown = {id(node) for node in self.nodes}
        self.head: set[int] = set()
        self.rim: set[int] = set()
        if ends is not None:
            self._cut(ends)
        self.left_out = self.count - len(self.shown)
        self.shifts = {id(node) for node in self.nodes if is_shift(node)}
        self.stacks = {id(node) for node in self.nodes if is_stack(node)}
        self.uses: dict[int, list[Node]] = {}
        self.constants: dict[int, Any] = {}
        letters: dict[int, str] = {}
        for node in self.nodes:
            for x in self.inputs(node):
                if isinstance(x, Node):
                    self.uses.setdefault(id(x), []).append(node)
                elif is_drawn(x) and id(node) not in self.shifts:
                    self.constants.setdefault(id(x), x)
                    # The constant of a cross-entropy is what the books call t, the target.
                    letters[id(x)] = "t" if any("entropy" in g for g in node.group) else "c"
        lettered = [(x, letters[key]) for key, x in self.constants.items()]
        self.names, self.made_up = name_all(self.nodes, lettered, given, variables)
        self.groups = Groups(self.nodes)

    def _cut(self, ends: int) -> None:
        """Keep the first and last nodes, those that use them, and on the rim what those use."""
        self.head = {id(node) for node in self.nodes[:ends]}
        self.shown = self.head | {id(node) for node in self.nodes[-ends:]}
        kept = set(self.shown)
        for x in self.nodes:
            if id(x) in self.shown:
                kept |= {id(node) for node, _ in self.tape.consumers[x][-USERS:]}
        for node in self.nodes:
            if id(node) in kept:
                self.rim |= {id(x) for x in node.inputs if isinstance(x, Node)} - kept
        self.nodes = [node for node in self.nodes if id(node) in kept or id(node) in self.rim]

    def inputs(self, node: Node) -> tuple[Any, ...]:
        """The inputs of a node; none on the rim."""
        return () if id(node) in self.rim else node.inputs


def read_order(root: Node) -> list[Node]:
    """The nodes of a graph as formulas name them: the first input before the second, leaves too.

    (The engine's order is any in which inputs come first; it has all leaves in front.)
    """
    found: dict[Node, None] = {}
    stack: list[tuple[Node, bool]] = [(root, False)]
    while stack:
        node, ready = stack.pop()
        if ready:
            found[node] = None
        elif node not in found:
            stack.append((node, True))
            inputs = [x for x in node.inputs if isinstance(x, Node) and x not in found]
            stack += [(x, False) for x in reversed(inputs)]
    return list(found)


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

    @property
    def depth(self) -> int:
        """How many groups lie one inside the other."""
        return max((len(chain) for chain in self.chains.values()), default=0)

    def of(self, node: Any) -> tuple[int, ...]:
        """The group instances around a node, outermost first."""
        path = node.group if isinstance(node, Node) else ()
        return self.chains.get(id(path), ()) if path else ()


def is_stack(node: Node) -> bool:
    """Whether a node joins inputs that were each given a new axis for it, as `ag.stack` does."""
    return node.op is not None and node.op.joins and all(map(is_widened, node.inputs))


def is_widened(x: Any) -> bool:
    """Whether a node is another with a new axis."""
    if not isinstance(x, Node) or x.op is None or x.op.moves != RESHAPED or x.label:
        return False
    return x.ndim == x.inputs[0].ndim + 1 and x.size == x.inputs[0].size


def is_drawn(x: Any) -> bool:
    """Whether a constant has a box; single numbers stand in the formulas."""
    return not isinstance(x, Node) and isinstance(x, np.ndarray) and x.size != 1


def is_shift(node: Node) -> bool:
    """Whether a node is z − max(z) with the maximum taken as a constant, as softmax does it."""
    if node.op is None or node.op.spelling(*node.inputs) != "{} − {}":
        return False
    x, c = node.inputs
    if isinstance(c, Node) or not isinstance(x, Node):
        return False
    x, c = np.asarray(x.primal), np.asarray(c)
    if not x.ndim or c.ndim != x.ndim or not x.size:
        return False
    axes = tuple(k for k, (n, m) in enumerate(zip(x.shape, c.shape, strict=True)) if n != m)
    with np.errstate(all="ignore"):
        return bool(np.array_equal(x.max(axis=axes, keepdims=True), c))
