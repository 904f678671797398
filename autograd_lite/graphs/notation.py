"""Formulas as text: −e/s², 1 − h², √(1 − x²)."""

from __future__ import annotations

from fractions import Fraction

from .expression import COPIED, Apply, Expression, Product, Symbol, Total, minus
from .spelling import ATOM, POWER, PRODUCT, SUM, Part, fill

__all__ = ["NAMED", "SUPERSCRIPTS", "digits", "factor", "named_inverse", "write"]

SUPERSCRIPTS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")

# Numbers that a person would write by name.
NAMED = {
    3.141592653589793: "π",
    0.6931471805599453: "ln 2",
    2.302585092994046: "ln 10",
    0.017453292519943295: "π/180",
    57.29577951308232: "180/π",
}


def digits(x: float) -> str:
    """A number in a formula, as short as it can be."""
    if x in NAMED:
        return NAMED[x]
    return str(int(x)) if abs(x) < 1e6 and x == int(x) else f"{x:.4g}"


def write(e: Expression, slash: str = "/", level: int = SUM) -> str:
    """The text of `e`, in parentheses if it is looser than `level`.

    >>> from autograd_lite.graphs.expression import raised, times
    >>> e, s = Symbol("e"), Symbol("s")
    >>> write(minus(times(e, raised(s, -2))))
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


def _write_call(e: Apply, slash: str) -> Part:
    parts = [_write(x, slash) for x in e.args]
    if e.moves == COPIED:  # what broadcasting repeats reads as itself
        return parts[0]
    return fill(e.write or f"{e.name}({', '.join(['{}'] * len(parts))})", parts)
