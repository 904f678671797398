"""What is printed: numbers, tables, matrices; and how a stream gets it that knows only ASCII."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TextIO

import numpy as np

from ..core.graph import data
from ..graphs.text import number

__all__ = ["matrix", "numbers", "send", "table"]

MAX_ROWS = 12
MAX_COLUMNS = 8

ASCII = str.maketrans(
    {"∂": "d", "−": "-", "×": "*", "·": "*", "÷": "/", "→": "->", "←": "<-", "↑": "^", "↓": "v"}
    | {"✓": "ok", "✗": "x", "Σ": "sum", "∇": "grad", "²": "^2", "³": "^3", "ᵀ": ".T", "δ": "delta"}
    | {"…": "...", "≈": "~", "≤": "<=", "≥": ">=", "–": "-", "—": "-", "½": "1/2", "√": "sqrt"}
)


def numbers(x: Any, signed: bool = False) -> list[str]:
    """The lines for a number, a vector (one line) or a matrix (a line for each row), aligned."""
    array = np.asarray(data(x), dtype=float)
    if array.size == 0:
        return [f"(empty, shape {array.shape})"]
    rows = array.reshape(-1, array.shape[-1] if array.ndim else 1)
    cells = [[number(v, signed) for v in shortened(row, MAX_COLUMNS)] for row in shortened(rows)]
    width = max(len(cell) for row in cells for cell in row)
    gap = "  ...  " if rows.shape[1] > MAX_COLUMNS else "  "
    half = MAX_COLUMNS // 2
    lines = []
    for row in cells:
        padded = [f"{cell:>{width}}" for cell in row]
        lines.append(gap.join(filter(None, ("  ".join(padded[:half]), "  ".join(padded[half:])))))
    if len(rows) > MAX_ROWS:
        lines.insert(MAX_ROWS // 2, f"... ({len(rows) - MAX_ROWS} more rows)")
    return lines


def shortened(x: Any, most: int = MAX_ROWS) -> Any:
    """The first and last entries of what is longer than `most`."""
    return x if len(x) <= most else np.concatenate([x[: most // 2], x[-(most // 2) :]])


def table(rows: Iterable[Sequence[list[str]]]) -> list[str]:
    """Cells of several lines each, in columns."""
    rows = list(rows)
    widths = [
        max(len(line) for cell in column for line in cell) for column in zip(*rows, strict=True)
    ]
    lines = []
    for row in rows:
        for i in range(max(map(len, row))):
            parts = [
                f"{cell[i] if i < len(cell) else '':<{width}}"
                for cell, width in zip(row, widths, strict=True)
            ]
            lines.append("   ".join(parts).rstrip())
    return lines


def matrix(J: Any) -> list[str]:
    """A Jacobian: as rows and columns where it has two axes, else as NumPy prints it."""
    J = np.asarray(J, dtype=float)
    if J.ndim <= 2:
        return numbers(J, signed=True)
    return np.array2string(J, precision=4, suppress_small=True, threshold=200).splitlines()


def send(text: str, stream: TextIO | None) -> None:
    """Write lines to a stream, in ASCII where its encoding has not the characters."""
    if stream is None:
        return  # closed before the program began
    text = "".join(c if c.isprintable() or c == "\n" else "?" for c in text)
    encoding = getattr(stream, "encoding", None) or "utf-8"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        text = text.translate(ASCII).encode(encoding, "replace").decode(encoding)
    stream.write(text + "\n")
    stream.flush()
