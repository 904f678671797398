"""What the steps of a program are called: the user's own names, else letters.

A node's label is a name. So is the variable that held a value in the user's function: its frames
are looked into while it runs, since a name is gone when the function has returned or has used it
again. The gradient of `w` is called `dw`. All names are made safe identifiers.
"""

from __future__ import annotations

import keyword
import re
import sys
from types import FrameType
from typing import Any

from ..core.graph import Node, data
from ..graphs.names import LETTERS
from ..nodes.callsite import PASSED_OVER
from .helpers import HELPERS
from .program import INPUT, Step

__all__ = ["Namer", "assign_names", "safe"]

WATCHED = 2000  # steps; in a longer program nobody reads the names
RESERVED = {
    "np",
    "math",
    "abs",
    "size",
    "bool",
    "float",
    "int",
    "slice",
    *(helper.__name__ for helper in HELPERS),
}


class Namer:
    """Looks for the names of the values in the user's frames while a function is recorded."""

    def __init__(self) -> None:
        self.frames: dict[FrameType, int] = {}
        self.cotangents: dict[Node, Any] = {}  # what has come to each node
        self.own: dict[str, bool] = {}
        self.results: list[Step] = []  # what was differentiated
        self.function = ""

    def look(self, steps: list[Step]) -> None:
        """Read the names in the frame that the newest step comes from, once for each line of it."""
        if len(steps) > WATCHED:
            return
        frame: FrameType | None = sys._getframe(2)
        while frame is not None:
            file = frame.f_code.co_filename
            passed = self.own.get(file)
            if passed is None:
                passed = self.own[file] = file.startswith(PASSED_OVER)
            if not passed:
                break
            frame = frame.f_back
        if frame is not None and self.frames.get(frame) != frame.f_lineno:
            if frame in self.frames:
                self.read(frame)
            self.frames[frame] = frame.f_lineno

    def read(self, frame: FrameType) -> None:
        """Label the steps that this frame's variables hold."""
        for name, held in list(frame.f_locals.items()):
            kind = type(held)
            if isinstance(held, Node):
                name = held.label or name
                held = held.primal
                kind = type(held)
            step = getattr(held, "step", None) if hasattr(kind, "recorder") else None
            if step is not None and not step.label and not name.startswith("_"):
                step.label = name

    def root(self, node: Node) -> None:
        """Call what is differentiated after the function that computed it."""
        step = getattr(node.primal, "step", None)
        if step is not None and step.call is not INPUT:
            self.results.append(step)

    def finish(self) -> None:
        """Read every frame a last time, and name the gradients after what they are gradients of."""
        for frame in self.frames:
            if frame.f_code.co_name != "<module>":
                self.read(frame)
        self.frames.clear()
        for step in self.results:
            step.label = step.label or self.function
        for node, g in self.cotangents.items():
            of = getattr(node.primal, "step", None)
            dg: Any = getattr(data(g), "step", None)
            if node.label and of is not None and not of.label:
                of.label = node.label
            if dg is None or of is None:
                continue
            if dg.of is None or (of.label and not dg.of.label):  # the better known of two
                dg.of = of
        self.cotangents.clear()


def safe(name: str) -> str:
    """A name that is an identifier of Python's and hides nothing."""
    name = re.sub(r"\W", "_", name, flags=re.ASCII).strip("_")[:40]
    if not name or name[0].isdigit():
        name = f"v{name}"
    return f"{name}_" if keyword.iskeyword(name) or name in RESERVED else name


def letter(step: Step) -> str:
    """A letter for a step that nobody gave a name."""
    name = getattr(step.call, "__name__", "") or getattr(step.call, "name", "v")
    symbols = {"multiply": "*", "add": "+", "subtract": "-", "divide": "/", "matmul": "@",
               "negative": "neg", "pow": "**"}  # fmt: skip
    known = LETTERS.get(symbols.get(name, name))
    return known or (name[:1] if name[:1].isalpha() else "v")


def order(step: Step) -> int:
    """Given names come before letters, and gradients after what they are gradients of."""
    return 0 if step.label else 1 if step.of is None else 2


def assign_names(steps: list[Step]) -> dict[Step, str]:
    """A safe name of its own for every step."""
    taken: dict[str, int] = {}
    names: dict[Step, str] = {}
    for step in sorted(steps, key=order):
        of = names.get(step.of) if step.of is not None else None
        wanted = safe(step.label) if step.label else f"d{of}" if of else letter(step)
        name = wanted
        while name in taken:
            taken[wanted] += 1
            name = f"{wanted}{taken[wanted]}"
        taken[name] = 1
        names[step] = name
    return names
