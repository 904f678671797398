"""Groups within groups: which entry of which block a node was recorded in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..core.graph import Node

__all__ = ["Groups"]


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
