"""A compiled function within a graph: one operation on the nodes it takes from outside.

Its rule is compiled too, when a sweep first comes by: the pullback of each result, recorded as the
function is. A recorded sweep, for higher orders, goes through the function itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..calculus.arguments import constant, recorded
from ..calculus.trees import flatten
from ..core.graph import Node, slots, sweep, wrap
from ..core.operation import Op
from ..ops.inputs import frozen
from .arguments import replaced
from .recording import Recording, Seed

__all__ = ["connected"]


def connected(
    f: Any, recording: Recording, args: Any, kwargs: Any, leaves: Sequence[Any], result: Any
) -> Any:
    """`result` of a program, with a node wherever the function gives one."""
    parts = recording.whole.leaves_of(result, "a result")
    call = Call(f, recording, args, kwargs, leaves)
    made = [
        x if kind is None else call.result(k, x)
        for k, (x, kind) in enumerate(zip(parts, recording.node_types, strict=True))
    ]
    return recording.whole(made)


class Call:
    """One call of a compiled function: what it was given, and the nodes it took from outside."""

    def __init__(
        self, f: Any, recording: Recording, args: Any, kwargs: Any, leaves: Sequence[Any]
    ) -> None:
        self.f = f
        self.recording = recording
        self.leaves = [frozen(x) if isinstance(x, np.ndarray) else x for x in leaves]
        given = iter(self.leaves)
        self.args, self.kwargs = replaced((args, kwargs), lambda x, name: next(given))
        self.captured = recording.captured
        now = [found.there() for found in self.captured]
        self.nodes = [x for x in now if isinstance(x, Node)]
        self.numbers = [x.primal if isinstance(x, Node) else frozen(x) for x in now]

    def result(self, k: int, primal: Any) -> Node:
        """The node of result `k`."""
        number = self.recording.node_types[k].shape == ()  # a Value's
        primal = float(primal) if number else np.asarray(primal)
        if not self.nodes:
            return constant(primal)
        return wrap(primal, Compiled(self, k), *slots(self.nodes))

    def run(self, numbers: Sequence[Any]) -> list[Any]:
        """The results for other numbers of the nodes."""
        given = iter(numbers)
        places = [
            next(given) if isinstance(found.value, Node) else x
            for found, x in zip(self.captured, self.numbers, strict=True)
        ]
        return self.recording.whole.leaves_of(self.recording.run(*self.leaves, *places), "a result")

    def pulled(self, k: int, g: Any) -> list[Any]:
        """The shares of the nodes, by a program."""
        rules = self.recording.rules
        key = k, np.shape(g), getattr(g, "dtype", float)
        if key not in rules:
            nodes = [found.value for found in self.captured if isinstance(found.value, Node)]
            seed = Seed(k, g, nodes)
            rules[key] = Recording(self.f, self.args, self.kwargs, True, seed=seed)
        rule = rules[key]
        known = {id(found.value): x for found, x in zip(self.captured, self.numbers, strict=True)}
        numbers = [known.get(id(found.value), found.value) for found in rule.captured]
        return rule.run(g, *self.leaves, *numbers)


class Compiled(Op):
    """One result of a call, as an operation."""

    def __init__(self, call: Call, k: int) -> None:
        self.call = call
        self.k = k
        self.name = call.recording.text.name

    def saves(self, i: int) -> bool:
        return False

    def forward(self, *inputs: Any) -> Any:
        return self.call.run(inputs)[self.k]

    def vjp(self, i: int, g: Any, out: Any, *inputs: Any) -> Any:
        return self.vjps(g, out, *inputs)[i]

    def vjps(self, g: Any, out: Any, *inputs: Any) -> Sequence[Any]:
        if not isinstance(g, Node):
            return self.call.pulled(self.k, g)
        with recorded():
            again = flatten(self.call.f(*self.call.args, **self.call.kwargs))[0][self.k]
            found = dict(sweep([again], [g], True, self.call.nodes))
        return [
            found.get(x, constant(np.zeros(x.shape) if x.shape else 0.0)) for x in self.call.nodes
        ]
