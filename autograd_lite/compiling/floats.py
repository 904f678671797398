"""A short program on numbers as straight Python: `math.tanh(a)`, and not an array in sight.

NumPy's functions take a hundred times as long for one number as Python's take. Where those raise,
at a pole or when a number grows too large, IEEE 754 has an infinity or NaN: the whole program is
then done again with NumPy's numbers, by its careful twin.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from .helpers import over, times
from .literals import literal
from .naming import assign_names
from .printing import SIZE
from .program import GUARD, Program, Step, method
from .speculation import PLAIN, speculated
from .text import Text
from .writer import Writer

__all__ = ["at_points", "on_floats"]

MATH = {
    np.exp: "exp", np.exp2: "exp2", np.expm1: "expm1", np.log: "log", np.log2: "log2",
    np.log10: "log10", np.log1p: "log1p", np.sqrt: "sqrt", np.cbrt: "cbrt", np.sin: "sin",
    np.cos: "cos", np.tan: "tan", np.arcsin: "asin", np.arccos: "acos", np.arctan: "atan",
    np.arctan2: "atan2", np.hypot: "hypot", np.sinh: "sinh", np.cosh: "cosh", np.tanh: "tanh",
    np.arcsinh: "asinh", np.arccosh: "acosh", np.arctanh: "atanh", np.deg2rad: "radians",
    np.rad2deg: "degrees", np.power: "pow", np.absolute: "fabs", np.isfinite: "isfinite",
    np.isnan: "isnan",
}  # fmt: skip
"""NumPy's functions that the module math has, by the name they have there."""

INFIX = {
    np.add: "+", np.subtract: "-", np.multiply: "*", np.divide: "/", np.greater: ">",
    np.greater_equal: ">=", np.less: "<", np.less_equal: "<=", np.equal: "==",
    np.not_equal: "!=", np.logical_and: "and", np.logical_or: "or", np.bitwise_and: "and",
    np.bitwise_or: "or",
}  # fmt: skip

WRITTEN = {
    times: "{0} * {1} if {0} else float(times({0}, {1}))",
    over: "{0} / {1} if {0} else float(over({0}, {1}))",
    np.negative: "-{0}",
    np.positive: "{0}",
    np.square: "{0} * {0}",
    np.reciprocal: "1 / {0}",
    np.where: "{1} if {0} else {2}",
    np.logical_not: "not {0}",
    np.maximum: "{0} if {0} >= {1} or {0} != {0} else {1}",
    np.minimum: "{0} if {0} <= {1} or {0} != {0} else {1}",
    np.fmax: "{0} if {0} >= {1} or {1} != {1} else {1}",
    np.fmin: "{0} if {0} <= {1} or {1} != {1} else {1}",
    np.heaviside: "{0} if {0} != {0} else {1} if {0} == 0 else float({0} > 0)",
    np.sign: "{0} if {0} != {0} else float({0} > 0) - ({0} < 0)",
}
"""What Python writes as an expression of its own."""

TRUTHS = {np.greater, np.greater_equal, np.less, np.less_equal, np.equal, np.not_equal, np.isnan,
          np.isfinite, np.logical_and, np.logical_or, np.logical_not, np.bitwise_and,
          np.bitwise_or, np.where}  # fmt: skip
# Of one number they are that number.
ITSELF = {np.asarray, np.all, np.any, float, *map(method, ("item", "astype", "reshape", "copy"))}
ITSELF |= {method(name) for name in ("all", "any", "sum")}
CALLED = {np.logaddexp, np.logaddexp2, np.mod, np.floor, np.ceil, np.trunc, np.rint}


def on_floats(program: Program, name: str, result: Any, passes: bool) -> Text | None:
    """The program as straight Python on numbers; None if not all of it is of numbers."""
    if not program.steps or not is_on_numbers(program):
        return None
    text = Text(name)
    text.modules = ["math", "numpy as np"]
    names = assign_names([*program.inputs, *(s for s in program.steps if s.call is not GUARD)])
    inputs = ", ".join(names[s] for s in program.inputs)
    careful = f"{text.name}_carefully"

    def carefully() -> str:
        writer = Numbers(text, names, set())
        lines = [f"def {careful}({inputs}):"]
        lines += [f"    {names[s]} = np.float64({names[s]})" for s in program.inputs]
        lines += writer.body(program.steps)
        pairs = zip(program.outputs, writer.results(program), strict=True)
        outputs = [f"float({w})" if is_python_s(x) else w for x, w in pairs]
        return "\n".join([*lines, f"    return {result(outputs)}"])

    guess = speculated(program) if passes else None
    writer = Straight(text, names, set(), guess.plain if guess else ())
    body = writer.body([s for s in program.steps if guess is None or s not in guess.without])
    lines = [f"def {text.name}({inputs}):", "    try:", *(f"    {line}" for line in body)]
    if guess and guess.look_at:
        sizes = " + ".join(f"abs({names[s]})" for s in guess.look_at)
        lines += [f"        {SIZE} = {sizes}", f"        if {SIZE} - {SIZE} != 0:"]
        lines += [f"            return {careful}({inputs})  # it is infinite or NaN"]
    lines.append(f"        return {result(writer.results(program))}")
    lines.append("    except (ArithmeticError, ValueError):  # NumPy has a number for it")
    lines.append(f"        return {careful}({inputs})")
    text.function = "\n".join(lines)
    text.careful_name, text.careful = careful, cache(carefully)
    return text


