"""Operations that move, copy and add up numbers without changing them. Transposes come in pairs:

reshape ↔ reshape, moveaxis ↔ moveaxis back, broadcast_to ↔ sum_to, sum ↔ broadcast, concatenate ↔
slices. Each is linear, so each rule is its transpose applied to the cotangent. Axes are kept
counted from the end, so that a rule works on a cotangent with leading axes as it stands.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import accumulate
from operator import index
from typing import Any

import numpy as np

from ..core.elementwise import sum_to
from ..core.graph import Node
from ..core.operation import Op, shape
from .objects import tensor_of

__all__ = [
    "broadcast_to",
    "concatenate",
    "expand_dims",
    "moveaxis",
    "ravel",
    "reshape",
    "squeeze",
    "stack",
    "sum",
    "swapaxes",
    "tensor_of",
    "transpose",
]


ndarray = np.ndarray
PLAIN = (ndarray, np.generic)
add_up: Any = np.add.reduce


def normal_axes(axis: Any, ndim: int) -> tuple[int, ...]:
    """`axis` (None, an int or a tuple of ints) as a sorted tuple of axes counted from the end.

    Raises numpy.exceptions.AxisError for an axis the array has not, ValueError for one given twice.
    """
    if axis is None:
        return tuple(range(-ndim, 0))
    if type(axis) is int and -ndim <= axis < ndim:
        return (axis if axis < 0 else axis - ndim,)
    axes = axis if isinstance(axis, tuple | list) else (axis,)
    for a in axes:
        if isinstance(a, bool) or not isinstance(a, int | np.integer):
            raise TypeError(f"an axis is an int, a tuple of ints or None, not {axis!r}")
        if not -ndim <= a < ndim:
            raise np.exceptions.AxisError(int(a), ndim)
    normal = sorted(int(a) if a < 0 else int(a) - ndim for a in axes)
    if len(set(normal)) < len(normal):
        raise ValueError(f"axis {axis!r} names the same axis twice for {ndim} axes")
    return tuple(normal)


class Reshape(Op):
    """`(*lead, *old)` → `(*lead, *new)`, entries in C order. Its transpose is the reshape back."""

    old: tuple[int, ...]
    new: tuple[int, ...]
    name, linear = "reshape", True
    is_view = True
    moves = "reshaped"

    def forward(self, x: Any) -> Any:
        x = np.asarray(x)
        return x.reshape(x.shape[: x.ndim - len(self.old)] + self.new)

    def vjp(self, i: int, g: Any, out: Any, x: Any) -> Any:
        return Reshape(self.new, self.old)(g)

    def spelling(self, *inputs: Any) -> str:
        return f"reshape({{}}, {self.new})"


class Transpose(Op):
    """The trailing axes in the order `axes` (all negative). Its transpose is the inverse order."""

    axes: tuple[int, ...]
    name, linear = "transpose", True
    is_view = True
    moves = "transposed"

    def spelling(self, *inputs: Any) -> str:
        return "{}ᵀ" if len(self.axes) == 2 else "transpose({})"

    def forward(self, x: Any) -> Any:
        x = np.asarray(x)
        return x.transpose(*range(x.ndim - len(self.axes)), *self.axes)

    def vjp(self, i: int, g: Any, out: Any, x: Any) -> Any:
        n = len(self.axes)
        inverse = [0] * n
        for to, origin in enumerate(self.axes):
            inverse[origin + n] = to - n
        return Transpose(tuple(inverse))(g)


class BroadcastTo(Op):
    """`(*lead, *old)` → `(*lead, *new)`, copying along new axes and axes of length 1.

    Its transpose is `SumTo`, which adds the copies up.
    """

    old: tuple[int, ...]
    new: tuple[int, ...]
    name, linear = "broadcast_to", True
    moves = "copied to all"

    def forward(self, x: Any) -> Any:
        x = np.asarray(x)
        before = x.shape[: x.ndim - len(self.old)]
        x = x.reshape(before + (1,) * (len(self.new) - len(self.old)) + self.old)
        # Writing into an empty array takes a fifth of the time of np.broadcast_to's Python code
        # on small arrays, and what it gives is nobody else's memory.
        out = np.empty(before + self.new, x.dtype)
        out[...] = x
        return out

    def vjp(self, i: int, g: Any, out: Any, x: Any) -> Any:
        return sum_to(g, self.new, self.old)


class SumTo(Op):
    """`(*lead, *old)` → `(*lead, *new)`: un-broadcast, adding up what broadcasting had copied.

    Its transpose is `BroadcastTo`.
    """

    old: tuple[int, ...]
    new: tuple[int, ...]
    name = "sum_to"
    linear = True
    moves = "summed"

    def forward(self, x: Any) -> Any:
        return np.asarray(sum_to(np.asarray(x), self.old, self.new))

    def vjp(self, i: int, g: Any, out: Any, x: Any) -> Any:
        return BroadcastTo(self.new, self.old)(g)


def lead(g: Any, out: Any) -> tuple[int, ...]:
    """The leading axes of a cotangent, those that `out` has not."""
    return shape(g)[: len(shape(g)) - len(shape(out))]


def reshaped(g: Any, old: tuple[int, ...], new: tuple[int, ...]) -> Any:
    """The trailing axes `old` of a cotangent in the shape `new`."""
    if isinstance(g, Node):
        return Reshape(old, new)(g)
    g = np.asarray(g)
    return g.reshape(g.shape[: g.ndim - len(old)] + new)


def along(name: str, axes: tuple[int, ...], x: Any) -> str:
    """A reduction as it is written: `sum({})` over all axes, else `sum({}, axis=-1)`."""
    if len(axes) == len(shape(x)):
        return f"{name}({{}})"
    return f"{name}({{}}, axis={axes[0] if len(axes) == 1 else axes})"


class Sum(Op):
    """Σ over `axes` (all negative). Its transpose copies the cotangent along them."""

    axes: tuple[int, ...]
    keepdims: bool = False
    name, linear = "sum", True
    moves = "summed"

    def spelling(self, *inputs: Any) -> str:
        return along(self.name, self.axes, *inputs)

    def forward(self, x: Any) -> Any:
        x = x if type(x) is ndarray else np.asarray(x)
        out = self.adder(x.ndim)(x)
        return out if type(out) is ndarray else np.asarray(out)

    def adder(self, ndim: int) -> Callable[[ndarray], Any]:
        """NumPy's sum over these of `ndim` axes."""
        # All entries at once, if it is all: NumPy then goes along the memory, not along the axes.
        axes = self.axes if len(self.axes) < ndim else None
        keepdims = self.keepdims
        return lambda x: add_up(x, axes, None, None, keepdims)

    def vjp(self, i: int, g: Any, out: Any, x: Any) -> Any:
        if type(x) is ndarray and isinstance(g, PLAIN):  # the usual cases, without the bookkeeping
            if g.ndim == 0:
                copies = np.empty(x.shape, g.dtype)
                copies.fill(g)
                return copies
            if self.keepdims and self.axes == (-1,):
                return g.repeat(x.shape[-1], -1)
        full = shape(x)
        kept = keep(full, self.axes)
        if not self.keepdims:
            g = reshaped(g, shape(out), kept)
        if isinstance(g, Node):
            return BroadcastTo(kept, full)(g)
        g = np.asarray(g)  # of an array without axes it may be a number
        copies = np.empty(g.shape[: g.ndim - len(full)] + full, g.dtype)
        copies[...] = g
        return copies


