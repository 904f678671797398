"""The derivative written down: a function recorded once and replayed as straight NumPy."""

from .compiled import compile

__all__ = ["compile"]
