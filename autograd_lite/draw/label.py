"""The boxes: a node's name, value, gradient and hand-derived gradient as an HTML-like label."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np

from .colour import GOOD, GRADIENT, INK, MUTE, VALUE, WRONG, tint
from .hand import compared
from .text import clip, escape, plain, shape_text, show_number
from .view import Box

__all__ = ["MONO", "MOST_CHARACTERS", "SANS", "SMALL", "box_label", "cell", "font", "table"]

MOST_CHARACTERS = 12_000  # of one label; a longer one makes Graphviz 2.43 fail
SMALL = (4, 6)  # an array of up to so many rows and columns is shown in full
STRIP = 24  # cells of the heat strip of a larger one

SANS = "Helvetica,Arial,DejaVu Sans,sans-serif"
MONO = "Menlo,Consolas,DejaVu Sans Mono,monospace"


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


def rows_of(x: np.ndarray) -> tuple[list[np.ndarray], bool]:
    """The rows shown, and whether they are the whole array: else its first and last row."""
    columns = x.shape[-1] if x.ndim else 1
    rows = x.reshape(-1, columns)
    whole = columns <= SMALL[1] and len(rows) <= SMALL[0]
    shown = rows if len(rows) <= SMALL[0] else rows[[0, -1]]
    if columns > SMALL[1]:
        shown = np.concatenate([shown[:, : SMALL[1] - 1], shown[:, -1:]], axis=1)
    return list(shown), whole


def box_label(
    box: Box,
    root: str,
    scale: float,
    show: Collection[str],
    blank: Collection[str],
    where: str,
    reason: str = "",
) -> str:
    """The label of a box.

    `root` is the name of what is differentiated, `scale` the largest gradient of the drawing,
    `where` the side its users are on, `reason` why its hand-derived gradient is wrong.
    """
    value = plain(box.node)
    columns = min(value.shape[-1], SMALL[1]) if value.ndim and value.size else 1
    rows = Rows(columns, scale)
    header(rows, box)
    if "value" in show:
        rows.array(font("value", VALUE), value, VALUE, hidden="value" in blank)
    if box.kind == "constant":
        rows.line(font("no gradient wanted", MUTE, 9), "LEFT")
    elif "gradient" in show:
        gradient_rows(rows, box, root, where, "gradient" in blank)
    if "hand" in show and box.kind != "constant" and box.node.hand is not None:
        hand_rows(rows, box, value.shape, "hand" in blank, reason)
    if len(text := rows.text(box.kind)) <= MOST_CHARACTERS:
        return text
    rows = Rows(columns, scale)
    header(rows, box)
    rows.line(font(escape(span(value, False)), MUTE, 9))
    return rows.text(box.kind)


class Rows:
    """The rows of one box, and how numbers are written into them."""

    def __init__(self, columns: int, scale: float) -> None:
        self.columns = columns
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
        shown, whole = rows_of(x)
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
            style: dict[str, Any] = {"align": "RIGHT", "width": 60}
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


def header(rows: Rows, box: Box) -> None:
    """The name line: name and formula, and small behind it the shape and the kind."""
    name = f"<B>{escape(clip(box.name, 40))}</B>"
    if box.formula:
        name += f"&#160;= {escape(clip(box.formula, 70))}"
    words = [shape_text(box.node)]
    if box.kind:
        words.append(box.kind)
    if box.collapsed is not None:
        n = len(box.members)
        words.append(f"{n} step{'s' if n > 1 else ''}")
        if box.results > 1:
            words.append(f"one of its {box.results} results")
    back = {"leaf": "#dfe9f3", "output": INK, "constant": "#eeeeee"}.get(box.kind, "#ffffff")
    ink, mute = ("#ffffff", "#cfcfcf") if box.kind == "output" else (INK, MUTE)
    small = font(escape("  ·  ".join(words)), mute, 9)
    rows.line(font(f"{name}&#160;&#160; ", ink) + small, "LEFT", bgcolor=back)


def gradient_rows(rows: Rows, box: Box, root: str, where: str, hidden: bool) -> None:
    """∂L/∂e with its sign, and how many paths it is the sum of."""
    title = font(f"<I>∂{escape(clip(root, 12))}/∂{escape(clip(box.name, 12))}</I>", GRADIENT)
    if box.grad is None:
        text = font("not computed yet", MUTE, 9)
        rows.row(cell(title, align="LEFT"), cell(text, colspan=rows.columns + 1, align="LEFT"))
        return
    g = plain(box.grad)
    rows.array(title, g, INK, signed=True, tinted=True, hidden=hidden)
    if len(box.arrivals) > 1 and not hidden:
        rows.line(font(escape(paths_text(box, g, where)), MUTE, 9))


def paths_text(box: Box, g: np.ndarray, where: str) -> str:
    """What a gradient at a fan-out is the sum of."""
    known = [m for m in (edge.message() for edge in box.arrivals) if m is not None]
    n = len(known)
    if n < len(box.arrivals) or not np.allclose(sum(known), g, 1e-5, 1e-12, equal_nan=True):
        return "more than the paths of this drawing"
    if g.ndim == 0 and n <= 4:
        return "= " + " ".join(show_number(m, signed=True) for m in known)
    return f"= sum of the {n} paths {where}"


def hand_rows(rows: Rows, box: Box, shape: tuple[int, ...], hidden: bool, reason: str) -> None:
    """The gradient derived by hand and whether it agrees."""
    hand = np.asarray(plain(box.node.hand), dtype=float)
    if hand.ndim == 0:
        hand = np.broadcast_to(hand, shape)
    rows.array(font("by hand", MUTE), hand, INK, signed=True, hidden=hidden)
    if box.grad is None or hidden:
        return
    agrees, why = compared(hand, plain(box.grad), clip(box.name, 12))
    mark, colour = ("✓ agrees", GOOD) if agrees else ("✗ differs", WRONG)
    rows.line(font(f"<B>{mark}</B>&#160;{escape(clip(why, 90))}", colour, 9))
    if reason and not agrees:
        rows.line(font(escape(clip(reason, 64)), colour, 9))


def span(x: np.ndarray, signed: bool) -> str:
    """The shape and range of a large array."""
    numbers = x[~np.isnan(x)]
    if not numbers.size:
        return f"{x.shape}: all NaN" if x.size else f"{x.shape}: empty"
    low, high = show_number(numbers.min(), signed), show_number(numbers.max(), signed)
    none = x.size - numbers.size
    return f"{x.shape}: min {low}, max {high}" + f", {none} NaN" * (none > 0)


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
