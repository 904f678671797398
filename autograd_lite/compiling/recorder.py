"""The recorder: runs a function once on stand-ins and writes down every step, sweeps included.

It is asked at four doors: where an operation is applied, where a sweep runs, where NumPy's
functions meet a stand-in, and where a stand-in is to decide a branch. While it is there every sweep
is a recorded one: rules are given nodes, as for higher derivatives, and what they compute from the
numbers themselves (masks, ties, orders) is computed on stand-ins and becomes steps as well.
"""

from __future__ import annotations

import sys
from collections.abc import Generator, Sequence
from types import FrameType
from typing import Any

import numpy as np

from .. import context
from ..callsite import place_within, text
from ..ends import NARROW, constant
from ..graph import Node, data, describe, node_types, slots, tick, wrap
from ..numpy_protocol import FUNCTIONS, PLAIN
from ..ops.base import Op, as_constant, is_objects
from .captures import Captures
from .naming import Namer
from .program import GUARD, INPUT, Step, getitem, leaves, mapped, method
from .progress import Progress
from .spelling import spelled
from .traced import Traced, TracedArray, TracedNumber

__all__ = ["Recorder", "Refused", "TooLong"]


class Refused(TypeError):
    """A function does something that cannot be compiled."""


LIMIT = 100 * 1024  # steps; writing more lines than that takes minutes


class TooLong(Exception):
    """A recording has more steps than it may have."""


# What NumPy says about an array without looking at its entries.
STATIC = {np.shape, np.ndim, np.size, np.result_type, np.can_cast, np.iscomplexobj, np.isrealobj,
          np.common_type, np.may_share_memory, np.shares_memory, np.einsum_path}  # fmt: skip
TEXT = {np.array_repr, np.array_str, np.array2string}
# Results whose shape depends on the numbers, or on a count among them.
SHAPED_BY_VALUES = {
    np.nonzero, np.flatnonzero, np.argwhere, np.unique, np.unique_values, np.unique_counts,
    np.unique_all, np.unique_inverse, np.extract, np.compress, np.trim_zeros, np.union1d,
    np.intersect1d, np.setdiff1d, np.setxor1d, np.bincount, np.histogram_bin_edges, np.delete,
    np.piecewise, np.insert, np.polydiv,
}  # fmt: skip
# Beside what nodes take.
ALSO = {np.linalg.eig, np.linalg.eigvals, np.linalg.slogdet, np.isin, np.tensordot, np.lexsort}
WRITING = {np.put, np.place, np.putmask, np.copyto, np.fill_diagonal, np.put_along_axis}
REDUCTIONS = {np.add: "sum", np.multiply: "prod", np.maximum: "max", np.minimum: "min"}


