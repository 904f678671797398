"""What is written down while a function runs: one step for every call of NumPy's.

A step is done at once, on the numbers of this call, so that its shape and dtype are known; what the
function gets for it is a stand-in, whose every use is the next step.
"""

from __future__ import annotations

import sys
from types import FrameType
from typing import Any

import numpy as np

from ..core.graph import operand
from ..nodes import blocks as context
from ..nodes.array import Array
from ..nodes.callsite import place_within, text
from .captures import Captures
from .naming import Namer
from .outside import Outside
from .program import INPUT, Step, getitem, mapped
from .progress import Progress
from .traced import Traced, TracedArray, TracedNumber

__all__ = ["Refused", "Steps", "TooLong", "value_of"]

LIMIT = 100 * 1024  # steps; writing more lines than that takes minutes


class Refused(TypeError):
    """A function does something that cannot be compiled."""


class TooLong(Exception):
    """A recording has more steps than it may have."""


class Steps(context.Block):
    """The inputs and steps of one recording, which lasts as long as this block."""

    def __init__(self, captures: Captures, most: int = sys.maxsize) -> None:
        super().__init__(context.recorder)
        self.outside = Outside(captures, self.input)
        self.inputs: list[Step] = []
        self.steps: list[Step] = []
        self.backward = False
        self.namer = Namer()
        self.outermost: FrameType | None = None  # the caller of the function
        self.most = most  # steps
        self.progress = Progress()

    def value(self, outer: Any) -> Any:
        if outer is not None:
            raise TypeError("a function is being compiled already: compile one at a time")
        return self

    def __enter__(self) -> Any:
        self.outermost = sys._getframe(1)
        return super().__enter__()

    def __exit__(self, *exc: object) -> None:
        self.outermost = None
        super().__exit__(*exc)

    def input(self, value: Any, name: str = "") -> Traced:
        """A stand-in for a number or array that is given at each call."""
        array = isinstance(value, np.ndarray | np.generic)
        step = Step(INPUT, (), None, np.shape(value), value.dtype if array else None)
        step.label = name
        self.inputs.append(step)
        return (TracedArray if array else TracedNumber)(self, step, value)

    def step_of(self, x: Any) -> Any:
        """What stands in a step's arguments for `x`."""
        if isinstance(x, Traced):
            if x.recorder is not self:
                self.refuse(
                    "a value of an earlier call, kept since then,",
                    "give what a call needs as arguments",
                )
            return x.step
        if type(x) is np.ndarray:
            x = self.outside.array(x)
            return x.step if isinstance(x, Traced) else x
        return x

    def call(self, call: Any, args: tuple[Any, ...], kwargs: Any = None) -> Any:
        """Do `call(*args)` on the numbers of this call, and write it down."""
        if not kwargs and all(type(x) in SIMPLE for x in args):  # nearly always
            value = call(*[value_of(x) for x in args])
            return self.result(Step(call, tuple([self.step_of(x) for x in args])), value)
        args = mapped(args, settled)
        kwargs = {k: settled(v) for k, v in (kwargs or {}).items() if v is not np._NoValue}
        if kwargs.get("out") is not None:
            self.refuse(f"{call.__name__} with out=", "use what it returns")
        kwargs.pop("out", None)
        value = call(*mapped(args, value_of), **mapped(kwargs, value_of))
        step = Step(call, mapped(args, self.step_of), mapped(kwargs, self.step_of))
        return self.result(step, value)

    def result(self, step: Step, value: Any) -> Any:
        """The stand-in for what a step gave; of several results one for each."""
        step.backward = self.backward
        count = len(self.steps)
        if count > self.most:
            raise TooLong
        if not count % 1024:
            self.progress.tell(count)
            if count >= LIMIT:
                raise TypeError(
                    f"cannot compile a computation of {LIMIT:,} operations or more: this one has "
                    f"taken {self.progress.seconds():.1f} s so far, and each becomes a line. "
                    "Instead: compile what it does over and over, one step of a loop say"
                )
        if isinstance(value, tuple | list):
            self.steps.append(step)
            parts = [self.result(Step(getitem, (step, k)), item) for k, item in enumerate(value)]
            return type(value)(*parts) if hasattr(value, "_fields") else type(value)(parts)
        self.steps.append(step)
        self.namer.look(self.steps)
        step.shape = np.shape(value)
        step.dtype = getattr(value, "dtype", None)
        kind = TracedArray if isinstance(value, np.ndarray | np.generic) else TracedNumber
        return kind(self, step, value)

    def refuse(self, what: str, way_out: str) -> None:
        """Raise for what cannot be compiled, with the user's line."""
        raise Refused(f"cannot compile {what} in {self.line()}\nInstead: {way_out}")

    def line(self) -> str:
        """The line that is running of the function that is recorded; a rule of ours has none."""
        at = place_within(self.outermost)
        if at is not None:
            return text(at)
        return f"{'the backward pass of ' if self.backward else ''}{self.namer.function}"


SIMPLE = {TracedArray, TracedNumber, np.ndarray, float, int}
"""Arguments with nothing inside."""


def settled(x: Any) -> Any:
    """An array that the function fills, as what is in it now."""
    x = operand(x)
    return x.view(np.ndarray) if isinstance(x, Array) else x


def value_of(x: Any) -> Any:
    """The numbers of this call that a stand-in stands for."""
    return x.value if isinstance(x, Traced) else x
