"""The evaluation trace table: forward read down, backward read up; text, HTML, Markdown, LaTeX."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..core.graph import Node
from ..graphs.latex import latex
from ..graphs.names import named
from ..graphs.notation import write
from ..graphs.tape import Tape
from ..graphs.text import MINUS, clip, escape, extent, number, plain
from ..ops.inputs import operand
from .boxes import Box, gradient
from .subject import Subject
from .view import View

__all__ = ["Line", "Trace", "backward_text", "table", "trace"]

COLUMNS = ("forward", "value", "backward", "gradient")
ROWS, NUMBERS = 4, 6  # a larger array is summed up in words
LONG, ENDS = 10_000, 500  # of a longer table only the two ends are shown


@dataclass(frozen=True, slots=True)
class Line:
    """One value of the graph: its formula and numbers, its gradient's formula and numbers."""

    forward: str
    value: tuple[str, ...]
    backward: str
    gradient: tuple[str, ...]


class Trace:
    """The table as text (`str()`), `.html()`, `.markdown()` and `.latex()`."""

    def __init__(self, rows: Sequence[Line], blank: Collection[str] = ()) -> None:
        if wrong := [name for name in blank if name not in COLUMNS]:
            raise ValueError(f"blank names columns of {COLUMNS}, not {wrong[0]!r}")
        self.rows = list(rows)
        self.blank = frozenset(blank)

    def cells(self, row: Line, minus: str = MINUS) -> list[tuple[str, ...]]:
        """The four cells of a row, each a tuple of lines; blanked columns are empty."""
        whole: list[tuple[str, ...]] = [(row.forward,), row.value, (row.backward,), row.gradient]
        return [
            ("",) if name in self.blank else tuple(line.replace(MINUS, minus) for line in lines)
            for name, lines in zip(COLUMNS, whole, strict=True)
        ]

    def __str__(self) -> str:
        table: list[list[tuple[str, ...]]] = [[(name,) for name in COLUMNS]]
        table += [self.cells(row, "-") for row in self.rows]
        widths = [max(len(line) for row in table for line in row[k]) for k in range(4)]
        lines = []
        for row in table:
            for k in range(max(map(len, row))):
                parts = [cell[k] if k < len(cell) else "" for cell in row]
                padded = (part.ljust(width) for part, width in zip(parts, widths, strict=True))
                lines.append("   ".join(padded).rstrip())
        return "\n".join(lines)

    __repr__ = __str__

    def html(self) -> str:
        """The table as HTML."""
        heads = "".join(
            f'<th scope="col" style="text-align:left;padding:2px 8px">{name}</th>'
            for name in ("forward ↓", "value", "backward ↑", "gradient")
        )
        style = "font-family:monospace;white-space:pre;text-align:left;padding:2px 8px"
        body = "".join(
            "<tr>"
            + "".join(
                f'<td style="{style}">{"<br>".join(map(escape, lines))}</td>'
                for lines in self.cells(row)
            )
            + "</tr>"
            for row in self.rows
        )
        return f"<table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"

    def markdown(self) -> str:
        """The table as Markdown."""

        def cell(lines: tuple[str, ...]) -> str:
            text = "<br>".join(escape(line).replace("|", "&#124;") for line in lines)
            for character in "`*_[]~$":
                text = text.replace(character, f"&#{ord(character)};")
            return text

        lines = [f"| {' | '.join(COLUMNS)} |", "|---|---|---|---|"]
        lines += [f"| {' | '.join(map(cell, self.cells(row)))} |" for row in self.rows]
        return "\n".join(lines)

    def latex(self) -> str:
        """The table as a LaTeX `tabular`: formulas in math mode, equal to equal, number to number.

        It needs no package.
        """
        rows = [self.cells(row) for row in self.rows]
        widths = [max((len(numbers(x)) for r in rows for x in r[k]), default=1) for k in (1, 3)]
        spans = [2, widths[0], 2, widths[1]]
        heads = [rf"\multicolumn{{{n}}}{{l}}{{{x}}}" for n, x in zip(spans, COLUMNS, strict=True)]
        layout = f"r@{{}}l{'r' * widths[0]}r@{{}}l{'r' * widths[1]}"
        lines = [rf"\begin{{tabular}}{{{layout}}}", rf"{' & '.join(heads)} \\ \hline"]
        for forward, value, backward, slope in rows:
            for k in range(max(len(value), len(slope))):
                cells = sides(forward[0] if k == 0 else "") + side_by_side(value, k, widths[0])
                cells += sides(backward[0] if k == 0 else "") + side_by_side(slope, k, widths[1])
                lines.append(rf"{' & '.join(cells)} \\")
        return "\n".join([*lines, r"\end{tabular}"])

    def _repr_html_(self) -> str:
        return self.html()


