"""A drawing folded until it fits: first into formulas, then group by group, at last in the middle.

It fits when it is no wider than a notebook's column and no higher than two screens, at a size at
which it can be read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from .boxes import Box, fold, size
from .render import NoLayout, render
from .subject import Subject
from .view import View

__all__ = ["MOST", "Picture", "fitted", "shown_size"]

COLUMN, SCREENS = 628, 1350  # points: of a notebook's column, and of two screens below each other

LEAST = 0.92  # how far a picture may shrink to fit: its smallest text, of 9 points, is then 11 px

MOST = 80  # boxes that can stand on two screens

ENDS = (12, 8, 6, 4, 3, 2, 1)  # results at either end that are shown when the middle is not

CARD, CARDS = 3, (3, 2)  # columns of the arrays on a card; where it has to be narrow, fewer

STYLES = ((0, False), (0, True), (CARD, True))  # cards or none, top down or by choice

Picture = tuple[View, str, bytes | None]
"""A view, its DOT, and its SVG where it could be laid out."""


def fitted(subject: Subject, dot_of: Callable[[View, int, bool], str]) -> Picture:
    """The picture of the most open folding that fits; the smallest, where none does.

    `dot_of` makes DOT of a view: top down or as it likes, with its rules on the edges or on cards
    of so many columns.
    """
    best: Picture | None = None
    least = 0.0
    for home, depth, cards, down in foldings(subject):
        view = View(subject, home, depth)
        dot = dot_of(view, cards, down)
        if best is not None and dot == best[1]:
            continue
        try:
            svg = render(dot, "svg")
        except NoLayout:  # nothing can be measured, and nothing will be shown
            return best or (view, dot, None)
        width, height = natural_size(svg.decode())
        scale = scale_for(width)
        over = max(width * scale / COLUMN, height * scale / SCREENS)
        if best is None or over < least:
            best, least = (view, dot, svg), over
        if over <= 1.001:
            break
    assert best is not None
    return best


def foldings(subject: Subject) -> Iterator[tuple[dict[int, Box], int | None, int, bool]]:
    """Boxes, how deep groups are open, columns of cards, whether top down: ever more folded."""
    depths = [None, *range(subject.groups.depth - 1, -1, -1)]
    plans: list[tuple[int | None, int, bool, int | None]] = []
    for depth in depths:
        plans += [(depth, cards, down, None) for cards, down in STYLES]
    plans += [(depths[-1], columns, True, ends) for columns in CARDS for ends in ENDS]
    tried: set[tuple[int, int, bool]] = set()
    for depth, cards, down, ends in plans:
        home = fold(subject, depth, cards > 0, ends)
        plan = size(home), cards, down
        if plan not in tried and (size(home) <= MOST or ends == ENDS[-1]):
            tried.add(plan)
            yield home, depth, cards, down


def natural_size(svg: str) -> tuple[float, float]:
    """Width and height in points, as they were laid out."""
    found = re.search(r'<svg\s+width="([\d.]+)pt" height="([\d.]+)pt"', svg)
    return (float(found[1]), float(found[2])) if found else (0.0, 0.0)


def scale_for(width: float) -> float:
    """How much a picture shrinks to the column."""
    return max(min(1.0, COLUMN / width), LEAST) if width else 1.0


def shown_size(width: float, height: float) -> str:
    """The attributes for a picture's size: JupyterLab would not shrink it to the column."""
    scale = scale_for(width)
    return f'width="{width * scale:.0f}pt" height="{height * scale:.0f}pt"'
