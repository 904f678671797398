"""The computation graph: nodes, their topological order, and the backward sweep.

A `Node` remembers the operation that made it and the inputs it was made from. `toposort` lists the
nodes below a root so that every node comes after its inputs; `sweep` walks that list backwards and
hands each node's *cotangent* (the derivative of the root with respect to the node, also called its
adjoint) to the node's inputs. Nothing here knows an operation, a scalar or an array: a cotangent is
whatever the rules of the operations return and `+` can add.

Source: Griewank and Walther, *Evaluating Derivatives* (2008), section 3.2 (reverse mode).
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

__all__ = ["Node", "sweep", "toposort"]

kinds: dict[type, type[Node]] = {}
"""The kind of node for each type of data: `float` → Value, `numpy.ndarray` → Tensor."""

blocks: list[Any] = []
"""What the blocks open around the code (`no_grad`, `group`, …) do: see `nodes.blocks`."""

version = 0
"""Grows with every change of a leaf's data. A node has the version at which its data was set, so an
input of a later version than the node computed from it has been changed in between."""

in_parts: set[type] = set()
"""Types of cotangents that collect what is added to them, and are laid out when all has arrived."""

_lock = threading.Lock()


class ZeroTimesInfinity(ArithmeticError):
    """A cotangent of 0 met a slope that is not finite."""


def absent(computed: Any, roots: Any, seeds: Any) -> Any:
    """Where 0 · inf is 0, by node: nowhere, until `ops.zeros`, which knows, puts its own here."""
    return defaultdict(bool)


class Node:
    """A value in the graph, the operation that made it, and the inputs it was made from.

    `data` is the number or array, `op` the operation (None for a leaf), `inputs` what it was
    applied to. `grad` is None until a sweep reaches the node; then it is the derivative of the
    sweep's root with respect to it. A node is made by an operation, or as a Value or a Tensor.

    >>> import autograd_lite as ag
    >>> x = ag.Value(3.0)
    >>> y = x * 2.0
    >>> y.op.name, y.inputs[0] is x, y.inputs[1]
    ('*', True, 2.0)
    """

    # `primal` is the data that rules read; users read and assign `data`, which notices changes. The
    # inputs lie in `left` and `right` (None for one input, a tuple of all but the first for more
    # than two): a tuple a node is one more object for the garbage collector, which decides how fast
    # a large graph of scalars is built (0.6 times the time). The last line is for `fast` alone.
    __slots__ = (
        *("__weakref__", "grad", "left", "notes", "op", "primal", "right", "version"),
        *("cotangent", "mark", "pull"),
    )
    if TYPE_CHECKING:  # what `nodes` gives every kind of node
        grad: Any
        notes: dict[str, Any] | None
        version: int
        shape: Any
        ndim: Any
        size: Any
        dtype: Any
        hand: Any
        group: Any
        _op: Any

    def become(self, primal: Any, op: Any = None, left: Any = None, right: Any = None) -> None:
        """Set every field; without an operation this is a leaf."""
        self.primal, self.op, self.left, self.right = primal, op, left, right
        self.version, self.grad, self.notes = version, None, None

    @property
    def inputs(self) -> tuple[Any, ...]:
        """What the operation was applied to, nodes and constants, in order; `()` for a leaf."""
        more = self.right if type(self.right) is tuple else (self.right,) * (self.right is not None)
        return () if self.op is None else (self.left, *more)

    @property
    def label(self) -> str:
        """The name shown in drawings, tables and messages."""
        return (self.notes or {}).get("label", "")

    @label.setter
    def label(self, name: str) -> None:
        if not isinstance(name, str):
            raise TypeError(f"a label is a string, not {name!r}")
        self.notes = {**(self.notes or {}), "label": name}  # nodes of one block share their notes

    def current(self) -> Any:
        """The data, after a look whether it was changed behind the node's back (arrays can be)."""
        return self.primal

    def latest(self) -> int:
        """The version of the data, after such a look."""
        return self.version

    def one(self) -> Any:
        """The seed 1 in the shape of this node, for `backward()` without a seed."""
        raise TypeError(f"{type(self).__name__} does not say what its seed is")

    def check_seed(self, seed: Any) -> Any:
        """The seed as plain data, or ValueError when it has not this node's shape."""
        return seed

    def accumulated(self, g: Any) -> Any:
        """What `.grad` of this leaf is after one more sweep, in which `g` arrived."""
        return g if self.grad is None else self.grad + g

    def total(self, so_far: Any, share: Any) -> Any:
        """The cotangent with one contribution more. Never in place: it may be shared."""
        return share if so_far is None else so_far + share

    def backward(self, seed: Any = None) -> None:
        """Compute ∂self/∂node for every node below this one and keep it in `node.grad`.

        Leaves *accumulate* over sweeps (set `.grad = None` to start afresh), all other nodes hold
        the last sweep's. With a `seed`, a cotangent of this node's shape, the gradients are those
        of ⟨seed, self⟩.

        Raises ValueError when this node is not a scalar and no seed is given, when the seed has
        another shape, or when data was changed after it was used in this graph.

        >>> import autograd_lite as ag
        >>> x = ag.Value(3.0)
        >>> y = x * x
        >>> y.backward()
        >>> x.grad
        6.0
        """
        for node, g in sweep([self], [self.one() if seed is None else self.check_seed(seed)]):
            node.grad = g if node.op is not None else node.accumulated(g)

    def shares(
        self, g: Any, record: bool = False, absent: Any = None
    ) -> Iterator[tuple[Node, Any]]:
        """`(input, its share of the cotangent g)` for every input that is a node, by the rule.

        Where entries of `g` are `absent`, so are theirs, whatever the slope.
        """
        xs = [(i, x) for i, x in enumerate(self.inputs) if isinstance(x, Node)]
        args = (self, *self.inputs) if record else (self.primal, *map(data, self.inputs))
        # All at once where an operation has a way (not beside one constant): one by one, the time
        # of an operation on many inputs would grow with the number squared.
        each = self.op.vjps(g, *args) if absent is None and (len(xs), len(args)) != (1, 3) else ()
        for i, x in xs:
            yield unchanged(x, self), each[i] if each else self.op.pulled(absent, i, g, *args)


