"""`compile`: a function recorded on its first call and replayed as straight NumPy afterwards."""

from __future__ import annotations

import functools
import sys
import threading
import types
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

import numpy as np

from ..core.graph import ZeroTimesInfinity
from .arguments import HasNodes, signature
from .audit import Changes, audited
from .html import Source
from .pointwise import Points, on_numbers
from .recording import Recording
from .running import Changed
from .scalars import record
from .steps import Refused, recorder
from .within import connected

__all__ = ["Compiled", "compile"]

SIGNATURES = 64  # combinations of shapes that are kept; the one not used for longest goes first
VARIANTS = 12  # programs for one combination, one for each outcome of its decisions
RESTARTS = 12  # times that what a function takes from outside may change

ndarray = np.ndarray
NOTHING: tuple[Any, ...] = None, [], []
"""Of the last call: what its program depends on, shape and dtype of each array, its recordings."""
NODES = object()  # in place of a key: arguments that are nodes


class Compiled:
    """A function and its programs; calling it records or replays. Made by `compile`."""

    __name__: str
    recorded_as = "f"  # inside another function that is being compiled it is part of that one

    def __init__(self, f: Callable[..., Any], passes: bool, audit: int, on_change: str) -> None:
        if not callable(f):
            raise TypeError(f"compile takes a function, not {type(f).__name__}")
        if on_change not in ("raise", "record"):
            raise ValueError(f'on_change is "raise" or "record", not {on_change!r}')
        self.__name__ = getattr(f, "__name__", type(f).__name__)
        functools.update_wrapper(self, f)
        self.f = f
        self.passes = passes
        self.audit = audit
        self.on_change = on_change
        self.restarts = 0
        self.last: tuple[Any, ...] = NOTHING
        self.programs: OrderedDict[Any, list[Recording]] = OrderedDict()
        self.points: dict[Any, Points] = {}  # for calls with arrays in the place of numbers
        self.lock = threading.RLock()

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if recorder.get() is not None:
            return self.f(*args, **kwargs)  # part of another function that is being compiled
        key, kinds, known = self.last
        leaves: Any = args
        if kwargs or len(args) != len(kinds):
            key = None
        else:
            for x, (shape, dtype) in zip(args, kinds, strict=True):
                if type(x) is not ndarray or x.shape != shape or x.dtype is not dtype:
                    key = None
                    break
            if len(args) > 1 and len({*map(id, args)}) < len(args):  # one of them twice
                key = None
        if key is None:  # not as in the last call, which is seldom
            key, leaves = self.key_of(args, kwargs)
            if key is NODES:
                return self.f(*args, **kwargs)  # to be differentiated: as the function itself
            known = self.programs.get(key, [])
        for recording in tuple(known):
            if name := recording.outside.changed():
                self.forget(key, recording, name)
                continue
            try:
                result = recording.run(*leaves) if recording.alone else recording(leaves)
            except Changed:
                continue
            except ZeroTimesInfinity:
                return self.by_the_engine(args, kwargs)
            if recording.node_types:
                result = connected(self.f, recording, args, kwargs, leaves, result)
            recording.calls += 1
            if recording.calls == 1 or recording.calls % self.audit == 0:
                return self.audited(key, recording, args, kwargs, result)
            return result
        points = self.points.get(key)
        if points is not None:
            return points(args, kwargs, leaves)
        try:
            recording = self.record(key, args, kwargs)
        except (TypeError, ValueError) as error:
            return self.at_points(key, args, kwargs, leaves, error)
        plain = all(type(x) is ndarray and x.dtype.isnative for x in args)
        if plain and not kwargs and len({*map(id, args)}) == len(args):
            self.last = key, [(x.shape, x.dtype) for x in args], self.programs[key]
        try:
            result = recording(leaves)
        except ZeroTimesInfinity:
            return self.by_the_engine(args, kwargs)
        if recording.node_types:
            result = connected(self.f, recording, args, kwargs, leaves, result)
        return self.audited(key, recording, args, kwargs, result)

    def by_the_engine(self, args: Any, kwargs: Any) -> Any:
        """The result where a program met 0 · inf, which only the graph can settle."""
        with np.errstate(all="ignore"):
            return self.f(*args, **kwargs)

    def key_of(self, args: Any, kwargs: Any) -> tuple[Any, list[Any]]:
        """What a program depends on, and the numbers it is given."""
        leaves: list[Any] = []
        try:
            key = signature(args, leaves)
            if kwargs:
                key = key, signature(kwargs, leaves)
            arrays = [id(x) for x in leaves if type(x) is ndarray]
            if len({*arrays}) < len(arrays):
                key = key, *map(arrays.index, arrays)
            return key, leaves
        except HasNodes:
            return NODES, leaves

    def record(self, key: Any, args: Any, kwargs: Any) -> Recording:
        """Record a program for arguments that none of the known ones holds for."""
        with self.lock, np.errstate(all="ignore"):
            known = self.programs.setdefault(key, [])
            self.programs.move_to_end(key)
            if len(known) >= VARIANTS:
                decisions = sorted({s.line for r in known for s in r.program.guards() if s.line})
                raise Refused(
                    f"cannot compile {self.__name__}: {len(known)} calls with the same shapes have "
                    f"come out in {len(known)} different ways of decisions in\n  "
                    + "\n  ".join(decisions[:5])
                    + "\nInstead: choose between values with np.where, iterate a fixed number of "
                    "times, or leave this function as it is"
                )
            try:
                recording = record(self.f, args, kwargs, self.passes)
            except Refused:
                self.f(*args, **kwargs)  # an error of its own, if it has one, says more
                raise
            known.append(recording)
            while len(self.programs) > SIGNATURES:
                self.programs.popitem(last=False)
                self.last = NOTHING
            return recording

    def at_points(self, key: Any, args: Any, kwargs: Any, leaves: Any, error: Exception) -> Any:
        """The results at many points, of a function of numbers that takes no arrays itself."""
        if not self.programs[key]:
            del self.programs[key]
        arrays = any(np.ndim(x) for x in leaves) and all(np.size(x) for x in leaves)
        called = any(
            self.programs.get(on_numbers(args, kwargs, [one] * len(leaves)))
            for one in (1.0, np.float64(1.0))
        )
        if not arrays or not called:
            raise error
        with self.lock, np.errstate(all="ignore"):
            points = Points(self.f, self.passes)
            try:
                results = points(args, kwargs, list(leaves))
            except (TypeError, ValueError) as other:
                raise error from other
            self.points[key] = points
            return results

    def audited(self, key: Any, recording: Recording, args: Any, kwargs: Any, result: Any) -> Any:
        """`result`, if the function itself gives the same; else an error, or a new recording."""
        with self.lock:
            try:
                return audited(recording, self.f, args, kwargs, self.passes, result)
            except Changes as change:
                if self.on_change == "raise":
                    raise Refused(f"{change}") from None
                self.forget(key, recording, str(change))
                return change.expected

    def forget(self, key: Any, recording: Recording, name: str) -> None:
        """Forget a program: something that the function takes from outside has changed."""
        with self.lock:
            if recording in self.programs.get(key, ()):
                self.programs[key].remove(recording)
                self.restarts += 1
            self.points.clear()
            if self.restarts > RESTARTS:
                raise Refused(
                    f"cannot compile {self.__name__}: {name!r}, which it takes from outside, has "
                    f"changed {self.restarts} times. Instead: make it an argument"
                )

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        """As a function in a class has it: called on an instance, which comes first."""
        return self if instance is None else types.MethodType(self, instance)

    def __reduce__(self) -> str | tuple[Any, ...]:
        """A copy records its own programs; a decorated function is pickled by its name."""
        name = getattr(self, "__qualname__", self.__name__)
        if getattr(sys.modules.get(self.__module__), name, None) is self:
            return name
        return Compiled, (self.f, self.passes, self.audit, self.on_change)

    @property
    def source(self) -> Source:
        """The last program as Python text, complete: it needs NumPy and nothing else."""
        last = next((known[-1] for known in reversed(self.programs.values()) if known), None)
        if last is None:
            return Source(f"# {self.__name__} has not been called yet: the first call records it\n")
        return Source(last.text.source())

    def _repr_html_(self) -> str:
        return self.source._repr_html_()

    def __repr__(self) -> str:
        count = sum(map(len, self.programs.values()))
        return f"<compiled {self.__name__}: {count} program{'s' * (count != 1)}>"


