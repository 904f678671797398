"""How each operation is written in NumPy, for those whose own forward is not what a person writes.

The elementwise rows are NumPy's functions already, and most other operations compute with NumPy's
functions on whatever they are given: on stand-ins they write themselves down. Here are those that
make arrays of their own to write into, or that have a shorter form.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..core.elementwise import (
    Elementwise,
    chain_product,
    chained,
    copied_axes,
    identity,
    positive,
    power,
)
from ..ops import index, linalg, reduce, shape, windows
from ..ops.branches import Where
from ..ops.filled import Filled
from ..ops.objects import FromValues
from .helpers import add_parts, add_windows, into_zeros, times
from .program import method
from .traced import Traced, TracedNumber

__all__ = ["spelled"]


def spelled(recorder: Any, op: Any, args: list[Any]) -> Any:
    """The result of `op` on stand-ins, as steps."""
    if type(op) is Elementwise or isinstance(op, Elementwise):
        return elementwise(recorder, op, args)
    write = SPELLINGS.get(type(op))
    if write is not None:
        return write(recorder, op, *args)
    return op.forward(*args)


def is_number(x: Any) -> bool:
    """Whether `x` is, or stands for, a Python number."""
    return isinstance(x, TracedNumber | int | float) and not isinstance(x, np.generic)


def elementwise(recorder: Any, op: Elementwise, args: list[Any]) -> Any:
    """A row of the table: NumPy's function of that name, or what the row is composed of."""
    if op is identity:
        return args[0]
    numbers = all(map(is_number, args))
    if numbers:
        args = [
            float(x) if isinstance(x, np.generic) and not isinstance(x, Traced) else x for x in args
        ]
    else:
        args = recorder.unwidened(args)
    if op is chain_product:  # a weight: where it is 0, nothing else counts
        nothing = recorder.call(np.equal, (args[0], 0.0))
        out = recorder.call(np.where, (nothing, 0.0, recorder.call(np.multiply, tuple(args))))
    elif op is chained:
        if not any(map(may_be_infinite, args)):
            out = recorder.call(np.multiply, tuple(args))
        else:
            out = recorder.call(times, tuple(args))
    elif op is power:
        out = recorder.power(*args)
    elif op is positive:
        out = recorder.call(np.positive, tuple(args))
    elif isinstance(op.on_arrays, np.ufunc):
        out = recorder.call(op.on_arrays, tuple(args))
    else:
        out = op.on_arrays(*args)
    if numbers:
        return as_number(out, op, args)
    return out


def as_number(out: Any, op: Elementwise, args: list[Any]) -> Any:
    """What a row gave for Python numbers: a Python number, the one that the row itself gives."""
    out.step.dtype = None
    value = op.forward(*[x.value if isinstance(x, Traced) else x for x in args])
    return TracedNumber(out.recorder, out.step, value)


def may_be_infinite(x: Any) -> bool:
    """Whether a factor may be infinite or NaN: any stand-in may, a constant can be looked at."""
    return isinstance(x, Traced) or not np.all(np.isfinite(x))


def reshaped(recorder: Any, x: Any, new: tuple[int, ...]) -> Any:
    """`x` in a shape; nothing to do if it has it."""
    return (
        x if np.shape(x) == new else recorder.call(method("reshape"), (as_array(x, recorder), new))
    )


def as_array(x: Any, recorder: Any) -> Any:
    """A Python number as an array, which has methods."""
    if isinstance(x, TracedNumber):
        return recorder.call(np.asarray, (x,))
    return np.asarray(x) if isinstance(x, int | float) else x


def lead(x: Any, old: tuple[int, ...]) -> tuple[int, ...]:
    """The axes in front of those the operation speaks of."""
    return np.shape(x)[: len(np.shape(x)) - len(old)]


def write_reshape(recorder: Any, op: Any, x: Any) -> Any:
    """`x.reshape(…)`, leading axes kept."""
    return reshaped(recorder, x, lead(x, op.old) + op.new)


