"""Seeing a graph: the drawing, the trace table, the paths, the steps and the stepper."""

from .drawing import Drawing, draw

__all__ = ["Drawing", "draw"]
