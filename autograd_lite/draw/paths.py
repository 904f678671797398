"""A gradient as a sum over paths, each path a product of local derivatives."""

from __future__ import annotations

import math
import textwrap
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..core.graph import Node
from ..graphs.names import named
from ..graphs.tape import Tape
from ..graphs.text import number
from .boxes import Box, Edge, gradient
from .phrases import factor_of
from .steps import sent
from .subject import Subject
from .view import View

__all__ = ["Path", "Paths", "paths"]

LIMIT = 1000
LONG = 20_000  # values; in a larger graph paths are not even counted


@dataclass(frozen=True, slots=True)
class Path:
    """One way from x to the root: the names on it, the local derivatives and their product."""

    names: tuple[str, ...]
    rules: tuple[str, ...]
    slopes: tuple[float, ...]
    product: float


class Paths:
    """∂root/∂x over all paths: `.count` of them, `.paths`, and their sum `.total`."""

    def __init__(self, root: str, x: str, count: int, found: list[Path], limit: int) -> None:
        self.root, self.x = root, x
        self.count = count
        self.limit = limit
        self.paths = found
        self.total = sum(path.product for path in found) if count <= limit else None

    def __len__(self) -> int:
        return self.count

    def __str__(self) -> str:
        title = f"∂{self.root}/∂{self.x}"
        if self.count > self.limit:
            return textwrap.fill(
                f"{title} is a sum over {counted(self.count)} paths, too many to list (the limit "
                f"is {self.limit:,}; limit= sets it). The backward sweep needs no list: it adds "
                "up at every node what arrives there.",
                100,
            )
        if not self.paths:
            return f"{title} = 0: no path leads from {self.x} to {self.root}"
        plural = "s" if self.count > 1 else ""
        lines = [
            (
                " → ".join(path.names),
                " · ".join(path.rules) or "1",
                " · ".join(number(s) for s in path.slopes) or "1",
                number(path.product, signed=True),
            )
            for path in self.paths
        ]
        widths = [max(len(line[k]) for line in lines) for k in range(4)]
        text = [f"{title} is a sum over {self.count} path{plural}:"]
        for way, rules, slopes, product in lines:
            text.append(
                f"  {way.ljust(widths[0])}   {rules.ljust(widths[1])} = "
                f"{slopes.ljust(widths[2])} = {product.rjust(widths[3])}"
            )
        total = number(self.total, signed=True)
        text.append(f"  {'sum'.rjust(sum(widths[:3]) + 6)} = {total.rjust(widths[3])}")
        return "\n".join(text)

    __repr__ = __str__


def counted(count: int) -> str:
    """How many there are, in figures; a number too long to read by its power of ten."""
    return f"{count:,}" if count < 10**40 else f"more than 10^{math.floor(math.log10(count))}"


def paths(root: Node, x: Node, *, names: Any = None, limit: int = LIMIT) -> Paths:
    """∂root/∂x as a sum over all paths from `x` to `root`, for a graph of scalars.

    They are counted first; above `limit` none is listed and the text says how many there are.
    Raises ValueError when a node on the way is an array or there are more than 20,000 nodes,
    TypeError when an argument is no node.

    >>> import autograd_lite as ag
    >>> a, b = ag.Value(-2.0), ag.Value(3.0)
    >>> p = a * b
    >>> f = p + a
    >>> ag.paths(f, a)
    ∂f/∂a is a sum over 2 paths:
      a → p → f   b · 1 = 3.0000 · 1.0000 = +3.0000
      a → f       1     = 1.0000          = +1.0000
                                      sum = +4.0000
    """
    for node in (root, x):
        if not isinstance(node, Node):
            raise TypeError(f"paths takes two nodes, not {type(node).__name__}")
    given = named(names)
    tape = Tape(root)
    if (count := len(tape.order)) > LONG:
        raise ValueError(
            f"paths lists graphs of up to {LONG:,} values; this one has {count:,}. The backward "
            "sweep needs no list: backward() adds up at every node what arrives there"
        )
    view = View(Subject(tape, *given))
    end = view.root
    if id(x) not in view.home:
        return Paths(end.name, x.label or "x", 0, [], limit)
    start = view.home[id(x)]
    ways = {id(end): 1}
    for box in reversed(view.boxes):
        for edge in box.edges:
            ways[id(edge.source)] = ways.get(id(edge.source), 0) + ways.get(id(box), 0)
    count = ways.get(id(start), 0)
    found = [] if count > limit else [path_of(way) for way in walks(start, end)]
    return Paths(end.name, start.name, count, found, limit)


def walks(start: Box, end: Box) -> list[list[Edge]]:
    """All ways from one box to another along the edges."""
    done: list[list[Edge]] = []
    stack: list[tuple[Box, list[Edge]]] = [(start, [])]
    while stack:
        box, way = stack.pop()
        if box is end:
            done.append(way)
            continue
        stack += [(edge.target, [*way, edge]) for edge in reversed(box.users)]
    return done


def path_of(way: list[Edge]) -> Path:
    """The path along these edges, with its local derivatives."""
    slopes = []
    for edge in way:
        for box in (edge.source, edge.target):
            if np.ndim(box.node.primal):
                raise ValueError(
                    f"paths lists scalar graphs; {box.name} has shape {np.shape(box.node.primal)}. "
                    "For arrays see ag.trace(root), or build the graph of Values"
                )
        numbers = {id(e): m for e, m in sent(edge.target, 1.0)}
        slopes.append(float(numbers[id(edge)]))
    product = 1.0
    for slope in slopes:
        product *= slope
    names = (*(edge.source.name for edge in way), *(edge.target.name for edge in way[-1:]))
    rules = tuple(factor_of(edge.rule, gradient(edge.target.name)) for edge in way)
    return Path(names, rules, tuple(slopes), product)
