"""The tape: a long computation on Values, recorded as lists of whole numbers.

The recorder makes a step of every operation, which tells all that there is to know of it. For
tens of thousands of scalar operations that is too slow, and not needed: each is a row of the table
applied to earlier results. A tape writes down the row and where its inputs are, in a few lists, and
of a sweep only that there was one; `shares` derives it for many operations at a time. Whatever
else happens to a number raises Outgrown, and the function is recorded step by step.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..core.elementwise import (
    TABLE,
    Elementwise,
    add,
    divide,
    exp,
    identity,
    multiply,
    negative,
    positive,
    power,
    subtract,
    tanh,
)  # fmt: skip
from ..core.graph import Node, kinds, wrap
from ..core.operation import ways
from ..nodes.value import Value
from ..ops.activations import relu
from ..ops.branches import Where
from .outside import Input
from .recorder import Recorder, written
from .traced import TracedNumber

__all__ = ["ALIAS", "CONSTANT", "GIVEN", "GRADIENT", "Outgrown", "Sweep", "Tape"]


class Outgrown(Exception):
    """Something was recorded that a tape has no words for."""


# What an entry is that no operation made; `left` is what it is a copy of, or which sweep made it.
GIVEN, CONSTANT, ALIAS, GRADIENT = "given", "constant", "alias", "gradient"

COMPARISONS = {np.less, np.less_equal, np.greater, np.greater_equal, np.equal, np.not_equal}
SHAPES = {np.ndim: lambda x: 0, np.shape: lambda x: (), np.size: lambda x: 1}
ROWS = {row.on_arrays: row for row in TABLE.values() if isinstance(row.on_arrays, np.ufunc)}


class TapeNumber(TracedNumber):
    """A number of the call that is being recorded on a tape: `step` is its place there."""

    __slots__ = ()
    step: Any

    shape = ()
    ndim = 0
    size = 1
    dtype = np.dtype(float)


class OfNode(TapeNumber):
    """The number of a node, as an operation on the node is given it: `step` is the node's place."""

    __slots__ = ()


class Cotangent(TapeNumber):
    """What has come to an entry in a sweep; it gets a place of its own when it is first used.

    Without an entry it has come to a node made of a number that is not the node's alone: if it is
    used, the tape has no words for it.
    """

    __slots__ = ("at", "of", "sweep")

    def __init__(self, recorder: Any, sweep: Sweep, of: int | None) -> None:
        self.recorder, self.value, self.sweep, self.of = recorder, None, sweep, of
        self.at = -1

    @property
    def step(self) -> int:  # type: ignore[override]
        if self.of is None:
            return self.recorder.outgrow()
        if self.at < 0:
            self.at = self.recorder.entry(GRADIENT, self.sweep.number, self.of, None)
        return self.at

    def __add__(self, other: Any) -> Any:
        return self if self.of is None else super().__add__(other)


class TapeValue(Value):
    """A Value whose number is on a tape; a sweep only notes that it came by."""

    __slots__ = ()
    stands_for = Value

    def current(self) -> Any:
        tape = self.primal.recorder
        return OfNode(tape, tape.place_of_node(self), self.primal.value)

    def shares(self, g: Any, record: bool = False, absent: Any = None) -> Any:
        return self.primal.recorder.shares(self, g, record)

    def total(self, so_far: Any, share: Any) -> Any:
        if so_far is not None and getattr(so_far, "sweep", None) is not getattr(share, "sweep", 0):
            self.primal.recorder.outgrow()
        return share


def quick(name: str, row: Elementwise) -> Any:
    """A method of Values as `Op.__call__` does it, in the fewest steps: it makes most of a tape."""
    general, reflected = getattr(Value, name), name.startswith("__r")

    def alone(self: TapeValue) -> Any:
        tape = self.primal.recorder
        return wrap(tape.computed(row, [tape.place_of_node(self)]), row, self)

    def beside(self: TapeValue, other: Any) -> Any:
        kind = type(other)
        if kind is not TapeValue and kind is not float and kind is not int:
            return general(self, other)
        tape = self.primal.recorder
        at = tape.place_of_node(self)
        to = tape.place_of_node(other) if kind is TapeValue else tape.place_of(other)
        if reflected:
            return wrap(tape.computed(row, [to, at]), row, other, self)
        return wrap(tape.computed(row, [at, to]), row, self, other)

    return alone if len(row.partials) == 1 else beside