def flag(keepdims: Any) -> bool:
    """`keepdims` as True or False; TypeError for a dtype, which is next in NumPy's own methods."""
    if keepdims is None or isinstance(keepdims, bool | int | np.bool_):
        return bool(keepdims)
    raise TypeError(
        f"keepdims is True or False, not {keepdims!r:.40}; for another dtype write x.astype(dtype)"
    )


@lru_cache(maxsize=4096)
def sum_over(kind: type, axis: int | None, keepdims: bool, ndim: int) -> Callable[[Any], Any]:
    """The sum over `axis` of `ndim` axes of a node of this kind, or of plain data.

    Operations may be shared: none is made for every call.
    """
    op = Sum(normal_axes(axis, ndim), keepdims)
    return quick_sums[kind](op, kind, op.adder(ndim)) if kind in quick_sums else op


quick_sums: dict[type, Callable[..., Callable[[Any], Any]]] = {}
"""For a kind of node, what makes of a sum a function that applies it in the fewest steps."""


@lru_cache(maxsize=4096)
def keep(old: tuple[int, ...], axes: tuple[int, ...]) -> tuple[int, ...]:
    """The shape after a reduction that keeps its axes as length 1."""
    kept = list(old)
    for axis in axes:
        kept[axis] = 1
    return tuple(kept)


