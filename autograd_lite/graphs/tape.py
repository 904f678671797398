"""A recorded graph laid out flat, so that its sweep can be run again with something changed.

The engine's own sweep keeps its cotangents in the nodes and forgets them. A `Tape` keeps every one,
knows every edge, and computes three things from them: what a changed cotangent at one node does to
the gradient of another (`push`), what one edge brings (`contribution`), and what the result would
be for other numbers at a node (`forward`). The engine has no hooks for this; the rules are enough.

Source: Griewank and Walther, *Evaluating Derivatives* (2008), section 3.3 (adjoints as a linear
map).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Any

import numpy as np

from ..core.graph import Node, ZeroTimesInfinity, data, toposort
from ..ops.zeros import arriving
from .names import Names, constant_name

__all__ = ["Tape", "identity_seed", "pull", "shares"]


def identity_seed(root: Node) -> Any:
    """The seed of a sweep from `root`: 1, or one seed for each entry along a leading axis."""
    if root.size == 1:
        return np.ones(root.shape, root.dtype) if root.shape else 1.0
    return np.eye(root.size, dtype=root.dtype).reshape(root.size, *root.shape)


def pull(node: Node, i: int, g: Any, absent: Any = None) -> Any:
    """The share of the cotangent `g` of `node` that its rule sends to input `i`.

    `absent` says of 0 · inf where it is 0 (see `core.zeros`); without, it is wherever g is 0.
    """
    absent = np.equal(g, 0) if absent is None else absent
    return data(node.op.pulled(absent, i, g, node.primal, *map(data, node.inputs)))


def shares(
    node: Node, g: Any, pull: Callable[[Node, int, Any], Any] = pull
) -> Iterator[tuple[int, Any]]:
    """What the cotangent `g` of `node` sends to each of its inputs that is a node, by its place."""
    for i, x in enumerate(node.inputs):
        if isinstance(x, Node):
            yield i, pull(node, i, g)


class Tape:
    """The nodes below `root` in order, with the cotangent of each.

    `adjoint[x]` is what leaves x for its inputs and `arrived[x]` what its consumers brought. They
    differ only at `pinned` nodes, whose cotangent is replaced by the one given: that is how an
    error is carried forward. `lead` are the leading axes of all cotangents, `()` for a scalar root.
    Constant arrays are called by the caller's `variables`.
    """

    def pull(self, node: Node, i: int, g: Any) -> Any:
        """The share of the cotangent `g` of `node` that its rule sends to input `i`."""
        try:
            return data(node.op.pulled(None, i, g, node.primal, *map(data, node.inputs)))
        except ZeroTimesInfinity:
            arrives = self.arriving[node]
            return pull(node, i, g, ~arrives if arrives.shape == np.shape(g) else None)

    @cached_property
    def arriving(self) -> dict[Node, Any]:
        """Where a cotangent of 0 is 0 at this point only: see `core.zeros`."""
        computed = [x for x in self.order if x.op is not None]
        return arriving(computed, [self.root], [identity_seed(self.root)])

    def __init__(
        self,
        root: Node,
        pinned: Mapping[Node, Any] | None = None,
        variables: Names | None = None,
    ) -> None:
        self.root = root
        self.variables = variables or Names()
        self.order = toposort([root])
        self.pinned = dict(pinned or {})
        self.lead = () if root.size == 1 else (root.size,)
        self.consumers: dict[Node, list[tuple[Node, int]]] = {x: [] for x in self.order}
        for node in self.order:
            for i, x in enumerate(node.inputs):
                if isinstance(x, Node):
                    self.consumers[x].append((node, i))
        self.place = {node: k for k, node in enumerate(self.order)}
        self._names: dict[Node, str] = {}
        self._constants: dict[int, str] = {}
        self._above: dict[tuple[Node, bool], list[Node]] = {}

    @cached_property
    def _swept(self) -> tuple[dict[Node, Any], dict[Node, Any], dict[tuple[Node, int], Any]]:
        arrived: dict[Node, Any] = {self.root: identity_seed(self.root)}
        adjoint: dict[Node, Any] = {}
        brought: dict[tuple[Node, int], Any] = {}
        with np.errstate(all="ignore"):
            for node in reversed(self.order):
                g = self.pinned.get(node, arrived.get(node))
                if g is None:
                    continue
                adjoint[node] = g
                for i, part in shares(node, g, self.pull):
                    brought[node, i] = part
                    x = node.inputs[i]
                    arrived[x] = arrived[x] + part if x in arrived else part
        return arrived, adjoint, brought

    @property
    def arrived(self) -> dict[Node, Any]:
        """What the consumers of each node brought to it; the seed, to the root."""
        return self._swept[0]

    @property
    def adjoint(self) -> dict[Node, Any]:
        """What leaves each node for its inputs."""
        return self._swept[1]

    def contribution(self, node: Node, i: int) -> Any:
        """C: what the edge from input `i` to `node` brought to that input."""
        return self._swept[2].get((node, i))

    def gradient(self, x: Node) -> np.ndarray:
        """What arrives at `x`, shape `(*lead, *x.shape)`; zeros where nothing does."""
        g = self.arrived.get(x)
        full = self.lead + x.shape
        return np.zeros(full) if g is None else np.broadcast_to(np.asarray(g, float), full)

    def above(self, x: Node) -> set[Node]:
        """The nodes that pass a change on to `x`: its consumers, theirs, ... up to pinned ones."""
        return set(self._upwards(x, self.pinned))

    def _upwards(self, x: Node, stop: Mapping[Node, Any]) -> list[Node]:
        """`x` and the nodes computed from it, in order; a node in `stop` is not passed."""
        key = x, bool(stop)
        if key not in self._above:
            found, stack = {x}, [x]
            while stack:
                for node, _ in self.consumers[stack.pop()]:
                    if node not in found and node not in stop:
                        found.add(node)
                        stack.append(node)
            self._above[key] = sorted(found, key=self.place.__getitem__)
        return self._above[key]

    def reach(self, x: Node) -> list[tuple[Node, int]]:
        """The edges whose change is felt at `x`, those nearest to it first."""
        edges = []
        for y in self._upwards(x, self.pinned):
            edges += [(n, i) for n, i in self.consumers[y] if n in self.adjoint]
        return edges

    def push(self, changes: Mapping[Node, Any], x: Node, above: set[Node] | None = None) -> Any:
        """What changes of the arriving cotangents do to the gradient of `x`: it is linear.

        A change may carry leading axes of its own, one for each of several changes at once.
        """
        above = self.above(x) if above is None else above
        flow = dict(changes)
        with np.errstate(all="ignore"):
            for node in reversed(self._upwards(x, self.pinned)):
                g = flow.get(node)
                if g is None or node is x:
                    continue
                for i, y in enumerate(node.inputs):
                    if isinstance(y, Node) and y in above:
                        part = pull(node, i, g)
                        flow[y] = flow[y] + part if y in flow else part
        return flow.get(x, 0.0)

    def forward(self, x: Node, numbers: Any, rules: Any = None) -> Any:
        """The root's data, were the data of `x` `numbers`. Everything above `x` is computed again.

        `rules(op)` may give another forward function for an operation.
        """
        return self.replayed(x, numbers, rules)[self.root]

    def replayed(self, x: Node, numbers: Any, rules: Any = None) -> dict[Node, Any]:
        """The data of every node above `x`, were the data of `x` `numbers`."""
        now: dict[Node, Any] = {x: numbers}
        for node in self._upwards(x, {})[1:]:
            args = [now.get(y, y.primal) if isinstance(y, Node) else y for y in node.inputs]
            forward = node.op.forward if rules is None else rules(node.op)
            now[node] = forward(*args)
        now.setdefault(self.root, self.root.primal)
        return now

    def sizes(self) -> dict[int, str]:
        """The lengths of axes that this graph has, with a name for each."""
        found: dict[int, str] = {}
        for node in self.order:
            for k, n in enumerate(node.shape):
                if n > 1:
                    name = "the batch size" if k == 0 and node.ndim > 1 else "the length of an axis"
                    found.setdefault(n, name)
            for y in node.inputs:
                if isinstance(y, np.ndarray):
                    for n in y.shape:
                        if n > 1:
                            found.setdefault(n, "the length of an axis")
        return found

    def name(self, node: Node) -> str:
        """A node in a few words: its label, or the formula it was made by, if short."""
        if node not in self._names:
            for depth in (3, 2, 1):
                self._names[node] = self.expression(node, depth)
                if len(self._names[node]) <= 40:
                    break
        return self._names[node]

    def called(self, x: Any) -> str:
        """An operand in a few words."""
        if isinstance(x, Node):
            return self.name(x)
        return self.constant(x, "the constant") if isinstance(x, np.ndarray) else "the constant"

    def constant(self, x: np.ndarray, otherwise: str) -> str:
        """A constant array by the variable that holds it, or else as it is called here."""
        if id(x) not in self._constants:
            self._constants[id(x)] = constant_name(x, self.variables)
        return self._constants[id(x)] or otherwise

    def expression(self, x: Any, depth: int) -> str:
        """What a node was computed by, `depth` operations deep; … stands for what lies deeper.

        >>> import autograd_lite as ag
        >>> x = ag.Value(2.0, label="x")
        >>> y = ag.tanh(3 * x) - 1
        >>> Tape(y).expression(y, 3)
        'tanh(3 * x) - 1'
        """
        if not isinstance(x, Node):
            return f"{x:.4g}" if np.ndim(x) == 0 else self.constant(x, "const")
        if x.label:
            return x.label
        if x.op is None:
            return "input"
        if depth == 0:
            return "…"
        inside = [self.expression(y, depth - 1) for y in x.inputs[:3]]
        name = x.op.name
        if len(inside) == 2 and not name.isalnum():
            parts = [
                f"({text})"
                if isinstance(y, Node) and not y.label and " " in text and not y.op.name.isalnum()
                else text
                for y, text in zip(x.inputs, inside, strict=True)
            ]
            return f"{parts[0]} {name} {parts[1]}"
        return f"{name}({', '.join(inside)})"
