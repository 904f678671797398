"""`Array`: a NumPy array that nodes can be written into, as loops over preallocated arrays do.

    out = ag.zeros((N, F))
    for n in range(N):
        for f in range(F):
            out[n, f] = ag.sum(x[n] * w[f])

Until a node is written into it, an `Array` is NumPy's own in every respect. With the first node it
and its views become `FilledArray`s: beside the numbers, which stand in its memory as ever, a table
says of every entry which write it has come from last. So each read finds what it needs at once:
an entry is the very node that was written there, the whole is one operation, `filled`, on all the
nodes that can still be seen. What has been read is a node like any other, and stays what it was,
whatever is written later.

A view is a view, as in NumPy: writing to it writes to the array, and it sees what the array gets.
The numbers alone, off the graph, are what NumPy makes of the memory: `np.asarray(out)`.
"""

from __future__ import annotations

import copy
import weakref
from collections.abc import Callable
from typing import Any

import numpy as np

from ..core.graph import Node, data
from ..core.operation import views, ways
from ..ops.filled import Filled
from ..ops.index import At, Pick
from ..ops.inputs import is_objects, operand
from ..ops.shape import astype, reshape, tensor_of

__all__ = ["Array", "FilledArray", "array_of", "has_nodes", "writable"]

ndarray = np.ndarray
plain_read, plain_write = ndarray.__getitem__, ndarray.__setitem__
FLOAT64 = np.dtype(np.float64)
NUMBERS = frozenset({float, int, bool, np.float64})
PLAIN = (float, int, bool, ndarray, np.float64)


class Array(ndarray):
    """A NumPy array that takes nodes: `ag.zeros`, `ag.array` and their kin make them.

    >>> import autograd_lite as ag
    >>> x = ag.Tensor([1.0, 2.0])
    >>> out = ag.zeros(3)
    >>> out[0] = x[0] * x[1]
    >>> out[1:] += x
    >>> out
    array([2., 1., 2.])
    >>> (out * [1.0, 10.0, 100.0]).sum().backward()
    >>> x.grad
    array([ 12., 101.])
    """

    # Both of the array that owns the memory; its views have it as their `base`.
    writes: Writes | None = None
    views: list[weakref.ref[Array]] | None = None

    def __array_finalize__(self, source: Any) -> None:
        if isinstance(self.base, Array):
            # A view: it has to know when a node is written into the array.
            array = owner(self.base)
            views = array.views
            if views is None:
                views = array.views = []
            views.append(weakref.ref(self))
            n = len(views)
            if n >= 64 and not n & (n - 1):
                views[:] = [view for view in views if view() is not None]

    def __setitem__(self, key: Any, value: Any) -> None:
        if type(value) in PLAIN or (node := node_in(value)) is None:
            plain_write(self, key, value)
        else:
            node = as_written(node, self.dtype)
            opened(self)[key] = node

    def fill(self, value: Any) -> None:
        """Write `value` into every entry."""
        self[...] = value

    @property
    def flat(self) -> Any:
        """The entries in C order, to be read and written to."""
        return Flat(self)

    @flat.setter
    def flat(self, values: Any) -> None:
        Flat(self)[:] = values

    def __repr__(self) -> str:
        return repr(self.view(ndarray))

    def __str__(self) -> str:
        return str(self.view(ndarray))


views.add(Array)


class Flat:
    """The entries of an array in C order, as `numpy.flatiter` has them, nodes too."""

    __slots__ = ("array",)

    def __init__(self, array: Array) -> None:
        self.array = array

    def places(self, key: Any) -> tuple[Any, ...]:
        """Where in the array the entries of a key are."""
        return np.unravel_index(np.arange(self.array.size)[key], self.array.shape)

    def __getitem__(self, key: Any) -> Any:
        return self.array[self.places(key)]

    def __setitem__(self, key: Any, values: Any) -> None:
        places = self.places(key)
        count = np.size(places[0])
        node = node_in(values)
        values = np.asarray(values) if node is None else node
        if values.size not in (1, count) and count:  # over and over, as NumPy does
            values = values.reshape(-1)[np.arange(count) % values.size]
        self.array[places] = values

    def __iter__(self) -> Any:
        return (self.array[k] for k in np.ndindex(self.array.shape))

    def __len__(self) -> int:
        return self.array.size

    def __getattr__(self, name: str) -> Any:
        return getattr(ndarray.flat.__get__(self.array), name)  # type: ignore[attr-defined]


