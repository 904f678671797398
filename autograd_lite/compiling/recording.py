"""One recording of a function: its program, the text of it, and the function that runs it."""

from __future__ import annotations

import sys
import threading
from typing import Any

import numpy as np

from ..calculus.trees import Form, flatten
from ..core.graph import Node, data, stand_ins
from .calling import called, inner
from .captures import Captures
from .floats import on_floats
from .passes import simplified
from .printing import written
from .program import Program
from .recorder import Recorder
from .returned import Shown
from .running import runnable
from .steps import TooLong
from .text import Text

__all__ = ["Recording", "lock"]

lock = threading.RLock()  # one recording at a time: leaves lend their numbers to it


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
        recorder, outputs, form = by_steps(f, args, kwargs, captures, most)
        program = Program(recorder.inputs, recorder.steps, outputs)
        self.program = simplified(program) if passes else program
        self.whole = form
        name, shown = getattr(f, "__name__", "f"), Shown(form)
        text = on_floats(self.program, name, shown, passes)
        self.define(text or written(self.program, name, shown, passes), recorder.outside.met, shown)
        self.alone = not self.captured and self.form is None  # run with the arguments, it is all

    def define(self, text: Text, captured: list[Any], shown: Shown) -> None:
        """Make the function that runs the program; `captured` are its inputs from outside."""
        self.text = text
        self.run = runnable(text)
        self.captured = captured
        self.live = any(isinstance(x, Node) for x in captured)
        self.form = None if shown.nested else shown.form
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


def by_steps(
    f: Any, args: Any, kwargs: Any, captures: Captures, most: int
) -> tuple[Recorder, list[Any], Form]:
    """`f` recorded step by step: the recorder, the steps of the results, and their form."""
    recorder = Recorder(captures, most)
    recorder.given_numpys = any(type(x) is np.float64 for x in flatten((args, kwargs))[0])
    user = getattr(inner(f), "__name__", "L")
    recorder.namer.function = user if user.isidentifier() else "L"
    try:
        with recorder, np.errstate(all="ignore"):
            results, form = called(f, args, kwargs, recorder)
            outputs = [recorder.step_of(data(x)) for x in results]
            recorder.namer.finish()
        if len(recorder.steps) > most:
            raise TooLong
    except Exception:
        if len(recorder.steps) > most:  # whatever the function has made of it
            raise TooLong from None
        raise
    finally:
        recorder.outside.restore()
    return recorder, outputs, form


def same_numbers(a: np.ndarray, b: np.ndarray) -> bool:
    """Whether two constants are one. (A long double's bytes are not all of its number.)"""
    if a.dtype.kind != "f":
        return np.array_equal(a, b)
    signs = np.array_equal(np.signbit(a), np.signbit(b))
    return signs and np.array_equal(a, b, equal_nan=True)
