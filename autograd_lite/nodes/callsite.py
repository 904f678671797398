"""Where in the user's own code something happened, for warnings and error messages."""

from __future__ import annotations

import contextlib
import linecache
import os
import sys
from types import FrameType

import numpy as np

__all__ = ["depth", "place", "place_within", "text"]

# Frames of this package, of NumPy's wrappers and of decorators are no line the user wrote.
HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep
PASSED_OVER = (HERE, os.path.dirname(np.__file__) + os.sep, contextlib.__file__)


def depth() -> int:
    """How many frames up, counted from the caller of this function, the user's own line is.

    It is what `warnings.warn` takes as `stacklevel`.
    """
    frame, level = sys._getframe(1), 1
    while frame.f_back is not None and frame.f_code.co_filename.startswith(PASSED_OVER):
        frame, level = frame.f_back, level + 1
    return level


def place() -> tuple[str, int]:
    """The file and the number of the user's own line."""
    frame = sys._getframe(depth() - 1)
    return frame.f_code.co_filename, frame.f_lineno


def place_within(outermost: FrameType | None) -> tuple[str, int] | None:
    """As `place`, of what the frame `outermost` has called; None if no line there is the user's."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frame is not outermost:
        if not frame.f_code.co_filename.startswith(PASSED_OVER):
            return frame.f_code.co_filename, frame.f_lineno
        frame = frame.f_back
    return None


def text(at: tuple[str, int]) -> str:
    """A place as a reader wants it: `model.py:12: y = np.log(x)`."""
    file, number = at
    source = linecache.getline(file, number).strip()
    return f"{os.path.basename(file)}:{number}" + (f": {source}" if source else "")
