"""Where mistakes are made: the gradient as a whole, an edge, a path, the examples, a stretch.

(A softmax is found by `softmaxes`.)
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

import numpy as np

from ...core.elementwise import Elementwise
from ...core.graph import Node, data
from ...ops.shape import sum_to
from ..measures import magnitude
from .evidence import Evidence, gap, slope
from .fixes import gradient_name, share
from .mistake import Place

__all__ = [
    "CROSS_ENTROPY",
    "EDGE",
    "EXAMPLES",
    "GRADIENT",
    "LAST",
    "PATH",
    "PATHS",
    "SHAPE",
    "SOFTMAX",
    "STRETCH",
    "Edge",
    "Examples",
    "Path",
    "Stretch",
    "examples",
    "joined",
    "paths",
    "stretches",
]

SHAPE = Place("a gradient of another shape")
"""Entries yield two arrays that are the same if the mistake was made."""

GRADIENT = Place("the gradient as a whole")
"""Entries yield the gradient."""

EDGE = Place("an edge of the graph")
"""Entries yield what the edge brings to its input."""

PATH = Place("one of several ways to a value")
"""Entries yield the gradient."""

PATHS = Place("all ways to a value")
"""Entries yield the gradient."""

EXAMPLES = Place("the examples of a batch")
"""Entries yield the gradient."""

STRETCH = Place("several operations between two nodes of one shape")
"""Entries yield what arrives at the lower one."""

SOFTMAX = Place("a softmax")
"""Entries yield what arrives at its scores."""

CROSS_ENTROPY = Place("a softmax followed by cross-entropy")
"""Entries yield what arrives at its scores."""

LAST = Place("the gradient, when nothing else explains it")
"""Entries yield the gradient."""

MOST_ENTRIES = 4_000_000
"""How many numbers may be pushed down at once."""

LARGEST = 128
"""The largest Jacobian, in rows, that is formed to be looked at."""


class Edge:
    """The edge from input `i` to `node`: what arrives, g, and the numbers of the operation."""

    def __init__(self, evidence: Evidence, node: Node, i: int) -> None:
        self.evidence, self.tape = evidence, evidence.tape
        self.node, self.i, self.op = node, i, node.op
        self.input = node.inputs[i]

    @cached_property
    def g(self) -> np.ndarray:
        """The cotangent that leaves the node."""
        return np.asarray(self.tape.adjoint[self.node], float)

    @cached_property
    def right(self) -> np.ndarray:
        """What the edge brings."""
        full = self.tape.lead + self.input.shape
        brought = np.asarray(self.tape.contribution(self.node, self.i), float)
        return np.broadcast_to(brought, full)

    @cached_property
    def inputs(self) -> list[np.ndarray]:
        """The data of the inputs."""
        return [np.asarray(data(x), float) for x in self.node.inputs]

    @property
    def x(self) -> np.ndarray:
        """The data of the input."""
        return self.inputs[self.i]

    @cached_property
    def y(self) -> np.ndarray:
        """The data of the node."""
        return np.asarray(self.node.primal, float)

    @property
    def source(self) -> Any:
        """The other of two inputs, a node or a constant."""
        return self.node.inputs[1 - self.i]

    @property
    def other(self) -> np.ndarray:
        """The data of the other of two inputs."""
        return self.inputs[1 - self.i]

    @cached_property
    def elementwise(self) -> bool:
        """Whether the operation works entry by entry, with a slope that is not 1 everywhere."""
        if not isinstance(self.op, Elementwise) or self.op.name in ("-", "neg"):
            return False
        return callable(self.op.partials[self.i])

    @cached_property
    def slope(self) -> np.ndarray:
        """The local derivative, entry by entry."""
        return slope(self.op.partials[self.i], self.y, *self.inputs)

    def times(self, d: Any) -> np.ndarray | None:
        """What another local derivative would bring; None where it is the right one or NaN."""
        d = np.asarray(d, float)
        if not np.all(np.isfinite(d)) or np.array_equal(d, self.slope):
            return None
        return np.asarray(sum_to(self.g * d, self.node.shape, self.input.shape))

    def pulled(self, *inputs: Any) -> Any:
        """What the operation's rule brings with other inputs."""
        return self.op.pulled(
            np.equal(self.g, 0), self.i, self.g, np.asarray(self.node.primal), *inputs
        )

    @cached_property
    def words(self) -> dict[str, Any]:
        """What a sentence may need: where it is, and what the inputs are called."""
        found = {"op": self.op.name, "at": f" (at {self.tape.name(self.node)})"}
        if len(self.node.inputs) == 2:
            found["other"] = self.tape.called(self.source)
        return found

    @cached_property
    def fix(self) -> str:
        """The right line for what the edge brings."""
        line = share(self.tape, self.node, self.i)
        return f"{gradient_name(self.input)} = {line}" if line else ""


