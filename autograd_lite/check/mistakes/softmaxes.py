"""Finding softmax in a graph, however it was written, and the cross-entropy after it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from ...core.graph import Node
from ...graphs.tape import Tape
from ...ops.shape import Sum

__all__ = ["Softmax", "find", "is_softmax", "jacobian_product", "softmax_of"]

LOGARITHMS = ("log", "log1p")


@dataclass
class Softmax:
    """A softmax in the graph: its scores z, its probabilities h, and the cross-entropy after it.

    `g` arrives at h; `t` are the targets and `w` the weight of an example, where cross-entropy
    follows.
    """

    tape: Tape
    z: Node
    out: Node
    axis: int
    h: np.ndarray
    g: np.ndarray
    t: Any
    w: Any

    @cached_property
    def scores(self) -> np.ndarray:
        """The data of z."""
        return np.asarray(self.z.primal, float)

    def along(self, a: np.ndarray) -> np.ndarray:
        """The sum over the classes, kept as length 1."""
        return np.asarray(a.sum(axis=self.axis, keepdims=True))

    @cached_property
    def sums(self) -> np.ndarray:
        """What the targets of each example sum to."""
        return self.along(self.t)

    @cached_property
    def right(self) -> np.ndarray:
        """The gradient of the scores."""
        return np.asarray(self.w * (self.h * self.sums - self.t))

    @cached_property
    def onehot(self) -> bool:
        """Whether the targets are 0 and 1."""
        return bool(np.all((self.t == 0) | (self.t == 1)))

    @cached_property
    def words(self) -> dict[str, Any]:
        """The right lines: the rule of softmax, and the shortcut through cross-entropy."""
        axis = self.axis + self.h.ndim
        rule = f"grad = h * (g - (g * h).sum(axis={axis}, keepdims=True))"
        found: dict[str, Any] = {"rule": rule}
        if self.t is not None:
            w = self.w
            whole = w and abs(1 / w - round(1 / w)) < 1e-9 and w < 0.9
            mean = f" / {round(1 / w)}" if whole else ""
            sums = f" * t.sum(axis={self.axis}, keepdims=True)"
            h = "h" if np.allclose(self.sums, 1) else f"h{sums}"
            found["shortcut"] = f"grad = ({h} - t){mean}"
        return found


def find(tape: Tape) -> list[Softmax]:
    """Every softmax and log-softmax on the tape, in the order of evaluation."""
    found = []
    for node in tape.order:
        x, y = (node.left, node.right) if node._op in ("/", "-") else (None, None)
        if node._op == "/" and isinstance(x, Node) and x._op == "exp" and sums(y, x):
            found.append(made(tape, node, x.left, total(y), logarithm=False))
        elif node._op == "-" and isinstance(x, Node) and isinstance(y, Node):
            inner = y.left if y._op == "+" and isinstance(y.left, Node) else y
            e, s = summed_exponential(inner)
            if e is not None and logits(e.left) is logits(x):
                found.append(made(tape, node, e.left, s, logarithm=True))
        elif node._op in LOGARITHMS:
            e, s = summed_exponential(node)
            if e is not None:
                found.append(from_logsumexp(tape, node, e.left, s))
    known: dict[Node, Softmax] = {}
    for softmax in found:
        if softmax is not None and (softmax.z not in known or known[softmax.z].t is None):
            known[softmax.z] = softmax
    return list(known.values())


def is_softmax(tape: Tape) -> bool:
    """Whether the result itself is a softmax. (That of a log-softmax is a difference.)"""
    return tape.root._op == "/" and any(s.out is tape.root for s in find(tape))


def summed_exponential(log: Node) -> tuple[Any, Any]:
    """exp z and its sum behind log Σ exp z, or log(1 + Σ(exp z − 1 at the largest)); else None."""
    s = total(log.left) if log._op in LOGARITHMS else None
    e = s.left if s is not None else None
    if log._op == "log1p" and isinstance(e, Node) and e._op == "-":
        e = e.left
    return (e, s) if isinstance(e, Node) and e._op == "exp" else (None, None)


def from_logsumexp(tape: Tape, log: Node, a: Any, s: Node) -> Softmax | None:
    """A cross-entropy written log Σ exp z − z_t: its targets are h − dz/w."""
    z = logits(a)
    if not isinstance(z, Node) or log not in tape.arrived or len(s.op.axes) != 1 or tape.lead:
        return None
    axis = s.op.axes[0]
    h = softmax_of(np.asarray(z.primal, float), axis)
    arrived = np.asarray(tape.arrived[log], float)
    w = float(np.median(arrived)) if arrived.size else 0.0
    if w <= 0 or not np.allclose(arrived, w, rtol=1e-9, atol=0) or z not in tape.arrived:
        return None
    t = h - np.asarray(tape.arrived[z], float) / w
    t = np.where(np.abs(t) < 1e-12, 0.0, np.where(np.abs(t - 1) < 1e-12, 1.0, t))
    if (t < 0).any() or not np.allclose(t.sum(axis=axis), 1, rtol=1e-9, atol=0):
        return None
    with np.errstate(divide="ignore", invalid="ignore"):  # probabilities that underflow to 0
        arrives = np.where(t == 0, 0.0, -w * t / h)
    return Softmax(tape, z, log, axis, h, arrives, t, w)


def total(y: Any) -> Any:
    """The sum behind a node: itself, or what was reshaped or broadcast from it."""
    while isinstance(y, Node) and y._op in ("reshape", "broadcast_to"):
        y = y.left
    return y if isinstance(y, Node) and isinstance(y.op, Sum) else None


def sums(y: Any, e: Node) -> bool:
    """Whether `y` is the sum of `e`."""
    s = total(y)
    return s is not None and s.left is e


def logits(a: Any) -> Any:
    """The scores before a constant shift was taken off."""
    if isinstance(a, Node) and a._op == "-" and not isinstance(a.right, Node):
        return a.left
    return a


def made(tape: Tape, out: Node, a: Any, s: Node, logarithm: bool) -> Softmax | None:
    """The softmax whose result is `out`, if its logits, axis and gradient are known."""
    z = logits(a)
    if not isinstance(z, Node) or out not in tape.arrived or len(s.op.axes) != 1:
        return None
    axis = s.op.axes[0]
    h = np.exp(out.primal) if logarithm else np.asarray(out.primal)
    arrived = np.asarray(tape.arrived[out], float)
    with np.errstate(all="ignore"):
        g = arrived / h if logarithm else arrived
    t, w = targets(tape, out, h, arrived if logarithm else None, axis)
    return Softmax(tape, z, out, axis, h, g, t, w)


def targets(tape: Tape, out: Node, h: np.ndarray, arrived: Any, axis: int) -> tuple[Any, Any]:
    """The targets and the weight of an example, when a cross-entropy follows; else (None, None).

    At log h the gradient −w·t arrives. The targets are the constant array the graph multiplies
    with, or −w·t itself, on the understanding that they sum to one.
    """
    if tape.lead:
        return None, None
    if arrived is None:
        logs = [n for n, _ in tape.consumers[out] if n._op in ("log", "log2", "log10")]
        if len(logs) != 1 or len(tape.consumers[out]) != 1 or logs[0] not in tape.arrived:
            return None, None
        arrived, out = np.asarray(tape.arrived[logs[0]], float), logs[0]
    given = [
        np.asarray(y, float)
        for n, _ in tape.consumers[out]
        if n._op == "*"
        for y in n.inputs
        if not isinstance(y, Node) and np.shape(y) == h.shape
    ]
    flow = -arrived
    if len(given) == 1:
        t = given[0]
        some = t != 0
        w = float(np.median(flow[some] / t[some])) if some.any() else 0.0
        return t, w
    sums_ = flow.sum(axis=axis, keepdims=True)
    w = float(np.median(sums_)) if sums_.size else 0.0
    if w <= 0 or not np.allclose(sums_, w, rtol=1e-9, atol=0) or (flow < -1e-12 * w).any():
        return None, None
    return flow / w, w


def softmax_of(z: np.ndarray, axis: int) -> np.ndarray:
    """The softmax of plain numbers along `axis`."""
    e = np.exp(z - z.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def jacobian_product(h: np.ndarray, g: np.ndarray, axis: int) -> np.ndarray:
    """Jᵀg = h·(g − Σ g h), the gradient of the scores."""
    return np.asarray(h * (g - (g * h).sum(axis=axis, keepdims=True)))
