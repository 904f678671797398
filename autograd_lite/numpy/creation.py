"""Arrays that nodes can be written into, made by NumPy's functions: `zeros`, `array`, `eye`, ...

Each is NumPy's own function with another kind of array as its result (`nodes.array.Array`), and
takes nodes where NumPy's takes numbers that have a derivative.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from ..nodes.array import Array, array_of, dtype_of, has_nodes, writable
from ..ops.catalogue import later
from ..ops.inputs import operand

__all__ = [
    "arange",
    "array",
    "asarray",
    "copy",
    "empty",
    "empty_like",
    "eye",
    "fromiter",
    "full",
    "full_like",
    "geomspace",
    "identity",
    "linspace",
    "logspace",
    "ones",
    "ones_like",
    "tri",
    "zeros",
    "zeros_like",
]

ndarray = np.ndarray


def taking_nodes(x: Any) -> Any:
    """A plain array of numbers as one that nodes can be written into, in the same memory."""
    return x.view(Array) if type(x) is ndarray and x.dtype.kind in "fiuc" else x


def created(name: str, what: str, example: str, ours: Callable[..., Any] | None = None) -> Any:
    """NumPy's function of that name, with an `Array` as its result; `ours` is for nodes."""
    theirs = getattr(np, name)

    def create(*args: Any, **kwargs: Any) -> Any:
        if ours and (any(map(has_nodes, args)) or any(map(has_nodes, kwargs.values()))):
            return ours(*args, **kwargs)
        return taking_nodes(theirs(*args, **kwargs))

    functools.update_wrapper(create, theirs)
    create.__module__, create.__qualname__ = __name__, name
    create.__doc__ = (
        f"{what}, to be filled with numbers or nodes. Mirrors `numpy.{name}`.\n\n"
        f"    >>> import autograd_lite as ag\n    {example}\n    "
    )
    return create


# --- what they are for nodes


def array_with_nodes(object: Any, dtype: Any = None, *, ndmin: int = 0, **kwargs: Any) -> Any:
    """An array with what is in nested lists, nodes, numbers and arrays, or in a node."""
    x = operand(object)
    if isinstance(x, list | tuple):
        out = array_of(x, dtype)
    elif isinstance(x, ndarray):  # an array of Values
        out = array_of(x.tolist(), dtype)
    else:
        out = writable(x if dtype is None else x.astype(dtype))
    return out.reshape((1,) * (ndmin - out.ndim) + out.shape)


def same_or_array(a: Any, dtype: Any = None, **kwargs: Any) -> Any:
    """A node or filled array as it is; an array of anything that holds nodes."""
    if dtype is None and not isinstance(a, list | tuple):
        return a
    return array_with_nodes(a, dtype)


def full_of_nodes(shape: Any, fill_value: Any, dtype: Any = None, order: Any = "C") -> Any:
    """An array with a node in every entry."""
    fill = fill_value if hasattr(fill_value, "dtype") else array_of(fill_value)
    out = np.empty(shape, dtype or dtype_of(fill), order).view(Array)
    out[...] = fill
    return out


def shape_and_dtype(x: Any, dtype: Any, shape: Any) -> tuple[Any, Any]:
    """Those of an array like `x`."""
    x = operand(x)
    if isinstance(x, list | tuple):
        x = array_of(x)
    return x.shape if shape is None else shape, dtype or dtype_of(x)


def like(make: Callable[..., Any]) -> Callable[..., Any]:
    """An array in the shape and dtype of a node: of its numbers alone."""

    def made(
        a: Any, dtype: Any = None, order: Any = "C", subok: Any = True, shape: Any = None
    ) -> Any:
        return make(*shape_and_dtype(a, dtype, shape)).view(Array)

    return made


