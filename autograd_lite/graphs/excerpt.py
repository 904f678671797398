"""The part of a graph that is shown: all of it, or its two ends."""

from __future__ import annotations

from typing import Any

from ..core.graph import Node

__all__ = ["Excerpt"]

USERS = 20  # uses of a value that are followed when only the ends of a graph are shown


class Excerpt:
    """The nodes of a graph in order, or with `ends` so many of them from either end.

    Those are `shown`. With them are kept the nodes that use them, whose rules stand in their
    gradients, and what those use: it is on the `rim`, where the graph is cut off.
    """

    def __init__(self, nodes: list[Node], ends: int | None = None) -> None:
        self.nodes = nodes
        self.shown = {id(node) for node in nodes}
        self.head: set[int] = set()
        self.rim: set[int] = set()
        self.left_out = 0
        if ends is not None:
            self.cut(ends)

    def cut(self, ends: int) -> None:
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

    def inputs(self, node: Node) -> tuple[Any, ...]:
        """The inputs of a node; none on the rim."""
        return () if id(node) in self.rim else node.inputs
