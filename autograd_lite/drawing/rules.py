"""What an operation does to the gradient on the way back, as a formula.

No text is written twice: the operation's own rule is applied to symbolic nodes, and what it records
is read off and simplified. Divide's rule −(x / y) / y reads −x/y², sum's reads "copied to all".
"""

from __future__ import annotations

from contextvars import Context
from functools import lru_cache
from typing import Any

import numpy as np

from ..core.elementwise import Elementwise, identity
from ..core.graph import Node, data, wrap
from ..graphs.algebra import applied
from ..graphs.expression import (
    COPIED,
    RESHAPED,
    SUMMED,
    Apply,
    Symbol,
    constant,
    plus,
    substitute,
    times,
)
from .boxes import Box, gradient
from .formula import literal
from .subject import Subject

__all__ = ["OUT", "G", "box_rules", "rule", "slot"]

G = Symbol("\x00g")
"""The cotangent of the result, in the formula of a rule."""

OUT = Symbol("\x00out")
"""The result itself."""

QUOTIENT = "{} / {}"

LARGEST = 3_000_000  # entries; a rule of a larger operation is named instead of applied

READ = 40  # nodes of a collapsed group through which rules are followed


def slot(i: int) -> Symbol:
    """Input `i`, in the formula of a rule."""
    return Symbol(f"\x00{i}")


def rule(op: Any, i: int, out: Any, inputs: Any) -> Any:
    """The formula of the cotangent that `op` sends to input `i`, in `G`, `OUT` and `slot(k)`.

    `out` and `inputs` are plain data. An operation whose rule cannot be read gives f′(g).
    """
    try:
        if isinstance(op, Elementwise):
            e = times(G, slope(op, i))
            same = np.shape(out) == np.shape(inputs[i]) or e == constant(0)
            return e if same else Apply("sum", (e,), "sum({})", SUMMED)
        if op.selects:  # its rule compares numbers, which leaves no formula
            return times(Apply("copy", (G,), moves=COPIED), Apply("=", (OUT, slot(0)), "[{} = {}]"))
        if sum(np.size(x) for x in (out, *inputs)) <= LARGEST:
            # An empty context records whatever blocks the caller has open.
            return Context().run(_applied, op, i, out, inputs)
    except Exception:  # a picture never fails over a rule that cannot be read
        return Apply(f"{op.name}′", (G,))
    return Apply(f"{op.name}′", (G,))


@lru_cache(maxsize=1024)
def slope(op: Elementwise, i: int) -> Any:
    """∂result/∂input `i` of an elementwise operation as a formula.

    A rule may look at the numbers it is given. It is read at two points, of other signs, and has a
    formula only if both give the same.
    """
    n = len(op.partials)
    points = [(0.5,) * n, (-0.7, 0.6, -0.4)[:n], (0.6, -0.7, 0.4)[:n]]
    with np.errstate(all="ignore"):
        points = [at for at in points if np.isfinite(op.forward(*at))] or points[:1]
    found = {Context().run(_slope, op, i, at) for at in points}
    return found.pop() if len(found) == 1 else Apply(f"{op.name}′", tuple(map(slot, range(n))))


def _slope(op: Elementwise, i: int, at: tuple[float, ...]) -> Any:
    n = len(op.partials)
    out, inputs = symbolic(0.5), [symbolic(x) for x in at]
    names = {id(out): OUT, **{id(x): slot(k) for k, x in enumerate(inputs)}}
    with np.errstate(all="ignore"):
        partial = op.partials[i]
        recorded = partial(out, *inputs) if callable(partial) else 1.0
    e = express(recorded, names)
    result = applied(op, [slot(k) for k in range(n)])
    if op.spelling() == QUOTIENT:  # better known by its parts: −x/y², not −z/y
        return substitute(e, {OUT: result})
    return substitute(e, {result: OUT})


def _applied(op: Any, i: int, out: Any, inputs: Any) -> Any:
    y, g = symbolic(out), symbolic(np.ones_like(out) if np.ndim(out) else 1.0)
    xs = [symbolic(x) for x in inputs]
    names = {id(y): OUT, id(g): G, **{id(x): slot(k) for k, x in enumerate(xs)}}
    with np.errstate(all="ignore"):
        return express(op.vjp(i, g, y, *xs), names)


def symbolic(primal: Any) -> Node:
    """A node that stands for a name; the number in it only lets the rule run."""
    if not isinstance(primal, np.ndarray):
        primal = float(primal)
    return wrap(primal, identity, primal)


def express(x: Any, names: dict[int, Any]) -> Any:
    """The formula of a recorded node over the nodes in `names`."""
    if id(x) in names:
        return names[id(x)]
    if not isinstance(x, Node):
        array = np.asarray(x)
        if array.size and (array == array.flat[0]).all():
            return constant(float(array.flat[0]))
        return Symbol("mask" if np.isin(array, (0, 1)).all() else "weights")
    args = [express(y, names) for y in x.inputs]
    if isinstance(x.op, Elementwise):
        return applied(x.op, args)
    if x.op.moves == RESHAPED and lengths(x) == lengths(x.inputs[0]):
        return args[0]
    return Apply(x.op.name, tuple(args), x.op.spelling(*x.inputs), x.op.moves)


def lengths(x: Any) -> list[int]:
    """The lengths of the axes that have more than one entry."""
    return [n for n in np.shape(data(x)) if n != 1]


def box_rules(subject: Subject, box: Box) -> None:
    """Write on the edges of a box their messages: its members' rules, one put into the other."""
    inner = {id(m) for m in box.members}
    known: dict[int, Any] = {id(box.node): gradient(box.name)}
    wanted = {(id(m), i): edge for edge in box.edges for m, i in edge.uses}
    if len(box.members) > READ or id(box.node) in subject.rim:
        return
    for m in reversed(box.members):
        g = known.get(id(m))
        if g is None:
            continue
        inputs = [data(x) for x in m.inputs]
        for i, x in enumerate(m.inputs):
            if not isinstance(x, Node):
                continue
            values = {G: g, OUT: Symbol(subject.names[id(m)])}
            values |= {slot(k): symbol(subject, y, m) for k, y in enumerate(m.inputs)}
            e = substitute(rule(m.op, i, m.primal, inputs), values)
            if id(x) in inner:
                known[id(x)] = plus(known[id(x)], e) if id(x) in known else e
            elif (edge := wanted.get((id(m), i))) is not None:
                edge.rule = e if edge.rule is None else plus(edge.rule, e)


def symbol(subject: Subject, x: Any, user: Node) -> Any:
    """How an input stands in a rule: by its name, or as a number."""
    if id(x) in subject.names:
        return Symbol(subject.names[id(x)])
    value = float(np.asarray(x).reshape(-1)[0]) if np.size(x) == 1 else None
    if value is None:
        return Apply("max", ())
    # A division by 4 stays one on the way back: ÷ 4, not × 0.25.
    return Symbol(literal(x)[0]) if user.op.spelling(*user.inputs) == QUOTIENT else constant(value)
