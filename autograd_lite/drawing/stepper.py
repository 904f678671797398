"""`ag.step(root)`: the backward sweep one operation at a time, as one self-contained HTML file."""

from __future__ import annotations

import json
import os
from html import escape as quoted
from importlib import resources
from pathlib import Path
from typing import Any

from ..core.graph import Node
from ..graphs.names import named
from ..graphs.tape import Tape
from ..graphs.text import escape
from ..ops.inputs import operand
from .boxes import fold, size
from .drawing import write_file
from .page import Page
from .steps import run
from .subject import Subject
from .view import View

__all__ = ["Stepper", "step"]

MOST = 200  # boxes


class Stepper:
    """A page that walks through the sweep: `.html`, `.save(path)`; notebooks show it in a frame.

    `.text` has the same steps in words, for where no script runs: on paper, on a site that shows
    stored notebooks.

    >>> import autograd_lite as ag
    >>> x = ag.Value(2.0, "x")
    >>> "<svg" in ag.step(x * x).html
    True
    """

    def __init__(self, html: str, height: int, text: str) -> None:
        self.html = html
        self.height = height
        self.text = text

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the page to an .html file, whole or not at all. ValueError for another suffix."""
        path = Path(path)
        if path.suffix.lower() not in (".html", ".htm"):
            raise ValueError(f"a stepper is saved as .html; {path.name!r} has {path.suffix!r}")
        return write_file(path, self.html.encode())

    def _repr_html_(self) -> str:
        # A frame keeps the page's styles and keys apart from the notebook's, and its script runs.
        return (
            f'<iframe srcdoc="{quoted(self.html)}" sandbox="allow-scripts" title="Backward steps" '
            f'style="width:100%;height:{self.height}px;border:1px solid #c9c9c9"></iframe>'
            "<details><summary>The steps in words</summary>"
            f"<pre>{quoted(self.text)}</pre></details>"
        )

    def __repr__(self) -> str:
        return f"<Stepper, {len(self.html) // 1000} kB of HTML; .save('steps.html') writes it>"


def step(root: Node, *, names: Any = None) -> Stepper:
    """A page that steps through `backward()`: what arrives, the local slope, the messages.

    Buttons, slider and arrow keys go forth and back; "predict first" hides numbers until asked; a
    switch runs the naive recursion on the same graph. No `.grad` changes; the page loads nothing.
    Raises ValueError when the root is not a scalar or the graph has more than 200 boxes.

    >>> import autograd_lite as ag
    >>> x = ag.Value(3.0)
    >>> page = ag.step(x * x)
    >>> page.html.startswith("<!doctype html>")
    True
    """
    root = operand(root)
    if not isinstance(root, Node):
        raise TypeError(f"step takes a node, not {type(root).__name__}")
    subject = Subject(Tape(root), *named(names))
    home = fold(subject)
    if (count := size(home)) > MOST:
        raise ValueError(
            f"the stepper shows up to {MOST} values; this graph has {count:,}. Step through a "
            "smaller example, or print ag.trace(root) or the steps of ag.steps(root)"
        )
    view = View(subject, home)
    told = Page(view).everything()
    template = resources.files(__package__).joinpath("stepper.html").read_text(encoding="utf-8")
    html = template.replace("{{title}}", escape(told["title"])).replace("{{data}}", as_script(told))
    text = "\n".join(map(str, run(view)))
    return Stepper(html, int(min(1000, max(560, told["h"] + 140))), text)


def as_script(x: Any) -> str:
    """JSON that can stand in a script: nothing in it ends the script or starts a comment."""
    text = json.dumps(x, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text
