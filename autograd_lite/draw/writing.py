"""What is written on a box and its edges: the formula of its value, the rules of its messages."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from ..core.graph import Node, data
from ..graphs.expression import Apply, Symbol, constant, plus, substitute
from .boxes import Box, gradient
from .formula import ATOM, formula, literal, wrapped
from .rules import OUT, G, rule, slot

if TYPE_CHECKING:
    from .view import View

__all__ = ["write_formula", "write_rules"]

READ = 40  # nodes of a collapsed group through which rules are followed


def write_formula(view: View, box: Box) -> None:
    """What a box computes: `h = e / s`, or of a collapsed group `softmax(z)`."""
    if box.node.op is None or id(box.node) in view.excerpt.rim:
        return
    if box.collapsed is not None:
        edges = sorted(box.edges, key=lambda edge: edge.source.kind == "constant")
        sources = dict.fromkeys(edge.source.name for edge in edges)
        name = view.groups.names[box.collapsed].replace("-", "_")
        box.formula = f"{name}({', '.join(sources)})"
        return
    inner = {id(m) for m in box.members}
    box.formula, _ = formula_of(
        view, box.node, lambda x: None if id(x) in inner else (view.names[id(x)], ATOM)
    )


def formula_of(
    view: View, node: Node, name: Callable[[Any], tuple[str, int] | None]
) -> tuple[str, int]:
    """The formula of a node; `name` says how an input is written, or None to look inside it."""
    parts = []
    for x in node.inputs:
        if isinstance(x, Node):
            parts.append(name(x) or formula_of(view, x, name))
        elif id(x) in view.constants:
            parts.append((view.names[id(x)], ATOM))
        else:
            parts.append(literal(x))
    if id(node) in view.shifts:
        return f"{wrapped(parts[0], 0)} − max {wrapped(parts[0], ATOM)}", 0
    return formula(node.op, node.left, parts)


def write_rules(view: View, box: Box) -> None:
    """The messages of a box in formulas: its members' rules, one put into the other."""
    inner = {id(m) for m in box.members}
    known: dict[int, Any] = {id(box.node): gradient(box.name)}
    wanted = {(id(edge.consumer), edge.i): edge for edge in box.edges}
    if len(box.members) > READ or id(box.node) in view.excerpt.rim:
        return
    for m in reversed(box.members):
        g = known.get(id(m))
        if g is None:
            continue
        inputs = [data(x) for x in m.inputs]
        for i, x in enumerate(m.inputs):
            if not isinstance(x, Node):
                continue
            values = {G: g, OUT: Symbol(view.names[id(m)])}
            values |= {slot(k): symbol(view, y, m) for k, y in enumerate(m.inputs)}
            e = substitute(rule(m.op, i, m.primal, inputs), values)
            if id(x) in inner:
                known[id(x)] = plus(known[id(x)], e) if id(x) in known else e
            elif (id(m), i) in wanted:
                wanted[(id(m), i)].rule = e


def symbol(view: View, x: Any, user: Node) -> Any:
    """How an input stands in a rule: by its name, or as a number."""
    if id(x) in view.names:
        return Symbol(view.names[id(x)])
    value = float(np.asarray(x).reshape(-1)[0]) if np.size(x) == 1 else None
    if value is None:
        return Apply("max", ())
    # A division by 4 stays one on the way back: ÷ 4, not × 0.25.
    return Symbol(literal(x)[0]) if user._op == "/" else constant(value)
