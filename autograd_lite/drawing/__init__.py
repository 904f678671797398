"""Seeing a graph: the drawing, the trace table, the paths, the steps and the stepper.

Reading order: `subject` (what is drawn: nodes with names and groups), `boxes` (which nodes share a
box), `formula` and `rules` (what a box and its edges say), `view` (all of it together); then the
ways of showing it: `label`, `layout`, `fit` and `drawing`, `trace`, `steps` and `stepper`.
"""

from .drawing import Drawing, draw
from .paths import paths
from .stepper import Stepper, step
from .steps import steps
from .trace import trace

__all__ = ["Drawing", "Stepper", "draw", "paths", "step", "steps", "trace"]
