"""What is written so simplifies so: the notation of operations among formulas.

An operation is known here by how it is written, `{} · {}` or `sqrt({})`, whatever it is called.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np

from .expression import Apply, Product, constant, minus, plus, raised, times

__all__ = ["applied"]


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
    return constant(abs(a.number)) if is_number(a) else Apply("abs", (a,), "|{}|")


def sign(a: Any) -> Any:
    """The sign of a, of a number itself."""
    return constant(float(np.sign(a.number))) if is_number(a) else Apply("sign", (a,))


HALF = Fraction(1, 2)

ALGEBRA: dict[str, Callable[..., Any]] = {
    "{} + {}": plus,
    "{} − {}": lambda a, b: plus(a, minus(b)),
    "{} · {}": times,
    "{} / {}": lambda a, b: times(a, raised(b, -1)),
    "{}**{}": power,
    "−{}": minus,
    "+{}": lambda a: a,
    "|{}|": absolute,
    "identity({})": lambda a: a,
    "sqrt({})": lambda a: raised(a, HALF),
    "cbrt({})": lambda a: raised(a, Fraction(1, 3)),
    "square({})": lambda a: raised(a, 2),
    "reciprocal({})": lambda a: raised(a, -1),
    "hypot({}, {})": lambda a, b: raised(plus(raised(a, 2), raised(b, 2)), HALF),
    "sigmoid({})": sigmoid,
    "sign({})": sign,
}
"""What is simpler than the notation itself."""


def applied(op: Any, args: list[Any]) -> Any:
    """An elementwise operation applied to formulas, simplified."""
    written = op.spelling(*args)
    simpler = ALGEBRA.get(written)
    return simpler(*args) if simpler else Apply(op.name, tuple(args), written)


def is_number(e: Any) -> bool:
    """Whether a formula is a plain number."""
    return isinstance(e, Product) and not e.powers
