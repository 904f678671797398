"""How a result was computed, as a person would write it: `e / s`, `sum(e, axis=-1)`, `x[0]`."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..graphs.text import MINUS, number

__all__ = ["ATOM", "formula", "literal", "wrapped"]

SUM, PRODUCT, POWER, ATOM = range(4)

INFIX = {
    "+": (" + ", SUM, SUM, SUM),
    "-": (f" {MINUS} ", SUM, SUM, PRODUCT),
    "*": (" · ", PRODUCT, PRODUCT, PRODUCT),
    "/": (" / ", PRODUCT, PRODUCT, POWER),
    "%": (" mod ", PRODUCT, PRODUCT, POWER),
    "@": (" @ ", PRODUCT, PRODUCT, POWER),
}
"""Symbol, how tightly it holds, and how tightly its left and right operand must hold."""


def wrapped(part: tuple[str, int], level: int) -> str:
    """The text of a part, in parentheses if it holds together less tightly than `level`."""
    text, tightness = part
    return f"({text})" if tightness < level else text


def literal(x: Any) -> tuple[str, int]:
    """A number in a formula, without needless zeros."""
    value = float(np.asarray(x).reshape(-1)[0])
    text = f"{value:.6g}" if value == value and abs(value) < 1e6 else number(value)
    return text.replace("-", MINUS), SUM if value < 0 else ATOM


def axes_text(op: Any, x: Any) -> str:
    """`, axis=-1` for a reduction that does not take in every axis."""
    axes = op.axes
    if len(axes) == len(getattr(x, "shape", ())):
        return ""
    return f", axis={axes[0] if len(axes) == 1 else axes}".replace("-", MINUS)


def key_text(index: tuple[Any, ...]) -> str:
    """The key of a basic index as it is typed: `0, 1:3`."""

    def one(k: Any) -> str:
        if isinstance(k, slice):
            step = "" if k.step is None else f":{k.step}"
            return f"{'' if k.start is None else k.start}:{'' if k.stop is None else k.stop}{step}"
        return "None" if k is None else str(k)

    keys = [one(k) for k in index]
    while len(keys) > 1 and keys[-1] == ":":
        keys.pop()
    return ", ".join(keys).replace("-", MINUS)


def formula(op: Any, x: Any, parts: list[tuple[str, int]]) -> tuple[str, int]:
    """The text of an operation applied to the texts of its inputs, and how tight it is.

    `x` is the first input itself: whether an axis is worth a word depends on its shape.
    """
    name, kind = op.name, type(op).__name__
    if name in INFIX and len(parts) == 2:
        symbol, level, left, right = INFIX[name]
        return wrapped(parts[0], left) + symbol + wrapped(parts[1], right), level
    if name == "**":
        return f"{wrapped(parts[0], ATOM)}**{wrapped(parts[1], ATOM)}", POWER
    if name == "neg":
        return MINUS + wrapped(parts[0], PRODUCT), PRODUCT
    if name == "pos":
        return "+" + wrapped(parts[0], PRODUCT), PRODUCT
    if name == "identity":
        return parts[0]
    texts = [text for text, _ in parts]
    if name == "root":  # the square root that stands for a distance
        return f"sqrt({texts[0]})", ATOM
    if name == "abs":
        return f"|{texts[0]}|", ATOM
    if kind in ("Sum", "Extreme"):
        return f"{name}({texts[0]}{axes_text(op, x)})", ATOM
    if kind == "Reshape":
        return f"reshape({texts[0]}, {op.new})", ATOM
    if kind == "Transpose" and len(op.axes) == 2:
        return wrapped(parts[0], ATOM) + "ᵀ", ATOM
    if kind == "Slice":
        return f"{wrapped(parts[0], ATOM)}[{key_text(op.index)}]", ATOM
    if kind == "Pick":
        return f"{wrapped(parts[0], ATOM)}[…]", ATOM
    if kind == "Einsum":
        texts.insert(0, f"'{','.join(op.letters)}->{op.result}'")
    return f"{name}({', '.join(texts[:6])}{', …' if len(texts) > 6 else ''})", ATOM
