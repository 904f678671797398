"""What a value holds, and how to read each part of it again.

A function holds what its closure, defaults and globals name, an object its attributes, a container
its items. Read again later, a part shows whether a name was bound anew. What modules and classes of
installed libraries hold does not change.
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

from ..nodes.callsite import PASSED_OVER

__all__ = ["contents", "fixed", "held"]

SETTLED = {*sys.stdlib_module_names, "numpy", "autograd_lite"}
Held = Iterator[tuple[Callable[..., Any], tuple[Any, ...], Any, str]]
"""For each part a function that reads it, where from, what it is now, and its name."""


def held(value: Any) -> Held:
    """What a value holds: how to read it again, what it is now, and its name."""
    if isinstance(value, types.FunctionType):
        yield from of_function(value)
    elif isinstance(value, types.MethodType):
        yield fixed, (value.__self__,), value.__self__, ""
        yield fixed, (value.__func__,), value.__func__, ""
    elif isinstance(value, functools.partial):
        for part in (value.func, value.args, value.keywords):
            yield fixed, (part,), part, ""
    elif isinstance(value, tuple):
        for item in value:
            yield fixed, (item,), item, ""
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
            yield fixed, (code,), code, ""
        elif not name.startswith("__") and not hasattr(item, "__get__"):
            yield getattr, (kind, name), item, name


def of_function(f: types.FunctionType) -> Held:
    """What a function finds in its closure, defaults, attributes and globals."""
    ours = f.__code__.co_filename.startswith(PASSED_OVER)  # what they are made of does not change
    for name, cell in zip(f.__code__.co_freevars, f.__closure__ or (), strict=True):
        try:
            yield fixed if ours else contents, (cell,), cell.cell_contents, name
        except ValueError:  # not bound yet
            continue
    if ours:
        return
    for name, item in (f.__kwdefaults__ or {}).items():
        yield getitem, (f.__kwdefaults__, name), item, name
    for item in f.__defaults__ or ():
        yield fixed, (item,), item, ""
    for name, item in vars(f).items():
        yield getitem, (vars(f), name), item, name
    names = sorted(names_in(f.__code__))
    spaces = [f.__globals__]
    for space in spaces:  # of modules too, which are added when they are met: `config.rate`
        for name in [n for n in names if n in space]:
            item = space[name]
            yield getitem, (space, name), item, name
            changes = isinstance(item, types.ModuleType) and not is_settled(item.__name__)
            if changes and not any(vars(item) is known for known in spaces):
                spaces.append(vars(item))


contents = attrgetter("cell_contents")


def fixed(x: Any) -> Any:
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
