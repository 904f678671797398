"""What a function takes from outside, and whether that is still what it was.

A program holds the numbers that its function found in closures, globals, defaults and attributes.
They are looked at again at every call: a name bound anew, a list that grew, an array written to
make a new program. What modules and classes of installed libraries hold does not change. Leaves of
a graph (parameters of a model, say) are no constants: a program reads their numbers at each call.
"""

from __future__ import annotations

import functools
import os
import sys
import types
from collections import deque
from collections.abc import Callable, Iterator
from operator import attrgetter, getitem
from typing import Any

import numpy as np

from ..callsite import PASSED_OVER
from ..graph import Node, data, stand_ins
from ..ops.base import Op

__all__ = ["Captures"]

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
SETTLED = {*sys.stdlib_module_names, "numpy", "autograd_lite"}


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
                if read is not itself:
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


Held = Iterator[tuple[Callable[..., Any], tuple[Any, ...], Any, str]]


def held(value: Any) -> Held:
    """What a value holds: how to read it again, what it is now, and its name."""
    if isinstance(value, types.FunctionType):
        yield from of_function(value)
    elif isinstance(value, types.MethodType):
        yield itself, (value.__self__,), value.__self__, ""
        yield itself, (value.__func__,), value.__func__, ""
    elif isinstance(value, functools.partial):
        for part in (value.func, value.args, value.keywords):
            yield itself, (part,), part, ""
    elif isinstance(value, tuple):
        for item in value:
            yield itself, (item,), item, ""
    elif isinstance(value, list | deque):
        yield len, (value,), len(value), ""
        for i, item in enumerate(value):
            yield getitem, (value, i), item, ""
    elif isinstance(value, dict):
        yield len, (value,), len(value), ""
        for key, item in list(value.items()):
            yield getitem, (value, key), item, key if isinstance(key, str) else ""
    elif isinstance(value, set):
        yield frozenset, (value,), frozenset(value), ""
    elif isinstance(value, type):
        for kind in value.__mro__:
            yield from of_class(kind)
    elif not is_numpy_s(value):
        yield from of_attributes(value)
        for kind in type(value).__mro__:
            yield from of_class(kind)


def of_attributes(value: Any) -> Held:
    """What an object has of its own, in its dictionary and in slots."""
    inside = getattr(value, "__dict__", None)
    if inside is not None:
        yield len, (inside,), len(inside), ""
        for name, item in list(inside.items()):
            yield getitem, (inside, name), item, name
    for kind in type(value).__mro__:
        if "__slots__" in vars(kind) and not is_settled(kind.__module__):
            for name, item in vars(kind).items():
                if isinstance(item, types.MemberDescriptorType) and hasattr(value, name):
                    yield getattr, (value, name), getattr(value, name), name


def of_class(kind: type) -> Held:
    """What a class has for its instances: its methods, and attributes that are data."""
    if is_settled(kind.__module__):
        return
    for name, item in list(vars(kind).items()):
        code = getattr(item, "fget", getattr(item, "__func__", item))  # of a property, say
        if isinstance(code, types.FunctionType):
            yield itself, (code,), code, ""
        elif not name.startswith("__") and not hasattr(item, "__get__"):
            yield getattr, (kind, name), item, name


def of_function(f: types.FunctionType) -> Held:
    """What a function finds in its closure, defaults, attributes and globals."""
    ours = f.__code__.co_filename.startswith(PASSED_OVER)  # what they are made of does not change
    for name, cell in zip(f.__code__.co_freevars, f.__closure__ or (), strict=True):
        try:
            yield itself if ours else contents, (cell,), cell.cell_contents, name
        except ValueError:  # not bound yet
            continue
    if ours:
        return
    for name, item in (f.__kwdefaults__ or {}).items():
        yield getitem, (f.__kwdefaults__, name), item, name
    for item in f.__defaults__ or ():
        yield itself, (item,), item, ""
    for name, item in vars(f).items():
        yield getitem, (vars(f), name), item, name
    names = sorted(names_in(f.__code__))
    spaces = [f.__globals__]
    for space in spaces:  # of modules too, which are added when they are met: `config.rate`
        for name in [n for n in names if n in space]:
            item = space[name]
            yield getitem, (space, name), item, name
            if isinstance(item, types.ModuleType) and not is_settled(item.__name__):
                spaces += [vars(item)] if not any(vars(item) is s for s in spaces) else []


contents = attrgetter("cell_contents")


def itself(x: Any) -> Any:
    """What cannot be bound anew."""
    return x


def is_numpy_s(x: Any) -> bool:
    """Whether `x` is an object of NumPy's or a built-in function."""
    return isinstance(x, types.BuiltinFunctionType) or type(x).__module__.startswith("numpy")


def is_settled(module: str) -> bool:
    """Whether a module is of an installed library, by its name."""
    file = getattr(sys.modules.get(module), "__file__", None) or ""
    return module.partition(".")[0] in SETTLED or f"-packages{os.sep}" in file


def names_in(code: types.CodeType) -> set[str]:
    """The global names that code reads, and that of functions inside it."""
    names = set(code.co_names)
    for inner in code.co_consts:
        if isinstance(inner, types.CodeType):
            names |= names_in(inner)
    return names
