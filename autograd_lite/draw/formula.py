"""How a result was computed, as a person would write it: `e / s`, `sum(e, axis=-1)`, `x[0]`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..core.graph import Node
from ..graphs.text import MINUS, number
from .boxes import Box
from .subject import Subject

__all__ = ["ATOM", "box_formula", "formula", "literal", "title_of", "wrapped"]

SUM, PRODUCT, POWER, ATOM = range(4)

INFIX = {
    "+": (" + ", SUM, SUM, SUM),
    "-": (f" {MINUS} ", SUM, SUM, PRODUCT),
    "*": (" · ", PRODUCT, PRODUCT, PRODUCT),
    "/": (" / ", PRODUCT, PRODUCT, POWER),
    "%": (" mod ", PRODUCT, PRODUCT, POWER),
    "@": (" @ ", PRODUCT, PRODUCT, POWER),
}
"""Symbol, how tightly it holds, and how tightly its left and right operand must hold."""


def wrapped(part: tuple[str, int], level: int) -> str:
    """The text of a part, in parentheses if it holds together less tightly than `level`."""
    text, tightness = part
    return f"({text})" if tightness < level else text


def literal(x: Any) -> tuple[str, int]:
    """A number in a formula, without needless zeros."""
    value = float(np.asarray(x).reshape(-1)[0])
    text = f"{value:.6g}" if value == value and abs(value) < 1e6 else number(value)
    return text.replace("-", MINUS), SUM if value < 0 else ATOM


def axes_text(op: Any, x: Any) -> str:
    """`, axis=-1` for a reduction that does not take in every axis."""
    axes = op.axes
    if len(axes) == len(getattr(x, "shape", ())):
        return ""
    return f", axis={axes[0] if len(axes) == 1 else axes}".replace("-", MINUS)


def key_text(index: tuple[Any, ...]) -> str:
    """The key of a basic index as it is typed: `0, 1:3`."""

    def one(k: Any) -> str:
        if isinstance(k, slice):
            step = "" if k.step is None else f":{k.step}"
            return f"{'' if k.start is None else k.start}:{'' if k.stop is None else k.stop}{step}"
        return "…" if k is Ellipsis else str(k)

    keys = [one(k) for k in index]
    while len(keys) > 1 and keys[-1] == ":":
        keys.pop()
    return ", ".join(keys).replace("-", MINUS)


def formula(op: Any, x: Any, parts: list[tuple[str, int]]) -> tuple[str, int]:
    """The text of an operation applied to the texts of its inputs, and how tight it is.

    `x` is the first input itself: whether an axis is worth a word depends on its shape.
    """
    name, kind = op.name, type(op).__name__
    if name in INFIX and len(parts) == 2:
        symbol, level, left, right = INFIX[name]
        return wrapped(parts[0], left) + symbol + wrapped(parts[1], right), level
    if name == "**":
        return f"{wrapped(parts[0], ATOM)}**{wrapped(parts[1], ATOM)}", POWER
    if name == "neg":
        return MINUS + wrapped(parts[0], PRODUCT), PRODUCT
    if name == "pos":
        return "+" + wrapped(parts[0], PRODUCT), PRODUCT
    if name == "identity":
        return parts[0]
    texts = [text for text, _ in parts]
    if name == "root":  # the square root that stands for a distance
        return f"sqrt({texts[0]})", ATOM
    if name == "abs":
        return f"|{texts[0]}|", ATOM
    if kind in ("Sum", "Extreme"):
        return f"{name}({texts[0]}{axes_text(op, x)})", ATOM
    if kind == "Reshape":
        return f"reshape({texts[0]}, {op.new})", ATOM
    if kind == "Transpose" and len(op.axes) == 2:
        return wrapped(parts[0], ATOM) + "ᵀ", ATOM
    if kind == "Slice":
        return f"{wrapped(parts[0], ATOM)}[{key_text(op.index)}]", ATOM
    if kind == "Pick":
        return f"{wrapped(parts[0], ATOM)}[…]", ATOM
    if kind == "Filled":
        keys = [f"[{key_text(op.key(i))}] = {text}" for i, text in enumerate(texts[:6])]
        if op.sizes[0] == op.positions.size > 1 and len(texts) > 1:  # what was there before
            keys = [*keys[1:], f"else {texts[0]}"]
        return f"filled({', '.join(keys)}{', …' if len(texts) > 6 else ''})", ATOM
    if kind == "Einsum":
        texts.insert(0, f"'{','.join(op.letters)}->{op.result}'")
    return f"{name}({', '.join(texts[:6])}{', …' if len(texts) > 6 else ''})", ATOM


def box_formula(subject: Subject, box: Box) -> str:
    """What a box computes: `e / s`, or of a collapsed group `softmax(z)`; nothing for a leaf."""
    if not box.members or box.node.op is None or id(box.node) in subject.rim:
        return ""
    if box.collapsed:
        edges = sorted(box.edges, key=lambda edge: edge.source.kind == "constant")
        sources = dict.fromkeys(edge.source.name for edge in edges)
        name = box.collapsed.replace("-", "_")
        return f"{name}({', '.join(sources)})"
    inner = {id(m) for m in box.members}
    text, _ = formula_of(
        subject, box.node, lambda x: None if id(x) in inner else (subject.names[id(x)], ATOM)
    )
    return text


def formula_of(
    subject: Subject, node: Node, name: Callable[[Any], tuple[str, int] | None]
) -> tuple[str, int]:
    """The formula of a node; `name` says how an input is written, or None to look inside it."""
    parts = []
    for x in node.inputs:
        if isinstance(x, Node):
            parts.append(name(x) or formula_of(subject, x, name))
        elif id(x) in subject.constants:
            parts.append((subject.names[id(x)], ATOM))
        else:
            parts.append(literal(x))
    if id(node) in subject.shifts:
        return f"{wrapped(parts[0], 0)} − max {wrapped(parts[0], ATOM)}", 0
    return formula(node.op, node.inputs[0], parts)


def title_of(subject: Subject, root: Box) -> str:
    """The whole formula of the root, groups written as functions, down to the leaves."""
    if subject.root.op is None:
        return root.name
    length = [0]
    text, _ = whole(subject, subject.root, (), length)
    short = length[0] <= 60 and len(text) <= 64
    return f"{root.name} = {text if short else root.formula}"


def whole(subject: Subject, x: Any, outside: tuple[int, ...], length: list[int]) -> tuple[str, int]:
    """The text of a node, seen from a place inside the groups `outside`; `length` counts parts."""
    length[0] += 1
    if not isinstance(x, Node):
        return (subject.names[id(x)], ATOM) if id(x) in subject.names else literal(x)
    shared = x is not subject.root and len(subject.uses.get(id(x), ())) > 1
    if x.op is None or shared or length[0] > 60:
        return subject.names[id(x)], ATOM
    chain = subject.groups.of(x)
    inner = chain[len(outside) : len(outside) + 1] if chain[: len(outside)] == outside else ()
    if inner:
        sources = sources_of(subject, chain[: len(outside) + 1])
        texts = [whole(subject, y, outside, length)[0] for y in sources]
        name = subject.groups.names[inner[0]].replace("-", "_")
        return f"{name}({', '.join(texts)})", ATOM
    if id(x) in subject.shifts:
        return whole(subject, x.inputs[0], outside, length)
    return formula(x.op, x.inputs[0], [whole(subject, y, outside, length) for y in x.inputs])


def sources_of(subject: Subject, chain: tuple[int, ...]) -> list[Any]:
    """What goes into a group: nodes from outside it and the constants that have a box."""
    found: dict[int, Any] = {}
    for node in subject.nodes:
        if subject.groups.of(node)[: len(chain)] != chain:
            continue
        for x in node.inputs:
            if isinstance(x, Node):
                if subject.groups.of(x)[: len(chain)] != chain:
                    found[id(x)] = x
            elif id(x) in subject.constants:
                found[id(x)] = x
    # Nodes before constants: cross_entropy(h, t).
    return sorted(found.values(), key=lambda x: not isinstance(x, Node))