class Path:
    """What one use of a value, used several times, adds to the gradient in question."""

    def __init__(self, evidence: Evidence, node: Node, i: int, brings: np.ndarray) -> None:
        self.evidence, self.node, self.i, self.brings = evidence, node, i, brings
        self.value = node.inputs[i]
        self.alone = True
        """Whether this is all of one use: x * x has two paths and is one use."""

    def taken(self, times: float) -> np.ndarray:
        """The gradient, were the path taken that many times."""
        return self.evidence.auto + (times - 1) * self.brings

    @cached_property
    def words(self) -> dict[str, Any]:
        """What a sentence may need: the use, the value, and the line that adds the path."""
        tape = self.evidence.tape
        line = share(tape, self.node, self.i)
        return {
            "use": tape.name(self.node),
            "value": tape.name(self.value),
            "fix": f"{gradient_name(self.value)} += {line}" if line else "",
        }


def paths(evidence: Evidence) -> dict[Node, list[Path]]:
    """The paths from each value that is used several times, pushed down to the gradient."""
    tape = evidence.tape
    several: dict[Node, list[Path]] = {}
    if tape.lead and evidence.auto.size > 10_000:
        return several
    for node, i in tape.reach(evidence.x):
        if evidence.clock.over():
            break
        y = node.inputs[i]
        brought = tape.contribution(node, i)
        uses = [edge for edge in tape.consumers[y] if edge[0] in tape.adjoint]
        if len(uses) < 2 or brought is None:
            continue
        path = evidence.shaped(tape.push({y: brought}, evidence.x, evidence.above))
        if magnitude(path) > 1e-13 * magnitude(evidence.auto):
            several.setdefault(y, []).append(Path(evidence, node, i, path))
    return several


def joined(found: list[Path]) -> list[Path]:
    """The paths of one value, those of one use together; then each of two of one use for itself."""
    by_use: dict[Node, list[Path]] = {}
    for path in found:
        by_use.setdefault(path.node, []).append(path)
    out = []
    for node, of_it in by_use.items():
        whole = np.sum([p.brings for p in of_it], axis=0)
        out.append(Path(of_it[0].evidence, node, of_it[0].i, whole))
    for of_it in by_use.values():
        for path in of_it if len(of_it) > 1 else ():
            path.alone = False
            out.append(path)
    return out


class Examples:
    """The shares of the examples of a batch in the gradient, and the rest of it."""

    def __init__(self, evidence: Evidence, shares: np.ndarray) -> None:
        self.evidence, self.shares, self.count = evidence, shares, len(shares)
        self.rest = evidence.auto - shares.sum(axis=0)
        self.wanted = evidence.hand - self.rest


def examples(evidence: Evidence) -> Iterator[Examples]:
    """The batches at the nodes above, those with the most in common with the result first."""
    if not evidence.scalar:
        return
    tape, x = evidence.tape, evidence.x
    tried: set[tuple[int, ...]] = set()
    for node in reversed(tape.order):
        if node not in evidence.above or node is tape.root or node.ndim < 1 or len(tried) > 8:
            continue
        count = node.shape[0]
        if count < 2 or node.shape in tried or count * node.size > MOST_ENTRIES:
            continue
        if (node is x and node.ndim < 2) or node not in tape.arrived or evidence.clock.over():
            continue
        tried.add(node.shape)
        g = np.asarray(tape.arrived[node], float)
        each = np.zeros((count, *g.shape))
        each[np.arange(count), np.arange(count)] = g
        shares: Any = tape.push({node: each}, x, evidence.above)
        shares = np.broadcast_to(shares, (count, *x.shape)).reshape(count, *evidence.auto.shape)
        sizes = np.abs(shares).reshape(count, -1).max(axis=1, initial=0.0)
        if np.count_nonzero(sizes > 1e-13 * sizes.max()) >= 2:
            yield Examples(evidence, shares)


class Stretch:
    """J = ∂y/∂u between two nodes of one shape, and what arrives at y."""

    def __init__(self, evidence: Evidence, y: Node, u: Node, rows: np.ndarray) -> None:
        self.evidence, self.y, self.u, self.rows = evidence, y, u, rows
        self.g = np.asarray(evidence.tape.arrived[y], float).ravel()
        self.right = self.g @ rows
        self.diagonal = self.g * np.diagonal(rows)
        tape = evidence.tape
        self.words = {"J": f"∂{tape.name(y)}/∂{tape.name(u)}"}


def stretches(evidence: Evidence) -> Iterator[Stretch]:
    """Every stretch that mixes entries, up to two dozen."""
    if not evidence.scalar:
        return
    tape, above = evidence.tape, evidence.above
    done = 0
    candidates = [u for u in tape.order if u in above and 2 <= u.size <= LARGEST]
    for u in candidates:
        over_u = tape.above(u)
        for y in candidates:
            if done >= 24 or evidence.clock.over():
                return
            if y is u or y.shape != u.shape or y not in over_u:
                continue
            if u not in tape.arrived or y not in tape.arrived:
                continue
            seeds = np.eye(u.size).reshape(u.size, *y.shape)
            down: Any = tape.push({y: seeds}, u, over_u)
            rows = np.broadcast_to(np.asarray(down, float), (u.size, *u.shape))
            rows = rows.reshape(u.size, u.size)
            if gap(rows, np.diag(np.diagonal(rows))) > 1e-12:
                done += 1
                yield Stretch(evidence, y, u, rows)
