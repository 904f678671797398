"""The computation graph: nodes, their topological order, and the backward sweep.

A `Node` remembers the operation that made it and the inputs it was made from. `toposort` lists the
nodes below a root so that every node comes after its inputs; `sweep` walks that list backwards and
hands each node's *cotangent* (the derivative of the root with respect to the node, also called its
adjoint) to the node's inputs. Nothing here knows an operation, a scalar or an array: a cotangent is
whatever the rules of the operations return and `+` can add.

Source: Griewank and Walther, *Evaluating Derivatives* (2008), section 3.2 (reverse mode);
Baydin et al., "Automatic Differentiation in Machine Learning: a Survey", JMLR 18 (2018).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterable, Sequence
from copy import copy
from typing import Any

from ..nodes import blocks as context

__all__ = ["Node", "sweep", "toposort", "wrap"]

new = object.__new__

# Python counts every write to a node's data. A node carries the count at which its data was last
# set, so an input that is younger than the node computed from it has been changed in between.
clock = 0

rewritten = False
"""Whether the result of any operation has been written to: then it may be younger than its uses."""

kinds: dict[type, type[Node]] = {}
"""The kind of node for each type of data: `float` → Value, `numpy.ndarray` → Tensor."""

node_types: set[type] = set()
"""Every class of nodes. `type(x) in node_types` takes half the time of `isinstance(x, Node)`."""

Pull = Callable[["Node", Any], None]
"""Hands the cotangent of a node on to its inputs."""

stand_ins: set[type] = set()
"""The types of data that stand for numbers while a function is compiled."""

_lock = threading.RLock()
_running: list[list[Node]] = []  # the nodes of the sweeps under way, outermost first


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
    # inputs lie in `left` and `right` rather than in one tuple (`right` is None for one input, and
    # a tuple of all further ones for more than two): a tuple is one more object for the garbage
    # collector to follow, and the collector, not this code, decides how fast a large scalar graph
    # is built (measured: 0.6 times the time).
    __slots__ = (
        "__weakref__",
        "cotangent",
        "grad",
        "left",
        "mark",
        "notes",
        "op",
        "primal",
        "right",
        "stamp",
        "unrolled",
    )

    primal: Any
    op: Any
    left: Any
    right: Any
    grad: Any
    cotangent: Any
    mark: Any
    stamp: int
    notes: dict[str, Any] | None
    unrolled: Pull | None
    # Each kind of node has these of its data.
    shape: Any
    ndim: Any
    size: Any
    dtype: Any

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        node_types.add(cls)

    def _as_leaf(self, primal: Any, label: str) -> None:
        """Set every field of a node that no operation made."""
        if not isinstance(label, str):
            raise TypeError(f"a label is a string, not {label!r}")
        self.primal = primal
        self.op = self.left = self.right = self.unrolled = None
        self.grad = self.cotangent = self.mark = None
        self.stamp = clock
        self.notes = {"label": label} if label else None

    @property
    def inputs(self) -> tuple[Any, ...]:
        """What the operation was applied to, nodes and constants, in order; `()` for a leaf."""
        if self.op is None:
            return ()
        if self.right is None:
            return (self.left,)
        if type(self.right) is tuple:
            return (self.left, *self.right)
        return (self.left, self.right)

    def _note(key: str, default: Any, doc: str) -> property:  # type: ignore[misc]
        def read(self: Node) -> Any:
            return default if self.notes is None else self.notes.get(key, default)

        def write(self: Node, value: Any) -> None:
            if key == "label" and not isinstance(value, str):
                raise TypeError(f"a label is a string, not {value!r}")
            # A copy, since nodes recorded in one block share their notes.
            self.notes = {**(self.notes or {}), key: value}

        return property(read, write, doc=doc)

    label = _note("label", "", "The name shown in drawings, tables and messages.")
    hand = _note("hand", None, "A gradient derived by hand, to be compared with autodiff's.")
    group = _note("group", (), "Names of the groups this node was recorded in, outermost first.")
    del _note

    # micrograd's names, so that code which looks at its graph runs here too.
    @property
    def _prev(self) -> set[Node]:
        return {x for x in self.inputs if isinstance(x, Node)}

    @property
    def _op(self) -> str:
        return "" if self.op is None else self.op.name

    def one(self) -> Any:
        """The seed 1 in the shape of this node, for `backward()` without a seed."""
        raise TypeError(f"{type(self).__name__} does not say what its seed is")

    def fit(self, g: Any) -> Any:
        """The cotangent `g` in this node's own shape and dtype, as `.grad` holds it."""
        return g

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
        >>> y.backward()
        >>> x.grad
        12.0
        """
        start = self.one() if seed is None else self.check_seed(seed)
        walk = sweep([self], [start], inner="keep")
        try:
            for leaf, g in walk:
                g = leaf.fit(g)
                leaf.grad = g if leaf.grad is None else leaf.grad + g
        finally:
            # Or a traceback that somebody keeps, as a notebook does, would keep the lock.
            walk.close()

    def check_seed(self, seed: Any) -> Any:
        """The seed as plain data, or ValueError when it has not this node's shape."""
        return seed

    def receive(self, g: Any) -> None:
        """Add one consumer's contribution. Never in place: a cotangent may be shared."""
        self.cotangent = g if self.cotangent is None else self.cotangent + g

    def pull(self, g: Any, record: bool) -> None:
        """Hand the final cotangent `g` on to the inputs, each by the operation's rule.

        What the operation is and what its inputs are is known when it is applied: `unrolled` is
        then a function that does the same for that case in the fewest steps, where there is one.
        """
        x = self.left
        if self.right is None and type(x) in node_types:  # one input: no lists are needed
            args = (self, x) if record else (self.primal, x.primal)
            shares = self.op.vjps(g, *args)
            self.send(x, self.op.vjp(0, g, *args) if shares is None else shares[0], g)
            return
        inputs = self.inputs
        args = (self, *inputs) if record else (self.primal, *map(data, inputs))
        # All shares at once, where an operation has a way: one by one, the time of an operation on
        # many inputs grows with the number squared.
        at_once = len(inputs) > 2 or node_types.issuperset(map(type, inputs))
        shares = self.op.vjps(g, *args) if at_once else None
        for i, x in enumerate(inputs):
            if type(x) in node_types:
                self.send(x, self.op.vjp(i, g, *args) if shares is None else shares[i], g)

    def forget(self) -> None:
        """Become a leaf: drop the operation and the inputs."""
        self.op = self.left = self.right = self.unrolled = None

    def send(self, x: Node, share: Any, g: Any) -> None:
        """Deliver a share of `g` to the input `x`, if its data is still what this node used.

        A leaf gets a share of its own: its gradient is the caller's, to be changed in place.
        """
        if share is g and x.op is None:
            share = copy(share)
        if x.stamp > self.stamp:
            raise ValueError(stale(x, self))
        x.receive(share)

    def refresh(self) -> None:
        """Notice data that was changed in place behind the node's back (arrays can be)."""


