"""The boxes: a node's name, value, gradient and hand-derived gradient as an HTML-like label."""

from __future__ import annotations

import textwrap
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from ..graphs.colour import GOOD, GRADIENT, INK, MUTE, VALUE, WRONG, tint
from ..graphs.text import array_lines, clip, escape, plain, shape_text, show_number
from .boxes import Box, Use
from .cells import SMALL, Rows, cell, font, span, table
from .edges import rule_text
from .hand import compared
from .render import MONO

__all__ = ["AS_IT_IS", "MOST_CHARACTERS", "Look", "Style", "box_columns", "box_label", "rule_label"]

MOST_CHARACTERS = 12_000  # of one label; a longer one makes Graphviz 2.43 fail

BREAK = "<BR/>"

WIDE, NARROW = 46, 22  # characters of a line of a formula; and on a card


class Style(NamedTuple):
    """How compact a drawing is: rules on `cards` or on the edges, how many `columns` arrays have.

    On cards the rules of a box stand in it, and with them the leaves of single numbers that are
    used nowhere else. It goes `down` or in the direction that it likes.
    """

    cards: bool = False
    columns: int = SMALL[1]
    down: bool = False


AS_IT_IS = Style()


@dataclass(frozen=True)
class Look:
    """How a whole drawing is labelled.

    `root` is the name of what is differentiated, `scale` the largest gradient, `covered` are the
    names that no box goes by, `reasons` why hand-derived gradients are wrong. Where all are single
    numbers no `shapes` are written.
    """

    root: str
    scale: float
    covered: frozenset[str]
    show: Collection[str]
    blank: Collection[str]
    down: bool = True
    style: Style = AS_IT_IS
    shapes: bool = True
    reasons: dict[int, str | None] = field(default_factory=dict)

    @property
    def cards(self) -> bool:
        """Whether rules stand in the boxes."""
        return self.style.cards

    @property
    def most(self) -> tuple[int, int]:
        """The rows and columns of an array that are shown."""
        columns = self.style.columns
        return (columns, columns) if self.cards else (SMALL[0], columns)

    @property
    def arrow(self) -> str:
        """The way a gradient goes."""
        return "↑" if self.down else "←"

    def is_inside(self, box: Box) -> bool:
        """Whether a leaf is shown on the card of what it is used for."""
        return (
            self.cards
            and box.kind == "leaf"
            and np.ndim(box.node.primal) == 0
            and box.node.hand is None
            and len({id(edge.target) for edge in box.users}) == 1
        )


def box_label(box: Box, look: Look) -> str:
    """The label of a box."""
    value = plain(box.node)
    columns = box_columns(value, look)
    rows = Rows(columns, look.scale, look.most)
    header(rows, box, look)
    if "value" in look.show:
        rows.array(font("value", VALUE), value, VALUE, hidden="value" in look.blank)
    if box.kind == "constant":
        rows.line(font("no gradient wanted", MUTE, 9), "LEFT")
    elif "gradient" in look.show:
        gradient_rows(rows, box, look)
    if "hand" in look.show and box.kind != "constant" and box.node.hand is not None:
        hand_rows(rows, box, value.shape, look)
    if look.cards and "rules" in look.show and box.edges:
        rows.line(table("".join(input_rows(box, look))), "LEFT")
    if len(text := rows.text(box.kind)) <= MOST_CHARACTERS:
        return text
    rows = Rows(columns, look.scale)
    header(rows, box, look)
    rows.line(font(escape(span(value, False)), MUTE, 9))
    return rows.text(box.kind)


def box_columns(value: np.ndarray, look: Look) -> int:
    """How many columns of numbers a box has."""
    return min(value.shape[-1], look.most[1]) if value.ndim and value.size else 1


def header(rows: Rows, box: Box, look: Look) -> None:
    """The name line: name and formula, and small behind it the shape and the kind."""
    name = f"<B>{escape(clip(box.name, 40))}</B>"
    if box.formula:
        start = len(clip(box.name, 40)) + 3
        lines = textwrap.wrap(
            clip(box.formula, 140),
            NARROW if look.cards else WIDE,
            initial_indent="x" * start,
            break_long_words=False,
        )
        lines[0] = lines[0][start:]
        name += "&#160;= " + BREAK.join(map(escape, lines))
    words = [shape_text(box.node)] if look.shapes else []
    if box.kind:
        words.append(box.kind)
    if box.collapsed:
        n = sum(member.op is not None for member in box.members)
        words.append(f"{n} step{'s' if n > 1 else ''}")
        if box.results > 1:
            words.append(f"one of its {box.results} results")
    back = {"leaf": "#dfe9f3", "output": INK, "constant": "#eeeeee"}.get(box.kind, "#ffffff")
    ink, mute = ("#ffffff", "#cfcfcf") if box.kind == "output" else (INK, MUTE)
    small = font(escape("  ·  ".join(words)), mute, 9)
    between = BREAK if look.cards and len(words) > 1 else "&#160;&#160; "
    text = font(name, ink) + between + small
    rows.line(text, "LEFT", balign="LEFT", bgcolor=back)


