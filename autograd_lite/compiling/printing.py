"""A program as Python: one step a line, forward and backward marked, NumPy and nothing else.

The text is made from steps alone; nothing a user wrote gets into it but names, made safe. What is
printed is what runs, but for two spellings: `x @ w` and `x.sum()` are what a person writes, and
`x.dot(w)` and `np.add.reduce(x)` the same arithmetic behind a shorter way into NumPy (measured: a
tenth of a training step on 32 examples).
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

import numpy as np

from .buffers import AUGMENTED, is_fresh, reusing
from .helpers import HELPERS, check
from .naming import assign_names, safe
from .passes import read
from .program import GUARD, Method, Program, Step, getitem, leaves, method
from .speculation import PLAIN, Speculation, speculated

__all__ = ["Text", "written"]

SYMBOLS = {
    np.add: "+", np.subtract: "-", np.multiply: "*", np.divide: "/", np.matmul: "@",
    np.remainder: "%", np.floor_divide: "//", pow: "**", np.greater: ">", np.greater_equal: ">=",
    np.less: "<", np.less_equal: "<=", np.equal: "==", np.not_equal: "!=",
    np.bitwise_and: "&", np.bitwise_or: "|", np.bitwise_xor: "^",
}  # fmt: skip
SUM = method("sum")
FLOATS = (np.dtype(np.float64), np.dtype(np.float32))
SIZE = "size"  # of the results that show whether there is an infinity or NaN
LITERAL = 4  # entries of an array that is made in the line that uses it, at every call


class Text:
    """The parts of a printed program: its constants, the helpers it calls, and its functions."""

    def __init__(self, name: str) -> None:
        self.name = safe(name)
        self.constants: dict[str, Any] = {}
        self.helpers: list[Callable[..., Any]] = []
        self.function = ""  # as it is run
        self.shown: Callable[[], str] = lambda: self.function
        self.modules = ["numpy as np"]
        self.careful_name = ""
        self.careful: Callable[[], str] | None = None  # its text: it is seldom needed

    def code(self) -> str:
        """The functions alone, as they are shown."""
        return "\n\n\n".join([self.shown(), *([self.careful()] if self.careful else [])]) + "\n"

    def source(self) -> str:
        """Everything it takes to run it on its own."""
        code = self.code()
        constants = "".join(f"{name} = {spelled_out(x)}\n" for name, x in self.constants.items())
        helpers = [inspect.getsource(helper) for helper in HELPERS if helper in self.helpers]
        imports = "".join(f"import {module}\n" for module in self.modules)
        parts = [imports, constants, *helpers, code]
        return "\n\n".join(part for part in parts if part)


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

    guess = speculated(program) if passes else Speculation(set(), set(), [])
    if not passes:
        text.function = carefully(text.name)
        return text
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


def is_float_matrix(x: Any) -> bool:
    """Whether this stands for a matrix that BLAS multiplies."""
    return type(x) is Step and len(x.shape) == 2 and x.dtype in FLOATS


def is_T(step: Step) -> bool:
    """Whether a step is x.T"""
    return step.call is np.transpose and len(step.args) == 1 and not step.kwargs


DIVISIONS = {np.divide, np.remainder, np.floor_divide}


def is_plain_number(x: Any) -> bool:
    """Whether `x` is a number of Python's, which raises where NumPy's divide by zero."""
    return x.dtype is None if isinstance(x, Step) else type(x) in (int, float)


class Writer:
    """Writes steps as lines, with names for steps and literals for constants."""

    def __init__(
        self,
        text: Text,
        names: dict[Step, str],
        inline: set[Step],
        plain: Iterable[Step] = (),
        quick: bool = False,
    ) -> None:
        self.text = text
        self.names = names
        self.taken = set(names.values())  # by another writer of the same text, too
        self.inline = inline
        self.plain = plain  # the products and quotients that are NumPy's own
        self.quick = quick  # to be run rather than read
        self.into: dict[Step, int] = {}
        self.returned: set[Step] = set()

    def reuse(self, into: dict[Step, int]) -> None:
        """Let steps write into one of their arguments, which then has the same name."""
        self.into = into
        self.names = dict(self.names)
        for step, i in reversed(into.items()):
            self.names[step.args[i]] = self.names[step]

    def body(self, steps: list[Step]) -> list[str]:
        """The steps as lines."""
        lines: list[str] = []
        both = any(s.backward for s in steps)
        part = None
        for step in steps:
            if step in self.inline:
                continue
            if both and step.backward != part and not (part and not step.backward):
                part = step.backward
                lines.append(f"    # {'backward' if part else 'forward'}")
            lines.append("    " + self.line(step))
        return lines

    def results(self, program: Program) -> list[str]:
        """The results as expressions."""
        self.returned.clear()
        return [self.output(x) for x in program.outputs]

    def line(self, step: Step) -> str:
        """`h = np.tanh(a)`"""
        if step.call is GUARD:
            self.need(check)
            found, expected = map(self.word, step.args)
            return f"check({found}, {expected}, {step.line!r})"
        if step in self.into:
            i = self.into[step]
            call = PLAIN[step.call] if step in self.plain else step.call
            return f"{self.names[step]} {AUGMENTED[call]} {self.word(step.args[1 - i])}"
        return f"{self.names[step]} = {self.expression(step)}"

    def expression(self, step: Step) -> str:
        """The right-hand side of a step's line."""
        call, args = step.call, step.args
        if self.quick and call is np.matmul and all(map(is_float_matrix, args)):
            return f"{self.word(args[0])}.dot({self.word(args[1])})"
        if self.quick and call is SUM and len(args) == 1 and args[0].dtype in FLOATS:
            how = {"axis": None, **step.kwargs}
            words = [self.word(args[0]), *(f"{k}={self.word(v)}" for k, v in how.items())]
            return f"np.add.reduce({', '.join(words)})"
        if step in self.plain:
            call = PLAIN[step.call]
        raises = call in DIVISIONS and all(map(is_plain_number, args))
        if call in SYMBOLS and len(args) == 2 and not step.kwargs and not raises:
            left, right = map(self.word, args)
            if call is pow and left.startswith("-"):
                left = f"({left})"
            return f"{left} {SYMBOLS[call]} {right}"
        if call is np.negative and not step.kwargs:
            return f"-{self.word(args[0])}"
        if call is getitem:
            return f"{self.word(args[0])}[{self.key(args[1])}]"
        if is_T(step):
            return f"{self.word(args[0])}.T"
        given = [*map(self.word, args), *(f"{k}={self.word(v)}" for k, v in step.kwargs.items())]
        if isinstance(call, Method):
            return f"{given[0]}.{call.name}({', '.join(given[1:])})"
        return f"{self.function(call)}({', '.join(given)})"

    def function(self, call: Any) -> str:
        """The name a function of NumPy's, or a helper, is called by."""
        if call is float:
            return "float"
        if call in HELPERS:
            self.need(call)
            return call.__name__
        owner = getattr(call, "__self__", None)
        if isinstance(owner, np.ufunc):
            return f"np.{owner.__name__}.{call.__name__}"
        module = getattr(call, "__module__", None) or "numpy"
        name = getattr(call, "__name__", "")
        path = module.removeprefix("numpy").removeprefix(".")
        for space in (path, ""):
            holder: Any = np
            for part in filter(None, space.split(".")):
                holder = getattr(holder, part, None)
            if getattr(holder, name, None) is call:
                return ".".join(filter(None, ["np", space, name]))
        raise TypeError(f"cannot compile a call of {call!r}: it is no function of NumPy's")

    def need(self, helper: Callable[..., Any]) -> None:
        """Have a helper printed above the function."""
        if helper not in self.text.helpers:
            self.text.helpers.append(helper)

    def output(self, x: Any) -> str:
        """A result as an expression: memory of its own, that the caller may write into."""
        if not isinstance(x, Step):
            word = self.word(x)
            return f"{word}.copy()" if isinstance(x, np.ndarray) and x.ndim else word
        number = isinstance(x.call, np.ufunc) and not x.shape  # has no memory to write into
        shared = not number and (x in self.returned or not is_fresh(x))
        self.returned.add(x)
        word = self.word(x)
        return f"{word}.copy()" if shared and x.dtype is not None else word

    def word(self, x: Any) -> str:
        """A name or a literal."""
        if isinstance(x, Step):
            return self.expression(x) if x in self.inline else self.names[x]
        if isinstance(x, np.ndarray):
            return self.array(x)
        if isinstance(x, slice):
            return f"slice({self.word(x.start)}, {self.word(x.stop)}, {self.word(x.step)})"
        if isinstance(x, tuple):
            inner = ", ".join(map(self.word, x))
            return f"({inner},)" if len(x) == 1 else f"({inner})"
        if isinstance(x, list):
            return f"[{', '.join(map(self.word, x))}]"
        if isinstance(x, dict):
            return "{" + ", ".join(f"{k!r}: {self.word(v)}" for k, v in x.items()) + "}"
        return literal(x)

    def array(self, x: np.ndarray) -> str:
        """A constant array: its name, or itself where it is short."""
        short = spelled_out(x) if x.size <= LITERAL else None
        if short is None or len(short) > 40:
            known = [name for name, array in self.text.constants.items() if array is x]
            if not known:
                letter = "ones" if x.size and (x == 1).all() else "c"
                name, k = letter, 1
                while name in self.taken or name in self.text.constants:
                    k += 1
                    name = f"{letter}{k}"
                self.text.constants[name] = x
                known = [name]
            return known[0]
        return short

    def key(self, key: Any) -> str:
        """What stands between the brackets of an index."""
        parts = key if isinstance(key, tuple) else (key,)
        if not parts:
            return "()"
        return ", ".join(self.slice(k) for k in parts)

    def slice(self, k: Any) -> str:
        """One part of an index: `1:`, `...`, a number or an array."""
        if not isinstance(k, slice):
            return self.word(k)
        start, stop = ("" if x is None else self.word(x) for x in (k.start, k.stop))
        return f"{start}:{stop}" + ("" if k.step is None else f":{self.word(k.step)}")


