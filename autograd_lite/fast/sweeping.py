"""The sort and the sweep, with cotangents and marks in the nodes instead of a dict and a set."""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterable, Sequence
from copy import copy
from typing import Any

from numpy import ndarray

from ..core import graph
from ..core.graph import Node, ZeroTimesInfinity, blocks, checked_root, in_parts, kinds, whole

__all__ = ["backward", "become", "sweep", "toposort", "wrap"]

new = object.__new__
node_types: set[type] = set()  # `type(x) in node_types` takes half the time of isinstance(x, Node)


def known(cls: type[Node]) -> None:
    """Add a kind of node, and those made of it."""
    node_types.add(cls)
    for kind in cls.__subclasses__():
        known(kind)


_lock = threading.RLock()
_running: list[list[Node]] = []  # the nodes of the sweeps under way, outermost first


def become(node: Any, primal: Any, op: Any = None, left: Any = None, right: Any = None) -> None:
    """As `Node.become`, with the scratch paper of this folder."""
    node.primal = primal
    node.op = op
    node.left = left
    node.right = right
    node.pull = None if op is None else op.pulls[type(left), type(right)]
    node.grad = node.cotangent = node.mark = node.notes = None
    node.version = graph.version


def wrap(primal: Any, op: Any, left: Any, right: Any = None) -> Node:
    """As `core.graph.wrap`."""
    node: Any = new(kinds[type(primal)])
    become(node, primal, op, left, right)
    for block in blocks:
        block.recorded(node)
    return node


def toposort(roots: Iterable[Node], stop: Sequence[Node] = (), since: int = 0) -> list[Node]:
    """As `core.graph.toposort`, the leaves first."""
    with _lock:  # marks lie in the nodes, and threads may share them
        leaves, computed = sort(roots, stop, since)
    return leaves + computed


def sort(roots: Iterable[Node], stop: Sequence[Node], since: int) -> tuple[list[Node], list[Node]]:
    """The leaves, and the nodes computed from them, each after its inputs.

    Every node visited is marked with tokens of this call, and each leaf looks at its data once.
    """
    seen, done = object(), object()
    leaves: list[Any] = list(stop)
    for node in leaves:
        node.mark = done
        if node.op is None:
            node.current()
    stack: list[Any] = [root if type(root) in node_types else checked_root(root) for root in roots]
    computed: list[Any] = []
    pop, push, finish = stack.pop, stack.append, computed.append
    types = node_types
    while stack:
        node = pop()
        if node.mark is seen:  # all its inputs are in the list by now
            node.mark = done
            finish(node)
            continue
        while node.mark is not done:  # straight down along the first inputs
            if node.op is None or (since and node.version < since):
                node.mark = done
                if node.op is None:
                    node.current()
                leaves.append(node)
                break
            node.mark = seen
            push(node)
            x = node.right
            if x is not None:
                if type(x) in types:
                    if x.mark is not done:
                        push(x)
                elif type(x) is tuple:
                    stack += [y for y in reversed(x) if type(y) in types and y.mark is not done]
            node = node.left
            if type(node) not in types:
                break
    return leaves, computed


def sweep(
    roots: Sequence[Node],
    seeds: Sequence[Any],
    record: bool = False,
    stop: Sequence[Node] = (),
    since: int = 0,
) -> Generator[tuple[Node, Any], None, None]:
    """As `core.graph.sweep`. One runs at a time; one inside another sets the outer one's aside."""
    return _sweep(roots, seeds, record, stop, since)


def backward(self: Node, seed: Any = None) -> None:
    """As `Node.backward`."""
    if blocks:
        return plain_backward(self, seed)
    walk = _sweep([self], [self.one() if seed is None else self.check_seed(seed)], keep=True)
    try:
        for leaf, g in walk:
            if leaf.grad is None and type(g) is ndarray and g.base is None:
                # An array that the sweep made for this leaf: it need not be copied.
                leaf.grad = g if g.dtype is leaf.dtype else leaf.accumulated(g)
            else:
                leaf.grad = leaf.accumulated(g)
    finally:
        # Or a traceback that somebody keeps, as a notebook does, would keep the lock.
        walk.close()


plain_backward = Node.backward
backward.__doc__ = plain_backward.__doc__


def _sweep(
    roots: Sequence[Node],
    seeds: Sequence[Any],
    record: bool = False,
    stop: Sequence[Node] = (),
    since: int = 0,
    keep: bool = False,
) -> Generator[tuple[Node, Any], None, None]:
    """What `sweep` yields; to `keep` is to put it into `.grad` of nodes that were computed."""
    enclosed = _lock._is_owned()  # type: ignore[attr-defined]
    with _lock:
        aside: Sequence[tuple[Node, Any]] = ()
        if not enclosed and _running:
            abandon(0)  # what an interruption between two lines may have left behind
        level = len(_running)
        leaves, computed = sort(roots, stop, since)
        if enclosed:
            aside = [(x, x.cotangent) for x in (*leaves, *computed) if x.cotangent is not None]
            for node, _ in aside:
                node.cotangent = None
        _running.extend((leaves, computed))
        try:
            for root, seed in zip(roots, seeds, strict=True):
                root.cotangent = root.total(root.cotangent, seed)
            plainly = record or blocks
            missing: Any = None
            for node in reversed(computed):
                g = node.cotangent
                if g is None:
                    continue
                node.cotangent = None
                if type(g) in in_parts:
                    g = g.laid_out()
                if keep:
                    node.grad = g
                else:
                    yield node, g
                pull = node.pull
                if pull is None or plainly or not pull(node, g):
                    try:
                        shares = list(node.shares(g, record))
                    except ZeroTimesInfinity:
                        missing = missing or graph.absent(computed, roots, seeds)
                        shares = list(node.shares(g, record, missing[node]))
                    for block in blocks:
                        block.pulled(node, g, [(x, whole(share)) for x, share in shares])
                    for x, share in shares:
                        if share is g and x.op is None:
                            share = copy(share)  # a leaf's gradient is the caller's own
                        x.cotangent = x.total(x.cotangent, share)
            for node in leaves:
                g = node.cotangent
                if g is not None:
                    node.cotangent = None
                    yield node, whole(g)
            del _running[level:]
        except BaseException:
            abandon(level)
            raise
        finally:
            for node, g in aside:
                node.cotangent = g


def abandon(level: int) -> None:
    """Clear away what sweeps from this level inwards have left in the nodes."""
    for nodes in _running[level:]:
        for node in nodes:
            node.cotangent = None
    del _running[level:]
