"""From text to function: a program defined in a namespace of NumPy and its helpers alone."""

from __future__ import annotations

import builtins
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ..core.graph import ZeroTimesInfinity
from .helpers import HELPERS, check
from .text import Text

__all__ = ["Changed", "runnable"]

BUILTINS = {
    "ArithmeticError": ArithmeticError,
    "ValueError": ValueError,
    "abs": abs,
    "bool": bool,
    "float": float,
    "int": int,
    "slice": slice,
}


class Changed(Exception):
    """A decision came out otherwise than when the program was recorded."""


def checked(found: Any, expected: bool, where: str) -> None:
    """The helper `check`, with an error of its own for whoever records anew."""
    if bool(found) is not expected:
        raise Changed(where)


def strictly(plain: Callable[..., Any]) -> Callable[..., Any]:
    """The helper `times` or `over`, which stops at 0 · inf: the engine has to tell what that is."""

    def strict(g: Any, d: Any) -> Any:
        out = plain(g, d)
        if np.any(np.isnan(out) & np.equal(g, 0)):
            raise ZeroTimesInfinity
        return np.asarray(out)  # as the helper, of numbers too

    return strict


def runnable(text: Text, check_with: Callable[..., Any] = checked) -> Callable[..., Any]:
    """The function that a text defines; `check_with` takes the place of the helper `check`."""
    space: dict[str, Any] = {"__builtins__": BUILTINS, "np": np, "math": math}
    space |= {h.__name__: check_with if h is check else h for h in HELPERS}
    space |= {"times": strictly(np.multiply), "over": strictly(np.divide)}

    def define(code: str) -> None:
        space.update(text.constants)
        exec(builtins.compile(code, f"<compiled {text.name}>", "exec"), space)

    def careful(*args: Any) -> Any:  # until it is needed for the first time
        assert text.careful is not None
        define(text.careful())
        return space[text.careful_name](*args)

    define(text.function)
    if text.careful is not None:
        space[text.careful_name] = careful
    # As a decorator it takes half the time of a block, a twentieth of a small program's.
    return np.errstate(all="ignore")(space[text.name])