def trace(root: Node, *, names: Any = None, blank: Collection[str] = ()) -> Trace:
    """The evaluation trace table of the graph below `root`.

    The gradients are those of the last `backward()`. `blank` empties columns ("forward", "value",
    "backward", "gradient") for a worksheet; `names` maps names to nodes. Of more than 10,000 values
    only the first and last 500 are shown.

    >>> import autograd_lite as ag
    >>> z = ag.Value(2.0)
    >>> y = ag.exp(z)
    >>> y.backward()
    >>> ag.trace(y)
    forward      value    backward    gradient
    z            2.0000   dz = dy·y   +7.3891
    y = exp(z)   7.3891   dy = 1      +1.0000
    """
    root = operand(root)
    if not isinstance(root, Node):
        raise TypeError(f"trace takes a node, not {type(root).__name__}")
    given = named(names)
    tape = Tape(root)
    ends = ENDS if len(tape.order) > LONG else None
    return table(View(Subject(tape, *given, ends)), blank)


def table(view: View, blank: Collection[str] = ()) -> Trace:
    """The table of a view."""
    subject = view.subject
    place = {id(box): k for k, box in enumerate(view.boxes)}
    shown = [box for box in view.boxes if box.kind != "constant" and id(box.node) in subject.shown]
    rows = [row(box, place) for box in shown]
    if subject.left_out:
        before = sum(id(box.node) in subject.head for box in shown)
        rows.insert(before, Line(f"… {subject.left_out:,} values are left out …", ("",), "", ("",)))
    return Trace(rows, blank)


def row(box: Box, place: dict[int, int]) -> Line:
    """The row of one box."""
    name = clip(box.name, 40)
    forward = f"{name} = {clip(box.formula, 60)}" if box.formula else name
    g = box.grad
    numbers = number_lines(plain(g), True) if g is not None else ("not computed yet",)
    return Line(forward, number_lines(plain(box.node), False), backward_text(box, place), numbers)


def backward_text(box: Box, place: dict[int, int]) -> str:
    """`de = dh / s + ds`: what arrives, in the order in which it does."""
    name = gradient(clip(box.name, 40)).name
    if not box.users:
        return f"{name} = 1"
    text = ""
    for edge in sorted(box.arrivals, key=lambda edge: -place.get(id(edge.target), 0)):
        term = "…" if edge.rule is None else write(edge.rule, " / ")
        if not text:
            text = term
        else:
            text += f" {MINUS} {term[1:]}" if term.startswith(MINUS) else f" + {term}"
    return f"{name} = {clip(text, 90)}"


def number_lines(x: np.ndarray, signed: bool) -> tuple[str, ...]:
    """The numbers of an array, a line for each of its rows; a large one in words."""
    if x.size == 0:
        return ("empty",)
    rows = x.reshape(-1, x.shape[-1] if x.ndim else 1)
    if rows.shape[0] > ROWS or rows.shape[1] > NUMBERS:
        return (f"{x.shape}: {extent(x, signed)}".replace("-", MINUS),)
    return tuple(
        " ".join(number(v, signed).ljust(7) for v in line).rstrip().replace("-", MINUS)
        for line in rows
    )


def numbers(line: str) -> list[str]:
    """The numbers of a line; none of a line of words."""
    tokens = line.split()
    known = all(t.lstrip("+-−")[:1].isdigit() or t.lstrip("+-−") in ("inf", "NaN") for t in tokens)
    return tokens if known else []


def side_by_side(lines: Sequence[str], k: int, n: int) -> list[str]:
    """Line `k` in `n` columns of LaTeX, each number below another; words go across them all."""
    line = lines[k] if k < len(lines) else ""
    found = numbers(line)
    if line and not found:
        return [rf"\multicolumn{{{n}}}{{l}}{{{latex(line)}}}"]
    return [*map(latex, found), *[""] * (n - len(found))]


def sides(formula: str) -> list[str]:
    """The two sides of an equation in two columns of LaTeX, the sign with the second."""
    left, sign, right = formula.partition(" = ")
    return [latex(left), "${}={}" + latex(right)[1:] if sign else ""]
