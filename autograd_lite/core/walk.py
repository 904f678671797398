"""The nodes below others, for everything that is not a sweep."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from .graph import Node

__all__ = ["walk"]


def walk(roots: Sequence[Node], known: Iterable[Node] = (), since: int = 0) -> Iterator[Node]:
    """Yield every node the roots were computed from after its inputs.

    Those `known`, and those older than `since`, are left out, and what is below them.
    Unlike `toposort` it leaves no mark on a node, so it may run while a sweep does.

    >>> import autograd_lite as ag
    >>> x = ag.Value(2.0)
    >>> y = x * x + 1
    >>> [node.item() for node in walk([y])]
    [2.0, 4.0, 5.0]
    """
    done = set(known)
    stack = list(roots)
    while stack:
        node = stack[-1]
        if node in done or node.stamp < since:
            stack.pop()
            continue
        waiting = [
            x for x in node.inputs if isinstance(x, Node) and x not in done and x.stamp >= since
        ]
        if waiting:
            stack += waiting
            continue
        stack.pop()
        done.add(node)
        yield node
