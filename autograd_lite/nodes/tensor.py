"""`Tensor`: a node that holds a NumPy array."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from ..core.graph import Node, data, describe, kinds, next_version
from ..core.operation import ways
from ..ops import index, linalg, reduce
from ..ops import shape as shapes
from ..ops.catalogue import later
from ..ops.inputs import as_plain_class, operand
from .numpy_protocol import off_the_graph
from .operators import Operators
from .written import Writing, read, write

__all__ = ["Tensor"]

ndarray = np.ndarray


def as_array(x: Any, dtype: Any = None) -> np.ndarray:
    """A fresh floating-point array with the numbers of `x`, or TypeError."""
    if type(x) in ways:
        return x.as_array(dtype)
    if isinstance(operand(x), Node):
        raise TypeError(
            f"a Tensor holds numbers, not a {type(x).__name__}: to start a new graph from its "
            "numbers write x.detach()"
        )
    if isinstance(x, np.ndarray) and type(x) is not np.ndarray:
        x = as_plain_class(x, "a Tensor")
    try:
        array = np.array(x)
    except ValueError as error:
        error.add_note("in Tensor(...): the rows of a nested list must have one length")
        raise
    if array.dtype == object and any(isinstance(item, Node) for item in array.flat):
        raise TypeError(
            "a Tensor holds numbers, not Values: write ag.stack to join Tensors, or keep the "
            "Values in a NumPy array, np.array([v1, v2])"
        )
    if array.dtype.kind not in "fiub":
        raise TypeError(
            f"a Tensor holds real numbers; {type(x).__name__} gives an array of dtype {array.dtype}"
        )
    if dtype is None:
        dtype = array.dtype if array.dtype.kind == "f" else np.float64
    elif np.dtype(dtype).kind != "f":
        raise TypeError(f"the dtype of a Tensor is a floating-point one, not {np.dtype(dtype)}")
    return array.astype(dtype, copy=False)


def _later(module: str, name: str) -> Any:
    """A method that is a function of the catalogue."""

    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        return later(module, name)(self, *args, **kwargs)

    method.__name__, method.__doc__ = name, f"See `{name}`; mirrors `numpy.ndarray.{name}`."
    return method


class Tensor(Operators):
    """An array of numbers in the graph. Operations on it, by any of NumPy's names, are recorded.

    `data` is copied. Whole numbers become float64, float32 stays float32; `dtype` overrides that.
    `label` is the name in drawings. Raises TypeError for anything that is not real numbers.

    >>> import autograd_lite as ag
    >>> z = ag.Tensor([2.0, 1.0, 0.1])
    >>> e = ag.exp(z)
    >>> h = e / e.sum()
    >>> h[0].backward()
    >>> z.grad.round(4)
    array([ 0.2247, -0.1598, -0.065 ])
    """

    __slots__ = ("exposed",)

    exposed: Any
    written: ClassVar[type]

    def __init__(self, data: Any, label: str = "", dtype: Any = None, **unknown: Any) -> None:
        self.refuse(unknown)
        self.become(as_array(data, dtype))
        self.exposed = None
        if label != "":
            self.label = label

    @property
    def data(self) -> np.ndarray:
        """The array. A leaf's can be written to, as a training step does; others are read-only.

        A write between forward and backward is noticed: `backward` then raises and names the leaf.
        """
        if self.op is not None:
            view = self.primal.view()
            view.flags.writeable = False
            return view
        self.current()
        if self.exposed is None:
            # From here on somebody else may write into the array: keep what is in it now.
            self.exposed = self.primal.copy()
        return self.primal

    @data.setter
    def data(self, numbers: Any) -> None:
        if self.op is not None:
            raise ValueError(
                f"this Tensor was computed by '{self._op}' and its numbers follow from its inputs: "
                "assign to a leaf instead, or start a new graph with Tensor(numbers)"
            )
        array = as_array(numbers, self.primal.dtype)
        if array.shape != self.primal.shape:
            raise ValueError(
                f"data of shape {array.shape} does not fit a Tensor of shape {self.primal.shape}; "
                "for another shape make a new Tensor"
            )
        self.primal, self.exposed, self.version = array, None, next_version()

    def forget(self, primal: Any) -> None:
        # Of a view, what others may write to, a copy.
        super().forget(primal if primal.base is None else primal.copy())
        self.exposed = None
        self.notes = {"unrecorded": True}

    def current(self) -> np.ndarray:
        before = self.exposed if self.op is None else None
        if before is not None and before.tobytes() != self.primal.tobytes():
            # When it was made is still to be known: that tells a leaf from outside of a derivative.
            self.notes = {"made": self.version, **(self.notes or {})}
            self.exposed, self.version = self.primal.copy(), next_version()
        return self.primal

    def latest(self) -> int:
        self.current()
        return self.version

    @property
    def shape(self) -> tuple[int, ...]:
        """The lengths of the axes."""
        return self.primal.shape

    @property
    def dtype(self) -> np.dtype:
        """The type of the numbers; the gradient's too."""
        return self.primal.dtype

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return self.primal.ndim

    @property
    def size(self) -> int:
        """The number of entries."""
        return self.primal.size

    def item(self) -> float:
        """The number of a Tensor of size 1, off the graph; ValueError for any other size."""
        if self.primal.size != 1:
            raise ValueError(
                f"item() needs a Tensor of size 1; this one has shape {self.shape}. "
                "Write .data for the array or index it first"
            )
        return self.primal.item()

    def detach(self) -> Tensor:
        """A new leaf with the same numbers: no gradient flows back past it."""
        return Tensor(self.primal, self.label)

    def tolist(self) -> Any:
        """The numbers as nested lists, off the graph."""
        return self.primal.tolist()

    def one(self) -> Any:
        primal = self.primal
        if primal.size != 1:
            raise ValueError(
                f"backward() starts from one number; this Tensor has shape {self.shape}. Write "
                "x.sum().backward(), or give a seed of that shape (the cotangent to start from), "
                "or ask ag.jacobian for every output's derivative"
            )
        # Of a single number NumPy's own kind, which what follows computes with ten times as fast.
        return np.ones(primal.shape, primal.dtype) if primal.ndim else primal.dtype.type(1)

    def check_seed(self, seed: Any) -> np.ndarray:
        array = as_array(data(seed))
        if array.shape != self.shape:
            raise ValueError(
                f"the seed has shape {array.shape}; it needs this Tensor's shape, {self.shape}"
            )
        return array

    def accumulated(self, g: Any) -> Any:
        if self.grad is not None and np.shape(self.grad) != self.shape:
            raise ValueError(
                f"the gradient of {describe(self)} was set to an array of shape "
                f"{np.shape(self.grad)}, to which no gradient can be added: it has the shape of "
                "the data, or write x.grad = None to start afresh"
            )
        if type(g) in ways:
            g = as_array(g, self.primal.dtype)
        elif not isinstance(g, Node):
            g = np.array(g, self.dtype)  # a copy: a cotangent may be shared
        return super().accumulated(g)

    def __len__(self) -> int:
        if not self.shape:
            raise TypeError("a Tensor of shape () has no length")
        return self.shape[0]

    def __iter__(self) -> Iterator[Any]:
        if not self.shape:
            raise TypeError("a Tensor of shape () cannot be iterated over; it is one number")
        return (self[i] for i in range(self.shape[0]))

    def __bool__(self) -> bool:
        if self.size != 1:
            raise ValueError(
                f"the truth of a Tensor of shape {self.shape} is ambiguous: write (x > 0).any() or "
                "(x > 0).all(), or ag.where for a choice entry by entry"
            )
        return bool(self.primal)

    def __contains__(self, number: Any) -> bool:
        return bool(np.any(self.primal == data(number)))

    def __getitem__(self, key: Any) -> Any:
        return read(self, index.take_item(self, key))

    def __setitem__(self, key: Any, value: Any) -> None:
        write(self, key, value)

    if not TYPE_CHECKING:  # else a checker takes NumPy's functions of a Tensor for plain arrays

        def __array__(self, *args: Any, **kwargs: Any) -> np.ndarray:
            caller = sys._getframe(1)
            if str(caller.f_globals.get("__name__")).startswith("scipy.sparse"):
                # No array to SciPy, which then leaves `S @ t` to the Tensor.
                itself = np.empty((), object)
                itself[()] = self
                return itself
            raise TypeError(off_the_graph(caller))

    @property
    def at(self) -> index.At:
        """`t.at[i].set(v)` and `t.at[i].add(v)`: new Tensors with entries changed."""
        return index.At(self)

    @property
    def real(self) -> Any:
        """The Tensor itself: its numbers are real."""
        return self

    @property
    def imag(self) -> np.ndarray:
        """Zeros, plain: the numbers of a Tensor are real."""
        return np.zeros_like(self.primal)

    @property
    def T(self) -> Any:
        """The axes reversed."""
        return shapes.transpose(self)

    @property
    def mT(self) -> Any:
        """The last two axes exchanged."""
        return shapes.swapaxes(self, -1, -2)

    def transpose(self, *axes: Any) -> Any:
        """The axes reversed, or in the order given."""
        if not axes or axes == (None,):
            return shapes.transpose(self)
        return shapes.transpose(self, axes[0] if isinstance(axes[0], tuple | list) else axes)

    def sum_to(self, old: tuple[int, ...], new: tuple[int, ...]) -> Any:
        """This cotangent of a result of shape `old`, summed to the shape `new` of an input."""
        return shapes.SumTo(old, new)(self)

    astype = shapes.astype
    reshape = shapes.reshape
    ravel = flatten = shapes.ravel
    squeeze = shapes.squeeze
    swapaxes = shapes.swapaxes
    sum = shapes.sum
    mean, var, std = reduce.mean, reduce.var, reduce.std
    max, min, prod = reduce.max, reduce.min, reduce.prod
    __matmul__ = linalg.matmul
    dot, copy = _later("products", "dot"), _later("join", "copy")
    cumsum, cumprod = _later("accumulate", "cumsum"), _later("accumulate", "cumprod")
    take, repeat = _later("choice", "take"), _later("rearrange", "repeat")
    diagonal, trace = _later("diagonals", "diagonal"), _later("diagonals", "trace")
    round = _later("rounding", "round")

    def sort(self, axis: int = -1) -> Any:
        """A sorted copy. (NumPy's arrays sort themselves; a node does not change.)"""
        return later("order", "sort")(self, axis)

    def compress(self, condition: Any, axis: int | None = None) -> Any:
        """The slices along `axis` where `condition` holds."""
        return later("choice", "compress")(condition, self, axis)

    def __rmatmul__(self, other: Any) -> Any:
        return linalg.matmul(other, self)

    def argmax(self, axis: int | None = None) -> Any:
        """Where the largest entries are: plain integers, off the graph."""
        return self.primal.argmax(axis)

    def argmin(self, axis: int | None = None) -> Any:
        """Where the smallest entries are: plain integers, off the graph."""
        return self.primal.argmin(axis)

    def argsort(self, axis: int = -1) -> Any:
        """The order that sorts the entries, ties in place: plain integers, off the graph."""
        return self.primal.argsort(axis, kind="stable")

    def any(self, axis: Any = None) -> Any:
        """Whether an entry is not 0: plain booleans, off the graph."""
        return self.primal.any(axis)

    def all(self, axis: Any = None) -> Any:
        """Whether no entry is 0: plain booleans, off the graph."""
        return self.primal.all(axis)

    def nonzero(self) -> Any:
        """Where the entries are not 0: plain integers, off the graph."""
        return self.primal.nonzero()

    def searchsorted(self, v: Any, side: Any = "left") -> Any:
        """Where `v` would be put into these sorted entries: plain integers, off the graph."""
        return self.primal.searchsorted(data(v), side)

    def __repr__(self) -> str:
        numbers = np.array2string(self.primal, separator=", ", prefix="Tensor(", threshold=200)
        dtype = "" if self.primal.dtype == np.float64 else f", dtype={self.primal.dtype}"
        label = f", label={self.label!r}" if self.label else ""
        return f"Tensor({numbers}{dtype}{label})"


class Written(Writing, Tensor):
    """A Tensor that is being written to."""

    __slots__ = ()


Tensor.written = Written


# The arrays of a graph are freed together, at the top of the heap, and the C library of Linux then
# hands their pages back to the system, to fault every one in again in the next pass: a third of the
# time of a training step on some 512 examples. Once a program has freed one array of 32 MB it keeps
# that much for itself (glibc, mallopt(3): M_MMAP_THRESHOLD is dynamic). This one is never touched.
np.empty((1 << 22) - 1024)

kinds[np.ndarray] = Tensor
