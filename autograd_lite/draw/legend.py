"""The title of a drawing, and how to read it."""

from __future__ import annotations

import numpy as np

from ..graphs.colour import GRADIENT, INK, MUTE, VALUE, tint
from ..graphs.text import clip, escape, show_number
from .boxes import Box
from .cells import MONO, cell, font
from .title import title_of
from .view import View

__all__ = ["heading", "legend", "short"]


def heading(view: View, root: Box, down: bool) -> str:
    """The title: what is computed, its number, and which way to read."""
    title = title_of(view)
    value = np.asarray(root.node.primal)
    if value.ndim == 0 and root.node.op is not None:
        title += f" = {show_number(value)}"
    ways = ("downwards", "upwards") if down else ("to the right", "to the left")
    words = f"values are computed {ways[0]}, gradients {ways[1]}"
    if any(box.collapsed is not None for box in view.boxes):
        words += f"; groups are collapsed, depth={(view.depth or 0) + 1} opens them"
    return (
        f'<<FONT POINT-SIZE="14"><B>{escape(clip(title, 90))}</B></FONT><BR ALIGN="LEFT"/>'
        f'{font(words, MUTE, 10)}<BR ALIGN="LEFT"/>>'
    )


def legend(scale: float, down: bool) -> str:
    """How to read the drawing, with the colour scale in numbers."""
    way, back, arrow = ("down", "up", "↑") if down else ("to the right", "to the left", "←")
    lines = [
        "How to read",
        f"{font('value', VALUE)}: computed on the way {way}",
        f"{font('<I>∂L/∂x</I>', GRADIENT)}: computed on the way {back}",
        f"{font(f'{arrow} × e', GRADIENT)}: times e on the way {back}",
        "thick = leaf, dashed = constant",
    ]
    rows = "".join(f'<TR><TD ALIGN="LEFT">{font(line, MUTE, 9)}</TD></TR>' for line in lines)
    cells = ""
    for share in (-1.0, -0.3, -0.045, 0.0, 0.045, 0.3, 1.0):
        x = share * scale
        text = font(short(x), INK, 8, MONO)
        paint = {"bgcolor": tint(x, scale)} if x else {}
        cells += cell(text, width=34 if x else 20, align="RIGHT" if x else "CENTER", **paint)
    table = '<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="2">'
    rows += f'<TR><TD ALIGN="LEFT">{table}<TR>{cells}</TR></TABLE></TD></TR>'
    return f"<{table}{rows}</TABLE>>"


def short(x: float) -> str:
    """A number of the scale in about five characters."""
    if x == 0:
        return "0"
    size = abs(x)
    text = f"{size:.2f}" if 0.01 <= size < 1000 else f"{size:.0e}"
    return ("−" if x < 0 else "+") + text.replace("-", "−")