def gradient_rows(rows: Rows, box: Box, look: Look) -> None:
    """∂L/∂e with its sign, and how many paths it is the sum of."""
    hidden = "gradient" in look.blank
    title = font(f"<I>∂{escape(clip(look.root, 12))}/∂{escape(clip(box.name, 12))}</I>", GRADIENT)
    if box.grad is None:
        text = font("not computed yet", MUTE, 9)
        rows.row(cell(title, align="LEFT"), cell(text, colspan=rows.columns + 1, align="LEFT"))
        return
    g = plain(box.grad)
    rows.array(title, g, INK, signed=True, tinted=True, hidden=hidden)
    if len(box.arrivals) > 1 and not hidden:
        where = "below" if look.down else "to its right"
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


def hand_rows(rows: Rows, box: Box, shape: tuple[int, ...], look: Look) -> None:
    """The gradient derived by hand and whether it agrees."""
    hidden, reason = "hand" in look.blank, look.reasons.get(id(box.node), "")
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


def rule_label(edge: Use, look: Look) -> str:
    """The local rule, and at a fan-out the numbers of this contribution."""
    texts = [font(rule_line(edge, look), GRADIENT, 10)]
    if numbers := contribution(edge, look):
        texts.append(font(escape(numbers).replace("  ", "&#160; "), MUTE, 9, MONO))
    # Its own line ends at the text, those of others keep away from it.
    beside = cell("", width=8) if look.down else ""
    rows = [f"<TR>{beside}{cell(text)}{beside}</TR>" for text in texts]
    if not look.down:
        rows = [f"<TR>{cell('', height=5)}</TR>", *rows, f"<TR>{cell('', height=5)}</TR>"]
    return f"<{table(''.join(rows), padding=0)}>"


def rule_line(edge: Use, look: Look) -> str:
    """`↑ × e`, or an empty place for it."""
    text = f"{look.arrow} {rule_text(edge, look.covered)}"
    return "?" if "rules" in look.blank else escape(clip(text, 60))


def contribution(edge: Use, look: Look) -> str:
    """What an edge brings to a value that has several uses."""
    arrivals = edge.source.arrivals
    if len(arrivals) < 2 or edge not in arrivals:
        return ""
    if "contributions" not in look.show or "gradient" in look.blank:
        return ""
    message = edge.message()
    most = look.most[1]
    return "" if message is None else array_lines(message, True, most).replace("-", "−")


def input_rows(box: Box, look: Look) -> list[str]:
    """The inputs on the card of a box: the name of each, what is sent to it and by which rule.

    Of a leaf that is shown nowhere else also its value. Inputs with one rule are named together.
    """
    rows = []
    together: dict[str, list[str]] = {}
    for edge in box.edges:
        rule = rule_line(edge, look)
        if edge.source.kind == "constant":
            continue
        if look.is_inside(edge.source):
            rows += [leaf_row(edge.source, look), rule_row(rule)]
        elif sent := contribution(edge, look):
            name = cell(font(f"to {escape(clip(edge.name, 20))}", INK, 9), align="LEFT")
            numbers = cell(font(escape(sent), INK, 9, MONO), align="RIGHT", colspan=2)
            rows += [f"<TR>{name}{numbers}</TR>", rule_row(rule)]
        else:
            together.setdefault(rule, []).append(clip(edge.name, 20))
    for rule, names in together.items():
        lines = textwrap.wrap(f"to {', '.join(dict.fromkeys(names))}", NARROW)
        text = cell(
            font(BREAK.join(map(escape, lines)), INK, 9), colspan=3, balign="LEFT", align="LEFT"
        )
        rows += [f"<TR>{text}</TR>", rule_row(rule)]
    return rows


def leaf_row(leaf: Box, look: Look) -> str:
    """A leaf on the card of what it is used for: its name, value and gradient."""
    value = sent = ""
    style = {}
    if "value" in look.show and "value" not in look.blank:
        value = show_number(leaf.node.primal)
    if leaf.grad is not None and "gradient" in look.show and "gradient" not in look.blank:
        sent = show_number(leaf.grad, signed=True)
        style = {"bgcolor": tint(float(leaf.grad), look.scale)} if leaf.grad else {}
    cells = cell(font(f"<B>{escape(clip(leaf.name, 20))}</B>", INK, 9), align="LEFT")
    cells += cell(font(value, VALUE, 9, MONO), align="RIGHT")
    return f"<TR>{cells}{cell(font(sent, INK, 9, MONO), align='RIGHT', **style)}</TR>"


def rule_row(rule: str) -> str:
    """The rule of an input, below its name."""
    return f"<TR>{cell(font(rule, GRADIENT, 9), colspan=3, align='LEFT')}</TR>"