class Writes:
    """Which write each entry of an array's memory was last written by.

    `owners` has the number of the write, −1 where there was none, and `places` the place in what
    was written; both cover the memory from its first byte to its last. `values` are the nodes, by
    the number of their write, and None for plain numbers.
    """

    def __init__(self, array: Array) -> None:
        self.low, high = np.lib.array_utils.byte_bounds(array)
        self.item = array.itemsize
        size = max(high - self.low, 0) // self.item
        self.owners = np.full(size, -1, np.intp)
        self.places = np.zeros(size, np.intp)
        self.values: list[Any] = []
        # The array as one node: the last that was read, and while nothing was written since.
        self.whole: Any = None
        self.known: Any = None
        self.mark = 0  # the writes before this one are in `whole`
        self.own = self.parts_of(array)

    def parts_of(self, array: Array) -> tuple[ndarray, ndarray]:
        """The parts of both tables that belong to the memory of a view, as views."""
        at = (array.__array_interface__["data"][0] - self.low) // self.item * 8
        strides = array.strides
        if self.item != 8:
            strides = tuple(s // self.item * 8 for s in strides)
        shape = array.shape
        return (
            ndarray(shape, np.intp, self.owners, at, strides),
            ndarray(shape, np.intp, self.places, at, strides),
        )

    def add(self, value: Any) -> int:
        """The number of a new write."""
        self.known = None
        values = self.values
        if value is None and len(values) > self.mark and values[-1] is None:
            return len(values) - 1
        values.append(value)
        if len(values) > 2 * len(self.owners) + 64:
            self.forget()
        return len(self.values) - 1

    def forget(self) -> None:
        """Let go of the writes of which nothing can be seen any more, except the last."""
        last = len(self.values) - 1
        used = np.unique(np.append(self.owners, (-1, last)))[1:]
        written = self.owners >= 0
        self.owners[written] = np.searchsorted(used, self.owners[written])
        self.mark = int(np.searchsorted(used, self.mark))
        self.values = [self.values[k] for k in used]

    def read(self, numbers: ndarray, owners: ndarray, places: ndarray, base: Any = None) -> Any:
        """The entries of a view as a node; as an Array of their own, if no node is among them.

        `base` is a node with the entries as they were before the write `mark`.
        """
        since = 0 if base is None else self.mark
        seen = np.unique(owners[owners >= since]).tolist()
        nodes = [k for k in seen if self.values[k] is not None]
        if base is None and not nodes:
            return np.array(numbers).view(Array)
        if len(seen) == 1 and nodes and (owners == nodes[0]).all():
            return taken(self.values[nodes[0]], places)
        if base is not None and (owners >= since).all():
            base = None  # nothing is left of what there was
            if not nodes:
                return np.array(numbers).view(Array)
        here = np.full(len(self.values) + 1, False)  # the last for entries with no write
        here[nodes] = True
        written = here[owners]
        if base is None and not written.all():
            base = np.where(written, 0, numbers)
            since = len(self.values)  # it has the numbers that were written, too
        parts = ([] if base is None else [base]) + [self.values[k] for k in nodes]
        sizes = [x.size for x in parts]
        ends = np.cumsum(sizes)
        starts = np.zeros(len(self.values) + 1, np.intp)
        starts[nodes] = np.append(0, ends)[-len(nodes) - 1 : -1] if nodes else []
        positions = np.arange(numbers.size).reshape(numbers.shape)
        np.add(starts[owners], places, out=positions, where=written)
        later = ~written & (owners >= since)
        if later.any():  # plain numbers, into what was a node before
            parts.append(numbers[later])
            sizes.append(parts[-1].size)
            positions[later] = np.arange(sizes[-1]) + ends[-1]
        return Filled(positions, tuple(sizes))(*parts)


def taken(node: Node, places: ndarray) -> Any:
    """The entries of a node at some places; the node itself, if it is all of them in order."""
    flat = places.reshape(-1)
    if flat.size == node.size and (flat == np.arange(flat.size)).all():
        return node if node.shape == places.shape else reshape(node, places.shape)
    return Pick(places.copy(), node.shape)(node)


class FilledArray(Array):
    """An `Array` with nodes in it. In operations the node that it stands for takes its place.

    What it has not itself (`backward`, `grad`, `op`, ...) is that node's.
    """

    __array_priority__ = 1000.0  # above that of a sparse matrix, which would see the numbers alone

    def __array_finalize__(self, source: Any) -> None:
        if owner(self).writes is None:  # NumPy made something new of the numbers
            self.__class__ = Array  # type: ignore[assignment]

    @property
    def operand(self) -> Any:
        """The node of what is written now; an `Array` of its own where that is numbers only."""
        writes, owners, places = self.tables()
        if self.writes is None:  # a view
            return writes.read(self.view(ndarray), owners, places)
        if writes.known is None:
            node = writes.read(self.view(ndarray), owners, places, writes.whole)
            writes.known = node
            writes.whole = None if isinstance(node, Array) else node
            writes.mark = len(writes.values)
        return writes.known

    def __getitem__(self, key: Any) -> Any:
        part = plain_read(self, key)
        if isinstance(part, FilledArray):
            return part  # a view
        writes, owners, places = self.tables()
        k, place = owners[key], places[key]
        if isinstance(part, ndarray):
            copied = writes.read(part.view(ndarray), k, place)
            return writable(copied) if type(copied) in ways else copied
        value = writes.values[k] if k >= 0 else None
        if value is None:
            return part
        return value if value.shape == () else taken(value, np.asarray(place))

    def __setitem__(self, key: Any, value: Any) -> None:
        node: Any = value
        if not isinstance(value, Node):
            node = None if type(value) in PLAIN else node_in(value)
            if node is not None and isinstance(value, Array) and same_memory(self, key, value):
                return  # `out[n] += v` has been done in place, and now stores it where it is
        writes, owners, places = self.tables()
        writes.known = None
        if node is None:
            plain_write(self, key, value)
            owners[key] = writes.add(None)
            return
        primal = data(node)
        if type(primal) is not float or self.dtype is not FLOAT64:
            node = as_written(node, self.dtype)
            primal = data(node)
            if type(primal) in ways:  # the number of this call is nobody's business
                primal = np.full(node.shape, np.nan)
        plain_write(self, key, primal)
        owners[key] = writes.add(node)
        places[key] = 0 if node.size == 1 else np.arange(node.size).reshape(node.shape)

    def tables(self) -> tuple[Writes, ndarray, ndarray]:
        """The writes, which of them each entry has come from last, and its place in that."""
        writes = self.writes
        if writes is not None:
            return writes, *writes.own
        writes = owner(self).writes
        return writes, *writes.parts_of(self)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        if method == "at":
            return write_at(ufunc, *inputs)
        out = kwargs.pop("out", None)
        result = getattr(ufunc, method)(*operands(inputs), **operands(kwargs))
        if out is None:
            return result
        results = result if type(result) is tuple else (result,)
        for array, numbers in zip(out, results, strict=True):
            if array is not None:
                array[...] = numbers
        return out[0] if len(out) == 1 else out

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        if function in VIEWS:
            view = function._implementation(*args, **kwargs)
            parts = view if isinstance(view, list | tuple) else [view]
            if all(type(part) is FilledArray for part in parts):
                return view
        return function(*operands(args), **operands(kwargs))

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(f"{type(self).__name__} has no attribute {name!r}")
        return getattr(self.operand, name)

    @property
    def data(self) -> ndarray:  # type: ignore[override]
        """The numbers, as a node has them: plain and read-only."""
        numbers = self.view(ndarray)
        numbers.flags.writeable = False
        return numbers

    def reshape(self, *shape: Any, **kwargs: Any) -> Any:
        """A view in another shape, where there is one; else a node of it."""
        view = super().reshape(*shape, **kwargs)
        return view if isinstance(view, FilledArray) else reshape(self.operand, *shape, **kwargs)

    def ravel(self, order: Any = "C") -> Any:
        """The entries as a vector: a view, where there is one; else a node of it."""
        return self.reshape(-1, order=order)

    def copy(self, order: Any = "C") -> Any:
        """An array of its own, with the same numbers and nodes in it."""
        return writable(self.operand)

    def flatten(self, order: Any = "C") -> Any:
        """The entries as a vector of its own."""
        return writable(reshape(self.operand, -1, order=order))

    def astype(self, dtype: Any, *args: Any, **kwargs: Any) -> Any:
        """An array of its own with another dtype: with its nodes, if that is one of floats."""
        if np.dtype(dtype).kind != "f":
            return self.view(ndarray).astype(dtype, *args, **kwargs)
        return writable(self.operand.astype(dtype))

    def sort(self, axis: Any = -1, **kwargs: Any) -> None:  # type: ignore[override]
        """Sort the entries in place, along an axis."""
        self[...] = np.sort(self.operand, axis, **kwargs)

    def __copy__(self) -> Any:
        return self.copy()

    def __deepcopy__(self, memo: Any) -> Any:
        return writable(copy.deepcopy(self.operand, memo))

    def __reduce__(self) -> Any:
        return writable, (self.operand,)

    def __float__(self) -> float:
        return float(self.operand)

    def __int__(self) -> int:
        return int(self.operand)

    def __complex__(self) -> complex:
        return complex(self.operand)


def _computed(name: str) -> Callable[..., Any]:
    """A method of arrays that computes something: that of the node."""

    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        return getattr(np, name)(self.operand, *args, **kwargs)

    method.__name__, method.__doc__ = name, f"See `numpy.{name}`."
    return method


_COMPUTED = """
all any argmax argmin argsort choose clip conj conjugate cumprod cumsum dot max mean min nonzero
prod repeat round searchsorted std sum take trace var
"""
for _name in _COMPUTED.split():
    setattr(FilledArray, _name, _computed(_name))

# Functions of NumPy's that give views, which can be written to.
VIEWS = {
    *(np.reshape, np.ravel, np.transpose, np.permute_dims, np.swapaxes, np.matrix_transpose),
    *(np.moveaxis, np.rollaxis, np.squeeze, np.expand_dims, np.diagonal, np.flip, np.fliplr),
    *(np.flipud, np.rot90, np.atleast_1d, np.atleast_2d, np.atleast_3d, np.split, np.array_split),
    *(np.hsplit, np.vsplit, np.dsplit, *([np.unstack] if hasattr(np, "unstack") else [])),  # 2.1
}


def owner(array: Any) -> Any:
    """The array whose memory this is: itself, or what it is a view of."""
    while isinstance(array.base, Array):
        array = array.base
    return array


def opened(array: Array) -> FilledArray:
    """The array, once nodes can be written into it and all that share its memory."""
    whole = owner(array)
    if whole.writes is None:
        writes = Writes(whole)
        views = [view() for view in whole.views or ()]
        whole.writes, whole.views = writes, None
        for each in (whole, *views):
            if each is not None:
                each.__class__ = FilledArray
    array.__class__ = FilledArray  # type: ignore[assignment]
    return array  # type: ignore[return-value]


def same_memory(array: Array, key: Any, value: Array) -> bool:
    """Whether `value` is the view `array[key]`."""
    if owner(value) is not owner(array):
        return False
    part = plain_read(array, key)
    if type(part) is not FilledArray or part.shape != value.shape:
        return False
    return part.__array_interface__ == value.__array_interface__


def as_written(node: Any, dtype: np.dtype) -> Any:
    """The node in the dtype of the array that it is written into."""
    if node.dtype == dtype:
        return node
    if dtype.kind != "f":
        raise TypeError(
            f"a node cannot be written into an array of dtype {dtype}, which would round its "
            "number and lose its gradient: make the array one of floats, np.zeros(n) or "
            "np.array([1.0, 2.0])"
        )
    return astype(node, dtype)


def operands(x: Any) -> Any:
    """`x` with the operand of every filled array in it, through lists, tuples and dicts."""
    if isinstance(x, list | tuple):
        return type(x)(map(operands, x)) if not hasattr(x, "_fields") else x
    if isinstance(x, dict):
        return {key: operands(value) for key, value in x.items()}
    return operand(x)


def write_at(ufunc: Any, array: Any, key: Any, values: Any) -> None:
    """`ufunc.at(array, key, values)`: add to or subtract from entries, once for every mention."""
    if ufunc not in (np.add, np.subtract):
        raise TypeError(f"numpy.{ufunc.__name__}.at takes no node; np.add.at and np.subtract.at do")
    array[...] = ufunc(operand(array), At(array, key).spread(operand(values))[1])


def has_nodes(x: Any) -> bool:
    """Whether `x` is a node or holds one: a filled array, a nested list, an array of Values."""
    if isinstance(x, Node) or type(x) in ways or isinstance(x, FilledArray):
        return True
    if isinstance(x, list | tuple):
        return not NUMBERS.issuperset(map(type, x)) and any(map(has_nodes, x))
    return isinstance(x, ndarray) and x.dtype == object and is_objects(x)


def node_in(value: Any) -> Any:
    """The node of a value that is to be written; None for plain numbers."""
    if isinstance(value, Node) or type(value) in ways:
        return value
    if not has_nodes(value):
        return None
    if isinstance(value, list | tuple):
        value = array_of(value)
    value = tensor_of(value) if value.dtype == object else operand(value)
    return None if isinstance(value, Array) else value


def writable(x: Any) -> Array:
    """An array of its own with the entries of `x`, a node or an array."""
    array = np.empty(x.shape, dtype_of(x)).view(Array)
    array[...] = x
    return array


def dtype_of(x: Any) -> np.dtype:
    """The dtype of an array or node, for NumPy."""
    return x.dtype if isinstance(x.dtype, np.dtype) else FLOAT64  # a Value's is more than that


def array_of(x: Any, dtype: Any = None) -> Array:
    """The array that `numpy.array` makes of nested lists, here of nodes, numbers and arrays."""
    dtypes: set[Any] = set()

    def shape_of(item: Any) -> tuple[int, ...]:
        if isinstance(item, list | tuple):
            shapes = {shape_of(one) for one in item} or {()}
            if len(shapes) > 1:
                raise ValueError(
                    f"the parts of a nested list must have one shape, not {sorted(shapes)}"
                )
            return (len(item), *shapes.pop())
        if isinstance(item, ndarray) and item.dtype == object:
            item = tensor_of(item)
        dtypes.add(dtype_of(item) if hasattr(item, "dtype") else type(item))
        return getattr(item, "shape", ())

    shape = shape_of(x)
    array = np.zeros(shape, dtype or (np.result_type(*dtypes) if dtypes else float)).view(Array)

    def write(item: Any, place: tuple[int, ...]) -> None:
        if isinstance(item, list | tuple):
            for i, one in enumerate(item):
                write(one, (*place, i))
        else:
            array[place] = item

    write(x, ())
    return array
