"""Seeing a graph: the drawing, the trace table, the paths, the steps and the stepper.

Reading order: `expression` and `rules` (a derivative rule as a formula), `view` (boxes and edges),
then the ways of showing it: `layout` and `drawing`, `trace`, `steps` and `stepper`.
"""

from .drawing import Drawing, draw
from .paths import paths
from .stepper import Stepper, step
from .steps import steps
from .trace import trace

__all__ = ["Drawing", "Stepper", "draw", "paths", "step", "steps", "trace"]
