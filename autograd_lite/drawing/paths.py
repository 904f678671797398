"""A gradient as a sum over paths, each path a product of local derivatives."""

from __future__ import annotations

import math
import textwrap
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..core.graph import Node
from ..graphs.latex import latex
from ..graphs.names import named
from ..graphs.tape import Tape
from ..graphs.text import MINUS, escape, number
from .boxes import Box, Use, gradient
from .phrases import factor_of
from .steps import sent
from .subject import Subject
from .view import View

__all__ = ["Paths", "Way", "paths"]

LIMIT = 1000
LONG = 20_000  # values; in a larger graph paths are not even counted


@dataclass(frozen=True, slots=True)
class Way:
    """One way from x to the root: the names on it, the local derivatives and their product."""

    names: tuple[str, ...]
    rules: tuple[str, ...]
    slopes: tuple[float, ...]
    product: float


class Paths:
    """∂root/∂x over all paths: `.count` of them, `.paths`, and their sum `.total`."""

    def __init__(self, root: str, x: str, count: int, found: list[Way], limit: int) -> None:
        self.root, self.x = root, x
        self.count = count
        self.limit = limit
        self.paths = found
        self.total = sum(path.product for path in found) if count <= limit else None

    def __len__(self) -> int:
        return self.count

    @property
    def title(self) -> str:
        """What the paths add up to."""
        return f"∂{self.root}/∂{self.x}"

    @property
    def sentence(self) -> str:
        """How many paths there are."""
        if self.count > self.limit:
            return (
                f"{self.title} is a sum over {counted(self.count)} paths, too many to list (the "
                f"limit is {self.limit:,}; limit= sets it). The backward sweep needs no list: it "
                "adds up at every node what arrives there."
            )
        if not self.paths:
            return f"{self.title} = 0: no path leads from {self.x} to {self.root}"
        return f"{self.title} is a sum over {self.count} path{'s' if self.count > 1 else ''}:"

    def lines(self) -> list[tuple[str, str, str, str]]:
        """Each path: its names, the local derivatives, their numbers, and the product."""
        return [
            (
                " → ".join(way.names),
                " · ".join(way.rules) or "1",
                " · ".join(map(number, way.slopes)) or "1",
                number(way.product, signed=True),
            )
            for way in self.paths
        ]

    def __str__(self) -> str:
        lines = self.lines()
        if not lines:
            return textwrap.fill(self.sentence, 100)
        widths = [max(len(line[k]) for line in lines) for k in range(4)]
        text = [self.sentence]
        for names, rules, slopes, product in lines:
            text.append(
                f"  {names.ljust(widths[0])}   {rules.ljust(widths[1])} = "
                f"{slopes.ljust(widths[2])} = {product.rjust(widths[3])}"
            )
        total = number(self.total, signed=True)
        text.append(f"  {'sum'.rjust(sum(widths[:3]) + 6)} = {total.rjust(widths[3])}")
        return "\n".join(text)

    __repr__ = __str__

    def html(self) -> str:
        """The paths as an HTML table."""
        style = "font-family:monospace;white-space:pre;text-align:left;padding:2px 8px"
        rows = [(a, b, f"= {c}", f"= {d}") for a, b, c, d in self.lines()]
        if rows:
            rows.append(("sum", "", "", f"= {number(self.total, signed=True)}"))
        body = "".join(
            "<tr>" + "".join(f'<td style="{style}">{escape(x)}</td>' for x in row) + "</tr>"
            for row in (tuple(x.replace("-", MINUS) for x in row) for row in rows)
        )
        return f"<p>{escape(self.sentence)}</p>" + (f"<table>{body}</table>" if body else "")

    def latex(self) -> str:
        """The paths as a LaTeX `tabular`, a path a line, equal below equal. It needs no package."""
        of = rf"$\frac{{\partial {latex(self.root)[1:-1]}}}{{\partial {latex(self.x)[1:-1]}}}$"
        if self.count > self.limit:
            return f"{of} is a sum over {counted(self.count)} paths"
        if not self.paths:
            return f"{of} $=$ 0"
        rows = [" & ".join(map(latex, line)) for line in self.lines()]
        total = latex(number(self.total, signed=True))
        equal = "@{${}={}$}"
        rows.append(rf"\hline \multicolumn{{3}}{{r{equal}}}{{{of}}} & {total}")
        lines = [rf"\begin{{tabular}}{{l@{{\quad}}l{equal}l{equal}r}}", *(rf"{r} \\" for r in rows)]
        return "\n".join([*lines, r"\end{tabular}"])

    def _repr_html_(self) -> str:
        return self.html()


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


def walks(start: Box, end: Box) -> list[list[Use]]:
    """All ways from one box to another along the edges."""
    done: list[list[Use]] = []
    stack: list[tuple[Box, list[Use]]] = [(start, [])]
    while stack:
        box, way = stack.pop()
        if box is end:
            done.append(way)
            continue
        stack += [(edge.target, [*way, edge]) for edge in reversed(box.users)]
    return done


def path_of(way: list[Use]) -> Way:
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
    return Way(names, rules, tuple(slopes), product)
