"""A tape as operations on arrays: equal operations whose inputs are ready become one.

Every entry of a tape gets a level, one more than the highest of its inputs. Equal operations of one
level are one operation of NumPy's on gathered inputs, and so is the sweep's work on them: the rules
of the table are given arrays in place of numbers. A chain of additions that nothing else reads is
one sum, added up in the order of the chain, and so are the shares that arrive at an entry, in the
order of the plain sweep: the numbers are the same to the last bit wherever NumPy's functions on
arrays round as Python's on numbers.

Source: the level schedules of sparse triangular solvers (Anderson and Saad, 1989), applied to the
computational graph.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np

from ..ends import constant
from ..graph import data
from ..ops.elementwise import ONE, Elementwise, add, power
from .gathering import Store
from .program import GUARD, Step, method
from .recorder import Recorder
from .tape import ALIAS, CONSTANT, GRADIENT, Sweep, Tape

__all__ = ["Levels"]


class Group:
    """Entries of one row and level, and where their inputs are."""

    def __init__(self, row: Any, places: list[int], terms: np.ndarray) -> None:
        self.row = row  # None for a sum of many
        self.places = np.array(places)
        self.terms = terms  # a line for each input, places
        self.owners = np.broadcast_to(self.places, terms.shape)  # the entries that read them


class Levels:
    """The steps of a tape, in groups."""

    def __init__(self, tape: Tape, outputs: list[int]) -> None:
        self.tape = tape
        self.size = len(tape.rows)
        self.needed = self.find_needed(outputs)
        self.chains = self.find_chains(outputs)
        self.groups = self.find_groups()
        self.count = sum(len(groups) for groups in self.groups.values())
        self.operations = sum(type(row) is Elementwise for row in tape.rows)

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

    def find_chains(self, outputs: list[int]) -> dict[int, tuple[list[int], list[int]]]:
        """The sums of three or more: by their last addition the terms, and who adds each."""
        tape, needed = self.tape, self.needed
        rows, lefts, rights = tape.rows, tape.left, tape.right
        uses = [0] * self.size
        for at in range(self.size):
            if needed[at]:
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
        chains: dict[int, tuple[list[int], list[int]]] = {}
        for at in range(self.size):
            if rows[at] is add and needed[at]:
                x, y = lefts[at], rights[at]
                if rows[x] is not add or uses[x] != 1:
                    x, y = y, x
                if rows[x] is add and uses[x] == 1:
                    terms, owners = (
                        chains.pop(x) if x in chains else ([lefts[x], rights[x]], [x, x])
                    )
                    terms.append(y)
                    owners.append(at)
                    needed[x] = 0
                    chains[at] = terms, owners
        return chains

    def find_groups(self) -> dict[int, list[Group]]:
        """The groups by their level."""
        tape, needed, chains = self.tape, self.needed, self.chains
        rows, lefts, rights = tape.rows, tape.left, tape.right
        levels = self.levels = [0] * self.size
        highest = [0] * len(tape.sweeps)
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
        self.sweep_levels = highest
        groups: dict[int, list[Group]] = defaultdict(list)
        for (level, row, _), places in bins.items():
            if row is None:
                terms = np.array([chains[at][0] for at in places]).T
                group = Group(None, places, terms)
                group.owners = np.array([chains[at][1] for at in places]).T
            else:
                both = (lefts, rights)[: len(row.partials)]
                group = Group(row, places, np.array([[s[at] for at in places] for s in both]))
            groups[level].append(group)
        return groups

    # --- writing them down

    def write(self, recorder: Recorder, outputs: list[int]) -> Any:
        """Record the groups as steps; the results, in one array."""
        tape = self.tape
        self.recorder = recorder
        self.store = Store(recorder)
        self.address = np.full(self.size, -1)
        numbers = [at for at in range(self.size) if tape.rows[at] is CONSTANT]
        self.place(np.array(numbers, int), np.array([tape.values[at] for at in numbers]))
        given = [recorder.input(tape.values[at], name) for at, name in tape.given]
        if given:
            together = recorder.call(np.array, (given,))
            self.place(np.array([at for at, _ in tape.given]), together)
        self.aliases = [at for at in range(self.size) if tape.rows[at] is ALIAS and self.needed[at]]
        self.follow()
        for level in range(max([*self.groups, *self.sweep_levels, 0]) + 1):
            for which, sweep in enumerate(tape.sweeps):
                if self.sweep_levels[which] == level and level:
                    self.sweep(which, sweep)
            for group in self.groups.get(level, ()):
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
        gather = self.store.gather
        if group.row is None:
            terms = gather(self.address[group.terms])
            out = self.summed(terms)
        else:
            inputs = [gather(self.address[line]) for line in group.terms]
            if group.row is power and isinstance(inputs[1], np.ndarray):
                inputs[1] = inputs[1].flat[0].item()
            out = group.row(*inputs)
        self.place(group.places, out)

    def summed(self, terms: Any) -> Any:
        """The sums down the columns, each from the first to the last."""
        if isinstance(terms, np.ndarray):
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
            if isinstance(left, np.ndarray) and isinstance(right, np.ndarray):
                continue
            each = recorder.ufunc(ufunc, "__call__", (left, right), {})
            one = recorder.call(np.all if found else np.any, (each,))
            step = Step(GUARD, (one.step, found))
            step.line = pairs[0][2]
            recorder.steps.append(step)

    # --- the sweep

    def sweep(self, which: int, sweep: Sweep) -> None:
        """Record a sweep: the shares of a group's inputs, from the last group to the first."""
        tape = self.tape
        rows, lefts, rights = tape.rows, tape.left, tape.right
        entries = [at for at in range(self.size) if rows[at] is GRADIENT and self.needed[at]]
        entries = [at for at in entries if lefts[at] == which]
        if not entries:
            return
        turn = np.full(self.size, -1)  # when the plain sweep comes to an entry
        turn[sweep.order] = np.arange(len(sweep.order), 0, -1)
        inside = turn >= 0
        inside[list(sweep.stop)] = False
        active = np.zeros(self.size, bool)
        active[[rights[at] for at in entries]] = True
        below = [g for level in sorted(self.groups) for g in self.groups[level]]
        for group in below:
            reads = inside[group.places] & active[group.terms].any(axis=0)
            active[group.places] |= reads
        outer, self.recorder.backward = self.recorder.backward, True
        self.shares = Shares(self, turn, active, sweep)
        for group in below:
            self.shares.expect(group, inside)
        self.shares.sort()
        for group in reversed(below):
            self.backward(group, inside & active)
        wanted = np.array([rights[at] for at in entries])
        self.address[entries] = self.shares.collected(wanted)
        self.recorder.backward = outer

    def backward(self, group: Group, takes_part: np.ndarray) -> None:
        """Hand the cotangents of a group on to its inputs, by the rule of its row."""
        chosen = np.nonzero(takes_part[group.places])[0]
        if not len(chosen):
            return
        shares, gather = self.shares, self.store.gather
        places, terms = group.places[chosen], group.terms[:, chosen]
        where = shares.collected(places)
        if group.row is None:
            for i, line in enumerate(terms):
                shares.hand(group, i, chosen, line, where)
            return
        g: Any = None
        for i, line in enumerate(terms):
            part = shares.active[line]
            if not part.any():
                continue
            if group.row.partials[i] is ONE:
                shares.hand(group, i, chosen, line, where)
                continue
            if g is None:
                g = constant(gather(where))
                out = constant(gather(self.address[places]))
                inputs = [node_of(gather(self.address[row])) for row in terms]
                if group.row is power and isinstance(inputs[1], np.ndarray):
                    inputs[1] = inputs[1].flat[0].item()
            share = data(group.row.vjp(i, g, out, *inputs))
            at = self.store.put(share) + np.arange(len(places))
            shares.hand(group, i, chosen, line, at)


