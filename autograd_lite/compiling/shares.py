"""The sweep of a tape, for a group of entries at a time.

In a plain sweep each entry hands a share of its cotangent to each of its inputs, and what arrives
is added up in the order of arrival. Here a group hands on all its shares at once. So who gets
which, and in which order, is worked out beforehand: the shares are numbered, and sorted by the
entry they go to and the plain sweep's turn. The sums are then the same to the last bit.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..calculus.arguments import constant
from ..core.elementwise import ONE
from ..core.graph import data
from .levels import Group
from .tape import GRADIENT, Sweep
from .traced import Traced

__all__ = ["record_sweep"]


def record_sweep(batched: Any, which: int) -> None:
    """Record a sweep of the tape of a `Batched`: its gradients get their addresses."""
    tape, needed, recorder = batched.tape, batched.levels.needed, batched.recorder
    entries = [
        at
        for at, (row, left) in enumerate(zip(tape.rows, tape.left, strict=True))
        if row is GRADIENT and left == which and needed[at]
    ]
    if not entries:
        return
    wanted = np.array([tape.right[at] for at in entries])
    outer, recorder.backward = recorder.backward, True
    shares = Shares(batched, tape.sweeps[which], wanted)
    for group in reversed(batched.levels.in_order()):
        shares.backward(group)
    batched.address[entries] = shares.collected(wanted)
    recorder.backward = outer


class Shares:
    """The shares of a sweep on their way: who gets them, in which order, and where they are."""

    def __init__(self, batched: Any, sweep: Sweep, wanted: np.ndarray) -> None:
        self.batched = batched
        size, groups = batched.levels.size, batched.levels.in_order()
        self.turn = np.full(size, -1)  # when the plain sweep comes to an entry
        self.turn[sweep.order] = np.arange(1, len(sweep.order) + 1)
        self.inside = self.turn >= 0
        self.inside[list(sweep.stop)] = False
        self.active = np.zeros(size, bool)  # what is wanted, or computed from it
        self.active[wanted] = True
        for group in groups:
            reads = self.inside[group.places] & self.active[group.terms].any(axis=0)
            self.active[group.places] |= reads
        self.targets: list[np.ndarray] = [np.array([sweep.root])]  # the first share is the seed
        self.orders: list[np.ndarray] = [np.array([-1])]
        self.numbers: dict[tuple[int, int], np.ndarray] = {}  # by group and input
        self.total = 1
        for group in groups:
            self.expect(group)
        self.sort()
        self.where[0] = batched.address[sweep.seed]

    def expect(self, group: Group) -> None:
        """Number the shares that a group will hand on."""
        for i, line in enumerate(group.terms):
            takes = self.inside[group.places] & self.active[line]
            number = np.full(len(line), -1)
            count = int(takes.sum())
            number[takes] = self.total + np.arange(count)
            self.numbers[id(group), i] = number
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

    def backward(self, group: Group) -> None:
        """Hand the cotangents of a group on to its inputs, by the rule of its row."""
        chosen = np.nonzero((self.inside & self.active)[group.places])[0]
        if not len(chosen):
            return
        batched, gather = self.batched, self.batched.store.gather
        places, terms = group.places[chosen], group.terms[:, chosen]
        where = self.collected(places)
        if group.row is None:
            for i in range(len(terms)):
                self.hand(group, i, chosen, where)
            return
        g: Any = None
        for i, line in enumerate(terms):
            if not self.active[line].any():
                continue
            if group.row.partials[i] is ONE:
                self.hand(group, i, chosen, where)
                continue
            if g is None:
                g = constant(gather(where))
                out = constant(gather(batched.address[places]))
                inputs = list(map(node_of, batched.operands(group.row, terms)))
            share = data(group.row.vjp(i, g, out, *inputs))
            at = batched.store.put(share) + np.arange(len(places))
            self.hand(group, i, chosen, at)

    def hand(self, group: Group, i: int, chosen: np.ndarray, at: np.ndarray) -> None:
        """Note where the shares of input `i` are."""
        number = self.numbers[id(group), i][chosen]
        self.where[number[number >= 0]] = at[number >= 0]

    def collected(self, places: np.ndarray) -> np.ndarray:
        """The addresses of the cotangents of these entries, added up."""
        starts, counts = self.starts[places], self.starts[places + 1] - self.starts[places]
        address = np.empty(len(places), int)
        store = self.batched.store
        for count in np.unique(counts):
            mine = np.nonzero(counts == count)[0]
            edges = self.sorted[starts[mine][None, :] + np.arange(count)[:, None]]
            where = self.where[edges]
            if count == 1:
                address[mine] = where[0]
            else:
                total = self.batched.summed(store.gather(where))
                address[mine] = store.put(total) + np.arange(len(mine))
        return address


def node_of(x: Any) -> Any:
    """Numbers as a rule is given them: a node where they depend on the arguments."""
    return constant(x) if isinstance(x, Traced) else x
