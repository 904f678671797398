"""A function called with stand-ins for its numbers, which go by the names of its parameters."""

from __future__ import annotations

import inspect
from typing import Any

from ..calculus.gradients import Derivative
from ..calculus.trees import Form, flatten
from ..nodes.callsite import PASSED_OVER
from .arguments import replaced
from .steps import Steps

__all__ = ["called", "inner"]


def called(f: Any, args: Any, kwargs: Any, recorder: Steps) -> tuple[list[Any], Form]:
    """The results of `f`, in a list, and their form; its arguments are inputs of the recorder's."""
    names = parameter_names(inner(f), len(args))
    given = [replaced(x, recorder.input, name) for x, name in zip(args, names, strict=True)]
    named = {name: replaced(x, recorder.input, name) for name, x in kwargs.items()}
    return flatten(f(*given, **named))


def inner(f: Any) -> Any:
    """The user's function, of a derivative the function that it is of."""
    while isinstance(f, Derivative):
        f = f.__wrapped__
    while inspect.isfunction(f) and f.__code__.co_filename.startswith(PASSED_OVER):
        cells = [c.cell_contents for c in f.__closure__ or ()]
        functions = [x for x in cells if callable(x)]
        if not functions:
            break
        f = functions[0]
    return f


def parameter_names(f: Any, count: int) -> list[str]:
    """What the arguments of a function are called."""
    try:
        names = [n for n, p in inspect.signature(f).parameters.items() if p.kind in (0, 1)]
    except (TypeError, ValueError):
        names = []
    return [*names, *(f"x{i}" for i in range(len(names), count))][:count]