def data(x: Any) -> Any:
    """The plain data of a node; anything else as it is."""
    return x.primal if type(x) in node_types else x


def operand(x: Any) -> Any:
    """What an operation takes in the place of `x`: of an array filled with nodes the node of it."""
    return x.operand if hasattr(type(x), "operand") else x


def describe(x: Any) -> str:
    """A node or constant in a few words, for messages: its label, its shape."""
    label = f" {x.label!r}" if isinstance(x, Node) and x.label else ""
    shape = getattr(x, "shape", ())
    kind = type(x).__name__
    if shape == ():
        value = data(x)
        return (
            f"{kind}{label} ({value:.6g})" if isinstance(value, float | int) else f"{kind}{label}"
        )
    return f"{kind}{label} of shape {shape}"


def stale(x: Node, consumer: Node) -> str:
    """The message for data that was changed between forward and backward."""
    return (
        f"the data of {describe(x)} was changed after '{consumer._op}' had used it, so the "
        "gradient of what was computed can no longer be found. "
        + (
            "Compute the forward pass again after the change (in a training loop: forward, "
            "backward, then update)."
            if x.op is None
            else "Write into a copy of it instead: t = ag.array(t)."
        )
    )


def tick(at_least: int = 0) -> int:
    """Move the clock on: nodes made from now on are younger than all there are."""
    global clock
    with _lock:
        clock = max(clock + 1, at_least)
        return clock


def touch(x: Node) -> None:
    """Note that the data of `x` is from now on another."""
    x.stamp = tick()


def slots(inputs: Sequence[Any]) -> tuple[Any, Any]:
    """What a node keeps in `left` and in `right` for these inputs; see `Node`."""
    left, *more = inputs
    return left, more[0] if len(more) == 1 else tuple(more) or None


def wrap(primal: Any, op: Any, left: Any, right: Any = None) -> Node:
    """A node of the kind that fits the data, made by `op` from the inputs in two `slots`."""
    node: Any = new(kinds[type(primal)])
    node.primal = primal
    node.op = op
    node.left = left
    node.right = right
    node.unrolled = op.unrolled.get((type(left), type(right)))
    node.grad = node.cotangent = node.mark = node.notes = None
    node.stamp = clock
    return context.applied(node) if context.open_blocks else node


