"""Formulas: a small algebra that keeps what a rule computes in the form a person would write.

An expression is a `Symbol`, a function applied to others (`Apply`), a `Product` of powers with a
number in front, or a `Total` of terms. `times`, `plus` and `raised` keep them in that form, so
that −(e/s)/s comes out as −e/s². `write` prints one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

__all__ = [
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
    "write",
]

Expression = Any


@dataclass(frozen=True, slots=True)
class Symbol:
    """A name."""

    name: str


@dataclass(frozen=True, slots=True)
class Apply:
    """A function of expressions, which `write` knows how to print by its name."""

    name: str
    args: tuple[Expression, ...]


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
        if e.name in ("sum", "copy") and args[0] == constant(0):
            return args[0]
        return Apply(e.name, args)
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


SUPERSCRIPTS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")

# Numbers that a person would write by name.
NAMED = {
    3.141592653589793: "π",
    0.6931471805599453: "ln 2",
    2.302585092994046: "ln 10",
    0.017453292519943295: "π/180",
    57.29577951308232: "180/π",
}

# How tightly a text holds together: what is looser than its surroundings gets parentheses.
SUM, PRODUCT, POWER, ATOM = range(4)


def digits(x: float) -> str:
    """A number in a formula, as short as it can be."""
    if x in NAMED:
        return NAMED[x]
    return str(int(x)) if abs(x) < 1e6 and x == int(x) else f"{x:.4g}"


def write(e: Expression, slash: str = "/", level: int = SUM) -> str:
    """The text of `e`, in parentheses if it is looser than `level`.

    >>> e, s = Symbol("e"), Symbol("s")
    >>> write(minus(times(times(e, raised(s, -1)), raised(s, -1))))
    '−e/s²'
    """
    text, tightness = _write(e, slash)
    return f"({text})" if tightness < level else text


def _write(e: Expression, slash: str) -> tuple[str, int]:
    if isinstance(e, Symbol):
        return e.name, ATOM
    if isinstance(e, Apply):
        return _write_call(e, slash)
    if isinstance(e, Total):
        # A term with a plus sign goes first if there is one: 1 − h², not −h² + 1.
        terms = sorted(e.terms, key=lambda t: isinstance(t, Product) and t.number < 0)
        text = write(terms[0], slash, SUM)
        for term in terms[1:]:
            negative = isinstance(term, Product) and term.number < 0
            text += " − " if negative else " + "
            text += write(minus(term) if negative else term, slash, PRODUCT)
        return text, SUM
    return _write_product(e, slash)


def _write_product(e: Product, slash: str) -> tuple[str, int]:
    sign, size = ("−", -e.number) if e.number < 0 else ("", e.number)
    above = [factor(base, n, slash) for base, n in e.powers if n > 0]
    below = [factor(base, -n, slash) for base, n in e.powers if n < 0]
    inverse = 1 / size if size else 0.0
    if below and 0 < size < 1 and abs(inverse - round(inverse)) < 1e-12:
        below.insert(0, digits(round(inverse)))
    elif logarithm := named_inverse(inverse):
        below.insert(0, logarithm)
    elif size in NAMED and "/" in NAMED[size] and (above or below):
        above.insert(0, f"({NAMED[size]})")
    elif size != 1 or not (above or below):
        above.insert(0, digits(size))
    text = "·".join(above) or "1"
    if below:
        text += slash + (below[0] if len(below) == 1 else f"({'·'.join(below)})")
    if sign or below or len(above) > 1:
        return sign + text, PRODUCT
    return text, POWER if e.powers else ATOM


def named_inverse(inverse: float) -> str:
    """The name of 1/number where that is a logarithm: 1/(ln 2·x), not 1.443/x."""
    names = (name for x, name in NAMED.items() if "ln" in name and abs(x - inverse) < 1e-12)
    return next(names, "")


def factor(base: Expression, n: Fraction, slash: str) -> str:
    """base^n inside a product, for n > 0."""
    if n == 1:
        return write(base, slash, POWER)
    if n == Fraction(1, 2):
        return "√" + write(base, slash, ATOM)
    text = write(base, slash, ATOM)
    if n.denominator == 1:
        return text + str(n.numerator).translate(SUPERSCRIPTS)
    return f"{text}^({n})" if n.denominator < 100 else f"{text}^{digits(float(n))}"


def _write_call(e: Apply, slash: str) -> tuple[str, int]:
    args = e.args
    if e.name == "copy":  # what broadcasting repeats reads as itself
        return _write(args[0], slash)
    if e.name == "T":
        return write(args[0], slash, ATOM) + "ᵀ", ATOM
    if e.name == "@":
        return f"{write(args[0], slash, POWER)} @ {write(args[1], slash, POWER)}", PRODUCT
    if e.name == "**":
        return f"{write(args[0], slash, ATOM)}^{write(args[1], slash, ATOM)}", POWER
    if e.name == "step":
        return f"[{write(args[0])} > 0]", ATOM
    if e.name in ("share", "beats"):
        return f"[{write(args[0])} = {write(args[1])}]", ATOM
    if e.name == "abs":
        return f"|{write(args[0])}|", ATOM
    return f"{e.name}({', '.join(write(x, slash) for x in args)})", ATOM
