"""What the stepper's page shows, all of it as text: the page computes nothing."""

from __future__ import annotations

from typing import Any

from ..graphs.colour import scale_of, tint
from ..graphs.text import MINUS, array_lines, clip, plain, shape_text, show_number
from .boxes import Box, gradient
from .cells import rows_of
from .formula import title_of
from .geometry import LABEL, place
from .hand import three_ways
from .phrases import phrase
from .steps import BackwardStep, Message, naive, run
from .trace import backward_text
from .view import View

__all__ = ["Page"]


class Page:
    """Everything the page shows, as text: the page computes nothing."""

    def __init__(self, view: View) -> None:
        self.view = view
        self.index = {id(box): k for k, box in enumerate(view.boxes)}
        self.edges = {id(e): k for k, e in enumerate(e for box in view.boxes for e in box.edges)}
        self.right = list(run(view))
        self.root = view.root
        arrived = [m.now for s in self.right for m in s.messages]
        self.final = {id(m.edge.source): m.now for s in self.right for m in s.messages}
        self.final[id(self.root)] = self.root.node.one()
        self.scale = scale_of([self.root.node.one(), *arrived])

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
            "title": title_of(self.view.subject, self.root),
            "boxes": boxes,
            "edges": edges,
            "groups": geometry["groups"],
            "w": geometry["w"],
            "h": geometry["h"],
            "label": LABEL,
            "right": [self.start(), *(self.step(s) for s in self.right)],
            "naive": [self.start(), *self.early(calls)],
            "cut": cut,
            "check": three_ways(self.view, self.cells),
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
            words = array_lines(x, signed, most=0).replace("-", MINUS)
            return [[[words, ""]]]
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
        one = self.cells(self.root.node.one())
        message = {"to": self.index[id(self.root)], "edge": -1, "rule": f"∂{root}/∂{root} = 1"}
        return {
            "box": self.index[id(self.root)],
            "title": "Start at the output",
            "say": f"{root} changes one for one with itself.",
            "messages": [{**message, "message": one, "now": one, "arrived": 0, "wanted": 0}],
        }

    def step(self, s: BackwardStep) -> dict[str, Any]:
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

    def early(self, calls: list[BackwardStep]) -> list[dict[str, Any]]:
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

    def told(self, s: BackwardStep, say: str) -> dict[str, Any]:
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