def toposort(roots: Iterable[Node], stop: Sequence[Node] = (), since: int = 0) -> list[Node]:
    """All nodes that the roots were computed from, each after its inputs; leaves come first.

    Nodes in `stop`, and those older than `since` (by their `stamp`), are taken as leaves: nothing
    below them is visited.
    """
    leaves, computed = sort(roots, stop, since)
    return leaves + computed


def sort(roots: Iterable[Node], stop: Sequence[Node], since: int) -> tuple[list[Node], list[Node]]:
    """What `toposort` finds: the leaves, and the nodes computed from them, each after its inputs.

    Depth first with its own stack, so that a chain of a million nodes needs no recursion. Every
    node visited is marked with tokens of this call, and each leaf notices whether its data was
    changed.
    """
    seen, done = object(), object()
    leaves: list[Any] = list(stop)
    for node in leaves:
        node.mark = done
        if node.op is None:
            node.refresh()
    stack: list[Any] = list(roots)
    for root in stack:
        if type(root) not in node_types:
            raise TypeError(
                f"the root of a graph is a Value or a Tensor, not {type(root).__name__} "
                f"{root!r:.40}; a plain number has no graph below it"
            )
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
            if node.op is None or node.stamp < since:
                node.mark = done
                if node.op is None:
                    node.refresh()
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
                    stack += [y for y in x if type(y) in types and y.mark is not done]
            node = node.left
            if type(node) not in types:
                break
    if rewritten:
        for node in computed:
            for x in node.inputs:
                if isinstance(x, Node) and x.op is not None and x.stamp > node.stamp:
                    raise ValueError(stale(x, node))
    return leaves, computed


def sweep(
    roots: Sequence[Node],
    seeds: Sequence[Any],
    record: bool = False,
    stop: Sequence[Node] = (),
    inner: str = "yield",
    since: int = 0,
) -> Generator[tuple[Node, Any], None, None]:
    """Reverse mode: yield `(node, final cotangent)` from the roots down to the leaves.

    A node is yielded when every path from the roots to it has arrived, and never before: that is
    what the topological order is for. Seeds may carry leading axes, `(*lead, *root.shape)`; all
    cotangents then carry them too, and one sweep computes a whole Jacobian. With `record` the rules
    are given nodes instead of data, so the cotangents are themselves nodes that can be swept.
    `inner` says what becomes of the cotangent of a node that was computed from others: "yield" it
    as any other, "keep" it in `.grad`, or "drop" it. What lies below nodes in `stop`, or
    below those older than `since`, is not visited.

    One sweep runs at a time: cotangents lie in the nodes, and threads may share leaves. A sweep
    inside a sweep (a rule that differentiates something itself) sets the outer one's aside.
    """
    if context.open_blocks and (recorder := context.recorder.get()) is not None:
        return recorder.sweep(_sweep, roots, seeds, record, stop, inner, since)
    return _sweep(roots, seeds, record, stop, inner, since)


def _sweep(
    roots: Sequence[Node],
    seeds: Sequence[Any],
    record: bool,
    stop: Sequence[Node],
    inner: str = "yield",
    since: int = 0,
) -> Generator[tuple[Node, Any], None, None]:
    """What `sweep` yields."""
    enclosed = _lock._is_owned()  # type: ignore[attr-defined]
    with _lock:
        aside: Sequence[tuple[Node, Any]] = ()
        if enclosed:
            aside = [(x, x.cotangent) for o in _running for x in o if x.cotangent is not None]
            for node, _ in aside:
                node.cotangent = None
        elif _running:
            abandon(0)  # what an interruption between two lines may have left behind
        level = len(_running)
        leaves, computed = sort(roots, stop, since)
        _running.extend((leaves, computed))
        try:
            if len(seeds) != len(roots):
                raise ValueError(f"{len(roots)} roots need as many seeds, not {len(seeds)}")
            for i, root in enumerate(roots):
                root.receive(seeds[i])
            keep, drop = inner == "keep", inner == "drop"
            watchers = context.sweep_observers.get() if context.open_blocks else ()
            general = record or len(watchers) > 0
            for node in reversed(computed):
                g = node.cotangent
                if g is None:
                    continue
                node.cotangent = None
                if keep:
                    node.grad = g
                elif not drop or (node.right is None and type(node.left) not in node_types):
                    yield node, g
                pull = node.unrolled
                if pull is None or general:
                    node.pull(g, record)
                    for watch in watchers:
                        watch(node, g)
                else:
                    pull(node, g)
            for node in leaves:
                g = node.cotangent
                if g is not None:
                    node.cotangent = None
                    yield node, g
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