def write_transpose(recorder: Any, op: Any, x: Any) -> Any:
    """`x.T` or `np.transpose(x, …)`; nothing where the order stays."""
    ndim, n = len(np.shape(x)), len(op.axes)
    order = (*range(ndim - n), *(a + ndim for a in op.axes))
    if order == tuple(range(ndim)):
        return x
    if order == tuple(reversed(range(ndim))):
        return recorder.call(np.transpose, (x,))
    return recorder.call(np.transpose, (x, order))


def write_broadcast(recorder: Any, op: Any, x: Any) -> Any:
    """`np.broadcast_to(…)`; nothing where the shape stays."""
    before = lead(x, op.old)
    x = reshaped(recorder, x, before + (1,) * (len(op.new) - len(op.old)) + op.old)
    new = before + op.new
    return x if np.shape(x) == new else recorder.call(np.broadcast_to, (x, new))


def write_sum_to(recorder: Any, op: Any, x: Any) -> Any:
    """A sum over what broadcasting copied, by the same way as the plain sweep takes."""
    before = lead(x, op.old)
    ndim, n = len(np.shape(x)), len(op.old)
    if op.old == op.new:
        return x
    if x.size > 256 and ndim == n == 2:  # as the plain sweep does it, and as fast
        ones = np.ones(op.old[0], x.dtype)
        if op.old[1:] == op.new:
            return recorder.call(np.dot, (ones, x))
        if op.new == (op.old[0], 1):
            return recorder.call(np.dot, (x, np.ones((op.old[1], 1), x.dtype)))
    axes = tuple(a + ndim for a in copied_axes(op.old, op.new))
    kept = tuple(1 if i in axes else m for i, m in enumerate(np.shape(x)))
    if kept == before + op.new:
        return recorder.ufunc(np.add, "reduce", (x,), {"axis": axes, "keepdims": True})
    total = recorder.ufunc(np.add, "reduce", (x,), {"axis": axes})
    return reshaped(recorder, total, before + op.new)


def write_sum(recorder: Any, op: Any, x: Any) -> Any:
    """`x.sum(axis=…)`."""
    x = as_array(x, recorder)
    if not op.axes:
        return x
    axes = None if len(op.axes) == x.ndim and not op.keepdims else op.axes
    return recorder.ufunc(np.add, "reduce", (x,), {"axis": axes, "keepdims": op.keepdims})


def write_concatenate(recorder: Any, op: Any, *xs: Any) -> Any:
    """`np.concatenate([…], axis=…)`."""
    return recorder.call(np.concatenate, (list(xs),), {"axis": op.axis})


def write_astype(recorder: Any, op: Any, x: Any) -> Any:
    """`x.astype(…)`; nothing where the dtype stays."""
    x = as_array(x, recorder)
    return x if x.dtype == op.dtype else recorder.call(method("astype"), (x, op.dtype))


def write_slice(recorder: Any, op: Any, x: Any) -> Any:
    """`x[…]` for a basic index."""
    before = lead(x, op.old)
    return recorder.taken(x, ((Ellipsis, *op.index) if before else op.index))


def write_unslice(recorder: Any, op: Any, g: Any) -> Any:
    """Zeros with the cotangent in the place that a basic index names."""
    before = op.lead(g)
    index = (Ellipsis, *op.index) if before else op.index
    return recorder.call(into_zeros, (as_array(g, recorder), before + op.old, index))


def write_pick(recorder: Any, op: Any, x: Any) -> Any:
    """`x[…]` for an advanced index, by flat positions."""
    before = lead(x, op.old)
    flat = reshaped(recorder, x, (*before, int(np.prod(op.old, dtype=np.int64))))
    return recorder.taken(flat, (Ellipsis, op.positions) if before else op.positions)


def write_spread(recorder: Any, op: Any, *gs: Any) -> Any:
    """Zeros to which each of several cotangents is added in its place."""
    gs = tuple(as_array(g, recorder) for g in gs)
    before = op.picks[0].lead(gs[0])
    places = [
        (Ellipsis, *pick.index) if isinstance(pick, index.Slice) else pick.positions
        for pick in op.picks
    ]
    return recorder.call(add_parts, (list(gs), before + op.picks[0].old, len(before), places))