class Recorder(context.Block):
    """What is written down while a function runs inside this block."""

    def __init__(self, captures: Captures) -> None:
        super().__init__(context.recorder)
        self.captures = captures
        self.inputs: list[Step] = []
        self.steps: list[Step] = []
        self.backward = False
        self.start = tick()  # leaves older than this were made outside the function
        self.captured: dict[int, tuple[Any, Any]] = {}  # leaves and arrays from outside, by id
        self.gradients: list[tuple[Node, Any]] = []  # of those leaves, before
        self.before = [(leaf, leaf.primal) for leaf in captures.nodes]
        self.lent: dict[int, Step] = {}  # what those leaves hold meanwhile
        self.namer = Namer()
        self.outermost: FrameType | None = None  # the caller of the function
        self.most = sys.maxsize  # steps
        self.progress = Progress()

    def value(self, outer: Any) -> Any:
        if outer is not None:
            raise TypeError("a function is being compiled already: compile one at a time")
        return self

    def __enter__(self) -> Any:
        self.outermost = sys._getframe(1)
        return super().__enter__()

    def __exit__(self, *exc: object) -> None:
        self.outermost = None
        super().__exit__(*exc)

    # --- inputs

    def input(self, value: Any, name: str = "") -> Traced:
        """A stand-in for a number or array that is given at each call."""
        array = isinstance(value, np.ndarray)
        step = Step(INPUT, (), None, np.shape(value), value.dtype if array else None)
        step.label = name
        self.inputs.append(step)
        return (TracedArray if array else TracedNumber)(self, step, value)

    def adopt(self, leaf: Node) -> None:
        """Let a leaf from outside hold a stand-in: its numbers are read anew at each call."""
        if leaf.stamp >= self.start or isinstance(leaf.primal, Traced):
            return
        leaf.refresh()
        primal = leaf.primal
        self.captured[id(leaf)] = (leaf, primal)
        self.gradients.append((leaf, leaf.grad))
        leaf.primal = self.input(primal, leaf.label or self.captures.names.get(id(leaf), ""))
        self.lent[id(leaf)] = leaf.primal.step

    def restore(self) -> None:
        """Give what is outside its numbers back; TypeError if the function wrote to any of it."""
        written = self.captures.restored()
        for leaf, primal in self.captured.values():
            if isinstance(leaf, Node):
                if leaf.primal.step is not self.lent[id(leaf)]:
                    written = written or f"the data of {describe(leaf)}"
                leaf.primal = primal
        for leaf, primal in self.before:
            if leaf.primal is not primal:
                written = written or f"the data of {describe(leaf)}"
                leaf.primal = primal
        for leaf, before in self.gradients:
            if leaf.grad is not before:
                written = written or f"a gradient, by backward(), in {describe(leaf)}"
                leaf.grad = before
        if written:
            raise TypeError(
                f"cannot compile a function that leaves {written}, which is outside of it\n"
                "Instead: let it return what it computes (ag.value_and_grad gives a gradient), and "
                "store that outside; on a model that keeps statistics in training mode, as one "
                "with a BatchNorm does, call eval() first"
            )

    def captured_array(self, x: np.ndarray) -> Any:
        """The stand-in for an array that the function took from outside; others as they are."""
        name = self.captures.arrays.get(id(x))
        if name is None:
            return x
        if id(x) not in self.captured:
            self.captured[id(x)] = (x, self.input(x, name))
        return self.captured[id(x)][1]

    # --- steps

    def step_of(self, x: Any) -> Any:
        """What stands in a step's arguments for `x`."""
        if isinstance(x, Traced):
            if x.recorder is not self:
                self.refuse(
                    "a value of an earlier call, kept since then,",
                    "give what a call needs as arguments",
                )
            return x.step
        if type(x) is np.ndarray:
            x = self.captured_array(x)
            return x.step if isinstance(x, Traced) else x
        return x

    def call(self, call: Any, args: tuple[Any, ...], kwargs: Any = None) -> Any:
        """Do `call(*args)` on the numbers of this call, and write it down."""
        if not kwargs and all(type(x) in SIMPLE for x in args):  # nearly always
            value = call(*[value_of(x) for x in args])
            return self.result(Step(call, tuple([self.step_of(x) for x in args])), value)
        kwargs = {k: v for k, v in (kwargs or {}).items() if v is not np._NoValue}
        if kwargs.get("out") is not None:
            self.refuse(f"{call.__name__} with out=", "use what it returns")
        kwargs.pop("out", None)
        value = call(*mapped(args, value_of), **mapped(kwargs, value_of))
        step = Step(call, mapped(args, self.step_of), mapped(kwargs, self.step_of))
        return self.result(step, value)

    def result(self, step: Step, value: Any) -> Any:
        """The stand-in for what a step gave; of several results one for each."""
        step.backward = self.backward
        count = len(self.steps)
        if count > self.most:
            raise TooLong
        if not count % 1024:
            self.progress.tell(count)
            if count >= LIMIT:
                raise TypeError(
                    f"cannot compile a computation of {LIMIT:,} operations or more: this one has "
                    f"taken {self.progress.seconds():.1f} s so far, and each becomes a line. "
                    "Instead: compile what it does over and over, one step of a loop say"
                )
        if isinstance(value, tuple | list):
            self.steps.append(step)
            parts = [self.result(Step(getitem, (step, k)), item) for k, item in enumerate(value)]
            return type(value)(*parts) if hasattr(value, "_fields") else type(value)(parts)
        self.steps.append(step)
        self.namer.look(self.steps)
        if isinstance(value, np.ndarray | np.generic):
            if value.dtype.kind not in "fiub":
                return TracedArray(self, self.shaped(step, value), value)
            return TracedArray(self, self.shaped(step, value), value)
        return TracedNumber(self, self.shaped(step, value), value)

    def shaped(self, step: Step, value: Any) -> Step:
        """The step, with the shape and dtype of what it gave."""
        step.shape = np.shape(value)
        step.dtype = getattr(value, "dtype", None)
        return step

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
            named = dict(zip(("axis", "dtype", "out", "keepdims"), rest, strict=False))
            kwargs = {"axis": 0, **named, **kwargs}
            if kwargs.get("keepdims") is False:
                del kwargs["keepdims"]
            if kwargs["axis"] is None or (x.ndim == 1 and kwargs["axis"] in (0, -1, (0,), (-1,))):
                if not kwargs.get("keepdims"):
                    del kwargs["axis"]
            elif type(kwargs["axis"]) is tuple and len(kwargs["axis"]) == 1:
                (kwargs["axis"],) = kwargs["axis"]
            return self.call(method(REDUCTIONS[ufunc]), (x,), kwargs)
        if called not in ("reduce", "accumulate", "outer"):
            self.refuse(f"numpy.{ufunc.__name__}.{called}", "use t.at[i].add(v) for a Tensor")
        return self.call(getattr(ufunc, called), inputs, kwargs)

    def function(self, func: Any, args: Any, kwargs: Any) -> Any:
        """One of NumPy's other functions."""
        if func in STATIC:
            numbers = [np.empty(x.shape, x.dtype) if isinstance(x, Traced) else x for x in args]
            return func(*numbers, **kwargs)
        if func in TEXT:
            return func(*mapped(args, value_of), **mapped(kwargs, value_of))
        counted = func is np.repeat and any(True for _ in leaves(mapped(args[1:], self.step_of)))
        if func in SHAPED_BY_VALUES or counted or (func is np.where and len(args) == 1):
            self.refuse(
                f"numpy.{func.__name__}, whose result has a shape that depends on the numbers,",
                "keep the shape, with np.where(mask, x, 0) say, or do it outside and give the "
                "result as an argument",
            )
        if func in WRITING:
            self.refuse(
                f"numpy.{func.__name__}, which writes into an array,",
                "make a new one: np.where(mask, v, x), or t.at[i].set(v)",
            )
        if func not in FUNCTIONS and func not in PLAIN and func not in ALSO:
            self.refuse(
                f"{func.__module__}.{func.__name__}, of which it is not known that the shape of "
                "its result is always the same,",
                "do it outside and give the result as an argument",
            )
        return self.call(func, self.unwidened(args), kwargs)

    def unwidened(self, args: Sequence[Any]) -> tuple[Any, ...]:
        """What an operation is given: beside float32, Python's numbers as such.

        As NumPy's they would widen the result, and be unequal to what float32 has of them.
        """
        if not any(getattr(x, "dtype", None) in NARROW for x in args):
            return tuple(args)
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
        traced = [k for k in (key if type(key) is tuple else (key,)) if isinstance(k, Traced)]
        if any(k.dtype == bool for k in traced):
            self.refuse(
                "an index by a mask that depends on the arguments: the result's shape would, too,",
                "keep the shape, with np.where(mask, x, 0)",
            )
        if not traced and not isinstance(x, Traced):
            return np.asarray(x[key])
        return self.call(getitem, (x, key))

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
        if x.dtype.kind not in "iub" or x.size != 1:
            self.refuse(
                "a number that depends on the arguments as a Python int",
                "use the value itself; what decides a shape, an axis or a count is best given as "
                "an argument of its own, a Python int",
            )
        found = int(x.value)
        self.branch(x == found)
        return found

    def all_finite(self, y: Any) -> bool:
        """Whether all of `y` is finite, noted as a guard where it depends on the arguments."""
        return bool(np.all(np.isfinite(y)))

    def refuse(self, what: str, way_out: str) -> None:
        """Raise for what cannot be compiled, with the user's line."""
        raise Refused(f"cannot compile {what} in {self.line()}\nInstead: {way_out}")

    def line(self) -> str:
        """The line that is running of the function that is recorded; a rule of ours has none."""
        at = place_within(self.outermost)
        if at is not None:
            return text(at)
        return f"{'the backward pass of ' if self.backward else ''}{self.namer.function}"

    # --- the engine's two doors

    def apply(self, op: Op, inputs: tuple[Any, ...]) -> Any:
        """The result of an operation, written down if an input is a stand-in."""
        args: list[Any] = []
        kept: list[Any] = []
        traced = is_node = False
        for x in inputs:
            if type(x) in node_types:
                is_node = True
                if x.op is None:
                    self.adopt(x)
                kept.append(x)
                x = x.primal
            else:
                if not isinstance(x, Traced):
                    x = as_constant(x, op.name)
                    if type(x) is np.ndarray:
                        if is_objects(x):
                            return NotImplemented
                        x = self.captured_array(x)
                kept.append(x)
            traced = traced or isinstance(x, Traced)
            args.append(x)
        scalars = [i for i, x in enumerate(inputs) if _is_scalar(x)]
        if not any(_is_array(x) for i, x in enumerate(args) if i not in scalars):
            # As for plain data: among scalars a number of NumPy's is one of Python's.
            for i in scalars:
                args[i] = self.python_number(args[i])
            for constants in (args, kept):
                constants[:] = [float(x) if isinstance(x, np.generic) else x for x in constants]
        if not traced and not any(isinstance(v, Traced) for v in parameters(op)):
            return NotImplemented
        try:
            out = spelled(self, op, args)
        except Exception as error:
            error.add_note(op.context(inputs))
            raise
        if not is_node:
            return out
        if _is_scalar(out):  # a Tensor holds an array of it, whose dtype counts
            out = TracedArray(self, out.step, np.asarray(out.value))
        return wrap(out, op, *slots(kept))

    def python_number(self, x: TracedArray) -> TracedNumber:
        """What NumPy computed of numbers, as Python's float."""
        return TracedNumber(self, x.step, float(x.value))

    def sweep(
        self,
        sweep: Any,
        roots: Sequence[Node],
        seeds: Sequence[Any],
        record: bool,
        stop: Any,
        inner: str,
    ) -> Generator[tuple[Node, Any], None, None]:
        """A sweep that is recorded whatever was asked for; plain cotangents where they were."""
        outer, self.backward = self.backward, True
        try:
            for root in roots:
                self.namer.root(root)
            nodes = [g if isinstance(g, Node) else constant(as_seed(g)) for g in seeds]
            for node, g in sweep(roots, nodes, True, stop):
                self.namer.pairs.append((g, node))
                found = g if record else data(g)
                if inner == "keep" and node.op is not None:
                    node.grad = found
                else:
                    yield node, found
        finally:
            self.backward = outer


SIMPLE = {TracedArray, TracedNumber, np.ndarray, float, int}
"""Arguments with nothing inside."""


def computed(x: Any) -> bool:
    """Whether `x` is a Python number that a step computes, which may give one of NumPy's."""
    return isinstance(x, TracedNumber) and bool(x.step.args) and x.step.call is not float


def value_of(x: Any) -> Any:
    """The numbers of this call that a stand-in stands for."""
    return x.value if isinstance(x, Traced) else x


def as_seed(g: Any) -> Any:
    """A cotangent as a node can hold it."""
    return g if isinstance(g, float | Traced | np.ndarray) else np.asarray(g)


def parameters(op: Op) -> Any:
    """What an operation keeps beside its inputs."""
    if op.fields:
        return op.__dict__.values()
    return [getattr(op, "condition", None)]


def _is_scalar(x: Any) -> bool:
    """Whether `x` stands for a number that a function of NumPy's gave."""
    return isinstance(x, TracedArray) and isinstance(x.value, np.generic)


def _is_array(x: Any) -> bool:
    """Whether `x` is, or stands for, an array."""
    return isinstance(x, np.ndarray | TracedArray)