def node_of(x: Any) -> Any:
    """Numbers as a rule is given them: a node where they depend on the arguments."""
    return x if isinstance(x, np.ndarray) else constant(x)


class Shares:
    """The shares of a sweep on their way: who gets them, in which order, and where they are."""

    def __init__(self, levels: Levels, turn: np.ndarray, active: np.ndarray, sweep: Sweep) -> None:
        self.levels = levels
        self.turn = turn
        self.active = active
        self.targets: list[np.ndarray] = [np.array([sweep.root])]
        self.orders: list[np.ndarray] = [np.array([-1])]
        self.first: dict[tuple[int, int], Any] = {}
        self.total = 1
        self.seed = levels.address[sweep.seed]

    def expect(self, group: Group, inside: np.ndarray) -> None:
        """Number the shares that a group will hand on."""
        for i, line in enumerate(group.terms):
            takes = inside[group.places] & self.active[line]
            number = np.full(len(line), -1)
            count = int(takes.sum())
            number[takes] = self.total + np.arange(count)
            self.first[id(group), i] = number
            self.total += count
            self.targets.append(line[takes])
            # Of two inputs the plain sweep gives the second its share first.
            self.orders.append((2 * self.turn[group.owners[i]] + (i == 0))[takes])

    def sort(self) -> None:
        """Put the shares into the order of their arrival, those of one entry side by side."""
        targets, orders = np.concatenate(self.targets), np.concatenate(self.orders)
        self.sorted = np.lexsort((orders, targets))
        self.starts = np.searchsorted(targets[self.sorted], np.arange(len(self.turn) + 1))
        self.where = np.full(self.total, -1)
        self.where[0] = self.seed

    def hand(self, group: Group, i: int, chosen: Any, line: np.ndarray, at: np.ndarray) -> None:
        """Note where the shares of input `i` are."""
        number = self.first[id(group), i][chosen]
        self.where[number[number >= 0]] = at[number >= 0]

    def collected(self, places: np.ndarray) -> np.ndarray:
        """The addresses of the cotangents of these entries, added up."""
        starts, counts = self.starts[places], self.starts[places + 1] - self.starts[places]
        address = np.empty(len(places), int)
        store = self.levels.store
        for count in np.unique(counts):
            mine = np.nonzero(counts == count)[0]
            edges = self.sorted[starts[mine][None, :] + np.arange(count)[:, None]]
            where = self.where[edges]
            if count == 1:
                address[mine] = where[0]
            else:
                address[mine] = store.put(self.levels.summed(store.gather(where))) + np.arange(
                    len(mine)
                )
        return address
