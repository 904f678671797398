"""Where in the user's own code something happened, for warnings and error messages."""

from __future__ import annotations

import contextlib
import linecache
import os
import sys

import numpy as np

__all__ = ["depth", "line"]

# Frames of this package, of NumPy's wrappers and of decorators are no line the user wrote.
HERE = os.path.dirname(os.path.abspath(__file__)) + os.sep
PASSED_OVER = (HERE, os.path.dirname(np.__file__) + os.sep, contextlib.__file__)


def depth() -> int:
    """How many frames up, counted from the caller of this function, the user's own line is.

    It is what `warnings.warn` takes as `stacklevel`.
    """
    frame, level = sys._getframe(1), 1
    while frame.f_back is not None and frame.f_code.co_filename.startswith(PASSED_OVER):
        frame, level = frame.f_back, level + 1
    return level


def line() -> str:
    """The user's own line: `file.py:12: y = ag.log(x)`."""
    frame = sys._getframe(depth())
    file, number = frame.f_code.co_filename, frame.f_lineno
    text = linecache.getline(file, number, frame.f_globals).strip()
    return f"{os.path.basename(file)}:{number}" + (f": {text}" if text else "")
