"""The derivative written down: a function recorded once and replayed as straight NumPy."""

from .compiled import compile
from .of_graph import source

__all__ = ["compile", "source"]
