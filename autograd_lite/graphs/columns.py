"""How elementwise operations are written and simplified: what their rows say for the tools."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np

from ..core.elementwise import Elementwise
from .expression import Apply, Product, constant, minus, plus, raised, times

__all__ = ["CONVENTIONS", "LETTERS", "absolute", "applied", "spelling"]

SPELLED = {
    "+": "{} + {}",
    "-": "{} − {}",
    "*": "{} · {}",
    "/": "{} / {}",
    "%": "{} mod {}",
    "**": "{}**{}",
    "neg": "−{}",
    "pos": "+{}",
    "abs": "|{}|",
    "root": "sqrt({})",  # the square root that stands for a distance
    "step": "[{} > 0]",
    "share": "[{} = {}]",
    "beats": "[{} = {}]",
}
"""Templates of operations that are not written as a call of their name."""

LETTERS = {
    "exp": "e",
    "sum": "s",
    "log": "q",
    "*": "m",
    "+": "r",
    "-": "u",
    "neg": "n",
    "/": "h",
    "@": "y",
    "**": "p",
    "tanh": "h",
    "sigmoid": "h",
    "relu": "h",
}
"""Letters a person might give the result of an operation."""


CONVENTIONS = {
    "absolute": "0 at 0",
    "relu": "0 at 0",
    "sqrt": "inf at 0, NaN below",
    "log": "inf at 0, NaN below",
    "log2": "inf at 0, NaN below",
    "log10": "inf at 0, NaN below",
    "log1p": "inf at −1, NaN below",
    "divide": "−inf for 1/y at 0",
    "power": "0 where the exponent is 0; NaN for the exponent of a negative base",
    "hypot": "0 at (0, 0)",
    "maximum": "½ each where two nodes tie; 0 where a node ties with a constant",
    "minimum": "as maximum",
    "fmax": "as maximum; a NaN loses",
    "fmin": "as maximum; a NaN loses",
    "arcsin": "inf at ±1, NaN outside",
    "arccos": "−inf at ±1, NaN outside",
    "arctanh": "inf at ±1, NaN outside",
    "arccosh": "inf at 1, NaN below",
}
"""What formulas cannot say: the points where a derivative had to be chosen."""


def power(a: Any, b: Any) -> Any:
    """a^b, joined with other powers of a if b is a number."""
    return raised(a, b.number) if is_number(b) else Apply("**", (a, b), "{}^{}")


def sigmoid(a: Any) -> Any:
    """σ(a), with σ(−x) = 1 − σ(x)."""
    if isinstance(a, Product) and a.number < 0:
        return plus(constant(1), minus(Apply("sigmoid", (minus(a),))))
    return Apply("sigmoid", (a,))


def absolute(a: Any) -> Any:
    """|a|, of a number itself."""
    return constant(abs(a.number)) if is_number(a) else Apply("abs", (a,), SPELLED["abs"])


def sign(a: Any) -> Any:
    """The sign of a, of a number itself."""
    return constant(float(np.sign(a.number))) if is_number(a) else Apply("sign", (a,))


ALGEBRA: dict[str, Callable[..., Any]] = {
    "+": plus,
    "-": lambda a, b: plus(a, minus(b)),
    "*": times,
    "/": lambda a, b: times(a, raised(b, -1)),
    "**": power,
    "neg": minus,
    "pos": lambda a: a,
    "identity": lambda a: a,
    "sqrt": lambda a: raised(a, Fraction(1, 2)),
    "root": lambda a: raised(a, Fraction(1, 2)),
    "cbrt": lambda a: raised(a, Fraction(1, 3)),
    "square": lambda a: raised(a, 2),
    "reciprocal": lambda a: raised(a, -1),
    "hypot": lambda a, b: raised(plus(raised(a, 2), raised(b, 2)), Fraction(1, 2)),
    "sigmoid": sigmoid,
    "abs": absolute,
    "sign": sign,
}
"""What an operation is among formulas, where that is simpler than a call of its name."""


def spelling(op: Any, *inputs: Any) -> str:
    """How a result of `op` is written, with `{}` for each input."""
    written = SPELLED.get(op.name) if isinstance(op, Elementwise) else None
    return written or op.spelling(*inputs)


def applied(op: Any, args: list[Any]) -> Any:
    """An elementwise operation applied to formulas, simplified."""
    simpler = ALGEBRA.get(op.name)
    return simpler(*args) if simpler else Apply(op.name, tuple(args), spelling(op, *args))


def is_number(e: Any) -> bool:
    """Whether a formula is a plain number."""
    return isinstance(e, Product) and not e.powers
