"""The groups of a tape written down: gather the inputs, compute all at once, keep the results.

The rules of the table are given arrays in place of numbers. The numbers are the same to the last
bit wherever NumPy's functions on arrays round as Python's on numbers.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np

from ..core.elementwise import power
from .gathering import Store
from .levels import Group, Levels
from .program import GUARD, Step, method
from .recorder import Recorder
from .shares import record_sweep
from .tape import ALIAS, CONSTANT

__all__ = ["Batched"]


class Batched:
    """The steps that a tape's groups become, and the address of every entry's number."""

    def __init__(self, levels: Levels, recorder: Recorder) -> None:
        self.levels = levels
        self.tape = levels.tape
        self.recorder = recorder
        self.store = Store(recorder)
        self.address = np.full(levels.size, -1)
        rows, needed = self.tape.rows, levels.needed
        self.aliases = [at for at in range(levels.size) if rows[at] is ALIAS and needed[at]]

    def write(self, outputs: list[int]) -> Any:
        """Record the steps; the results, in one array."""
        levels, tape, recorder = self.levels, self.tape, self.recorder
        numbers = [at for at in range(levels.size) if tape.rows[at] is CONSTANT]
        self.place(np.array(numbers, int), np.array([tape.values[at] for at in numbers]))
        given = [recorder.input(tape.values[at], name) for at, name in tape.numbers_given]
        if given:
            together = recorder.call(np.array, (given,))
            self.place(np.array([at for at, _ in tape.numbers_given]), together)
        self.follow()
        for level in range(max([*levels.groups, *levels.sweep_levels, 0]) + 1):
            for which, at in enumerate(levels.sweep_levels):
                if at == level and level:
                    record_sweep(self, which)
            for group in levels.groups.get(level, ()):
                self.forward(group)
            self.follow()
        self.check()
        return self.store.gather(self.address[outputs])

    def place(self, places: np.ndarray, array: Any) -> None:
        """Keep the numbers of these entries."""
        if len(places):
            self.address[places] = self.store.put(array) + np.arange(len(places))

    def follow(self) -> None:
        """A copy is where its original is."""
        waiting = []
        for at in self.aliases:
            self.address[at] = self.address[self.tape.left[at]]
            if self.address[at] < 0:
                waiting.append(at)
        self.aliases = waiting

    def forward(self, group: Group) -> None:
        """Compute the entries of a group."""
        if group.row is None:
            out = self.summed(self.store.gather(self.address[group.terms]))
        else:
            out = group.row(*self.operands(group.row, group.terms))
        self.place(group.places, out)

    def operands(self, row: Any, terms: np.ndarray) -> list[Any]:
        """What a row is given: an array for each input, but one number for a constant exponent."""
        inputs = [self.store.gather(self.address[line]) for line in terms]
        if row is power and type(inputs[1]) is np.ndarray:
            inputs[1] = inputs[1].flat[0].item()
        return inputs

    def summed(self, terms: Any) -> Any:
        """The sums down the columns, each from the first to the last."""
        if type(terms) is np.ndarray:
            return np.cumsum(terms, 0)[-1]
        if terms.shape[1] == 1:  # NumPy adds up what lies side by side in pairs, in another order
            return self.recorder.call(np.cumsum, (terms, 0))[-1]
        return self.recorder.call(method("sum"), (terms,), {"axis": 0})

    def check(self) -> None:
        """The guards, those of one comparison and outcome as one."""
        recorder = self.recorder
        alike: dict[Any, list[Any]] = defaultdict(list)
        for ufunc, left, right, found, line in self.tape.guards:
            alike[ufunc, found].append((left, right, line))
        for (ufunc, found), pairs in alike.items():
            left, right = (self.store.gather(self.address[[p[i] for p in pairs]]) for i in (0, 1))
            if type(left) is np.ndarray is type(right):
                continue
            each = recorder.ufunc(ufunc, "__call__", (left, right), {})
            one = recorder.call(np.all if found else np.any, (each,))
            step = Step(GUARD, (one.step, found))
            step.line = pairs[0][2]
            recorder.steps.append(step)
