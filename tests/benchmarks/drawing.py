"""Drawing: our part of a picture beside Graphviz's."""

from __future__ import annotations

import re
import warnings

import numpy as np
import torch
import torchviz
from benchmark import InTurn
from measure import Sides

import autograd_lite as ag
from autograd_lite.drawing.render import render

GROUP = "Drawing"


def recurrence(steps: int) -> ag.Tensor:
    """h ← tanh(W h + b), `steps` times: three values a step, and swept."""
    h, W, b = ag.Tensor(np.ones(3)), ag.Tensor(np.eye(3) / 2), ag.Tensor(np.zeros(3))
    for _ in range(steps):
        h = ag.tanh(W @ h + b)
    L = h.sum()
    L.backward()
    return L


def recurrence_in_torch(steps: int) -> torch.Tensor:
    """The same graph."""
    leaves = torch.ones(3), torch.eye(3) / 2, torch.zeros(3)
    h, W, b = (x.requires_grad_() for x in leaves)
    for _ in range(steps):
        h = torch.tanh(W @ h + b)
    return h.sum()


def text() -> Sides:
    """The text that we hand to Graphviz, and Graphviz's own time to lay it out."""
    L = recurrence(65)
    dot = ag.draw(L).dot
    box = re.compile(r"^\t\w+ \[label=", re.MULTILINE)
    return {
        "ours": lambda: len(box.findall(ag.draw(L).dot)),
        "Graphviz": lambda: render(dot, "svg").count(b'class="node"'),
    }


def picture() -> Sides:
    """The finished picture. torchviz's has the names of the operations, and no numbers."""
    # With 40 steps Graphviz takes half a minute for torchviz's text; ours asks for less finish.
    L, in_torch = recurrence(20), recurrence_in_torch(20)

    def theirs() -> bytes:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "distutils", DeprecationWarning)  # torchviz's own
            return torchviz.make_dot(in_torch).pipe("svg")

    return {
        "ours": lambda: "</svg>" in ag.draw(L).svg(),
        "torchviz": lambda: b"</svg>" in theirs(),
    }


BENCHMARKS = [
    InTurn(
        title="Drawing 199 values: our part, beside Graphviz's layout of it",
        group=GROUP,
        sides=text,
        rounds=3,
        limits={"Graphviz": 0.15},
    ),
    InTurn(
        title="Drawing a recurrence of 20 steps: from graph to picture",
        group=GROUP,
        sides=picture,
        rounds=6,
    ),
]
