"""Wrong derivatives of an elementwise operation: forgotten, misplaced, another formula."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ..core.graph import Node, data
from .case import MOST_NUMBERS, Case, slope

__all__ = ["Slope", "binary", "operands", "overwritten", "unary"]


Slope = tuple[str, str, Any, float, bool]


def unary(
    case: Case, node: Node, i: int, y: np.ndarray, inputs: list[np.ndarray], right: np.ndarray
) -> Iterator[Slope]:
    """The derivative of an activation: forgotten, at the wrong place, or another formula."""
    op, x = node.op, inputs[0]
    of, at = f"the derivative of {op.name}", f" (at {case.tape.name(node)})"
    yield "local-derivative", f"{of} was forgotten (slope 1){at}", 1.0, 2.5, False
    out = np.asarray(op.forward(np.atleast_1d(y)), float).reshape(y.shape)
    text = f"{of} was taken at the output instead of the input{at}"
    yield "local-derivative", text, slope(op.partials[0], out, y), 2.5, False
    text = f"{of} was taken with the input in place of the output{at}"
    yield "wrong-operand", text, slope(op.partials[0], x, x), 2.6, False
    yield "wrong-operand", text, slope(op.partials[0], y, y), 2.7, False
    if np.all((right == 0) | (right == 1)):
        yield "local-derivative", f"the mask of {op.name} is inverted{at}", 1 - right, 2.5, False
    taken = f"{of} was taken as "
    formulas = {
        "1 − y": 1 - y,
        "1 − y²": 1 - y * y,
        "y·(1 − y)": y * (1 - y),
        "y": y,
        "x": x,
        "1 + y²": 1 + y * y,
        "1 − x²": 1 - x * x,
        "x·(1 − x)": x * (1 - x),
        "1 − x": 1 - x,
        "1/x": 1 / x,
        "1/y": 1 / y,
        "2x": 2 * x,
        "x²": x * x,
        "y²": y * y,
        "1/x²": 1 / (x * x),
        "−1/x": -1 / x,
        "1/(2x)": 0.5 / x,
        "y/2": 0.5 * y,
        "x·y": x * y,
        "1 where x > 0, else 0": (x > 0).astype(float),
        "exp x": np.exp(x),
        "sin x": np.sin(x),
        "cos x": np.cos(x),
        "its square": right * right,
        "1 over it": 1 / right,
        "its negative": -right,
        "half of it": right / 2,
        "twice it": 2 * right,
    }
    for text, d in formulas.items():
        if text == "its negative" and op.name not in ("sin", "cos", "reciprocal", "arccos"):
            continue
        yield "local-derivative", f"{taken}{text}{at}", d, 2.9, False
    stale = "the array of {} had been overwritten by its gradient when {} was taken" + at
    for name, array in ((case.tape.name(node), case.tape.adjoint[node]),):
        if np.shape(array) == y.shape:
            d = slope(op.partials[0], array, array)
            yield "stale-data", stale.format(name, of), d, 2.7, False
    for name, array in case.arrays(y.shape):
        if not np.array_equal(array, y) and not np.array_equal(array, x):
            text = f"{of} was computed from {name}{at}"
            yield "wrong-operand", text, slope(op.partials[0], array, array), 3.2, False


def binary(
    case: Case, node: Node, i: int, y: np.ndarray, inputs: list[np.ndarray], right: np.ndarray
) -> Iterator[Slope]:
    """The product, quotient and power rules gone wrong."""
    name, at = node.op.name, f" (at {case.tape.name(node)})"
    own, other = inputs[i], inputs[1 - i]
    source = node.inputs[1 - i]
    called = case.tape.called(source)
    if name == "*":
        yield "local-derivative", f"the factor {called} was forgotten{at}", 1.0, 2.5, False
        if own.shape == other.shape or own.ndim == 0:
            text = f"multiplied by the value itself instead of by {called}{at}"
            yield "wrong-operand", text, own, 2.5, False
        text = f"divided by {called} instead of multiplied{at}"
        yield "local-derivative", text, 1 / other, 3.0, False
        if own.shape == other.shape or isinstance(source, Node):
            yield from operands(case, source, called, at)
    elif name == "/" and i == 0:
        yield "local-derivative", f"the division by {called} was forgotten{at}", 1.0, 2.5, False
        yield (
            "local-derivative",
            f"multiplied by {called} instead of divided{at}",
            other,
            3.0,
            False,
        )
        yield "local-derivative", f"divided by {called} twice{at}", right * right, 3.0, False
    elif name == "/":
        wrong = "the quotient rule: "
        yield "local-derivative", f"{wrong}the minus sign was forgotten{at}", -right, 2.5, False
        text = f"{wrong}the numerator was forgotten, −1/y²{at}"
        yield "local-derivative", text, -1 / (own * own), 2.6, False
        text = f"{wrong}the denominator was not squared, −x/y{at}"
        yield "local-derivative", text, -other / own, 2.6, False
        yield "local-derivative", f"{wrong}1/y was used{at}", 1 / own, 2.8, False
        yield "local-derivative", f"{wrong}1/y² was used{at}", 1 / (own * own), 2.8, False
        yield "local-derivative", f"{wrong}−x was used{at}", -other, 2.9, False
        yield "local-derivative", f"{wrong}slope 1 was used{at}", 1.0, 2.9, False
    elif name == "**" and i == 0:
        n, wrong = other, "the power rule: "
        text = f"{wrong}the exponent in front was forgotten{at}"
        yield "local-derivative", text, own ** (n - 1), 2.5, False
        yield "local-derivative", f"{wrong}the exponent was not lowered{at}", n * y, 2.5, False
        text = f"{wrong}the exponent was lowered twice{at}"
        yield "local-derivative", text, n * own ** (n - 2), 2.7, False
        yield "local-derivative", f"{wrong}slope 1 was used{at}", 1.0, 2.7, False
        yield (
            "local-derivative",
            f"{wrong}n − 1 was put in front{at}",
            (n - 1) * own ** (n - 1),
            2.8,
            False,
        )
    elif np.all((right == 0) | (right == 1)):
        yield "local-derivative", f"the mask of {name} is inverted{at}", 1 - right, 2.5, False
        yield "local-derivative", f"the mask of {name} was forgotten (slope 1){at}", 1.0, 2.5, False
        yield "local-derivative", f"the value was used for the mask of {name}{at}", y, 2.9, False


def operands(case: Case, source: Any, called: str, at: str) -> Iterator[Slope]:
    """Another array of the same shape in the place of a factor: a value, or a gradient."""
    numbers = np.asarray(data(source), float)
    for name, array in case.arrays(numbers.shape):
        if not np.array_equal(array, numbers):
            yield "wrong-operand", f"{name} was used for {called}{at}", array, 2.8, False
    for text, array, free in overwritten(case, source):
        yield "stale-data", f"{text}{at}", array, 2.9, free


def overwritten(case: Case, source: Any) -> Iterator[tuple[str, np.ndarray, bool]]:
    """Gradients of the shape of a forward array, which may have been written into its memory."""
    if case.tape.lead or not isinstance(source, Node) or not case.others:
        return
    if not source.shape and len(case.tape.order) > MOST_NUMBERS:
        return
    called = case.tape.name(source)
    for node, g in case.tape.adjoint.items():
        g = np.asarray(g, float)
        if node.shape == source.shape and g.shape == node.shape:
            text = (
                f"the array of {called} had been overwritten in place by the gradient of "
                f"{case.tape.name(node)} when it was used"
            )
            yield text, g, g.size > 2
