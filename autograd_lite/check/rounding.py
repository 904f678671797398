"""What rounding may leave in f and in its gradient: the same computation, shaken a little.

Every number that an operation computes is off by a relative ε. So each is changed by a relative
1e-6 at random, and how far the result moves, times ε / 1e-6, is what rounding does to it: where
large terms cancel, much; where they do not, nothing. (By how much has to be random: shaken alike,
two terms that cancel would cancel again.)

Source: Vignes, "A stochastic arithmetic for reliable scientific computation", Mathematics and
Computers in Simulation 35 (1993).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from ..core.elementwise import Elementwise
from ..core.graph import Node, data
from ..graphs.tape import Tape
from .differences import EPS
from .measures import DOUBLE, tolerance

__all__ = ["Elsewhere", "moved", "of_gradient", "of_values"]

SHAKES = (1e-6, 1e-9, 1e-12)
"""Tried in turn, until none leaves the domain of an operation: of log(1 − y) with y near 1."""

DRAWS = 3


class Elsewhere(Tape):
    """The same graph swept over other numbers at its nodes, and each contribution shaken."""

    def __init__(
        self, tape: Tape, numbers: Mapping[Node, Any], size: float = 0.0, seed: int = 0
    ) -> None:
        self.__dict__.update(tape.__dict__)  # laid out once
        self.__dict__.pop("_swept", None)
        self.numbers, self.size = numbers, size
        self.rng = np.random.default_rng([seed, 1])

    def pull(self, node: Node, i: int, g: Any) -> Any:
        """The share that input `i` gets, over the other numbers; what goes in and out is shaken."""
        inputs = [self.at(x) for x in node.inputs]
        part = data(node.op.pulled(np.equal(g, 0), i, self.shake(g), self.at(node), *inputs))
        if self.size and len(inputs) == 1 and isinstance(node.op, Elementwise):
            part = part + self.size * self.draw(part) * g * bent(node.op, *inputs)
        return self.shake(part)

    def shake(self, x: Any) -> Any:
        """`x`, each number changed at random."""
        return x * (1 + self.size * self.draw(x)) if self.size else x

    def draw(self, x: Any) -> Any:
        """Random numbers between −1 and 1 in the shape of `x`."""
        return self.rng.uniform(-1.0, 1.0, np.shape(x))

    def at(self, x: Any) -> Any:
        """The number of a node, or the constant."""
        return self.numbers.get(x, x.primal) if isinstance(x, Node) else x


def bent(op: Any, x: Any) -> np.ndarray:
    """|y·f″/f′|, at most 2 |y|: how far f′ moves per relative change of y, were it computed from y.

    s(1 − s) is the derivative of a sigmoid, and where s is near 1 its rounding is all of it. A rule
    in other terms knows nothing of that.
    """
    if not callable(op.partials[0]):
        return np.zeros(np.shape(x))
    at = np.atleast_1d(np.asarray(x, float))
    near = at + 1e-3 * np.maximum(1.0, np.abs(at))
    y = np.asarray(op.forward(at), float)
    here = np.asarray(op.slope(0, y, at), float)
    there = np.asarray(op.slope(0, op.forward(near), near), float)
    size = np.maximum(np.abs(here), np.abs(there)) * (near - at)
    ratio = np.minimum(np.abs(there - here) / np.where(size == 0, 1, size), 2.0)
    return np.nan_to_num(np.abs(y) * ratio, posinf=0.0).reshape(np.shape(x))


def shaken(tape: Tape, size: float, seed: int, below: set[Node] | None = None) -> dict[Node, Any]:
    """The numbers of all nodes, each computed one off by a relative `size` at random.

    With `below` only those nodes are computed again. Operations that move numbers and compute none
    round nothing; of those that join many numbers, each is off, as the partial sums would be.
    """
    rng = np.random.default_rng(seed)
    now: dict[Node, Any] = {}
    for node in tape.order:
        if node.op is None or (below is not None and node not in below):
            now[node] = as_double(node.primal)
            continue
        args = [now[x] if isinstance(x, Node) else x for x in node.inputs]
        out = node.op.forward(*args)
        if not moves(node):
            if not isinstance(node.op, Elementwise):
                args = [off(a, size, rng) for a in args]
                out = node.op.forward(*args)
            out = off(out, size, rng)
        now[node] = out
    return now


def moved(tape: Tape, steps: Mapping[Node, np.ndarray]) -> dict[Node, Any]:
    """The numbers of all nodes, with the leaves in `steps` so far away."""
    now: dict[Node, Any] = {}
    for node in tape.order:
        if node.op is None:
            v, x = steps.get(node), as_double(node.primal)
            if v is not None:
                x = x + float(v[0]) if isinstance(x, float) else x + v.reshape(x.shape)
            now[node] = x
        else:
            now[node] = node.op.forward(
                *(now[x] if isinstance(x, Node) else x for x in node.inputs)
            )
    return now


def as_double(x: Any) -> Any:
    """A node's data with room for the changes."""
    return x if isinstance(x, float) else np.asarray(x, float)


