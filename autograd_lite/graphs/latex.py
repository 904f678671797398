"""Formulas as LaTeX: every character is either known or spelled out, so none keeps a meaning."""

from __future__ import annotations

import re
import unicodedata

__all__ = ["latex"]

SPELLED = {
    "\\": r"\backslash ",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "^": r"\hat{\ }",
    "~": r"\sim ",
    "·": r"\cdot ",
    "−": "-",
    "×": r"\times ",
    "÷": r"\div ",
    "√": r"\surd ",
    "∂": r"\partial ",
    "δ": r"\delta ",
    "π": r"\pi ",
    "…": r"\dots ",
    "′": "'",
    "ᵀ": r"^{\mathsf T}",
    "↑": r"\uparrow ",
    "→": r"\to ",
    " ": r"\ ",
    **{c: f"^{{{d}}}" for c, d in zip("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789", strict=True)},
}

OPERATORS = {"exp", "log", "sin", "cos", "tan", "sinh", "cosh", "tanh", "max", "min", "det"}
"""Functions that LaTeX knows by name."""

WORD = re.compile(r"[A-Za-z][A-Za-z0-9]+")


def latex(text: str) -> str:
    """A formula in math mode; a character LaTeX has no name for becomes a question mark.

    >>> latex("de = dh / s²")
    '$\\\\mathrm{de}\\\\ =\\\\ \\\\mathrm{dh}\\\\ /\\\\ s^{2}$'
    """
    if not text:
        return ""
    out, at = [], 0
    for word in WORD.finditer(text):
        out += [character(c) for c in text[at : word.start()]]
        name = word.group()
        out.append(f"\\{name} " if name in OPERATORS else f"\\mathrm{{{name}}}")
        at = word.end()
    out += [character(c) for c in text[at:]]
    return f"${''.join(out)}$"


def character(c: str) -> str:
    """One character in math mode."""
    if c in SPELLED:
        return SPELLED[c]
    if c.isascii() and c.isprintable():
        return c
    name = unicodedata.name(c, "")
    if name.startswith("GREEK SMALL LETTER ") and name.count(" ") == 3:
        return f"\\{name.split()[-1].lower()} "
    return "?"
