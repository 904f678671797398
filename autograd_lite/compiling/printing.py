"""A program as Python: one step a line, forward and backward marked, NumPy and nothing else.

The text is made from steps alone; nothing a user wrote gets into it but names, made safe. It is
printed twice: boldly, for the numbers one usually has, and carefully, for infinities and NaN.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from .buffers import reusing
from .naming import assign_names
from .passes import read
from .program import GUARD, Program, Step, leaves
from .speculation import speculated
from .text import Text
from .writer import Writer, is_T

__all__ = ["SIZE", "written"]

SIZE = "size"  # of the results that show whether there is an infinity or NaN


def written(program: Program, name: str, result: Callable[[list[str]], str], passes: bool) -> Text:
    """The program as text; `result` makes the expression that is returned of those of its parts.

    With `passes` it has plain products and a careful twin, and writes into its own buffers.
    """
    text = Text(name)
    names = assign_names([*program.inputs, *(s for s in program.steps if s.call is not GUARD)])
    parameters = ", ".join(names[s] for s in program.inputs)
    careful = f"{text.name}_carefully"

    def carefully(called: str) -> str:
        writer = Writer(text, names, inlined(program))
        lines = [f"def {called}({parameters}):", *writer.body(program.steps)]
        lines.append(f"    return {result(writer.results(program))}")
        return "\n".join(lines)

    if not passes:
        text.function = carefully(text.name)
        return text
    guess = speculated(program)
    steps = read([s for s in program.steps if s not in guess.without], program.outputs)
    buffers = reusing(steps, guess.plain, program.outputs)

    def boldly(quick: bool) -> str:
        writer = Writer(text, names, inlined(program), guess.plain, quick)
        writer.reuse(buffers)
        lines = [f"def {text.name}({parameters}):", *writer.body(steps)]
        if guess.look_at:
            terms = [
                f"np.vdot({x}, {x})" if step.shape else x
                for step, x in ((step, writer.names[step]) for step in guess.look_at)
            ]
            lines += [
                f"    {SIZE} = {' + '.join(terms)}",
                f"    if {SIZE} - {SIZE} != 0:  # it is infinite or NaN",
                f"        return {careful}({parameters})",
            ]
        lines.append(f"    return {result(writer.results(program))}")
        return "\n".join(lines)

    if guess.look_at:
        text.careful_name, text.careful = careful, cache(lambda: carefully(careful))
    text.function, text.shown = boldly(quick=True), cache(lambda: boldly(quick=False))
    return text


def inlined(program: Program) -> set[Step]:
    """The steps that stand inside the lines that use them: transposed matrices."""
    used = set(leaves(program.outputs))
    return {s for s in program.steps if is_T(s) and s not in used}