def data(x: Any) -> Any:
    """The plain data of a node; anything else as it is."""
    return x.primal if isinstance(x, Node) else x


def slots(inputs: Sequence[Any]) -> tuple[Any, Any]:
    """What a node keeps in `left` and in `right` for these inputs."""
    return inputs[0], inputs[1] if len(inputs) == 2 else tuple(inputs[1:]) or None


def wrap(primal: Any, op: Any, left: Any, right: Any = None) -> Node:
    """A node of the kind that fits the data, made by `op` from the inputs in two `slots`."""
    node = object.__new__(kinds[type(primal)])
    node.become(primal, op, left, right)
    for block in blocks:
        block.recorded(node)
    return node


def visited(roots: Iterable[Node], stop: Iterable[Node], since: int) -> dict[Node, bool]:
    """The nodes of `toposort` in order, and whether each hands its cotangent on to its inputs.

    Depth first with its own stack, so that a chain of a million nodes needs no recursion.
    """
    order = dict.fromkeys(stop, False)
    stack = list(map(checked_root, roots))
    while stack:
        node = stack[-1]
        inner = node.op is not None and node.version >= since and node not in order
        below = [x for x in node.inputs if isinstance(x, Node) and x not in order] if inner else []
        stack += reversed(below)
        if not below:  # all its inputs are in the list by now
            order.setdefault(stack.pop(), inner)
    return order


def toposort(roots: Iterable[Node], stop: Iterable[Node] = (), since: int = 0) -> list[Node]:
    """All nodes that the roots were computed from, each after its inputs; leaves come first.

    Nodes in `stop` and those of a version before `since` are taken as leaves: nothing below them
    is visited.
    """
    order = visited(roots, stop, since)
    return sorted(order, key=order.__getitem__)


def sweep(
    roots: Sequence[Node],
    seeds: Sequence[Any],
    record: bool = False,
    stop: Sequence[Node] = (),
    since: int = 0,
) -> Iterator[tuple[Node, Any]]:
    """Reverse mode: yield `(node, final cotangent)` from the roots down to the leaves.

    A node is yielded when every path from the roots to it has arrived, and never before: that is
    what the topological order is for. Seeds may carry leading axes, `(*lead, *root.shape)`; all
    cotangents then carry them too, and one sweep computes a whole Jacobian. With `record` the rules
    are given nodes instead of data, so the cotangents are themselves nodes that can be swept.
    `stop` and `since` as in `toposort`.
    """
    order = visited(roots, stop, since)
    found, missing = {}, None  # type: dict[Node, Any], Any
    for root, seed in zip(roots, seeds, strict=True):
        found[root] = root.total(found.get(root), seed)
    for node in filter(found.__contains__, reversed(order)):
        yield node, (g := whole(found.pop(node)))
        if order[node]:
            try:
                shares = list(node.shares(g, record))
            except ZeroTimesInfinity:
                missing = missing or absent([x for x in order if order[x]], roots, seeds)
                shares = list(node.shares(g, record, missing[node]))
            for block in blocks:
                block.pulled(node, g, [(x, whole(share)) for x, share in shares])
            for x, share in shares:
                found[x] = x.total(found.get(x), share)


def whole(g: Any) -> Any:
    """A cotangent, laid out if it has come in parts."""
    return g.laid_out() if type(g) in in_parts else g


def checked_root(x: Any) -> Node:
    """`x`, or TypeError if it is no node."""
    return x if isinstance(x, Node) else no_root(x)


def no_root(x: Any) -> Node:
    """Say that `x` is no node."""
    raise TypeError(
        f"the root of a graph is a Value or a Tensor, not {type(x).__name__} {x!r:.40}; a plain "
        "number has no graph below it"
    )


def next_version(at_least: int = 0) -> int:
    """A version later than all there are: that of data which is changed now."""
    global version
    with _lock:
        version = max(version + 1, at_least)
        return version


WAYS_OUT = {
    True: "Compute the forward pass again after the change (in a training loop: forward, backward, "
    "then update).",
    False: "Write into a copy of it instead: t = ag.array(t).",
}


def unchanged(x: Node, consumer: Node) -> Node:
    """`x`; ValueError if its data was changed after `consumer` was computed from it."""
    return changed(x, consumer) if x.latest() > consumer.version else x


def changed(x: Node, consumer: Node) -> Node:
    """Say that the data of `x` was changed."""
    raise ValueError(
        f"the data of {describe(x)} was changed after '{consumer.op.name}' had used it, so the "
        f"gradient of what was computed can no longer be found. {WAYS_OUT[x.op is None]}"
    )


def describe(x: Any) -> str:
    """A node or constant in a few words, for messages: its label, its shape."""
    name = type(x).__name__ + (f" {x.label!r}" if isinstance(x, Node) and x.label else "")
    shape, number = getattr(x, "shape", ()), data(x)
    if shape == ():
        return f"{name} ({number:.6g})" if isinstance(number, float | int) else name
    return f"{name} of shape {shape}"
