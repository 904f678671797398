"""One factor for all entries: the sign, a mean, a ½, the base of a logarithm; or nothing at all.

Only factors that the graph offers are read, so that 10 is "divided by the 10 classes" where there
are 10 classes and a bare number elsewhere.
"""

from __future__ import annotations

import math
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from ...core.graph import Node
from ...graphs.tape import Tape
from ..measures import magnitude
from .evidence import Evidence, fitted
from .mistake import Numbers
from .places import GRADIENT

__all__ = ["divisors", "factors", "read"]

LOGARITHMS = {"log", "log2", "log10", "log1p", "logaddexp", "logaddexp2", "exp2"}


@GRADIENT.mistake("zero", "the hand gradient is zero everywhere, the right one is not", rank=1.0)
def zero(e: Evidence) -> Numbers:
    if magnitude(e.hand) <= 1e-14 * magnitude(e.auto):
        yield e.hand, {}


def factor(e: Evidence) -> float | None:
    """The s of hand = s · autodiff, None if there is none or it is 0."""
    s = fitted(e.hand, e.auto)
    if s is None or magnitude(e.hand) <= 1e-14 * magnitude(e.auto):
        return None
    return s if e.match(s * e.auto) <= e.rtol else None


@GRADIENT.mistake("sign", "the sign is wrong, everything else right", rank=1.0, fix="grad = -grad")
def negated(e: Evidence) -> Numbers:
    s = factor(e)
    if s is not None and abs(s + 1) < 1e-6:
        yield -e.auto, {}


@GRADIENT.mistake("sign", "the sign is wrong, and a factor too", rank=1.6, fix="grad = -grad")
def negated_and_scaled(e: Evidence) -> Numbers:
    s = factor(e)
    if s is not None and s < 0 and abs(s + 1) >= 1e-6 and read(s, e.tape, max(e.rtol, 1e-9)):
        yield s * e.auto, {}


@GRADIENT.mistake(
    "scale",
    "every entry is {s:.6g} times the right one: {meaning}",
    rank=1.5,
    fix="grad = grad / {s:.6g}",
)
def scaled(e: Evidence) -> Numbers:
    s = factor(e)
    if s is not None and abs(s + 1) >= 1e-6:
        meaning = read(s, e.tape, max(e.rtol, 1e-9))
        if meaning is not None:
            yield s * e.auto, {"s": s, "meaning": meaning}


@GRADIENT.mistake(
    "scale",
    "every entry is {s:.6g} times the right one, a factor that is no length and no constant of "
    "this graph",
    rank=4.0,
    fix="grad = grad / {s:.6g}",
)
def scaled_by_anything(e: Evidence) -> Numbers:
    s = factor(e)
    if s is None or abs(s + 1) < 1e-6 or read(s, e.tape, max(e.rtol, 1e-9)) is not None:
        return
    if e.auto.size > 1:  # one number is always a multiple of another: that is no finding
        yield s * e.auto, {"s": s}


@GRADIENT.mistake(
    "double-counted",
    "the whole gradient was counted twice, as when gradients are not reset before the next "
    "backward pass",
    rank=2.6,
    fix="grad = np.zeros_like(grad)  # before accumulating",
)
def not_reset(e: Evidence) -> Numbers:
    yield 2 * e.auto, {}


FACTORS: WeakKeyDictionary[Tape, dict[float, str]] = WeakKeyDictionary()
"""Those of each tape, counted once."""


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
    if tape not in FACTORS:
        FACTORS[tape] = factors(tape)
    known = FACTORS[tape]

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
