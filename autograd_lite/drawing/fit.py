"""A drawing folded until it fits: first into formulas, then group by group, at last in the middle.

It fits when it is no wider than a notebook's column and no higher than two screens, at a size at
which it can be read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from .boxes import Box, fold, size
from .label import Style
from .render import NoLayout, render
from .subject import Subject
from .view import View

__all__ = ["MOST", "Picture", "fitted", "narrowed", "shown_size"]

COLUMN, SCREENS = 628, 1350  # points: of a notebook's column, and of two screens below each other

LEAST = 0.92  # how far a picture may shrink to fit: its smallest text, of 9 points, is then 11 px

MOST = 80  # boxes that can stand on two screens

ENDS = (12, 8, 6, 4, 3, 2, 1)  # results at either end that are shown when the middle is not

OPEN = (Style(), Style(down=True), Style(columns=3, down=True))
CARDS = (Style(True, 3, True), Style(True, 2, True))

Picture = tuple[View, str, bytes | None]
"""A view, its DOT, and its SVG where it could be laid out."""

Build = Callable[[View, Style], str]
"""Makes DOT of a view."""


def fitted(subject: Subject, build: Build) -> Picture:
    """The picture of the most open folding that fits; the smallest, where none does."""
    views = ((View(subject, home, depth), style) for home, depth, style in foldings(subject))
    return first_that_fits(views, build, SCREENS)


def narrowed(view: View, build: Build) -> Picture:
    """The picture of a view as it is, its arrays and rules as wide as the column has room for."""
    styles = (*OPEN, Style(columns=2, down=True), *CARDS)
    return first_that_fits(((view, style) for style in styles), build, None)


def first_that_fits(
    views: Iterable[tuple[View, Style]], build: Build, height: float | None
) -> Picture:
    """The first of these pictures that fits the column, and the height; else the smallest."""
    best: Picture | None = None
    least = 0.0
    for view, style in views:
        dot = build(view, style)
        if best is not None and dot == best[1]:
            continue
        try:
            svg = render(dot, "svg")
        except NoLayout:  # nothing can be measured, and nothing will be shown
            return best or (view, dot, None)
        wide, high = natural_size(svg.decode())
        scale = scale_for(wide)
        over = max(wide * scale / COLUMN, high * scale / height if height else 0.0)
        if best is None or over < least:
            best, least = (view, dot, svg), over
        if over <= 1.001:
            break
    assert best is not None
    return best


def foldings(subject: Subject) -> Iterator[tuple[dict[int, Box], int | None, Style]]:
    """Boxes, the depth to which groups are open, and a style: ever more folded."""
    depths = [None, *range(subject.groups.depth - 1, -1, -1)]
    plans: list[tuple[int | None, Style, int | None]]
    plans = [(depth, style, None) for depth in depths for style in (*OPEN, CARDS[0])]
    plans += [(depths[-1], style, ends) for style in CARDS for ends in ENDS]
    tried: set[tuple[int, Style]] = set()
    for depth, style, ends in plans:
        home = fold(subject, depth, style.cards, ends)
        plan = size(home), style
        if plan not in tried and (size(home) <= MOST or ends == ENDS[-1]):
            tried.add(plan)
            yield home, depth, style


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
