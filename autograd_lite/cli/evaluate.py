"""Computing a formula: every sign and every call is an operation of the package.

What an array would hold is checked before it is made, so that no formula can freeze the machine.
"""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ..core.graph import Node, data
from . import MAX_ENTRIES, UsageError, clip, did_you_mean
from .formula import (
    ARITHMETIC,
    COMPARISONS,
    ELEMENTWISE,
    FUNCTIONS,
    LARGEST_INT,
    Formula,
    written,
)

__all__ = ["evaluate", "one_line"]

LARGER = {"max": "larger", "min": "smaller"}
JOINING = ("concatenate", "stack")  # their first argument is a list of arrays, not one array


def evaluate(formula: Formula, values: Mapping[str, Any]) -> Any:
    """The formula's value: a node where it depends on one, else plain data.

    Raises UsageError that quotes the part of the formula in which something went wrong.

    >>> from .formula import parse
    >>> evaluate(parse("x * (x + 1)"), {"x": 3.0})
    12.0
    """
    result = Evaluator(values).value(formula.tree)
    if result is None or result is Ellipsis or isinstance(result, str):
        raise UsageError(f"'{formula.text}' is no number")
    return gathered(list(result)) if isinstance(result, list | tuple) else result


def one_line(error: BaseException) -> str:
    """An error of the package in one line."""
    return clip(str(error) or type(error).__name__, 400)


class Evaluator:
    """Walks a syntax tree that `parse` has let through; `values` says what each name stands for."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.values = values

    def value(self, node: ast.AST) -> Any:
        """What one part of the formula comes to."""
        match node:
            case ast.Constant(value=value):
                return value
            case ast.Name(id=name):
                return self.look_up(name)
            case ast.UnaryOp(op=sign, operand=operand):
                return self.signed(node, sign, self.value(operand))
            case ast.BinOp(left=left, op=sign, right=right):
                return self.combined(node, sign, self.value(left), self.value(right))
            case ast.Compare(left=left, ops=[sign], comparators=[right]):
                x, y = gathered(self.value(left)), gathered(self.value(right))
                afford_broadcast(node, [x, y])
                return self.attempt(node, COMPARISONS[type(sign)], data(x), data(y))
            case ast.Call(func=ast.Name(id=name), args=args, keywords=keywords):
                return self.call(
                    node,
                    name,
                    [self.value(x) for x in args],
                    {k.arg: self.value(k.value) for k in keywords if k.arg},
                )
            case ast.Subscript(value=whole, slice=key):
                return self.index(node, gathered(self.value(whole)), self.value(key))
            case ast.Slice(lower=lower, upper=upper, step=step):
                return slice(*(x and self.value(x) for x in (lower, upper, step)))
            case ast.List(elts=elts):
                return [self.value(x) for x in elts]
            case ast.Tuple(elts=elts):
                return tuple(self.value(x) for x in elts)
        raise UsageError(f"'{written(node)}' has no value")

    def look_up(self, name: str) -> Any:
        if name in self.values:
            return self.values[name]
        if name in FUNCTIONS:
            raise UsageError(f"{name} is a function: write {name}(...)")
        if name == "pi":
            return math.pi
        hint = did_you_mean(name, self.values)
        if name == "e":
            hint = " (Euler's number is exp(1))"
        given = ", ".join(self.values) or "none"
        raise UsageError(
            f"{clip(name)!r} has no value{hint or f': add {clip(name)}=... to the command'} "
            f"(given: {clip(given)})"
        )

    def signed(self, node: ast.AST, sign: ast.AST, x: Any) -> Any:
        if isinstance(x, int | float) and not isinstance(x, bool):
            return -x if isinstance(sign, ast.USub) else x
        name = "negative" if isinstance(sign, ast.USub) else "positive"
        return self.call(node, name, [x], {})

    def combined(self, node: ast.AST, sign: ast.AST, x: Any, y: Any) -> Any:
        if isinstance(sign, ast.MatMult):
            return self.call(node, "matmul", [x, y], {})
        symbol, operation, plain = ARITHMETIC[type(sign)]  # type: ignore[index]
        if is_plain(x) and is_plain(y):
            if isinstance(x, int | float) and isinstance(y, int | float):
                return plain_number(node, plain, x, y)
            if symbol in "+*":
                raise UsageError(
                    f"'{written(node)}': {symbol} could mean lists of Python or vectors of "
                    "mathematics here; write the entries out, or give the list as a value: v=1,2,3"
                )
        x, y = gathered(x), gathered(y)
        afford_broadcast(node, [x, y])
        return self.attempt(node, operation, x, y)

    def call(self, node: ast.AST, name: str, args: list[Any], keywords: dict[str, Any]) -> Any:
        if name in ELEMENTWISE or name == "matmul":
            args = [gathered(x) for x in args]
        elif name not in JOINING:
            args = [gathered(x) for x in args[:1]] + args[1:]
        if name in LARGER and len(args) > 1:
            raise UsageError(
                f"'{written(node)}': for the {LARGER[name]} of two write {name}imum(a, b), and for "
                "one along an axis axis=0"
            )
        if name in ELEMENTWISE:
            afford_broadcast(node, args)
        elif name == "matmul" and len(args) == 2:
            x, y = shape(args[0]), shape(args[1])
            rows, columns = math.prod(x[-2:-1]), math.prod(y[-1:] if len(y) > 1 else ())
            afford_broadcast(node, [np.empty(x[:-2]), np.empty(y[:-2])], rows * columns)
        elif name == "broadcast_to":
            new = keywords.get("shape", args[1] if len(args) > 1 else ())
            lengths = new if isinstance(new, list | tuple) else (new,)
            afford(node, math.prod(n for n in lengths if isinstance(n, int)))
        elif name in JOINING:
            parts = args[0] if args and isinstance(args[0], list | tuple) else args
            afford(node, sum(math.prod(shape(x)) for x in parts))
        return self.attempt(node, FUNCTIONS[name], *args, **keywords)

    def index(self, node: ast.AST, whole: Any, key: Any) -> Any:
        keys = [positions(k) if isinstance(k, list) else k for k in as_tuple(key)]
        if not all(is_index(k) for k in keys):
            raise UsageError(
                f"'{written(node)}': an index is a whole number, a slice like 1:3, or a list of "
                "whole numbers"
            )
        if shape(whole) == ():
            raise UsageError(f"'{written(node)}': a single number has no entries to index")
        # Each list of positions makes the entries at most as many times more as it is long.
        most = math.prod(shape(whole)) * math.prod(np.size(k) for k in keys)
        afford(node, most, 250 * MAX_ENTRIES)
        return self.attempt(node, operator.getitem, whole, tuple(keys))

    def attempt(self, node: ast.AST, operation: Callable[..., Any], *args: Any, **kw: Any) -> Any:
        """The operation's result; its errors as UsageError that quotes this part of the formula."""
        try:
            result = operation(*args, **kw)
        except (ValueError, TypeError, IndexError, ArithmeticError, AttributeError) as error:
            raise UsageError(f"in '{written(node)}': {one_line(error)}") from None
        afford(node, math.prod(shape(result)))
        # A number that was computed, not written in the formula, follows IEEE: 1 / sqrt(0) is inf.
        return np.float64(result) if type(result) is float else result