def write_put(recorder: Any, op: Any, g: Any) -> Any:
    """Zeros to which the cotangent is added, entry by entry, at flat positions."""
    g = as_array(g, recorder)
    before = lead(g, op.positions.shape)
    size = int(np.prod(op.old, dtype=np.int64))
    rows = int(np.prod(before, dtype=np.int64))
    flat = reshaped(recorder, op.positions, (op.positions.size,))
    spots = flat
    if before:
        spots = (np.arange(rows)[:, None] * size + flat).reshape(-1)
    out = recorder.call(
        np.bincount, (spots, reshaped(recorder, g, (g.size,))), {"minlength": rows * size}
    )
    out = reshaped(recorder, out, before + op.old)
    return out if g.dtype == np.float64 else recorder.call(method("astype"), (out, g.dtype))


def write_filled(recorder: Any, op: Any, *xs: Any) -> Any:
    """The inputs side by side in one vector, and of it what each entry has come from."""
    if all(np.shape(x) == () for x in xs):
        joined = recorder.call(np.stack, (list(xs),))
    else:
        flat = [reshaped(recorder, as_array(x, recorder), (np.size(x),)) for x in xs]
        joined = recorder.call(np.concatenate, (flat,)) if len(flat) > 1 else flat[0]
    if np.array_equal(op.positions.reshape(-1), np.arange(joined.size)):
        return reshaped(recorder, joined, op.positions.shape)
    return recorder.taken(joined, op.positions)


def write_unwindow(recorder: Any, op: Any, g: Any) -> Any:
    """Zeros to which windows are added, one entry of all windows after the other."""
    return recorder.call(add_windows, (g, op.outer(g), list(op.places(g))))


def write_where(recorder: Any, op: Any, x: Any, y: Any) -> Any:
    """`np.where(…)`; a number of numbers."""
    out = recorder.call(np.where, (op.condition, x, y))
    if is_number(x) and is_number(y) and not out.shape:
        return recorder.number(out)
    return out


def write_extreme(recorder: Any, op: Any, x: Any) -> Any:
    """`x.max(axis=…)` or `x.min(axis=…)`."""
    ufunc = np.maximum if op.largest else np.minimum
    return recorder.ufunc(ufunc, "reduce", (x,), {"axis": op.axes, "keepdims": op.keepdims})


def write_among(recorder: Any, op: Any, *xs: Any) -> Any:
    """`np.max([…])` or `np.min([…])` of several numbers."""
    return recorder.number(recorder.call(np.max if op.largest else np.min, (list(xs),)))


def write_prod(recorder: Any, op: Any, x: Any) -> Any:
    """`x.prod(axis=-1)`."""
    return recorder.ufunc(np.multiply, "reduce", (as_array(x, recorder),), {"axis": -1})


def write_matmul(recorder: Any, op: Any, x: Any, y: Any) -> Any:
    """`x @ y`."""
    return recorder.call(np.matmul, (x, y))


def write_from_values(recorder: Any, op: Any, *xs: Any) -> Any:
    """`np.stack([…])` of numbers, in the shape of the array."""
    out = recorder.call(np.stack, (list(xs),))
    if out.dtype.kind != "f":
        out = recorder.call(method("astype"), (out, np.dtype(float)))
    return reshaped(recorder, out, op.shape)


SPELLINGS: dict[type, Callable[..., Any]] = {
    shape.Reshape: write_reshape,
    shape.Transpose: write_transpose,
    shape.BroadcastTo: write_broadcast,
    shape.SumTo: write_sum_to,
    shape.Sum: write_sum,
    shape.Concatenate: write_concatenate,
    shape.AsType: write_astype,
    index.Slice: write_slice,
    index.Unslice: write_unslice,
    index.Pick: write_pick,
    index.Put: write_put,
    index.Spread: write_spread,
    Filled: write_filled,
    windows.Unwindow: write_unwindow,
    Where: write_where,
    reduce.Extreme: write_extreme,
    reduce.Among: write_among,
    reduce.Prod: write_prod,
    linalg.MatMul: write_matmul,
    FromValues: write_from_values,
}
"""How an operation is written down, by its class: a function of the recorder, it and its inputs."""
