"""The recorder: runs a function once on stand-ins and writes down every step, sweeps included.

It is asked at four doors: where an operation is applied, where a sweep runs, where NumPy's
functions meet a stand-in, and where a stand-in is to decide a branch. While it is there every sweep
is a recorded one: rules are given nodes, as for higher derivatives, and what they compute from the
numbers themselves (masks, ties, orders) is computed on stand-ins and becomes steps as well.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..calculus.arguments import NARROW, constant
from ..core.graph import Node, data, whole
from ..core.operation import Op, ways
from .numpy_calls import REDUCTIONS, STATIC, TEXT, reduced_over, refusal
from .program import GUARD, Step, getitem, leaves, mapped, method
from .spelling import spelled
from .steps import Steps, value_of
from .traced import Traced, TracedArray, TracedNumber

__all__ = ["Recorder"]


class Recorder(Steps):
    """Answers whoever asks while a function runs: with a stand-in, a guard or a refusal."""

    given_numpys = False  # whether an argument of the call is a number of NumPy's

    # --- the engine's operations and sweeps

    def written(self, op: Op, args: list[Any]) -> Any:
        """The result of an operation on stand-ins."""
        scalars = {i for i, x in enumerate(args) if is_scalar(x)}
        arrays = any(is_array(x) for i, x in enumerate(args) if i not in scalars)
        if not arrays:  # among scalars a number of NumPy's is one of Python's
            args = [
                self.python_number(x) if i in scalars else python_s(x) for i, x in enumerate(args)
            ]
        out = spelled(self, op, args)
        if is_scalar(out) and arrays:  # an operation gives an array of it
            return TracedArray(self, out.step, np.asarray(out.value))
        return out

    def python_number(self, x: TracedArray, printed: bool = False) -> TracedNumber:
        """What NumPy computed of numbers, as Python's float; which it is if so `printed`."""
        if printed:
            x.step.dtype = None
            return TracedNumber(self, x.step, float(x.value))
        if x.dtype in NARROW:
            return self.call(float, (x,))
        return TracedNumber(self, x.step, float(x.value))

    def shares(self, node: Any, g: Any, record: bool, plain: Any) -> list[tuple[Node, Any]]:
        """The inputs of a node and their shares, recorded; plain data where it was asked for."""
        if node not in self.arrived:
            self.namer.root(node)
        seed = g if isinstance(g, Node) else constant(as_seed(g))
        found = self.going_back(lambda: [(x, whole(share)) for x, share in plain(seed, True)])
        self.arrived.update(x for x, _ in found)
        return [(x, share if record else data(share)) for x, share in found]

    def total(self, node: Any, so_far: Any, share: Any, plain: Any) -> Any:
        """The cotangent of a node with one contribution more."""
        out = self.namer.cotangents[node] = self.going_back(lambda: plain(so_far, share))
        return out

    def going_back(self, compute: Callable[[], Any]) -> Any:
        """What is computed in a sweep."""
        outer, self.backward = self.backward, True
        try:
            return compute()
        finally:
            self.backward = outer

    # --- NumPy's functions

    def ufunc(self, ufunc: Any, called: str, inputs: tuple[Any, ...], kwargs: Any) -> Any:
        """One of NumPy's elementwise functions, or its reduce, accumulate or outer."""
        kwargs = {k: v for k, v in kwargs.items() if v is not np._NoValue}
        if called == "__call__":
            if ufunc is np.bitwise_and and any(x is False for x in inputs):
                return np.zeros(np.broadcast_shapes(*map(np.shape, inputs)), bool)
            return self.call(ufunc, self.unwidened(inputs), kwargs)
        if called == "reduce" and ufunc in REDUCTIONS:
            x, *rest = inputs
            if isinstance(x, TracedNumber):  # which has no methods
                x = self.call(np.asarray, (x,))
            kwargs = reduced_over(x.ndim, tuple(rest), kwargs)
            return self.call(method(REDUCTIONS[ufunc]), (x,), kwargs)
        if called not in ("reduce", "accumulate", "outer"):
            self.refuse(f"numpy.{ufunc.__name__}.{called}", "use t.at[i].add(v) for a Tensor")
        return self.call(getattr(ufunc, called), inputs, kwargs)

    def function(self, func: Any, args: Any, kwargs: Any) -> Any:
        """One of NumPy's other functions, or an index into an array of NumPy's."""
        if func is getitem:
            return self.taken(*args)
        if func in STATIC:
            return func(*mapped(args, like), **mapped(kwargs, like))
        if func in TEXT:
            return func(*mapped(args, value_of), **mapped(kwargs, value_of))
        counted = func is np.repeat and any(True for _ in leaves(mapped(args[1:], self.step_of)))
        counted = counted or (func is np.where and len(args) == 1)
        if reason := refusal(func, counted):
            args, kwargs = (mapped(x, lambda x: self.numbers(x, *reason)) for x in (args, kwargs))
            return func(*args, **kwargs)
        return self.call(func, self.unwidened(args), kwargs)

    def unwidened(self, args: Sequence[Any]) -> tuple[Any, ...]:
        """What an operation is given: beside float32, Python's numbers as such.

        As NumPy's they would widen the result, and be unequal to what float32 has of them.
        """
        if not any(getattr(x, "dtype", None) in NARROW for x in args):
            return tuple(args)
        if self.given_numpys and any(isinstance(x, TracedNumber) for x in args):
            self.refuse(
                "a number of NumPy's beside an array of float32, which it widens,",
                "give the function one of Python's, float(x), which does not; or an array of it, "
                "np.asarray(x), which does",
            )
        return tuple([self.call(float, (x,)) if computed(x) else x for x in args])

    def power(self, x: Any, y: Any) -> Any:
        """x ** y by the operator, which takes short ways for whole exponents."""
        if isinstance(x, Node) or isinstance(y, Node):
            return np.power(x, y)
        if not any(isinstance(v, np.ndarray | np.generic | TracedArray) for v in (x, y)):
            return self.call(np.power, (x, y))
        return self.call(pow, (x, y))

    def taken(self, x: Any, key: Any) -> Any:
        """x[key]"""
        key = mapped(key, data)
        key = mapped(key, self.mask)
        traced = any(isinstance(k, Traced) for k in (key if type(key) is tuple else (key,)))
        if not traced and not isinstance(x, Traced):
            return np.asarray(x[key])
        return self.call(getitem, (x, key))

    def mask(self, k: Any) -> Any:
        """A part of an index; a mask as its numbers, since they decide a shape."""
        if getattr(k, "dtype", None) != np.bool_:
            return k
        return self.numbers(
            k,
            "an index by a mask that depends on the arguments: the result's shape would, too,",
            "keep the shape, with np.where(mask, x, 0)",
        )

    def number(self, x: Traced) -> Any:
        """x.item()"""
        if isinstance(x, TracedNumber):
            return x
        if x.size != 1:
            raise ValueError(f"item() needs one number; this array has shape {x.shape}")
        return self.call(method("item"), (x,))

    # --- what depends on the numbers of this call

    def branch(self, x: Traced) -> bool:
        """The truth of `x`, noted as a guard: the program holds where it comes out the same."""
        found = bool(x.value)
        step = Step(GUARD, (x.step, found), None, (), None, self.backward)
        step.line = self.line()
        self.steps.append(step)
        return found

    def whole(self, x: Traced) -> int:
        """A whole number that decides a shape or a place, noted as a guard."""
        value = np.asarray(x.value)
        if value.dtype.kind not in "iub" or value.size != 1:
            numbers = self.numbers(
                x,
                "a number that depends on the arguments as a Python int",
                "use the value itself; what decides a shape, an axis or a count is best given as "
                "an argument of its own, a Python int",
            )
            return int(numbers)
        found = int(value)
        self.branch(x == found)
        return found

    def all_finite(self, y: Any) -> bool:
        """Whether all of `y` is finite, noted as a guard where it depends on the arguments."""
        return bool(np.all(np.isfinite(y)))


