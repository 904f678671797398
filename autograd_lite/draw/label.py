"""The boxes: a node's name, value, gradient and hand-derived gradient as an HTML-like label."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from ..graphs.colour import GOOD, GRADIENT, INK, MUTE, VALUE, WRONG
from ..graphs.text import clip, escape, plain, shape_text, show_number
from .boxes import Box
from .cells import SMALL, Rows, cell, font, span
from .hand import compared

__all__ = ["MOST_CHARACTERS", "box_label"]

MOST_CHARACTERS = 12_000  # of one label; a longer one makes Graphviz 2.43 fail


def box_label(
    box: Box,
    root: str,
    scale: float,
    show: Collection[str],
    blank: Collection[str],
    where: str,
    reason: str | None = "",
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


def hand_rows(
    rows: Rows, box: Box, shape: tuple[int, ...], hidden: bool, reason: str | None
) -> None:
    """The gradient derived by hand and whether it agrees."""
    hand = np.asarray(plain(box.node.hand), dtype=float)
    if hand.ndim == 0:
        hand = np.broadcast_to(hand, shape)
    rows.array(font("by hand", MUTE), hand, INK, signed=True, hidden=hidden)
    if box.grad is None or hidden:
        return
    agrees, why = compared(hand, plain(box.grad), clip(box.name, 12))
    if reason is None:
        agrees, why = True, "(but for rounding)"
    mark, colour = ("✓ agrees", GOOD) if agrees else ("✗ differs", WRONG)
    rows.line(font(f"<B>{mark}</B>&#160;{escape(clip(why, 90))}", colour, 9))
    if reason and not agrees:
        rows.line(font(escape(clip(reason, 64)), colour, 9))