METHODS = {"__add__": add, "__radd__": add, "__sub__": subtract, "__rsub__": subtract,
           "__mul__": multiply, "__rmul__": multiply, "__truediv__": divide, "relu": relu,
           "__rtruediv__": divide, "__neg__": negative, "exp": exp, "tanh": tanh}  # fmt: skip
for _name, _row in METHODS.items():
    setattr(TapeValue, _name, quick(_name, _row))

TapeValue.__name__ = "Value"
for _kind in (TapeNumber, OfNode, Cotangent):
    kinds[_kind] = TapeValue
    ways[_kind] = written


class Sweep:
    """A sweep: where it started and with which seed, and the entries in the order it came by."""

    def __init__(self, number: int, root: int, seed: int) -> None:
        self.number = number
        self.root = root
        self.seed = seed
        self.order: list[int] = []
        self.met = {root}  # what got a cotangent

    @property
    def stop(self) -> set[int]:
        """The entries that got a cotangent and did not hand it on."""
        return self.met.difference(self.order)


class Tape(Recorder):
    """What is written down while a function of scalars runs inside this block."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[Any] = []
        self.left: list[int] = []
        self.right: list[int] = []
        self.values: list[Any] = []  # at this call; None for gradients, which are not computed
        self.numbers_given: list[tuple[int, str]] = []  # places and names
        self.guards: list[tuple[Any, int, int, bool, str]] = []
        self.sweeps: list[Sweep] = []
        self.places: dict[int, int] = {}  # of nodes that share their number with another, by id
        self.constants: dict[Any, int] = {}
        self.kept: list[Any] = []  # so that no id is used twice
        self.outgrown = False

    def entry(self, row: Any, left: int, right: int, value: Any) -> int:
        """Write one entry; its place."""
        self.rows.append(row)
        self.left.append(left)
        self.right.append(right)
        self.values.append(value)
        return len(self.rows) - 1

    def outgrow(self, *args: Any, **kwargs: Any) -> Any:
        """Give up: this function is recorded step by step."""
        self.outgrown = True
        raise Outgrown

    call = taken = whole = refuse = result = python_number = numbers = outgrow

    def input(self, value: Any, name: str = "") -> Any:
        """A stand-in for a number that is an argument."""
        new = self.stand_in(value, name)
        return self.outgrow() if new is None else new

    def stand_in(self, value: Any, name: str = "") -> Any:
        """A stand-in for a number that is given at each call; an array is a constant here."""
        if type(value) is not float:
            return None
        at = self.entry(GIVEN, -1, -1, value)
        self.numbers_given.append((at, name))
        return TapeNumber(self, at, value)

    def keep(self, needed: Sequence[int]) -> None:
        """Keep those numbers from outside that are needed."""
        known = {found.step: found for found in self.outside.inputs.values()}
        given = [(at, x) for at, x in self.numbers_given if needed[at] or at not in known]
        self.numbers_given = given
        self.needed_inputs = [known[at] for at, _ in given if at in known]

    def captured(self) -> list[Input]:
        """What the program reads from outside."""
        return self.needed_inputs

    def told(self) -> list[Input]:
        """Nothing: arrays are constants, compared byte by byte."""
        return []

    def function(self, func: Any, args: Any, kwargs: Any) -> Any:
        """What NumPy says of a number without looking at it; nothing else."""
        return SHAPES[func](*args) if func in SHAPES else self.outgrow()

    # --- operations

    def written(self, op: Any, args: Sequence[Any]) -> Any:
        """The result of a row of the table, written down."""
        if type(op) is Where and type(op.condition) is np.ndarray and not op.condition.ndim:
            op, args = positive, [args[0 if op.condition else 1]]  # a guard has decided it
        count = len(args)
        if type(op) is not Elementwise or count > 2 or count != len(op.partials):
            return self.outgrow()
        return self.computed(op, [self.place_of(x) for x in args])

    def computed(self, op: Any, places: list[int]) -> TapeNumber:
        """The result of a row of the table on the numbers at these places."""
        numbers = [self.values[at] for at in places]
        try:
            value = None if None in numbers else op.on_floats(*numbers)
        except (ArithmeticError, ValueError):
            value = op.forward(*numbers)
        if not len(self.rows) & 1023:
            self.tell(len(self.rows))
        right = places[1] if len(places) > 1 else -1
        return TapeNumber(self, self.entry(op, places[0], right, value), value)

    def place_of(self, x: Any) -> int:
        """The place of an operand: a node's own; of a plain number, off the graph, a copy's."""
        kind = type(x)
        if kind is OfNode:
            return x.step
        if kind is TapeNumber or kind is Cotangent:
            at = self.constants.get(x.step)
            if at is None:
                at = self.constants[x.step] = self.entry(ALIAS, x.step, -1, x.value)
            return at
        if kind is float or kind is int or isinstance(x, np.floating | np.integer):
            x = float(x)
            at = self.constants.get(key := ("number", x.hex()))
            if at is None:
                at = self.constants[key] = self.entry(CONSTANT, -1, -1, x)
            return at
        return self.outgrow()

    def place_of_node(self, x: Any) -> int:
        """The place of a node. One that no operation made may share its number with others."""
        op = x.op
        if op is not None and (op is not identity or isinstance(x.left, Node)):
            return x.primal.step
        at = self.places.get(id(x))
        if at is None:
            at = self.places[id(x)] = self.entry(ALIAS, x.primal.step, -1, x.primal.value)
            self.kept.append(x)
        return at

    def ufunc(self, ufunc: Any, called: str, inputs: tuple[Any, ...], kwargs: Any) -> Any:
        """A comparison, which decides something, or arithmetic on plain numbers."""
        if called == "__call__" and not kwargs:
            if ufunc in COMPARISONS:
                return self.decision(ufunc, *map(self.place_of, inputs))
            if ufunc in ROWS:
                return self.written(ROWS[ufunc], inputs)
        return self.outgrow()

    def power(self, x: Any, y: Any) -> Any:
        """x ** y of plain numbers."""
        return self.written(power, (x, y))

    def number(self, x: Any) -> Any:
        """x.item()"""
        return x

    def branch(self, x: Any) -> bool:
        """The truth of a number."""
        return self.decision(np.not_equal, x.step, self.place_of(0.0))

    def decision(self, ufunc: Any, left: int, right: int) -> bool:
        """The outcome of a comparison, noted as a guard."""
        a, b = self.values[left], self.values[right]
        if a is None or b is None:
            self.outgrow()
        found = bool(ufunc(a, b))
        self.guards.append((ufunc, left, right, found, self.line()))
        return found

    # --- sweeps

    def shares(self, node: Any, g: Any, record: bool, plain: Any = None) -> list[tuple[Node, Any]]:
        """Note that a sweep comes by a node; what it hands on is worked out later."""
        at = self.place_of_node(node)
        if record:
            self.outgrow()
        if type(g) is not Cotangent:  # here it starts
            self.sweeps.append(Sweep(len(self.sweeps), at, self.place_of(g)))
            g = Cotangent(self, self.sweeps[-1], at)
        sweep = g.sweep
        sweep.order.append(at)
        found: list[tuple[Node, Any]] = []
        for x in (node.left, node.right):
            if type(x) is TapeValue:
                to = self.place_of_node(x)
                sweep.met.add(to)
                found.append((x, Cotangent(self, sweep, to)))
            elif isinstance(x, Node):
                found.append((x, Cotangent(self, sweep, None)))
        return found
