"""Stand-ins for numbers while a function is recorded: every use of one becomes a step.

A stand-in knows the numbers of this one call, so shapes and dtypes are known at once, but hands
them to nobody: NumPy's functions and Python's operators on it go through the recorder (NumPy's
protocols see to that), and whatever would need the numbers themselves, to choose a branch or to
make a plain array, is noted as a guard or raises. So no number can slip into a program as a
constant. Mirrors the tracers of JAX (Frostig, Johnson and Leary, 2018), on NumPy's level.
"""

from __future__ import annotations

import builtins
import operator
import sys
from collections.abc import Callable, Iterator
from types import FrameType, FunctionType
from typing import Any

import numpy as np

from ..core.graph import Node, data, kinds
from ..nodes.array import Array, write_at
from ..nodes.callsite import HERE
from ..nodes.numpy_protocol import PLAIN
from ..nodes.tensor import Tensor
from ..nodes.value import Value
from .program import method

__all__ = ["BUILTINS", "Drawing", "Traced", "TracedArray", "TracedNumber"]


def is_ours(frame: FrameType) -> bool:
    """Whether a frame is of this package."""
    return frame.f_code.co_filename.startswith(HERE)


class Traced(np.lib.mixins.NDArrayOperatorsMixin):
    """A number or array of the call that is being recorded."""

    __slots__ = ("recorder", "step", "value")

    def __init__(self, recorder: Any, step: Any, value: Any) -> None:
        self.recorder = recorder
        self.step = step
        self.value = value

    # What `isinstance` asks for. This package asks what it is, others what it stands for.
    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        return type(self) if is_ours(sys._getframe(1)) else type(self.value)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or not hasattr(self.value, name):
            raise AttributeError(f"{type(self.value).__name__!r} object has no attribute {name!r}")
        return self.recorder.refuse(f".{name}", "use NumPy's functions on the value itself")

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
        if called == "at" and isinstance(inputs[0], Array):
            return write_at(ufunc, *inputs)
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

    def view(self, *kind: Any) -> Traced:
        if kind and kind[0] is not np.ndarray:
            self.recorder.refuse(".view() as another dtype", "do it outside")
        return self

    def setflags(self, *args: Any, **kwargs: Any) -> None:
        """What may be written to is no matter: writing is refused."""

    def item(self) -> Any:
        return self.recorder.number(self)

    def as_array(self, dtype: Any = None) -> Any:
        """The same as a floating-point array of a dtype, as a Tensor holds it."""
        dtype = np.dtype(
            dtype if dtype is not None else self.dtype if self.dtype.kind == "f" else float
        )
        x: Any = self if isinstance(self, TracedArray) else self.recorder.call(np.asarray, (self,))
        if not isinstance(x.value, np.ndarray):  # a number of NumPy's
            x = TracedArray(x.recorder, x.step, np.asarray(x.value))
        return x if x.dtype == dtype else x.astype(dtype)

    def __setitem__(self, key: Any, value: Any) -> None:
        self.recorder.refuse(
            "writing into an array", "make a new one: np.where(mask, v, x), or t.at[i].set(v)"
        )

    # --- what would need the numbers

    def __bool__(self) -> bool:
        return self.recorder.branch(self)

    def __float__(self) -> float:
        return float(self.numbers("float() of a value"))

    def __complex__(self) -> complex:
        return complex(self.numbers("complex() of a value"))

    def __round__(self, digits: Any = None) -> Any:
        return round(self.numbers("round() of a value"), digits)

    def numbers(self, what: str) -> Any:
        """The numbers themselves, if no argument went into them; else they are refused."""
        way = "use the value itself, and NumPy's functions in place of math's"
        return self.recorder.numbers(self, f"{what} that depends on the arguments", way)

    def __index__(self) -> int:
        return self.recorder.whole(self)

    __int__ = __index__

    def tolist(self) -> Any:
        return self.numbers(".tolist() of a value").tolist()

    def tobytes(self, order: Any = None) -> Any:
        return self.numbers(".tobytes() of a value").tobytes(order)

    def __repr__(self) -> str:
        return f"<a value while compiling, shape {self.shape}>"

    def __hash__(self) -> int:
        return hash(self.numbers("the hash of a value"))


def _by_method(name: str) -> Any:
    def called(self: Traced, *args: Any, **kwargs: Any) -> Any:
        if name == "reshape" and len(args) > 1:
            args = (args,)
        if name == "astype" and kwargs.get("copy") is False and self.dtype == args[0]:
            return self  # as NumPy does: it is the very same array
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

    __hash__ = None  # type: ignore[assignment]

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        return np.asarray(self.numbers("making a plain array of a value"), dtype)


class TracedNumber(Traced):
    """A Python number of the call that is being recorded. In an array it is an object."""

    __slots__ = ()

    def astype(self, dtype: Any) -> Any:
        """An array of it: a Python number has no such method, and neither has a comparison."""
        return self.recorder.call(np.asarray, (self,)).astype(dtype)


