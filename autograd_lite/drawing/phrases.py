"""Rules in words and signs: `↑ × −e/s², summed` on an edge, `∂h_i/∂s = −e_i/s²` in a step."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..graphs.expression import (
    COPIED,
    SUMMED,
    Apply,
    Product,
    Symbol,
    Total,
    constant,
    raised,
    substitute,
    symbols,
    times,
)
from ..graphs.notation import write
from ..graphs.spelling import PRODUCT

__all__ = ["factor_of", "factor_text", "local", "phrase", "taken_apart"]


def taken_apart(e: Any, g: Symbol) -> tuple[Any, list[str], Any]:
    """A formula linear in `g` as local derivative, words, and what is left, which should be `g`.

    The words say how the cotangent is moved, copied or added up.
    """
    words: list[str] = []
    slope: Any = constant(1)
    while e != g:
        if isinstance(e, Apply) and e.moves and g.name in symbols(e):
            inner = [x for x in e.args if g.name in symbols(x)]
            # c · (g moved) is not (c · g) moved, unless c is a number or copying is all there is.
            fixed = e.moves in (SUMMED, COPIED) or not symbols(slope)
            if len(inner) > 1 or not fixed:
                break
            words.insert(0, e.moves)
            e = inner[0]
        elif isinstance(e, Product):
            carries = [(x, n) for x, n in e.powers if g.name in symbols(x)]
            if len(carries) != 1 or carries[0][1] != 1 or isinstance(carries[0][0], Total):
                break
            slope = times(slope, times(e, raised(carries[0][0], -1)))
            e = carries[0][0]
        else:
            break
    return slope, list(dict.fromkeys(words)), e


def phrase(e: Any, g: Symbol, arrow: str = "↑") -> str:
    """What an edge says: `↑ × −e/s², summed` for a formula that is linear in the cotangent `g`.

    >>> phrase(times(Symbol("g"), raised(Symbol("s"), -1)), Symbol("g"))
    '↑ ÷ s'
    """
    slope, words, left = taken_apart(e, g)
    if left == constant(0):
        return f"{arrow} × 0"
    if left != g:
        return ", ".join((f"{arrow} {write(times(slope, left))}", *words))
    if words and slope == constant(1) and words not in ([SUMMED], [COPIED]):
        return f"{arrow} {', '.join(words)}"
    return ", ".join((f"{arrow} {factor_text(slope)}", *words))


def factor_of(e: Any, g: Symbol, level: int = PRODUCT) -> str:
    """The local derivative alone: `−e/s²`."""
    if e is None:
        return "…"
    slope, _, left = taken_apart(e, g)
    return write(slope, level=level) if left == g else write(times(slope, left))


def local(edge: Any) -> str:
    """The local derivative of an edge as an equation, `∂h_i/∂s = −e_i/s²`, if it has one."""
    g = Symbol(f"d{edge.target.name}")
    if edge.rule is None:
        return ""
    slope, _, left = taken_apart(edge.rule, g)
    if left != g:
        return ""
    out, x = edge.target, edge.source
    indexed = {
        Symbol(box.name): Symbol(f"{box.name}_i")
        for box in (out, x, *(e.source for e in out.edges))
        if np.size(getattr(box.node, "primal", box.node)) > 1
    }
    name = [indexed.get(Symbol(box.name), Symbol(box.name)).name for box in (out, x)]
    return f"∂{name[0]}/∂{name[1]} = {write(substitute(slope, indexed))}"


def factor_text(rest: Any) -> str:
    """`÷ s` for a pure denominator, else `× …`."""
    if isinstance(rest, Product) and rest.powers and all(n < 0 for _, n in rest.powers):
        inverse = raised(rest, -1)
        if rest.number > 0 and (rest.number == 1 or abs(1 / rest.number % 1) < 1e-12):
            several = isinstance(inverse, Product) and (
                len(inverse.powers) > 1 or inverse.number != 1
            )
            compound = several or isinstance(inverse, Total)
            return f"÷ ({write(inverse)})" if compound else f"÷ {write(inverse)}"
    text = write(rest)
    return f"× ({text})" if isinstance(rest, Total) else f"× {text}"