def positions(key: list[Any]) -> Any:
    """A list of indices as an array; as it is where it holds something else."""
    try:
        return np.array(key)
    except (TypeError, ValueError):
        return key


def plain_number(node: ast.AST, operation: Callable[..., Any], x: Any, y: Any) -> int | float:
    """Python's own arithmetic on two numbers of the formula, refusing what leaves the floats."""
    if operation in (operator.pow, operator.truediv):
        x, y = float(x), float(y)  # 9**9**9 as a float overflows at once; as an int it takes hours
    try:
        result = operation(x, y)
    except OverflowError:
        result = math.inf
    except ZeroDivisionError:
        raise UsageError(f"'{written(node)}' divides by zero") from None
    if isinstance(result, complex):
        raise UsageError(f"'{written(node)}' is not a real number")
    if not math.isfinite(result):
        raise UsageError(f"'{written(node)}' is too large: the largest number is 1.79e308")
    return result if abs(result) <= LARGEST_INT else float(result)


# --- lists and arrays ----------------------------------------------------------------------------


def shape(x: Any) -> tuple[int, ...]:
    """The shape of a node, an array, a list or a number."""
    return getattr(gathered(x), "shape", ())


def as_tuple(x: Any) -> tuple[Any, ...]:
    """A key of indices, of which one alone needs no tuple."""
    return x if isinstance(x, tuple) else (x,)


def is_plain(x: Any) -> bool:
    """Whether a number or list was written in the formula itself, without a name in it."""
    return all(map(is_plain, x)) if isinstance(x, list) else type(x) in (int, float, bool)


def is_index(k: Any) -> bool:
    """Whether NumPy takes `k` as one index of a key."""
    if isinstance(k, slice):
        return all(x is None or type(x) is int for x in (k.start, k.stop, k.step))
    if isinstance(k, np.ndarray):
        return k.dtype.kind in "iub"
    return k is None or k is Ellipsis or type(k) is int


def gathered(x: Any) -> Any:
    """A list as an array: of floats, or of Values where it holds some; anything else as it is."""
    if not isinstance(x, list):
        return x
    items = list(flat(x))
    if any(isinstance(item, Node) and item.shape for item in items):
        raise UsageError("a list of vectors is joined by stack([...]) or concatenate([...])")
    kind = object if any(isinstance(item, Node) for item in items) else float
    try:
        return np.array(x, dtype=kind)
    except (ValueError, TypeError):
        raise UsageError(
            "the rows of a list must have one length and hold numbers or names"
        ) from None


def flat(x: Any) -> Any:
    """The items of nested lists, one after another."""
    for item in x:
        yield from flat(item) if isinstance(item, list) else (item,)


def afford(node: ast.AST, entries: int, most: int = MAX_ENTRIES) -> None:
    """Refuse to make an array larger than a command line should."""
    if entries > most:
        raise UsageError(
            f"'{written(node)}' would have {entries:,} entries; the most here is {most:,}. "
            "For larger arrays use the package from Python"
        )


def afford_broadcast(node: ast.AST, args: list[Any], each: int = 1) -> None:
    """`afford` for the entries that the arguments have together when broadcast, `each` for one."""
    try:
        together = np.broadcast_shapes(*(shape(x) for x in args))
    except ValueError:
        return  # the operation itself says which shapes do not fit
    afford(node, math.prod(together) * each)
