"""Reading a constant factor: is it the batch size, a forgotten ½, the base of a logarithm?

Only factors that the graph offers are read, so that 10 is "divided by the 10 classes" where there
are 10 classes and a bare number elsewhere.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..core.graph import Node
from ..graphs.tape import Tape

__all__ = ["divisors", "factors", "read"]

LOGARITHMS = {"log", "log2", "log10", "log1p", "logaddexp", "logaddexp2", "exp2"}


def divisors(tape: Tape) -> list[float]:
    """The numbers by which the graph divides, or with which it multiplies."""
    found: dict[float, None] = {}
    for node in tape.order:
        if node._op in ("/", "*", "**"):
            for y in node.inputs:
                if not isinstance(y, Node) and np.ndim(y) == 0 and np.isfinite(y):
                    found[float(y)] = None
    return [c for c in found if c not in (0.0, 1.0, -1.0)]


def factors(tape: Tape) -> dict[float, str]:
    """Every factor the graph offers and what it would mean, the plainest first."""
    found: dict[float, str] = {}
    divided = divisors(tape)
    sizes = tape.sizes()
    products = {
        a * b: f"{a} · {b} entries" for a in sizes for b in sizes if a <= b and a * b not in sizes
    }

    def add(value: float, meaning: str) -> None:
        if value not in (0.0, 1.0):
            found.setdefault(value, meaning)

    def lengths(n: int, what: str) -> None:
        if float(n) in divided:
            add(float(n), f"the mean was forgotten: not divided by {what}")
            add(1 / n, f"the mean was taken twice: divided by {what} once more")

    for n in sizes:
        lengths(n, f"the {n} entries of an axis")
    for n, what in products.items():
        lengths(n, f"the {what}")
    add(2.0, "a factor ½ was forgotten, or the term counted twice")
    add(0.5, "a factor 2 was forgotten (the derivative of a square), or ½ taken twice")
    for n in sizes:
        add(float(n), f"a sum over {n} entries that should not be there, or a mean forgotten")
        add(1 / n, f"divided by {n} (the length of an axis), which the function does not do")
        if n > 1:
            add(n / (n - 1), f"n − 1 = {n - 1} for n = {n} (or the other way round)")
            add((n - 1) / n, f"n = {n} for n − 1 = {n - 1} (or the other way round)")
    for n, what in products.items():
        add(float(n), f"a mean over {what} forgotten")
        add(1 / n, f"divided by {what}, which the function does not do")
    for a in sizes:
        for b in sizes:
            if a != b:
                add(a / b, f"divided by {b} instead of {a} (the lengths of two axes)")
    if any(node._op in LOGARITHMS for node in tape.order):
        for base, name in ((2.0, "2"), (10.0, "10")):
            add(1 / math.log(base), f"the base of the logarithm: 1/ln {name}")
            add(math.log(base), f"the base of the logarithm: ln {name}")
    for c in divided:
        add(c, f"the constant {c:.6g} of the graph was taken once too often")
        add(1 / c, f"the constant {c:.6g} of the graph was left out")
    return found


def read(s: float, tape: Tape, rtol: float = 1e-7) -> str | None:
    """What a factor means, or None if it is none that the graph offers.

    A sign and a product of two factors are read too: −1/B is "the sign, and ...".
    """
    if tape.factors is None:
        tape.factors = factors(tape)
    known = tape.factors

    def near(a: float, b: float) -> bool:
        return abs(a - b) <= 10 * rtol * abs(b)

    for value, meaning in known.items():
        if near(s, value):
            return meaning
    for value, meaning in known.items():
        if near(s, -value):
            return f"the sign, and {meaning}"
    plain: list[Any] = list(known.items())[:12]
    for k, (a, one) in enumerate(plain):
        for b, two in plain[k:]:
            if near(s, a * b):
                return f"{one}; and {two}"
    return None
