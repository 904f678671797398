"""`ag.draw(root)`: the graph as a picture, with the local rule on every edge."""

from __future__ import annotations

import os
import re
from base64 import b64encode
from collections.abc import Collection, Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Any

from ..core.graph import Node
from ..graphs.names import named
from ..graphs.tape import Tape
from ..graphs.text import clip, escape
from ..nodes.files import replacing
from ..ops.inputs import operand
from .boxes import fold, size
from .fit import fitted, narrowed, shown_size
from .formula import title_of
from .label import Style
from .layout import build, declined, direction_of
from .render import NoLayout, render
from .subject import Subject
from .trace import Trace, table
from .view import View

__all__ = ["Drawing", "NoLayout", "draw", "write_file"]

SHOW = ("value", "gradient", "hand", "rules", "contributions", "legend")
BLANK = ("value", "gradient", "hand", "rules")
FORMATS = ("svg", "png", "pdf", "dot", "html")

DECLINED = 200  # boxes: above, nothing is drawn


class Drawing:
    """A picture of a graph: `.dot`, `.svg()`, `.png()`, `.save(path)`. Notebooks show it.

    `.text` is the trace table, which is shown where no picture can be.

    >>> import autograd_lite as ag
    >>> drawing = ag.draw(ag.Value(2.0, "x") * 3.0)
    >>> drawing.dot.startswith("digraph")
    True
    """

    def __init__(
        self,
        dot: str,
        title: str,
        text: str,
        table: Trace | None = None,
        laid_out: bytes | None = None,
    ) -> None:
        self.dot = dot
        self._laid_out = laid_out
        self.title = title
        self.text = text
        self.table = table

    @cached_property
    def _svg(self) -> str:
        source = (self._laid_out or render(self.dot, "svg")).decode()
        # The declaration and doctype are for a file of its own; inside a page they are no HTML.
        # A picture wider than the page shrinks, and a screen reader says what it is of.
        # Nothing refers to an id, and a page may show the same drawing twice: it has none.
        source = re.sub(r' id="\w+"(?= class="(graph|cluster|node|edge)")', "", source)
        label = escape(clip(f"Computation graph of {self.title}", 120))
        look = f'<svg role="img" aria-label="{label}" style="max-width:100%;height:auto" '
        return re.sub(
            r'<svg\s+width="(\d+)pt" height="(\d+)pt"',
            lambda found: look + shown_size(float(found[1]), float(found[2])),
            source[source.index("<svg") :],
            count=1,
        )

    def svg(self) -> str:
        """The picture as SVG, which can be put into a page. Raises `NoLayout` without Graphviz."""
        return self._svg

    def png(self) -> bytes:
        """The picture as PNG. Raises `NoLayout` without Graphviz."""
        return render(self.dot, "png")

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the picture to a file whose suffix says the format: svg, png, pdf, dot or html.

        The file is there whole or not at all. Raises ValueError for another suffix, `NoLayout`
        without Graphviz (never for dot).
        """
        path = Path(path)
        format = path.suffix[1:].lower()
        match format:
            case "dot":
                content = self.dot.encode()
            case "svg":
                content = ('<?xml version="1.0" encoding="UTF-8"?>\n' + self.svg()).encode()
            case "html":
                content = (
                    '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n'
                    f"<title>{escape(clip(self.title, 120))}</title>\n<body>\n{self.svg()}</body>\n"
                    "</html>\n"
                ).encode()
            case "png" | "pdf":
                content = render(self.dot, format)
            case _:
                raise ValueError(
                    f"a drawing is saved as {', '.join(FORMATS)}, by the suffix of the file; "
                    f"{path.name!r} has {path.suffix!r}"
                )
        return write_file(path, content)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        try:
            bundle = {"image/svg+xml": self.svg(), "text/plain": self.text}
            with suppress(NoLayout):  # for who shows no SVG: JupyterLab, until it trusts a notebook
                # By the library gd, a file is a quarter as large, and nearly as good to look at.
                bundle["image/png"] = b64encode(render(self.dot, "png:gd")).decode()
            return bundle
        except Exception as error:  # a repr never raises: it says what is missing
            why = f"(no picture: {error})"
            bundle = {"text/plain": f"{self.text}\n\n{why}"}
            if self.table is not None:
                bundle["text/html"] = f"{self.table.html()}<p>{escape(why)}</p>"
            return bundle

    def __repr__(self) -> str:
        return f"<Drawing of {clip(self.title, 60)}; .save('graph.svg') writes it>"


def draw(
    root: Node,
    *,
    names: Any = None,
    direction: str | None = None,
    depth: int | None = None,
    only: Any = None,
    show: Sequence[str] = SHOW,
    blank: Collection[str] = (),
) -> Drawing:
    """The graph below `root`: values, gradients, and on every edge what it does to the gradient.

    A node is called by its label, else by the variable that holds it where `draw` is called, else
    by a letter; `names` maps names to nodes. `direction` is "LR" or "TB" (None chooses). Groups
    deeper than `depth` are one box each; with None, all is folded until it fits a notebook's column
    and two screens: formulas, then groups, then what lies between the first and last steps. `only`
    names groups or nodes to draw, with what goes into them. `show` lists what is drawn, `blank`
    what is left empty for a worksheet. More than 200 boxes are not drawn but counted.

    Raises TypeError when `root` is no node, ValueError for an option that is not there.

    >>> import autograd_lite as ag
    >>> x = ag.Value(3.0)
    >>> y = x * x
    >>> y.backward()
    >>> ag.draw(y)
    <Drawing of y = x · x; .save('graph.svg') writes it>
    """
    root = operand(root)
    if not isinstance(root, Node):
        raise TypeError(
            f"draw takes a node (a Value or a Tensor), not {type(root).__name__}: plain numbers "
            "have no graph"
        )
    checked("direction", [] if direction is None else [direction], ("LR", "TB"))
    checked("show", show, SHOW)
    checked("blank", blank, BLANK)
    if depth is not None and (not isinstance(depth, int) or depth < 0):
        raise ValueError(f"depth is how many levels of groups are opened, 0, 1, ..., not {depth!r}")
    given = named(names)
    tape = Tape(root)
    if len(tape.order) > 100 * DECLINED:
        return too_many(len(tape.order))
    subject = Subject(tape, *given)

    def dot_of(view: View, style: Style) -> str:
        way = direction or ("TB" if style.down else direction_of(view))
        return build(view, way, show, blank, style)

    if depth is None and only is None:
        if (count := size(fold(subject, 0))) > DECLINED:
            return too_many(count)
        view, dot, svg = fitted(subject, dot_of)
    else:
        view = View(subject, fold(subject, depth), depth, only)
        if len(view.boxes) > DECLINED:
            return too_many(len(view.boxes))
        view, dot, svg = narrowed(view, dot_of)
    shown = table(view)
    return Drawing(dot, title_of(subject, view.root), str(shown), shown, svg)


def too_many(count: int) -> Drawing:
    """A drawing of nothing but the words that say why, and what to do."""
    words = (
        f"{count:,} values are too many for a picture (the limit is {DECLINED}): draw less with "
        "depth=0 or only=, or print ag.trace(root)"
    )
    return Drawing(declined(words), f"{count:,} values", words)


def checked(name: str, given: Any, possible: Sequence[str]) -> None:
    """ValueError when an option has a word that means nothing."""
    if isinstance(given, str):
        raise ValueError(f"{name} is a list of words, [{given!r}], not a single word")
    if wrong := [word for word in given if word not in possible]:
        raise ValueError(f"{name} knows {', '.join(possible)}, not {wrong[0]!r}")


def write_file(path: Path, content: bytes) -> Path:
    """Write a file so that it is there whole or not at all."""
    with replacing(path) as file:
        file.write(content)
    return path
