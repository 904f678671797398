"""Stand-ins for numbers while a function is recorded: every use of one becomes a step.

A stand-in knows the numbers of this one call, so shapes and dtypes are known at once, but hands
them to nobody: NumPy's functions and Python's operators on it go through the recorder (NumPy's
protocols see to that), and whatever would need the numbers themselves, to choose a branch or to
make a plain array, is noted as a guard or raises. So no number can slip into a program as a
constant. Mirrors the tracers of JAX (Frostig, Johnson and Leary, 2018), on NumPy's level.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ..core.graph import Node, data, kinds, stand_ins
from ..core.value import Value
from ..nodes.array import Array
from ..nodes.numpy_protocol import PLAIN
from ..nodes.tensor import Tensor
from .program import method

__all__ = ["Traced", "TracedArray", "TracedNumber"]


class Traced(np.lib.mixins.NDArrayOperatorsMixin):
    """A number or array of the call that is being recorded."""

    __slots__ = ("recorder", "step", "value")

    def __init__(self, recorder: Any, step: Any, value: Any) -> None:
        self.recorder = recorder
        self.step = step
        self.value = value

    # --- what is the same at every call of the compiled function

    @property
    def shape(self) -> tuple[int, ...]:
        return self.step.shape

    @property
    def dtype(self) -> Any:
        return np.dtype(float) if self.step.dtype is None else self.step.dtype

    @property
    def ndim(self) -> int:
        return len(self.step.shape)

    @property
    def size(self) -> int:
        return int(np.prod(self.step.shape, dtype=np.int64))

    @property
    def nbytes(self) -> int:
        return self.size * self.dtype.itemsize

    base = None

    @property
    def flags(self) -> Any:
        """Those of an array of its own, for code that locks what it hands out."""
        return np.empty(0).flags

    # --- what is a step

    def __array_ufunc__(self, ufunc: Any, called: str, *inputs: Any, **kwargs: Any) -> Any:
        if any(isinstance(x, Node) for x in inputs):
            if ufunc not in PLAIN:
                return NotImplemented  # the node's own protocol records it
            inputs = tuple(map(data, inputs))
        (array, *_) = kwargs.pop("out", None) or (None,)
        if array is not None and not isinstance(array, Array):
            self.recorder.refuse(f"numpy.{ufunc.__name__} with out=", "use what it returns")
        result = self.recorder.ufunc(ufunc, called, inputs, kwargs)
        if array is None:
            return result
        array[...] = result
        return array

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        if any(issubclass(t, Node) for t in types):
            return NotImplemented
        return self.recorder.function(func, args, kwargs)

    def __pow__(self, other: Any) -> Any:
        return self.recorder.power(self, other)

    def __rpow__(self, other: Any) -> Any:
        return self.recorder.power(other, self)

    def __copy__(self) -> Traced:
        return self

    def __deepcopy__(self, memo: Any) -> Traced:
        return self

    @property
    def T(self) -> Any:
        return self.recorder.call(np.transpose, (self,))

    @property
    def mT(self) -> Any:
        return self.recorder.call(np.swapaxes, (self, -1, -2))

    @property
    def real(self) -> Any:
        return np.real(self)

    @property
    def imag(self) -> Any:
        return np.imag(self)

    def view(self) -> Traced:
        return self

    def item(self) -> Any:
        return self.recorder.number(self)

    def as_array(self, dtype: Any = None) -> Any:
        """The same as a floating-point array of a dtype, as a Tensor holds it."""
        dtype = np.dtype(
            dtype if dtype is not None else self.dtype if self.dtype.kind == "f" else float
        )
        x: Any = self if isinstance(self, TracedArray) else self.recorder.call(np.asarray, (self,))
        return x if x.dtype == dtype else x.astype(dtype)

    def __setitem__(self, key: Any, value: Any) -> None:
        self.recorder.refuse(
            "writing into an array", "make a new one: np.where(mask, v, x), or t.at[i].set(v)"
        )

    # --- what would need the numbers

    def __bool__(self) -> bool:
        return self.recorder.branch(self)

    def __float__(self) -> float:
        self.recorder.refuse(
            "float() of a value that depends on the arguments",
            "use the value itself, and NumPy's functions in place of math's",
        )
        return 0.0

    def __index__(self) -> int:
        return self.recorder.whole(self)

    __int__ = __index__

    def tolist(self) -> Any:
        self.recorder.refuse(".tolist()", "use the array itself")

    def tobytes(self, order: Any = None) -> Any:
        self.recorder.refuse(".tobytes()", "use the array itself")

    def __repr__(self) -> str:
        return f"<a value while compiling, shape {self.shape}>"

    __hash__ = object.__hash__


def _by_method(name: str) -> Any:
    def called(self: Traced, *args: Any, **kwargs: Any) -> Any:
        if name == "reshape" and len(args) > 1:
            args = (args,)
        return self.recorder.call(method(name), (self, *args), kwargs)

    called.__name__ = name
    return called


def _in_place(self: Traced, other: Any) -> Any:
    if not isinstance(self.value, np.ndarray):
        return NotImplemented  # of a number: `x += y` is `x = x + y`
    return self.recorder.refuse(
        "an operator like +=, which writes into an array,", "make a new one: x = x + y"
    )


OPERATORS = "add sub mul truediv floordiv mod pow matmul and or xor lshift rshift"
for _name in OPERATORS.split():
    setattr(Traced, f"__i{_name}__", _in_place)

METHODS = (
    "all any argmax argmin argpartition argsort astype clip conj conjugate copy cumprod cumsum "
    "diagonal dot flatten max mean min prod ptp ravel repeat reshape round searchsorted squeeze "
    "std sum swapaxes take trace transpose var"
)
for _name in METHODS.split():
    setattr(Traced, _name, _by_method(_name))


class TracedArray(Traced):
    """An array of the call that is being recorded."""

    __slots__ = ()

    def __len__(self) -> int:
        if not self.shape:
            raise TypeError("a number has no length")
        return self.shape[0]

    def __getitem__(self, key: Any) -> Any:
        return self.recorder.taken(self, key)

    def __iter__(self) -> Iterator[Any]:
        return (self[i] for i in range(len(self)))

    def __array__(self, *args: Any, **kwargs: Any) -> Any:
        self.recorder.refuse(
            "making a plain array of a value that depends on the arguments",
            "use NumPy's functions on the value itself",
        )


class TracedNumber(Traced):
    """A Python number of the call that is being recorded. In an array it is an object."""

    __slots__ = ()

    def astype(self, dtype: Any) -> Any:
        """An array of it: a Python number has no such method, and neither has a comparison."""
        return self.recorder.call(np.asarray, (self,)).astype(dtype)


def _of_numbers(name: str, by_numpy: bool) -> Any:
    general = getattr(Traced, name)

    def operator(self: TracedNumber, *other: Any) -> Any:
        out = general(self, *other)
        alone = all(type(x) in (TracedNumber, float, int) for x in other)
        if alone and isinstance(out, TracedArray) and out.dtype.kind == "f":
            # What Python makes of its numbers is one of them; NumPy's would widen float32 arrays.
            recorder = self.recorder
            return recorder.call(float, (out,)) if by_numpy else recorder.python_number(out)
        return out

    return operator


# Those that are printed as functions of NumPy's, which do not raise at 0; `s * 2` stays Python's.
BY_NUMPY = "truediv rtruediv floordiv rfloordiv mod rmod pow rpow abs"
for _name in f"{BY_NUMPY} add radd sub rsub mul rmul neg pos".split():
    setattr(TracedNumber, f"__{_name}__", _of_numbers(f"__{_name}__", _name in BY_NUMPY.split()))


kinds[TracedArray] = Tensor
kinds[TracedNumber] = Value
stand_ins |= {TracedArray, TracedNumber}
