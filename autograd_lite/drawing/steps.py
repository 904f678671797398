"""The backward sweep one operation at a time, and the recursion that gets it wrong.

Neither touches `.grad`: both keep their own gradients, so they can be looked at before, during and
after `backward()`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..core.elementwise import ONE, Elementwise
from ..core.graph import Node, data
from ..graphs.names import named
from ..graphs.tape import Tape, shares
from ..graphs.text import array_lines
from ..ops.inputs import operand
from .boxes import Box, Use, gradient
from .phrases import local, phrase
from .subject import Subject
from .view import View

__all__ = ["BackwardStep", "Message", "naive", "run", "steps"]


@dataclass(frozen=True, slots=True)
class Message:
    """What one operation sends to one of its inputs."""

    to: Node
    name: str
    edge: Use
    rule: str  # what is done to the gradient: "× e"
    local: str  # the local derivative as a formula: "∂h/∂s = −e/s²"
    slope: Any  # its numbers, for an elementwise operation
    products: Any  # gradient times slope, before a broadcast input's share is summed
    message: Any
    already: Any  # None if it is the first to arrive
    now: Any
    arrived: int
    wanted: int

    def __str__(self) -> str:
        text = f"to {self.name}: {self.rule} gives {array_lines(self.message, signed=True)}"
        if self.already is not None:
            text += f", with {array_lines(self.already, signed=True)} already there"
            text += f" makes {array_lines(self.now, signed=True)}"
        return text + f" ({self.arrived} of {self.wanted} arrived)" * (self.wanted > 1)


@dataclass(frozen=True, slots=True)
class BackwardStep:
    """One operation going back: the gradient that arrives and the messages it sends."""

    node: Node
    name: str
    formula: str
    arrives: Any
    messages: tuple[Message, ...]
    box: Box

    def __str__(self) -> str:
        title = f"{self.name} = {self.formula}" if self.formula else self.name
        lines = [f"back through {title}; arrives {array_lines(self.arrives, signed=True)}"]
        return "\n".join([*lines, *(f"  {m}" for m in self.messages)])


def steps(root: Node, *, names: Any = None) -> Iterator[BackwardStep]:
    """The steps of the backward sweep from `root`, one operation after another.

    Each has `.node`, `.name`, `.formula`, `.arrives` and `.messages`; a message has `.to`, `.local`
    (the derivative as a formula), `.slope`, `.message`, `.already` and `.now`. No `.grad` changes.
    Raises ValueError when the root is not a scalar.

    >>> import autograd_lite as ag
    >>> x = ag.Value(3.0)
    >>> y = x * x
    >>> for step in ag.steps(y):
    ...     print(step)
    back through y = x · x; arrives +1.0000
      to x: × x gives +3.0000 (1 of 2 arrived)
      to x: × x gives +3.0000, with +3.0000 already there makes +6.0000 (2 of 2 arrived)
    """
    root = operand(root)
    if not isinstance(root, Node):
        raise TypeError(f"steps takes a node, not {type(root).__name__}")
    return run(View(Subject(Tape(root), *named(names))))


def run(view: View) -> Iterator[BackwardStep]:
    """The steps in the right order: a box goes back when all its messages have arrived."""
    got: dict[int, Any] = {id(view.root): view.root.node.one()}
    count: dict[int, int] = {}
    for box in reversed(view.boxes):
        if id(box) in got and box.edges and box.kind != "constant":
            yield step(box, got[id(box)], got, count)


def naive(view: View, most: int = 200) -> tuple[list[BackwardStep], bool]:
    """Backward by plain recursion: every message is passed on at once, with all that has arrived.

    A node that is used twice hands on its first message twice. Also says whether it was cut off
    after `most` calls, since their number grows with the number of paths.
    """
    got: dict[int, Any] = {}
    count: dict[int, int] = {}
    calls: list[BackwardStep] = []
    root = view.root
    got[id(root)] = root.node.one()
    stack: list[tuple[Box, Iterator[tuple[Use, Any]]]] = []

    def enter(box: Box) -> None:
        if box.edges and box.kind != "constant":
            stack.append((box, iter(sent(box, got[id(box)]))))

    enter(root)
    while stack and len(calls) < most:
        box, messages = stack[-1]
        arrives = got[id(box)]
        edge, numbers = next(messages, (None, None))
        if edge is None:
            stack.pop()
            continue
        calls.append(
            BackwardStep(
                box.node,
                box.name,
                box.formula,
                arrives,
                (deliver(edge, numbers, arrives, got, count),),
                box,
            )
        )
        enter(edge.source)
    return calls, bool(stack)


def step(box: Box, g: Any, got: dict[int, Any], count: dict[int, int]) -> BackwardStep:
    """One box going back: its messages are computed and added to what has arrived."""
    messages = tuple(deliver(edge, m, g, got, count) for edge, m in sent(box, g))
    return BackwardStep(box.node, box.name, box.formula, g, messages, box)


def sent(box: Box, g: Any) -> list[tuple[Use, Any]]:
    """The messages of a box whose gradient is `g`, through all the nodes it is made of."""
    inside: dict[int, Any] = {id(box.node): g}
    found = []
    edges = {(id(m), i): edge for edge in box.edges for m, i in edge.uses}
    for member in reversed(box.members):
        if id(member) not in inside:
            continue
        with np.errstate(all="ignore"):
            for i, m in shares(member, inside[id(member)]):
                edge = edges.get((id(member), i))
                if edge is not None:
                    found.append((edge, m))
                else:
                    x = id(member.inputs[i])
                    inside[x] = inside[x] + m if x in inside else m
    return found


def deliver(edge: Use, numbers: Any, g: Any, got: dict[int, Any], count: dict[int, int]) -> Message:
    """Add a message to what its receiver has already."""
    to = edge.source
    already = got.get(id(to))
    with np.errstate(all="ignore"):
        now = numbers if already is None else already + numbers
    got[id(to)] = now
    count[id(to)] = count.get(id(to), 0) + 1
    slope, products = slopes(edge, g)
    return Message(
        to.node,
        to.name,
        edge,
        phrase(edge.rule, gradient(edge.target.name), "").strip() if edge.rule is not None else "",
        local(edge),
        slope,
        products,
        numbers,
        already,
        now,
        count[id(to)],
        len(to.users),
    )


def slopes(edge: Use, g: Any) -> tuple[Any, Any]:
    """The local derivative in numbers, and its products with `g` where those are then summed."""
    (node, i), *_ = edge.uses
    op = node.op
    if type(op) is not Elementwise or len(edge.target.members) > 1:
        return None, None
    partial = op.partials[i]
    inputs = [data(x) for x in node.inputs]
    with np.errstate(all="ignore"):
        try:
            slope = 1.0 if partial is ONE else data(partial(node.primal, *inputs))
        except (ArithmeticError, ValueError):
            slope = data(partial(np.float64(node.primal), *map(np.float64, inputs)))
        summed = np.shape(node.primal) != np.shape(inputs[i])
        return slope, np.broadcast_to(g * slope, np.shape(node.primal)) if summed else None
