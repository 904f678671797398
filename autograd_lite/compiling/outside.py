"""What a function takes from outside: recorded on a copy of it, and read anew in every call.

The function that runs while a program is recorded is a copy: of its closure, its globals, and of
every container and object that it can reach. In the copy each array and each node is a stand-in
already, so whatever is computed from one becomes a step, and no stand-in is ever seen by another
thread or left in a model. What the copy is written to would be lost: that is refused.

An array or node is an input of the program, read in every call where it was found. All else is a
constant of the recording; names, numbers, strings, and which object stands where are compared with
what they were in every call, since that costs next to nothing. A class is no part of the copy: what
its methods find in globals is an input where an operation is given it; what is read off it is a
constant, for the audit to look at.
"""

from __future__ import annotations

import array
import enum
import functools
import os
import random
import sys
import types
from collections import OrderedDict, defaultdict, deque
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from operator import attrgetter, getitem
from typing import Any, NamedTuple

import numpy as np

from ..core.graph import Node, describe, kinds
from ..core.operation import Op
from ..nodes.callsite import PASSED_OVER
from ..ops.inputs import operand
from .arguments import same
from .traced import BUILTINS

__all__ = ["Input", "Outside"]

MANY = 20_000  # places; looking at more would take longer than running most programs
SETTLED = {*sys.stdlib_module_names, "numpy", "autograd_lite"}
OPEN = {"collections", "types", "functools"}  # of the library: they hold things of the user's
DRAWING = (np.random.Generator, np.random.RandomState, np.random.BitGenerator, random.Random)
ATOMS = (int, float, complex, str, bytes, types.NoneType, types.EllipsisType, slice, range,
         np.generic, np.ufunc, np.dtype, Op, enum.Enum)  # fmt: skip
"""What holds nothing that can change."""
CONTAINERS = (list, deque, OrderedDict, defaultdict, dict, set, types.SimpleNamespace, object)
BOUND = (types.BuiltinMethodType, types.MethodWrapperType)

LIBRARY, PACKAGES = os.path.dirname(os.__file__) + os.sep, f"-packages{os.sep}"  # where code lies

contents = attrgetter("cell_contents")


class Place(NamedTuple):
    """Where something is: `read(*where)` gives it, and gave `item` at the recording."""

    read: Callable[..., Any]
    where: tuple[Any, ...]
    item: Any
    name: str


class Input(NamedTuple):
    """An array or node from outside, the step that stands for it, and the places it is at."""

    value: Any
    step: Any
    shape: tuple[int, ...]
    dtype: Any
    places: list[Place]

    def there(self) -> Any:
        """The array or node that is there now."""
        return self.places[0].read(*self.places[0].where)

    def now(self) -> Any:
        """The array or number that is there now; None if it is of another kind or shape."""
        x = self.there()
        if type(x) is not type(self.value):
            return None
        x = x.primal if isinstance(x, Node) else x
        return x if np.shape(x) == self.shape and getattr(x, "dtype", None) == self.dtype else None


