"""The rules that simplify a program: x · 1 is x, −(−x) is x, two reshapes are one.

A rule looks at one step without keywords, whose arguments have been simplified before it. It
returns what can stand for the step (an earlier step or a constant), or None; it may also rewrite
the step in place. Each keeps every bit, but for the one that says otherwise: `times_reciprocal`,
which is for the sweep alone and never touches an expression of the user's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .helpers import over, times
from .program import Step, getitem, leaves, method

__all__ = ["RULES", "same_kind"]

PRODUCTS = (np.multiply, times)


def times_one(step: Step) -> Any:
    """x · 1 and x / 1 are x; x · (−1) is −x, which is written so."""
    if step.call not in PRODUCTS and step.call is not np.divide:
        return None
    for x, y in ((0, 1), (1, 0)) if step.call is not np.divide else ((0, 1),):
        kept, factor = step.args[x], step.args[y]
        if isinstance(kept, Step) and same_kind(kept, step) and is_constant(factor):
            first = np.asarray(factor).flat[0] if np.size(factor) else 0
            if first == 1 and np.all(np.equal(factor, 1)):
                return kept
            if first == -1 and np.all(np.equal(factor, -1)):
                step.call, step.args = np.negative, (kept,)
                return None
    return None


def times_reciprocal(step: Step) -> Any:
    """g · (1/y) in a sweep is g / y, with one rounding less: up to 1 unit in the last place."""
    if step.call in PRODUCTS and step.backward:
        g, slope = step.args
        if is_plain(slope, np.divide) and slope.backward and is_one(slope.args[0]):
            step.call = over if step.call is times else np.divide
            step.args = g, slope.args[1]
    return None


def double_negation(step: Step) -> Any:
    """−(−x) is x."""
    if step.call is np.negative and is_plain(step.args[0], np.negative):
        return step.args[0].args[0]
    return None


def nothing_moved(step: Step) -> Any:
    """A reshape or broadcast to the shape that is there, and the whole as an index, are x."""
    if step.call in (method("reshape"), np.broadcast_to) or is_whole(step):
        x = step.args[0]
        if isinstance(x, Step) and same_kind(x, step):
            return x
    return None


def reshaped_twice(step: Step) -> Any:
    """Of two reshapes the last one counts; a sum that keeps its axes and is reshaped keeps none."""
    if step.call is not method("reshape") or not isinstance(inner := step.args[0], Step):
        return None
    if is_plain(inner, method("reshape")):  # not with order="F"
        step.args = (inner.args[0], step.args[1])
        return nothing_moved(step)
    if inner.call is method("sum") and inner.kwargs.get("keepdims") and len(inner.kwargs) == 2:
        (x,), axis = inner.args, inner.kwargs.get("axis")
        ndim = len(x.shape)
        axes = axis if isinstance(axis, tuple) else (axis,)
        if axis is not None and ndim - len(axes) == len(step.shape):
            left = tuple(n for i, n in enumerate(x.shape) if i not in {a % ndim for a in axes})
            if left == step.shape:
                step.call, step.args, step.kwargs = inner.call, (x,), {"axis": axis}
    return None


def transposed(step: Step) -> Any:
    """The axes of a matrix exchanged are its transpose."""
    if step.call in (method("swapaxes"), np.swapaxes) and is_exchange(step):
        step.call, step.args = np.transpose, step.args[:1]
    return None


def one_number(step: Step) -> Any:
    """An array of one number throughout is that number, where the other operand has the shape."""
    if is_elementwise(step) and step.call is not np.power:  # which has short ways for numbers
        for i, x in enumerate(step.args):
            if isinstance(x, np.ndarray) and same_dtype(step.dtype, x.dtype) and x.size:
                others = [y for k, y in enumerate(step.args) if k != i and isinstance(y, Step)]
                fits = x.dtype == np.float64 and any(same_kind(y, step) for y in others)
                if fits and x.tobytes() == x.flat[0].tobytes() * x.size:
                    args = list(step.args)
                    args[i] = x.flat[0].item()
                    step.args = tuple(args)
    return None


def broadcast_anyway(step: Step) -> Any:
    """NumPy broadcasts the operands of an elementwise step itself."""
    if not is_elementwise(step):
        return None
    for i in range(len(step.args)):
        while is_broadcast(step.args[i]) or is_widened(step.args[i]):
            args = list(step.args)
            args[i] = args[i].args[0]
            shapes = [x.shape if isinstance(x, Step) else np.shape(x) for x in args]
            if np.broadcast_shapes(*shapes) != step.shape:
                break
            step.args = tuple(args)
    return None


RULES: tuple[Callable[[Step], Any], ...] = (
    one_number,
    times_one,
    times_reciprocal,
    double_negation,
    reshaped_twice,
    nothing_moved,
    transposed,
    broadcast_anyway,
)


def is_elementwise(step: Step) -> bool:
    """Whether a step works entry by entry, with broadcasting. (`np.matmul` is a ufunc too.)"""
    call = step.call
    return (isinstance(call, np.ufunc) and call.signature is None) or call in (times, over)


def is_constant(x: Any) -> bool:
    """Whether `x` is a number or an array of numbers."""
    return isinstance(x, int | float | np.generic | np.ndarray)


def is_one(x: Any) -> bool:
    """Whether `x` is Python's 1."""
    return type(x) in (int, float) and x == 1


def same_kind(x: Step, step: Step) -> bool:
    """Whether `x` has the shape and dtype of `step`."""
    if step.dtype is None:
        return x.dtype in (None, np.float64) and not x.shape
    return x.shape == step.shape and same_dtype(x.dtype, step.dtype)


def same_dtype(a: Any, b: Any) -> bool:
    """Whether two dtypes are one. (None is that of a Python number; NumPy takes it for
    float64.)"""
    return a is b if a is None or b is None else a == b


def is_widened(x: Any) -> bool:
    """Whether `x` is a step that adds axes of length 1 in front."""
    if not is_plain(x, method("reshape")):
        return False
    inner = x.args[0]
    return (
        isinstance(inner, Step)
        and (1,) * (len(x.shape) - len(inner.shape)) + inner.shape == x.shape
    )


def is_broadcast(x: Any) -> bool:
    """Whether `x` is a step that copies along axes."""
    return is_plain(x, np.broadcast_to)


def is_plain(x: Any, call: Any) -> bool:
    """Whether `x` is a step that calls this, with no keyword."""
    return isinstance(x, Step) and x.call is call and not x.kwargs


def is_exchange(step: Step) -> bool:
    """Whether a step exchanges the two axes of a matrix."""
    return len(step.shape) == 2 and {a % 2 for a in step.args[1:]} == {0, 1}


def is_whole(step: Step) -> bool:
    """Whether a step is x[...] with nothing but slices that leave nothing out."""
    if step.call is not getitem or not isinstance(x := step.args[0], Step):
        return False
    key = step.args[1] if isinstance(step.args[1], tuple) else (step.args[1],)
    if len(key) > len(x.shape) or not all(isinstance(k, slice) for k in key):
        return False
    return all(
        not any(True for _ in leaves(k)) and k.indices(n) == (0, n, 1)
        for k, n in zip(key, x.shape, strict=False)
    )
