"""The boxes: a node's name, value, gradient and hand-derived gradient as an HTML-like label."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

import numpy as np

from .colour import GOOD, GRADIENT, INK, MUTE, VALUE, WRONG, tint
from .text import clip, escape, number, plain, shape_text, show_number
from .view import Box

__all__ = ["MOST_CHARACTERS", "SMALL", "box_label", "font"]

MOST_CHARACTERS = 12_000  # of one label; Graphviz 2.43 fails at 16 384
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


def columns_of(x: np.ndarray) -> int:
    """How many columns the rows of a box need for this array."""
    if x.ndim == 0 or x.size == 0:
        return 1
    return min(x.shape[-1], SMALL[1])


def rows_of(x: np.ndarray) -> list[tuple[str, np.ndarray]]:
    """The rows shown, each with a mark in front: all of a small array, else the first and last."""
    if x.ndim <= 1:
        return [("", x.reshape(-1))]
    flat = x.reshape(-1, x.shape[-1])
    if len(flat) <= SMALL[0]:
        return [("", row) for row in flat]
    return [("", flat[0]), ("⋮", flat[-1])]


def fits(x: np.ndarray) -> bool:
    """Whether an array is shown in full."""
    if x.ndim <= 1:
        return x.size <= SMALL[1]
    return x.shape[-1] <= SMALL[1] and x.size // max(x.shape[-1], 1) <= SMALL[0]


class Label:
    """Builds the label of one box."""

    def __init__(self, box: Box, scale: float, show: Collection[str], blank: Collection[str]):
        self.box = box
        self.scale = scale
        self.show = show
        self.blank = blank
        self.value = plain(box.node)
        self.columns = columns_of(self.value)
        self.rows: list[str] = []

    def row(self, *cells: str) -> None:
        self.rows.append(f"<TR>{''.join(cells)}</TR>")

    def note(self, inside: str, align: str = "RIGHT") -> None:
        """A line across the whole box."""
        self.row(cell(inside, colspan=self.columns + 2, align=align))

    def numbers(self, title: str, x: np.ndarray, colour: str, signed: bool, tinted: bool) -> None:
        """The rows of an array under one title; a large one with its range and a heat strip."""
        if x.size == 0:
            self.row(cell(title, align="LEFT"), cell(font("empty", MUTE), colspan=self.columns + 1))
            return
        hidden = title and any(word in self.blank for word in self._kind)
        for mark, row in rows_of(x):
            cut = row if len(row) <= self.columns else np.r_[row[: self.columns - 1], row[-1:]]
            cells = [cell(title or font(mark, MUTE), align="LEFT")]
            for k, v in enumerate(cut):
                text = "" if hidden else show_number(v, signed)
                if len(cut) < len(row) and k == self.columns - 1:
                    text = "… " + text
                paint = {"bgcolor": tint(float(v), self.scale)} if tinted and v != 0 else {}
                if hidden:
                    paint = {"border": 1}
                cells.append(
                    cell(
                        font(text or "&#160;", colour, face=MONO), align="RIGHT", width=60, **paint
                    )
                )
            cells += [cell("")] * (self.columns - len(cut))
            cells.append(cell("", width=3))
            self.row(*cells)
            title = ""
        if not fits(x) and not hidden:
            self.note(font(escape(span(x, signed)), MUTE, 9))
            self.strip(x, tinted)

    def strip(self, x: np.ndarray, tinted: bool) -> None:
        """A large array as a strip of colours, each the entry of largest size in its stretch."""
        parts = np.array_split(x.reshape(-1), min(STRIP, x.size))
        peaks = [extreme(part) for part in parts]
        scale = self.scale if tinted else max((abs(p) for p in peaks if p == p), default=1.0) or 1.0
        cells = "".join(
            cell("", bgcolor=tint(p, scale), width=9, height=8, fixedsize="TRUE") for p in peaks
        )
        self.note(
            '<TABLE BORDER="1" COLOR="#c9c9c9" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0">'
            f"<TR>{cells}</TR></TABLE>"
        )

    def build(self, header: str, lines: Callable[[Label], None]) -> str:
        """The whole label."""
        box = self.box
        border = {"output": 3, "leaf": 2}.get(box.kind, 1)
        style, edge = (
            ("ROUNDED,DASHED", "#7a7a7a") if box.kind == "constant" else ("ROUNDED", "#333333")
        )
        if box.collapsed is not None and box.kind != "output":
            border = 2
        self.note(header, "LEFT")
        lines(self)
        self.row(cell("", colspan=self.columns + 2, height=1, cellpadding=0))
        return (
            f'<<TABLE BORDER="{border}" STYLE="{style}" COLOR="{edge}" CELLBORDER="0" '
            f'CELLSPACING="2" CELLPADDING="3">{"".join(self.rows)}</TABLE>>'
        )

    _kind: tuple[str, ...] = ()


def extreme(part: np.ndarray) -> float:
    """The entry of largest size; NaN if one is."""
    if np.isnan(part).any():
        return float("nan")
    return float(part[np.abs(part).argmax()])


def span(x: np.ndarray, signed: bool) -> str:
    """The shape and range of a large array."""
    numbers = x[~np.isnan(x)]
    none = x.size - numbers.size
    text = f"{x.shape}: " + (
        f"min {show_number(numbers.min(), signed)}, max {show_number(numbers.max(), signed)}"
        if numbers.size
        else "all NaN"
    )
    return text + (f", {none} NaN" if none and numbers.size else "")


def header_text(box: Box) -> tuple[str, str, str]:
    """The name line: its text, its background and what stands small behind it."""
    name = f"<B>{escape(clip(box.name, 40))}</B>"
    if box.formula:
        name += f"&#160;= {escape(clip(box.formula, 70))}"
    words = [shape_text(box.node)]
    if box.kind:
        words.append(box.kind)
    if box.collapsed is not None:
        n = len(box.members)
        words.append(f"{n} step{'s' if n > 1 else ''}")
    back = {"leaf": "#dfe9f3", "output": INK, "constant": "#eeeeee"}.get(box.kind, "#ffffff")
    return name, back, "  ·  ".join(words)


def box_label(
    box: Box, root: str, scale: float, show: Collection[str], blank: Collection[str], where: str
) -> str:
    """The HTML-like label of a box; `root` is the name of what is differentiated."""
    label = Label(box, scale, show, blank)
    name, back, small = header_text(box)
    dark = box.kind == "output"
    head = font(name + "&#160;&#160; ", "#ffffff" if dark else INK)
    head += font(escape(small), "#cfcfcf" if dark else MUTE, 9)

    def lines(label: Label) -> None:
        label.rows[0] = label.rows[0].replace("<TD", f'<TD BGCOLOR="{back}"', 1)
        if "value" in show:
            label._kind = ("value",)
            label.numbers(font("value", VALUE), label.value, VALUE, False, False)
        if box.kind == "constant":
            label.note(font("no gradient wanted", MUTE, 9), "LEFT")
        elif "gradient" in show:
            gradient_rows(label, box, root, where)
        if "hand" in show and box.kind != "constant" and box.node.hand is not None:
            hand_rows(label, box)

    text = label.build(head, lines)
    if len(text) > MOST_CHARACTERS:
        small_label = Label(box, scale, show, blank)
        text = small_label.build(
            head, lambda it: it.note(font(escape(span(it.value, False)), MUTE, 9))
        )
    return text


def gradient_rows(label: Label, box: Box, root: str, where: str) -> None:
    """∂L/∂e with its sign, and how many paths it is the sum of."""
    label._kind = ("gradient",)
    title = font(f"<I>∂{escape(clip(root, 12))}/∂{escape(clip(box.name, 12))}</I>", GRADIENT)
    g = box.grad
    if g is None:
        text = font("not computed yet", MUTE, 9)
        label.row(cell(title, align="LEFT"), cell(text, colspan=label.columns + 1, align="LEFT"))
        return
    g = plain(g)
    label.numbers(title, g, INK, True, True)
    if len(box.users) > 1 and "gradient" not in label.blank:
        label.note(font(escape(paths_text(box, g, where)), MUTE, 9))


def paths_text(box: Box, g: np.ndarray, where: str) -> str:
    """What a gradient at a fan-out is the sum of."""
    messages = [edge.message() for edge in box.users]
    known = [m for m in messages if m is not None]
    n = len(known)
    if n < len(messages) or not np.allclose(sum(known), g, rtol=1e-6, atol=1e-12, equal_nan=True):
        return "summed over more than the paths shown"
    if g.ndim == 0 and n <= 4:
        return "= " + " ".join(show_number(m, signed=True) for m in known)
    return f"= sum of the {n} paths {where}"


def hand_rows(label: Label, box: Box) -> None:
    """The gradient derived by hand and whether it agrees."""
    label._kind = ("hand",)
    hand = np.asarray(box.node.hand, dtype=float)
    try:
        hand = np.broadcast_to(hand, label.value.shape) if hand.ndim == 0 else hand
    except ValueError:
        pass
    label.numbers(font("by hand", MUTE), hand, INK, True, False)
    if box.grad is None:
        return
    agrees, why = compared(hand, plain(box.grad), box.name)
    mark, colour = ("✓ agrees", GOOD) if agrees else ("✗ differs", WRONG)
    label.note(font(f"<B>{mark}</B>&#160;{escape(clip(why, 90))}", colour, 9))


def compared(hand: np.ndarray, g: np.ndarray, name: str) -> tuple[bool, str]:
    """Whether a hand-derived gradient agrees, and the difference in words."""
    if hand.shape != g.shape:
        return False, f"it has shape {hand.shape}, {name} has {g.shape}"
    if not g.size:
        return True, "(nothing to compare)"
    with np.errstate(all="ignore"):
        away = np.abs(hand - g)
    same = (hand == g) | (np.isnan(hand) & np.isnan(g))
    away = np.where(same, 0.0, np.where(np.isnan(away), np.inf, away))
    size = float(np.nanmax(np.abs(g[np.isfinite(g)]), initial=1.0))
    off = away > 1e-7 * size
    if not off.any():
        return True, f"(largest difference {float(away.max()):.0e})" if away.max() else "(exactly)"
    if not g.ndim:
        return False, f"by {number(away.max())}"
    places = [f"{name}[{', '.join(map(str, at))}]" for at in np.argwhere(off)[:3]]
    more = int(off.sum()) - len(places)
    return False, f"by {number(away.max())} in {', '.join(places)}" + (
        f" and {more} more" if more else ""
    )