def at_points(program: Program, name: str) -> Text | None:
    """The program with NumPy's functions alone, which take arrays in the place of numbers."""
    if not is_on_numbers(program):
        return None
    text = Text(name)
    names = assign_names([*program.inputs, *(s for s in program.steps if s.call is not GUARD)])
    writer = Numbers(text, names, set())
    lines = [f"def {text.name}({', '.join(names[s] for s in program.inputs)}):"]
    lines += [*writer.body(program.steps), f"    return [{', '.join(writer.results(program))}]"]
    text.function = "\n".join(lines)
    return text


def is_on_numbers(program: Program) -> bool:
    """Whether all steps of a program are of numbers, and can be written so."""
    known = all(step.call is GUARD or can_write(step) for step in program.steps)
    arrays = any(isinstance(x, np.ndarray) for x in program.outputs)
    return known and not arrays and all(map(is_of_numbers, program.inputs))


def is_python_s(x: Any) -> bool:
    """Whether a result is a number of Python's, as the straight text has it."""
    return isinstance(x, Step) and x.dtype in (None, np.float64)


def is_of_numbers(step: Step) -> bool:
    """Whether a step gives one number or truth."""
    return step.shape == () and (step.dtype is None or step.dtype in (np.float64, np.bool_))


def is_number(x: Any) -> bool:
    """Whether a constant is one number."""
    return isinstance(x, Step | int | float | np.generic) or (
        isinstance(x, np.ndarray) and not x.shape
    )


def can_write(step: Step) -> bool:
    """Whether a step can be written as Python on numbers."""
    if not is_of_numbers(step):
        return False
    if step.call in ITSELF:
        return isinstance(step.args[0], Step)
    if step.dtype == np.bool_ and step.call not in TRUTHS:  # NumPy's truths are added by `or`
        return False
    known = step.call in INFIX or step.call in WRITTEN or step.call in MATH or step.call in CALLED
    return known and not step.kwargs and all(map(is_number, step.args))


class Numbers(Writer):
    """Writes steps as NumPy has them; constants are numbers."""

    def array(self, x: Any) -> str:
        return literal(x.item())

    def output(self, x: Any) -> str:
        return self.word(x)

    def expression(self, step: Step) -> str:
        if step.call in ITSELF:
            return self.word(step.args[0])
        return super().expression(step)


class Straight(Numbers):
    """Writes steps as Python on numbers."""

    def word(self, x: Any) -> str:
        text = super().word(x)
        return f"({text})" if text.startswith("-") else text

    def expression(self, step: Step) -> str:
        call: Callable[..., Any] = PLAIN[step.call] if step in self.plain else step.call
        words = [self.word(x) for x in step.args]
        if call in ITSELF:
            return words[0]
        if call is np.power and words[1] in ("2", "3", "2.0", "3.0"):
            return f"{words[0]}**{words[1]}"
        if call in INFIX:
            return f"{words[0]} {INFIX[call]} {words[1]}"
        if call is np.heaviside and words[1] == "0.0":
            return f"float({words[0]} > 0) if {words[0]} == {words[0]} else {words[0]}"
        if call in (times, over):
            self.need(call)
        if call in WRITTEN:  # what an operand is, the result may be
            return WRITTEN[call].format(*[self.decimal(x, step) for x in step.args])
        if call in MATH:
            return f"math.{MATH[call]}({', '.join(words)})"
        return f"float({super().function(call)}({', '.join(words)}))"

    def output(self, x: Any) -> str:
        kind = "np.float64" if isinstance(x, Step) and x.dtype == np.float64 else "np.bool_"
        typed = isinstance(x, Step) and x.dtype is not None
        return f"{kind}({self.word(x)})" if typed else self.word(x)

    def decimal(self, x: Any, step: Step) -> str:
        """An operand of `step`; a whole number or truth with a decimal point, if it gives one."""
        if not isinstance(x, Step):
            return self.word(float(x))
        truth = step.call is np.where and x is not step.args[0] and x.dtype == np.bool_
        return f"float({self.word(x)})" if truth and step.dtype != np.bool_ else self.word(x)