class Outside:
    """The copy of what a function can reach: its stand-ins, and the places to look at again.

    `stand_in(value, name)` makes a stand-in of an array or number, or None: then it is a constant.
    `drawing(name)` makes what stands for a generator of random numbers.
    """

    def __init__(self, stand_in: Callable[[Any, str], Any], drawing: Callable[[str], Any]) -> None:
        self.stand_in = stand_in
        self.drawing = drawing
        self.copies: dict[Any, Any] = {}  # by the id of what is copied
        self.kept: list[Any] = []  # so that no id is used twice
        self.inputs: dict[int, Input] = {}  # by the id of an array, a node, a node's array
        self.places: list[Place] = []  # of all else
        self.watched: list[tuple[Any, bytes, str]] = []  # compared byte by byte
        self.looks: list[tuple[Callable[[], dict[Any, Any]], str, Any]] = []  # at what is filled
        self.filled: list[dict[Any, Any]] = []
        self.spaces: dict[int, tuple[dict[str, Any], dict[str, Any]]] = {}  # of globals, and copies
        self.modules: list[dict[str, Any]] = []
        self.classes: set[type] = set()
        self.names: set[str] = set()  # that the code reads
        self.waiting: list[Callable[[], None]] = []  # for what is to be filled

    def copy(self, value: Any) -> Any:
        """A copy of `value`, with a stand-in in the place of every array and node."""
        new = self.twin(value)
        while self.waiting:
            self.waiting.pop()()
            if not self.waiting:
                for there in self.modules:
                    self.read_globals(there, self.names)
            if len(self.places) > MANY:
                raise TypeError(
                    f"cannot compile {value!r:.60}: it can reach more than {MANY:,} values outside "
                    "itself, all of which would have to be looked at in every call. Instead: give "
                    "it what it needs as arguments"
                )
        self.filled = [look() for look, _, _ in self.looks]
        return new

    def written(self) -> str:
        """What of the copy is no longer what it was filled with, for a message; or nothing."""
        for (look, name, owner), before in zip(self.looks, self.filled, strict=True):
            now = look()
            for key in {**before, **now}:
                if key not in now or key not in before or now[key] is not before[key]:
                    what = key if isinstance(key, str) else name or "a value"
                    training = getattr(owner, "training", False) is True
                    return (what if " " in what else repr(what)) + (
                        f" of {owner!r:.60}" if training else ""
                    )
        return ""

    def changed(self) -> str:
        """The name of something that is no longer what it was; empty if there is none."""
        name = ""
        try:
            for read, where, item, name in self.places:
                now = read(*where)
                if now is item or (read in BY_VALUE and now == item):
                    continue
                if not (isinstance(item, ATOMS) or read is tuple) or not same(now, item):
                    return name or "a value"
            for x, before, name in self.watched:
                if x.tobytes() != before if hasattr(x, "tobytes") else bytes(x) != before:
                    return name or "a value"
        except (AttributeError, IndexError, KeyError, NameError, ValueError):
            return name or "a value"
        return ""

    # --- one value

    def part(self, read: Any, where: tuple[Any, ...], item: Any, name: str) -> Any:
        """The copy of what is at a place."""
        if hasattr(type(item), "operand"):  # an array with nodes in it: the node that it stands for
            read, where, item = operand_at, (read, *where), operand(item)
        place = Place(read, where, item, name)
        if isinstance(item, Node) or (type(item) is np.ndarray and item.dtype.kind in "fiubc"):
            return self.input(item, place)
        if read is not fixed:
            self.places.append(place)
        return self.twin(item, name)

    def input(self, value: Any, place: Place) -> Any:
        """The stand-in for an array, or a leaf with one for a node."""
        if id(value) in self.inputs:
            known = self.inputs[id(value)].places
            self.places += [place, known[0]] if len(known) == 1 else [place]  # to remain one
            known.append(place)
            return self.copies[id(value)]
        node = isinstance(value, Node)
        name = (value.label if node else "") or place.name
        primal = value.primal if node else value
        stand_in = self.stand_in(primal, name)
        new: Any = stand_in
        if stand_in is None:
            self.places.append(place)
            return self.watch(value, name)
        self.kept.append(value)
        if node:
            new = object.__new__(kinds[type(stand_in)])
            new.become(stand_in)
            if value.label:
                new.label = value.label
            new.version = value.version  # it was made outside
            if hasattr(type(value), "exposed"):
                new.exposed = None
            words = (
                f"the data of {describe(value)}",
                f"a gradient, by backward(), in {name or value!r}",
            )
            self.looks.append(
                (lambda: dict(zip(words, (new.primal, new.grad), strict=True)), "", None)
            )
        self.copies[id(value)] = new
        kind = np.shape(primal), getattr(primal, "dtype", None)
        found = Input(value, stand_in.step, *kind, [place])
        self.inputs[id(value)] = self.inputs[id(primal)] = found
        if node:
            new.grad = self.part(
                attrgetter("grad"), (value,), value.grad, f"d{name}" if name else ""
            )
        return new

    def watch(self, value: Any, name: str) -> Any:
        """`value`, which is a constant, to be compared byte by byte."""
        numbers = value.primal if isinstance(value, Node) else value
        if isinstance(numbers, np.ndarray | array.array | bytearray):
            before = bytes(numbers) if isinstance(numbers, bytearray) else numbers.tobytes()
            self.watched.append((numbers, before, name))
        return value

    def twin(self, value: Any, name: str = "") -> Any:
        """The copy of `value`; what is in it is copied later."""
        if isinstance(value, ATOMS):
            return value
        if isinstance(value, Node) or (type(value) is np.ndarray and value.dtype.kind in "fiubc"):
            return self.part(fixed, (value,), value, name)
        if id(value) not in self.copies:
            self.kept.append(value)
            self.copies[id(value)] = value  # if it holds itself, and is not copied
            self.copies[id(value)] = self.made(value, name)
        return self.copies[id(value)]

    def made(self, value: Any, name: str) -> Any:
        """A copy of what may hold other things; `value` itself where there is none."""
        kind = type(value)
        if isinstance(value, DRAWING):
            return self.drawing(name or kind.__name__)
        if isinstance(value, types.FunctionType):
            return self.function(value)
        if isinstance(value, types.CellType):
            cell = types.CellType()
            self.waiting.append(functools.partial(self.fill_cell, value, cell, name))
            return cell
        if isinstance(value, types.MethodType):
            return types.MethodType(self.twin(value.__func__), self.twin(value.__self__))
        if isinstance(value, BOUND):
            owner = value.__self__
            new = owner if isinstance(owner, types.ModuleType | type) else self.twin(owner)
            if isinstance(owner, DRAWING) or new is owner:
                return value if new is owner else new
            return getattr(new, value.__name__)
        if isinstance(value, functools.partial):
            keywords = {k: self.twin(x, k) for k, x in value.keywords.items()}
            return kind(self.twin(value.func), *map(self.twin, value.args), **keywords)
        if isinstance(value, types.ModuleType):
            return value if is_settled(value.__name__) else self.module(value)
        if isinstance(value, ContextVar):
            self.places.append(Place(value.get, (None,), value.get(None), value.name))
        elif isinstance(value, type):
            self.look_at_class(value)
        elif isinstance(value, array.array | bytearray) or (
            isinstance(value, np.ndarray) and not value.dtype.hasobject
        ):
            self.watch(value, name)
        elif isinstance(value, tuple | frozenset | types.MappingProxyType):
            return self.closed(value, name)
        else:
            return self.container(value, name)
        return value

    def closed(self, value: Any, name: str) -> Any:
        """A copy of what cannot be changed; the same if nothing in it has a copy."""
        if isinstance(value, types.MappingProxyType):
            pairs = [(k, self.part(getitem, (value, k), x, str(k))) for k, x in value.items()]
            return types.MappingProxyType(dict(pairs))
        items = [self.part(fixed, (x,), x, name) for x in value]
        if all(a is b for a, b in zip(items, value, strict=True)):
            return value
        base = tuple if isinstance(value, tuple) else frozenset
        return base.__new__(type(value), items)

    def container(self, value: Any, name: str) -> Any:
        """A copy of a list, dict, set or object, made without running its constructor."""
        kind = type(value)
        new: Any
        base: Any = next(b for b in CONTAINERS if isinstance(value, b))
        home = kind.__module__.partition(".")[0]
        settled = home == "numpy" or (home in sys.stdlib_module_names and home not in OPEN)
        if isinstance(value, np.ndarray):
            new = value.copy()
        elif base is object and (settled or hasattr(kind, "__del__")):
            return value
        else:
            try:
                new = base.__new__(kind)
            except TypeError:  # it is made in C
                return value
        self.waiting.append(functools.partial(self.fill, value, new, base, name))
        return new

    def fill(self, value: Any, new: Any, base: Any, name: str) -> None:
        """Fill a copy with copies."""
        if isinstance(value, np.ndarray):
            for i, x in np.ndenumerate(value):
                new[i] = self.part(getitem, (value, i), x, name)
            self.look(lambda: dict(np.ndenumerate(new)), name)
            return
        if base in (list, deque):
            if base is deque:
                deque.__init__(new, (), value.maxlen)
            self.places.append(Place(len, (value,), len(value), name))
            parts = enumerate(base.__iter__(value))
            base.extend(new, [self.part(getitem, (value, i), x, name) for i, x in parts])
            self.look(lambda: dict(enumerate(base.__iter__(new))), name)
        elif base is set:
            self.places.append(Place(frozenset, (value,), frozenset(value), name))
            set.update(new, map(self.key, value))
            self.look(lambda: {id(x): x for x in new}, name)
        elif issubclass(base, dict):
            if base is defaultdict:
                new.default_factory = self.twin(value.default_factory)
            self.keys(value, name)
            for key, x in list(value.items()):
                label = key if isinstance(key, str) else name
                base.__setitem__(new, self.key(key), self.part(getitem, (value, key), x, label))
            self.look(lambda: dict(new), name)
        self.fill_attributes(value, new)
        self.look_at_class(type(value))

    def look(self, now: Callable[[], dict[Any, Any]], name: str = "", owner: Any = None) -> None:
        """Have what is in a copy compared, after the recording, with what was put there."""
        self.looks.append((now, name, owner))

    def fill_attributes(self, value: Any, new: Any) -> None:
        """Copy what an object has of its own, in its dictionary and in slots."""
        inside = getattr(value, "__dict__", None)
        if inside is not None:
            only = getattr(type(value), "recorded_as", None)  # of a compiled function
            if only is None:
                self.keys(inside, "")
            for name, item in list(inside.items()):
                if only is None or name == only:
                    item = self.part(getitem, (inside, name), item, name)
                new.__dict__[name] = item
            self.look(lambda: dict(new.__dict__), "", value)
        slots = [
            (name, slot)
            for kind in type(value).__mro__
            if "__slots__" in vars(kind) and not is_settled(kind.__module__)
            for name, slot in vars(kind).items()
            if isinstance(slot, types.MemberDescriptorType) and hasattr(value, name)
        ]
        for name, slot in slots:
            slot.__set__(new, self.part(getattr, (value, name), getattr(value, name), name))
        self.look(lambda: {name: getattr(new, name, None) for name, _ in slots}, "", value)

    def keys(self, value: dict[Any, Any], name: str) -> None:
        """Note the keys of a dictionary, in their order."""
        read = names if all(type(key) is str for key in value) else tuple
        self.places.append(Place(read, (value,), tuple(value), name))

    def key(self, key: Any) -> Any:
        """The copy of a key of a dictionary, or of what is in a set."""
        return self.twin(key) if isinstance(key, Node | tuple | frozenset) else key

    # --- code

    def function(self, f: types.FunctionType) -> Any:
        """The same code, with globals and cells of its own."""
        file = f.__code__.co_filename
        settled = file.startswith((*PASSED_OVER, LIBRARY)) or PACKAGES in file
        if settled and not f.__closure__:
            return f
        names = zip(f.__code__.co_freevars, f.__closure__ or (), strict=True)
        cells = tuple([self.twin(cell, name) for name, cell in names])
        space = f.__globals__ if settled else self.space(f.__globals__)
        new = types.FunctionType(f.__code__, space, f.__name__, None, cells)
        new.__qualname__, new.__module__, new.__doc__ = f.__qualname__, f.__module__, f.__doc__
        self.waiting.append(functools.partial(self.fill_function, f, new, settled))
        return new

    def fill_function(self, f: types.FunctionType, new: Any, settled: bool) -> None:
        """Copy defaults, attributes, and the globals that the code names."""
        if f.__defaults__:
            new.__defaults__ = tuple([self.part(fixed, (x,), x, "") for x in f.__defaults__])
        if (there := f.__kwdefaults__) is not None:
            new.__kwdefaults__ = {k: self.part(getitem, (there, k), there[k], k) for k in there}
        for name, item in list(vars(f).items()):
            vars(new)[name] = self.part(getitem, (vars(f), name), item, name)
        self.look(lambda: dict(vars(new)), f.__name__)
        if not settled:
            names = names_in(f.__code__)
            self.names |= names
            self.read_globals(f.__globals__, names)

    def fill_cell(self, cell: Any, new: Any, name: str) -> None:
        """Copy what is in a cell of a closure."""
        try:
            new.cell_contents = self.part(contents, (cell,), cell.cell_contents, name)
        except ValueError:  # it is not bound yet
            return
        self.look(lambda: {name: new.cell_contents}, name)

    def space(self, there: dict[str, Any]) -> dict[str, Any]:
        """The copy of a module's globals."""
        if id(there) not in self.spaces:
            mine = {**there, "__builtins__": BUILTINS}
            self.spaces[id(there)] = there, mine
            self.look(lambda: dict(mine))
        return self.spaces[id(there)][1]

    def read_globals(self, there: dict[str, Any], names: Iterable[str]) -> None:
        """Copy the globals of these names, those that were not yet."""
        mine = self.space(there)
        for name in sorted(names):
            if name in there and (id(there), name) not in self.copies:
                self.copies[id(there), name] = None
                mine[name] = self.part(getitem, (there, name), there[name], name)

    def module(self, module: types.ModuleType) -> Any:
        """A copy of a module of the user's: what some code names is copied when all is known."""
        new = Space(module.__name__)
        new.__dict__["space"] = self.space(vars(module))
        self.modules.append(vars(module))
        self.waiting.append(lambda: None)
        self.look(lambda: dict(vars(new)))
        return new

    def look_at_class(self, kind: type) -> None:
        """Note what a class has for its instances: a constant, and so is what that reaches."""
        for base in kind.__mro__:
            if base in self.classes or is_settled(base.__module__):
                continue
            self.classes.add(base)
            for name, item in list(vars(base).items()):
                code = getattr(item, "fget", getattr(item, "__func__", item))  # of a property, say
                if isinstance(code, types.FunctionType):
                    self.twin(code)
                elif not name.startswith("__") and not hasattr(item, "__get__"):
                    self.part(getattr, (base, name), item, name)
                    if type(item) is np.ndarray:
                        self.watch(item, name)