def _of_numbers(name: str) -> Any:
    general, plain = getattr(Traced, name), getattr(operator, name.replace("__r", "__"))
    by_numpy = plain in BY_NUMPY  # printed as NumPy's, which do not raise at 0

    def operation(self: TracedNumber, *other: Any) -> Any:
        if not all(type(x) in (int, float) or isinstance(x, TracedNumber) for x in other):
            return general(self, *other)
        args = (*other, self) if name.startswith("__r") else (self, *other)
        raising = plain in RAISING and not is_ours(sys._getframe(1))  # in a rule it is IEEE 754
        if raising:
            python_raises(plain, *args)
        out = general(self, *other)
        large = raising and plain is operator.pow and not np.isfinite(out)
        if large and all(bool(np.isfinite(x)) for x in args):
            plain(*map(number_of, args))  # too large
        if isinstance(out, TracedArray) and out.dtype.kind == "f":
            # What Python makes of its numbers is one of them; NumPy's would widen float32 arrays.
            if by_numpy:
                return self.recorder.call(float, (out,))
            return self.recorder.python_number(out, printed=True)
        return out

    return operation


def python_raises(plain: Any, x: Any, y: Any) -> None:
    """Decide whether Python raises where NumPy has an infinity or NaN; if so, raise."""
    if plain is not operator.pow:
        wrong = y == 0
    elif not isinstance(y, Traced) and y % 1 == 0:
        wrong = y < 0 and x == 0
    else:
        wrong = not x > 0 and not (x == 0 and y > 0)
    if wrong and isinstance(plain(number_of(x), number_of(y)), complex):
        recorder = (x if isinstance(x, Traced) else y).recorder
        recorder.refuse("a power that is a complex number", "use np.emath.power outside")


def number_of(x: Any) -> Any:
    """The number of this call."""
    return x.value if isinstance(x, Traced) else x


def _decision(name: str) -> Any:
    general, plain = getattr(Traced, name), getattr(operator, name)

    def compare(self: TracedNumber, other: Any) -> Any:
        out = general(self, other)
        return bool(out) if isinstance(other, int | float | TracedNumber | Value) else out

    compare.__doc__ = f"What Python says of two numbers; a guard. See `{plain.__name__}`."
    return compare


def _of_arrays(name: str) -> Any:
    """What Python's numbers do not have, but this package may ask for."""
    general: Any = getattr(TracedNumber, name)

    def get(self: TracedNumber) -> Any:
        if not is_ours(sys._getframe(1)):
            raise AttributeError(name)
        return general.__get__(self)

    return property(get)


for _name in [n for n in vars(Traced) if n[0] != "_" and not hasattr(float, n)]:
    if isinstance(getattr(Traced, _name), property | FunctionType):
        setattr(TracedNumber, _name, _of_arrays(_name))

BY_NUMPY = {operator.truediv, operator.floordiv, operator.mod, operator.pow, operator.abs}
RAISING = {operator.truediv, operator.floordiv, operator.mod, operator.pow}
BINARY = "truediv floordiv mod pow add sub mul"
for _name in [*BINARY.split(), *(f"r{n}" for n in BINARY.split()), "neg", "pos", "abs"]:
    setattr(TracedNumber, f"__{_name}__", _of_numbers(f"__{_name}__"))
for _name in ["lt", "le", "gt", "ge", "eq", "ne"]:
    setattr(TracedNumber, f"__{_name}__", _decision(f"__{_name}__"))


class _Kinds(type):
    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        if len(args) != 1:
            return type(*args, **kwargs)
        x = args[0]
        kind = type(x.value) if isinstance(x, Traced) else getattr(x, "stands_for", type(x))
        return Kind if kind is type else kind

    def __instancecheck__(cls, x: Any) -> bool:
        return isinstance(x, type)

    def __subclasscheck__(cls, x: Any) -> bool:
        return issubclass(x, type)


class Kind(type, metaclass=_Kinds):
    """`type` for a function that is being recorded: of a stand-in it is that of its numbers."""


BUILTINS = {**vars(builtins), "type": Kind}
"""The built-in functions of a function that is being recorded."""


class Drawing:
    """What stands for a generator of random numbers: whatever is asked of it is refused."""

    def __init__(self, refuse: Callable[[], None]) -> None:
        self.__dict__["refuse"] = refuse

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self.__dict__["refuse"]()

    def __call__(self, *args: Any, **kwargs: Any) -> Any:  # one of its methods
        return self.__dict__["refuse"]()


class Recorded:
    """A node that holds a stand-in: its sweeps are recorded, whatever was asked for.

    Rules are given nodes, as for higher derivatives, so that what they compute from the numbers
    themselves (masks, ties, orders) becomes steps as well.
    """

    __slots__ = ()
    primal: Any

    def shares(self, g: Any, record: bool = False, absent: Any = None) -> Any:
        return self.primal.recorder.shares(self, g, record, super().shares)  # type: ignore[misc]

    def total(self, so_far: Any, share: Any) -> Any:
        return self.primal.recorder.total(self, so_far, share, super().total)  # type: ignore[misc]


class RecordedTensor(Recorded, Tensor):  # type: ignore[misc]
    """A Tensor while a function is recorded."""

    __slots__ = ()
    stands_for = Tensor


class RecordedValue(Recorded, Value):  # type: ignore[misc]
    """A Value while a function is recorded."""

    __slots__ = ()
    stands_for = Value


RecordedTensor.__name__, RecordedValue.__name__ = "Tensor", "Value"  # in messages
kinds[TracedArray] = RecordedTensor
kinds[TracedNumber] = RecordedValue
