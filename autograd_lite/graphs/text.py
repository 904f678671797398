"""How numbers, names and shapes are written, and the one function that escapes text."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np

from ..core.graph import data

__all__ = [
    "array_lines",
    "clip",
    "escape",
    "extent",
    "number",
    "plain",
    "shape_text",
    "show_number",
]

# What XML cannot hold or a reader cannot see: control characters, the marks that reverse the order
# of a whole line, halves of surrogate pairs, and the two code points that are no characters.
UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)

MINUS = "−"


def clip(text: str, length: int = 60) -> str:
    """`text` on one line, with what cannot be shown replaced, cut to `length` characters.

    >>> clip("a\\nb"), clip("abcdef", 4)
    ('a b', 'abc…')
    """
    if len(text) > 4 * length:  # a name of a million characters is cut before it is searched
        text = text[: 4 * length]
    text = " ".join(UNSEEN.sub("\ufffd", text).split())
    return text if len(text) <= length else text[: length - 1] + "…"


def escape(text: str) -> str:
    """`text` for HTML, SVG and Graphviz's HTML-like labels: no character keeps a special meaning.

    A backslash is one in DOT, so it is written as a character reference too.

    >>> escape('<b> & "c"')
    '&lt;b&gt; &amp; &quot;c&quot;'
    """
    text = UNSEEN.sub("\ufffd", text)
    for character, reference in (
        ("&", "&amp;"),
        ("<", "&lt;"),
        (">", "&gt;"),
        ('"', "&quot;"),
        ("'", "&#39;"),
        ("\\", "&#92;"),
        ("{", "&#123;"),
        ("}", "&#125;"),
        ("]", "&#93;"),  # Graphviz 2.43 trips over a label that begins with it
        ("\n", " "),
        ("\r", " "),
        ("\t", " "),
    ):
        text = text.replace(character, reference)
    return text


def number(x: Any, signed: bool = False) -> str:
    """A number to four decimals: an exact zero is `0`, and nothing else looks like one.

    Below 0.0005 and from 100 000 on the power of ten is written.

    >>> number(0.65900), number(-0.0), number(1e-7), number(2.0, signed=True)
    ('0.6590', '0', '1.0e-07', '+2.0000')
    """
    x = float(x)
    if x == 0:
        return "0"
    if math.isnan(x):
        return "NaN"
    size = abs(x)
    if math.isinf(size):
        text = "inf"
    elif 0.0005 <= size < 99999.99995:
        text = f"{size:.4f}"
    else:
        text = f"{size:.1e}"
    return ("-" if x < 0 else "+" if signed else "") + text


def show_number(x: Any, signed: bool = False) -> str:
    """As `number`, with the minus sign of print."""
    return number(x, signed).replace("-", MINUS) if x == x else "NaN"


def plain(x: Any) -> np.ndarray:
    """The numbers of a node, an array or a number as an array."""
    return np.asarray(data(x))


def shape_text(x: Any) -> str:
    """The shape in words: `scalar` or `(3,)`."""
    shape = plain(x).shape
    return "scalar" if shape == () else str(shape)


def extent(x: Any, signed: bool = False) -> str:
    """What the entries of an array lie between, and how many are NaN.

    >>> extent(np.arange(100.0)), extent(np.zeros(8)), extent([1.0, np.nan, 3.0], signed=True)
    ('0 to 99.0000', 'all 0', '+1.0000 to +3.0000, 1 NaN')
    """
    x = plain(x)
    known = x[~np.isnan(x)]
    if not known.size:
        return "all NaN" if x.size else "empty"
    low, high = number(known.min(), signed), number(known.max(), signed)
    missing = f", {x.size - known.size} NaN" if x.size > known.size else ""
    return (f"{low} to {high}" if low != high else f"all {low}") + missing


def array_lines(x: Any, signed: bool = False, most: int = 6) -> str:
    """All numbers of a small array in one line, or what a large one holds.

    >>> array_lines([2.0, 0.0]), array_lines(np.arange(100.0))
    ('2.0000  0', '100 numbers, 0 to 99.0000')
    """
    x = plain(x)
    if 0 < x.size <= most:
        return "  ".join(number(v, signed) for v in x.ravel())
    return f"{x.size} numbers, {extent(x, signed)}" if x.size else "empty"