def compile(
    f: Callable[..., Any], passes: bool = True, audit: int = 100, on_change: str = "raise"
) -> Compiled:
    """`f` as straight NumPy code: recorded at the first call, replayed at all that are alike.

    `f` takes numbers, arrays and containers of them, and may be a derivative: what `grad`,
    `value_and_grad`, `jacobian` or `hessian` return is recorded with its sweep. `.source` is
    the program, to be read or pasted elsewhere: it needs NumPy and nothing else. The numbers are
    those of `f` itself; warnings about infinities and NaN are left out. `passes=False` leaves the
    program as it was recorded, one operation after another as in a textbook.

    The contract: a program is recorded once for each structure, shapes and dtypes of the arguments.
    Tensors, Values and arrays that `f` takes from outside are read anew in every call, and
    gradients flow back to the nodes among them. Everything else from outside is a constant of the
    recording. Decisions that depend on the numbers (`if x > 0`) are checked at every call, and a
    call for which one comes out otherwise is recorded anew.

    It is kept by looking: the first two calls of each program, and then one in `audit`, run `f` as
    well and compare the results. A difference raises TypeError that names the line; with
    `on_change="record"` the function is recorded anew.

    A function that has been called with numbers takes arrays in their place, if it has no other use
    for them: it is then computed at every point, their shapes broadcast against each other.

    Raises TypeError, with the line and the way out, for what cannot be compiled: `float(x)`, a
    shape that depends on values, writing into an array, random numbers.

    >>> import numpy as np
    >>> import autograd_lite as ag
    >>> slope = ag.compile(ag.grad(lambda x: np.sum(np.tanh(x))))
    >>> slope(np.array([0.0, 1.0])).round(4)
    array([1.  , 0.42])
    >>> slope(np.array([2.0, -1.0])).round(4)  # replayed
    array([0.0707, 0.42  ])

    Mirrors `jax.jit`. Source: Griewank and Walther, *Evaluating Derivatives* (2008), section 6.1
    (derivative code from a recorded evaluation).
    """
    return Compiled(f, passes, audit, on_change)
