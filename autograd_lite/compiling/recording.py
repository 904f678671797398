"""One recording of a function: its program, the text of it, and the function that runs it."""

from __future__ import annotations

import builtins
import inspect
import math
import sys
import threading
from collections.abc import Callable
from typing import Any

import numpy as np

from ..callsite import PASSED_OVER
from ..graph import Node, data, stand_ins
from ..trees import flatten
from .arguments import replaced
from .captures import Captures
from .floats import on_floats
from .helpers import HELPERS, check
from .passes import simplified
from .printing import written
from .program import Program
from .recorder import Recorder
from .steps import TooLong
from .text import Text

__all__ = ["Changed", "Recording", "lock"]

BUILTINS = {
    "ArithmeticError": ArithmeticError,
    "ValueError": ValueError,
    "abs": abs,
    "bool": bool,
    "float": float,
    "int": int,
    "slice": slice,
}

lock = threading.RLock()  # one recording at a time: leaves lend their numbers to it


class Changed(Exception):
    """A decision came out otherwise than when the program was recorded."""


def checked(found: Any, expected: bool, where: str) -> None:
    """The helper `check`, with an error of its own for whoever records anew."""
    if bool(found) is not expected:
        raise Changed(where)


class Recording:
    """A program, and the function that runs it."""

    alone = False

    def __init__(
        self,
        f: Any,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        captures: Captures,
        passes: bool,
        most: int = sys.maxsize,
    ) -> None:
        recorder = Recorder(captures, most)
        recorder.given_numpys = any(type(x) is np.float64 for x in flatten((args, kwargs))[0])
        user = inner(f)
        names = parameter_names(user, len(args))
        recorder.namer.function = getattr(user, "__name__", "L")
        if not recorder.namer.function.isidentifier():
            recorder.namer.function = "L"
        try:
            with recorder, np.errstate(all="ignore"):
                given = [replaced(x, recorder.input, n) for x, n in zip(args, names, strict=True)]
                named = {k: replaced(x, recorder.input, k) for k, x in kwargs.items()}
                result = f(*given, **named)
                outputs, form = flatten(result)
                outputs = [recorder.step_of(data(x)) for x in outputs]
                recorder.namer.finish()
            if len(recorder.steps) > most:
                raise TooLong
        except Exception:
            if len(recorder.steps) > most:  # whatever the function has made of it
                raise TooLong from None
            raise
        finally:
            recorder.outside.restore()
        program = Program(recorder.inputs, recorder.steps, outputs)
        self.program = simplified(program) if passes else program
        self.captured = recorder.outside.met
        self.live = any(isinstance(x, Node) for x in self.captured)
        shown = Shown(form)
        self.whole = form
        name = getattr(f, "__name__", "f")
        self.text = on_floats(self.program, name, shown, passes) or written(
            self.program, name, shown, passes
        )
        self.form = None if shown.nested else form
        self.run = runnable(self.text)
        self.alone = not self.captured and self.form is None  # run with the arguments, it is all
        self.trusted = False

    def __call__(self, leaves: list[Any]) -> Any:
        captured = self.captured
        if self.live:
            captured = list(map(data, self.captured))
            if not stand_ins.isdisjoint(map(type, captured)):  # lent to a recording, in a thread
                with lock:
                    captured = list(map(data, self.captured))
        out = self.run(*leaves, *captured)
        return out if self.form is None else self.form(out)

    def repeats(self, f: Any, args: Any, kwargs: Any, captures: Captures, passes: bool) -> bool:
        """Whether `f`, recorded once more, gives this program again."""
        return self.same_as(Recording(f, args, kwargs, captures, passes))

    def same_as(self, other: Recording) -> bool:
        """Whether two recordings are of one program, constants included."""
        if self.text.function != other.text.function:
            return False
        pairs = zip(self.text.constants.values(), other.text.constants.values(), strict=True)
        return all(same_numbers(a, b) for a, b in pairs)


def same_numbers(a: np.ndarray, b: np.ndarray) -> bool:
    """Whether two constants are one. (A long double's bytes are not all of its number.)"""
    if a.dtype.kind != "f":
        return np.array_equal(a, b)
    signs = np.array_equal(np.signbit(a), np.signbit(b))
    return signs and np.array_equal(a, b, equal_nan=True)


class Shown:
    """The expression a program returns: nested as the result is, where Python can write that."""

    def __init__(self, form: Any) -> None:
        self.form = form
        self.nested = True

    def __call__(self, parts: list[str]) -> str:
        try:
            return self.show(self.form([Word(p) for p in parts]))
        except (TypeError, ValueError):
            self.nested = False
            return f"[{', '.join(parts)}]"

    def show(self, tree: Any) -> str:
        """A tree of words as an expression; TypeError if it is of something else."""
        if isinstance(tree, Word):
            return tree.text
        if type(tree) is tuple:
            inner = ", ".join(map(self.show, tree))
            return f"({inner},)" if len(tree) == 1 else f"({inner})"
        if type(tree) is list:
            return f"[{', '.join(map(self.show, tree))}]"
        if type(tree) is dict and all(isinstance(k, str | int) for k in tree):
            return "{" + ", ".join(f"{k!r}: {self.show(v)}" for k, v in tree.items()) + "}"
        if tree is None:
            return "None"
        raise TypeError(f"no way to write {type(tree).__name__}")


class Word:
    """A part of a result, as text."""

    def __init__(self, text: str) -> None:
        self.text = text


def runnable(text: Text, check_with: Callable[..., Any] = checked) -> Callable[..., Any]:
    """The function that a text defines, in a namespace of NumPy and its helpers."""
    space: dict[str, Any] = {"__builtins__": BUILTINS, "np": np, "math": math}
    space |= {h.__name__: check_with if h is check else h for h in HELPERS}

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


def inner(f: Any) -> Any:
    """The user's function, of a derivative the function that it is of."""
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
