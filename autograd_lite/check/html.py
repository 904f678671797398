"""The report as HTML: four heat maps on one scale, the table of pairs, and what to do.

Purple is negative, orange positive; the sign is printed too, and wrong entries have a dashed
outline, so that the picture reads in grey and without colours.
"""

from __future__ import annotations

from html import escape
from typing import Any

import numpy as np

from .report import Report, Row
from .text import consequence, reproduces, table

__all__ = ["html"]

ROWS, COLUMNS = 10, 8  # what is shown in full
WINDOW = 6, 4  # what is shown of a larger array, around its worst entry

STYLE = (
    "font-family:system-ui,'DejaVu Sans',sans-serif;font-size:14px;color:#1a1a1a;background:#fff;"
    "padding:12px 16px;max-width:1100px"
)
# A dark notebook has colours of its own for titles and for every other row of a table.
PAPER = "background:#fff;color:#1a1a1a"
CELL = (
    "padding:5px 8px;min-width:58px;text-align:right;font-family:'DejaVu Sans Mono',monospace;"
    "font-size:12.5px;border:1px solid #fff"
)


def html(report: Report) -> str:
    """The whole report, self-contained: no script, no network, every text escaped."""
    parts = [f'<div style="{STYLE}">']
    rows = report.rows
    if len(rows) > 1:
        lines = table(rows)
        parts.append(
            "<pre style=\"font-family:'DejaVu Sans Mono',monospace;font-size:12.5px;"
            f'{PAPER}">{escape(chr(10).join(lines))}</pre>'
        )
        rows = [r for r in rows if not r.ok and not consequence(r)]
    parts += [section(row) for row in rows[:6]]
    shown = {note.message for row in rows[:6] for note in row.notes}
    parts += [
        f"<p>Note ({escape(n.code)}): {escape(n.message)}</p>"
        for n in report.about
        if n.message not in shown
    ]
    return "".join(parts) + "</div>"


def section(row: Row) -> str:
    """The full report on one gradient."""
    kinds = ["by hand"] if row.hand is not None else []
    kinds += ["by autodiff" if not kinds else "autodiff"] + (
        ["numerically"] if row.num is not None else []
    )
    joined = kinds[0] if len(kinds) == 1 else ", ".join(kinds[:-1]) + " and " + kinds[-1]
    name = row.name.replace("dL/d", "∂L/∂")
    title = f"{name} {joined}, shape {row.auto.shape}"
    return (
        f'<h3 style="font-size:18px;margin:6px 0 12px;color:#1a1a1a">{escape(title)}</h3>'
        + maps(row)
        + pairs(row)
        + explanation(row)
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
    if gap is not None:
        off = ~(np.abs(gap) <= 1e-7 * scale)
    outlined = {"by hand"} if row.hand is not None else {"autodiff"}
    corner = window(row, auto)
    blocks = [
        heat(name, a, scale, off if name in outlined and a.shape == off.shape else None, corner)
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


def pairs(row: Row) -> str:
    """The three pairwise lines as a table."""
    line = f"{PAPER};padding:5px 14px 5px 0;border-bottom:1px solid #ddd;text-align:left"
    out = [
        f'<table style="border-collapse:collapse;{PAPER};font-size:14px;margin-bottom:14px">'
        f'<tr style="{PAPER}">'
        + "".join(
            f'<th style="{line}">{h}</th>'
            for h in ("pair", "largest difference", "relative", "entries off", "")
        )
        + "</tr>"
    ]
    for p in row.pairs:
        said = (
            '<b style="color:#006655">✓ agree</b>'
            if p.agrees
            else '<b style="color:#8b0000">✗ differ</b>'
        )
        cells = (
            f"{escape(p.left)} and {escape(p.right)}",
            f"{p.largest:.1e}",
            f"{p.relative:.0e}",
            f"{p.off} of {p.of}",
            said,
        )
        out.append(
            f'<tr style="{PAPER}">'
            + "".join(f'<td style="{line}">{c}</td>' for c in cells)
            + "</tr>"
        )
    return "".join(out) + "</table>"


def explanation(row: Row) -> str:
    """Verdict, likely cause, the other stories with the same numbers, where, fix, notes."""
    edge = "#006655" if row.ok else "#8b0000"
    lines = []
    if row.causes:
        first, *others = row.causes
        lines.append(
            f"<b>Likely cause: {escape(first.message)}</b>{escape(reproduces(first))}. "
            + escape(" ".join(row.where))
        )
        lines += [f"The same numbers also come from: {escape(c.message)}." for c in others]
        if first.fix:
            code = "font-family:'DejaVu Sans Mono',monospace;font-size:13px;background:#f0f0f0"
            lines.append(f'Fix: <code style="{code};color:#1a1a1a">{escape(first.fix)}</code>')
    else:
        lines.append(escape(row.sentence[:1].upper() + row.sentence[1:]))
        lines += [escape(text) for text in row.where]
    lines += [f"Note ({escape(n.code)}): {escape(n.message)}" for n in row.notes]
    return (
        f'<div style="border-left:4px solid {edge};background:#fafafa;color:#1a1a1a;'
        'padding:8px 12px;line-height:1.5;margin-bottom:16px;white-space:pre-wrap">'
        f"{'<br>'.join(lines)}</div>"
    )


def flat2(a: Any) -> np.ndarray:
    """An array as a matrix: leading axes joined, a vector as one row."""
    a = np.asarray(a, float)
    if a.ndim < 2:
        return a.reshape(1, -1)
    return a.reshape(-1, a.shape[-1])


def magnitude(a: np.ndarray) -> float:
    """max |a| over the finite entries, 0 for none."""
    a = np.abs(a[np.isfinite(a)])
    return float(a.max()) if a.size else 0.0