class Concatenate(Op):
    """The inputs one after another along `axis` (negative). Its transpose cuts the cotangent."""

    axis: int
    name, linear = "concatenate", True
    joins = True

    def forward(self, *xs: Any) -> Any:
        return np.concatenate(xs, axis=self.axis)

    def vjp(self, i: int, g: Any, out: Any, *xs: Any) -> Any:
        start = 0
        for x in xs[:i]:
            start += shape(x)[self.axis]
        return self.cut(g, start, start + shape(xs[i])[self.axis])

    def cut(self, g: Any, start: int, end: int) -> Any:
        """The part of a cotangent that lies between two places along the axis."""
        return g[(..., slice(start, end)) + (slice(None),) * (-1 - self.axis)]

    def vjps(self, g: Any, out: Any, *xs: Any) -> list[Any]:
        ends = list(accumulate(shape(x)[self.axis] for x in xs))
        return [self.cut(g, *place) for place in zip([0, *ends[:-1]], ends, strict=True)]

    def saves(self, i: int) -> bool:
        return False


class AsType(Op):
    """The same numbers in another floating-point dtype; the cotangent goes back to the first."""

    dtype: np.dtype
    name, linear = "astype", True
    moves = "in the first dtype"

    def forward(self, x: Any) -> Any:
        return np.asarray(x).astype(self.dtype)

    def vjp(self, i: int, g: Any, out: Any, x: Any) -> Any:
        return AsType(x.dtype)(g)


def astype(x: Any, dtype: Any, copy: bool = True) -> Any:
    """`x` in another floating-point dtype, connected to it. Mirrors `numpy.astype`.

    Without `copy`, `x` itself where it has that dtype. TypeError for a dtype that is none of reals.
    """
    if np.dtype(dtype).kind != "f":
        raise TypeError(
            f"the dtype of a node is a floating-point one, not {np.dtype(dtype)}; for whole "
            "numbers write x.data.astype(int), off the graph"
        )
    return AsType(np.dtype(dtype))(x) if copy or x.dtype != dtype else x


def in_double(x: Any) -> Any:
    """`x` in float64, for functions that NumPy computes in float64 whatever they are given."""
    x, _ = arrayed(x)
    return astype(x, np.float64) if x.dtype.kind == "f" and x.dtype != np.float64 else x


def lengths(shape: Any) -> tuple[int, ...]:
    """A shape that is given as a number, a tuple, a list or an array."""
    several = isinstance(shape, tuple | list | ndarray) and np.ndim(shape)
    return tuple(index(n) for n in (shape if several else (shape,)))


def is_fortran(order: str) -> bool:
    """Whether entries are counted with the first index changing fastest; in C order the last."""
    if order not in ("C", "F"):  # others go by the memory, and that of a node is its own affair
        raise ValueError(f'the order of entries is "C" or "F", not {order!r}')
    return order == "F"


