"""The tape: a long computation on Values, recorded as lists of whole numbers.

The recorder makes a step of every operation, which tells all that there is to know of it. For
tens of thousands of scalar operations that is too slow, and not needed: each is a row of the table
applied to earlier results. A tape writes down the row and where its inputs are, in a few lists, and
of a sweep only that there was one; `shares` derives it for many operations at a time. Whatever
else happens to a number raises Outgrown, and the function is recorded step by step.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Any

import numpy as np

from ..core.elementwise import TABLE, Elementwise, chain_product, chained, identity, positive, power
from ..core.graph import Node, kinds, toposort, wrap
from ..core.operation import ways
from ..nodes.value import Value
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


kinds[TapeNumber] = Value
ways[TapeNumber] = written


class Sweep:
    """A sweep: from which place it started, with which seed, and the order it went in, reversed."""

    def __init__(self, root: int, seed: int, order: list[int], stop: set[int]) -> None:
        self.root = root
        self.seed = seed
        self.order = order
        self.stop = stop


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

    call = written = taken = whole = refuse = result = python_number = numbers = outgrow

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

    def apply(self, op: Any, inputs: tuple[Any, ...]) -> Any:
        """The result of a row of the table, written down."""
        if type(op) is Where and type(op.condition) is np.ndarray and not op.condition.ndim:
            return positive(inputs[0] if op.condition else inputs[1])  # a guard has decided it
        count = len(inputs)
        if type(op) is not Elementwise or count > 2 or count != len(op.partials):
            return NotImplemented if not any(map(self.concerns, inputs)) else self.outgrow()
        x, *more = inputs
        at, to = self.place_of(x), -1
        values = self.values
        is_node = type(x) is Value
        if more:
            (y,) = more
            to = self.place_of(y)
            is_node = is_node or type(y) is Value
            a, b = values[at], values[to]
            if a is None or b is None:
                value = None
            else:
                try:
                    value = op.on_floats(a, b)
                except (ArithmeticError, ValueError):
                    value = op.forward(a, b)
        else:
            a = values[at]
            try:
                value = None if a is None else op.on_floats(a)
            except (ArithmeticError, ValueError):
                value = op.forward(a)
        rows = self.rows
        if not len(rows) & 1023:
            self.tell(len(rows))
        out: Any = TapeNumber(self, len(rows), value)
        rows.append(op)
        self.left.append(at)
        self.right.append(to)
        values.append(value)
        return wrap(out, op, *inputs) if is_node else out

    def concerns(self, x: Any) -> bool:
        """Whether `x` is, or may hold, a number of this tape."""
        return type(x) not in (float, int) and not (
            isinstance(x, np.ndarray) and x.dtype.kind in "fiub"
        )

    def place_of(self, x: Any) -> int:
        """The place of an operand: a node's own; of a plain number, off the graph, a copy's."""
        kind = type(x)
        if kind is Value:
            primal: Any = x.primal
            if type(primal) is TapeNumber and x.op in USUAL:
                return primal.step
            return self.place_of_node(x)
        if kind is TapeNumber:
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
        at = self.places.get(id(x))
        if at is not None:
            return at
        primal = x.primal
        if x.op is not None and (x.op is not identity or isinstance(x.left, Node)):
            return primal.step if type(primal) is TapeNumber else self.outgrow()
        if type(primal) is TapeNumber:
            at = self.entry(ALIAS, primal.step, -1, primal.value)
        elif type(primal) is float:
            at = self.entry(CONSTANT, -1, -1, primal)
        else:
            return self.outgrow()
        self.places[id(x)] = at
        self.kept.append(x)
        return at

    def ufunc(self, ufunc: Any, called: str, inputs: tuple[Any, ...], kwargs: Any) -> Any:
        """A comparison, which decides something, or arithmetic on plain numbers."""
        if called == "__call__" and not kwargs:
            if ufunc in COMPARISONS:
                return self.decision(ufunc, *map(self.place_of, inputs))
            if ufunc in ROWS:
                return self.apply(ROWS[ufunc], inputs)
        return self.outgrow()

    def power(self, x: Any, y: Any) -> Any:
        """x ** y of plain numbers."""
        return self.apply(power, (x, y))

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

    def sweep(
        self,
        sweep: Any,
        roots: Sequence[Node],
        seeds: Sequence[Any],
        record: bool,
        stop: Any,
        since: int,
    ) -> Generator[tuple[Node, Any], None, None]:
        """Note that a sweep was here; its cotangents are entries without numbers."""
        (root, *others), (seed, *_) = roots, seeds
        if record or others or type(root) is not Value or type(seed) not in (float, TapeNumber):
            self.outgrow()
        nodes = toposort(roots, stop, since)
        if not all(type(x) is Value for x in nodes):
            self.outgrow()
        order = list(map(self.place_of, nodes))
        stops = set(order[: len(stop)])
        if len(stops) < len(stop):
            self.outgrow()
        stops.update(at for node, at in zip(nodes, order, strict=True) if node.version < since)
        which = len(self.sweeps)
        start = self.place_of_node(root)
        self.sweeps.append(Sweep(start, self.place_of(seed), order, stops))
        reached = self.reached(order, start, stops)
        for node, at in zip(reversed(nodes), reversed(order), strict=True):
            wanted = not stop or node.op is None or at in stops
            if wanted and at in reached:
                g = TapeNumber(self, self.entry(GRADIENT, which, at, None), None)
                yield node, g

    def reached(self, order: list[int], root: int, stop: set[int]) -> set[int]:
        """The places that get a cotangent."""
        reached = {root}
        for at in reversed(order):
            if at in reached and at not in stop and type(self.rows[at]) is Elementwise:
                reached.add(self.left[at])
                reached.add(self.right[at])
        return reached


USUAL = frozenset(row for row in TABLE.values() if row not in (identity, chain_product, chained))
"""The rows whose results have a place of their own."""
