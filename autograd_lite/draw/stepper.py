"""`ag.step(root)`: the backward sweep one operation at a time, as one self-contained HTML file."""

from __future__ import annotations

import json
import os
from html import escape as quoted
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np

from ..graph import Node
from .colour import scale_of, tint
from .drawing import write_file
from .geometry import LABEL, place
from .label import rows_of
from .names import named
from .rules import phrase
from .steps import Message, Step, naive, run
from .text import clip, escape, plain, shape_text, show_number
from .trace import backward_text
from .view import Box, View, gradient
from .witness import three_ways

__all__ = ["Stepper", "step"]

MOST = 200  # boxes


class Stepper:
    """A page that walks through the sweep: `.html`, `.save(path)`; notebooks show it in a frame.

    >>> import autograd_lite as ag
    >>> x = ag.Value(2.0, "x")
    >>> "<svg" in ag.step(x * x).html
    True
    """

    def __init__(self, html: str, height: int) -> None:
        self.html = html
        self.height = height

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
    if not isinstance(root, Node):
        raise TypeError(f"step takes a node, not {type(root).__name__}")
    view = View(root, *named(names))
    if len(view.boxes) > MOST:
        raise ValueError(
            f"the stepper shows up to {MOST} values; this graph has {len(view.boxes)}. Step "
            "through a smaller example, or print ag.trace(root) or the steps of ag.steps(root)"
        )
    told = Teller(view).everything()
    template = resources.files(__package__).joinpath("stepper.html").read_text(encoding="utf-8")
    html = template.replace("{{title}}", escape(told["title"])).replace("{{data}}", as_script(told))
    return Stepper(html, int(min(1000, max(560, told["h"] + 140))))


