"""The report as text, for a terminal."""

from __future__ import annotations

import textwrap
from typing import Any

import numpy as np

from .findings import Cause, Note, Row

__all__ = ["MOST", "consequence", "reproduces", "table", "text"]

WIDTH = 100
MOST = 6  # gradients that are reported in full


def text(rows: list[Row], about: list[Note]) -> str:
    """A whole report: a line for each gradient if there are several, then those that differ."""
    lines: list[str] = []
    shown = rows
    if len(shown) > 1:
        lines += table(shown)
        shown = [row for row in shown if (row.causes or not row.ok) and not consequence(row)]
    for row in shown[:MOST]:
        lines += [*([""] if lines else []), *section(row)]
    if len(shown) > MOST:
        lines += ["", f"... and {len(shown) - MOST} more rows that differ."]
    said = {note.message for row in shown[:MOST] for note in row.notes}
    for note in about:
        if note.message not in said:
            lines += wrapped(f"Note ({note.code}): {note.message}")
    return "\n".join(lines)


def consequence(row: Row) -> bool:
    """Whether the row is wrong only because a step nearer the output is."""
    return any(c.code == "consequence" for c in row.causes)


def table(rows: list[Row]) -> list[str]:
    """One line for each gradient."""
    width = min(max(len(row.name) for row in rows), 30)
    lines = [f"{'name':<{width}}  exact  approximate  max difference  verdict"]
    for row in rows:
        first = row.pairs[0] if row.pairs else None
        exact = hand_equals(row)
        close = "-" if first is None else "yes" if first.agrees else "no"
        said = row.verdict
        if said == "hand":
            said = "hand: " + (row.causes[0].code if row.causes else "unknown")
        name = row.name if len(row.name) <= width else row.name[: width - 1] + "…"
        lines.append(f"{name:<{width}}  {exact:<5}  {close:<11}  {row.largest:<14.1e}  {said}")
    return lines


def hand_equals(row: Row) -> str:
    """Whether hand gradient and autodiff are the same bit for bit: information, never a failure."""
    if row.hand is None:
        return "-"
    return "yes" if row.hand_fits() and np.array_equal(row.hand, row.auto) else "no"


def section(row: Row) -> list[str]:
    """The full report on one gradient."""
    lines = [f"{row.name}  shape {row.auto.shape}  {row.dtype}", *pairs(row)]
    lines += wrapped(f"Verdict: {row.sentence}")
    lines += explanation(row)
    for note in row.notes:
        lines += wrapped(f"Note ({note.code}): {note.message}")
    worst = row.worst()
    if worst is not None and not row.ok:
        lines.append("Worst entry " + entry(row, worst))
    return [line[: WIDTH - 1] + "…" if len(line) > WIDTH else line for line in lines]


def pairs(row: Row) -> list[str]:
    """How far each two of the three gradients are apart."""
    lines = [f"{'':<24}  largest |diff|   relative   entries off"] if row.pairs else []
    for p in row.pairs:
        off = f"{p.off} of {p.of}"
        said = "agrees" if p.agrees else "differs"
        remark = f"   ({p.remark})" if p.remark else ""
        pair = f"{p.left:<8} - {p.right}"
        lines.append(
            f"  {pair:<22}  {p.largest:>12.1e}  {p.relative:>9.0e}  {off:>11}   {said}{remark}"
        )
    return lines


def explanation(row: Row) -> list[str]:
    """The likely cause, where it shows and how to mend it, and what else gives these numbers."""
    where = [part for line in row.where for part in wrapped("   " + line)]
    if not row.causes:
        return where
    first, *others = row.causes
    if first.code == "consequence":
        lines = wrapped(f"Consequence: {first.message}")
    else:
        lines = [*wrapped(f"Likely cause: {first.message}{reproduces(first)}."), *where]
        lines += [f"   Fix: {first.fix}"] if first.fix else []
    for cause in others:
        lines += wrapped(f"   Same numbers would come from: {cause.message}.")
    return lines


def reproduces(cause: Cause) -> str:
    """How well an explanation fits, in words; nothing for one that predicts no numbers."""
    if cause.code == "unknown" or cause.match != cause.match:
        return ""
    how = "exactly" if cause.match == 0 else f"to {cause.match:.0e}"
    return f" (reproduces your numbers {how})"


def entry(row: Row, at: tuple[int, ...]) -> str:
    """The numbers at one index."""
    parts = []
    if row.hand_fits():
        parts.append(f"hand {number(row.hand[at])}")
    parts.append(f"autodiff {number(row.auto[at])}")
    if row.num is not None and not np.isnan(row.num[at]):
        parts.append(f"numerical {number(row.num[at])}")
    where = f"{list(at)}: " if at else ""
    return where + ", ".join(parts)


def number(x: Any) -> str:
    """Four decimals where they show something, else scientific."""
    x = float(x) + 0.0  # no −0
    if x == 0 or 1e-3 <= abs(x) < 1e4:
        return f"{x:.4f}"
    return f"{x:.3e}"


def wrapped(text: str) -> list[str]:
    """Lines of at most 100 columns; later lines are indented, line breaks in the text are kept."""
    out: list[str] = []
    for k, line in enumerate(text.splitlines() or [""]):
        inner = len(line) - len(line.lstrip())
        out += textwrap.wrap(
            line,
            WIDTH,
            initial_indent="" if k == 0 else "   ",
            subsequent_indent=" " * inner + "   ",
            drop_whitespace=True,
        ) or [""]
    return out