def written(op: Op, args: Sequence[Any]) -> Any:
    """How an operation is applied to stand-ins, and anything beside them."""
    known = [*args, *map(vars(op).get, op.fields)]
    return next(x for x in known if isinstance(x, Traced)).recorder.written(op, list(args))


ways[TracedArray] = ways[TracedNumber] = written


def python_s(x: Any) -> Any:
    """A number of NumPy's as Python's."""
    return float(x) if isinstance(x, np.generic) and not isinstance(x, Traced) else x


def computed(x: Any) -> bool:
    """Whether `x` is a Python number that a step computes, which may give one of NumPy's."""
    return isinstance(x, TracedNumber) and bool(x.step.args) and x.step.call is not float


def like(x: Any) -> Any:
    """An array of the shape and dtype of a stand-in, for what does not look at the numbers."""
    return np.empty(x.shape, x.dtype) if isinstance(x, Traced) else x


def as_seed(g: Any) -> Any:
    """A cotangent as a node can hold it."""
    return g if isinstance(g, float | Traced | np.ndarray) else np.asarray(g)


def is_scalar(x: Any) -> bool:
    """Whether `x` stands for a number that a function of NumPy's gave."""
    return isinstance(x, TracedArray) and isinstance(x.value, np.generic)


def is_array(x: Any) -> bool:
    """Whether `x` is, or stands for, an array."""
    return isinstance(x, np.ndarray | TracedArray)
