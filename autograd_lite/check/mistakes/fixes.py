"""The right line of NumPy for one edge of the graph: what a student should have written."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...core.graph import Node
from ...graphs.tape import Tape

__all__ = ["copied", "gradient_name", "share"]

UNARY = {
    "exp": "{g} * {y}",
    "log": "{g} / {x}",
    "tanh": "{g} * (1 - {y}**2)",
    "sigmoid": "{g} * {y} * (1 - {y})",
    "relu": "{g} * ({x} > 0)",
    "sqrt": "{g} / (2 * {y})",
    "square": "{g} * 2 * {x}",
    "neg": "-{g}",
    "sin": "{g} * np.cos({x})",
    "cos": "-{g} * np.sin({x})",
    "abs": "{g} * np.sign({x})",
    "reciprocal": "-{g} * {y}**2",
    "softplus": "{g} / (1 + np.exp(-{x}))",
}
BINARY = {
    "+": ("{g}", "{g}"),
    "-": ("{g}", "-{g}"),
    "*": ("{g} * {b}", "{g} * {a}"),
    "/": ("{g} / {b}", "-{g} * {a} / {b}**2"),
    "**": ("{g} * {b} * {a}**({b} - 1)", "{g} * {y} * np.log({a})"),
    "maximum": ("{g} * ({a} > {b})", "{g} * ({b} > {a})"),
    "@": ("{g} @ {b}.T", "{a}.T @ {g}"),
}


def share(tape: Tape, node: Node, i: int) -> str:
    """What the edge from input `i` to `node` brings, in NumPy; "" where that is no short line."""
    names = [called(tape, x) for x in node.inputs]
    g, y = gradient_name(node), called(tape, node)
    if node._op in UNARY and len(names) == 1:
        line = UNARY[node._op].format(g=g, x=names[0], y=y)
    elif node._op in BINARY and len(names) == 2:
        if node._op == "@" and any(np.ndim(getattr(x, "primal", x)) != 2 for x in node.inputs):
            return ""
        line = BINARY[node._op][i].format(g=g, a=names[0], b=names[1], y=y)
        if (
            node._op == "**"
            and i == 0
            and not isinstance(node.right, Node)
            and np.ndim(node.right) == 0
        ):
            n = float(node.right)
            power = names[0] if n == 2 else f"{names[0]}**{n - 1:g}"
            line = f"{g} * {n:g} * {power}"
    elif node._op == "sum":
        line = f"np.broadcast_to({g}, {names[0]}.shape)"
    else:
        return ""
    x = node.inputs[i]
    if isinstance(x, Node) and x.shape != node.shape and node._op not in ("@", "sum"):
        axes = copied(x.shape, node.shape)
        line = f"({line}).sum(axis={axes}{', keepdims=True' if x.ndim == node.ndim else ''})"
    return line


def copied(old: tuple[int, ...], new: tuple[int, ...]) -> Any:
    """The axes along which broadcasting copied."""
    extra = len(new) - len(old)
    axes = tuple(range(extra)) + tuple(extra + k for k, n in enumerate(old) if n != new[extra + k])
    return axes[0] if len(axes) == 1 else axes


def called(tape: Tape, x: Any) -> str:
    """A node or constant as an operand: its label, or its formula in brackets if that is short."""
    if not isinstance(x, Node):
        return f"{x:.6g}" if np.ndim(x) == 0 else tape.constant(x, "c")
    if x.label:
        return x.label
    text = tape.expression(x, 2)
    return f"({text})" if len(text) <= 24 and "…" not in text else "x"


def gradient_name(node: Node) -> str:
    """`dh` for a node that is called h; `g`, the gradient arriving, for one that has no name."""
    return f"d{node.label}" if node.label.isidentifier() else "g"
