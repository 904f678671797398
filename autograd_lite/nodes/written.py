"""Results of operations that are written to: `margins[np.arange(n), y] = 0`, `s[i] -= v`.

A write makes another node of the Tensor: `filled`, of what it was before and what was written. What
it was before is moved into a node of its own, and two kinds of uses follow it there: what was read
by an index, and what the written value was computed from. Whatever else has used the Tensor as it
was cannot be told any more: the sweep raises, and names it.
"""

from __future__ import annotations

import weakref
from typing import Any

import numpy as np

from ..core.elementwise import identity
from ..core.graph import Node, data, describe, kinds, next_version, slots, wrap
from ..ops.filled import Filled
from ..ops.inputs import operand
from . import blocks as context
from .array import Array, FilledArray, node_in, writable

__all__ = ["Writing", "read", "write"]

# What follows from the writes, once somebody asks.
PENDING = ("op", "left", "right", "pull", "primal")


def closed(t: Any) -> str:
    """Why entries of a Tensor cannot be assigned to, and the way out; "" if they can."""
    if t.op is None or t.op is identity:
        return (
            f"the entries of {describe(t)} cannot be assigned to, since it is a parameter: write "
            "t = t.at[i].set(v), or t.at[i].add(v), which make a new Tensor and keep the gradient "
            "(to change a leaf's numbers between two forward passes, assign to t.data[i])"
        )
    if t.op.is_view:
        return (
            f"{describe(t)} is a part of another Tensor, by '{t.op.name}': NumPy would write to "
            "that one too. Write to it directly, as in t[i, j] = v, or make a copy first: "
            "part = part.copy()"
        )
    return ""


def write(t: Any, key: Any, value: Any) -> None:
    """`t[key] = value` for the result of an operation; TypeError for any other Tensor."""
    node = node_in(value)
    if t.notes is not None and "unrecorded" in t.notes:
        t.primal[key] = value if node is None else data(node)
        t.version = next_version()
        return
    if not isinstance(t, Writing):
        if reason := closed(t):
            raise TypeError(reason)
        before: Any = object.__new__(type(t))
        before.become(t.primal, t.op, t.left, t.right)
        before.grad, before.version, before.exposed = t.grad, t.version, None
        before.notes = {"group": t.group} if t.group else None
        for part in getattr(t, "exposed", None) or ():
            repoint(part(), t, before)
        if isinstance(node, Node):
            follow(node, t, before)
        t.exposed = writable(before)
        t.grad = None
        t.__class__ = t.written
    t.exposed[key] = value if node is None else node
    t.version = next_version()


def repoint(z: Any, t: Any, before: Node) -> None:
    """Let `z` have been computed from `before`, where it was computed from `t`."""
    if z is not None and any(x is t for x in z.inputs):
        z.left, z.right = slots([before if x is t else x for x in z.inputs])


def follow(value: Node, t: Any, before: Node) -> None:
    """Repoint what the value that is to be written was computed from: `s[0] = np.sum(s)`.

    Only what is younger than `t` can have used it, so few nodes are looked at: a write makes `t`
    younger than all there are.
    """
    stack, seen = [value], {id(t)}
    while stack:
        z = stack.pop()
        if id(z) not in seen and z.op is not None and z.version >= before.version:
            seen.add(id(z))
            repoint(z, t, before)
            stack += [x for x in z.inputs if isinstance(x, Node)]


def read(t: Any, part: Any) -> Any:
    """`part`, which is t[...], remembered: it is to stay what it is when `t` is written to."""
    if t.op is not None and isinstance(part, Node) and part.op is not None:
        parts = getattr(t, "exposed", None)
        if parts is None:
            parts = t.exposed = []
        parts.append(weakref.ref(part))
        n = len(parts)
        if n >= 64 and not n & (n - 1):
            parts[:] = [other for other in parts if other() is not None]
    return part


def _pending(name: str) -> Any:
    """A field that follows from the writes."""
    field = getattr(Node, name)

    def get(t: Any) -> Any:
        settle(t)
        return field.__get__(t)

    return property(get, field.__set__)


def _of_array(name: str) -> Any:
    """What the array says, too."""
    return property(lambda t: getattr(t.exposed, name))


class Writing(Node):
    """A Tensor that is being written to. It is a Tensor again as soon as it is used as a whole."""

    __slots__ = ()
    exposed: Any
    op, left, right, pull, primal = map(_pending, PENDING)
    shape, ndim, size, dtype = map(_of_array, ("shape", "ndim", "size", "dtype"))

    def __getitem__(self, key: Any) -> Any:
        return operand(self.exposed[key])

    def __setitem__(self, key: Any, value: Any) -> None:
        write(self, key, value)


def settle(t: Any) -> None:
    """Make a Tensor again of what was written to: the node that its array stands for."""
    array: FilledArray = t.exposed
    t.__class__, t.exposed = kinds[np.ndarray], None
    token = context.recording.set(True)  # the writes were, wherever they are looked at first
    try:
        whole = array.operand
        positions = np.arange(array.size).reshape(array.shape)
        if isinstance(whole, Array):  # nothing but numbers is left
            numbers = whole.view(np.ndarray)
            whole = wrap(numbers, Filled(positions, (array.size,)), numbers)
        elif type(whole.op) is not Filled or any(whole is x for x in array.writes.values):  # type: ignore[union-attr]
            whole = Filled(positions, (array.size,))(whole)  # it was written as a whole
    finally:
        context.recording.reset(token)
    kept = t.grad, t.version, t.notes
    t.become(whole.primal, whole.op, whole.left, whole.right)
    t.grad, t.version, t.notes = kept