def as_script(x: Any) -> str:
    """JSON that can stand in a script: nothing in it ends the script or starts a comment."""
    text = json.dumps(x, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


class Teller:
    """Everything the page shows, as text: the page computes nothing."""

    def __init__(self, view: View) -> None:
        self.view = view
        self.index = {id(box): k for k, box in enumerate(view.boxes)}
        self.edges = {id(e): k for k, e in enumerate(e for box in view.boxes for e in box.edges)}
        self.right = list(run(view))
        self.root = view.home[id(view.root)]
        arrived = [m.now for s in self.right for m in s.messages]
        self.final = {id(m.edge.source): m.now for s in self.right for m in s.messages}
        self.final[id(self.root)] = view.root.one()
        self.scale = scale_of([view.root.one(), *arrived])

    def everything(self) -> dict[str, Any]:
        """The data of the page."""
        calls, cut = naive(self.view)
        rules = self.rules()
        geometry = place(self.view, dict(enumerate(rules)))
        boxes = [
            {**self.box(box), **where}
            for box, where in zip(self.view.boxes, geometry["boxes"], strict=True)
        ]
        edges = [
            {"rule": rule, "constant": edge.source.kind == "constant", **where}
            for rule, edge, where in zip(
                rules,
                [e for box in self.view.boxes for e in box.edges],
                geometry["edges"],
                strict=True,
            )
        ]
        for edge in edges:
            if edge["constant"]:
                edge["rule"] = ""
        return {
            "title": self.view.title(),
            "boxes": boxes,
            "edges": edges,
            "groups": geometry["groups"],
            "w": geometry["w"],
            "h": geometry["h"],
            "label": LABEL,
            "right": [self.start(), *(self.step(s) for s in self.right)],
            "naive": [self.start(), *self.early(calls)],
            "cut": cut,
            "check": three_ways(self.view, self.final, self.cells),
        }

    def rules(self) -> list[str]:
        """What every edge says."""
        edges = [e for box in self.view.boxes for e in box.edges]
        return [
            "" if e.rule is None else clip(phrase(e.rule, gradient(e.target.name)), 40)
            for e in edges
        ]

    def cells(self, x: Any, signed: bool = True) -> list[list[list[str]]]:
        """The numbers of an array as rows of (text, colour); a large one as one cell of words."""
        x = plain(x)
        if not x.size:
            return [[["empty", ""]]]
        shown, whole = rows_of(x)
        if not whole:
            finite = x[np.isfinite(x)]
            if not finite.size:
                return [[[f"{x.size} numbers, none finite", ""]]]
            low, high = show_number(finite.min(), signed), show_number(finite.max(), signed)
            return [[[f"{x.size} numbers, {low} to {high}", ""]]]
        return [
            [
                [show_number(v, signed), tint(float(v), self.scale) if signed and v != 0 else ""]
                for v in line
            ]
            for line in shown
        ]

    def box(self, box: Box) -> dict[str, Any]:
        """A box without its place."""
        final = self.final.get(id(box))
        return {
            "name": clip(box.name, 30),
            "formula": clip(box.formula, 40),
            "kind": box.kind,
            "shape": shape_text(box.node),
            "value": self.cells(box.node, signed=False),
            "code": "" if box.kind == "constant" else backward_text(box, self.index),
            "need": len(box.users),
            "final": None if final is None or box.kind == "constant" else self.cells(final),
        }

    def start(self) -> dict[str, Any]:
        """The first step: the seed."""
        root = clip(self.root.name, 30)
        one = self.cells(self.view.root.one())
        message = {"to": self.index[id(self.root)], "edge": -1, "rule": f"∂{root}/∂{root} = 1"}
        return {
            "box": self.index[id(self.root)],
            "title": "Start at the output",
            "say": f"{root} changes one for one with itself.",
            "messages": [{**message, "message": one, "now": one, "arrived": 0, "wanted": 0}],
        }

    def step(self, s: Step) -> dict[str, Any]:
        """A step in the right order."""
        name = clip(s.name, 30)
        wanted = len(s.box.users)
        say = []
        if wanted > 1:
            all_of = "Both" if wanted == 2 else f"All {wanted}"
            say.append(f"{all_of} messages for {name} have arrived, so it can pass them on.")
        for m in s.messages:
            to = clip(m.name, 30)
            if m.products is not None:
                say.append(f"{to} was used by all entries of {name}, so its message is a sum.")
            if m.wanted > 1 and m.arrived < m.wanted:
                say.append(f"{to} waits: {m.arrived} of {m.wanted} messages have arrived.")
            elif m.wanted > 1:
                say.append(f"{to} was waiting; its last message is added, not put in its place.")
        constants = [clip(e.source.name, 30) for e in s.box.edges if e.source.kind == "constant"]
        say += [f"{c} is a constant and gets no gradient." for c in dict.fromkeys(constants)]
        return self.told(s, " ".join(say))

    def early(self, calls: list[Step]) -> list[dict[str, Any]]:
        """The calls of the naive recursion, with a word where it goes wrong."""
        told, count, parted = [], {id(self.root): 0}, False
        for s in calls:
            have, need = count.get(id(s.box), 0), len(s.box.users)
            name = clip(s.name, 30)
            say = ""
            if have < need:
                say = f"Too early: {name} passes on {have} of its {need} messages."
                if not parted:
                    say = f"Here the two part. {say} The right order waits."
                parted = True
            elif need > 1 and have > 1:
                say = (
                    f"{name} passes on its sum of {have} messages, though it passed on the earlier "
                    "ones already: they count again."
                )
            for m in s.messages:
                count[id(m.edge.source)] = m.arrived
            told.append(self.told(s, say))
        return told

    def told(self, s: Step, say: str) -> dict[str, Any]:
        """A step as data."""
        title = f"{s.name} = {s.formula}" if s.formula else s.name
        return {
            "box": self.index[id(s.box)],
            "title": f"Back through {clip(title, 60)}",
            "say": say,
            "arrives": self.cells(s.arrives),
            "messages": [self.message(m) for m in s.messages if m.edge.source.kind != "constant"],
        }

    def message(self, m: Message) -> dict[str, Any]:
        """A message as data."""
        told = {
            "to": self.index[id(m.edge.source)],
            "edge": self.edges[id(m.edge)],
            "rule": m.rule,
            "local": clip(m.local, 60),
            "message": self.cells(m.message),
            "now": self.cells(m.now),
            "arrived": m.arrived,
            "wanted": m.wanted,
        }
        if m.slope is not None:
            told["slope"] = [[[text, ""] for text, _ in line] for line in self.cells(m.slope)]
        if m.products is not None:
            told["products"] = self.cells(m.products)
        if m.already is not None:
            told["already"] = self.cells(m.already)
        return told
