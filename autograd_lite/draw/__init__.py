"""Seeing a graph: the drawing, the trace table, the paths, the steps and the stepper."""

from .drawing import Drawing, draw
from .paths import paths
from .stepper import Stepper, step
from .steps import steps
from .trace import trace

__all__ = ["Drawing", "Stepper", "draw", "paths", "step", "steps", "trace"]