def reshape(x: Any, shape: Any, *more: int, order: str = "C") -> Any:
    """`x` with its entries, in C order or in `order` "F", in another shape. One length may be -1.

    `shape` is a tuple, or the lengths follow one by one. Mirrors `numpy.reshape`.

    >>> import autograd_lite as ag
    >>> ag.reshape(ag.Tensor([1.0, 2.0, 3.0, 4.0]), (2, 2)).shape
    (2, 2)
    """
    target = (*lengths(shape), *map(index, more))
    if is_fortran(order):
        return transpose(reshape(transpose(x), target[::-1]))
    x, old = arrayed(x)
    size = int(np.prod(old, dtype=np.int64))
    if target.count(-1) == 1:
        rest = -int(np.prod(target, dtype=np.int64))
        if rest > 0 and size % rest == 0:
            target = tuple(size // rest if n == -1 else n for n in target)
    if any(n < 0 for n in target) or int(np.prod(target, dtype=np.int64)) != size:
        raise ValueError(
            f"cannot reshape {size} entries of shape {old} into shape {target}: "
            "the product of the lengths must stay the same"
        )
    return Reshape(old, target)(x)


def ravel(x: Any, order: str = "C") -> Any:
    """`x` as a vector, in C order or in `order` "F". Mirrors `numpy.ravel`.

    >>> import autograd_lite as ag
    >>> ag.ravel(ag.Tensor([[1.0, 2.0], [3.0, 4.0]]))
    Tensor([1., 2., 3., 4.])
    """
    return reshape(x, -1, order=order)


def expand_dims(x: Any, axis: int | tuple[int, ...]) -> Any:
    """`x` with axes of length 1 at `axis` of the result. Mirrors `numpy.expand_dims`.

    >>> import autograd_lite as ag
    >>> ag.expand_dims(ag.Tensor([1.0, 2.0]), -1).shape
    (2, 1)
    """
    x, old = arrayed(x)
    count = len(axis) if isinstance(axis, tuple | list) else 1
    ndim = len(old) + count
    places = {a + ndim for a in normal_axes(axis, ndim)}
    lengths = iter(old)
    return Reshape(old, tuple(1 if i in places else next(lengths) for i in range(ndim)))(x)


def squeeze(x: Any, axis: int | tuple[int, ...] | None = None) -> Any:
    """`x` without its axes of length 1, or without those named. Mirrors `numpy.squeeze`.

    >>> import autograd_lite as ag
    >>> ag.squeeze(ag.Tensor([[1.0, 2.0]])).shape
    (2,)
    """
    x, old = arrayed(x)
    ndim = len(old)
    if axis is None:
        drop = {i for i, n in enumerate(old) if n == 1}
    else:
        drop = {a + ndim for a in normal_axes(axis, ndim)}
        if long := [i for i in drop if old[i] != 1]:
            raise ValueError(
                f"cannot squeeze axis {long[0]} of shape {old}: its length is {old[long[0]]}, not 1"
            )
    return Reshape(old, tuple(n for i, n in enumerate(old) if i not in drop))(x)


def transpose(x: Any, axes: Sequence[int] | None = None) -> Any:
    """`x` with its axes reversed, or in the order `axes`. Mirrors `numpy.transpose`.

    >>> import autograd_lite as ag
    >>> ag.transpose(ag.Tensor([[1.0, 2.0, 3.0]])).shape
    (3, 1)
    """
    x, old = arrayed(x)
    ndim = len(old)
    if axes is None:
        return Transpose(tuple(range(-1, -ndim - 1, -1)))(x)
    order = tuple(a for one in axes for a in normal_axes(one, ndim))
    if len(order) != ndim or len(set(order)) != ndim:
        raise ValueError(f"axes {tuple(axes)} are not an order of the {ndim} axes of shape {old}")
    return Transpose(order)(x)


def swapaxes(x: Any, axis1: int, axis2: int) -> Any:
    """`x` with two axes exchanged. Mirrors `numpy.swapaxes`.

    >>> import autograd_lite as ag
    >>> ag.swapaxes(ag.Tensor([[1.0, 2.0, 3.0]]), 0, 1).shape
    (3, 1)
    """
    ndim = len(arrayed(x)[1])
    (a,), (b,) = normal_axes(axis1, ndim), normal_axes(axis2, ndim)
    order = list(range(-ndim, 0))
    order[a], order[b] = order[b], order[a]
    return transpose(x, order)


def moveaxis(x: Any, source: Any, destination: Any) -> Any:
    """`x` with axes moved to other places, the rest in order. Mirrors `numpy.moveaxis`.

    >>> import autograd_lite as ag
    >>> import numpy as np
    >>> ag.moveaxis(ag.Tensor(np.ones((2, 3, 4))), 0, -1).shape
    (3, 4, 2)
    """
    ndim = len(arrayed(x)[1])
    single = isinstance(source, int | np.integer)
    origins = [normal_axes(a, ndim)[0] for a in ([source] if single else source)]
    places = [
        normal_axes(a, ndim)[0]
        for a in ([destination] if isinstance(destination, int | np.integer) else destination)
    ]
    if len(origins) != len(places):
        raise ValueError(f"moveaxis was given {len(origins)} axes and {len(places)} places")
    if len(set(origins)) < len(origins) or len(set(places)) < len(places):
        raise ValueError(f"moveaxis from {source!r} to {destination!r} names one axis twice")
    order = [a for a in range(-ndim, 0) if a not in origins]
    for place, origin in sorted(zip(places, origins, strict=True)):
        order.insert(place + ndim, origin)
    return transpose(x, order)


def broadcast_to(x: Any, shape: int | Sequence[int]) -> Any:
    """`x` copied along new leading axes and axes of length 1. Mirrors `numpy.broadcast_to`.

    Raises ValueError when the shapes do not fit.

    >>> import autograd_lite as ag
    >>> x = ag.Tensor([1.0, 2.0])
    >>> ag.broadcast_to(x, (3, 2)).sum().backward()
    >>> x.grad
    array([3., 3.])
    """
    x, old = arrayed(x)
    new = lengths(shape)
    fits = all(n in (1, m) for n, m in zip(old[::-1], new[::-1], strict=False))
    if len(new) < len(old) or not fits or min(new, default=0) < 0:
        raise ValueError(f"cannot broadcast shape {old} to shape {new}")
    return x if old == new else BroadcastTo(old, new)(x)


def sum(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Σ x over all entries, or over `axis` (an int or a tuple). Mirrors `numpy.sum`.

    The derivative with respect to every entry is 1: the cotangent is copied to all of them.

    >>> import autograd_lite as ag
    >>> x = ag.Tensor([1.0, 2.0])
    >>> ag.sum(x).backward()
    >>> x.grad
    array([1., 1.])
    """
    kind: Any = type(x)
    if not isinstance(x, Node):
        x, _ = arrayed(x)
    if axis is None or type(axis) is int:
        kept = keepdims if type(keepdims) is bool else flag(keepdims)
        return sum_over(kind, axis, kept, x.ndim)(x)
    return Sum(normal_axes(axis, x.ndim), flag(keepdims))(x)


def concatenate(xs: Sequence[Any], axis: int | None = 0) -> Any:
    """The arrays `xs` one after another along `axis`. Mirrors `numpy.concatenate`.

    >>> import autograd_lite as ag
    >>> ag.concatenate([ag.Tensor([1.0]), [2.0, 3.0]])
    Tensor([1., 2., 3.])
    """
    if isinstance(xs, Node):
        xs = list(xs)  # type: ignore[call-overload]
    if len(xs) == 0:
        raise ValueError("concatenate needs at least one array")
    if axis is None:
        xs, axis = [ravel(x) for x in xs], 0
    pairs = [arrayed(x) for x in xs]
    return Concatenate(normal_axes(axis, len(pairs[0][1]))[0])(*(x for x, _ in pairs))


def stack(xs: Sequence[Any], axis: int = 0) -> Any:
    """The arrays `xs`, all of one shape, along a new axis. Mirrors `numpy.stack`.

    >>> import autograd_lite as ag
    >>> ag.stack([ag.Tensor([1.0, 2.0]), ag.Tensor([3.0, 4.0])]).shape
    (2, 2)
    """
    if isinstance(xs, Node):
        xs = list(xs)  # type: ignore[call-overload]
    if len(xs) == 0:
        raise ValueError("stack needs at least one array")
    if all(isinstance(x, Node) and type(x.primal) is float for x in xs) and axis in (0, -1):
        return tensor_of(xs)  # Values: one step for all of them
    shapes = {arrayed(x)[1] for x in xs}
    if len(shapes) > 1:
        raise ValueError(f"stack needs arrays of one shape, not {sorted(shapes)}")
    return concatenate([expand_dims(x, axis) for x in xs], axis)


def arrayed(x: Any) -> tuple[Any, tuple[int, ...]]:
    """`x` as an operation on arrays takes it (lists become arrays), and its shape."""
    if not isinstance(x, Node) and not hasattr(x, "__array_function__"):
        try:
            x = np.asarray(x)
        except ValueError as error:
            error.add_note("the rows of a nested list must have one length")
            raise
    elif type(x) is not ndarray and np.isscalar(x):
        x = np.broadcast_to(x, ())  # what stands for a number of NumPy's
    return x, x.shape
