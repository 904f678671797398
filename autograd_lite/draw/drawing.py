"""`ag.draw(root)`: the graph as a picture, with the local rule on every edge."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Collection, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from ..graph import Node
from .layout import build, direction_of
from .names import caller_names, given_names
from .render import NoLayout, render
from .view import View

__all__ = ["Drawing", "draw", "write_file"]

SHOW = ("value", "gradient", "hand", "rules", "contributions", "legend")
FORMATS = ("svg", "png", "pdf", "dot", "html")


class Drawing:
    """A picture of a graph: `.dot`, `.svg()`, `.png()`, `.save(path)`. Notebooks show it.

    >>> import autograd_lite as ag
    >>> drawing = ag.draw(ag.Value(2.0, "x") * 3.0)
    >>> drawing.dot.startswith("digraph")
    True
    """

    def __init__(self, dot: str, text: str = "") -> None:
        self.dot = dot
        self.text = text

    @cached_property
    def _svg(self) -> str:
        source = render(self.dot, "svg").decode()
        # The declaration and doctype are for a file of its own; inside a page they are no HTML.
        return source[source.index("<svg") :]

    def svg(self) -> str:
        """The picture as SVG, which can be put into a page. Raises `NoLayout` without Graphviz."""
        return self._svg

    def png(self) -> bytes:
        """The picture as PNG. Raises `NoLayout` without Graphviz."""
        return render(self.dot, "png")

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the picture to a file whose suffix says the format: svg, png, pdf, dot or html.

        The file is there whole or not at all. Raises ValueError for another suffix.
        """
        path = Path(path)
        format = path.suffix[1:].lower()
        if format not in FORMATS:
            raise ValueError(
                f"a drawing is saved as {', '.join(FORMATS)}, by the suffix of the file; "
                f"{path.name!r} has {path.suffix!r}"
            )
        match format:
            case "dot":
                content = self.dot.encode()
            case "svg":
                content = ('<?xml version="1.0" encoding="UTF-8"?>\n' + self.svg()).encode()
            case "html":
                content = (
                    '<!doctype html><html lang="en"><meta charset="utf-8">'
                    f"<title>Computation graph</title><body>{self.svg()}</body></html>\n"
                ).encode()
            case _:
                content = render(self.dot, format)
        return write_file(path, content)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        try:
            return {"image/svg+xml": self.svg(), "text/plain": self.text}
        except Exception as error:  # a repr never raises: say what is missing
            return {"text/plain": f"{self.text}\n\n(no picture: {error})".lstrip()}

    def __repr__(self) -> str:
        return f"<Drawing of {self.dot.count(' [id=')} parts; .save('graph.svg') writes it>"


def write_file(path: Path, content: bytes) -> Path:
    """Write a file so that it is there whole or not at all."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(name, 0o666 & ~mask)
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise
    return path


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
    """Draw the graph below `root`: values, gradients, and on every edge the local rule.

    >>> import autograd_lite as ag
    >>> x = ag.Value(3.0)
    >>> y = x * x
    >>> y.backward()
    >>> "y" in ag.draw(y).dot
    True
    """
    if not isinstance(root, Node):
        raise TypeError(f"draw takes a node, not {type(root).__name__}")
    view = View(root, given_names(names), caller_names(), depth)
    way = direction or direction_of(view)
    return Drawing(build(view, way, show, blank))


__all__ += ["NoLayout"]
