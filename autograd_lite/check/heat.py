"""Gradients as heat maps on one scale: by hand, autodiff, numerical and the difference.

Purple is negative, orange positive; the sign is printed too, and wrong entries have a dashed
outline, so that the picture reads in grey and without colours.
"""

from __future__ import annotations

from html import escape
from typing import Any

import numpy as np

from .findings import Row
from .measures import magnitude

__all__ = ["PAPER", "maps"]

ROWS, COLUMNS = 10, 8  # what is shown in full
WINDOW = 6, 4  # what is shown of a larger array, around its worst entry

# A dark notebook has colours of its own for titles and for every other row of a table.
PAPER = "background:#fff;color:#1a1a1a"
CELL = (
    "padding:5px 8px;min-width:58px;text-align:right;font-family:'DejaVu Sans Mono',monospace;"
    "font-size:12.5px;border:1px solid #fff"
)


def maps(row: Row) -> str:
    """By hand, autodiff, numerical and the difference, side by side."""
    auto = flat2(row.auto)
    shown: list[tuple[str, np.ndarray]] = []
    gap = None
    if row.hand_fits():
        hand = flat2(np.asarray(row.hand, float))
        gap = hand - auto
        shown.append(("by hand", hand))
    elif row.hand is not None:
        hand = np.asarray(row.hand)
        if hand.dtype.kind in "fiub" and hand.ndim <= 6:
            shown.append((f"by hand, shape {hand.shape}", flat2(hand.astype(float))))
    shown.append(("autodiff", auto))
    if row.num is not None:
        shown.append(("numerical", flat2(row.num)))
        if gap is None and row.hand is None:
            gap = auto - shown[-1][1]
    scale = max((magnitude(a) for _, a in shown), default=0.0) or 1.0
    off = np.zeros(auto.shape, bool)
    if row.wrong is not None and not row.ok:
        off = row.wrong.reshape(auto.shape)
    outlined = "by hand" if row.verdict == "hand" else "autodiff"
    corner = window(row, auto)
    blocks = [
        heat(name, a, scale, off if name == outlined and a.shape == off.shape else None, corner)
        for name, a in shown
    ]
    if gap is not None:
        name = "hand − autodiff" if row.hand is not None else "autodiff − numerical"
        blocks.append(heat(name, np.where(off, gap, 0.0), scale, off, corner))
    return (
        '<div style="display:flex;flex-wrap:wrap;gap:18px;margin-bottom:12px">'
        + "".join(blocks)
        + "</div>"
    )


def window(row: Row, auto: np.ndarray) -> tuple[int, int]:
    """Where the part of a large array that is shown begins: just before its worst entry."""
    worst = row.worst()
    if worst is None or row.ok:
        return 0, 0
    at = np.ravel_multi_index(worst, row.auto.shape) if worst else 0
    i, j = np.unravel_index(at, auto.shape)
    return int(i), int(j)


def span(length: int, full: int, part: int, worst: int) -> range:
    """All positions of a short axis, else a few around the worst."""
    if length <= full:
        return range(length)
    start = min(max(worst - part // 2, 0), length - part)
    return range(start, start + part)


def heat(
    name: str, a: np.ndarray, scale: float, off: np.ndarray | None, worst: tuple[int, int]
) -> str:
    """One heat map; of a large array the part around the worst entry, which it says."""
    n, m = a.shape
    rows, columns = span(n, ROWS, WINDOW[0], worst[0]), span(m, COLUMNS, WINDOW[1], worst[1])
    head = "".join(
        f'<td style="{PAPER};text-align:center;color:#666;font-size:12px">{j}</td>' for j in columns
    )
    body = []
    for i in rows:
        cells = "".join(cell(a[i, j], scale, off is not None and bool(off[i, j])) for j in columns)
        number = f'<td style="{PAPER};color:#666;font-size:12px">{i}</td>'
        body.append(f'<tr style="{PAPER}">{number}{cells}</tr>')
    cut = ""
    if n > ROWS or m > COLUMNS:
        cut = (
            f'<div style="color:#666;font-size:12px">{len(rows)} × {len(columns)} of '
            f"{n} × {m}</div>"
        )
    return (
        f'<div><div style="font-weight:bold;margin-bottom:4px">{escape(name)}</div>'
        f'<table style="border-collapse:separate;border-spacing:1px;{PAPER}"><tr style="{PAPER}">'
        f'<td style="{PAPER}"></td>{head}</tr>{"".join(body)}</table>{cut}</div>'
    )


def cell(x: float, scale: float, off: bool) -> str:
    """One entry: colour on the square-root scale of all maps, a dashed outline if it is wrong."""
    outline = "border:2px dashed #8b0000" if off else "border:2px solid transparent"
    return (
        f'<td style="{CELL};{outline};background:{colour(x, scale)};color:#1a1a1a">{signed(x)}</td>'
    )


def colour(x: float, scale: float) -> str:
    """White at 0, purple below, orange above, by the square root of |x| / scale."""
    if not np.isfinite(x):
        return "#ddd"
    share = min(abs(x) / scale, 1.0) ** 0.5
    end = (178, 171, 210) if x < 0 else (253, 190, 112)
    r, g, b = (round(255 + (e - 255) * share) for e in end)
    return f"#{r:02x}{g:02x}{b:02x}"


def signed(x: float) -> str:
    """A number with its sign; an exact 0 as 0, and a small one never as 0.0000."""
    if x == 0:
        return "0"
    if not np.isfinite(x):
        return str(float(x))
    text = f"{abs(x):.4f}" if 1e-3 <= abs(x) < 1e4 else f"{abs(x):.1e}"
    return ("−" if x < 0 else "+") + text


def flat2(a: Any) -> np.ndarray:
    """An array as a matrix: leading axes joined, a vector as one row."""
    a = np.asarray(a, float)
    if a.ndim < 2:
        return a.reshape(1, -1)
    return a.reshape(-1, a.shape[-1])
