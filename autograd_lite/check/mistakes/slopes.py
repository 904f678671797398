"""Local derivatives: forgotten, taken at the wrong place, or another formula.

Each entry gives the derivative that was used, as a function of the result y and the input x.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...core.elementwise import ONE, Elementwise
from ...core.graph import data
from ...ops.branches import Where
from ...ops.reduce import Extreme
from ...ops.shape import sum_to
from .evidence import Evidence, slope
from .mistake import Numbers
from .places import EDGE, LAST, Edge

Formula = Callable[[Edge], Any]


def derivative(
    applies: Callable[[Edge], bool], says: str, rank: float, formula: Formula, code: str = ""
) -> None:
    """An entry for edges of elementwise operations: `formula` in place of the local derivative."""

    @EDGE.mistake(code or "local-derivative", says + "{at}", rank=rank)
    def wrong_slope(edge: Edge) -> Numbers:
        if edge.elementwise and applies(edge):
            value = edge.times(formula(edge))
            if value is not None:
                yield value, {}


def mask(edge: Edge) -> bool:
    """Whether the slope is 0 or 1 everywhere."""
    return bool(np.all((edge.slope == 0) | (edge.slope == 1)))


# --- functions of one input -----------------------------------------------------------------------


def unary(edge: Edge) -> bool:
    """Whether the operation is a function of one input."""
    return len(edge.inputs) == 1


def again(edge: Edge) -> Any:
    """The derivative at the output: f′(f(x))."""
    out = np.asarray(edge.op.forward(np.atleast_1d(edge.y)), float).reshape(edge.y.shape)
    return slope(edge.op.partials[0], out, edge.y)


def at(edge: Edge, y: Any, x: Any) -> Any:
    """The derivative, computed from another result and input."""
    return slope(edge.op.partials[0], y, x)


OF = "the derivative of {op} was"

derivative(unary, f"{OF} forgotten (slope 1)", 2.5, lambda e: 1.0)
derivative(unary, f"{OF} taken at the output instead of the input", 2.5, again)
derivative(
    unary,
    f"{OF} taken with the input in place of the output",
    2.6,
    lambda e: at(e, e.x, e.x),
    "wrong-operand",
)
derivative(
    unary,
    f"{OF} taken with the input in place of the output",
    2.7,
    lambda e: at(e, e.y, e.y),
    "wrong-operand",
)
derivative(
    lambda e: unary(e) and mask(e), "the mask of {op} is inverted", 2.5, lambda e: 1 - e.slope
)

FORMULAS: dict[str, Formula] = {
    "1 − y": lambda e: 1 - e.y,
    "1 − y²": lambda e: 1 - e.y * e.y,
    "y·(1 − y)": lambda e: e.y * (1 - e.y),
    "y": lambda e: e.y,
    "x": lambda e: e.x,
    "1 + y²": lambda e: 1 + e.y * e.y,
    "1 − x²": lambda e: 1 - e.x * e.x,
    "x·(1 − x)": lambda e: e.x * (1 - e.x),
    "1 − x": lambda e: 1 - e.x,
    "1/x": lambda e: 1 / e.x,
    "1/y": lambda e: 1 / e.y,
    "2x": lambda e: 2 * e.x,
    "x²": lambda e: e.x * e.x,
    "y²": lambda e: e.y * e.y,
    "1/x²": lambda e: 1 / (e.x * e.x),
    "−1/x": lambda e: -1 / e.x,
    "1/(2x)": lambda e: 0.5 / e.x,
    "y/2": lambda e: 0.5 * e.y,
    "x·y": lambda e: e.x * e.y,
    "1 where x > 0, else 0": lambda e: (e.x > 0).astype(float),
    "exp x": lambda e: np.exp(e.x),
    "sin x": lambda e: np.sin(e.x),
    "cos x": lambda e: np.cos(e.x),
    "its square": lambda e: e.slope * e.slope,
    "1 over it": lambda e: 1 / e.slope,
    "half of it": lambda e: e.slope / 2,
    "twice it": lambda e: 2 * e.slope,
}
for text, formula in FORMULAS.items():
    derivative(unary, f"{OF} taken as {text}", 2.9, formula)

SIGNED = {"sin", "cos", "reciprocal", "arccos"}  # whose sign is easily taken for the other
derivative(
    lambda e: unary(e) and e.op.name in SIGNED,
    f"{OF} taken as its negative",
    2.9,
    lambda e: -e.slope,
)

# --- the product, quotient and power rules --------------------------------------------------------


def rule(name: str, i: int | None = None) -> Callable[[Edge], bool]:
    """Whether an edge is one of that operation, and of that input."""
    return lambda edge: edge.op.name == name and (i is None or edge.i == i)


derivative(rule("*"), "the factor {other} was forgotten", 2.5, lambda e: 1.0)
derivative(rule("*"), "divided by {other} instead of multiplied", 3.0, lambda e: 1 / e.other)
derivative(
    lambda e: rule("*")(e) and (e.x.shape == e.other.shape or e.x.ndim == 0),
    "multiplied by the value itself instead of by {other}",
    2.5,
    lambda e: e.x,
    "wrong-operand",
)

derivative(rule("/", 0), "the division by {other} was forgotten", 2.5, lambda e: 1.0)
derivative(rule("/", 0), "multiplied by {other} instead of divided", 3.0, lambda e: e.other)
derivative(rule("/", 0), "divided by {other} twice", 3.0, lambda e: e.slope * e.slope)

QUOTIENT = "the quotient rule: "
for text, rank, formula in (
    ("the minus sign was forgotten", 2.5, lambda e: -e.slope),
    ("the numerator was forgotten, −1/y²", 2.6, lambda e: -1 / (e.x * e.x)),
    ("the denominator was not squared, −x/y", 2.6, lambda e: -e.other / e.x),
    ("1/y was used", 2.8, lambda e: 1 / e.x),
    ("1/y² was used", 2.8, lambda e: 1 / (e.x * e.x)),
    ("−x was used", 2.9, lambda e: -e.other),
    ("slope 1 was used", 2.9, lambda e: 1.0),
):
    derivative(rule("/", 1), QUOTIENT + text, rank, formula)

POWER = "the power rule: "
for text, rank, formula in (
    ("the exponent in front was forgotten", 2.5, lambda e: e.x ** (e.other - 1)),
    ("the exponent was not lowered", 2.5, lambda e: e.other * e.y),
    ("the exponent was lowered twice", 2.7, lambda e: e.other * e.x ** (e.other - 2)),
    ("slope 1 was used", 2.7, lambda e: 1.0),
    ("n − 1 was put in front", 2.8, lambda e: (e.other - 1) * e.x ** (e.other - 1)),
):
    derivative(rule("**", 0), POWER + text, rank, formula)


def choice(edge: Edge) -> bool:
    """Whether the operation lets one of two inputs through: maximum, minimum and the like."""
    known = edge.op.name in ("*", "/", "**")
    return len(edge.inputs) == 2 and not known and mask(edge)


derivative(choice, "the mask of {op} is inverted", 2.5, lambda e: 1 - e.slope)
derivative(choice, "the mask of {op} was forgotten (slope 1)", 2.5, lambda e: 1.0)
derivative(choice, "the value was used for the mask of {op}", 2.9, lambda e: e.y)

# --- max and where --------------------------------------------------------------------------------


def everywhere(edge: Edge) -> np.ndarray | None:
    """What arrives, given to every entry that the operation chose from."""
    lead = edge.tape.lead
    if isinstance(edge.op, Where):
        full = np.broadcast_to(edge.g, lead + edge.node.shape)
        return np.asarray(sum_to(full, edge.node.shape, edge.input.shape))
    if isinstance(edge.op, Extreme):
        x = edge.input
        kept = [1 if a - x.ndim in edge.op.axes else n for a, n in enumerate(x.shape)]
        return np.broadcast_to(edge.g.reshape((*lead, *kept)), lead + x.shape)
    return None


@EDGE.mistake("local-derivative", "the mask of {op} is inverted{at}", rank=2.5)
def mask_inverted(edge: Edge) -> Numbers:
    whole = everywhere(edge)
    if whole is not None:
        yield whole - edge.right, {}


@EDGE.mistake("local-derivative", "the mask of where was forgotten{at}", rank=2.5)
def mask_forgotten(edge: Edge) -> Numbers:
    if isinstance(edge.op, Where):
        yield everywhere(edge), {}


@EDGE.mistake(
    "local-derivative",
    "every entry got the gradient of the {op}, not only the winner{at}",
    rank=2.5,
)
def all_winners(edge: Edge) -> Numbers:
    if isinstance(edge.op, Extreme):
        yield everywhere(edge), {}


# --- a factor more or less, wherever it comes from ------------------------------------------------


def slopes_of(e: Evidence) -> list[tuple[str, np.ndarray]]:
    """The value and the local derivatives of every node that has the gradient's shape."""
    found: list[tuple[str, Any]] = []
    for node in e.tape.order:
        if node.shape == e.auto.shape and e.auto.size > 1:
            v, name = np.asarray(node.primal, float), e.tape.name(node)
            found += [(name, v), (f"(1 − {name})", 1 - v), (f"(1 − ({name})²)", 1 - v * v)]
            if isinstance(node.op, Elementwise):
                inputs = [np.asarray(data(a), float) for a in node.inputs]
                for i, d in enumerate(node.op.partials):
                    if d is not ONE:
                        told = f"the derivative of {name}, input {i}"
                        found.append((told, slope(d, v, *inputs)))
    return [(name, np.broadcast_to(d, e.auto.shape)) for name, d in found]


@LAST.mistake("local-derivative", "your answer lacks the factor {factor}", rank=5.0)
def factor_missing(e: Evidence) -> Numbers:
    for name, d in slopes_of(e):
        yield e.auto / d, {"factor": name}


@LAST.mistake("local-derivative", "your answer has the factor {factor} too many", rank=5.0)
def factor_too_many(e: Evidence) -> Numbers:
    for name, d in slopes_of(e):
        yield e.auto * d, {"factor": name}
