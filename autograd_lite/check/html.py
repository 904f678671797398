"""The report as HTML: the heat maps, the table of pairs, and what to do."""

from __future__ import annotations

import re
from html import escape

from .findings import Note, Row
from .heat import PAPER, maps
from .text import MOST, consequence, reproduces, table

__all__ = ["html"]

STYLE = (
    "font-family:system-ui,'DejaVu Sans',sans-serif;font-size:14px;color:#1a1a1a;background:#fff;"
    "padding:12px 16px;max-width:1100px"
)


def html(rows: list[Row], about: list[Note]) -> str:
    """A whole report, self-contained: no script, no network, every text escaped."""
    parts = [f'<div style="{STYLE}">']
    if len(rows) > 1:
        lines = table(rows)
        parts.append(
            "<pre style=\"font-family:'DejaVu Sans Mono',monospace;font-size:12.5px;"
            f'{PAPER}">{escape(chr(10).join(lines))}</pre>'
        )
        rows = [r for r in rows if not r.ok and not consequence(r)]
    parts += [section(row) for row in rows[:MOST]]
    shown = {note.message for row in rows[:MOST] for note in row.notes}
    parts += [
        f"<p>Note ({escape(n.code)}): {escape(n.message)}</p>"
        for n in about
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
    name = re.sub(r"(^|[(/])d(?=[\w(])", r"\1∂", row.name)
    title = f"{name} {joined}, shape {row.auto.shape}"
    return (
        f'<h3 style="font-size:18px;margin:6px 0 12px;color:#1a1a1a">{escape(title)}</h3>'
        + maps(row)
        + pairs(row)
        + explanation(row)
    )


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
