"""A tape as operations on arrays: equal operations whose inputs are ready become one.

Every entry of a tape gets a level, one more than the highest of its inputs. Equal operations of one
level make a group, which is one operation of NumPy's on gathered inputs. A chain of additions that
nothing else reads is one sum, added up in the order of the chain. Here the groups are found;
`batched` writes them down.

Source: the level schedules of sparse triangular solvers (Anderson and Saad, 1989), applied to the
computational graph.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np

from ..core.elementwise import Elementwise, add, power
from .tape import ALIAS, CONSTANT, GRADIENT, Tape

__all__ = ["Group", "Levels"]


class Group:
    """Entries of one row and level, and where their inputs are."""

    def __init__(self, row: Any, places: list[int], terms: np.ndarray) -> None:
        self.row = row  # None for a sum of many
        self.places = np.array(places)
        self.terms = terms  # a line for each input, places
        self.owners = np.broadcast_to(self.places, terms.shape)  # the entries that read them


class Levels:
    """The entries of a tape, in groups."""

    def __init__(self, tape: Tape, outputs: list[int]) -> None:
        self.tape = tape
        self.size = len(tape.rows)
        self.needed = self.find_needed(outputs)
        self.chains = self.find_chains(outputs)
        self.sweep_levels = [0] * len(tape.sweeps)  # at which the sweeps can run
        self.groups = self.find_groups()
        self.count = sum(len(groups) for groups in self.groups.values())
        self.operations = sum(type(row) is Elementwise for row in tape.rows)

    def in_order(self) -> list[Group]:
        """The groups, from the first level to the last."""
        return [group for level in sorted(self.groups) for group in self.groups[level]]

    def find_needed(self, outputs: list[int]) -> bytearray:
        """Which entries a result or a guard depends on."""
        tape = self.tape
        needed = bytearray(self.size)
        for at in outputs:
            needed[at] = 1
        for _, left, right, _, _ in tape.guards:
            needed[left] = needed[right] = 1
        rows, lefts, rights = tape.rows, tape.left, tape.right
        for at in range(self.size - 1, -1, -1):
            if needed[at]:
                row = rows[at]
                if type(row) is Elementwise or row is ALIAS:
                    needed[lefts[at]] = 1
                    if rights[at] >= 0:
                        needed[rights[at]] = 1
                elif row is GRADIENT:
                    sweep = tape.sweeps[lefts[at]]
                    needed[sweep.root] = needed[sweep.seed] = needed[rights[at]] = 1
        return needed

    def count_uses(self, outputs: list[int]) -> list[int]:
        """How often the needed read each entry; one that must stay as it is counts twice."""
        tape, rows, lefts, rights = self.tape, self.tape.rows, self.tape.left, self.tape.right
        uses = [0] * self.size
        for at in range(self.size):
            if self.needed[at]:
                if lefts[at] >= 0 and rows[at] is not GRADIENT:
                    uses[lefts[at]] += 1
                if rights[at] >= 0:
                    uses[rights[at]] += 2 if rows[at] is GRADIENT else 1
        for at in outputs:
            uses[at] += 2
        for _, left, right, _, _ in tape.guards:
            uses[left] += 2
            uses[right] += 2
        for sweep in tape.sweeps:
            uses[sweep.root] += 2
            uses[sweep.seed] += 2
            for at in sweep.stop:
                uses[at] += 2
        return uses

    def find_chains(self, outputs: list[int]) -> dict[int, tuple[list[int], list[int]]]:
        """The sums of three or more: by their last addition the terms, and who adds each."""
        tape, needed, uses = self.tape, self.needed, self.count_uses(outputs)
        rows, lefts, rights = tape.rows, tape.left, tape.right
        chains: dict[int, tuple[list[int], list[int]]] = {}
        for at in range(self.size):
            if rows[at] is add and needed[at]:
                x, y = lefts[at], rights[at]
                if rows[x] is not add or uses[x] != 1:
                    x, y = y, x
                if rows[x] is add and uses[x] == 1:
                    start = [lefts[x], rights[x]], [x, x]
                    terms, owners = chains.pop(x, start)
                    terms.append(y)
                    owners.append(at)
                    needed[x] = 0
                    chains[at] = terms, owners
        return chains

    def find_groups(self) -> dict[int, list[Group]]:
        """The groups by their level."""
        tape, needed, chains = self.tape, self.needed, self.chains
        rows, lefts, rights = tape.rows, tape.left, tape.right
        levels = [0] * self.size
        highest = self.sweep_levels
        bins: dict[Any, list[int]] = defaultdict(list)
        for at in range(self.size):
            if not needed[at]:
                continue
            row, x, y = rows[at], lefts[at], rights[at]
            if at in chains:
                level = 1 + max([levels[t] for t in chains[at][0]])
                bins[level, None, len(chains[at][0])].append(at)
            elif type(row) is Elementwise:
                level = 1 + (levels[x] if y < 0 or levels[x] > levels[y] else levels[y])
                # NumPy takes short ways for whole exponents, if it is given one number.
                exponent = row is power and rows[y] is CONSTANT and tape.values[y]
                bins[level, row, exponent].append(at)
            elif row is ALIAS:
                level = levels[x]
            elif row is GRADIENT:
                if not highest[x]:
                    highest[x] = 1 + max(levels[t] for t in tape.sweeps[x].order)
                level = highest[x]
            else:
                level = 0
            levels[at] = level
        groups: dict[int, list[Group]] = defaultdict(list)
        for (level, row, _), places in bins.items():
            groups[level].append(self.group_of(row, places))
        return groups

    def group_of(self, row: Any, places: list[int]) -> Group:
        """The group of these entries, all of one row or all sums of as many terms."""
        if row is None:
            group = Group(None, places, np.array([self.chains[at][0] for at in places]).T)
            group.owners = np.array([self.chains[at][1] for at in places]).T
            return group
        sides = (self.tape.left, self.tape.right)[: len(row.partials)]
        return Group(row, places, np.array([[side[at] for at in places] for side in sides]))
