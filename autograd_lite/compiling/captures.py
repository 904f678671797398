"""What a function takes from outside, and whether that is still what it was.

A program holds the numbers that its function found in closures, globals, defaults and attributes.
They are looked at again at every call: a name bound anew, a list that grew, an array written to
make a new program. Leaves of a graph (parameters of a model, say) are no constants: a program reads
their numbers at each call.
"""

from __future__ import annotations

import types
from collections.abc import Callable
from operator import getitem
from typing import Any

import numpy as np

from ..core.graph import Node, data, stand_ins
from ..core.operation import Op
from .held import contents, fixed, held

__all__ = ["Captures", "bits"]

MANY = 20_000  # values; looking at more would take longer than running most programs
LARGE = 1 << 26  # bytes of an array that is compared at every call
ATOMS = (
    int,
    float,
    complex,
    str,
    bytes,
    frozenset,
    type(None),
    np.generic,
    np.ufunc,
    np.dtype,
    types.ModuleType,
    Op,
)
"""What holds nothing that can change."""


class Captures:
    """The values a function can reach, and how to read each of them again."""

    def __init__(self, f: Any) -> None:
        self.readers: list[tuple[Callable[..., Any], tuple[Any, ...], Any, str]] = []
        self.contents: list[tuple[np.ndarray, Any, str]] = []
        self.arrays: dict[int, str] = {}
        self.names: dict[int, str] = {}
        self.nodes: list[Node] = []
        self.seen: set[int] = set()
        self.kept: list[Any] = []  # so that no id is used twice
        self.add(f)

    def add(self, f: Any) -> None:
        """Note what `f` can reach."""
        stack: list[tuple[Any, str]] = [(f, "")]
        while stack:
            value, name = stack.pop()
            if id(value) in self.seen or isinstance(value, ATOMS):
                continue
            self.seen.add(id(value))
            self.kept.append(value)
            if len(self.readers) > MANY:
                raise TypeError(
                    f"cannot compile {f!r:.60}: it can reach more than {MANY:,} values outside "
                    "itself, all of which would have to be looked at in every call. Instead: give "
                    "it what it needs as arguments"
                )
            if isinstance(value, np.ndarray):
                self.array(value, name)
                continue
            if isinstance(value, Node):
                self.names[id(value)] = name
                self.nodes.append(value)
                continue
            for read, where, item, label in held(value):
                if read is not fixed:
                    self.readers.append((read, where, item, label or name or "a value"))
                stack.append((item, label or name))

    def array(self, x: np.ndarray, name: str) -> None:
        """Note an array: it may be written to between two calls."""
        if x.dtype == object:
            return
        if x.nbytes > LARGE:
            raise TypeError(
                f"cannot compile a function that takes the array {name!r} of {x.nbytes >> 20} MB "
                "from outside: it would be compared with what it was in every call. Instead: make "
                "it an argument"
            )
        self.arrays[id(x)] = name
        self.contents.append((x, numbers_of(x), name))

    def changed(self) -> str:
        """The name of something that is no longer what it was; empty if there is none."""
        name = ""
        try:
            for read, where, value, name in self.readers:
                now = read(*where)
                if now is not value and (
                    type(now) is not type(value) or not isinstance(value, ATOMS) or now != value
                ):
                    return name
        except (AttributeError, IndexError, KeyError, NameError, ValueError):
            return name
        for x, before, name in self.contents:
            if type(before) is bytes:
                if x.tobytes() != before:
                    return name
            elif x.shape != before.shape or np.not_equal(bits(x), bits(before)).any():
                return name
        return ""

    def restored(self) -> str:
        """Put back what a function has bound to a stand-in; the name of what it wrote, or none."""
        name = self.changed()
        for read, where, value, _ in self.readers:
            try:
                left = type(data(read(*where))) in stand_ins
            except (AttributeError, IndexError, KeyError, ValueError):
                continue
            if left and read is contents:
                where[0].cell_contents = value
            elif left and read is getitem:
                where[0][where[1]] = value
        module = self.in_training(name)
        return repr(name) + (f" of {module}" if module else "") if name else ""

    def in_training(self, attribute: str) -> str:
        """A module in training mode that has this attribute, as it shows itself, or nothing."""
        for x in self.kept:
            if attribute in getattr(x, "__dict__", ()) and getattr(x, "training", False) is True:
                return f"{x!r:.60}"
        return ""


def numbers_of(x: np.ndarray) -> Any:
    """A copy to compare with: bytes of a small array, since that takes half the time."""
    return x.tobytes() if x.nbytes <= 1 << 15 else x.copy()


def bits(x: np.ndarray) -> np.ndarray:
    """The numbers of an array as whole numbers, so that NaN equals NaN and 0 is not −0."""
    x = np.ascontiguousarray(x).reshape(-1)
    return x.view(np.int64) if x.itemsize == 8 else x.view(np.uint8)
