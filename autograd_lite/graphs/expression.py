"""Formulas: a small algebra that keeps what a rule computes in the form a person would write.

An expression is a `Symbol`, a function applied to others (`Apply`), a `Product` of powers with a
number in front, or a `Total` of terms. `times`, `plus` and `raised` keep them in that form, so
that −(e/s)/s comes out as −e/s². `notation.write` prints one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

__all__ = [
    "COPIED",
    "RESHAPED",
    "SUMMED",
    "Apply",
    "Product",
    "Symbol",
    "Total",
    "constant",
    "minus",
    "plus",
    "raised",
    "substitute",
    "symbols",
    "times",
]

Expression = Any

SUMMED, COPIED, RESHAPED = "summed", "copied to all", "reshaped"
"""What becomes of a cotangent that commutes with a factor, or keeps all its entries in order."""


@dataclass(frozen=True, slots=True)
class Symbol:
    """A name."""

    name: str


@dataclass(frozen=True, slots=True)
class Apply:
    """A function of expressions, printed by the template `write` or by its name.

    `moves` says in words what it does to a cotangent that it only moves, copies or adds up.
    """

    name: str
    args: tuple[Expression, ...]
    write: str = ""
    moves: str = ""


@dataclass(frozen=True, slots=True)
class Product:
    """number · Π base^exponent; without powers it is a plain number."""

    number: float
    powers: tuple[tuple[Expression, Fraction], ...] = ()


@dataclass(frozen=True, slots=True)
class Total:
    """Σ terms, at least two of them."""

    terms: tuple[Expression, ...]


def constant(x: float) -> Product:
    """A plain number."""
    return Product(float(x))


def _product(e: Expression) -> Product:
    return e if isinstance(e, Product) else Product(1.0, ((e, Fraction(1)),))


def _tidy(e: Product) -> Expression:
    if e.number == 0:
        return Product(0.0)
    if e.number == 1 and len(e.powers) == 1 and e.powers[0][1] == 1:
        return e.powers[0][0]
    return e


def times(a: Expression, b: Expression) -> Expression:
    """a · b, with powers of one base joined and (1 − x)(1 + x) multiplied out."""
    if isinstance(a, Total) and isinstance(b, Total) and len(a.terms) == len(b.terms) == 2:
        (p, q), (r, s) = a.terms, b.terms
        if p == r and plus(q, s) == constant(0):
            return plus(times(p, r), times(q, s))
    a, b = _product(a), _product(b)
    powers = dict(a.powers)
    for base, exponent in b.powers:
        powers[base] = powers.get(base, Fraction(0)) + exponent
    kept = tuple((base, n) for base, n in powers.items() if n)
    return _tidy(Product(a.number * b.number, kept))


def raised(a: Expression, exponent: Fraction | float) -> Expression:
    """a^exponent for a plain number as the exponent."""
    if not math.isfinite(exponent):
        return Apply("**", (a, constant(float(exponent))))
    n = Fraction(exponent).limit_denominator(1000)
    if not isinstance(a, Product):
        return _tidy(Product(1.0, ((a, n),))) if n else constant(1)
    if n.denominator != 1 and a.number < 0:
        return Product(1.0, ((a, n),))
    try:
        number = float(a.number) ** float(n)
    except (OverflowError, ZeroDivisionError):
        number = math.inf
    return _tidy(Product(number, tuple((base, k * n) for base, k in a.powers if k * n)))


def minus(a: Expression) -> Expression:
    """−a"""
    return times(constant(-1), a)


def plus(a: Expression, b: Expression) -> Expression:
    """a + b, with like terms joined."""
    sums: dict[Any, float] = {}
    for e in (a, b):
        for term in e.terms if isinstance(e, Total) else (e,):
            p = _product(term)
            sums[p.powers] = sums.get(p.powers, 0.0) + p.number
    terms = tuple(_tidy(Product(n, powers)) for powers, n in sums.items() if n)
    return Total(terms) if len(terms) > 1 else terms[0] if terms else constant(0)


def rebuild(e: Expression, change: Callable[[Expression], Expression]) -> Expression:
    """`e` put together again from its parts after `change` on each of them."""
    if isinstance(e, Apply):
        args = tuple(change(x) for x in e.args)
        if e.moves and all(x == constant(0) for x in args):
            return args[0]
        return Apply(e.name, args, e.write, e.moves)
    if isinstance(e, Total):
        total: Expression = constant(0)
        for term in e.terms:
            total = plus(total, change(term))
        return total
    if isinstance(e, Product):
        product: Expression = constant(e.number)
        for base, n in e.powers:
            product = times(product, raised(change(base), n))
        return product
    return e


def substitute(e: Expression, values: Mapping[Expression, Expression]) -> Expression:
    """`e` with every expression that is a key of `values` replaced."""
    if e in values:
        return values[e]
    e = rebuild(e, lambda part: substitute(part, values))
    if isinstance(e, Apply) and e.name == "**" and _is_number(e.args[1]):
        return raised(e.args[0], e.args[1].number)
    return values.get(e, e)


def _is_number(e: Expression) -> bool:
    return isinstance(e, Product) and not e.powers


def symbols(e: Expression) -> set[str]:
    """The names in `e`."""
    if isinstance(e, Symbol):
        return {e.name}
    parts: Any = ()
    if isinstance(e, Apply):
        parts = e.args
    elif isinstance(e, Total):
        parts = e.terms
    elif isinstance(e, Product):
        parts = [base for base, _ in e.powers]
    found: set[str] = set()
    for part in parts:
        found |= symbols(part)
    return found
