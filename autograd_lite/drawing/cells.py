"""Tables in Graphviz's HTML-like labels: text, numbers, strips of colour."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..graphs.colour import INK, MUTE, tint
from ..graphs.text import MINUS, escape, extent, show_number
from .render import MONO

__all__ = [
    "SMALL",
    "STRIP",
    "Rows",
    "cell",
    "extreme",
    "font",
    "rows_of",
    "span",
    "strip",
    "table",
]

SMALL = (4, 6)  # an array of up to so many rows and columns is shown in full

STRIP = 24  # cells of the heat strip of a larger one


def font(text: str, colour: str = INK, size: int | None = None, face: str = "") -> str:
    """Text that is escaped already, in a colour and size; Graphviz refuses an empty one."""
    if not text:
        return ""
    points = f' POINT-SIZE="{size}"' if size else ""
    family = f' FACE="{face}"' if face else ""
    return f'<FONT COLOR="{colour}"{points}{family}>{text}</FONT>'


def cell(inside: str, **attributes: Any) -> str:
    """One table cell."""
    text = "".join(f' {key.upper()}="{value}"' for key, value in attributes.items())
    return f"<TD{text}>{inside}</TD>"


def table(rows: str, padding: int = 1) -> str:
    """A table without lines."""
    attributes = f'BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="{padding}"'
    return f"<TABLE {attributes}>{rows}</TABLE>"


def rows_of(x: np.ndarray, most: tuple[int, int] = SMALL) -> tuple[list[np.ndarray], bool]:
    """The rows shown, and whether they are the whole array: else its first and last row."""
    columns = x.shape[-1] if x.ndim else 1
    rows = x.reshape(-1, columns)
    whole = columns <= most[1] and len(rows) <= most[0]
    shown = rows if len(rows) <= most[0] else rows[[0, -1]]
    if columns > most[1]:
        shown = np.concatenate([shown[:, : most[1] - 1], shown[:, -1:]], axis=1)
    return list(shown), whole


class Rows:
    """The rows of one box, and how numbers are written into them."""

    def __init__(self, columns: int, scale: float, most: tuple[int, int] = SMALL) -> None:
        self.columns = columns
        self.most = most
        self.scale = scale
        self.rows: list[str] = []

    def row(self, *cells: str) -> None:
        """A row of cells."""
        self.rows.append(f"<TR>{''.join(cells)}</TR>")

    def line(self, inside: str, align: str = "RIGHT", **attributes: Any) -> None:
        """One cell across the whole box."""
        self.row(cell(inside, colspan=self.columns + 2, align=align, **attributes))

    def array(
        self,
        title: str,
        x: np.ndarray,
        colour: str,
        signed: bool = False,
        tinted: bool = False,
        hidden: bool = False,
    ) -> None:
        """An array under a title: in full, or its ends, its range and a strip of colours."""
        if x.size == 0:
            self.row(cell(title, align="LEFT"), cell(font("empty", MUTE), colspan=self.columns + 1))
            return
        shown, whole = rows_of(x, self.most)
        for k, numbers in enumerate(shown):
            mark = title if k == 0 else "" if len(shown) == x.size // x.shape[-1] else "⋮"
            self.numbers(mark, numbers, colour, signed, tinted, hidden, x.shape)
        if not whole and not hidden:
            self.line(font(escape(span(x, signed)), MUTE, 9))
            self.line(strip(x, self.scale if tinted else None))

    def numbers(
        self,
        mark: str,
        numbers: np.ndarray,
        colour: str,
        signed: bool,
        tinted: bool,
        hidden: bool,
        shape: tuple[int, ...],
    ) -> None:
        """One row of numbers."""
        cells = [cell(mark, align="LEFT")]
        cut = bool(shape) and shape[-1] > len(numbers)
        for k, x in enumerate(numbers[: self.columns]):
            text = show_number(x, signed)
            if cut and k == len(numbers) - 1:
                text = "… " + text
            style: dict[str, Any] = {"align": "RIGHT", "width": 52}
            if hidden:
                text, style["border"] = "&#160;", 1
            elif tinted and x != 0:
                style["bgcolor"] = tint(float(x), self.scale)
            cells.append(cell(font(text, colour, face=MONO), **style))
        cells += [cell("")] * (self.columns + 1 - len(cells))
        self.row(*cells, cell("", width=3))

    def text(self, kind: str) -> str:
        """The whole label."""
        border = {"output": 3, "leaf": 2}.get(kind, 1)
        dashed = kind == "constant"
        style, edge = ("ROUNDED,DASHED", "#7a7a7a") if dashed else ("ROUNDED", "#333333")
        last = f"<TR>{cell('', colspan=self.columns + 2, height=1, cellpadding=0)}</TR>"
        return (
            f'<<TABLE BORDER="{border}" STYLE="{style}" COLOR="{edge}" CELLBORDER="0" '
            f'CELLSPACING="2" CELLPADDING="3">{"".join(self.rows)}{last}</TABLE>>'
        )


def span(x: np.ndarray, signed: bool) -> str:
    """The shape and range of a large array."""
    return f"{x.shape}: {extent(x, signed)}".replace("-", MINUS)


def strip(x: np.ndarray, scale: float | None) -> str:
    """A large array as a strip of colours, each the entry of largest size in its stretch."""
    peaks = [extreme(part) for part in np.array_split(x.reshape(-1), min(STRIP, x.size))]
    scale = scale or max((abs(p) for p in peaks if p == p), default=1.0) or 1.0
    size = {"width": 9, "height": 8, "fixedsize": "TRUE"}
    cells = "".join(cell("", bgcolor=tint(p, scale), **size) for p in peaks)
    return (
        '<TABLE BORDER="1" COLOR="#c9c9c9" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0">'
        f"<TR>{cells}</TR></TABLE>"
    )


def extreme(part: np.ndarray) -> float:
    """The entry of largest size; NaN if one is."""
    if np.isnan(part).any():
        return float("nan")
    return float(part[np.abs(part).argmax()])