class Space(types.ModuleType):
    """A module that stands for one of the user's."""

    def __getattr__(self, name: str) -> Any:
        try:
            return self.__dict__["space"][name]
        except KeyError:
            raise AttributeError(name) from None


def operand_at(read: Callable[..., Any], *where: Any) -> Any:
    """What an operation takes in the place of what is read."""
    return operand(read(*where))


def fixed(x: Any) -> Any:
    """What cannot be bound anew."""
    return x


def names(x: dict[str, Any]) -> tuple[str, ...]:
    """The keys of a dictionary that are strings; other keys that are equal may not be the same."""
    return tuple(x)


BY_VALUE = {names, frozenset, len}
"""Places that are read as something new each time."""


def is_settled(module: str | None) -> bool:
    """Whether a module is of an installed library, by its name; the program itself never is."""
    file = getattr(sys.modules.get(module or ""), "__file__", None) or ""
    known = (module or "").partition(".")[0] in SETTLED or PACKAGES in file
    return known and module != "__main__"  # which a notebook has from its kernel's package


def names_in(code: types.CodeType) -> set[str]:
    """The global names that code reads, and that of functions inside it."""
    inner = [names_in(c) for c in code.co_consts if isinstance(c, types.CodeType)]
    return set(code.co_names).union(*inner)
