"""The table of operations in the documentation, generated from the rules themselves.

`python -m autograd_lite.drawing.operations notebooks/reference/operations.md` writes it anew.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np

from ..core.elementwise import TABLE
from ..graphs.expression import Symbol, substitute
from ..graphs.names import Names
from ..graphs.tape import Tape
from ..nn.softmax import logsumexp, softmax
from ..nodes.tensor import Tensor
from ..ops import linalg, reduce
from ..ops import shape as shapes
from ..ops.branches import where
from .edges import rule_text
from .formula import ATOM, formula
from .phrases import factor_of
from .rules import OUT, G, rule, slot
from .subject import Subject
from .view import View

__all__ = ["operations_page"]

CONVENTIONS = {
    "absolute": "0 at 0",
    "relu": "0 at 0",
    "sqrt": "inf at 0, NaN below",
    "log": "inf at 0, NaN below",
    "log2": "inf at 0, NaN below",
    "log10": "inf at 0, NaN below",
    "log1p": "inf at −1, NaN below",
    "divide": "−inf for 1/y at 0",
    "power": "0 where the exponent is 0; NaN for the exponent of a negative base",
    "hypot": "0 at (0, 0)",
    "maximum": "½ each where two nodes tie; 0 where a node ties with a constant",
    "minimum": "as maximum",
    "fmax": "as maximum; a NaN loses",
    "fmin": "as maximum; a NaN loses",
    "arcsin": "inf at ±1, NaN outside",
    "arccos": "−inf at ±1, NaN outside",
    "arctanh": "inf at ±1, NaN outside",
    "arccosh": "inf at 1, NaN below",
}
"""What formulas cannot say: the points where a derivative had to be chosen."""

# Rows that only other rules use, and the second row of those that have one for constants.
INNER = {"identity", "tie_share", "wins", "step", "distance", "chained", "chain_product", "corner"}
INNER |= {"maximum_won", "minimum_won", "fmax_won", "fmin_won"}
PUBLIC = {f"{name}_tied": name for name in ("maximum", "minimum", "fmax", "fmin")}

HEAD = """# The operations and their derivatives

This page is generated from the rules: each operation's own rule is applied to symbols, and what it
records is printed. *z* is the result, *dz* the gradient that arrives; [...] is 1 where the
condition holds and 0 elsewhere.

## Entry by entry

| operation | z = | ∂z/∂x | ∂z/∂y | at awkward points |
|---|---|---|---|---|
"""

MOVED = """
## Operations on whole arrays

For X of shape (2, 3), Y of shape (3, 2) and a vector v of length 3. "Copied to all" is the
transpose of a sum, "summed" that of a copy.

| formula | the gradient that X (or v) gets | the gradient that Y gets |
|---|---|---|
"""


def operations_page() -> str:
    """The page as Markdown."""
    rows = [row(PUBLIC.get(name, name), op) for name, op in TABLE.items() if name not in INNER]
    return HEAD + "".join(rows) + MOVED + "".join(map(array_row, examples()))


def row(name: str, op: Any) -> str:
    """An elementwise operation."""
    n = len(op.partials)
    letters = "xyw"[:n]
    written, _ = formula(op, letters, [(letter, ATOM) for letter in letters])
    named = {OUT: Symbol("z"), G: Symbol("dz")}
    named |= {slot(k): Symbol(letter) for k, letter in enumerate(letters)}
    rules = [substitute(rule(op, i, 0.5, [0.5] * n), named) for i in range(n)]
    slopes = [factor_of(e, Symbol("dz"), level=0) for e in rules] + [""] * (2 - n)
    return join([f"`{name}`", written, *slopes, CONVENTIONS.get(name, "")])


def examples() -> list[Any]:
    """One result of every kind of array operation."""
    x = Tensor(np.arange(6.0).reshape(2, 3) + 1, label="X")
    y = Tensor(np.arange(6.0).reshape(3, 2) + 1, label="Y")
    v = Tensor([1.0, 2.0, 3.0], label="v")
    return [
        shapes.sum(x),
        shapes.sum(x, -1),
        reduce.mean(x),
        reduce.max(x, -1),
        x + v,
        shapes.broadcast_to(v, (2, 3)),
        shapes.reshape(x, (6,)),
        shapes.transpose(x),
        x[0],
        x[[0, 0, 1]],
        shapes.concatenate([x, shapes.transpose(y)]),
        where(x.primal > 3, x, 0.0),
        linalg.matmul(x, y),
        linalg.matmul(x, v),
        softmax(v),
        logsumexp(v),
    ]


def array_row(result: Any) -> str:
    """An operation on arrays, as the drawing says it."""
    result.label = "z"
    view = View(Subject(Tape(result), {}, Names()), depth=0)
    box = view.home[id(result)]
    covered = view.covered
    said: dict[str, list[str]] = {}
    for edge in box.edges:
        said.setdefault(edge.source.name, []).append(rule_text(edge, covered))
    shown = [f"{name}: {'; '.join(texts)}" for name, texts in said.items()]
    return join([f"z = {box.formula}", *shown, *[""] * (2 - len(shown))])


def join(cells: list[str]) -> str:
    """A row of a Markdown table."""
    texts = (text.replace("|", "\\|").replace("*", "\\*") for text in cells)
    return f"| {' | '.join(texts)} |\n"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(operations_page(), encoding="utf-8")