def off(x: Any, size: float, rng: Any) -> Any:
    """`x`, each number changed by a relative `size` at random; others than floats as they are."""
    if isinstance(x, float):
        return x * (1 + size * float(rng.uniform(-1.0, 1.0)))
    if isinstance(x, np.ndarray) and x.dtype.kind == "f":
        return x * (1 + size * rng.uniform(-1.0, 1.0, x.shape))
    return x


def moves(node: Node) -> bool:
    """Whether every entry of the result is an entry of an input."""
    inputs = [np.ravel(data(x)) for x in node.inputs if np.size(data(x))]
    return bool(inputs) and bool(np.isin(np.ravel(node.primal), np.concatenate(inputs)).all())


def of_values(tape: Tape, x: Node) -> np.ndarray:
    """The rounding error in each entry of the root, by what is computed between `x` and it."""
    below = tape.above(x) - {x}
    exact = np.ravel(np.asarray(as_double(tape.root.primal), float))
    return measured(lambda size, seed: np.ravel(shaken(tape, size, seed, below)[tape.root]), exact)


def of_gradient(tape: Tape, x: Node) -> np.ndarray:
    """The rounding error in each entry of the gradient of `x`."""
    exact = tape.gradient(x)
    if tolerance(x, *tape.order) > DOUBLE:
        exact = Elsewhere(tape, {y: as_double(y.primal) for y in tape.order}).gradient(x)
    return measured(lambda size, seed: sweep(tape, size, seed).gradient(x), exact)


SWEEPS: WeakKeyDictionary[Tape, dict[tuple[float, int], Elsewhere]] = WeakKeyDictionary()
"""The shaken sweeps of each tape, which serve all its gradients."""


def sweep(tape: Tape, size: float, seed: int) -> Elsewhere:
    """One shaken sweep."""
    known = SWEEPS.setdefault(tape, {})
    if (size, seed) not in known:
        known[size, seed] = Elsewhere(tape, shaken(tape, size, seed), size, seed)
    return known[size, seed]


def measured(run: Any, exact: np.ndarray) -> np.ndarray:
    """How far shaken results are from the exact one at most, for ε in the place of the size."""
    with np.errstate(all="ignore"):
        for size in SHAKES:
            try:
                apart = [np.abs(run(size, seed) - exact) for seed in range(DRAWS)]
            except (ArithmeticError, ValueError, TypeError, IndexError):
                break  # an operation that takes no such numbers: then nothing is known
            found = np.max(apart, axis=0) * (EPS / size)
            if np.all(np.isfinite(found) | ~np.isfinite(exact)):
                return np.where(np.isfinite(found), found, 0.0)
    return np.zeros(np.shape(exact))
