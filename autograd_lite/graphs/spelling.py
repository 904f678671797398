"""How operations are written: a template, and what it needs parentheses for.

A template has `{}` for each input: `{} + {}`, `−{}`, `exp({})`, `{}ᵀ`. How tightly a text holds
together follows from the sign in it: what is looser than its surroundings gets parentheses.
"""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["ATOM", "POWER", "PRODUCT", "SUM", "Part", "fill", "is_sign", "wrapped"]

SUM, PRODUCT, POWER, ATOM = range(4)

Part = tuple[str, int]
"""A text, and how tightly it holds together."""

SIGNS = {
    "+": (SUM, SUM, SUM),
    "−": (SUM, SUM, PRODUCT),
    "·": (PRODUCT, PRODUCT, PRODUCT),
    "/": (PRODUCT, PRODUCT, POWER),
    "mod": (PRODUCT, PRODUCT, POWER),
    "@": (PRODUCT, PRODUCT, POWER),
    "**": (POWER, ATOM, ATOM),
    "^": (POWER, ATOM, ATOM),
}
"""How tightly a sign holds, and how tightly its left and its right operand must hold."""

MOST = 6  # operands of a call that are written out


def wrapped(part: Part, level: int) -> str:
    """The text of a part, in parentheses if it holds together less tightly than `level`."""
    text, tightness = part
    return f"({text})" if tightness < level else text


def fill(template: str, parts: Sequence[Part]) -> Part:
    """The text of an operation on these operands.

    >>> a, b = ("a + b", SUM), ("c", ATOM)
    >>> fill("{} · {}", [a, b])[0], fill("exp({})", [a])[0], fill("{}ᵀ", [a])[0]
    ('(a + b) · c', 'exp(a + b)', '(a + b)ᵀ')
    """
    pieces = template.split("{}")
    sign = pieces[1].strip() if len(pieces) == 3 and not pieces[0] and not pieces[2] else ""
    if sign in SIGNS:
        level, left, right = SIGNS[sign]
        return wrapped(parts[0], left) + pieces[1] + wrapped(parts[1], right), level
    if pieces in (["−", ""], ["+", ""]):
        return pieces[0] + wrapped(parts[0], PRODUCT), PRODUCT
    # What follows an operand without a bracket around it, as ᵀ or [0], holds on to its last word.
    texts = [text for text, _ in parts]
    if not pieces[0]:
        texts[0] = wrapped(parts[0], ATOM)
    if len(texts) > MOST:
        texts = [*texts[:MOST], "…"]
        pieces = [*pieces[: MOST + 1], pieces[-1]]
    return pieces[0] + "".join(map("".join, zip(texts, pieces[1:], strict=False))), ATOM


def is_sign(template: str) -> bool:
    """Whether an operation is written with a sign, not by a name: `{} + {}`, `−{}`."""
    pieces = template.split("{}")
    return pieces in (["−", ""], ["+", ""]) or (len(pieces) == 3 and pieces[1].strip() in SIGNS)
