"""Long computations on numbers: recorded on a tape, and run in groups of equal operations."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..calculus.trees import Form
from ..core.graph import data
from .batched import Batched
from .calling import called
from .captures import Captures
from .levels import Levels
from .passes import simplified
from .printing import written
from .program import Program, Step, method
from .recorder import Recorder
from .recording import Recording
from .returned import Shown
from .steps import Refused, TooLong
from .tape import CONSTANT, Outgrown, Tape

__all__ = ["record"]

SHORT = 1000  # steps; a program of more numbers than that is run in groups
NARROW = 8  # operations a group; with fewer, Python on numbers is faster than NumPy on groups
LONG = 20_000  # operations; of more, a line each would take too long to write


def record(f: Any, args: tuple[Any, ...], kwargs: Any, captures: Captures, passes: bool) -> Any:
    """A recording of `f`: in groups if it is a long computation on numbers, else step by step."""
    try:
        return Recording(f, args, kwargs, captures, passes, SHORT)
    except TooLong:
        pass
    try:
        return Grouped(f, args, kwargs, captures, passes)
    except Outgrown:
        return Recording(f, args, kwargs, captures, passes)


class Grouped(Recording):
    """A program made of groups of equal operations on numbers."""

    def __init__(
        self, f: Any, args: tuple[Any, ...], kwargs: Any, captures: Captures, passes: bool
    ) -> None:
        tape, outputs, form = on_tape(f, args, kwargs, captures)
        self.tape = written_down(tape), outputs
        levels = Levels(tape, outputs)
        if levels.operations < NARROW * levels.count:
            if levels.operations > LONG:
                raise Refused(
                    f"cannot compile {getattr(f, '__name__', 'f')}: its {levels.operations:,} "
                    f"operations on numbers wait for one another, so that they make "
                    f"{levels.count:,} groups that can run at once. Instead: compile the body of "
                    "the loop and call it, or compute with Tensors"
                )
            raise Outgrown
        recorder = Recorder(captures)
        with recorder, np.errstate(all="ignore"):
            together = Batched(levels, recorder).write(outputs)
            if isinstance(together, np.ndarray):
                raise Outgrown  # nothing depends on the arguments
        listed = Step(method("tolist"), (together.step,))
        program = Program(recorder.inputs, [*recorder.steps, listed], [together.step, listed])
        self.program = simplified(program) if passes else program
        shown = Listed(form)
        text = written(self.program, getattr(f, "__name__", "f"), shown, passes)
        self.define(text, tape.outside.met, shown)

    def repeats(self, f: Any, args: Any, kwargs: Any, captures: Captures, passes: bool) -> bool:
        """Whether `f`, recorded once more, gives this program again."""
        tape, outputs, _ = on_tape(f, args, kwargs, captures)
        return (written_down(tape), outputs) == self.tape


def written_down(tape: Tape) -> Any:
    """What two tapes of one program have in common."""
    constants = [x.hex() for x, row in zip(tape.values, tape.rows, strict=True) if row is CONSTANT]
    return tape.rows, tape.left, tape.right, constants, tape.guards


def on_tape(f: Any, args: Any, kwargs: Any, captures: Captures) -> tuple[Tape, list[int], Form]:
    """`f` recorded on a tape, the places of its results, and their form."""
    tape = Tape(captures)
    try:
        with tape, np.errstate(all="ignore"):
            results, form = called(f, args, kwargs, tape)
            outputs = [tape.place_of(data(x)) for x in results]
    except Exception:
        if tape.outgrown:  # whatever the function has made of it
            raise Outgrown from None
        raise
    finally:
        tape.outside.restore()
    if tape.outgrown or not outputs:
        raise Outgrown
    return tape, outputs, form


class Listed(Shown):
    """The expression a program returns that has its results in one list."""

    def __init__(self, form: Form) -> None:
        super().__init__(form)
        self.count = form.count

    def __call__(self, parts: list[str]) -> str:
        expression = super().__call__([f"{parts[1]}[{k}]" for k in range(self.count)])
        return expression if self.nested else parts[1]
