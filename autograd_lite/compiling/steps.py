"""What is written down while a function runs: one step for every call of NumPy's.

A step is done at once, on the numbers of this call, so that its shape and dtype are known; what the
function gets for it is a stand-in, whose every use is the next step.
"""

from __future__ import annotations

import random
import sys
import time
from contextvars import ContextVar
from types import FrameType
from typing import Any

import numpy as np

from ..nodes import blocks as context
from ..nodes.array import Array
from ..nodes.callsite import place_within, text
from ..ops.inputs import frozen, operand
from .arguments import bits
from .naming import Namer
from .outside import DRAWING, Input, Outside
from .program import INPUT, Step, getitem, mapped
from .traced import Drawing, Traced, TracedArray, TracedNumber

__all__ = ["Refused", "Steps", "TooLong", "recorder", "value_of"]

LIMIT = 100 * 1024  # steps; writing more lines than that takes minutes
PATIENCE = 2.0  # seconds between two words on how far it is


recorder: ContextVar[Steps | None] = ContextVar("recorder", default=None)
"""What writes down every step of the function that is being compiled in this context."""


class Refused(TypeError):
    """A function does something that cannot be compiled."""


class TooLong(Exception):
    """A recording has more steps than it may have."""


class Steps(context.Block):
    """The inputs and steps of one recording, which lasts as long as this block."""

    def __init__(self, most: int = sys.maxsize, lines: bool = False) -> None:
        super().__init__(recorder)
        self.outside = Outside(self.stand_in, self.drawing)
        self.inputs: list[Step] = []
        self.given: set[Step] = set()  # the inputs that are arguments
        self.arrays: dict[int, Traced] = {}  # of the arguments, by their id
        self.read: set[Step] = set()  # those from outside
        self.pinned: dict[Step, None] = {}  # inputs whose numbers the function was told
        self.steps: list[Step] = []
        self.backward = False
        self.arrived: set[Any] = set()  # the nodes that a sweep has come to from others
        self.namer = Namer()
        self.outermost: FrameType | None = None  # the caller of the function
        self.most = most  # steps
        self.lines = lines  # whether each step is to know its line
        self.refused: Refused | None = None
        self.start = self.last = time.perf_counter()

    def value(self, outer: Any) -> Any:
        if outer is not None:
            raise TypeError("a function is being compiled already: compile one at a time")
        return self

    def __enter__(self) -> Any:
        self.outermost = sys._getframe(1)
        self.chance = chance()
        return super().__enter__()

    def __exit__(self, *exc: object) -> None:
        self.outermost = None
        super().__exit__(*exc)

    # --- the ends

    def input(self, value: Any, name: str = "") -> Traced:
        """A stand-in for a number or array that is given at each call; of one array it is one."""
        new = self.stand_in(value, name)
        self.given.add(new.step)
        self.inputs.append(new.step)
        return self.arrays.setdefault(id(value), new) if isinstance(value, np.ndarray) else new

    def stand_in(self, value: Any, name: str = "") -> Any:
        """A stand-in for a number or array from outside: an input, once a step reads it."""
        array = isinstance(value, np.ndarray | np.generic)
        step = Step(INPUT, (), None, np.shape(value), value.dtype if array else None)
        step.label = name
        return (TracedArray if array else TracedNumber)(self, step, value)

    def captured(self) -> list[Input]:
        """What the program reads from outside, in the order of its inputs."""
        known = {found.step: found for found in self.outside.inputs.values()}
        return [known[step] for step in self.inputs if step not in self.given]

    def told(self) -> list[Input]:
        """What from outside has to stay the same to the last bit."""
        known = {found.step: found for found in self.outside.inputs.values()}
        return [known[step] for step in self.pinned]

    def finish(self) -> None:
        """Raise for what the function has done that a program would not do."""
        if self.refused is not None:  # whatever the function has made of it
            raise self.refused
        if self.chance != chance():
            self.drawn("the generator that a whole process shares")
        if written := self.outside.written():
            raise TypeError(
                f"cannot compile a function that writes to {written}, which is outside of it\n"
                "Instead: let it return what it computes (ag.value_and_grad gives a gradient), and "
                "store that outside; on a model that keeps statistics in training mode, as one "
                "with a BatchNorm does, call eval() first"
            )

    # --- one step

    def step_of(self, x: Any) -> Any:
        """What stands in a step's arguments for `x`."""
        if isinstance(x, Traced):
            if x.recorder is not self:
                self.refuse(
                    "a value of an earlier call, kept since then,",
                    "give what a call needs as arguments",
                )
            return self.met(x.step) if x.step.call is INPUT else x.step
        if type(x) is np.ndarray and id(x) in self.outside.inputs:  # by way of a class, say
            return self.met(self.outside.inputs[id(x)].step)
        return frozen(x) if type(x) is np.ndarray else x  # it may be written to later

    def met(self, step: Step) -> Step:
        """An input, which is one of the program's if it is read."""
        if step not in self.given and step not in self.read:
            self.read.add(step)
            self.inputs.append(step)
        return step

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
        if self.lines:
            step.line = self.line()
        count = len(self.steps)
        if count > self.most:
            raise TooLong
        if not count % 1024:
            self.tell(count)
            if count >= LIMIT:
                raise Refused(
                    f"cannot compile a computation of {LIMIT:,} operations or more: this one has "
                    f"taken {time.perf_counter() - self.start:.1f} s so far, and each becomes a "
                    "line. Instead: compile what it does over and over, one step of a loop say"
                )
        self.steps.append(step)
        if isinstance(value, tuple | list):
            parts = [self.result(Step(getitem, (step, k)), item) for k, item in enumerate(value)]
            return type(value)(*parts) if hasattr(value, "_fields") else type(value)(parts)
        self.namer.look(self.steps)
        step.shape = np.shape(value)
        step.dtype = getattr(value, "dtype", None)
        kind = TracedArray if isinstance(value, np.ndarray | np.generic) else TracedNumber
        return kind(self, step, value)

    def tell(self, count: int) -> None:
        """Say on standard error how far it is, every two seconds."""
        now = time.perf_counter()
        if now - self.last > PATIENCE:
            self.last = now
            print(f"compiling: {count:,} operations in {now - self.start:.0f} s", file=sys.stderr)

    # --- what a function may not do, or only if nothing outside changes

    def numbers(self, x: Any, what: str, way_out: str) -> Any:
        """The numbers of a stand-in that no argument went into; of others they are refused.

        They stay what they are as long as what is outside does, which every call then looks at.
        """
        if not isinstance(x, Traced):
            return x
        found, stack = set(), [x.step]
        while stack:
            step = stack.pop()
            if step in self.given:
                self.refuse(what, way_out)
            if step not in found:
                found.add(step)
                stack += step.uses()
        self.pinned.update(dict.fromkeys(s for s in found if s.call is INPUT))
        return x.value.copy() if isinstance(x.value, np.ndarray) else x.value

    def refuse(self, what: str, way_out: str) -> None:
        """Raise for what cannot be compiled, with the user's line; the recording ends with it."""
        said = Refused(f"cannot compile {what} in {self.line()}\nInstead: {way_out}")
        self.refused = self.refused or said
        raise said

    def drawing(self, name: str) -> Any:
        """What stands for a generator of random numbers."""
        return Drawing(lambda: self.drawn(repr(name)))

    def drawn(self, name: str) -> None:
        """Refuse what draws random numbers."""
        owners = (owner for _, _, owner in self.outside.looks if getattr(owner, "training", False))
        drawing = [o for o in owners if any(isinstance(x, DRAWING) for x in vars(o).values())]
        self.refuse(
            f"a function that draws from {name}: it would draw the same in every call,",
            (f"call eval() on {drawing[0]!r:.60}, or " if drawing else "")
            + "draw outside and give the numbers as an argument",
        )

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


def chance() -> Any:
    """The state of Python's and NumPy's own generators of random numbers."""
    return random.getstate(), bits(np.random.get_state(legacy=False))  # noqa: NPY002