def full_like_nodes(
    a: Any,
    fill_value: Any,
    dtype: Any = None,
    order: Any = "C",
    subok: Any = True,
    shape: Any = None,
) -> Any:
    """An array in the shape and dtype of `a` with `fill_value` in every entry."""
    shape, dtype = (
        shape_and_dtype(a, dtype, shape)
        if has_nodes(a)
        else (np.shape(a) if shape is None else shape, dtype or np.asarray(a).dtype)
    )
    out = np.empty(shape, dtype).view(Array)
    out[...] = fill_value
    return out


def sequence(name: str) -> Callable[..., Any]:
    """A sequence between two ends that are nodes."""
    return lambda *args, **kwargs: later("sequences", name)(*args, **kwargs)


zeros = created("zeros", "An array of zeros", ">>> ag.zeros(2)\n    array([0., 0.])")
ones = created("ones", "An array of ones", ">>> ag.ones(2)\n    array([1., 1.])")
empty = created(
    "empty", "An array whose numbers are not set yet", ">>> ag.empty(2).shape\n    (2,)"
)
full = created(
    "full",
    "An array with one number or node in every entry",
    ">>> ag.full(2, ag.Value(3.0))\n    array([3., 3.])",
    full_of_nodes,
)
array = created(
    "array",
    "An array of nested lists, of numbers, nodes and arrays in any mixture",
    ">>> a = ag.Value(3.0)\n    >>> ag.array([[a, 0.0], [1.0, a * a]])\n"
    "    array([[3., 0.],\n           [1., 9.]])",
    array_with_nodes,
)
asarray = created(
    "asarray",
    "An array of nested lists, of numbers, nodes and arrays; a node or an array as it is",
    ">>> ag.asarray([1.0, 2.0])\n    array([1., 2.])",
    same_or_array,
)
copy = created("copy", "A copy of an array or node", "", array_with_nodes)
zeros_like = created(
    "zeros_like",
    "Zeros in the shape of an array or node",
    ">>> ag.zeros_like(ag.Tensor([1.0, 2.0]))\n    array([0., 0.])",
    like(np.zeros),
)
ones_like = created(
    "ones_like",
    "Ones in the shape of an array or node",
    ">>> ag.ones_like(ag.Tensor([1.0, 2.0]))\n    array([1., 1.])",
    like(np.ones),
)
empty_like = created(
    "empty_like",
    "An array in the shape of another or of a node, whose numbers are not set yet",
    ">>> ag.empty_like(ag.Tensor([1.0, 2.0])).shape\n    (2,)",
    like(np.empty),
)
full_like = created(
    "full_like",
    "An array in the shape of another with one number or node in every entry",
    ">>> ag.full_like([1.0, 2.0], ag.Value(7.0))\n    array([7., 7.])",
    full_like_nodes,
)
eye = created(
    "eye", "Ones on a diagonal", ">>> ag.eye(2)\n    array([[1., 0.],\n           [0., 1.]])"
)
identity = created("identity", "Ones on the diagonal", "")
tri = created("tri", "Ones on and below a diagonal", "")
arange = created("arange", "Numbers in even steps", ">>> ag.arange(3.0)\n    array([0., 1., 2.])")
linspace = created(
    "linspace",
    "Numbers from start to stop, evenly spaced; of nodes a node",
    ">>> stop = ag.Value(3.0)\n    >>> ag.linspace(1.0, stop, 3).sum().backward()\n"
    "    >>> stop.grad  # 0 + ½ + 1\n    1.5",
    sequence("linspace"),
)
logspace = created("logspace", "Powers of 10 between two ends", "", sequence("logspace"))
geomspace = created("geomspace", "Numbers in even ratios", "", sequence("geomspace"))


def fromiter(iter: Any, dtype: Any = float, count: int = -1, **kwargs: Any) -> Any:
    """An array of what an iterator gives, numbers or nodes. Mirrors `numpy.fromiter`."""
    items = list(iter if count < 0 else [x for x, _ in zip(iter, range(count), strict=False)])
    if has_nodes(items):
        return array(items, dtype)
    return taking_nodes(np.fromiter(items, dtype, count, **kwargs))
