"""Long computations on numbers: recorded on a tape, and run in groups of equal operations."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..calculus.trees import Form
from ..core.graph import data
from .batched import Batched
from .levels import Levels
from .passes import simplified
from .printing import written
from .program import Program, Step, method
from .recorder import Recorder
from .recording import Recording, Shown, called, name_of
from .steps import Refused, TooLong
from .tape import CONSTANT, Outgrown, Tape

__all__ = ["record"]

SHORT = 1000  # steps; a program of more numbers than that is run in groups
NARROW = 8  # operations a group; with fewer, Python on numbers is faster than NumPy on groups
LONG = 20_000  # operations; of more, a line each would take too long to write


def record(f: Any, args: Any, kwargs: Any, passes: bool, lines: bool = False) -> Any:
    """A recording of `f`: in groups if it is a long computation on numbers, else step by step."""
    try:
        return Recording(f, args, kwargs, passes, SHORT, lines)
    except TooLong:
        pass
    try:
        return Grouped(f, args, kwargs, passes)
    except Outgrown:
        return Recording(f, args, kwargs, passes)


class Grouped(Recording):
    """A program made of groups of equal operations on numbers."""

    def __init__(self, f: Any, args: Any, kwargs: Any, passes: bool) -> None:
        tape, results, form = on_tape(f, args, kwargs)
        outputs = [tape.place_of(data(x)) for x in results]
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
        tape.keep(levels.needed)
        recorder = Recorder()
        with recorder, np.errstate(all="ignore"):
            together = Batched(levels, recorder).write(outputs)
            if type(together) is np.ndarray:
                raise Outgrown  # nothing depends on the arguments
        listed = Step(method("tolist"), (together.step,))
        program = Program(recorder.inputs, [*recorder.steps, listed], [together.step, listed])
        self.program = simplified(program) if passes else program
        shown = Listed(form)
        self.define(written(self.program, name_of(f), shown, passes), tape, shown)
        self.are_nodes(results)

    def same_as(self, other: Any) -> bool:
        """Whether two recordings are of one program."""
        return isinstance(other, Grouped) and self.tape == other.tape


def written_down(tape: Tape) -> Any:
    """What two tapes of one program have in common."""
    constants = [x.hex() for x, row in zip(tape.values, tape.rows, strict=True) if row is CONSTANT]
    return tape.rows, tape.left, tape.right, constants, tape.guards


def on_tape(f: Any, args: Any, kwargs: Any) -> tuple[Tape, list[Any], Form]:
    """`f` recorded on a tape, its results, and their form."""
    tape = Tape()
    try:
        with tape, np.errstate(all="ignore"):
            results, form = called(f, args, kwargs, tape)
            for x in results:
                tape.place_of(data(x))
            tape.finish()
    except Exception:
        if tape.outgrown:  # whatever the function has made of it
            raise Outgrown from None
        raise
    if tape.outgrown or not results:
        raise Outgrown
    return tape, results, form


class Listed(Shown):
    """The expression a program returns that has its results in one list."""

    def __init__(self, form: Form) -> None:
        super().__init__(form)
        self.count = form.count

    def __call__(self, parts: list[str]) -> str:
        expression = super().__call__([f"{parts[1]}[{k}]" for k in range(self.count)])
        return expression if self.nested else parts[1]
