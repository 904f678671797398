"""The intermediate form: a program is a list of steps in static single assignment.

A step is one call of NumPy's (a function, a method, an operator, an index) on earlier steps and
constants; it has the shape and dtype of what it gave when it was recorded. Inputs are steps that
call nothing. Everything else, the passes, the names, the printed source, reads and writes this.

    Step(call=np.tanh, args=(Step(call=np.matmul, args=(x, w)),), shape=(32, 10))
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from typing import Any

__all__ = ["GUARD", "INPUT", "Method", "Program", "Step", "leaves", "mapped", "method"]


class Method:
    """A method of arrays by its name, as a function: `method("reshape")(x, (2, 3))`."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, x: Any, *args: Any, **kwargs: Any) -> Any:
        return getattr(x, self.name)(*args, **kwargs)

    def __repr__(self) -> str:
        return f"<method {self.name}>"


methods: dict[str, Method] = {}


def method(name: str) -> Method:
    """The method of that name; the same object for the same name, so that calls can be compared."""
    return methods.setdefault(name, Method(name))


CONTAINERS = tuple, list, dict, slice
"""What may hold steps among the arguments of a call."""


def INPUT() -> None:
    """What the steps call that are given from outside: arguments, and what a function captured."""


def GUARD(found: Any, expected: Any) -> None:
    """A step that checks: `found` must be `expected`, as it was when the program was recorded."""


class Step:
    """One line of a program: a call on earlier steps and constants, and what it gave."""

    __slots__ = ("args", "backward", "call", "dtype", "kwargs", "label", "line", "of", "shape")

    def __init__(
        self,
        call: Callable[..., Any],
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
        shape: tuple[int, ...] = (),
        dtype: Any = None,
        backward: bool = False,
    ) -> None:
        self.call = call
        self.args = args
        self.kwargs = kwargs or {}
        self.shape = shape
        self.dtype = dtype  # None for a Python number
        self.backward = backward
        self.label = ""
        self.of: Step | None = None  # what this is the gradient of
        self.line = ""  # where in the user's code a guard was met

    def uses(self) -> list[Step]:
        """The steps this one reads, as often as it reads them."""
        found: list[Step] = []
        for x in self.args:
            if type(x) is Step:  # nearly always, and asked for a hundred times in a compilation
                found.append(x)
            elif isinstance(x, CONTAINERS):
                found += leaves(x)
        return found + list(leaves(self.kwargs)) if self.kwargs else found

    def __repr__(self) -> str:
        name = getattr(self.call, "__name__", repr(self.call))
        return f"<step {self.label or name} {self.shape}>"


class Program:
    """Steps in an order in which they can be run, from inputs to results."""

    __slots__ = ("inputs", "outputs", "steps")

    def __init__(self, inputs: list[Step], steps: list[Step], outputs: list[Any]) -> None:
        self.inputs = inputs
        self.steps = steps  # without the inputs; guards among them
        self.outputs = outputs  # steps, or constants

    def guards(self) -> list[Step]:
        """The steps that check, in order."""
        return [s for s in self.steps if s.call is GUARD]

    def used(self) -> dict[Step, int]:
        """How often each step is read, by other steps and by the results."""
        counts: dict[Step, int] = {}
        for step in self.steps:
            for x in step.uses():
                counts[x] = counts.get(x, 0) + 1
        for x in leaves(self.outputs):
            counts[x] = counts.get(x, 0) + 1
        return counts


def leaves(tree: Any) -> Iterator[Step]:
    """The steps in the arguments of a call: in tuples, lists, dicts and slices too."""
    if type(tree) is Step:
        yield tree
    elif isinstance(tree, tuple | list):
        for item in tree:
            yield from leaves(item)
    elif isinstance(tree, dict):
        for item in tree.values():
            yield from leaves(item)
    elif type(tree) is slice:
        yield from leaves((tree.start, tree.stop, tree.step))


def mapped(tree: Any, change: Callable[[Any], Any]) -> Any:
    """The arguments of a call with `change` applied to whatever is no container."""
    kind = type(tree)
    if isinstance(tree, tuple | list):
        kind = list if kind is list else tuple  # a named tuple is a tuple here
        return kind([mapped(item, change) for item in tree])
    if kind is dict:
        return {key: mapped(item, change) for key, item in tree.items()}
    if kind is slice:
        return slice(*(mapped(x, change) for x in (tree.start, tree.stop, tree.step)))
    return change(tree)


getitem = operator.getitem
