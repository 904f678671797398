"""Steps as lines of Python: names for steps, literals for constants, operators for functions.

What is printed is what runs, but for two spellings: `x @ w` and `x.sum()` are what a person writes,
and `x.dot(w)` and `np.add.reduce(x)` the same arithmetic behind a shorter way into NumPy (measured:
a tenth of a training step on 32 examples).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from .buffers import AUGMENTED, is_fresh
from .helpers import HELPERS, check
from .literals import literal, spelled_out
from .program import GUARD, Method, Program, Step, getitem, method
from .speculation import PLAIN
from .text import Text

__all__ = ["Writer", "is_T"]

SYMBOLS = {
    np.add: "+", np.subtract: "-", np.multiply: "*", np.divide: "/", np.matmul: "@",
    np.remainder: "%", np.floor_divide: "//", pow: "**", np.greater: ">", np.greater_equal: ">=",
    np.less: "<", np.less_equal: "<=", np.equal: "==", np.not_equal: "!=",
    np.bitwise_and: "&", np.bitwise_or: "|", np.bitwise_xor: "^",
}  # fmt: skip
DIVISIONS = {np.divide, np.remainder, np.floor_divide}
SUM = method("sum")
FLOATS = (np.dtype(np.float64), np.dtype(np.float32))
LITERAL = 4  # entries of an array that is made in the line that uses it, at every call


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


def is_T(step: Step) -> bool:
    """Whether a step is x.T"""
    return step.call is np.transpose and len(step.args) == 1 and not step.kwargs


def is_float_matrix(x: Any) -> bool:
    """Whether this stands for a matrix that BLAS multiplies; a row by one entry it scales."""
    return type(x) is Step and len(x.shape) == 2 and min(x.shape) > 1 and x.dtype in FLOATS


def is_plain_number(x: Any) -> bool:
    """Whether `x` is a number of Python's, which raises where NumPy's divide by zero."""
    return x.dtype is None if isinstance(x, Step) else type(x) in (int, float)
