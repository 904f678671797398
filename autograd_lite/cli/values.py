"""Reading `name=value`: numbers, vectors and matrices as one types them."""

from __future__ import annotations

import keyword
import math
import re
import unicodedata
from dataclasses import dataclass
from typing import Any

import numpy as np

from . import MAX_ENTRIES, UsageError, clip
from .formula import FUNCTIONS, typed

__all__ = ["Given", "is_assignment", "read_name", "read_value"]

MAX_LENGTH = 100_000

number = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
whole_number = re.compile(r"[+-]?[0-9]{1,9}")
assignment = re.compile(r"\s*([^\W\d]\w*)\s*=(?!=)(.*)", re.DOTALL)


@dataclass(frozen=True)
class Given:
    """One `name=value` of the command line."""

    name: str
    numbers: Any  # a float, or an array of one or two axes
    whole: bool  # whether every entry was written without a point: then it may be a class index


def is_assignment(text: str) -> bool:
    """Whether an argument is `name=...`, not a formula."""
    return assignment.match(text) is not None


def read_name(text: str) -> tuple[str, str]:
    """`name=rest` as (name, rest); UsageError for a name that formulas cannot use."""
    found = assignment.match(text)
    if found is None:
        raise UsageError(f"{clip(text)!r} has not the form name=...")
    name = unicodedata.normalize("NFKC", found[1])  # as Python reads names in the formula
    if len(name) > 40:
        raise UsageError(f"the name {clip(name, 20)!r} is longer than 40 characters")
    if keyword.iskeyword(name):
        raise UsageError(f"{name!r} is a word of Python's own: call the value {name[:3]!r}, say")
    if name in FUNCTIONS:
        raise UsageError(f"{name!r} is the name of a function: call the value something else")
    return name, found[2].strip()


def read_value(text: str) -> Given:
    """`z=2`, `z=2,1,0.1`, `W=1,2;3,4` or `W=[[1,2],[3,4]]` as numbers.

    Raises UsageError for whatever is not finite numbers in rows of one length.

    >>> read_value("W=1,2;3,4").numbers
    array([[1., 2.],
           [3., 4.]])
    """
    if len(text) > MAX_LENGTH:
        raise UsageError(
            f"the value {clip(text, 20)!r} has {len(text):,} characters; the most is {MAX_LENGTH:,}"
        )
    name, value = read_name(typed(text))
    rows, axes = split(name, value)
    entries = [entry for row in rows for entry in row]
    if len(entries) > MAX_ENTRIES:
        raise UsageError(
            f"{name} has {len(entries):,} entries; the most is {MAX_ENTRIES:,}. "
            "For larger arrays use the package from Python"
        )
    if len({len(row) for row in rows}) > 1:
        lengths = ", ".join(str(len(row)) for row in rows[:8])
        raise UsageError(f"{name}: the rows of a matrix must have one length; these have {lengths}")
    numbers = [read_number(name, entry) for entry in entries]
    whole = all(whole_number.fullmatch(entry) for entry in entries)
    shape = {0: (), 1: (len(rows[0]),), 2: (len(rows), len(rows[0]))}[axes]
    return Given(name, np.reshape(numbers, shape) if axes else numbers[0], whole)


def split(name: str, value: str) -> tuple[list[list[str]], int]:
    """The entries as written, row by row, and the number of axes (0, 1 or 2)."""
    if value.startswith("[["):
        if not value.endswith("]]"):
            raise UsageError(f"{name}={clip(value)}: '[[' must be closed by ']]'")
        rows = re.split(r"\]\s*,\s*\[", value[2:-2])
        axes = 2
    elif value.startswith("["):
        if not value.endswith("]"):
            raise UsageError(f"{name}={clip(value)}: '[' must be closed by ']'")
        rows, axes = [value[1:-1]], 1
    else:
        rows = value.split(";")
        axes = 2 if len(rows) > 1 else 1 if "," in value else 0
    return [[entry.strip() for entry in row.split(",")] for row in rows], axes


def read_number(name: str, entry: str) -> float:
    """One entry as a finite float."""
    if not entry:
        raise UsageError(
            f"{name}: an entry is missing. Write numbers with commas between them and no spaces, "
            f'or in quotes: {name}=2,1,0.1 or "{name}=2, 1, 0.1"'
        )
    found = float(entry) if number.fullmatch(entry) else math.nan
    if not math.isfinite(found):
        raise UsageError(
            f"{name}: {clip(entry, 30)!r} is not a finite number. Values are numbers like 2, -0.5 "
            "or 1e-3, with commas between the entries and semicolons between the rows"
        )
    return found