def literal(x: Any) -> str:
    """A constant that is no array, as Python writes it."""
    if x is Ellipsis:
        return "..."
    if isinstance(x, np.generic):
        kind = "bool_" if x.dtype.kind == "b" else x.dtype.name
        return f"np.{kind}({literal(x.item())})"
    if isinstance(x, float):
        if math.isfinite(x):
            return repr(float(x))
        return "np.nan" if math.isnan(x) else "np.inf" if x > 0 else "-np.inf"
    if x is None or isinstance(x, bool | int | complex | str):
        return repr(x)
    if isinstance(x, np.dtype):
        return f"np.{'bool_' if x.kind == 'b' else x.name}"
    if isinstance(x, type):
        if issubclass(x, np.generic):
            return f"np.{x.__name__}"
        if x in (float, int, bool):
            return x.__name__
    raise TypeError(
        f"cannot compile what takes or returns {type(x).__name__} {x!r:.60}. Instead: use and "
        "return numbers, arrays, strings, and tuples, lists and dicts of them"
    )


def spelled_out(x: np.ndarray) -> str:
    """A constant array as an expression that makes it."""
    dtype = "" if x.dtype in (np.float64, np.int64, np.bool_) else f", {literal(x.dtype)}"
    if x.ndim and x.size:
        flat = x.ravel()
        bits = flat.view(f"V{x.itemsize}") if x.itemsize else flat
        if x.size > 4 and (bits == bits[0]).all():
            value = literal(flat[0].item())
            known = {"0.0": "zeros", "1.0": "ones"}.get(value)
            shape = x.shape[0] if x.ndim == 1 else x.shape
            if known:
                return f"np.{known}({shape}{dtype})"
            return f"np.full({shape}, {value}{dtype})"
        if x.dtype == np.int64 and x.size > 2 and (flat == np.arange(x.size)).all():
            return f"np.arange({x.size})" + ("" if x.ndim == 1 else f".reshape({x.shape})")
        square = x.size > 4 and x.ndim == 2 and x.shape[0] == x.shape[1]
        if square and x.dtype in (np.float64, np.bool_) and (x == np.eye(len(x))).all():
            return f"np.eye({len(x)}{', dtype=bool' if x.dtype == np.bool_ else ''})"
    if x.size == 0:
        return f"np.zeros({x.shape}, {literal(x.dtype)})"
    return f"np.array({nested(x.tolist())}{dtype})"


def nested(x: Any) -> str:
    """Nested lists of numbers as Python writes them."""
    return f"[{', '.join(map(nested, x))}]" if isinstance(x, list) else literal(x)
